"""What is known of subjects, now or as known at an earlier instant."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import PoolProxiedConnection, Row, Select, Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from ..clock import rfc3339
from ..decision.knowledge import Feeds, Knowledge, Rating, Record
from ..errors import StoreDown
from ..files.recent import Recent
from ..rulebook.language import PenaltyKind, Value
from ..storage.database import Store
from .revisions import DETAILS, NAMED_BY
from .tables import FeedUpdate, RatingRevision, RecordRevision, RegistryClock, SubjectRevision

LOOK_AGAIN_SECONDS = 0.02
"""An import is seen by every question that comes this much later."""

MOST_SUBJECTS = 20_000
"""Subjects kept in memory while the registry does not change."""

_subjects = SubjectRevision.__table__  # type: ignore[attr-defined]
_records = RecordRevision.__table__  # type: ignore[attr-defined]
_ratings = RatingRevision.__table__  # type: ignore[attr-defined]
_feeds = FeedUpdate.__table__  # type: ignore[attr-defined]
_clock = RegistryClock.__table__  # type: ignore[attr-defined]

_RECORD_FIELDS = {
    name: column
    for name, column in zip(Record.__struct_fields__, Record.__struct_encode_fields__, strict=True)
    if column in _records.c
}
"""To their columns."""


class Registry:
    """Reads the registry. Safe in several threads. While nothing is imported, the same objects are handed out again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._seen_version = -1
        self._looked_at = float("-inf")
        self._known: Recent[str, Knowledge] = Recent(MOST_SUBJECTS)
        self._feeds: Feeds | None = None
        self._clock: PoolProxiedConnection | None = None

    def version(self) -> int:
        """A number that grows with every import. Raises StoreDown."""
        with self._lock:
            return self._version()

    def knowledge(self, identifiers: Sequence[str], known_at: datetime | None) -> dict[str, Knowledge]:
        """What is known of each subject; None means now. A firm that was never delivered is not present."""
        return self.known(identifiers, known_at)[0]

    def feeds(self, known_at: datetime | None) -> Feeds:
        """For each feed that ever delivered, the latest day up to which its data is complete."""
        return self.known((), known_at)[1]

    def known(self, identifiers: Sequence[str], known_at: datetime | None) -> tuple[dict[str, Knowledge], Feeds]:
        """What is known of subjects and feeds at one instant, both of one version of the registry. Raises StoreDown."""
        if known_at is not None:
            instant = rfc3339(known_at)
            return self._read(identifiers, instant), self._read_feeds(instant)
        with self._lock:
            self._notice_imports()
            if self._feeds is None:
                self._feeds = self._read_feeds(None)
            found = {code: kept for code in identifiers if (kept := self._known.get(code)) is not None}
            missing = [code for code in dict.fromkeys(identifiers) if code not in found]
            if missing:
                found |= {code: self._known.put(code, one) for code, one in self._read(missing, None).items()}
            return {code: found[code] for code in identifiers}, self._feeds

    def _notice_imports(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_AGAIN_SECONDS:
            return
        version = self._version()
        self._looked_at = now
        if version != self._seen_version:
            self._known.clear()
            self._feeds = None
            self._seen_version = version

    def _version(self) -> int:
        if not self._store.embedded:
            return int(self._rows(select(_clock.c.version))[0][0])
        try:
            if self._clock is None:
                self._clock = self._store.engine.raw_connection()
            cursor = self._clock.cursor()
            cursor.execute("SELECT version FROM registry_clock WHERE id = 1")
            row: Any = cursor.fetchone()
            cursor.close()
        except Exception as fault:  # the driver's own classes: asked without SQLAlchemy for its speed
            self._clock = None
            raise _down() from fault
        return int(row[0])

    # -- reading ------------------------------------------------------------------------------------------------------

    def _read(self, identifiers: Sequence[str], known_at: str | None) -> dict[str, Knowledge]:
        subjects: dict[str, dict[str, Value]] = {}
        for row in sorted(self._latest(_subjects, identifiers, known_at), key=_age):
            subjects.setdefault(row.identifier, {}).update(msgspec.json.decode(row.attributes))
        records: dict[str, list[Record]] = {}
        newest = {_thing(row): row for row in sorted(self._latest(_records, identifiers, known_at), key=_age)}
        for row in newest.values():
            records.setdefault(row.identifier, []).append(_record(row))
        ratings: dict[str, list[Rating]] = {}
        for row in self._latest(_ratings, identifiers, known_at):
            ratings.setdefault(row.identifier, []).append(_rating(row))
        return {
            identifier: Knowledge(
                identifier=identifier,
                present=identifier in subjects or identifier.startswith("p:"),
                attributes=subjects.get(identifier, {}),
                records=tuple(sorted(records.get(identifier, ()), key=_record_order)),
                ratings=tuple(sorted(ratings.get(identifier, ()), key=_rating_order)),
            )
            for identifier in identifiers
        }

    def _latest(
        self,
        table: Table,
        identifiers: Sequence[str],
        known_at: str | None,
    ) -> Iterable[Row[Any]]:
        """The last revision, known by then, of everything that a feed says."""
        names = NAMED_BY[table.name]
        statement = select(table).where(table.c.identifier.in_(list(identifiers)))
        if known_at is not None:
            statement = statement.where(table.c.known_at <= known_at)
        latest: dict[tuple[str, ...], Row[Any]] = {}
        for row in self._rows(statement.order_by(table.c.known_at, table.c.id)):
            latest[tuple(getattr(row, name) for name in names)] = row
        return latest.values()

    def _read_feeds(self, known_at: str | None) -> Feeds:
        statement = select(_feeds.c.feed, func.max(_feeds.c.data_day).label("data_day")).group_by(_feeds.c.feed)
        if known_at is not None:
            statement = statement.where(_feeds.c.known_at <= known_at)
        rows = self._rows(statement.order_by(_feeds.c.feed))
        return {row.feed: date.fromisoformat(row.data_day) for row in rows}

    def _rows(self, statement: Select[Any]) -> list[Row[Any]]:
        try:
            with self._store.engine.connect() as connection:
                return list(connection.execute(statement))
        except SQLAlchemyError as fault:
            raise _down() from fault


def _down() -> StoreDown:
    return StoreDown("信用信息库不能读取", "稍后用同一 request_id 重试")


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _record(row: Row[Any]) -> Record:
    values = {name: getattr(row, column) for name, column in _RECORD_FIELDS.items()}
    for name in ("decided_on", "effective_from", "until", "state_on"):
        values[name] = _day(values[name])
    values["violation_code"] = values["violation_code"] or msgspec.UNSET
    for name in DETAILS:
        values[name] = _detail(name, values[name])
    values["source"] = row.feed or values["source"]
    return Record(**values)


def _detail(name: str, value: Any) -> Any:  # noqa: ANN401 - of a column
    """A detail as records have it; not known where the column is null."""
    if value is None:
        return msgspec.UNSET
    if name == "penalty_kinds":
        return msgspec.json.decode(value, type=tuple[PenaltyKind, ...])
    return date.fromisoformat(value) if name == "ban_until" else value


def _rating(row: Row[Any]) -> Rating:
    return Rating(
        ladder=row.ladder, rating=row.rating, decided_on=date.fromisoformat(row.decided_on), until=_day(row.until)
    )


def _age(row: Row[Any]) -> tuple[str, str, int]:
    return (row.last_day or row.data_day or "", row.known_at, row.id)


def _thing(row: Row[Any]) -> tuple[str, ...]:
    return (row.identifier, row.source, row.document_key or row.document_number, row.kind, row.list)


def _record_order(record: Record) -> tuple[str, str, str, str]:
    return (record.source, record.document_number, record.kind, record.list)


def _rating_order(rating: Rating) -> tuple[str, date, str]:
    return (rating.ladder, rating.decided_on, rating.rating)
