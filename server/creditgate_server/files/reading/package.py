"""An XLSX file as a package: which parts are its sheets, styles and shared strings. Source: ECMA-376-1, 18.2; -2."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import IO
from xml.etree import ElementTree

from ...errors import SetupFault
from .cells import SAVE_AGAIN, Row
from .formats import Shown, shown_as
from .markup import Unfit, unreadable
from .merged import Merge
from .sheet_xml import Hidden, Workings, has_merges, merges_of, sheet_rows
from .strings import SharedStrings

MOST_UNPACKED = 4_000_000_000
"""Bytes of a file that is read row by row, once unpacked, inclusive."""
_MOST_PARTS = 10_000
_LONGEST_SMALL_PART = 32_000_000
"""Bytes of parts that are read as a whole: the list of sheets, the styles."""
_RELATED = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_TRUE = ("1", "true", "on")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, KeyError, OSError)
"""What reading a part of a damaged archive raises."""


@dataclass(slots=True)
class XlsxSheet:
    """A sheet of the file."""

    title: str
    hidden: bool
    _part: str
    _package: _Package
    _hides: Hidden = field(default_factory=Hidden)

    def rows(self) -> Iterator[Row]:
        """From the first one, each time anew. Raises SetupFault."""
        self._hides = Hidden()
        number = 0
        try:
            with self._package.part(self._part) as part:
                for row in sheet_rows(part, self._package.workings, self._hides):
                    number = row[0]
                    yield row
        except (Unfit, *_DAMAGED) as fault:
            told = f"XLSX 文件从第 {number + 1} 行起不能读取(工作表“{self.title}”): {_why(fault)}"
            raise SetupFault(told, SAVE_AGAIN, "file") from fault

    def merges(self) -> list[Merge]:
        """Its merged cells, in the order of their first cells. Raises SetupFault."""
        try:
            with self._package.part(self._part) as part:
                if not has_merges(part):
                    return []
            with self._package.part(self._part) as part:
                return merges_of(part)
        except (Unfit, *_DAMAGED) as fault:
            raise unreadable(f"XLSX 文件不能读取(工作表“{self.title}”): {_why(fault)}") from fault

    def notes(self) -> list[str]:
        """What it hid. Asked after its rows were read."""
        return self._hides.note(self.title)


@contextmanager
def open_xlsx(path: Path) -> Iterator[list[XlsxSheet]]:
    """The sheets with cells, in the file's order. Raises SetupFault."""
    strings = SharedStrings()
    try:
        with _opened(path) as archive:
            yield _Package(archive, strings).sheets()
    finally:
        strings.close()


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as fault:
        raise SetupFault("不是 XLSX 文件, 或已损坏、加了密码", SAVE_AGAIN, "file") from fault
    except OSError as fault:
        raise SetupFault(f"文件不能读取: {fault.strerror or '已损坏'}", str(path), "file") from fault


class _Package:
    """The parts of a file by name."""

    def __init__(self, archive: zipfile.ZipFile, strings: SharedStrings) -> None:
        self._archive = archive
        self._parts: dict[str, zipfile.ZipInfo] = {}
        unpacked = 0
        for number, entry in enumerate(archive.infolist()):
            name = entry.filename.replace("\\", "/").lstrip("/").lower()
            if name in self._parts or number > _MOST_PARTS:
                raise unreadable(f"XLSX 文件不能读取: 有两个部件叫 {name[:80]}, 或部件太多")
            self._parts[name] = entry
            unpacked += entry.file_size
        if unpacked > MOST_UNPACKED:
            told = f"文件展开后太大: {unpacked} 字节, 最多 {MOST_UNPACKED} 字节"
            raise SetupFault(told, "请拆成几个文件", "file")
        self.workings = Workings(strings, (), recalculated=False)

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """A part, open. Raises KeyError and what damaged archives raise."""
        with self._archive.open(self._parts[name.lower()]) as part:
            yield part

    def sheets(self) -> list[XlsxSheet]:
        """All that is needed to read them is read. Raises SetupFault."""
        try:
            return self._sheets()
        except (Unfit, ElementTree.ParseError, *_DAMAGED) as fault:
            raise unreadable(f"XLSX 文件不能读取: {_why(fault)}") from fault

    def _sheets(self) -> list[XlsxSheet]:
        main = next((target for kind, _, target in self._related("") if kind == "officeDocument"), "xl/workbook.xml")
        if main.lower() not in self._parts:
            raise Unfit(_foreign(self._parts))
        book = self._tree(main)
        space = book.tag.removesuffix("workbook")
        related = self._related(main)
        properties = book.find(f"{space}workbookPr")
        calculated = book.find(f"{space}calcPr")
        from_1904 = properties is not None and properties.get("date1904") in _TRUE
        self.workings.recalculated = calculated is not None and calculated.get("fullCalcOnLoad") in _TRUE
        for kind, _, target in related:
            if kind == "styles" and target.lower() in self._parts:
                self.workings.styles = _styles(self._tree(target), from_1904=from_1904)
            elif kind == "sharedStrings":
                with self.part(target) as part:
                    self.workings.strings.read(part)
        self.workings.strings.ready()
        by_id = {one: (kind, target) for kind, one, target in related}
        sheets = []
        for sheet in book.iterfind(f"{space}sheets/{space}sheet"):
            kind, target = by_id[next(sheet.attrib[name] for name in _ID if name in sheet.attrib)]
            if kind == "worksheet":
                if target.lower() not in self._parts:
                    raise Unfit(f"没有部件 {target[:80]}")
                hidden = sheet.get("state", "visible") != "visible"
                sheets.append(XlsxSheet(sheet.get("name", ""), hidden, target, self))
        if not sheets:
            raise SetupFault("XLSX 文件里没有工作表", SAVE_AGAIN, "file")
        return sheets

    def _related(self, source: str) -> list[tuple[str, str, str]]:
        """Kind, id and target of what a part refers to within the file."""
        folder = dirname(source)
        name = join(folder, "_rels", f"{source.rpartition('/')[2]}.rels")
        if name.lower() not in self._parts:
            return []
        return [
            (
                one.get("Type", "").rpartition("/")[2],
                one.get("Id", ""),
                normpath(join("/", folder, one.get("Target", ""))).lstrip("/"),
            )
            for one in self._tree(name).iterfind(_RELATED)
            if one.get("TargetMode") != "External"
        ]

    def _tree(self, name: str) -> ElementTree.Element:
        """A small part as a whole. Raises Unfit, ElementTree.ParseError and what damaged archives raise."""
        with self.part(name) as part:
            content = part.read(_LONGEST_SMALL_PART + 1)
        if len(content) > _LONGEST_SMALL_PART:
            raise Unfit(f"部件 {name[:80]} 太大")
        if b"\0" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise Unfit(f"部件 {name[:80]} 含有 DTD 或实体, 或编码不能识别")
        return ElementTree.fromstring(content)  # noqa: S314 - no DTD, so no entities; and no longer than said


def _styles(tree: ElementTree.Element, *, from_1904: bool) -> list[Shown | None]:
    """How each cell format shows numbers."""
    space = tree.tag.removesuffix("styleSheet")
    codes = {
        one.get("numFmtId", ""): one.get("formatCode", "") for one in tree.iterfind(f"{space}numFmts/{space}numFmt")
    }
    made: dict[str, Shown | None] = {}
    styles = []
    for one in tree.iterfind(f"{space}cellXfs/{space}xf"):
        number = one.get("numFmtId", "0")
        if number not in made:
            made[number] = shown_as(int(number), codes.get(number, ""), from_1904=from_1904)
        styles.append(made[number])
    return styles


def _foreign(parts: dict[str, zipfile.ZipInfo]) -> str:
    if "xl/workbook.bin" in parts:
        return "这是 XLSB 格式"
    if "mimetype" in parts:
        return "这是 ODS 格式"
    return "没有工作簿部件"


def _why(fault: Exception) -> str:
    if isinstance(fault, Unfit):
        return str(fault)
    if isinstance(fault, ElementTree.ParseError):
        return "不是完好的 XML"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror
    if isinstance(fault, RuntimeError) and "password" in str(fault):
        return "加了密码"
    return "文件已损坏"
