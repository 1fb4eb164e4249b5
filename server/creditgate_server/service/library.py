"""Packers of the rule sets that answers rest on: the active one, and those of stored receipts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from ..rulebook.bundle import RuleSet
from .pack import Packer

MOST_PAST = 8
"""Packers of other rule sets kept; the least recently used goes first."""


class Packers:
    """Packers by the digest of their rule set."""

    def __init__(self, rule_set: RuleSet, stored: Callable[[str], RuleSet]) -> None:
        """`stored` reads another rule set from the store, by digest; raises GateError."""
        self.active = Packer(rule_set.catalogue)
        self._digest = rule_set.digest
        self._stored = stored
        self._past: OrderedDict[str, Packer] = OrderedDict()

    def of(self, digest: str) -> Packer:
        """The packer of a rule set. Reads the store where the rule set is not at hand."""
        if digest == self._digest:
            return self.active
        packer = self._past.get(digest)
        if packer is None:
            packer = self._past[digest] = Packer(self._stored(digest).catalogue)
            if len(self._past) > MOST_PAST:
                self._past.popitem(last=False)
        else:
            self._past.move_to_end(digest)
        return packer
