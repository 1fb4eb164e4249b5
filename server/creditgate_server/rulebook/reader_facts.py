"""Reads the fact schema: a fact's type and source decide which other fields it has."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .catalogue import FactEntry, FactSource, FactType, Ladder
from .reader_conditions import read_value
from .reader_values import Reader, Trail, code, fields, fields_schema, many, mapping, one_of, takes, text, word
from .source import Mapping as MappingNode
from .source import Node

NO_RATING = "none"
"""The choice of a rating fact where the feed is good and there is no rating."""
SUBJECT_KINDS = (
    "person",
    "enterprise",
    "sole_trader",
    "cooperative",
    "institution",
    "social_organisation",
    "other",
)
"""The choices of identifier facts; see `codes.subject_kind`."""

_DERIVED = (FactSource.RATING, FactSource.IDENTIFIER, FactSource.GRADE, FactSource.LEVEL)
"""Sources whose choices are known from elsewhere."""
_REQUIRED = ("name", "label", "type", "source")
_OF_A_VIOLATION = (FactSource.CIRCUMSTANCE, FactSource.CASE)
"""Sources of facts of a violation: given with the question, and unknown where they are not."""


@takes({"type": ["boolean", "number", "string"]})
def _raw(node: Node, trail: Trail) -> Node:
    """A node to be read later, once the type is known."""
    return node


_READERS: dict[str, Reader[object]] = {
    "name": code,
    "label": text,
    "type": one_of(FactType),
    "source": one_of(FactSource),
    "unit": text,
    "choices": many(word),
    "titles": many(text),
    "ladder": code,
    "feed": code,
    "default": _raw,
    "supplier": text,
    "presumed": _raw,
    "occurred": code,
}


def read_fact(
    node: Node,
    trail: Trail,
    *,
    ladders: Mapping[str, Ladder],
    grades: tuple[str, ...],
    levels: tuple[str, ...],
) -> FactEntry:
    """One fact, its choices filled in from its source, its default in its own type. Raises `Unreadable`."""
    written = mapping(node, trail, "{name: amount, label: 金额, type: money, source: caller, supplier: 申请人}")
    values = fields(written, _READERS, _REQUIRED, trail)
    default, presumed = values.pop("default", None), values.pop("presumed", None)
    fact = FactEntry(**values)  # type: ignore[arg-type]
    _check_fields(fact, written, trail)
    if fact.source in _DERIVED:
        ladder = ladders.get(fact.ladder)
        choices = {
            FactSource.RATING: (*ladder.ratings, NO_RATING) if ladder else (),
            FactSource.IDENTIFIER: SUBJECT_KINDS,
            FactSource.GRADE: grades,
            FactSource.LEVEL: levels,
        }
        fact = msgspec.structs.replace(fact, choices=choices[fact.source])
    if isinstance(default, Node):
        value = read_value(fact)(default, trail.step("default", default.place))
        fact = msgspec.structs.replace(fact, default=value)
    if isinstance(presumed, Node):
        value = read_value(fact)(presumed, trail.step("presumed", presumed.place))
        fact = msgspec.structs.replace(fact, presumed=value)
    return fact


FACT_SCHEMA = fields_schema(_READERS, _REQUIRED)


def _check_fields(fact: FactEntry, written: MappingNode, trail: Trail) -> None:
    """Fields that the type and source need, and fields that have no meaning with them."""
    derived = fact.source in _DERIVED
    if derived and fact.type is not FactType.CHOICE:
        place = written.pairs["type"].value.place
        trail.faults.refuse(place, f"来源 {fact.source} 的事实类型只能是 choice", "改为 type: choice")
    wanted = {
        "choices": fact.type is FactType.CHOICE and not derived,
        "ladder": fact.source is FactSource.RATING,
        "feed": fact.source is FactSource.ATTRIBUTE,
    }
    for name, needed in wanted.items():
        pair = written.pairs.get(name)
        if needed and pair is None:
            trail.faults.refuse(written.place, f"缺少字段 {name}", f"{fact.type} 类型、来源 {fact.source} 需要它")
        if pair and not needed:
            message = f"{fact.type} 类型、来源 {fact.source} 的事实不用写 {name}"
            trail.faults.refuse(pair.key.place, message, "删去这一行")
    if derived and "default" in written.pairs:
        place = written.pairs["default"].key.place
        trail.faults.refuse(place, f"来源 {fact.source} 的事实不能有 default", "删去这一行: 不知道就是不知道")
    if fact.titles and len(fact.titles) != len(fact.choices):
        trail.faults.refuse(written.pairs["titles"].value.place, "titles 要与 choices 一一对应", "补齐或删去")
    _check_violation(fact, written, trail)
    if fact.source is FactSource.CALLER and not fact.supplier and "default" not in written.pairs:
        trail.faults.refuse(written.place, "缺少字段 supplier", "写上谁能提供, 例如 supplier: 申请人")


def _check_violation(fact: FactEntry, written: MappingNode, trail: Trail) -> None:
    """Facts of a violation have a supplier and no default; the rest have none of their fields."""
    of_violation = fact.source in _OF_A_VIOLATION
    if of_violation and not fact.supplier:
        trail.faults.refuse(written.place, "缺少字段 supplier", "写上谁能提供, 例如 supplier: 办案人员")
    if of_violation and "default" in written.pairs:
        place = written.pairs["default"].key.place
        trail.faults.refuse(place, "违法情节不能有 default: 不知道就是不知道", "改用 presumed, 或删去这一行")
    if fact.source is FactSource.CASE and fact.type is not FactType.DAY:
        trail.faults.refuse(written.pairs["type"].value.place, "来源 case 的事实类型只能是 day", "改为 type: day")
    wanted = {"presumed": fact.source is FactSource.CIRCUMSTANCE, "occurred": fact.source is FactSource.CASE}
    for name, allowed in wanted.items():
        if name in written.pairs and not allowed:
            message = f"来源 {fact.source} 的事实不用写 {name}"
            trail.faults.refuse(written.pairs[name].key.place, message, "删去这一行")
