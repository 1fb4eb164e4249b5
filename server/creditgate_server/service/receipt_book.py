"""ReceiptService: stored receipts, their proofs, and what they mean."""

from __future__ import annotations

from creditgate.limits import LONGEST_CODE, LONGEST_RECEIPT_ID, MOST_LISTED, USUAL_RECEIPTS
from creditgate.v1 import receipts_pb2

from ..errors import InvalidQuestion
from ..ledger.listing import ReceiptFilter, list_receipts
from ..ledger.proofs import proof_of
from ..ledger.receipt import Receipt
from ..studies.explanation.explanation import explain, gathered
from ..studies.explanation.page import page
from .calls import Call
from .fields import parse_day, require_id
from .gate import Gate
from .pack_explanation import pack_explanation
from .paging import Pages, page_size_asked
from .receipts import KIND_NUMBERS, pack_receipt, pack_summary

_KINDS = {number: code for code, number in KIND_NUMBERS.items()} | {0: ""}


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

    def list_receipts(self, request: receipts_pb2.ListReceiptsRequest, call: Call) -> receipts_pb2.ListReceiptsResponse:
        """Answer with a page of receipts in short."""
        if not request.organ:
            raise InvalidQuestion("缺少部门代码", "请填写部门代码", "organ")
        call.caller.require_organ(request.organ)
        call.organ = request.organ
        pages = Pages(request, call.caller.name, self._gate.person_key.seal)
        after = pages.after()
        size = page_size_asked(request.page_size, USUAL_RECEIPTS, MOST_LISTED)
        found = list_receipts(self._gate.store, _wanted(request), str(after[0]) if after else "", size + 1)
        shown = found[:size]
        return receipts_pb2.ListReceiptsResponse(
            receipts=[pack_summary(receipt) for receipt in shown],
            next_page_token=pages.next((shown[-1].id,)) if len(found) > size else "",
        )

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


def _wanted(request: receipts_pb2.ListReceiptsRequest) -> ReceiptFilter:
    if request.kind not in _KINDS:
        raise InvalidQuestion(f"没有编号为 {request.kind} 的回执种类", "请用 ReceiptKind 中的值", "kind")
    return ReceiptFilter(
        organ=request.organ,
        kind=_KINDS[request.kind],
        item=require_id(request.item, "item", LONGEST_CODE),
        case_number=request.case_number[: LONGEST_CODE + 1],
        first=parse_day(request.from_on, "from_on") if request.HasField("from_on") else None,
        last=parse_day(request.until_on, "until_on") if request.HasField("until_on") else None,
    )
