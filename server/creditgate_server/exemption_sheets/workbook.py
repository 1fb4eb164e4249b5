"""Lists as a workbook: a sheet for each in the official columns, and one with the lists' own definitions."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.header_footer import _HeaderFooterPart as HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ..rulebook.catalogue import Catalogue
from .columns import DEFINITIONS, ENTRY_COLUMNS, LIST_COLUMNS, NUMBER, OFFICIAL, Column, derived_words
from .source import Element, ListSource, flow

_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_LONG_AGO = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's clock has no zone; fixed, so that the bytes are


def workbook(catalogue: Catalogue, lists: Iterable[ListSource]) -> bytes:
    """The workbook of some lists."""
    lists = tuple(lists)
    book = openpyxl.Workbook()
    definitions = book.active
    assert isinstance(definitions, Worksheet)
    definitions.title = DEFINITIONS
    _write(definitions, LIST_COLUMNS, [_cells(LIST_COLUMNS, {"list": one.value}) for one in lists])
    for one in lists:
        sheet = book.create_sheet(str(one.value["code"]))
        rows = [_row(catalogue, one.value, number, *pair) for number, pair in enumerate(one.entries, start=1)]
        _write(sheet, ENTRY_COLUMNS, rows)
        _printed(sheet, catalogue, one)
    book.properties.created = _LONG_AGO
    content = io.BytesIO()
    book.save(content)
    return _without_clock(content.getvalue())


def _without_clock(content: bytes) -> bytes:
    """The workbook without the time at which it was made: the same lists give the same bytes."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in made.namelist():
            text = made.read(name)
            if name == "docProps/core.xml":
                text = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", text)
            packed.writestr(zipfile.ZipInfo(name, _LONG_AGO.timetuple()[:6]), text, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def _row(catalogue: Catalogue, listed: Element, number: int, entry: Element, version: Element) -> list[str]:
    words = {NUMBER: str(number), **derived_words(catalogue, listed, entry, version)}
    cells = _cells(ENTRY_COLUMNS, {"entry": entry, "version": version})
    return [words.get(column.header, cell) for column, cell in zip(ENTRY_COLUMNS, cells, strict=True)]


def _cells(columns: tuple[Column, ...], given: dict[str, Element]) -> list[str]:
    cells = []
    for column in columns:
        value = given.get(column.of, {}).get(column.field)
        cells.append("" if value is None else str(value) if column.text else flow(value))
    return cells


def _write(sheet: Worksheet, columns: tuple[Column, ...], rows: list[list[str]]) -> None:
    for number, cells in enumerate([[column.header for column in columns], *rows], start=1):
        for place, text in enumerate(cells, start=1):
            cell = sheet.cell(number, place)
            cell.value = text or None
            cell.data_type = "s" if text else "n"  # text stays text: no cell is a formula or a number
            cell.number_format = "@"
            cell.border = _BORDER
            cell.font = Font(bold=number == 1)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = "A2"


def _printed(sheet: Worksheet, catalogue: Catalogue, one: ListSource) -> None:
    """A4 landscape, the official columns alone, the list's name on top of each page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.print_area = f"A1:{get_column_letter(len(OFFICIAL))}{max(len(one.entries) + 1, 1)}"
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(center=HeaderFooterPart(_plain(one.value["title"])))
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=HeaderFooterPart(_plain(catalogue.regions[one.value["region"]].title)),
        center=HeaderFooterPart("第 &P 页, 共 &N 页"),
    )


def _plain(text: object) -> str:
    """Text without the codes that headers know."""
    return str(text).replace("&", "&&")
