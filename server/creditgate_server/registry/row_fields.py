"""The cells of one row by what their columns bring: text, days, amounts, choices, each with the fault that names it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from ..files.reading import LONGEST_CELL, Doubtful
from .cells import RowFault, fen_of, last_day, past_day
from .fields import FIELDS
from .headers import one_spelling
from .understanding import Understanding

K = TypeVar("K")
T = TypeVar("T")

_MOST_KEPT = 50_000
"""Texts whose meaning is kept, of each sort: files repeat days, organs and kinds of penalty."""
"""Texts whose meaning is kept, of each sort: files repeat days, organs and kinds of penalty."""
_NEVER_BLANK = frozenset(("organ", "category", "valid_until"))
"""Where the form requires them, their cells too: rules ask who decided what, and until when a licence is good."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class FeedRowFields:
    """Reads cells of the rows of one file."""

    def __init__(self, found: Understanding, data_day: date) -> None:
        """`data_day`: up to which the file is complete."""
        self.found = found
        self.data_day = data_day
        self.places = found.places
        """Of columns, by the field that they bring."""
        self.headers = found.headers
        self._width = len(found.headers)
        self._constants = list(found.constants.values())
        self.at = dict.fromkeys(FIELDS, self._width) | {
            name: self._width + 1 + at for at, name in enumerate(found.constants)
        }
        """Of every field its place in a row that was checked: an empty cell where the file has no such column."""
        self.at |= found.places
        taken = {place for name, place in found.places.items() if name not in ("name", "representative")}
        self._used = sorted(taken | set(found.facts))
        needed = {one.field for one in found.form.columns if one.required} & _NEVER_BLANK
        self._needed = sorted(found.places[name] for name in needed if name in found.places)
        self._nameless = [place for place, header in enumerate(found.headers) if not header]
        self._past: dict[str, date] = {}
        self._last: dict[str, date] = {}
        self._amounts: dict[tuple[str, str], int] = {}

    def checked(self, cells: list[str]) -> list[str]:
        """The row's cells, as many as headers, then an empty one and the constants. Raises RowFault."""
        width = self._width
        if len(cells) > width:
            for place in range(width, len(cells)):
                if cells[place]:
                    doubt = next((cell.reason for cell in cells if isinstance(cell, Doubtful)), "")
                    raise RowFault(
                        f"第 {place + 1} 列", doubt or "这一列没有表头, 却有内容: 可能有没加引号的逗号, 各列已错开"
                    )
            cells = cells[:width]
        cells = [*cells, *[""] * (width + 1 - len(cells)), *self._constants]
        for place in self._nameless:
            if cells[place]:
                raise RowFault(f"第 {place + 1} 列", "这一列没有表头, 却有内容")
        together = "".join(cells)
        if len(together) > LONGEST_CELL or not together.isprintable():
            self._require_clean(cells)
        if Doubtful in set(map(type, cells)):
            for place in self._used:
                cell = cells[place]
                if type(cell) is Doubtful:
                    raise RowFault(self.headers[place], cell.reason)
        for place in self._needed:
            if not cells[place]:
                raise RowFault(self.headers[place], "不能为空")
        return cells

    def _require_clean(self, cells: Sequence[str]) -> None:
        for place, cell in enumerate(cells[: self._width]):
            if len(cell) > LONGEST_CELL:
                raise RowFault(self.headers[place], f"超过 {LONGEST_CELL} 个字符")
            if _CONTROL.search(cell):
                raise RowFault(self.headers[place], "含有控制字符")

    def text(self, field: str, cells: Sequence[str], *, required: bool = False) -> str:
        """The cell of a field; empty where it says nothing. Raises RowFault."""
        text = cells[self.at[field]]
        if required and not text:
            raise RowFault(self.name(field), "不能为空")
        return text

    def name(self, field: str) -> str:
        """What the file calls a field."""
        place = self.places.get(field)
        return self.headers[place] if place is not None else FIELDS[field].title if field in FIELDS else field

    def translated(self, field: str, text: str) -> str:
        """A cell in the words of this system, where the form or the mapping file has them."""
        words = self.found.values.get(field)
        return text if words is None else words.get(one_spelling(text), text)

    def past_day(self, field: str, cells: Sequence[str], *, required: bool = False) -> date | None:
        """A day no later than the data day; None: an empty cell. Raises RowFault."""
        text = cells[self.at[field]]
        if not text:
            if required:
                raise RowFault(self.name(field), "不能为空")
            return None
        day = self._past.get(text)
        if day is None:
            day = kept(self._past, text, past_day(self.name(field), text, self.data_day))
        return day

    def last_day(self, field: str, cells: Sequence[str]) -> date | None:
        """A last day; None: an empty cell. Raises RowFault."""
        text = cells[self.at[field]]
        if not text:
            return None
        day = self._last.get(text)
        if day is None:
            day = kept(self._last, text, last_day(self.name(field), text))
        return day

    def fen(self, field: str, cells: Sequence[str]) -> int | None:
        """An amount in fen; None: the file has no such column, or leaves it empty. Raises RowFault."""
        text = cells[self.at[field]]
        if not text:
            return None
        known = self._amounts.get((field, text))
        if known is None:
            certain = field in self.found.certain_units
            fen = fen_of(self.name(field), text, self.found.units[field], certain=certain)
            known = kept(self._amounts, (field, text), fen)
        return known

    def chosen(self, field: str, cells: Sequence[str], known: Mapping[str, str], reason: str) -> str:
        """One of those that are known, by its name. Raises RowFault with the reason."""
        text = self.text(field, cells, required=True)
        found = known.get(text) or known.get(self.translated(field, text))
        if found is None:
            raise RowFault(self.name(field), reason)
        return found


def kept(table: dict[K, T], text: K, value: T) -> T:
    """Keep a value for a text that comes again, and hand it on."""
    if len(table) >= _MOST_KEPT:
        table.clear()
    table[text] = value
    return value
