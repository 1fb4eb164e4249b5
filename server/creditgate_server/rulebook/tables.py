"""Decision tables: a CSV or XLSX sheet becomes the nodes that YAML would give, one rule a row.

So the readers and checks of YAML books do the work, and every fault names its cell. Layout: head lines, a blank line,
a header row, then the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import msgspec

from .language import Place, Row, Rule
from .library import Library, PlacedValue
from .source import MAX_BYTES, Faults, KeyedNode, Mapping, Node, Scalar, Sequence, Unreadable
from .tables_cells import ANY, CellText, all_of, fields, flag_text
from .tables_columns import APPLIES, EFFECTS, Head, TableColumn, list_of, read_columns, read_head
from .tables_files import MAX_ROWS, SheetLine, TableSheet, csv_sheets, top_of, workbook_sheets

_DUTIES = {"应当": "mandatory", "可以": "optional"}


@dataclass(frozen=True, slots=True)
class Table:
    """One table as nodes: a book's top mapping."""

    root: Mapping
    rows: dict[Place, Row]
    """Each row's place in the table, by the place of its node."""
    broken: frozenset[str]
    """Ids of rows that could not be read: what refers to them must not be called unknown too."""


def is_table_file(name: str) -> bool:
    """Whether a file's ending is one of those that may hold tables."""
    return name.lower().endswith((".csv", ".xlsx"))


def read_tables(file: str, content: bytes, faults: Faults, warnings: Faults) -> list[Table]:
    """The tables of one file; what is wrong is noted, and a table that can't be read at all is left out."""
    before = len(faults.found)
    sheets = _sheets(file, content, faults)
    if not sheets and len(faults.found) == before:
        place = Place(file=file, line=1, column=1)
        warnings.add(place, "这个文件不是规则表, 没有读它", "规则表的第一格写 book 或 册; 若不是规则, 请移出规则库目录")
    tables = []
    for sheet in sheets:
        try:
            tables.append(_table(sheet, faults))
        except Unreadable:
            continue
    return tables


def _sheets(file: str, content: bytes, faults: Faults) -> list[TableSheet]:
    """The sheets of one file that hold tables. What can't be read is noted; a sheet with a fault is left out."""
    try:
        if len(content) > MAX_BYTES:
            message = f"文件太大: {len(content)} 字节, 最多 {MAX_BYTES} 字节"
            faults.refuse(top_of(file), message, "请拆成几个文件")
        if file.lower().endswith(".csv"):
            return csv_sheets(file, content, faults)
        return list(workbook_sheets(file, content, faults))
    except Unreadable:
        return []


def _table(sheet: TableSheet, faults: Faults) -> Table:
    head = read_head(sheet, faults)
    lines = sheet.lines[head.lines :]
    header = next((line for line in lines if not line.blank), None)
    if header is None:
        faults.refuse(sheet.place(sheet.lines[-1].number, 1), "没有列标题", "空一行之后写列标题, 再写规则")
    columns = read_columns(sheet, header, head, faults)
    body = _body(sheet, [line for line in lines if line.number > header.number], faults)
    reader = _RowReader(sheet, head, header, columns, faults)
    nodes: list[Node] = []
    rows: dict[Place, Row] = {}
    broken: set[str] = set()
    for number, line in enumerate(body, start=1):
        faults.rule = reader.id_of(line, number)
        try:
            node = reader.read(line, number)
        except Unreadable:
            broken.add(faults.rule)
            continue
        finally:
            faults.rule = ""
        nodes.append(node)
        rows[node.place] = Row(table=head.table, hit=head.hit, number=number)
    if not body:
        faults.refuse(sheet.place(header.number, 1), "列标题下面没有规则", "写上规则, 或删去这张表")
    book = head.cells["book"]
    pairs = {"book": KeyedNode(book.scalar("book"), book.scalar(head.book.value))}
    if nodes:
        pairs["rules"] = KeyedNode(book.scalar("rules"), Sequence(tuple(nodes), sheet.place(header.number, 1)))
    return Table(Mapping(pairs if nodes else {}, sheet.place(1, 1)), rows, frozenset(broken))


def _body(sheet: TableSheet, lines: list[SheetLine], faults: Faults) -> list[SheetLine]:
    """The rows of rules: blank lines may follow them, not part them."""
    while lines and lines[-1].blank:
        lines.pop()
    for line in lines:
        if line.blank:
            faults.refuse(sheet.place(line.number, 1), "表中间有空行", "删去空行; 第二张表请另放一个文件或工作表")
    if len(lines) > MAX_ROWS:
        place = sheet.place(lines[MAX_ROWS].number, 1)
        faults.refuse(place, f"表里有 {len(lines)} 条规则, 最多 {MAX_ROWS} 条", "请拆成几张表")
    return lines


@dataclass(frozen=True, slots=True)
class _RowReader:
    """Turns rows of one table into nodes."""

    sheet: TableSheet
    head: Head
    header: SheetLine
    columns: list[TableColumn]
    faults: Faults

    def id_of(self, line: SheetLine, number: int) -> str:
        """The rule's id as written, or else the table's id and the row number."""
        column = next((column for column in self.columns if column.name == "id"), None)
        written = line.text(column.number) if column else ""
        return written[:64] or f"{self.head.table}-{number}"

    def read(self, line: SheetLine, number: int) -> Mapping:
        """One row as a rule's mapping. Raises `Unreadable` after all its cells were looked at."""
        place = self.sheet.place(line.number, 1)
        before = len(self.faults.found)
        self._check_beyond(line)
        cells = self._cells(line)
        for name in (*EFFECTS[self.head.book], "basis", "from"):
            if name not in cells and name != "remedy":
                self._note_empty(name, line)
        when = self._conditions(line)
        basis = self._basis(cells["basis"]) if "basis" in cells else None
        if len(self.faults.found) > before or basis is None:
            raise Unreadable
        title = self.head.cells.get("title")
        default = f"{title.text if title else self.head.table} 第 {number} 行"
        values: dict[str, Node] = {
            "id": cells["id"].scalar() if "id" in cells else Scalar(self.id_of(line, number), False, place),
            "title": cells["title"].quoted() if "title" in cells else Scalar(default, True, place),
            "effective": self._effective(cells, place),
            "then": self._effect(cells),
            "basis": basis,
        }
        applies = {name: list_of(cells[name]) for name in APPLIES if name in cells}
        if applies:
            values["applies"] = fields(next(iter(applies.values())).place, dict(applies))
        if when:
            values["when"] = all_of(when, when[0].place)
        if "verified" in cells:
            values["verified"] = cells["verified"].scalar(flag_text(cells["verified"].text))
        if "accepts" in cells:
            values["accepts"] = list_of(cells["accepts"])
        if "because" in cells:
            values["because"] = cells["because"].quoted()
        return fields(place, values)

    def _cells(self, line: SheetLine) -> dict[str, CellText]:
        """Plain cells that say something, by column name, the head's defaults where they say nothing."""
        cells = {name: cell for name, cell in self.head.cells.items() if name in ("from", "until", "basis")}
        for column in self.columns:
            text = line.text(column.number)
            if column.name and text:
                cells[column.name] = CellText(text, self.sheet.place(line.number, column.number))
        return cells

    def _check_beyond(self, line: SheetLine) -> None:
        named = {column.number for column in self.columns}
        for number, text in enumerate(line.texts, start=1):
            if text and number not in named:
                place = self.sheet.place(line.number, number)
                self.faults.add(
                    place, "这一格所在的列没有列标题", "写上列标题, 或删去这一格; 含逗号的内容要用双引号括起来"
                )

    def _note_empty(self, name: str, line: SheetLine) -> None:
        number = next(column.number for column in self.columns if column.name == name)
        self.faults.add(self.sheet.place(line.number, number), f"{name} 这一格不能为空", "写上内容")

    def _conditions(self, line: SheetLine) -> list[Node]:
        tests: list[Node] = []
        for column in self.columns:
            text = line.text(column.number)
            if column.tests is None or text in ANY:
                continue
            cell = CellText(text, self.sheet.place(line.number, column.number))
            try:
                tests += column.tests(cell, self.faults)
            except Unreadable:
                continue
        return tests

    def _basis(self, cell: CellText) -> Sequence:
        """Citations: `code 第三条; code2`. Only semicolons part them: articles are listed with `、`."""
        citations: list[Node] = []
        for piece in cell.text.replace("；", ";").split(";"):
            code, _, article = piece.strip().partition(" ")
            if not code:
                continue
            parts: dict[str, Node] = {"instrument": cell.scalar(code)}
            if article.strip():
                parts["article"] = Scalar(article.strip(), True, cell.place)
            citations.append(fields(cell.place, parts))
        return Sequence(tuple(citations), cell.place)

    @staticmethod
    def _effective(cells: dict[str, CellText], place: Place) -> Mapping:
        """The period; it stands in the row even where its days stand in the head."""
        found: dict[str, Node] = {name: cells[name].scalar() for name in ("from", "until") if name in cells}
        own = cells["from"].place
        return fields(own if own.line == place.line else place, found)

    def _effect(self, cells: dict[str, CellText]) -> Mapping:
        names = EFFECTS[self.head.book]
        found: dict[str, Node] = {name: cells[name].scalar() for name in names if name in cells}
        then = fields(cells[names[0]].place, found)
        duty = then.pairs.get("duty")
        if duty and isinstance(duty.value, Scalar):
            word = _DUTIES.get(duty.value.text, duty.value.text)
            then.pairs["duty"] = KeyedNode(duty.key, Scalar(word, False, duty.value.place))
        remedy = then.pairs.get("remedy")
        if remedy:
            then.pairs["remedy"] = KeyedNode(remedy.key, cells["remedy"].quoted())
        return then


def attach_rows(library: Library, tables: Iterable[Table], faults: Faults) -> None:
    """Tell each rule that was read from a table its row. Notes tables that are written twice for the same days."""
    rows = {place: row for table in tables for place, row in table.rows.items()}
    for table in tables:
        library.broken["rules"] |= table.broken
    for position, placed in enumerate(library.rules):
        row = rows.get(placed.at())
        if row is not None:
            rule = msgspec.structs.replace(placed.value, row=row)
            library.rules[position] = PlacedValue(rule, placed.places)
    _check_versions(library, faults)


def _check_versions(library: Library, faults: Faults) -> None:
    """Two sheets may bear one table's id only as versions of it: no day may lie in both."""
    tables: dict[str, dict[str, list[PlacedValue[Rule]]]] = defaultdict(lambda: defaultdict(list))
    for placed in library.rules:
        if placed.value.row is not None:
            tables[placed.value.row.table][_sheet_of(placed.at())].append(placed)
    for table, versions in tables.items():
        for (first, earlier), (_, later) in combinations(versions.items(), 2):
            if _days(earlier)[0] <= _days(later)[1] and _days(later)[0] <= _days(earlier)[1]:
                message = f"表 {table} 在 {first} 里已经有了, 有效期重叠"
                faults.add(later[0].at(), message, "换一个表的编号; 若是新版本, 给前一版每行写上 until")


def _sheet_of(place: Place) -> str:
    """The file, and in a workbook the sheet, without the cell."""
    file, ending, cell = place.file.rpartition(".xlsx!")
    return f"{file}{ending}{cell.rpartition('!')[0]}" if ending else place.file


def _days(rows: list[PlacedValue[Rule]]) -> tuple[date, date]:
    """First and last day on which any of the rows is in force, inclusive."""
    periods = [row.value.effective for row in rows]
    return min(period.start for period in periods), max(period.until or date.max for period in periods)
