"""A list as one page that prints well: A4 landscape, the official columns, the header on every page."""

from __future__ import annotations

from ..rulebook.catalogue import Catalogue
from ..rulebook.explain import days_in_words
from ..rulebook.handbook.html import html, tag, verbatim
from .columns import NUMBER, OFFICIAL, derived_words
from .source import ListSource

_STYLE = """
@page { size: A4 landscape; margin: 12mm;
  @bottom-center { content: "第 " counter(page) " 页, 共 " counter(pages) " 页"; } }
body { font-family: "Noto Serif CJK SC", "Songti SC", SimSun, serif; font-size: 10pt; color: #111; }
h1 { font-size: 15pt; text-align: center; margin: 0 0 3mm; }
p { text-align: center; margin: 0 0 4mm; color: #333; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.5pt solid #333; padding: 1.2mm; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eee; }
.n { width: 9mm; text-align: center; } .c { width: 26mm; }
"""


def page(catalogue: Catalogue, one: ListSource) -> str:
    """The page. The same list gives the same text."""
    listed = catalogue.exemption_lists[one.value["code"]]
    instrument = catalogue.instruments[listed.instrument]
    number = f"({instrument.number})" if instrument.number else ""
    place = f"{catalogue.regions[listed.region].title}, {catalogue.organs[listed.organ].title}"
    rows = []
    for position, (entry, version) in enumerate(one.entries, start=1):
        words = {NUMBER: str(position), **derived_words(catalogue, one.value, entry, version)}
        words |= {
            "事项名称": entry["title"],
            "基本编码": entry.get("basic_code", ""),
            "适用情形": version.get("circumstances", ""),
            "备注": version.get("remark", ""),
        }
        rows.append(tag("tr", *(tag("td", words[header], class_=_class(header)) for header in OFFICIAL)))
    head = tag("tr", *(tag("th", header, scope="col", class_=_class(header)) for header in OFFICIAL))
    body = tag(
        "body",
        tag("h1", listed.title),
        tag("p", f"{instrument.title}{number}; {days_in_words(listed.effective)}; {place}"),
        tag("table", tag("thead", head), tag("tbody", *rows)),
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    top = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", **{"http-equiv": "Content-Security-Policy", "content": policy}),
        tag("title", listed.title),
        tag("style", verbatim(_STYLE)),
    )
    return f"<!DOCTYPE html>\n{tag('html', html(top, body), lang='zh-CN')}\n"


def _class(header: str) -> str:
    return "n" if header == NUMBER else "c" if header == "基本编码" else "w"
