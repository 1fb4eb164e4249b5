"""What was erased of a receipt: read from the erasure receipts that are about it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec
from sqlalchemy import literal_column, select

from ..errors import StoreFault
from ..storage.database import Store, read
from .tables import ReceiptRow

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]


class Part(StrEnum):
    """What can be erased of a receipt."""

    QUESTION = "question"
    DECISION = "decision"


PARTS = {Part.QUESTION: "申请内容", Part.DECISION: "结论内容"}


class ErasureAct(msgspec.Struct, frozen=True, kw_only=True):
    """What a person signs: the question of an erasure receipt."""

    receipt: str
    """The receipt that is erased in part or whole."""
    hash: str
    """Its hash."""
    parts: tuple[Part, ...]
    ground: str
    """Why the law asks for it, in Chinese."""
    by: str
    """Who erases it: a name of the signers' register."""
    at: str
    """RFC 3339, UTC."""
    day: date
    """Legal day."""


class ErasureProof(msgspec.Struct, frozen=True, kw_only=True):
    """The decision of an erasure receipt."""

    signature: str
    """Of the act's canonical JSON by its person, Ed25519, base64."""
    public_key: str
    """Base64."""


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure that was done."""

    receipt: str
    """The erasure's own receipt."""
    parts: tuple[Part, ...]
    ground: str
    by: str
    day: date


def erasures_of(store: Store, receipt_id: str) -> tuple[Erasure, ...]:
    """All of a receipt, the first one first. Raises StoreDown, and StoreFault for one that can't be read."""
    is_erasure = _receipts.c.kind == literal_column("'erasure'")  # no parameter: else the partial index is not used
    statement = select(_receipts.c.id, _receipts.c.question).where(is_erasure, _receipts.c.about == receipt_id)
    rows = read(store, statement.order_by(_receipts.c.issued_at, _receipts.c.id))
    return tuple(_erasure(row.id, row.question) for row in rows)


def _erasure(receipt: str, question: bytes | None) -> Erasure:
    try:
        act = msgspec.json.decode(question or b"", type=ErasureAct)
    except msgspec.MsgspecError as fault:
        raise StoreFault("删除记录读不出来", f"回执 {receipt}") from fault
    return Erasure(receipt=receipt, parts=act.parts, ground=act.ground, by=act.by, day=act.day)
