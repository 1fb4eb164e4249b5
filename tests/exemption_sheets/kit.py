"""A small library and its workbooks, and workbooks as other cities send them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from creditgate_server.errors import RuleSetFault
from creditgate_server.exemptions.sheets.columns import OFFICIAL
from creditgate_server.exemptions.sheets.digest import list_digest
from creditgate_server.exemptions.sheets.importing import ImportPlan, import_official, import_workbook
from creditgate_server.exemptions.sheets.official import OfficialList
from creditgate_server.exemptions.sheets.typed import EntryReaders, TypedList, list_sources, read_sources
from creditgate_server.exemptions.sheets.workbook import HEADER_LINE, workbook
from creditgate_server.rulebook.catalogue import ExemptionKind
from creditgate_server.rulebook.load import LoadedRuleSet, read_directory, read_texts

RULES = Path(__file__).resolve().parents[2] / "rules"
SMALL = Path(__file__).with_name("library.yaml").read_text("utf-8")
FILE = "library.yaml"
CITY, PROVINCE = "city-list", "province-list"
FIRST = HEADER_LINE + 1
"""The first row of entries on a list's sheet."""
Change = Callable[[openpyxl.Workbook], None]


@cache
def shipped() -> LoadedRuleSet:
    return read_directory(RULES)


def small(*changes: tuple[str, str]) -> LoadedRuleSet:
    """The small library, with texts replaced that stand in it once."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_texts({FILE: text.encode()})


def exported(loaded: LoadedRuleSet, *codes: str) -> bytes:
    """The workbook of some lists, or of all."""
    sources = list_sources(read_sources(loaded.files))
    return workbook(loaded.rule_set, [sources[code] for code in codes or sources])


def typed(loaded: LoadedRuleSet, code: str) -> TypedList:
    """A list as values."""
    return EntryReaders(loaded.rule_set.catalogue).listed(list_sources(read_sources(loaded.files))[code])


def digests(loaded: LoadedRuleSet) -> dict[str, str]:
    return {code: list_digest(loaded.rule_set, code) for code in loaded.rule_set.catalogue.exemption_lists}


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, *changes: Change) -> bytes:
    """A workbook after changes, as a spreadsheet program would save it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for change in changes:
        change(book)
    return saved(book)


def column(sheet: Worksheet, header: str) -> int:
    """The place of a column, on a list's sheet or on the definitions'."""
    for line in (1, HEADER_LINE):
        for cell in sheet[line]:
            if cell.value == header:
                return int(cell.column)
    raise AssertionError(header)


def put(tab: str, header: str, value: object, row: int = FIRST) -> Change:
    """Puts a value into a cell."""

    def change(book: openpyxl.Workbook) -> None:
        book[tab].cell(row, column(book[tab], header)).value = value

    return change


def taken_in(content: bytes, loaded: LoadedRuleSet) -> ImportPlan:
    return import_workbook("x.xlsx", content, loaded.files, loaded)


def refused(content: bytes, loaded: LoadedRuleSet) -> list[str]:
    """Every fault of an import, as the operator reads it."""
    try:
        taken_in(content, loaded)
    except RuleSetFault as fault:
        return [str(one) for one in fault.faults]
    raise AssertionError("nothing was refused")


# -- the official columns alone ---------------------------------------------------------------------------------------


LISTED = OfficialList(
    code="other-city",
    title="某市免罚清单",
    region="441900",
    organ="market",
    instrument="city-notice",
    kind=ExemptionKind.FIRST,
    start=date(2022, 6, 1),
)


def sent(*rows: Iterable[object], above: Iterable[str] = (), headers: Iterable[str] = OFFICIAL) -> bytes:
    """A workbook in the official columns alone, with lines above the column titles."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in above:
        sheet.append([line])
        sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=8)
    sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def official(
    content: bytes, loaded: LoadedRuleSet, *, draft: bool = False, listed: OfficialList = LISTED
) -> ImportPlan:
    return import_official("x.xlsx", content, loaded.files, loaded, listed, draft=draft)


def official_refused(content: bytes, loaded: LoadedRuleSet, *, draft: bool = False) -> list[str]:
    try:
        official(content, loaded, draft=draft)
    except RuleSetFault as fault:
        return [str(one) for one in fault.faults]
    raise AssertionError("nothing was refused")
