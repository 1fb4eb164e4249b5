"""The report as a workbook: a sheet for each view, and the cases, to which the numbers lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ..outcomes.titles import ANSWERS, REASONS
from .counting import Group, MeasureNumbers, Report
from .titles import DONES, NO_ITEM, NO_MONTH, VERDICTS
from .values import Case, Verdict

CASES = "案件"
_MOST_ROWS = 1_000_000
"""Cases on one sheet; a sheet holds 1,048,576 rows."""
_HEAD = Font(bold=True)
_LINK = Font(underline="single", color="0563C1")
_CASE_HEADERS = (
    *("文件", "行号", "分类", "许可机关", "事项", "月份", "许可决定日期", "主体代码", "决定书文号"),
    *("核查回执", "核查日期", "核查结论", "措施", "原因"),
)
_MEASURE_HEADERS = ("应适用", "其中应当", "已适用", "未适用有理由", "未反馈", "适用率")


def write_workbook(path: Path, report: Report) -> None:
    """Write it. The number of a class in the sheet 明细 leads to the first of its cases, which stand together.

    Raises OSError.
    """
    book = openpyxl.Workbook(write_only=True)
    cases = sorted(report.cases, key=lambda case: (case.organ, case.item, case.month, case.verdict.value))
    first: dict[tuple[str, str, str, str], int] = {}
    for place, case in enumerate(cases):
        first.setdefault((case.organ, case.item, case.month, case.verdict.value), place)
    titles = {group.item: group.item_title for group in report.by_item}
    _groups(book, "机关", report.by_organ, {})
    _groups(book, "事项", report.by_item, {})
    _groups(book, "月份", report.by_month, {})
    _groups(book, "明细", report.by_all, first)
    _measures(book, report)
    for number, start in enumerate(range(0, max(len(cases), 1), _MOST_ROWS)):
        _cases(book, _sheet_name(number), cases[start : start + _MOST_ROWS], report, titles)
    _sheet(book, "说明", ("项目", "内容"), _words(report))
    book.save(path)


def _groups(
    book: openpyxl.Workbook, name: str, groups: Iterable[Group], first: dict[tuple[str, str, str, str], int]
) -> None:
    sheet = book.create_sheet(name)
    headers = ("许可机关", "事项", "月份", "行数", *VERDICTS.values(), "核查率", "到位率", *_MEASURE_HEADERS)
    sheet.append([_cell(sheet, header, _HEAD) for header in headers])
    for row, group in enumerate(groups, start=2):
        numbers = group.numbers
        cells: list[object] = [group.organ, group.item_title or group.item, group.month, numbers.rows]
        for column, verdict in enumerate(Verdict, start=len(cells) + 1):
            count: int = getattr(numbers, verdict.value)
            place = first.get((group.organ, group.item, group.month, verdict.value))
            cells.append(count if place is None else _link(sheet, count, row, column, place))
        cells += [numbers.check_rate, numbers.covered_rate, *_measure_cells(numbers.measures)]
        sheet.append([_cell(sheet, cell) if isinstance(cell, str) else cell for cell in cells])


def _measures(book: openpyxl.Workbook, report: Report) -> None:
    rows = [(one.code, one.title, *_measure_cells(one.numbers)) for one in report.by_measure]
    _sheet(book, "措施", ("代码", "措施", *_MEASURE_HEADERS), rows)


def _cases(book: openpyxl.Workbook, name: str, cases: Sequence[Case], report: Report, titles: dict[str, str]) -> None:
    rows = (
        (
            report.files[case.file],
            case.row,
            VERDICTS[case.verdict],
            case.organ,
            titles.get(case.item, case.item) or NO_ITEM,
            case.month or NO_MONTH,
            case.issued_on.isoformat() if case.issued_on else "",
            case.subject,
            case.document,
            case.receipt,
            case.checked_on.isoformat() if case.checked_on else "",
            ANSWERS.get(case.answer, case.answer),
            measure_words(case),
            case.words,
        )
        for case in cases
    )
    _sheet(book, name, _CASE_HEADERS, rows, filtered=len(cases) + 1)


def _sheet(
    book: openpyxl.Workbook, name: str, headers: Sequence[str], rows: Iterable[Sequence[object]], filtered: int = 0
) -> None:
    sheet = book.create_sheet(name)
    if filtered:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{filtered}"
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, header, _HEAD) for header in headers])
    for cells in rows:
        sheet.append([_text(sheet, cell) if isinstance(cell, str) else cell for cell in cells])


def _cell(sheet: WriteOnlyWorksheet | Worksheet, value: str, font: Font | None = None) -> Cell:
    """Text that stays text: no cell of ours is a formula."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    if font is not None:
        cell.font = font
    return cell


def _text(sheet: WriteOnlyWorksheet | Worksheet, value: str) -> Cell | str:
    """The same without making a cell where a plain value does."""
    return _cell(sheet, value) if value[:1] == "=" or ILLEGAL_CHARACTERS_RE.search(value) else value


def _link(sheet: WriteOnlyWorksheet | Worksheet, count: int, row: int, column: int, place: int) -> Cell:
    cell = WriteOnlyCell(sheet, count)
    number, inside = divmod(place, _MOST_ROWS)
    target = f"'{_sheet_name(number)}'!C{inside + 2}"
    # the public setter writes the cell's row, which a cell that is only written has not yet
    cell._hyperlink = Hyperlink(ref=f"{get_column_letter(column)}{row}", location=target)  # type: ignore[attr-defined]
    cell.font = _LINK
    return cell


def _sheet_name(number: int) -> str:
    return CASES if number == 0 else f"{CASES}{number + 1}"


def _measure_cells(numbers: MeasureNumbers) -> tuple[object, ...]:
    return (
        *(numbers.ordered, numbers.mandatory, numbers.applied, numbers.refused, numbers.silent),
        numbers.applied_rate,
    )


def measure_words(case: Case) -> str:
    """What became of the measures of a case, in words."""
    said = []
    for one in case.measures:
        duty = "应当" if one.mandatory else "可以"
        reason = f", {REASONS[one.reason]}" if one.reason is not None else ""
        said.append(f"{one.title}({duty}): {DONES[one.done]}{reason}")
    return "; ".join(said)


def _words(report: Report) -> list[tuple[str, str]]:
    return [
        ("文件", "、".join(report.files)),
        ("核查期限", f"许可决定日期前 {report.window_days} 日内, 当日计入"),
        ("制作日期", report.made_on.isoformat()),
        *(("注意", warning) for warning in report.warnings),
    ]
