"""A receipt's decision with its words, as one text: for whoever gets the receipt and has not the rule set.

From format 4 on a decision holds codes and values. Its words follow from these and from the rule set that the payload
names by digest: who has that rule set makes the same text again.
"""

from __future__ import annotations

import msgspec

from ...decision.parts import canonical
from ...errors import Erased, StoreFault, WrongState
from ...judging.kinds import KINDS
from ...ledger.lookup import require_receipt
from ...ledger.receipt import contents
from ...publication.rule_sets import load_rule_set
from ...storage.database import Store


class TextLayout(msgspec.Struct, frozen=True, kw_only=True):
    """The text's layout."""

    format: str = "creditgate-words/1"
    receipt: str
    hash: str
    """Of the receipt's payload."""
    rule_set: str
    """Digest; the payload names it too."""
    decision: msgspec.Raw
    """With the titles and instructions of that rule set."""


def worded(store: Store, receipt_id: str) -> bytes:
    """Canonical JSON. Raises UnknownThing, WrongState, Erased, StoreFault, StoreDown."""
    receipt = require_receipt(store, receipt_id)
    kind = KINDS.get(receipt.kind)
    if kind is None:
        raise WrongState(f"回执 {receipt_id} 不是对问题的答复, 没有要配的文字", "", "receipt")
    rule_set = load_rule_set(store, receipt.rule_set)
    if rule_set is None:
        raise StoreFault("存储中没有回执所依据的规则集", f"请查找 {receipt.rule_set}")
    held = contents(receipt).decision
    if held is None:
        raise Erased(f"回执 {receipt_id} 的结论内容已依法删除", "", "receipt")
    try:
        decision = canonical(kind.read_decision(held, rule_set.catalogue))
    except msgspec.MsgspecError as fault:
        raise StoreFault("回执的内容读不出来", f"回执 {receipt_id}, 用 ledger verify 核查") from fault
    told = TextLayout(receipt=receipt.id, hash=receipt.hash, rule_set=receipt.rule_set, decision=msgspec.Raw(decision))
    return canonical(told)
