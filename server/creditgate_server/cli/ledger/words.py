"""Words for what a ledger holds."""

from __future__ import annotations

from ...ledger.erased import Part
from ...studies.replay.one import Fate

PARTS = {Part.QUESTION: "申请内容", Part.DECISION: "结论内容"}
FATES = {
    Fate.SAME: "逐字节相同",
    Fate.REWORDED: "结论相同, 措辞不同",
    Fate.DIFFERENT: "结论不同",
    Fate.ERASED: "内容已依法删除",
    Fate.ENGINE_FAILED: "当时引擎故障",
    Fate.ALTERED: "内容与存证不符",
    Fate.UNREADABLE: "内容读不出来",
    Fate.NO_RULE_SET: "没有当时的规则集",
}
