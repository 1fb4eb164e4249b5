"""A list as one page that prints well: A4 landscape, the official columns, their titles on every page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue
from ...rulebook.explain import UNVERIFIED
from ...rulebook.handbook.html import Html, html, joined, tag, verbatim
from ...rulebook.titles import ELEMENTS, EXEMPTION_KINDS
from ...rulebook.words import correction_in_words, first_in_words
from .columns import BASIC_CODE, CIRCUMSTANCES, NUMBER, REMARK, TITLE, official_columns
from .digest import list_digest
from .typed import TypedEntry, TypedList
from .words import derived_words, facts_of_list, has_range, measures_in_words, split_remark

_STYLE = """
@page { size: A4 landscape; margin: 12mm 12mm 14mm;
  @bottom-center { content: "第 " counter(page) " 页, 共 " counter(pages) " 页"; font-size: 9pt; } }
* { box-sizing: border-box; }
body { font: 10pt/1.5 "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif; color: #111;
  margin: 0 auto; max-width: 297mm; padding: 6mm; }
h1 { font: bold 16pt/1.4 "Noto Sans CJK SC", "Source Han Sans SC", "Heiti SC", SimHei, sans-serif; text-align: center;
  margin: 0 0 2mm; }
.facts { text-align: center; margin: 0 0 4mm; color: #333; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: .75pt solid #333; padding: 1.2mm 1.4mm; vertical-align: top; text-align: left;
  overflow-wrap: anywhere; }
th { background: #eee; text-align: center; }
td { white-space: pre-line; }
td.n { text-align: center; white-space: nowrap; overflow-wrap: normal; }
.mark { font-weight: bold; border: .75pt solid #555; padding: 0 1mm; font-size: 8.5pt; }
.notes { margin-top: 5mm; break-inside: avoid; }
.notes p { margin: 0 0 1mm; }
.digest { color: #555; font-size: 8pt; overflow-wrap: anywhere; }
@media print { body { padding: 0; max-width: none; } }
"""


def page(rule_set: RuleSet, listed: TypedList) -> str:
    """The page. The same list gives the same text."""
    columns = official_columns(ranged=has_range(listed))
    total = sum(column.width for column in columns)
    widths = (tag("col", class_=f"w{place}") for place, _ in enumerate(columns))
    style = _STYLE + "".join(f".w{at} {{ width: {100 * one.width / total:.2f}%; }}\n" for at, one in enumerate(columns))
    head = tag("tr", *(tag("th", column.header, scope="col") for column in columns))
    rows = [_row(rule_set.catalogue, listed, number, one) for number, one in enumerate(listed.entries, start=1)]
    title = listed.value.title
    facts = "; ".join(f"{name}: {text}" for name, text in facts_of_list(rule_set.catalogue, listed.value))
    body = tag(
        "body",
        tag("h1", title),
        tag("p", facts, class_="facts"),
        tag("table", tag("colgroup", *widths), tag("thead", head), tag("tbody", *rows)),
        tag("div", *_notes(rule_set, listed), class_="notes"),
    )
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    top = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", **{"http-equiv": "Content-Security-Policy", "content": policy}),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", verbatim(style)),
    )
    return f"<!DOCTYPE html>\n{tag('html', top, body, lang='zh-CN')}\n"


def _row(catalogue: Catalogue, listed: TypedList, number: int, one: TypedEntry) -> Html:
    remark = split_remark(one.version.remark) if has_range(listed) else {REMARK: one.version.remark}
    said: dict[str, str] = {
        NUMBER: str(number),
        **derived_words(catalogue, listed.value, one),
        TITLE: one.entry.title,
        BASIC_CODE: one.entry.basic_code,
        CIRCUMSTANCES: one.version.circumstances,
        **remark,
    }
    marks = list(_marks(listed, one))
    said[REMARK] = joined(part for part in (said[REMARK], *marks) if part) if marks else said[REMARK]
    columns = official_columns(ranged=has_range(listed))
    return tag("tr", *(tag("td", said[one_.header], class_="n" if one_.header == NUMBER else None) for one_ in columns))


def _marks(listed: TypedList, one: TypedEntry) -> Iterator[Html]:
    """What the official columns have no place for: another period than the list's, and what is not verified."""
    own = one.version.effective
    if own is not None and own != listed.value.effective:
        yield html(f"({own.start} 起{f', 至 {own.until}' if own.until else ''})")
    if not one.version.verified:
        yield tag("span", UNVERIFIED, class_="mark")


def _notes(rule_set: RuleSet, listed: TypedList) -> Iterator[Html]:
    """The list's own definitions under the table."""
    value = listed.value
    kinds = dict.fromkeys(EXEMPTION_KINDS[one.version.kind] for one in listed.entries)
    found = (
        ("类别", "、".join(kinds)),
        ("各事项都要求", "、".join(ELEMENTS[one] for one in value.requires)),
        ("初次违法", first_in_words(value.first) if value.first else ""),
        ("及时改正", correction_in_words(value.corrected) if value.corrected else ""),
        ("不适用情形", "; ".join(one.title for one in listed.unless)),
        ("配套监管措施", measures_in_words(rule_set.catalogue, value.measures)),
        ("备注", value.remark),
    )
    yield from (tag("p", tag("strong", f"{name}: "), text) for name, text in found if text)
    yield tag("p", f"清单 {value.code} {list_digest(rule_set, value.code)}", class_="digest")
