"""Periods that would end beyond the calendar end with it, on both roads: a year may be mistyped."""

from __future__ import annotations

from datetime import date

import pytest

from creditgate_server.clock import add_days, add_months
from creditgate_server.engine.reference import _period_end


@pytest.mark.parametrize(
    ("day", "months", "days"), [("9999-12-31", 0, 1), ("9999-12-31", 12, 0), ("9999-06-30", 1200, 36_500)]
)
def test_the_last_day_is_the_calendars(day: str, months: int, days: int) -> None:
    end = add_days(add_months(date.fromisoformat(day), months), days)
    assert end == _period_end(day, months, days) == date.max


def test_the_first_day_is_the_calendars() -> None:
    assert add_days(add_months(date(1, 1, 31), -1), -1) == date.min
