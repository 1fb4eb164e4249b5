"""Reading the files: licences by the columns of dual publicity or by a mapping, and the titles of items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import SetupFault
from ..registry.columns import COLUMNS, FileKind
from ..registry.columns import places as known_places
from ..registry.sheets import open_rows
from ..rulebook.catalogue import Catalogue
from .items import ItemFinder
from .rows import ITEM_FIELDS, RowReader
from .values import Place, Row

FIELDS = ("subject", "issued_on", "item", "organ", "document", "id_number")
"""Fields that a mapping may name."""
REQUIRED = ("subject", "issued_on", "item")
"""Fields that a mapping must name."""

_ITEM_HEADERS = {
    "item": ("项目名称", "事项名称", "许可事项"),
    "certificate": ("许可证书名称", "行政许可证书名称"),
    "content": ("许可内容",),
}
_AS_KNOWN = {
    "subject": "uscc",
    "issued_on": "decided_on",
    "organ": "organ",
    "document": "document_number",
    "id_number": "id_number",
}
_TITLE_HEADERS = ("许可名称", "名称", "title")
_CODE_HEADERS = ("事项代码", "事项", "item")

Person = Callable[[str], tuple[str, str]]
"""From a citizen identity number to (identifier, fault in Chinese): one of them is empty."""


def read_mapping(text: str) -> dict[str, str]:
    """`subject=…,issued_on=…,item=…` as field to header. Raises SetupFault for an unknown, doubled or missing field."""
    mapping: dict[str, str] = {}
    for part in text.split(","):
        field, equals, header = (piece.strip() for piece in part.partition("="))
        if field not in FIELDS or not equals or not header:
            raise SetupFault(
                f"对应关系“{part.strip()}”不能识别", f"写作 字段=列名, 字段为 {'、'.join(FIELDS)}", "--map"
            )
        if field in mapping:
            raise SetupFault(f"字段 {field} 写了两次", "每个字段对应一列", "--map")
        mapping[field] = header
    missing = [field for field in REQUIRED if field not in mapping]
    if missing:
        raise SetupFault(f"缺少字段 {'、'.join(missing)}", "写作 字段=列名", "--map")
    return mapping


def read_licences(
    path: Path, number: int, mapping: Mapping[str, str] | None, catalogue: Catalogue, items: ItemFinder, person: Person
) -> Iterator[Row]:
    """The rows of one file but for its headers and empty lines. `number`: of the file. Raises SetupFault."""
    with open_rows(path) as rows:
        header = next(rows, None)
        if header is None or not any(header[1]):
            raise SetupFault(f"文件是空的: {path.name}", "第一行须为列名", "file")
        reader = RowReader(_places(path, header[1], mapping), catalogue, items, person)
        for row, cells in rows:
            if any(cells):
                yield reader.read(Place(number, row), cells)


def read_items(path: Path, catalogue: Catalogue) -> dict[str, str]:
    """Titles of licences with the code of their item: the columns 许可名称 and 事项代码. Raises SetupFault."""
    result: dict[str, str] = {}
    with open_rows(path) as rows:
        header = next(rows, (1, []))[1]
        title, code = _one_of(header, _TITLE_HEADERS), _one_of(header, _CODE_HEADERS)
        if title is None or code is None:
            raise SetupFault(f"{path.name} 须有列 许可名称 和 事项代码", f"现有: {'、'.join(header)[:200]}", "--items")
        for row, cells in rows:
            if not any(cells):
                continue
            if len(cells) <= max(title, code) or not cells[title]:
                raise SetupFault(f"{path.name} 第 {row} 行不完整", "写明许可名称和事项代码", "--items")
            if cells[code] not in catalogue.items:
                raise SetupFault(f"{path.name} 第 {row} 行: 目录中没有事项 {cells[code][:60]}", "写事项代码", "--items")
            if result.setdefault(cells[title], cells[code]) != cells[code]:
                raise SetupFault(
                    f"{path.name} 第 {row} 行: “{cells[title]}”已对应另一事项", "一个名称一个事项", "--items"
                )
    return result


def _places(path: Path, headers: Sequence[str], mapping: Mapping[str, str] | None) -> dict[str, int]:
    if mapping is not None:
        for field, header in mapping.items():
            if headers.count(header) != 1:
                what = "没有" if header not in headers else "有几个"
                raise SetupFault(
                    f"{path.name} {what}列“{header}”({field})", f"列名: {'、'.join(headers)[:200]}", "--map"
                )
        return {field: headers.index(header) for field, header in mapping.items()}
    known = known_places(FileKind.LICENCES, headers)
    missing = [
        column.headers[0] for column in COLUMNS[FileKind.LICENCES] if column.required and column.field not in known
    ]
    places = {field: known[column] for field, column in _AS_KNOWN.items() if column in known}
    for field in ITEM_FIELDS:
        place = _one_of(headers, _ITEM_HEADERS[field])
        if place is not None:
            places[field] = place
    if not any(field in places for field in ITEM_FIELDS):
        missing.append("项目名称")
    if missing:
        hint = "用行政许可双公示的列名, 或用 --map 写明对应关系"
        raise SetupFault(f"{path.name} 缺少列 {'、'.join(missing)}", hint, "file")
    return places


def _one_of(headers: Sequence[str], names: Sequence[str]) -> int | None:
    return next((list(headers).index(name) for name in names if name in headers), None)
