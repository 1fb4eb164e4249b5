"""A workbook of lists back into plain values, with every wrong cell named."""

from __future__ import annotations

from ..rulebook.catalogue import Catalogue
from ..rulebook.language import Place
from ..rulebook.reader_conditions import FactTable, condition_reader
from ..rulebook.reader_exemptions import Version, entry_readers, list_readers, version_readers
from ..rulebook.reader_values import Reader, structure
from ..rulebook.source import Faults, Unreadable
from ..rulebook.tables_sheet import Line, Sheet, top_of
from ..rulebook.tables_workbook import workbook_sheets
from .cells import CellReader
from .columns import (
    BASIS_WORDS,
    CODED,
    DEFINITIONS,
    ENTRY_COLUMNS,
    LIST_COLUMNS,
    MEASURE_WORDS,
    NUMBER,
    OFFICIAL,
    PENALTY_WORDS,
    Column,
    derived_words,
)
from .official import OfficialRows
from .source import Element, ListSource

_LIST_NEEDS = ("code", "title", "region", "organ", "instrument", "effective")
_ENTRY_NEEDS = ("title", "code", "organ", "kind")
_FIRST_CELLS = frozenset({NUMBER, LIST_COLUMNS[0].header})


def read_workbook(
    file: str, content: bytes, catalogue: Catalogue, faults: Faults, official: Element | None = None
) -> list[ListSource]:
    """The lists of a workbook. `official`: the definition of the one list of a workbook in the official columns alone.

    What is wrong is noted in `faults`, cell by cell; then the result means nothing.
    """
    try:
        sheets = list(workbook_sheets(file, content, faults, _is_ours))
    except Unreadable:
        return []
    reader = _Reader(catalogue, faults)
    definitions = next((sheet for sheet in sheets if sheet.tab == DEFINITIONS), None)
    lists = [sheet for sheet in sheets if sheet is not definitions]
    if not lists and not faults.found:
        faults.add(top_of(file), "没有清单的工作表", f"工作表第一格应为“{NUMBER}”, 表头为 {'、'.join(OFFICIAL)}")
    if official is not None:
        return [one for sheet in lists if (one := reader.official(sheet, official)) is not None]
    if definitions is None:
        if not faults.found:
            hint = "只有官方栏目的, 请用 --list、--organ、--region、--instrument、--from、--kind 说明是哪份清单"
            faults.add(top_of(file), f"没有“{DEFINITIONS}”工作表", hint)
        return []
    defined = reader.definitions(definitions)
    found: list[ListSource] = []
    for sheet in lists:
        if sheet.tab in defined:
            found.append(ListSource(defined[sheet.tab], reader.entries(sheet, defined[sheet.tab])))
        else:
            faults.add(sheet.place(1, 1), f"“{DEFINITIONS}”里没有清单 {sheet.tab}", "工作表的名称应为清单代码")
    return found


def _is_ours(value: object) -> bool:
    return isinstance(value, str) and value.strip() in _FIRST_CELLS


class _Reader:
    def __init__(self, catalogue: Catalogue, faults: Faults) -> None:
        self._catalogue = catalogue
        self._faults = faults
        condition = condition_reader(FactTable(catalogue.facts))
        versions = version_readers(condition)
        any_version: Reader[Version] = structure(Version, versions, "{list: …}")
        self._cells = {
            "list": CellReader(list_readers(condition), faults),
            "entry": CellReader(entry_readers(any_version), faults),
            "version": CellReader(versions, faults),
        }

    # -- the lists' own definitions -----------------------------------------------------------------------------------

    def definitions(self, sheet: Sheet) -> dict[str, Element]:
        """The definitions by code."""
        found: dict[str, Element] = {}
        columns = self._columns(sheet, LIST_COLUMNS, tuple(column.header for column in LIST_COLUMNS))
        for line in sheet.lines[1:] if columns else ():
            if line.blank:
                continue
            values = self._values(sheet, line, columns, _LIST_NEEDS)["list"]
            code = str(values.get("code", ""))
            if code in found:
                self._faults.add(self._place(sheet, line, columns, "code"), f"清单 {code} 写了两次", "删去其中一行")
            found[code] = values
            for field, section in (("region", "regions"), ("organ", "organs"), ("instrument", "instruments")):
                self._known(section, values.get(field), self._place(sheet, line, columns, field))
        return found

    # -- entries ------------------------------------------------------------------------------------------------------

    def entries(self, sheet: Sheet, listed: Element) -> list[tuple[Element, Element]]:
        """Entries of a sheet with coded columns, with their versions."""
        found: list[tuple[Element, Element]] = []
        columns = self._columns(sheet, ENTRY_COLUMNS, (*OFFICIAL, *CODED))
        seen: set[object] = set()
        for line in sheet.lines[1:] if columns else ():
            if line.blank:
                continue
            before = len(self._faults.found)
            values = self._values(sheet, line, columns, _ENTRY_NEEDS)
            entry, version = values.get("entry", {}), {"list": listed["code"], **values.get("version", {})}
            self._known("organs", entry.get("organ"), self._place(sheet, line, columns, "organ"))
            same = (entry.get("code"), version.get("kind"), str(version.get("effective")))
            if same in seen:
                place = self._place(sheet, line, columns, "code")
                self._faults.add(
                    place, f"事项 {entry.get('code')} 同一类别写了两次", "删去其中一行, 或写明不同的有效期"
                )
            seen.add(same)
            self._known_codes(sheet, line, columns, entry, version)
            if len(self._faults.found) == before:
                self._agree(sheet, line, columns, derived_words(self._catalogue, listed, entry, version))
            found.append((entry, version))
        return found

    def _known_codes(
        self, sheet: Sheet, line: Line, columns: dict[Column, int], entry: Element, version: Element
    ) -> None:
        for field, values in (("penalty_basis", entry.get("penalty_basis")), ("basis", version.get("basis"))):
            for cited in values or ():
                self._known("instruments", cited.get("instrument"), self._place(sheet, line, columns, field))
        for code in version.get("measures") or ():
            self._known("soft_measures", code, self._place(sheet, line, columns, "measures"))

    def _agree(self, sheet: Sheet, line: Line, columns: dict[Column, int], words: dict[str, str]) -> None:
        """What a column says in words is what the coded columns say, or nothing."""
        for column, place in columns.items():
            text = line.text(place)
            if column.header in words and text and text != words[column.header]:
                message = f"{column.header}与代码栏不一致, 代码栏为“{words[column.header]}”"
                self._faults.add(sheet.place(line.number, place), message, "以代码栏为准: 改代码栏, 或清空这一格")

    # -- official columns alone ---------------------------------------------------------------------------------------

    def official(self, sheet: Sheet, listed: Element) -> ListSource | None:
        """A list in the official columns alone, as another organ sends it."""
        columns = self._columns(sheet, ENTRY_COLUMNS, OFFICIAL)
        if not columns:
            return None
        rows = OfficialRows(self._catalogue, listed, self._faults)
        entries = []
        for line in sheet.lines[1:]:
            if line.blank:
                continue
            values = self._values(sheet, line, columns, ("title",))
            words = {column.header: (line.text(at), sheet.place(line.number, at)) for column, at in columns.items()}
            cited = {header: words[header] for header in (PENALTY_WORDS, BASIS_WORDS, MEASURE_WORDS)}
            number = line.number - 1
            entries.append(rows.row(number, values.get("entry", {}), values.get("version", {}), cited))
        return ListSource(listed, entries)

    # -- cells --------------------------------------------------------------------------------------------------------

    def _columns(self, sheet: Sheet, known: tuple[Column, ...], needed: tuple[str, ...]) -> dict[Column, int]:
        """Columns with their places; nothing where the header is wrong."""
        by_header = {column.header: column for column in known}
        found: dict[Column, int] = {}
        before = len(self._faults.found)
        for place, text in enumerate(sheet.lines[0].texts, start=1):
            column = by_header.get(text)
            if column is None and text:
                self._faults.add(sheet.place(1, place), f"没有栏目“{text}”", self._faults.nearest(text, by_header))
            elif column in found:
                self._faults.add(sheet.place(1, place), f"栏目“{text}”重复", "删去其中一栏")
            elif column is not None:
                found[column] = place
        for header in needed:
            if by_header[header] not in found:
                self._faults.add(sheet.place(1, 1), f"缺少栏目“{header}”", "按导出的表头补上")
        return found if len(self._faults.found) == before else {}

    def _values(
        self, sheet: Sheet, line: Line, columns: dict[Column, int], needed: tuple[str, ...]
    ) -> dict[str, Element]:
        """The fields of a line by what has them, in the order of the columns."""
        found: dict[str, Element] = {}
        for column, place in columns.items():
            text = line.text(place)
            if not column.field:
                continue
            at = sheet.place(line.number, place)
            if not text:
                if column.field in needed:
                    self._faults.add(at, f"{column.header}不能为空", "写上内容")
                continue
            try:
                found.setdefault(column.of, {})[column.field] = self._cells[column.of].value(column, text, at)
            except Unreadable:
                continue
        return found

    def _place(self, sheet: Sheet, line: Line, columns: dict[Column, int], field: str) -> Place:
        place = next((at for column, at in columns.items() if column.field == field), 1)
        return sheet.place(line.number, place)

    def _known(self, section: str, code: object, place: Place) -> None:
        known = getattr(self._catalogue, section)
        if code is not None and code not in known:
            self._faults.add(place, f"规则库里没有 {code}", self._faults.nearest(str(code), list(known)))
