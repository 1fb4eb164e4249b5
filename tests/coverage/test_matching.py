"""Matching and judging as plain values: boundary days, and properties that hold of any rows and receipts."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from creditgate_server.studies.coverage.licences import Licence, apart, spelt_one_way
from creditgate_server.studies.coverage.matching import Check, Checks, CheckWindow, Days, Match
from creditgate_server.studies.coverage.tally import all_months, share_ppm

DAY = date(2026, 3, 1)
WINDOW = CheckWindow(before=3, after=2)


def check(days: int, *, after: bool = False, second: int = 0, id_: str = "") -> Check:
    """A check so many days after DAY."""
    day = DAY + timedelta(days=days)
    at = f"{day.isoformat()}T01:00:{second:02}.000000Z"
    return Check(id_ or f"r-{days:+03}-{second}-{after}", at, day, after, "clear", "", "o")


def match(checks: list[Check], *others: date) -> Match:
    """Of a licence of DAY, where there are others of these days."""
    return Checks(checks, Days([DAY, *others])).match(DAY, WINDOW)


def days_of(match: Match) -> tuple[int, bool] | None:
    return None if match.check is None else ((match.check.day - DAY).days, match.in_time)


def test_the_days_of_the_window() -> None:
    found = {days: days_of(match([check(days)])) for days in range(-5, 5)}
    assert found == {
        -5: None,
        -4: None,
        -3: (-3, True),
        -2: (-2, True),
        -1: (-1, True),
        0: (0, True),
        1: (1, False),
        2: (2, False),
        3: None,
        4: None,
    }


def test_the_stage_after_is_never_in_time() -> None:
    found = {days: days_of(match([check(days, after=True)])) for days in range(-1, 4)}
    assert found == {-1: None, 0: (0, False), 1: (1, False), 2: (2, False), 3: None}


def test_the_last_in_time_counts_and_the_first_of_late_ones() -> None:
    assert days_of(match([check(-3), check(-1), check(1)])) == (-1, True)
    assert days_of(match([check(2), check(1), check(-4)])) == (1, False)
    assert days_of(match([check(2), check(1, after=True)])) == (1, False)


def test_a_check_in_time_for_a_later_licence_is_no_late_one_of_an_earlier() -> None:
    assert days_of(match([check(1)], DAY + timedelta(days=5))) == (1, False)  # a day too early for the later one
    assert match([check(1)], DAY + timedelta(days=4)) == Match(None)
    assert match([check(1)], DAY + timedelta(days=3)) == Match(None)
    assert match([check(1)], DAY + timedelta(days=1)) == Match(None)
    assert days_of(match([check(1), check(2)], DAY + timedelta(days=1))) == (2, False)
    assert days_of(match([check(1, after=True)], DAY + timedelta(days=3))) == (1, False)


def test_of_two_checks_at_one_instant_the_greater_id_counts_in_any_order() -> None:
    one, two = check(0, id_="r-1"), check(0, id_="r-2")
    assert match([one, two]).check == two
    assert match([two, one]).check == two


def by_definition(checks: list[Check], issued_on: date, others: list[date], window: CheckWindow) -> Match:
    """The rule in the plainest form."""
    in_time = [one for one in checks if counts_for(one, issued_on, window)]
    if in_time:
        return Match(max(in_time, key=lambda one: one.order), in_time=True)
    late = [
        one
        for one in checks
        if (0 if one.after else 1) <= (one.day - issued_on).days <= window.after
        and not any(counts_for(one, other, window) for other in others)
    ]
    return Match(min(late, key=lambda one: one.order)) if late else Match(None)


def counts_for(check: Check, issued_on: date, window: CheckWindow) -> bool:
    return not check.after and 0 <= (issued_on - check.day).days <= window.before


_checks = st.lists(st.builds(check, st.integers(-9, 9), after=st.booleans(), second=st.integers(0, 2)), max_size=8)
_windows = st.builds(CheckWindow, st.integers(0, 6), st.integers(0, 6))
_shifts = st.lists(st.integers(-6, 6), max_size=3)


@given(_checks, _windows, st.integers(-3, 3), _shifts, st.randoms())
def test_matching_is_what_the_rule_says_in_any_order(
    checks: list[Check], window: CheckWindow, shift: int, shifts: list[int], random: Random
) -> None:
    issued_on = DAY + timedelta(days=shift)
    others = [DAY + timedelta(days=one) for one in shifts]
    expected = by_definition(checks, issued_on, others, window)
    random.shuffle(checks)
    found = Checks(checks, Days([*others, issued_on])).match(issued_on, window)
    assert found.in_time == expected.in_time
    assert (found.check and found.check.order) == (expected.check and expected.check.order)


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=6), st.integers(-30, 30), _windows)
def test_a_check_is_near_where_it_could_count_for_a_licence(shifts: list[int], days: int, window: CheckWindow) -> None:
    issued = [DAY + timedelta(days=shift) for shift in shifts]
    near = Days(issued).near(DAY + timedelta(days=days), window)
    assert near == any(-window.before <= days - shift <= window.after for shift in shifts)


def licence(row: int, document: str, days: int = 0, organ: str = "o", file: int = 0) -> Licence:
    return Licence(file, row, document, DAY + timedelta(days=days), "s", "i", organ)


_licences = st.lists(
    st.tuples(st.sampled_from(["", "一号", "二号"]), st.integers(0, 1), st.sampled_from(["o", "p"])), max_size=8
).map(lambda rows: [licence(number, *row) for number, row in enumerate(rows, start=2)])


@given(_licences, st.randoms())
def test_each_licence_is_kept_once_whatever_the_order_of_rows(licences: list[Licence], random: Random) -> None:
    def name(one: Licence) -> tuple[str, str, date]:
        return (one.organ, one.document, one.issued_on)

    shuffled = list(licences)
    random.shuffle(shuffled)
    kept, again = apart(shuffled)
    assert Counter(one.row for one in (*kept, *(twin for twin, _ in again))) == Counter(one.row for one in licences)
    if len(licences) > 1:
        assert [one.row for one in kept] == sorted(one.row for one in kept)
    assert all(name(one) == name(first) and first.row < one.row and one.document for one, first in again)
    numbered = [name(one) for one in kept if one.document]
    assert len(numbered) == len(set(numbered))
    assert (kept, again) == apart(licences) or len(licences) < 2


def test_document_numbers_are_compared_without_their_spelling() -> None:
    assert spelt_one_way("东许〔2026〕1 号") == spelt_one_way("东许[２０２６]1号") == spelt_one_way("东许【2026】1号")
    assert spelt_one_way("东许〔2026〕1号") != spelt_one_way("东许〔2026〕2号")


def test_a_share_is_never_rounded_up() -> None:
    assert share_ppm(999_999, 1_000_000) == 999_999
    assert share_ppm(9_999_999, 10_000_000) == 999_999
    assert share_ppm(0, 0) == 0
    assert share_ppm(5, 5) == 1_000_000


def test_months_without_licences_are_there() -> None:
    assert all_months(["2026-02", "2025-11"]) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert all_months([]) == []
