"""Columns that are in no payload, because they follow from question and decision: worked out again and compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ...decision.outcome.values import OUTCOME
from ...judging.kinds import KINDS
from ..receipt import BESIDE, Contents, contents_of
from .findings import Finding, What
from .payloads import Sealed, named

CaseKeyOf = Callable[[str], str | None]
"""The case key that stands beside another receipt; None where it can't be known."""


def derived_fault(row: Any, payload: Sealed, case_key_of: CaseKeyOf) -> Finding | None:  # noqa: ANN401 - a row
    """The first column that does not follow from the contents. Of what was erased nothing follows any more."""
    if payload.format < BESIDE and not row.needs_outcome and not row.case_key:
        return None  # from before there were these columns
    inside = contents_of(bytes(row.payload), row.question, row.decision)
    for name, expected, found in (
        ("needs_outcome", _needs_outcome(row.kind, inside), bool(row.needs_outcome)),
        ("case_key", _case_key(row, inside, case_key_of), row.case_key),
    ):
        if expected is not None and expected != found:
            return named(row, What.COLUMN, place=name, expected=str(expected), found=str(found))
    return None


def _needs_outcome(kind: str, inside: Contents) -> bool | None:
    row = KINDS.get(kind)
    if row is None or row.reporting is None:
        return False
    if inside.question is None or inside.decision is None:
        return None
    try:
        return row.reporting.needed(row.read_question(inside.question), row.read_brief(inside.decision))
    except msgspec.MsgspecError:
        return False


def _case_key(row: Any, inside: Contents, case_key_of: CaseKeyOf) -> str | None:  # noqa: ANN401
    kind = KINDS.get(row.kind)
    if row.kind != OUTCOME and (kind is None or kind.reporting is None or kind.reporting.case is None):
        return ""
    if inside.question is None:
        return None
    if kind is None:
        return case_key_of(row.about)
    try:
        return kind.case_key(kind.read_question(inside.question))
    except msgspec.MsgspecError:
        return ""
