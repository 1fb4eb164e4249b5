"""The entries nearest to an act that someone describes freely: for acts that are on no list, or not found on one."""

from __future__ import annotations

from .filters import ANY, EntryFilters
from .index import SearchHit, SearchIndex

LONGEST_DESCRIPTION = 1_000
"""Characters, inclusive."""
MOST = 3
"""Entries suggested."""
ENOUGH = 3.0
"""An entry is near where as much speaks for it as this many words that it alone has in its title."""
BESIDE_THE_BEST = 0.5
"""And at least this share of what speaks for the nearest."""


def nearest(index: SearchIndex, description: str, filters: EntryFilters = ANY) -> tuple[SearchHit, ...]:
    """The nearest entries, at most three, the nearest first; none where nothing is near.

    Raises `InvalidQuestion` for a description that is empty, too long or without a word.
    """
    asked = index.read(description, LONGEST_DESCRIPTION, "description")
    found = sorted(index.found(asked, filters), key=lambda one: -one.score)
    floor = max(ENOUGH * index.rarest, BESIDE_THE_BEST * found[0].score if found else 0)
    near = [one for one in found if one.score >= floor]
    return tuple(index.hit(one, asked, filters) for one in near[:MOST])
