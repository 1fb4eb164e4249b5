"""Packers of the rule sets that stored receipts rest on."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..files.recent import Recent
from ..rulebook.bundle import RuleSet
from .pack import Packer

MOST_PAST = 8
"""Packers of other rule sets kept; the least recently used goes first."""


class Packers:
    """Packers of past rule sets, by digest."""

    def __init__(self, stored: Callable[[str], RuleSet]) -> None:
        """`stored` reads a rule set from the store, by digest; raises GateError."""
        self._stored = stored
        self._past: Recent[str, Packer] = Recent(MOST_PAST)
        self._lock = threading.Lock()

    def of(self, digest: str) -> Packer:
        """The packer of a rule set. Reads the store where the rule set is not at hand."""
        with self._lock:
            return self._past.made(digest, lambda: Packer(self._stored(digest).catalogue))
