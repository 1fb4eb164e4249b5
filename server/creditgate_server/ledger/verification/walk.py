"""Walks the leaves in order: each row against its payload, its chain, the tree, and every checkpoint on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ...clock import rfc3339
from ...errors import StoreFault
from ...storage.database import Store
from ..erasing import erasures_of
from ..merkle import Node
from ..sealing.files import CheckpointFolder
from ..sealing.notes import Note
from ..sealing.tree import STEP, StoredTree, Tree
from ..sealing.trust import Trust
from .exported import ExportedLeaves
from .findings import Finding, What
from .notes import Witness, read_witness, root_finding, signature_fault, witnesses
from .payloads import SealedPayload, column_fault, content_fault, derived_fault, named, sealed
from .rows import Rows
from .state import ChainEnd, Progress, Suspect
from .suspicion import hash_finding, link_finding, missing_leaf, place_finding

Told = Callable[[Progress], None]
"""Is called after each page of leaves."""


class Walk:
    """One walk over the leaves, from where the progress stands."""

    def __init__(
        self,
        store: Store,
        rows: Rows,
        tree: Tree,
        progress: Progress,
        *,
        folder: CheckpointFolder | None,
        slack: timedelta,
    ) -> None:
        """`slack`: by how much clocks may differ before a receipt counts as put in later."""
        self._store = store
        self._rows = rows
        self._tree = tree
        self._progress = progress
        self._slack = slack
        self._frontier = progress.frontier(tree.hash)
        self._trust = None if progress.keys is None else Trust(progress.keys)
        self._witnesses = witnesses(store, folder, progress.size)
        self._next: Witness | None = next(self._witnesses, None)
        self._exported = ExportedLeaves(() if folder is None else folder.leaf_files())
        self._not_before = self._earliest()

    def leaves(self, size: int, told: Told) -> Finding | None:
        """The first finding among the leaves before `size`, or in the checkpoints up to it."""
        finding = self._checkpoints()
        while finding is None and self._frontier.size < size:
            finding = self._page(size) or self._checkpoints()
            self._keep()
            told(self._progress)
        return finding or self._left_over(size)

    def row_fault(self, row: Any, payload: SealedPayload | None, reached: ChainEnd) -> Finding | None:  # noqa: ANN401
        """What is wrong with a row, its leaf aside. Its payload has the hash beside it."""
        if payload is None:
            return named(row, What.PAYLOAD, place="payload", found="读不出来")
        finding = column_fault(row, payload)
        if finding is None and row.number != reached.number + 1:
            finding = place_finding(row, reached, self._rows)
        if finding is None and payload.previous_hash != reached.hash:
            finding = link_finding(row, payload.previous_hash, reached, self._rows, self._progress)
        if finding is None and row.issued_at < self._not_before and row.issued_at >= reached.latest:
            finding = named(row, What.INSERTED, place="早于它之前的检查点", found=row.issued_at)
        if finding is None:
            finding = content_fault(row, payload, self._erased)
        if finding is None:
            finding = derived_fault(row, payload, self._rows.case_key)
        if finding is None and row.retyped:
            finding = named(row, What.RETYPED, place=row.retyped)
        if finding is None and self._is_back(row.issued_at, reached.issued_at):
            more = {"expected": f"不早于 {reached.issued_at}", "found": row.issued_at}
            self._progress.step(named(row, What.CLOCK, place="receipt", **more))
        return finding

    # -- leaves -------------------------------------------------------------------------------------------------------

    def _page(self, size: int) -> Finding | None:
        """Leaves up to the next checkpoint, at most a page of them."""
        start = self._frontier.size
        end = size if self._next is None else max(start + 1, min(size, self._next.size))
        rows = self._rows.leaves(start if start else -(2**62), end)
        known = self._exported.page(start, len(rows))
        nodes = self._nodes(start, start + len(rows))
        for row, known_leaf in zip(rows, known, strict=True):
            finding = self._leaf(row, known_leaf, nodes)
            if finding is not None:
                return finding
        if not rows:
            return missing_leaf(start, self._rows, self._progress)
        return None

    def _leaf(self, row: Any, known_leaf: bytes | None, nodes: dict[tuple[int, int], bytes]) -> Finding | None:  # noqa: ANN401
        index = self._frontier.size
        if row.leaf_index != index:
            return self._wrong_index(row, index)
        if row.id is None:
            return self._gone(row)
        content = bytes(row.payload)
        payload = sealed(content)
        leaf = self._tree.hash.leaf(content)
        if known_leaf is not None and known_leaf != row.leaf_hash and self._progress.leaf_suspect is None:
            self._suspect_leaf(row, known_leaf)
        there = "" if payload is None else payload.hash_of(content)
        if there != row.hash or leaf != row.leaf_hash:
            return hash_finding(row, self._rows, there=there, leaf=leaf, known_leaf=known_leaf)
        reached = self._progress.chains.get(row.chain, ChainEnd())
        finding = self.row_fault(row, payload, reached)
        if finding is not None:
            return finding
        self._progress.chains[row.chain] = reached.then(row, index)
        self._progress.unsigned(row.issued_at)
        for node in self._frontier.append(leaf):
            if node.level % STEP == 0:
                self._compare_node(node, nodes)
        return None

    def _wrong_index(self, row: Any, index: int) -> Finding:  # noqa: ANN401
        if row.leaf_index < index:
            return Finding(what=What.TREE, place="叶号重复或小于 0", receipt=row.receipt_id, leaf_index=row.leaf_index)
        return missing_leaf(index, self._rows, self._progress)

    def _gone(self, row: Any) -> Finding:  # noqa: ANN401
        """A leaf without its receipt."""
        guess = missing_leaf(row.leaf_index, self._rows, self._progress)
        place = (guess.chain, guess.number) if guess.what is What.DELETED else ("", 0)
        return Finding(
            what=What.DELETED, receipt=row.receipt_id, leaf_index=row.leaf_index, chain=place[0], number=place[1]
        )

    def _suspect_leaf(self, row: Any, known_leaf: bytes) -> None:  # noqa: ANN401
        index = row.leaf_index
        self._progress.leaf_suspect = Suspect(
            index,
            index + 1,
            "leaf_hash",
            known_leaf.hex(),
            bytes(row.leaf_hash).hex(),
            row.id,
            row.chain,
            row.number,
        )

    # -- nodes --------------------------------------------------------------------------------------------------------

    def _nodes(self, start: int, end: int) -> dict[tuple[int, int], bytes]:
        """Kept nodes that leaves from `start` to `end` complete."""
        found: dict[tuple[int, int], bytes] = {}
        level = STEP
        while end >> level:
            first, last = start >> level, end >> level
            if last > first:
                found |= {(level, position): node for position, node in self._rows.nodes(level, first, last).items()}
            level += STEP
        return found

    def _compare_node(self, node: Node, nodes: dict[tuple[int, int], bytes]) -> None:
        there = nodes.get((node.level, node.position))
        if there == node.hash or self._progress.node_suspect is not None:
            return
        first = node.position << node.level
        self._progress.node_suspect = Suspect(
            first,
            first + (1 << node.level),
            f"level {node.level}, position {node.position}",
            node.hash.hex(),
            "" if there is None else there.hex(),
        )

    # -- checkpoints --------------------------------------------------------------------------------------------------

    def _checkpoints(self) -> Finding | None:
        """Those of the size that is reached, and those that come late."""
        while self._next is not None and self._next.size <= self._frontier.size:
            finding = self._checkpoint(self._next)
            if finding is not None:
                return finding
            self._next = next(self._witnesses, None)
            self._not_before = self._earliest()
        return None

    def _checkpoint(self, witness: Witness) -> Finding | None:
        note = self._read(witness)
        if isinstance(note, Finding):
            return note
        root = self._frontier.root() if witness.size == self._frontier.size else self._root_of(witness.size)
        if root != note.checkpoint.root:
            finding = root_finding(note.checkpoint, exported=bool(witness.exported), found=root)
            return self._narrowed(finding)
        self._found_good(witness, note)
        node = self._progress.node_suspect
        if node is not None and node.end <= witness.size:
            return _of_node(node)
        return None

    def _read(self, witness: Witness) -> Note | Finding:
        note = read_witness(witness, self._tree.origin, self._tree.hash.algorithm)
        if isinstance(note, Finding) or self._trust is None:
            return note
        finding = signature_fault(witness, note, self._trust)
        self._progress.keys = self._trust.keys
        return note if finding is None else finding

    def _root_of(self, size: int) -> bytes:
        """Of a checkpoint that comes after larger ones: by the table, whose leaves up to here were found good."""
        return StoredTree(self._rows.connection, self._tree.hash, self._frontier.size).root(size)

    def _found_good(self, witness: Witness, note: Note) -> None:
        progress = self._progress
        self._count(witness)
        if witness.size < progress.sealed_size:
            return
        instant, larger = note.checkpoint.issued_at, witness.size > progress.sealed_size
        if larger and self._is_back(instant, progress.sealed_at):
            expected = f"不早于 {progress.sealed_at}"
            step = Finding(
                what=What.CLOCK, place="checkpoint", checkpoint=witness.size, expected=expected, found=instant
            )
            progress.step(step)
        progress.sealed_size = witness.size
        progress.sealed_at = instant if larger else max(progress.sealed_at, instant)
        if witness.size == self._frontier.size:
            progress.unsigned_from = progress.unsigned_to = ""
        suspect = progress.leaf_suspect
        if suspect is not None and suspect.start < witness.size:
            progress.remarks.append(f"导出的叶文件中第 {suspect.start} 叶与签过的检查点不符, 已不可用")
            progress.leaf_suspect = None

    def _count(self, witness: Witness) -> None:
        """Once, though a walk that is taken up again comes by those of the size where it stands."""
        progress = self._progress
        if witness.size > progress.sealed_size:
            progress.counted = []
        name = witness.exported or hashlib.sha256(witness.encoded).hexdigest()
        if name not in progress.counted:
            progress.counted.append(name)
            progress.exported += bool(witness.exported)
            progress.stored += not witness.exported

    def _narrowed(self, finding: Finding) -> Finding:
        """Where the leaves differ, as exactly as can be told."""
        progress = self._progress
        leaf, node = progress.leaf_suspect, progress.node_suspect
        if leaf is not None:
            told = {"receipt": leaf.receipt, "chain": leaf.chain, "number": leaf.number}
            return msgspec.structs.replace(
                finding, leaf_index=leaf.start, place=leaf.place, expected=leaf.expected, found=leaf.found, **told
            )
        start, end = progress.sealed_size, finding.checkpoint or self._frontier.size
        if node is not None:
            start, end = max(start, node.start), min(end, node.end)
        return msgspec.structs.replace(finding, leaf_index=start, leaf_end=end)

    def _left_over(self, size: int) -> Finding | None:
        """Behind the last leaf: checkpoints of more leaves than there are, and what no checkpoint has cleared up."""
        while self._next is not None:
            note = self._read(self._next)
            if isinstance(note, Finding):
                return note
            there = self._rows.leaf_count()  # more than `size` where the service went on in the meantime
            if self._next.size > there:
                return _too_few(self._next, there)
            self._next = next(self._witnesses, None)
        node = self._progress.node_suspect
        return None if node is None else _of_node(node)

    def _earliest(self) -> str:
        """Instant before which no receipt may have been issued that comes behind the last good checkpoint.

        Where the next checkpoint is older than that one, a clock was set back between them, as its signature shows.
        """
        if not self._progress.sealed_at:
            return ""
        earliest = min(self._progress.sealed_at, self._next_instant() or self._progress.sealed_at)
        return rfc3339(datetime.fromisoformat(earliest) - self._slack)

    def _next_instant(self) -> str:
        """Of the next checkpoint, where that is older than the last; empty where it is not, or may not be relied on."""
        if self._next is None:
            return ""
        note = read_witness(self._next, self._tree.origin, self._tree.hash.algorithm)
        if isinstance(note, Finding) or note.checkpoint.issued_at >= self._progress.sealed_at:
            return ""
        trusted = self._trust is None or Trust(self._trust.keys).accepts(note)
        return note.checkpoint.issued_at if trusted else ""

    def _is_back(self, instant: str, before: str) -> bool:
        """Whether an instant is before another by more than clocks may differ."""
        return instant < before and datetime.fromisoformat(before) - datetime.fromisoformat(instant) > self._slack

    def _erased(self, receipt_id: str, part: str) -> bool:
        """Whether an erasure says that it erased that part."""
        try:
            done = any(part in erasure.parts for erasure in erasures_of(self._store, receipt_id))
        except StoreFault:
            return True  # an erasure that can't be read: it is found out when the walk comes to its own row
        self._progress.erased += done
        return done

    def _keep(self) -> None:
        self._progress.keep(self._frontier)


def _of_node(node: Suspect) -> Finding:
    """The leaves are those that were signed: the node was changed."""
    return Finding(
        what=What.NODE,
        place=node.place,
        leaf_index=node.start,
        leaf_end=node.end,
        expected=node.expected,
        found=node.found,
    )


def _too_few(witness: Witness, there: int) -> Finding:
    return Finding(
        what=What.RESTORED if witness.exported else What.TRUNCATED,
        leaf_index=there,
        leaf_end=witness.size,
        checkpoint=witness.size,
        expected=f"{witness.size} 条",
        found=f"{there} 条",
    )
