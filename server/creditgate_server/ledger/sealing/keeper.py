"""Keeps a ledger sealed: sequences, signs and writes checkpoints elsewhere, as often as it is told to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from ...errors import StoreFault
from ...storage.database import Store, store_down
from ..hashing import Algorithm
from .checkpoints import Checkpoints, last_note, stored_notes
from .files import CheckpointFolder
from .keys import LedgerKey
from .notes import Checkpoint, Note, NoteFault, read_note
from .sequencer import Gap, Sequencer
from .tables import LeafRow

_AT_ONCE = 10_000

_leaves = LeafRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class KeeperRound:
    """What a round did."""

    note: Note
    """The newest checkpoint."""
    leaves: int
    """Receipts that got their places."""
    gaps: tuple[Gap, ...]
    written: int
    """Checkpoints written to the directory."""


class Keeper:
    """Of one store. Not to be used by two threads at once; several processes may each have one."""

    def __init__(
        self,
        store: Store,
        *,
        folder: Path | None,
        now: Callable[[], datetime],
        algorithm: str = Algorithm.SHA256,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        """`folder`: where checkpoints are kept beside the store. `algorithm`: for a tree that is begun.

        `rest`: waits so many seconds between the parts of a long round; what it raises ends the round.
        """
        self._store = store
        self._now = now
        self._folder = None if folder is None else CheckpointFolder(folder)
        self._checkpoints = Checkpoints(store, Sequencer(store, algorithm=algorithm, now=now, rest=rest), now)

    def keep(self, key: LedgerKey, *, every: timedelta = timedelta(0)) -> KeeperRound:
        """One round; where a checkpoint is younger than `every`, it is left at writing it to the directory.

        Raises NotAllowed, StoreFault, StoreDown, SetupFault.
        """
        young = self._young(every) if every else None
        if young is not None:
            return KeeperRound(young, 0, (), self._write())
        note, sequenced = self._checkpoints.make(key, self._seen())
        return KeeperRound(note, sequenced.leaves, sequenced.gaps, self._write())

    def hand_over(self, old: LedgerKey | None, new: LedgerKey) -> Note:
        """From here on the new key signs. `old`: None where it was lost. Raises as `keep` does."""
        note = self._checkpoints.hand_over(old, new, self._seen())
        self._write()
        return note

    def _young(self, every: timedelta) -> Note | None:
        """The newest checkpoint, made by another process less than that time ago."""
        with store_down("账本不能读取", "检查数据库"), self._store.engine.connect() as connection:
            last = last_note(connection)
        if last is None or not timedelta(0) <= self._now() - last.note.checkpoint.instant < every:
            return None
        return last.note

    def _seen(self) -> tuple[Checkpoint, ...]:
        latest = None if self._folder is None else self._folder.latest()
        return () if latest is None else (latest.checkpoint,)

    def _write(self) -> int:
        """Write what the directory lacks: the leaves before the checkpoint that they belong to."""
        if self._folder is None:
            return 0
        latest = self._folder.latest()
        reached = self._folder.leaves_end() if latest is None else latest.checkpoint.size
        written = 0
        for size, encoded in stored_notes(self._store, 0 if latest is None else reached):
            note = _read(size, encoded)
            if self._folder.has(note):
                continue
            if size > reached:
                self._folder.keep_leaves(note, reached, self._hashes(reached, size))
                reached = size
            self._folder.keep(note)
            written += 1
        return written

    def _hashes(self, start: int, end: int) -> Iterator[bytes]:
        place = _leaves.c.leaf_index
        with store_down("账本不能读取", "检查数据库"), self._store.engine.connect() as connection:
            while start < end:
                statement = select(_leaves.c.leaf_hash).where(place >= start, place < min(end, start + _AT_ONCE))
                for row in connection.execute(statement.order_by(place)):
                    yield bytes(row.leaf_hash)
                start += _AT_ONCE


def _read(size: int, encoded: bytes) -> Note:
    try:
        return read_note(encoded)
    except NoteFault as fault:
        raise StoreFault(f"库中 {size} 条的检查点不能读取: {fault}", "用 ledger verify 核查") from fault
