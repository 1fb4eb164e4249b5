"""The report as a workbook: all cases, rows that are not matched, and the figures."""

from __future__ import annotations

from types import TracebackType
from typing import BinaryIO

from ...files.workbook import Cell, Share, Sheet, Workbook
from .cases import check_words, measure_words, what_is_missing
from .classes import LICENCE_CLASSES, Class, MeasureFate
from .names import CLASSES, DONE, KINDS, MEANINGS, REMARKS, UNMATCHED
from .report import CoverageNames, CoverageReport, LicenceCase, LicenceFigures, UnmatchedCase

_CASE_HEADERS = (
    *("文件", "行号", "文号", "许可日期", "月份", "许可机关", "事项", "主体"),
    *("结果", "需要看的", "核查日期", "核查结论和反馈", "措施", "核查回执"),
)
_CASE_WIDTHS = (6, 8, 26, 12, 9, 28, 24, 22, 18, 40, 12, 24, 50, 30)
_ROW_HEADERS = ("文件", "行号", "文号", "许可日期", "许可机关(原文)", "事项(原文)", "原因", "说明")
_ROW_WIDTHS = (6, 8, 26, 12, 28, 28, 24, 60)
_COUNTS = ("许可", *(CLASSES[one] for one in LICENCE_CLASSES), "按时核查率", "完全落实率")
_COUNT_WIDTHS = (8, 10, 10, 18, 16, 8, 12, 12)


class CoverageWorkbook:
    """Writes the workbook as the cases come; the figures, which are known last, stand behind them."""

    def __init__(self, file: BinaryIO, names: CoverageNames) -> None:
        """`names`: titles of all organs and items."""
        self._book = Workbook(file)
        self._names = names
        self._parts = 1
        self._row_parts = 0
        self._cases = self._book.sheet("办件", _CASE_HEADERS, _CASE_WIDTHS)
        self._rows: Sheet | None = None

    def __enter__(self) -> CoverageWorkbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.__exit__(kind, fault, trace)

    def licence(self, case: LicenceCase) -> None:
        """One more licence."""
        if self._cases.full:
            self._parts += 1
            self._cases = self._book.sheet(f"办件{self._parts}", _CASE_HEADERS, _CASE_WIDTHS)
        names = self._names
        self._cases.add(
            (
                case.file + 1,
                case.row,
                case.document,
                case.issued_on.isoformat(),
                case.month,
                names.organs.get(case.organ, case.organ),
                names.items.get(case.item, case.item),
                case.subject,
                CLASSES[case.verdict],
                what_is_missing(case),
                "" if case.checked_on is None else case.checked_on.isoformat(),
                check_words(case),
                "; ".join(map(measure_words, case.measures)),
                case.receipt,
            )
        )

    def row(self, row: UnmatchedCase) -> None:
        """One more row that is not matched."""
        if self._rows is None or self._rows.full:
            self._row_parts += 1
            name = "无法比对" if self._rows is None else f"无法比对{self._row_parts}"
            self._rows = self._book.sheet(name, _ROW_HEADERS, _ROW_WIDTHS)
        day = "" if row.issued_on is None else row.issued_on.isoformat()
        cells = (row.file + 1, row.row, row.document, day, row.organ, row.item, UNMATCHED[row.reason], row.said)
        self._rows.add(cells)

    def finish(self, report: CoverageReport) -> None:
        """The figures."""
        self._totals(report)
        self._groups(report)
        self._measures(report)
        self._about(report)

    def _totals(self, report: CoverageReport) -> None:
        sheet = self._book.sheet("汇总", ("部门", "事项", "月份", *_COUNTS), (28, 24, 9, *_COUNT_WIDTHS))
        organs, items = report.names.organs, report.names.items
        sheet.add(("全部", "", "", *_counts(report.figures)))
        for organ in report.organs:
            sheet.add((organs.get(organ.organ, organ.organ), "", "", *_counts(organ.figures)))
        for item in report.items:
            title = items.get(item.item, item.item)
            sheet.add((organs.get(item.organ, item.organ), title, "", *_counts(item.figures)))
        for month in report.months:
            sheet.add(("", "", month.month, *_counts(month.figures)))

    def _groups(self, report: CoverageReport) -> None:
        sheet = self._book.sheet("部门事项月份", ("部门", "事项", "月份", *_COUNTS), (28, 24, 9, *_COUNT_WIDTHS))
        organs, items = report.names.organs, report.names.items
        for one in report.groups:
            titles = (organs.get(one.organ, one.organ), items.get(one.item, one.item), one.month)
            sheet.add((*titles, *_counts(one.figures)))

    def _measures(self, report: CoverageReport) -> None:
        headers = ("部门", "措施", "种类", "要求", "其中应当", *(DONE[done] for done in MeasureFate), "应当而未落实")
        sheet = self._book.sheet("措施", headers, (28, 28, 8, 8, 10, 10, 20, 10, 20, 16, 14))
        for one in report.measures:
            organ = report.names.organs.get(one.organ, one.organ)
            done = (one.of(each) for each in MeasureFate)
            sheet.add((organ, one.title, KINDS[one.kind], one.ordered, one.mandatory, *done, one.open))

    def _about(self, report: CoverageReport) -> None:
        sheet = self._book.sheet("说明", ("内容", "数值"), (60, 60))
        for name, value in about(report):
            sheet.add((name, value))


def _counts(figures: LicenceFigures) -> tuple[Cell, ...]:
    classes = (figures.of(one) for one in LICENCE_CLASSES)
    return (figures.licences, *classes, Share(figures.checked_ppm), Share(figures.covered_ppm))


def about(report: CoverageReport) -> list[tuple[str, Cell]]:
    """What was looked at and how, and what the words mean."""
    told: list[tuple[str, Cell]] = [(f"文件 {place}", file.name) for place, file in enumerate(report.files, start=1)]
    told += [(f"文件 {place} 的 SHA-256", file.sha256) for place, file in enumerate(report.files, start=1)]
    told += [
        ("行数", report.rows),
        ("许可", report.figures.licences),
        (CLASSES[Class.UNMATCHED], report.unmatched),
        ("核查期限(颁发前的天数, 含当日)", report.window_days),
        ("事后核查的期限(颁发后的天数)", report.late_days),
        ("规则集", report.rule_set),
        ("最早的核查回执", report.checks_since or "没有"),
        ("读取的核查回执", report.checks_read),
        ("制作时间", report.made_at),
    ]
    told += [(f"原因: {UNMATCHED[one.reason]}", one.rows) for one in report.reasons]
    told += [(f"其中: {REMARKS[remark]}", count) for remark, count in report.figures.remarks.items()]
    told += [(CLASSES[one], meaning) for one, meaning in MEANINGS.items()]
    return told + [("说明", note) for note in report.notes]
