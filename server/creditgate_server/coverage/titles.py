"""Chinese titles of the closed sets of coverage: the one place where they stand."""

from __future__ import annotations

from ..outcomes.values import Done
from .values import Verdict, Why

VERDICTS: dict[Verdict, str] = {
    Verdict.IN_TIME: "按时核查",
    Verdict.LATE: "事后核查",
    Verdict.PROHIBITED: "核查结论为不予办理而仍准予",
    Verdict.MEASURE_MISSING: "应当适用的措施未适用或未反馈",
    Verdict.NOT_CHECKED: "未核查",
    Verdict.UNMATCHED: "未能匹配",
}
WHYS: dict[Why, str] = {
    Why.BAD_CODE: "主体代码有误",
    Why.NO_DATE: "没有许可决定日期",
    Why.UNKNOWN_ITEM: "事项不在目录",
    Why.AMBIGUOUS_ITEM: "事项名称对应多个事项",
    Why.DOUBLED: "重复行",
}
DONES: dict[Done, str] = {Done.APPLIED: "已适用", Done.NOT_APPLIED: "未适用有理由", Done.SILENT: "未反馈"}
NO_ORGAN = "(未写许可机关)"
NO_MONTH = "(无日期)"
NO_ITEM = "(事项不明)"
