"""Boundary subjects: for each test of a rule, the values just under, on and just over what it asks, and not known.

All other tests of the rule are made to come out so that this one decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from msgspec import UNSET
from msgspec.structs import replace

from ..decision.knowledge import FOR_LIFE, Assertion, Rating, Record, Related
from ..decision.priority import upper_rows
from ..decision.relations import relation_feeds
from ..rulebook.bundle import RuleSet
from ..rulebook.catalogue import FactEntry, FactSource, FactType
from ..rulebook.language import (
    LIST_ENTRY,
    PARTY_HEARD,
    AgeTest,
    Aggregate,
    Compare,
    Condition,
    FactTest,
    FindingTest,
    Leaf,
    PenaltyKind,
    RecordTest,
    RelatedTest,
    RelationKind,
    Rule,
    Select,
    Value,
    fold,
    fold_test,
    given_standing,
    leaves,
)
from .boundaries_violation import ViolationBoundaries
from .world import ENTERPRISE, IDENTIFIERS, World

_FAR = timedelta(days=40)
MOST_ROWS_ABOVE = 8
"""Rows above a row that are made to fail so that it counts: the nearest."""


class Boundaries:
    """Makes boundary worlds for the rules of one rule set."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rule_set = rule_set
        self._catalogue = rule_set.catalogue
        self._violation = ViolationBoundaries(rule_set.catalogue)
        self._by_id = {rule.id: rule for rule in rule_set.rules}
        self._tables: dict[str, list[Rule]] = {}
        for rule in rule_set.rules:
            if rule.row is not None:
                self._tables.setdefault(rule.row.table, []).append(rule)

    def worlds(self, rule: Rule, day: date) -> Iterator[World]:
        """Worlds around every test of a rule on a day; first the one in which it should hold."""
        yield self.holding(rule, day)
        if rule.when is None:
            return
        for leaf in dict.fromkeys(leaves(rule.when)):
            around = self._satisfied(rule, self._fresh(day, rule), leaf)
            for change in self._changes(leaf, day):
                world = around.copy()
                change(world)
                yield world

    def holding(self, rule: Rule, day: date) -> World:
        """A world in which the rule should hold."""
        return self._satisfied(rule, self._fresh(day, rule), None)

    def _fresh(self, day: date, rule: Rule) -> World:
        applies = rule.applies
        exemption = applies.exemptions[0] if applies.exemptions else ""
        owner = self._catalogue.exemptions.get(exemption)
        organ = owner.organ if owner else next(iter(self._catalogue.organs), "")
        return World(
            day,
            feeds=dict.fromkeys(self._catalogue.feeds, day),
            organ=applies.organs[0] if applies.organs else organ,
            exemption=exemption,
            region=applies.regions[0] if applies.regions else "",
        )

    def _satisfied(self, rule: Rule, world: World, spared: Leaf | None) -> World:
        self._make_rule(rule, world, spared, depth=0)
        return world

    def _make_rule(self, rule: Rule, world: World, spared: Leaf | None, *, depth: int) -> None:
        """Make a rule hold; of a row in a priority table, the nearest rows above fail first, so that it counts."""
        above = upper_rows(rule, self._tables.get(rule.row.table, ())) if rule.row is not None else ()
        for row in above[-MOST_ROWS_ABOVE:]:
            if row.when is not None and row.effective.holds_on(world.day):
                self._make(row.when, world, spared, wanted=False, depth=depth)
        if rule.when is not None:
            self._make(rule.when, world, spared, wanted=True, depth=depth)

    # -- make a condition come out as wanted --------------------------------------------------------------------------

    def _make(self, condition: Condition, world: World, spared: Leaf | None, *, wanted: bool, depth: int) -> None:
        def make(parts: tuple[Condition, ...], *, inner: bool, every: bool) -> None:
            chosen = parts if every else (_one_with(parts, spared),)
            for part in chosen:
                self._make(part, world, spared, wanted=inner, depth=depth)
            for part in parts:
                if not every and part is not chosen[0]:  # the alternatives must not settle it
                    self._make(part, world, spared, wanted=not inner, depth=depth)

        def make_test(test: Leaf) -> None:
            if test != spared:
                self._make_test(test, world, wanted=wanted, depth=depth)

        fold(
            condition,
            all_of=lambda parts: make(parts, inner=wanted, every=wanted),
            any_of=lambda parts: make(parts, inner=wanted, every=not wanted),
            none_of=lambda parts: make(parts, inner=not wanted, every=wanted),
            test=make_test,
        )

    def _make_test(self, leaf: Leaf, world: World, *, wanted: bool, depth: int) -> None:
        fold_test(
            leaf,
            fact=lambda test: self._make_fact(test, world, wanted=wanted, depth=depth),
            age=lambda test: self._make_age(test, world, wanted=wanted),
            records=lambda test: self._make_records(test, world, wanted=wanted),
            related=lambda test: self._add_related(test, test.at_least, world) if wanted else None,
            finding=lambda test: self._make_finding(test, world, wanted=wanted, depth=depth),
            within=lambda test: self._violation.make_within(test, world, wanted=wanted),
            first=lambda test: self._violation.make_first(test, world, wanted=wanted),
        )

    def _make_age(self, test: AgeTest, world: World, *, wanted: bool) -> None:
        end = world.day if wanted else world.day + timedelta(days=1)
        self._set(self._catalogue.facts[test.fact], _start_of(end, test), world)

    def _make_records(self, test: RecordTest, world: World, *, wanted: bool) -> None:
        bound = test.at_least if test.at_least is not None else (test.at_most or 0) + 1
        if wanted == (test.at_least is not None):
            self._add(test, bound, world)

    def _make_finding(self, test: FindingTest, world: World, *, wanted: bool, depth: int) -> None:
        rule = self._by_id.get(test.rule) if depth < 3 else None
        if rule is not None and wanted:
            self._make_rule(rule, world, None, depth=depth + 1)
        elif rule is not None and rule.when is not None:
            self._make(rule.when, world, None, wanted=False, depth=depth + 1)

    def _make_fact(self, test: FactTest, world: World, *, wanted: bool, depth: int) -> None:
        fact = self._catalogue.facts[test.fact]
        if fact.source in (FactSource.GRADE, FactSource.LEVEL):
            if wanted and depth < 3:
                self._make_given(test.values, world, depth)
            return
        for value in _values_around(fact, test.values):
            if _passes(test, value) == wanted:
                self._set(fact, value, world)
                return

    def _make_given(self, values: tuple[Value, ...], world: World, depth: int) -> None:
        """Make an earlier rule hold that gives one of these grades or levels."""
        for rule in self._rule_set.rules:
            if given_standing(rule.then) in values and rule.effective.holds_on(world.day):
                self._make_rule(rule, world, None, depth=depth + 1)
                return

    def _set(self, fact: FactEntry, value: Value | None, world: World) -> None:
        if fact.source in (FactSource.CALLER, FactSource.CIRCUMSTANCE, FactSource.CASE):
            _put(world.given, fact.name, value)
        elif fact.source is FactSource.ATTRIBUTE:
            _put(world.attributes, fact.name, value)
        elif fact.source is FactSource.IDENTIFIER and value is not None:
            world.identifier = IDENTIFIERS.get(str(value), ENTERPRISE)
        elif fact.source is FactSource.RATING:
            world.ratings = [rating for rating in world.ratings if rating.ladder != fact.ladder]
            if value is None:
                world.feeds.pop(self._catalogue.ladders[fact.ladder].feed, None)
            elif value != "none":
                world.ratings.append(Rating(ladder=fact.ladder, rating=str(value), decided_on=world.day))

    def _heard(self, fact: FactEntry, world: World) -> None:
        """The party was heard and did not claim it."""
        self._set(fact, None, world)
        world.given[PARTY_HEARD] = 1

    # -- records ------------------------------------------------------------------------------------------------------

    def _add(self, test: RecordTest, total: int, world: World, **changes: object) -> None:
        """Add records that the test means: so many, or one of so much."""
        count, amount = (total, 0) if test.aggregate is Aggregate.COUNT else (1, total)
        amount = max(amount, test.select.each_at_least, test.select.fine_each_at_least or 0)
        for _ in range(count):
            fields: dict[str, object] = {**self._meant(test, world), "amount_fen": amount, **changes}
            if "fine_fen" not in changes and _looks_at_fines(test):
                fields["fine_fen"] = fields["amount_fen"]
            world.records.append(Record(**fields))  # type: ignore[arg-type]

    def _add_unwatched(self, test: RecordTest, total: int, world: World) -> None:
        """The same where no feed is fresh: at least so much is known."""
        self._add(test, total, world)
        world.feeds.clear()

    def _add_unsaid(self, test: RecordTest, total: int, world: World) -> None:
        """One fewer than the test asks for, and one that leaves unsaid all that it may."""
        if total > 1:
            self._add(test, total - 1, world)
        self._add(test, 1 if test.aggregate is Aggregate.COUNT else total, world, **_UNSAID)

    def _add_in_versions(self, test: RecordTest, total: int, world: World, *, agreed: bool) -> None:
        """Records in two versions, of which the test means both or one alone."""
        first = len(world.records)
        self._add(test, total, world)
        otherwise: dict[str, object] = {} if agreed else {"state": "revoked", "state_on": world.day}
        for place, record in enumerate(world.records[first:], first):
            version = replace(record, source="other", document_number=record.document_number, **otherwise)
            world.records[place] = replace(record, versions=(version,))

    # -- records of others --------------------------------------------------------------------------------------------

    def _add_related(self, test: RelatedTest, count: int, world: World, **changes: object) -> None:
        """Add another with so many records that the test means. `changes`: of the relation, or of the records."""
        own = {name: changes.pop(name) for name in tuple(changes) if name in Related.__struct_fields__}
        present = bool(changes.pop("present", True))
        inner = World(world.day, feeds=world.feeds, organ=world.organ)
        self._add(RecordTest(select=test.select, at_least=count), count, inner, **changes)
        number = len(world.related) + 1
        identifier = f"91441900000000{number:04d}" if test.of else f"p:{number:064x}"
        fields: dict[str, object] = {
            "kind": test.kinds[0],
            "of": test.of,
            "since": date(1990, 1, 1),
            "source": next(iter(relation_feeds(self._catalogue)), "feed"),
            "knowledge": replace(inner.knowledge(), identifier=identifier, present=present),
            **own,
        }
        world.related.append(Related(**fields))  # type: ignore[arg-type]

    def _related_changes(self, test: RelatedTest, day: date) -> Iterator[Callable[[World], None]]:
        count, before, after = test.at_least, day - timedelta(days=1), day + timedelta(days=1)
        decided = day - timedelta(days=2)
        yield lambda world: None
        for number in (count - 1, count, count + 1):
            if number > 0:
                yield lambda world, number=number: self._add_related(test, number, world)  # type: ignore[misc]
        others = [kind for kind in RelationKind if kind not in test.kinds]
        for changes in (
            *({"kind": kind} for kind in others[:1]),
            {"of": not test.of},
            {"since": None},
            {"since": None, "until": before},
            {"since": None, "seen": decided},
            {"since": None, "seen": day},
            {"since": None, "seen": after},
            {"since": decided},
            {"since": before},
            {"since": day},
            {"since": after},
            {"until": decided},
            {"until": decided - timedelta(days=1)},
            {"until": before},
            {"until": day},
            {"present": False},
            {"state": "revoked", "state_on": before},
            *_detail_changes(RecordTest(select=test.select, at_least=1), day),
        ):
            yield lambda world, changes=changes: self._add_related(test, count, world, **changes)  # type: ignore[misc]
        yield lambda world: self._add_twice(test, world)
        yield lambda world: setattr(world, "relations_beyond", 1)
        yield lambda world: world.feeds.clear()
        for feed in relation_feeds(self._catalogue):
            yield lambda world, feed=feed: _silence(world, feed)  # type: ignore[misc]
        yield lambda world: setattr(world, "present", False)

    def _add_twice(self, test: RelatedTest, world: World) -> None:
        """One other that is related in two ways: its records count once."""
        self._add_related(test, test.at_least, world)
        world.related.append(replace(world.related[-1], since=None))
        world.related.append(replace(world.related[-1], kind=test.kinds[-1], since=world.day - timedelta(days=3)))

    def _meant(self, test: RecordTest, world: World) -> dict[str, object]:
        select, catalogue = test.select, self._catalogue
        as_list = bool(select.lists) or select.kinds == (LIST_ENTRY,) or not (select.kinds or catalogue.record_kinds)
        kind = LIST_ENTRY if as_list else (select.kinds or tuple(catalogue.record_kinds))[0]
        entry = (select.lists or tuple(catalogue.lists))[0] if kind == LIST_ENTRY else ""
        state = select.states[0].value
        ended = world.day - timedelta(days=1)
        return {
            "source": "feed",
            "document_number": f"文{len(world.records):04d}",
            "kind": kind,
            "list": entry,
            "severity": (select.severities or self._severities(kind) or ("",))[0],
            "organ": select.organs[0] if select.organs else "",
            "decided_on": world.day - timedelta(days=2),
            "effective_from": world.day - timedelta(days=2),
            "until": ended if state == "expired" else world.day + _FAR,
            "state": "repaired" if state == "repaired" else "effective",
            "state_on": ended if state == "repaired" else None,
            **_said(select, world.day),
        }

    def _severities(self, kind: str) -> tuple[str, ...]:
        entry = None if kind == LIST_ENTRY else self._catalogue.record_kinds.get(kind)
        return () if entry is None else entry.severities

    def _undecided_changes(self, kind: str) -> Iterator[dict[str, object]]:
        """Records that do not say how serious they are, or which of several kinds they are."""
        if self._severities(kind):
            yield {"severity": ""}
            yield {"severity": "", "until": None}
        for code, entry in self._catalogue.record_kinds.items():
            if entry.may_be is not UNSET and kind in entry.may_be:
                yield {"kind": code, "severity": ""}
                yield {"kind": code, "severity": "", "until": None}

    # -- changes around one test --------------------------------------------------------------------------------------

    def _changes(self, leaf: Leaf, day: date) -> Iterator[Callable[[World], None]]:
        return fold_test(
            leaf,
            fact=lambda test: self._fact_changes(test, _values_around(self._catalogue.facts[test.fact], test.values)),
            age=lambda test: self._fact_changes(test, _ages_around(test, day)),
            records=lambda test: self._record_changes(test, day),
            related=lambda test: self._related_changes(test, day),
            finding=self._finding_changes,
            within=self._violation.within_changes,
            first=self._violation.first_changes,
        )

    def _finding_changes(self, test: FindingTest) -> Iterator[Callable[[World], None]]:
        yield lambda world: self._make_test(test, world, wanted=True, depth=0)
        yield lambda world: self._make_test(test, world, wanted=False, depth=0)
        yield lambda world: world.feeds.clear()

    def _fact_changes(self, test: FactTest | AgeTest, values: tuple[Value, ...]) -> Iterator[Callable[[World], None]]:
        fact = self._catalogue.facts[test.fact]
        if fact.source in (FactSource.GRADE, FactSource.LEVEL):
            yield lambda world: self._make_test(test, world, wanted=True, depth=0)
            yield lambda world: world.feeds.clear()
            return
        for value in (*values, None):
            yield lambda world, value=value: self._set(fact, value, world)  # type: ignore[misc]
        if fact.source in (FactSource.ATTRIBUTE, FactSource.RATING):
            yield lambda world: _dispute(world, fact, values)
        if fact.presumed is not None:
            yield lambda world: self._heard(fact, world)
        if fact.feed:
            yield lambda world: _silence(world, fact.feed)

    def _record_changes(self, test: RecordTest, day: date) -> Iterator[Callable[[World], None]]:
        bound = test.at_least if test.at_least is not None else test.at_most or 0
        yield lambda world: None
        for total in (bound - 1, bound, bound + 1):
            if total > 0:
                yield lambda world, total=total: self._add(test, total, world)  # type: ignore[misc]
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        for changes in (
            {"state": "revoked", "state_on": before},
            {"state": "repaired", "state_on": day},
            {"state": "repaired", "state_on": after},
            {"until": before},
            {"until": day},
            {"until": None},
            {"decided_on": after, "effective_from": after},
            {"effective_from": after},
        ):
            yield lambda world, changes=changes: self._add(test, max(bound, 1), world, **changes)  # type: ignore[misc]
        if test.select.each_at_least:
            under = {"amount_fen": test.select.each_at_least - 1}
            yield lambda world: self._add(test, max(bound, 1), world, **under)
        if test.select.window is not None:
            edge = _start_of(day, test.select.window)
            for decided in (edge, (date.fromisoformat(edge) - timedelta(days=1)).isoformat()):
                on = date.fromisoformat(decided)
                yield lambda world, on=on: self._add(  # type: ignore[misc]
                    test, max(bound, 1), world, decided_on=on, effective_from=on
                )
        for changes in _detail_changes(test, day):
            yield lambda world, changes=changes: self._add(test, max(bound, 1), world, **changes)  # type: ignore[misc]
        for changes in self._undecided_changes(str(self._meant(test, World(day))["kind"])):
            yield lambda world, changes=changes: self._add(test, max(bound, 1), world, **changes)  # type: ignore[misc]
        if test.select.in_detail or _looks_at_fines(test):
            yield lambda world: self._add_unsaid(test, max(bound, 1), world)
            yield lambda world: self._add_in_versions(test, max(bound, 1), world, agreed=True)
        yield lambda world: self._add_in_versions(test, max(bound, 1), world, agreed=False)
        yield lambda world: world.feeds.clear()
        yield lambda world: self._add_unwatched(test, max(bound, 1), world)
        yield lambda world: setattr(world, "present", False)


_UNSAID: dict[str, object] = dict.fromkeys(
    ("penalty_kinds", "fine_fen", "confiscated_fen", "licence_item", "ban_until", "ground"), UNSET
)
"""Fields that a record may leave unsaid."""


def _looks_at_fines(test: RecordTest) -> bool:
    return test.aggregate is Aggregate.FINE or test.select.fine_each_at_least is not UNSET


def _said(select: Select, day: date) -> dict[str, object]:
    """What a record says that is asked of it in detail."""
    said: dict[str, object] = {}
    if select.penalty_kinds is not UNSET:
        said["penalty_kinds"] = select.penalty_kinds[:1]
    if select.items is not UNSET:
        said["licence_item"] = select.items[0]
    if select.grounds is not UNSET:
        said["ground"] = select.grounds[0]
    if select.ban_running is True:
        said["ban_until"] = day
    return said


def _detail_changes(test: RecordTest, day: date) -> Iterator[dict[str, object]]:
    """Records just beside what is asked in detail: other kinds, the ban's last day, a fine that is too small."""
    select, past = test.select, day - timedelta(days=1)
    if select.penalty_kinds is not UNSET:
        others = tuple(kind for kind in PenaltyKind if kind not in select.penalty_kinds)
        for kinds in (UNSET, (), others, tuple(PenaltyKind)):
            yield {"penalty_kinds": kinds}
    for field in ("licence_item",) * (select.items is not UNSET) + ("ground",) * (select.grounds is not UNSET):
        yield {field: UNSET}
        yield {field: "another"}
    if select.items_organ is True:
        yield {"organ": "", "organ_title": ""}
        yield {"organ": "", "organ_title": "别处的机关"}
    if select.ban_running is True:
        for until in (UNSET, past, day, FOR_LIFE):
            yield {"ban_until": until, "decided_on": date(1990, 1, 1)}
        yield {"ban_until": UNSET}
        yield {"ban_until": past}
    if _looks_at_fines(test):
        yield from _fine_changes(test)


def _fine_changes(test: RecordTest) -> Iterator[dict[str, object]]:
    least = max(test.select.fine_each_at_least or 0, test.at_least or test.at_most or 0)
    for fine in (max(least - 1, 0), least, least + 1):
        yield {"fine_fen": fine, "amount_fen": 2 * least}
        yield {"fine_fen": UNSET, "confiscated_fen": least, "amount_fen": least + fine}
    for kinds in (UNSET, (PenaltyKind.FINE,), (PenaltyKind.CONFISCATION,)):
        yield {"fine_fen": UNSET, "amount_fen": least} | (
            {"penalty_kinds": kinds} if test.select.penalty_kinds is UNSET else {}
        )


def _dispute(world: World, fact: FactEntry, values: tuple[Value, ...]) -> None:
    """Two sources say otherwise."""
    said = (values[0], values[-1]) if values else ()
    world.disputed[fact.name] = tuple(
        Assertion(source=f"source-{place}", source_day=world.day, value=value) for place, value in enumerate(said)
    )


def _silence(world: World, feed: str) -> None:
    world.feeds.pop(feed, None)


def _put(target: dict[str, Value], name: str, value: Value | None) -> None:
    if value is None:
        target.pop(name, None)
    else:
        target[name] = value


def _one_with(parts: tuple[Condition, ...], spared: Leaf | None) -> Condition:
    return next((part for part in parts if spared is not None and spared in leaves(part)), parts[0])


def _start_of(end: date, period: object) -> str:
    """A day whose period ends on `end`, or the nearest before: months are taken as written on the calendar."""
    months, days = getattr(period, "months", 0), getattr(period, "days", 0)
    start = end - timedelta(days=days)
    year, month = divmod(start.year * 12 + start.month - 1 - months, 12)
    return date(year, month + 1, min(start.day, 28)).isoformat()


def _ages_around(test: AgeTest, day: date) -> tuple[Value, ...]:
    edge = date.fromisoformat(_start_of(day, test))
    return tuple((edge + timedelta(days=shift)).isoformat() for shift in (-1, 0, 1, 3))


def _values_around(fact: FactEntry, values: tuple[Value, ...]) -> tuple[Value, ...]:
    if fact.type is FactType.FLAG:
        return (0, 1)
    if fact.type is FactType.CHOICE:
        return fact.choices
    if fact.type is FactType.DAY:
        days = [date.fromisoformat(str(value)) for value in values]
        return tuple((day + timedelta(days=shift)).isoformat() for day in days for shift in (-1, 0, 1))
    return tuple(int(value) + shift for value in values for shift in (-1, 0, 1))


def _passes(test: FactTest, value: Value) -> bool:
    bound = test.values[0]
    if test.compare is Compare.IN:
        return value in test.values
    less, equal = str(value) < str(bound), value == bound
    if isinstance(value, int) and isinstance(bound, int):
        less = value < bound
    return {
        Compare.LESS: less,
        Compare.AT_MOST: less or equal,
        Compare.MORE: not less and not equal,
        Compare.AT_LEAST: not less,
    }[test.compare]
