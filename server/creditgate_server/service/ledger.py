"""LedgerService: checkpoints, receipts with their proofs, and what receipts mean."""

from __future__ import annotations

import asyncio

from creditgate.v1 import ledger_pb2, ledger_pb2_grpc

from ..errors import UnknownThing
from ..ledger.proofs import newest_checkpoint, proof_of
from ..ledger.receipt import Receipt
from ..studies.explanation.explain import explain
from ..studies.explanation.material import gathered
from ..studies.explanation.page import page
from .calls import Context, Notes
from .credit_check import LONGEST_RECEIPT_ID
from .fields import require_id, shown
from .gate import Gate
from .pack_explanation import pack_explanation


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
            receipt = await self._receipt(request.id, context, notes)
            gate = self._gate
            return ledger_pb2.GetProofResponse(proof=await gate.read(proof_of, gate.store, receipt.id))

        return await self._gate.calls.handle("GetProof", context, answer)

    async def Explain(  # noqa: N802 - the contract's name
        self, request: ledger_pb2.ExplainRequest, context: Context
    ) -> ledger_pb2.ExplainResponse:
        """Answer with what a receipt means. In a thread: the question is judged once more, slowly."""

        async def answer(notes: Notes) -> ledger_pb2.ExplainResponse:
            receipt = await self._receipt(request.id, context, notes)
            return await asyncio.to_thread(self._explained, receipt, html=request.html)

        return await self._gate.calls.handle("Explain", context, answer)

    def _explained(self, receipt: Receipt, *, html: bool) -> ledger_pb2.ExplainResponse:
        explanation = explain(gathered(self._gate.store, receipt))
        written = page(explanation, receipt.answer) if html else ""
        return ledger_pb2.ExplainResponse(explanation=pack_explanation(explanation), html=written)

    async def _receipt(self, receipt_id: str, context: Context, notes: Notes) -> Receipt:
        """A receipt of the caller's organs. Raises WhoAreYou, UnknownThing, NotYours."""
        caller = self._gate.caller(context)
        notes.caller = caller.name
        receipt = await self._gate.receipt(require_id(receipt_id, "id", LONGEST_RECEIPT_ID))
        if receipt is None:
            raise UnknownThing(f"没有编号为 {shown(receipt_id)} 的回执", "请查对回执编号", "id")
        caller.require_organ(receipt.organ, "id")
        notes.organ, notes.receipt = receipt.organ, receipt.id
        return receipt
