"""The stored tree: how large it is, its roots and proofs. A proof reads a few blocks of 256 hashes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from ...clock import rfc3339
from ...errors import StoreFault
from ..merkle import Frontier, TreeHash, consistency_proof, inclusion_proof, peaks_of, root_at, tree_hash
from .tables import LeafRow, NodeRow, TreeRow

STEP = 8
"""Levels from one kept node to the next above it."""
BLOCK = 1 << STEP

_trees = TreeRow.__table__  # type: ignore[attr-defined]
_leaves = LeafRow.__table__  # type: ignore[attr-defined]
_nodes = NodeRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Tree:
    """Which tree it is."""

    origin: str
    hash: TreeHash


def find_tree(connection: Connection) -> Tree | None:
    """The store's tree; None where none was begun. Raises StoreFault, SetupFault."""
    row = connection.execute(select(_trees.c.origin, _trees.c.algorithm)).one_or_none()
    return None if row is None else Tree(row.origin, tree_hash(row.algorithm))


def begin_tree(connection: Connection, algorithm: str, now: datetime) -> Tree:
    """The store's tree, begun where there is none: then with this algorithm. In a transaction that writes."""
    found = find_tree(connection)
    if found is not None:
        return found
    tree = Tree(f"creditgate/{secrets.token_hex(8)}", tree_hash(algorithm))
    row = {"id": 1, "origin": tree.origin, "algorithm": algorithm, "created_at": rfc3339(now)}
    connection.execute(_trees.insert(), row)
    return tree


def leaf_count(connection: Connection) -> int:
    """Leaves in the store."""
    last = connection.execute(select(func.max(_leaves.c.leaf_index))).scalar_one()
    return 0 if last is None else int(last) + 1


class StoredTree:
    """The first `size` leaves of the stored tree, read through one connection. What was read is kept."""

    def __init__(self, connection: Connection, hashes: TreeHash, size: int) -> None:
        self._connection = connection
        self._hashes = hashes
        self._blocks: dict[tuple[int, int], list[bytes]] = {}
        self.size = size

    def root(self, size: int | None = None) -> bytes:
        """Root over the first `size` leaves; None: over all. Raises StoreFault."""
        return root_at(self._hashes, self.subtree, self.size if size is None else size)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of a leaf. Raises StoreFault, ValueError."""
        return inclusion_proof(self._hashes, self.subtree, index, self.size if size is None else size)

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """That the tree of `first` leaves is the beginning of that of `second`. Raises StoreFault, ValueError."""
        return consistency_proof(self._hashes, self.subtree, first, self.size if second is None else second)

    def frontier(self) -> Frontier:
        """The tree as something that grows. Raises StoreFault."""
        peaks = [self.subtree(level, position) for level, position in peaks_of(self.size)]
        return Frontier(self._hashes, self.size, peaks)

    def subtree(self, level: int, position: int) -> bytes:
        """Root of a complete subtree. Raises StoreFault where a leaf or a node is missing."""
        above = level % STEP
        base = level - above
        first = position << above
        block = self._block(base, first // BLOCK)
        hashes = block[first % BLOCK : first % BLOCK + (1 << above)]
        if len(hashes) < 1 << above:
            raise StoreFault("账本树不完整", f"第 {base} 层缺少第 {first + len(hashes)} 个节点; 用 ledger verify 核查")
        while len(hashes) > 1:
            hashes = [self._hashes.parent(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    def _block(self, level: int, number: int) -> list[bytes]:
        """Hashes of up to 256 neighbours at a level that is kept, up to the first that is missing."""
        block = self._blocks.get((level, number))
        if block is None:
            block = self._blocks[(level, number)] = list(self._read(level, number * BLOCK))
        return block

    def _read(self, level: int, start: int) -> Iterator[bytes]:
        place = _nodes.c.position if level else _leaves.c.leaf_index
        statement = select(place, _nodes.c.hash if level else _leaves.c.leaf_hash)
        statement = statement.where(place >= start, place < start + BLOCK).order_by(place)
        if level:
            statement = statement.where(_nodes.c.level == level)
        for expected, (found, value) in enumerate(self._connection.execute(statement), start):
            if found != expected:
                return
            yield bytes(value)
