"""Named parameters as the conditions of one day find them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .catalogue import Parameter, ParameterValue
from .language import Place


@dataclass(slots=True)
class ParametersOnDay:
    """Parameters as a condition finds them on one day, and what it used of them."""

    table: Mapping[str, Parameter]
    broken: frozenset[str] = frozenset()
    """Parameters whose entries could not be read: their own fault is enough."""
    day: date | None = None
    """None: any day, for a first reading."""
    used: dict[str, ParameterValue] = field(default_factory=dict)
    literals: list[Place] = field(default_factory=list)
    """Where a number stands that had better be a parameter."""

    def ends(self) -> date | None:
        """The last day on which all used values are the same; None: open."""
        ends = [value.effective.until for value in self.used.values() if value.effective.until is not None]
        return min(ends, default=None)
