"""How well feeds deliver: rows, what was refused, how late, whether it was all that was announced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from statistics import median
from typing import Any

import msgspec
from sqlalchemy import Row, Table, select

from ..clock import legal_day
from ..rulebook.catalogue import Catalogue
from ..storage.database import Store
from .conflicts import rows_of, totals_off
from .revisions import read_rows
from .tables import FeedUpdate, ImportBatch
from .unsettled import unsettled

_batches: Table = ImportBatch.__table__  # type: ignore[attr-defined]
_updates: Table = FeedUpdate.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class FeedQuality:
    """One feed. Counts are of whole files: one that brings several feeds counts for each."""

    feed: str
    title: str
    data_day: date | None = None
    """Up to which it is complete; None: it never delivered."""
    age_days: int | None = None
    """Days from then to the day asked."""
    max_age_days: int = 0
    files: int = 0
    rows: int = 0
    loaded: int = 0
    revised: int = 0
    unchanged: int = 0
    rejected: int = 0
    outdated: int = 0
    incomplete: int = 0
    """Files that did not make it complete."""
    lags: list[int] = field(default_factory=list)
    """Of each file, days from its data day to the day on which it was imported."""
    waiting: list[str] = field(default_factory=list)
    """Files that were not whole and that nobody settled: until then the feed counts as complete to no day."""
    off: list[str] = field(default_factory=list)
    """In what files differ from what was announced, in Chinese."""

    @property
    def stale(self) -> bool:
        """Whether it is too old to say that there is nothing more."""
        return self.age_days is None or self.age_days > self.max_age_days

    @property
    def lag_days(self) -> int | None:
        """The usual lag, in days; None where that of no file is known."""
        return round(median(self.lags)) if self.lags else None

    @property
    def rejected_ppm(self) -> int:
        """Millionths of the rows that were refused."""
        return self.rejected * 1_000_000 // self.rows if self.rows else 0


@dataclass(frozen=True, slots=True)
class Quality:
    """All feeds, by code in the catalogue's order, and imports that broke off."""

    feeds: tuple[FeedQuality, ...]
    broken_off: tuple[str, ...]
    """File names; their rows up to there are kept, and running them again completes them."""


def quality(store: Store, catalogue: Catalogue, today: date) -> Quality:
    """Of every feed of the catalogue that is delivered. Raises StoreDown."""
    found = {
        feed.code: FeedQuality(feed.code, feed.title, max_age_days=feed.max_age_days)
        for feed in catalogue.feeds.values()
        if not feed.own
    }
    for row in read_rows(store, select(_updates.c.feed, _updates.c.data_day)):
        if row.feed in found:
            one = found[row.feed]
            day = date.fromisoformat(row.data_day)
            one.data_day = day if one.data_day is None else max(one.data_day, day)
            one.age_days = (today - one.data_day).days
    batches = read_rows(store, select(_batches).order_by(_batches.c.id))
    for row in batches:
        for code in msgspec.json.decode(row.feeds) if row.feeds else ():
            if code in found:
                _count(found[code], row)
    for code, names in unsettled(partial(read_rows, store)).items():
        if code in found:
            found[code].waiting = names
    return Quality(tuple(found.values()), _broken_off(batches))


def _count(one: FeedQuality, row: Row[Any]) -> None:
    one.files += 1
    one.rows += rows_of(row)
    one.loaded += row.loaded
    one.revised += row.revised
    one.unchanged += row.unchanged
    one.rejected += row.rejected
    one.outdated += row.outdated or 0
    one.incomplete += not row.delivered
    if row.data_day:
        one.lags.append((legal_day(datetime.fromisoformat(row.known_at)) - date.fromisoformat(row.data_day)).days)
    one.off += [f"{row.file_name}: {said}" for said in totals_off(row)]


def _broken_off(batches: Iterable[Row[Any]]) -> tuple[str, ...]:
    """Files whose import began and did not end, and was not run again to its end."""
    begun: dict[str, bool] = {}
    for row in batches:
        begun[row.file_name] = row.finished == 0
    return tuple(name for name, broken in begun.items() if broken)
