"""A file that is open: its rows, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .cells import Row

IsHeader = Callable[[list[str]], bool]
"""Whether a row's cells are the headers of a table. Rows above it are titles."""

MOST_ABOVE = 30
"""Rows with content among which the headers are looked for, inclusive."""


@dataclass(slots=True)
class OpenFile(Iterator[Row]):
    """The rows of a file: first the headers, then the others."""

    rows: Iterator[Row]
    notes: list[str]
    """What hurts nothing and is to be said, in Chinese. Complete once the rows are read."""
    sheets: tuple[str, ...] = field(default=())
    """Titles of the sheets that are read; none for CSV."""

    def __iter__(self) -> Iterator[Row]:
        """The rows themselves: looping over them costs nothing more."""
        return self.rows

    def __next__(self) -> Row:
        """The next row."""
        return next(self.rows)


def header_at(rows: list[Row], is_header: IsHeader | None) -> int:
    """Which of the first rows of a sheet with content has the headers: the first one where none is known to have."""
    if is_header is None:
        return 0
    return next((place for place, (_, cells) in enumerate(rows) if is_header(cells)), 0)


def titles_above(rows: list[Row], sheet: str = "") -> list[str]:
    """A note on rows that stand above the headers."""
    if not rows:
        return []
    told = "; ".join(f"第 {int(number)} 行“{' '.join(filter(None, cells))[:60]}”" for number, cells in rows[:3])
    more = f" 等 {len(rows)} 行" if len(rows) > 3 else ""
    return [f"{_of(sheet)}表头上面的标题行没有作为数据: {told}{more}"]


def _of(sheet: str) -> str:
    return f"工作表“{sheet}”: " if sheet else ""
