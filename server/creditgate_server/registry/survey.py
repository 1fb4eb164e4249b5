"""A first look through a file: its headers, how many rows it has, and which of its rows are about the same thing.

Memory: eight bytes a row.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import UNSET
from msgspec.structs import replace

from ..files.reading import Row, open_rows
from ..rulebook.titles import RECORD_PARTS
from .cells import RowFault
from .revisions import document_key
from .row_reader import RowReader
from .rows import RatingRow, ReadRow, RecordRow, RelationRow, SubjectRow
from .understanding import Understander, Understanding

_PARTS = 64
_MOST_NAMED = 5
"""Rows of one thing that are named in a fault, inclusive."""
_SAMPLES = 3

Thing = tuple[object, ...]
"""What names what a row is about."""


@dataclass(slots=True)
class Same:
    """Several rows of one file about the same thing."""

    first: tuple[ReadRow, ...]
    """What it says, with amounts added where rows are parts of one."""
    rows: list[str] = field(default_factory=list)
    """The first few of them, as a person counts."""
    differ: str = ""
    """In what they contradict each other, in Chinese; empty: in nothing."""
    seen: set[int] = field(default_factory=set)
    """Of cells, so that a row that stands twice is added once."""
    begun: bool = False
    """Whether its first row was taken."""


@dataclass(slots=True)
class FileSurvey:
    """What a first look tells."""

    understanding: Understanding
    rows: int
    """With content."""
    samples: list[list[str]]
    """The first cells of each column that are not empty and not alike."""
    shared: frozenset[int]
    """Hashes of keys that more than one row has."""
    notes: list[str]
    same: dict[Thing, Same] = field(default_factory=dict)
    """Things that several rows are about."""

    def shares(self, reader: RowReader, cells: Sequence[str]) -> bool:
        """Whether another row may be about the same thing."""
        return bool(self.shared) and hash(reader.key(cells)) in self.shared


def surveyed(
    path: Path, understander: Understander, make_reader: Callable[[Understanding], RowReader], sheet: str | None
) -> FileSurvey:
    """Look through a file. Raises SetupFault for a file that can't be read or is not understood."""
    parts = [array("q") for _ in range(_PARTS)]
    appends = [part.append for part in parts]
    with open_rows(path, is_header=understander.is_header, sheet=sheet) as opened:
        headers = next(opened, (1, []))[1]
        found = understander.understand(headers, path)
        reader = make_reader(found)
        samples: list[list[str]] = [[] for _ in headers]
        rows = 0
        for _, cells in opened:
            if not any(cells):
                continue
            rows += 1
            key = hash(reader.key(cells))
            appends[key % _PARTS](key)
            if rows <= 1_000:
                _sample(samples, cells)
        survey = FileSurvey(found, rows, samples, frozenset(_twice(parts)), list(opened.notes))
    if survey.shared:
        with open_rows(path, is_header=understander.is_header, sheet=sheet) as opened:
            next(opened)
            _compare(survey, reader, iter(opened))
    return survey


def _sample(samples: list[list[str]], cells: Sequence[str]) -> None:
    for known, cell in zip(samples, cells, strict=False):
        if cell and len(known) < _SAMPLES and cell not in known:
            known.append(cell)


def _twice(parts: Sequence[array[int]]) -> Iterator[int]:
    for part in parts:
        seen: set[int] = set()
        for key in part:
            if key in seen:
                yield key
            seen.add(key)


# -- rows of one thing ------------------------------------------------------------------------------------------------


def thing_of(rows: tuple[ReadRow, ...]) -> Thing:
    """What names the thing that a row is about."""
    match rows[0]:
        case RecordRow(identifier, record):
            return (identifier, record.source, document_key(record.document_number), record.kind, record.list)
        case RatingRow(identifier, rating):
            return (identifier, rating.ladder, rating.decided_on)
        case SubjectRow(identifier):
            return (identifier,)
        case RelationRow(identifier, other, kind, since, _, feed):
            return (identifier, other, kind, since, feed)


def _compare(survey: FileSurvey, reader: RowReader, rows: Iterator[Row]) -> None:
    found: dict[Thing, Same] = {}
    for number, cells in rows:
        if not any(cells) or not survey.shares(reader, cells):
            continue
        try:
            said = reader.read(cells)
        except RowFault:
            continue  # it is refused for that
        thing, mark = thing_of(said), hash(tuple(cells))
        same = found.get(thing)
        if same is None:
            found[thing] = Same(said, [str(number)], seen={mark})
            continue
        if len(same.rows) < _MOST_NAMED:
            same.rows.append(str(number))
        if mark in same.seen:
            continue
        if survey.understanding.adds:
            same.seen.add(mark)
            _add(same, said)
        else:
            same.differ = same.differ or _difference(same.first, said)
    survey.same = {thing: same for thing, same in found.items() if len(same.rows) > 1}


_PARTS_OF_ONE = ("amount_fen", "fine_fen", "confiscated_fen", "penalty_kinds", "violation_code", "licence_item")
"""What parts of one document may say each for itself."""


def _difference(first: tuple[ReadRow, ...], second: tuple[ReadRow, ...], besides: Sequence[str] = ()) -> str:
    """The first field in which two readings differ, in Chinese; empty: in none."""
    if len(first) != len(second):
        return "内容"
    for one, other in zip(first, second, strict=True):
        if one == other:
            continue
        if isinstance(one, RecordRow) and isinstance(other, RecordRow):
            mine, theirs = one.record, other.record
            fields = [name for name in mine.__struct_fields__ if name not in (*besides, "document_number")]
            differ = [name for name in fields if getattr(mine, name) != getattr(theirs, name)]
            if differ:
                return RECORD_PARTS.get(differ[0].removesuffix("_title"), "内容")
        elif isinstance(one, RatingRow):
            return "等级"
        elif isinstance(one, SubjectRow) and isinstance(other, SubjectRow):
            if one.attributes != other.attributes:
                return "登记内容"
        else:
            return "关系人"
    return ""


def _add(same: Same, said: tuple[ReadRow, ...]) -> None:
    """Amounts of parts are added, their kinds of penalty put together; all else must be alike."""
    same.differ = same.differ or _difference(same.first, said, _PARTS_OF_ONE)
    if same.differ:
        return
    summed: list[ReadRow] = []
    for one, other in zip(same.first, said, strict=True):
        if isinstance(one, RecordRow) and isinstance(other, RecordRow):
            mine, theirs = one.record, other.record
            unknown = UNSET in (mine.penalty_kinds, theirs.penalty_kinds)
            record = replace(
                mine,
                amount_fen=mine.amount_fen + theirs.amount_fen,
                fine_fen=_sum(mine.fine_fen, theirs.fine_fen),
                confiscated_fen=_sum(mine.confiscated_fen, theirs.confiscated_fen),
                penalty_kinds=UNSET
                if unknown
                else tuple(sorted({*(mine.penalty_kinds or ()), *(theirs.penalty_kinds or ())})),
                violation_code=mine.violation_code if mine.violation_code == theirs.violation_code else UNSET,
                licence_item=_either(mine.licence_item, theirs.licence_item),
            )
            summed.append(RecordRow(one.identifier, record, one.tells))
        else:
            summed.append(one)
    same.first = tuple(summed)


def _sum(one: int | object, other: int | object) -> object:
    return one + other if isinstance(one, int) and isinstance(other, int) else UNSET


def _either(one: object, other: object) -> object:
    return other if one is UNSET else one if other in (UNSET, one) else UNSET
