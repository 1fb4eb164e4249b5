"""The cases behind the numbers. A number is a link: it opens exactly its cases, by style sheet alone, without script.

Cases stand in nodes: all, an organ's, an item's of an organ, a month's of it. Each node begins with marks, one for each
number that speaks of it; the mark that is the page's target shows its node, and of the rows in it those of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from ..difference.page_parts import tag, text
from .cases import check_words, told, what_is_missing
from .classes import LICENCE_CLASSES, Done, Reason, Remark
from .names import CLASSES, DONE, REMARKS, UNMATCHED, duty_title
from .report import CoverageReport, Figures, LicenceCase, MeasureFigures, UnmatchedFigures
from .shown import MeasureCase, Place, Shown

_UNBROKEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z|r-|[0-9A-Z]{18}\Z")
_WHOLE = ' class="w"'
"""Days, receipts and codes stay on one line."""

ALL = "all"
OPEN = "open"
_MARKS = (
    *(one.value for one in LICENCE_CLASSES),
    *(one.value for one in Remark if one),
    *(one.value for one in Done),
    OPEN,
)

STYLE = """
.node,.t{display:none}.t:target{display:block;background:#fff3d6;border-left:4px solid #b97800;padding:.4em 1em}
.t a{float:right}.t{scroll-margin-top:1em}.c td.w{white-space:nowrap}
.node:has(:target),.node:has(>.t:target) .node{display:block}
.node table{width:100%}.leaf h3{margin:1em 0 0}
@supports not selector(:has(*)){.node{display:block}}
"""


def style(months: Iterable[str]) -> str:
    """Which rows a mark shows: those of its kind, and where it speaks of a month, those of the month."""
    rules = [STYLE]
    for mark in dict.fromkeys(_MARKS):
        of_mark = f".node:has(>.t.{mark}:target)"
        rules.append(f"{of_mark} tr.c:not(.{mark}),{of_mark} .leaf:not(:has(tr.{mark})){{display:none}}\n")
    rules += [f".node:has(>.t.m-{month}:target) .leaf:not(.m-{month}){{display:none}}\n" for month in months]
    return "".join(rules)


def number(count: int, *place: str) -> str:
    """A count as a link to its cases; nothing to open where it is none."""
    return f'<a href="#{text(".".join(place))}">{count:,}</a>' if count else "0"


def _mark(count: int, place: Sequence[str], words: str, more: str = "") -> str:
    """What a link goes to."""
    kind = text(place[0]) + more
    back = '<a href="#top">收起</a>'
    return f'<div class="t {kind}" id="{text(".".join(place))}">{back}{text(words)}: {count:,}</div>' if count else ""


def _marks(figures: Figures, place: Sequence[str], where: str, more: str = "") -> str:
    counts = [(ALL, "许可", figures.licences)]
    counts += [(one.value, CLASSES[one], figures.of(one)) for one in LICENCE_CLASSES]
    counts += [(one.value, REMARKS[one], count) for one, count in figures.remarks.items() if not place]
    return "".join(_mark(count, (kind, *place), f"{where}{name}", more) for kind, name, count in counts)


# -- licences ---------------------------------------------------------------------------------------------------------


def licence_nodes(report: CoverageReport, shown: Shown) -> Iterator[str]:
    """All licences that are listed, in their nodes."""
    names = report.names
    yield '<section class="node">'
    yield _marks(report.figures, (), "")
    for month in report.months:
        yield _marks(month.figures, (month.month,), f"{month.month} ", f" m-{month.month}")
    for organ in report.organs:
        title = names.organs.get(organ.organ, organ.organ)
        yield f'<section class="node">{_marks(organ.figures, (organ.organ,), f"{title} · ")}'
        for item in report.items:
            if item.organ == organ.organ:
                where = f"{title} · {names.items.get(item.item, item.item)} · "
                yield f'<section class="node">{_marks(item.figures, (item.organ, item.item), where)}'
                yield from _leaves(report, shown, (item.organ, item.item), where)
                yield "</section>"
        yield "</section>"
    yield "</section>"


def _leaves(report: CoverageReport, shown: Shown, item: tuple[str, str], where: str) -> Iterator[str]:
    for group in report.groups:
        if (group.organ, group.item) == item:
            place = (*item, group.month)
            yield f'<section class="node leaf m-{group.month}">'
            yield _marks(group.figures, place, f"{where}{group.month} · ")
            yield tag("h3", f"{where}{group.month}")
            yield _case_table(shown, place)
            yield "</section>"


_HEADERS = ("文号", "许可日期", "主体", "结果", "需要看的", "核查日期", "核查结论和反馈", "核查回执", "行号")


def _case_table(shown: Shown, place: Place) -> str:
    rows: list[str] = []
    for one in LICENCE_CLASSES:
        rows += [_case_row(case) for case in shown.cases.get(place, {}).get(one, ())]
        rows.append(_unlisted(shown.unlisted[place, one], one.value, len(_HEADERS)))
    return _table(_HEADERS, rows)


def _case_row(case: LicenceCase) -> str:
    cells = (
        case.document,
        case.issued_on.isoformat(),
        case.subject,
        CLASSES[case.verdict],
        what_is_missing(case),
        "" if case.checked_on is None else case.checked_on.isoformat(),
        check_words(case),
        case.receipt,
        _row_number(case.file, case.row),
    )
    return _row(f"{case.verdict.value} {case.remark.value}".strip(), cells)


def _row_number(file: int, row: int) -> str:
    return f"{file + 1}:{row}" if file else str(row)


# -- measures ---------------------------------------------------------------------------------------------------------


def measure_nodes(report: CoverageReport, shown: Shown) -> Iterator[str]:
    """Measures of checks in time, with the licences for which they were ordered."""
    names = report.names
    for one in report.measures:
        where = f"{names.organs.get(one.organ, one.organ)} · {one.title}"
        yield f'<section class="node leaf">{_measure_marks(one, where)}'
        yield tag("h3", where)
        yield _measure_table(report, shown, (one.organ, one.measure))
        yield "</section>"


def measure_place(one: MeasureFigures, kind: str) -> tuple[str, ...]:
    """Where a number of a measure leads."""
    return (kind, "measure", one.organ, one.measure)


def _measure_marks(one: MeasureFigures, where: str) -> str:
    counts = [(ALL, "要求", one.ordered), (OPEN, "应当而未落实", one.open)]
    counts += [(done.value, DONE[done], one.of(done)) for done in Done]
    return "".join(_mark(count, measure_place(one, kind), f"{where} · {name}") for kind, name, count in counts)


_MEASURE_HEADERS = ("文号", "许可日期", "事项", "主体", "要求", "情况", "核查结论和反馈", "核查回执", "行号")


def _measure_table(report: CoverageReport, shown: Shown, place: tuple[str, str]) -> str:
    rows: list[str] = []
    for state in product(Done, (True, False)):
        rows += [_measure_row(report, one) for one in shown.measures.get(place, {}).get(state, ())]
        rows.append(_unlisted(shown.unlisted_measures[place, state], _kinds(*state), len(_MEASURE_HEADERS)))
    return _table(_MEASURE_HEADERS, rows)


def _measure_row(report: CoverageReport, one: MeasureCase) -> str:
    case, measure = one.case, one.measure
    cells = (
        case.document,
        case.issued_on.isoformat(),
        report.names.items.get(case.item, case.item),
        case.subject,
        duty_title(measure.duty),
        told(measure) + (f"(第 {measure.subject + 1} 主体)" if measure.subject else ""),
        check_words(case),
        case.receipt,
        _row_number(case.file, case.row),
    )
    return _row(_kinds(measure.done, measure.open), cells)


def _kinds(done: Done, still_open: bool) -> str:
    return f"{done.value} {OPEN}" if still_open else done.value


# -- rows that are not matched ----------------------------------------------------------------------------------------


def row_nodes(report: CoverageReport, shown: Shown) -> Iterator[str]:
    """Rows that are not matched, by reason."""
    for one in report.reasons:
        yield f'<section class="node leaf">{_mark(one.rows, row_place(one), UNMATCHED[one.reason])}'
        yield _row_table(shown, one.reason)
        yield "</section>"


def row_place(one: UnmatchedFigures) -> tuple[str, ...]:
    """Where the number of a reason leads."""
    return (ALL, "row", one.reason.value)


_ROW_HEADERS = ("行号", "文号", "许可日期", "许可机关(原文)", "事项(原文)", "说明")


def _row_table(shown: Shown, reason: Reason) -> str:
    rows = [
        _row(
            "",
            (
                _row_number(one.file, one.row),
                one.document,
                "" if one.issued_on is None else one.issued_on.isoformat(),
                one.organ,
                one.item,
                one.said,
            ),
        )
        for one in shown.rows.get(reason, ())
    ]
    return _table(_ROW_HEADERS, [*rows, _unlisted(shown.unlisted_rows[reason], "", len(_ROW_HEADERS))])


# -- pieces -----------------------------------------------------------------------------------------------------------


def _table(headers: Sequence[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{text(header)}</th>' for header in headers)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{''.join(rows)}</tbody></table>"


def _row(kinds: str, cells: Iterable[str]) -> str:
    told = "".join(
        f'<td class="w">{text(cell)}</td>' if _UNBROKEN.match(cell) else f"<td>{text(cell)}</td>" for cell in cells
    )
    return f'<tr class="{f"c {kinds}".strip()}">{told}</tr>\n'


def _unlisted(count: int, kinds: str, wide: int) -> str:
    if not count:
        return ""
    words = f"另有 {count:,} 件未在本页列出, 见表格文件或 JSON 文件"
    return f'<tr class="{f"c {kinds}".strip()}"><td colspan="{wide}" class="note">{words}</td></tr>\n'
