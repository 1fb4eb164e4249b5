"""Reading the ledger, and keeping the rule sets that served."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from ..clock import rfc3339
from ..errors import StoreDown, StoreFault
from ..rulebook.bundle import RuleSet, decode
from ..storage.database import Store
from .receipt import Receipt
from .tables import ReceiptRow, RuleSetRow

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]
_rule_sets = RuleSetRow.__table__  # type: ignore[attr-defined]

RECEIPT_COLUMNS = tuple(_receipts.c[name] for name in Receipt.__struct_fields__ if name != "reused")


def to_receipt(row: Row[Any], *, reused: bool = False) -> Receipt:
    """A stored receipt from a row of RECEIPT_COLUMNS."""
    values = {column.name: value for column, value in zip(RECEIPT_COLUMNS, row, strict=True)}
    return Receipt(**values, reused=reused)


def find_receipt(store: Store, receipt_id: str) -> Receipt | None:
    """A receipt by id. Raises StoreDown."""
    rows = _rows(store, select(*RECEIPT_COLUMNS).where(_receipts.c.id == receipt_id))
    return to_receipt(rows[0]) if rows else None


def receipts_of_chain(store: Store, chain: str) -> list[Receipt]:
    """A chain's receipts in order. Raises StoreDown."""
    statement = select(*RECEIPT_COLUMNS).where(_receipts.c.chain == chain).order_by(_receipts.c.number)
    return [to_receipt(row) for row in _rows(store, statement)]


def chains(store: Store) -> list[str]:
    """Every chain's id. Raises StoreDown."""
    return [row[0] for row in _rows(store, select(_receipts.c.chain).distinct().order_by(_receipts.c.chain))]


def save_rule_set(store: Store, rule_set: RuleSet, files: Mapping[str, bytes], now: datetime) -> None:
    """Keep a rule set with its source files; one that is there already stays as it is. Raises StoreDown."""
    row = {
        "digest": rule_set.digest,
        "canonical": rule_set.canonical,
        "files": msgspec.json.encode({name: _as_text(content) for name, content in files.items()}, order="sorted"),
        "first_seen_at": rfc3339(now),
    }
    if load_rule_set(store, rule_set.digest) is not None:
        return
    try:
        with store.engine.begin() as connection:
            connection.execute(_rule_sets.insert(), row)
    except IntegrityError:
        return  # another process saved the same content first
    except SQLAlchemyError as fault:
        raise StoreDown("规则库未能存入数据库", "检查数据库是否可写") from fault


def _as_text(content: bytes) -> str:
    """A file as text; a workbook, which is none, as `base64:` and its bytes."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return "base64:" + b64encode(content).decode()


def load_rule_set(store: Store, wanted: str) -> RuleSet | None:
    """A kept rule set by digest. Raises StoreDown, and StoreFault where its content does not have the digest."""
    rows = _rows(store, select(_rule_sets.c.canonical).where(_rule_sets.c.digest == wanted))
    if not rows:
        return None
    rule_set = decode(rows[0][0])
    if rule_set.digest != wanted:
        raise StoreFault("数据库中的规则库内容与其摘要不符", f"规则库 {wanted}")
    return rule_set


def _rows(store: Store, statement: Select[Any]) -> list[Row[Any]]:
    try:
        with store.engine.connect() as connection:
            return list(connection.execute(statement))
    except SQLAlchemyError as fault:
        raise StoreDown("数据库不能读取", "稍后用同一 request_id 重试") from fault
