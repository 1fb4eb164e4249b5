"""The checkpoints to compare with, in order of size: those of the store and those of a directory, as one stream."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from ...errors import StoreDown
from ...storage.database import Store
from ..sealing.checkpoints import stored_notes
from ..sealing.files import LATEST, CheckpointFolder
from ..sealing.notes import Checkpoint, Note, NoteFault, read_note
from ..sealing.trust import Trust
from .findings import Finding, What


@dataclass(frozen=True, slots=True)
class Witness:
    """A checkpoint, as it was found."""

    size: int
    """That it stands under."""
    encoded: bytes
    exported: str
    """Its file's name; empty for one of the store."""


def witnesses(store: Store, folder: CheckpointFolder | None, from_size: int) -> Iterator[Witness]:
    """All of a size or larger, the smallest first; of one size, the store's first. Raises StoreDown, StoreFault."""
    stored = (Witness(size, encoded, "") for size, encoded in stored_notes(store, from_size))
    exported = () if folder is None else _exported(folder, from_size)
    latest = () if folder is None else _latest(folder, from_size)
    return heapq.merge(stored, exported, latest, key=attrgetter("size"))


def read_witness(witness: Witness, origin: str, algorithm: str) -> Note | Finding:
    """The note, or why it is none of this ledger's."""
    try:
        note = read_note(witness.encoded)
    except NoteFault as fault:
        return _no(witness, str(fault))
    checkpoint = note.checkpoint
    if checkpoint.size != witness.size:
        return _no(witness, f"记为 {witness.size} 条, 签的是 {checkpoint.size} 条")
    if not origin and witness.exported:
        return Finding(what=What.RESTORED, checkpoint=witness.size, expected=f"账本 {checkpoint.origin}")
    if checkpoint.origin != origin:
        return _no(witness, f"属于另一账本 {checkpoint.origin}, 本库为 {origin}")
    if checkpoint.algorithm != algorithm:
        return _no(witness, f"散列算法为 {checkpoint.algorithm}, 账本树为 {algorithm}")
    return note


def signature_fault(witness: Witness, note: Note, trust: Trust) -> Finding | None:
    """Whether no key that counts has signed it."""
    if trust.accepts(note):
        return None
    return Finding(what=What.SIGNATURE, place=witness.exported, checkpoint=witness.size)


def root_finding(checkpoint: Checkpoint, *, exported: bool, found: bytes) -> Finding:
    """The leaves so far have another root than was signed."""
    return Finding(
        what=What.RESTORED if exported else What.ROOT,
        checkpoint=checkpoint.size,
        expected=checkpoint.root.hex(),
        found=found.hex(),
    )


def _exported(folder: CheckpointFolder, from_size: int) -> Iterator[Witness]:
    for size, path in folder.notes(from_size):
        try:
            yield Witness(size, path.read_bytes(), path.name)
        except OSError as fault:
            raise StoreDown(f"检查点目录不能读取: {path}: {fault.strerror}", "检查目录和权限") from fault


def _latest(folder: CheckpointFolder, from_size: int) -> Iterator[Witness]:
    """The newest, where it stands under `latest` alone: who deletes its file has two to delete."""
    note = folder.latest()
    if note is not None and note.checkpoint.size >= from_size and not folder.has(note):
        yield Witness(note.checkpoint.size, note.encoded, LATEST)


def _no(witness: Witness, why: str) -> Finding:
    place = f"{witness.exported} {why}" if witness.exported else why
    return Finding(what=What.CHECKPOINT, place=place, checkpoint=witness.size)
