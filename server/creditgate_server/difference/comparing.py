"""One subject, or one stored question, under both rule sets: what it comes to under each, and the moves between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..decision.dossier import Dossier
from ..decision.findings import Verdicts
from ..decision.knowledge import Feeds, Knowledge
from ..decision.standing import Gravest
from ..engine.plans import Plan
from ..rulebook.bundle import RuleSet
from ..rulebook.language import Rule, Value
from .names import shown_identifier
from .outcomes import Judged, comes_to, measure_of
from .report import Aspect, Move, Side
from .scales import Scales
from .scope import Pair, Probe, Scope


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of the registry, with its name for readers."""

    knowledge: Knowledge
    name: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A grade or level under A and under B; equal where it did not move."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A subject under both rule sets."""

    grade: Change
    levels: Mapping[str, Change]
    """By the first organ of those that share their level rules; the general level under an empty code."""
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """A subject's dossiers, with grades and levels settled."""

    a: Dossier
    b: Dossier


class Comparison:
    """Two rule sets on one day, ready to be asked of many subjects. Not for several threads at once."""

    def __init__(self, a: RuleSet, b: RuleSet, day: date) -> None:
        self.scope = Scope(a, b, day)
        self.scales_a, self.scales_b = Scales(a, day), Scales(b, day)
        self.organs = tuple(o for o in self.scope.organs if "" in o.organs or o.level_differs or o.probes)
        self._sides: dict[tuple[int, Verdicts, int, Verdicts], tuple[Side, Side]] = {}

    @property
    def engine_faults(self) -> int:
        """Times that the engine failed, under either rule set."""
        return self.scales_a.engine_faults + self.scales_b.engine_faults

    def subject(self, subject: Subject, feeds: Feeds) -> Compared:
        """A subject under both, before all organs and items where something can differ."""
        both = Both(self.scales_a.dossier(subject.knowledge, feeds), self.scales_b.dossier(subject.knowledge, feeds))
        grades = self.grades(both)
        moves = _standing_moves(subject, Aspect.GRADE, "", grades)
        levels: dict[str, Change] = {}
        for organ in self.organs:
            found = self.levels(both, organ.organ_a, organ.organ_b)
            if organ.organs and ("" in organ.organs or organ.level_differs):
                levels[organ.organs[0]] = found.change
                moves += _standing_moves(subject, Aspect.LEVEL, organ.organs[0], found)
            for probe in organ.probes:
                moves += self._probed(subject, both, probe)
        return Compared(grades.change, levels, tuple(moves))

    def grades(self, both: Both) -> Standings:
        """Both grades, settled."""
        return Standings(self.scales_a.grade(both.a), self.scales_b.grade(both.b))

    def levels(self, both: Both, organ_a: str, organ_b: str) -> Standings:
        """Both levels before an organ, settled. Wants the grades settled."""
        return Standings(self.scales_a.level(both.a, organ_a), self.scales_b.level(both.b, organ_b))

    def _probed(self, subject: Subject, both: Both, probe: Probe) -> list[Move]:
        """Moves in the items of a probe. The rules that differ are asked first; mostly they say the same."""
        plan_a = self.scales_a.plan_of(probe.differing.a)
        plan_b = self.scales_b.plan_of(probe.differing.b)
        causes = differing_rules(
            plan_a, self.scales_a.measures(plan_a, both.a, {}), plan_b, self.scales_b.measures(plan_b, both.b, {})
        )
        if not causes:
            return []
        moves: list[Move] = []
        for whole, items in probe.whole:
            before, after = self._whole(both, whole)
            if before != after:
                moves += [
                    Move(
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
                    for entry in items
                ]
        return moves

    def _whole(self, both: Both, whole: Pair) -> tuple[Side, Side]:
        plan_a, plan_b = self.scales_a.plan_of(whole.a), self.scales_b.plan_of(whole.b)
        said_a = self.scales_a.measures(plan_a, both.a, {})
        said_b = self.scales_b.measures(plan_b, both.b, {})
        key = (plan_a.number, said_a, plan_b.number, said_b)
        sides = self._sides.get(key)
        if sides is None:
            catalogue_a, catalogue_b = self.scope.a.catalogue, self.scope.b.catalogue
            sides = self._sides[key] = (
                comes_to([Judged(plan_a.rules, said_a)], catalogue_a.measures),
                comes_to([Judged(plan_b.rules, said_b)], catalogue_b.measures),
            )
        return sides


@dataclass(frozen=True, slots=True)
class Standings:
    """A grade or level under both rule sets."""

    a: Gravest
    b: Gravest

    @property
    def change(self) -> Change:
        """The two codes."""
        return Change(self.a.code, self.b.code)

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that decide under one of the two and not under the other; of all, where those are none."""
        a, b = ({key.partition("@")[0] for key in (*one.rules, *one.open_rules)} for one in (self.a, self.b))
        return tuple(sorted((a ^ b) or (a | b)))


def _standing_moves(subject: Subject, aspect: Aspect, organ: str, found: Standings) -> list[Move]:
    if found.a.code == found.b.code:
        return []
    move = Move(
        subject=shown_identifier(subject.knowledge.identifier),
        name=subject.name,
        aspect=aspect,
        organ=organ,
        item="",
        stages=(),
        before=Side(code=found.a.code),
        after=Side(code=found.b.code),
        rules=found.rules,
    )
    return [move]


def differing_rules(plan_a: Plan, said_a: Verdicts, plan_b: Plan, said_b: Verdicts) -> tuple[str, ...]:
    """Ids of the rules through which two verdicts order, or may order, different measures. Empty: the same ones."""
    a, b = _effects(plan_a.rules, said_a), _effects(plan_b.rules, said_b)
    if a.keys() == b.keys():
        return ()
    moved = a.keys() ^ b.keys()
    return tuple(sorted({rule for effects in (a, b) for effect in moved for rule in effects.get(effect, ())}))


def _effects(rules: Mapping[str, Rule], said: Verdicts) -> dict[tuple[bool, str, str], set[str]]:
    """What is ordered for certain (or open), as measure and duty, and by which rules."""
    effects: dict[tuple[bool, str, str], set[str]] = {}
    for certain, keys in ((True, said.holds), (False, said.open)):
        for key in keys:
            given = measure_of(rules[key])
            effects.setdefault((certain, given.measure, given.duty.value), set()).add(rules[key].id)
    return effects


def usable_facts(rule_set: RuleSet, given: Mapping[str, Value]) -> dict[str, Value]:
    """The caller's facts that a rule set knows and can compare; those of another type are left out."""
    facts = rule_set.catalogue.facts
    return {name: value for name, value in given.items() if name in facts and _fits(facts[name].type.value, value)}


def _fits(kind: str, value: Value) -> bool:
    return isinstance(value, str) == (kind in ("day", "choice"))
