"""Pieces of the page: tables, heat maps and bars. All text is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from .report import Cell

STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2em auto;max-width:76em;padding:0 1em}
body{color:#222}h1{font-size:1.5em}h2{font-size:1.2em;border-bottom:2px solid #345;margin-top:2em}
h3{font-size:1em;margin-bottom:.3em}table{border-collapse:collapse;margin:.5em 0}
th,td{border:1px solid #bbc;padding:.25em .6em;text-align:left;vertical-align:top}th{background:#eef1f6}
td.n{text-align:right;font-variant-numeric:tabular-nums}.before{color:#8a1f11}.after{color:#0b5d2a}
.headline{font-size:1.15em;background:#f4f6fa;border-left:4px solid #345;padding:.6em 1em}.note{color:#556}
details{margin:.3em 0}summary{cursor:pointer}svg text{font:13px sans-serif}
"""

Row = Sequence[str]


def document(title: str, body: Iterable[str], style: str = "") -> str:
    """A whole page in one file: no script, nothing from elsewhere. `style`: beside the common one."""
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8"/>\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def text(value: object) -> str:
    """Anything as text of the page."""
    return escape(str(value), quote=True)


def tag(name: str, value: object, kind: str = "") -> str:
    """An element that holds text."""
    return f'<{name} class="{kind}">{text(value)}</{name}>' if kind else f"<{name}>{text(value)}</{name}>"


def bullets(lines: Iterable[str]) -> str:
    """Lines of text as a list."""
    return "<ul>" + "".join(tag("li", line) for line in lines) + "</ul>"


def table(headers: Row, rows: Iterable[Row]) -> str:
    """A table of text."""
    head = "".join(tag("th", header) for header in headers)
    body = "".join("<tr>" + "".join(tag("td", cell) for cell in row) + "</tr>\n" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


def folded(summary: str, inside: str) -> str:
    """Something that opens on a click."""
    return f"<details><summary>{text(summary)}</summary>{inside}</details>"


def heat_map(cells: Sequence[Cell], order: Sequence[str], titles: dict[str, str]) -> str:
    """A migration matrix: rows are A, columns B. The fuller a cell off the diagonal, the darker it is."""
    counts = {(cell.before, cell.after): cell.count for cell in cells}
    used = [code for code in order if any(code in step for step in counts)]
    most = max((count for step, count in counts.items() if step[0] != step[1]), default=0)
    head = "<th>原来 ＼ 改后</th>" + "".join(tag("th", titles.get(code, code)) for code in used)
    rows = [
        f"<tr>{tag('th', titles.get(before, before))}"
        + "".join(_heat_cell(counts.get((before, after), 0), most, same=before == after) for after in used)
        + "</tr>\n"
        for before in used
    ]
    return f'<table class="heat"><thead><tr>{head}</tr></thead>\n<tbody>{"".join(rows)}</tbody></table>'


def _heat_cell(count: int, most: int, *, same: bool) -> str:
    if same:
        return f'<td class="n" style="background:#e8ecef">{count}</td>'
    if count == 0:
        return '<td class="n"></td>'
    strength = 0.15 + 0.7 * count / most
    return f'<td class="n" style="background:rgba(214,69,33,{strength:.2f})">{count}</td>'


def bars(rows: Sequence[tuple[str, int]]) -> str:
    """A bar chart, the longest bar first as given."""
    height, left, width = 24, 360, 460
    most = max((count for _, count in rows), default=1) or 1
    parts = [
        f'<g transform="translate(0,{place * height})">'
        f'<text x="{left - 8}" y="16" text-anchor="end">{text(label)}</text>'
        f'<rect x="{left}" y="4" width="{max(width * count / most, 1):.1f}" height="15" fill="#b5492b"/>'
        f'<text x="{left + width * count / most + 6:.1f}" y="16">{count}</text></g>'
        for place, (label, count) in enumerate(rows)
    ]
    total = len(rows) * height + 4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 80}" height="{total}" role="img">'
        + "".join(parts)
        + "</svg>"
    )
