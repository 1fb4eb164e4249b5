"""Chinese titles of the closed sets of outcomes: the one place where they stand."""

from __future__ import annotations

from .values import Penalty, Reason, Result

REASONS: dict[Reason, str] = {
    Reason.LEGAL: "另有法律规定",
    Reason.DATA_WRONG: "信用信息有误或异议成立",
    Reason.REPAIRED: "期间已修复",
    Reason.NOT_APPLICABLE: "不适用于本案",
    Reason.OTHER_ORGAN: "由其他部门实施",
    Reason.OTHER: "其他",
}
WORDS_ALONE = "另有说明"
"""Where what was optional was left with words and no reason."""

RESULTS: dict[Result, str] = {
    Result.GRANTED: "准予",
    Result.GRANTED_WITH_CONDITIONS: "附条件准予",
    Result.REFUSED: "不予许可",
    Result.WITHDRAWN: "撤回申请",
    Result.PENDING: "办理中",
    Result.NOT_PENALISED: "不予处罚",
    Result.PENALISED: "予以处罚",
    Result.OTHER: "其他处理",
}
PENALTY_KINDS: dict[Penalty, str] = {
    Penalty.WARNING: "警告",
    Penalty.CRITICISM: "通报批评",
    Penalty.FINE: "罚款",
    Penalty.INCOME_CONFISCATED: "没收违法所得",
    Penalty.PROPERTY_CONFISCATED: "没收非法财物",
    Penalty.LICENCE_WITHHELD: "暂扣许可证件",
    Penalty.QUALIFICATION_LOWERED: "降低资质等级",
    Penalty.LICENCE_REVOKED: "吊销许可证件",
    Penalty.BUSINESS_RESTRICTED: "限制开展生产经营活动",
    Penalty.BUSINESS_STOPPED: "责令停产停业",
    Penalty.CLOSED: "责令关闭",
    Penalty.PRACTICE_RESTRICTED: "限制从业",
    Penalty.DETENTION: "行政拘留",
    Penalty.OTHER: "其他行政处罚",
}
