"""Receipts of an organ, the newest first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import select

from ..clock import LEGAL_ZONE, rfc3339
from ..storage.database import Store, read
from .lookup import RECEIPT_COLUMNS, to_receipt
from .receipt import Receipt
from .tables import ReceiptRow

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]


class ReceiptFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which receipts: all that is set must fit."""

    organ: str
    kind: str = ""
    item: str = ""
    case_number: str = ""
    first: date | None = None
    """Legal day of the receipt's instant, inclusive."""
    last: date | None = None


def list_receipts(store: Store, wanted: ReceiptFilter, before: str, most: int) -> list[Receipt]:
    """Up to `most` receipts, by id downwards; ids sort by the instant. `before`: only lower ids. Raises StoreDown."""
    statement = select(*RECEIPT_COLUMNS).where(_receipts.c.organ == wanted.organ)
    for column, value in (("kind", wanted.kind), ("item", wanted.item), ("case_number", wanted.case_number)):
        if value:
            statement = statement.where(_receipts.c[column] == value)
    if wanted.first is not None:
        statement = statement.where(_receipts.c.issued_at >= _midnight(wanted.first))
    if wanted.last is not None:
        statement = statement.where(_receipts.c.issued_at < _midnight(wanted.last + timedelta(days=1)))
    if before:
        statement = statement.where(_receipts.c.id < before)
    return [to_receipt(row) for row in read(store, statement.order_by(_receipts.c.id.desc()).limit(most))]


def _midnight(day: date) -> str:
    """The instant at which a legal day begins, as receipts have it."""
    return rfc3339(datetime(day.year, day.month, day.day, tzinfo=LEGAL_ZONE))
