"""Records and ratings as evidence, with the titles of the catalogue."""

from __future__ import annotations

from datetime import date

from ..rulebook.catalogue import Catalogue
from ..rulebook.language import LIST_ENTRY
from .knowledge import Rating, Record
from .parts import EvidenceRef


def record_ref(record: Record, until: date | None, catalogue: Catalogue) -> EvidenceRef:
    """A record that counts until that day, inclusive."""
    titles = catalogue.lists if record.kind == LIST_ENTRY else catalogue.record_kinds
    entry = titles.get(record.list if record.kind == LIST_ENTRY else record.kind)
    return EvidenceRef(
        source=record.source,
        document_number=record.document_number,
        kind=record.kind,
        list=record.list,
        title=entry.title if entry else record.kind,
        organ=record.organ_title,
        decided_on=record.decided_on,
        until=until,
    )


def rating_ref(rating: Rating, until: date | None, catalogue: Catalogue) -> EvidenceRef:
    """A rating."""
    ladder = catalogue.ladders.get(rating.ladder)
    return EvidenceRef(
        source=ladder.feed if ladder else "",
        document_number="",
        kind="rating",
        list=rating.ladder,
        title=f"{ladder.title if ladder else rating.ladder}: {rating.rating}",
        organ="",
        decided_on=rating.decided_on,
        until=until,
    )
