"""Which of several citations speak on a day: an act is punishable by one law until it ends, and then by the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .catalogue import Catalogue, Citation


def cited_on(catalogue: Catalogue, citations: Iterable[Citation], day: date) -> tuple[Citation, ...]:
    """Those whose instruments are in force on a day, in order; where none of them is, all."""
    told = tuple(citations)
    in_force = tuple(one for one in told if catalogue.instruments[one.instrument].effective.holds_on(day))
    return in_force or told
