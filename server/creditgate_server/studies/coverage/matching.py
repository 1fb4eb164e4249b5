"""Which check counts for a licence. Of several the best: one in time before a late one; of those in time the last.

The last check in time tells what was known when the licence was issued: a new penalty since the first check counts, and
so does a repair. Of late ones the first counts; one that is in time for a later licence of the same subject and item is
that licence's own, and no late one of an earlier.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec

from ...rulebook.language import Role, Stage


class Check(msgspec.Struct, frozen=True, gc=False):
    """A receipt of a credit check."""

    id: str
    at: str
    """Instant of the receipt, RFC 3339 in UTC."""
    day: date
    """Its legal day."""
    after: bool
    """Asked at the stage after the decision."""
    answer: str
    """Code of what it came to; empty for a receipt from before it was kept beside the contents."""
    case: str
    """Tells checks of one case; empty: nothing else does."""
    organ: str
    """Code of the organ that asked."""

    @property
    def order(self) -> tuple[str, str]:
        """By instant, then by id: the same whatever the order in which receipts are read."""
        return (self.at, self.id)


class _Subject(msgspec.Struct, frozen=True, gc=False):
    identifier: str
    role: Role


class _Question(msgspec.Struct, frozen=True, gc=False):
    stage: Stage
    subjects: tuple[_Subject, ...]
    known_at: datetime | None = None


class CheckSubject(msgspec.Struct, frozen=True, gc=False):
    """Of whom a check was made."""

    applicants: tuple[str, ...]
    """Each once. Who is asked about in another role is not the one that gets the licence."""
    after: bool


_read = msgspec.json.Decoder(_Question).decode
_APPLICANT, _AFTER = Role.APPLICANT, Stage.AFTER
"""Looked up once: Python 3.11 takes as long for an enum's member as for much of a row."""


def asked(question: bytes) -> CheckSubject | None:
    """Read a check's question; None where it asked again what was known at an earlier instant: that checks nothing.

    Raises msgspec.MsgspecError.
    """
    read = _read(question)
    if read.known_at is not None:
        return None
    subjects = read.subjects
    if len(subjects) == 1 and subjects[0].role is _APPLICANT:  # most are asked about alone
        return CheckSubject((subjects[0].identifier,), read.stage is _AFTER)
    applicants = tuple({one.identifier: None for one in subjects if one.role is _APPLICANT})
    return CheckSubject(applicants, read.stage is _AFTER)


@dataclass(frozen=True, slots=True)
class CheckWindow:
    """Days around the day of issue in which a check is looked for."""

    before: int
    """Calendar days before it, inclusive; the day of issue itself counts too."""
    after: int
    """Calendar days after it, inclusive, in which a check is still found, as a late one."""

    def first(self, issued_on: date) -> date:
        """The first day on which a check is in time."""
        return issued_on - timedelta(days=self.before)

    def last(self, issued_on: date) -> date:
        """The last day on which a check is still found."""
        return issued_on + timedelta(days=self.after)


class Match(msgspec.Struct, frozen=True, gc=False):
    """The check that counts for a licence; None where there is none."""

    check: Check | None
    in_time: bool = False


NO_CHECK = Match(None)


class Days:
    """Days of issue of one subject's licences for one item: tells which checks can count for one of them."""

    __slots__ = ("_days",)

    def __init__(self, days: Iterable[date]) -> None:
        self._days = sorted(day.toordinal() for day in days)

    def near(self, day: date, window: CheckWindow) -> bool:
        """Whether a check of a day is within the window of some licence."""
        return self._issued_between(day.toordinal() - window.after, day.toordinal() + window.before)

    def in_time(self, day: date, window: CheckWindow) -> bool:
        """Whether a check of a day is in time for some licence."""
        return self._issued_between(day.toordinal(), day.toordinal() + window.before)

    def _issued_between(self, first: int, last: int) -> bool:
        place = bisect_left(self._days, first)
        return place < len(self._days) and self._days[place] <= last


_NONE: list[Check] = []
_NO_DAYS: list[date] = []


class Checks:
    """All checks of one subject and item that can count for some licence."""

    __slots__ = ("_after", "_after_days", "_before", "_before_days", "_issued")

    def __init__(self, checks: Iterable[Check], issued: Days) -> None:
        self._issued = issued
        ordered = list(checks)
        if len(ordered) > 1:
            ordered.sort(key=lambda check: check.order)
        if len(ordered) == 1 and not ordered[0].after:  # as of most
            self._before, self._before_days = ordered, [ordered[0].day]
            self._after, self._after_days = _NONE, _NO_DAYS
            return
        self._after = [check for check in ordered if check.after]
        self._before = [check for check in ordered if not check.after] if self._after else ordered
        self._before_days = [check.day for check in self._before]
        self._after_days = [check.day for check in self._after]

    def match(self, issued_on: date, window: CheckWindow) -> Match:
        """The check that counts for a licence of a day: one of `issued`.

        A check at the stage after the decision is never in time: on the day of issue and later it is a late one.
        """
        behind = bisect_right(self._before_days, issued_on)
        if behind and self._before_days[behind - 1] >= window.first(issued_on):
            return Match(self._before[behind - 1], in_time=True)
        late = [*self._late(behind, issued_on, window), *self._late_after(issued_on, window)]
        return Match(min(late, key=lambda check: check.order)) if late else NO_CHECK

    def _late(self, behind: int, issued_on: date, window: CheckWindow) -> Iterator[Check]:
        """The first one after the day of issue that is not the own one of a later licence."""
        last = window.last(issued_on)
        for place in range(behind, len(self._before)):
            if self._before_days[place] > last:
                return
            if not self._issued.in_time(self._before_days[place], window):
                yield self._before[place]
                return

    def _late_after(self, issued_on: date, window: CheckWindow) -> Iterator[Check]:
        place = bisect_left(self._after_days, issued_on)
        if place < len(self._after) and self._after_days[place] <= window.last(issued_on):
            yield self._after[place]
