"""What a change does to the ten subjects: every number was worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from creditgate_server.rulebook.language import Duty, Stage
from creditgate_server.studies.difference.report import DiffReport, ItemEffect, MeasureGiven, TransitionCell

from .people import SCRIPT, STRICTER_GRADE

Compared = Callable[..., DiffReport]

ADDED_RULE = (
    "  - id: ban\n",
    "  - id: penalised\n"
    "    title: 受过处罚的现场核查\n"
    "    effective: {from: 2021-01-01}\n"
    "    applies: {items: [grant]}\n"
    "    when: {records: {kinds: [penalty]}}\n"
    "    then: {measure: inspect, duty: mandatory}\n"
    "    basis: [{instrument: credit-law, article: 第十四条}]\n"
    "  - id: ban\n",
)
BAN_ENDS = (
    "    title: 欠薪的不予许可\n    effective: {from: 2021-01-01}\n",
    "    title: 欠薪的不予许可\n    effective: {from: 2021-01-01, until: 2026-12-31}\n",
)


def steps(cells: tuple[TransitionCell, ...]) -> dict[tuple[str, str], int]:
    return {(cell.before, cell.after): cell.count for cell in cells}


def item(report: DiffReport, code: str) -> ItemEffect:
    assert report.subjects is not None
    (found,) = [effect for effect in report.subjects.items if effect.item == code]
    return found


def test_a_stricter_grade_moves_grade_levels_and_items(compared: Compared) -> None:
    report = compared(*STRICTER_GRADE)
    effects = report.subjects
    assert effects is not None
    assert (effects.subjects, effects.affected.moved) == (10, 1)
    assert steps(effects.grade.cells) == {("A", "A"): 4, ("B", "B"): 3, ("B", "D"): 1, ("D", "D"): 2}
    general, market = effects.levels
    assert (general.organ, general.same_for) == ("", ("finance",))
    expected = {("light", "light"): 4, ("standard", "standard"): 3, ("standard", "key"): 1, ("key", "key"): 2}
    assert steps(general.cells) == expected
    assert market.organ == "market"
    expected = {("light", "light"): 3, ("standard", "standard"): 3, ("standard", "key"): 1, ("key", "key"): 3}
    assert steps(market.cells) == expected
    assert steps(item(report, "licence").cells) == {("clear", "measures"): 1}
    assert steps(item(report, "grant").cells) == {("undetermined", "measures"): 1}
    shifts = {(shift.measure, shift.before, shift.after, shift.count) for shift in item(report, "licence").shifts}
    assert shifts == {("review", None, Duty.MANDATORY, 1), ("inspect", None, Duty.OPTIONAL, 1)}
    assert {(entry.organ, entry.rate.moved) for entry in effects.organs} == {("market", 1), ("finance", 1)}
    assert report.changes_something


def test_a_move_names_the_subject_and_the_rules(compared: Compared) -> None:
    report = compared(*STRICTER_GRADE)
    assert report.subjects is not None
    (moved,) = [cell for cell in report.subjects.grade.cells if cell.before != cell.after]
    (example,) = moved.examples
    assert (example.subject, example.name, example.rules) == ("c1", SCRIPT, ("grade-b", "grade-d"))
    (example,) = item(report, "licence").cells[0].examples
    assert example.rules == ("inspected", "review")
    assert example.stages == tuple(Stage)
    assert example.after.measures == (
        MeasureGiven(code="inspect", duty=Duty.OPTIONAL),
        MeasureGiven(code="review", duty=Duty.MANDATORY),
    )


def test_an_added_measure_moves_whom_it_meets_and_no_other_item_is_judged(compared: Compared) -> None:
    report = compared(ADDED_RULE)
    assert report.subjects is not None
    assert report.subjects.affected.moved == 1
    assert [entry.item for entry in report.scope.items] == ["grant"]
    assert report.scope.same_items == 1
    grant = item(report, "grant")
    assert steps(grant.cells) == {("incentives", "measures"): 1}
    (example,) = grant.cells[0].examples
    assert example.subject == "a4"
    assert example.before.measures == (MeasureGiven(code="fast", duty=Duty.OPTIONAL),)
    assert example.after.measures == (
        MeasureGiven(code="fast", duty=Duty.OPTIONAL),
        MeasureGiven(code="inspect", duty=Duty.MANDATORY),
    )
    assert (report.scope.grade, report.scope.level_organs) == (False, ())


def test_a_rule_retired_by_date_still_counts_on_its_last_day(compared: Compared) -> None:
    report = compared(BAN_ENDS, day=date(2026, 12, 31))
    assert report.scope.empty
    assert not report.changes_something
    assert report.scope.later == (date(2027, 1, 1),)
    assert report.rules[0].effective_change


def test_a_rule_retired_by_date_counts_no_more_on_the_next_day(compared: Compared) -> None:
    report = compared(BAN_ENDS, day=date(2027, 1, 1))
    assert steps(item(report, "licence").cells) == {("prohibited", "measures"): 1}
    (example,) = item(report, "licence").cells[0].examples
    assert (example.subject, example.rules) == ("w1", ("ban",))
    assert report.scope.later == ()


def test_data_is_not_taken_to_be_stale_for_a_day_to_come(compared: Compared) -> None:
    report = compared(BAN_ENDS, day=date(2027, 6, 1))
    assert report.subjects is not None
    assert steps(report.subjects.grade.cells) == {("A", "A"): 4, ("B", "B"): 4, ("D", "D"): 2}
    assert any("新旧程度" in note for note in report.notes)


def test_a_title_alone_has_no_effect(compared: Compared) -> None:
    report = compared(("title: 信用差的从严审查", "title: 信用等级为差的, 从严审查"))
    (change,) = report.rules
    assert [(line.field, line.before, line.after) for line in change.lines] == [
        ("名称", "信用差的从严审查", "信用等级为差的, 从严审查")
    ]
    assert not change.effective_change
    assert report.scope.empty
    assert report.subjects is not None
    assert report.subjects.affected.moved == 0
    assert not report.changes_something


def test_a_measure_that_becomes_a_prohibition_moves_the_outcome_alone(compared: Compared) -> None:
    report = compared(
        (
            "{code: review, title: 从严审查, kind: restraint, instruction: 逐项核对}",
            "{code: review, title: 从严审查, kind: restraint, instruction: 逐项核对, prohibits: true}",
        ),
    )
    assert [(change.section, change.code) for change in report.catalogue] == [("measures", "review")]
    assert steps(item(report, "licence").cells) == {("measures", "prohibited"): 1}
    assert item(report, "licence").shifts == ()
    assert steps(item(report, "grant").cells) == {("measures", "prohibited"): 2}


def test_a_feed_that_may_not_be_so_old_any_more_leaves_open_what_was_certain(compared: Compared) -> None:
    later = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    report = compared(("max_age_days: 30", "max_age_days: 4"), day=date(2026, 11, 25), now=later)
    assert report.subjects is not None
    assert steps(report.subjects.grade.cells) == {
        ("A", ""): 4,
        ("B", ""): 4,
        ("D", ""): 1,  # d1: its rating may be another by now
        ("D", "D"): 1,  # w1: it is on the list, whatever else comes
    }


def test_the_order_of_levels_decides_which_is_the_gravest(compared: Compared) -> None:
    light = "  - {code: light, title: 低风险, frequency: 每两年}\n"
    key = "  - {code: key, title: 高风险, frequency: 每季度}\n"
    report = compared((light, ""), (key, key + light))
    (order,) = [change for change in report.catalogue if change.section == "levels"]
    assert [(line.field, line.before, line.after) for line in order.lines] == [
        ("次序", "light、standard、key", "standard、key、light")
    ]
    assert report.subjects is not None
    market = report.subjects.levels[-1]
    assert market.organ == "market"
    assert steps(market.cells) == {
        ("key", "key"): 2,
        ("key", "light"): 1,  # a4: light for its grade, key for its penalties
        ("light", "light"): 3,
        ("standard", "standard"): 4,
    }
