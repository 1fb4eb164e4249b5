"""Reads rule files into values: the catalogue of all files first, then facts, then rules: so tests are typed.

Nothing is checked across entries here except that a tested fact exists; `check.py` does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET

from .catalogue import (
    Authority,
    Calendar,
    CountedFrom,
    Feed,
    GradeEntry,
    Instrument,
    Item,
    Ladder,
    LevelEntry,
    ListEntry,
    MeasureEntry,
    MeasureKind,
    Objection,
    Organ,
    Period,
    QuestionKind,
    Rank,
    Ranked,
    RecordField,
    RecordKind,
    Region,
    RelationKind,
    SoftMeasure,
    Terms,
    Trait,
    Transition,
)
from .language import (
    Accept,
    Applies,
    Book,
    Duty,
    Effect,
    GiveGrade,
    GiveLeniency,
    GiveLevel,
    GiveMeasure,
    GiveWarning,
    Leniency,
    Place,
    Role,
    Rule,
    Stage,
)
from .library import CATALOGUE_SECTIONS, Library, PlacedValue
from .reader_conditions import FactTable, condition_reader
from .reader_exemptions import EXEMPTION_SCHEMAS, read_exemptions, read_span
from .reader_facts import FACT_SCHEMA, read_fact
from .reader_parameters import read_parameter
from .reader_things import KINDS, settle_entry
from .reader_values import (
    BASIS,
    ParametersOnDay,
    Path,
    Reader,
    Schema,
    Trail,
    citation,
    code,
    day,
    fields,
    fields_schema,
    flag,
    grade_code,
    many,
    mapping,
    one_of,
    period,
    refuse_kind,
    region_code,
    rests,
    rule_id,
    sourced,
    structure,
    text,
    whole_between,
    word,
)
from .reader_verification import Register, Thing, cited_at, unverified, written
from .source import Faults, Node, Scalar, Sequence, Unreadable
from .source import Mapping as MappingNode
from .verification import SECTION as VERIFICATIONS
from .verification import VerifiedLine, named

_BASIS = many(citation)
_MONTHS = whole_between(1, 1200)
_EXAMPLE = "{code: market-ban, title: 市场禁入}"


def _terms_rest(node: MappingNode, trail: Trail, *required: str) -> tuple[str, ...]:
    """Terms may say nothing of what they rest on."""
    rests(node, trail)
    return required


_TERMS = structure(
    Terms,
    {
        "severity": code,
        "lasts_months": _MONTHS,
        "repairable": flag,
        "repair_after_months": _MONTHS,
        "condition": text,
        "channel": text,
        **BASIS,
        "effective": period,
        "applies_to": structure(Transition, {"decided_from": day, "decided_until": day}, "{decided_from: 2026-04-01}"),
        "counted_from": one_of(CountedFrom),
        "organs": many(code),
        "grounds": many(code),
        "verified": unverified,
    },
    "{lasts_months: 36, repair_after_months: 12}",
    _terms_rest,
)
_TITLED: dict[str, Reader[object]] = {"code": code, "title": text}
_SECTIONS: dict[str, Reader[Any]] = {
    "instruments": structure(
        Instrument,
        {**_TITLED, "number": text, "rank": one_of(Rank), "effective": period, "verified": unverified},
        _EXAMPLE,
    ),
    "measures": structure(
        MeasureEntry,
        {
            **_TITLED,
            "kind": one_of(MeasureKind),
            "instruction": text,
            "prohibits": flag,
            "yields_to": many(code),
            "roles": many(one_of(Role)),
            "triggers": many(code),
            "duty": one_of(Duty),
        },
        _EXAMPLE,
    ),
    "record_kinds": structure(
        RecordKind,
        {**_TITLED, "feed": code, "severities": many(code), "terms": many(_TERMS), "may_be": many(code)},
        _EXAMPLE,
    ),
    "lists": structure(
        ListEntry,
        {
            **_TITLED,
            "organ": code,
            "feed": code,
            "severe": flag,
            "basis": _BASIS,
            "terms": many(_TERMS),
            "rests_on": many(code),
        },
        _EXAMPLE,
    ),
    "ladders": structure(Ladder, {**_TITLED, "feed": code, "ratings": many(word), "basis": _BASIS}, _EXAMPLE),
    "feeds": structure(
        Feed,
        {**_TITLED, "organ": code, "max_age_days": whole_between(0, 36500), "own": flag, "relations": flag},
        _EXAMPLE,
    ),
    "organs": structure(Organ, {**_TITLED, "elsewhere": text, "outcome_days": whole_between(0, 3650)}, _EXAMPLE),
    "traits": structure(Trait, _TITLED, _EXAMPLE),
    "items": structure(
        Item,
        {
            **_TITLED,
            "organ": code,
            "traits": many(code),
            "basis": _BASIS,
            "certificates": many(text),
            "required_roles": many(one_of(Role)),
        },
        _EXAMPLE,
    ),
    "grades": structure(GradeEntry, {"code": grade_code, "title": text}, _EXAMPLE),
    "levels": structure(LevelEntry, {**_TITLED, "frequency": text}, _EXAMPLE),
    "parameters": read_parameter,
    "regions": structure(Region, {"code": region_code, "title": text, "covered": flag}, _EXAMPLE),
    "calendars": structure(
        Calendar,
        {
            "code": code,
            "year": whole_between(1990, 2199),
            "holidays": many(day),
            "workdays": many(day),
            "basis": _BASIS,
            "verified": unverified,
        },
        "{code: cn-2026, year: 2026, holidays: [2026-01-01]}",
    ),
    "soft_measures": structure(SoftMeasure, {**_TITLED, "basis": _BASIS}, _EXAMPLE),
    "objections": structure(
        Objection,
        {
            **_TITLED,
            "asked": many(one_of(QuestionKind)),
            "text": text,
            "where": text,
            "within": read_span,
            "since": text,
            "from_decision": flag,
            "organs": many(code),
            "except_organs": many(code),
            "lists": many(code),
            "effective": period,
            "basis": _BASIS,
            "verified": unverified,
        },
        "{code: reconsideration, title: 申请行政复议, asked: [check], within: {days: 60}}",
    ),
    "authority": structure(
        Authority,
        {
            **_TITLED,
            "facts": many(word),
            "record_fields": many(one_of(RecordField)),
            "kinds": many(code),
            "lists": many(code),
            "relations": many(one_of(RelationKind)),
            "ranked": many(structure(Ranked, {"feeds": many(code)}, "{feeds: [registration]}")),
            "effective": period,
            "basis": _BASIS,
            "verified": unverified,
        },
        "{code: registered-state, title: 登记状态, facts: [operating_state], ranked: [{feeds: [registration]}]}",
    ),
}

_APPLIES = structure(
    Applies,
    {
        "items": many(code),
        "traits": many(code),
        "organs": many(code),
        "stages": many(one_of(Stage)),
        "roles": many(one_of(Role)),
        "exemptions": many(code),
        "regions": many(region_code),
        "statutes": many(code),
    },
    "{traits: [notification_and_commitment]}",
)


def read(roots: list[MappingNode], faults: Faults, lines: Iterable[PlacedValue[VerifiedLine]] = ()) -> Library:
    """All entries and rules of the files, whose top mappings are given in order.

    `lines` of the register of verification are read already.
    """
    library = Library()
    for root in roots:
        _check_sections(root, faults)
    library.register.read(roots, faults, lines)
    for section, reader in _SECTIONS.items():
        for root in roots:
            _read_entries(root, section, reader, library, faults)
    ladders, grades = library.by_code("ladders"), tuple(library.by_code("grades"))
    levels = tuple(library.by_code("levels"))
    facts_reader = Reader(partial(read_fact, ladders=ladders, grades=grades, levels=levels))
    for root in roots:
        _read_entries(root, "facts", facts_reader, library, faults)
    facts = FactTable(library.by_code("facts"), frozenset(library.broken["facts"]))
    parameters = library.by_code("parameters")
    broken = frozenset(library.broken["parameters"])
    for root in roots:
        _read_rules(root, facts, lambda: ParametersOnDay(parameters, broken), library, faults)
    read_exemptions(roots, facts, library, faults)
    library.register.note_unknown(faults, (code for broken in library.broken.values() for code in broken))
    library.rules.sort(key=lambda placed: list(Book).index(placed.value.book))
    return library


def _check_sections(root: MappingNode, faults: Faults) -> None:
    known = [*CATALOGUE_SECTIONS, "book", "rules", VERIFICATIONS]
    for name, pair in root.pairs.items():
        if name not in known:
            faults.add(pair.key.place, f"没有 {name[:40]} 这一节", faults.nearest(name, known))
    if "book" in root.pairs and "rules" not in root.pairs:
        faults.add(root.pairs["book"].key.place, "写了 book 却没有 rules", "写上 rules, 或删去这一行")


def _parts(node: Node, trail: Trail) -> tuple[Node, ...]:
    """The entries of a section."""
    if not isinstance(node, Sequence):
        raise refuse_kind(node, trail, "列表, 每项以“- ”开头", f"- {_EXAMPLE}")
    if not node.parts:
        trail.faults.refuse(node.place, "这一节是空的", "写上内容, 或删去这一节")
    return node.parts


def _read_entries(root: MappingNode, section: str, reader: Reader[Any], library: Library, faults: Faults) -> None:
    pair = root.pairs.get(section)
    if pair is None:
        return
    try:
        parts = _parts(pair.value, Trail(faults, {}))
    except Unreadable:
        return
    for node in parts:
        places: dict[Path, Place] = {(): node.place}
        try:
            placed = PlacedValue(reader(node, Trail(faults, places)), places)
            settled = settle_entry(section, node, placed, library.register, faults)
            library.entries[section].append(PlacedValue(settled, places))
        except Unreadable:
            _note_broken(node, "name" if section == "facts" else "code", library.broken[section])


def _note_broken(node: Node, key: str, broken: set[str]) -> None:
    """Remember a code whose entry can't be read, so that what refers to it is not called unknown too."""
    name = _scalar(node, key)
    if name:
        broken.add(name)


def _scalar(node: Node, key: str) -> str:
    pair = node.pairs.get(key) if isinstance(node, MappingNode) else None
    return pair.value.text if pair and isinstance(pair.value, Scalar) else ""


def _read_rules(
    root: MappingNode, facts: FactTable, parameters: Callable[[], ParametersOnDay], library: Library, faults: Faults
) -> None:
    pair = root.pairs.get("rules")
    if pair is None:
        return
    trail = Trail(faults, {})
    book: Book | None = None
    try:
        if "book" in root.pairs:
            book = one_of(Book)(root.pairs["book"].value, trail)
        else:
            faults.add(pair.key.place, "写了 rules 却没有 book", "在前面写上 book: grade、level、measures 或 leniency")
        parts = _parts(pair.value, trail)
    except Unreadable:
        return
    read_rule = RuleReader(book or Book.MEASURES, facts, library.register)
    for node in parts:
        places: dict[Path, Place] = {(): node.place}
        faults.rule = _scalar(node, "id")[:64]
        found = parameters()
        try:
            versions = read_rule(node, Trail(faults, places, parameters=found))
            library.rules.extend(PlacedValue(rule, places) for rule in versions)
        except Unreadable:
            _note_broken(node, "id", library.broken["rules"])
        library.literals.extend((place, faults.rule) for place in found.literals)
        faults.rule = ""


_GIVE_MEASURE = structure(
    GiveMeasure,
    {"measure": code, "duty": one_of(Duty), "remedy": text},
    "{measure: no-priority, duty: mandatory}",
)
_GIVE_GRADE = structure(GiveGrade, {"grade": grade_code}, "{grade: D}")
_GIVE_LEVEL = structure(GiveLevel, {"level": code}, "{level: key}")
_GIVE_LENIENCY = structure(
    GiveLeniency, {"leniency": one_of(Leniency), "measures": many(code)}, "{leniency: no_penalty_minor}"
)
_GIVE_WARNING = structure(GiveWarning, {"warning": text}, "{warning: 一年内多次免罚}")
_LENIENCY_SCHEMA: Schema = {"anyOf": [_GIVE_LENIENCY.schema, _GIVE_WARNING.schema]}


def _effect_of(book: Book) -> Reader[Effect]:
    """The reader of what a book's rules give; what another book gives is read, too, for `check.py` to refuse."""
    own: dict[Book, Schema] = {
        Book.GRADE: _GIVE_GRADE.schema,
        Book.LEVEL: _GIVE_LEVEL.schema,
        Book.MEASURES: _GIVE_MEASURE.schema,
        Book.LENIENCY: _LENIENCY_SCHEMA,
    }

    def read(node: Node, trail: Trail) -> Effect:
        written = mapping(node, trail, "{measure: no-priority, duty: mandatory}")
        if "grade" in written.pairs:
            return _GIVE_GRADE(node, trail)
        if "level" in written.pairs:
            return _GIVE_LEVEL(node, trail)
        if "leniency" in written.pairs:
            return _GIVE_LENIENCY(node, trail)
        if "warning" in written.pairs:
            return _GIVE_WARNING(node, trail)
        return _GIVE_MEASURE(node, trail)

    return Reader(read, own[book])


_EFFECTS = {book: _effect_of(book) for book in Book}


_REQUIRED = ("id", "title", "effective", "then")


class RuleReader:
    """Reads the rules of a book: each becomes one version, or several where its parameters change their values."""

    def __init__(self, book: Book, facts: FactTable, register: Register | None = None) -> None:
        self._book = book
        self._register = register or Register()
        self._condition = condition_reader(facts)
        self.readers: dict[str, Reader[object]] = {
            "id": rule_id,
            "title": text,
            "effective": period,
            "applies": _APPLIES,
            "when": self._condition,
            "then": _EFFECTS[book],
            **BASIS,
            "verified": unverified,
            "accepts": many(one_of(Accept)),
            "because": text,
        }

    def __call__(self, node: Node, trail: Trail) -> tuple[Rule, ...]:
        """The versions. Raises `Unreadable`."""
        node = mapping(node, trail, "{id: some-rule, title: 标题, …}")
        found = fields(node, self.readers, rests(node, trail, *_REQUIRED), trail)
        rule = Rule(book=self._book, **{"basis": (), **found})  # type: ignore[arg-type]
        if bool(rule.accepts) != bool(rule.because):
            trail.faults.refuse(node.place, "accepts 和 because 要一起写", "because 说明为什么有意如此")
        rule = msgspec.structs.replace(rule, verified=self._settled(rule, node, trail))
        known = trail.parameters
        if known is None or not known.used:
            return (rule,)
        return tuple(self._versions(rule, node.pairs["when"].value, trail, known))

    def _settled(self, rule: Rule, node: MappingNode, trail: Trail) -> bool:
        """Whether what is written was compared; the values of its parameters are things of their own."""
        placed = PlacedValue(rule, trail.places)
        thing = Thing(
            of=named(KINDS["rules"], rule.id, rule.effective.start),
            placed=placed,
            place=placed.at(),
            citations=cited_at(rule.basis, placed),
            own_practice=rule.source is not UNSET,
            fields={"book": self._book.value, **written(node, "accepts", "because")},
        )
        return self._register.settle(thing, trail.faults)

    def schema(self) -> Schema:
        """What a rule of this book may be."""
        return sourced(fields_schema(self.readers, _REQUIRED))

    def _versions(self, rule: Rule, when: Node, trail: Trail, known: ParametersOnDay) -> Iterator[Rule]:
        """The condition read again for each stretch of days on which its parameters stay the same."""
        start, last = rule.effective.start, rule.effective.until
        while True:
            found = ParametersOnDay(known.table, known.broken, start)
            steps = Trail(trail.faults, trail.places, (*trail.path, "when"), found)
            condition = self._condition(when, steps)
            ends = [day for day in (found.ends(), last) if day is not None]
            until = min(ends, default=None)
            basis = dict.fromkeys((*rule.basis, *(cited for value in found.used.values() for cited in value.basis)))
            yield msgspec.structs.replace(
                rule,
                when=condition,
                written_from=UNSET if start == rule.effective.start else rule.effective.start,
                effective=Period(start=start, until=until),
                basis=tuple(basis),
                verified=rule.verified and all(value.verified for value in found.used.values()),
                parameters=tuple(found.used),
            )
            if until is None or until == last:
                return
            start = until + timedelta(days=1)


SECTION_SCHEMAS: dict[str, Schema] = {
    **EXEMPTION_SCHEMAS,
    **{name: reader.schema for name, reader in _SECTIONS.items()},
    "facts": FACT_SCHEMA,
}
"""What an entry of each section of the catalogue may be."""
