"""The report on coverage as it is put out: on the terminal, and in files, each whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..files.whole import writing_whole
from ..pages.figures import percent
from ..rulebook.bundle import RuleSet
from ..studies.coverage.cases import DocumentWriter, licence_case, unmatched_case
from ..studies.coverage.classes import LICENCE_CLASSES, MISSES, Class
from ..studies.coverage.judging import ClassedLicence
from ..studies.coverage.licences import UnmatchedRow
from ..studies.coverage.names import CLASSES, REMARKS, UNMATCHED, headline
from ..studies.coverage.page import page
from ..studies.coverage.report import CoverageNames, CoverageReport, LicenceFigures
from ..studies.coverage.shown import CutList
from ..studies.coverage.workbook import CoverageWorkbook


@dataclass(frozen=True, slots=True)
class CoverageFiles:
    """Files to be written."""

    html: Path | None = None
    xlsx: Path | None = None
    json: Path | None = None


@dataclass
class Writers:
    """Hands every case to the files that are wanted."""

    stack: ExitStack
    wanted: CoverageFiles
    rule_set: RuleSet
    shown: CutList = field(default_factory=CutList)
    document: DocumentWriter | None = None
    workbook: CoverageWorkbook | None = None

    def __post_init__(self) -> None:
        if self.wanted.json is not None:
            self.document = DocumentWriter(self.stack.enter_context(writing_whole(self.wanted.json)))
        if self.wanted.xlsx is not None:
            catalogue = self.rule_set.catalogue
            names = CoverageNames(
                organs={code: organ.title for code, organ in catalogue.organs.items()},
                items={code: one.title for code, one in catalogue.items.items()},
            )
            file = self.stack.enter_context(writing_whole(self.wanted.xlsx))
            self.workbook = self.stack.enter_context(CoverageWorkbook(file, names))

    @property
    def any(self) -> bool:
        """Whether anything is wanted."""
        return self.wanted != CoverageFiles()

    def licence(self, case: ClassedLicence, first: bool) -> None:
        """One more licence."""
        made = licence_case(case)
        if self.document is not None:
            self.document.licence(made)
        if self.workbook is not None:
            self.workbook.licence(made)
        if self.wanted.html is not None:
            self.shown.licence(made, case.check.organ if case.check else "", measures=first)

    def row(self, row: UnmatchedRow) -> None:
        """One more row that is not matched."""
        made = unmatched_case(row)
        if self.document is not None:
            self.document.row(made)
        if self.workbook is not None:
            self.workbook.row(made)
        if self.wanted.html is not None:
            self.shown.row(made)

    def finish(self, report: CoverageReport) -> None:
        """The figures."""
        if self.document is not None:
            self.document.finish(report)
        if self.workbook is not None:
            self.workbook.finish(report)
        if self.wanted.html is not None:
            with writing_whole(self.wanted.html) as file:
                file.write(page(report, self.shown).encode())


MOST_ITEMS = 20
"""Items and measures shown; files have all."""


def show(report: CoverageReport, console: Console) -> None:
    """Print the figures."""
    for file in report.files:
        _say(console, f"{file.name}: {file.rows:,} 行")
    console.print(f"[bold]{escape(headline(report))}[/]", soft_wrap=True)
    for remark, count in report.figures.remarks.items():
        _say(console, f"  其中 {REMARKS[remark]} {count:,}")
    names = report.names
    headers = ("许可", *(CLASSES[one] for one in LICENCE_CLASSES), "按时核查率", "完全落实率")
    organs = ((names.organs.get(one.organ, one.organ), *_counts(one.figures)) for one in report.organs)
    _table(console, "按部门", ("部门", *headers), organs)
    missed = [one for one in report.items if one.figures.licences > one.figures.of(Class.IN_TIME)][:MOST_ITEMS]
    items = ((names.items.get(one.item, one.item), *_counts(one.figures)) for one in missed)
    _table(console, "有遗漏的事项", ("事项", *headers), items)
    still_open = [one for one in report.measures if one.open][:MOST_ITEMS]
    measures = (
        (
            names.organs.get(one.organ, one.organ),
            one.title,
            *map(_number, (one.ordered, one.applied, one.refused, one.open)),
        )
        for one in still_open
    )
    headings = ("部门", "措施", "要求", "已实施", "说明了理由", "应当而未落实")
    _table(console, "应当而未落实的措施", headings, measures, texts=2)
    reasons = ((UNMATCHED[one.reason], _number(one.rows)) for one in report.reasons)
    _table(console, "无法比对的行", ("原因", "行数"), reasons)
    for note in report.notes:
        _say(console, f"说明: {note}")


def _counts(figures: LicenceFigures) -> tuple[str, ...]:
    classes = (_count(figures.of(one), bad=one in MISSES) for one in LICENCE_CLASSES)
    return (_number(figures.licences), *classes, percent(figures.checked_ppm), percent(figures.covered_ppm))


def _count(count: int, *, bad: bool) -> str:
    return f"[bold red]{count:,}[/]" if bad and count else _number(count)


def _number(count: int) -> str:
    return f"{count:,}"


def _table(
    console: Console, title: str, headers: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int = 1
) -> None:
    """`texts`: how many of the columns come first as words; the others are figures."""
    table = Table(title=escape(title), title_justify="left")
    for place, header in enumerate(headers):
        table.add_column(header, overflow="fold", justify="left" if place < texts else "right")
    for row in rows:
        table.add_row(escape(row[0]), *row[1:])
    if table.row_count:
        console.print(table)


def _say(console: Console, sentence: str) -> None:
    console.print(escape(sentence), soft_wrap=True, highlight=False)
