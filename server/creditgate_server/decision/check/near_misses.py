"""Near misses: rules that failed by one condition. Worked out beside the answer's path, never for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...rulebook.catalogue import Catalogue
from ...rulebook.language import Aggregate, Condition, Leaf, Rule, Value, fold, leaves
from ...rulebook.words import effect_in_words, test_in_words, value_in_words, yuan
from ..books import Books
from ..columns import AgeColumn, FactColumn, TotalColumn
from ..dossier import caller_value
from ..judged import JudgedSubject
from ..knowledge import Feeds, Knowledge
from ..priority import upper_rows
from ..reasons import Reasons
from .decide import judged_question
from .decision import NearMiss
from .question import Question


def near_misses(
    books: Books, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds
) -> tuple[NearMiss, ...]:
    """Rules of the measures book that certainly fail, and would hold if one test came out the other way. Sorted."""
    found: list[NearMiss] = []
    for number, subject in enumerate(judged_question(books, question, knowledge, feeds).subjects):
        reasons = subject.reasons(question.facts)
        verdicts = subject.measures.verdicts
        for key, rule in subject.measures.rules.items():
            if key in verdicts.holds or key in verdicts.open or rule.when is None:
                continue
            tests = failing(rule.when, reasons, wanted=True)
            near = len(tests) == 1 and _is_near(rule.when, tests[0], subject)
            if near and may_count(rule, subject.measures.rules.values(), reasons):
                found.append(
                    NearMiss(
                        subject=number,
                        rule=rule.id,
                        title=rule.title,
                        condition=asked_in_words(subject.profile.dossier.catalogue, tests[0], reasons),
                        found=found_in_words(tests[0], subject, question.facts),
                        would_give=effect_in_words(subject.profile.dossier.catalogue, rule.then),
                    )
                )
    return tuple(sorted(found, key=lambda miss: (miss.subject, miss.rule)))


def asked_in_words(catalogue: Catalogue, leaf: Leaf, reasons: Reasons, titles: Mapping[str, str] | None = None) -> str:
    """What is asked for where a test comes out the wrong way: the test, or its opposite under `none`."""
    return test_in_words(catalogue, leaf, titles or {}, holds=reasons.truth(leaf) is not True)


def failing(condition: Condition, reasons: Reasons, *, wanted: bool) -> tuple[Leaf, ...]:
    """The fewest tests that must come out the other way for the condition to be as wanted."""

    def of_parts(parts: tuple[Condition, ...], *, inner: bool, every: bool) -> tuple[Leaf, ...]:
        found = [failing(part, reasons, wanted=inner) for part in parts]
        return tuple(leaf for tests in found for leaf in tests) if every else min(found, key=len)

    def of_test(test: Leaf) -> tuple[Leaf, ...]:
        truth = reasons.truth(test)
        return () if truth is None or truth == wanted else (test,)

    return fold(
        condition,
        all_of=lambda parts: of_parts(parts, inner=wanted, every=wanted),
        any_of=lambda parts: of_parts(parts, inner=wanted, every=not wanted),
        none_of=lambda parts: of_parts(parts, inner=not wanted, every=wanted),
        test=of_test,
    )


def may_count(rule: Rule, asked: Iterable[Rule], reasons: Reasons) -> bool:
    """Whether a rule would count if it held: a row of a priority table does only where no row above it may hold."""
    above = upper_rows(rule, asked)
    return all(row.when is not None and reasons.truth(row.when) is False for row in above)


def _is_near(condition: Condition, leaf: Leaf, subject: JudgedSubject) -> bool:
    """A lone test fails for nearly everyone: it is near only where some of what it counts is there."""
    if len(leaves(condition)) > 1:
        return True
    column = subject.profile.columns.of(leaf)
    return isinstance(column, TotalColumn) and subject.profile.dossier.total(column).amount > 0


def found_in_words(leaf: Leaf, subject: JudgedSubject, given: Mapping[str, Value]) -> str:
    """What there is instead of what a test asks for."""
    dossier = subject.profile.dossier
    column = subject.profile.columns.of(leaf)
    if isinstance(column, TotalColumn):
        total = dossier.total(column).amount
        return f"{total} 条" if column.aggregate is Aggregate.COUNT else yuan(total)
    if isinstance(column, FactColumn):
        value = caller_value(column, dict(given), dossier.day) if column.from_caller else dossier.value(column)
        return value_in_words(column.fact, value)
    if isinstance(column, AgeColumn):
        fact = column.fact
        value = caller_value(fact, dict(given), dossier.day) if fact.from_caller else dossier.value(fact)
        return value_in_words(fact.fact, value)
    return "不成立"
