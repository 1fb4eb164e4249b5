"""Between the service's values and the ledger's: drafts of receipts, and what a stored receipt holds."""

from __future__ import annotations

import msgspec

from creditgate.v1 import credit_check_pb2, leniency_pb2, supervision_pb2

from ..decision.leniency import LeniencyDecision
from ..decision.outcome import Decision, LevelDecision, canonical
from ..decision.question import Question
from ..ledger.receipt import Draft, Payload, Receipt, open_payload
from ..outcomes.answered import case_key, leniency_needs_outcome, needs_outcome
from .callers import Caller
from .in_force import Taken
from .kept import Kept
from .pack import Packer
from .pack_leniency import pack_leniency
from .unpack import Asked, LevelAsked
from .unpack_leniency import LeniencyAsked

CHECK = "check"
LEVEL = "level"
LENIENCY = "leniency"


_canonical = Kept()


def check_draft(caller: Caller, taken: Taken, asked: Asked, decision: Decision) -> Draft:
    """What is to be receipted of a credit check."""
    question = asked.question
    return Draft(
        caller=caller.name,
        request_id=asked.request_id or None,
        body_digest=asked.body,
        kind=CHECK,
        organ=question.organ,
        item=question.item,
        case_number=question.case_number,
        rule_set=decision.rule_set,
        activation=taken.serving.activation,
        decided_at=taken.instant(),
        question=canonical(question),
        decision=_canonical.made(decision, canonical),
        answer=decision.outcome,
        needs_outcome=needs_outcome(question, decision),
        case_key=case_key(question),
    )


def level_draft(caller: Caller, taken: Taken, asked: LevelAsked, decision: LevelDecision) -> Draft:
    """What is to be receipted of a level question."""
    return Draft(
        caller=caller.name,
        request_id=asked.request_id or None,
        body_digest=asked.body,
        kind=LEVEL,
        organ=asked.question.organ,
        item="",
        case_number="",
        rule_set=decision.rule_set,
        activation=taken.serving.activation,
        decided_at=taken.instant(),
        question=canonical(asked.question),
        decision=canonical(decision),
    )


def leniency_draft(caller: Caller, taken: Taken, asked: LeniencyAsked, decision: LeniencyDecision) -> Draft:
    """What is to be receipted of a leniency question."""
    question = asked.question
    return Draft(
        caller=caller.name,
        request_id=asked.request_id or None,
        body_digest=asked.body,
        kind=LENIENCY,
        organ=question.organ,
        item=question.exemption,
        case_number=question.case_number,
        rule_set=decision.rule_set,
        activation=taken.serving.activation,
        decided_at=taken.instant(),
        question=canonical(question),
        decision=canonical(decision),
        answer=decision.leniency,
        needs_outcome=leniency_needs_outcome(question, decision),
    )


def stored_question(payload: Payload) -> Question:
    """The question of a credit check's receipt."""
    return msgspec.json.decode(payload.question, type=Question)


def stored_decision(payload: Payload) -> Decision:
    """The decision of a credit check's receipt."""
    return msgspec.json.decode(payload.decision, type=Decision)


def stored_level(payload: Payload) -> LevelDecision:
    """The decision of a level question's receipt."""
    return msgspec.json.decode(payload.decision, type=LevelDecision)


def stored_leniency(payload: Payload) -> LeniencyDecision:
    """The decision of a leniency question's receipt."""
    return msgspec.json.decode(payload.decision, type=LeniencyDecision)


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


def pack_receipt(receipt: Receipt, packer: Packer) -> credit_check_pb2.GetReceiptResponse:
    """A stored receipt, with the answer as it was given; a level question's has none."""
    packed = credit_check_pb2.GetReceiptResponse(
        id=receipt.id,
        hash=receipt.hash,
        previous_hash=receipt.previous_hash,
        chain=receipt.chain,
        number=receipt.number,
        canonical_json=receipt.payload.decode(),
        issued_at=receipt.issued_at,
    )
    if receipt.kind == CHECK:
        packed.answer.CopyFrom(packer.check(stored_decision(open_payload(receipt.payload))))
        add_stamp(packed.answer, receipt)
    if receipt.kind == LENIENCY:
        packed.leniency.CopyFrom(pack_leniency(stored_leniency(open_payload(receipt.payload)), packer))
        add_stamp(packed.leniency, receipt)
    return packed
