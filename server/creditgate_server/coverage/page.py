"""The report as one HTML file: no script, nothing from elsewhere. Each number opens to its cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

from ..outcomes.titles import ANSWERS
from ..outcomes.values import Done
from .counting import Group, MeasureGroup, Report
from .titles import NO_ITEM, NO_MONTH, VERDICTS, WHYS
from .trends import percent, trend
from .values import Case, Verdict
from .workbook import measure_words

MOST_CASES = 20_000
"""Cases that a page shows, misses first; the workbook and the JSON file have all of them."""

_STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2em auto}
body{max-width:90em;padding:0 1em;color:#222}
h1{font-size:1.5em}h2{font-size:1.2em;border-bottom:2px solid #345;margin-top:2em}table{border-collapse:collapse}
th,td{border:1px solid #bbc;padding:.25em .6em;text-align:left;vertical-align:top}th{background:#eef1f6}
td.n{text-align:right;font-variant-numeric:tabular-nums}.note{color:#556}tr:target{background:#fff3c4}
.headline{font-size:1.15em;background:#f4f6fa;border-left:4px solid #345;padding:.6em 1em}
summary{cursor:pointer}details[open] div{max-height:14em;overflow:auto;max-width:18em;text-align:left}
svg text{font:13px sans-serif}
"""
_NUMBERS = ("行数", *VERDICTS.values(), "核查率", "到位率", "措施", "已适用", "未适用有理由", "未反馈")


def page(report: Report) -> str:
    """The whole page."""
    shown = _shown(report)
    titles = {group.item: group.item_title for group in report.by_item}
    body = [
        "<h1>应查必查、奖惩到位: 许可与核查对账</h1>",
        _headline(report),
        "<h2>趋势</h2>",
        trend(report.by_month),
        _view("按许可机关", ("许可机关",), report.by_organ, report, shown, lambda one: (one.organ,)),
        _view("按事项", ("事项",), report.by_item, report, shown, lambda one: (one.item_title or NO_ITEM,)),
        _view("按月份", ("月份",), report.by_month, report, shown, lambda one: (one.month or NO_MONTH,)),
        _view(
            "按许可机关、事项和月份",
            ("许可机关", "事项", "月份"),
            report.by_all,
            report,
            shown,
            lambda one: (one.organ, one.item_title or NO_ITEM, one.month or NO_MONTH),
        ),
        _measures(report, shown),
        _unmatched(report, shown),
        _cases(report, sorted(shown), titles),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8"/>\n<title>许可与核查对账</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def _shown(report: Report) -> frozenset[int]:
    places = range(len(report.cases))
    in_time = Verdict.IN_TIME
    return frozenset(sorted(places, key=lambda place: (report.cases[place].verdict is in_time, place))[:MOST_CASES])


def _headline(report: Report) -> str:
    total = report.total
    misses = total.licences - total.checked_in_time
    lines = [
        f"许可 {total.licences} 件: 按时核查且到位 {total.checked_in_time} 件, 缺漏 {misses} 件; "
        f"另有 {total.unmatched} 行未能匹配。"
        f"核查率 {percent(total.check_rate)}, 到位率 {percent(total.covered_rate)}。",
        f"文件: {'、'.join(report.files)}。核查期限: 许可决定日期前 {report.window_days} 日内, 当日计入。"
        f"制作日期: {report.made_on.isoformat()}。",
        *(f"注意: {warning}。" for warning in report.warnings),
    ]
    if len(report.cases) > MOST_CASES:
        lines.append(f"本页列出 {MOST_CASES} 行(缺漏在前), 全部 {len(report.cases)} 行见工作簿和 JSON 文件。")
    return '<p class="headline">' + "<br/>".join(escape(line) for line in lines) + "</p>"


def _view(
    title: str,
    names: Sequence[str],
    groups: Iterable[Group],
    report: Report,
    shown: frozenset[int],
    called: Callable[[Group], tuple[str, ...]],
) -> str:
    rows = []
    for group in groups:
        cells = "".join(f"<td>{escape(name)}</td>" for name in called(group))
        rows.append(f"<tr>{cells}{_number_cells(group, report, shown)}</tr>")
    return f"<h2>{title}</h2>{_table((*names, *_NUMBERS), rows)}"


def _number_cells(group: Group, report: Report, shown: frozenset[int]) -> str:
    numbers, cases = group.numbers, group.cases
    every = sorted(place for places in cases.values() for place in places)
    cells = [_opening(numbers.rows, every, shown)]
    cells += [_opening(getattr(numbers, one.value), cases.get(one.value, ()), shown) for one in Verdict]
    measures = numbers.measures
    plain = (percent(numbers.check_rate), percent(numbers.covered_rate))
    cells += [f'<td class="n">{one}</td>' for one in plain]
    done = {place: {measure.done for measure in report.cases[place].measures} for place in every}
    cells.append(_opening(measures.ordered, [place for place in every if done[place]], shown))
    told = ((Done.APPLIED, measures.applied), (Done.NOT_APPLIED, measures.refused), (Done.SILENT, measures.silent))
    cells += [_opening(count, [place for place in every if one in done[place]], shown) for one, count in told]
    return "".join(cells)


def _opening(count: int, places: Sequence[int], shown: frozenset[int]) -> str:
    """A number that opens to links to its cases."""
    if not count:
        return '<td class="n">0</td>'
    links = " ".join(f'<a href="#c{place}">{place + 1}</a>' for place in places if place in shown)
    hidden = sum(place not in shown for place in places)
    more = f" <span>另 {hidden} 行见工作簿</span>" if hidden else ""
    return f'<td class="n"><details><summary>{count}</summary><div>{links}{more}</div></details></td>'


def _measures(report: Report, shown: frozenset[int]) -> str:
    rows = [_measure_row(one, shown) for one in report.by_measure]
    headers = ("措施", "应适用", "其中应当", "已适用", "未适用有理由", "未反馈", "适用率")
    return "<h2>措施</h2>" + (_table(headers, rows) if rows else "<p>没有措施。</p>")


def _measure_row(one: MeasureGroup, shown: frozenset[int]) -> str:
    numbers = one.numbers
    every = sorted({place for places in one.cases.values() for place in places})
    cells = [f"<td>{escape(one.title)}({escape(one.code)})</td>", _opening(numbers.ordered, every, shown)]
    cells.append(f'<td class="n">{numbers.mandatory}</td>')
    told = (("applied", numbers.applied), ("not_applied", numbers.refused), ("silent", numbers.silent))
    cells += [_opening(count, one.cases.get(name, ()), shown) for name, count in told]
    cells.append(f'<td class="n">{percent(numbers.applied_rate)}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def _unmatched(report: Report, shown: frozenset[int]) -> str:
    rows = [f"<tr><td>{WHYS[one.why]}</td>{_opening(one.rows, one.cases, shown)}</tr>" for one in report.unmatched]
    return "<h2>未能匹配的行</h2>" + (_table(("原因", "行数"), rows) if rows else "<p>没有。</p>")


def _cases(report: Report, places: Iterable[int], titles: Mapping[str, str]) -> str:
    headers = (
        *("序号", "文件", "行号", "分类", "许可机关", "事项", "许可决定日期", "主体代码", "决定书文号"),
        *("核查回执", "核查日期", "核查结论", "措施和原因"),
    )
    return "<h2>逐行</h2>" + _table(headers, (_case(report, place, titles) for place in places))


def _case(report: Report, place: int, titles: Mapping[str, str]) -> str:
    case: Case = report.cases[place]
    cells = (
        place + 1,
        report.files[case.file],
        case.row,
        VERDICTS[case.verdict],
        case.organ,
        titles.get(case.item, case.item) or NO_ITEM,
        case.issued_on or "",
        case.subject,
        case.document,
        case.receipt,
        case.checked_on or "",
        ANSWERS.get(case.answer, case.answer),
        measure_words(case) or case.words,
    )
    return f'<tr id="c{place}">' + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>\n"


def _table(headers: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{''.join(rows)}</tbody></table>"
