"""Parts that decisions of every kind are made of."""

from __future__ import annotations

import hashlib
from datetime import date

import msgspec

from ..rulebook.catalogue import Citation
from ..rulebook.language import Role


class EvidenceRef(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a finding rests on."""

    source: str
    document_number: str
    kind: str
    list: str
    title: str
    organ: str
    decided_on: date
    until: date | None

    @property
    def record_id(self) -> str:
        """Names the record among those of its subject, in every answer: 32 lower-case hexadecimal digits."""
        named = msgspec.json.encode((self.source, self.kind, self.list, self.document_number))
        return hashlib.sha256(named).hexdigest()[:32]


def evidence_order(ref: EvidenceRef) -> tuple[date, str, str, str, str]:
    """The order in which evidence is shown: by day, then by what names it."""
    return (ref.decided_on, ref.kind, ref.list, ref.source, ref.document_number)


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """How and when the subject can end it."""

    repairable: bool
    condition: str
    earliest_on: date | None
    channel: str


class Unsettled(msgspec.Struct, frozen=True, kw_only=True):
    """Something not known that a rule waits for."""

    subject: int
    what: str
    """Fact name, `feed:CODE`, `record:NUMBER[:FIELD]`, `relation:KIND:OTHER`, `role:ROLE`, `subject` or `engine`."""
    label: str
    supplier: str
    reason: str
    rules: tuple[str, ...]


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """A grade or level with the rule that gave it; empty code where it could not be settled."""

    code: str
    title: str
    rule: str
    basis: tuple[Citation, ...]
    frequency: str = ""


class LadderRating(msgspec.Struct, frozen=True, kw_only=True):
    """A sector's rating on record."""

    ladder: str
    title: str
    rating: str
    decided_on: date


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What one subject is, seen by its credit."""

    subject: int
    identifier: str
    role: Role
    grade: Graded
    level: Graded
    ratings: tuple[LadderRating, ...]
    evidence: tuple[EvidenceRef, ...]
    """Records that the grade and the level rest on."""


class FeedUsed(msgspec.Struct, frozen=True, kw_only=True):
    """Age of a feed that the decision used."""

    feed: str
    title: str
    data_day: date | None
    age_days: int
    max_age_days: int
    stale: bool


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What every decision says, whatever was asked."""

    feeds: tuple[FeedUsed, ...]
    rule_set: str
    """Digest."""
    day: date
    """Legal day of the question."""


def canonical(value: msgspec.Struct) -> bytes:
    """Canonical JSON of a value made of text, whole numbers, days and enums: equals RFC 8785."""
    return msgspec.json.encode(value, order="sorted")
