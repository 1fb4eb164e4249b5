"""Typed readers of single values and of structures. Each takes a node and says plainly what it expected.

A reader returns its value or notes a fault and raises `Unreadable`; structures and lists go on with the other
parts first, so that all faults of an entry are found at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from .catalogue import Citation, Parameter, ParameterValue, Period, RestsOn
from .language import Place
from .source import Faults, Node, Scalar, Sequence, Unreadable
from .source import Mapping as MappingNode


@dataclass(slots=True)
class ParametersOnDay:
    """Parameters as a condition finds them on one day, and what it used of them."""

    table: Mapping[str, Parameter]
    broken: frozenset[str] = frozenset()
    """Parameters whose entries could not be read: their own fault is enough."""
    day: date | None = None
    """None: any day, for a first reading."""
    used: dict[str, ParameterValue] = field(default_factory=dict)
    literals: list[Place] = field(default_factory=list)
    """Where a number stands that had better be a parameter."""

    def ends(self) -> date | None:
        """The last day on which all used values are the same; None: open."""
        ends = [value.effective.until for value in self.used.values() if value.effective.until is not None]
        return min(ends, default=None)


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=StrEnum)
S = TypeVar("S", bound=msgspec.Struct)
Path = tuple[str | int, ...]
"""The way from an entry to one of its parts: field names and positions in lists."""

MAX_WHOLE = 2**53 - 1
"""Largest whole number, inclusive, either sign: exact in every JSON reader."""
MAX_TEXT = 2000
"""Longest text, in characters, inclusive."""
MAX_PARTS = 1000
"""Longest list within an entry, inclusive."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days that a rule file may name, inclusive."""

_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_GRADE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}")
_RULE_ID = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")
_REGION = re.compile(r"[0-9]{6}")
_BASIC_CODE = re.compile(r"[0-9]{8}[0-9A-Z][0-9]{3}")
_WORD = re.compile(r"[^\s,\[\]{}#&*!|>'\"%@`]{1,64}")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
_MONEY = re.compile(r"(-?)(0|[1-9][0-9]{0,13})(?:\.([0-9]{1,2}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Trail:
    """Where the reader is: notes the place of every part, and its faults."""

    faults: Faults
    places: dict[Path, Place]
    path: Path = ()
    parameters: ParametersOnDay | None = None
    """Where numbers may be named by parameter."""

    def step(self, part: str | int, place: Place) -> Trail:
        """One step down, to a part that stands at `place`."""
        path = (*self.path, part)
        self.places[path] = place
        return Trail(self.faults, self.places, path, self.parameters)


Schema = dict[str, Any]
"""JSON Schema of what a reader takes."""


@dataclass(frozen=True, slots=True)
class Reader(Generic[T_co]):
    """Reads a node, and says beforehand what it takes."""

    read: Callable[[Node, Trail], T_co]
    schema: Schema = field(default_factory=dict)

    def __call__(self, node: Node, trail: Trail) -> T_co:
        """The value. Raises `Unreadable`."""
        return self.read(node, trail)


def takes(schema: Schema) -> Callable[[Callable[[Node, Trail], T]], Reader[T]]:
    """Makes a function a reader of what the schema describes."""

    def described(read: Callable[[Node, Trail], T]) -> Reader[T]:
        return Reader(read, schema)

    return described


def refuse_kind(node: Node, trail: Trail, expected: str, example: str) -> Unreadable:
    """Note that something else was expected here; the result is to be raised."""
    found = "列表" if isinstance(node, Sequence) else "一组字段"
    if isinstance(node, Scalar):
        found = f"“{_short(node.text)}”" if node.text or node.quoted else "空值"
    trail.faults.add(node.place, f"应为{expected}, 却是{found}", f"例如 {example}")
    return Unreadable()


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _plain(node: Node, shape: re.Pattern[str]) -> re.Match[str] | None:
    """The match of an unquoted scalar."""
    return shape.fullmatch(node.text) if isinstance(node, Scalar) and not node.quoted else None


@takes({"type": "string", "minLength": 1, "maxLength": MAX_TEXT})
def text(node: Node, trail: Trail) -> str:
    """Text that is not empty, without blanks at its ends."""
    if not isinstance(node, Scalar) or (not node.quoted and node.text.lower() in {"", "~", "null"}):
        raise refuse_kind(node, trail, "文字", "title: 文字")
    stripped = node.text.strip()
    if not stripped:
        trail.faults.refuse(node.place, "文字不能为空", "写上内容, 或删去这一行")
    if len(stripped) > MAX_TEXT:
        trail.faults.refuse(node.place, f"文字太长: {len(stripped)} 字, 最多 {MAX_TEXT} 字")
    return stripped


def shaped(shape: re.Pattern[str], expected: str, example: str) -> Reader[str]:
    """A text of a form, as it is written."""

    def read(node: Node, trail: Trail) -> str:
        if not isinstance(node, Scalar) or not shape.fullmatch(node.text):
            raise refuse_kind(node, trail, expected, example)
        return node.text

    return Reader(read, {"type": "string", "pattern": f"^(?:{shape.pattern.replace(chr(92) + 'Z', '$')})$"})


code = shaped(_CODE, "代码(小写字母、数字、_ . -, 最多 64 位)", "wage-arrears")
grade_code = shaped(_GRADE, "等级代码(字母或数字开头, 最多 64 位)", "A")
rule_id = shaped(_RULE_ID, "规则编号(小写字母、数字和连字符)", "wage-arrears-no-commitment")
region_code = shaped(_REGION, "行政区划代码(六位数字, 加引号)", '"441900"')
basic_code = shaped(_BASIC_CODE, "基本编码(十二位, 第九位可以是大写字母, 加引号)", '"440216139000"')
word = shaped(_WORD, "一个词(不含空格和标点)", "A")


@takes({"type": "boolean"})
def flag(node: Node, trail: Trail) -> bool:
    """`true` or `false`, nothing else."""
    if isinstance(node, Scalar) and not node.quoted and node.text in {"true", "false"}:
        return node.text == "true"
    raise refuse_kind(node, trail, " true 或 false(不加引号)", "true")


@takes({"type": "integer", "minimum": -MAX_WHOLE, "maximum": MAX_WHOLE})
def whole(node: Node, trail: Trail) -> int:
    """A whole number in decimal digits, at most 2**53-1 either way."""
    match = _plain(node, _WHOLE)
    if not match:
        raise refuse_kind(node, trail, "整数(数字 0 到 9, 不加引号)", "12")
    number = int(match.group())
    if abs(number) > MAX_WHOLE:
        trail.faults.refuse(node.place, f"整数太大, 最多 {MAX_WHOLE}")
    return number


def whole_between(least: int, most: int) -> Reader[int]:
    """A whole number within bounds, both inclusive."""

    def read(node: Node, trail: Trail) -> int:
        number = whole(node, trail)
        if not least <= number <= most:
            trail.faults.refuse(node.place, f"整数应在 {least} 到 {most} 之间, 却是 {number}")
        return number

    return Reader(read, {"type": "integer", "minimum": least, "maximum": most})


@takes({"type": "number", "multipleOf": 0.01, "description": "金额, 元"})
def money(node: Node, trail: Trail) -> int:
    """Yuan with at most two decimals, as fen."""
    match = _plain(node, _MONEY)
    if not match:
        raise refuse_kind(node, trail, "金额(元, 最多两位小数, 不加逗号和引号)", "100000.00")
    sign, yuan, fraction = match.groups()
    fen = int(yuan) * 100 + int((fraction or "").ljust(2, "0"))
    if fen > MAX_WHOLE:
        trail.faults.refuse(node.place, f"金额太大, 最多 {MAX_WHOLE // 100} 元")
    return -fen if sign else fen


@takes({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
def day(node: Node, trail: Trail) -> date:
    """A day that exists, as YYYY-MM-DD."""
    match = _plain(node, _DAY)
    if not match:
        raise refuse_kind(node, trail, "日期(年-月-日, 不加引号)", "2026-04-01")
    try:
        found = date.fromisoformat(match.group())
    except ValueError:
        trail.faults.refuse(node.place, f"没有 {match.group()} 这一天", "请核对月份和日")
    if not FIRST_DAY <= found <= LAST_DAY:
        trail.faults.refuse(node.place, f"日期应在 {FIRST_DAY} 到 {LAST_DAY} 之间, 却是 {found}")
    return found


def one_of(kind: type[E]) -> Reader[E]:
    """A member of an enum by its value."""
    known = [member.value for member in kind]

    def read(node: Node, trail: Trail) -> E:
        if not isinstance(node, Scalar):
            raise refuse_kind(node, trail, "一个词", known[0])
        if node.text not in known:
            hint = f"可用的有: {'、'.join(known)}"
            trail.faults.refuse(node.place, f"不认识“{_short(node.text)}”", hint)
        return kind(node.text)

    return Reader(read, {"enum": known})


def many(reader: Reader[T]) -> Reader[tuple[T, ...]]:
    """A list of at least one, none written twice."""

    def read(node: Node, trail: Trail) -> tuple[T, ...]:
        if not isinstance(node, Sequence):
            raise refuse_kind(node, trail, "列表", "[甲, 乙]")
        if not node.parts:
            trail.faults.refuse(node.place, "列表是空的", "写上内容, 或删去这一行")
        if len(node.parts) > MAX_PARTS:
            trail.faults.refuse(node.place, f"列表太长: {len(node.parts)} 项, 最多 {MAX_PARTS} 项")
        values: list[T] = []
        complete = True
        for position, part in enumerate(node.parts):
            try:
                value = reader(part, trail.step(position, part.place))
            except Unreadable:
                complete = False
                continue
            if value in values:
                trail.faults.add(part.place, "列表里写了两次同样的内容", "删去其中一个")
            values.append(value)
        if not complete:
            raise Unreadable
        return tuple(values)

    schema = {"type": "array", "items": reader.schema, "minItems": 1, "maxItems": MAX_PARTS, "uniqueItems": True}
    return Reader(read, schema)


def none_or_many(reader: Reader[T]) -> Reader[tuple[T, ...]]:
    """A list that may be empty: `[]` says "none" where another list would otherwise count."""
    filled = many(reader)

    def read(node: Node, trail: Trail) -> tuple[T, ...]:
        return () if isinstance(node, Sequence) and not node.parts else filled(node, trail)

    return Reader(read, {**filled.schema, "minItems": 0})


def mapping(node: Node, trail: Trail, example: str) -> MappingNode:
    """A mapping with at least one field."""
    if not isinstance(node, MappingNode):
        raise refuse_kind(node, trail, "一组字段(字段: 值)", example)
    if not node.pairs:
        trail.faults.refuse(node.place, "花括号里没有内容", f"例如 {example}")
    return node


def fields(
    node: MappingNode, readers: Mapping[str, Reader[object]], required: tuple[str, ...], trail: Trail
) -> dict[str, object]:
    """The values of a mapping by field.

    Raises `Unreadable`, after all fields were tried, where one is missing or can't be read.
    """
    values: dict[str, object] = {}
    complete = True
    meant = set()
    for name, pair in node.pairs.items():
        reader = readers.get(name)
        if reader is None:
            hint = trail.faults.nearest(name, list(readers))
            meant.add(hint.removeprefix("是不是 ").removesuffix("?"))
            trail.faults.add(pair.key.place, f"没有字段 {_short(name)}", hint)
            continue
        try:
            values[name] = reader(pair.value, trail.step(name, pair.value.place))
        except Unreadable:
            complete = False
    for name in required:
        if name not in node.pairs:
            complete = False
            if name not in meant:
                hint = _OWN if name == "basis" and "source" in readers else ""
                trail.faults.add(node.place, f"缺少字段 {name}", hint)
    if not complete:
        raise Unreadable
    return values


_OWN = "没有法律依据、由本市自定的, 写 source: own_practice"

Required = Callable[..., tuple[str, ...]]
"""Of a mapping, its trail and the fields that are always required: those that this one must have."""


def _always(_node: MappingNode, _trail: Trail, *required: str) -> tuple[str, ...]:
    return required


def structure(
    kind: type[S], readers: Mapping[str, Reader[object]], example: str, requires: Required = _always
) -> Reader[S]:
    """A struct whose fields are read by `readers`, by their written names."""
    known = msgspec.structs.fields(kind)
    names = {item.encode_name: item.name for item in known}
    required = tuple(item.encode_name for item in known if item.required and item.encode_name in readers)

    def read(node: Node, trail: Trail) -> S:
        written = mapping(node, trail, example)
        values = fields(written, readers, requires(written, trail, *required), trail)
        return kind(**{names[name]: value for name, value in values.items()})

    return Reader(read, fields_schema(readers, required))


def fields_schema(readers: Mapping[str, Reader[object]], required: tuple[str, ...]) -> Schema:
    """The schema of a mapping with these fields."""
    return {
        "type": "object",
        "properties": {name: reader.schema for name, reader in readers.items()},
        "required": list(required),
        "additionalProperties": False,
    }


_read_period = structure(Period, {"from": day, "until": day}, "{from: 2026-04-01}")


@takes(_read_period.schema)
def period(node: Node, trail: Trail) -> Period:
    """A period, both ends inclusive, its end not before its start."""
    found = _read_period(node, trail)
    if found.until is not None and found.until < found.start:
        place = trail.places[(*trail.path, "until")]
        message = f"止日 {found.until} 早于起日 {found.start}"
        trail.faults.refuse(place, message, "from 和 until 都算在内; 请核对两个日期")
    return found


citation: Reader[Citation] = structure(
    Citation,
    {"instrument": code, "article": text, "missing": text},
    "{instrument: xzcfa-2021, article: 第三十三条}",
)
BASIS: dict[str, Reader[object]] = {"basis": many(citation), "source": one_of(RestsOn)}
"""What something rests on: instruments, or the city's own practice; never both."""


def rests(node: MappingNode, trail: Trail, *required: str) -> tuple[str, ...]:
    """The required fields: with the basis where there is no own practice. A basis beside it is noted."""
    if "source" not in node.pairs:
        return (*required, "basis")
    if "basis" in node.pairs:
        message = "写了 source: own_practice(本市自定, 没有法律依据), 又写了 basis"
        trail.faults.add(node.pairs["source"].key.place, message, "删去其中一个")
    return required


def sourced(schema: Schema) -> Schema:
    """The schema of something that must have a basis or be own practice."""
    return {**schema, "oneOf": [{"required": ["basis"]}, {"required": ["source"]}]}
