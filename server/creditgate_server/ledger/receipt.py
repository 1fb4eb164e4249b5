"""A receipt: the sealed record of a question, what was known, and the decision.

The payload is hashed and chained. It holds commitments to question and decision, not these themselves: they stand
beside it, each with its salt, and can be erased where the law asks for it, without a gap in the chain.
"""

from __future__ import annotations

import os
from base64 import b32encode
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from ..clock import rfc3339
from .hashing import SALT_BYTES, Algorithm, Hash, hash_of
from .trace import SPAN_BYTES, TRACE_BYTES, TraceParent

FORMAT = 4
"""Version of the receipt's layout. From 4 on decisions are held without words (`decision.held`)."""
BESIDE = 3
"""From then on question and decision stand beside the payload; before, in it."""

_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_ID_DIGITS = 26
"""Of five bits each."""
_ID_BYTES, _ID_PART_BYTES = 20, 10
_SALTS = 2 * SALT_BYTES

_instant = lru_cache(1)(rfc3339)
"""Receipts of one batch have the same."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be receipted. `question` and `decision` are canonical JSON."""

    caller: str
    request_id: str | None
    body_digest: str
    """SHA-256 of the question as asked: tells a retry from another question under the same id."""
    kind: str
    """Code of a kind of question; outcome or erasure for a receipt about a receipt."""
    organ: str
    item: str
    case_number: str
    subjects: int = 0
    """How many subjects the question has."""
    answer: str = ""
    """Code of what it comes to, for example "measures" or "may_be_exempt"."""
    about: str = ""
    """Id of the receipt that it is about."""
    rule_set: str
    activation: int = 0
    """Number of the activation under which it was decided."""
    decided_at: str = ""
    """Instant at which the rule set was in force for this decision, RFC 3339 in UTC."""
    question: bytes
    decision: bytes
    trace: TraceParent | None = None
    """Trace context of the call."""
    needs_outcome: bool = False
    """Somebody has to report what was done about it."""
    case_key: str = ""
    """Tells receipts of one case, whose reports stand for each other; empty: nothing else does."""
    erases: tuple[str, ...] = ()
    """Parts of the receipt it is about that are erased in the same transaction: question, decision."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt that is durable: the row of the store, column by column."""

    id: str
    kind: str
    caller: str
    request_id: str | None
    body_digest: str
    """Empty once the question was erased."""
    organ: str
    item: str
    case_number: str
    answer: str
    about: str
    rule_set: str
    activation: int
    decided_at: str
    chain: str
    number: int
    """Place in the chain, from 1."""
    previous_hash: str
    hash: str
    issued_at: str
    """RFC 3339, UTC."""
    payload: bytes
    """Canonical JSON (RFC 8785); the hash is its own."""
    question: bytes | None = None
    """None once erased, and up to format 2: read it by `contents`."""
    question_salt: bytes | None = None
    decision: bytes | None = None
    decision_salt: bytes | None = None
    needs_outcome: bool = False
    case_key: str = ""
    """Both follow from question and decision: no part of the payload, and gone with these."""
    reused: bool = False
    """The request_id was answered before: this is that receipt."""


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """The payload's layout. Hashes are 64 lower-case hexadecimal digits."""

    format: int
    algorithm: str = Algorithm.SHA256
    """Of the receipt's hash and of all commitments."""
    id: str
    kind: str
    caller: str
    request_id: str | None
    body_digest: str
    """Commitment to the body's digest, with the question's salt: the question can't be guessed by it once erased. Up to
    format 2 the digest itself."""
    organ: str = ""
    item: str = ""
    case_number: str = ""
    subjects: int = 0
    answer: str = ""
    about: str = ""
    chain: str
    number: int
    previous_hash: str
    issued_at: str
    rule_set: str
    activation: int = 0
    decided_at: str = ""
    environment: str = ""
    """Digest of the environment in which it was decided."""
    trace_id: str = ""
    """W3C trace context: the caller's trace, or one of its own; 32 hexadecimal digits."""
    span_id: str = ""
    """Of this decision; 16 hexadecimal digits."""
    parent_span_id: str = ""
    """Of the caller; empty where it gave none."""
    question: str = ""
    """Commitment to the question's canonical JSON. Empty up to format 2."""
    decision: str = ""
    """Likewise."""


class ReceiptSalt(NamedTuple):
    """What chance adds to a receipt."""

    question_salt: bytes
    decision_salt: bytes
    trace_id: str
    span_id: str
    id_part: bytes


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """Question and decision, canonical JSON; None once erased."""

    question: bytes | None
    decision: bytes | None


class _Format(msgspec.Struct, frozen=True):
    format: int


class _Hashed(msgspec.Struct, frozen=True):
    algorithm: str = Algorithm.SHA256


class _Inside(msgspec.Struct, frozen=True):
    """Where question and decision stood up to format 2."""

    question: msgspec.Raw
    decision: msgspec.Raw


def new_id(now: datetime, part: bytes | None = None) -> str:
    """`r-` and 26 characters that sort by time and can't be guessed. `part`: ten bytes of chance, if drawn."""
    part = part or os.urandom(_ID_PART_BYTES)
    moment = int(now.timestamp() * 1000).to_bytes(_ID_BYTES - _ID_PART_BYTES, "big")
    return "r-" + b32encode(moment + part).translate(_CROCKFORD)[-_ID_DIGITS:].decode()


def draw(count: int) -> list[ReceiptSalt]:
    """For so many receipts, by one call of the system."""
    each = _SALTS + TRACE_BYTES + SPAN_BYTES + _ID_PART_BYTES
    bytes_ = os.urandom(count * each)
    return [_drawn(bytes_[start : start + each]) for start in range(0, len(bytes_), each)]


def _drawn(part: bytes) -> ReceiptSalt:
    salts, trace, id_part = part[:_SALTS], part[_SALTS:-_ID_PART_BYTES].hex(), part[-_ID_PART_BYTES:]
    return ReceiptSalt(
        salts[:SALT_BYTES], salts[SALT_BYTES:], trace[: 2 * TRACE_BYTES], trace[2 * TRACE_BYTES :], id_part
    )


def make_receipt(
    draft: Draft,
    *,
    chain: str,
    number: int,
    previous_hash: str,
    now: datetime,
    drawn: ReceiptSalt | None = None,
    algorithm: str = Algorithm.SHA256,
    environment: str = "",
) -> Receipt:
    """The receipt at a place of a chain. `drawn`: for this receipt alone. `environment`: its digest."""
    hashed = hash_of(algorithm)
    question_salt, decision_salt, trace_id, span_id, id_part = drawn or draw(1)[0]
    trace = draft.trace
    payload = Payload(
        format=FORMAT,
        algorithm=algorithm,
        id=new_id(now, id_part),
        kind=draft.kind,
        caller=draft.caller,
        request_id=draft.request_id,
        body_digest=hashed(question_salt + draft.body_digest.encode()),
        organ=draft.organ,
        item=draft.item,
        case_number=draft.case_number,
        subjects=draft.subjects,
        answer=draft.answer,
        about=draft.about,
        chain=chain,
        number=number,
        previous_hash=previous_hash,
        issued_at=_instant(now),
        rule_set=draft.rule_set,
        activation=draft.activation,
        decided_at=draft.decided_at,
        environment=environment,
        trace_id=trace_id if trace is None else trace.trace_id,
        span_id=span_id,
        parent_span_id="" if trace is None else trace.span_id,
        question=hashed(question_salt + draft.question),
        decision=hashed(decision_salt + draft.decision),
    )
    encoded = msgspec.json.encode(payload, order="sorted")
    return Receipt(
        id=payload.id,
        kind=draft.kind,
        caller=draft.caller,
        request_id=draft.request_id,
        body_digest=draft.body_digest,
        organ=draft.organ,
        item=draft.item,
        case_number=draft.case_number,
        answer=draft.answer,
        about=draft.about,
        rule_set=draft.rule_set,
        activation=draft.activation,
        decided_at=draft.decided_at,
        chain=chain,
        number=number,
        previous_hash=previous_hash,
        hash=hashed(encoded),
        issued_at=payload.issued_at,
        payload=encoded,
        question=draft.question,
        question_salt=question_salt,
        decision=draft.decision,
        decision_salt=decision_salt,
        needs_outcome=draft.needs_outcome,
        case_key=draft.case_key,
    )


def open_payload(payload: bytes) -> Payload:
    """The parts of a stored payload. Raises msgspec.MsgspecError."""
    if msgspec.json.decode(payload, type=_Format).format >= BESIDE:
        return msgspec.json.decode(payload, type=Payload)
    members: dict[str, object] = msgspec.json.decode(payload)
    members |= {"question": "", "decision": ""}
    return msgspec.convert(members, Payload)


def contents(receipt: Receipt) -> Contents:
    """Question and decision of a receipt of any format. Raises msgspec.MsgspecError."""
    if receipt.question is None and receipt.decision is None:
        return contents_of(receipt.payload, None, None)
    return Contents(question=receipt.question, decision=receipt.decision)


def contents_of(payload: bytes, question: bytes | None, decision: bytes | None) -> Contents:
    """The same from the three columns. Raises msgspec.MsgspecError."""
    if question is None and decision is None and msgspec.json.decode(payload, type=_Format).format < BESIDE:
        inside = msgspec.json.decode(payload, type=_Inside)
        return Contents(question=bytes(inside.question), decision=bytes(inside.decision))
    return Contents(question=question, decision=decision)


def algorithm_of(receipt: Receipt) -> str:
    """By which hash a receipt is sealed. Raises msgspec.MsgspecError."""
    return _hashed(receipt.payload).algorithm


def digest_of(receipt: Receipt) -> str:
    """The receipt's hash with its algorithm: `sha256:` or `sm3:` and 64 lower-case hexadecimal digits."""
    return f"{algorithm_of(receipt)}:{receipt.hash}"


_hashed = msgspec.json.Decoder(_Hashed).decode


def hash_of_payload(payload: bytes) -> str:
    """The hash that its receipt must have. Raises msgspec.MsgspecError, SetupFault."""
    return _hash_for(open_payload(payload))(payload)


def unkept_promises(receipt: Receipt) -> tuple[str, ...]:
    """Which of question, decision and body_digest are there and are not what the payload commits to.

    Raises msgspec.MsgspecError, SetupFault.
    """
    payload = open_payload(receipt.payload)
    if payload.format < BESIDE:
        return () if receipt.body_digest == payload.body_digest else ("body_digest",)
    hashed = _hash_for(payload)
    parts = (
        ("question", receipt.question_salt, receipt.question, payload.question),
        ("decision", receipt.decision_salt, receipt.decision, payload.decision),
        ("body_digest", receipt.question_salt, receipt.body_digest.encode() or None, payload.body_digest),
    )
    return tuple(
        name
        for name, salt, content, commitment in parts
        if (salt is not None or content is not None) and hashed((salt or b"") + (content or b"")) != commitment
    )


def _hash_for(payload: Payload) -> Hash:
    return hash_of(payload.algorithm)
