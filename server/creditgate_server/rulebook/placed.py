"""A value with the places of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from .language import Place
from .reader_values import Path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PlacedValue(Generic[T]):
    """A value and the places of its parts."""

    value: T
    places: Mapping[Path, Place]

    def at(self, *path: str | int) -> Place:
        """Where a part stands, or else the nearest thing around it."""
        for end in range(len(path), -1, -1):
            place = self.places.get(path[:end])
            if place:
                return place
        return Place()
