"""One subject, or one stored question, under both rule sets: what it comes to under each, and the moves between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from ...codes import shown_identifier
from ...decision.knowledge import Feeds, Knowledge
from ...rulebook.bundle import RuleSet
from ...rulebook.language import Value
from .report import Aspect, MoveSide, SubjectMove
from .scales import MOST_REMEMBERED, PlanAnswer, ScaleResult, Scales, comes_to
from .scope import DiffScope, ItemStages, OrganScope
from .weighed import Groups, SubjectWeight, grouped, judged


@dataclass(frozen=True, slots=True)
class NamedSubject:
    """A subject of the registry, with its name for readers."""

    knowledge: Knowledge
    name: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A grade or level under A and under B; equal where it did not move."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SubjectComparison:
    """A subject under both rule sets."""

    grade: Change
    levels: Mapping[str, Change]
    """By the first organ of those that share their level rules; the general level under an empty code."""
    moves: tuple[SubjectMove, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """A subject on both scales."""

    a: SubjectWeight
    b: SubjectWeight

    def grades(self) -> Standings:
        """Both grades. To be asked first."""
        return Standings(self.a.grade(), self.b.grade())

    def levels(self, organ_a: str, organ_b: str) -> Standings:
        """Both levels before an organ."""
        return Standings(self.a.level(organ_a), self.b.level(organ_b))


@dataclass(frozen=True, slots=True)
class _Whole:
    """All rules of some items, in groups."""

    number: int
    a: Groups
    b: Groups
    items: tuple[ItemStages, ...]


@dataclass(frozen=True, slots=True)
class _Probe:
    """Rules that decide whether anything differs in some items, in groups."""

    a: Groups
    b: Groups
    wholes: tuple[_Whole, ...]


@dataclass(frozen=True, slots=True)
class _Organs:
    """Organs with the same level rules, and what to ask there."""

    scope: OrganScope
    probes: tuple[_Probe, ...]
    """For a subject whose grade, level or findings differ."""
    own: tuple[_Probe, ...]
    """For all others: rules of other meanings alone, each set of them once."""


class Comparison:
    """Two rule sets on one day, ready to be asked of many subjects. Not for several threads at once."""

    def __init__(self, a: RuleSet, b: RuleSet, day: date) -> None:
        self.scope = DiffScope(a, b, day)
        self.scales_a, self.scales_b = Scales(a, day), Scales(b, day)
        organs = [o for o in self.scope.organs if "" in o.organs or o.level_differs or o.probes]
        self._organs = tuple(self._prepared(organs))
        self._sides: dict[object, tuple[MoveSide, MoveSide]] = {}

    @property
    def engine_faults(self) -> int:
        """Times that the engine failed, under either rule set."""
        return self.scales_a.engine_faults + self.scales_b.engine_faults

    def both(self, knowledge: Knowledge, feeds: Feeds) -> Both:
        """A subject on both scales."""
        return Both(SubjectWeight(self.scales_a, knowledge, feeds), SubjectWeight(self.scales_b, knowledge, feeds))

    def subject(self, subject: NamedSubject, feeds: Feeds) -> SubjectComparison:
        """A subject under both, before all organs and items where something can differ."""
        both = self.both(subject.knowledge, feeds)
        grades = both.grades()
        moves = _standing_moves(subject, Aspect.GRADE, "", grades)
        levels: dict[str, Change] = {}
        for prepared in self._organs:
            organ = prepared.scope
            found = both.levels(organ.organ_a, organ.organ_b)
            if organ.organs and ("" in organ.organs or organ.level_differs):
                levels[organ.organs[0]] = found.change
                moves += _standing_moves(subject, Aspect.LEVEL, organ.organs[0], found)
            for probe in prepared.own if grades.same and found.same else prepared.probes:
                moves += self._probed(subject, both, probe)
        return SubjectComparison(grades.change, levels, tuple(moves))

    def _prepared(self, organs: Sequence[OrganScope]) -> Iterator[_Organs]:
        probes = [probe for organ in organs for probe in organ.probes]
        pairs = [
            pair for probe in probes for pair in (probe.differing, probe.own, *(whole for whole, _ in probe.whole))
        ]
        groups_a = iter(grouped(self.scales_a, [pair.a for pair in pairs]))
        groups_b = iter(grouped(self.scales_b, [pair.b for pair in pairs]))
        numbers = count()
        for organ in organs:
            made: list[_Probe] = []
            own: dict[object, _Probe] = {}
            for probe in organ.probes:
                a, b, own_a, own_b = next(groups_a), next(groups_b), next(groups_a), next(groups_b)
                wholes = tuple(_Whole(next(numbers), next(groups_a), next(groups_b), items) for _, items in probe.whole)
                made.append(_Probe(a, b, wholes))
                if probe.own:
                    before = own.get(probe.own.keys, _Probe(own_a, own_b, ()))
                    own[probe.own.keys] = _Probe(own_a, own_b, before.wholes + wholes)
            yield _Organs(organ, tuple(made), tuple(own.values()))

    def _probed(self, subject: NamedSubject, both: Both, probe: _Probe) -> list[SubjectMove]:
        """Moves in the items of a probe. The rules that differ are asked first; mostly they say the same."""
        causes = differing_rules(both.a.answers(probe.a), both.b.answers(probe.b))
        if not causes:
            return []
        moves: list[SubjectMove] = []
        for whole in probe.wholes:
            before, after = self._whole(both, whole)
            if before != after:
                moves += [
                    SubjectMove(
                        subject=shown_identifier(subject.knowledge.identifier),
                        name=subject.name,
                        aspect=Aspect.CHECK,
                        organ=entry.organ,
                        item=entry.item,
                        stages=entry.stages,
                        before=before,
                        after=after,
                        rules=causes,
                    )
                    for entry in whole.items
                ]
        return moves

    def _whole(self, both: Both, whole: _Whole) -> tuple[MoveSide, MoveSide]:
        said_a, said_b = both.a.answers(whole.a), both.b.answers(whole.b)
        key = (whole.number, tuple([said.number for said in said_a]), tuple([said.number for said in said_b]))
        sides = self._sides.get(key)
        if sides is None:
            if len(self._sides) >= MOST_REMEMBERED:
                self._sides.clear()
            sides = self._sides[key] = (
                comes_to([judged(said_a)], self.scope.a.catalogue.measures),
                comes_to([judged(said_b)], self.scope.b.catalogue.measures),
            )
        return sides


@dataclass(frozen=True, slots=True)
class Standings:
    """A grade or level under both rule sets."""

    a: ScaleResult
    b: ScaleResult

    @property
    def same(self) -> bool:
        """Whether later books learn the same."""
        return self.a.handed_on == self.b.handed_on

    @property
    def change(self) -> Change:
        """The two codes."""
        return Change(self.a.gravest.code, self.b.gravest.code)

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that decide under one of the two and not under the other; of all, where those are none."""
        found = (self.a.gravest, self.b.gravest)
        a, b = ({key.partition("@")[0] for key in (*one.rules, *one.open_rules)} for one in found)
        return tuple(sorted((a ^ b) or (a | b)))


def _standing_moves(subject: NamedSubject, aspect: Aspect, organ: str, found: Standings) -> list[SubjectMove]:
    change = found.change
    if change.before == change.after:
        return []
    move = SubjectMove(
        subject=shown_identifier(subject.knowledge.identifier),
        name=subject.name,
        aspect=aspect,
        organ=organ,
        item="",
        stages=(),
        before=MoveSide(code=change.before),
        after=MoveSide(code=change.after),
        rules=found.rules,
    )
    return [move]


def differing_rules(said_a: Sequence[PlanAnswer], said_b: Sequence[PlanAnswer]) -> tuple[str, ...]:
    """Ids of the rules through which two verdicts order, or may order, different measures. Empty: the same ones."""
    a, b = (frozenset().union(*(answer.effects for answer in said)) for said in (said_a, said_b))
    if a == b:
        return ()
    moved = a ^ b
    found = (answer.effects.get(effect, frozenset()) for answer in (*said_a, *said_b) for effect in moved)
    return tuple(sorted(frozenset().union(*found)))


def usable_facts(rule_set: RuleSet, given: Mapping[str, Value]) -> dict[str, Value]:
    """The caller's facts that a rule set knows and can compare; those of another type are left out."""
    facts = rule_set.catalogue.facts
    return {name: value for name, value in given.items() if name in facts and _fits(facts[name].type.value, value)}


def _fits(kind: str, value: Value) -> bool:
    return isinstance(value, str) == (kind in ("day", "choice"))
