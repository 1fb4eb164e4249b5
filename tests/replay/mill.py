"""Random decisions of every kind, made by the real judge under several rule sets: drafts as the service writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import msgspec

from creditgate_server.decision.check.decision import Decision
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.knowledge import Feeds, Knowledge
from creditgate_server.decision.leniency.decision import LeniencyDecision
from creditgate_server.decision.leniency.question import LeniencyQuestion
from creditgate_server.decision.level.decision import LevelDecision
from creditgate_server.decision.level.question import LevelQuestion
from creditgate_server.decision.outcome.answered import case_key, leniency_needs_outcome, needs_outcome
from creditgate_server.decision.parts import canonical
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.ledger.receipt import Draft
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Role, Stage
from tests.engine import violations, worlds

Asked = Question | LevelQuestion | LeniencyQuestion
Decided = Decision | LevelDecision | LeniencyDecision
FIRMS = tuple(f"9144190000000000{number:02d}" for number in range(40))
PERSONS = tuple("p:" + f"{number:x}" * 64 for number in range(8))


def drafted(kind: str, question: Asked, decision: Decided) -> Draft:
    """A draft of a decision."""
    answer: str
    needs, case = False, ""
    if isinstance(decision, Decision) and isinstance(question, Question):
        answer, needs, case = decision.outcome, needs_outcome(question, decision), case_key(question)
    elif isinstance(decision, LeniencyDecision) and isinstance(question, LeniencyQuestion):
        answer, needs = decision.leniency, leniency_needs_outcome(question, decision)
    else:
        assert isinstance(decision, LevelDecision)
        answer = decision.standing.level.code
    return Draft(
        caller="mill",
        request_id=None,
        body_digest="b" * 64,
        kind=kind,
        organ=question.organ,
        item=question.item if isinstance(question, Question) else "",
        case_number=question.case_number if not isinstance(question, LevelQuestion) else "",
        subjects=len(question.subjects) if isinstance(question, Question) else 1,
        answer=answer,
        needs_outcome=needs,
        case_key=case,
        rule_set=decision.rule_set,
        activation=1,
        decided_at="2026-11-20T04:00:00.000000Z",
        question=canonical(question),
        decision=canonical(decision),
    )


class Mill:
    """Decisions from one seed: the same seed gives the same ones."""

    def __init__(self, seed: int, rule_sets: int = 3) -> None:
        self._random = Random(seed)
        self.rule_sets: tuple[RuleSet, ...] = tuple(worlds.rule_set(self._random) for _ in range(rule_sets))
        self._judges = [Judge(rule_set) for rule_set in self.rule_sets]
        self._acts = violations.acts()

    @property
    def all_rule_sets(self) -> tuple[RuleSet, ...]:
        """Those of checks and level questions, and the library that leniency is judged by."""
        return (*self.rule_sets, violations.library())

    def close(self) -> None:
        for judge in self._judges:
            judge.close()

    def drafts(self, count: int, *, leniency: float = 0.1, level: float = 0.2) -> Iterator[Draft]:
        """So many drafts; shares of leniency and level questions."""
        for _ in range(count):
            pick = self._random.random()
            if pick < leniency:
                yield self.leniency()
            elif pick < leniency + level:
                yield self.level()
            else:
                yield self.check()

    def check(self) -> Draft:
        judge, feeds = self._world()
        item = self._random.choice(list(judge.rule_set.catalogue.items.values()))
        known = [self._knowledge() for _ in range(self._random.choice((1, 1, 1, 2, 3)))]
        question = Question(
            organ=item.organ,
            item=item.code,
            case_number="1",
            stage=self._random.choice(list(Stage)),
            subjects=tuple(
                SubjectInRole(identifier=one.identifier, role=self._random.choice((Role.APPLICANT, Role.AGENT)))
                for one in known
            ),
            facts=worlds.given(self._random),
            purpose="许可",
            day=self._day(),
        )
        return drafted("check", question, judge.check(question, {one.identifier: one for one in known}, feeds))

    def level(self) -> Draft:
        judge, feeds = self._world()
        known = self._knowledge()
        question = LevelQuestion(
            organ=self._random.choice(("o0", "o1", "")),
            subject=SubjectInRole(identifier=known.identifier, role=Role.APPLICANT),
            purpose="监管",
            day=self._day(),
        )
        return drafted("level", question, judge.level(question, {known.identifier: known}, feeds))

    def leniency(self) -> Draft:
        world = violations.world(self._random.choice(self._acts), self._random)
        facts: dict[str, int | str] = {}
        for step in world.steps[: self._random.randrange(len(world.steps) + 1)]:
            facts |= step
        question = world.question(facts)
        known = {world.knowledge.identifier: world.knowledge}
        return drafted("leniency", question, violations.judge().leniency(question, known, world.feeds))

    def _world(self) -> tuple[Judge, Feeds]:
        return self._random.choice(self._judges), worlds.feeds(self._random)

    def _knowledge(self) -> Knowledge:
        names = PERSONS if self._random.random() < 0.1 else FIRMS
        known = worlds.knowledge(self._random, self._random.choice(names))
        return msgspec.structs.replace(known, present=known.present or known.identifier.startswith("p:"))

    def _day(self) -> date:
        return worlds.DAY + timedelta(days=self._random.choice((0, 0, 0, -1, 1, -30)))
