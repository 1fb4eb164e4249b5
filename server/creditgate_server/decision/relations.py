"""Subjects that one is or was related to: which of their records count, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ..rulebook.catalogue import Catalogue
from ..rulebook.language import Aggregate, RelatedTest, RelationMoment
from .knowledge import Record, Related
from .records import MeantRecord, combined, on_day, record_fits


def relation_feeds(catalogue: Catalogue) -> tuple[str, ...]:
    """Feeds that bring relations. Sorted."""
    return tuple(sorted(code for code, feed in catalogue.feeds.items() if feed.relations is True))


@dataclass(frozen=True, slots=True)
class RelatedRecord:
    """A record of another that a test means, for certain or possibly."""

    related: Related
    """The relation by which it is the most certain."""
    meant: MeantRecord


def looked_at(relations: Iterable[Related], test: RelatedTest, day: date) -> Iterator[Related]:
    """Relations that a test looks at and that may make one of the other's records count."""
    for one in relations:
        over = test.moment is RelationMoment.NOW and one.holds_on(day) is False
        if one.kind in test.kinds and one.of is test.of and not over:
            yield one


def related_records(
    catalogue: Catalogue, relations: Iterable[Related], test: RelatedTest, day: date
) -> tuple[RelatedRecord, ...]:
    """Records of related subjects that a test means, each once, in the order of the relations."""
    found: dict[object, RelatedRecord] = {}
    for related in looked_at(relations, test, day):
        for record in related.knowledge.records:
            meant = _meant(catalogue, related, record, test, day)
            name = (related.knowledge.identifier, record.source, record.document_number, record.kind, record.list)
            before = found.get(name)
            if meant is not None and (before is None or meant.least > before.meant.least):
                found[name] = RelatedRecord(related, meant)
    return tuple(found.values())


def _meant(catalogue: Catalogue, related: Related, record: Record, test: RelatedTest, day: date) -> MeantRecord | None:
    dated = on_day(catalogue, record, day)
    fits = []
    for version in dated.ways:
        held = related.holds_on(version.record.decided_on if test.moment is RelationMoment.DECIDED else day)
        meant = record_fits(version, test.select, day)
        fits.append(False if False in (held, meant) else None if None in (held, meant) else True)
    return combined(dated, fits, Aggregate.COUNT)
