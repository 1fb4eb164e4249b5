"""Forms: which header of which export brings what, with units and dictionaries. Data of the rule library, and mappings.

A mapping is what an operator writes for an export that no form fits; it takes the place of a form's columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingOf
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ..errors import RuleSetFault, SetupFault
from ..rulebook.language import Place
from ..rulebook.reader_values import (
    Reader,
    Schema,
    Trail,
    code,
    fields_schema,
    flag,
    many,
    mapping,
    one_of,
    refuse_kind,
    structure,
    text,
)
from ..rulebook.schema import DIALECT
from ..rulebook.source import MAX_BYTES, Faults, Node, Scalar, Unreadable, parse
from ..rulebook.source import Mapping as MappingNode
from .fields import CONSTANTS, FIELDS, FIELDS_OF, FieldType, FileKind
from .headers import Unit, one_spelling

FOLDER = "forms"
"""Where the forms stand in a rule library."""
_SECTION = "forms"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A field and the headers that bring it."""

    field: str
    headers: tuple[str, ...]
    """As the form writes them, the surest first. They are compared in one spelling."""
    required: bool = False
    """Whether a file of this form must have it."""
    unit: Unit | None = None
    """Of amounts whose header names none."""


class ExportForm(msgspec.Struct, frozen=True, kw_only=True):
    """An export as organs hand it over (表样)."""

    code: str
    title: str
    kind: FileKind
    version: str
    verified: bool = False
    """Whether it was compared with the published form."""
    source: str = ""
    """Where its columns and dictionaries are known from."""
    columns: tuple[Column, ...]
    constants: dict[str, str] = {}
    """Fields that are the same in every row."""
    values: dict[str, dict[str, str]] = {}
    """By field or fact: what a text of the file means. Texts are compared without blanks."""
    not_taken: tuple[str, ...] = ()
    """Headers that the form has and that bring nothing here."""
    adds: bool = False
    """Several rows of one document are parts of one: their amounts are added."""

    @property
    def shown(self) -> str:
        """Title and version."""
        return f"{self.title}({self.version})" + ("" if self.verified else ", 表样未经核对")


class FormMapping(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator says of an export that no form fits (对照)."""

    form: str = ""
    """Code of the form that it starts from; empty: what fits best."""
    columns: dict[str, str] = {}
    """Field to header."""
    units: dict[str, Unit] = {}
    """Field to unit; it goes before what the header says."""
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    ignore: tuple[str, ...] = ()
    """Headers that bring nothing, whatever they look like."""
    adds: bool = False


NO_MAPPING = FormMapping()
Forms = dict[str, ExportForm]
"""By code."""

# -- readers ----------------------------------------------------------------------------------------------------------


def _words(values: Reader[Any], names: frozenset[str] | None, what: str) -> Reader[dict[str, Any]]:
    """Any texts, or those of a closed list, each with a value."""

    def read(node: Node, trail: Trail) -> dict[str, Any]:
        found: dict[str, Any] = {}
        complete = True
        for name, pair in mapping(node, trail, "{字段: 值}").pairs.items():
            if names is not None and name not in names:
                trail.faults.add(pair.key.place, f"没有{what} {name}", trail.faults.nearest(name, sorted(names)))
                complete = False
                continue
            try:
                found[name] = values(pair.value, trail.step(name, pair.value.place))
            except Unreadable:
                complete = False
        if not complete:
            raise Unreadable
        return found

    if names is None:
        return Reader(read, {"type": "object", "additionalProperties": values.schema, "minProperties": 1})
    return Reader(read, fields_schema(dict.fromkeys(sorted(names), values), ()))


def _any_text(node: Node, trail: Trail) -> str:
    if not isinstance(node, Scalar):
        raise refuse_kind(node, trail, "文字", "正常")
    return node.text.strip()


_NAMES = frozenset(FIELDS)
_MONEY = frozenset(name for name, one in FIELDS.items() if one.type is FieldType.MONEY)
_header: Reader[str] = Reader(_any_text, {"type": ["string", "number", "boolean"]})
_dictionary = _words(_header, None, "")
_COLUMN: dict[str, Reader[Any]] = {
    "field": Reader(code.read, {"enum": sorted(_NAMES)}),
    "headers": many(text),
    "required": flag,
    "unit": one_of(Unit),
}
_FORM: dict[str, Reader[Any]] = {
    "code": code,
    "title": text,
    "kind": one_of(FileKind),
    "version": text,
    "verified": flag,
    "source": text,
    "columns": many(structure(Column, _COLUMN, "{field: uscc, headers: [统一社会信用代码], required: true}")),
    "constants": _words(text, CONSTANTS, "可以固定的字段"),
    "values": _words(_dictionary, None, ""),
    "not_taken": many(text),
    "adds": flag,
}
_MAPPING: dict[str, Reader[Any]] = {
    "form": code,
    "columns": _words(_header, _NAMES, "字段"),
    "units": _words(one_of(Unit), _MONEY, "金额字段"),
    "constants": _words(text, CONSTANTS, "可以固定的字段"),
    "values": _words(_dictionary, None, ""),
    "ignore": many(text),
    "adds": flag,
}
_form = structure(
    ExportForm, _FORM, "{code: penalties-2018, title: 行政处罚, kind: penalties, version: 2018, columns: [...]}"
)
_mapping = structure(FormMapping, _MAPPING, "{columns: {fine: 处罚数额}, units: {fine: yuan}}")


def forms_schema() -> bytes:
    """JSON Schema of files of forms."""
    properties = {_SECTION: {"type": "array", "items": _form.schema, "minItems": 1}}
    return _written("信用门规则库: 表样", {"type": "object", "properties": properties, "required": [_SECTION]})


def mapping_schema() -> bytes:
    """JSON Schema of a mapping."""
    return _written("信用门: 导入对照", _mapping.schema)


def _written(title: str, schema: Schema) -> bytes:
    whole = {"$schema": DIALECT, "title": title, **schema, "additionalProperties": False}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


SCHEMAS = {"forms.json": forms_schema, "mapping.json": mapping_schema}
"""By the name of the file in the library's folder of schemas."""


def read_forms(library: Path) -> Forms:
    """All forms of a rule library. Raises RuleSetFault with all faults, SetupFault where it has none."""
    folder = library / FOLDER
    names = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not names:
        raise SetupFault(f"规则库里没有表样: {folder}", "从发行包的 rules/forms 复制", "rules")
    texts: dict[str, bytes] = {}
    for name in names:
        try:
            with name.open("rb") as file:
                texts[str(name)] = file.read(MAX_BYTES + 1)
        except OSError as fault:
            raise SetupFault(f"表样不能读取: {fault.strerror}", str(name), "rules") from fault
    return read_form_texts(texts)


def read_form_texts(texts: MappingOf[str, bytes]) -> Forms:
    """Forms of files by name. Raises RuleSetFault with all faults."""
    faults = Faults()
    found: Forms = {}
    for name, content in texts.items():
        root = parse(name, content, faults)
        if root is None:
            continue
        for section, pair in root.pairs.items():
            if section != _SECTION:
                faults.add(pair.key.place, f"没有 {section} 这一节", f"表样写在 {_SECTION}: 下面")
                continue
            places: dict[tuple[str | int, ...], Place] = {}
            trail = Trail(faults, places)
            try:
                read = many(Reader(_checked, {}))(pair.value, trail)
            except Unreadable:
                continue
            for form in read:
                if form.code in found:
                    faults.add(pair.key.place, f"表样 {form.code} 写了两次", "删去其中一个, 或另取代码")
                found[form.code] = form
    if faults.found:
        raise RuleSetFault(faults.sorted())
    return found


def _checked(node: Node, trail: Trail) -> ExportForm:
    """A form whose fields are those of its kind, each once, no header twice."""
    form = _form(node, trail)
    place = node.place
    fields = FIELDS_OF[form.kind]
    headers: set[str] = set()
    for column in form.columns:
        if column.field not in fields:
            trail.faults.add(
                place, f"{form.kind.words}没有字段 {column.field}", "可用的有 " + "、".join(sorted(fields))
            )
        if (column.unit is not None) != (column.field in _MONEY):
            trail.faults.add(place, f"字段 {column.field} 的单位不对", "金额写 unit: yuan 或 wan_yuan, 其他字段不写")
    if len({column.field for column in form.columns}) < len(form.columns):
        trail.faults.add(place, f"表样 {form.code} 有字段写了两次", "一个字段写在一起")
    for header in (*(header for column in form.columns for header in column.headers), *form.not_taken):
        spelt = one_spelling(header)
        if spelt in headers:
            trail.faults.add(place, f"表样 {form.code} 的表头“{header}”写了两次", "一个表头只能是一个字段")
        headers.add(spelt)
    return form


def read_mapping(path: Path) -> FormMapping:
    """A mapping file. Raises SetupFault where it can't be read, RuleSetFault with all faults."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise SetupFault(f"对照文件不能读取: {fault.strerror}", str(path), "--mapping") from fault
    faults = Faults()
    root: MappingNode | None = parse(str(path), content, faults)
    found = None
    if root is not None:
        with suppress(Unreadable):  # noted: told below
            found = _mapping(root, Trail(faults, {}))
    if faults.found or found is None:
        raise RuleSetFault(faults.sorted())
    return found
