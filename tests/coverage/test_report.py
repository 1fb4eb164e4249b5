"""The figures: worked out by hand, adding up, and the same in any order of rows and receipts."""

from __future__ import annotations

from pathlib import Path
from random import Random

import msgspec
import pytest

from creditgate_server.decision.check.decision import Outcome
from creditgate_server.decision.outcome.values import Done as Told
from creditgate_server.decision.outcome.values import Reason as Departure
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.catalogue import MeasureKind
from creditgate_server.rulebook.language import Duty
from creditgate_server.storage.database import Store
from creditgate_server.studies.coverage.classes import Class, MeasureFate, Remark
from creditgate_server.studies.coverage.judging import in_time
from creditgate_server.studies.coverage.licences import Licence
from creditgate_server.studies.coverage.measures import About, MeasureReport, OrderedMeasure, ReportRevision, followup
from creditgate_server.studies.coverage.report import CoverageReport
from creditgate_server.studies.coverage.tally import SumsDiffer, require_sums
from tests.outcomes.answers import decision, measure, report
from tests.outcomes.ledgers import STRICT, Book, open_book
from tests.shared import store_with_tables

from .test_matching import DAY, check
from .world import CAFE, CULTURE, FOOD, MARKET, Heard, Row, Run, asks, at, done, firm, left, row, run_on, write_csv

CLEAR = decision(Outcome.CLEAR)
BOTH = decision(Outcome.MEASURES, measure("strict-review"), measure("no-priority", Duty.OPTIONAL))
CAFE_ROW = {"item": "娱乐经营许可", "organ": "东莞市文化广电旅游体育局"}


def test_figures_by_organ_item_and_month(book: Book, run: Run, tmp_path: Path) -> None:
    """July: two food licences, one checked. August: none. September: one food licence checked late, a café checked."""
    rows = [
        row(firm(1), "2026-07-10"),
        row(firm(2), "2026-07-31"),
        row(firm(3), "2026-09-01"),
        row(firm(4), "2026-09-02", **CAFE_ROW),
    ]
    book.check(CLEAR, at=at("07-09"), **asks(firm(1)))
    book.check(CLEAR, at=at("09-03"), **asks(firm(3)))
    book.check(CLEAR, at=at("09-01"), organ=CULTURE, item=CAFE, **asks(firm(4)))
    found, _ = run(write_csv(tmp_path / "a.csv", rows))
    total = found.figures
    assert (total.licences, total.checked_in_time, total.checked_late, total.not_checked) == (4, 2, 1, 1)
    assert (total.checked_ppm, total.covered_ppm) == (500_000, 500_000)
    assert [(one.organ, one.figures.licences, one.figures.covered_ppm) for one in found.organs] == [
        (MARKET, 3, 333_333),
        (CULTURE, 1, 1_000_000),
    ]
    assert [(one.organ, one.item, one.figures.licences) for one in found.items] == [
        (MARKET, FOOD, 3),
        (CULTURE, CAFE, 1),
    ]
    assert [(one.month, one.figures.licences, one.figures.checked_in_time) for one in found.months] == [
        ("2026-07", 2, 1),
        ("2026-08", 0, 0),
        ("2026-09", 2, 1),
    ]
    assert [(one.organ, one.item, one.month, one.figures.licences) for one in found.groups] == [
        (CULTURE, CAFE, "2026-09", 1),
        (MARKET, FOOD, "2026-07", 2),
        (MARKET, FOOD, "2026-09", 1),
    ]
    assert found.checks_read == 3
    assert found.names.organs == {MARKET: "东莞市市场监督管理局", CULTURE: "东莞市文化广电旅游体育局"}
    assert found.names.items == {FOOD: "食品经营许可", CAFE: "娱乐经营许可"}


def test_measures_by_organ(book: Book, run: Run, tmp_path: Path) -> None:
    """Of the market's three checks one is applied, one refused, one silent; the optional measure is never told."""
    one, two, _ = (book.check(BOTH, at=at("10-15"), **asks(firm(number))) for number in (1, 2, 3))
    book.report(one, report(done()), at=at("10-16"))
    book.report(two, report(left(Departure.LEGAL)), at=at("10-16"))
    other = book.check(STRICT, at=at("10-15"), organ=CULTURE, item=CAFE, **asks(firm(4)))
    book.report(other, report(left(Departure.OTHER_ORGAN)), at=at("10-16"))
    rows = [*(row(firm(number)) for number in (1, 2, 3)), row(firm(4), **CAFE_ROW)]
    found, heard = run(write_csv(tmp_path / "a.csv", rows))
    told = {
        (each.organ, each.measure): (each.ordered, each.mandatory, each.applied, each.refused, each.silent, each.open)
        for each in found.measures
    }
    assert told == {
        (MARKET, "strict-review"): (3, 3, 1, 1, 1, 2),
        (MARKET, "no-priority"): (3, 0, 0, 0, 3, 0),
        (CULTURE, "strict-review"): (1, 1, 0, 1, 0, 0),
    }
    assert [each.reasons for each in found.measures] == [{"legal": 1}, {}, {"other_organ": 1}]
    assert [heard.of_row(number) for number in (2, 3, 4, 5)] == [
        "in_time",
        "missing/reason_given",
        "missing/not_reported",
        "in_time",
    ]


def test_a_check_that_counts_for_two_licences_is_counted_once(book: Book, run: Run, tmp_path: Path) -> None:
    book.check(STRICT, at=at("10-15"), **asks(firm(1)))
    path = write_csv(tmp_path / "a.csv", [row(firm(1), document="甲"), row(firm(1), "2026-10-21", document="乙")])
    found, heard = run(path)
    assert [case.class_ for case in heard.cases] == [Class.MEASURE_MISSING] * 2
    assert [one.ordered for one in found.measures] == [1]
    assert heard.first == [True, False]


def test_what_late_checks_ordered_is_not_counted(book: Book, run: Run, tmp_path: Path) -> None:
    book.check(STRICT, at=at("10-25"), **asks(firm(1)))
    found, heard = run(write_csv(tmp_path / "a.csv", [row(firm(1))]))
    assert heard.of_row(2) == "late"
    assert found.measures == ()


def test_measures_of_every_subject_of_the_check_count(book: Book, run: Run, tmp_path: Path) -> None:
    both = decision(Outcome.MEASURES, measure("strict-review"), measure("strict-review", subject=1))
    one = book.check(both, at=at("10-15"), **asks(firm(1)))
    book.report(one, report(done(subject=0), done(subject=1)), at=at("10-16"))
    two = book.check(both, at=at("10-15"), **asks(firm(2)))
    book.report(two, report(done(subject=0), msgspec.structs.replace(left(Departure.LEGAL), subject=1)), at=at("10-16"))
    _, heard = run(write_csv(tmp_path / "a.csv", [row(firm(1)), row(firm(2))]))
    assert [heard.of_row(number) for number in (2, 3)] == ["in_time", "missing/reason_given"]


# -- what was erased, as values -----------------------------------------------------------------------------------


MUST = OrderedMeasure(0, "strict-review", "从严审查", MeasureKind.RESTRAINT, Duty.MANDATORY)


def test_of_an_erased_report_it_is_known_only_that_there_was_one() -> None:
    told = followup("r-1", (MUST,), ReportRevision("r-1", "granted", ("2026", "c", 1), said=None))
    assert [(one.done, one.open) for one in told.measures] == [(MeasureFate.ERASED, False)]


def test_a_later_check_that_does_not_order_it_any_more_drops_it() -> None:
    later = ReportRevision(
        "r-2", "granted", ("2026", "c", 2), said=(MeasureReport(About("no-priority", 0), Told.APPLIED, None),)
    )
    told = followup("r-1", (MUST,), None, [later])
    assert [(one.done, one.open) for one in told.measures] == [(MeasureFate.DROPPED, False)]
    assert followup("r-3", (MUST,), None, [later]).measures[0].done is MeasureFate.SILENT, (
        "it is no later check of this one"
    )


def test_a_pending_report_yields_to_a_later_check_of_the_case_that_is_settled() -> None:
    pending = ReportRevision("r-1", "pending", ("2026", "c", 1))
    later = ReportRevision(
        "r-2", "granted", ("2026", "c", 2), said=(MeasureReport(About(MUST.code, MUST.subject), Told.APPLIED, None),)
    )
    assert followup("r-1", (MUST,), pending, [later]).measures[0].done is MeasureFate.APPLIED
    assert followup("r-1", (MUST,), pending, []).measures[0].open


def test_of_an_erased_decision_its_answer_is_known() -> None:
    licence = Licence(0, 2, "甲", DAY, firm(1), FOOD, MARKET)
    cleared = in_time(licence, check(0), "measures", (), "", erased=True)
    assert (cleared.class_, cleared.remark) == (Class.IN_TIME, Remark.ERASED)
    assert in_time(licence, check(0), "prohibited", (), "", erased=True).class_ is Class.PROHIBITED


# -- sums -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def made(book: Book, run: Run, tmp_path: Path) -> CoverageReport:
    book.check(STRICT, at=at("10-15"), **asks(firm(1)))
    return run(write_csv(tmp_path / "a.csv", [row(firm(1)), row(firm(2)), row("1")]))[0]


@pytest.mark.parametrize(
    "name", ["rows", "unmatched", "figures", "organs", "items", "months", "groups", "measures", "reasons"]
)
def test_a_report_that_does_not_add_up_is_refused(made: CoverageReport, name: str) -> None:
    require_sums(made)
    value = getattr(made, name)
    if isinstance(value, int):
        wrong: object = value + 1
    elif name == "measures":
        wrong = (msgspec.structs.replace(value[0], silent=value[0].silent + 1),)
    elif isinstance(value, tuple):
        wrong = value[1:]
    else:
        wrong = msgspec.structs.replace(value, not_checked=value.not_checked + 1)
    with pytest.raises(SumsDiffer):
        require_sums(msgspec.structs.replace(made, **{name: wrong}))


def test_notes_tell_what_a_reader_has_to_know(book: Book, run: Run, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(firm(1), "2026-10-14"), row(firm(2), "2026-10-15")])
    assert "数据库中没有核查回执" in run(path)[0].notes
    book.check(CLEAR, at=at("10-15 00:00"), **asks(firm(1)))
    assert any("最早的核查回执在 2026-10-15, 此前颁发的 1 件许可不可能有核查" in note for note in run(path)[0].notes)


# -- order ------------------------------------------------------------------------------------------------------------


def random_world(draw: Random) -> tuple[list[tuple[str, str, object]], list[Row]]:
    """Checks (firm, when, decision) and rows, of few firms and days so that they meet often."""
    decisions = (CLEAR, STRICT, BOTH, decision(Outcome.PROHIBITED, measure("no-licence")))
    checks = [
        (
            firm(draw.randrange(4)),
            f"2026-10-{draw.randrange(1, 28):02} {draw.randrange(24):02}:00",
            draw.choice(decisions),
        )
        for _ in range(14)
    ]
    rows = [
        row(
            draw.choice([firm(0), firm(1), firm(2), firm(3), "1"]),
            draw.choice(["2026-10-05", "2026-10-12", "2026-10-13", "2026-11-19", ""]),
            document=draw.choice(["甲", "乙", ""]),
        )
        for _ in range(30)
    ]
    return checks, rows


def told(heard: Heard, rows: list[Row]) -> list[tuple[Row, str]]:
    """What was found of each row; of rows that are the same, one is as good as another."""
    return sorted((one, heard.of_row(number)) for number, one in enumerate(rows, start=2))


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_and_receipts_does_not_matter(tmp_path: Path, rule_set: RuleSet, seed: int) -> None:
    draw = Random(seed)
    checks, rows = random_world(draw)
    found = []
    for turn in range(3):
        path = tmp_path / str(turn)
        path.mkdir()
        store = store_with_tables(f"sqlite:///{path / 'gate.db'}")
        _write(store, checks, workers=turn + 1)
        report, heard = run_on(store, rule_set, write_csv(path / "a.csv", rows))
        store.close()
        assert len(heard.cases) + len(heard.rows) == report.rows == len(rows)
        assert "lost" not in {heard.of_row(number) for number in range(2, len(rows) + 2)}
        found.append((report.figures, report.groups, report.measures, report.reasons, told(heard, rows)))
        draw.shuffle(checks)
        draw.shuffle(rows)
    assert found[0] == found[1] == found[2]


def _write(store: Store, checks: list[tuple[str, str, object]], workers: int) -> None:
    """One report for every check at an even hour."""
    with open_book(store, workers) as book:
        for number, (subject, when, decided) in enumerate(checks):
            case = f"{subject}{when}"
            id_ = book.check(decided, at=at(when), case=case, worker=number % workers, **asks(subject))
            if decided in (STRICT, BOTH) and int(when[-5:-3]) % 2 == 0:
                book.report(id_, report(done()), at=at(when), worker=number % workers)
