"""The supervision level: the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from .._contract import Evidence, FeedAge, ReceiptStamp, Standing, Undetermined
from ..wire import plain

DEFAULT_PURPOSE = "分级分类监管"


@dataclass(frozen=True, slots=True)
class LevelResult:
    """The answer to a level question."""

    standing: Standing
    evidence: tuple[Evidence, ...]
    undetermined: tuple[Undetermined, ...]
    feeds: tuple[FeedAge, ...]
    rule_set: str
    activation: int
    """Number of the activation by which the rule set was in force."""
    decided_at: str
    """Instant at which it was, RFC 3339 in UTC."""
    as_of: date
    receipt: ReceiptStamp

    @property
    def grade(self) -> str:
        """Empty where undetermined."""
        return self.standing.grade.code

    @property
    def level(self) -> str:
        """Empty where undetermined."""
        return self.standing.level.code

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: days and instants in ISO form."""
        return {"grade": self.grade, "level": self.level} | plain(self)
