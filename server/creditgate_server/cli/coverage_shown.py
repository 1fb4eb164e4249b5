"""The report on coverage on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..pages.figures import percent
from ..studies.coverage.classes import LICENCE_CLASSES, MISSES, Class
from ..studies.coverage.names import CLASSES, REMARKS, UNMATCHED, headline
from ..studies.coverage.report import CoverageReport, LicenceFigures

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
