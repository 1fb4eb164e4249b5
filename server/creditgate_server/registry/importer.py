"""Importing files: streaming, idempotent, nothing overwritten, bad rows set aside with their reason."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from ..clock import legal_day, rfc3339
from ..errors import SetupFault
from ..files.tables import Row, open_rows
from ..files.whole import writing_whole
from ..rulebook.catalogue import Catalogue
from ..storage.database import Store, writing
from .columns import FileKind, places, recognised
from .identity import PersonKey
from .revisions import NAMED_BY, Name, announce, content_hash, known_hashes, name_of, one_writer, record_values
from .rows import RatingRow, ReadRow, RecordRow, RowFault, RowReader, SubjectRow, attribute_columns
from .tables import FeedUpdate, ImportBatch, RatingRevision, RecordRevision, SubjectRevision

CHUNK = 1_000
"""Rows in one transaction."""

_subjects: Table = SubjectRevision.__table__  # type: ignore[attr-defined]
_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_ratings: Table = RatingRevision.__table__  # type: ignore[attr-defined]
_feeds: Table = FeedUpdate.__table__  # type: ignore[attr-defined]
_batches: Table = ImportBatch.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class ImportReport:
    """What became of a file's rows."""

    path: Path
    kind: FileKind
    rows: int = 0
    loaded: int = 0
    """New to the registry."""
    revised: int = 0
    """Known with other content: a new revision was added."""
    unchanged: int = 0
    rejected: int = 0
    reject_file: Path | None = None
    feeds: set[str] = field(default_factory=set)
    delivered: bool = False
    """Whether the feeds count as complete up to the data day."""


def import_file(
    store: Store,
    path: Path,
    *,
    catalogue: Catalogue,
    person_key: PersonKey,
    data_day: date,
    known_at: datetime,
    feed: str | None = None,
    rejects: Path | None = None,
    progress: Callable[[int], None] | None = None,
    complete: bool = False,
) -> ImportReport:
    """Load a file. `data_day` is the legal day up to which its data is complete; `known_at` the present instant.

    A file with rejected rows does not make its feeds complete: what they would have said is not known. `complete`
    is the operator's word that it is nothing that matters.

    Interrupted, it can be run again: what is there already is found unchanged. Raises SetupFault for a file that is
    none of the known kinds, StoreDown where the store fails.
    """
    if feed is not None and feed not in catalogue.feeds:
        raise SetupFault(f"目录中没有数据源 {feed}", "可用的有 " + "、".join(catalogue.feeds), "feed")
    with open_rows(path) as rows, _Rejects(rejects or path.with_name(path.name + ".rejects.csv")) as aside:
        headers = next(rows, (1, []))[1]
        kind = recognised(headers)
        if kind is FileKind.SUBJECTS and not attribute_columns(headers, catalogue):
            kind = None  # any file has codes: what makes it one of subjects are their attributes
        if kind is None:
            raise SetupFault(f"不认识的表头: {path.name}", "表头对照见 registry/columns.py 和文档", "file")
        person_hash = partial(person_key.hash, today=legal_day(known_at))
        reader = RowReader(kind, places(kind, headers), headers, catalogue, person_hash)
        report = ImportReport(path, kind, feeds={feed} if feed else set())
        aside.headers = headers
        for chunk in _chunks(rows):
            _load(store, _read(chunk, reader, report, aside), catalogue, rfc3339(known_at), report, named_feed=feed)
            if progress is not None:
                progress(len(chunk))
    report.reject_file = aside.path if report.rejected else None
    report.delivered = complete or not report.rejected
    _finish(store, report, data_day, rfc3339(known_at))
    return report


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        if any(row[1]):
            chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _read(chunk: list[Row], reader: RowReader, report: ImportReport, aside: _Rejects) -> list[ReadRow]:
    good: list[ReadRow] = []
    for number, cells in chunk:
        report.rows += 1
        try:
            good.append(reader.read(cells))
        except RowFault as fault:
            report.rejected += 1
            aside.add(number, fault, cells)
    return good


# -- writing --------------------------------------------------------------------------------------------------------


def _load(
    store: Store,
    rows: list[ReadRow],
    catalogue: Catalogue,
    known_at: str,
    report: ImportReport,
    *,
    named_feed: str | None,
) -> None:
    by_table: dict[str, tuple[Table, dict[Name, dict[str, Any]]]] = {}
    silent: set[Name] = set()
    for row in rows:
        table, values = _values(row)
        if named_feed is None:
            report.feeds |= _feeds_of(row, catalogue)
        values["content_hash"] = content_hash(values)
        values["known_at"] = known_at
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


def _values(row: ReadRow) -> tuple[Table, dict[str, Any]]:
    if isinstance(row, SubjectRow):
        attributes = msgspec.json.encode(row.attributes, order="sorted").decode()
        return _subjects, {"identifier": row.identifier, "name": row.name, "attributes": attributes}
    if isinstance(row, RecordRow):
        return _records, record_values(row.identifier, row.record)
    return _ratings, {"identifier": row.identifier, **msgspec.to_builtins(row.rating)}


def _feeds_of(row: ReadRow, catalogue: Catalogue) -> set[str]:
    if isinstance(row, RecordRow):
        return {row.record.source}
    if isinstance(row, RatingRow):
        return {catalogue.ladders[row.rating.ladder].feed}
    return {catalogue.facts[name].feed for name in row.attributes}


def _finish(store: Store, report: ImportReport, data_day: date, known_at: str) -> None:
    """The feeds delivered, and everyone who keeps something in memory looks again."""
    with writing(store) as connection:
        feeds = sorted(report.feeds) if report.delivered else []
        updates = [{"feed": feed, "data_day": data_day.isoformat(), "known_at": known_at} for feed in feeds]
        if updates:
            connection.execute(_feeds.insert(), updates)
        counts = {name: getattr(report, name) for name in ("loaded", "revised", "unchanged", "rejected")}
        batch = {"file_name": report.path.name, "file_kind": report.kind.value, "known_at": known_at, **counts}
        connection.execute(_batches.insert(), batch)
        announce(connection)


class _Rejects(ExitStack):
    """The file of rows that were not loaded; made when the first one comes, whole or not there."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.headers: list[str] = []
        self._writer: Any = None

    def add(self, number: int, fault: RowFault, cells: list[str]) -> None:
        """Set a row aside: row number, field, reason, and the cells as they came, citizen numbers masked."""
        if self._writer is None:
            file = self.enter_context(writing_whole(self.path))
            self._writer = csv.writer(TextIOWrapper(file, "utf-8-sig", newline="", write_through=True))
            self._writer.writerow(["行号", "字段", "原因", *self.headers])
        self._writer.writerow(
            [number, fault.field, fault.reason, *(self._shown(place, cell) for place, cell in enumerate(cells))]
        )

    def _shown(self, place: int, cell: str) -> str:
        header = self.headers[place] if place < len(self.headers) else ""
        return "(不保留)" if "证件号码" in header and cell else cell
