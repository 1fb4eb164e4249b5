"""A workbook of lists back into nodes, all of them standing at their cells, with every wrong cell named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from ...rulebook.catalogue import Catalogue, Exemption, ExemptionList, Period
from ...rulebook.check_catalogue import check_in_force
from ...rulebook.language import Place
from ...rulebook.reader_exemptions import EntryVersion
from ...rulebook.source import Faults, Scalar
from ...rulebook.source import Mapping as MappingNode
from ...rulebook.tables_files import TableSheet, top_of
from .columns import (
    CODED,
    DEFINITIONS,
    DIGEST,
    GUIDE,
    LIST_COLUMNS,
    OFFICIAL,
    entry_columns,
)
from .nodes import plain, text_of, value_of
from .rows import EntryRowReader, RowFields
from .sheets import SheetRow, header_line, is_empty, read_grid
from .typed import EntrySource, ListSource, TypedEntry, derived_words
from .verifying import NO, VERIFIED_HEADER, YES, VerifiedCell, entry_named, list_named


def _named(listed: ExemptionList, found: RowFields) -> str:
    """The name of a sound row in the register."""
    version: Period = found.values["version"].get("effective") or listed.effective
    return entry_named(found.values["entry"]["code"], listed.code, found.values["version"]["kind"], version.start)


@dataclass(frozen=True, slots=True)
class ListDefinition:
    """A list's definition."""

    row: SheetRow
    node: MappingNode
    value: ExemptionList | None
    """None where the definition has a fault."""


@dataclass(frozen=True, slots=True)
class ReadWorkbook:
    """The lists of a workbook."""

    lists: tuple[ListSource, ...]
    """Rows with a fault are left out."""
    verified: tuple[VerifiedCell, ...]
    """What rows say of verification."""
    digests: dict[str, str]
    """What the digests of the lists were when the workbook was made, by code."""


class CodedReader:
    """Reads a workbook that was exported: official and coded columns, and the lists' own definitions."""

    def __init__(self, catalogue: Catalogue, faults: Faults) -> None:
        self._catalogue = catalogue
        self._faults = faults
        self._rows = EntryRowReader(catalogue, faults)
        self._entries: dict[str, tuple[MappingNode, Place]] = {}
        self._digests: dict[str, str] = {}
        self._verified: list[VerifiedCell] = []

    def workbook(self, file: str, book: openpyxl.Workbook) -> ReadWorkbook:
        """All its lists."""
        if DEFINITIONS not in book.sheetnames:
            hint = "只有官方栏目的, 请用 --list、--organ、--region、--instrument、--from、--kind 说明是哪份清单"
            self._faults.add(top_of(file), f"没有工作表“{DEFINITIONS}”", hint)
            return ReadWorkbook((), (), {})
        defined = self._definitions(file, book[DEFINITIONS])
        found = []
        for worksheet in book.worksheets:
            if worksheet.title in (DEFINITIONS, GUIDE) or is_empty(worksheet):
                continue
            definition = defined.pop(worksheet.title, None)
            if definition is None:
                place = TableSheet(file, worksheet.title, ()).place(1, 1)
                hint = self._faults.nearest(worksheet.title, defined) or "工作表的名称应为清单代码"
                self._faults.add(place, f"工作表“{DEFINITIONS}”里没有清单 {worksheet.title}", hint)
                continue
            found.append(ListSource(definition.node, tuple(self._list(file, worksheet, definition))))
        for code, definition in defined.items():
            self._faults.add(definition.row.place, f"清单 {code} 没有自己的工作表", "补上工作表, 或删去这一行")
        digests = {text_of(one.node, "code"): "" for one in found}
        return ReadWorkbook(tuple(found), tuple(self._verified), digests | self._digests)

    def _definitions(self, file: str, worksheet: Worksheet) -> dict[str, ListDefinition]:
        """The definitions by code."""
        headers = tuple(column.header for column in LIST_COLUMNS)
        line = header_line(worksheet, headers) or 1
        needed = tuple(header for header in headers if header != DIGEST)
        grid = read_grid(file, worksheet, line, LIST_COLUMNS, needed, self._faults)
        found: dict[str, ListDefinition] = {}
        for row in grid.rows if grid else ():
            fields_ = self._rows.fields(row)
            node = self._rows.node("list", fields_, row.place)
            code = text_of(node, "code")
            if code in found:
                self._faults.add(row.place, f"清单 {code} 写了两次, 第 {found[code].row.number} 行已有", "删去其中一行")
                continue
            values = {name: value for name, value in fields_.values.get("list", {}).items() if name != "unless"}
            if code:
                found[code] = ListDefinition(row, node, ExemptionList(**values) if fields_.sound else None)
                self._says(row, list_named(code))
                self._in_force(row, found[code].value)
                digest = row.cell(DIGEST)
                self._digests[code] = digest.text if digest else ""
        return found

    def _in_force(self, row: SheetRow, listed: ExemptionList | None) -> None:
        """Note days on which a list's document is not in force."""
        if listed is not None:
            instrument = self._catalogue.instruments[listed.instrument]
            check_in_force(listed.effective, instrument, "清单", self._at(row, "instrument"), self._faults)

    def _list(self, file: str, worksheet: Worksheet, definition: ListDefinition) -> Iterator[EntrySource]:
        """The entries of a list's sheet."""
        line = header_line(worksheet, (*OFFICIAL, *CODED)) or 1
        grid = read_grid(file, worksheet, line, entry_columns(ranged=True), (*OFFICIAL, *CODED), self._faults)
        seen: dict[object, SheetRow] = {}
        for row in grid.rows if grid else ():
            found = self._rows.fields(row)
            entry = self._rows.node("entry", found, row.place)
            listed = Scalar(text_of(definition.node, "code"), False, row.place)
            version = self._rows.node("version", found, row.place, list=listed)
            self._once(row, entry, version, seen)
            self._same_entry(row, entry)
            if found.sound and definition.value is not None:
                self._agree(row, definition.value, found, str(listed.text))
                self._says(row, _named(definition.value, found))
                yield EntrySource(entry, version)

    def _says(self, row: SheetRow, of: str) -> None:
        """Take down what a row says of verification; an empty cell says nothing."""
        cell = row.cell(VERIFIED_HEADER)
        if cell is not None and cell.text and not cell.bad:
            if cell.text in (YES, NO):
                self._verified.append(VerifiedCell(of, cell.text == YES, cell.place))
            else:
                self._faults.add(cell.place, f"不认识“{cell.text}”", f"可用的有: {YES}、{NO}")

    def _once(self, row: SheetRow, entry: MappingNode, version: MappingNode, seen: dict[object, SheetRow]) -> None:
        """Note a row that says of an entry what a row before it said: the same kind for the same days."""
        code, days = text_of(entry, "code"), value_of(version, "effective")
        first = seen.setdefault((code, text_of(version, "kind"), repr(days and plain(days))), row)
        if code and first is not row:
            message = f"事项 {code} 同一类别写了两次, 第 {first.number} 行已有"
            self._faults.add(self._at(row, "code"), message, "删去其中一行, 或写明不同的起止")

    def _same_entry(self, row: SheetRow, entry: MappingNode) -> None:
        """An entry in several rows or lists is the same everywhere."""
        code = text_of(entry, "code")
        first, where = self._entries.setdefault(code, (entry, row.place))
        if not code or first is entry:
            return
        for column in (column for column in row.cells if column.of == "entry"):
            before, after = value_of(first, column.field), value_of(entry, column.field)
            if (before and plain(before)) != (after and plain(after)) and not row.cells[column].bad:
                message = f"事项 {code} 的{column.header}与 {where.file.partition('!')[2]} 那一行不同"
                self._faults.add(
                    row.cells[column].place, message, "同一事项在各份清单里应相同; 改成一样, 或换一个事项代码"
                )

    def _agree(self, row: SheetRow, listed: ExemptionList, found: RowFields, code: str) -> None:
        """What a column says in words is what the coded columns say, or nothing."""
        one = TypedEntry(Exemption(**found.values["entry"]), EntryVersion(list=code, **found.values["version"]))
        if one.version.effective is not None:
            self._inside(row, listed.effective, one.version.effective)
        for header, words in derived_words(self._catalogue, listed, one).items():
            cell = row.cell(header)
            if cell is not None and cell.text and cell.text.split() != words.split():
                message = f"{header}与代码栏不一致, 按代码栏应为“{words}”"
                self._faults.add(cell.place, message, "以代码栏为准: 改代码栏, 或清空这一格")

    def _inside(self, row: SheetRow, listed: Period, own: Period) -> None:
        """Note days on which the list itself is not in force."""
        for field, day in (("from", own.start), ("until", own.until)):
            if day is not None and not listed.holds_on(day):
                ends = f"{listed.start} 至 {listed.until}" if listed.until else f"{listed.start} 起"
                self._faults.add(self._at(row, field), f"{day} 清单没有施行: 清单自 {ends}", "改这一格, 或改清单的起止")
        if own.until is None and listed.until is not None:
            message = f"清单 {listed.until} 就已失效, 事项却没有止日"
            self._faults.add(self._at(row, "until"), message, "写上止日, 或把起日也空着")

    @staticmethod
    def _at(row: SheetRow, field: str) -> Place:
        return next((cell.place for column, cell in row.cells.items() if column.field == field), row.place)
