"""Waiting until every worker serves what was put into force."""

from __future__ import annotations

import time

import typer

from ...present import utc_now
from ...publication.acts import Recorded
from ...publication.workers import workers
from ...storage.database import Store

_LOOK_SECONDS = 0.1


def wait_for_workers(store: Store, recorded: Recorded, seconds: float) -> None:
    """Say when all workers serve the activation; exit status 1 where some do not within so many seconds."""
    if not seconds:
        return
    until = time.monotonic() + seconds
    while True:
        known = workers(store, utc_now())
        behind = [worker for worker in known if worker.activation < recorded.act.number]
        if known and not behind:
            typer.echo(f"{len(known)} 个工作进程都已换上")
            return
        if time.monotonic() > until:
            names = "、".join(worker.id for worker in behind) or "没有工作进程"
            typer.echo(f"{seconds:g} 秒内没有全部换上: {names}")
            raise typer.Exit(1)
        time.sleep(_LOOK_SECONDS)
