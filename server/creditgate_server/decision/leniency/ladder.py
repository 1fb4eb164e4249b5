"""Precedence of leniency: the lightest answer for the party that holds, unless something lighter is still open.

Rules of the law of the act and of the law of the decision stand side by side: taking the lightest is 从旧兼从轻.
Source: 行政处罚法 第三十七条.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...rulebook.language import GiveLeniency, Leniency, Rule

RANKS = tuple(rank for rank in Leniency if rank not in (Leniency.ORDINARY, Leniency.UNDETERMINED))
"""Answers that rules give, the lightest first."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Where the ladder stops."""

    leniency: Leniency
    """UNDETERMINED where rules that give something lighter than what is certain are open."""
    rules: tuple[str, ...]
    """Keys of the rules that give it; of the open ones where it is undetermined."""

    @property
    def open(self) -> bool:
        """Whether something lighter than what is certain may still hold."""
        return self.leniency is Leniency.UNDETERMINED


class PrecedenceLadder:
    """The rules that were asked, by what they give."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        by_rank: dict[Leniency, list[Rule]] = {rank: [] for rank in RANKS}
        for rule in rules:
            if isinstance(rule.then, GiveLeniency):
                by_rank[rule.then.leniency].append(rule)
        self._ranks = tuple((rank, tuple(given)) for rank, given in by_rank.items() if given)

    @property
    def ranks(self) -> tuple[tuple[Rule, ...], ...]:
        """Rules that give the same, the lightest first."""
        return tuple(rules for _, rules in self._ranks)

    def stop(self, truth: Callable[[Rule], bool | None]) -> Rung:
        """The answer by the truths of the rules. None of them holding, it is the ordinary procedure."""
        waiting: list[str] = []
        for rank, rules in self._ranks:
            truths = [(rule.key, truth(rule)) for rule in rules]
            holding = tuple(key for key, holds in truths if holds)
            if holding:
                return Rung(Leniency.UNDETERMINED, tuple(waiting)) if waiting else Rung(rank, holding)
            waiting += [key for key, holds in truths if holds is None]
        return Rung(Leniency.UNDETERMINED, tuple(waiting)) if waiting else Rung(Leniency.ORDINARY, ())
