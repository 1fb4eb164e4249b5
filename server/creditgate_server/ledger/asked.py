"""Every question that was ever receipted, each once, with how often it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.exc import SQLAlchemyError

from ..decision.check.question import Question
from ..decision.level.question import LevelQuestion
from ..errors import StoreDown, StoreFault
from ..storage.database import Store
from .receipt import contents_of
from .tables import ReceiptRow

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]

_READ_AT_ONCE = 1_000
_KINDS = ("check", "level")


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """A question with the first receipt that holds it."""

    question: Question | LevelQuestion
    receipt: str
    times: int

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Of its subjects, in order."""
        question = self.question
        subjects = question.subjects if isinstance(question, Question) else (question.subject,)
        return tuple(subject.identifier for subject in subjects)


def asked_before(store: Store) -> tuple[AskedBefore, ...]:
    """All credit checks and level questions in the order of their first receipts.

    Case number, purpose, day and instant make no other question.

    Erased ones are left out.

    Raises StoreDown, and StoreFault for a receipt whose question can't be read.
    """
    found: dict[bytes, AskedBefore] = {}
    columns = (_receipts.c.id, _receipts.c.kind, _receipts.c.payload, _receipts.c.question)
    asked = _receipts.c.kind.in_(_KINDS)
    statement = select(*columns).where(asked).order_by(_receipts.c.issued_at, _receipts.c.id)
    try:
        with (
            store.engine.connect().execution_options(yield_per=_READ_AT_ONCE) as connection,
            connection.execute(statement) as rows,
        ):
            for row in rows:
                question = _question(row)
                if question is None:
                    continue
                name = _name(question)
                first = found.get(name)
                times = 1 if first is None else first.times + 1
                found[name] = AskedBefore(question if first is None else first.question, _first(first, row), times)
    except SQLAlchemyError as fault:
        raise StoreDown("回执不能读取", "检查数据库地址; 新库先运行 creditgate-server migrate") from fault
    return tuple(found.values())


def _first(first: AskedBefore | None, row: Row[Any]) -> str:
    return str(row.id) if first is None else first.receipt


def _question(row: Row[Any]) -> Question | LevelQuestion | None:
    """None once erased."""
    wanted: type[Question | LevelQuestion] = LevelQuestion if row.kind == "level" else Question
    try:
        asked = contents_of(row.payload, row.question, None).question
        return None if asked is None else msgspec.json.decode(asked, type=wanted)
    except msgspec.MsgspecError as fault:
        raise StoreFault("回执里的问题读不出来", f"回执 {row.id}") from fault


def _name(question: Question | LevelQuestion) -> bytes:
    """What was asked, without what changes nothing."""
    if isinstance(question, Question):
        asked = (question.organ, question.item, question.stage, question.subjects, question.facts)
        return msgspec.json.encode(asked, order="sorted")
    return msgspec.json.encode((question.organ, question.subject.identifier))
