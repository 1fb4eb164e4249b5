"""Lenient enforcement: the question whether a violation may go without a penalty, and its answer, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from creditgate.v1 import leniency_pb2

from .answers import basis_of, day_of, evidence_of, failed_of, feeds_of, stamp_of, undetermined_of
from .errors import readable
from .questions import FactValue, Subject, fact_proto, new_request_id, subject_proto, text_of, unsendable_is_invalid
from .results import Basis, Evidence, FeedAge, QuestionFailed, ReceiptStamp, Undetermined, plain

DEFAULT_PURPOSE = "行政处罚裁量核查"


class Leniency(StrEnum):
    """What a violation comes to; the lightest for the party first."""

    PAST_LIMITATION = "PAST_LIMITATION"
    NO_PENALTY_CAPACITY = "NO_PENALTY_CAPACITY"
    NO_PENALTY_MINOR = "NO_PENALTY_MINOR"
    NO_PENALTY_NO_FAULT = "NO_PENALTY_NO_FAULT"
    MAY_BE_EXEMPT = "MAY_BE_EXEMPT"
    FINE_MAY_BE_WAIVED = "FINE_MAY_BE_WAIVED"
    SHALL_MITIGATE = "SHALL_MITIGATE"
    MAY_MITIGATE = "MAY_MITIGATE"
    EXCLUDED = "EXCLUDED"
    ORDINARY = "ORDINARY"
    UNDETERMINED = "UNDETERMINED"


class State(StrEnum):
    """What is known of a condition."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A leniency question: an entry of an exemption list, or a description of an act on no list.

    What is not given is not known. Days are legal days in Asia/Shanghai.
    """

    organ: str
    subject: Subject
    exemption: str = ""
    description: str = ""
    acted_on: date | str | None = None
    act_ended_on: date | str | None = None
    """Last day of a continuing act; None: the act ended on the day on which it was done."""
    discovered_on: date | str | None = None
    corrected_on: date | str | None = None
    deadline_on: date | str | None = None
    """Last day of the period ordered for the correction, inclusive."""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    region: str = ""
    case_number: str = ""
    purpose: str = DEFAULT_PURPOSE
    as_of: date | str | None = None
    known_at: datetime | str | None = None
    request_id: str | None = None
    rule_set: str = ""
    at_least_activation: int = 0

    def to_proto(self) -> leniency_pb2.EvaluateRequest:
        """The request; it gets a request id where it has none. Raises InvalidQuestion for what no message can hold."""
        with unsendable_is_invalid():
            return leniency_pb2.EvaluateRequest(
                organ=self.organ,
                exemption=self.exemption,
                description=self.description,
                case_number=self.case_number,
                subject=subject_proto(self.subject),
                acted_on=text_of(self.acted_on),
                act_ended_on=text_of(self.act_ended_on),
                discovered_on=text_of(self.discovered_on),
                corrected_on=text_of(self.corrected_on),
                deadline_on=text_of(self.deadline_on),
                facts=[fact_proto(name, value) for name, value in self.facts.items()],
                region=self.region,
                purpose=self.purpose,
                as_of=text_of(self.as_of),
                known_at=text_of(self.known_at),
                request_id=self.request_id or new_request_id(),
                rule_set=self.rule_set,
                at_least_activation=self.at_least_activation,
            )


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a ground."""

    title: str
    state: State
    found: str
    """What was found, in Chinese; empty where nothing is known."""
    facts: tuple[str, ...]
    supplier: str
    """Who must supply what is not known, in Chinese."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule that was asked: of the law itself or of a list's entry."""

    rule: str
    title: str
    leniency: Leniency
    list: str
    list_title: str
    state: State
    law_day: str
    """ACT, DECISION or BOTH: by the law of which day it stands (从旧兼从轻)."""
    conditions: tuple[Condition, ...]
    basis: tuple[Basis, ...]
    circumstances: str
    remark: str
    verified: bool


@dataclass(frozen=True, slots=True)
class SoftMeasure:
    """A soft measure (柔性措施)."""

    code: str
    title: str
    due_on: date | None
    """Last day, inclusive."""
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the procedure that follows."""

    code: str
    title: str
    due_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Warning:
    """Something that the answer warns of."""

    rule: str
    message: str
    basis: tuple[Basis, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry that a description may mean."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class LeniencyResult:
    """The answer."""

    decision: Leniency
    summary: str
    exemption: str
    exemption_title: str
    grounds: tuple[Ground, ...]
    decided_by: tuple[str, ...]
    missing: tuple[Undetermined, ...]
    soft_measures: tuple[SoftMeasure, ...]
    steps: tuple[Step, ...]
    warnings: tuple[Warning, ...]
    basis: tuple[Basis, ...]
    verified: bool
    suggestions: tuple[Suggestion, ...]
    feeds: tuple[FeedAge, ...]
    rule_set: str
    activation: int
    decided_at: str
    as_of: date
    receipt: ReceiptStamp

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, with the conditions of all grounds in one list beside the grounds."""
        result: dict[str, Any] = plain(asdict(self))
        result["conditions"] = [
            {"rule": ground["rule"], "list": ground["list"], "leniency": ground["leniency"], **condition}
            for ground in result["grounds"]
            for condition in ground["conditions"]
        ]
        return result


@readable
def leniency_result(answer: leniency_pb2.EvaluateResponse) -> LeniencyResult:
    """From the proto."""
    return LeniencyResult(
        decision=_leniency(answer.decision),
        summary=answer.summary,
        exemption=answer.exemption,
        exemption_title=answer.exemption_title,
        grounds=tuple(_ground(ground) for ground in answer.grounds),
        decided_by=tuple(answer.decided_by),
        missing=undetermined_of(answer.missing),
        soft_measures=tuple(
            SoftMeasure(one.code, one.title, day_of(one.due_on), basis_of(one.basis)) for one in answer.soft_measures
        ),
        steps=tuple(Step(step.code, step.title, day_of(step.due_on), step.note) for step in answer.steps),
        warnings=tuple(
            Warning(one.rule, one.message, basis_of(one.basis), _evidence(one.evidence)) for one in answer.warnings
        ),
        basis=basis_of(answer.basis),
        verified=answer.verified,
        suggestions=tuple(Suggestion(one.code, one.title) for one in answer.suggestions),
        feeds=feeds_of(answer.feeds),
        rule_set=answer.rule_set,
        activation=answer.activation,
        decided_at=answer.decided_at,
        as_of=date.fromisoformat(answer.as_of),
        receipt=stamp_of(answer.receipt),
    )


def leniency_results(results: Sequence[leniency_pb2.LeniencyResult]) -> list[LeniencyResult | QuestionFailed]:
    """From the protos of a batch."""
    return [
        leniency_result(one.answer) if one.WhichOneof("result") == "answer" else failed_of(one.error) for one in results
    ]


def _ground(ground: leniency_pb2.Ground) -> Ground:
    return Ground(
        rule=ground.rule,
        title=ground.title,
        leniency=_leniency(ground.leniency),
        list=ground.list,
        list_title=ground.list_title,
        state=_state(ground.state),
        law_day=leniency_pb2.LawDay.Name(ground.law_day).removeprefix("LAW_DAY_"),
        conditions=tuple(
            Condition(one.title, _state(one.state), one.found, tuple(one.facts), one.supplier, _evidence(one.evidence))
            for one in ground.conditions
        ),
        basis=basis_of(ground.basis),
        circumstances=ground.circumstances,
        remark=ground.remark,
        verified=ground.verified,
    )


def _evidence(entries: Iterable[Any]) -> tuple[Evidence, ...]:
    return tuple(evidence_of(entry) for entry in entries)


def _leniency(value: leniency_pb2.Leniency.ValueType) -> Leniency:
    return Leniency(leniency_pb2.Leniency.Name(value).removeprefix("LENIENCY_"))


def _state(value: leniency_pb2.ConditionState.ValueType) -> State:
    return State(leniency_pb2.ConditionState.Name(value).removeprefix("CONDITION_STATE_"))
