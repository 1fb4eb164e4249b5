"""Makes checkpoints: signs the tree's root after a look that the tree is still what was signed before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ...errors import NotAllowed, StoreFault
from ...storage.database import Store, store_down, writing
from ..tables import as_bytes
from .keys import LedgerKey
from .notes import Checkpoint, Note, NoteFault, new_checkpoint, read_note, sign
from .sequencer import Sequencer, SequencerRound, lock
from .tables import CheckpointRow
from .tree import StoredTree, Tree, find_tree, leaf_count

_AT_ONCE = 500

_checkpoints = CheckpointRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class StoredNote:
    """A checkpoint as it is stored."""

    number: int
    public_key: str
    """Key that signs from here on."""
    note: Note


@dataclass(frozen=True, slots=True)
class _Look:
    """The tree as it stands, which begins with everything that was signed before."""

    tree: Tree
    size: int
    root: bytes
    last: StoredNote | None

    def checkpoint(self, instant: datetime, next_key: str = "") -> Checkpoint:
        return new_checkpoint(
            origin=self.tree.origin,
            size=self.size,
            root=self.root,
            algorithm=self.tree.hash.algorithm,
            instant=instant,
            next_key=next_key,
        )


class Checkpoints:
    """Of one store."""

    def __init__(self, store: Store, sequencer: Sequencer, now: Callable[[], datetime]) -> None:
        self._store = store
        self._sequencer = sequencer
        self._now = now

    def make(self, key: LedgerKey, seen: Sequence[Checkpoint] = ()) -> tuple[Note, SequencerRound]:
        """Sequence, and sign what there is then; where just that was signed before, the signed note of then.

        `seen`: checkpoints from elsewhere that this one must continue. Raises NotAllowed for a key that is not the
        ledger's, StoreFault where the tree is not the one that was signed before, StoreDown, SetupFault.
        """
        instant = self._now()  # before the receipts are looked up: all that were committed until now are in
        sequenced = self._sequencer.sequence()
        look = self._look(seen)
        _require_key(look.last, key)
        if look.last is not None and look.last.note.checkpoint.size == look.size:
            return look.last.note, sequenced
        return self._kept(sign(look.checkpoint(instant), (key,)), key.public), sequenced

    def hand_over(self, old: LedgerKey | None, new: LedgerKey, seen: Sequence[Checkpoint] = ()) -> Note:
        """A checkpoint after which another key signs, signed by both.

        `old`: None where that key was lost; then nothing but the operator's word speaks for the new one. Raises as
        `make` does.
        """
        instant = self._now()
        self._sequencer.sequence()
        look = self._look(seen)
        if old is not None:
            _require_key(look.last, old)
        keys = (new,) if old is None else (old, new)
        return self._kept(sign(look.checkpoint(instant, new.public), keys), new.public)

    def _look(self, seen: Sequence[Checkpoint]) -> _Look:
        with store_down("账本不能读取", "检查数据库"), self._store.engine.connect() as reading:
            tree = find_tree(reading)
            if tree is None:
                raise StoreFault("账本树没有了", "用 ledger verify 核查")
            last = last_note(reading)
            stored = StoredTree(reading, tree.hash, leaf_count(reading))
            _require_continued(stored, tree, *seen, *(() if last is None else (last.note.checkpoint,)))
            return _Look(tree, stored.size, stored.root(), last)

    def _kept(self, note: Note, signs: str) -> Note:
        """Store it, unless another process stored one as large in the meantime: then that one."""
        checkpoint = note.checkpoint
        with writing(self._store) as connection:
            lock(connection, self._store)
            last = last_note(connection)
            if last is not None and not checkpoint.next_key and last.note.checkpoint.size >= checkpoint.size:
                return last.note
            row = {"size": checkpoint.size, "issued_at": checkpoint.issued_at, "public_key": signs}
            connection.execute(_checkpoints.insert(), {**row, "note": note.encoded})
        return note


def last_note(connection: Connection) -> StoredNote | None:
    """The newest checkpoint. Raises StoreFault."""
    statement = select(_checkpoints).order_by(_checkpoints.c.size.desc(), _checkpoints.c.number.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else StoredNote(row.number, row.public_key, _read(row.note, row.size))


def stored_notes(store: Store, from_size: int = 0) -> Iterator[tuple[int, bytes]]:
    """Size and encoded note of each stored checkpoint from a size on, in order, as they stand. Raises StoreDown."""
    place = (from_size, 0)
    columns = (_checkpoints.c.size, _checkpoints.c.number, as_bytes(_checkpoints.c.note))
    while True:
        size, number = place
        behind = (_checkpoints.c.size > size) | ((_checkpoints.c.size == size) & (_checkpoints.c.number > number))
        statement = select(*columns).where(behind).order_by(_checkpoints.c.size, _checkpoints.c.number).limit(_AT_ONCE)
        with store_down("检查点不能读取", "检查数据库"), store.engine.connect() as connection:
            rows = connection.execute(statement).all()
        if not rows:
            return
        for row in rows:
            yield row.size, bytes(row.note)
        place = (rows[-1].size, rows[-1].number)


def _require_continued(stored: StoredTree, tree: Tree, *before: Checkpoint) -> None:
    """The tree begins with each of these. Raises StoreFault."""
    for checkpoint in before:
        if checkpoint.origin != tree.origin:
            raise StoreFault(f"检查点属于另一账本 {checkpoint.origin}, 本库为 {tree.origin}", "核对检查点目录与数据库")
        if checkpoint.size > stored.size:
            raise StoreFault(
                f"已签过 {checkpoint.size} 条的检查点, 库中只有 {stored.size} 条: 可能恢复了旧库或被截断",
                "用 ledger verify 核查",
            )
        if stored.root(checkpoint.size) != checkpoint.root:
            raise StoreFault(f"账本树与已签的检查点({checkpoint.size} 条)不符", "用 ledger verify 核查")


def _require_key(last: StoredNote | None, key: LedgerKey) -> None:
    """It is the key that signs this ledger's checkpoints. Raises NotAllowed."""
    if last is not None and key.public != last.public_key:
        hint = "改用现在的私钥, 或用 creditgate-server ledger rotate 更换"
        raise NotAllowed("这把私钥不是本账本现在的签名密钥", hint, "ledger_key")


def _read(encoded: bytes, size: int) -> Note:
    try:
        return read_note(bytes(encoded))
    except NoteFault as fault:
        raise StoreFault(f"库中 {size} 条的检查点不能读取: {fault}", "用 ledger verify 核查") from fault
