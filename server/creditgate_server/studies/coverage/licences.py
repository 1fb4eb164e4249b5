"""Rows of the licence file, as values: licences that can be matched, and rows that can't, with the reason."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import msgspec

from .classes import UnmatchedReason

Key = tuple[str, str]
"""Subject and item: what a check and a licence must have in common."""


class Licence(msgspec.Struct, frozen=True, gc=False):
    """A licence that was issued."""

    file: int
    """Place of its file among those given, from 0."""
    row: int
    """Row of the file, from 1; the headers are in the first."""
    document: str
    """Document number; may be empty."""
    issued_on: date
    subject: str
    """USCC, or `p:` and the keyed hash of a natural person."""
    item: str
    """Code of the catalogue."""
    organ: str
    """Code of the catalogue."""

    @property
    def key(self) -> Key:
        """What a check of it must be about."""
        return (self.subject, self.item)

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands."""
        return (self.file, self.row)


class UnmatchedRow(msgspec.Struct, frozen=True, gc=False):
    """A row that is not matched. It never holds an identity number."""

    file: int
    row: int
    reason: UnmatchedReason
    said: str
    """What is wrong with the row, in Chinese."""
    document: str = ""
    issued_on: date | None = None
    organ: str = ""
    """As the file has it."""
    item: str = ""
    """As the file has it."""


_BRACKETS = str.maketrans("〔【［〕】］", "[[[]]]")
_SPACE = re.compile(r"\s+")


def spelt_one_way(text: str) -> str:
    """Text in which width, case, kinds of square brackets and spaces make no difference."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text.translate(_BRACKETS)).casefold())


def doubled(licence: Licence, first: Licence, organ: str, item: str) -> UnmatchedRow:
    """A row that names the licence of an earlier one again."""
    where = f"第 {first.row} 行" if first.file == licence.file else f"第 {first.file + 1} 个文件第 {first.row} 行"
    return UnmatchedRow(
        licence.file,
        licence.row,
        UnmatchedReason.DOUBLED,
        f"与{where}是同一许可",
        licence.document,
        licence.issued_on,
        organ,
        item,
    )


def apart(licences: list[Licence]) -> tuple[list[Licence], list[tuple[Licence, Licence]]]:
    """Licences of one subject and item: each once, in the order of their rows, and the doubled ones with the first.

    Rows name one licence where organ, document number and day are the same. A row without a document number can't be
    recognised again. The same number on another day is a licence of its own (换发、补发、延续): it needs a check too.
    """
    if len(licences) == 1:
        return licences, []
    first: dict[tuple[str, str, date], Licence] = {}
    kept: list[Licence] = []
    again: list[tuple[Licence, Licence]] = []
    for licence in sorted(licences, key=lambda one: one.place):
        name = (licence.organ, spelt_one_way(licence.document), licence.issued_on)
        earlier = first.setdefault(name, licence) if licence.document else licence
        if earlier is licence:
            kept.append(licence)
        else:
            again.append((licence, earlier))
    return kept, again
