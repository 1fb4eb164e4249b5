"""What the registry knows of a subject, as plain values. The registry builds them; decisions read them."""

from __future__ import annotations

from datetime import date

import msgspec

from ..rulebook.language import Value


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record (信用记录) in its latest revision known at the instant asked about."""

    source: str
    """Code of the feed that delivered it."""
    document_number: str
    kind: str
    """Record kind of the catalogue; `list_entry` for entries of lists."""
    list: str = ""
    severity: str = ""
    organ: str = ""
    """Code of the organ in the catalogue, empty where it has none there."""
    organ_title: str = ""
    decided_on: date
    effective_from: date
    """First day on which it counts, inclusive."""
    until: date | None = None
    """Last day on which it counts, inclusive; None: as the catalogue's terms say, else open."""
    state: str = "effective"
    """effective, repaired or revoked, as last delivered."""
    state_on: date | None = None
    """First day of the state repaired or revoked."""
    amount_fen: int = 0
    """Fine and confiscation together, in fen."""
    violation_code: str | msgspec.UnsetType = msgspec.field(name="violation", default=msgspec.UNSET)
    """Left out where it is not known: receipts from before records had it are judged again to the same bytes."""

    @property
    def violation(self) -> str:
        """Kind of violation: the code of an exemption entry; empty where it is not known."""
        return "" if self.violation_code is msgspec.UNSET else self.violation_code


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """A rating on a ladder: the national evaluation, tax, customs and so on."""

    ladder: str
    rating: str
    decided_on: date
    until: date | None = None
    """Last day on which it is in force, inclusive; None: until the next one."""


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """All that the registry knows of one subject."""

    identifier: str
    present: bool
    """Whether the subject itself was ever delivered. Persons count as present: only their records are delivered."""
    attributes: dict[str, Value]
    """By fact name, in the rule language's form."""
    records: tuple[Record, ...]
    """Sorted by source, document number, kind."""
    ratings: tuple[Rating, ...]


Feeds = dict[str, date]
"""For each feed that ever delivered: the day up to which its data is complete."""
