"""What one row of a file says, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..decision.knowledge import Rating, Record
from ..rulebook.language import RelationKind, Value


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """Attributes of a firm."""

    identifier: str
    name: str
    attributes: dict[str, Value]
    """By fact name; what the row leaves empty is not among them."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record of a subject."""

    identifier: str
    record: Record
    tells: frozenset[str]
    """Fields of `Record` of which the file says something: it has a column for them, or its form settles them. Of the
    others it says nothing: what is known of them stays. One object for all rows of a file."""

    @property
    def tells_violation(self) -> bool:
        """Whether the file has a column for the kind of violation."""
        return "violation_code" in self.tells


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rating of a subject."""

    identifier: str
    rating: Rating


@dataclass(frozen=True, slots=True)
class RelationRow:
    """What somebody is to a firm, as one row says."""

    identifier: str
    """The firm (or other organisation)."""
    other: str
    """Its legal representative and so on: a firm's code, a person's keyed hash."""
    kind: RelationKind
    since: date | None
    """First day, inclusive; None: not known."""
    until: date | None
    """Last day, inclusive; None: it goes on, as far as the source knows."""
    feed: str
    """Code of the feed that says so."""
    document_number: str = ""
    """Of the document that says so; empty where the file names none."""
    on: date | None = None
    """The row says no more than that it held on this day: the day of a decision that names the person."""


ReadRow = SubjectRow | RecordRow | RatingRow | RelationRow
