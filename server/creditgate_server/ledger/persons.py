"""Receipts that hold what was known of a natural person, by the person's key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, func, or_, select, tuple_

from ..decision.outcome.values import OUTCOME
from ..judging.kinds import KINDS
from ..storage.database import Store, store_down
from .lookup import RECEIPT_COLUMNS, to_receipt
from .loop import RECEIPTS
from .receipt import Receipt, contents

_AT_ONCE = 200


class _Related(msgspec.Struct, frozen=True):
    knowledge: _InRole


class _Word(msgspec.Struct, frozen=True):
    value: object = None


class _InRole(msgspec.Struct, frozen=True):
    identifier: str
    related: tuple[_Related, ...] = ()
    """Of what was known: subjects that it was related to."""
    overruled: dict[str, tuple[_Word, ...]] = {}
    """Words that do not count, among them who represents a firm."""
    prevailing: dict[str, _Word] = {}

    def persons(self) -> Iterator[str]:
        """Its identifier, those of everyone related and of whom a word names that does not count."""
        yield self.identifier
        words = (*(word for said in self.overruled.values() for word in said), *self.prevailing.values())
        yield from (word.value for word in words if isinstance(word.value, str))
        for one in self.related:
            yield from one.knowledge.persons()


class _Named(msgspec.Struct, frozen=True):
    """The subjects that a question or a decision names, of any kind."""

    subjects: tuple[_InRole, ...] = ()
    subject: _InRole | None = None
    known: _InRole | tuple[_InRole, ...] = ()


def receipts_of_person(store: Store, person: str) -> Iterator[Receipt]:
    """Every receipt with the person among its subjects, and the reports on it; the oldest first. Raises StoreDown.

    It reads every question in the store: there is no index by person, on purpose.
    """
    needle = f'"{person}"'.encode()
    statement = select(*RECEIPT_COLUMNS).where(RECEIPTS.c.kind.in_(tuple(KINDS)), _holds(store, needle))
    for receipt in _pages(store, statement):
        if person in _persons(receipt):
            yield receipt
            yield from _pages(
                store, select(*RECEIPT_COLUMNS).where(RECEIPTS.c.kind == OUTCOME, RECEIPTS.c.about == receipt.id)
            )


def _holds(store: Store, needle: bytes) -> ColumnElement[bool]:
    """Question or decision holds these bytes, and up to format 2 the payload: what was known names related persons."""
    question, decision, payload = (_found(store, name, needle) for name in ("question", "decision", "payload"))
    asked, decided = RECEIPTS.c.question, RECEIPTS.c.decision
    return or_(
        and_(asked.is_not(None), question),
        and_(decided.is_not(None), decision),
        and_(asked.is_(None), decided.is_(None), payload),
    )


def _found(store: Store, name: str, needle: bytes) -> ColumnElement[bool]:
    column = RECEIPTS.c[name]
    place = func.instr(column, needle) if store.embedded else func.pg_catalog.position(column, needle)
    return place > 0


def _pages(store: Store, statement: Any) -> Iterator[Receipt]:  # noqa: ANN401 - a select
    order = (RECEIPTS.c.issued_at, RECEIPTS.c.id)
    behind = ("", "")
    while True:
        page = statement.where(tuple_(*order) > tuple_(*behind)).order_by(*order).limit(_AT_ONCE)
        with store_down("数据库不能读取", "检查数据库"), store.engine.connect() as connection:
            rows: list[Row[Any]] = list(connection.execute(page))
        if not rows:
            return
        receipts = [to_receipt(row) for row in rows]
        yield from receipts
        behind = (receipts[-1].issued_at, receipts[-1].id)


def _persons(receipt: Receipt) -> set[str]:
    inside = contents(receipt)
    found: set[str] = set()
    for content in (inside.question, inside.decision):
        if content is not None:
            named = msgspec.json.decode(content, type=_Named)
            known = named.known if isinstance(named.known, tuple) else (named.known,)
            found.update(person for each in (*named.subjects, *known) for person in each.persons())
            if named.subject is not None:
                found.add(named.subject.identifier)
    return found
