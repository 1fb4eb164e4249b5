"""Where a receipt stands in the loop: which revision counts, whether it settles the receipt, and until when one is due.

The first day for a report is the legal day of the receipt, which is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from ...clock import LEGAL_ZONE, add_days, legal_day, rfc3339
from ...rulebook.catalogue import GENERAL_OUTCOME_DAYS, Organ
from .values import RETRACTED, SETTLING


class LoopState(StrEnum):
    """Where a receipt stands."""

    NOT_NEEDED = "not_needed"
    OPEN = "open"
    OVERDUE = "overdue"
    SETTLED = "settled"
    SETTLED_BY_LATER = "settled_by_later"
    """By a report on a later check of the same case: organ, item and case number."""


class PlacedRevision(Protocol):
    """A receipt of kind `outcome`, with its place in the ledger."""

    @property
    def answer(self) -> str:
        """What was reported."""

    @property
    def issued_at(self) -> str:
        """RFC 3339, UTC."""

    @property
    def chain(self) -> str:
        """Of the worker that wrote it."""

    @property
    def number(self) -> int:
        """Place in the chain."""


Revision = TypeVar("Revision", bound=PlacedRevision)


def in_order(revisions: Iterable[Revision]) -> list[Revision]:
    """Revisions in the order that counts, the last one last: by instant, then by place in the ledger.

    Two reports at once are both kept; whoever reads them sees the same one last.
    """
    return sorted(revisions, key=lambda one: (one.issued_at, one.chain, one.number))


def settles(answer: str) -> bool:
    """Whether a receipt is settled by a revision of this answer, where it is the last one."""
    return answer in SETTLING


def settled_at(revisions: Iterable[PlacedRevision]) -> str:
    """Since when a receipt is settled, RFC 3339; empty where it is not. Corrections of what settles it change nothing.

    `revisions`: in the order that counts.
    """
    since = ""
    for revision in revisions:
        if not settles(revision.answer):
            since = ""
        elif not since:
            since = revision.issued_at
    return since


def state(*, needed: bool, last: str, by_later: bool, overdue: bool) -> LoopState:
    """`last`: answer of the revision that counts, empty where there is none."""
    if settles(last):
        return LoopState.SETTLED
    if not needed:
        return LoopState.NOT_NEEDED
    if by_later:
        return LoopState.SETTLED_BY_LATER
    return LoopState.OVERDUE if overdue else LoopState.OPEN


def in_progress(last: str) -> bool:
    """Whether something was reported that does not settle it."""
    return bool(last) and last != RETRACTED and not settles(last)


class Deadlines:
    """Days that each organ has for its reports, by the catalogue in force."""

    def __init__(self, organs: Mapping[str, Organ]) -> None:
        self._own = {code: organ.report_within_days for code, organ in organs.items() if organ.outcome_days}

    @property
    def own(self) -> Mapping[str, int]:
        """Days of the organs that set their own."""
        return self._own

    def days(self, organ: str) -> int:
        """Calendar days after the receipt's."""
        return self._own.get(organ, GENERAL_OUTCOME_DAYS)

    def due_on(self, organ: str, issued_at: str) -> date:
        """Last legal day for a report on a receipt, inclusive. `issued_at`: RFC 3339."""
        return add_days(legal_day(datetime.fromisoformat(issued_at)), self.days(organ))

    def late(self, organ: str, issued_at: str, reported_at: str) -> bool:
        """Whether a report came after the last day."""
        return legal_day(datetime.fromisoformat(reported_at)) > self.due_on(organ, issued_at)

    def overdue_before(self, organ: str, today: date) -> str:
        """An organ's receipts from before this instant, RFC 3339 in UTC, are overdue on a legal day."""
        return overdue_before(self.days(organ), today)


def overdue_before(days: int, today: date) -> str:
    """Receipts from before this instant are overdue on a legal day, where there are so many days."""
    return rfc3339(midnight(today - timedelta(days=days)))


def midnight(day: date) -> datetime:
    """The instant at which a legal day begins."""
    return datetime.combine(day, time(), LEGAL_ZONE)
