"""Acts on rule sets: values, and the chain that they form."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from ..clock import rfc3339

NO_HASH = "0" * 64
"""What the first act names as the hash before it."""


class ActKind(StrEnum):
    """What was done."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVATED = "activated"
    ROLLED_BACK = "rolled_back"
    """An earlier set was put back into force; the act names that set."""
    RETIRED = "retired"
    """Taken out: its activations still to come are cancelled, and it can't be activated again."""
    INSTALLED = "installed"
    """Put into force from a directory by the service itself: development, and a first start."""
    REFUSED = "refused"
    """A directory's new content was not sound; the report says why. Nothing changed."""


ACTIVATING = frozenset({ActKind.ACTIVATED, ActKind.ROLLED_BACK, ActKind.INSTALLED})


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One act. Its canonical JSON is what is signed and hashed."""

    number: int
    """From 1, without gaps. For acts that put a set into force it names the activation."""
    previous: str
    """SHA-256 of the act before, hexadecimal."""
    kind: ActKind
    digest: str
    """The rule set; empty for a refusal."""
    by: str
    """Name of the person in the register of signers; the machine for acts of the service."""
    at: str
    """RFC 3339, UTC."""
    activate_at: str = ""
    """Instant asked for, RFC 3339 in UTC; empty: as soon as every worker can have heard of it."""
    note: str = ""
    report: str = ""
    """SHA-256 of the report, hexadecimal; empty where there is none."""

    def canonical(self) -> bytes:
        """Canonical JSON."""
        return msgspec.json.encode(self, order="sorted")

    def hash(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


class StoredAct(msgspec.Struct, frozen=True, kw_only=True):
    """An act as it is stored."""

    act: Act
    signature: bytes
    effective_at: str = ""
    """RFC 3339, UTC: first instant at which the set is in force; empty for acts that put none into force."""


def decode_act(canonical: bytes) -> Act:
    """An act from its canonical JSON. Raises msgspec.DecodeError and ValidationError."""
    return msgspec.json.decode(canonical, type=Act)


def instant_of(text: str) -> datetime:
    """An instant as an act says it, in UTC. Raises ValueError."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise ValueError("no offset")
        return instant.astimezone(UTC)
    except OverflowError as fault:
        raise ValueError("beyond the calendar") from fault


def effective_from(act: Act) -> str:
    """The earliest instant at which what an act puts into force may be in force, RFC 3339 in UTC. Raises ValueError.

    Not before the instant that was asked for, nor before the act itself: the clock of who signed it may be ahead.
    """
    return max(rfc3339(instant_of(text)) for text in (act.at, act.activate_at) if text)


def report_hash(report: bytes) -> str:
    """What an act names its report by; empty for none."""
    return hashlib.sha256(report).hexdigest() if report else ""
