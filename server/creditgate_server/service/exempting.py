"""What the register of exemptions needs of a leniency receipt: the one place that reads it out of the ledger."""

from __future__ import annotations

from datetime import date

import msgspec

from ..decision.leniency.decision import LeniencyDecision
from ..errors import InvalidQuestion, WrongState
from ..exemptions.register.values import AnswerReceipt
from ..judging.kinds import LENIENCY
from ..ledger.receipt import Receipt
from ..rulebook.language import Leniency
from ..rulebook.titles import LENIENCIES
from .receipts import stored_decision, stored_question

EXEMPTS = (Leniency.NO_PENALTY_MINOR, Leniency.MAY_BE_EXEMPT, Leniency.FINE_MAY_BE_WAIVED)
"""Answers on which an exemption may be granted that the register takes down."""


class Exempting(msgspec.Struct, frozen=True, kw_only=True):
    """A leniency answer that allows an exemption."""

    receipt: AnswerReceipt
    list: str
    """Exemption list on which it rests; empty: on the law alone."""
    day: date
    """Legal day of the answer."""


def exempting(receipt: Receipt) -> Exempting:
    """What a receipt allows. Raises InvalidQuestion for another kind, WrongState where it allows none, Erased."""
    if receipt.kind != LENIENCY.code:
        raise InvalidQuestion("这份回执不是免罚判断的回执", "先作免罚判断, 用它的回执登记", "receipt_id")
    question, decision = stored_question(LENIENCY, receipt), stored_decision(LENIENCY, receipt, None)
    if decision.leniency not in EXEMPTS:
        raise WrongState(
            f"这份回执的结论不是免罚: {LENIENCIES[decision.leniency]}",
            "事实有变的, 重新判断, 用新的回执登记",
            "receipt_id",
        )
    return Exempting(
        receipt=AnswerReceipt(
            id=receipt.id,
            kind=receipt.kind,
            organ=receipt.organ,
            subject=question.subject.identifier,
            exemption=decision.exemption,
        ),
        list=_list_of(decision),
        day=decision.day,
    )


def _list_of(decision: LeniencyDecision) -> str:
    """The list of the first rule that decided and is a list's."""
    for ground in decision.grounds:
        if ground.rule in decision.decided_by and ground.list:
            return ground.list
    return ""
