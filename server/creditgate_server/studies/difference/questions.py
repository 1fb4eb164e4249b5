"""Stored questions, asked again under both rule sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...codes import shown_identifier
from ...decision.check.question import Question
from ...decision.check.roles import effective_question
from ...decision.knowledge import Feeds, Knowledge
from ...decision.level.question import LevelQuestion
from ...decision.question import SubjectInRole
from ...judging.kinds import CHECK, LEVEL
from ...judging.plans import RuleKeys
from ...rulebook.language import Book
from .comparing import Comparison, differing_rules, usable_facts
from .report import Aspect, MoveSide, SubjectMove
from .scales import PlanAnswer, Scales, comes_to
from .weighed import judged

COMPARED = (CHECK, LEVEL)
"""Kinds whose questions are weighed by the scales of grades, levels and measures."""


@dataclass(frozen=True, slots=True)
class StoredQuestion:
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


class Replay:
    """Asks stored questions again, on the comparison's day, whatever day they were asked on."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._scope = comparison.scope
        self._can_differ: dict[RuleKeys, bool] = {}
        self._level_differs: dict[str, bool] = {}

    def comparable(self, stored: StoredQuestion) -> bool:
        """Whether both rule sets know the item, or the organ of a level question."""
        question = stored.question
        if isinstance(question, Question):
            return question.item in self._scope.items
        catalogues = self._scope.a.catalogue, self._scope.b.catalogue
        return all(not question.organ or question.organ in catalogue.organs for catalogue in catalogues)

    def moves(self, stored: StoredQuestion, feeds: Feeds) -> tuple[SubjectMove, ...]:
        """What a comparable question comes to otherwise: one move for a check, up to two for a level question."""
        if isinstance(stored.question, LevelQuestion):
            return self._level(stored, stored.question, feeds)
        catalogue = self._scope.b.catalogue
        effective = effective_question(catalogue, stored.question, stored.known, feeds).question
        if not any(self._differs(effective, subject) for subject in effective.subjects):
            return ()
        return self._check(stored, stored.question, feeds)

    # -- a check ------------------------------------------------------------------------------------------------------

    def _differs(self, question: Question, subject: SubjectInRole) -> bool:
        asked = RuleKeys(Book.MEASURES, subject.role, question.organ, question.item, question.stage)
        if asked not in self._can_differ:
            level = self._organ_differs(question.organ)
            self._can_differ[asked] = self._scope.differs(asked, level_differs=level)
        return self._can_differ[asked]

    def _organ_differs(self, organ: str) -> bool:
        if organ not in self._level_differs:
            self._level_differs[organ] = self._scope.level_differs(organ, organ)
        return self._level_differs[organ]

    def _check(self, stored: StoredQuestion, question: Question, feeds: Feeds) -> tuple[SubjectMove, ...]:
        a, b = self._comparison.scales_a, self._comparison.scales_b
        facts_a, facts_b = usable_facts(a.rule_set, question.facts), usable_facts(b.rule_set, question.facts)
        said: list[tuple[PlanAnswer, PlanAnswer]] = []
        effective = effective_question(b.rule_set.catalogue, question, stored.known, feeds)
        for subject in effective.question.subjects:
            both = self._comparison.both(effective.knowledge[subject.identifier], feeds)
            both.grades()
            both.levels(question.organ, question.organ)
            asked = RuleKeys(Book.MEASURES, subject.role, question.organ, question.item, question.stage)
            said.append(
                (
                    a.measures(a.plan(asked), both.a.dossier, facts_a),
                    b.measures(b.plan(asked), both.b.dossier, facts_b),
                )
            )
        before, after = _side(a, [one for one, _ in said]), _side(b, [two for _, two in said])
        if before == after:
            return ()
        causes = {rule for one, two in said for rule in differing_rules([one], [two])}
        move = SubjectMove(
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

    def _level(self, stored: StoredQuestion, question: LevelQuestion, feeds: Feeds) -> tuple[SubjectMove, ...]:
        if not (self._scope.grade_differs or self._organ_differs(question.organ)):
            return ()
        both = self._comparison.both(stored.known[question.subject.identifier], feeds)
        grades, levels = both.grades(), both.levels(question.organ, question.organ)
        return tuple(
            SubjectMove(
                subject=shown_identifier(question.subject.identifier),
                name=stored.name,
                aspect=aspect,
                organ=question.organ,
                item="",
                stages=(),
                before=MoveSide(code=found.change.before),
                after=MoveSide(code=found.change.after),
                rules=found.rules,
                receipt=stored.receipt,
            )
            for aspect, found in ((Aspect.GRADE, grades), (Aspect.LEVEL, levels))
            if found.change.before != found.change.after
        )


def _side(scales: Scales, said: list[PlanAnswer]) -> MoveSide:
    return comes_to([judged([one]) for one in said], scales.rule_set.catalogue.measures)
