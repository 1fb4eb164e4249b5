"""Periods in working days: by the calendar of each year, on both roads, also where a year is not arranged yet."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from creditgate_server.decision.violation import Violation
from creditgate_server.decision.working_days import WorkingDays
from creditgate_server.engine.reference_violation import ReferenceViolation
from creditgate_server.rulebook.catalogue import Calendar, Span
from creditgate_server.rulebook.language import Value, WithinTest

from .violations import library

ARRANGED = Calendar(
    code="cn-2026",
    year=2026,
    holidays=tuple(date(2026, 10, day) for day in range(1, 8)),
    workdays=(date(2026, 9, 20), date(2026, 10, 10)),
    basis=(),
)
FIVE = Span(working_days=5)


def test_the_day_of_the_event_is_not_counted_holidays_neither_and_worked_weekends_are() -> None:
    days = WorkingDays([ARRANGED])
    assert days.after(date(2026, 9, 28), 5) == date(2026, 10, 10)  # 29, 30, 8, 9, and the worked Saturday 10
    assert days.after(date(2026, 9, 18), 1) == date(2026, 9, 20)  # a worked Sunday
    assert days.after(date(2026, 10, 3), 1) == date(2026, 10, 8)


def test_a_period_that_runs_into_a_year_without_a_calendar_has_no_end_but_lasts_out_the_year() -> None:
    days = WorkingDays([ARRANGED])
    assert days.end_of(date(2026, 12, 25), FIVE) is None  # 28, 29, 30, 31, and the fifth in 2027
    assert days.sure_until(date(2026, 12, 25), FIVE) == date(2026, 12, 31)
    assert days.sure_until(date(2026, 12, 24), FIVE) == days.end_of(date(2026, 12, 24), FIVE) == date(2026, 12, 31)
    assert days.sure_until(date(2027, 1, 5), FIVE) == date(2027, 1, 5)  # nothing is known: its own day alone


def both(facts: dict[str, Value], span: Span, day: date) -> tuple[bool | None, bool | None]:
    """Whether the correction came in time, as engine and reference say it."""
    catalogue = msgspec.structs.replace(library().catalogue, calendars={ARRANGED.code: ARRANGED})
    violation = Violation(
        given=facts,
        exemption="",
        organ="water",
        region="441900",
        day=day,
        working_days=WorkingDays([ARRANGED]),
        covered=True,
    )
    names = catalogue.facts["corrected_on"], catalogue.facts["discovered_on"]
    said = violation.within(*names, span)
    other = ReferenceViolation(catalogue, facts, "", "water", "441900", day)
    expected = other.within(WithinTest(fact="corrected_on", since="discovered_on", span=span))
    return None if said is None else bool(said), expected


def test_what_came_before_the_unknown_year_came_in_time_and_what_came_in_it_is_not_known() -> None:
    found: dict[str, Value] = {"discovered_on": "2026-12-25", "corrected": 1}
    today = date(2027, 1, 20)
    assert both({**found, "corrected_on": "2026-12-31"}, FIVE, today) == (True, True)
    assert both({**found, "corrected_on": "2027-01-01"}, FIVE, today) == (None, None)
    assert both(found, FIVE, date(2026, 12, 31)) == (True, True)  # corrected by today, whenever it was
    assert both(found, FIVE, today) == (None, None)
    assert both({"discovered_on": "2027-01-05", "corrected": 1}, FIVE, date(2027, 1, 5)) == (True, True)
    assert both({"discovered_on": "2027-01-05", "corrected": 1}, FIVE, date(2027, 1, 6)) == (None, None)
    assert both({**found, "corrected": 0}, FIVE, date(2026, 12, 31)) == (None, None)  # it still runs
    assert both({"discovered_on": "2026-12-25"}, FIVE, date(2026, 12, 31)) == (None, None)


@settings(max_examples=2_000, derandomize=True, deadline=None)
@given(
    start=st.dates(date(2025, 12, 20), date(2027, 1, 10)) | st.dates(date(2026, 12, 20), date(2027, 1, 10)),
    came=st.none() | st.integers(-5, 25),
    flag=st.none() | st.integers(0, 1),
    later=st.integers(0, 40) | st.integers(0, 1),
    span=st.builds(Span, working_days=st.integers(1, 12))
    | st.builds(Span, days=st.integers(0, 12))
    | st.builds(Span, months=st.integers(1, 2)),
)
def test_both_roads_say_the_same_of_every_period(
    start: date, came: int | None, flag: int | None, later: int, span: Span
) -> None:
    facts: dict[str, Value] = {"discovered_on": start.isoformat()}
    if came is not None:
        facts |= {"corrected": 1, "corrected_on": (start + timedelta(days=came)).isoformat()}
    elif flag is not None:
        facts |= {"corrected": flag}
    said, expected = both(facts, span, start + timedelta(days=later))
    assert said == expected
