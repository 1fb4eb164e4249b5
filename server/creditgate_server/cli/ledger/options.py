"""Options that the commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ...settings import Settings
from ...storage.database import Store, open_existing

StoreAddress = Annotated[str | None, typer.Option("--store", help="存储, 例如 sqlite:///creditgate.db")]
Folder = Annotated[Path | None, typer.Option("--checkpoints", help="检查点目录")]


@contextmanager
def opened(address: str | None) -> Iterator[tuple[Store, Settings]]:
    """The store that is meant, with the settings. Raises SetupFault, StoreDown."""
    settings = Settings(store=address) if address else Settings()
    with closing(open_existing(settings.store)) as store:
        yield store, settings
