"""What each worker of each machine serves, as it says itself: what `status` shows."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete, select

from ..clock import rfc3339
from ..storage.database import Store, read, store_down
from .tables import WorkerRow

_workers = WorkerRow.__table__  # type: ignore[attr-defined]

SAY_SECONDS = 5.0
"""Seconds from one word of a worker to the next; at once where something changes."""
GONE_AFTER = timedelta(seconds=4 * SAY_SECONDS)
"""A worker that said nothing for so long is gone."""


class WorkerState(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's own word."""

    id: str
    """Machine, process and number."""
    address: str
    digest: str
    """Rule set that it serves; empty where it can serve none."""
    activation: int
    since: str
    """Instant from which it serves it, RFC 3339 in UTC."""
    seen_at: str
    problem: str
    """Why it serves none; empty where it does."""


def say(store: Store, state: WorkerState) -> None:
    """Record a worker's word over its last one. Raises StoreDown."""
    row = msgspec.structs.asdict(state)
    with store_down("工作进程的状态未能记录", "检查数据库"), store.engine.begin() as connection:
        changed = connection.execute(_workers.update().where(_workers.c.id == state.id).values(**row))
        if changed.rowcount == 0:
            connection.execute(_workers.insert(), row)


def leave(store: Store, worker: str, now: datetime) -> None:
    """Forget a worker that ends, and those that are long gone. Raises StoreDown."""
    long_gone = rfc3339(now - 100 * GONE_AFTER)
    with store_down("工作进程的状态未能记录", "检查数据库"), store.engine.begin() as connection:
        connection.execute(delete(_workers).where((_workers.c.id == worker) | (_workers.c.seen_at < long_gone)))


def workers(store: Store, now: datetime) -> tuple[WorkerState, ...]:
    """The workers that said something lately, by address and id. Raises StoreDown."""
    statement = select(_workers).where(_workers.c.seen_at >= rfc3339(now - GONE_AFTER))
    rows = read(store, statement.order_by(_workers.c.address, _workers.c.id), "工作进程的状态", "检查数据库")
    return tuple(WorkerState(**row._mapping) for row in rows)
