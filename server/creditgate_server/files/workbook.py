"""Writing XLSX row by row: a few microseconds a row, memory flat. Texts are texts: none is ever run as a formula.

Office Open XML (ECMA-376) with inline strings; only what these tables need. Days are ISO text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from .reading.cells import letters

MOST_ROWS = 1_048_576
"""Of a sheet, with its headers."""
_LONGEST_TEXT = 32_767

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="0.00%"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="等线"/></font>'
    '<font><b/><sz val="11"/><name val="等线"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFEEF1F6"/></patternFill></fill></fills>'
    "<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs count="3"><xf/><xf fontId="1" fillId="2" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Share:
    """A cell that shows a share."""

    ppm: int


Cell = str | int | Share


class Sheet:
    """A sheet in the making. The first row has the headers; it stays in view and filters the others."""

    def __init__(self, file: IO[bytes], headers: Sequence[str], widths: Sequence[int]) -> None:
        """`widths`: of the columns, in characters of Latin text."""
        self._file = file
        self._columns = len(headers)
        self.rows = 1
        columns = "".join(
            f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
            for place, width in enumerate(widths, start=1)
        )
        self._write(
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{columns}</cols><sheetData><row>{''.join(_text(header, 1) for header in headers)}</row>"
        )

    @property
    def full(self) -> bool:
        """Whether no row goes in any more."""
        return self.rows >= MOST_ROWS

    def add(self, cells: Iterable[Cell]) -> None:
        """One more row."""
        self.rows += 1
        self._write(f"<row>{''.join(map(_cell, cells))}</row>")

    def end(self) -> None:
        """No more rows."""
        last = f"{letters(self._columns)}{self.rows}"
        self._write(f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>')
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.write(text.encode())


class Workbook:
    """A workbook in the making: one sheet after the other."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1)
        self._titles: list[str] = []
        self._open: Sheet | None = None

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_sheet()
        if kind is None:
            self._write_parts()
        self._zip.close()

    def sheet(self, title: str, headers: Sequence[str], widths: Sequence[int]) -> Sheet:
        """The next sheet; the one before is ended."""
        self._end_sheet()
        self._titles.append(title)
        file = self._zip.open(f"xl/worksheets/sheet{len(self._titles)}.xml", "w", force_zip64=True)
        self._open = Sheet(file, headers, widths)
        return self._open

    def _end_sheet(self) -> None:
        if self._open is not None:
            self._open.end()
            self._open = None

    def _write_parts(self) -> None:
        numbers = range(1, len(self._titles) + 1)
        styles = len(self._titles) + 1
        sheets = "".join(
            f'<sheet name="{escape(title)}" sheetId="{number}" r:id="r{number}"/>'
            for number, title in zip(numbers, self._titles, strict=True)
        )
        parts = {
            "[Content_Types].xml": (
                f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
                f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
                + "".join(
                    f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
                    for number in numbers
                )
                + "</Types>"
            ),
            "_rels/.rels": _relations([("r1", "officeDocument", "xl/workbook.xml")]),
            "xl/workbook.xml": (
                f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": _relations(
                [
                    *((f"r{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers),
                    (f"r{styles}", "styles", "styles.xml"),
                ]
            ),
            "xl/styles.xml": _STYLES,
        }
        for name, content in parts.items():
            self._zip.writestr(name, content)


def _relations(related: Iterable[tuple[str, str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for id_, kind, target in related
    )
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{inner}</Relationships>'


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return _text(value) if value else "<c/>"
    if isinstance(value, Share):
        return f'<c s="2"><v>{value.ppm / 1_000_000!r}</v></c>'
    return f"<c><v>{value}</v></c>"


def _text(value: str, style: int = 0) -> str:
    clean = escape(_NOT_XML.sub("", value[:_LONGEST_TEXT]))
    styled = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{clean}</t></is></c>'
