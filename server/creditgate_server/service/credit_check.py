"""CreditCheckService: unpack, ask, pack."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

import msgspec

from creditgate.v1 import credit_check_pb2, credit_check_pb2_grpc

from ..decision.check.decision import Decision
from ..decision.check.near_misses import near_misses
from ..decision.check.question import Question
from ..errors import UnknownThing
from ..ledger.receipt import Draft, Receipt
from . import metrics
from .batches import BatchLimit, answered_together, pack_batch
from .callers import Caller
from .calls import Context, Notes
from .fields import require_id, shown
from .gate import Gate, Known
from .in_force import Taken
from .pack import add_near_misses
from .receipts import add_stamp, check_draft, pack_receipt, stored_decision, stored_question
from .unpack import unpack_check

LONGEST_RECEIPT_ID = 64


@dataclass(frozen=True, slots=True)
class _Judged:
    """A question with its decision, still without receipt."""

    taken: Taken
    question: Question
    known: Known
    decision: Decision
    draft: Draft


class CreditCheck(credit_check_pb2_grpc.CreditCheckServiceServicer):
    """The service."""

    def __init__(self, gate: Gate, batches: BatchLimit) -> None:
        """`batches`: how many are handled at the same time; shared with other services."""
        self._gate = gate
        self._batches = batches

    async def Check(self, request: credit_check_pb2.CheckRequest, context: Context) -> credit_check_pb2.CheckResponse:  # noqa: N802 - the name is the contract\'s
        """Answer one question."""

        async def answer(notes: Notes) -> credit_check_pb2.CheckResponse:
            caller = self._gate.caller(context)
            notes.caller = caller.name
            judged = await self._judge(caller, request)
            notes.organ, notes.item = judged.question.organ, judged.question.item
            if judged.question.explain:
                packed = await self._explained(judged)
            else:
                packed = await self._packed(judged, await self._gate.writer.write(judged.draft))
            notes.outcome, notes.receipt = judged.decision.outcome, packed.receipt.id
            return packed

        return await self._gate.calls.handle("Check", context, answer)

    async def BatchCheck(  # noqa: N802 - the contract's name
        self, request: credit_check_pb2.BatchCheckRequest, context: Context
    ) -> credit_check_pb2.BatchCheckResponse:
        """Answer up to 1,000 questions."""

        async def answer(notes: Notes) -> credit_check_pb2.BatchCheckResponse:
            caller = self._gate.caller(context)
            notes.caller, notes.questions = caller.name, len(request.questions)
            with self._batches.admitted(len(request.questions)):
                return await self._batch(caller, request)

        return await self._gate.calls.handle("BatchCheck", context, answer)

    async def GetReceipt(  # noqa: N802 - the contract's name
        self, request: credit_check_pb2.GetReceiptRequest, context: Context
    ) -> credit_check_pb2.GetReceiptResponse:
        """Return a stored receipt."""

        async def answer(notes: Notes) -> credit_check_pb2.GetReceiptResponse:
            caller = self._gate.caller(context)
            notes.caller = caller.name
            receipt = await self._gate.receipt(require_id(request.id, "id", LONGEST_RECEIPT_ID))
            if receipt is None:
                raise UnknownThing(f"没有编号为 {shown(request.id)} 的回执", "请查对回执编号", "id")
            caller.require_organ(receipt.organ, "id")
            notes.organ, notes.receipt = receipt.organ, receipt.id
            return pack_receipt(receipt, await self._gate.packer_of(receipt), await self._gate.erasures(receipt))

        return await self._gate.calls.handle("GetReceipt", context, answer)

    async def _batch(
        self, caller: Caller, request: credit_check_pb2.BatchCheckRequest
    ) -> credit_check_pb2.BatchCheckResponse:
        results = await answered_together(
            request.questions, lambda question: self._judge(caller, question), self._gate.writer, self._packed
        )
        return pack_batch(credit_check_pb2.BatchCheckResponse(), results)

    async def _judge(self, caller: Caller, request: credit_check_pb2.CheckRequest) -> _Judged:
        gate = self._gate
        if request.organ:
            caller.require_organ(request.organ)
        taken = await gate.rules.take(request.rule_set, request.at_least_activation)
        asked = unpack_check(request, taken.serving.catalogue, gate.person_key.hash, gate.now())
        question = asked.question
        known = await gate.known([subject.identifier for subject in question.subjects], question.known_at)
        decision = gate.check(taken, question, known)
        return _Judged(taken, question, known, decision, check_draft(caller, taken, asked, decision))

    async def _packed(self, judged: _Judged, receipt: Receipt) -> credit_check_pb2.CheckResponse:
        """The answer: the decision just made, or the stored one that a retry finds."""
        gate = self._gate
        if receipt.reused:
            packed = (await gate.packer_of(receipt)).check(stored_decision(receipt))
        else:
            packed = judged.taken.serving.packer.check(judged.decision)
            metrics.decided(judged.decision.outcome)
            gate.draw(judged.taken, judged.question, judged.known, judged.decision, receipt)
        add_stamp(packed, receipt)
        return packed

    async def _explained(self, judged: _Judged) -> credit_check_pb2.CheckResponse:
        """The answer with near misses, worked out while the receipt is being written."""
        gate = self._gate
        writing = asyncio.create_task(gate.writer.write(judged.draft))
        await asyncio.sleep(0)  # the receipt goes on its way first
        try:
            misses = near_misses(judged.taken.serving.judge, judged.question, judged.known.subjects, judged.known.feeds)
        finally:
            receipt = await writing
        packed = await self._packed(judged, receipt)
        if receipt.reused:
            if receipt.rule_set != judged.decision.rule_set:
                return packed  # of another rule set: its near misses can't be worked out again
            question = _as_then(stored_question(receipt), receipt)
            known = await gate.known([subject.identifier for subject in question.subjects], question.known_at)
            misses = near_misses(judged.taken.serving.judge, question, known.subjects, known.feeds)
        add_near_misses(packed, misses)
        return packed


def _as_then(question: Question, receipt: Receipt) -> Question:
    """The question with what was known when its receipt was made."""
    known_at = question.known_at or datetime.fromisoformat(receipt.issued_at)
    return msgspec.structs.replace(question, known_at=known_at)
