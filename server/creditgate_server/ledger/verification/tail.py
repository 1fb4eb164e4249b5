"""Receipts that have no place in the tree yet, and whether there are others than there should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from .findings import Finding, What
from .payloads import named, sealed
from .rows import Rows
from .state import ChainEnd, Progress
from .walk import Walk


class Tail:
    """What stands behind the leaves that were verified, chain by chain."""

    def __init__(self, rows: Rows, walk: Walk, progress: Progress) -> None:
        self._rows = rows
        self._walk = walk
        self._progress = progress
        self.receipts = 0
        """Receipts seen behind the verified leaves."""

    def check(self) -> Finding | None:
        """The first finding."""
        cursors = self._rows.cursors()
        for chain in sorted({*self._rows.chains(), *self._progress.chains, *cursors}, key=str):
            finding = self._chain(chain, cursors)
            if finding is not None:
                return finding
        return None

    def _chain(self, chain: str, cursors: Mapping[str, int]) -> Finding | None:
        reached = self._progress.chains.get(chain, ChainEnd())
        cursor = cursors.get(chain, 0)
        if cursor < reached.number:
            return _of_cursor(chain, reached.number, cursor)
        first = reached.number
        while rows := self._rows.behind(chain, reached.number):
            for row in rows:
                finding = self._row(row, reached, cursor)
                if finding is not None:
                    return finding
                reached = reached.then(row, -1)
                self._progress.unsigned(row.issued_at)
        self.receipts += reached.number - first
        if cursor > reached.number:
            return Finding(what=What.DELETED, chain=chain, number=reached.number + 1)
        return self._counted(chain, reached.number)

    def _row(self, row: Any, reached: ChainEnd, cursor: int) -> Finding | None:  # noqa: ANN401
        content = bytes(row.payload)
        payload = sealed(content)
        there = "" if payload is None else payload.hash_of(content)
        if there != row.hash:
            return named(row, What.PAYLOAD, place="payload", expected=row.hash, found=there)
        finding = self._walk.row_fault(row, payload, reached)
        if finding is None and row.leaf_index is None and row.number <= cursor:
            finding = named(row, What.LEAF_MISSING)
        return finding

    def _counted(self, chain: str, last: int) -> Finding | None:
        """There are no more receipts than there are places: none doubled, none before the first."""
        counted = self._rows.counted(chain, last)
        if counted.receipts != last or (last and counted.first != 1):
            found = f"{counted.receipts} 份, 自第 {counted.first} 号起"
            told = {"place": "链上的份数不符", "expected": f"{last} 份, 自第 1 号起", "found": found}
            return msgspec.structs.replace(Finding(what=What.INSERTED, chain=chain), **told)
        return None


def _of_cursor(chain: str, expected: int, found: int) -> Finding:
    return Finding(what=What.CURSOR, chain=chain, number=expected, expected=str(expected), found=str(found))
