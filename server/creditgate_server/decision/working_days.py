"""Working days (工作日) by the State Council's arrangement of each year. A year without one is not known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from ..clock import add_days, add_months
from ..rulebook.catalogue import Calendar, Span

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class WorkingDays:
    """Counts working days over the years whose arrangement is known."""

    def __init__(self, calendars: Iterable[Calendar]) -> None:
        calendars = tuple(calendars)
        self._years = frozenset(calendar.year for calendar in calendars)
        self._off = frozenset(day for calendar in calendars for day in calendar.holidays)
        self._worked = frozenset(day for calendar in calendars for day in calendar.workdays)

    def is_working(self, day: date) -> bool | None:
        """Whether a day is worked; None where its year is not arranged yet."""
        if day.year not in self._years:
            return None
        return day in self._worked or (day.weekday() < _SATURDAY and day not in self._off)

    def after(self, day: date, count: int) -> date | None:
        """The last day of a period of so many working days that an event on `day` starts.

        The day of the event is not counted. None where a year on the way is not arranged yet.
        Source: 行政处罚法 第八十五条.
        """
        end = day
        while count > 0:
            end += _ONE_DAY
            worked = self.is_working(end)
            if worked is None:
                return None
            count -= worked
        return end

    def end_of(self, start: date, span: Span) -> date | None:
        """The last day, inclusive, of a period that an event on `start` starts; None where it is not known."""
        if span.working_days:
            return self.after(start, span.working_days)
        return add_days(add_months(start, span.months), span.days)
