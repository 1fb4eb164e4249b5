"""The parts that a call is put through, and the stretches of the road that all calls share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

import structlog

from creditgate.v1 import common_pb2

from ..decision.knowledge import Feeds, Knowledge
from ..errors import UnknownThing
from ..judging.kinds import Asked, Kind, kind_of
from ..ledger.erasing import Erasure, erasures_of
from ..ledger.lookup import find_receipt
from ..ledger.receipt import Draft, Receipt
from ..ledger.writer import ReceiptWriter
from ..registry.identity import PersonKey
from ..registry.lookup import Registry
from ..storage.database import Store
from . import metrics
from .calls import Call, Calls
from .fields import shown
from .in_force import RulesAtHand, RulesInForce
from .pack import ANSWERS, Packer, Packers
from .receipts import add_stamp, draft, stamp_bytes, stored_decision
from .second_opinion import Sample, SecondOpinions
from .turns import Turns
from .unpack import Request

_log = structlog.get_logger("creditgate.gate")


@dataclass(frozen=True, slots=True)
class RegistryView:
    """What the registry knew when a question was judged."""

    subjects: Mapping[str, Knowledge]
    feeds: Feeds


@dataclass(frozen=True, slots=True)
class PendingAnswer(Generic[Asked]):
    """A question with its decision, still without receipt."""

    rules: RulesAtHand
    question: Asked
    known: RegistryView
    decision: Any
    """Of the question's kind."""
    draft: Draft

    @property
    def answer(self) -> str:
        """Code of what it comes to."""
        return self.draft.answer


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

    def known(self, identifiers: Sequence[str], known_at: datetime | None, rules: RulesAtHand) -> RegistryView:
        """What the registry knows, by the rule set's table of authority. Raises StoreDown."""
        return RegistryView(*self.registry.known(identifiers, known_at, rules.serving.catalogue))

    def pinned(self, pin: common_pb2.Pin) -> RulesAtHand:
        """The rule set in force, if a request takes it. Raises RuleSetChanged, NotReady, StoreDown."""
        return self.rules.take(pin.rule_set, pin.at_least_activation)

    def receipt(self, receipt_id: str, field: str = "receipt_id") -> Receipt:
        """A stored receipt, of which the caller said the id in a field. Raises UnknownThing, StoreDown."""
        receipt = find_receipt(self.store, receipt_id)
        if receipt is None:
            raise UnknownThing(f"没有编号为 {shown(receipt_id)} 的回执", "请查对回执编号", field)
        return receipt

    def erasures(self, receipt: Receipt) -> tuple[Erasure, ...]:
        """What was erased of a receipt. Raises StoreDown."""
        if receipt.question_salt is not None and receipt.decision_salt is not None:
            return ()
        return erasures_of(self.store, receipt.id)

    def packer_of(self, receipt: Receipt) -> Packer:
        """A packer with the titles that a stored receipt's rule set had. Raises StoreDown."""
        return self.rules.packer(receipt.rule_set) or self.packers.of(receipt.rule_set)

    def judge(self, rules: RulesAtHand, request: Request[Asked], call: Call) -> PendingAnswer[Asked]:
        """Judge a question of any kind in its turn, and count engine faults. Raises StoreDown, Abandoned."""
        question = request.question
        known = self.known(kind_of(question).identifiers(question), question.known_at, rules)
        judge = rules.serving.judge
        with self.turns:
            call.require_awaited()
            before = judge.engine_faults
            decision = judge.judge(question, known.subjects, known.feeds)
            _count_faults(judge.engine_faults - before)
            return PendingAnswer(rules, question, known, decision, draft(call.caller, rules, request, decision))

    def packed(self, pending: PendingAnswer[Any], receipt: Receipt, *, brief: bool = False) -> Any:  # noqa: ANN401 - of the kind's message
        """The answer: the decision just made, or the stored one that a retry finds. `brief`: in codes."""
        kind = kind_of(pending.question)
        if receipt.reused:
            packer = self.packer_of(receipt)
            packed = packer.answer(kind, stored_decision(kind, receipt, packer.catalogue), brief=brief)
        else:
            packed = pending.rules.serving.packer.answer(kind, pending.decision, brief=brief)
            self._count(kind, pending, receipt)
        add_stamp(packed, receipt)
        return packed

    def sent(self, pending: PendingAnswer[Any], receipt: Receipt, *, brief: bool = False) -> bytes:
        """The bytes of the response, where nothing is added to the answer. `brief`: in codes."""
        kind = kind_of(pending.question)
        if receipt.reused:
            response: Any = ANSWERS[kind.code].response
            stored: bytes = response(answer=self.packed(pending, receipt, brief=brief)).SerializeToString()
            return stored
        self._count(kind, pending, receipt)
        packer = pending.rules.serving.packer
        return packer.answer_bytes(kind, pending.decision, brief=brief) + stamp_bytes(kind, receipt)

    def _count(self, kind: Kind[Any, Any], pending: PendingAnswer[Any], receipt: Receipt) -> None:
        """Count a decision, and have a share of them judged again."""
        metrics.decided(kind.code, pending.answer)
        if self.opinions.drawn():
            self.opinions.submit(
                Sample(
                    question=pending.question,
                    knowledge=pending.known.subjects,
                    feeds=pending.known.feeds,
                    decision=pending.decision,
                    judge=pending.rules.serving.judge,
                    receipt=receipt.id,
                )
            )


def _count_faults(faults: int) -> None:
    if faults:
        metrics.ENGINE_FAULTS.inc(faults)
        _log.error("engine fault, answered undetermined", faults=faults)
