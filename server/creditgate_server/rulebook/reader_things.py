"""Holds the entries of the catalogue against the register of verification: what in each is a thing, what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET

from .catalogue import Citation, ListEntry, Parameter, RecordKind, Terms
from .placed import PlacedValue
from .reader_verification import Register, Thing, cited_at, written
from .source import Faults, Node, Sequence
from .source import Mapping as MappingNode
from .verification import named, terms_named

KINDS: Mapping[str, str] = {
    "rules": "rule",
    "instruments": "instrument",
    "record_kinds": "record_kind",
    "lists": "list",
    "ladders": "ladder",
    "items": "item",
    "parameters": "parameter",
    "calendars": "calendar",
    "soft_measures": "soft_measure",
    "exemption_lists": "exemption_list",
    "exemptions": "exemption",
    "objections": "objection",
    "authority": "authority",
}
"""How the register names the things of each section."""

_NO_LAW = ("feed", "certificates", "keywords")
"""Fields that say nothing of law: where data comes from, by which words things are found."""


def settle_entry(section: str, node: Node, placed: PlacedValue[Any], register: Register, faults: Faults) -> Any:  # noqa: ANN401 - any entry of a catalogue
    """The entry, with what in it is verified."""
    settle = _SETTLED.get(section)
    return placed.value if settle is None else settle(section, node, placed, register, faults)


def _settle_whole(section: str, node: Node, placed: PlacedValue[Any], register: Register, faults: Faults) -> Any:  # noqa: ANN401
    """An entry that is one thing."""
    entry = placed.value
    cited = cited_at(entry.basis, placed)
    thing = Thing(
        of=named(KINDS[section], entry.code),
        placed=placed,
        place=placed.at(),
        citations=cited,
        own_practice=False,
        fields=written(node, *_NO_LAW, "terms"),
    )
    verified = register.settle(thing, faults)
    return msgspec.structs.replace(entry, verified=verified) if hasattr(entry, "verified") else entry


def _settle_instrument(section: str, node: Node, placed: PlacedValue[Any], register: Register, faults: Faults) -> Any:  # noqa: ANN401
    """An instrument is compared with its own head."""
    itself = (Citation(instrument=placed.value.code),)
    thing = Thing(
        of=named(KINDS[section], placed.value.code),
        placed=placed,
        place=placed.at(),
        citations=cited_at(itself, placed, ("code",)),
        own_practice=False,
        fields=written(node),
    )
    return msgspec.structs.replace(placed.value, verified=register.settle(thing, faults))


def _settle_parameter(section: str, node: Node, placed: PlacedValue[Any], register: Register, faults: Faults) -> Any:  # noqa: ANN401
    """Each value is a thing, together with what it is the value of."""
    parameter: Parameter = placed.value
    values = []
    head = {name: part for name, part in written(node).items() if name != "values"}
    for position, (value, part) in enumerate(zip(parameter.values, parts_of(node, "values"), strict=True)):
        thing = Thing(
            of=register.name(named(KINDS[section], parameter.code, value.effective.start)),
            placed=placed,
            place=placed.at("values", position),
            citations=cited_at(value.basis, placed, ("values", position, "basis")),
            own_practice=value.source is not UNSET,
            fields={**head, **written(part)},
        )
        values.append(msgspec.structs.replace(value, verified=register.settle(thing, faults)))
    return msgspec.structs.replace(parameter, values=tuple(values))


def _settle_kind(section: str, node: Node, placed: PlacedValue[Any], register: Register, faults: Faults) -> Any:  # noqa: ANN401
    """Each of a record kind's or list's terms is a thing; of a list, what it says besides is one, too."""
    entry: RecordKind | ListEntry = placed.value
    if isinstance(entry, ListEntry):
        entry = _settle_whole(section, node, placed, register, faults)
    terms = []
    for position, (one, part) in enumerate(zip(entry.terms, parts_of(node, "terms"), strict=True)):
        thing = Thing(
            of=register.name(terms_named(KINDS[section], entry.code, one.severity, _start(one))),
            placed=placed,
            place=placed.at("terms", position),
            citations=cited_at(one.basis, placed, ("terms", position, "basis")),
            own_practice=one.source is not UNSET,
            fields={"of": entry.title, **written(part)},
        )
        verified = True if register.settle(thing, faults) else UNSET
        terms.append(msgspec.structs.replace(one, verified=verified))
    return msgspec.structs.replace(entry, terms=tuple(terms))


def _start(terms: Terms) -> date | None:
    return None if terms.effective is UNSET else terms.effective.start


def parts_of(node: Node, field: str) -> tuple[Node, ...]:
    """The parts of a list in a mapping; none where there is no such list."""
    pair = node.pairs.get(field) if isinstance(node, MappingNode) else None
    return pair.value.parts if pair is not None and isinstance(pair.value, Sequence) else ()


_Settled = Callable[[str, Node, PlacedValue[Any], Register, Faults], Any]
_SETTLED: Mapping[str, _Settled] = {
    "instruments": _settle_instrument,
    "parameters": _settle_parameter,
    "record_kinds": _settle_kind,
    "lists": _settle_kind,
    **dict.fromkeys(("ladders", "items", "calendars", "soft_measures", "objections", "authority"), _settle_whole),
}
