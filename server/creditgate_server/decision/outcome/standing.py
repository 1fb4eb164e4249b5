"""Where a receipt stands in the loop: which revision counts, and whether it settles the receipt."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol, TypeVar

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
