"""Which of several sources' words counts: what a person settled, then the table of authority, then the newest.

Pure: what sources say goes in, what counts and what is open comes out. A word is a tuple, of one value or of several
that belong together; None in it means that the source says nothing of it.

| said | counts |
| --- | --- |
| the same, as far as it is said | all of it together |
| otherwise, and a person settled it | what was settled, until a source says something new |
| otherwise, by feeds that the table ranks | the first rank's; of feeds that rank equal the newest |
| otherwise, partly from before sources were kept | the newest that has a day |
| effective and, by a later day, repaired or revoked | the later: a state goes on, it does not go back |
| otherwise | nothing: it is open |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import combinations
from typing import TypeAlias

from ..rulebook.catalogue import OWN_FEED, Authority, Catalogue, FactEntry, RecordField, RelationKind

Word: TypeAlias = tuple[object, ...]


class How(StrEnum):
    """By what a word counts."""

    AGREED = "agreed"
    """Nobody says otherwise."""
    SETTLED = "settled"
    AUTHORITY = "authority"
    NEWEST = "newest"
    """Of feeds that rank equal, or of one that has a day against others that have none."""
    LATER_STATE = "later_state"
    OPEN = "open"
    """None does. What is given is the newest."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one feed says of one thing."""

    feed: str
    """Code; the feed that the thing belongs to by its own code."""
    day: str
    """Data day of the last file that said it, ISO; empty where it is from before that was kept."""
    known_at: str
    number: int
    """Of its row: the later of two known at one instant."""
    word: Word

    @property
    def age(self) -> tuple[str, str, int]:
        """By which the newest is found."""
        return (self.day, self.known_at, self.number)


@dataclass(frozen=True, slots=True)
class SettledValue:
    """What a person settled."""

    word: Word
    considered: Mapping[str, Word]
    """What each feed said then."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What counts, by what, and who says otherwise."""

    word: Word
    how: How
    otherwise: tuple[Claim, ...] = ()
    """By feed. Where it is open the newest, whose word is given, is not among them."""
    by: Claim | None = None
    """The newest of those who say it; None where nobody says anything, or it was settled to what nobody says."""
    entry: str = ""
    """Code of the table's entry by which it counts; empty where by none."""


class Precedence:
    """The ranks of feeds, as a catalogue has them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._entries = tuple(catalogue.authority.values())
        self.fact_feeds = {fact.name: fact.feed for fact in catalogue.facts.values() if fact.feed}
        """For each attribute the feed that it belongs to."""
        self.ladder_feeds = {ladder.code: ladder.feed for ladder in catalogue.ladders.values()}
        self.ladder_facts = _facts_by_ladder(catalogue.facts.values())
        """For each ladder the facts that are its ratings."""
        self.undecided = {kind.code: kind.kinds for kind in catalogue.record_kinds.values() if len(kind.kinds) > 1}
        """Kinds of record that leave unsaid which of several they are, with these."""

    @cached_property
    def _key(self) -> tuple[object, ...]:
        return (
            self._entries,
            tuple(sorted(self.fact_feeds.items())),
            tuple(sorted(self.ladder_feeds.items())),
            tuple(sorted(self.ladder_facts.items())),
            tuple(sorted(self.undecided.items())),
        )

    def same_as(self, other: Precedence) -> bool:
        """Whether it gives the same words of the same claims."""
        return self is other or self._key == other._key

    def of_fact(self, name: str, day: str) -> Authority | None:
        """The entry on a fact for a data day; ISO, empty: the first there was."""
        return self._first(day, (entry for entry in self._entries if name in entry.facts))

    def of_record(self, field: RecordField, kind: str, list_code: str, day: str) -> Authority | None:
        """The entry on a field of a record."""
        meant = (entry for entry in self._entries if field in entry.record_fields and _covers(entry, kind, list_code))
        return self._first(day, meant)

    def of_relation(self, kind: RelationKind, day: str) -> Authority | None:
        """The entry on a relation."""
        return self._first(day, (entry for entry in self._entries if kind in entry.relations))

    @staticmethod
    def _first(day: str, entries: Iterable[Authority]) -> Authority | None:
        for entry in entries:
            until = entry.effective.until
            if not day:
                return entry
            if entry.effective.start.isoformat() <= day and (until is None or day <= until.isoformat()):
                return entry
        return None


@lru_cache(maxsize=8)
def _precedence_of(catalogue: _ById) -> Precedence:
    return Precedence(catalogue.catalogue)


class _ById:
    """A catalogue that is the same as itself alone: to compare two whole ones takes long."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __hash__(self) -> int:
        return id(self.catalogue)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.catalogue is self.catalogue


def precedence_of(catalogue: Catalogue) -> Precedence:
    """A catalogue's precedence; the same for the same catalogue, for a while."""
    return _precedence_of(_ById(catalogue))


def verdict(
    claims: Sequence[Claim],
    authority: Authority | None = None,
    own: str = "",
    settled: SettledValue | None = None,
    *,
    of_state: bool = False,
) -> Verdict:
    """What counts. At least one claim. `own`: the feed that the thing belongs to. `of_state`: words are states."""
    newest_first = sorted(claims, key=lambda claim: claim.age, reverse=True)
    spoken = [claim for claim in newest_first if any(part is not None for part in claim.word)]
    if not spoken:
        return Verdict(newest_first[0].word, How.AGREED)
    if len(spoken) == 1 or agree(spoken):
        return Verdict(_together(spoken), How.AGREED, by=spoken[0])
    if settled is not None and all(_seen(claim, settled) for claim in spoken):
        return _given(settled.word, How.SETTLED, spoken)
    first = _first_rank(spoken, authority, own)
    entry = "" if authority is None else authority.code
    if first and agree(first):
        return _given(_together(first), How.AUTHORITY, spoken, entry)
    if first:
        return _given(first[0].word, How.NEWEST, spoken, entry)
    dated = [claim for claim in spoken if claim.day]
    if dated and len(dated) < len(spoken) and agree(dated):
        return _given(_together(dated), How.NEWEST, spoken)
    later = _later_state(spoken) if of_state else None
    if later is not None:
        return _given(later.word, How.LATER_STATE, spoken)
    others = (claim for claim in spoken[1:] if not compatible(claim.word, spoken[0].word))
    return Verdict(spoken[0].word, How.OPEN, tuple(sorted(others, key=lambda claim: claim.feed)), spoken[0])


def agree(claims: Sequence[Claim]) -> bool:
    """Whether no two say different things."""
    return all(compatible(one.word, other.word) for one, other in combinations(claims, 2))


def compatible(one: Word, other: Word) -> bool:
    """Whether two words are the same as far as both say something."""
    return all(mine == theirs or mine is None or theirs is None for mine, theirs in zip(one, other, strict=True))


def newest_day(claims: Iterable[Claim]) -> str:
    """The last data day among claims: the table of authority is asked as of that day."""
    return max(claim.day for claim in claims)


def _together(newest_first: Sequence[Claim]) -> Word:
    """What is said by any, the newest first."""
    parts = zip(*(claim.word for claim in newest_first), strict=True)
    return tuple(next((part for part in said if part is not None), None) for said in parts)


def _given(word: Word, how: How, spoken: Sequence[Claim], entry: str = "") -> Verdict:
    otherwise = tuple(
        sorted((claim for claim in spoken if not compatible(claim.word, word)), key=lambda claim: claim.feed)
    )
    by = next((claim for claim in spoken if compatible(claim.word, word)), None)
    return Verdict(word, how, otherwise, by, entry)


def _seen(claim: Claim, settled: SettledValue) -> bool:
    """Whether what is said now was before the one who settled, or is what was settled."""
    return compatible(claim.word, settled.word) or settled.considered.get(claim.feed) == claim.word


def _first_rank(newest_first: Sequence[Claim], authority: Authority | None, own: str) -> list[Claim]:
    """The claims of the first rank that says anything; none where no ranked feed does."""
    for rank in () if authority is None else authority.ranked:
        feeds = {own if feed == OWN_FEED else feed for feed in rank.feeds}
        found = [claim for claim in newest_first if claim.feed in feeds]
        if found:
            return found
    return []


def _later_state(newest_first: Sequence[Claim]) -> Claim | None:
    """The newest claim, where it says that a state has ended that all others, of earlier days, still hold effective."""
    newest, *others = newest_first
    if newest.word[0] == "effective":
        return None
    gone_on = all(
        compatible(other.word, newest.word) or (other.word[0] == "effective" and other.day < newest.day)
        for other in others
    )
    return newest if gone_on else None


def _covers(entry: Authority, kind: str, list_code: str) -> bool:
    if not entry.kinds and not entry.lists:
        return True
    return kind in entry.kinds or (bool(list_code) and list_code in entry.lists)


def _facts_by_ladder(facts: Iterable[FactEntry]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for fact in facts:
        if fact.ladder:
            found[fact.ladder] = (*found.get(fact.ladder, ()), fact.name)
    return found


NOBODY = Precedence(Catalogue())
"""No feed ranks before another."""
