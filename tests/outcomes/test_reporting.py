"""What a report must say: nothing mandatory is left out in silence, nothing is made up, nothing contradicts itself."""

from __future__ import annotations

import pytest

from creditgate_server.decision.check.decision import Outcome
from creditgate_server.decision.outcome.reporting import findings
from creditgate_server.decision.outcome.values import AnswerDuties, Done, MeasureDone, Penalty, Reason, Report, Result
from creditgate_server.errors import InvalidQuestion
from creditgate_server.rulebook.language import Duty, Leniency

from .answers import check_with, fined, lenient, measure, report

STRICT = measure("strict-review")
PRIORITY = measure("no-priority", Duty.OPTIONAL)
PROHIBITION = measure("no-licence")


def done(code: str, subject: int | None = None) -> MeasureDone:
    return MeasureDone(code=code, subject=subject, applied=True)


def left(code: str, reason: Reason | None = None, words: str = "", subject: int | None = None) -> MeasureDone:
    return MeasureDone(code=code, subject=subject, applied=False, reason=reason, words=words)


def refused(one: Report, answered: AnswerDuties) -> InvalidQuestion:
    with pytest.raises(InvalidQuestion) as caught:
        findings(one, answered)
    return caught.value


def became(one: Report, answered: AnswerDuties) -> dict[str, tuple[Done, bool]]:
    """What became of each thing that was called for, and whether that is an override."""
    return {each.ordered.code: (each.done, each.override) for each in findings(one, answered)[1].followed}


def test_a_mandatory_measure_without_a_word_is_refused_by_name():
    fault = refused(report(), check_with(STRICT, PRIORITY))
    assert fault.field == "measures[strict-review]"
    assert "从严审查(strict-review)" in fault.message
    assert "data_wrong" in fault.hint


def test_a_mandatory_measure_not_applied_needs_a_reason_code():
    fault = refused(report(left("strict-review", words="没有必要")), check_with(STRICT))
    assert fault.field == "measures[0].reason"
    assert "strict-review" in fault.message


def test_an_applied_measure_is_no_override_and_an_optional_one_may_be_left_out():
    assert became(report(done("strict-review")), check_with(STRICT, PRIORITY)) == {
        "strict-review": (Done.APPLIED, False),
        "no-priority": (Done.SILENT, False),
    }


def test_a_mandatory_measure_not_applied_with_a_reason_is_an_override():
    assert became(report(left("strict-review", Reason.REPAIRED)), check_with(STRICT)) == {
        "strict-review": (Done.NOT_APPLIED, True)
    }


def test_what_another_organ_applies_and_what_was_withdrawn_is_no_override():
    elsewhere = report(left("strict-review", Reason.OTHER_ORGAN))
    withdrawn = report(left("strict-review", Reason.NOT_APPLICABLE), result=Result.WITHDRAWN)
    for one in (elsewhere, withdrawn):
        assert became(one, check_with(STRICT)) == {"strict-review": (Done.NOT_APPLIED, False)}


def test_an_optional_measure_is_left_with_a_word_or_a_reason_but_not_with_a_bare_no():
    fault = refused(report(left("no-priority")), check_with(PRIORITY))
    assert fault.field == "measures[0].words"
    for one in (left("no-priority", words="名额足够"), left("no-priority", Reason.NOT_APPLICABLE)):
        assert became(report(one), check_with(PRIORITY)) == {"no-priority": (Done.NOT_APPLIED, False)}


def test_the_reason_other_needs_words():
    fault = refused(report(left("strict-review", Reason.OTHER, "  ")), check_with(STRICT))
    assert fault.field == "measures[0].words"
    assert became(report(left("strict-review", Reason.OTHER, "试点")), check_with(STRICT)) == {
        "strict-review": (Done.NOT_APPLIED, True)
    }


def test_an_applied_measure_has_no_reason_for_not_being_applied():
    both = MeasureDone(code="strict-review", applied=True, reason=Reason.LEGAL)
    assert refused(report(both), check_with(STRICT)).field == "measures[0].reason"


def test_a_measure_that_the_receipt_does_not_have_is_refused():
    fault = refused(report(done("strict-review"), done("no-licence")), check_with(STRICT))
    assert fault.field == "measures[1].measure"
    assert "strict-review" in fault.hint


def test_a_subject_who_does_not_have_the_measure_is_refused():
    fault = refused(report(done("strict-review", subject=1)), check_with(STRICT))
    assert fault.field == "measures[0].subject"


def test_a_measure_said_twice_for_one_subject_is_refused():
    two = check_with(STRICT, measure("strict-review", subject=1))
    fault = refused(report(done("strict-review"), left("strict-review", Reason.LEGAL, subject=1)), two)
    assert fault.field == "measures[1].measure"


def test_each_subject_may_be_reported_on_alone():
    two = check_with(STRICT, measure("strict-review", subject=1))
    only_first = refused(report(done("strict-review", subject=0)), two)
    assert only_first.field == "measures[strict-review]"
    assert "主体 1" in only_first.message
    told = report(left("strict-review", Reason.REPAIRED, subject=1), done("strict-review", subject=0))
    complete, found = findings(told, two)
    assert [(one.subject, one.applied) for one in complete.measures] == [(0, True), (1, False)]
    assert [one.override for one in found.followed] == [False, True]


def test_a_measure_without_a_subject_stands_for_all_who_have_it():
    two = check_with(STRICT, measure("strict-review", subject=1))
    complete, _ = findings(report(done("strict-review")), two)
    assert [one.subject for one in complete.measures] == [0, 1]


@pytest.mark.parametrize("result", [Result.GRANTED, Result.GRANTED_WITH_CONDITIONS])
def test_a_prohibited_licence_is_not_granted_without_a_reason(result: Result):
    prohibited = check_with(PROHIBITION, outcome=Outcome.PROHIBITED)
    assert refused(report(result=result), prohibited).field == "measures[no-licence]"
    assert refused(report(done("no-licence"), result=result), prohibited).field == "measures[0].applied"
    assert refused(report(left("no-licence"), result=result), prohibited).field == "measures[0].reason"
    _, found = findings(report(left("no-licence", Reason.DATA_WRONG), result=result), prohibited)
    assert [(one.override, one.against_prohibition) for one in found.followed] == [(True, True)]


def test_a_licence_granted_against_a_prohibition_is_an_override_whatever_the_reason():
    prohibited = check_with(PROHIBITION, outcome=Outcome.PROHIBITED)
    assert became(report(left("no-licence", Reason.OTHER_ORGAN)), prohibited) == {
        "no-licence": (Done.NOT_APPLIED, True)
    }


def test_a_prohibited_licence_that_is_refused_follows_the_answer():
    prohibited = check_with(PROHIBITION, outcome=Outcome.PROHIBITED)
    assert became(report(done("no-licence"), result=Result.REFUSED), prohibited) == {
        "no-licence": (Done.APPLIED, False)
    }


def test_while_the_approval_is_pending_what_is_not_done_yet_may_be_left_out():
    one = report(done("strict-review"), result=Result.PENDING)
    assert became(one, check_with(STRICT, PROHIBITION)) == {
        "strict-review": (Done.APPLIED, False),
        "no-licence": (Done.SILENT, False),
    }


def test_a_check_is_not_reported_on_like_a_violation_and_the_other_way_round():
    assert refused(fined(), check_with(STRICT)).field == "approval"
    assert refused(report(), lenient(Leniency.ORDINARY)).field == "penalty"


# -- violations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        Leniency.PAST_LIMITATION,
        Leniency.NO_PENALTY_CAPACITY,
        Leniency.NO_PENALTY_MINOR,
        Leniency.NO_PENALTY_NO_FAULT,
    ],
)
def test_a_penalty_where_the_law_says_none_needs_a_reason(answer: Leniency):
    assert refused(fined(), lenient(answer)).field == "penalty.reason"
    assert became(fined(reason=Reason.DATA_WRONG), lenient(answer)) == {answer.value: (Done.NOT_APPLIED, True)}
    assert became(report(result=Result.NOT_PENALISED), lenient(answer)) == {answer.value: (Done.APPLIED, False)}


def test_an_excluded_case_that_goes_without_penalty_needs_a_reason():
    excluded = lenient(Leniency.EXCLUDED)
    assert refused(report(result=Result.NOT_PENALISED), excluded).field == "penalty.reason"
    told = report(result=Result.NOT_PENALISED, reason=Reason.OTHER, words="证据不足")
    assert became(told, excluded) == {"excluded": (Done.NOT_APPLIED, True)}
    assert became(fined(), excluded) == {"excluded": (Done.APPLIED, False)}


def test_an_exemption_that_may_be_given_may_be_refused_without_a_reason():
    assert became(fined(), lenient(Leniency.MAY_BE_EXEMPT)) == {"may_be_exempt": (Done.NOT_APPLIED, False)}


def test_a_fine_that_may_be_waived_is_waived_where_there_is_none():
    warned = report(result=Result.PENALISED, penalties=(Penalty.WARNING,))
    assert became(warned, lenient(Leniency.FINE_MAY_BE_WAIVED)) == {"fine_may_be_waived": (Done.APPLIED, False)}
    assert became(fined(), lenient(Leniency.FINE_MAY_BE_WAIVED)) == {"fine_may_be_waived": (Done.NOT_APPLIED, False)}


def test_a_decision_that_follows_the_answer_has_no_reason_to_depart():
    one = report(result=Result.NOT_PENALISED, reason=Reason.LEGAL)
    assert refused(one, lenient(Leniency.NO_PENALTY_MINOR)).field == "penalty.reason"


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (report(result=Result.PENALISED), "penalty.kinds"),
        (report(result=Result.NOT_PENALISED, penalties=(Penalty.WARNING,)), "penalty.kinds"),
        (report(result=Result.PENALISED, penalties=(Penalty.WARNING, Penalty.WARNING)), "penalty.kinds"),
        (fined(0), "penalty.fine_fen"),
        (report(result=Result.PENALISED, penalties=(Penalty.WARNING,), fine_fen=1), "penalty.fine_fen"),
        (report(result=Result.OTHER), "penalty.words"),
        (fined(reason=Reason.OTHER), "penalty.words"),
    ],
)
def test_a_penalty_that_is_not_whole_is_refused(one: Report, field: str):
    assert refused(one, lenient(Leniency.MAY_BE_EXEMPT)).field == field


def test_soft_measures_are_optional():
    answer = lenient(Leniency.MAY_BE_EXEMPT, soft=("order-correction", "education"))
    told = report(done("order-correction"), result=Result.NOT_PENALISED)
    assert became(told, answer) == {
        "may_be_exempt": (Done.APPLIED, False),
        "order-correction": (Done.APPLIED, False),
        "education": (Done.SILENT, False),
    }
