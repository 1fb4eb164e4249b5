"""What was made from a value is kept with it: decisions and their parts come again as the very same objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Value = TypeVar("Value")
Made = TypeVar("Made")

MOST_KEPT = 10_000
"""Values kept; beyond, all are forgotten and made again when needed."""


class IdentityCache:
    """By identity: the value is held, so that no other one can take its place.

    No `Recent`: several threads ask at once, and a hit, of which an answer has dozens, must move nothing.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[object, Any]] = {}

    def made(self, value: Value, make: Callable[[Value], Made]) -> Made:
        """What `make` makes of the value; made once."""
        kept = self._kept.get(id(value))
        if kept is None or kept[0] is not value:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[id(value)] = (value, make(value))
        result: Made = kept[1]
        return result
