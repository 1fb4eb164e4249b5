"""What the analysis finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .subject import ExampleSubject


class RuleFindingKind(StrEnum):
    """Kinds of findings."""

    GAP = "gap"
    """A subject with no grade, or no level, though everything is known of it."""
    TWO = "two"
    """Two rows of a table with hit policy unique hold on one subject."""
    DEAD = "dead"
    """A rule that can never fire."""
    MASKED = "masked"
    """A rule that fires and never makes a difference."""
    CONTRADICTION = "contradiction"
    """An incentive and a restraint for the same cause."""
    NON_MONOTONE = "non_monotone"
    """One more record makes the result better."""
    UNDECIDED = "undecided"
    """The analysis could not tell within its time."""


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """One finding. `rules` are keys; the first one is at fault."""

    kind: RuleFindingKind
    rules: tuple[str, ...]
    message: str
    """In Chinese."""
    witness: ExampleSubject | None = None
    """None where a rule can't fire: no subject shows that."""
