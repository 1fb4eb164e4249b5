"""Between values and messages: for each pair of types one function, compiled from the type hints.

`Wire` fills messages. A field of a message is filled from what has its name in the value: text, numbers and truth as
they are, days and instants as text, enums by their members' names, values as messages of their own, tuples as repeated
fields; None leaves a field as it is. A `Ref` is filled from the code of its name and from what has that name and
`_title`; an empty code leaves it unset. What goes otherwise stands in a `Shape`, and nowhere else.

`Reading` reads values from messages. A field of the value is read from what has its name in the message, by the check
that stands for it; what has no check is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, get_args, get_type_hints

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp

from creditgate.v1.common_pb2 import Ref

from ..clock import rfc3339
from ..errors import InvalidQuestion, all_wrong

_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")

Sent = TypeVar("Sent", bound=Message)
Value = TypeVar("Value")
_Field = Any
"""Descriptor of a field: the stubs have two classes for it that are none of each other's."""
_Hint = Any
Fill = Callable[[Any, Any, Any], None]
"""Fills a message from a value. Third, the packer: what the functions of `made` are given besides the value."""
Made = Callable[[Any, Any], Any]
"""What a field holds, as the message takes it; of a value and the packer. None: the field is left as it is."""


class Unmatched(TypeError):
    """A field of a message that nothing in the value fills. Found when the pair is compiled, never while answering."""


@dataclass(frozen=True)
class Shape:
    """How a message differs from the value that it shows."""

    value: type
    message: type[Message]
    within: tuple[str, ...] = ()
    """Parts of the value in which a field is looked for too; a part may be None."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Name in the value, by the message's field; `part.name` in a part."""
    made: Mapping[str, Made] = field(default_factory=dict)
    """Fields that are worked out."""
    later: tuple[str, ...] = ()
    """Fields that are added by whoever sends the message."""
    kept: Literal["", "same", "equal"] = ""
    """The same value, or an equal one, comes again and again: the packer makes its message once, and copies it."""


class Wire:
    """The compiled pairs of a table of shapes. Pairs that differ in nothing need no shape."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        self.shapes = {(shape.value, shape.message): shape for shape in shapes}
        self._fills: dict[tuple[type, type[Message]], Fill] = {}

    def pack(self, message: type[Sent], value: object, packer: object = None) -> Sent:
        """The message that shows a value."""
        packed = message()
        (self._fills.get((type(value), message)) or self.fill(type(value), message))(packed, value, packer)
        return packed

    def fill(self, value: type, message: type[Message]) -> Fill:
        """The function for a pair. Raises Unmatched."""
        made = self._fills.get((value, message))
        if made is None:
            made = self._fills[value, message] = self._compiled(value, message)
        return made

    def pairs(self) -> Iterable[tuple[type, type[Message]]]:
        """The pairs that were compiled so far, those within others among them."""
        return self._fills.keys()

    def _compiled(self, value: type, message: type[Message]) -> Fill:
        shape = self.shapes.get((value, message), Shape(value, message))
        code = _Code(self)
        for one in message.DESCRIPTOR.fields:
            if one.name not in shape.later:
                code.add(one, shape)
        return code.compiled(f"{value.__name__} → {message.__name__}")


class _Code:
    """The statements that fill one message, and what they use."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lines: list[str] = []
        self._uses: dict[str, object] = {"rfc3339": rfc3339}

    def compiled(self, name: str) -> Fill:
        """The function. Written out as text, it costs what one written by hand costs."""
        body = "\n    ".join(self._lines or ["pass"])
        source = f"def fill(m, v, p):\n    {body}"
        exec(compile(source, f"<{name}>", "exec"), self._uses)  # noqa: S102 - made of names of fields alone
        made: Fill = self._uses["fill"]  # type: ignore[assignment]
        return made

    def add(self, one: _Field, shape: Shape) -> None:
        """The statements for one field."""
        worked_out = shape.made.get(one.name)
        if worked_out is None and not one.is_repeated and one.message_type is Ref.DESCRIPTOR:
            place, hint = _found(shape, one.name)
            if _without_none(hint)[0] is str:
                self._ref(one, place, shape)
                return
        if worked_out is not None:
            self._put(one, f"{self._use(worked_out)}(v, p)", object)
            return
        place, hint = _found(shape, one.name)
        self._put(one, place, hint)

    def _ref(self, one: _Field, place: str, shape: Shape) -> None:
        """A code with its title; of an empty code, or none, nothing."""
        title = shape.made.get(f"{one.name}_title")
        given = f"{self._use(title)}(v, p)" if title is not None else _found(shape, f"{one.name}_title")[0]
        self._lines += [f"x = {place}", "if x:", f"    m.{one.name}.code = x", f"    m.{one.name}.title = {given}"]

    def _put(self, one: _Field, place: str, hint: _Hint) -> None:
        kind, optional = _without_none(hint)
        guarded = optional or "." in place.removeprefix("v.")
        if guarded or hint is object:
            parts = place.split(".")
            if hint is not object and len(parts) > 2:
                self._lines.append(f"x = {'.'.join(parts[:2])}")
                self._lines.append(f"if x is not None: x = x.{'.'.join(parts[2:])}")
            else:
                self._lines.append(f"x = {place}")
            self._lines += ["if x is not None:", *(f"    {line}" for line in self._statements(one, "x", kind))]
        else:
            self._lines += self._statements(one, place, kind)

    def _statements(self, one: _Field, x: str, kind: _Hint) -> list[str]:
        target = f"m.{one.name}"
        if one.is_repeated:
            item = object if kind is object else get_args(kind)[0]
            if one.message_type is None:
                scalar = self._scalar(one, "y", item)
                return [f"{target}.extend({x if scalar == 'y' else f'[{scalar} for y in {x}]'})"]
            if item is object:
                return [f"{target}.extend({x})"]
            fill, kept = self._nested(one, item)
            if kept:
                return [f"for y in {x}: {target}.append({kept.format('y')})"]
            return [f"for y in {x}: {fill}({target}.add(), y, p)"]
        if one.message_type is None:
            return [f"{target} = {self._scalar(one, x, kind)}"]
        if kind is object:
            return [f"{target}.CopyFrom({x})"]
        if one.message_type is Timestamp.DESCRIPTOR:
            return [f"{self._use(put_instant)}({target}, {x})"]
        fill, kept = self._nested(one, kind)
        return [f"{target}.CopyFrom({kept.format(x)})"] if kept else [f"{fill}({target}, {x}, p)"]

    def _nested(self, one: _Field, kind: type) -> tuple[str, str]:
        """What fills the message of a field, and how the packer gives one that it keeps; empty where it keeps none."""
        assert one.message_type is not None
        message = GetMessageClass(one.message_type)
        fill = self._use(self._wire.fill(kind, message))
        shape = self._wire.shapes.get((kind, message))
        if shape is None or not shape.kept:
            return fill, ""
        return fill, f"p.kept_{shape.kept}({{}}, {self._use(message)}, {fill})"

    def _scalar(self, one: _Field, x: str, kind: _Hint) -> str:
        if one.enum_type is not None and isinstance(kind, type) and issubclass(kind, Enum):
            return f"{self._use(numbers(kind, one.enum_type))}[{x}]"
        if kind is datetime:
            return f"rfc3339({x})"
        return f"{x}.isoformat()" if kind is date else x

    def _use(self, thing: object) -> str:
        name = f"u{len(self._uses)}"
        self._uses[name] = thing
        return name


def put_instant(target: Timestamp, instant: datetime | str) -> None:
    """Fill an instant from one in UTC, or from RFC 3339; an empty text leaves it unset."""
    if instant:
        target.FromDatetime(datetime.fromisoformat(instant) if isinstance(instant, str) else instant)


Check = Callable[[Any, str, Any], Any]
"""From what a message holds and the field's name to what the value holds. Third: what the reader was told besides."""


class Reading(Generic[Value]):
    """Reads values of one type from messages of one type."""

    def __init__(
        self,
        value: type[Value],
        message: type[Message],
        checks: Mapping[str, Check],
        named: Mapping[str, str] | None = None,
        left: tuple[str, ...] = (),
    ) -> None:
        """`checks`: by the value's field, made in their order, so that the first fault is told first. `named`: the
        message's fields that have another name, by the value's. `left`: the value's fields that no message has.
        """
        self.message = message
        self.fields = {
            name: (named or {}).get(name, name) for name in (*checks, *get_type_hints(value)) if name not in left
        }
        """The message's field by the value's."""
        uses: dict[str, Any] = {"V": value}
        given = []
        for name, source in self.fields.items():
            one = message.DESCRIPTOR.fields_by_name[source]
            optional = one.has_presence
            x = f"(m.{source} if m.HasField({source!r}) else None)" if optional else f"m.{source}"
            if name in checks:
                uses[f"check_{name}"] = checks[name]
                x = f"check_{name}({x}, at + {source!r}, told)"
            given.append(f"{name}={x}")
        code = f"def read(m, told=None, at=''):\n    return V({', '.join(given)})"
        each = ", ".join(f"lambda: {one}" for one in self._checked(given, checks))
        every = f"def each(m, told, at):\n    return [{each}]"
        exec(compile(f"{code}\n{every}", f"<{message.__name__} → {value.__name__}>", "exec"), uses)  # noqa: S102 - as above
        self._read: Callable[..., Value] = uses["read"]
        self._each: Callable[..., list[Callable[[], object]]] = uses["each"]

    @staticmethod
    def _checked(given: list[str], checks: Mapping[str, Check]) -> list[str]:
        parts = (one.partition("=") for one in given)
        return [expression for name, _, expression in parts if name in checks]

    def read(self, m: Message, told: object = None, at: str = "") -> Value:
        """The value of a message. `at`: the message's own place in the request, with a dot.

        Raises InvalidQuestion, with every fault.
        """
        try:
            return self._read(m, told, at)
        except InvalidQuestion:
            raise all_wrong(list(faults_of(self._each(m, told, at)))) from None


def faults_of(checks: Iterable[Callable[[], object]]) -> Iterator[InvalidQuestion]:
    """What is wrong by each of several checks."""
    for check in checks:
        try:
            check()
        except InvalidQuestion as fault:
            yield fault


def member(kind: type[Enum], enum: EnumDescriptor, called: str, besides: Mapping[int, object] | None = None) -> Check:
    """Reads a member of a closed set by its number; `besides`: what other numbers mean. `called`: in Chinese."""
    members = {number: one for one, number in numbers(kind, enum).items()} | dict(besides or {})

    def check(number: int, field: str, _told: object) -> object:
        if number not in members:
            raise InvalidQuestion(f"没有编号为 {number} 的{called}", f"请用 {enum.name} 中的值", field)
        return members[number]

    return check


def numbers(kind: type[Enum], enum: EnumDescriptor) -> dict[Any, Any]:
    """The contract's number of each member that it has: `Duty.OPTIONAL = "optional"` is `DUTY_OPTIONAL`."""
    prefix = _CAPITAL.sub("_", enum.name).upper()
    named = {member: enum.values_by_name.get(f"{prefix}_{member.value.upper()}") for member in kind}
    return {member: value.number for member, value in named.items() if value is not None}


def _found(shape: Shape, name: str) -> tuple[str, Any]:
    """Where the value has what a field shows, and of which type it is."""
    path = shape.named.get(name, name)
    for whole in (path, *(f"{part}.{path}" for part in shape.within)):
        hint: Any = shape.value
        for attribute in whole.split("."):
            hint = _hint(_without_none(hint)[0], attribute)
        if hint is not None:
            return f"v.{whole}", hint
    raise Unmatched(f"{shape.value.__name__} has nothing for {shape.message.__name__}.{name}")


def _hint(kind: _Hint, attribute: str) -> _Hint:
    """Type of a field or property; None where there is none."""
    if not isinstance(kind, type):
        return None
    own = getattr(kind, attribute, None)
    return get_type_hints(own.fget)["return"] if isinstance(own, property) else get_type_hints(kind).get(attribute)


def _without_none(hint: _Hint) -> tuple[_Hint, bool]:
    """The type, and whether None may stand in its place."""
    choices = get_args(hint) if isinstance(hint, UnionType) else ()
    return (choices[0], True) if NoneType in choices else (hint, False)
