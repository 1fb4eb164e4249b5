"""Stored receipts: what they hold, their proof, their explanation, and the ledger that they stand in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from creditgate.v1 import ledger_pb2, receipts_pb2

from .._contract import ReceiptKind, ReceiptsPage
from ..calling import LONG_TIMEOUT
from ..transport import Method
from ..values.receipts import Explanation, ReceiptResult
from ..wire import pack, unpack
from .caller import Caller

GET_RECEIPT = Method("ReceiptService/GetReceipt", receipts_pb2.GetReceiptResponse)
LIST_RECEIPTS = Method("ReceiptService/ListReceipts", receipts_pb2.ListReceiptsResponse)
GET_PROOF = Method("ReceiptService/GetReceiptProof", receipts_pb2.GetReceiptProofResponse)
GET_CHECKPOINT = Method("LedgerService/GetCheckpoint", ledger_pb2.GetCheckpointResponse)
EXPLAIN = Method("ReceiptService/ExplainReceipt", receipts_pb2.ExplainReceiptResponse)


class ReceiptCalls(Caller):
    """A part of the client. All of it is safe to retry."""

    async def receipt(
        self, receipt_id: str, *, timeout: float | None = None, traceparent: str | None = None
    ) -> ReceiptResult:
        """A stored receipt with its answer. Raises UnknownThing, NotYours."""
        request = pack(receipts_pb2.GetReceiptRequest, receipt_id=receipt_id)
        answered = await self._call(GET_RECEIPT, request, timeout, traceparent)
        return unpack(ReceiptResult, answered.receipt)

    async def receipts(
        self,
        *,
        organ: str,
        kind: ReceiptKind | str | None = None,
        item: str = "",
        case_number: str = "",
        from_on: date | str | None = None,
        until_on: date | str | None = None,
        page_size: int = 0,
        page_token: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ReceiptsPage:
        """A page of an organ's receipts in short, the newest first. Raises InvalidQuestion, NotYours."""
        request = pack(
            receipts_pb2.ListReceiptsRequest,
            organ=organ,
            kind=kind,
            item=item,
            case_number=case_number,
            from_on=from_on,
            until_on=until_on,
            page_size=page_size,
            page_token=page_token,
        )
        return unpack(ReceiptsPage, await self._call(LIST_RECEIPTS, request, timeout, traceparent))

    async def proof(self, receipt_id: str, *, timeout: float | None = None, traceparent: str | None = None) -> bytes:
        """A receipt with its proof, as `proofs.verify_proof` checks it. Raises UnknownThing, NotYours, WrongState."""
        request = pack(receipts_pb2.GetReceiptProofRequest, receipt_id=receipt_id)
        return (await self._call(GET_PROOF, request, timeout, traceparent)).canonical_json

    async def checkpoint(self, *, timeout: float | None = None, traceparent: str | None = None) -> str:
        """The ledger's newest signed note. Raises UnknownThing, WrongState where there is none."""
        request = ledger_pb2.GetCheckpointRequest()
        return (await self._call(GET_CHECKPOINT, request, timeout, traceparent)).note

    async def explanation(
        self, receipt_id: str, *, html: bool = False, timeout: float | None = None, traceparent: str | None = None
    ) -> Explanation:
        """A receipt in plain Chinese. `html`: with a page for the party, too. Raises UnknownThing, NotYours."""
        request = pack(receipts_pb2.ExplainReceiptRequest, receipt_id=receipt_id, html=html)
        answer = await self._call(EXPLAIN, request, timeout, traceparent, least=LONG_TIMEOUT)
        return replace(unpack(Explanation, answer.explanation), html=answer.html)
