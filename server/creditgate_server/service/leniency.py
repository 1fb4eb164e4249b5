"""LeniencyService: unpack, ask, pack."""

from __future__ import annotations

from creditgate.v1 import common_pb2, leniency_pb2

from ..decision.leniency.question import LeniencyQuestion
from ..decision.violation import acted_or_decided
from ..errors import InvalidQuestion
from ..exemptions.search.filters import EntryFilters
from ..exemptions.search.index import MOST, nearest
from ..ledger.receipt import Receipt
from .batches import BatchLimit, answered_together
from .calls import Call
from .gate import Gate, PendingAnswer
from .in_force import RulesAtHand
from .unpack import in_codes_asked
from .unpack_leniency import unpack_leniency

_Pending = PendingAnswer[LeniencyQuestion]


class LeniencyAnswers:
    """The service."""

    SERVICE = leniency_pb2.DESCRIPTOR.services_by_name["LeniencyService"]
    QUICK = frozenset({"EvaluateLeniency"})

    def __init__(self, gate: Gate, batches: BatchLimit) -> None:
        """`batches`: how many are handled at the same time; shared with other services."""
        self._gate = gate
        self._batches = batches

    def evaluate_leniency(
        self, request: leniency_pb2.EvaluateLeniencyRequest, call: Call
    ) -> leniency_pb2.EvaluateLeniencyResponse:
        """Answer one question."""
        brief = in_codes_asked(request.view)
        pending = self._judge(request, self._gate.pinned(request.pin), call)
        call.organ, call.item = pending.question.organ, pending.question.exemption
        packed = self._packed(pending, self._gate.writer.write(pending.draft), brief)
        call.outcome, call.receipt = pending.answer, packed.receipt.receipt_id
        return leniency_pb2.EvaluateLeniencyResponse(answer=packed)

    def batch_evaluate_leniency(
        self, request: leniency_pb2.BatchEvaluateLeniencyRequest, call: Call
    ) -> leniency_pb2.BatchEvaluateLeniencyResponse:
        """Answer up to 200 questions."""
        call.questions = len(request.questions)
        brief = in_codes_asked(request.view)
        with self._batches.admitted(call.questions):
            rules = self._gate.pinned(request.pin)
            return answered_together(
                leniency_pb2.BatchEvaluateLeniencyResponse(),
                request.questions,
                lambda question: self._judge(question, rules, call),
                self._gate.writer,
                lambda pending, receipt: self._packed(pending, receipt, brief),
                self._gate.turns.give_way,
            )

    def _judge(
        self,
        request: leniency_pb2.EvaluateLeniencyRequest | leniency_pb2.BatchEvaluateLeniencyItem,
        rules: RulesAtHand,
        call: Call,
    ) -> _Pending:
        gate = self._gate
        if request.question.organ:
            call.caller.require_organ(request.question.organ)
        asked = unpack_leniency(request, rules.serving.catalogue, gate.person_key.hash, gate.now(), gate.region)
        return gate.judge(rules, asked, call)

    def _packed(self, pending: _Pending, receipt: Receipt, brief: bool) -> leniency_pb2.LeniencyAnswer:
        packed: leniency_pb2.LeniencyAnswer = self._gate.packed(pending, receipt, brief=brief)
        if pending.question.description:
            packed.suggestions.extend(_suggested(pending))
        return packed


def _suggested(pending: _Pending) -> list[common_pb2.Ref]:
    """Entries that may be meant by the description, in force where it was done: on the day of the act or of now."""
    question = pending.question
    found: dict[str, str] = {}
    for day in acted_or_decided(question.facts, question.day):
        filters = EntryFilters(organ=question.organ, region=question.region, day=day)
        try:
            hits = nearest(pending.rules.serving.index, question.description, filters)
        except InvalidQuestion:  # a description without a word to search by: nothing is near
            return []
        found |= {hit.document.code: hit.document.title for hit in hits}
    return [common_pb2.Ref(code=code, title=title) for code, title in list(found.items())[:MOST]]
