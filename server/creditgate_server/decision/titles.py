"""Chinese titles of what a check may come to: the one place where they stand."""

from __future__ import annotations

from .check.decision import Outcome

OUTCOMES: dict[Outcome, str] = {
    Outcome.CLEAR: "无奖惩措施",
    Outcome.INCENTIVES: "适用激励措施",
    Outcome.MEASURES: "适用惩戒措施",
    Outcome.PROHIBITED: "依法不予办理",
    Outcome.UNDETERMINED: "不能确定",
}
