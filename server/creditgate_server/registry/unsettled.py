"""Files that were not whole: what they would have said of a feed is not known until someone settles them.

A file is settled by a later one of its kind that came whole under its name, or under a name that begins with it
(`处罚.csv.rejects.csv`, corrected), or by the operator's word (`--complete`): on itself for all its feeds, on any later
file for the feeds of that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, Select, Table, select

from .tables import ImportBatch

_batches: Table = ImportBatch.__table__  # type: ignore[attr-defined]

NOT_WHOLE, WHOLE, BY_WORD = 0, 1, 2
"""How a file was delivered: `delivered` of an import; null in those that were imported before it was kept."""


def unsettled(read: Callable[[Select[Any]], Sequence[Row[Any]]], known_at: str | None = None) -> dict[str, list[str]]:
    """Names of files that are not settled, by feed, the first one first. `known_at`: an instant; None: now."""
    columns = (_batches.c.id, _batches.c.file_name, _batches.c.file_kind, _batches.c.feeds, _batches.c.delivered)
    finished = select(*columns).where(_batches.c.finished == 1).order_by(_batches.c.id)
    if known_at is not None:
        finished = finished.where(_batches.c.known_at <= known_at)
    first = read(finished.where(_batches.c.delivered == NOT_WHOLE).limit(1))
    if not first:
        return {}
    found: dict[str, list[tuple[str, str]]] = {}
    for row in read(finished.where(_batches.c.id >= first[0].id)):
        feeds = msgspec.json.decode(row.feeds) if row.feeds else ()
        if row.delivered == NOT_WHOLE:
            for feed in feeds:
                waiting = found.setdefault(feed, [])
                if (row.file_name, row.file_kind) not in waiting:
                    waiting.append((row.file_name, row.file_kind))
        elif row.delivered == BY_WORD or (row.delivered == WHOLE and feeds):
            for feed, waiting in found.items():
                by_word = row.delivered == BY_WORD and feed in feeds
                waiting[:] = [] if by_word else [one for one in waiting if not _settles(row, *one)]
    return {feed: [name for name, _ in waiting] for feed, waiting in found.items() if waiting}


def _settles(later: Row[Any], name: str, kind: str) -> bool:
    """Whether a file is that one, corrected: all feeds that it held back have what it says."""
    file_name: str = later.file_name
    return bool(later.file_kind == kind) and f"{file_name}.".startswith(f"{name}.")
