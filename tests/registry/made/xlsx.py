"""XLSX files part by part, for the faults that no library writes. The same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class Raw:
    """A cell as XML: `%s` is its place."""

    xml: str


Cell = str | int | float | Raw | None


@dataclass(frozen=True)
class Sheet:
    """A sheet to be written."""

    rows: Sequence[Sequence[Cell]]
    title: str = "Sheet1"
    state: str = "visible"
    row_attributes: Mapping[int, str] = field(default_factory=dict)
    """By row number, from 1."""
    before: str = ""
    """What stands before the rows: dimension, columns."""
    after: str = ""
    """What stands behind them: merged cells."""
    prefix: str = ""
    """Of all names, with its colon."""


def formula(text: str, value: str | None = None, kind: str = "") -> Raw:
    """`value`: what is stored of it; None: nothing."""
    stored = "" if value is None else f"<v>{escape(value)}</v>"
    told = f' t="{kind}"' if kind else ""
    return Raw(f'<c r="%s"{told}><f>{escape(text)}</f>{stored}</c>')


def styled(value: str, style: int) -> Raw:
    """A number with a cell format."""
    return Raw(f'<c r="%s" s="{style}"><v>{value}</v></c>')


def number(value: str) -> Raw:
    """A number as it is stored."""
    return Raw(f'<c r="%s"><v>{value}</v></c>')


def shared(place: int) -> Raw:
    """A shared text."""
    return Raw(f'<c r="%s" t="s"><v>{place}</v></c>')


def letters(column: int) -> str:
    """1 is A."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _cell(value: Cell, place: str) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Raw):
        return value.xml.replace("%s", place)
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def sheet_xml(sheet: Sheet) -> str:
    """The sheet's part."""
    rows = []
    for line, cells in enumerate(sheet.rows, start=1):
        made = "".join(_cell(value, f"{letters(column)}{line}") for column, value in enumerate(cells, start=1))
        rows.append(f'<row r="{line}"{sheet.row_attributes.get(line, "")}>{made}</row>')
    inner = f"{sheet.before}<sheetData>{''.join(rows)}</sheetData>{sheet.after}"
    if sheet.prefix:
        inner = inner.replace("</", "\0").replace("<", f"<{sheet.prefix}").replace("\0", f"</{sheet.prefix}")
        return f'{_HEAD}<{sheet.prefix}worksheet xmlns:{sheet.prefix[:-1]}="{MAIN}">{inner}</{sheet.prefix}worksheet>'
    return f'{_HEAD}<worksheet xmlns="{MAIN}">{inner}</worksheet>'


def xlsx(
    *sheets: Sheet,
    formats: Mapping[int, str] | None = None,
    styles: Sequence[int] = (0,),
    strings: Sequence[str] = (),
    properties: str = "",
    calculated: str = "",
    parts: Mapping[str, str | bytes | None] | None = None,
) -> bytes:
    """A workbook.

    `formats`: number formats by number; `styles`: each cell format's number format; `strings`: shared texts as XML;
    `parts`: put in place of the parts of these names, or left out.
    """
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name={quoteattr(one.title)} sheetId="{place}" state="{one.state}" r:id="r{place}"/>'
        for place, one in zip(numbers, sheets, strict=True)
    )
    codes = "".join(f'<numFmt numFmtId="{n}" formatCode={quoteattr(code)}/>' for n, code in (formats or {}).items())
    content: dict[str, str | bytes | None] = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _related([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": (
            f'{_HEAD}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><workbookPr {properties}/>'
            f"<sheets>{listed}</sheets>{calculated}</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": _related(
            [
                *((f"r{place}", "worksheet", f"worksheets/sheet{place}.xml") for place in numbers),
                ("s1", "styles", "styles.xml"),
                ("s2", "sharedStrings", "sharedStrings.xml"),
            ]
        ),
        "xl/styles.xml": (
            f'{_HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>'
            + "".join(f'<xf numFmtId="{one}"/>' for one in styles)
            + "</cellXfs></styleSheet>"
        ),
        "xl/sharedStrings.xml": f'{_HEAD}<sst xmlns="{MAIN}">{"".join(strings)}</sst>',
        **{f"xl/worksheets/sheet{place}.xml": sheet_xml(one) for place, one in zip(numbers, sheets, strict=True)},
        **(parts or {}),
    }
    return packed({name: one for name, one in content.items() if one is not None})


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of parts, without the time of day in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return file.getvalue()


def _related(related: Sequence[tuple[str, str, str]]) -> str:
    inner = "".join(f'<Relationship Id="{one}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for one, kind, to in related)
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{inner}</Relationships>'
