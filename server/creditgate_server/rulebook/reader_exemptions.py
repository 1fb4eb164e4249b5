"""Reads exemption lists and their entries: each entry of a list becomes a rule of the leniency book.

What a list defines once (first, timely correction, exclusions, measures) goes into the rules of all its entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from .catalogue import (
    Citation,
    Correction,
    Element,
    Exemption,
    ExemptionKind,
    ExemptionList,
    FirstDefinition,
    Period,
    Span,
)
from .exemption_rules import Exclusion, condition_of, exclusion_rule_id, leniency_of, rule_id_of
from .language import (
    Applies,
    Book,
    Condition,
    FactTest,
    GiveLeniency,
    Leniency,
    Place,
    Rule,
    facts_of_test,
    leaves,
)
from .library import Library, PlacedValue
from .reader_conditions import (
    CONDITION,
    SPAN_READERS,
    FactTable,
    condition_reader,
    read_first,
    require_one_unit,
)
from .reader_things import KINDS, parts_of
from .reader_values import (
    Path,
    Reader,
    Schema,
    Trail,
    basic_code,
    citation,
    code,
    fields,
    fields_schema,
    flag,
    many,
    mapping,
    none_or_many,
    one_of,
    period,
    region_code,
    structure,
    text,
)
from .reader_verification import CitedAt, Thing, cited_at, unverified, written
from .source import Faults, Node, Sequence, Unreadable
from .source import Mapping as MappingNode
from .verification import named

_BASIS = many(citation)
_EXAMPLE = "{code: m17, title: 经营超过保质期的食品, organ: market-regulation, versions: […]}"
_SPAN = fields_schema(SPAN_READERS, ())


def _read_span(node: Node, trail: Trail) -> Span:
    written = mapping(node, trail, "{working_days: 5}")
    span = Span(**fields(written, SPAN_READERS, (), trail))  # type: ignore[arg-type]
    require_one_unit(span, written, trail)
    return span


read_span: Reader[Span] = Reader(_read_span, _SPAN)
_WAYS = structure(
    Correction,
    {"before_discovery": flag, "on_the_spot": flag, "ordered": flag, "within": read_span},
    "{before_discovery: true, within: {working_days: 5}}",
)


def _read_correction(node: Node, trail: Trail) -> Correction:
    ways = _WAYS.read(node, trail)
    if not (ways.before_discovery or ways.on_the_spot or ways.ordered or ways.within):
        message, hint = "没有写怎样改正才算及时", "before_discovery、on_the_spot、ordered、within 至少有一种"
        trail.faults.refuse(node.place, message, hint)
    return ways


_CORRECTION: Reader[Correction] = Reader(_read_correction, _WAYS.schema)


class EntryVersion(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as one list has it."""

    list: str
    kind: ExemptionKind
    circumstances: str = ""
    requires: tuple[Element, ...] | None = None
    first: FirstDefinition | None = None
    corrected: Correction | None = None
    when: tuple[Condition, ...] = ()
    unless: tuple[Exclusion, ...] = ()
    measures: tuple[str, ...] | None = None
    basis: tuple[Citation, ...] = ()
    effective: Period | None = None
    remark: str = ""
    verified: bool = False


def _exclusion_readers(condition: Reader[Condition]) -> dict[str, Reader[Any]]:
    return {"code": code, "title": text, "when": condition, "basis": _BASIS}


def list_readers(condition: Reader[Condition]) -> dict[str, Reader[Any]]:
    """Readers of a list's fields."""
    exclusion = structure(Exclusion, _exclusion_readers(condition), "{code: malice, title: 主观恶意, when: {…}}")
    return {
        "code": code,
        "title": text,
        "version": text,
        "region": region_code,
        "organ": code,
        "instrument": code,
        "effective": period,
        "requires": many(one_of(Element)),
        "first": read_first,
        "corrected": _CORRECTION,
        "measures": many(code),
        "recheck": read_span,
        "unless": many(exclusion),
        "remark": text,
        "verified": unverified,
    }


_LIST_REQUIRED = ("code", "title", "region", "organ", "instrument", "effective")


def version_readers(condition: Reader[Condition]) -> dict[str, Reader[Any]]:
    """Readers of the fields of an entry in one list."""
    exclusion = structure(Exclusion, _exclusion_readers(condition), "{code: malice, title: 主观恶意, when: {…}}")
    return {
        "list": code,
        "kind": one_of(ExemptionKind),
        "circumstances": text,
        "requires": none_or_many(one_of(Element)),
        "first": read_first,
        "corrected": _CORRECTION,
        "when": many(condition),
        "unless": many(exclusion),
        "measures": none_or_many(code),
        "basis": _BASIS,
        "effective": period,
        "remark": text,
        "verified": unverified,
    }


def entry_readers(version: Reader[Any]) -> dict[str, Reader[Any]]:
    """Readers of an entry's fields."""
    return {
        "code": code,
        "title": text,
        "organ": code,
        "basic_code": basic_code,
        "penalty_basis": _BASIS,
        "keywords": many(text),
        "versions": many(version),
    }


_ENTRY_REQUIRED = ("code", "title", "organ", "versions")
_CONDITION_OF_ANY: Reader[Any] = Reader(lambda _node, _trail: None, CONDITION)
EXEMPTION_SCHEMAS: dict[str, Schema] = {
    "exemption_lists": fields_schema(list_readers(_CONDITION_OF_ANY), _LIST_REQUIRED),
    "exemptions": fields_schema(
        entry_readers(structure(EntryVersion, version_readers(_CONDITION_OF_ANY), "{list: samr-2025-1, kind: first}")),
        _ENTRY_REQUIRED,
    ),
}
"""What an exemption list and an entry may be; `$defs` needs the condition."""


@dataclass(frozen=True, slots=True)
class _WrittenVersion:
    value: EntryVersion
    places: dict[Path, Place]
    fields: dict[str, Node | str]


@dataclass(frozen=True, slots=True)
class _ReadList:
    value: ExemptionList
    unless: tuple[Exclusion, ...]
    placed: PlacedValue[ExemptionList]


def read_exemptions(roots: Iterable[MappingNode], facts: FactTable, library: Library, faults: Faults) -> None:
    """Add all lists and entries to the library, and the rules that they come to."""
    roots = tuple(roots)
    condition = condition_reader(facts)
    lists = {found.value.code: found for root in roots for found in _lists(root, condition, library, faults)}
    entries_of: dict[str, list[str]] = {name: [] for name in lists}
    for root in roots:
        for entry, versions in _entries(root, condition, library, faults):
            for one in versions:
                version, places = one.value, one.places
                listed = lists.get(version.list)
                if listed is None:
                    library.broken["exemptions"].add(entry.code)
                    _unknown_list(version.list, places, library, lists, faults)
                    continue
                entries_of[version.list].append(entry.code)
                verified = _settled(entry, one, listed.placed, library, faults) and listed.value.verified
                rules = list(_rules_of(entry, version, listed, places, verified=verified))
                if _has_facts(rules[0], facts, faults):
                    library.rules.extend(rules)
                else:
                    library.broken["exemptions"].add(entry.code)
    for name, listed in lists.items():
        if entries_of[name]:
            library.rules.extend(_exclusion_rules(listed, tuple(dict.fromkeys(entries_of[name]))))
        else:
            tests = [leaf for exclusion in listed.unless for leaf in leaves(exclusion.when)]
            library.tested_apart |= {leaf.fact for leaf in tests if isinstance(leaf, FactTest)}


def _lists(root: MappingNode, condition: Reader[Condition], library: Library, faults: Faults) -> Iterable[_ReadList]:
    readers = list_readers(condition)
    for node, trail in _parts(root, "exemption_lists", library, faults):
        try:
            values = fields(mapping(node, trail, _EXAMPLE), readers, _LIST_REQUIRED, trail)
        except Unreadable:
            _note_broken(node, library.broken["exemption_lists"])
            continue
        unless: Any = values.pop("unless", ())
        read = PlacedValue(ExemptionList(**values), trail.places)  # type: ignore[arg-type]
        thing = Thing(
            of=named(KINDS["exemption_lists"], read.value.code),
            placed=read,
            place=read.at(),
            citations=(*_cited_instrument(read), *_cited_apart(unless, read)),
            own_practice=False,
            fields=written(node),
        )
        verified = library.register.settle(thing, faults)
        placed = PlacedValue(msgspec.structs.replace(read.value, verified=verified), trail.places)
        library.entries["exemption_lists"].append(placed)
        yield _ReadList(placed.value, unless, placed)


def _cited_instrument(listed: PlacedValue[ExemptionList]) -> tuple[CitedAt, ...]:
    """The list itself: the whole instrument."""
    return (CitedAt(Citation(instrument=listed.value.instrument), listed.at("instrument")),)


def _cited_apart(unless: Iterable[Exclusion], placed: PlacedValue[Any]) -> Iterator[CitedAt]:
    """What exclusions cite of their own."""
    for position, exclusion in enumerate(unless):
        yield from cited_at(exclusion.basis, placed, ("unless", position, "basis"))


def _entries(
    root: MappingNode, condition: Reader[Condition], library: Library, faults: Faults
) -> Iterable[tuple[Exemption, list[_WrittenVersion]]]:
    version = structure(EntryVersion, version_readers(condition), "{list: samr-2025-1, kind: first}")
    readers = entry_readers(version)
    for node, trail in _parts(root, "exemptions", library, faults):
        faults.rule = _code_of(node)[:64]
        try:
            values = fields(mapping(node, trail, _EXAMPLE), readers, _ENTRY_REQUIRED, trail)
        except Unreadable:
            _note_broken(node, library.broken["exemptions"])
            continue
        finally:
            faults.rule = ""
        versions: Any = values.pop("versions")
        placed = PlacedValue(Exemption(**values), trail.places)  # type: ignore[arg-type]
        library.entries["exemptions"].append(placed)
        said = written(node, "versions", "keywords")
        thing = Thing(
            of=named(KINDS["exemptions"], placed.value.code),
            placed=placed,
            place=placed.at(),
            citations=cited_at(placed.value.penalty_basis, placed, ("penalty_basis",)),
            own_practice=False,
            fields=said,
        )
        library.register.settle(thing, faults)
        titled = {("title",): trail.places.get(("title",), node.place)}
        found = []
        for position, (one, part) in enumerate(zip(versions, parts_of(node, "versions"), strict=True)):
            fields_ = {"act": placed.value.title, "of": placed.value.code, **written(part)}
            found.append(_WrittenVersion(one, titled | _rebased(trail.places, ("versions", position)), fields_))
        yield placed.value, found


def _settled(
    entry: Exemption, version: _WrittenVersion, listed: PlacedValue[ExemptionList], library: Library, faults: Faults
) -> bool:
    """Whether an entry was compared with what its list says of it. The list's own definitions are a thing apart."""
    one = version.value
    placed = PlacedValue(one, version.places)
    in_list = CitedAt(Citation(instrument=listed.value.instrument), placed.at("list"))
    effective = one.effective or listed.value.effective
    thing = Thing(
        of=library.register.name(
            named(KINDS["exemptions"], rule_id_of(entry.code, listed.value.code, one.kind), effective.start)
        ),
        placed=placed,
        place=placed.at(),
        citations=(in_list, *cited_at(one.basis, placed), *_cited_apart(one.unless, placed)),
        own_practice=False,
        fields=version.fields,
    )
    return library.register.settle(thing, faults)


def _rules_of(
    entry: Exemption, version: EntryVersion, listed: _ReadList, places: dict[Path, Place], *, verified: bool
) -> Iterable[PlacedValue[Rule]]:
    """The entry's own rule, and one for each exclusion of its own."""
    owner = listed.value
    applies = Applies(exemptions=(entry.code,), regions=(owner.region,))
    effective = version.effective or owner.effective
    basis = tuple(dict.fromkeys((*version.basis, Citation(instrument=owner.instrument))))
    then = GiveLeniency(
        leniency=leniency_of(version.kind),
        list=owner.code,
        measures=owner.measures if version.measures is None else version.measures,
        circumstances=version.circumstances,
        remark=version.remark,
    )
    yield PlacedValue(
        Rule(
            id=rule_id_of(entry.code, owner.code, version.kind),
            book=Book.LENIENCY,
            title=entry.title,
            effective=effective,
            applies=applies,
            when=condition_of(
                version.when,
                owner.requires if version.requires is None else version.requires,
                version.first or owner.first,
                version.corrected or owner.corrected,
                (*listed.unless, *version.unless),
            ),
            then=then,
            basis=basis,
            verified=verified,
        ),
        places,
    )
    for position, exclusion in enumerate(version.unless):
        own = _rebased(places, ("unless", position))
        yield PlacedValue(
            Rule(
                id=exclusion_rule_id(rule_id_of(entry.code, owner.code, version.kind), exclusion.code),
                book=Book.LENIENCY,
                title=exclusion.title,
                effective=effective,
                applies=applies,
                when=exclusion.when,
                then=GiveLeniency(leniency=Leniency.EXCLUDED, list=owner.code),
                basis=tuple(dict.fromkeys((*exclusion.basis, *basis))),
                verified=verified,
            ),
            own,
        )


def _has_facts(placed: PlacedValue[Rule], facts: FactTable, faults: Faults) -> bool:
    """Whether the library has every fact that elements and corrections look at; what it lacks is noted."""
    tested = {name for leaf in leaves(placed.value.when) for name in facts_of_test(leaf)}
    missing = sorted(tested - facts.entries.keys() - facts.broken)
    if missing:
        message = f"清单的要件要用到事实 {'、'.join(missing)}, 事实表里没有"
        faults.add(placed.at(), message, "在 facts 一节写上, 或者改 requires、corrected", placed.value.id)
    return tested <= facts.entries.keys()


def _exclusion_rules(listed: _ReadList, entries: tuple[str, ...]) -> Iterable[PlacedValue[Rule]]:
    """What a list excludes for all its entries."""
    owner = listed.value
    for position, exclusion in enumerate(listed.unless):
        yield PlacedValue(
            Rule(
                id=exclusion_rule_id(owner.code, exclusion.code),
                book=Book.LENIENCY,
                title=exclusion.title,
                effective=owner.effective,
                applies=Applies(exemptions=entries, regions=(owner.region,)),
                when=exclusion.when,
                then=GiveLeniency(leniency=Leniency.EXCLUDED, list=owner.code),
                basis=tuple(dict.fromkeys((*exclusion.basis, Citation(instrument=owner.instrument)))),
                verified=owner.verified,
            ),
            _rebased(listed.placed.places, ("unless", position)),
        )


def _rebased(places: Mapping[Path, Place], prefix: Path) -> dict[Path, Place]:
    """The places below a part, as seen from it."""
    length = len(prefix)
    return {path[length:]: place for path, place in places.items() if path[:length] == prefix}


def _parts(root: MappingNode, section: str, library: Library, faults: Faults) -> Iterable[tuple[Node, Trail]]:
    pair = root.pairs.get(section)
    if pair is None:
        return
    if not isinstance(pair.value, Sequence) or not pair.value.parts:
        faults.add(pair.value.place, "这一节应为列表, 至少一项", f"例如 - {_EXAMPLE}")
        return
    for node in pair.value.parts:
        yield node, Trail(faults, {(): node.place})


def _code_of(node: Node) -> str:
    pair = node.pairs.get("code") if isinstance(node, MappingNode) else None
    return str(getattr(pair.value, "text", "")) if pair else ""


def _note_broken(node: Node, broken: set[str]) -> None:
    name = _code_of(node)
    if name:
        broken.add(name)


def _unknown_list(
    name: str, places: Mapping[Path, Place], library: Library, lists: Mapping[str, object], faults: Faults
) -> None:
    if name not in library.broken["exemption_lists"]:
        place = places.get(("list",), places.get((), Place()))
        faults.add(place, f"没有免罚清单 {name}", faults.nearest(name, sorted(lists)))
