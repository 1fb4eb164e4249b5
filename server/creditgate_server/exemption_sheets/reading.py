"""A workbook of lists back into nodes, all of them standing at their cells, with every wrong cell named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from ..rulebook.catalogue import Catalogue, Exemption, ExemptionList, Period
from ..rulebook.check_citations import check_in_force
from ..rulebook.language import Place
from ..rulebook.reader_exemptions import Version
from ..rulebook.reader_values import Trail, period
from ..rulebook.source import Faults, Node, Scalar, Unreadable
from ..rulebook.source import Mapping as MappingNode
from ..rulebook.tables_cells import fields
from ..rulebook.tables_sheet import Sheet, top_of
from ..rulebook.tables_workbook import open_workbook
from .cells import read
from .columns import (
    CODED,
    DEFINITIONS,
    DIGEST,
    GUIDE,
    LIST_COLUMNS,
    OFFICIAL,
    RANGE,
    REMARK,
    Column,
    entry_columns,
)
from .nodes import ordered, plain, text_of
from .sheets import Cell, Row, header_line, is_empty, read_grid
from .source import EntrySource, ListSource
from .typed import Readers, TypedEntry
from .words import derived_words, joined_remark

_KNOWN = {"organ": "organs", "region": "regions", "instrument": "instruments", "measures": "soft_measures"}
_CITED = ("penalty_basis", "basis")
_SECTIONS = {"organs": "部门", "regions": "行政区划", "instruments": "依据", "soft_measures": "柔性措施"}


@dataclass(frozen=True, slots=True)
class RowFields:
    """A row's fields by what has them: as nodes, and as values where they could be read."""

    nodes: dict[str, dict[str, Node]]
    values: dict[str, dict[str, Any]]
    sound: bool
    """No fault of this row was noted."""


def opened(file: str, content: bytes, faults: Faults) -> openpyxl.Workbook | None:
    """The workbook; None after a fault was noted."""
    try:
        return open_workbook(file, content, faults)
    except Unreadable:
        return None


class RowReader:
    """Reads rows cell by cell, each by the very reader of rule files, so that all faults are found at once."""

    def __init__(self, catalogue: Catalogue, faults: Faults) -> None:
        self.catalogue = catalogue
        self.faults = faults
        self.readers = Readers(catalogue)

    def fields(self, row: Row) -> RowFields:
        """The fields of a row."""
        before = len(self.faults.found)
        nodes: dict[str, dict[str, Node]] = {}
        values: dict[str, dict[str, Any]] = {}
        days: dict[str, Cell] = {}
        for column, cell in row.cells.items():
            if column.header in (REMARK, RANGE):
                continue
            if not cell.text:
                if column.needed and not cell.bad:
                    self.faults.add(cell.place, f"{column.header}不能为空", "写上内容")
            elif column.field in ("from", "until"):
                days[column.field] = cell
            elif column.field and not cell.bad:
                self._field(column, read, cell, nodes, values)
        self._remark(row, nodes, values)
        self._effective(row, days, nodes, values)
        return RowFields(nodes, values, len(self.faults.found) == before)

    def _field(self, column: Column, form: Any, cell: Cell, nodes: Any, values: Any) -> None:  # noqa: ANN401
        before = len(self.faults.found)
        try:
            node = form(column.form, cell.text, cell.place, self.faults)
            value = self._value(column.of, column.field, node)
        except Unreadable:
            return
        if len(self.faults.found) == before:  # a list notes its faults and goes on
            self._known(column.field, node, cell.place)
            nodes.setdefault(column.of, {})[column.field] = node
            values.setdefault(column.of, {})[column.field] = value

    def _value(self, of: str, field: str, node: Node) -> object:
        return self.readers.of[of][field](node, Trail(self.faults, {(): node.place}))

    def _remark(self, row: Row, nodes: dict[str, dict[str, Node]], values: dict[str, dict[str, Any]]) -> None:
        """The remark of one column or two."""
        cells = [cell for header in (RANGE, REMARK) if (cell := row.cell(header)) is not None]
        texts = {header: cell.text for header in (RANGE, REMARK) if (cell := row.cell(header)) is not None}
        remark = joined_remark(texts.get(RANGE, ""), texts.get(REMARK, ""))
        place = next((cell.place for cell in reversed(cells) if cell.text), None)
        of = next((column.of for column in row.cells if column.header == REMARK), "")
        if remark and place is not None and of and not any(cell.bad for cell in cells):
            node = Scalar(remark, True, place)
            try:
                values.setdefault(of, {})["remark"] = self._value(of, "remark", node)
            except Unreadable:
                return
            nodes.setdefault(of, {})["remark"] = node

    def _effective(
        self, row: Row, days: dict[str, Cell], nodes: dict[str, dict[str, Node]], values: dict[str, dict[str, Any]]
    ) -> None:
        of = next((column.of for column in row.cells if column.field == "from"), "")
        if "until" in days and "from" not in days:
            start = next(cell for column, cell in row.cells.items() if column.field == "from")
            if not start.bad and of == "version":
                self.faults.add(start.place, "写了止日, 起日却空着", "起日和止日都写上")
            return
        if not days or any(cell.bad for cell in days.values()):
            return
        pairs: dict[str, Node] = {name: Scalar(cell.text, False, cell.place) for name, cell in days.items()}
        node = fields(days["from"].place, pairs)
        try:
            values.setdefault(of, {})["effective"] = period(node, Trail(self.faults, {(): node.place}))
        except Unreadable:
            return
        nodes.setdefault(of, {})["effective"] = node

    def _known(self, field: str, node: Node, place: Place) -> None:
        """Note codes that the catalogue does not know."""
        said = plain(node)
        codes: list[tuple[str, str]] = []
        if field in _KNOWN:
            parts = said if isinstance(said, tuple) else (said,)
            codes = [(_KNOWN[field], part) for part in parts if isinstance(part, str)]
        elif field in _CITED and isinstance(said, tuple):
            codes = [("instruments", str(part["instrument"])) for part in said if isinstance(part, dict)]
        for section, code in codes:
            known = getattr(self.catalogue, section)
            if code not in known:
                self.faults.add(place, f"{_SECTIONS[section]}里没有 {code}", self.faults.nearest(code, list(known)))

    def node(self, of: str, found: RowFields, place: Place, **more: Node) -> MappingNode:
        """What a row says of a list, an entry or a version, in the order of rule files."""
        return ordered(fields(place, {**found.nodes.get(of, {}), **more}), self.readers.order(of))


@dataclass(frozen=True, slots=True)
class Defined:
    """A list's definition."""

    row: Row
    node: MappingNode
    value: ExemptionList | None
    """None where the definition has a fault."""


@dataclass(frozen=True, slots=True)
class ReadWorkbook:
    """The lists of a workbook."""

    lists: tuple[ListSource, ...]
    """Rows with a fault are left out."""
    digests: dict[str, str]
    """What the digests of the lists were when the workbook was made, by code."""


class CodedReader:
    """Reads a workbook that was exported: official and coded columns, and the lists' own definitions."""

    def __init__(self, catalogue: Catalogue, faults: Faults) -> None:
        self._catalogue = catalogue
        self._faults = faults
        self._rows = RowReader(catalogue, faults)
        self._entries: dict[str, tuple[MappingNode, Place]] = {}

    def workbook(self, file: str, book: openpyxl.Workbook) -> ReadWorkbook:
        """All its lists."""
        if DEFINITIONS not in book.sheetnames:
            hint = "只有官方栏目的, 请用 --list、--organ、--region、--instrument、--from、--kind 说明是哪份清单"
            self._faults.add(top_of(file), f"没有工作表“{DEFINITIONS}”", hint)
            return ReadWorkbook((), {})
        defined = self._definitions(file, book[DEFINITIONS])
        found = []
        for worksheet in book.worksheets:
            if worksheet.title in (DEFINITIONS, GUIDE) or is_empty(worksheet):
                continue
            definition = defined.pop(worksheet.title, None)
            if definition is None:
                place = Sheet(file, worksheet.title, ()).place(1, 1)
                hint = self._faults.nearest(worksheet.title, defined) or "工作表的名称应为清单代码"
                self._faults.add(place, f"工作表“{DEFINITIONS}”里没有清单 {worksheet.title}", hint)
                continue
            found.append(ListSource(definition.node, tuple(self._list(file, worksheet, definition))))
        for code, definition in defined.items():
            self._faults.add(definition.row.place, f"清单 {code} 没有自己的工作表", "补上工作表, 或删去这一行")
        digests = {text_of(one.node, "code"): "" for one in found}
        return ReadWorkbook(tuple(found), digests | self._digests)

    def _definitions(self, file: str, worksheet: Worksheet) -> dict[str, Defined]:
        """The definitions by code."""
        self._digests: dict[str, str] = {}
        headers = tuple(column.header for column in LIST_COLUMNS)
        line = header_line(worksheet, headers) or 1
        needed = tuple(header for header in headers if header != DIGEST)
        grid = read_grid(file, worksheet, line, LIST_COLUMNS, needed, self._faults)
        found: dict[str, Defined] = {}
        for row in grid.rows if grid else ():
            fields_ = self._rows.fields(row)
            node = self._rows.node("list", fields_, row.place)
            code = text_of(node, "code")
            if code in found:
                self._faults.add(row.place, f"清单 {code} 写了两次, 第 {found[code].row.number} 行已有", "删去其中一行")
                continue
            values = {name: value for name, value in fields_.values.get("list", {}).items() if name != "unless"}
            if code:
                found[code] = Defined(row, node, ExemptionList(**values) if fields_.sound else None)
                self._in_force(row, found[code].value)
                digest = row.cell(DIGEST)
                self._digests[code] = digest.text if digest else ""
        return found

    def _in_force(self, row: Row, listed: ExemptionList | None) -> None:
        """Note days on which a list's document is not in force."""
        if listed is not None:
            instrument = self._catalogue.instruments[listed.instrument]
            check_in_force(listed.effective, instrument, "清单", self._at(row, "instrument"), self._faults)

    def _list(self, file: str, worksheet: Worksheet, definition: Defined) -> Iterator[EntrySource]:
        """The entries of a list's sheet."""
        line = header_line(worksheet, (*OFFICIAL, *CODED)) or 1
        grid = read_grid(file, worksheet, line, entry_columns(ranged=True), (*OFFICIAL, *CODED), self._faults)
        seen: dict[object, Row] = {}
        for row in grid.rows if grid else ():
            found = self._rows.fields(row)
            entry = self._rows.node("entry", found, row.place)
            listed = Scalar(text_of(definition.node, "code"), False, row.place)
            version = self._rows.node("version", found, row.place, list=listed)
            same = (text_of(entry, "code"), text_of(version, "kind"), str(plain(version).get("effective")))  # type: ignore[union-attr]
            if same in seen:
                message = f"事项 {same[0]} 同一类别写了两次, 第 {seen[same].number} 行已有"
                self._faults.add(self._at(row, "code"), message, "删去其中一行, 或写明不同的起止")
            seen.setdefault(same, row)
            self._same_entry(row, entry)
            if found.sound and definition.value is not None:
                self._agree(row, definition.value, found, str(listed.text))
                yield EntrySource(entry, version)

    def _same_entry(self, row: Row, entry: MappingNode) -> None:
        """An entry in several rows or lists is the same everywhere."""
        code = text_of(entry, "code")
        first, where = self._entries.setdefault(code, (entry, row.place))
        if not code or first is entry:
            return
        for column in (column for column in row.cells if column.of == "entry"):
            values = [pair and plain(pair.value) for one in (first, entry) for pair in [one.pairs.get(column.field)]]
            if values[0] != values[1] and not row.cells[column].bad:
                message = f"事项 {code} 的{column.header}与 {where.file.partition('!')[2]} 那一行不同"
                self._faults.add(
                    row.cells[column].place, message, "同一事项在各份清单里应相同; 改成一样, 或换一个事项代码"
                )

    def _agree(self, row: Row, listed: ExemptionList, found: RowFields, code: str) -> None:
        """What a column says in words is what the coded columns say, or nothing."""
        one = TypedEntry(Exemption(**found.values["entry"]), Version(list=code, **found.values["version"]))
        if one.version.effective is not None:
            self._inside(row, listed.effective, one.version.effective)
        for header, words in derived_words(self._catalogue, listed, one).items():
            cell = row.cell(header)
            if cell is not None and cell.text and " ".join(cell.text.split()) != words:
                message = f"{header}与代码栏不一致, 按代码栏应为“{words}”"
                self._faults.add(cell.place, message, "以代码栏为准: 改代码栏, 或清空这一格")

    def _inside(self, row: Row, listed: Period, own: Period) -> None:
        """Note days on which the list itself is not in force."""
        for field, day in (("from", own.start), ("until", own.until)):
            if day is not None and not listed.holds_on(day):
                ends = f"{listed.start} 至 {listed.until}" if listed.until else f"{listed.start} 起"
                self._faults.add(self._at(row, field), f"{day} 清单没有施行: 清单自 {ends}", "改这一格, 或改清单的起止")
        if own.until is None and listed.until is not None:
            message = f"清单 {listed.until} 就已失效, 事项却没有止日"
            self._faults.add(self._at(row, "until"), message, "写上止日, 或把起日也空着")

    @staticmethod
    def _at(row: Row, field: str) -> Place:
        return next((cell.place for column, cell in row.cells.items() if column.field == field), row.place)
