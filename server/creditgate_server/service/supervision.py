"""SupervisionService: unpack, ask, pack."""

from __future__ import annotations

from creditgate.v1 import supervision_pb2, supervision_pb2_grpc

from .callers import Caller
from .calls import Context, Notes
from .gate import Gate
from .receipts import add_stamp, level_draft, stored_level
from .unpack import unpack_level


class Supervision(supervision_pb2_grpc.SupervisionServiceServicer):
    """The service."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def GetLevel(  # noqa: N802 - the contract's name
        self, request: supervision_pb2.GetLevelRequest, context: Context
    ) -> supervision_pb2.GetLevelResponse:
        """Answer with a subject's grade and level."""

        async def answer(notes: Notes) -> supervision_pb2.GetLevelResponse:
            caller = self._gate.caller(context)
            notes.caller = caller.name
            packed = await self._answer(caller, request)
            notes.organ, notes.receipt = request.organ, packed.receipt.id
            return packed

        return await self._gate.calls.handle("GetLevel", context, answer)

    async def _answer(
        self, caller: Caller, request: supervision_pb2.GetLevelRequest
    ) -> supervision_pb2.GetLevelResponse:
        gate = self._gate
        if request.organ:
            caller.require_organ(request.organ)
        taken = await gate.rules.take(request.rule_set, request.at_least_activation)
        asked = unpack_level(request, taken.serving.catalogue, gate.person_key.hash, gate.now())
        question = asked.question
        known = await gate.known([question.subject.identifier], question.known_at)
        decision = gate.level(taken, question, known)
        receipt = await gate.writer.write(level_draft(caller, taken, asked, decision))
        if receipt.reused:
            packed = (await gate.packer_of(receipt)).level(stored_level(receipt))
        else:
            packed = taken.serving.packer.level(decision)
            gate.draw(taken, question, known, decision, receipt)
        add_stamp(packed, receipt)
        return packed
