"""Checkpoints and leaf hashes as files in a directory that is kept elsewhere. No file is ever overwritten but `latest`.

    DIR/latest                                    the newest checkpoint
    DIR/2026-11-24/0000000000004711-1a2b3c4d.note a checkpoint: size, first bytes of its SHA-256
    DIR/2026-11-24/0000000000004200-0000000000004711.leaves   hashes of the leaves from 4200 to 4711, exclusive

With the leaf hashes a verification names the very row that differs; without them, where the whole ledger was rewritten,
only between which checkpoints it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ...errors import SetupFault, StoreDown, StoreFault
from ...files.whole import AlreadyThere, write, write_new
from .notes import Note, NoteFault, read_note

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOTE = re.compile(r"(\d{16})-[0-9a-f]{8}\.note")
_LEAVES = re.compile(r"(\d{16})-(\d{16})\.leaves")
_MOST_LEAVES = 250_000
"""In one file."""

HASH_BYTES = 32
LATEST = "latest"
"""Name of the file of the newest checkpoint."""


@dataclass(frozen=True, slots=True, order=True)
class LeafFile:
    """Hashes of leaves `start` to `end`, exclusive."""

    start: int
    end: int
    path: Path


class CheckpointFolder:
    """The directory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def latest(self) -> Note | None:
        """The newest checkpoint; None in an empty directory. Raises StoreDown where there is no such directory.

        It is never made here: it may be a mount that is missing. Raises StoreFault for what is no checkpoint.
        """
        path = self._folder / LATEST
        if not self._folder.is_dir():
            raise StoreDown(f"没有检查点目录 {self._folder}", "先建立它, 或挂载它所在的盘")
        try:
            return read_note(path.read_bytes())
        except FileNotFoundError:
            return None
        except NoteFault as fault:
            raise StoreFault(f"{path} 不是检查点: {fault}", "查明是谁改动了检查点目录") from fault
        except OSError as fault:
            raise _unreadable(path, fault) from fault

    def keep(self, note: Note) -> None:
        """Write a checkpoint, and make it the latest. Raises StoreDown, StoreFault where another one has its name."""
        self._write_new(self._day(note) / note_name(note), note.encoded)
        with _put_there():
            write(self._folder / LATEST, note.encoded)

    def keep_leaves(self, note: Note, start: int, hashes: Iterable[bytes]) -> None:
        """Write the hashes of the leaves from `start` to a checkpoint's size. Raises StoreDown, StoreFault."""
        rest = iter(hashes)
        while start < note.checkpoint.size:
            end = min(start + _MOST_LEAVES, note.checkpoint.size)
            content = b"".join(islice(rest, end - start))
            if len(content) != (end - start) * HASH_BYTES:
                raise StoreFault("账本树不完整", "用 ledger verify 核查")
            self._write_new(self._day(note) / f"{start:016d}-{end:016d}.leaves", content)
            start = end

    def has(self, note: Note) -> bool:
        """Whether this very checkpoint is there."""
        return (self._day(note) / note_name(note)).is_file()

    def notes(self, from_size: int = 0) -> Iterator[tuple[int, Path]]:
        """Size and file of each checkpoint from a size on, the smallest first. Raises StoreDown."""
        for day in self._days():
            found = [(int(match[1]), path) for path, match in _matching(day, _NOTE)]
            yield from sorted(pair for pair in found if pair[0] >= from_size)

    def leaf_files(self) -> list[LeafFile]:
        """Files of leaf hashes in order. Raises StoreDown."""
        return sorted(
            LeafFile(int(match[1]), int(match[2]), path)
            for day in self._days()
            for path, match in _matching(day, _LEAVES)
        )

    def checkpoint_ends(self) -> set[int]:
        """Sizes of checkpoints by the files of leaves that were written for them. Raises StoreDown."""
        return {file.end for file in self.leaf_files() if file.end - file.start < _MOST_LEAVES}

    def leaves_end(self) -> int:
        """Up to which leaf, exclusive, their hashes are there without a gap. Raises StoreDown."""
        end = 0
        for file in self.leaf_files():
            if file.start > end:
                break
            end = max(end, file.end)
        return end

    def _days(self) -> list[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if _DAY.fullmatch(path.name))
        except OSError as fault:
            raise _unreadable(self._folder, fault) from fault

    def _day(self, note: Note) -> Path:
        return self._folder / note.checkpoint.issued_at[:10]

    def _write_new(self, path: Path, content: bytes) -> None:
        with _put_there():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                write_new(path, content)
            except AlreadyThere as there:  # from before, or of another process that was first
                if path.read_bytes() != content:
                    raise StoreFault(f"已有内容不同的文件 {path}", "查明是谁改动了检查点目录") from there


def note_name(note: Note) -> str:
    """A checkpoint's file name."""
    return f"{note.checkpoint.size:016d}-{hashlib.sha256(note.encoded).hexdigest()[:8]}.note"


def _matching(day: Path, pattern: re.Pattern[str]) -> Iterator[tuple[Path, re.Match[str]]]:
    try:
        for path in day.iterdir():
            match = pattern.fullmatch(path.name)
            if match:
                yield path, match
    except OSError as fault:
        raise _unreadable(day, fault) from fault


def _unreadable(path: Path, fault: OSError) -> StoreDown:
    return StoreDown(f"检查点目录不能读取: {path}: {fault.strerror}", "检查目录和权限")


@contextmanager
def _put_there() -> Iterator[None]:
    try:
        yield
    except (SetupFault, OSError) as fault:
        raise StoreDown(f"检查点不能写入: {fault}", "检查目录、权限和磁盘空间") from fault
