"""Verifies a ledger whole: leaves, chains, tree, checkpoints, and what stands behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec

from ...errors import SetupFault
from ...storage.database import Store
from ..hashing import Algorithm
from ..merkle import tree_hash
from ..sealing.files import CheckpointFolder
from ..sealing.tree import Tree, find_tree
from ..sealing.trust import Trust
from .findings import Finding, What
from .gaps import missing_checkpoints, unsigned
from .held import HeldReceipts
from .rows import Rows, reading
from .state import Progress, read_progress, write_progress
from .tail import Tail
from .walk import Walk

_NO_TREE = Tree("", tree_hash(Algorithm.SHA256))
"""Stands for the tree of a ledger that was never sequenced."""

_WRITTEN_EVERY = 20
"""Pages of leaves from one note of the progress to the next."""

Shown = Callable[[int, int], None]
"""Is told how many of how many leaves are verified."""


class LedgerVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification came to."""

    sound: bool
    finding: Finding | None
    origin: str
    leaves: int
    """Leaves that were found good, with their receipts."""
    resumed_at: int
    """Leaves that an earlier run had found good; this one did not look at them again."""
    unsealed: int
    """Receipts behind them, which were found good too, but that nothing was signed about yet."""
    chains: int
    erased: int
    """Parts that were erased by law."""
    stored_checkpoints: int
    exported_checkpoints: int
    sealed_size: int
    """Leaves under the last good checkpoint."""
    signatures: bool
    """Whether signatures were looked at."""
    unproven: tuple[str, ...]
    """What no signature shows, though one should: in words. What is there is sound all the same."""
    steps: tuple[Finding, ...]
    """Where a clock was set back; nothing was altered there."""
    held: int
    """Receipts that are there as somebody else holds them."""
    remarks: tuple[str, ...]


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be verified and by what."""

    store: Store
    checkpoints: Path | None = None
    """Directory of exported checkpoints."""
    trust: Trust | None = None
    """Keys that count; None: signatures are not looked at."""
    resume: Path | None = None
    """File of the progress: read where it is there, written on the way, removed where the ledger is sound."""
    receipts: Path | None = None
    """File of receipts that callers hold, which must all be there: `HeldReceipts`."""
    every: timedelta | None = None
    """How often the service makes a checkpoint; None: not known."""
    slack: timedelta = timedelta(minutes=15)
    """By how much clocks may differ before a receipt counts as put in later."""

    def run(self, shown: Shown = lambda done, total: None) -> LedgerVerdict:
        """Verify. Raises StoreDown, StoreFault, SetupFault."""
        folder = None if self.checkpoints is None else CheckpointFolder(self.checkpoints)
        if folder is not None:
            folder.latest()  # raises where the directory is not there
        with reading(self.store) as rows:
            return self._verdict(rows, find_tree(rows.connection) or _NO_TREE, folder, shown)

    def _verdict(self, rows: Rows, tree: Tree, folder: CheckpointFolder | None, shown: Shown) -> LedgerVerdict:
        progress = self._progress(tree)
        resumed_at = progress.size
        size = rows.leaf_count()
        if size < resumed_at:
            raise SetupFault(f"进度文件记到 {resumed_at} 条, 库中只有 {size} 条", "删除进度文件, 从头核查")
        walk = Walk(self.store, rows, tree, progress, folder=folder, slack=self.slack)
        tail = Tail(rows, walk, progress)
        held = None if self.receipts is None else HeldReceipts(self.receipts)
        pages = 0

        def told(reached: Progress) -> None:
            nonlocal pages
            pages += 1
            if self.resume is not None and pages % _WRITTEN_EVERY == 0:
                write_progress(self.resume, reached)
            shown(reached.size, size)

        try:
            finding = _record_fault(tree, size) or walk.leaves(size, told) or tail.check()
            if finding is None and held is not None:
                finding = held.check(rows)
        except KeyboardInterrupt:
            if self.resume is not None:
                write_progress(self.resume, progress)
            raise
        if self.resume is not None and finding is None:
            self.resume.unlink(missing_ok=True)
        signed = progress.stored + progress.exported
        unproven = () if finding is not None else self._unproven(progress, folder)
        return LedgerVerdict(
            sound=finding is None,
            finding=finding,
            origin=tree.origin,
            leaves=progress.size,
            resumed_at=resumed_at,
            unsealed=tail.receipts,
            chains=len(progress.chains),
            erased=progress.erased,
            stored_checkpoints=progress.stored,
            exported_checkpoints=progress.exported,
            sealed_size=progress.sealed_size,
            signatures=self.trust is not None,
            unproven=unproven,
            steps=tuple(progress.steps),
            held=0 if held is None else held.count,
            remarks=(*progress.remarks, *(() if signed else ("还没有签过检查点: 只核对了回执、链和树",))),
        )

    def _unproven(self, progress: Progress, folder: CheckpointFolder | None) -> tuple[str, ...]:
        signed = () if self.trust is None else unsigned(progress, self.every)
        return signed + (() if folder is None else missing_checkpoints(self.store, folder))

    def _progress(self, tree: Tree) -> Progress:
        found = None if self.resume is None else read_progress(self.resume)
        keys = None if self.trust is None else self.trust.keys
        if found is None:
            return Progress(origin=tree.origin, algorithm=tree.hash.algorithm, keys=keys)
        if (found.origin, found.algorithm) != (tree.origin, tree.hash.algorithm):
            raise SetupFault("进度文件属于另一账本", "删除它, 从头核查", "resume")
        if (found.keys is None) != (keys is None):
            raise SetupFault("进度文件与这次核查对签名的要求不同", "删除它, 从头核查", "resume")
        return found


def _record_fault(tree: Tree, size: int) -> Finding | None:
    """There are leaves, but the record of their tree is gone."""
    return Finding(what=What.TREE, place="没有账本名称") if tree is _NO_TREE and size else None
