"""Lists as a workbook: a sheet for each in the official columns, the lists' own definitions, and how to fill in."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.header_footer import _HeaderFooterPart as HeaderFooterPart
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ...errors import SetupFault
from ...rulebook.bundle import RuleSet
from ...rulebook.source import Node
from ...rulebook.tables_files import MAX_CELL
from ...rulebook.titles import EXEMPTION_KINDS
from .archive import archive
from .columns import (
    DEFINITIONS,
    DIGEST,
    GUIDE,
    LIST_COLUMNS,
    NUMBER,
    Form,
    SheetColumn,
    entry_columns,
    official_columns,
    written,
)
from .digest import list_digest
from .guide import GuideLine, guide
from .nodes import value_of
from .typed import (
    EntryReaders,
    EntrySource,
    ListSource,
    TypedEntry,
    TypedList,
    derived_words,
    facts_of_list,
    has_range,
    named_in,
    split_remark,
)
from .verifying import VERIFIED_HEADER, in_words, list_named

HEADER_LINE = 3
"""Line of the column titles on a list's sheet: its name and what is to be known of it stand above."""
_SONG, _HEI = "宋体", "黑体"
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_SHADE = {True: PatternFill("solid", fgColor="E7EAEE"), False: PatternFill("solid", fgColor="F3EEE0")}
"""Of official and of other column titles."""
_TOP = Alignment(wrap_text=True, vertical="top")
_MIDDLE = Alignment(wrap_text=True, vertical="center", horizontal="center")
_POINTS, _MOST_POINTS = 14.0, 400.0
_LONG_AGO = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's clock has no zone; fixed, so that the bytes are


def workbook(rule_set: RuleSet, lists: Iterable[ListSource]) -> bytes:
    """The workbook of some lists. Raises SetupFault where a text is too long for a cell that can be read again."""
    readers = EntryReaders(rule_set.catalogue)
    pairs = [(source, readers.listed(source)) for source in lists]
    book = openpyxl.Workbook()
    definitions = book.active
    assert isinstance(definitions, Worksheet)
    definitions.title = DEFINITIONS
    rows = [_definition(rule_set, source) for source, _ in pairs]
    _table(definitions, LIST_COLUMNS, 1, rows)
    _as_wide_as_the_paper(definitions)
    for source, listed in pairs:
        _list_sheet(book.create_sheet(source.code), rule_set, source, listed)
    _guide_sheet(book.create_sheet(GUIDE), guide(rule_set.catalogue, [listed for _, listed in pairs]))
    book.properties.created = _LONG_AGO
    content = io.BytesIO()
    book.save(content)
    return _without_clock(content.getvalue())


def _without_clock(content: bytes) -> bytes:
    """The workbook without the time at which it was made: the same lists give the same bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        files = {name: made.read(name) for name in made.namelist()}
    core = "docProps/core.xml"
    files[core] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", files[core])
    return archive(files)


# -- what the cells say -----------------------------------------------------------------------------------------------


def _definition(rule_set: RuleSet, source: ListSource) -> dict[SheetColumn, str]:
    cells = _cells(LIST_COLUMNS, {"list": source.node})
    words = {VERIFIED_HEADER: in_words(rule_set, list_named(source.code)), DIGEST: list_digest(rule_set, source.code)}
    return {column: words.get(column.header, cells[column]) for column in LIST_COLUMNS}


def _row(
    rule_set: RuleSet,
    columns: tuple[SheetColumn, ...],
    listed: TypedList,
    number: int,
    pair: tuple[EntrySource, TypedEntry],
) -> dict[SheetColumn, str]:
    source, one = pair
    cells = _cells(columns, {"entry": source.entry, "version": source.version})
    words = {
        NUMBER: str(number),
        VERIFIED_HEADER: in_words(rule_set, named_in(listed.value, one)),
        **derived_words(rule_set.catalogue, listed.value, one),
    }
    if has_range(listed):
        words |= split_remark(one.version.remark)
    return {column: words.get(column.header, cells[column]) for column in columns}


def _cells(columns: tuple[SheetColumn, ...], given: dict[str, Node]) -> dict[SheetColumn, str]:
    cells = {}
    for column in columns:
        holder = given.get(column.of)
        if holder is not None and column.field in ("from", "until"):
            holder = value_of(holder, "effective")
        value = value_of(holder, column.field) if holder is not None and column.field else None
        cells[column] = "" if value is None else written(column.form, value)
    return cells


# -- the sheets -------------------------------------------------------------------------------------------------------


def _list_sheet(sheet: Worksheet, rule_set: RuleSet, source: ListSource, listed: TypedList) -> None:
    ranged = has_range(listed)
    columns, official = entry_columns(ranged=ranged), official_columns(ranged=ranged)
    pairs = zip(source.entries, listed.entries, strict=True)
    rows = [_row(rule_set, columns, listed, number, pair) for number, pair in enumerate(pairs, start=1)]
    facts = "; ".join(f"{name}: {text}" for name, text in facts_of_list(rule_set.catalogue, listed.value))
    for line, text, font in ((1, listed.value.title, Font(name=_HEI, size=16)), (2, facts, Font(name=_SONG, size=10))):
        _write(sheet, line, 1, text)
        sheet.merge_cells(start_row=line, start_column=1, end_row=line, end_column=len(official))
        sheet.cell(line, 1).font, sheet.cell(line, 1).alignment = font, _MIDDLE
    sheet.row_dimensions[1].height = 30
    sheet.row_dimensions[2].height = _height([(facts, sum(column.width for column in official))])
    _table(sheet, columns, HEADER_LINE, rows, official)
    _choices(sheet, columns, len(rows))
    _printed(sheet, official, HEADER_LINE + len(rows), rule_set.catalogue.regions[listed.value.region].title)


def _table(
    sheet: Worksheet,
    columns: tuple[SheetColumn, ...],
    header: int,
    rows: list[dict[SheetColumn, str]],
    official: tuple[SheetColumn, ...] = (),
) -> None:
    """The column titles and the rows. Rows are as high as their official columns need."""
    for place, column in enumerate(columns, start=1):
        _write(sheet, header, place, column.header)
        cell = sheet.cell(header, place)
        cell.font, cell.alignment, cell.border = Font(name=_HEI, size=10), _MIDDLE, _BORDER
        cell.fill = _SHADE[column in official]
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    for line, row in enumerate(rows, start=header + 1):
        for place, column in enumerate(columns, start=1):
            _write(sheet, line, place, row[column])
            cell = sheet.cell(line, place)
            cell.font, cell.alignment, cell.border = Font(name=_SONG, size=10), _TOP, _BORDER
        measured = official or columns
        sheet.row_dimensions[line].height = _height([(row[column], column.width) for column in measured])
    sheet.freeze_panes = sheet.cell(header + 1, 3 if official else 2).coordinate


def _write(sheet: Worksheet, line: int, place: int, text: str) -> None:
    """Text that stays text: no cell is a formula or a number."""
    cell = sheet.cell(line, place)
    if len(text) > MAX_CELL:
        where = f"{sheet.title}!{cell.coordinate}"
        raise SetupFault(f"{where}: 内容有 {len(text)} 字, 一格最多 {MAX_CELL} 字", "请在规则文件里拆成几条")
    cell.value = text or None
    cell.data_type = "s" if text else "n"
    cell.number_format = "@"


def _height(cells: list[tuple[str, float]]) -> float:
    """Points that the longest cell takes: a Chinese character is as wide as two Latin letters."""
    lines = 1
    for text, width in cells:
        taken = sum(max(1, -(-_letters(part) // max(int(width) - 2, 1))) for part in text.split("\n"))
        lines = max(lines, taken)
    return min(lines * _POINTS + 4, _MOST_POINTS)


def _letters(text: str) -> int:
    return sum(1 if letter.isascii() else 2 for letter in text)


def _choices(sheet: Worksheet, columns: tuple[SheetColumn, ...], rows: int) -> None:
    """Lists to choose from, for the closed sets; some lines below the last too."""
    for form, words in ((Form.KIND, EXEMPTION_KINDS.values()), (Form.FLAG, ("是", "否"))):
        choice = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
        for place, column in enumerate(columns, start=1):
            if column.form is form:
                letter = get_column_letter(place)
                choice.add(f"{letter}{HEADER_LINE + 1}:{letter}{HEADER_LINE + rows + 100}")
        sheet.add_data_validation(choice)


def _printed(sheet: Worksheet, official: tuple[SheetColumn, ...], last: int, region: str) -> None:
    """A4 landscape, the official columns alone, their titles on each page."""
    _as_wide_as_the_paper(sheet)
    sheet.print_title_rows = f"{HEADER_LINE}:{HEADER_LINE}"
    sheet.print_area = f"A1:{get_column_letter(len(official))}{last}"
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=HeaderFooterPart(region.replace("&", "&&")), center=HeaderFooterPart("第 &P 页, 共 &N 页")
    )


def _as_wide_as_the_paper(sheet: Worksheet) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.2, footer=0.3)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _guide_sheet(sheet: Worksheet, lines: list[GuideLine]) -> None:
    for number, line in enumerate(lines, start=1):
        for place, text in enumerate(line.cells, start=1):
            _write(sheet, number, place, text)
            cell = sheet.cell(number, place)
            cell.font, cell.alignment = Font(name=_HEI if line.head else _SONG, size=10), _TOP
        if len(line.cells) == 1:
            sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=3)
    _as_wide_as_the_paper(sheet)
    for letter, width in (("A", 26), ("B", 44), ("C", 60)):
        sheet.column_dimensions[letter].width = width
