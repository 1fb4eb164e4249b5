"""Which check a licence rests on, and the class that follows. Pure: no store, no file, no clock.

A check counts for a licence where the licence's subject was an applicant, the item is the same, and its legal day is at
most `window` days before the day of issue; the day of issue counts. Of several the last counts: who asked again goes by
the newer answer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from ..decision.outcome import Outcome
from ..outcomes.values import Done
from .titles import WHYS
from .values import Case, Check, Licence, Row, Unmatched, Verdict, Why

Key = tuple[str, str]
"""Subject and item."""
Checks = Mapping[Key, Sequence[Check]]


def without_doubles(rows: Iterable[Row]) -> list[Row]:
    """The rows in the order of their places, where a licence that stands there twice counts once, at its first place.

    A double has the same subject, item, organ, document and day.
    """
    seen: dict[tuple[str, str, str, str, date], Licence] = {}
    result: list[Row] = []
    for row in sorted(rows, key=lambda one: (one.place.file, one.place.row)):
        if isinstance(row, Licence):
            key = (row.subject, row.item, row.organ, row.document, row.issued_on)
            first = seen.setdefault(key, row)
            if first is not row:
                result.append(_doubled(row, first))
                continue
        result.append(row)
    return result


def _doubled(row: Licence, first: Licence) -> Unmatched:
    where = f"第 {first.place.row} 行" if first.place.file == row.place.file else f"前面文件的第 {first.place.row} 行"
    return Unmatched(row.place, Why.DOUBLED, f"与{where}相同", row.organ, row.document, row.item, row.issued_on)


def match(rows: Sequence[Row], checks: Checks, window: int) -> list[Case]:
    """Each row's case, in the order of the rows. `rows`: without doubles. `window`: days before the day of issue."""
    days: dict[Key, list[date]] = {}
    for row in rows:
        if isinstance(row, Licence):
            days.setdefault((row.subject, row.item), []).append(row.issued_on)
    sequences = {key: _Sequence(checks[key], sorted(days[key]), window) for key in days if key in checks}
    return [_case(row, sequences) for row in rows]


def _case(row: Row, sequences: Mapping[Key, _Sequence]) -> Case:
    if isinstance(row, Unmatched):
        return Case(
            file=row.place.file,
            row=row.place.row,
            verdict=Verdict.UNMATCHED,
            organ=row.organ,
            item=row.item,
            month=_month(row.issued_on),
            issued_on=row.issued_on,
            subject="",
            document=row.document,
            why=row.why,
            words=f"{WHYS[row.why]}: {row.words}",
        )
    verdict, check = Verdict.NOT_CHECKED, None
    sequence = sequences.get((row.subject, row.item))
    if sequence is not None:
        check = sequence.before(row.issued_on)
        if check is not None:
            verdict = _judged(check)
        else:
            check = sequence.late(row.issued_on)
            verdict = Verdict.LATE if check is not None else Verdict.NOT_CHECKED
    return Case(
        file=row.place.file,
        row=row.place.row,
        verdict=verdict,
        organ=row.organ,
        item=row.item,
        month=_month(row.issued_on),
        issued_on=row.issued_on,
        subject=row.subject,
        document=row.document,
        receipt=check.id if check else "",
        checked_on=check.day if check else None,
        answer=check.answer if check else "",
        measures=check.measures if check and verdict is not Verdict.LATE else (),
    )


def _judged(check: Check) -> Verdict:
    """The class of a licence by the check that counts for it."""
    if check.answer == Outcome.PROHIBITED:
        return Verdict.PROHIBITED
    missing = any(one.mandatory and one.done is not Done.APPLIED for one in check.measures)
    return Verdict.MEASURE_MISSING if missing else Verdict.IN_TIME


class _Sequence:
    """Checks of one subject and item in the order of time, and the days of its licences."""

    def __init__(self, checks: Sequence[Check], issued: list[date], window: int) -> None:
        self._all = sorted(checks, key=lambda one: (one.issued_at, one.id)) if len(checks) > 1 else checks
        self._all_days = [check.day for check in self._all]
        self._early, self._early_days = self._all, self._all_days
        if any(check.after for check in self._all):
            self._early = [check for check in self._all if not check.after]
            self._early_days = [check.day for check in self._early]
        self._issued = issued
        self._window = timedelta(days=window)

    def before(self, issued_on: date) -> Check | None:
        """The last check in the window that ends with the day of issue, inclusive at both ends."""
        place = bisect_right(self._early_days, issued_on)
        if place and self._early_days[place - 1] >= issued_on - self._window:
            return self._early[place - 1]
        return None

    def late(self, issued_on: date) -> Check | None:
        """The first check after the day of issue that is not in time for a later licence of this subject and item."""
        for place in range(bisect_right(self._all_days, issued_on), len(self._all)):
            check = self._all[place]
            later = bisect_left(self._issued, check.day)
            if check.after or later == len(self._issued) or self._issued[later] - self._window > check.day:
                return check
        return None


def _month(day: date | None) -> str:
    return f"{day.year:04}-{day.month:02}" if day else ""
