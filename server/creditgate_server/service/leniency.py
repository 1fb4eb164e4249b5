"""LeniencyService: unpack, ask, pack."""

from __future__ import annotations

from creditgate.v1 import leniency_pb2

from ..decision.leniency.question import LeniencyQuestion
from ..decision.violation import acted_or_decided
from ..errors import InvalidQuestion
from ..exemptions.search.filters import EntryFilters
from ..exemptions.search.index import MOST, nearest
from ..ledger.receipt import Receipt
from .batches import BatchLimit, answered_together
from .calls import Call
from .gate import Gate, PendingAnswer
from .unpack_leniency import unpack_leniency

_Pending = PendingAnswer[LeniencyQuestion]


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
        pending = self._judge(request, call)
        call.organ, call.item = pending.question.organ, pending.question.exemption
        packed = self._packed(pending, self._gate.writer.write(pending.draft))
        call.outcome, call.receipt = pending.answer, packed.receipt.id
        return packed

    def batch_evaluate(
        self, request: leniency_pb2.BatchEvaluateRequest, call: Call
    ) -> leniency_pb2.BatchEvaluateResponse:
        """Answer up to 1,000 questions."""
        call.questions = len(request.questions)
        with self._batches.admitted(call.questions):
            return answered_together(
                leniency_pb2.BatchEvaluateResponse(),
                request.questions,
                lambda question: self._judge(question, call),
                self._gate.writer,
                self._packed,
                self._gate.turns.give_way,
            )

    def _judge(self, request: leniency_pb2.EvaluateRequest, call: Call) -> _Pending:
        gate = self._gate
        if request.organ:
            call.caller.require_organ(request.organ)
        rules = gate.rules.take(request.rule_set, request.at_least_activation)
        asked = unpack_leniency(request, rules.serving.catalogue, gate.person_key.hash, gate.now(), gate.region)
        return gate.judge(rules, asked, call)

    def _packed(self, pending: _Pending, receipt: Receipt) -> leniency_pb2.EvaluateResponse:
        packed: leniency_pb2.EvaluateResponse = self._gate.packed(pending, receipt)
        if pending.question.description:
            _suggest(packed, pending)
        return packed


def _suggest(packed: leniency_pb2.EvaluateResponse, pending: _Pending) -> None:
    """Entries that may be meant by the description, in force where it was done: on the day of the act or of now."""
    question = pending.question
    found: dict[str, str] = {}
    for day in acted_or_decided(question.facts, question.day):
        filters = EntryFilters(organ=question.organ, region=question.region, day=day)
        try:
            hits = nearest(pending.rules.serving.index, question.description, filters)
        except InvalidQuestion:  # a description without a word to search by: nothing is near
            return
        found |= {hit.document.code: hit.document.title for hit in hits}
    for code, title in list(found.items())[:MOST]:
        packed.suggestions.add(code=code, title=title)
