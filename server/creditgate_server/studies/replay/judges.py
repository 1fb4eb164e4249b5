"""Judges of several rule sets, few of them in memory at a time."""

from __future__ import annotations

from collections.abc import Callable

from ...files.recent import Recent
from ...judging.judge import Judge
from ...rulebook.bundle import RuleSet

MOST_JUDGES = 3
_PROFILES = 200
"""Profiles that one of these judges keeps: receipts of one subject often lie close together."""


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
