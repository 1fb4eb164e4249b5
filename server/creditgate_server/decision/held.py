"""What receipts hold of a decision from format 4 on: codes and values. Words are put to them when they are shown.

Left out is what the catalogue of the rule set says, which the receipt names by digest (titles, how often a level is
inspected, how old a feed may be), and what stands in the knowledge beside: evidence and ratings are places in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from ..rulebook.catalogue import Catalogue, Citation, GradeEntry, LevelEntry
from ..rulebook.language import Role
from .evidence import rating_ref, record_ref
from .knowledge import Knowledge, Rating, Record, Related
from .parts import EvidenceRef, FeedUsed, Graded, LadderRating, Standing

HELD = 4
"""First format of receipts whose decisions are held so."""
_NEVER = ""
"""Stands for the day of a feed that never delivered."""

HeldBasis = tuple[tuple[str, str], ...]
"""Instrument and article of each citation."""


class HeldRecord(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A record without what it says by saying nothing."""


class HeldRating(Rating, frozen=True, kw_only=True, omit_defaults=True):
    """The same of a rating."""


class HeldRelated(Related, frozen=True, kw_only=True, omit_defaults=True):
    """The same of a relation."""


class HeldEvidence(msgspec.Struct, frozen=True, array_like=True):
    """A record or rating that a finding rests on."""

    place: int
    """Among the records of the subject, then its ratings, then the records of those it is related to, from 0."""
    until: date | None


class HeldGraded(msgspec.Struct, frozen=True, array_like=True):
    """A grade or level."""

    code: str
    rule: str
    basis: HeldBasis


class HeldStanding(msgspec.Struct, frozen=True):
    """What one subject is; which, its place says."""

    role: Role
    grade: HeldGraded
    level: HeldGraded
    ratings: tuple[int, ...]
    """Places among the subject's ratings."""
    evidence: tuple[HeldEvidence, ...]


class HeldJudgement(msgspec.Struct, frozen=True, kw_only=True):
    """What every decision says."""

    format: int = HELD
    feeds: dict[str, tuple[str, ...]]
    """Codes of the feeds that were used, by the day up to which they are complete."""
    stale: tuple[str, ...]
    """Those that are too old."""
    rule_set: str
    day: date


class _Format(msgspec.Struct, frozen=True):
    format: int = 0


_read_format = msgspec.json.Decoder(_Format).decode


def is_held(decision: bytes) -> bool:
    """Whether a stored decision is without words. Raises msgspec.MsgspecError."""
    return _read_format(decision).format >= HELD


def held_known(known: Knowledge) -> Knowledge:
    """What was known of a subject, to be written short; it is read as `Knowledge`."""
    return Knowledge(
        identifier=known.identifier,
        present=known.present,
        attributes=known.attributes,
        records=tuple(map(_held_record, known.records)),
        ratings=tuple(HeldRating(**msgspec.structs.asdict(rating)) for rating in known.ratings),
        related=tuple(map(_held_related, known.relations)) or msgspec.UNSET,
        disputed=known.disputed,
        overruled=known.overruled,
        prevailing=known.prevailing,
        relations_beyond=known.relations_beyond,
    )


def _held_record(record: Record) -> HeldRecord:
    values = msgspec.structs.asdict(record)
    if record.versions is not msgspec.UNSET:
        values["versions"] = tuple(map(_held_record, record.versions))
    return HeldRecord(**values)


def _held_related(related: Related) -> HeldRelated:
    values = msgspec.structs.asdict(related) | {"knowledge": held_known(related.knowledge)}
    return HeldRelated(**values)


# -- feeds ------------------------------------------------------------------------------------------------------------


def held_feeds(feeds: Iterable[FeedUsed]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The feeds by day, and the stale ones."""
    by_day: dict[date | None, list[str]] = {}
    for feed in feeds:
        by_day.setdefault(feed.data_day, []).append(feed.feed)
    days = {_NEVER if day is None else day.isoformat(): tuple(codes) for day, codes in by_day.items()}
    return days, tuple(feed.feed for feed in feeds if feed.stale)


def told_feeds(held: HeldJudgement, catalogue: Catalogue) -> tuple[FeedUsed, ...]:
    """The same, with words."""
    found = [
        _feed(code, date.fromisoformat(day) if day else None, held, catalogue)
        for day, codes in held.feeds.items()
        for code in codes
    ]
    return tuple(sorted(found, key=lambda feed: feed.feed))


def _feed(code: str, data_day: date | None, held: HeldJudgement, catalogue: Catalogue) -> FeedUsed:
    entry = catalogue.feeds.get(code)
    return FeedUsed(
        feed=code,
        title=code if entry is None else entry.title,
        data_day=data_day,
        age_days=0 if data_day is None else max((held.day - data_day).days, 0),
        max_age_days=0 if entry is None else entry.max_age_days,
        stale=code in held.stale,
    )


# -- what findings rest on --------------------------------------------------------------------------------------------


def held_basis(basis: Iterable[Citation]) -> HeldBasis:
    """Citations as pairs."""
    return tuple((citation.instrument, citation.article) for citation in basis)


def told_basis(held: HeldBasis) -> tuple[Citation, ...]:
    """Pairs as citations."""
    return tuple(Citation(instrument=instrument, article=article) for instrument, article in held)


def held_evidence(evidence: Iterable[EvidenceRef], known: Knowledge) -> tuple[HeldEvidence, ...]:
    """Evidence by its places in what is known of the subject."""
    return tuple(HeldEvidence(_place(ref, known), ref.until) for ref in evidence)


def told_evidence(held: Iterable[HeldEvidence], known: Knowledge, catalogue: Catalogue) -> tuple[EvidenceRef, ...]:
    """The same, with words."""
    return tuple(_evidence(one, known, catalogue) for one in held)


def _place(ref: EvidenceRef, known: Knowledge) -> int:
    for place, record in enumerate(known.records):
        if _is_of(ref, record):
            return place
    for place, rating in enumerate(known.ratings, len(known.records)):
        same = (rating.ladder, rating.decided_on) == (ref.list, ref.decided_on)
        if same and ref.title.endswith(f": {rating.rating}"):
            return place
    others = _related_records(known)
    for place, record in enumerate(others, len(known.records) + len(known.ratings)):
        if _is_of(ref, record):
            return place
    raise ValueError(f"evidence of nothing that is known: {ref.kind} {ref.list}")


def _is_of(ref: EvidenceRef, record: Record) -> bool:
    return (
        ref.document_number == record.document_number
        and ref.source == record.source
        and ref.kind == record.kind
        and ref.list == record.list
        and ref.decided_on == record.decided_on
        and ref.organ == record.organ_title
    )


def _evidence(held: HeldEvidence, known: Knowledge, catalogue: Catalogue) -> EvidenceRef:
    records = len(known.records)
    if held.place < records:
        return record_ref(known.records[held.place], held.until, catalogue)
    if held.place < records + len(known.ratings):
        return rating_ref(known.ratings[held.place - records], held.until, catalogue)
    return record_ref(_related_records(known)[held.place - records - len(known.ratings)], held.until, catalogue)


def _related_records(known: Knowledge) -> tuple[Record, ...]:
    return tuple(record for related in known.relations for record in related.knowledge.records)


# -- standings --------------------------------------------------------------------------------------------------------


def held_standing(standing: Standing, known: Knowledge) -> HeldStanding:
    """What a subject is."""
    return HeldStanding(
        role=standing.role,
        grade=_held_graded(standing.grade),
        level=_held_graded(standing.level),
        ratings=tuple(_place_of(rating, known) for rating in standing.ratings),
        evidence=held_evidence(standing.evidence, known),
    )


def told_standing(held: HeldStanding, subject: int, known: Knowledge, catalogue: Catalogue) -> Standing:
    """The same, with words. `subject`: its place in the question."""
    grade = catalogue.grades.get(held.grade.code)
    level = catalogue.levels.get(held.level.code)
    return Standing(
        subject=subject,
        identifier=known.identifier,
        role=held.role,
        grade=_graded(held.grade, grade),
        level=_graded(held.level, level, "" if level is None else level.frequency),
        ratings=tuple(_rating(known, place, catalogue) for place in held.ratings),
        evidence=told_evidence(held.evidence, known, catalogue),
    )


def _held_graded(graded: Graded) -> HeldGraded:
    return HeldGraded(graded.code, graded.rule, held_basis(graded.basis))


def _graded(held: HeldGraded, entry: GradeEntry | LevelEntry | None, frequency: str = "") -> Graded:
    return Graded(
        code=held.code,
        title=held.code if entry is None else entry.title,
        rule=held.rule,
        basis=told_basis(held.basis),
        frequency=frequency,
    )


def _place_of(rating: LadderRating, known: Knowledge) -> int:
    told = (rating.ladder, rating.rating, rating.decided_on)
    return next(place for place, one in enumerate(known.ratings) if (one.ladder, one.rating, one.decided_on) == told)


def _rating(known: Knowledge, place: int, catalogue: Catalogue) -> LadderRating:
    rating = known.ratings[place]
    entry = catalogue.ladders.get(rating.ladder)
    return LadderRating(
        ladder=rating.ladder,
        title=rating.ladder if entry is None else entry.title,
        rating=rating.rating,
        decided_on=rating.decided_on,
    )


def held_bytes(held: HeldJudgement) -> bytes:
    """Canonical JSON (RFC 8785)."""
    return msgspec.json.encode(held, order="sorted")
