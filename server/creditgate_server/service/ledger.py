"""LedgerService: checkpoints, and receipts with their proofs."""

from __future__ import annotations

from creditgate.v1 import ledger_pb2, ledger_pb2_grpc

from ..errors import UnknownThing
from ..ledger.proofs import newest_checkpoint, proof_of
from .calls import Context, Notes
from .credit_check import LONGEST_RECEIPT_ID
from .fields import require_id, shown
from .gate import Gate


class Ledger(ledger_pb2_grpc.LedgerServiceServicer):
    """The service."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def GetCheckpoint(  # noqa: N802 - the contract's name
        self, request: ledger_pb2.GetCheckpointRequest, context: Context
    ) -> ledger_pb2.GetCheckpointResponse:
        """Answer with the newest checkpoint."""

        async def answer(notes: Notes) -> ledger_pb2.GetCheckpointResponse:
            notes.caller = self._gate.caller(context).name
            return ledger_pb2.GetCheckpointResponse(note=await self._gate.read(newest_checkpoint, self._gate.store))

        return await self._gate.calls.handle("GetCheckpoint", context, answer)

    async def GetProof(  # noqa: N802 - the contract's name
        self, request: ledger_pb2.GetProofRequest, context: Context
    ) -> ledger_pb2.GetProofResponse:
        """Answer with a receipt and its proof."""

        async def answer(notes: Notes) -> ledger_pb2.GetProofResponse:
            gate = self._gate
            caller = gate.caller(context)
            notes.caller = caller.name
            receipt = await gate.receipt(require_id(request.id, "id", LONGEST_RECEIPT_ID))
            if receipt is None:
                raise UnknownThing(f"没有编号为 {shown(request.id)} 的回执", "请查对回执编号", "id")
            caller.require_organ(receipt.organ, "id")
            notes.organ, notes.receipt = receipt.organ, receipt.id
            return ledger_pb2.GetProofResponse(proof=await gate.read(proof_of, gate.store, receipt.id))

        return await self._gate.calls.handle("GetProof", context, answer)
