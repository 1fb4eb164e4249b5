"""What is open, and what was reported on one receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, tuple_

from ..decision.outcome.cursors import LedgerPlace
from ..decision.outcome.standing import Deadlines, in_order, overdue_before
from ..rulebook.catalogue import GENERAL_OUTCOME_DAYS
from ..storage.database import Store, read
from .lookup import RECEIPT_COLUMNS, to_receipt
from .loop import RECEIPTS, is_open, is_outcome, last_answer, settled_by_later
from .receipt import Receipt, contents


class PendingFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which receipts are meant: all that is set must fit."""

    organs: tuple[str, ...] | None = None
    """None: of every organ."""
    item: str = ""
    overdue: bool = False
    """Only those whose last day is past."""


class LoopReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt of the loop, and what was last reported on it."""

    receipt: Receipt
    last_answer: str = ""
    """Answer of the revision that counts; empty: there is none."""
    by_later: bool = False
    """A report on a later check of the same case settles it."""

    @property
    def erased(self) -> bool:
        """Its decision was erased: what it called for is not known any more, and nothing can be reported on it."""
        return contents(self.receipt).decision is None


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt and all that was reported on it, the revision that counts last."""

    followed: LoopReceipt
    told: tuple[Receipt, ...]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """How many are open."""

    open: int
    overdue: int


def find(store: Store, receipt_id: str) -> LoopReceipt | None:
    """A receipt by id, with where it stands. Raises StoreDown."""
    rows = read(store, followed_columns().where(RECEIPTS.c.id == receipt_id))
    return to_followed(rows[0]) if rows else None


def history(store: Store, receipt_id: str) -> History | None:
    """A receipt with every revision. Raises StoreDown."""
    followed = find(store, receipt_id)
    if followed is None:
        return None
    return History(followed=followed, told=tuple(told_about(store, receipt_id)))


def told_about(store: Store, receipt_id: str) -> list[Receipt]:
    """Every report and withdrawal on a receipt, in the order that counts. Raises StoreDown."""
    statement = select(*RECEIPT_COLUMNS).where(is_outcome(), RECEIPTS.c.about == receipt_id)
    return in_order(to_receipt(row) for row in read(store, statement))


def pending(
    store: Store, meant: PendingFilter, deadlines: Deadlines, today: date, after: LedgerPlace, limit: int
) -> list[LoopReceipt]:
    """Receipts that are open, the oldest first, behind a place. Raises StoreDown."""
    statement = followed_columns().where(_meant(meant, deadlines, today))
    if after.id:
        statement = statement.where(tuple_(RECEIPTS.c.issued_at, RECEIPTS.c.id) > tuple_(after.issued_at, after.id))
    return [to_followed(row) for row in read(store, oldest_first(statement).limit(limit))]


def totals(store: Store, meant: PendingFilter, deadlines: Deadlines, today: date) -> Totals:
    """How many are open, and how many of them overdue. Raises StoreDown."""
    late = case((_overdue(deadlines, today), 1), else_=0)
    counted = select(func.count(), func.coalesce(func.sum(late), 0)).select_from(RECEIPTS)
    row: Any = read(store, counted.where(_meant(meant, deadlines, today)))[0]
    return Totals(open=int(row[0]), overdue=int(row[1]))


# -- parts that the stream and the counts share -----------------------------------------------------------------------


def followed_columns() -> Select[Any]:
    """All that a follow-up needs."""
    return select(last_answer(), settled_by_later().label("by_later"), *RECEIPT_COLUMNS)


def to_followed(row: Row[Any]) -> LoopReceipt:
    """From a row of `followed_columns`."""
    values: Any = row
    return LoopReceipt(receipt=to_receipt(values[2:]), last_answer=values[0] or "", by_later=bool(values[1]))


def oldest_first(statement: Select[Any]) -> Select[Any]:
    """By instant, then by id."""
    return statement.order_by(RECEIPTS.c.issued_at, RECEIPTS.c.id)


def of_organs(organs: Iterable[str] | None) -> ColumnElement[bool]:
    """Receipts of these organs; None: of every one."""
    if organs is None:
        return RECEIPTS.c.organ.is_not(None)
    codes = sorted(organs)
    return RECEIPTS.c.organ == codes[0] if len(codes) == 1 else RECEIPTS.c.organ.in_(codes)


def _meant(meant: PendingFilter, deadlines: Deadlines, today: date) -> ColumnElement[bool]:
    wanted = [of_organs(meant.organs), is_open()]
    if meant.item:
        wanted.insert(1, RECEIPTS.c.item == meant.item)
    if meant.overdue:
        wanted.insert(1, _overdue(deadlines, today))
    return and_(*wanted)


def _overdue(deadlines: Deadlines, today: date) -> ColumnElement[bool]:
    """Receipts whose last day is past: for each length of time, those of its organs from before one instant."""
    own: Mapping[str, int] = deadlines.own
    lengths: dict[int, list[str]] = {}
    for organ, days in own.items():
        lengths.setdefault(days, []).append(organ)
    general = RECEIPTS.c.issued_at < overdue_before(GENERAL_OUTCOME_DAYS, today)
    if not own:
        return general
    return or_(
        and_(RECEIPTS.c.organ.not_in(sorted(own)), general),
        *(
            and_(RECEIPTS.c.organ.in_(sorted(organs)), RECEIPTS.c.issued_at < overdue_before(days, today))
            for days, organs in sorted(lengths.items())
        ),
    )
