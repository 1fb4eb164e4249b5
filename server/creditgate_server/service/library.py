"""Packers of the rule sets that stored receipts rest on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from ..rulebook.bundle import RuleSet
from .pack import Packer

MOST_PAST = 8
"""Packers of other rule sets kept; the least recently used goes first."""


class Packers:
    """Packers of past rule sets, by digest."""

    def __init__(self, stored: Callable[[str], RuleSet]) -> None:
        """`stored` reads a rule set from the store, by digest; raises GateError."""
        self._stored = stored
        self._past: OrderedDict[str, Packer] = OrderedDict()

    def of(self, digest: str) -> Packer:
        """The packer of a rule set. Reads the store where the rule set is not at hand."""
        packer = self._past.get(digest)
        if packer is None:
            packer = self._past[digest] = Packer(self._stored(digest).catalogue)
            if len(self._past) > MOST_PAST:
                self._past.popitem(last=False)
        else:
            self._past.move_to_end(digest)
        return packer
