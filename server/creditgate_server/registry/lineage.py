"""Where a value came from: which feed said it, in which row of which file, for which day, and whether it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, Table, select

from ..decision.knowledge import Knowledge
from ..errors import UnknownThing
from ..rulebook.catalogue import Catalogue, FactSource
from ..storage.database import Store
from .authority import Claim, How, Precedence, Verdict, Word, precedence_of
from .combining import (
    COLUMNS,
    Document,
    Settlements,
    attribute_claims,
    attribute_verdict,
    claims_of_record,
    documents,
    rating_claims,
    rating_verdict,
    record_verdicts,
    word_of,
)
from .conflicts import rows_of
from .reading import RevisionReader
from .revisions import NAMED_BY, document_key, read_rows
from .tables import ImportBatch, RatingRevision, RecordRevision, SubjectRevision

_subjects: Table = SubjectRevision.__table__  # type: ignore[attr-defined]
_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_ratings: Table = RatingRevision.__table__  # type: ignore[attr-defined]
_batches: Table = ImportBatch.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Origin:
    """What one feed says, and from where it came."""

    thing: str
    field: str
    feed: str
    value: Word
    counts: bool
    how: How
    """By what it, or another, counts."""
    day: str
    """Data day of the last file that said it; ISO, empty: from before that was kept."""
    file: str
    """Name of the file that first said it so; empty where that is not known."""
    rows: int | None
    """Rows of that file."""
    row: str
    """In it, as a person counts; of several sheets with the sheet."""
    file_day: str
    """The day of that file."""
    known_at: str
    """Since when it is known; RFC 3339."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """All that is said of a field of a subject."""

    origins: tuple[Origin, ...]
    rests: Callable[[Knowledge], bool]
    """Whether knowledge holds what counts now."""


def lineage(store: Store, catalogue: Catalogue, subject: str, what: str) -> Lineage:
    """Of a fact, by its name or label, or of a record, by its document number. Raises UnknownThing, StoreDown."""
    tracer = _Tracer(store, precedence_of(catalogue))
    fact = next((one for one in catalogue.facts.values() if what in (one.name, one.label)), None)
    if fact is not None and fact.source is FactSource.ATTRIBUTE:
        return tracer.of_attribute(subject, fact.name)
    if fact is not None and fact.ladder:
        return tracer.of_ratings(subject, fact.ladder)
    return tracer.of_document(subject, what)


@dataclass(frozen=True, slots=True)
class _History:
    """All that feeds ever said of a subject in one table."""

    named_by: tuple[str, ...]
    """Columns that name a thing."""
    rows: Sequence[Row[Any]]
    """In the order in which they became known."""


@dataclass(frozen=True, slots=True)
class _Tracer:
    store: Store
    precedence: Precedence

    def _reader(self) -> RevisionReader:
        return RevisionReader(lambda statement: list(read_rows(self.store, statement)), self.precedence)

    def of_attribute(self, subject: str, name: str) -> Lineage:
        reader = self._reader()
        claims = attribute_claims(list(reader.latest(_subjects, [subject])), self.precedence).get(name, [])
        if not claims:
            raise UnknownThing(f"{subject} 没有 {name}", "核对代码和事实名称", "field")
        verdict = attribute_verdict(name, claims, self.precedence, reader.settled([subject]).get(subject, {}))

        def said(row: Row[Any]) -> Word:
            return (msgspec.json.decode(row.attributes).get(name),)

        origins = self._origins(self._history(_subjects, subject), f"attribute:{name}", "value", claims, verdict, said)
        return Lineage(tuple(origins), lambda known: (known.attributes.get(name),) == verdict.word)

    def of_ratings(self, subject: str, ladder: str) -> Lineage:
        reader = self._reader()
        settled = reader.settled([subject]).get(subject, {})
        origins: list[Origin] = []
        last: tuple[str, Word] | None = None
        history = self._history(_ratings, subject)
        for (of, day), claims in sorted(rating_claims(reader.latest(_ratings, [subject]), self.precedence).items()):
            if of == ladder:
                verdict = rating_verdict(ladder, day, claims, self.precedence, settled)
                thing = f"rating:{ladder}:{day}"
                origins += self._origins(history, thing, "value", claims, verdict, _rating)
                last = (day, verdict.word)
        if last is None:
            raise UnknownThing(f"{subject} 没有 {ladder} 的评价", "核对代码和事实名称", "field")
        newest = last

        def rests(known: Knowledge) -> bool:
            found = [one for one in known.ratings if one.ladder == ladder]
            return any((one.decided_on.isoformat(), one.rating) == (newest[0], newest[1][0]) for one in found)

        return Lineage(tuple(origins), rests)

    def of_document(self, subject: str, number: str) -> Lineage:
        reader = self._reader()
        settled = reader.settled([subject]).get(subject, {})
        key = document_key(number)
        rows = [row for row in reader.latest(_records, [subject]) if document_key(row.document_number) == key]
        if not rows:
            raise UnknownThing(f"{subject} 没有事实或文书 {number}", "写事实名称, 或文书号", "field")
        history = self._history(_records, subject)
        origins = [origin for document in documents(rows) for origin in self._of_record(history, document, settled)]

        def rests(known: Knowledge) -> bool:
            return any(document_key(record.document_number) == key for record in known.records)

        return Lineage(tuple(origins), rests)

    def _of_record(self, history: _History, document: Document, settled: Settlements) -> Iterator[Origin]:
        for each, verdict in record_verdicts(document, self.precedence, settled).items():
            claims = [
                claim for claim in claims_of_record(document, each) if any(part is not None for part in claim.word)
            ]

            def said(row: Row[Any], columns: tuple[str, ...] = COLUMNS[each]) -> Word:
                return word_of(row, columns)

            yield from self._origins(history, document.thing, each.value, claims, verdict, said)

    def _origins(
        self,
        history: _History,
        thing: str,
        field: str,
        claims: Sequence[Claim],
        verdict: Verdict,
        said: Callable[[Row[Any]], Word],
    ) -> Iterator[Origin]:
        """For each claim the revision since which its feed says so without a break."""
        for claim in sorted(claims, key=lambda claim: claim.feed):
            row = self._first(history, claim, said)
            batch = self._batch(row.batch)
            yield Origin(
                thing=thing,
                field=field,
                feed=claim.feed,
                value=claim.word,
                counts=verdict.how is not How.OPEN and claim.word == verdict.word,
                how=verdict.how,
                day=claim.day,
                file=batch.file_name if batch is not None else "",
                rows=None if batch is None else rows_of(batch),
                row=row.row or "",
                file_day=row.data_day or "",
                known_at=row.known_at,
            )

    def _history(self, table: Table, subject: str) -> _History:
        statement = select(table).where(table.c.identifier == subject).order_by(table.c.known_at, table.c.id)
        return _History(NAMED_BY[table.name], read_rows(self.store, statement))

    @staticmethod
    def _first(history: _History, claim: Claim, said: Callable[[Row[Any]], Word]) -> Row[Any]:
        last = next(row for row in history.rows if row.id == claim.number)
        own = [
            row for row in history.rows if all(getattr(row, name) == getattr(last, name) for name in history.named_by)
        ]
        own = own[: own.index(last) + 1]
        first = last
        for row in reversed(own):
            if said(row) != claim.word:
                break
            first = row
        return first

    def _batch(self, number: int | None) -> Row[Any] | None:
        if number is None:
            return None
        found = read_rows(self.store, select(_batches).where(_batches.c.id == number))
        return found[0] if found else None


def _rating(row: Row[Any]) -> Word:
    return (row.rating, row.until)
