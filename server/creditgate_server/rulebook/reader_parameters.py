"""Parameters: reads their entries, and puts their values where conditions name them.

A condition is read for one day; a rule whose parameters change their value while it is in force becomes one version for
each value.
"""

from __future__ import annotations

from typing import TypeVar

from .catalogue import Parameter, ParameterType, ParameterValue
from .language import Place
from .reader_values import (
    BASIS,
    MAX_WHOLE,
    ParametersOnDay,
    Reader,
    Trail,
    code,
    fields,
    fields_schema,
    many,
    mapping,
    money,
    one_of,
    period,
    rests,
    sourced,
    structure,
    text,
    whole_between,
)
from .reader_verification import unverified
from .source import Mapping as MappingNode
from .source import Node, Scalar

T = TypeVar("T")

_NUMBERS: dict[ParameterType, Reader[int]] = {
    ParameterType.WHOLE: whole_between(0, MAX_WHOLE),
    ParameterType.MONEY: money,
    ParameterType.MONTHS: whole_between(1, 1200),
    ParameterType.DAYS: whole_between(1, 36500),
    ParameterType.PERCENT: whole_between(0, 100),
}
_TYPE_WORDS = {
    ParameterType.WHOLE: "整数",
    ParameterType.MONEY: "金额",
    ParameterType.MONTHS: "月数",
    ParameterType.DAYS: "天数",
    ParameterType.PERCENT: "百分比",
}
_NAMED = frozenset({ParameterType.MONEY, ParameterType.MONTHS, ParameterType.DAYS})
"""Types of which a number written into a condition looks unmeant."""
_REQUIRED = ("code", "title", "type", "values")


def _values_reader(number: Reader[int]) -> Reader[tuple[ParameterValue, ...]]:
    readers: dict[str, Reader[object]] = {
        "effective": period,
        "value": number,
        **BASIS,
        "verified": unverified,
    }
    example = "{effective: {from: 2026-04-01}, value: 24, basis: [{instrument: some-law, article: 第一条}]}"
    value = structure(ParameterValue, readers, example, rests)
    return many(Reader(value.read, sourced(value.schema)))


def _raw(node: Node, _trail: Trail) -> Node:
    return node


_ANY_NUMBER = {"type": "number"}
_READERS: dict[str, Reader[object]] = {
    "code": code,
    "title": text,
    "type": one_of(ParameterType),
    "values": Reader(_raw, _values_reader(Reader(money.read, _ANY_NUMBER)).schema),
}


def _read_parameter(node: Node, trail: Trail) -> Parameter:
    """One parameter, its values in its own type. Raises `Unreadable`."""
    written = mapping(node, trail, "{code: penalty-window, title: 处罚记录的计算期限, type: months, values: […]}")
    values = fields(written, _READERS, _REQUIRED, trail)
    kind = values["type"]
    assert isinstance(kind, ParameterType)
    at = written.pairs["values"].value
    values["values"] = _values_reader(_NUMBERS[kind])(at, trail.step("values", at.place))
    return Parameter(**values)  # type: ignore[arg-type]


read_parameter: Reader[Parameter] = Reader(_read_parameter, fields_schema(_READERS, _REQUIRED))


def or_parameter(reader: Reader[T], *types: ParameterType) -> Reader[T]:
    """The reader of a number that may be named by a parameter: `{param: CODE}`."""

    def read(node: Node, trail: Trail) -> T:
        known = trail.parameters
        if known is None:
            return reader(node, trail)
        if not (isinstance(node, MappingNode) and "param" in node.pairs):
            value = reader(node, trail)
            if _NAMED.issuperset(types):
                known.literals.append(node.place)
            return value
        written = fields(node, {"param": code}, ("param",), trail)
        place = node.pairs["param"].value.place
        return reader(_put(str(written["param"]), types, known, place, trail), trail)

    schema = {"anyOf": [reader.schema, fields_schema({"param": code}, ("param",))]}
    return Reader(read, schema)


def _put(name: str, types: tuple[ParameterType, ...], known: ParametersOnDay, place: Place, trail: Trail) -> Scalar:
    """The parameter's value of the day, as if it were written there."""
    parameter = known.table.get(name)
    if parameter is None:
        hint = "它自己有错误" if name in known.broken else trail.faults.nearest(name, list(known.table))
        trail.faults.refuse(place, f"参数里没有 {name}", hint)
    if parameter.type not in types:
        wanted = "、".join(_TYPE_WORDS[one] for one in types)
        trail.faults.refuse(place, f"参数 {name} 是{_TYPE_WORDS[parameter.type]}, 这里应为{wanted}", "换一个参数")
    value = parameter.values[-1]
    if known.day is not None:
        found = next((one for one in parameter.values if one.effective.holds_on(known.day)), None)
        if found is None:
            message = f"规则有效, 参数 {name} 在 {known.day} 却没有值"
            trail.faults.refuse(place, message, "给参数补上这一段的值, 或改规则的 effective")
        value = found
    known.used[name] = value
    number = str(value.value)
    if parameter.type is ParameterType.MONEY:
        number = f"{value.value // 100}.{value.value % 100:02d}"
    return Scalar(number, quoted=False, place=place)
