"""Canonical JSON (RFC 8785) of any value: for everything that leaves the ledger to be checked elsewhere.

Receipts are written by `decision.outcome.canonical`, which is faster and gives the same bytes for the values that
receipts are made of: text, whole numbers within plus and minus 2**53, days, and objects with ASCII names. It would not
for fractions, nor for names beyond the basic plane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import rfc8785

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


def canonical_json(value: Json) -> bytes:
    """The bytes. Raises ValueError for what has none: NaN, a whole number beyond a double, half a surrogate pair."""
    return rfc8785.dumps(value)
