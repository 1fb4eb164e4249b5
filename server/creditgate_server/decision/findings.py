"""What an evaluator says of the rules: which hold, and which may hold once something unknown is known."""

from __future__ import annotations

import msgspec


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """Rule keys of one book for one subject in one role."""

    holds: frozenset[str]
    """Hold whatever the unknown facts turn out to be."""
    open: frozenset[str]
    """May hold, and may not: unknown facts decide."""
