"""`migrate`: bring the store's tables up to this release."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from ..settings import Settings
from ..storage.database import migrate as migrate_store
from ..storage.database import open_store
from .faults import told_plainly


def migrate(
    store: Annotated[str | None, typer.Option(help="存储, 例如 sqlite:///creditgate.db")] = None,
) -> None:
    """建立或升级数据表。serve 启动时也会做。"""
    with told_plainly():
        settings = Settings(store=store) if store else Settings()
        with closing(open_store(settings.store)) as opened:
            migrate_store(opened)
        typer.echo("数据表已是最新")
