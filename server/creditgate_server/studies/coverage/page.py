"""The report as one page of HTML that needs nothing else: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..difference.page_parts import bullets, document, tag, text
from .classes import LICENCE_CLASSES, REMARKS_OF, Class, Done
from .names import CLASSES, DONE, KINDS, MEANINGS, REMARKS, UNMATCHED, departure_title, percent
from .page_cases import ALL, OPEN, licence_nodes, measure_nodes, measure_place, number, row_nodes, row_place, style
from .pictures import columns, lines, spark
from .report import CoverageReport, Figures, GroupFigures
from .shown import Shown
from .tally import share_ppm
from .wording import headline

_STYLE = """
table.wide{width:100%}.trend{max-width:100%;height:auto;display:block;margin:1em 0}.spark{vertical-align:middle}
td.n a{display:block}.scroll{overflow-x:auto}nav a{margin-right:1.2em}
a{color:#123f7a}a:focus-visible{outline:3px solid #b97800}
@media print{nav,.t a{display:none}}
"""


def page(report: CoverageReport, shown: Shown) -> str:
    """The whole page."""
    return document("信用核查覆盖报告", _body(report, shown), _STYLE + style(one.month for one in report.months))


def _body(report: CoverageReport, shown: Shown) -> Iterator[str]:
    yield '<main id="top">'
    yield tag("h1", "信用核查覆盖报告")
    yield tag("p", headline(report), "headline")
    yield (
        '<nav aria-label="目录"><a href="#trend">走势</a><a href="#organs">部门</a><a href="#items">事项</a>'
        '<a href="#measures">措施</a><a href="#rows">无法比对的行</a><a href="#about">说明</a></nav>'
    )
    yield tag("p", "数字可以点开, 看到它所指的办件。", "note")
    yield from _classes(report)
    yield from _trend(report)
    yield from _organs(report)
    yield from _items(report)
    yield from licence_nodes(report, shown)
    yield from _measures(report)
    yield from measure_nodes(report, shown)
    yield from _rows(report)
    yield from row_nodes(report, shown)
    yield from _about(report)
    yield "</main>"


# -- licences ---------------------------------------------------------------------------------------------------------


def _classes(report: CoverageReport) -> Iterator[str]:
    figures = report.figures
    rows: list[tuple[str, ...]] = []
    for one in LICENCE_CLASSES:
        count = figures.of(one)
        rows.append((text(CLASSES[one]), number(count, one.value), _share(count, figures), text(MEANINGS[one])))
        for remark in REMARKS_OF[one]:
            count = figures.remarks.get(remark, 0)
            if count:
                name = f"\u2003其中: {text(REMARKS[remark])}"
                rows.append((name, number(count, remark.value), _share(count, figures), ""))
    rows.append(("<b>许可合计</b>", number(figures.licences, ALL), "", ""))
    unmatched = text(MEANINGS[Class.UNMATCHED])
    rows.append((text(CLASSES[Class.UNMATCHED]), f'<a href="#rows">{report.unmatched:,}</a>', "", unmatched))
    rows.append(("<b>文件行数</b>", f"{report.rows:,}", "", ""))
    yield _table("各类许可", ("结果", "件数", "占许可", "含义"), rows, numbers=(1, 2))


def _share(part: int, figures: Figures) -> str:
    return percent(share_ppm(part, figures.licences)) if figures.licences else ""


def _trend(report: CoverageReport) -> Iterator[str]:
    yield '<h2 id="trend">走势</h2>'
    if not report.months:
        yield tag("p", "没有可比对的许可", "note")
        return
    yield columns(report.months)
    yield lines(report.months)
    rows = [(text(one.month), *_counts(one.figures, one.month)) for one in report.months]
    yield _table("各月许可", ("月份", *_COUNTS), rows, numbers=_numbers(1))


def _organs(report: CoverageReport) -> Iterator[str]:
    yield '<h2 id="organs">按部门</h2>'
    rows = []
    for one in report.organs:
        title = report.names.organs.get(one.organ, one.organ)
        trend = spark(_by_month(report, [group for group in report.groups if group.organ == one.organ]), title)
        rows.append((text(title), *_counts(one.figures, one.organ), trend))
    yield _table("各部门许可", ("部门", *_COUNTS, "完全落实率走势"), rows, numbers=_numbers(1))


def _items(report: CoverageReport) -> Iterator[str]:
    yield '<h2 id="items">按事项</h2>'
    names = report.names
    rows, months = [], []
    for one in report.items:
        organ, item = names.organs.get(one.organ, one.organ), names.items.get(one.item, one.item)
        groups = [group for group in report.groups if (group.organ, group.item) == (one.organ, one.item)]
        trend = spark(_by_month(report, groups), f"{organ} {item}")
        rows.append((text(organ), text(item), *_counts(one.figures, one.organ, one.item), trend))
        for group in groups:
            place = (group.organ, group.item, group.month)
            months.append((text(organ), text(item), text(group.month), *_counts(group.figures, *place)))
    yield _table("各事项许可", ("部门", "事项", *_COUNTS, "完全落实率走势"), rows, numbers=_numbers(2))
    by_month = _table("各事项各月许可", ("部门", "事项", "月份", *_COUNTS), months, numbers=_numbers(3))
    yield f"<details><summary>按部门、事项、月份({len(months)} 行)</summary>{by_month}</details>"


_COUNTS = ("许可", *(CLASSES[one] for one in LICENCE_CLASSES), "按时核查率", "完全落实率")


def _numbers(first: int) -> tuple[int, ...]:
    return tuple(range(first, first + len(_COUNTS)))


def _counts(figures: Figures, *place: str) -> tuple[str, ...]:
    return (
        number(figures.licences, ALL, *place),
        *(number(figures.of(one), one.value, *place) for one in LICENCE_CLASSES),
        *((percent(figures.checked_ppm), percent(figures.covered_ppm)) if figures.licences else ("", "")),
    )


def _by_month(report: CoverageReport, groups: Iterable[GroupFigures]) -> list[tuple[str, Figures]]:
    """Sums of some groups for every month of the report; the rate alone is needed."""
    sums: dict[str, tuple[int, int]] = {}
    for group in groups:
        licences, in_time = sums.get(group.month, (0, 0))
        sums[group.month] = (licences + group.figures.licences, in_time + group.figures.checked_in_time)
    found = []
    for one in report.months:
        licences, in_time = sums.get(one.month, (0, 0))
        rate = share_ppm(in_time, licences)
        found.append((one.month, Figures(licences=licences, checked_in_time=in_time, covered_ppm=rate)))
    return found


# -- the rest ---------------------------------------------------------------------------------------------------------


def _measures(report: CoverageReport) -> Iterator[str]:
    yield '<h2 id="measures">措施落实</h2>'
    if not report.measures:
        yield tag("p", "按时核查的许可没有要求任何措施", "note")
        return
    yield tag("p", "按时核查所要求的措施, 每份回执计一次; 事后核查要求的措施来不及实施, 不计入。", "note")
    rows = [
        (
            text(report.names.organs.get(one.organ, one.organ)),
            text(one.title),
            text(KINDS[one.kind]),
            number(one.ordered, *measure_place(one, ALL)),
            f"{one.mandatory:,}",
            *(number(one.of(done), *measure_place(one, done.value)) for done in Done),
            number(one.open, *measure_place(one, OPEN)),
            text("、".join(f"{departure_title(reason)} {count}" for reason, count in one.reasons.items())),
        )
        for one in report.measures
    ]
    headers = ("部门", "措施", "种类", "要求", "其中应当", *(DONE[done] for done in Done), "应当而未落实", "理由")
    yield _table("各项措施", headers, rows, numbers=range(3, 6 + len(Done)))


def _rows(report: CoverageReport) -> Iterator[str]:
    yield '<h2 id="rows">无法比对的行</h2>'
    if not report.reasons:
        yield tag("p", "没有", "note")
        return
    rows = [
        (text(UNMATCHED[one.reason]), number(one.rows, *row_place(one)), "" if one.harmless else "需要改正后重新比对")
        for one in report.reasons
    ]
    yield _table("无法比对的行", ("原因", "行数", ""), rows, numbers=(1,))


def _about(report: CoverageReport) -> Iterator[str]:
    yield '<h2 id="about">说明</h2>'
    rows = [
        *(("文件", f"{text(one.name)}({one.rows:,} 行, SHA-256 {text(one.sha256)})") for one in report.files),
        ("核查期限", f"颁发前 {report.window_days} 天至颁发当日, 含首尾; 颁发后 {report.late_days} 天内的算事后核查"),
        ("读取的核查回执", f"{report.checks_read:,}"),
        ("规则集", text(report.rule_set)),
        ("制作时间", text(report.made_at)),
    ]
    yield _table("", ("内容", ""), rows)
    yield bullets(report.notes)


def _table(caption: str, headers: Iterable[str], rows: Iterable[Iterable[str]], numbers: Iterable[int] = ()) -> str:
    """A table of cells that are HTML already."""
    right = frozenset(numbers)
    head = "".join(f'<th scope="col">{text(header)}</th>' for header in headers)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="n">{cell}</td>' if place in right else f"<td>{cell}</td>" for place, cell in enumerate(row)
        )
        + "</tr>\n"
        for row in rows
    )
    label = f' aria-label="{text(caption)}"' if caption else ""
    return f'<div class="scroll"><table{label}><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>'
