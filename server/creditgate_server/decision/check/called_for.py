"""What a credit check calls for, and whether somebody has to report what was done about it."""

from __future__ import annotations

import hashlib

import msgspec

from ...rulebook.language import Duty, Role, Stage
from ..outcome.values import AnswerDuties, OrderedDuty, OrderingRule
from .decision import OUTCOMES, Decision, Outcome
from .question import Question


class MeasureBrief(msgspec.Struct, frozen=True):
    """A measure, as far as a report speaks of it."""

    subject: int
    code: str
    title: str
    duty: Duty
    prohibits: bool
    rule: str
    rule_title: str
    other_rules: tuple[str, ...]


class CheckBrief(msgspec.Struct, frozen=True):
    """What a report depends on, of a decision that holds much more."""

    outcome: Outcome
    measures: tuple[MeasureBrief, ...]


def check_needs_outcome(question: Question, decision: Decision | CheckBrief) -> bool:
    """Whether a check needs a report.

    One does whose answer is measures, prohibited or undetermined, or that has a mandatory incentive; at any stage
    before the approval is closed; not where it asks again what was known at an earlier instant.
    """
    if question.stage is Stage.AFTER or question.known_at is not None:
        return False
    heavy = decision.outcome in (Outcome.MEASURES, Outcome.PROHIBITED, Outcome.UNDETERMINED)
    return heavy or any(measure.duty is Duty.MANDATORY for measure in decision.measures)


def check_case(question: Question) -> str:
    """Tells checks of one case, whose reports stand for each other: same organ, item, case number and applicants."""
    applicants = {subject.identifier for subject in question.subjects if subject.role is Role.APPLICANT}
    case = (question.organ, question.item, question.case_number, sorted(applicants))
    return hashlib.sha256(msgspec.json.encode(case)).hexdigest()[:32]


def called_for_by_check(decision: CheckBrief) -> AnswerDuties:
    """The measures, each with the rules that ordered it."""
    measures = tuple(
        OrderedDuty(
            code=measure.code,
            title=measure.title,
            subject=measure.subject,
            duty=measure.duty,
            prohibits=measure.prohibits,
            rules=(
                OrderingRule(id=measure.rule, title=measure.rule_title),
                *(OrderingRule(id=rule) for rule in measure.other_rules if rule != measure.rule),
            ),
        )
        for measure in decision.measures
    )
    return AnswerDuties(answer=decision.outcome.value, title=OUTCOMES[decision.outcome], measures=measures)
