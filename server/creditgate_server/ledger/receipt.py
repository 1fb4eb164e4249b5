"""A receipt: the canonical record of a question, what was known, and the decision."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import msgspec

from ..clock import rfc3339

FORMAT = 2
"""Version of the payload's layout."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be receipted. `question` and `decision` are canonical JSON."""

    caller: str
    request_id: str | None
    body_digest: str
    """SHA-256 of the question as asked: tells a retry from another question under the same id."""
    kind: str
    """check or level."""
    organ: str
    item: str
    case_number: str
    rule_set: str
    activation: int = 0
    """Number of the activation under which it was decided."""
    decided_at: str = ""
    """Instant at which the rule set was in force for this decision, RFC 3339 in UTC."""
    question: bytes
    decision: bytes
    answer: str = ""
    """Code of what it comes to, for example "measures"."""
    about: str = ""
    """Id of the receipt that it is about."""
    needs_outcome: bool = False
    """Somebody has to report what was done about it."""
    case_key: str = ""
    """Tells receipts of one case, whose reports stand for each other; empty: nothing else does."""


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt holds; None once erased."""

    question: bytes | None
    decision: bytes | None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt that is durable."""

    id: str
    kind: str
    caller: str
    organ: str
    chain: str
    number: int
    """Place in the chain, from 1."""
    previous_hash: str
    hash: str
    issued_at: str
    """RFC 3339, UTC."""
    activation: int = 0
    decided_at: str = ""
    payload: bytes
    """Canonical JSON (RFC 8785); its SHA-256 is the hash."""
    reused: bool = False
    """The request_id was answered before: this is that receipt."""


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """The payload's layout."""

    format: int
    id: str
    kind: str
    caller: str
    request_id: str | None
    body_digest: str
    chain: str
    number: int
    previous_hash: str
    issued_at: str
    rule_set: str
    activation: int = 0
    decided_at: str = ""
    """Both since format 2."""
    question: msgspec.Raw
    decision: msgspec.Raw


def new_id(now: datetime) -> str:
    """`r-` and 26 characters that sort by time and can't be guessed."""
    number = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
    return "r-" + "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def make_receipt(draft: Draft, *, chain: str, number: int, previous_hash: str, now: datetime) -> Receipt:
    """The receipt at a place of a chain."""
    payload = Payload(
        format=FORMAT,
        id=new_id(now),
        kind=draft.kind,
        caller=draft.caller,
        request_id=draft.request_id,
        body_digest=draft.body_digest,
        chain=chain,
        number=number,
        previous_hash=previous_hash,
        issued_at=rfc3339(now),
        rule_set=draft.rule_set,
        activation=draft.activation,
        decided_at=draft.decided_at,
        question=msgspec.Raw(draft.question),
        decision=msgspec.Raw(draft.decision),
    )
    encoded = msgspec.json.encode(payload, order="sorted")
    return Receipt(
        id=payload.id,
        kind=payload.kind,
        caller=payload.caller,
        organ=draft.organ,
        chain=chain,
        number=number,
        previous_hash=previous_hash,
        hash=digest(encoded),
        issued_at=payload.issued_at,
        activation=payload.activation,
        decided_at=payload.decided_at,
        payload=encoded,
    )


def digest(payload: bytes) -> str:
    """SHA-256, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(payload).hexdigest()


def open_payload(payload: bytes) -> Payload:
    """The parts of a stored payload."""
    return msgspec.json.decode(payload, type=Payload)


def contents(receipt: Receipt) -> Contents:
    """Question and decision of a receipt."""
    payload = open_payload(receipt.payload)
    return Contents(question=bytes(payload.question), decision=bytes(payload.decision))
