"""A licence file with planted misses of every class: exactly those are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from creditgate_server.decision.check.decision import Decision, Outcome
from creditgate_server.decision.outcome.values import Reason as Departure
from creditgate_server.decision.outcome.values import Result
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Duty, Role, Stage
from creditgate_server.storage.database import Store
from creditgate_server.studies.coverage.matching import CheckWindow
from tests.outcomes.answers import decision, measure, report
from tests.outcomes.ledgers import STRICT, Book, open_book

from .world import CAFE, CITIZEN, Row, Run, asks, at, done, firm, left, person_hash, row, run_on, write_csv

CLEAR = decision(Outcome.CLEAR)
FORBIDDEN = decision(Outcome.PROHIBITED, measure("no-licence"))
UNSURE = decision(Outcome.UNDETERMINED)
OPTIONAL = decision(Outcome.MEASURES, measure("no-priority", Duty.OPTIONAL))

Planted = tuple[str, Row, str]
"""What is planted, in words; the row; where it has to be found."""


def plant(book: Book) -> list[Planted]:
    """Receipts in the ledger and, for each row, where it must be found. Issued on 2026-10-20 unless it says so."""
    planted: list[Planted] = []
    used = iter(range(1, 1000))

    def licence(words: str, expected: str, *checks: tuple[Decision, str], **changes: object) -> list[str]:
        subject = firm(next(used))
        planted.append((words, row(subject, **changes), expected))
        return [book.check(decided, at=at(when), **asks(subject)) for decided, when in checks]

    # -- the days around the day of issue
    licence("five days before", "in_time", (CLEAR, "10-15"))
    licence("on the first day of the window", "in_time", (CLEAR, "09-20 00:00"))
    licence("on the last minute before the window", "not_checked", (CLEAR, "09-19 23:59"))
    licence("on the day of issue", "in_time", (CLEAR, "10-20 23:59"))
    licence("on the first minute after the day of issue", "late", (CLEAR, "10-21 00:00"))
    licence("on the last day on which a late one is found", "late", (CLEAR, "10-30 23:59"), issued_on="2026-08-01")
    licence("a day later", "not_checked", (CLEAR, "10-31 00:00"), issued_on="2026-08-01")
    licence("never", "not_checked")
    licence("a late one that forbids", "late/late_prohibited", (FORBIDDEN, "10-25"))

    # -- what the check came to
    licence("forbidden and issued", "prohibited/not_reported", (FORBIDDEN, "10-15"))
    licence("cannot be settled", "in_time/undetermined", (UNSURE, "10-15"))
    licence("a mandatory measure, no report", "missing/not_reported", (STRICT, "10-15"))
    licence("an optional measure, no report", "in_time", (OPTIONAL, "10-15"))
    (one,) = licence("a mandatory measure, applied", "in_time", (STRICT, "10-15"))
    book.report(one, report(done()), at=at("10-21"))
    (one,) = licence("a mandatory measure, not applied for a reason", "missing/reason_given", (STRICT, "10-15"))
    book.report(one, report(left(Departure.LEGAL)), at=at("10-21"))
    (one,) = licence("a mandatory measure that another organ applies", "in_time", (STRICT, "10-15"))
    book.report(one, report(left(Departure.OTHER_ORGAN)), at=at("10-21"))
    (one,) = licence("a report that was taken back", "missing/not_reported", (STRICT, "10-15"))
    book.report(one, report(done()), at=at("10-21"))
    book.retract(one, at=at("10-22"))
    (one,) = licence("a report that was changed", "in_time", (STRICT, "10-15"))
    book.report(one, report(left(Departure.LEGAL)), at=at("10-21"))
    book.report(one, report(done()), at=at("10-22"))
    (one,) = licence("forbidden, issued with a reason", "prohibited/reason_given", (FORBIDDEN, "10-15"))
    book.report(one, report(left(Departure.DATA_WRONG, "no-licence")), at=at("10-21"))

    # -- several checks
    licence("cleared since it was forbidden", "in_time", (FORBIDDEN, "10-01"), (CLEAR, "10-15"))
    licence("forbidden since it was cleared", "prohibited/not_reported", (CLEAR, "10-01"), (FORBIDDEN, "10-15"))
    licence("in time and late: in time counts", "in_time", (CLEAR, "10-15"), (FORBIDDEN, "10-21"))
    licence("too early and late: late counts", "late", (CLEAR, "09-01"), (CLEAR, "10-21"))

    one = row(firm(next(used)), "2026-10-01", document="甲")
    planted.append(("the check of a later licence is not a late one of this", one, "not_checked"))
    planted.append(("the later licence", row(one[1], "2026-10-20", document="乙"), "in_time"))
    book.check(CLEAR, at=at("10-15"), **asks(one[1]))

    # -- checks that are of something else
    subject = firm(next(used))
    planted.append(("of another item", row(subject), "not_checked"))
    book.check(CLEAR, at=at("10-15"), item=CAFE, **asks(subject))
    subject = firm(next(used))
    planted.append(("as legal representative of another", row(subject), "not_checked"))
    book.check(CLEAR, at=at("10-15"), **asks(subject, Role.LEGAL_REPRESENTATIVE, firm(900)))
    subject = firm(next(used))
    planted.append(("what was known at an earlier instant", row(subject), "not_checked"))
    book.check(CLEAR, at=at("10-15"), known_at=at("09-01"), **asks(subject))
    subject = firm(next(used))
    planted.append(("at the stage after, on the day of issue", row(subject), "late"))
    book.check(CLEAR, at=at("10-20"), stage=Stage.AFTER, **asks(subject))
    subject = firm(next(used))
    planted.append(("at the stage after, before the day of issue", row(subject), "not_checked"))
    book.check(CLEAR, at=at("10-19"), stage=Stage.AFTER, **asks(subject))
    subject = firm(next(used))
    planted.append(("as one of two applicants", row(subject), "in_time"))
    book.check(CLEAR, at=at("10-15"), **asks(firm(901), Role.APPLICANT, subject))

    # -- natural persons
    planted.append(("a natural person", row("", citizen=CITIZEN), "in_time"))
    book.check(CLEAR, at=at("10-15"), **asks(person_hash(CITIZEN)))

    # -- rows of one licence
    again = row(firm(next(used)), document="东样许〔2026〕7号")
    planted.append(("a licence", again, "in_time"))
    book.check(CLEAR, at=at("10-15"), **asks(again[1]))
    planted.append(("the same row again", again, "unmatched/doubled_row"))
    other = row(again[1], document=" 东样许[2026]7号 ")
    planted.append(("the same row with its number written otherwise", other, "unmatched/doubled_row"))
    planted.append(("re-issued on another day", row(again[1], "2026-11-14", document="东样许〔2026〕7号"), "in_time"))
    planted.append(("re-issued too late", row(again[1], "2026-11-15", document="东样许〔2026〕7号"), "not_checked"))

    # -- rows that can't be matched
    planted.append(("a wrong check character", row(firm(1)[:17] + "0"), "unmatched/bad_code"))
    planted.append(("no code", row(""), "unmatched/no_subject"))
    planted.append(("a wrong identity number", row("", citizen=CITIZEN[:17] + "9"), "unmatched/bad_person"))
    planted.append(("no day", row(firm(1), ""), "unmatched/no_date"))
    planted.append(("no day of the calendar", row(firm(1), "2026-02-30"), "unmatched/bad_date"))
    planted.append(("the day before the period", row(firm(1), "2026-06-30"), "unmatched/outside_period"))
    planted.append(("the first day of the period", row(firm(902), "2026-07-01"), "not_checked"))
    planted.append(("a day to come", row(firm(1), "2026-11-21"), "unmatched/outside_period"))
    planted.append(("an unknown item", row(firm(1), item="烟花爆竹燃放许可"), "unmatched/unknown_item"))
    planted.append(("no item", row(firm(1), item=""), "unmatched/no_item"))
    planted.append(("a control character", row(firm(1), document="东样\x01"), "unmatched/bad_cell"))
    return planted


EXPECTED = {
    "checked_in_time": 15,
    "checked_late": 5,
    "checked_but_prohibited": 3,
    "mandatory_measure_missing": 3,
    "not_checked": 10,
}
"""Counted by hand in the list above."""


def test_planted_misses_are_found_exactly(book: Book, run: Run, tmp_path: Path) -> None:
    planted = plant(book)
    found, heard = run(write_csv(tmp_path / "licences.csv", [one for _, one, _ in planted]))
    assert {words: heard.of_row(number) for number, (words, _, _) in enumerate(planted, start=2)} == {
        words: expected for words, _, expected in planted
    }
    assert found.rows == len(planted)
    assert {name: getattr(found.figures, name) for name in EXPECTED} == EXPECTED
    assert found.unmatched == 12
    assert found.misses == 5 + 3 + 3 + 10 + 8  # rows that are doubled or outside the period leave nothing unproven


def test_the_same_on_either_database(store: Store, rule_set: RuleSet, tmp_path: Path) -> None:
    with open_book(store) as book:
        planted = plant(book)
        found, heard = run_on(store, rule_set, write_csv(tmp_path / "licences.csv", [one for _, one, _ in planted]))
    assert [heard.of_row(number) for number in range(2, len(planted) + 2)] == [expected for _, _, expected in planted]
    assert {name: getattr(found.figures, name) for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize(("days", "expected"), [(0, "not_checked"), (4, "not_checked"), (5, "in_time"), (6, "in_time")])
def test_the_window_is_a_parameter(book: Book, run: Run, tmp_path: Path, days: int, expected: str) -> None:
    book.check(CLEAR, at=at("10-15"), **asks(firm(1)))
    path = write_csv(tmp_path / "licences.csv", [row(firm(1))])
    assert run(path, window=CheckWindow(before=days, after=90))[1].of_row(2) == expected


def test_nothing_is_late_where_no_day_after_is_looked_at(book: Book, run: Run, tmp_path: Path) -> None:
    book.check(CLEAR, at=at("10-21"), **asks(firm(1)))
    path = write_csv(tmp_path / "licences.csv", [row(firm(1))])
    assert run(path, window=CheckWindow(before=30, after=0))[1].of_row(2) == "not_checked"
    assert run(path, window=CheckWindow(before=30, after=1))[1].of_row(2) == "late"


def test_a_report_on_a_later_check_of_the_case_settles_the_earlier_one(book: Book, run: Run, tmp_path: Path) -> None:
    book.check(STRICT, at=at("10-15"), case="甲1", **asks(firm(1)))
    later = book.check(STRICT, at=at("10-22"), case="甲1", **asks(firm(1)))
    path = write_csv(tmp_path / "licences.csv", [row(firm(1))])
    assert run(path)[1].of_row(2) == "missing/not_reported"
    book.report(later, report(done()), at=at("10-23"))
    found, heard = run(path)
    assert heard.of_row(2) == "in_time"
    assert [(one.ordered, one.applied) for one in found.measures] == [(1, 1)]


def test_a_report_on_a_check_of_another_case_settles_nothing(book: Book, run: Run, tmp_path: Path) -> None:
    book.check(STRICT, at=at("10-15"), case="甲1", **asks(firm(1)))
    later = book.check(STRICT, at=at("10-22"), case="甲2", **asks(firm(1)))
    book.report(later, report(done()), at=at("10-23"))
    assert run(write_csv(tmp_path / "licences.csv", [row(firm(1))]))[1].of_row(2) == "missing/not_reported"


def test_a_report_on_an_earlier_check_of_the_case_settles_nothing(book: Book, run: Run, tmp_path: Path) -> None:
    earlier = book.check(STRICT, at=at("10-01"), case="甲1", **asks(firm(1)))
    book.check(STRICT, at=at("10-15"), case="甲1", **asks(firm(1)))
    book.report(earlier, report(done()), at=at("10-02"))
    assert run(write_csv(tmp_path / "licences.csv", [row(firm(1))]))[1].of_row(2) == "missing/not_reported"


def test_who_was_refused_and_has_the_licence_is_told(book: Book, run: Run, tmp_path: Path) -> None:
    one = book.check(FORBIDDEN, at=at("10-15"), **asks(firm(1)))
    book.report(one, report(done("no-licence"), result=Result.REFUSED), at=at("10-16"))
    found, heard = run(write_csv(tmp_path / "licences.csv", [row(firm(1))]))
    assert heard.of_row(2) == "prohibited/reported_refused"
    assert heard.cases[0].reported == "refused"
    assert found.misses == 1


def test_that_the_application_was_withdrawn_excuses_nothing_where_it_was_issued(
    book: Book, run: Run, tmp_path: Path
) -> None:
    one = book.check(STRICT, at=at("10-15"), **asks(firm(1)))
    book.report(one, report(left(Departure.NOT_APPLICABLE), result=Result.WITHDRAWN), at=at("10-16"))
    assert run(write_csv(tmp_path / "licences.csv", [row(firm(1))]))[1].of_row(2) == "missing/reason_given"


def test_a_pending_report_leaves_open_what_it_does_not_speak_of(book: Book, run: Run, tmp_path: Path) -> None:
    one = book.check(STRICT, at=at("10-15"), **asks(firm(1)))
    book.report(one, report(result=Result.PENDING), at=at("10-16"))
    assert run(write_csv(tmp_path / "licences.csv", [row(firm(1))]))[1].of_row(2) == "missing/not_reported"
