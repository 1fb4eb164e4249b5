"""Columns that are in no payload, because they follow from question and decision: worked out again and compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec

from ...decision.check.decision import Decision, Outcome
from ...decision.check.question import Question
from ...decision.leniency.decision import LeniencyDecision
from ...decision.leniency.question import LeniencyQuestion
from ...decision.outcome.answered import case_key, leniency_needs_outcome, needs_outcome
from ...decision.outcome.values import CHECK, LENIENCY, OUTCOME
from ...rulebook.language import Duty, Leniency
from ..receipt import FORMAT, Contents, contents_of
from .findings import Finding, What
from .payloads import Sealed, named

CaseKeyOf = Callable[[str], str | None]
"""The case key that stands beside another receipt; None where it can't be known."""


class _Measure(msgspec.Struct, frozen=True):
    duty: Duty


class _Decision(msgspec.Struct, frozen=True):
    """What a report depends on, of a decision that holds much more."""

    outcome: Outcome
    measures: tuple[_Measure, ...]


class _LeniencyDecision(msgspec.Struct, frozen=True):
    leniency: Leniency


_read_question = msgspec.json.Decoder(Question).decode
_read_leniency_question = msgspec.json.Decoder(LeniencyQuestion).decode
_read_decision = msgspec.json.Decoder(_Decision).decode
_read_leniency = msgspec.json.Decoder(_LeniencyDecision).decode


def derived_fault(row: Any, payload: Sealed, case_key_of: CaseKeyOf) -> Finding | None:  # noqa: ANN401 - a row
    """The first column that does not follow from the contents. Of what was erased nothing follows any more."""
    if payload.format < FORMAT and not row.needs_outcome and not row.case_key:
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
    if kind not in (CHECK, LENIENCY):
        return False
    if inside.question is None or inside.decision is None:
        return None
    try:
        if kind == CHECK:
            decision = cast("Decision", _read_decision(inside.decision))
            return needs_outcome(_read_question(inside.question), decision)
        lenient = cast("LeniencyDecision", _read_leniency(inside.decision))
        return leniency_needs_outcome(_read_leniency_question(inside.question), lenient)
    except msgspec.MsgspecError:
        return False


def _case_key(row: Any, inside: Contents, case_key_of: CaseKeyOf) -> str | None:  # noqa: ANN401
    if row.kind not in (CHECK, OUTCOME):
        return ""
    if inside.question is None:
        return None
    if row.kind == OUTCOME:
        return case_key_of(row.about)
    try:
        return case_key(_read_question(inside.question))
    except msgspec.MsgspecError:
        return ""
