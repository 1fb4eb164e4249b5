"""Gives receipts their places in the tree: each once, a chain's in the chain's order, else by instant.

One transaction gives places to a batch. It begins with a look whether the tree is still as large as it was when the
batch was put together; one of two sequencers that meet finds that it is not, and begins again. So no lock outlives a
crash. Receipts that were committed before `sequence` began have a place when it ends.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from ...errors import StoreDown, StoreFault
from ...storage.database import Store, store_down, writing
from ..merkle import Frontier, Node
from ..tables import ReceiptRow
from .tables import ChainRow, LeafRow, NodeRow
from .tree import STEP, StoredTree, Tree, begin_tree, find_tree, leaf_count

_LOCK = 4_210_023  # any number that only sequencers lock
_BATCH = 500
"""Leaves in a transaction: few enough not to keep receipts waiting for SQLite's lock."""
_PAGE = 250
"""Receipts of a chain read at once."""
_TRIES = 20
"""Times that a batch is put together again because another sequencer was faster."""

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]
_leaves = LeafRow.__table__  # type: ignore[attr-defined]
_nodes = NodeRow.__table__  # type: ignore[attr-defined]
_chains = ChainRow.__table__  # type: ignore[attr-defined]

_PENDING = text(
    """
    WITH RECURSIVE found(chain) AS (
        SELECT min(chain) FROM receipt
        UNION ALL
        SELECT (SELECT min(chain) FROM receipt WHERE chain > found.chain) FROM found WHERE found.chain IS NOT NULL
    ), reached(chain, last, sequenced) AS (
        SELECT found.chain, (SELECT max(number) FROM receipt WHERE chain = found.chain), coalesce(number, 0)
        FROM found LEFT JOIN ledger_chain ON ledger_chain.chain = found.chain WHERE found.chain IS NOT NULL
    )
    SELECT chain, last, sequenced FROM reached WHERE last > sequenced ORDER BY chain
    """
)
"""Chains with receipts that have no place yet: one step in the index for each chain, however long the chains are."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Receipts of a chain that should be there and are not."""

    chain: str
    number: int
    """The first of them."""


@dataclass(frozen=True, slots=True)
class SequencerRound:
    """What a round did."""

    leaves: int
    """Places given by it."""
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Pending:
    """A chain's receipts without a place: `first` to `last`, both inclusive."""

    chain: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """A receipt in the order in which places are given."""

    instant: str
    """Its own, or that of one before it in its chain where the clock went back."""
    chain: str
    number: int
    receipt_id: str
    payload: bytes


class Sequencer:
    """For one store. Not to be used by two threads at once."""

    def __init__(
        self, store: Store, *, algorithm: str, now: Callable[[], datetime], rest: Callable[[float], None] = time.sleep
    ) -> None:
        """`algorithm`: for a tree that is begun. `rest`: waits so many seconds, so that receipts get the lock."""
        self._store = store
        self._algorithm = algorithm
        self._now = now
        self._rest = rest
        self._frontier: Frontier | None = None

    def tree(self) -> Tree:
        """The store's tree, begun where there is none. Raises StoreDown, StoreFault, SetupFault."""
        with writing(self._store) as connection:
            lock(connection, self._store)
            return begin_tree(connection, self._algorithm, self._now())

    def sequence(self) -> SequencerRound:
        """Give places to all receipts that are committed now. Raises StoreDown, StoreFault, SetupFault."""
        tree = self._known_tree() or self.tree()
        leaves = 0
        gaps: dict[Gap, None] = {}  # a set in order
        with store_down("账本不能读取", "检查数据库"), self._store.engine.connect() as reading:
            for _ in range(_TRIES):
                frontier = self._current(reading, tree)  # before the look at what is pending: else both could pass
                pending = [_Pending(*row) for row in _pending(reading)]
                done, whole = self._give_places(reading, tree, frontier, pending, gaps)
                leaves += done
                if whole:
                    return SequencerRound(leaves, tuple(gaps))
        raise StoreDown("多个进程同时排列账本", "稍后会再试")

    def _known_tree(self) -> Tree | None:
        with store_down("账本不能读取", "检查数据库"), self._store.engine.connect() as connection:
            return find_tree(connection)

    def _give_places(
        self, reading: Connection, tree: Tree, frontier: Frontier, pending: list[_Pending], gaps: dict[Gap, None]
    ) -> tuple[int, bool]:
        """Leaves added, and whether all pending ones were: not where another sequencer was at work."""
        places = heapq.merge(*(_places(reading, one, gaps) for one in pending))
        added = 0
        while batch := list(islice(places, _BATCH)):
            began = time.monotonic()
            if not self._add(tree, frontier, batch):
                return added, False
            added += len(batch)
            if len(batch) == _BATCH:
                self._rest(time.monotonic() - began)
        return added, True

    def _add(self, tree: Tree, frontier: Frontier, batch: list[_Place]) -> bool:
        """One transaction; False where the tree was not what it was taken for."""
        start = frontier.size
        leaves: list[dict[str, object]] = []
        nodes: list[Node] = []
        for index, place in enumerate(batch, start):
            leaf_hash = tree.hash.leaf(place.payload)
            leaves.append({"leaf_index": index, "receipt_id": place.receipt_id, "leaf_hash": leaf_hash})
            nodes += [node for node in frontier.append(leaf_hash) if node.level % STEP == 0]
        self._frontier = None  # until it is known to be stored
        with writing(self._store) as connection:
            lock(connection, self._store)
            if leaf_count(connection) != start:
                return False
            try:
                connection.execute(_leaves.insert(), leaves)
                if nodes:
                    connection.execute(_nodes.insert(), [node._asdict() for node in nodes])
            except IntegrityError as fault:
                raise StoreFault("账本树与回执不符: 有回执已有位置", "用 ledger verify 核查") from fault
            _move_cursors(connection, batch)
        self._frontier = frontier
        return True

    def _current(self, reading: Connection, tree: Tree) -> Frontier:
        size = leaf_count(reading)
        if self._frontier is None or self._frontier.size != size:
            self._frontier = StoredTree(reading, tree.hash, size).frontier()
        return self._frontier


def _pending(reading: Connection) -> Iterable[tuple[str, int, int]]:
    return [(row.chain, row.sequenced + 1, row.last) for row in reading.execute(_PENDING)]


def _places(reading: Connection, pending: _Pending, gaps: dict[Gap, None]) -> Iterator[_Place]:
    """A chain's receipts in order, read a page at a time; first one alone, for chains whose turn comes late."""
    columns = (_receipts.c.issued_at, _receipts.c.chain, _receipts.c.number, _receipts.c.id, _receipts.c.payload)
    statement = select(*columns).where(_receipts.c.chain == pending.chain, _receipts.c.number <= pending.last)
    instant, number, most = "", pending.first, 1
    while number <= pending.last:
        rows = reading.execute(
            statement.where(_receipts.c.number >= number).order_by(_receipts.c.number).limit(most)
        ).all()
        if not rows:
            return
        for row in rows:
            if row.number != number:
                gaps[Gap(pending.chain, number)] = None
            instant, number = max(instant, row.issued_at), row.number + 1
            yield _Place(instant, row.chain, row.number, row.id, bytes(row.payload))
        most = _PAGE


def _move_cursors(connection: Connection, batch: list[_Place]) -> None:
    reached = {place.chain: place.number for place in batch}
    known = select(_chains.c.chain).where(_chains.c.chain.in_(sorted(reached)))
    before = {row.chain for row in connection.execute(known)}
    for chain, number in sorted(reached.items()):
        if chain in before:
            connection.execute(_chains.update().where(_chains.c.chain == chain).values(number=number))
        else:
            connection.execute(_chains.insert(), {"chain": chain, "number": number})


def lock(connection: Connection, store: Store) -> None:
    """One sequencer at a time, to the end of the transaction. SQLite's own lock is held already."""
    if not store.embedded:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
