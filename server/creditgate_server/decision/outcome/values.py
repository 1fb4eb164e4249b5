"""Reports on receipts, as values: what an answer called for, what was done and what follows from it.

Receipts of kind `outcome` hold them.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from ...rulebook.language import Duty

OUTCOME = "outcome"
"""The kind of receipt that holds a report, as the ledger names it."""


class Result(StrEnum):
    """What became of the case. The first five are of an approval, the others of a violation."""

    GRANTED = "granted"
    GRANTED_WITH_CONDITIONS = "granted_with_conditions"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """The application was withdrawn."""
    PENDING = "pending"
    """Not decided yet: settles nothing."""
    NOT_PENALISED = "not_penalised"
    PENALISED = "penalised"
    OTHER = "other"


APPROVALS = (Result.GRANTED, Result.GRANTED_WITH_CONDITIONS, Result.REFUSED, Result.WITHDRAWN, Result.PENDING)
PENALTIES = (Result.NOT_PENALISED, Result.PENALISED, Result.OTHER)
GRANTING = (Result.GRANTED, Result.GRANTED_WITH_CONDITIONS)
SETTLING = tuple(result for result in Result if result is not Result.PENDING)
"""After one of these nothing more is asked for."""

RETRACTED = "retracted"
"""Answer of a receipt that takes back what was reported before."""


class Penalty(StrEnum):
    """A kind of penalty. Source: 行政处罚法 第九条."""

    WARNING = "warning"
    CRITICISM = "criticism"
    FINE = "fine"
    INCOME_CONFISCATED = "income_confiscated"
    PROPERTY_CONFISCATED = "property_confiscated"
    LICENCE_WITHHELD = "licence_withheld"
    QUALIFICATION_LOWERED = "qualification_lowered"
    LICENCE_REVOKED = "licence_revoked"
    BUSINESS_RESTRICTED = "business_restricted"
    BUSINESS_STOPPED = "business_stopped"
    CLOSED = "closed"
    PRACTICE_RESTRICTED = "practice_restricted"
    DETENTION = "detention"
    OTHER = "other"


class Reason(StrEnum):
    """Why what an answer called for was not done. A closed set; its Chinese titles are below."""

    LEGAL = "legal"
    """Another provision of law prevails."""
    DATA_WRONG = "data_wrong"
    """The credit data was wrong, or an objection against it was upheld."""
    REPAIRED = "repaired"
    """Repaired since the answer."""
    NOT_APPLICABLE = "not_applicable"
    """Does not fit this case."""
    OTHER_ORGAN = "other_organ"
    """Another organ applies it: done, and so no override."""
    OTHER = "other"
    """The words say which."""


class MeasureDone(msgspec.Struct, frozen=True, kw_only=True):
    """What was done about one measure."""

    code: str
    subject: int | None = None
    """None: for every subject who has it. In a stored report always a subject."""
    applied: bool
    reason: Reason | None = None
    words: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported on a receipt: the question of a receipt of kind `outcome`."""

    about: str
    """The receipt."""
    result: Result
    decided_on: date
    """Legal day of the approval's or the penalty's decision."""
    post: str
    note: str = ""
    measures: tuple[MeasureDone, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    fine_fen: int = 0
    reason: Reason | None = None
    """Why a decision about a violation departs from the answer."""
    words: str = ""


class Retraction(msgspec.Struct, frozen=True, kw_only=True):
    """A withdrawal of what was reported on a receipt so far."""

    about: str
    post: str
    note: str
    """Why."""


Said = Report | Retraction
"""What a receipt of kind `outcome` says."""


class Done(StrEnum):
    """What became of something that an answer called for."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    SILENT = "silent"
    """Nothing is said of it."""


class OrderingRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule behind something that an answer called for."""

    id: str
    title: str = ""
    """Empty where the answer does not say it."""


class OrderedDuty(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an answer called for: a measure for a subject, or the answer itself."""

    code: str
    title: str
    subject: int = 0
    duty: Duty
    prohibits: bool = False
    """A law forbids the licence itself."""
    rules: tuple[OrderingRule, ...]

    @property
    def key(self) -> tuple[str, int]:
        """Names it within its receipt."""
        return (self.code, self.subject)


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one thing that was called for, by one report."""

    ordered: OrderedDuty
    done: Done
    reason: Reason | None = None
    override: bool = False
    """It had to be done and was not: counted for the owners of its rules."""
    against_prohibition: bool = False
    """A law forbids the licence, and it was granted."""


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a report or a withdrawal: the decision of a receipt of kind `outcome`."""

    answer: str
    """The code of the answer that it is about, for example "prohibited"."""
    followed: tuple[FollowUp, ...] = ()
    """All that the answer called for, in its order. Empty for a withdrawal."""

    @property
    def overrides(self) -> tuple[FollowUp, ...]:
        """What it departs from."""
        return tuple(one for one in self.followed if one.override)


# -- titles in Chinese: the one place where they stand -----------------------------------------------------------------

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


class Contrary(msgspec.Struct, frozen=True, kw_only=True):
    """What an organ may come to that departs from an answer."""

    results: tuple[Result, ...] = ()
    penalties: tuple[Penalty, ...] = ()


class AnswerDuties(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer called for."""

    answer: str
    """Its code."""
    title: str
    """In Chinese."""
    measures: tuple[OrderedDuty, ...]
    verdict: OrderedDuty | None = None
    """The answer itself, where it speaks of a penalty and not of an approval: mandatory where it binds."""
    contrary: Contrary = Contrary()
    """Of the verdict."""

    @property
    def ordered(self) -> tuple[OrderedDuty, ...]:
        """All of it."""
        return self.measures if self.verdict is None else (self.verdict, *self.measures)
