"""A stored receipt, as a plain value."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from creditgate.v1 import credit_check_pb2

from .answers import check_result
from .errors import readable
from .leniency import LeniencyResult, leniency_result
from .results import CheckResult, plain


@dataclass(frozen=True, slots=True)
class ReceiptResult:
    """A stored receipt."""

    id: str
    hash: str
    previous_hash: str
    chain: str
    number: int
    issued_at: datetime
    canonical_json: str
    answer: CheckResult | None
    """None for the receipt of another question than a credit check."""
    leniency: LeniencyResult | None = None
    """The answer to a leniency question, without suggestions."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        result: dict[str, Any] = plain(asdict(self))
        return result | {"leniency": self.leniency.to_dict() if self.leniency else None}


@readable
def receipt_result(answer: credit_check_pb2.GetReceiptResponse) -> ReceiptResult:
    """From the proto."""
    return ReceiptResult(
        id=answer.id,
        hash=answer.hash,
        previous_hash=answer.previous_hash,
        chain=answer.chain,
        number=answer.number,
        issued_at=datetime.fromisoformat(answer.issued_at),
        canonical_json=answer.canonical_json,
        answer=check_result(answer.answer) if answer.HasField("answer") else None,
        leniency=leniency_result(answer.leniency) if answer.HasField("leniency") else None,
    )
