"""What a stored answer called for, read from its receipt: just the parts that a report has to speak of."""

from __future__ import annotations

import hashlib

import msgspec

from ...rulebook.language import Duty, Leniency, Role, Stage
from ..check.decision import Decision, Outcome
from ..check.question import Question
from ..leniency.decision import LeniencyDecision
from ..leniency.question import LeniencyQuestion
from .values import CHECK, LENIENCY, Ordered, Rule

NO_PENALTY = (
    Leniency.PAST_LIMITATION,
    Leniency.NO_PENALTY_CAPACITY,
    Leniency.NO_PENALTY_MINOR,
    Leniency.NO_PENALTY_NO_FAULT,
)
"""Answers by which there shall be no penalty."""
BINDING = (*NO_PENALTY, Leniency.EXCLUDED)
"""Answers that bind: a decision that departs from one needs a reason."""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer called for."""

    kind: str
    """check or leniency."""
    answer: str
    """Its code."""
    measures: tuple[Ordered, ...]
    verdict: Ordered | None = None
    """A leniency answer itself: mandatory where it binds. None for a check."""

    @property
    def ordered(self) -> tuple[Ordered, ...]:
        """All of it."""
        return self.measures if self.verdict is None else (self.verdict, *self.measures)


class _Measure(msgspec.Struct, frozen=True):
    subject: int
    code: str
    title: str
    duty: Duty
    prohibits: bool
    rule: str
    rule_title: str
    other_rules: tuple[str, ...]


class _Decision(msgspec.Struct, frozen=True):
    outcome: Outcome
    measures: tuple[_Measure, ...]


class _Ground(msgspec.Struct, frozen=True):
    rule: str
    title: str


class _SoftMeasure(msgspec.Struct, frozen=True):
    code: str
    title: str


class _LeniencyDecision(msgspec.Struct, frozen=True):
    leniency: Leniency
    summary: str
    grounds: tuple[_Ground, ...]
    decided_by: tuple[str, ...]
    soft_measures: tuple[_SoftMeasure, ...]


_read_decision = msgspec.json.Decoder(_Decision).decode
_read_leniency = msgspec.json.Decoder(_LeniencyDecision).decode


def answered(kind: str, decision: bytes) -> Answered:
    """What a receipt's decision called for. Raises ValueError for another kind of receipt and for unreadable bytes."""
    if kind == CHECK:
        return _check(_read_decision(decision))
    if kind == LENIENCY:
        return _leniency(_read_leniency(decision))
    raise ValueError(f"a receipt of kind {kind} calls for nothing")


def needs_outcome(question: Question, decision: Decision) -> bool:
    """Whether a check needs a report.

    One does whose answer is measures, prohibited or undetermined, or that has a mandatory incentive; at any stage
    before the approval is closed; not where it asks again what was known at an earlier instant.
    """
    if question.stage is Stage.AFTER or question.known_at is not None:
        return False
    heavy = decision.outcome in (Outcome.MEASURES, Outcome.PROHIBITED, Outcome.UNDETERMINED)
    return heavy or any(measure.duty is Duty.MANDATORY for measure in decision.measures)


def leniency_needs_outcome(question: LeniencyQuestion, decision: LeniencyDecision) -> bool:
    """Whether a leniency answer needs a report: unless it is undetermined, or asks again what was known once."""
    return question.known_at is None and decision.leniency is not Leniency.UNDETERMINED


def case_key(question: Question) -> str:
    """Tells checks of one case, whose reports stand for each other: same organ, item, case number and applicants."""
    applicants = {subject.identifier for subject in question.subjects if subject.role is Role.APPLICANT}
    case = (question.organ, question.item, question.case_number, sorted(applicants))
    return hashlib.sha256(msgspec.json.encode(case)).hexdigest()[:32]


def _check(decided: _Decision) -> Answered:
    measures = tuple(
        Ordered(
            code=measure.code,
            title=measure.title,
            subject=measure.subject,
            duty=measure.duty,
            prohibits=measure.prohibits,
            rules=(
                Rule(id=measure.rule, title=measure.rule_title),
                *(Rule(id=rule) for rule in measure.other_rules if rule != measure.rule),
            ),
        )
        for measure in decided.measures
    )
    return Answered(kind=CHECK, answer=decided.outcome.value, measures=measures)


def _leniency(decided: _LeniencyDecision) -> Answered:
    titles = {ground.rule: ground.title for ground in decided.grounds}
    verdict = Ordered(
        code=decided.leniency.value,
        title=decided.summary,
        duty=Duty.MANDATORY if decided.leniency in BINDING else Duty.OPTIONAL,
        rules=tuple(Rule(id=rule, title=titles.get(rule, "")) for rule in decided.decided_by),
    )
    measures = tuple(
        Ordered(code=soft.code, title=soft.title, duty=Duty.OPTIONAL, rules=()) for soft in decided.soft_measures
    )
    return Answered(kind=LENIENCY, answer=decided.leniency.value, measures=measures, verdict=verdict)
