"""SupervisionService: unpack, ask, pack."""

from __future__ import annotations

from creditgate.v1 import supervision_pb2

from .calls import Call
from .gate import Gate
from .receipts import add_stamp, level_draft, stored_level
from .unpack import unpack_level


class Supervision:
    """The service."""

    SERVICE = supervision_pb2.DESCRIPTOR.services_by_name["SupervisionService"]
    QUICK = frozenset({"GetLevel"})

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def get_level(self, request: supervision_pb2.GetLevelRequest, call: Call) -> supervision_pb2.GetLevelResponse:
        """Answer with a subject's grade and level."""
        gate = self._gate
        call.organ = request.organ
        if request.organ:
            call.caller.require_organ(request.organ)
        taken = gate.rules.take(request.rule_set, request.at_least_activation)
        asked = unpack_level(request, taken.serving.catalogue, gate.person_key.hash, gate.now())
        question = asked.question
        known = gate.known([question.subject.identifier], question.known_at)
        with gate.turn(call):
            decision = gate.level(taken, question, known)
            draft = level_draft(call.caller, taken, asked, decision)
        receipt = gate.writer.write(draft)
        call.receipt = receipt.id
        if receipt.reused:
            packed = gate.packer_of(receipt).level(stored_level(receipt))
        else:
            packed = taken.serving.packer.level(decision)
            gate.draw(taken, question, known, decision, receipt)
        add_stamp(packed, receipt)
        return packed
