"""What was known: each record, rating and fact with its source and its age on the day of the decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec
from msgspec import UNSET

from ...codes import shown_identifier
from ...decision.dossier import NO_RATING
from ...decision.knowledge import Feeds, Knowledge, Record, Related
from ...decision.parts import FeedUsed
from ...decision.record_words import penalty_details, record_title, relation_days
from ...decision.records import DatedRecord, on_day
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue, FactSource
from ...rulebook.language import RecordState, Value
from ...rulebook.titles import RELATIONS, SEVERITIES
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
    for name, said in () if knowledge.disputed is UNSET else sorted(knowledge.disputed.items()):
        entry = catalogue.facts.get(name)
        for assertion in said:
            value = "没有记载" if assertion.value is None else str(assertion.value)
            text = value if entry is None or assertion.value is None else value_in_words(entry, assertion.value)
            label = name if entry is None else entry.label
            source = _source(catalogue, assertion.source)
            yield _known(
                number,
                label,
                masked(text),
                source,
                assertion.source_day,
                day,
                counted=False,
                note="来源之间不一致, 尚未确认",
            )
    for related in knowledge.relations:
        yield from _related(catalogue, number, related, feeds, day)


def _related(catalogue: Catalogue, number: int, related: Related, feeds: Feeds, day: date) -> Iterator[KnownFact]:
    title, other = RELATIONS[related.kind], shown_identifier(related.knowledge.identifier)
    text = f"{relation_days(related)}, {'本主体担任其' if related.of else '担任本主体的'}{title}"
    over = related.holds_on(day) is False
    yield _known(
        number,
        f"关联主体 {other}",
        text,
        _source(catalogue, related.source),
        feeds.get(related.source),
        day,
        counted=not over,
        note="已不再担任" if over else "",
    )
    for one in _of_subject(catalogue, number, related.knowledge, feeds, day):
        yield msgspec.structs.replace(one, what=f"{other} 的{one.what}")


def _record(catalogue: Catalogue, number: int, dated: DatedRecord, day: date) -> KnownFact:
    record = dated.record
    return _known(
        number,
        record_title(record, catalogue),
        masked(", ".join(_details(catalogue, record))),
        _source(catalogue, record.source),
        record.decided_on,
        day,
        counted=_counts(dated),
        note=_state(dated),
    )


def _details(catalogue: Catalogue, record: Record) -> Iterator[str]:
    if record.document_number:
        yield record.document_number
    if record.organ_title:
        yield record.organ_title
    if record.severity:
        yield f"程度{SEVERITIES.get(record.severity, record.severity)}"
    if record.amount_fen:
        yield f"罚没 {yuan(record.amount_fen)}"
    yield from penalty_details(record, catalogue)
    if record.versions is not UNSET:
        for version in record.versions:
            said = ", ".join((f"{version.decided_on} 作出", *_details(catalogue, version)))
            yield f"另一来源({_source(catalogue, version.source)})所载不同: {said}"


def _counts(dated: DatedRecord) -> bool:
    return dated.state is RecordState.EFFECTIVE


def _state(dated: DatedRecord) -> str:
    record = dated.record
    if not dated.ends_surely:
        return "没有写明程度, 届满日不能确定"
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
