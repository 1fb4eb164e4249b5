"""Writing what the rows of a file say: nothing overwritten, what is the same adds nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from ..rulebook.catalogue import Catalogue
from ..storage.database import Store, writing
from .reports import ImportReport
from .revisions import NAMED_BY, Name, announce, content_hash, known_hashes, name_of, one_writer, record_values
from .rows import RatingRow, ReadRow, RecordRow, RelationRow, SubjectRow
from .tables import FeedUpdate, ImportBatch, RatingRevision, RecordRevision, SubjectRevision

_subjects: Table = SubjectRevision.__table__  # type: ignore[attr-defined]
_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_ratings: Table = RatingRevision.__table__  # type: ignore[attr-defined]
_feeds: Table = FeedUpdate.__table__  # type: ignore[attr-defined]
_batches: Table = ImportBatch.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What holds for all rows of a file."""

    catalogue: Catalogue
    data_day: date
    """Legal day up to which the file's data is complete."""
    known_at: str
    """The instant at which it became known, RFC 3339 in UTC."""
    feed: str | None = None
    """Code of the feed that the operator names; None: the rows tell it."""


def load_rows(store: Store, rows: Iterable[ReadRow], delivery: Delivery, report: ImportReport) -> None:
    """Rows of one page of a file, in one transaction. Counts in `report`. Raises StoreDown."""
    by_table: dict[str, tuple[Table, dict[Name, dict[str, Any]]]] = {}
    silent: set[Name] = set()
    for row in rows:
        if isinstance(row, RelationRow):
            continue  # relations are not kept yet
        table, values = _values(row)
        if delivery.feed is None:
            report.feeds |= _feeds_of(row, delivery.catalogue)
        values["content_hash"] = content_hash(values)
        values["known_at"] = delivery.known_at
        name = name_of(table, values)
        latest = by_table.setdefault(table.name, (table, {}))[1]
        if name in latest:
            report.unchanged += 1  # the same thing twice in a file: the last row counts
        latest[name] = values
        if isinstance(row, RecordRow) and not row.tells_violation:
            silent.add(name)
    with writing(store) as connection:
        one_writer(connection, store)
        for table, named in by_table.values():
            if table is _subjects:
                _keep_other_attributes(connection, named)
            if table is _records and silent:
                _keep_violations(connection, {name: named[name] for name in silent})
            known = known_hashes(connection, table, [values["identifier"] for values in named.values()])
            new = [values for name, values in named.items() if known.get(name) != values["content_hash"]]
            if new:
                connection.execute(table.insert(), new)
            revised = sum(
                1 for name, values in named.items() if known.get(name, values["content_hash"]) != values["content_hash"]
            )
            report.revised += revised
            report.loaded += len(new) - revised
            report.unchanged += len(named) - len(new)


def _keep_other_attributes(connection: Connection, named: dict[Name, dict[str, Any]]) -> None:
    """A file that brings some attributes says nothing of the others: they stay as they were."""
    identifiers = sorted(values["identifier"] for values in named.values())
    statement = select(_subjects.c.identifier, _subjects.c.attributes).where(_subjects.c.identifier.in_(identifiers))
    before = {row[0]: row[1] for row in connection.execute(statement.order_by(_subjects.c.known_at, _subjects.c.id))}
    for values in named.values():
        known_at = values.pop("known_at")
        values.pop("content_hash")
        attributes = msgspec.json.decode(before.get(values["identifier"], "{}"))
        attributes.update(msgspec.json.decode(values["attributes"]))
        values["attributes"] = msgspec.json.encode(attributes, order="sorted").decode()
        values["content_hash"] = content_hash(values)
        values["known_at"] = known_at


def _keep_violations(connection: Connection, named: dict[Name, dict[str, Any]]) -> None:
    """A file without a column for kinds of violation says nothing of them: they stay as they were."""
    identifiers = sorted({values["identifier"] for values in named.values()})
    columns = [_records.c[name] for name in (*NAMED_BY[_records.name], "violation")]
    statement = select(*columns).where(_records.c.identifier.in_(identifiers))
    for *name, violation in connection.execute(statement.order_by(_records.c.known_at, _records.c.id)):
        if tuple(name) in named:
            named[tuple(name)]["violation"] = violation
    for values in named.values():
        del values["content_hash"]
        known_at = values.pop("known_at")
        values |= {"content_hash": content_hash(values), "known_at": known_at}


def _values(row: SubjectRow | RecordRow | RatingRow) -> tuple[Table, dict[str, Any]]:
    if isinstance(row, SubjectRow):
        attributes = msgspec.json.encode(row.attributes, order="sorted").decode()
        return _subjects, {"identifier": row.identifier, "name": row.name, "attributes": attributes}
    if isinstance(row, RecordRow):
        return _records, record_values(row.identifier, row.record)
    return _ratings, {"identifier": row.identifier, **msgspec.to_builtins(row.rating)}


def _feeds_of(row: SubjectRow | RecordRow | RatingRow, catalogue: Catalogue) -> set[str]:
    if isinstance(row, RecordRow):
        return {row.record.source}
    if isinstance(row, RatingRow):
        return {catalogue.ladders[row.rating.ladder].feed}
    return {catalogue.facts[name].feed for name in row.attributes}


def finish(store: Store, report: ImportReport, delivery: Delivery) -> None:
    """The feeds delivered, and everyone who keeps something in memory looks again."""
    known_at = delivery.known_at
    with writing(store) as connection:
        feeds = sorted(report.feeds) if report.delivered else []
        updates = [{"feed": feed, "data_day": delivery.data_day.isoformat(), "known_at": known_at} for feed in feeds]
        if updates:
            connection.execute(_feeds.insert(), updates)
        counts = {name: getattr(report, name) for name in ("loaded", "revised", "unchanged", "rejected")}
        batch = {"file_name": report.path.name, "file_kind": report.kind.value, "known_at": known_at, **counts}
        connection.execute(_batches.insert(), batch)
        announce(connection)
