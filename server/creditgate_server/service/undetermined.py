"""What a decision could not settle, as the contract's alternatives; facts with all that a form needs to ask them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message

from creditgate.v1 import common_pb2

from ..decision.parts import Unsettled
from ..decision.unsettled import CALENDAR, ENGINE, RELATIONS_BEYOND, SUBJECT
from ..rulebook.catalogue import Catalogue, FactEntry, FactType
from ..rulebook.language import Role
from ..rulebook.titles import RECORD_PARTS
from .wire import numbers

_TYPES = numbers(FactType, common_pb2.FactType.DESCRIPTOR)
_ROLES = numbers(Role, common_pb2.Role.DESCRIPTOR)


def fact_definition(entry: FactEntry) -> common_pb2.FactDefinition:
    """A fact of the schema, as a form asks for it."""
    titles = entry.titles or entry.choices
    return common_pb2.FactDefinition(
        fact=common_pb2.Ref(code=entry.name, title=entry.label),
        type=_TYPES[entry.type],
        unit=entry.unit if entry.type is FactType.WHOLE else "",
        choices=[common_pb2.Ref(code=code, title=title) for code, title in zip(entry.choices, titles, strict=True)],
        supplier=entry.supplier,
    )


def _fact(named: Unsettled, catalogue: Catalogue) -> Message:
    entry = catalogue.facts.get(named.what)
    if entry is not None:
        return fact_definition(entry)
    return common_pb2.FactDefinition(fact=common_pb2.Ref(code=named.what, title=named.label), supplier=named.supplier)


def _feed(named: Unsettled, catalogue: Catalogue) -> Message:
    code = named.what.partition(":")[2]
    feed = catalogue.feeds.get(code)
    return common_pb2.Ref(code=code, title=feed.title if feed else "")


def _record(named: Unsettled, _: Catalogue) -> Message:
    record = named.what.partition(":")[2]
    number, colon, field = record.rpartition(":")
    if colon and field in RECORD_PARTS:
        return common_pb2.UndeterminedRecord(document_number=number, field=field)
    return common_pb2.UndeterminedRecord(document_number=record)


def _relation(named: Unsettled, _: Catalogue) -> Message:
    relation, _colon, other = named.what.partition(":")[2].partition(":")
    return common_pb2.UndeterminedRelation(relation=relation, other=other)


def _role(named: Unsettled, _: Catalogue) -> int:
    number: int = _ROLES[Role(named.what.partition(":")[2])]
    return number


def _calendar(named: Unsettled, _: Catalogue) -> Message:
    return common_pb2.UnknownCalendar(year=int(named.what.partition(":")[2]))


_WITH_PREFIX: dict[str, tuple[str, Callable[[Unsettled, Catalogue], Any]]] = {
    "feed": ("feed", _feed),
    "record": ("record", _record),
    "relation": ("relation", _relation),
    "role": ("role", _role),
    CALENDAR: ("calendar", _calendar),
}
_ALONE: dict[str, tuple[str, Callable[[Unsettled, Catalogue], Any]]] = {
    SUBJECT: ("unknown_subject", lambda _, __: common_pb2.UnknownSubject()),
    ENGINE: ("engine_fault", lambda _, __: common_pb2.EngineFault()),
    RELATIONS_BEYOND: ("relation", lambda _, __: common_pb2.UndeterminedRelation()),
}
MEMBERS = ("fact", "feed", "record", "relation", "role", "unknown_subject", "engine_fault", "calendar")
"""Of the contract's alternatives."""


def member(name: str) -> Callable[[Unsettled, Catalogue], Any]:
    """What a member of the alternatives holds; None where another one does."""

    def made(named: Unsettled, catalogue: Catalogue) -> Any:  # noqa: ANN401 - a message or a number
        prefix, colon, _ = named.what.partition(":")
        of, make = _WITH_PREFIX[prefix] if colon else _ALONE.get(named.what, ("fact", _fact))
        return make(named, catalogue) if of == name else None

    return made
