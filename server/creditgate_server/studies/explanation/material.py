"""What an explanation is made of, and where it is found."""

from __future__ import annotations

import msgspec

from ...decision.outcome.values import OUTCOME
from ...errors import StoreFault, UnknownThing
from ...judging.kinds import ERASURE
from ...ledger.erased import Erasure, erasures_of
from ...ledger.lookup import find_receipt
from ...ledger.pending import told_about
from ...ledger.receipt import Contents, Receipt, contents, unkept_promises
from ...publication.rule_sets import load_rule_set
from ...rulebook.bundle import RuleSet
from ...storage.database import Store


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt with all that speaks of it."""

    receipt: Receipt
    contents: Contents
    rule_set: RuleSet | None
    """The receipt's own, never today's; None: the store has it not."""
    erasures: tuple[Erasure, ...] = ()
    told: tuple[Receipt, ...] = ()
    """Reports on it, the one that counts last."""
    altered: tuple[str, ...] = ()
    """Parts that are not what the receipt commits to."""


def material_of(store: Store, receipt_id: str) -> Material:
    """All that the store has on a receipt. Raises UnknownThing, StoreDown, StoreFault."""
    receipt = find_receipt(store, receipt_id)
    if receipt is None:
        raise UnknownThing(f"没有编号为 {receipt_id} 的回执", "请查对回执编号", "receipt")
    return gathered(store, receipt)


def gathered(store: Store, receipt: Receipt) -> Material:
    """The same of a receipt that was found. Raises StoreDown, StoreFault."""
    try:
        inside, altered = contents(receipt), unkept_promises(receipt)
    except msgspec.MsgspecError as fault:
        raise StoreFault("回执的内容读不出来", f"回执 {receipt.id}, 用 ledger verify 核查") from fault
    answers = receipt.kind not in (OUTCOME, ERASURE)
    return Material(
        receipt=receipt,
        contents=inside,
        rule_set=load_rule_set(store, receipt.rule_set),
        erasures=erasures_of(store, receipt.id),
        told=tuple(told_about(store, receipt.id)) if answers else (),
        altered=altered,
    )
