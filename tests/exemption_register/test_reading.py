"""Pages of the register, and its statistics, worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from creditgate_server.errors import InvalidQuestion, StoreDown
from creditgate_server.exemptions.register.granting import report_correction, withdraw
from creditgate_server.exemptions.register.reading import By, GrantFigures, GrantFilters, GrantPage, listed, statistics
from creditgate_server.storage.database import Store, open_store

from .kit import FIRM, ORGAN, OTHER, granted, noon

ECOLOGY = "ecology-environment"
TODAY = date(2026, 12, 20)


@pytest.fixture
def filled(store: Store) -> Store:
    """Eight grants of two organs in three months.

    | id | subject | organ | entry | decided | due | what came of it | fine, fen |
    | --- | --- | --- | --- | --- | --- | --- | --- |
    | r-1 | FIRM | market | m17 | 10-30 | 11-06 | corrected 11-06: in time | 100 |
    | r-2 | OTHER | market | m17 | 11-01 | 11-08 | corrected 11-09: late, promise broken | 200 |
    | r-3 | FIRM | market | m18 | 11-30 | 12-07 | nothing: overdue since 12-08 | 400 |
    | r-4 | FIRM | ecology | e03 | 11-15 | none | corrected before the decision | 800 |
    | r-5 | OTHER | ecology | e03 | 12-01 | 12-31 | nothing: still has time | 1600 |
    | r-6 | FIRM | ecology | e03 | 12-02 | 12-10 | corrected 12-05, but the promise was broken | 3200 |
    | r-7 | FIRM | market | m17 | 11-10 | 11-17 | promise broken, then withdrawn | 6400 |
    | r-8 | OTHER | ecology | e04 | 12-20 | 12-20 | first said late, then looked at again: not corrected | 12800 |
    """
    rows = (
        (FIRM, ORGAN, "m17", date(2026, 10, 30), date(2026, 11, 6)),
        (OTHER, ORGAN, "m17", date(2026, 11, 1), date(2026, 11, 8)),
        (FIRM, ORGAN, "m18", date(2026, 11, 30), date(2026, 12, 7)),
        (FIRM, ECOLOGY, "e03", date(2026, 11, 15), None),
        (OTHER, ECOLOGY, "e03", date(2026, 12, 1), date(2026, 12, 31)),
        (FIRM, ECOLOGY, "e03", date(2026, 12, 2), date(2026, 12, 10)),
        (FIRM, ORGAN, "m17", date(2026, 11, 10), date(2026, 11, 17)),
        (OTHER, ECOLOGY, "e04", date(2026, 12, 20), date(2026, 12, 20)),
    )
    for number, (subject, organ, exemption, decided, due) in enumerate(rows, start=1):
        granted(
            store,
            receipt_id=f"r-{number}",
            subject=subject,
            organ=organ,
            exemption=exemption,
            decided_on=decided,
            due_on=due,
            document_number="",
            fine_forgone_fen=100 * 2 ** (number - 1),
            known_at=noon(decided),
        )
    report_correction(store, "r-1", date(2026, 11, 6), None, noon(date(2026, 11, 7)))
    report_correction(store, "r-2", date(2026, 11, 9), None, noon(date(2026, 11, 10)))
    report_correction(store, "r-6", date(2026, 12, 5), False, noon(date(2026, 12, 11)))
    report_correction(store, "r-8", date(2026, 12, 20), True, noon(date(2026, 12, 20)))
    report_correction(store, "r-8", None, None, noon(date(2026, 12, 20)))
    report_correction(store, "r-7", None, False, noon(date(2026, 11, 11)))
    withdraw(store, "r-7", "登错", noon(date(2026, 11, 11)))
    return store


def ids(page: GrantPage) -> list[str]:
    return [one.id for one in page.grants]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (GrantFilters(), "87654321"),
        (GrantFilters(organs=(ORGAN,)), "7321"),
        (GrantFilters(organs=(ORGAN, ECOLOGY)), "87654321"),
        (GrantFilters(organs=()), ""),
        (GrantFilters(exemption="e03"), "654"),
        (GrantFilters(subject=OTHER), "852"),
        (GrantFilters(organs=(ORGAN,), subject=FIRM, exemption="m17"), "71"),
        (GrantFilters(list="samr-2025-1"), "87654321"),
        (GrantFilters(list="samr-2026-1"), ""),
        (GrantFilters(since=date(2026, 11, 1), until=date(2026, 11, 30)), "7432"),
        (GrantFilters(open=True), "853"),
        (GrantFilters(open=True, organs=(ORGAN,)), "3"),
        (GrantFilters(overdue_on=date(2026, 12, 7)), ""),
        (GrantFilters(overdue_on=date(2026, 12, 8)), "3"),
        (GrantFilters(overdue_on=date(2026, 11, 8)), ""),
        (GrantFilters(overdue_on=TODAY), "3"),
        (GrantFilters(overdue_on=date(2026, 12, 21)), "83"),
        (GrantFilters(overdue_on=date(2027, 1, 1), subject=OTHER), "85"),
    ],
)
def test_what_fits_the_filters_is_listed_newest_first(filled: Store, filters: GrantFilters, expected: str) -> None:
    page = listed(filled, filters)
    assert ids(page) == [f"r-{number}" for number in expected]
    assert page.next == 0


def test_a_late_correction_was_overdue_until_the_day_it_came(filled: Store) -> None:
    """r-2 was due on 11-08 and corrected on 11-09; r-8 shows that only the report that counts is looked at."""
    report_correction(filled, "r-2", date(2026, 11, 10), None, noon(date(2026, 11, 12)))
    assert ids(listed(filled, GrantFilters(overdue_on=date(2026, 11, 9)))) == ["r-2"]
    assert ids(listed(filled, GrantFilters(overdue_on=date(2026, 11, 10)))) == []


def test_rows_and_values_say_the_same_of_every_day(filled: Store) -> None:
    for day in (date(2026, 11, 6), date(2026, 11, 9), date(2026, 12, 8), TODAY, date(2027, 1, 1)):
        everything = listed(filled, GrantFilters()).grants
        overdue = {one.id for one in everything if one.standing(day) == "overdue"}
        assert set(ids(listed(filled, GrantFilters(overdue_on=day)))) == overdue
        (total,) = statistics(filled, date(2026, 1, 1), date(2026, 12, 31), on=day)
        late = sum(one.standing(day) == "late" for one in everything)
        pending = sum(one.standing(day) == "pending" for one in everything)
        assert (total.overdue, total.corrected_late, total.pending) == (len(overdue), late, pending)


def test_pages_follow_each_other_while_new_grants_come(filled: Store) -> None:
    first = listed(filled, GrantFilters(), limit=3)
    assert ids(first) == ["r-8", "r-7", "r-6"]
    granted(filled, receipt_id="r-9", document_number="", known_at=noon(TODAY))
    second = listed(filled, GrantFilters(), after=first.next, limit=3)
    assert ids(second) == ["r-5", "r-4", "r-3"]
    third = listed(filled, GrantFilters(), after=second.next, limit=3)
    assert (ids(third), third.next) == (["r-2", "r-1"], 0)
    assert listed(filled, GrantFilters(), after=second.next, limit=2).next == 0


def test_each_on_a_page_has_its_reports(filled: Store) -> None:
    by_id = {one.id: one for one in listed(filled, GrantFilters()).grants}
    assert [told.corrected_on for told in by_id["r-8"].reports] == [date(2026, 12, 20), None]
    assert by_id["r-3"].reports == ()
    assert by_id["r-7"].withdrawal is not None


# -- statistics -----------------------------------------------------------------------------------------------------


def figures(*counts: int, organ: str = "", exemption: str = "", month: str = "") -> GrantFigures:
    """granted, corrected before, in time, late, overdue, pending, promises broken, fen, withdrawn."""
    names = (
        "granted",
        "corrected_before",
        "corrected_in_time",
        "corrected_late",
        "overdue",
        "pending",
        "promises_broken",
        "fines_forgone_fen",
        "withdrawn",
    )
    return GrantFigures(organ=organ, exemption=exemption, month=month, **dict(zip(names, counts, strict=True)))


def all_year(store: Store, *by: By, **options: Any) -> tuple[GrantFigures, ...]:
    return statistics(store, date(2026, 1, 1), date(2026, 12, 31), on=TODAY, by=by, **options)


def test_in_total(filled: Store) -> None:
    assert all_year(filled) == (figures(7, 1, 2, 1, 1, 2, 2, 19_100, 1),)


def test_by_organ(filled: Store) -> None:
    assert all_year(filled, By.ORGAN) == (
        figures(4, 1, 1, 0, 0, 2, 1, 18_400, 0, organ=ECOLOGY),
        figures(3, 0, 1, 1, 1, 0, 1, 700, 1, organ=ORGAN),
    )


def test_by_entry(filled: Store) -> None:
    assert all_year(filled, By.ENTRY) == (
        figures(3, 1, 1, 0, 0, 1, 1, 5_600, 0, exemption="e03"),
        figures(1, 0, 0, 0, 0, 1, 0, 12_800, 0, exemption="e04"),
        figures(2, 0, 1, 1, 0, 0, 1, 300, 1, exemption="m17"),
        figures(1, 0, 0, 0, 1, 0, 0, 400, 0, exemption="m18"),
    )


def test_by_month(filled: Store) -> None:
    assert all_year(filled, By.MONTH) == (
        figures(1, 0, 1, 0, 0, 0, 0, 100, 0, month="2026-10"),
        figures(3, 1, 0, 1, 1, 0, 1, 1_400, 1, month="2026-11"),
        figures(3, 0, 1, 0, 0, 2, 1, 17_600, 0, month="2026-12"),
    )


def test_by_organ_and_month_of_one_organ(filled: Store) -> None:
    assert all_year(filled, By.ORGAN, By.MONTH, organs=(ECOLOGY,)) == (
        figures(1, 1, 0, 0, 0, 0, 0, 800, 0, organ=ECOLOGY, month="2026-11"),
        figures(3, 0, 1, 0, 0, 2, 1, 17_600, 0, organ=ECOLOGY, month="2026-12"),
    )


def test_both_ends_are_inclusive(filled: Store) -> None:
    (november,) = statistics(filled, date(2026, 11, 1), date(2026, 11, 30), on=TODAY)
    assert november.granted == 3
    (between,) = statistics(filled, date(2026, 11, 2), date(2026, 11, 29), on=TODAY)
    assert between.granted == 1


def test_a_term_is_over_the_day_after_its_last(filled: Store) -> None:
    (last_day,) = statistics(filled, date(2026, 12, 1), date(2026, 12, 1), on=date(2026, 12, 31))
    (day_after,) = statistics(filled, date(2026, 12, 1), date(2026, 12, 1), on=date(2027, 1, 1))
    assert (last_day.pending, last_day.overdue) == (1, 0)
    assert (day_after.pending, day_after.overdue) == (0, 1)


def test_an_empty_register_has_zeros(store: Store) -> None:
    assert all_year(store) == (figures(*[0] * 9),)
    assert all_year(store, By.ORGAN) == ()


def test_days_the_wrong_way_round_are_refused(store: Store) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        statistics(store, date(2026, 2, 1), date(2026, 1, 31), on=TODAY)
    assert caught.value.field == "until"


def test_a_store_without_tables_is_told(store_url: str) -> None:
    store = open_store(store_url)
    with pytest.raises(StoreDown):
        listed(store, GrantFilters())
    with pytest.raises(StoreDown):
        all_year(store)
    store.close()


def test_figures_go_on_behind_those_known(filled: Store) -> None:
    """By organ and entry there are four lines; those behind the second begin with the market's m17."""
    whole = all_year(filled, By.ORGAN, By.ENTRY)
    assert [(one.organ, one.exemption) for one in whole] == [
        (ECOLOGY, "e03"),
        (ECOLOGY, "e04"),
        (ORGAN, "m17"),
        (ORGAN, "m18"),
    ]
    assert all_year(filled, By.ORGAN, By.ENTRY, after=(ECOLOGY, "e04"), limit=1) == whole[2:3]
    assert all_year(filled, By.ORGAN, By.ENTRY, after=(ORGAN, "m18")) == ()
