"""Merged cells: one column wide, the value holds for all rows; across columns, nobody knows for which it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .cells import MOST_COLUMNS, Doubtful, Row, letters


@dataclass(frozen=True, slots=True, order=True)
class Merge:
    """A range of merged cells, rows and columns from 1, all inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        """As a sheet names it."""
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"


def filled(rows: Iterator[Row], merges: list[Merge]) -> Iterator[Row]:
    """Rows below the headers, with the merged cells that begin there, in the order of their first cells.

    A row that has nothing of its own stays blank: it is the lower part of a row that is merged as a whole.
    """
    waiting = list(reversed(merges))
    held: list[tuple[Merge, str]] = []
    for row in rows:
        number, cells = row
        if any(cells) and (held or (waiting and waiting[-1].top <= number)):
            held = [(merge, text) for merge, text in held if merge.bottom >= number]
            for merge, text in held:
                _fill(cells, merge, text)
            while waiting and waiting[-1].top <= number:
                merge = waiting.pop()
                text = cells[merge.left - 1] if merge.top == number and merge.left <= len(cells) else ""
                held.append((merge, text))
                _fill(cells, merge, text, first=merge.top == number)
        yield row


def _fill(cells: list[str], merge: Merge, text: str, *, first: bool = False) -> None:
    """One row's part of a merged range whose first cell has a text."""
    right = min(merge.right, MOST_COLUMNS)
    across = merge.right > merge.left
    covered = [cell for cell in cells[merge.left - (not first) : right] if cell]  # without the first cell itself
    if not text and not covered:
        return
    if len(cells) < right:
        cells += [""] * (right - len(cells))
    for place in range(merge.left - 1, right):
        below = cells[place] if not (first and place == merge.left - 1) else ""
        if across:
            cells[place] = Doubtful(text or below, f"合并单元格 {merge} 跨了几列, 不知道是哪一列的值")
        elif below and below != text:
            cells[place] = Doubtful(below, f"合并单元格 {merge} 盖住了别的内容")
        else:
            cells[place] = text


def over_headers(merges: list[Merge], number: int) -> Merge | None:
    """A merge across columns that takes in the row of the headers."""
    return next((one for one in merges if one.top <= number <= one.bottom and one.left < one.right), None)
