"""Revisions: what is new or changed gets a row, what is the same gets none."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable, Row, Table, select, text, update

from ..clock import legal_day
from ..decision.knowledge import Record
from ..storage.database import Store, read
from .tables import RecordRevision, RegistryClock

_LOCK = 4_210_020  # any number that only writers of the registry lock

_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_clock: Table = RegistryClock.__table__  # type: ignore[attr-defined]

NAMED_BY: dict[str, tuple[str, ...]] = {
    "subject_revision": ("identifier", "feed"),
    "record_revision": ("identifier", "source", "document_number", "kind", "list", "feed"),
    "rating_revision": ("identifier", "ladder", "decided_on", "feed"),
    "relation_revision": ("identifier", "other", "kind", "since", "feed"),
    "settlement": ("identifier", "thing", "field"),
}
"""What names one thing that one feed says, in a table of revisions."""

DETAILS = ("penalty_kinds", "fine_fen", "confiscated_fen", "licence_item", "ban_until", "ground")
"""Columns of records that are null where they are not known."""

_NO_DETAILS = dict.fromkeys(DETAILS)
_LATER = frozenset({"violation", *DETAILS})
"""Columns that records did not always have."""
_NO_CONTENT = frozenset({"feed", "data_day", "last_day", "batch", "row", "days", "document_key", "known_at"})

_NAMES = {table: itemgetter(*columns) for table, columns in NAMED_BY.items()}

Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest revision of a thing."""

    id: int
    content_hash: str
    day: str
    """Of the last file that said it; empty where that is not known."""
    more: tuple[Any, ...] = ()
    """The other columns that were asked for."""


UNREADABLE = ("信用信息库", "检查数据库地址; 新库先运行 creditgate-server migrate")
"""What commands say can't be read, and what helps."""


def read_rows(store: Store, statement: Executable) -> Sequence[Row[Any]]:
    """Rows of the registry, for a command. Raises StoreDown."""
    return read(store, statement, *UNREADABLE)


def one_writer(connection: Connection, store: Store) -> None:
    """One writer of the registry after another, to the end of the transaction: what is read as known stays known."""
    if not store.embedded:  # SQLite's transactions of `writing` have the store to themselves
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def name_of(table: Table, values: Mapping[str, Any]) -> Name:
    """The name of the thing that a revision is of."""
    name: Name = _NAMES[table.name](values)
    return name


_BRACKETS = str.maketrans("〔〕[]【】{}", "()()()()")
_BLANKS = re.compile(r"\s+")


def document_key(number: str) -> str:
    """A document's number as numbers are compared: one form of brackets and letters, no blanks.

    The migration that brought the column fills it in the same way, in words of its own.
    """
    key = number if number.isascii() else unicodedata.normalize("NFKC", number)
    if not key.isprintable() or " " in key:
        key = _BLANKS.sub("", key)
    return key.upper().translate(_BRACKETS)


def record_values(identifier: str, record: Record, feed: str = "") -> dict[str, Any]:
    """A record as columns, without hash, instant and origin. `feed`: who says so, where that is not its source."""
    values: dict[str, Any] = {"identifier": identifier, **_NO_DETAILS, **msgspec.to_builtins(record)}
    values.pop("versions", None)
    kinds = values["penalty_kinds"]
    if kinds is not None:
        values["penalty_kinds"] = _kinds_text(tuple(kinds))
    values["violation"] = record.violation
    values["document_key"] = document_key(record.document_number)
    values["feed"] = feed
    return values


@lru_cache(maxsize=1_000)
def _kinds_text(kinds: tuple[str, ...]) -> str:
    return msgspec.json.encode(sorted(set(kinds))).decode()


def content_hash(values: Mapping[str, Any]) -> str:
    """What tells one content from another, hexadecimal.

    A record of which nothing is known that records did not always say has the hash that it had before, so that files
    imported before are still found unchanged. Who said it, when and in which file is no content.
    """
    content = dict(values)
    for name in _NO_CONTENT:
        content.pop(name, None)
    for name in _LATER:
        if content.get(name) in (None, ""):
            content.pop(name, None)
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def latest_of(
    connection: Connection,
    table: Table,
    identifiers: Iterable[str],
    more: Sequence[str] = (),
    documents: Iterable[str] | None = None,
) -> dict[Name, Latest]:
    """The latest revision of everything that is said of some subjects; of records, where `documents` are named, of
    those alone. `more`: columns to be told besides.
    """
    names = len(NAMED_BY[table.name])
    columns = [table.c[name] for name in (*NAMED_BY[table.name], "id", "content_hash", "data_day", "last_day", *more)]
    statement = select(*columns).where(table.c.identifier.in_(sorted(set(identifiers))))
    if documents is not None:
        statement = statement.where(table.c.document_number.in_(sorted(set(documents))))
    rows = connection.execute(statement.order_by(table.c.known_at, table.c.id))
    found = {}
    for row in map(tuple, rows):
        key, content, day, last_day = row[names : names + 4]
        found[row[:names]] = Latest(key, content, last_day or day or "", row[names + 4 :])
    return found


def revise_records(connection: Connection, identifier: str, records: Iterable[Record], known_at: str) -> None:
    """Add a revision for each of a subject's records that is new or changed. To be called as the one writer.

    They are the service's own: it knows them to the day.
    """
    known = latest_of(connection, _records, [identifier])
    rows = []
    for record in records:
        values = record_values(identifier, record)
        values["content_hash"] = content_hash(values)
        latest = known.get(name_of(_records, values))
        if latest is None or latest.content_hash != values["content_hash"]:
            rows.append(values)
    if rows:
        origin = {"known_at": known_at, "data_day": legal_day(datetime.fromisoformat(known_at)).isoformat()}
        connection.execute(_records.insert(), [{**row, **origin} for row in rows])


def announce(connection: Connection) -> None:
    """Everyone who keeps something of the registry in memory looks again once this transaction is committed."""
    connection.execute(update(_clock).values(version=_clock.c.version + 1))
