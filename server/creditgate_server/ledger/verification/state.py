"""How far a verification has come: all that it needs to go on, small enough to be written down every few seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from ...errors import SetupFault
from ...files.whole import write
from ..chain import NO_HASH
from ..merkle import Frontier, TreeHash
from ..sealing.trust import TrustedKey
from .findings import Finding

_FORMAT = 1
MOST_STEPS = 20


class ChainEnd(msgspec.Struct, frozen=True):
    """The last receipt of a chain that was seen."""

    number: int = 0
    hash: str = NO_HASH
    leaf_index: int = -1
    receipt: str = ""
    issued_at: str = ""
    latest: str = ""
    """Latest instant of the chain so far."""

    def then(self, row: Any, leaf_index: int) -> ChainEnd:  # noqa: ANN401 - a row
        """The chain goes on with that receipt."""
        return ChainEnd(row.number, row.hash, leaf_index, row.id, row.issued_at, max(self.latest, row.issued_at))


class Suspect(msgspec.Struct, frozen=True):
    """A leaf that is not the exported one, or the leaves under a node that is not theirs."""

    start: int
    end: int
    """Exclusive."""
    place: str
    expected: str
    found: str
    receipt: str = ""
    chain: str = ""
    number: int = 0


class Progress(msgspec.Struct, kw_only=True):
    """The state. It is changed in place."""

    format: int = _FORMAT
    origin: str
    algorithm: str
    size: int = 0
    """Leaves that were verified."""
    peaks: list[str] = []
    """The tree over them."""
    chains: dict[str, ChainEnd] = {}
    keys: tuple[TrustedKey, ...] | None = None
    """Keys that count from here on; None where signatures are not looked at."""
    sealed_size: int = 0
    """Size of the last checkpoint that was found good."""
    sealed_at: str = ""
    """Its instant."""
    unsigned_from: str = ""
    """Instant of the first receipt behind it; empty where there is none."""
    unsigned_to: str = ""
    """The latest instant of those."""
    erased: int = 0
    """Parts that were found to be erased by law."""
    stored: int = 0
    """Checkpoints of the store that were found good."""
    exported: int = 0
    """Of the directory."""
    counted: list[str] = []
    """Names of those of the last size."""
    leaf_suspect: Suspect | None = None
    node_suspect: Suspect | None = None
    steps: list[Finding] = []
    """Where a clock was set back, at most `MOST_STEPS` of them."""
    remarks: list[str] = []

    def frontier(self, hashes: TreeHash) -> Frontier:
        """The tree as something that grows."""
        return Frontier(hashes, self.size, [bytes.fromhex(peak) for peak in self.peaks])

    def unsigned(self, issued_at: str) -> None:
        """Note the instant of a receipt that no checkpoint has spoken for yet."""
        self.unsigned_from = self.unsigned_from or issued_at
        self.unsigned_to = max(self.unsigned_to, issued_at)

    def step(self, finding: Finding) -> None:
        """Note that a clock was set back."""
        if len(self.steps) < MOST_STEPS:
            self.steps.append(finding)

    def keep(self, frontier: Frontier) -> None:
        """Note how far the tree has grown."""
        self.size, self.peaks = frontier.size, [peak.hex() for peak in frontier.peaks]


def read_progress(path: Path) -> Progress | None:
    """What was written down; None where there is no such file. Raises SetupFault."""
    try:
        progress = msgspec.json.decode(path.read_bytes(), type=Progress)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise SetupFault(f"读不到进度文件 {path}: {fault.strerror}", "请核对 --resume") from fault
    except msgspec.MsgspecError as fault:
        raise SetupFault(f"进度文件 {path} 格式不符", "删除它, 从头核查") from fault
    if progress.format != _FORMAT:
        raise SetupFault(f"进度文件 {path} 是另一版本的", "删除它, 从头核查")
    return progress


def write_progress(path: Path, progress: Progress) -> None:
    """Note how far it is. Raises SetupFault."""
    try:
        write(path, msgspec.json.encode(progress))
    except SetupFault as fault:
        raise SetupFault(f"进度文件 {fault.message}", "请核对 --resume") from fault
