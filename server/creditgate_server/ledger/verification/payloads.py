"""A row against its own payload: hash, plain columns, contents. Pure.

Columns that are in no payload follow from question and decision: they are worked out again and compared.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgspec

from ...decision.outcome.values import OUTCOME, RETRACTED
from ...judging.kinds import KINDS
from ..hashing import Algorithm, hash_of
from ..receipt import BESIDE, Contents, contents_of
from .findings import Finding, What

_COLUMNS = (
    "id",
    "kind",
    "caller",
    "request_id",
    "organ",
    "item",
    "case_number",
    "answer",
    "about",
    "rule_set",
    "activation",
    "decided_at",
    "chain",
    "number",
    "previous_hash",
    "issued_at",
)
"""Columns that say what the payload says."""

_ALGORITHMS = frozenset(Algorithm)
_NOTHING = msgspec.Raw(b'""')


class SealedPayload(msgspec.Struct, frozen=True, kw_only=True):
    """A payload of any format."""

    format: int
    algorithm: str = "sha256"
    id: str
    kind: str
    caller: str
    request_id: str | None
    body_digest: str
    organ: str = ""
    item: str = ""
    case_number: str = ""
    answer: str = ""
    about: str = ""
    rule_set: str
    activation: int = 0
    decided_at: str = ""
    chain: str
    number: int
    previous_hash: str
    issued_at: str
    question: msgspec.Raw = _NOTHING
    """A commitment; up to format 2 the question itself."""
    decision: msgspec.Raw = _NOTHING

    def hash_of(self, content: bytes) -> str:
        """Hash as the payload wants it; empty where no such algorithm is. Raises SetupFault: not on this machine."""
        return hash_of(self.algorithm)(content) if self.algorithm in _ALGORITHMS else ""


class _Inside(msgspec.Struct, frozen=True):
    """Of a question that stands in its payload, or a report: what is a column too."""

    organ: str | None = None
    item: str | None = None
    exemption: str | None = None
    case_number: str | None = None
    about: str = ""
    result: str = RETRACTED


class _Decided(msgspec.Struct, frozen=True):
    """The same of a decision."""

    outcome: str = ""
    leniency: str = ""


_read_sealed = msgspec.json.Decoder(SealedPayload).decode
_read_inside = msgspec.json.Decoder(_Inside).decode
_read_decided = msgspec.json.Decoder(_Decided).decode
_read_text = msgspec.json.Decoder(str).decode
_columns_of: Callable[[Any], tuple[Any, ...]] = attrgetter(*_COLUMNS)


def sealed(payload: bytes) -> SealedPayload | None:
    """What a payload says; None where it is none."""
    try:
        return _read_sealed(payload)
    except msgspec.MsgspecError:
        return None


def column_fault(row: Any, payload: SealedPayload) -> Finding | None:  # noqa: ANN401 - a row of the table of receipts
    """The first plain column that does not say what the payload says."""
    if payload.format < BESIDE:
        payload = _with_inside(payload, row)
    expected, found = _columns_of(payload), _columns_of(row)
    if expected == found:
        return None
    for name, wanted, there in zip(_COLUMNS, expected, found, strict=True):
        if wanted != there:
            return named(row, What.COLUMN, place=name, expected=_shown(wanted), found=_shown(there))
    return None


def content_fault(row: Any, payload: SealedPayload, erased: Callable[[str, str], bool]) -> Finding | None:  # noqa: ANN401
    """The first part that is not what the payload commits to. `erased`: whether a part of a receipt was, by law."""
    if payload.format < BESIDE:
        return _inside_fault(row, payload)
    hashed = payload.hash_of
    for name in ("question", "decision"):
        content, salt = getattr(row, name), getattr(row, f"{name}_salt")
        commitment = _text(getattr(payload, name))
        if content is None and salt is None:
            if not erased(row.id, name):
                return named(row, What.CONTENT_MISSING, place=name, expected=commitment)
        elif content is None or salt is None:
            return named(row, What.CONTENT_MISSING, place=name, expected=commitment)
        else:
            there = hashed(bytes(salt) + bytes(content))
            if there != commitment:
                return named(row, What.CONTENT, place=name, expected=commitment, found=there)
    salt = row.question_salt
    if salt is None:
        return named(row, What.COLUMN, place="body_digest", found=row.body_digest) if row.body_digest else None
    there = hashed(bytes(salt) + str(row.body_digest).encode("utf-8", "backslashreplace"))
    if there != payload.body_digest:
        return named(row, What.COLUMN, place="body_digest", expected=payload.body_digest, found=there)
    return None


def named(row: Any, what: What, **more: Any) -> Finding:  # noqa: ANN401
    """A finding about a row."""
    leaf_index = getattr(row, "leaf_index", None)
    return Finding(what=what, receipt=row.id, chain=row.chain, number=row.number, leaf_index=leaf_index, **more)


def _inside_fault(row: Any, payload: SealedPayload) -> Finding | None:  # noqa: ANN401
    """Up to format 2 the contents stand in the payload, and nowhere else."""
    for name in ("question", "question_salt", "decision", "decision_salt"):
        there = getattr(row, name)
        if there is not None:
            return named(row, What.CONTENT, place=name.removesuffix("_salt"), found=bytes(there)[:16].hex())
    if row.body_digest != payload.body_digest:
        more = {"expected": payload.body_digest, "found": row.body_digest}
        return named(row, What.COLUMN, place="body_digest", **more)
    return None


def _with_inside(payload: SealedPayload, row: Any) -> SealedPayload:  # noqa: ANN401
    """What the columns should say, as far as the contents tell.

    A report does not tell organ, item and case: they are those of the receipt that it is about. Receipts from before
    there were columns for the answer have none.
    """
    try:
        inside, decided = _read_inside(payload.question), _read_decided(payload.decision)
    except msgspec.MsgspecError:
        return payload
    if payload.kind == OUTCOME:
        return msgspec.structs.replace(
            payload,
            organ=row.organ,
            item=row.item,
            case_number=row.case_number,
            answer=inside.result,
            about=inside.about,
        )
    return msgspec.structs.replace(
        payload,
        organ=inside.organ or "",
        item=inside.item if inside.item is not None else inside.exemption or "",
        case_number=inside.case_number or "",
        answer=(decided.outcome or decided.leniency) if row.answer else "",
    )


def _text(raw: msgspec.Raw) -> str:
    try:
        return _read_text(raw)
    except msgspec.MsgspecError:
        return ""


def _shown(value: object) -> str:
    return "(无)" if value is None else str(value)


CaseKeyOf = Callable[[str], str | None]
"""The case key that stands beside another receipt; None where it can't be known."""


def derived_fault(row: Any, payload: SealedPayload, case_key_of: CaseKeyOf) -> Finding | None:  # noqa: ANN401 - a row
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
