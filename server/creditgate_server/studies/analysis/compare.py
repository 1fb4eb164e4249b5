"""Two rule sets compared for every subject that can be: equivalent, stricter, looser or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product

import msgspec
import z3

from ...engine.reference import Opinion, Reference
from ...judging.plans import Plans
from ...judging.plans import RuleKeys as Keys
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import MeasureKind
from ...rulebook.language import CREDIT_BOOKS, Book, Duty, GiveMeasure, Rule
from .effects import gravity
from .model import BookModel, SideModel, SubjectModel, Undecided, of_day, solution
from .query import Unconfirmed
from .subject import ExampleSubject, Setting, case_of, witness


class Strictness(StrEnum):
    """How the second rule set stands to the first."""

    EQUIVALENT = "equivalent"
    STRICTER = "stricter"
    """Some subject fares worse, and none better."""
    LOOSER = "more_lenient"
    NEITHER = "neither"
    """Some fare worse and some better."""
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class RuleComparison:
    """The verdict where some rules are asked together."""

    book: Book
    asked: tuple[Setting, ...]
    """Places where they are asked: all have the same verdict."""
    strictness: Strictness
    worse: ExampleSubject | None = None
    """A subject that fares worse under the second rule set."""
    better: ExampleSubject | None = None


@dataclass(frozen=True, slots=True)
class _Pair:
    """The rules that two rule sets ask at one place, with all they rest on."""

    first: tuple[Rule, ...]
    second: tuple[Rule, ...]
    first_needed: tuple[Rule, ...]
    second_needed: tuple[Rule, ...]


class _AtDay:
    """A rule set on a day, asked at many places: what its places share is made once."""

    def __init__(self, rule_set: RuleSet, day: date) -> None:
        self.rule_set = rule_set
        self.plans = Plans(rule_set)
        self._day = day
        self._books: dict[str, BookModel] = {}

    def picked(self, keys: Keys) -> tuple[Rule, ...]:
        return self.plans.picked(keys, self._day)

    def books(self, organ: str) -> BookModel:
        found = self._books.get(organ)
        if found is None:
            found = self._books[organ] = of_day(self.rule_set, self._day, organ)
        return found


def compare(first: RuleSet, second: RuleSet, day: date) -> tuple[RuleComparison, ...]:
    """The verdict for the grade, for each organ's level and for the measures of each item, on a day.

    Incentives that yield to restraints count as given: the restraint is what differs. How long records count is not
    looked at.
    """
    grouped: dict[tuple[Book, bytes], list[Setting]] = {}
    pairs: dict[tuple[Book, bytes], _Pair] = {}
    sides = _AtDay(first, day), _AtDay(second, day)
    for keys in _questions(*sides):
        pair = _pair(*sides, keys)
        named = (keys.book, msgspec.json.encode((pair.first_needed, pair.second_needed)))
        pairs.setdefault(named, pair)
        grouped.setdefault(named, []).append(Setting(keys.organ, keys.item, keys.role, keys.stage))
    return tuple(_compared(first, second, key[0], pairs[key], tuple(places), day) for key, places in grouped.items())


def overall(compared: Sequence[RuleComparison]) -> Strictness:
    """The verdict on the whole."""
    found = {one.strictness for one in compared} - {Strictness.EQUIVALENT}
    if Strictness.UNDECIDED in found:
        return Strictness.UNDECIDED
    if not found:
        return Strictness.EQUIVALENT
    return found.pop() if len(found) == 1 else Strictness.NEITHER


def _questions(first: _AtDay, second: _AtDay) -> Iterator[Keys]:
    seen: set[Keys] = set()
    items = first.rule_set.catalogue.items.keys() & second.rule_set.catalogue.items.keys()
    for side in (first, second):
        for keys in side.plans.questions():
            if keys.book not in CREDIT_BOOKS:
                continue
            known = not keys.item or keys.item in items
            if keys not in seen and known:
                seen.add(keys)
                yield keys


def _pair(first: _AtDay, second: _AtDay, keys: Keys) -> _Pair:
    own, other = first.picked(keys), second.picked(keys)
    return _Pair(own, other, first.books(keys.organ).needed(own), second.books(keys.organ).needed(other))


def _compared(
    first: RuleSet, second: RuleSet, book: Book, pair: _Pair, places: tuple[Setting, ...], day: date
) -> RuleComparison:
    orders = [(list(one.catalogue.grades), list(one.catalogue.levels)) for one in (first, second)]
    if orders[0] == orders[1] and _content(first, pair.first_needed) == _content(second, pair.second_needed):
        return RuleComparison(book, places, Strictness.EQUIVALENT)
    subject = SubjectModel.over(
        [(first, rule) for rule in pair.first_needed] + [(second, rule) for rule in pair.second_needed], day
    )
    before = SideModel(of_day(first, day, places[0].organ), subject)
    after = SideModel(of_day(second, day, places[0].organ), subject)
    if book is Book.MEASURES:
        fares_worse = _graver(subject, before, pair.first, after, pair.second)
        fares_better = _graver(subject, after, pair.second, before, pair.first)
    else:
        fares_worse, fares_better = _moves(subject, before, after, book)
    try:
        worse = _found(subject, before, after, fares_worse, places[0], book)
        better = _found(subject, before, after, fares_better, places[0], book)
    except Undecided:
        return RuleComparison(book, places, Strictness.UNDECIDED)
    verdicts = {
        (False, False): Strictness.EQUIVALENT,
        (True, False): Strictness.STRICTER,
        (False, True): Strictness.LOOSER,
        (True, True): Strictness.NEITHER,
    }
    return RuleComparison(book, places, verdicts[worse is not None, better is not None], worse, better)


def _content(rule_set: RuleSet, rules: Sequence[Rule]) -> tuple[object, ...]:
    """What decides of rules: not their words."""
    return tuple((rule.book, rule.when, rule.then, rule.row, gravity(rule_set.catalogue, rule)) for rule in rules)


def _moves(subject: SubjectModel, before: SideModel, after: SideModel, book: Book) -> tuple[z3.BoolRef, z3.BoolRef]:
    """A subject's grade or level gets graver, and gets lighter; the order is the second catalogue's."""
    name = "grades" if book is Book.GRADE else "levels"
    old, new = (list(getattr(side.books.rule_set.catalogue, name)) for side in (before, after))
    order = [*new, *(code for code in old if code not in new)]
    up, down = [], []
    for first, second in product(old, new):
        had = before.grade(old.index(first)) if book is Book.GRADE else before.level(old.index(first))
        has = after.grade(new.index(second)) if book is Book.GRADE else after.level(new.index(second))
        if order.index(second) > order.index(first):
            up.append(subject.every([had, has]))
        elif order.index(second) < order.index(first):
            down.append(subject.every([had, has]))
    return subject.some(up), subject.some(down)


def _graver(
    subject: SubjectModel, light: SideModel, light_rules: Sequence[Rule], grave: SideModel, grave_rules: Sequence[Rule]
) -> z3.BoolRef:
    """A subject fares worse on the grave side. For incentives, worse is to have less."""
    ladders = _weights(grave, grave_rules), _weights(light, light_rules)
    alternatives = []
    for target in dict.fromkeys((*ladders[0], *ladders[1])):
        more, less = ladders[0].get(target, []), ladders[1].get(target, [])
        if _incentive(grave, light, target):
            more, less = less, more
        for weight, holds in more:
            as_grave = [other for least, other in less if least >= weight]
            alternatives.append(subject.every([holds, *[z3.Not(other) for other in as_grave]]))
    return subject.some(alternatives)


def _weights(side: SideModel, rules: Sequence[Rule]) -> dict[str, list[tuple[int, z3.BoolRef]]]:
    counting = side.counting(rules)
    found: dict[str, list[tuple[int, z3.BoolRef]]] = {}
    for rule in rules:
        target, weight = gravity(side.books.rule_set.catalogue, rule)
        found.setdefault(target, []).append((weight, counting[rule.key]))
    return found


def _incentive(one: SideModel, other: SideModel, target: str) -> bool:
    for side in (one, other):
        entry = side.books.rule_set.catalogue.measures.get(target)
        if entry is not None:
            return entry.kind is MeasureKind.INCENTIVE
    return False


def _found(
    subject: SubjectModel, before: SideModel, after: SideModel, formula: z3.BoolRef, place: Setting, book: Book
) -> ExampleSubject | None:
    model = solution(subject, [formula, *before.known(), *after.known()])
    if model is None:
        return None
    world = subject.world(model)
    first, second = before.books.rule_set, after.books.rule_set
    own = Reference(first).judge(case_of(world, first, place))
    other = Reference(second).judge(case_of(world, second, place))
    if _result(first, own, book) == _result(second, other, book):
        raise Unconfirmed(witness(world, second.catalogue, place).words)
    return witness(world, second.catalogue, place)


def _result(rule_set: RuleSet, opinion: Opinion, book: Book) -> object:
    if book is Book.GRADE:
        return opinion.grade
    if book is Book.LEVEL:
        return opinion.level
    rules = {rule.key: rule.then for rule in rule_set.rules}
    given = [rules[key] for key in opinion.measures_book.holds]
    return {(one.measure, one.duty is Duty.MANDATORY) for one in given if isinstance(one, GiveMeasure)}
