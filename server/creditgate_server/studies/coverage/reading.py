"""Licence files, read: every row becomes a licence or is set aside with its reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import msgspec

from ...codes import PERSON_KEY, may_be_citizen_id
from ...errors import SetupFault
from ...files.reading import LONGEST_CELL, Doubtful, Row, WorkbookRow, open_rows
from ...registry.cells import RowFault, day_of, subject_of
from .classes import UnmatchedReason
from .columns import ColumnPlaces, columns_of, require_once
from .items import Items, Organs
from .licences import Key, Licence, UnmatchedRow, apart, doubled
from .mapping import FIELDS, FileMapping
from .matching import Days
from .names import UNMATCHED
from .report import FileRead

CHUNK = 2_000
"""Rows between two signs of progress."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SHOWN_OF_A_BAD_CODE = 4
"""Characters: a bad code may be a citizen's number in the wrong column."""


@dataclass(frozen=True, slots=True)
class IssuePeriod:
    """Legal days of issue that are looked at, both inclusive."""

    since: date | None
    until: date

    def holds(self, day: date) -> bool:
        """Whether a licence of a day is looked at."""
        return (self.since is None or self.since <= day) and day <= self.until


@dataclass
class LicenceBook:
    """All that the files say."""

    licences: dict[Key, list[Licence]] = field(default_factory=dict)
    unmatched: list[UnmatchedRow] = field(default_factory=list)
    files: list[FileRead] = field(default_factory=list)
    unknown_organs: dict[str, int] = field(default_factory=dict)
    """Organs that the catalogue does not have, as the files write them, with their rows."""
    notes: list[str] = field(default_factory=list)
    """What reading the files has to say, in Chinese."""

    @property
    def rows(self) -> int:
        """Rows with content."""
        return sum(file.rows for file in self.files)

    @cached_property
    def days(self) -> dict[Key, Days]:
        """Their days of issue. Asked once all is read."""
        return {key: Days(one.issued_on for one in licences) for key, licences in self.licences.items()}

    def set_doubled_apart(self) -> None:
        """Take out rows that name the licence of an earlier row again."""
        for key, licences in self.licences.items():
            if len(licences) > 1:
                kept, again = apart(licences)
                self.licences[key] = kept
                self.unmatched += [doubled(one, first, one.organ, one.item) for one, first in again]
        self.unmatched.sort(key=lambda row: (row.file, row.row))


@dataclass(frozen=True, slots=True)
class HowToRead:
    """What is needed to read a row."""

    mapping: FileMapping
    items: Items
    organs: Organs
    period: IssuePeriod
    person_hash: Callable[[str], str]
    """Of the person key; raises InvalidQuestion for a number that is none, and where there is no key."""
    item: str = ""
    """Item of every row; empty: the rows say it."""
    sheet: str | None = None
    """The sheet that is read; None: all with the same headers."""


def read_files(paths: Sequence[Path], how: HowToRead, progress: Callable[[int], None] | None = None) -> LicenceBook:
    """Read files. `progress` is told the rows as they are read.

    Raises SetupFault for a file that can't be read, whose headers do not fit, and where there are no rows at all.
    """
    book = LicenceBook()
    for path in paths:
        _read_file(book, path, how, progress or _nobody)
    if not book.rows:
        raise SetupFault("文件里没有数据行, 没有可比对的许可", "、".join(path.name for path in paths), "file")
    book.set_doubled_apart()
    return book


_TITLE_HEADERS = ("许可名称", "名称", "title")
_CODE_HEADERS = ("事项代码", "事项", "item")


def read_items(path: Path) -> dict[str, str]:
    """A table of texts and the items that they mean, for a mapping. Raises SetupFault."""

    def fits(cells: list[str]) -> bool:
        return all(any(name in cells for name in names) for names in (_TITLE_HEADERS, _CODE_HEADERS))

    with open_rows(path, is_header=fits) as rows:
        headers = next(rows, (1, []))[1]
        title, code = (
            next((headers.index(one) for one in names if one in headers), -1)
            for names in (_TITLE_HEADERS, _CODE_HEADERS)
        )
        if min(title, code) < 0:
            raise SetupFault(f"{path.name} 须有列 {_TITLE_HEADERS[0]} 和 {_CODE_HEADERS[0]}", "", "--items")
        found: dict[str, str] = {}
        for row, cells in rows:
            if any(cells):
                bad = next((one for one in cells if type(one) is Doubtful), None)
                if bad is not None:
                    raise SetupFault(f"{path.name} 第 {row} 行“{bad[:40]}”: {bad.reason}", "", "--items")
                if len(cells) <= max(title, code) or not cells[title] or not cells[code]:
                    raise SetupFault(f"{path.name} 第 {row} 行不完整", "写明许可名称和事项代码", "--items")
                if found.setdefault(cells[title], cells[code]) != cells[code]:
                    raise SetupFault(f"{path.name} 第 {row} 行: “{cells[title]}”已对应另一事项", "", "--items")
    return found


def _read_file(book: LicenceBook, path: Path, how: HowToRead, progress: Callable[[int], None]) -> None:
    with open_rows(path, is_header=_has_headers(how), sheet=how.sheet) as opened:
        headers = next(opened, (1, []))[1]
        columns = columns_of(headers, how.mapping.columns, path, item=not how.item)
        require_once(headers, columns, path)
        reader = _Reader(book, len(book.files), columns, how, len(headers))
        counted = _Counted(book, path, opened.sheets[0] if len(opened.sheets) > 1 else "")
        for row in opened:
            if type(row[0]) is WorkbookRow and row[0].sheet != counted.sheet:
                counted.end()
                counted = _Counted(book, path, row[0].sheet)
                reader.next_sheet(len(book.files))
            if any(row[1]):
                counted.rows += 1
                reader.read(row)
                if counted.rows % CHUNK == 0:
                    progress(CHUNK)
            else:
                counted.blank += 1
        progress(counted.rows % CHUNK)
        counted.end()
        book.notes += [f"{path.name}: {note}" for note in opened.notes]


def _has_headers(how: HowToRead) -> Callable[[list[str]], bool]:
    def fits(cells: list[str]) -> bool:
        try:
            columns_of(cells, how.mapping.columns, Path(), item=not how.item)
        except SetupFault:
            return False
        return True

    return fits


@dataclass(slots=True)
class _Counted:
    """Rows of a file; of one sheet, where it has several: a row number says where it stands in its sheet."""

    book: LicenceBook
    path: Path
    sheet: str
    rows: int = 0
    blank: int = 0

    def end(self) -> None:
        """No more rows."""
        name = f"{self.path.name}!{self.sheet}" if self.sheet else self.path.name
        self.book.files.append(FileRead(name=name, sha256=_digest(self.path), rows=self.rows, blank=self.blank))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise SetupFault(f"文件不能读取: {fault.strerror}", str(path), "file") from fault


def _nobody(_: int) -> None:
    pass


# -- rows -------------------------------------------------------------------------------------------------------------


class _Told(msgspec.Struct, frozen=True, gc=False):
    """What a row says, as text."""

    subject: str
    id_type: str
    id_number: str
    issued_on: str
    organ: str
    document: str
    items: tuple[str, ...]

    @property
    def item(self) -> str:
        """The first thing that it says of what the licence is for."""
        return next((one for one in self.items if one), "")


class _Aside(Exception):
    """The row can't be matched."""

    def __init__(self, reason: UnmatchedReason, said: str) -> None:
        super().__init__(said)
        self.reason = reason
        self.said = said


class _Reader:
    """Reads the rows of one file into the book. What rows repeat is worked out once."""

    def __init__(self, book: LicenceBook, file: int, columns: ColumnPlaces, how: HowToRead, headers: int) -> None:
        """`headers`: how many columns have any."""
        self._book = book
        self._file = file
        self._columns = columns
        self._fields = columns.fields
        self._width = columns.width
        self._headers = headers
        self._how = how
        self._days: dict[str, date] = {}
        self._codes: dict[str, str] = {}

    def next_sheet(self, file: int) -> None:
        """Rows from here on stand in another sheet."""
        self._file = file

    def read(self, row: Row) -> None:
        """One more row."""
        number, cells = int(row[0]), row[1]
        beyond = len(cells) > self._headers and any(cells[self._headers :])
        told = self._told(cells)
        try:
            if beyond:
                raise _Aside(UnmatchedReason.DOUBTFUL_CELL, "格数比表头多: 可能有没加引号的逗号, 各列已错开")
            licence = self._licence(number, told)
        except _Aside as aside:
            self._book.unmatched.append(self._unmatched(number, told, aside))
            return
        self._book.licences.setdefault((licence.subject, licence.item), []).append(licence)

    def _told(self, cells: list[str]) -> _Told:
        cells += [""] * max(1, self._width - len(cells))  # the last cell is what a place of -1 reads
        subject, id_type, id_number, issued_on, organ, document = self._fields(cells)
        items = tuple(map(cells.__getitem__, self._columns.items))
        return _Told(subject, id_type, id_number, issued_on, organ, document, items)

    def _licence(self, number: int, told: _Told) -> Licence:
        """Raises _Aside, for the first reason in the order of these lines."""
        _require_sure(told)
        _require_clean(told)
        subject = self._subject(told)
        issued_on = self._day(told)
        if not self._how.period.holds(issued_on):
            raise _Aside(UnmatchedReason.OUTSIDE_PERIOD, f"许可日期 {issued_on.isoformat()} 不在比对期间")
        organ = self._how.organs.find(told.organ)
        item = self._item(told, organ)
        if not organ:
            organ = self._how.items.organ_of(item)
            if told.organ:
                self._book.unknown_organs[told.organ] = self._book.unknown_organs.get(told.organ, 0) + 1
        return Licence(self._file, number, told.document, issued_on, subject, item, organ)

    def _subject(self, told: _Told) -> str:
        code = told.subject
        known = self._codes.get(code)
        if known is not None:
            return known
        if not code and not told.id_number:
            raise _Aside(UnmatchedReason.NO_SUBJECT, "没有统一社会信用代码, 也没有证件号码")
        if PERSON_KEY.fullmatch(code):
            return code
        try:
            if _is_person(code.upper()):
                return subject_of("", "", code, self._how.person_hash)
            subject = subject_of(code, told.id_type, told.id_number, self._how.person_hash)
        except RowFault as fault:
            if fault.field != "uscc":
                raise _Aside(UnmatchedReason.BAD_PERSON, fault.reason) from None
            said = f"{fault.reason}({code[:_SHOWN_OF_A_BAD_CODE]}…)"
            raise _Aside(UnmatchedReason.BAD_CODE, said) from None
        if code:
            self._codes[code] = subject
        return subject

    def _day(self, told: _Told) -> date:
        text = told.issued_on
        day = self._days.get(text)
        if day is not None:
            return day
        if not text:
            raise _Aside(UnmatchedReason.NO_DATE, "没有许可决定日期")
        try:
            day = self._days[text] = day_of("", text)
        except RowFault as fault:
            raise _Aside(UnmatchedReason.BAD_DATE, f"许可决定日期“{text[:40]}”{fault.reason}") from None
        return day

    def _item(self, told: _Told, organ: str) -> str:
        """The first of its columns that names something known counts."""
        if self._how.item:
            return self._how.item
        if not told.item:
            raise _Aside(UnmatchedReason.NO_ITEM, "没有写明许可事项")
        for text in told.items:
            if type(text) is Doubtful:
                raise _Aside(UnmatchedReason.DOUBTFUL_CELL, f"{FIELDS['item']}“{text[:40]}”: {text.reason}")
            found = self._how.items.find(text, organ) if text else None
            if found is not None and found.reason is not None:
                raise _Aside(found.reason, f"“{text[:100]}”: {UNMATCHED[found.reason]}")
            if found is not None:
                return found.item
        raise _Aside(UnmatchedReason.UNKNOWN_ITEM, f"目录中没有事项“{told.item[:100]}”")

    def _unmatched(self, number: int, told: _Told, aside: _Aside) -> UnmatchedRow:
        shown = {name: _clean(getattr(told, name)) for name in ("document", "organ", "item")}
        day = self._days.get(told.issued_on)
        if day is None and aside.reason not in (UnmatchedReason.NO_DATE, UnmatchedReason.BAD_DATE):
            with suppress(_Aside):
                day = self._day(told)
        return UnmatchedRow(self._file, number, aside.reason, aside.said, issued_on=day, **shown)


def _is_person(code: str) -> bool:
    """A citizen's number in the column of codes. One of 31 would pass for a credit code; none begins with 9."""
    return code[:1] != "9" and may_be_citizen_id(code)


_SURE = ("subject", "id_type", "id_number", "issued_on", "organ", "document")


def _require_sure(told: _Told) -> None:
    for name in _SURE:
        text = getattr(told, name)
        if type(text) is Doubtful:
            shown = "" if name in ("subject", "id_number") else f"“{text[:40]}”"
            raise _Aside(UnmatchedReason.DOUBTFUL_CELL, f"{FIELDS.get(name, '证件')}{shown}: {text.reason}")


def _require_clean(told: _Told) -> None:
    texts = (told.subject, told.id_number, told.issued_on, told.organ, told.document, *told.items)
    together = "".join(texts)
    if len(together) <= LONGEST_CELL and together.isprintable():
        return
    for text in texts:
        if len(text) > LONGEST_CELL:
            raise _Aside(UnmatchedReason.BAD_CELL, f"有单元格超过 {LONGEST_CELL} 个字符")
        if not text.isprintable() and _CONTROL.search(text):
            raise _Aside(UnmatchedReason.BAD_CELL, "有单元格含控制字符")


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)[:200]
