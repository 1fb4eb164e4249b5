"""Non-monotone rules: one more record makes a grade or a level better, or ends a restraint."""

from __future__ import annotations

from collections.abc import Iterator

import z3

from ...engine.reference import Opinion, Reference
from ...engine.world import World
from ...rulebook.catalogue import MeasureKind
from ...rulebook.language import Book, Condition, RecordTest, Rule, fold
from .effects import gravity, kind_of
from .findings import RuleFinding, RuleFindingKind
from .model import SideModel, SubjectModel, Undecided, solution
from .query import Query, Unconfirmed
from .scopes import RuleGroup
from .subject import case_of, witness


def non_monotone_rules(scopes: tuple[RuleGroup, ...]) -> Iterator[RuleFinding]:
    """One finding for each rule whose end by one more record makes the result better."""
    seen: set[str] = set()
    for scope in scopes:
        catalogue = scope.books.rule_set.catalogue
        for rule in scope.rules:
            if rule.key in seen or rule.when is None or not _counts_against(rule.when, wanted=True):
                continue
            if scope.book is Book.MEASURES and kind_of(catalogue, rule) is not MeasureKind.RESTRAINT:
                continue
            found = _worse_before(scope, rule)
            if found is not None:
                seen.add(rule.key)
                yield found


def _counts_against(condition: Condition, *, wanted: bool) -> bool:
    """Whether more records can make the condition false."""

    def of_parts(parts: tuple[Condition, ...]) -> bool:
        return any(_counts_against(part, wanted=wanted) for part in parts)

    return fold(
        condition,
        all_of=of_parts,
        any_of=of_parts,
        none_of=lambda parts: any(_counts_against(part, wanted=not wanted) for part in parts),
        test=lambda test: isinstance(test, RecordTest) and (test.at_least is None) == wanted,
    )


def _worse_before(scope: RuleGroup, rule: Rule) -> RuleFinding | None:
    query = Query(scope, scope.rules)
    if not query.subject.classes:
        return None
    after, added = _with_one_more(query.subject)
    before_side, after_side = query.side, SideModel(scope.books, after)
    better = _better(scope, rule, query.subject, before_side, after_side)
    try:
        fires = before_side.counting(scope.rules)[rule.key]
        known = (*before_side.known(), *after_side.known())
        model = solution(query.subject, [*after.bounds, better, fires, *known])
    except Undecided:
        return RuleFinding(
            RuleFindingKind.UNDECIDED, (rule.key,), f"规则 {rule.id} 是否随记录增多而变轻, 在时限内没有得出结论"
        )
    if model is None:
        return None
    world, later = query.subject.world(model), after.world(model)
    _confirm(scope, rule, world, later)
    what = query.subject.classes[model.eval(added, model_completion=True).as_long()]
    extra = what.record(0, scope.day, 0)
    catalogue = scope.books.rule_set.catalogue
    line = witness(World(scope.day, records=[extra]), catalogue, scope.asked).records[0]
    message = f"记录增多, 结果反而变轻: 规则 {rule.id} 成立时再加一条({line.removeprefix('记录: ')}), 它就不再成立"
    return RuleFinding(RuleFindingKind.NON_MONOTONE, (rule.key,), message, witness(world, catalogue, scope.asked))


def _with_one_more(subject: SubjectModel) -> tuple[SubjectModel, z3.ArithRef]:
    """The same subject with one more record, of a class that z3 picks."""
    added, fen = subject.variable("added"), subject.variable("added_fen")
    after = SubjectModel(subject.day, subject.classes, subject.context, subject.facts, entries=subject.entries)
    after.related = subject.related
    for place, one in enumerate(subject.classes):
        after.counts[one] = subject.counts[one] + z3.If(
            added == place, z3.IntVal(1, subject.context), z3.IntVal(0, subject.context)
        )
        after.amounts[one] = subject.amounts[one] + z3.If(added == place, fen, z3.IntVal(0, subject.context))
    after.bounds = [added >= 0, added < len(subject.classes), fen >= 0, fen <= 10**10]
    for place, one in enumerate(subject.classes):
        least, most = fen >= one.least_fen, fen <= (10**10 if one.most_fen is None else one.most_fen)
        after.bounds += [z3.Implies(added == place, least), z3.Implies(added == place, most)]
    return after, added


def _better(scope: RuleGroup, rule: Rule, subject: SubjectModel, before: SideModel, after: SideModel) -> z3.BoolRef:
    catalogue = scope.books.rule_set.catalogue
    target, weight = gravity(catalogue, rule)
    counting_before, counting_after = before.counting(scope.rules), after.counting(scope.rules)
    rivals = [other for other in scope.rules if gravity(catalogue, other)[0] == target]
    if scope.book is Book.MEASURES:
        as_grave = [other for other in rivals if gravity(catalogue, other)[1] >= weight]
        return z3.Not(subject.some(counting_after[other.key] for other in as_grave))
    graver = [other for other in rivals if gravity(catalogue, other)[1] > weight]
    as_grave = [other for other in rivals if gravity(catalogue, other)[1] >= weight]
    lighter = [other for other in rivals if gravity(catalogue, other)[1] < weight]
    return z3.And(
        z3.Not(subject.some(counting_before[other.key] for other in graver)),
        z3.Not(subject.some(counting_after[other.key] for other in as_grave)),
        subject.some(counting_after[other.key] for other in lighter),
    )


def _confirm(scope: RuleGroup, rule: Rule, world: World, later: World) -> None:
    reference = Reference(scope.books.rule_set)
    before = reference.judge(case_of(world, scope.books.rule_set, scope.asked))
    after = reference.judge(case_of(later, scope.books.rule_set, scope.asked))
    if rule.key not in _of_book(before, scope.book) or rule.key in _of_book(after, scope.book):
        raise Unconfirmed(rule.key, witness(world, scope.books.rule_set.catalogue, scope.asked).words)


def _of_book(opinion: Opinion, book: Book) -> frozenset[str]:
    verdicts = {Book.GRADE: opinion.grade_book, Book.LEVEL: opinion.level_book}
    return verdicts.get(book, opinion.measures_book).holds
