"""ReceiptService: stored receipts, their proofs, and what they mean."""

from __future__ import annotations

from creditgate.limits import LONGEST_RECEIPT_ID
from creditgate.v1 import receipts_pb2

from ..ledger.proofs import proof_of
from ..ledger.receipt import Receipt
from ..studies.explanation.explanation import explain, gathered
from ..studies.explanation.page import page
from .calls import Call
from .fields import require_id
from .gate import Gate
from .pack_explanation import pack_explanation
from .receipts import pack_receipt


class ReceiptBook:
    """The service."""

    SERVICE = receipts_pb2.DESCRIPTOR.services_by_name["ReceiptService"]
    QUICK = frozenset({"GetReceipt", "GetReceiptProof"})

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def get_receipt(self, request: receipts_pb2.GetReceiptRequest, call: Call) -> receipts_pb2.GetReceiptResponse:
        """Answer with a stored receipt."""
        receipt = self._receipt(request.receipt_id, call)
        packed = pack_receipt(receipt, self._gate.packer_of(receipt), self._gate.erasures(receipt))
        return receipts_pb2.GetReceiptResponse(receipt=packed)

    def get_receipt_proof(
        self, request: receipts_pb2.GetReceiptProofRequest, call: Call
    ) -> receipts_pb2.GetReceiptProofResponse:
        """Answer with a receipt and its proof."""
        receipt = self._receipt(request.receipt_id, call)
        return receipts_pb2.GetReceiptProofResponse(canonical_json=proof_of(self._gate.store, receipt.id))

    def explain_receipt(
        self, request: receipts_pb2.ExplainReceiptRequest, call: Call
    ) -> receipts_pb2.ExplainReceiptResponse:
        """Answer with what a receipt means: the question is judged once more, slowly, by an engine of its own."""
        receipt = self._receipt(request.receipt_id, call)
        material = gathered(self._gate.store, receipt)
        explanation = explain(material)
        written = page(explanation, receipt.answer) if request.html else ""
        catalogue = material.rule_set.catalogue if material.rule_set is not None else None
        return receipts_pb2.ExplainReceiptResponse(explanation=pack_explanation(explanation, catalogue), html=written)

    def _receipt(self, receipt_id: str, call: Call) -> Receipt:
        """A receipt of the caller's organs. Raises UnknownThing, NotYours."""
        receipt = self._gate.receipt(require_id(receipt_id, "receipt_id", LONGEST_RECEIPT_ID))
        call.caller.require_organ(receipt.organ, "receipt_id")
        call.organ, call.receipt = receipt.organ, receipt.id
        return receipt
