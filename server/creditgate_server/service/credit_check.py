"""CreditCheckService: unpack, ask, pack."""

from __future__ import annotations

from datetime import datetime

import msgspec

from creditgate.v1 import credit_check_pb2

from ..decision.check.near_misses import near_misses
from ..decision.check.question import Question
from ..judging.kinds import CHECK
from ..ledger.receipt import Receipt
from .batches import BatchLimit, answered_together, require_few_subjects
from .calls import Call
from .deferred import DeferredAnswer
from .gate import Gate, PendingAnswer
from .in_force import RulesAtHand
from .pack import add_near_misses
from .receipts import stored_question
from .unpack import in_codes_asked, unpack_check

_Pending = PendingAnswer[Question]


class CreditCheck:
    """The service."""

    SERVICE = credit_check_pb2.DESCRIPTOR.services_by_name["CreditCheckService"]
    QUICK = frozenset({"Check"})

    def __init__(self, gate: Gate, batches: BatchLimit) -> None:
        """`batches`: how many are handled at the same time; shared with other services."""
        self._gate = gate
        self._batches = batches

    def check(
        self, request: credit_check_pb2.CheckRequest, call: Call
    ) -> credit_check_pb2.CheckResponse | DeferredAnswer:
        """Answer one question."""
        brief = in_codes_asked(request.view)
        pending = self._judge(request, self._gate.pinned(request.pin), call, explain=request.explain)
        call.organ, call.item = pending.question.organ, pending.question.item
        if not pending.question.explain:
            return DeferredAnswer(
                self._gate.writer, pending.draft, lambda receipt: self._sent(pending, receipt, brief, call)
            )
        receipt = self._gate.writer.write(pending.draft)
        call.outcome, call.receipt = pending.answer, receipt.id
        packed: credit_check_pb2.CheckAnswer = self._gate.packed(pending, receipt, brief=brief)
        self._explain(packed, pending, receipt, call)
        return credit_check_pb2.CheckResponse(answer=packed)

    def batch_check(
        self, request: credit_check_pb2.BatchCheckRequest, call: Call
    ) -> credit_check_pb2.BatchCheckResponse:
        """Answer up to 200 questions."""
        call.questions = len(request.questions)
        brief = in_codes_asked(request.view)
        with self._batches.admitted(call.questions):
            require_few_subjects(sum(len(item.question.subjects) for item in request.questions))
            rules = self._gate.pinned(request.pin)
            return answered_together(
                credit_check_pb2.BatchCheckResponse(),
                request.questions,
                lambda question: self._judge(question, rules, call),
                self._gate.writer,
                lambda pending, receipt: self._gate.packed(pending, receipt, brief=brief),
                self._gate.turns.give_way,
            )

    def _judge(
        self,
        request: credit_check_pb2.CheckRequest | credit_check_pb2.BatchCheckItem,
        rules: RulesAtHand,
        call: Call,
        *,
        explain: bool = False,
    ) -> _Pending:
        gate = self._gate
        if request.question.organ:
            call.caller.require_organ(request.question.organ)
        catalogue = rules.serving.catalogue
        return gate.judge(
            rules, unpack_check(request, catalogue, gate.person_key.hash, gate.now(), explain=explain), call
        )

    def _sent(self, pending: _Pending, receipt: Receipt, brief: bool, call: Call) -> bytes:
        call.outcome, call.receipt = pending.answer, receipt.id
        return self._gate.sent(pending, receipt, brief=brief)

    def _explain(self, packed: credit_check_pb2.CheckAnswer, pending: _Pending, receipt: Receipt, call: Call) -> None:
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
