"""What was reported on a receipt since: in lines, and the day from which there may be an objection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from ...decision.outcome.values import PENALTY_KINDS, REASONS, RESULTS, RETRACTED, Report, Result, Retraction
from ...ledger.receipt import Receipt, contents
from ...rulebook.words import yuan
from .values import LabelledLine
from .words import masked

AGAINST_PARTY = (Result.REFUSED, Result.GRANTED_WITH_CONDITIONS, Result.PENALISED, Result.OTHER)
"""Results that may burden a party."""


def report_lines(told: Iterable[Receipt]) -> tuple[LabelledLine, ...]:
    """Each report and withdrawal, the first one first."""
    return tuple(line for receipt in told for line in _lines(receipt))


def decision_day(told: Iterable[Receipt]) -> date | None:
    """The day of the organ's decision, by the report that counts, where it may burden the party."""
    last = None
    for receipt in told:
        last = _said(receipt)
    return last.decided_on if isinstance(last, Report) and last.result in AGAINST_PARTY else None


def said_lines(said: Report | Retraction) -> Iterator[LabelledLine]:
    """What one report or withdrawal says."""
    if isinstance(said, Retraction):
        yield LabelledLine(label="撤回以前的反馈", text=masked(said.note))
        return
    yield LabelledLine(
        label="办理结果", text=f"{RESULTS[said.result]}, {said.decided_on} 决定, 岗位: {masked(said.post)}"
    )
    if said.penalties:
        kinds = "、".join(PENALTY_KINDS[kind] for kind in said.penalties)
        yield LabelledLine(label="处罚", text=kinds + (f", 罚款 {yuan(said.fine_fen)}" if said.fine_fen else ""))
    for done in said.measures:
        why = ", ".join(part for part in (REASONS[done.reason] if done.reason else "", masked(done.words)) if part)
        yield LabelledLine(
            label=f"措施 {done.code}", text="已适用" if done.applied else f"未适用{f'({why})' if why else ''}"
        )
    if said.reason is not None or said.words:
        why = ", ".join(part for part in (REASONS[said.reason] if said.reason else "", masked(said.words)) if part)
        yield LabelledLine(label="与判断不一致的理由", text=why)
    if said.note:
        yield LabelledLine(label="说明", text=masked(said.note))


def _lines(receipt: Receipt) -> Iterator[LabelledLine]:
    said = _said(receipt)
    if said is None:
        yield LabelledLine(label=f"回执 {receipt.id}", text="反馈内容已依法删除")
        return
    yield from said_lines(said)


def _said(receipt: Receipt) -> Report | Retraction | None:
    question = contents(receipt).question
    if question is None:
        return None
    return read_said(receipt.answer, question)


def read_said(answer: str, question: bytes) -> Report | Retraction:
    """The question of a receipt of kind `outcome`. Raises msgspec.MsgspecError."""
    if answer == RETRACTED:
        return msgspec.json.decode(question, type=Retraction)
    return msgspec.json.decode(question, type=Report)
