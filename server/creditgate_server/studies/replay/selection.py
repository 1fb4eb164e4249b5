"""Which receipts are meant, read in pages: memory stays flat however many there are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Select, func, select, tuple_

from ...judging.kinds import KINDS
from ...ledger.lookup import RECEIPT_COLUMNS, to_receipt
from ...ledger.receipt import Receipt
from ...ledger.tables import ReceiptRow
from ...storage.database import Store, read

PAGE = 200
"""Receipts read at once."""

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]
_FAULT = ("账本", "检查数据库")
_order = (_receipts.c.issued_at, _receipts.c.id)


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Receipts that are meant: all that is set must fit."""

    since: str = ""
    """First instant, RFC 3339 in UTC with microseconds."""
    until: str = ""
    """Instant before which, exclusive; empty: open."""
    kinds: tuple[str, ...] = tuple(KINDS)
    receipt: str = ""
    """This one alone."""
    sample: int = 0
    """So many, drawn at random; 0: all."""
    seed: int | None = None
    """Draws the same again; None: nobody can know beforehand which are drawn."""


class ReceiptPage(msgspec.Struct, frozen=True, kw_only=True):
    """A few receipts: those from one place to another, both inclusive, or these."""

    first: tuple[str, str] = ("", "")
    last: tuple[str, str] = ("", "")
    ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = tuple(KINDS)


def count(store: Store, meant: Selection) -> int:
    """How many receipts are meant. Raises StoreDown."""
    found = int(read(store, _meant(select(func.count()), meant), *_FAULT)[0][0])
    return min(found, meant.sample) if meant.sample else found


def pages(store: Store, meant: Selection) -> Iterator[ReceiptPage]:
    """All receipts that are meant, by instant. Raises StoreDown."""
    if meant.sample:
        yield from _of_sample(store, meant)
        return
    for places in _places(store, meant, PAGE):
        if meant.receipt:
            yield ReceiptPage(ids=tuple(place[1] for place in places), kinds=meant.kinds)
        else:
            yield ReceiptPage(first=places[0], last=places[-1], kinds=meant.kinds)


def read_page(store: Store, page: ReceiptPage) -> list[Receipt]:
    """A page's receipts, by instant. Raises StoreDown."""
    statement = select(*RECEIPT_COLUMNS).where(_receipts.c.kind.in_(page.kinds))
    if page.ids:
        statement = statement.where(_receipts.c.id.in_(page.ids))
    else:
        place = tuple_(*_order)
        statement = statement.where(place >= tuple_(*page.first), place <= tuple_(*page.last))
    return [to_receipt(row) for row in read(store, statement.order_by(*_order), *_FAULT)]


def _of_sample(store: Store, meant: Selection) -> Iterator[ReceiptPage]:
    """A sample of fixed size from one reading of the ids (Vitter's algorithm R)."""
    draw = random.SystemRandom() if meant.seed is None else random.Random(meant.seed)  # noqa: S311 - as asked for
    drawn: list[tuple[str, str]] = []
    seen = 0
    for places in _places(store, meant, 5_000):
        for place in places:
            seen += 1
            if len(drawn) < meant.sample:
                drawn.append(place)
            elif (chosen := draw.randrange(seen)) < meant.sample:
                drawn[chosen] = place
    drawn.sort()
    for start in range(0, len(drawn), PAGE):
        yield ReceiptPage(ids=tuple(place[1] for place in drawn[start : start + PAGE]), kinds=meant.kinds)


def _places(store: Store, meant: Selection, at_once: int) -> Iterator[list[tuple[str, str]]]:
    behind = ("", "")
    while True:
        statement = _meant(select(*_order), meant).where(tuple_(*_order) > tuple_(*behind))
        rows = read(store, statement.order_by(*_order).limit(at_once), *_FAULT)
        if not rows:
            return
        places = [(row.issued_at, row.id) for row in rows]
        yield places
        behind = places[-1]


def _meant(statement: Select[Any], meant: Selection) -> Select[Any]:
    statement = statement.where(_receipts.c.kind.in_(meant.kinds))
    if meant.receipt:
        statement = statement.where(_receipts.c.id == meant.receipt)
    if meant.since:
        statement = statement.where(_receipts.c.issued_at >= meant.since)
    if meant.until:
        statement = statement.where(_receipts.c.issued_at < meant.until)
    return statement
