"""Which column of a licence file brings what: by the headers of dual publicity, or as a mapping says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from ...errors import SetupFault
from .licences import spelt_one_way
from .mapping import FIELDS

HEADERS: dict[str, tuple[str, ...]] = {
    "subject": (
        "行政相对人代码_1(统一社会信用代码)",
        "统一社会信用代码",
        "代码_1",
        "行政相对人统一社会信用代码",
        "XK_XDR_SHXYM",
    ),
    "id_type": ("证件类型", "自然人证件类型", "XK_XDR_ZJLX"),
    "id_number": ("证件号码", "自然人证件号码", "XK_XDR_ZJHM"),
    "issued_on": ("许可决定日期", "决定日期", "XK_JDRQ"),
    "organ": ("许可机关", "XK_XKJG"),
    "document": ("行政许可决定文书号", "许可决定文书号", "行政许可决定书文号", "XK_WSH"),
}
"""Headers of dual publicity. A rule set in force has no forms beside it: a test compares these with the library's."""
_ITEM_HEADERS = (
    "事项编码",
    "许可事项编码",
    "事项名称",
    "许可事项名称",
    "许可事项",
    "行政许可事项",
    "许可证书名称",
    "行政许可证书名称",
    "许可决定书名称",
    "行政许可决定文书名称",
    "项目名称",
    "许可内容",
)
"""Columns that may say for what the licence is, the surest first; of each row the first one that says it counts."""


@dataclass(frozen=True, slots=True)
class ColumnPlaces:
    """Places of the columns; -1: the file has none. Items may be in several."""

    subject: int
    id_type: int
    id_number: int
    issued_on: int
    organ: int
    document: int
    items: tuple[int, ...]

    @property
    def fields(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """Takes from a row's cells, in this order, all but the items."""
        return itemgetter(self.subject, self.id_type, self.id_number, self.issued_on, self.organ, self.document)

    @property
    def width(self) -> int:
        """Cells that a row must have for all of them."""
        places = (self.subject, self.id_type, self.id_number, self.issued_on, self.organ, self.document, *self.items)
        return max(places) + 1


def columns_of(headers: Sequence[str], mapped: Mapping[str, str], path: Path, *, item: bool) -> ColumnPlaces:
    """Where each field is. `mapped`: fields to headers; `item`: the rows have to say it. Raises SetupFault."""
    given = {spelt_one_way(header): place for place, header in reversed(list(enumerate(headers))) if header}
    for header in mapped.values():
        if spelt_one_way(header) not in given:
            raise SetupFault(f"{path.name} 没有对照所写的列“{header}”", "文件的列: " + _shown(headers), "map")

    def place(name: str) -> int:
        wanted = (mapped[name],) if name in mapped else HEADERS[name]
        return next((given[spelt_one_way(one)] for one in wanted if spelt_one_way(one) in given), -1)

    item_headers = (mapped["item"],) if "item" in mapped else _ITEM_HEADERS
    items = tuple(given[spelt_one_way(one)] for one in item_headers if spelt_one_way(one) in given)
    columns = ColumnPlaces(**{name: place(name) for name in HEADERS}, items=items)
    missing = [FIELDS["subject"]] if columns.subject < 0 and columns.id_number < 0 else []
    missing += [FIELDS["issued_on"]] if columns.issued_on < 0 else []
    missing += [FIELDS["item"]] if not items and item else []
    if missing:
        hint = "用 --map 写明各字段的列" + (", 或用 --item 指定事项" if FIELDS["item"] in missing else "")
        raise SetupFault(f"{path.name} 没有{'、'.join(missing)}的列", f"{hint}; 文件的列: {_shown(headers)}", "file")
    return columns


def require_once(headers: Sequence[str], columns: ColumnPlaces, path: Path) -> None:
    """Raises SetupFault where a column that is used has a header that stands twice: which one counts is not known."""
    spelt = [spelt_one_way(header) for header in headers]
    used = (columns.subject, columns.id_type, columns.id_number, columns.issued_on, columns.organ, columns.document)
    for place in (*used, *columns.items):
        if place >= 0 and spelt.count(spelt[place]) > 1:
            raise SetupFault(
                f"{path.name} 有两列都叫“{headers[place]}”, 不知道以哪一列为准", "删去或改名其中一列", "file"
            )


def _shown(headers: Iterable[str]) -> str:
    return "、".join(header for header in headers if header)[:500] or "(没有表头)"
