"""Random decisions of every kind, made by the real judge under several rule sets: drafts as the service writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import msgspec

from creditgate_server.decision.check.question import Question
from creditgate_server.decision.knowledge import Feeds, Knowledge
from creditgate_server.decision.level.question import LevelQuestion
from creditgate_server.decision.parts import Judgement, canonical
from creditgate_server.decision.question import Inquiry, SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.judging.kinds import kind_of
from creditgate_server.ledger.receipt import Draft
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Role, Stage
from tests.engine import violations, worlds

FIRMS = tuple(f"9144190000000000{number:02d}" for number in range(40))
PERSONS = tuple("p:" + f"{number:x}" * 64 for number in range(8))


def drafted(question: Inquiry[Any], decision: Judgement) -> Draft:
    """A draft of a decision."""
    kind = kind_of(question)
    return Draft(
        caller="mill",
        request_id=None,
        body_digest="b" * 64,
        kind=kind.code,
        organ=question.organ,
        item=kind.item(question),
        case_number=kind.case_number(question),
        subjects=len(kind.subjects(question)),
        answer=kind.answer(decision),
        needs_outcome=kind.needs_outcome(question, decision),
        case_key=kind.case_key(question),
        rule_set=decision.rule_set,
        activation=1,
        decided_at="2026-11-20T04:00:00.000000Z",
        question=canonical(question),
        decision=kind.hold(decision),
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
        return drafted(question, judge.judge(question, {one.identifier: one for one in known}, feeds))

    def level(self) -> Draft:
        judge, feeds = self._world()
        known = self._knowledge()
        question = LevelQuestion(
            organ=self._random.choice(("o0", "o1", "")),
            subject=SubjectInRole(identifier=known.identifier, role=Role.APPLICANT),
            purpose="监管",
            day=self._day(),
        )
        return drafted(question, judge.judge(question, {known.identifier: known}, feeds))

    def leniency(self) -> Draft:
        world = violations.world(self._random.choice(self._acts), self._random)
        facts: dict[str, int | str] = {}
        for step in world.steps[: self._random.randrange(len(world.steps) + 1)]:
            facts |= step
        question = world.question(facts)
        known = {world.knowledge.identifier: world.knowledge}
        return drafted(question, violations.judge().judge(question, known, world.feeds))

    def _world(self) -> tuple[Judge, Feeds]:
        return self._random.choice(self._judges), worlds.feeds(self._random)

    def _knowledge(self) -> Knowledge:
        names = PERSONS if self._random.random() < 0.1 else FIRMS
        known = worlds.knowledge(self._random, self._random.choice(names))
        return msgspec.structs.replace(known, present=known.present or known.identifier.startswith("p:"))

    def _day(self) -> date:
        return worlds.DAY + timedelta(days=self._random.choice((0, 0, 0, -1, 1, -30)))
