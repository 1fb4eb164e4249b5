"""Writing what the rows of a file say: nothing overwritten, what is the same adds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, assert_never

import msgspec
from sqlalchemy import Connection, Table, insert, select, update

from ..rulebook.catalogue import Catalogue, FactSource
from ..storage.database import Store, writing
from .control import Control
from .fields import FileKind
from .reports import ImportReport
from .revisions import (
    DETAILS,
    NAMED_BY,
    Name,
    announce,
    content_hash,
    latest_of,
    name_of,
    one_writer,
    record_values,
)
from .rows import RatingRow, ReadRow, RecordRow, RelationRow, SubjectRow
from .tables import FeedUpdate, ImportBatch, RatingRevision, RecordRevision, RelationRevision, SubjectRevision
from .unsettled import BY_WORD, NOT_WHOLE, WHOLE

_subjects: Table = SubjectRevision.__table__  # type: ignore[attr-defined]
_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_ratings: Table = RatingRevision.__table__  # type: ignore[attr-defined]
_relations: Table = RelationRevision.__table__  # type: ignore[attr-defined]
_feeds: Table = FeedUpdate.__table__  # type: ignore[attr-defined]
_batches: Table = ImportBatch.__table__  # type: ignore[attr-defined]

_COUNTS = ("loaded", "revised", "unchanged", "rejected", "outdated")
_TOLD = {"violation_code": "violation"} | {name: name for name in DETAILS}
"""Fields of records that a file may say nothing of, to their columns: what is known of them stays."""


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
    older: bool = False
    """Whether it counts even against what a later day's file said. The operator's word."""
    batch: int | None = None
    """Number of the import, as `begin` gave it."""


@dataclass(frozen=True, slots=True)
class OlderRow:
    """A row that says something else than what the same feed said for a later day. It does not count."""

    row: int
    later: date
    """The day of what counts."""


@dataclass(slots=True)
class _Said:
    """What one row says of one thing, as columns."""

    values: dict[str, Any]
    number: int = 0
    """Of its row."""
    untold: tuple[str, ...] = ()
    """Columns of which the file says nothing."""
    counts: bool = True
    """Whether it is what the row is counted by: of all that one row says, the first."""


_Page = dict[str, tuple[Table, dict[Name, _Said]]]


def begin(store: Store, file_name: str, file_kind: str, delivery: Delivery) -> int:
    """Write down that a file's import begins, and give it a number. Raises StoreDown."""
    values: dict[str, object] = {"file_name": file_name, "file_kind": file_kind, "known_at": delivery.known_at}
    values |= {"data_day": delivery.data_day.isoformat(), "finished": 0} | dict.fromkeys(_COUNTS, 0)
    with writing(store) as connection:
        key = connection.execute(insert(_batches).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def load_rows(
    store: Store, rows: Iterable[tuple[int, ReadRow]], delivery: Delivery, report: ImportReport
) -> list[OlderRow]:
    """Rows of one page of a file with their numbers, in one transaction. Counts in `report`.

    What is unchanged adds nothing. Of two rows that say something of one thing the last counts. Returns the rows that
    an earlier file of a later day speaks against. Raises StoreDown.
    """
    with writing(store) as connection:
        one_writer(connection, store)
        return _load(connection, rows, delivery, report)


class _Rehearsed(Exception):
    """Everything was done; nothing of it is to stay."""


def rehearsed(
    store: Store, rows: Iterable[tuple[int, ReadRow]], delivery: Delivery, report: ImportReport
) -> list[OlderRow]:
    """The same, and nothing of it stays. Raises StoreDown."""
    outdated: list[OlderRow] = []
    with suppress(_Rehearsed), writing(store) as connection:
        outdated = _load(connection, rows, delivery, report)
        raise _Rehearsed
    return outdated


def _load(
    connection: Connection, rows: Iterable[tuple[int, ReadRow]], delivery: Delivery, report: ImportReport
) -> list[OlderRow]:
    page: _Page = {}
    counted = 0
    for number, row in rows:
        if delivery.feed is None:
            if not isinstance(row, RecordRow):
                report.feeds |= feeds_of(row, delivery.catalogue)
            elif row.record.source not in report.feeds:
                report.feeds.add(row.record.source)
        for table, said in _said(row, delivery):
            said.number = number
            said.values["row"] = str(number)
            said.counts = number != counted
            counted = number
            named = page.setdefault(table.name, (table, {}))[1]
            name = name_of(table, said.values)
            if name in named:
                report.unchanged += named[name].counts
            named[name] = said
    outdated: list[OlderRow] = []
    for table, named in page.values():
        outdated += _write(connection, table, named, delivery, report)
    report.outdated += len(outdated)
    return outdated


def _write(
    connection: Connection, table: Table, named: dict[Name, _Said], delivery: Delivery, report: ImportReport
) -> list[OlderRow]:
    if table is _subjects:
        _keep_other_attributes(connection, named)
    details = ("amount_fen", *_TOLD.values()) if table is _records else ()
    documents = {name[2] for name in named} if table is _records else None
    known = latest_of(connection, table, {name[0] for name in named}, details, documents)
    new: list[dict[str, Any]] = []
    outdated: list[OlderRow] = []
    again: list[int] = []
    day = delivery.data_day.isoformat()
    origin = {"known_at": delivery.known_at, "data_day": day, "batch": delivery.batch}
    for name, said in named.items():
        values = said.values
        latest = known.get(name)
        if latest is not None and said.untold:
            _keep_untold(said, dict(zip(details, latest.more, strict=True)))
        values["content_hash"] = content_hash(values)
        if latest is None:
            report.loaded += said.counts
        elif latest.content_hash == values["content_hash"]:
            report.unchanged += said.counts
            if latest.day < day:
                again.append(latest.id)
            continue
        elif latest.day > day and not delivery.older:
            outdated.append(OlderRow(said.number, date.fromisoformat(latest.day)))
            continue
        else:
            report.revised += said.counts
        values |= origin
        new.append(values)
    if new:
        _insert(connection, table, new)
    if again:
        connection.execute(update(table).where(table.c.id.in_(again)).values(last_day=day))
    return outdated


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows with the same columns. SQLite's driver takes them as they are, in half the time."""
    if connection.dialect.name != "sqlite":
        connection.execute(table.insert(), rows)
        return
    columns = tuple(rows[0])
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    connection.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})',  # noqa: S608 - names of our own
        list(map(itemgetter(*columns), rows)),
    )


def _keep_other_attributes(connection: Connection, named: dict[Name, _Said]) -> None:
    """A file that brings some attributes says nothing of the others: they stay as they were, of the day they had."""
    columns = (*(_subjects.c[name] for name in NAMED_BY[_subjects.name]), _subjects.c.attributes)
    statement = select(*columns, _subjects.c.days, _subjects.c.data_day)
    statement = statement.where(_subjects.c.identifier.in_(sorted({name[0] for name in named})))
    before = {(row[0], row[1]): row for row in connection.execute(statement.order_by(*_in_order(_subjects)))}
    for name, said in named.items():
        told = msgspec.json.decode(said.values["attributes"])
        kept = before.get((name[0], name[1]))
        attributes = {} if kept is None else msgspec.json.decode(kept.attributes)
        of_day = {} if kept is None or kept.days is None else msgspec.json.decode(kept.days)
        staying = {fact: of_day.get(fact, kept and kept.data_day) for fact in attributes if fact not in told}
        said.values["attributes"] = msgspec.json.encode(attributes | told, order="sorted").decode()
        said.values["days"] = msgspec.json.encode(staying, order="sorted").decode() if staying else None


def _keep_untold(said: _Said, known: Mapping[str, Any]) -> None:
    """A file without a column for a detail says nothing of it: it stays as it was.

    Fine and confiscation stay only with their sum.
    """
    for column in said.untold:
        if column not in ("fine_fen", "confiscated_fen") or known["amount_fen"] == said.values["amount_fen"]:
            said.values[column] = known[column]


def _in_order(table: Table) -> tuple[Any, ...]:
    return (table.c.known_at, table.c.id)


# -- rows as columns ------------------------------------------------------------------------------------------------


def _said(row: ReadRow, delivery: Delivery) -> Iterable[tuple[Table, _Said]]:
    match row:
        case SubjectRow():
            return [(_subjects, _Said(values)) for values in _subject_values(row, delivery)]
        case RecordRow():
            untold = _untold(row.tells)
            values = record_values(row.identifier, row.record, _by(delivery, row.record.source))
            return [(_records, _Said(values, untold=untold))]
        case RatingRow():
            feed = _by(delivery, delivery.catalogue.ladders[row.rating.ladder].feed)
            values = {"identifier": row.identifier, **msgspec.to_builtins(row.rating), "feed": feed}
            return [(_ratings, _Said(values))]
        case RelationRow():
            return [(_relations, _Said(_relation_values(row, delivery)))]
    assert_never(row)


@lru_cache(maxsize=100)
def _untold(tells: frozenset[str]) -> tuple[str, ...]:
    """Columns of records of which a file says nothing."""
    return tuple(column for field, column in _TOLD.items() if field not in tells)


def _by(delivery: Delivery, own: str) -> str:
    """Who says so, as the tables keep it: empty for the feed that the thing's kind belongs to."""
    return "" if delivery.feed in (None, own) else delivery.feed or ""


def _subject_values(row: SubjectRow, delivery: Delivery) -> Iterable[dict[str, Any]]:
    """A row for the facts of each fact's own feed, and one for those that another feed says."""
    by_feed: dict[str, dict[str, Any]] = {}
    for name, value in row.attributes.items():
        by_feed.setdefault(_by(delivery, delivery.catalogue.facts[name].feed), {})[name] = value
    for feed, attributes in (by_feed or {"": {}}).items():
        text = msgspec.json.encode(attributes, order="sorted").decode()
        yield {"identifier": row.identifier, "name": row.name, "attributes": text, "feed": feed}


def _relation_values(row: RelationRow, delivery: Delivery) -> dict[str, Any]:
    since, until = (row.on, row.on) if row.on is not None else (row.since, row.until)
    return {
        "identifier": row.identifier,
        "other": row.other,
        "kind": row.kind.value,
        "since": "" if since is None else since.isoformat(),
        "until": None if until is None else until.isoformat(),
        "one_day": int(row.on is not None),
        "document_number": row.document_number,
        "feed": delivery.feed or row.feed,
    }


def feeds_of(row: ReadRow, catalogue: Catalogue) -> set[str]:
    """Feeds whose data a row is, where the operator names none."""
    match row:
        case SubjectRow():
            return {catalogue.facts[name].feed for name in row.attributes}
        case RecordRow():
            return {row.record.source}
        case RatingRow():
            return {catalogue.ladders[row.rating.ladder].feed}
        case RelationRow():
            return {row.feed}
    assert_never(row)


def feeds_of_kind(kind: FileKind, catalogue: Catalogue) -> set[str]:
    """Feeds that a file of a kind may be of: of one of which no row could be read, it is not known which."""
    kinds = catalogue.record_kinds
    match kind:
        case FileKind.PENALTIES:
            return {kinds["penalty"].feed} if "penalty" in kinds else set()
        case FileKind.LICENCES:
            return {kinds["licence"].feed} if "licence" in kinds else set()
        case FileKind.LIST_ENTRIES:
            return {one.feed for one in catalogue.lists.values()}
        case FileKind.RATINGS:
            return {one.feed for one in catalogue.ladders.values()}
        case FileKind.RECORDS:
            return {one.feed for one in kinds.values()}
        case FileKind.SUBJECTS | FileKind.RELATIONS:
            return {one.feed for one in catalogue.facts.values() if one.source is FactSource.ATTRIBUTE}
    assert_never(kind)


def finish(store: Store, report: ImportReport, delivery: Delivery, control: Control | None = None) -> None:
    """The feeds delivered, and everyone who keeps something in memory looks again. `control`: what was announced."""
    known_at, day = delivery.known_at, delivery.data_day.isoformat()
    with writing(store) as connection:
        feeds = sorted(report.feeds) if report.delivered else []
        if feeds:
            connection.execute(
                _feeds.insert(), [{"feed": feed, "data_day": day, "known_at": known_at} for feed in feeds]
            )
        values = {name: getattr(report, name) for name in _COUNTS}
        values |= {"feeds": msgspec.json.encode(sorted(report.feeds)).decode()}
        values |= {"delivered": _delivered(report), "finished": 1, "rows": report.rows}
        if control is not None:
            values |= {"announced": control.rows, "totals": _totals(control, report)}
        connection.execute(update(_batches).where(_batches.c.id == delivery.batch).values(values))
        announce(connection)


def _delivered(report: ImportReport) -> int:
    if not report.delivered:
        return NOT_WHOLE
    return BY_WORD if report.by_word else WHOLE


def _totals(control: Control, report: ImportReport) -> str | None:
    """What was announced of each feed beside what came, as JSON; null where nothing was."""
    if control.feeds is None:
        return None
    totals = {
        feed: {
            "rows": {"announced": one.rows, "received": report.counted[feed]},
            "fen": {"announced": one.fen, "received": report.amounts[feed]},
        }
        for feed, one in control.feeds.items()
    }
    return msgspec.json.encode(totals, order="sorted").decode()
