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
        end, whole = self._counted(day, count)
        return end if whole else None

    def sure_until(self, start: date, span: Span) -> date:
        """The last day of a period, or the last before the first year on the way that is not arranged yet.

        The period has not ended earlier, however the later years are arranged.
        """
        if span.working_days:
            return self._counted(start, span.working_days)[0]
        return _calendar_end(start, span)

    def _counted(self, day: date, count: int) -> tuple[date, bool]:
        """The day that is reached, and whether all of the count was found in arranged years."""
        while count > 0:
            worked = self.is_working(day + _ONE_DAY)
            if worked is None:
                return day, False
            day += _ONE_DAY
            count -= worked
        return day, True

    def end_of(self, start: date, span: Span) -> date | None:
        """The last day, inclusive, of a period that an event on `start` starts; None where it is not known."""
        if span.working_days:
            return self.after(start, span.working_days)
        return _calendar_end(start, span)


def _calendar_end(start: date, span: Span) -> date:
    return add_days(add_months(start, span.months), span.days)
