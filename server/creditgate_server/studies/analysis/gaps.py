"""Gaps: a subject with no grade or no level, though everything is known of it."""

from __future__ import annotations

from collections.abc import Iterator

import z3

from ...engine.reference import Opinion
from ...rulebook.language import Book
from .findings import RuleFinding, RuleFindingKind
from .query import Query, Undecided
from .scopes import RuleGroup

_WHAT = {Book.GRADE: "信用等级", Book.LEVEL: "监管等级"}


def gaps(scopes: tuple[RuleGroup, ...]) -> Iterator[RuleFinding]:
    """One finding for each set of grade or level rules that leaves someone out; it names all its rules."""
    for scope in scopes:
        if scope.book is not Book.MEASURES:
            yield from _gap(scope)


def _gap(scope: RuleGroup) -> Iterator[RuleFinding]:
    query = Query(scope, scope.rules)
    keys = tuple(rule.key for rule in scope.rules)
    what = _WHAT[scope.book]
    try:
        world = query.world(*[z3.Not(query.side.holds(rule)) for rule in scope.rules])
    except Undecided:
        yield RuleFinding(RuleFindingKind.UNDECIDED, keys, f"{what}册有没有遗漏, 在时限内没有得出结论")
        return
    if world is None:
        return

    def shows(opinion: Opinion) -> bool:
        book = opinion.grade_book if scope.book is Book.GRADE else opinion.level_book
        return not (book.holds or book.open)

    yield RuleFinding(RuleFindingKind.GAP, keys, f"{what}册有遗漏: 有主体得不到{what}", query.shown(world, shows))
