"""The shared strings of a workbook: the first ones in memory, the others in a file; eight bytes of memory each."""

from __future__ import annotations

import os
import re
import tempfile
from array import array
from collections.abc import Iterator
from typing import IO

from .cells import LONGEST_CELL
from .markup import Attributes, Handlers, Unfit, parsing

MOST_STRINGS = 16_000_000
MOST_BYTES = 2_000_000_000
"""Of all strings in UTF-8, inclusive."""
_KEPT = 100_000
"""Strings kept in memory. Writers number strings as they come: what repeats, such as organs and states, comes early."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    """Texts by number."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._file: IO[bytes] | None = None
        self._ends = array("Q", [0])

    def __len__(self) -> int:
        return len(self._kept) + len(self._ends) - 1

    def read(self, part: IO[bytes]) -> None:
        """Take all from a part. Raises Unfit."""
        for texts in _texts(part):
            for text in texts:
                self._add(text)

    def _add(self, text: str) -> None:
        if len(self._kept) < _KEPT:
            self._kept.append(text)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="creditgate-strings-")  # noqa: SIM115 - closed by `close`
        content = text.encode("utf-8", "surrogatepass")
        self._file.write(content)
        self._ends.append(self._ends[-1] + len(content))
        if len(self._ends) > MOST_STRINGS or self._ends[-1] > MOST_BYTES:
            raise Unfit("共享文字太多, 请拆成几个文件")

    def ready(self) -> None:
        """All are there."""
        if self._file is not None:
            self._file.flush()

    def __getitem__(self, number: int) -> str:
        """Raises IndexError."""
        if number < 0:
            raise IndexError
        if number < len(self._kept):
            return self._kept[number]
        place = number - len(self._kept)
        start, end = self._ends[place], self._ends[place + 1]
        assert self._file is not None
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """The file goes."""
        if self._file is not None:
            self._file.close()


def unescaped(text: str) -> str:
    """Characters that XML can't hold stand as `_x000D_`."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _texts(part: IO[bytes]) -> Iterator[list[str]]:
    """The strings, piece by piece: runs of rich text together, readings (phonetic runs) left out."""
    found: list[str] = []

    def handlers(prefix: str) -> Handlers:
        item, run_text, reading = f"{prefix}si", f"{prefix}t", f"{prefix}rPh"
        runs: list[str] = []
        length = 0
        inside = False
        readings = 0

        def start(name: str, _: Attributes) -> None:
            nonlocal inside, length, readings
            if name == run_text:
                inside = not readings
            elif name == item:
                runs.clear()
                length = 0
            elif name == reading:
                readings += 1

        def end(name: str) -> None:
            nonlocal inside, readings
            if name == run_text:
                inside = False
            elif name == item:
                found.append(unescaped("".join(runs))[: LONGEST_CELL + 1].strip())
            elif name == reading:
                readings -= 1

        def text(piece: str) -> None:
            nonlocal length
            if inside and length <= LONGEST_CELL:
                runs.append(piece)
                length += len(piece)

        return Handlers(start, end, text)

    for _ in parsing(part, handlers, "sst"):
        yield found
        found.clear()
