"""Cells of the tables that are written for people: none is run by the spreadsheet program that opens them."""

from __future__ import annotations

from collections.abc import Iterable

_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a formula begins with in one program or another, in full width too."""


def harmless(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet program might run it, blanks before it or not."""
    return f"'{cell}" if cell.startswith(_RUN) or cell.lstrip(" \u3000\ufeff").startswith(_RUN) else cell


def harmless_row(cells: Iterable[object]) -> list[str]:
    """A row of cells as text, each harmless."""
    return [harmless(str(cell)) for cell in cells]
