"""Reads leaves with their receipts, and receipts of a chain, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, Select, case, func, literal, select, text

from ...storage.database import Store, store_down
from ..sealing.tables import ChainRow, LeafRow, NodeRow
from ..sealing.tree import leaf_count
from ..tables import ReceiptRow, as_bytes

PAGE = 500
_SQLITE = "sqlite"

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]
_leaves = LeafRow.__table__  # type: ignore[attr-defined]
_nodes = NodeRow.__table__  # type: ignore[attr-defined]
_chains = ChainRow.__table__  # type: ignore[attr-defined]

_ALL = tuple(as_bytes(column) for column in _receipts.c)
_LEAF_HASH, _NODE_HASH = as_bytes(_leaves.c.leaf_hash), as_bytes(_nodes.c.hash)
_RETYPED = case(
    *(
        (func.typeof(column).not_in(("blob", "null")), column.name)
        for column in (*_receipts.c, _leaves.c.leaf_hash)
        if isinstance(column.type, LargeBinary)
    ),
    else_="",
).label("retyped")
"""First column of bytes that holds something else; SQLite alone lets it."""

_NO_NUMBER = -1
"""Stands for a number that is none, which SQLite lets stand there too."""

_CHAINS = text(
    """
    WITH RECURSIVE found(chain) AS (
        SELECT min(chain) FROM receipt
        UNION ALL
        SELECT (SELECT min(chain) FROM receipt WHERE chain > found.chain) FROM found WHERE found.chain IS NOT NULL
    ) SELECT chain FROM found WHERE chain IS NOT NULL
    """
)


@dataclass(frozen=True, slots=True)
class ChainCount:
    """What a chain's receipts say of themselves, without their contents."""

    receipts: int
    """Of them, up to a number."""
    first: int
    """Smallest number of all."""
    last: int
    """Largest of all."""


class Rows:
    """Reading through one connection. Raises StoreDown where the store can't be read."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        retyped = _RETYPED if connection.dialect.name == _SQLITE else literal("").label("retyped")
        self._columns = (*_ALL, retyped)

    def leaf_count(self) -> int:
        """Leaves that are there now."""
        return leaf_count(self.connection)

    def leaves(self, start: int, end: int) -> list[Row[Any]]:
        """The leaves that stand from `start` on and before `end`, with their receipts; a page at most."""
        statement = (
            select(_leaves.c.leaf_index, _leaves.c.receipt_id, _LEAF_HASH, *self._columns)
            .select_from(_leaves.outerjoin(_receipts, _receipts.c.id == _leaves.c.receipt_id))
            .where(_leaves.c.leaf_index >= start, _leaves.c.leaf_index < end)
            .order_by(_leaves.c.leaf_index)
            .limit(PAGE)
        )
        return self._all(statement)

    def nodes(self, level: int, start: int, end: int) -> dict[int, bytes]:
        """Kept nodes of a level by position, the end exclusive."""
        statement = select(_nodes.c.position, _NODE_HASH).where(
            _nodes.c.level == level, _nodes.c.position >= start, _nodes.c.position < end
        )
        return {row.position: bytes(row.hash) for row in self._all(statement)}

    def chains(self) -> list[str]:
        """Every chain, in order."""
        return [row.chain for row in self.connection.execute(_CHAINS).all()]

    def cursors(self) -> dict[str, int]:
        """How far each chain is said to be sequenced."""
        return {row.chain: _number(row.number) for row in self._all(select(_chains.c.chain, _chains.c.number))}

    def counted(self, chain: str, up_to: int) -> ChainCount:
        """How many receipts a chain has."""
        number = _receipts.c.number
        own = _receipts.c.chain == chain
        count = select(func.count()).where(own, number <= up_to).scalar_subquery()
        first = select(func.min(number)).where(own).scalar_subquery()
        last = select(func.max(number)).where(own).scalar_subquery()
        row = self.connection.execute(select(count, first, last)).one()
        return ChainCount(row[0], _number(row[1] or 0), _number(row[2] or 0))

    def behind(self, chain: str, number: int) -> list[Row[Any]]:
        """A chain's receipts after a number, with their leaves where they have any; a page at most."""
        statement = (
            select(_leaves.c.leaf_index, _LEAF_HASH, *self._columns)
            .select_from(_receipts.outerjoin(_leaves, _receipts.c.id == _leaves.c.receipt_id))
            .where(_receipts.c.chain == chain, _receipts.c.number > number)
            .order_by(_receipts.c.number)
            .limit(PAGE)
        )
        return self._all(statement)

    def at(self, chain: str, number: int) -> Row[Any] | None:
        """The receipt that stands at a place of a chain, with its leaf."""
        statement = (
            select(_leaves.c.leaf_index, *self._columns)
            .select_from(_receipts.outerjoin(_leaves, _receipts.c.id == _leaves.c.receipt_id))
            .where(_receipts.c.chain == chain, _receipts.c.number == number)
            .limit(1)
        )
        found = self._all(statement)
        return found[0] if found else None

    def hashes(self, ids: Collection[str]) -> dict[str, str]:
        """The hashes of those of these receipts that there are."""
        return {
            row.id: row.hash
            for row in self._all(select(_receipts.c.id, _receipts.c.hash).where(_receipts.c.id.in_(ids)))
        }

    def case_key(self, receipt_id: str) -> str | None:
        """The case key beside a receipt; None where there is no such receipt, or its question was erased."""
        columns = (_receipts.c.case_key, _receipts.c.question)
        found = self._all(select(*columns).where(_receipts.c.id == receipt_id))
        if not found or (found[0].question is None and not found[0].case_key):
            return None
        return str(found[0].case_key)

    def _all(self, statement: Select[Any]) -> list[Row[Any]]:
        return list(self.connection.execute(statement).all())


@contextmanager
def reading(store: Store) -> Iterator[Rows]:
    """Each statement sees what is committed then: no transaction stays open for hours. Raises StoreDown."""
    with (
        store_down("账本不能读取", "检查数据库地址; 新库先运行 creditgate-server migrate"),
        store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        _any_text(connection),
    ):
        yield Rows(connection)


@contextmanager
def _any_text(connection: Connection) -> Iterator[None]:
    """SQLite: a text that is no UTF-8 is read all the same, so that its row can be named."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != _SQLITE:
        yield
        return
    usual = driver.text_factory
    driver.text_factory = partial(str, encoding="utf-8", errors="backslashreplace")
    try:
        yield
    finally:
        driver.text_factory = usual


def _number(value: object) -> int:
    return value if isinstance(value, int) else _NO_NUMBER
