"""One question to z3 about some rules of a scope, and the subject that answers it, confirmed by the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import z3

from ...engine.reference import Opinion
from ...engine.world import World
from ...rulebook.language import Rule
from .model import SideModel, SubjectModel, Undecided, possible, solution
from .scopes import RuleGroup
from .subject import ExampleSubject, confirmed, witness


class Unconfirmed(Exception):
    """The reference evaluator does not see what z3 found: the model is wrong there. Never to be hidden."""


class Query:
    """Formulas over one subject, for some rules of a scope."""

    def __init__(self, scope: RuleGroup, rules: Iterable[Rule]) -> None:
        self.scope = scope
        needed = scope.books.needed(rules)
        rule_set = scope.books.rule_set
        self.subject = SubjectModel.over([(rule_set, rule) for rule in needed], scope.day)
        self.side = SideModel(scope.books, self.subject)

    def world(self, *formulas: z3.BoolRef) -> World | None:
        """A subject for whom all formulas are true. Raises Undecided."""
        model = solution(self.subject, [*formulas, *self.side.known()])
        return None if model is None else self.subject.world(model)

    def possible(self, *formulas: z3.BoolRef) -> bool:
        """Whether there is one. Raises Undecided."""
        return possible(self.subject, [*formulas, *self.side.known()])

    def shown(self, world: World, shows: Callable[[Opinion], bool]) -> ExampleSubject:
        """The subject as a witness. Raises Unconfirmed."""
        rule_set = self.scope.books.rule_set
        if not confirmed(world, rule_set, self.scope.asked, shows):
            raise Unconfirmed(witness(world, rule_set.catalogue, self.scope.asked).words)
        return witness(world, rule_set.catalogue, self.scope.asked)


def fired(opinion: Opinion) -> frozenset[str]:
    """Keys of all rules that fired, of any book."""
    return opinion.grade_book.holds | opinion.level_book.holds | opinion.measures_book.holds


def meeting(scope: RuleGroup, one: Rule, other: Rule) -> ExampleSubject | None:
    """A subject on whom two rules both hold; None where there is none. Raises Undecided, Unconfirmed."""
    query = Query(scope, (one, other))
    world = query.world(query.side.holds(one), query.side.holds(other))
    return None if world is None else query.shown(world, lambda opinion: {one.key, other.key} <= fired(opinion))


__all__ = ["Query", "Unconfirmed", "Undecided", "fired", "meeting"]
