"""CreditCheckService: unpack, ask, pack."""

from __future__ import annotations

from datetime import datetime

import msgspec

from creditgate.limits import LONGEST_RECEIPT_ID
from creditgate.v1 import credit_check_pb2

from ..decision.check.near_misses import near_misses
from ..decision.check.question import Question
from ..judging.kinds import CHECK
from ..ledger.receipt import Receipt
from .batches import BatchLimit, answered_together
from .calls import Call
from .deferred import DeferredAnswer
from .fields import require_id
from .gate import Gate, PendingAnswer
from .pack import add_near_misses
from .receipts import pack_receipt, stored_question
from .unpack import unpack_check

_Pending = PendingAnswer[Question]


class CreditCheck:
    """The service."""

    SERVICE = credit_check_pb2.DESCRIPTOR.services_by_name["CreditCheckService"]
    QUICK = frozenset({"Check", "GetReceipt"})

    def __init__(self, gate: Gate, batches: BatchLimit) -> None:
        """`batches`: how many are handled at the same time; shared with other services."""
        self._gate = gate
        self._batches = batches

    def check(
        self, request: credit_check_pb2.CheckRequest, call: Call
    ) -> credit_check_pb2.CheckResponse | DeferredAnswer:
        """Answer one question."""
        pending = self._judge(request, call)
        call.organ, call.item = pending.question.organ, pending.question.item
        if not pending.question.explain:
            return DeferredAnswer(self._gate.writer, pending.draft, lambda receipt: self._sent(pending, receipt, call))
        receipt = self._gate.writer.write(pending.draft)
        call.outcome, call.receipt = pending.answer, receipt.id
        packed: credit_check_pb2.CheckResponse = self._gate.packed(pending, receipt)
        self._explain(packed, pending, receipt, call)
        return packed

    def batch_check(
        self, request: credit_check_pb2.BatchCheckRequest, call: Call
    ) -> credit_check_pb2.BatchCheckResponse:
        """Answer up to 1,000 questions."""
        call.questions = len(request.questions)
        with self._batches.admitted(call.questions):
            return answered_together(
                credit_check_pb2.BatchCheckResponse(),
                request.questions,
                lambda question: self._judge(question, call),
                self._gate.writer,
                self._gate.packed,
                self._gate.turns.give_way,
            )

    def get_receipt(
        self, request: credit_check_pb2.GetReceiptRequest, call: Call
    ) -> credit_check_pb2.GetReceiptResponse:
        """Return a stored receipt."""
        receipt = self._gate.receipt(require_id(request.id, "id", LONGEST_RECEIPT_ID))
        call.caller.require_organ(receipt.organ, "id")
        call.organ, call.receipt = receipt.organ, receipt.id
        return pack_receipt(receipt, self._gate.packer_of(receipt), self._gate.erasures(receipt))

    def _judge(self, request: credit_check_pb2.CheckRequest, call: Call) -> _Pending:
        gate = self._gate
        if request.organ:
            call.caller.require_organ(request.organ)
        rules = gate.rules.take(request.rule_set, request.at_least_activation)
        return gate.judge(rules, unpack_check(request, rules.serving.catalogue, gate.person_key.hash, gate.now()), call)

    def _sent(self, pending: _Pending, receipt: Receipt, call: Call) -> bytes:
        call.outcome, call.receipt = pending.answer, receipt.id
        return self._gate.sent(pending, receipt)

    def _explain(self, packed: credit_check_pb2.CheckResponse, pending: _Pending, receipt: Receipt, call: Call) -> None:
        """Add near misses, of a retry those of the question that its receipt holds."""
        question, known = pending.question, pending.known
        if receipt.reused:
            if receipt.rule_set != pending.decision.rule_set:
                return  # of another rule set: its near misses can't be worked out again
            question = _as_then(stored_question(CHECK, receipt), receipt)
            identifiers = [subject.identifier for subject in question.subjects]
            known = self._gate.known(identifiers, question.known_at, pending.rules)
        with self._gate.turns:
            call.require_awaited()
            misses = near_misses(pending.rules.serving.judge, question, known.subjects, known.feeds)
        add_near_misses(packed, misses)


def _as_then(question: Question, receipt: Receipt) -> Question:
    """The question with what was known when its receipt was made."""
    known_at = question.known_at or datetime.fromisoformat(receipt.issued_at)
    return msgspec.structs.replace(question, known_at=known_at)
