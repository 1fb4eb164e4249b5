"""Which answers need a report, and what they call for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from creditgate_server.decision.check.decision import Decision, Outcome
from creditgate_server.decision.outcome.values import OrderingRule
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.kinds import CHECK, LENIENCY, answered
from creditgate_server.rulebook.catalogue import MeasureKind
from creditgate_server.rulebook.language import Duty, Leniency, Role, Stage

from .answers import FIRM, check_with, decision, leniency, leniency_question, lenient, measure, question

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
def test_a_check_needs_a_report_by_its_answer(answer: Decision, needed: bool):
    assert CHECK.needs_outcome(question(), answer) is needed


@pytest.mark.parametrize(
    ("stage", "needed"),
    [(Stage.ACCEPTANCE, True), (Stage.EXAMINATION, True), (Stage.DECISION, True), (Stage.AFTER, False)],
)
def test_a_check_needs_a_report_as_long_as_an_approval_follows(stage: Stage, needed: bool):
    assert CHECK.needs_outcome(question(stage=stage), decision(Outcome.MEASURES, measure("strict-review"))) is needed


def test_a_question_about_what_was_known_once_is_no_approval():
    then = datetime(2026, 5, 1, tzinfo=UTC)
    assert not CHECK.needs_outcome(question(known_at=then), decision(Outcome.PROHIBITED, measure("no-licence")))
    assert not LENIENCY.needs_outcome(leniency_question(then), leniency(Leniency.ORDINARY))


@pytest.mark.parametrize("code", Leniency)
def test_a_leniency_answer_needs_a_report_unless_it_is_undetermined(code: Leniency):
    needed = LENIENCY.needs_outcome(leniency_question(), leniency(code))
    assert needed is (code is not Leniency.UNDETERMINED)


def test_checks_of_one_case_are_those_of_one_applicant_item_and_number():
    firm, other = (SubjectInRole(identifier=code, role=Role.APPLICANT) for code in (FIRM, "91441900YL0000020R"))
    agent = SubjectInRole(identifier="91441900YL0000047H", role=Role.AGENT)
    key = CHECK.case_key(question())
    assert len(key) == 32
    assert key == CHECK.case_key(question(stage=Stage.DECISION, subjects=(firm, agent), purpose="再次核查"))
    others = (
        question(subjects=(other,)),
        question(subjects=(firm, other)),
        question(case_number="虚构-2"),
        question(item="road-transport-licence"),
        question(organ="transport"),
    )
    assert key not in {CHECK.case_key(one) for one in others}


def test_another_kind_of_receipt_calls_for_nothing():
    with pytest.raises(ValueError, match="level"):
        answered("level", b"{}")


def test_what_several_rules_call_for_names_them_all():
    found = check_with(measure("strict-review", other_rules=("r-a", "r-b")))
    assert found.answer == "measures"
    assert found.ordered[0].rules == (
        OrderingRule(id="r-strict-review", title="规则 从严审查"),
        OrderingRule(id="r-a"),
        OrderingRule(id="r-b"),
    )


@pytest.mark.parametrize("code", Leniency)
def test_only_answers_of_which_the_law_leaves_no_choice_bind(code: Leniency):
    verdict = lenient(code).verdict
    assert verdict is not None
    binding = {
        Leniency.PAST_LIMITATION,
        Leniency.NO_PENALTY_CAPACITY,
        Leniency.NO_PENALTY_MINOR,
        Leniency.NO_PENALTY_NO_FAULT,
        Leniency.EXCLUDED,
    }
    assert (verdict.duty is Duty.MANDATORY) is (code in binding)
