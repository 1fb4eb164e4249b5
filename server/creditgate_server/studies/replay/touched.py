"""Receipts that rest on something of one subject: found by what their decisions knew of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
from sqlalchemy import select

from ...decision.knowledge import Knowledge
from ...errors import StoreFault
from ...judging.kinds import KINDS
from ...ledger.lookup import RECEIPT_COLUMNS, to_receipt
from ...ledger.receipt import Receipt, contents
from ...ledger.tables import ReceiptRow
from ...storage.database import Store, store_down
from .stored import OpenedReceipt, Opener

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]
_READ_AT_ONCE = 200


class TouchedReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt that rests on it."""

    receipt: str
    kind: str
    issued_at: str
    organ: str
    item: str
    case_number: str
    answer: str
    """Code of what it came to."""


def touched(store: Store, subject: str, rests: Callable[[Knowledge], bool]) -> Iterator[tuple[Receipt, OpenedReceipt]]:
    """Receipts, oldest first, that knew something of a subject, itself asked of or related to who was.

    `rests`: whether what was known of it then is meant. Erased ones are left out: what they rested on is gone. Raises
    StoreDown, and StoreFault for a receipt that can't be read.
    """
    opener = Opener()
    sought = subject.encode()
    statement = select(*RECEIPT_COLUMNS).where(_receipts.c.kind.in_(list(KINDS)))
    ordered = statement.order_by(_receipts.c.issued_at, _receipts.c.id)
    with (
        store_down("回执不能读取", "检查数据库地址; 新库先运行 creditgate-server migrate"),
        store.engine.connect().execution_options(yield_per=_READ_AT_ONCE) as connection,
    ):
        for row in connection.execute(ordered):
            receipt = to_receipt(row)
            opened = _opened(receipt, sought, opener)
            if opened is not None and any(rests(one) for one in _known_of(subject, opened)):
                yield receipt, opened


def told(receipt: Receipt) -> TouchedReceipt:
    """What is shown of a receipt."""
    return TouchedReceipt(
        receipt=receipt.id,
        kind=receipt.kind,
        issued_at=receipt.issued_at,
        organ=receipt.organ,
        item=receipt.item,
        case_number=receipt.case_number,
        answer=receipt.answer,
    )


def _opened(receipt: Receipt, sought: bytes, opener: Opener) -> OpenedReceipt | None:
    try:
        held = contents(receipt)
        if held.decision is None or sought not in held.decision:
            return None
        return opener.open(receipt.kind, held)
    except msgspec.MsgspecError as fault:
        raise StoreFault("回执的内容读不出来", f"回执 {receipt.id}, 用 ledger verify 核查") from fault


def _known_of(subject: str, opened: OpenedReceipt) -> Iterator[Knowledge]:
    for known in opened.known.values():
        yield from _within(subject, known)


def _within(subject: str, known: Knowledge) -> Iterator[Knowledge]:
    if known.identifier == subject:
        yield known
    for related in known.relations:
        yield from _within(subject, related.knowledge)
