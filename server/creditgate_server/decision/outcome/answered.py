"""What a stored answer called for: what a report has to speak of, whatever kind of answer it was."""

from __future__ import annotations

import msgspec

from .values import Ordered, Penalty, Result


class Contrary(msgspec.Struct, frozen=True, kw_only=True):
    """What an organ may come to that departs from an answer."""

    results: tuple[Result, ...] = ()
    penalties: tuple[Penalty, ...] = ()


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer called for."""

    answer: str
    """Its code."""
    title: str
    """In Chinese."""
    measures: tuple[Ordered, ...]
    verdict: Ordered | None = None
    """The answer itself, where it speaks of a penalty and not of an approval: mandatory where it binds."""
    contrary: Contrary = Contrary()
    """Of the verdict."""

    @property
    def ordered(self) -> tuple[Ordered, ...]:
        """All of it."""
        return self.measures if self.verdict is None else (self.verdict, *self.measures)
