"""LeniencyService: unpack, ask, pack."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from creditgate.v1 import leniency_pb2, leniency_pb2_grpc

from ..decision.leniency.decision import LeniencyDecision
from ..decision.leniency.question import LeniencyQuestion
from ..decision.violation import acted_or_decided
from ..errors import InvalidQuestion
from ..exemptions.search.filters import Filters
from ..exemptions.search.suggest import MOST, nearest
from ..ledger.receipt import Draft, Receipt
from . import metrics
from .batches import BatchLimit, answered_together, pack_batch
from .callers import Caller
from .calls import Context, Notes
from .gate import Gate, Known
from .in_force import Taken
from .receipts import add_stamp, leniency_draft, stored_leniency
from .unpack_leniency import unpack_leniency


@dataclass(frozen=True, slots=True)
class _Judged:
    """A question with its decision, still without receipt."""

    taken: Taken
    question: LeniencyQuestion
    known: Known
    decision: LeniencyDecision
    draft: Draft


class LeniencyAnswers(leniency_pb2_grpc.LeniencyServiceServicer):
    """The service."""

    def __init__(self, gate: Gate, batches: BatchLimit) -> None:
        """`batches`: how many are handled at the same time; shared with other services."""
        self._gate = gate
        self._batches = batches

    async def Evaluate(  # noqa: N802 - the contract's name
        self, request: leniency_pb2.EvaluateRequest, context: Context
    ) -> leniency_pb2.EvaluateResponse:
        """Answer one question."""

        async def answer(notes: Notes) -> leniency_pb2.EvaluateResponse:
            caller = self._gate.caller(context)
            notes.caller = caller.name
            judged = await self._judge(caller, request)
            notes.organ, notes.item = judged.question.organ, judged.question.exemption
            packed = await self._packed(judged, await self._gate.writer.write(judged.draft))
            notes.outcome, notes.receipt = judged.decision.leniency, packed.receipt.id
            return packed

        return await self._gate.calls.handle("Evaluate", context, answer)

    async def BatchEvaluate(  # noqa: N802 - the contract's name
        self, request: leniency_pb2.BatchEvaluateRequest, context: Context
    ) -> leniency_pb2.BatchEvaluateResponse:
        """Answer up to 1,000 questions."""

        async def answer(notes: Notes) -> leniency_pb2.BatchEvaluateResponse:
            caller = self._gate.caller(context)
            notes.caller, notes.questions = caller.name, len(request.questions)
            with self._batches.admitted(len(request.questions)):
                results = await answered_together(
                    request.questions, lambda question: self._judge(caller, question), self._gate.writer, self._packed
                )
            return pack_batch(leniency_pb2.BatchEvaluateResponse(), results)

        return await self._gate.calls.handle("BatchEvaluate", context, answer)

    async def _judge(self, caller: Caller, request: leniency_pb2.EvaluateRequest) -> _Judged:
        gate = self._gate
        if request.organ:
            caller.require_organ(request.organ)
        taken = await gate.rules.take(request.rule_set, request.at_least_activation)
        asked = unpack_leniency(request, taken.serving.catalogue, gate.person_key.hash, gate.now(), gate.region)
        question = asked.question
        known = await gate.known([question.subject.identifier], question.known_at)
        decision = gate.leniency(taken, question, known)
        return _Judged(taken, question, known, decision, leniency_draft(caller, taken, asked, decision))

    async def _packed(self, judged: _Judged, receipt: Receipt) -> leniency_pb2.EvaluateResponse:
        """The answer: the decision just made, or the stored one that a retry finds."""
        gate = self._gate
        if receipt.reused:
            packed = (await gate.packer_of(receipt)).leniency(stored_leniency(receipt))
        else:
            packed = judged.taken.serving.packer.leniency(judged.decision)
            metrics.LENIENCY.labels(judged.decision.leniency).inc()
            gate.draw(judged.taken, judged.question, judged.known, judged.decision, receipt)
        if judged.question.description:
            await self._suggest(packed, judged)
        add_stamp(packed, receipt)
        return packed

    async def _suggest(self, packed: leniency_pb2.EvaluateResponse, judged: _Judged) -> None:
        """Entries that may be meant by the description, in force where it was done: on the day of the act or of now."""
        question = judged.question
        found: dict[str, str] = {}
        for day in acted_or_decided(question.facts, question.day):
            filters = Filters(organ=question.organ, region=question.region, day=day)
            try:
                hits = await asyncio.to_thread(nearest, judged.taken.serving.index, question.description, filters)
            except InvalidQuestion:  # a description without a word to search by: nothing is near
                return
            found |= {hit.document.code: hit.document.title for hit in hits}
        for code, title in list(found.items())[:MOST]:
            packed.suggestions.add(code=code, title=title)
