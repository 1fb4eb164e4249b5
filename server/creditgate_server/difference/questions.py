"""Stored questions, asked again under both rule sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..decision.findings import Verdicts
from ..decision.knowledge import Feeds, Knowledge
from ..decision.question import LevelQuestion, Question, SubjectInRole
from ..engine.plans import Asked, Plan
from ..rulebook.language import Book
from .comparing import Both, Comparison, differing_rules, usable_facts
from .names import shown_identifier
from .outcomes import Judged, comes_to
from .report import Aspect, Move, Side
from .scales import Scales


@dataclass(frozen=True, slots=True)
class Stored:
    """A question that was asked, with what is known of its subjects now."""

    question: Question | LevelQuestion
    receipt: str
    """The first receipt that holds it."""
    times: int
    """How often it was asked."""
    known: Mapping[str, Knowledge]
    """By identifier."""
    name: str = ""
    """Of its first subject."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A subject's measures under one rule set."""

    plan: Plan
    verdicts: Verdicts


class Replay:
    """Asks stored questions again, on the comparison's day, whatever day they were asked on."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._scope = comparison.scope
        self._can_differ: dict[Asked, bool] = {}
        self._level_differs: dict[str, bool] = {}

    def comparable(self, stored: Stored) -> bool:
        """Whether both rule sets know the item, or the organ of a level question."""
        question = stored.question
        if isinstance(question, Question):
            return question.item in self._scope.items
        catalogues = self._scope.a.catalogue, self._scope.b.catalogue
        return all(not question.organ or question.organ in catalogue.organs for catalogue in catalogues)

    def moves(self, stored: Stored, feeds: Feeds) -> tuple[Move, ...]:
        """What a comparable question comes to otherwise: one move for a check, up to two for a level question."""
        if isinstance(stored.question, LevelQuestion):
            return self._level(stored, stored.question, feeds)
        if not any(self._differs(stored.question, subject) for subject in stored.question.subjects):
            return ()
        return self._check(stored, stored.question, feeds)

    # -- a check ------------------------------------------------------------------------------------------------------

    def _differs(self, question: Question, subject: SubjectInRole) -> bool:
        asked = Asked(Book.MEASURES, subject.role, question.organ, question.item, question.stage)
        if asked not in self._can_differ:
            level = self._organ_differs(question.organ)
            self._can_differ[asked] = bool(self._scope.differing(asked, asked, level_differs=level))
        return self._can_differ[asked]

    def _organ_differs(self, organ: str) -> bool:
        if organ not in self._level_differs:
            self._level_differs[organ] = self._scope.level_differs(organ, organ)
        return self._level_differs[organ]

    def _check(self, stored: Stored, question: Question, feeds: Feeds) -> tuple[Move, ...]:
        a, b = self._comparison.scales_a, self._comparison.scales_b
        said: list[tuple[_Said, _Said]] = []
        for subject in question.subjects:
            both = self._both(stored, subject, feeds)
            self._comparison.grades(both)
            self._comparison.levels(both, question.organ, question.organ)
            asked = Asked(Book.MEASURES, subject.role, question.organ, question.item, question.stage)
            plan_a, plan_b = a.plan(asked), b.plan(asked)
            said.append(
                (
                    _Said(plan_a, a.measures(plan_a, both.a, usable_facts(a.rule_set, question.facts))),
                    _Said(plan_b, b.measures(plan_b, both.b, usable_facts(b.rule_set, question.facts))),
                )
            )
        before, after = _side(a, [pair[0] for pair in said]), _side(b, [pair[1] for pair in said])
        if before == after:
            return ()
        causes = {rule for one, two in said for rule in differing_rules(one.plan, one.verdicts, two.plan, two.verdicts)}
        move = Move(
            subject=shown_identifier(question.subjects[0].identifier),
            name=stored.name,
            aspect=Aspect.CHECK,
            organ=question.organ,
            item=question.item,
            stages=(question.stage,),
            before=before,
            after=after,
            rules=tuple(sorted(causes)),
            receipt=stored.receipt,
        )
        return (move,)

    # -- a level question ---------------------------------------------------------------------------------------------

    def _level(self, stored: Stored, question: LevelQuestion, feeds: Feeds) -> tuple[Move, ...]:
        if not (self._scope.grade_differs or self._organ_differs(question.organ)):
            return ()
        both = self._both(stored, question.subject, feeds)
        grades = self._comparison.grades(both)
        levels = self._comparison.levels(both, question.organ, question.organ)
        return tuple(
            Move(
                subject=shown_identifier(question.subject.identifier),
                name=stored.name,
                aspect=aspect,
                organ=question.organ,
                item="",
                stages=(),
                before=Side(code=found.a.code),
                after=Side(code=found.b.code),
                rules=found.rules,
                receipt=stored.receipt,
            )
            for aspect, found in ((Aspect.GRADE, grades), (Aspect.LEVEL, levels))
            if found.a.code != found.b.code
        )

    def _both(self, stored: Stored, subject: SubjectInRole, feeds: Feeds) -> Both:
        known = stored.known[subject.identifier]
        return Both(self._comparison.scales_a.dossier(known, feeds), self._comparison.scales_b.dossier(known, feeds))


def _side(scales: Scales, said: list[_Said]) -> Side:
    judged = [Judged(one.plan.rules, one.verdicts) for one in said]
    return comes_to(judged, scales.rule_set.catalogue.measures)
