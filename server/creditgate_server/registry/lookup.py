"""What is known of subjects, now or as known at an earlier instant."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import PoolProxiedConnection, Row, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from ..clock import legal_day, rfc3339
from ..decision.knowledge import Feeds, Knowledge
from ..errors import StoreDown
from ..files.recent import Recent
from ..rulebook.catalogue import Catalogue
from ..storage.database import Store
from .authority import NOBODY, precedence_of
from .reading import RevisionReader
from .tables import FeedUpdate, RegistryClock, RelationRevision
from .unsettled import unsettled

LOOK_AGAIN_SECONDS = 0.02
"""An import is seen by every question that comes this much later."""

MOST_SUBJECTS = 20_000
"""Subjects kept in memory while the registry does not change."""

_relations = RelationRevision.__table__  # type: ignore[attr-defined]
_feeds = FeedUpdate.__table__  # type: ignore[attr-defined]
_clock = RegistryClock.__table__  # type: ignore[attr-defined]


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
        self._precedence = NOBODY
        self._any_relations: bool | None = None

    def version(self) -> int:
        """A number that grows with every import. Raises StoreDown."""
        with self._lock:
            return self._version()

    def knowledge(
        self, identifiers: Sequence[str], known_at: datetime | None, catalogue: Catalogue | None = None
    ) -> dict[str, Knowledge]:
        """What is known of each subject; None means now. A firm that was never delivered is not present."""
        return self.known(identifiers, known_at, catalogue)[0]

    def feeds(self, known_at: datetime | None) -> Feeds:
        """For each feed that ever delivered, the latest day up to which its data is complete.

        A feed with a file that was not whole and is not settled is not there: what that would have said is not known.
        """
        if known_at is not None:
            return self._read_feeds(rfc3339(known_at))
        with self._lock:
            return self._feeds_now()

    def known(
        self, identifiers: Sequence[str], known_at: datetime | None, catalogue: Catalogue | None = None
    ) -> tuple[dict[str, Knowledge], Feeds]:
        """What is known of subjects and feeds at one instant, both of one version of the registry. Raises StoreDown.

        `catalogue`: whose table of authority counts where feeds disagree; without one, no feed counts before another.
        """
        precedence = NOBODY if catalogue is None else precedence_of(catalogue)
        if known_at is not None:
            instant = rfc3339(known_at)
            reader = RevisionReader(self._rows, precedence, instant, legal_day(known_at).isoformat())
            return reader.read(identifiers), self._read_feeds(instant)
        with self._lock:
            feeds = self._feeds_now()
            if not precedence.same_as(self._precedence):
                self._known.clear()
            self._precedence = precedence
            found = {code: kept for code in identifiers if (kept := self._known.get(code)) is not None}
            missing = [code for code in dict.fromkeys(identifiers) if code not in found]
            if missing:
                read = RevisionReader(self._rows, precedence, relations=self._has_relations()).read(missing)
                found |= {code: self._known.put(code, one) for code, one in read.items()}
            return {code: found[code] for code in identifiers}, feeds

    def _feeds_now(self) -> Feeds:
        self._notice_imports()
        if self._feeds is None:
            self._feeds = self._read_feeds(None)
        return self._feeds

    def _has_relations(self) -> bool:
        """Whether there are any: where there are none, nobody looks for them."""
        if self._any_relations is None:
            self._any_relations = bool(self._rows(select(_relations.c.id).limit(1)))
        return self._any_relations

    def _notice_imports(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_AGAIN_SECONDS:
            return
        version = self._version()
        self._looked_at = now
        if version != self._seen_version:
            self._known.clear()
            self._feeds = None
            self._any_relations = None
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

    def _read_feeds(self, known_at: str | None) -> Feeds:
        statement = select(_feeds.c.feed, func.max(_feeds.c.data_day).label("data_day")).group_by(_feeds.c.feed)
        if known_at is not None:
            statement = statement.where(_feeds.c.known_at <= known_at)
        rows = self._rows(statement.order_by(_feeds.c.feed))
        waiting = unsettled(self._rows, known_at)
        return {row.feed: date.fromisoformat(row.data_day) for row in rows if row.feed not in waiting}

    def _rows(self, statement: Select[Any]) -> list[Row[Any]]:
        try:
            with self._store.engine.connect() as connection:
                return list(connection.execute(statement))
        except SQLAlchemyError as fault:
            raise _down() from fault


def _down() -> StoreDown:
    return StoreDown("信用信息库不能读取", "稍后用同一 request_id 重试")
