"""The parts that a call is put through, and the stretches of the road that all calls share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog

from ..decision.check.decision import Decision
from ..decision.check.question import Question
from ..decision.knowledge import Feeds, Knowledge
from ..decision.leniency.decision import LeniencyDecision
from ..decision.leniency.question import LeniencyQuestion
from ..decision.level.decision import LevelDecision
from ..decision.level.question import LevelQuestion
from ..ledger.erased import Erasure, erasures_of
from ..ledger.lookup import find_receipt
from ..ledger.receipt import Receipt
from ..ledger.writer import ReceiptWriter
from ..registry.identity import PersonKey
from ..registry.lookup import Registry
from ..storage.database import Store
from . import metrics
from .calls import Call, Calls
from .in_force import RulesAtHand, RulesInForce
from .library import Packers
from .pack import Packer
from .second_opinion import Sample, SecondOpinions
from .turns import Turns

_log = structlog.get_logger("creditgate.gate")


@dataclass(frozen=True, slots=True)
class RegistryView:
    """What the registry knew when a question was judged."""

    subjects: Mapping[str, Knowledge]
    feeds: Feeds


@dataclass(frozen=True, slots=True)
class Gate:
    """One worker's parts."""

    rules: RulesInForce
    registry: Registry
    writer: ReceiptWriter
    store: Store
    person_key: PersonKey
    calls: Calls
    turns: Turns
    opinions: SecondOpinions
    packers: Packers
    now: Callable[[], datetime]
    region: str
    """Division (GB/T 2260) in which an act was done where a question names none."""

    @contextmanager
    def turn(self, call: Call) -> Iterator[None]:
        """The engine, for as long as the block lasts. Raises Abandoned where its caller has gone meanwhile."""
        with self.turns.turn():
            call.require_awaited()
            yield

    def known(self, identifiers: Sequence[str], known_at: datetime | None) -> RegistryView:
        """What the registry knows. Raises StoreDown."""
        return RegistryView(*self.registry.known(identifiers, known_at))

    def receipt(self, receipt_id: str) -> Receipt | None:
        """A stored receipt. Raises StoreDown."""
        return find_receipt(self.store, receipt_id)

    def erasures(self, receipt: Receipt) -> tuple[Erasure, ...]:
        """What was erased of a receipt. Raises StoreDown."""
        if receipt.question_salt is not None and receipt.decision_salt is not None:
            return ()
        return erasures_of(self.store, receipt.id)

    def packer_of(self, receipt: Receipt) -> Packer:
        """A packer with the titles that a stored receipt's rule set had. Raises StoreDown."""
        return self.rules.packer(receipt.rule_set) or self.packers.of(receipt.rule_set)

    def check(self, taken: RulesAtHand, question: Question, known: RegistryView) -> Decision:
        """Judge a credit check, and count engine faults."""
        judge = taken.serving.judge
        before = judge.engine_faults
        decision = judge.judge(question, known.subjects, known.feeds)
        _count_faults(judge.engine_faults - before)
        return decision

    def level(self, taken: RulesAtHand, question: LevelQuestion, known: RegistryView) -> LevelDecision:
        """Judge a level question, and count engine faults."""
        judge = taken.serving.judge
        before = judge.engine_faults
        decision = judge.judge(question, known.subjects, known.feeds)
        _count_faults(judge.engine_faults - before)
        return decision

    def leniency(self, taken: RulesAtHand, question: LeniencyQuestion, known: RegistryView) -> LeniencyDecision:
        """Judge a leniency question, and count engine faults."""
        judge = taken.serving.judge
        before = judge.engine_faults
        decision = judge.judge(question, known.subjects, known.feeds)
        _count_faults(judge.engine_faults - before)
        return decision

    def draw(
        self,
        taken: RulesAtHand,
        question: Question | LevelQuestion | LeniencyQuestion,
        known: RegistryView,
        decision: Decision | LevelDecision | LeniencyDecision,
        receipt: Receipt,
    ) -> None:
        """Have a share of the decisions judged again."""
        if self.opinions.drawn():
            self.opinions.submit(
                Sample(
                    question=question,
                    knowledge=known.subjects,
                    feeds=known.feeds,
                    decision=decision,
                    judge=taken.serving.judge,
                    receipt=receipt.id,
                )
            )


def _count_faults(faults: int) -> None:
    if faults:
        metrics.ENGINE_FAULTS.inc(faults)
        _log.error("engine fault, answered undetermined", faults=faults)
