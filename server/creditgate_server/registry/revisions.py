"""Revisions: what is new or changed gets a row, what is the same gets none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select, text, update

from ..decision.knowledge import Record
from ..storage.database import Store
from .tables import RecordRevision, RegistryClock

_LOCK = 4_210_020  # any number that only writers of the registry lock

_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_clock: Table = RegistryClock.__table__  # type: ignore[attr-defined]

NAMED_BY: dict[str, tuple[str, ...]] = {
    "subject_revision": ("identifier",),
    "record_revision": ("identifier", "source", "document_number", "kind", "list"),
    "rating_revision": ("identifier", "ladder", "decided_on"),
}
"""What names one thing in a table of revisions."""

Name = tuple[str, ...]


def one_writer(connection: Connection, store: Store) -> None:
    """One writer of the registry after another, to the end of the transaction: what is read as known stays known."""
    if not store.embedded:  # SQLite's transactions of `writing` have the store to themselves
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def name_of(table: Table, values: Mapping[str, Any]) -> Name:
    """The name of the thing that a revision is of."""
    return tuple(str(values[column]) for column in NAMED_BY[table.name])


def record_values(identifier: str, record: Record) -> dict[str, Any]:
    """A record as columns, without hash and instant."""
    return {"identifier": identifier, **msgspec.to_builtins(record), "violation": record.violation}


def content_hash(values: Mapping[str, Any]) -> str:
    """What tells one content from another, hexadecimal.

    A record without a kind of violation has the hash that it had before records had kinds, so that files imported
    before are still found unchanged.
    """
    content = {name: value for name, value in values.items() if name != "violation" or value}
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def known_hashes(connection: Connection, table: Table, identifiers: Iterable[str]) -> dict[Name, str]:
    """The content hash of the latest revision of everything that some subjects have."""
    named_by = [table.c[name] for name in NAMED_BY[table.name]]
    statement = select(*named_by, table.c.content_hash).where(table.c.identifier.in_(sorted(set(identifiers))))
    rows = connection.execute(statement.order_by(table.c.known_at, table.c.id))
    return {tuple(row[:-1]): row[-1] for row in rows}


def revise_records(connection: Connection, identifier: str, records: Iterable[Record], known_at: str) -> None:
    """Add a revision for each of a subject's records that is new or changed. To be called as the one writer."""
    known = known_hashes(connection, _records, [identifier])
    rows = []
    for record in records:
        values = record_values(identifier, record)
        values["content_hash"] = content_hash(values)
        if known.get(name_of(_records, values)) != values["content_hash"]:
            rows.append({**values, "known_at": known_at})
    if rows:
        connection.execute(_records.insert(), rows)


def announce(connection: Connection) -> None:
    """Everyone who keeps something of the registry in memory looks again once this transaction is committed."""
    connection.execute(update(_clock).values(version=_clock.c.version + 1))
