"""What the registry knows of a subject, as plain values. The registry builds them; decisions read them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from ..rulebook.language import PenaltyKind, RelationKind, Value

FOR_LIFE = date.max
"""The last day of a ban without end (终身)."""


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
    penalty_kinds: tuple[PenaltyKind, ...] | msgspec.UnsetType = msgspec.UNSET
    """Sorted, each once. Not known where it is left out, as all that follow are. Left out, nothing of it stands in the
    bytes: receipts from before records had it are judged again to the same bytes."""
    fine_fen: int | msgspec.UnsetType = msgspec.UNSET
    """The fine alone, in fen."""
    confiscated_fen: int | msgspec.UnsetType = msgspec.UNSET
    """What was confiscated, in fen. Where both are known, `amount_fen` is their sum."""
    licence_item: str | msgspec.UnsetType = msgspec.UNSET
    """Code of the item whose licence was revoked, refused, obtained by fraud."""
    ban_until: date | msgspec.UnsetType = msgspec.UNSET
    """Last day of the ban that it sets, inclusive; `FOR_LIFE`: none. Apart from `until`, which is of publicity."""
    ground: str | msgspec.UnsetType = msgspec.UNSET
    """Code of the ground of a list entry (列入事由)."""
    versions: tuple[Record, ...] | msgspec.UnsetType = msgspec.UNSET
    """The record as other sources have it, where no authority settles which of them is right; without versions of their
    own."""
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


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says of a fact that sources disagree on."""

    source: str
    """Code of the feed."""
    source_day: date
    """Up to which its data was complete when it said so."""
    value: Value | None
    """None: nothing."""


class PrevailedBy(StrEnum):
    """Why one source's word counts and others' do not."""

    SETTLED = "settled"
    """A person settled it."""
    AUTHORITY = "authority"
    """Its rank in the table of authority."""
    NEWEST = "newest"
    """It is the newest of what counts alike."""


class Prevailing(msgspec.Struct, frozen=True, kw_only=True):
    """The word that counts where others were overruled."""

    source: str = ""
    """Code of the feed; empty where a person settled it to what no feed says now."""
    value: Value | None
    by: PrevailedBy
    authority: str = ""
    """Code of the table's entry by which it counts; empty where by none."""


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """A subject that this one is or was related to."""

    kind: RelationKind
    of: bool
    """False: the other is this firm's representative and so on. True: this one is the representative of the other."""
    since: date | None = None
    """First day, inclusive; None: not known."""
    until: date | None = None
    """Last day, inclusive; None: it goes on."""
    seen: date | msgspec.UnsetType = msgspec.UNSET
    """Where the first day is not known: the first data day of which its source says that it holds. Left out where it
    says so of none."""
    source: str
    """Code of the feed that says so."""
    knowledge: Knowledge
    """Of the other. It holds relations of its own two steps deep at most, and never back to where one came from."""

    def holds_on(self, day: date) -> bool | None:
        """Whether the relation holds on a day; None: that is not known, since its first day is not.

        What held on its source's data day and has no end holds from that day on.
        """
        if self.until is not None and self.until < day:
            return False
        if self.since is not None:
            return self.since <= day
        return True if self.seen is not msgspec.UNSET and self.seen <= day else None


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
    related: tuple[Related, ...] | msgspec.UnsetType = msgspec.UNSET
    """Sorted by kind, direction, the other's identifier, first day. Left out where there are none."""
    disputed: dict[str, tuple[Assertion, ...]] | msgspec.UnsetType = msgspec.UNSET
    """Facts, by name, on which sources disagree and no authority settles it. Left out where there are none. They are
    not among the attributes."""
    overruled: dict[str, tuple[Assertion, ...]] | msgspec.UnsetType = msgspec.UNSET
    """What sources say that does not count, since an authority or a person settled it: by fact name, of records by
    `record:NUMBER:FIELD`, of who represents a firm by `relation:KIND:FIRM:WHO COUNTS` (in what is known of the firm and
    of each who is named). Left out where there is none. No rule looks at it: it is there to be shown."""
    prevailing: dict[str, Prevailing] | msgspec.UnsetType = msgspec.UNSET
    """By the same names, what counts instead and why. Left out where there is none, and in receipts from before."""
    relations_beyond: int | msgspec.UnsetType = msgspec.UNSET
    """How many relations there are beyond those that `related` holds. Left out where it holds them all; else what it
    does not hold is not known."""

    def sources_disagree(self, fact: str) -> tuple[Assertion, ...]:
        """What the sources say of a fact, by name, that they disagree on; empty where they do not."""
        return () if self.disputed is msgspec.UNSET else self.disputed.get(fact, ())

    @property
    def all_relations_held(self) -> bool:
        """Whether `related` holds every relation there is."""
        return self.relations_beyond is msgspec.UNSET

    @property
    def relations(self) -> tuple[Related, ...]:
        """Subjects that this one is or was related to."""
        return () if self.related is msgspec.UNSET else self.related


Feeds = dict[str, date]
"""For each feed that ever delivered: the day up to which its data is complete."""
