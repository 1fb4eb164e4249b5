"""Receipts that somebody else holds: an approval system wrote id and hash beside its case, so it can speak for them.

Nothing that was signed speaks for receipts since the last checkpoint; what callers hold does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ...errors import SetupFault
from .findings import Finding, What
from .rows import PAGE, Rows

_LINE = re.compile(r"\s*(?P<id>r-[0-9A-Z]{26})\s*[\s,;]\s*(?:(?:sha256|sm3):)?(?P<hash>[0-9a-f]{64})\s*")


@dataclass(frozen=True, slots=True)
class Held:
    """What one line of the file says."""

    id: str
    hash: str


class HeldReceipts:
    """A text file of them: a line each, id and digest, parted by space, comma or semicolon. Empty lines are passed.

    Of a digest the algorithm may be left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.count = 0
        """Receipts that were found as they are held."""

    def check(self, rows: Rows) -> Finding | None:
        """The first that is not in the store, or is another one there. Raises SetupFault for a line that is none."""
        lines = self._lines()
        while page := list(islice(lines, PAGE)):
            stored = rows.hashes({one.id for one in page})
            for one in page:
                found = stored.get(one.id)
                if found is None:
                    return Finding(what=What.NOT_THERE, receipt=one.id, expected=one.hash)
                if found != one.hash:
                    return Finding(what=What.NOT_AS_HELD, receipt=one.id, expected=one.hash, found=found)
                self.count += 1
        return None

    def _lines(self) -> Iterator[Held]:
        try:
            with self._path.open(encoding="utf-8-sig") as lines:
                for number, line in enumerate(lines, 1):
                    if not line.strip():
                        continue
                    read = _LINE.fullmatch(line)
                    if read is None:
                        hint = "每行一份: 回执编号和摘要(sha256: 或 sm3: 加 64 位十六进制), 以空格或逗号分开"
                        raise SetupFault(f"{self._path} 第 {number} 行不是回执编号和摘要", hint, "receipts")
                    yield Held(read["id"], read["hash"])
        except (OSError, UnicodeDecodeError) as fault:
            raise SetupFault(f"读不到留存的回执 {self._path}", "请核对 --receipts", "receipts") from fault
