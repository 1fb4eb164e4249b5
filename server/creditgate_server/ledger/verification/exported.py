"""Leaf hashes that were written elsewhere with the checkpoints: they tell which row of a rewritten ledger differs."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import StoreDown
from ..sealing.files import HASH_BYTES, LeafFile


class ExportedLeaves:
    """Reads them in order, a page at a time."""

    def __init__(self, files: Iterable[LeafFile]) -> None:
        self._files = sorted(files)

    def page(self, start: int, count: int) -> list[bytes | None]:
        """Hashes of `count` leaves from `start`; None where there is none. Raises StoreDown."""
        found: list[bytes | None] = [None] * count
        end = start + count
        while self._files and self._files[0].end <= start:
            self._files.pop(0)
        for file in self._files:
            if file.start >= end:
                break
            first, last = max(start, file.start), min(end, file.end)
            content = _read(file, first, last)
            for place in range(len(content) // HASH_BYTES):
                found[first - start + place] = content[place * HASH_BYTES : (place + 1) * HASH_BYTES]
        return found


def _read(file: LeafFile, first: int, last: int) -> bytes:
    try:
        with file.path.open("rb") as opened:
            opened.seek((first - file.start) * HASH_BYTES)
            return opened.read((last - first) * HASH_BYTES)
    except OSError as fault:
        raise StoreDown(f"检查点目录不能读取: {file.path}: {fault.strerror}", "检查目录和权限") from fault
