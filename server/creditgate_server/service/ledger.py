"""LedgerService: checkpoints, receipts with their proofs, and what receipts mean."""

from __future__ import annotations

from creditgate.limits import LONGEST_RECEIPT_ID
from creditgate.v1 import ledger_pb2

from ..ledger.proofs import newest_checkpoint, proof_of
from ..ledger.receipt import Receipt
from ..studies.explanation.explanation import explain, gathered
from ..studies.explanation.page import page
from .calls import Call
from .fields import require_id
from .gate import Gate
from .pack_explanation import pack_explanation


class Ledger:
    """The service."""

    SERVICE = ledger_pb2.DESCRIPTOR.services_by_name["LedgerService"]
    QUICK = frozenset({"GetCheckpoint", "GetProof"})

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def get_checkpoint(
        self, _request: ledger_pb2.GetCheckpointRequest, _call: Call
    ) -> ledger_pb2.GetCheckpointResponse:
        """Answer with the newest checkpoint."""
        return ledger_pb2.GetCheckpointResponse(note=newest_checkpoint(self._gate.store))

    def get_proof(self, request: ledger_pb2.GetProofRequest, call: Call) -> ledger_pb2.GetProofResponse:
        """Answer with a receipt and its proof."""
        receipt = self._receipt(request.id, call)
        return ledger_pb2.GetProofResponse(proof=proof_of(self._gate.store, receipt.id))

    def explain(self, request: ledger_pb2.ExplainRequest, call: Call) -> ledger_pb2.ExplainResponse:
        """Answer with what a receipt means: the question is judged once more, slowly, by an engine of its own."""
        receipt = self._receipt(request.id, call)
        explanation = explain(gathered(self._gate.store, receipt))
        written = page(explanation, receipt.answer) if request.html else ""
        return ledger_pb2.ExplainResponse(explanation=pack_explanation(explanation), html=written)

    def _receipt(self, receipt_id: str, call: Call) -> Receipt:
        """A receipt of the caller's organs. Raises UnknownThing, NotYours."""
        receipt = self._gate.receipt(require_id(receipt_id, "id", LONGEST_RECEIPT_ID))
        call.caller.require_organ(receipt.organ, "id")
        call.organ, call.receipt = receipt.organ, receipt.id
        return receipt
