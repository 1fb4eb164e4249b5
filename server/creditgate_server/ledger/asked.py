"""Every question that was ever receipted, each once, with how often it was asked."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, select

from ..decision.question import Inquiry
from ..errors import StoreFault
from ..judging.kinds import Kind, kind_of
from ..storage.database import Store, store_down
from .receipt import contents_of
from .tables import ReceiptRow

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]

_READ_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """A question with the first receipt that holds it."""

    question: Any
    """Of one of the kinds that were asked for."""
    receipt: str
    times: int

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Of its subjects, in order."""
        return kind_of(self.question).identifiers(self.question)


def asked_before(store: Store, kinds: Iterable[Kind[Any, Any]]) -> tuple[AskedBefore, ...]:
    """All questions of some kinds, in the order of their first receipts. `kinds`: such whose essence is known.

    Case number, purpose, day and instant make no other question.

    Erased ones are left out.

    Raises StoreDown, and StoreFault for a receipt whose question can't be read.
    """
    rows_of = {kind.code: kind for kind in kinds}
    found: dict[Hashable, AskedBefore] = {}
    columns = (_receipts.c.id, _receipts.c.kind, _receipts.c.payload, _receipts.c.question)
    asked = _receipts.c.kind.in_(rows_of)
    statement = select(*columns).where(asked).order_by(_receipts.c.issued_at, _receipts.c.id)
    with (
        store_down("回执不能读取", "检查数据库地址; 新库先运行 creditgate-server migrate"),
        store.engine.connect().execution_options(yield_per=_READ_AT_ONCE) as connection,
        connection.execute(statement) as rows,
    ):
        for row in rows:
            question = _question(rows_of[row.kind], row)
            if question is None:
                continue
            name = _name(rows_of[row.kind], question)
            first = found.get(name)
            times = 1 if first is None else first.times + 1
            found[name] = AskedBefore(question if first is None else first.question, _first(first, row), times)
    return tuple(found.values())


def _first(first: AskedBefore | None, row: Row[Any]) -> str:
    return str(row.id) if first is None else first.receipt


def _question(kind: Kind[Any, Any], row: Row[Any]) -> Inquiry[Any] | None:
    """None once erased."""
    try:
        asked = contents_of(row.payload, row.question, None).question
        question: Inquiry[Any] | None = None if asked is None else kind.read_question(asked)
        return question
    except msgspec.MsgspecError as fault:
        raise StoreFault("回执里的问题读不出来", f"回执 {row.id}") from fault


def _name(kind: Kind[Any, Any], question: Inquiry[Any]) -> Hashable:
    """What was asked, without what changes nothing."""
    assert kind.essence is not None
    return kind.code, kind.essence(question)
