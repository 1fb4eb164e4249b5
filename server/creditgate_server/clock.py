"""Legal days and calendar periods.

A legal day is a `date` in Asia/Shanghai; an instant is an aware `datetime` in UTC. Nothing here asks for the present
time: callers pass it in.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LEGAL_ZONE = ZoneInfo("Asia/Shanghai")


def legal_day(instant: datetime) -> date:
    """The legal day on which an instant falls."""
    return instant.astimezone(LEGAL_ZONE).date()


def add_months(day: date, months: int) -> date:
    """The last day of a period of whole months that an event on `day` starts.

    The day of the event is not counted; the period ends on the same day of the last month, or on that month's last day.
    What would end beyond the calendar ends with it: a year that was mistyped is no reason to have no answer.
    Source: 民法典 第二百零一条、第二百零二条.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    month += 1
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if months > 0 else date.min
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def add_days(day: date, days: int) -> date:
    """The last day of a period of calendar days that an event on `day` starts; the day of the event is not counted.

    At most the last day of the calendar.
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def rfc3339(instant: datetime) -> str:
    """An instant as RFC 3339 in UTC with microseconds."""
    in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"
