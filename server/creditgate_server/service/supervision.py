"""SupervisionService: unpack, ask, pack."""

from __future__ import annotations

from creditgate.v1 import supervision_pb2

from .calls import Call
from .gate import Gate
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
        rules = gate.rules.take(request.rule_set, request.at_least_activation)
        asked = unpack_level(request, rules.serving.catalogue, gate.person_key.hash, gate.now())
        pending = gate.judge(rules, asked, call)
        receipt = gate.writer.write(pending.draft)
        call.receipt = receipt.id
        packed: supervision_pb2.GetLevelResponse = gate.packed(pending, receipt)
        return packed
