"""How a file that is no dual-publicity export is to be read: which column brings what, which text means which item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

from ...errors import SetupFault

FIELDS = {
    "subject": "统一社会信用代码",
    "id_type": "证件类型",
    "id_number": "证件号码",
    "issued_on": "许可决定日期",
    "item": "事项",
    "organ": "许可机关",
    "document": "文号",
}
"""What a column can bring, with its Chinese name."""

_FILES = (".yaml", ".yml")
_LARGEST_FILE = 4_000_000


class _MappingFile(msgspec.Struct, forbid_unknown_fields=True):
    columns: dict[str, str] = {}
    items: dict[str, str] = {}
    organs: dict[str, str] = {}
    formerly: dict[str, list[str]] = {}


@dataclass(slots=True)
class FileMapping:
    """What was said about how to read the files."""

    columns: dict[str, str] = field(default_factory=dict)
    """Field to header; empty: as dual publicity has them."""
    items: dict[str, str] = field(default_factory=dict)
    """Text of the file to code or title of an item, or `-`: no check is required."""
    organs: dict[str, str] = field(default_factory=dict)
    """Text of the file to code or title of an organ."""
    formerly: dict[str, str] = field(default_factory=dict)
    """Code that an item had before to its code now: checks under the former count."""


def read_mapping(given: Iterable[str]) -> FileMapping:
    """Mappings as given: `field=header,…`, or a YAML file. Later ones add to earlier ones. Raises SetupFault."""
    mapping = FileMapping()
    for text in given:
        if text.lower().endswith(_FILES) and "=" not in text:
            part = _from_file(Path(text))
            columns: Mapping[str, str] = part.columns
            mapping.items |= part.items
            mapping.organs |= part.organs
            mapping.formerly |= {before: now for now, codes in part.formerly.items() for before in codes}
        else:
            columns = _from_text(text)
        for name in columns:
            if name not in FIELDS:
                raise SetupFault(f"对照里没有字段 {name}", "可用的有 " + "、".join(FIELDS), "map")
        mapping.columns |= columns
    return mapping


def _from_text(text: str) -> dict[str, str]:
    columns: dict[str, str] = {}
    for pair in text.split(","):
        name, sign, header = pair.partition("=")
        if not sign or not name.strip() or not header.strip():
            raise SetupFault(f"对照写法不对: {pair.strip() or text}", "写作 字段=表头, 多个用逗号隔开", "map")
        if name.strip() in columns:
            raise SetupFault(f"字段 {name.strip()} 对照了两次", "一个字段只能对应一列", "map")
        columns[name.strip()] = header.strip()
    return columns


def _from_file(path: Path) -> _MappingFile:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise SetupFault(f"对照文件过大: {path.name}", "不超过 4 MB", "map")
        content: Any = yaml.load(path.read_text("utf-8-sig"), Loader=_Texts)  # noqa: S506 - makes nothing but texts
    except OSError as fault:
        raise SetupFault(f"对照文件不能读取: {fault.strerror}", str(path), "map") from fault
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as fault:
        where = getattr(fault, "problem_mark", None)
        line = f"第 {where.line + 1} 行" if where else "不是 UTF-8 编码的 YAML"
        raise SetupFault(f"对照文件 {path.name} 有误: {line}", "检查缩进和冒号", "map") from fault
    try:
        return msgspec.convert(content or {}, type=_MappingFile)
    except msgspec.ValidationError as fault:
        hint = "只有 columns、items、organs、formerly 四部分, 值都是文字"
        raise SetupFault(f"对照文件 {path.name} 有误: {fault}", hint, "map") from fault


class _Texts(yaml.BaseLoader):
    """Reads every scalar as text, refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """As the base does."""
        names: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in names:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} twice", key.start_mark)
            names.add(str(key.value))
        return super().construct_mapping(node, deep)
