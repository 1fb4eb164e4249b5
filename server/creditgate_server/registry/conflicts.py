"""Where sources contradict each other, found over the whole registry in one pass, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Row, Select, Table, and_, func, or_, select, union

from ..decision.knowledge import Assertion, Record
from ..rulebook.catalogue import Catalogue
from ..rulebook.language import LIST_ENTRY, PenaltyKind
from ..storage.database import Store
from .authority import Claim, How, Precedence, Verdict, precedence_of
from .combining import (
    alike,
    attribute_claims,
    attribute_verdict,
    documents,
    rating_claims,
    rating_verdict,
    record_of,
    record_verdicts,
)
from .reading import RevisionReader
from .relations import heard_of, overruled
from .revisions import read_rows
from .tables import ImportBatch, RatingRevision, RecordRevision, RelationRevision, SubjectRevision

PAGE = 500
"""Subjects looked at together."""

_subjects: Table = SubjectRevision.__table__  # type: ignore[attr-defined]
_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_ratings: Table = RatingRevision.__table__  # type: ignore[attr-defined]
_relations: Table = RelationRevision.__table__  # type: ignore[attr-defined]
_batches: Table = ImportBatch.__table__  # type: ignore[attr-defined]

_LICENCE = "licence"
_REVOCATIONS = ("licence-revocation", "food-licence-revocation")


class ConflictKind(StrEnum):
    """What contradicts what."""

    FACT = "fact"
    """Feeds say different things of a fact of a subject."""
    RATING = "rating"
    RECORD = "record"
    """Feeds have one document with different contents: another state, day, amount …"""
    REPRESENTATIVE = "representative"
    """Feeds name different subjects for a place of which there is one at a time."""
    REVOKED_LICENCE = "revoked_licence"
    """A licence is in force although its revocation is on record."""
    ENTRY_ALONE = "entry_alone"
    """A list entry without the penalty that it rests on."""
    TWO_DAYS = "two_days"
    """One document of one organ with two days of decision."""
    TWO_SUBJECTS = "two_subjects"
    """One document on record of two firms."""
    CHANGED_CODE = "changed_code"
    """Two codes of one organisation: they share the nine letters of the organisation code."""
    TOTALS = "totals"
    """A file has not what its sender announced."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that contradict each other."""

    kind: ConflictKind
    subject: str
    """Identifier; empty for files."""
    thing: str
    """As a settlement names it."""
    field: str
    how: How
    """By what it is settled; OPEN: it is not."""
    counts: object
    """What counts; where it is open, nothing does."""
    said: tuple[Assertion, ...]
    """By feed."""
    note: str = ""
    """In Chinese, what the thing alone does not tell."""

    @property
    def open(self) -> bool:
        """Whether somebody has to settle it."""
        return self.how is How.OPEN


def conflicts(store: Store, catalogue: Catalogue) -> Iterator[Conflict]:
    """All, by kind of finding and then by subject. Raises StoreDown."""
    finder = _Finder(store, catalogue, precedence_of(catalogue))
    yield from finder.between_feeds()
    yield from finder.revoked_licences()
    yield from finder.entries_alone()
    yield from finder.two_days()
    yield from finder.two_subjects()
    yield from finder.changed_codes()
    yield from finder.totals()


def conflicts_of(store: Store, catalogue: Catalogue, subject: str) -> tuple[Conflict, ...]:
    """What feeds contradict each other in of one subject. Raises StoreDown."""
    return tuple(_Finder(store, catalogue, precedence_of(catalogue)).of_subjects([subject]))


@dataclass(frozen=True, slots=True)
class _Finder:
    store: Store
    catalogue: Catalogue
    precedence: Precedence

    def _rows(self, statement: Select[Any]) -> list[Row[Any]]:
        return list(read_rows(self.store, statement))

    # -- between feeds ------------------------------------------------------------------------------------------------

    def between_feeds(self) -> Iterator[Conflict]:
        """Facts, ratings, records and relations of which a feed speaks that is not their own."""
        tables = (_subjects, _records, _ratings, _relations)
        found = union(*(select(table.c.identifier).where(table.c.feed != "") for table in tables)).subquery()
        for identifiers in self._pages(found.c.identifier):
            yield from self.of_subjects(identifiers)

    def of_subjects(self, identifiers: Sequence[str]) -> Iterator[Conflict]:
        """What feeds contradict each other in of some subjects, by subject."""
        reader = RevisionReader(self._rows, self.precedence)
        settled = reader.settled(identifiers)
        tables = (_subjects, _records, _ratings, _relations)
        rows = {table.name: _by_subject(reader.latest(table, identifiers)) for table in tables}
        for identifier in identifiers:
            own = settled.get(identifier, {})
            facts = attribute_claims(rows[_subjects.name].get(identifier, ()), self.precedence)
            for name, claims in sorted(facts.items()):
                verdict = attribute_verdict(name, claims, self.precedence, own)
                yield from _told(ConflictKind.FACT, identifier, f"attribute:{name}", "value", verdict, claims)
            ratings = rating_claims(rows[_ratings.name].get(identifier, ()), self.precedence)
            for (ladder, day), claims in sorted(ratings.items()):
                verdict = rating_verdict(ladder, day, claims, self.precedence, own)
                yield from _told(ConflictKind.RATING, identifier, f"rating:{ladder}:{day}", "value", verdict, claims)
            for document in documents(rows[_records.name].get(identifier, ())):
                if len(document.rows) > 1 and not alike(document):
                    verdicts = record_verdicts(document, self.precedence, own)
                    for each, verdict in verdicts.items():
                        said = [verdict.by] if verdict.by else []
                        said += verdict.otherwise
                        yield from _told(ConflictKind.RECORD, identifier, document.thing, each.value, verdict, said)
            yield from self._representatives(identifier, rows[_relations.name].get(identifier, ()))

    def _representatives(self, identifier: str, rows: Iterable[Row[Any]]) -> Iterator[Conflict]:
        for one, against in overruled(heard_of(rows, self.precedence)):
            yield Conflict(
                kind=ConflictKind.REPRESENTATIVE,
                subject=identifier,
                thing=f"relation:{one.relation.kind.value}",
                field="other",
                how=How.AUTHORITY,
                counts=against.relation.other,
                said=tuple(_heard(each.relation.feed, each.day, each.relation.other) for each in (against, one)),
            )

    # -- between records ----------------------------------------------------------------------------------------------

    def revoked_licences(self) -> Iterator[Conflict]:
        """Licences in force of an item whose licence was revoked on a later day."""
        revoking = or_(
            _records.c.kind.in_(_REVOCATIONS), _records.c.penalty_kinds.like(f'%"{PenaltyKind.REVOCATION.value}"%')
        )
        for identifier, records in self._records_of(revoking):
            licences = [one for one in records if one.kind == _LICENCE and one.state == "effective"]
            for revocation in (one for one in records if _revokes(one) and one.state == "effective"):
                for licence in licences:
                    same = licence.licence_item == revocation.licence_item and isinstance(licence.licence_item, str)
                    runs = licence.until is None or licence.until >= revocation.decided_on
                    if same and runs and licence.effective_from <= revocation.decided_on:
                        yield _between(ConflictKind.REVOKED_LICENCE, identifier, (licence, revocation))

    def entries_alone(self) -> Iterator[Conflict]:
        """Effective entries of lists that rest on records of some kinds, where there is none up to the entry's day."""
        needs = {one.code: one.rests_on for one in self.catalogue.lists.values() if isinstance(one.rests_on, tuple)}
        if not needs:
            return
        for identifier, records in self._records_of(_records.c.list.in_(sorted(needs))):
            for entry in records:
                kinds = needs.get(entry.list)
                if entry.kind != LIST_ENTRY or entry.state != "effective" or kinds is None:
                    continue
                if not any(self._may_be(one, kinds) and one.decided_on <= entry.decided_on for one in records):
                    yield _between(ConflictKind.ENTRY_ALONE, identifier, (entry,))

    def _may_be(self, record: Record, kinds: Sequence[str]) -> bool:
        kind = self.catalogue.record_kinds.get(record.kind)
        return record.kind in kinds or (kind is not None and not set(kind.kinds).isdisjoint(kinds))

    def two_days(self) -> Iterator[Conflict]:
        """Documents of one number, organ and subject that are on record with two days, as records of two kinds."""
        named = (_records.c.document_key != "", _records.c.list == "")
        grouped = select(_records.c.identifier).where(*named).group_by(_records.c.identifier, _records.c.document_key)
        several = grouped.having(
            func.count(_records.c.decided_on.distinct()) > 1, func.count(_records.c.kind.distinct()) > 1
        ).subquery()
        for identifiers in self._pages(several.c.identifier):
            for identifier, records in self._records(identifiers).items():
                found: dict[tuple[str, str], list[Record]] = {}
                for one in records:
                    if not one.list and one.kind != _LICENCE:
                        found.setdefault((one.document_number, one.organ), []).append(one)
                for same in found.values():
                    if len({one.decided_on for one in same}) > 1:
                        yield _between(ConflictKind.TWO_DAYS, identifier, same)

    def two_subjects(self) -> Iterator[Conflict]:
        """Documents that two firms have on record. A firm and a person may share one: both are punished by it."""
        name = (_records.c.document_key, _records.c.kind, _records.c.list)
        firms = (~_records.c.identifier.like("p:%"), _records.c.document_key != "")
        grouped = select(*name).where(*firms).group_by(*name)
        shared = grouped.having(func.count(_records.c.identifier.distinct()) > 1).subquery()
        whose = select(*name, _records.c.identifier).where(*firms).distinct()
        same = and_(*(mine == theirs for mine, theirs in zip(name, shared.c, strict=True)))
        each = whose.join(shared, same).subquery()
        ordered = select(each).order_by(*(_plain(column, self.store) for column in each.c))
        for document, rows in groupby(self._streamed(ordered), key=_document_of):
            yield from self._shared_by(document, [row.identifier for row in rows])

    def _shared_by(self, document: tuple[str, ...], who: Sequence[str]) -> Iterator[Conflict]:
        by_organ: dict[str, dict[str, Record]] = {}
        for identifier, rows in self._latest_records(sorted(who)).items():
            for row in rows:
                if (row.document_key, row.kind, row.list) == document and row.state != "revoked":
                    by_organ.setdefault(row.organ, {})[identifier] = record_of(row)
        for records in by_organ.values():
            if len(records) > 1:
                key, kind, list_code = document
                yield Conflict(
                    kind=ConflictKind.TWO_SUBJECTS,
                    subject=min(records),
                    thing=f"record:{kind}:{list_code}:{key}",
                    field="subject",
                    how=How.OPEN,
                    counts=None,
                    said=tuple(_heard(record.source, "", identifier) for identifier, record in records.items()),
                )

    def changed_codes(self) -> Iterator[Conflict]:
        """Organisations with two unified codes: the nine letters of the organisation stay when the code changes."""
        firms = (func.length(column) == _CODE_LENGTH for column in (_subjects.c.identifier, _records.c.identifier))
        kept = union(
            *(select(table.c.identifier).where(firm) for table, firm in zip((_subjects, _records), firms, strict=True))
        )
        codes = kept.subquery()
        organisation = func.substr(codes.c.identifier, 9, 9)
        several = select(organisation.label("one")).group_by(organisation).having(func.count() > 1).subquery()
        found = select(organisation.label("organisation"), codes.c.identifier).join(
            several, several.c.one == organisation
        )
        ordered = found.order_by(_plain(organisation, self.store), _plain(codes.c.identifier, self.store))
        for code, rows in groupby(self._streamed(ordered), key=lambda row: str(row.organisation)):
            who = [row.identifier for row in rows]
            yield Conflict(
                kind=ConflictKind.CHANGED_CODE,
                subject=who[0],
                thing=f"organisation:{code}",
                field="identifier",
                how=How.OPEN,
                counts=None,
                said=tuple(_heard("", "", one) for one in who),
                note="统一社会信用代码中的主体标识码相同: 代码变更过, 或有一个写错了",
            )

    def totals(self) -> Iterator[Conflict]:
        """Files that do not hold what was announced of them, until a later one of the kind makes the feed whole."""
        rows = self._rows(select(_batches).where(_batches.c.finished == 1).order_by(_batches.c.id))
        whole = {(row.file_kind, row.feeds): row.id for row in rows if row.delivered}
        for row in rows:
            off = list(totals_off(row))
            if off and not row.delivered and whole.get((row.file_kind, row.feeds), 0) < row.id:
                yield Conflict(
                    kind=ConflictKind.TOTALS,
                    subject="",
                    thing=f"file:{row.file_name}",
                    field="totals",
                    how=How.OPEN,
                    counts=None,
                    said=(),
                    note="; ".join(off),
                )

    # -- reading ------------------------------------------------------------------------------------------------------

    def _pages(self, identifiers: Any) -> Iterator[list[str]]:  # noqa: ANN401 - a column
        """Identifiers of a column, each once, page by page in order."""
        page: list[str] = []
        each = select(identifiers).distinct().subquery()
        for row in self._streamed(select(each).order_by(_plain(each.c[0], self.store))):
            page.append(row[0])
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page

    def _records_of(self, where: Any) -> Iterator[tuple[str, tuple[Record, ...]]]:  # noqa: ANN401 - a condition
        """The records, as they count, of every subject of which a row fits."""
        for identifiers in self._pages(select(_records.c.identifier).where(where).subquery().c.identifier):
            yield from self._records(identifiers).items()

    def _records(self, identifiers: Sequence[str]) -> dict[str, tuple[Record, ...]]:
        known = RevisionReader(self._rows, self.precedence, relations=False).read(identifiers)
        return {identifier: known[identifier].records for identifier in identifiers}

    def _latest_records(self, identifiers: Sequence[str]) -> dict[str, list[Row[Any]]]:
        return _by_subject(RevisionReader(self._rows, self.precedence).latest(_records, identifiers))

    def _streamed(self, statement: Select[Any]) -> Iterator[Row[Any]]:
        with self.store.engine.connect().execution_options(yield_per=PAGE) as connection:
            yield from connection.execute(statement)


_CODE_LENGTH = 18


def totals_off(row: Row[Any]) -> Iterator[str]:
    """In what a file differs from what was announced, in Chinese."""
    if row.announced is not None and row.announced != rows_of(row):
        yield f"应有 {row.announced} 行, 收到 {rows_of(row)} 行"
    for feed, totals in (msgspec.json.decode(row.totals) if row.totals else {}).items():
        for name, unit in (("rows", "条"), ("fen", "分")):
            announced, received = totals[name]["announced"], totals[name]["received"]
            if announced is not None and announced != received:
                yield f"{feed}: 应有 {announced} {unit}, 收下 {received} {unit}"


def rows_of(row: Row[Any]) -> int:
    """Rows of an imported file, whatever became of them."""
    if row.rows is not None:
        return int(row.rows)
    return int(row.loaded + row.revised + row.unchanged + row.rejected + (row.outdated or 0))


def _told(
    kind: ConflictKind, subject: str, thing: str, field: str, verdict: Verdict, claims: Sequence[Claim]
) -> Iterator[Conflict]:
    """A conflict, where there is one: a state that went on is none, nor what is from before days were kept."""
    if verdict.how in (How.AGREED, How.LATER_STATE) or not verdict.otherwise:
        return
    yield Conflict(
        kind=kind,
        subject=subject,
        thing=thing,
        field=field,
        how=verdict.how,
        counts=None if verdict.how is How.OPEN else _shown(verdict.word),
        said=tuple(_heard(claim.feed, claim.day, _shown(claim.word)) for claim in sorted(claims, key=_by_feed)),
    )


def _by_feed(claim: Claim) -> str:
    return claim.feed


def _shown(word: tuple[object, ...]) -> object:
    """A word as one value: of several those that say something."""
    said = [part for part in word if part is not None]
    return said[0] if len(said) == 1 else " ".join(str(part) for part in said)


def _heard(feed: str, day: str, value: object) -> Assertion:
    said = value if isinstance(value, int | str) else str(value)
    return Assertion(source=feed, source_day=date.fromisoformat(day) if day else date.min, value=said)


def _between(kind: ConflictKind, subject: str, records: Sequence[Record]) -> Conflict:
    first = records[0]
    return Conflict(
        kind=kind,
        subject=subject,
        thing=f"record:{first.kind}:{first.list}:{first.document_number}",
        field="decided_on" if kind is ConflictKind.TWO_DAYS else "state",
        how=How.OPEN,
        counts=None,
        said=tuple(
            Assertion(source=one.source, source_day=one.decided_on, value=f"{one.kind} {one.document_number}")
            for one in records
        ),
    )


def _revokes(record: Record) -> bool:
    kinds = record.penalty_kinds
    return record.kind in _REVOCATIONS or (isinstance(kinds, tuple) and PenaltyKind.REVOCATION in kinds)


def _document_of(row: Row[Any]) -> tuple[str, str, str]:
    return (row.document_key, row.kind, row.list)


def _by_subject(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.identifier, []).append(row)
    return found


def _plain(column: Any, store: Store) -> Any:  # noqa: ANN401 - a column
    """To be ordered as Python orders text, on every database."""
    return column if store.embedded else column.collate("C")
