"""SupervisionService: unpack, ask, pack."""

from __future__ import annotations

from creditgate.v1 import supervision_pb2

from ..decision.level.question import LevelQuestion
from .batches import BatchLimit, answered_together
from .calls import Call
from .gate import Gate, PendingAnswer
from .in_force import RulesAtHand
from .unpack import in_codes_asked, unpack_level


class Supervision:
    """The service."""

    SERVICE = supervision_pb2.DESCRIPTOR.services_by_name["SupervisionService"]
    QUICK = frozenset({"AssessLevel"})

    def __init__(self, gate: Gate, batches: BatchLimit) -> None:
        """`batches`: how many are handled at the same time; shared with other services."""
        self._gate = gate
        self._batches = batches

    def assess_level(
        self, request: supervision_pb2.AssessLevelRequest, call: Call
    ) -> supervision_pb2.AssessLevelResponse:
        """Answer with a subject's grade and level."""
        brief = in_codes_asked(request.view)
        call.organ = request.question.organ
        pending = self._judge(request, self._gate.pinned(request.pin), call)
        receipt = self._gate.writer.write(pending.draft)
        call.receipt = receipt.id
        return supervision_pb2.AssessLevelResponse(answer=self._gate.packed(pending, receipt, brief=brief))

    def batch_assess_levels(
        self, request: supervision_pb2.BatchAssessLevelsRequest, call: Call
    ) -> supervision_pb2.BatchAssessLevelsResponse:
        """Answer up to 200 questions."""
        call.questions = len(request.questions)
        brief = in_codes_asked(request.view)
        with self._batches.admitted(call.questions):
            rules = self._gate.pinned(request.pin)
            return answered_together(
                supervision_pb2.BatchAssessLevelsResponse(),
                request.questions,
                lambda question: self._judge(question, rules, call),
                self._gate.writer,
                lambda pending, receipt: self._gate.packed(pending, receipt, brief=brief),
                self._gate.turns.give_way,
            )

    def _judge(
        self,
        request: supervision_pb2.AssessLevelRequest | supervision_pb2.BatchAssessLevelsItem,
        rules: RulesAtHand,
        call: Call,
    ) -> PendingAnswer[LevelQuestion]:
        gate = self._gate
        if request.question.organ:
            call.caller.require_organ(request.question.organ)
        asked = unpack_level(request, rules.serving.catalogue, gate.person_key.hash, gate.now())
        return gate.judge(rules, asked, call)
