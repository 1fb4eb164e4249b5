"""Which answers need a report, and what they call for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from creditgate_server.decision.outcome import Outcome
from creditgate_server.outcomes.answered import answered, needs_outcome
from creditgate_server.outcomes.values import CHECK, LENIENCY, Rule
from creditgate_server.rulebook.catalogue import MeasureKind
from creditgate_server.rulebook.language import Duty, Leniency, Stage

from .answers import decision, leniency, measure, question

OPTIONAL = measure("fewer-inspections", Duty.OPTIONAL, kind=MeasureKind.INCENTIVE)
MANDATORY = measure("green-channel", kind=MeasureKind.INCENTIVE)


@pytest.mark.parametrize(
    ("answer", "needed"),
    [
        (decision(Outcome.CLEAR), False),
        (decision(Outcome.INCENTIVES, OPTIONAL), False),
        (decision(Outcome.INCENTIVES, OPTIONAL, MANDATORY), True),
        (decision(Outcome.MEASURES, measure("no-priority", Duty.OPTIONAL)), True),
        (decision(Outcome.MEASURES, measure("strict-review")), True),
        (decision(Outcome.PROHIBITED, measure("no-licence")), True),
        (decision(Outcome.UNDETERMINED), True),
    ],
)
def test_a_check_needs_a_report_by_its_answer(answer: bytes, needed: bool):
    assert needs_outcome(CHECK, question(), answer) is needed


@pytest.mark.parametrize(
    ("stage", "needed"),
    [(Stage.ACCEPTANCE, True), (Stage.EXAMINATION, True), (Stage.DECISION, True), (Stage.AFTER, False)],
)
def test_a_check_needs_a_report_as_long_as_an_approval_follows(stage: Stage, needed: bool):
    assert needs_outcome(CHECK, question(stage), decision(Outcome.MEASURES, measure("strict-review"))) is needed


def test_a_question_about_what_was_known_once_is_no_approval():
    then = question(known_at=datetime(2026, 5, 1, tzinfo=UTC))
    assert not needs_outcome(CHECK, then, decision(Outcome.PROHIBITED, measure("no-licence")))


@pytest.mark.parametrize("code", Leniency)
def test_a_leniency_answer_needs_a_report_unless_it_is_undetermined(code: Leniency):
    assert needs_outcome(LENIENCY, b"{}", leniency(code)) is (code is not Leniency.UNDETERMINED)


def test_a_level_and_a_report_need_none():
    assert not needs_outcome("level", b"{}", b"{}")
    assert not needs_outcome("outcome", b"{}", b"{}")
    with pytest.raises(ValueError, match="level"):
        answered("level", b"{}")


def test_what_several_rules_call_for_names_them_all():
    found = answered(CHECK, decision(Outcome.MEASURES, measure("strict-review", other_rules=("r-a", "r-b"))))
    assert found.answer == "measures"
    assert found.ordered[0].rules == (
        Rule(id="r-strict-review", title="规则 从严审查"),
        Rule(id="r-a"),
        Rule(id="r-b"),
    )


@pytest.mark.parametrize("code", Leniency)
def test_only_answers_of_which_the_law_leaves_no_choice_bind(code: Leniency):
    verdict = answered(LENIENCY, leniency(code)).verdict
    assert verdict is not None
    binding = {
        Leniency.PAST_LIMITATION,
        Leniency.NO_PENALTY_CAPACITY,
        Leniency.NO_PENALTY_MINOR,
        Leniency.NO_PENALTY_NO_FAULT,
        Leniency.EXCLUDED,
    }
    assert (verdict.duty is Duty.MANDATORY) is (code in binding)
