"""Between the service's values and the ledger's: drafts of receipts, and what a stored receipt holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from creditgate.v1 import common_pb2, explanation_pb2, receipts_pb2

from ..decision.parts import Judgement, canonical
from ..errors import Erased
from ..judging.kinds import KINDS, Asked, Decided, Kind, kind_of
from ..ledger import trace
from ..ledger.erasing import Erasure, Part
from ..ledger.exported import exported
from ..ledger.receipt import Draft, Receipt, algorithm_of, contents, digest_of
from ..rulebook.catalogue import Catalogue
from .callers import Caller
from .in_force import RulesAtHand
from .kept import IdentityCache
from .pack import ANSWERS, Packer
from .unpack import Request
from .wire import Shape, Wire, numbers, put_instant

_held = IdentityCache()
_PARTS = numbers(Part, receipts_pb2.ReceiptPart.DESCRIPTOR)
_PREFIX = "RECEIPT_KIND_"
KIND_NUMBERS = {
    value.name.removeprefix(_PREFIX).lower(): value.number
    for value in explanation_pb2.ReceiptKind.DESCRIPTOR.values[1:]
}
"""The contract's number of each kind of receipt."""

SHAPES = (
    Shape(
        Receipt,
        receipts_pb2.ReceiptSummary,
        named={"receipt_id": "id", "outcome": "answer", "about_receipt_id": "about"},
        made={
            "kind": lambda receipt, _: KIND_NUMBERS[receipt.kind],
            "digest": lambda receipt, _: digest_of(receipt),
        },
    ),
    Shape(
        Receipt,
        receipts_pb2.Receipt,
        made={
            "summary": lambda receipt, _: pack_summary(receipt),
            "canonical_json": lambda receipt, _: exported(receipt),
            "previous_digest": lambda receipt, _: f"{algorithm_of(receipt)}:{receipt.previous_hash}",
        },
        later=("erased", *(sent.on_receipt for sent in ANSWERS.values() if sent.on_receipt)),
    ),
)
WIRE = Wire(SHAPES)


def pack_summary(receipt: Receipt) -> receipts_pb2.ReceiptSummary:
    """A stored receipt in short."""
    return WIRE.pack(receipts_pb2.ReceiptSummary, receipt)


def draft(caller: Caller, rules: RulesAtHand, request: Request[Any], decision: Judgement) -> Draft:
    """What is to be receipted of a question of any kind."""
    question = request.question
    kind = kind_of(question)
    return Draft(
        caller=caller.name,
        request_id=request.request_id or None,
        body_digest=request.body,
        kind=kind.code,
        organ=question.organ,
        item=kind.item(question),
        case_number=kind.case_number(question),
        subjects=len(kind.subjects(question)),
        rule_set=decision.rule_set,
        activation=rules.serving.activation,
        decided_at=rules.instant(),
        trace=trace.current.get(),
        question=canonical(question),
        decision=kind.hold(decision) if kind.essence is None else _held.made(decision, kind.hold),
        answer=kind.answer(decision),
        needs_outcome=kind.needs_outcome(question, decision),
        case_key=kind.case_key(question),
    )


def stored_question(kind: Kind[Asked, Any], receipt: Receipt) -> Asked:
    """The question of a receipt of a kind. Raises Erased."""
    return kind.read_question(_there(contents(receipt).question, receipt, "申请"))


def stored_decision(kind: Kind[Any, Decided], receipt: Receipt, catalogue: Catalogue | None) -> Decided:
    """The decision of a receipt of a kind, with the words of its rule set's catalogue, or codes. Raises Erased."""
    return kind.read_decision(_there(contents(receipt).decision, receipt, "结论"), catalogue)


def _there(content: bytes | None, receipt: Receipt, called: str) -> bytes:
    if content is None:
        raise Erased(f"回执 {receipt.id} 的{called}内容已依法删除", "用 GetReceipt 查看删除的日期和依据")
    return content


def add_stamp(answer: Any, receipt: Receipt) -> None:  # noqa: ANN401 - the answer to a question of any kind
    """Add where the answer's receipt is, and under which activation it was decided."""
    stamp(answer.receipt, receipt)
    answer.activation = receipt.activation
    put_instant(answer.decided_at, receipt.decided_at)


def stamp(target: common_pb2.ReceiptStamp, receipt: Receipt) -> None:
    """Where a receipt is."""
    target.receipt_id = receipt.id
    target.digest = digest_of(receipt)
    put_instant(target.issued_at, receipt.issued_at)


def stamp_bytes(kind: Kind[Any, Any], receipt: Receipt) -> bytes:
    """The stamp in a response of a kind, to follow the response's bytes."""
    response: Any = ANSWERS[kind.code].response
    stamped = response()
    add_stamp(stamped.answer, receipt)
    sent: bytes = stamped.SerializeToString()
    return sent


def pack_receipt(receipt: Receipt, packer: Packer, erasures: Sequence[Erasure] = ()) -> receipts_pb2.Receipt:
    """A stored receipt, with the answer as it was given; of another kind of receipt, and once erased, without one."""
    packed = WIRE.pack(receipts_pb2.Receipt, receipt)
    for erasure in erasures:
        for part in erasure.parts:
            packed.erased.add(
                part=_PARTS[part], erased_on=erasure.day.isoformat(), ground=erasure.ground, receipt_id=erasure.receipt
            )
    field = ANSWERS[receipt.kind].on_receipt if receipt.kind in ANSWERS else ""
    if field and contents(receipt).decision is not None:
        kind = KINDS[receipt.kind]
        answer = packer.answer(kind, stored_decision(kind, receipt, packer.catalogue))
        add_stamp(answer, receipt)
        getattr(packed, field).CopyFrom(answer)
    return packed
