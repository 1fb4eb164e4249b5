"""Where two rule sets can differ on a day, seen from the rules alone: what need not be judged is not judged.

Two rule sets come to the same before an item where the rules that it picks have the same meanings, and so have the
earlier books that those rules look at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ...judging.plans import Plans, RuleKeys, epochs
from ...rulebook.bundle import RuleSet
from ...rulebook.language import Book, Role, Rule, Stage
from .meaning import Meanings
from .report import ItemScope, ScopeReport


@dataclass(frozen=True, slots=True)
class RulePair:
    """Rules under A and under B."""

    a: tuple[Rule, ...]
    b: tuple[Rule, ...]

    @property
    def keys(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Keys of both, of the rules as they are asked."""
        return tuple(rule.asked_key for rule in self.a), tuple(rule.asked_key for rule in self.b)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of both, sorted."""
        return tuple(sorted({rule.id for rule in (*self.a, *self.b)}))

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(self.a or self.b)


@dataclass(frozen=True, slots=True)
class ItemStages:
    """An item at the stages at which it picks the same rules."""

    item: str
    organ: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class ScopeProbe:
    """Rules that decide whether anything differs; only where it does, all rules of the items are asked."""

    differing: RulePair
    """Those of other meanings, and those that look at a grade or level which may differ."""
    own: RulePair
    """Those of other meanings alone: all that matters for a subject with the same grade and level."""
    whole: tuple[tuple[RulePair, tuple[ItemStages, ...]], ...]
    """Different plans in which these are all that differs, and whose plans they are."""


@dataclass(frozen=True, slots=True)
class OrganScope:
    """Organs in which the same level rules apply."""

    organ_a: str
    """Any of them; empty for the general level."""
    organ_b: str
    organs: tuple[str, ...]
    level_differs: bool
    probes: tuple[ScopeProbe, ...]


_Wholes = tuple[RulePair, RulePair, dict[object, tuple[RulePair, list[ItemStages]]]]
"""A probe in the making: what differs, what of that has another meaning, and the whole plans by their keys."""


@dataclass(slots=True)
class _Organs:
    """A scope of organs in the making."""

    organ_a: str
    organ_b: str
    codes: list[str] = field(default_factory=list)
    probes: dict[object, _Wholes] = field(default_factory=dict)


class DiffScope:
    """What differs between two rule sets on a day."""

    def __init__(self, a: RuleSet, b: RuleSet, day: date) -> None:
        self.a, self.b, self.day = a, b, day
        self._plans_a, self._plans_b = Plans(a), Plans(b)
        self._meanings_a, self._meanings_b = Meanings(a), Meanings(b)
        self.grade_differs = self._book_differs(self._picked(RuleKeys(Book.GRADE), RuleKeys(Book.GRADE)), ())
        self.items = tuple(code for code in a.catalogue.items if code in b.catalogue.items)
        self.organs = self._organ_scopes()

    def differs(self, asked: RuleKeys, *, level_differs: bool) -> bool:
        """Whether a check can come to something else."""
        return bool(self._differing(self._picked(asked, asked), self._moved(level_differs=level_differs)))

    def level_differs(self, organ_a: str, organ_b: str) -> bool:
        """Whether the level before an organ can differ."""
        rules = self._picked(RuleKeys(Book.LEVEL, organ=organ_a), RuleKeys(Book.LEVEL, organ=organ_b))
        return self._book_differs(rules, (Book.GRADE,) if self.grade_differs else ())

    def acts_differ(self) -> bool:
        """Whether questions about acts of any day can come to something else."""
        return self._meanings_a.of_acts() != self._meanings_b.of_acts()

    def report(self, later: tuple[date, ...] = (), *, acts_differ: bool = False) -> ScopeReport:
        """The scope for people."""
        items = self._items()
        a, b = self.a.catalogue.items, self.b.catalogue.items
        return ScopeReport(
            grade=self.grade_differs,
            level_organs=tuple(code for scope in self.organs if scope.level_differs for code in scope.organs),
            items=items,
            same_items=len(self.items) - len({entry.item for entry in items}),
            only_a=tuple(code for code in a if code not in b),
            only_b=tuple(code for code in b if code not in a),
            later=later,
            acts_differ=acts_differ,
        )

    def signature(self) -> object:
        """Equal on two days on which the same rules differ in the same way."""
        report = self.report()
        grade = self._picked(RuleKeys(Book.GRADE), RuleKeys(Book.GRADE)).keys if self.grade_differs else ()
        return (
            grade,
            report.level_organs,
            report.items,
            tuple(p.differing.keys for o in self.organs for p in o.probes),
        )

    # -- working it out -----------------------------------------------------------------------------------------------

    def _picked(self, asked_a: RuleKeys, asked_b: RuleKeys) -> RulePair:
        return RulePair(self._plans_a.picked(asked_a, self.day), self._plans_b.picked(asked_b, self.day))

    def _moved(self, *, level_differs: bool) -> tuple[Book, ...]:
        """Earlier books that may come to something else."""
        books = ((Book.GRADE, self.grade_differs), (Book.LEVEL, level_differs))
        return tuple(book for book, moved in books if moved)

    def _book_differs(self, rules: RulePair, moved: Iterable[Book]) -> bool:
        same_order = self._meanings_a.order(rules.a) == self._meanings_b.order(rules.b)
        return not same_order or bool(self._differing(rules, moved))

    def _differing(self, whole: RulePair, moved: Iterable[Book]) -> RulePair:
        a, b = self._meanings_a, self._meanings_b
        in_a, in_b, moved = a.of_all(whole.a), b.of_all(whole.b), frozenset(moved)
        ours = {rule.key for rule in whole.a if a.of(rule) not in in_b or moved & a.earlier_books(rule)}
        theirs = {rule.key for rule in whole.b if b.of(rule) not in in_a or moved & b.earlier_books(rule)}
        tables = {rule.row.table for rule in whole.a if rule.row is not None and rule.key in ours}
        tables |= {rule.row.table for rule in whole.b if rule.row is not None and rule.key in theirs}
        return RulePair(_with_tables(whole.a, ours, tables), _with_tables(whole.b, theirs, tables))

    def _organ_scopes(self) -> tuple[OrganScope, ...]:
        made: dict[object, _Organs] = {}
        self._join(made, "", "").codes.append("")
        for organ in self.a.catalogue.organs:
            if organ in self.b.catalogue.organs:
                self._join(made, organ, organ).codes.append(organ)
        for code in self.items:
            organ_a, organ_b = self.a.catalogue.items[code].organ, self.b.catalogue.items[code].organ
            self._add_item(self._join(made, organ_a, organ_b), code, organ_a, organ_b)
        return tuple(self._frozen(organs) for organs in made.values())

    def _join(self, made: dict[object, _Organs], organ_a: str, organ_b: str) -> _Organs:
        """The organs whose level rules are those of these; the general level's where they are none else."""
        rules = self._picked(RuleKeys(Book.LEVEL, organ=organ_a), RuleKeys(Book.LEVEL, organ=organ_b))
        return made.setdefault(rules.keys, _Organs(organ_a, organ_b))

    def _add_item(self, organs: _Organs, code: str, organ_a: str, organ_b: str) -> None:
        moved = self._moved(level_differs=self.level_differs(organs.organ_a, organs.organ_b))
        plans: dict[object, tuple[RulePair, list[Stage]]] = {}
        for stage in Stage:
            whole = self._picked(
                RuleKeys(Book.MEASURES, Role.APPLICANT, organ_a, code, stage),
                RuleKeys(Book.MEASURES, Role.APPLICANT, organ_b, code, stage),
            )
            plans.setdefault(whole.keys, (whole, []))[1].append(stage)
        for whole, stages in plans.values():
            differing = self._differing(whole, moved)
            if differing:
                empty: _Wholes = (differing, self._differing(whole, ()), {})
                wholes = organs.probes.setdefault(differing.keys, empty)[2]
                wholes.setdefault(whole.keys, (whole, []))[1].append(ItemStages(code, organ_b, tuple(stages)))

    def _frozen(self, organs: _Organs) -> OrganScope:
        probes = tuple(
            ScopeProbe(differing, own, tuple((whole, tuple(items)) for whole, items in wholes.values()))
            for differing, own, wholes in organs.probes.values()
        )
        differs = self.level_differs(organs.organ_a, organs.organ_b)
        return OrganScope(organs.organ_a, organs.organ_b, tuple(organs.codes), differs, probes)

    def _items(self) -> tuple[ItemScope, ...]:
        found = [
            (entry, probe.differing.ids)
            for organs in self.organs
            for probe in organs.probes
            for _, items in probe.whole
            for entry in items
        ]
        order = {code: place for place, code in enumerate(self.items)}
        found.sort(key=lambda pair: (order[pair[0].item], pair[0].stages))
        return tuple(ItemScope(item=entry.item, stages=entry.stages, rules=ids) for entry, ids in found)


def _with_tables(rules: tuple[Rule, ...], keys: set[str], tables: set[str]) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if rule.key in keys or (rule.row is not None and rule.row.table in tables))


def later_days(a: RuleSet, b: RuleSet, scope: DiffScope) -> tuple[date, ...]:
    """Days after the scope's from which other rules differ than on the day before, ascending."""
    days: list[date] = []
    before = scope.signature()
    for day in sorted({*epochs(a), *epochs(b)}):
        if day > scope.day:
            signature = DiffScope(a, b, day).signature()
            if signature != before:
                days.append(day)
            before = signature
    return tuple(days)
