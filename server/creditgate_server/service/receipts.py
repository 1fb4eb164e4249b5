"""Between the service's values and the ledger's: drafts of receipts, and what a stored receipt holds."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from creditgate.v1 import credit_check_pb2, leniency_pb2, supervision_pb2

from ..decision.check.decision import Decision
from ..decision.check.question import Question
from ..decision.leniency.decision import LeniencyDecision
from ..decision.leniency.question import LeniencyQuestion
from ..decision.level.decision import LevelDecision
from ..decision.level.question import LevelQuestion
from ..decision.parts import canonical
from ..errors import Erased
from ..judging.kinds import CHECK, LENIENCY, LEVEL
from ..ledger import trace
from ..ledger.erased import Erasure, Part
from ..ledger.exported import exported
from ..ledger.receipt import Draft, Receipt, contents
from .callers import Caller
from .in_force import RulesAtHand
from .kept import IdentityCache
from .pack import Packer
from .unpack import Request
from .wire import Shape, Wire, numbers

_canonical = IdentityCache()
_PARTS = numbers(Part, credit_check_pb2.ReceiptPart.DESCRIPTOR)

SHAPES = (
    Shape(
        Receipt,
        credit_check_pb2.GetReceiptResponse,
        made={"canonical_json": lambda receipt, _: exported(receipt).decode()},
        later=("answer", "leniency", "erased"),
    ),
)
WIRE = Wire(SHAPES)


def check_draft(caller: Caller, taken: RulesAtHand, asked: Request[Question], decision: Decision) -> Draft:
    """What is to be receipted of a credit check."""
    question = asked.question
    return Draft(
        caller=caller.name,
        request_id=asked.request_id or None,
        body_digest=asked.body,
        kind=CHECK.code,
        organ=question.organ,
        item=question.item,
        case_number=question.case_number,
        subjects=len(question.subjects),
        rule_set=decision.rule_set,
        activation=taken.serving.activation,
        decided_at=taken.instant(),
        trace=trace.current.get(),
        question=canonical(question),
        decision=_canonical.made(decision, canonical),
        answer=decision.outcome,
        needs_outcome=CHECK.needs_outcome(question, decision),
        case_key=CHECK.case_key(question),
    )


def level_draft(caller: Caller, taken: RulesAtHand, asked: Request[LevelQuestion], decision: LevelDecision) -> Draft:
    """What is to be receipted of a level question."""
    return Draft(
        caller=caller.name,
        request_id=asked.request_id or None,
        body_digest=asked.body,
        kind=LEVEL.code,
        organ=asked.question.organ,
        item="",
        case_number="",
        subjects=1,
        answer=decision.standing.level.code,
        rule_set=decision.rule_set,
        activation=taken.serving.activation,
        decided_at=taken.instant(),
        trace=trace.current.get(),
        question=canonical(asked.question),
        decision=canonical(decision),
    )


def leniency_draft(
    caller: Caller, taken: RulesAtHand, asked: Request[LeniencyQuestion], decision: LeniencyDecision
) -> Draft:
    """What is to be receipted of a leniency question."""
    question = asked.question
    return Draft(
        caller=caller.name,
        request_id=asked.request_id or None,
        body_digest=asked.body,
        kind=LENIENCY.code,
        organ=question.organ,
        item=question.exemption,
        case_number=question.case_number,
        subjects=1,
        rule_set=decision.rule_set,
        activation=taken.serving.activation,
        decided_at=taken.instant(),
        trace=trace.current.get(),
        question=canonical(question),
        decision=canonical(decision),
        answer=decision.leniency,
        needs_outcome=LENIENCY.needs_outcome(question, decision),
    )


def stored_question(receipt: Receipt) -> Question:
    """The question of a credit check's receipt. Raises Erased."""
    return msgspec.json.decode(_question(receipt), type=Question)


def stored_leniency_question(receipt: Receipt) -> LeniencyQuestion:
    """The question of a leniency question's receipt. Raises Erased."""
    return msgspec.json.decode(_question(receipt), type=LeniencyQuestion)


def stored_decision(receipt: Receipt) -> Decision:
    """The decision of a credit check's receipt. Raises Erased."""
    return msgspec.json.decode(_decision(receipt), type=Decision)


def stored_level(receipt: Receipt) -> LevelDecision:
    """The decision of a level question's receipt. Raises Erased."""
    return msgspec.json.decode(_decision(receipt), type=LevelDecision)


def stored_leniency(receipt: Receipt) -> LeniencyDecision:
    """The decision of a leniency question's receipt. Raises Erased."""
    return msgspec.json.decode(_decision(receipt), type=LeniencyDecision)


def _question(receipt: Receipt) -> bytes:
    question = contents(receipt).question
    if question is None:
        raise Erased(f"回执 {receipt.id} 的申请内容已依法删除", "用 GetReceipt 查看删除的日期和依据")
    return question


def _decision(receipt: Receipt) -> bytes:
    decision = contents(receipt).decision
    if decision is None:
        raise Erased(f"回执 {receipt.id} 的结论内容已依法删除", "用 GetReceipt 查看删除的日期和依据")
    return decision


def add_stamp(
    answer: credit_check_pb2.CheckResponse | supervision_pb2.GetLevelResponse | leniency_pb2.EvaluateResponse,
    receipt: Receipt,
) -> None:
    """Add where the answer's receipt is, and under which activation it was decided."""
    answer.receipt.id = receipt.id
    answer.receipt.hash = receipt.hash
    answer.receipt.issued_at = receipt.issued_at
    answer.activation = receipt.activation
    answer.decided_at = receipt.decided_at


def pack_receipt(
    receipt: Receipt, packer: Packer, erasures: Sequence[Erasure] = ()
) -> credit_check_pb2.GetReceiptResponse:
    """A stored receipt, with the answer as it was given; of another kind of receipt, and once erased, without one."""
    packed = WIRE.pack(credit_check_pb2.GetReceiptResponse, receipt)
    for erasure in erasures:
        for part in erasure.parts:
            packed.erased.add(
                part=_PARTS[part], day=erasure.day.isoformat(), ground=erasure.ground, receipt_id=erasure.receipt
            )
    if contents(receipt).decision is None:
        return packed
    if receipt.kind == CHECK.code:
        packed.answer.CopyFrom(packer.check(stored_decision(receipt)))
        add_stamp(packed.answer, receipt)
    if receipt.kind == LENIENCY.code:
        packed.leniency.CopyFrom(packer.leniency(stored_leniency(receipt)))
        add_stamp(packed.leniency, receipt)
    return packed
