"""LeniencyService: unpack, ask, pack."""

from __future__ import annotations

from dataclasses import dataclass

from creditgate.v1 import leniency_pb2

from ..decision.leniency.decision import LeniencyDecision
from ..decision.leniency.question import LeniencyQuestion
from ..decision.violation import acted_or_decided
from ..errors import InvalidQuestion
from ..exemptions.search.filters import EntryFilters
from ..exemptions.search.suggest import MOST, nearest
from ..ledger.receipt import Draft, Receipt
from . import metrics
from .batches import BatchLimit, answered_together, pack_batch
from .calls import Call
from .gate import Gate, RegistryView
from .in_force import RulesAtHand
from .receipts import add_stamp, leniency_draft, stored_leniency
from .unpack_leniency import unpack_leniency


@dataclass(frozen=True, slots=True)
class _Judged:
    """A question with its decision, still without receipt."""

    taken: RulesAtHand
    question: LeniencyQuestion
    known: RegistryView
    decision: LeniencyDecision
    draft: Draft


class LeniencyAnswers:
    """The service."""

    SERVICE = leniency_pb2.DESCRIPTOR.services_by_name["LeniencyService"]
    QUICK = frozenset({"Evaluate"})

    def __init__(self, gate: Gate, batches: BatchLimit) -> None:
        """`batches`: how many are handled at the same time; shared with other services."""
        self._gate = gate
        self._batches = batches

    def evaluate(self, request: leniency_pb2.EvaluateRequest, call: Call) -> leniency_pb2.EvaluateResponse:
        """Answer one question."""
        judged = self._judge(request, call)
        call.organ, call.item = judged.question.organ, judged.question.exemption
        packed = self._packed(judged, self._gate.writer.write(judged.draft))
        call.outcome, call.receipt = judged.decision.leniency, packed.receipt.id
        return packed

    def batch_evaluate(
        self, request: leniency_pb2.BatchEvaluateRequest, call: Call
    ) -> leniency_pb2.BatchEvaluateResponse:
        """Answer up to 1,000 questions."""
        call.questions = len(request.questions)
        gate = self._gate
        with self._batches.admitted(len(request.questions)):
            results = answered_together(
                request.questions,
                lambda question: self._judge(question, call),
                gate.writer,
                self._packed,
                gate.turns.give_way,
            )
        return pack_batch(leniency_pb2.BatchEvaluateResponse(), results)

    def _judge(self, request: leniency_pb2.EvaluateRequest, call: Call) -> _Judged:
        gate = self._gate
        if request.organ:
            call.caller.require_organ(request.organ)
        taken = gate.rules.take(request.rule_set, request.at_least_activation)
        asked = unpack_leniency(request, taken.serving.catalogue, gate.person_key.hash, gate.now(), gate.region)
        question = asked.question
        known = gate.known([question.subject.identifier], question.known_at)
        with gate.turn(call):
            decision = gate.leniency(taken, question, known)
            return _Judged(taken, question, known, decision, leniency_draft(call.caller, taken, asked, decision))

    def _packed(self, judged: _Judged, receipt: Receipt) -> leniency_pb2.EvaluateResponse:
        """The answer: the decision just made, or the stored one that a retry finds."""
        gate = self._gate
        if receipt.reused:
            packed = gate.packer_of(receipt).leniency(stored_leniency(receipt))
        else:
            packed = judged.taken.serving.packer.leniency(judged.decision)
            metrics.LENIENCY.labels(judged.decision.leniency).inc()
            gate.draw(judged.taken, judged.question, judged.known, judged.decision, receipt)
        if judged.question.description:
            _suggest(packed, judged)
        add_stamp(packed, receipt)
        return packed


def _suggest(packed: leniency_pb2.EvaluateResponse, judged: _Judged) -> None:
    """Entries that may be meant by the description, in force where it was done: on the day of the act or of now."""
    question = judged.question
    found: dict[str, str] = {}
    for day in acted_or_decided(question.facts, question.day):
        filters = EntryFilters(organ=question.organ, region=question.region, day=day)
        try:
            hits = nearest(judged.taken.serving.index, question.description, filters)
        except InvalidQuestion:  # a description without a word to search by: nothing is near
            return
        found |= {hit.document.code: hit.document.title for hit in hits}
    for code, title in list(found.items())[:MOST]:
        packed.suggestions.add(code=code, title=title)
