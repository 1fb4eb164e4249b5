"""Message ↔ value, written once: what reads and writes is compiled from type hints and descriptors, kept by class.

A value's field is read from the message's field of the same name, or as its hint's `Named` or `Read` says. Text becomes
a day, an instant or a code where the hint says so; an empty text, an unspecified code and an absent message are None
where the hint allows None, and break the contract elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp

from .errors import InvalidQuestion, ServiceError, invalid

Value = TypeVar("Value")
Sent = TypeVar("Sent", bound=Message)


@dataclass(frozen=True, slots=True)
class Named:
    """The message's field has another name."""

    name: str


@dataclass(frozen=True, slots=True)
class Read:
    """The value is worked out from the whole message."""

    get: Callable[[Any], Any]
    of: tuple[str, ...]
    """Fields of the message that it takes in."""


# -- from messages ----------------------------------------------------------------------------------------------------


def unpack(kind: type[Value], message: Message) -> Value:
    """The value that a message holds. Raises ServiceError for one that breaks the contract."""
    try:
        value: Value = _reader(kind, message.DESCRIPTOR)(message)  # type: ignore[arg-type]
    except ValueError as fault:
        raise ServiceError(f"读不懂服务的答复: {fault}", "请核对客户端与服务的版本", reason="BAD_ANSWER") from fault
    return value


@cache
def _reader(kind: type, descriptor: Descriptor) -> Callable[[Any], Any]:
    """`lambda m: kind(code=m.code, until=c1(m.until), …)`: as fast as if it were written by hand."""
    hints = get_type_hints(kind, include_extras=True)
    parts: list[str] = []
    names: dict[str, Any] = {"kind": kind}
    for place, field in enumerate(fields(kind)):
        hint, mark = _marked(hints[field.name])
        name = mark.name if isinstance(mark, Named) else field.name
        if isinstance(mark, Read):
            names[f"c{place}"] = mark.get
            parts.append(f"{field.name}=c{place}(m)")
        elif name in descriptor.fields_by_name:
            source, convert = _getter(hint, descriptor.fields_by_name[name], f"c{place}")
            names[f"c{place}"] = convert
            parts.append(f"{field.name}={source}")
        elif field.default is MISSING:
            raise TypeError(f"{descriptor.name} has no field for {kind.__name__}.{field.name}")
    made: Callable[[Any], Any] = eval(f"lambda m: kind({', '.join(parts)})", names)  # noqa: S307 - names of our own
    return made


def _getter(hint: object, field: FieldDescriptor, name: str) -> tuple[str, Any]:
    """An expression over the message `m` that gives the field's value, and the converter that it calls `name`."""
    there = f"m.{field.name}"
    if field.is_repeated:
        if get_origin(hint) is dict:
            return f"dict({there})", None
        convert = _converter(get_args(hint)[0], field)
        return (f"tuple({there})", None) if convert is None else (f"tuple(map({name}, {there}))", convert)
    optional = NoneType in get_args(hint)
    convert = _converter(hint, field)
    source = there if convert is None else f"{name}({there})"
    if optional and field.has_presence:
        return f"({source} if m.HasField({field.name!r}) else None)", convert
    if optional and convert is not None:
        return f"({source} if {there} else None)", convert
    return source, convert


def _converter(hint: object, field: FieldDescriptor) -> Callable[[Any], Any] | None:
    """From one element of the field to what the hint names; None where it is that already."""
    kind = _kind(hint)
    if kind is datetime and field.message_type is not None:
        return lambda instant: instant.ToDatetime(UTC)
    if field.message_type is not None:
        return _reader(kind, field.message_type)
    if field.enum_type is not None:
        return _members(kind, field.enum_type)
    if kind in (date, datetime):
        from_text: Callable[[str], date] = kind.fromisoformat
        return from_text
    if kind not in (str, int, bool, bytes):
        raise TypeError(f"no {kind} is read from {field.full_name}")
    return None


@cache
def _members(kind: type[StrEnum], codes: EnumDescriptor) -> Callable[[int], StrEnum]:
    """By number. A number that the client has no member for breaks the contract."""
    prefix = _prefix(codes)
    by_name = {member.upper(): member for member in kind}
    known = {code.number: by_name[name] for code in codes.values if (name := code.name.removeprefix(prefix)) in by_name}

    def member(number: int) -> StrEnum:
        if number not in known:
            raise ValueError(f"{codes.name} {number}")
        return known[number]

    return member


def _prefix(codes: EnumDescriptor) -> str:
    return codes.values[0].name.removesuffix("UNSPECIFIED")


def _marked(hint: object) -> tuple[object, object]:
    """A hint without its mark, and the mark."""
    if get_origin(hint) is Annotated:
        bare, *marks = get_args(hint)
        return bare, marks[0]
    return hint, None


def _kind(hint: object) -> Any:  # noqa: ANN401 - a class
    """The class that a hint names. Of `Code | str | None` it is Code: text is what a caller may give."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    kinds = [one for one in get_args(hint) if one is not NoneType]
    return next((one for one in kinds if one is not str), str)


# -- to messages ------------------------------------------------------------------------------------------------------

_NO_VALUES = (TypeError, ValueError, AttributeError, OverflowError)
"""What is raised where a field gets a value that it can't hold."""
_PACKERS: dict[str, Callable[[Any], Message]] = {}


def packs(kind: type[Message]) -> Callable[[Callable[[Any], Message]], Callable[[Any], Message]]:
    """Marks the function that makes a message whose shape is not its value's. Of a mapping it gets each item."""

    def register(make: Callable[[Any], Message]) -> Callable[[Any], Message]:
        _PACKERS[kind.DESCRIPTOR.full_name] = make
        return make

    return register


def pack(kind: type[Sent], value: object = None, /, **words: object) -> Sent:
    """The message of a value's fields, or of words with the names of the message's fields; None leaves a field out.

    Raises InvalidQuestion for what no message can hold: broken text, a number beyond 64 bits, an unknown code, a value
    of another type. It names the message's field.
    """
    setters = _setters(kind)  # type: ignore[arg-type]
    name, sent = "", dict[str, Any]()
    try:
        names = () if value is None else _names(type(value))  # type: ignore[arg-type]
        given = {name: getattr(value, own) for own, name in names if name in setters}
        if value is not None and setters and not given:
            raise TypeError(f"{type(value).__name__} is no {kind.DESCRIPTOR.name}")
        given |= words
        for name, one in given.items():
            if one is not None:
                sent[name] = setters[name](one)
        return kind(**sent)
    except InvalidQuestion as fault:
        fault.field = f"{name}.{fault.field}".rstrip(".")[:80]
        raise
    except _NO_VALUES as fault:
        message = f"问题中有不能发送的内容: {fault!s:.200}".encode(errors="replace").decode()
        at_fault = next((name for name, one in sent.items() if not _is_sendable(kind, name, one)), name)
        raise invalid(message, "请核对文字编码、数值大小和类型", at_fault) from fault


def _is_sendable(kind: type[Message], name: str, one: object) -> bool:
    try:
        return kind(**{name: one}) is not None
    except _NO_VALUES:
        return False


def listed(given: Iterable[Value], field: str) -> tuple[Value, ...]:
    """What a list holds. Raises InvalidQuestion for what is none; a text is none."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise invalid(f"类型不对: {type(given).__name__}", "应为列表", field)
    return tuple(given)


def of_kind(kind: type[Value], given: Value, field: str) -> Value:
    """What was given. Raises InvalidQuestion where it is of another kind."""
    if not isinstance(given, kind):
        raise invalid(f"类型不对: {type(given).__name__}", f"应为 {kind.__name__}", field)
    return given


@cache
def _names(kind: type) -> tuple[tuple[str, str], ...]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} has no fields")
    marks = [(name, _marked(hint)[1]) for name, hint in get_type_hints(kind, include_extras=True).items()]
    return tuple((name, mark.name if isinstance(mark, Named) else name) for name, mark in marks)


@cache
def _setters(kind: type[Message]) -> dict[str, Callable[[Any], Any]]:
    return {field.name: _setter(field) for field in kind.DESCRIPTOR.fields}  # type: ignore[arg-type]


def _setter(field: FieldDescriptor) -> Callable[[Any], Any]:
    one = _one(field)
    if not field.is_repeated:
        return one
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return dict
    return lambda given: [one(part) for part in (given.items() if isinstance(given, Mapping) else listed(given, ""))]


def _one(field: FieldDescriptor) -> Callable[[Any], Any]:
    message = field.message_type
    if message is not None:
        return lambda given: _message(message, given)
    if field.enum_type is not None:
        return _numbers(field.enum_type)
    return _text if field.cpp_type == FieldDescriptor.CPPTYPE_STRING else lambda given: given


def _message(kind: Descriptor, given: object) -> Message:
    if isinstance(given, Message):
        return given
    if kind is Timestamp.DESCRIPTOR:
        return _instant(given)
    made = _PACKERS.get(kind.full_name)
    return pack(GetMessageClass(kind), given) if made is None else made(given)


def _instant(given: object) -> Timestamp:
    """From a datetime, or from RFC 3339."""
    try:
        when = datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError as fault:
        raise invalid("时刻格式不符", "请按 RFC 3339 写, 例如 2026-04-01T08:00:00+08:00") from fault
    if not isinstance(when, datetime) or when.tzinfo is None:
        raise invalid("时刻没有写明时区", "写成 2026-04-01T08:00:00+08:00, 或用带时区的 datetime")
    instant = Timestamp()
    instant.FromDatetime(when)
    return instant


def _numbers(codes: EnumDescriptor) -> Callable[[str], int]:
    prefix = _prefix(codes)
    known = {code.name.removeprefix(prefix).lower(): code.number for code in codes.values[1:]}

    def number(given: str) -> int:
        if given == "":
            return 0
        if not isinstance(given, str) or given.lower() not in known:
            raise invalid(f"不认识的代码 {given!r}"[:200], "可用: " + "、".join(known))
        return known[given.lower()]

    return number


def _text(given: str | bytes | date | datetime) -> str | bytes:
    """A day or an instant as the contract writes it."""
    return given.isoformat() if isinstance(given, date) else given


# -- to JSON ----------------------------------------------------------------------------------------------------------


def plain(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass; it serves as their method `to_dict`
    """Plain values for JSON: days and instants in ISO form."""
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float | NoneType):
        return value
    if is_dataclass(value):
        own = getattr(value, "to_dict", None)
        return plain(value) if own is None else own()
    if isinstance(value, Iterable):
        return [_plain(one) for one in value]
    return value
