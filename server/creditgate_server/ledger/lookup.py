"""Reading the ledger."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from ..errors import UnknownThing
from ..storage.database import Store, read
from .receipt import Receipt
from .tables import ReceiptRow, as_bytes

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]

_FIELDS = tuple(name for name in Receipt.__struct_fields__ if name != "reused")
RECEIPT_COLUMNS = tuple(as_bytes(_receipts.c[name]) for name in _FIELDS)


def to_receipt(row: Row[Any], *, reused: bool = False) -> Receipt:
    """A stored receipt from a row of RECEIPT_COLUMNS."""
    return Receipt(**dict(zip(_FIELDS, row, strict=True)), reused=reused)


def find_receipt(store: Store, receipt_id: str) -> Receipt | None:
    """A receipt by id. Raises StoreDown."""
    rows = read(store, select(*RECEIPT_COLUMNS).where(_receipts.c.id == receipt_id), hint="稍后用同一 request_id 重试")
    return to_receipt(rows[0]) if rows else None


def require_receipt(store: Store, receipt_id: str, field: str = "receipt") -> Receipt:
    """The same where there must be one. Raises UnknownThing, which names the field, and StoreDown."""
    receipt = find_receipt(store, receipt_id)
    if receipt is None:
        raise UnknownThing(f"没有编号为 {receipt_id} 的回执", "请查对回执编号", field)
    return receipt
