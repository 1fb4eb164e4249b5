"""Files that were not whole: what they would have said of a feed is not known until someone settles them.

A file is settled by a later one of the same feed that came whole under its name, or under a name that begins with it
(`处罚.csv.rejects.csv`, corrected), or by the operator's word on any later file of the feed (`--complete`).
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
    columns = (_batches.c.id, _batches.c.file_name, _batches.c.feeds, _batches.c.delivered)
    finished = select(*columns).where(_batches.c.finished == 1).order_by(_batches.c.id)
    if known_at is not None:
        finished = finished.where(_batches.c.known_at <= known_at)
    first = read(finished.where(_batches.c.delivered == NOT_WHOLE).limit(1))
    if not first:
        return {}
    found: dict[str, list[str]] = {}
    for row in read(finished.where(_batches.c.id >= first[0].id)):
        for feed in msgspec.json.decode(row.feeds) if row.feeds else ():
            waiting = found.setdefault(feed, [])
            if row.delivered == BY_WORD:
                waiting.clear()
            elif row.delivered == WHOLE:
                waiting[:] = [name for name in waiting if not _settles(row.file_name, name)]
            elif row.delivered == NOT_WHOLE and row.file_name not in waiting:
                waiting.append(row.file_name)
    return {feed: names for feed, names in found.items() if names}


def _settles(later: str, name: str) -> bool:
    return later == name or later.startswith(f"{name}.")
