"""What was known: each record, rating and fact with its source and its age on the day of the decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from ...decision.dossier import NO_RATING
from ...decision.knowledge import Feeds, Knowledge, Record
from ...decision.parts import FeedUsed
from ...decision.records import DatedRecord, on_day
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue, FactSource
from ...rulebook.language import LIST_ENTRY, RecordState, Value
from ...rulebook.titles import SEVERITIES
from ...rulebook.words import value_in_words, yuan
from .values import KnownFact, LabelledLine, Source
from .words import iso, masked

UNKNOWN_SUBJECT = "登记数据里没有这个主体"


def known_of(rule_set: RuleSet | None, subjects: Sequence[Knowledge], feeds: Feeds, day: date) -> tuple[KnownFact, ...]:
    """All that the registry knew of the subjects: records first, those that count before the others."""
    catalogue = rule_set.catalogue if rule_set is not None else Catalogue()
    return tuple(
        one
        for number, knowledge in enumerate(subjects)
        for one in _of_subject(catalogue, number, knowledge, feeds, day)
    )


def sources_of(feeds: Iterable[FeedUsed]) -> tuple[Source, ...]:
    """The deliveries that the answer rests on, the oldest first."""
    found = [
        Source(
            title=feed.title,
            data_day=iso(feed.data_day),
            age_days=feed.age_days,
            max_age_days=feed.max_age_days,
            stale=feed.stale,
        )
        for feed in feeds
    ]
    return tuple(sorted(found, key=lambda source: (not source.stale, source.data_day, source.title)))


def facts_given(rule_set: RuleSet | None, facts: Mapping[str, Value]) -> tuple[LabelledLine, ...]:
    """What the organ said of the case, in words."""
    entries = rule_set.catalogue.facts if rule_set is not None else {}
    return tuple(
        LabelledLine(
            label=entries[name].label if name in entries else name,
            text=masked(value_in_words(entries[name], value) if name in entries else str(value)),
        )
        for name, value in sorted(facts.items())
    )


def _of_subject(
    catalogue: Catalogue, number: int, knowledge: Knowledge, feeds: Feeds, day: date
) -> Iterator[KnownFact]:
    if not knowledge.present:
        yield _known(number, UNKNOWN_SUBJECT, "", "登记数据", None, day)
    dated = [on_day(catalogue, record, day) for record in knowledge.records]
    for one in sorted(dated, key=lambda one: (not _counts(one), -one.record.decided_on.toordinal())):
        yield _record(catalogue, number, one, day)
    for rating in sorted(knowledge.ratings, key=lambda rating: rating.decided_on, reverse=True):
        ladder = catalogue.ladders.get(rating.ladder)
        title, feed = (ladder.title, ladder.feed) if ladder is not None else (rating.ladder, "")
        over = rating.until is not None and rating.until < day
        yield _known(
            number,
            title,
            "没有评价" if rating.rating == NO_RATING else rating.rating,
            _source(catalogue, feed),
            rating.decided_on,
            day,
            counted=not over,
            note=f"有效至 {rating.until}" if rating.until is not None else "",
        )
    for name, value in sorted(knowledge.attributes.items()):
        entry = catalogue.facts.get(name)
        if entry is not None and entry.source is FactSource.ATTRIBUTE:
            up_to = feeds.get(entry.feed)
            yield _known(number, entry.label, value_in_words(entry, value), _source(catalogue, entry.feed), up_to, day)


def _record(catalogue: Catalogue, number: int, dated: DatedRecord, day: date) -> KnownFact:
    record = dated.record
    return _known(
        number,
        record_title(catalogue, record),
        masked(", ".join(_details(record))),
        _source(catalogue, record.source),
        record.decided_on,
        day,
        counted=_counts(dated),
        note=_state(dated),
    )


def record_title(catalogue: Catalogue, record: Record) -> str:
    """What a record is: its list's or its kind's title."""
    entry = catalogue.lists.get(record.list) if record.kind == LIST_ENTRY else catalogue.record_kinds.get(record.kind)
    return entry.title if entry is not None else record.list or record.kind


def _details(record: Record) -> Iterator[str]:
    if record.document_number:
        yield record.document_number
    if record.organ_title:
        yield record.organ_title
    if record.severity:
        yield f"程度{SEVERITIES.get(record.severity, record.severity)}"
    if record.amount_fen:
        yield f"罚没 {yuan(record.amount_fen)}"


def _counts(dated: DatedRecord) -> bool:
    return dated.state is RecordState.EFFECTIVE


def _state(dated: DatedRecord) -> str:
    record = dated.record
    if dated.state is RecordState.REPAIRED:
        return f"已于 {record.state_on} 修复, 不再计算" if record.state_on else "已修复, 不再计算"
    if dated.state is RecordState.EXPIRED:
        return f"已于 {dated.until} 届满, 不再计算"
    if dated.state is None:
        return "已撤销, 不计算" if record.state == "revoked" else "当时尚未生效, 不计算"
    return f"有效至 {dated.until}" if dated.until is not None else "没有写明届满日"


def _source(catalogue: Catalogue, feed: str) -> str:
    entry = catalogue.feeds.get(feed)
    return entry.title if entry is not None else feed


def _known(
    subject: int,
    what: str,
    detail: str,
    source: str,
    as_of: date | None,
    day: date,
    *,
    counted: bool = True,
    note: str = "",
) -> KnownFact:
    return KnownFact(
        subject=subject,
        what=what,
        detail=detail,
        source=source,
        as_of=iso(as_of),
        age_days=(day - as_of).days if as_of is not None else 0,
        counted=counted,
        note=note,
    )
