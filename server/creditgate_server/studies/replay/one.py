"""One receipt judged again: what became of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec

from ...decision.unsettled import ENGINE
from ...errors import StoreFault
from ...files.recent import Recent
from ...judging.judge import Judge
from ...judging.kinds import KINDS
from ...ledger.receipt import Receipt, contents, unkept_promises
from ...rulebook.bundle import RuleSet
from .difference import Difference, first_difference, only_reworded
from .stored import OpenedReceipt, Opener

MOST_JUDGES = 3
_PROFILES = 200
"""Profiles that one of these judges keeps: receipts of one subject often lie close together."""


class Fate(StrEnum):
    """What became of a receipt."""

    SAME = "same"
    """Byte for byte."""
    REWORDED = "reworded"
    """The same, said in other words: another release decided then."""
    DIFFERENT = "different"
    ERASED = "erased"
    """Question or decision were erased as the law asks: it can't be judged again."""
    ENGINE_FAILED = "engine_failed"
    """The engine failed when it was judged, and the answer said so: there is nothing to repeat."""
    ALTERED = "altered"
    """The contents are not those that the receipt commits to."""
    UNREADABLE = "unreadable"
    NO_RULE_SET = "no_rule_set"
    """The store has not the rule set that it names."""


GOOD = frozenset({Fate.SAME, Fate.ERASED, Fate.ENGINE_FAILED})
"""Fates that say nothing against the ledger."""


class ReceiptReplay(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt with what became of it."""

    receipt: str
    kind: str
    issued_at: str
    rule_set: str
    fate: Fate
    difference: Difference | None = None
    """Where it is different."""
    note: str = ""
    """Where it is altered, unreadable or without rule set: what of it. Where it is different: whether another program
    decided then."""


class _Open(msgspec.Struct, frozen=True):
    what: str


class _WaitsFor(msgspec.Struct, frozen=True):
    undetermined: tuple[_Open, ...] = ()
    missing: tuple[_Open, ...] = ()


class Judges:
    """By digest. The least recently used one is given back."""

    def __init__(self, load: Callable[[str], RuleSet | None]) -> None:
        """`load`: a rule set from the store; None: it is not there."""
        self._load = load
        self._judges: Recent[str, Judge] = Recent(MOST_JUDGES, Judge.close)

    def of(self, digest: str) -> Judge | None:
        """The judge by a rule set; None where the store has it not. Raises what `load` raises."""
        judge = self._judges.get(digest)
        if judge is None:
            rule_set = self._load(digest)
            if rule_set is not None:
                judge = self._judges.put(digest, Judge(rule_set, most_profiles=_PROFILES, most_decisions=0))
        return judge

    def close(self) -> None:
        """Give them all back."""
        self._judges.clear()


class Replayer:
    """Judges receipts again, one after another."""

    def __init__(self, judges: Judges) -> None:
        self._judges = judges
        self._opener = Opener()

    def replay(self, receipt: Receipt) -> ReceiptReplay:
        """What becomes of a receipt. Raises StoreDown where the store fails."""
        try:
            if altered := unkept_promises(receipt):
                return _told(receipt, Fate.ALTERED, note=altered[0])
            stored = self._opener.open(receipt.kind, contents(receipt)) if receipt.kind in KINDS else None
        except msgspec.MsgspecError as fault:
            return _told(receipt, Fate.UNREADABLE, note=str(fault))
        if stored is None:
            return _told(receipt, Fate.ERASED)
        return self._judge(receipt, stored)

    def _judge(self, receipt: Receipt, stored: OpenedReceipt) -> ReceiptReplay:
        if stored.rule_set != receipt.rule_set:
            return _told(receipt, Fate.ALTERED, note="rule_set")
        try:
            judge = self._judges.of(stored.rule_set)
        except StoreFault as fault:
            return _told(receipt, Fate.NO_RULE_SET, note=str(fault))
        if judge is None:
            return _told(receipt, Fate.NO_RULE_SET, note=stored.rule_set)
        now = stored.written(judge.judge(stored.question, stored.known, stored.feeds))
        if now == stored.decision:
            return _told(receipt, Fate.SAME)
        if _engine_failed(stored.decision):
            return _told(receipt, Fate.ENGINE_FAILED)
        fate = Fate.REWORDED if only_reworded(stored.decision, now) else Fate.DIFFERENT
        return _told(receipt, fate, difference=first_difference(stored.decision, now))


def _engine_failed(decision: bytes) -> bool:
    waits = msgspec.json.decode(decision, type=_WaitsFor)
    return any(entry.what == ENGINE for entry in (*waits.undetermined, *waits.missing))


def _told(receipt: Receipt, fate: Fate, *, difference: Difference | None = None, note: str = "") -> ReceiptReplay:
    return ReceiptReplay(
        receipt=receipt.id,
        kind=receipt.kind,
        issued_at=receipt.issued_at,
        rule_set=receipt.rule_set,
        fate=fate,
        difference=difference,
        note=note,
    )
