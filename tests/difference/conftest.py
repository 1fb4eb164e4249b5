"""A store with the ten subjects, and a way to compare libraries on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from creditgate_server.cli.rules.diff import DiffOrder, compare
from creditgate_server.storage.database import Store
from creditgate_server.studies.difference.report import DiffReport
from tests.shared import store_with_tables

from .people import DAY, SMALL, fill, library

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def people(sqlite_url: str) -> Iterator[Store]:
    """The ten subjects in a store of their own."""
    store = store_with_tables(sqlite_url)
    fill(store)
    yield store
    store.close()


@pytest.fixture
def compared(people: Store, sqlite_url: str, tmp_path: Path) -> Callable[..., DiffReport]:
    """Compare the small library with a changed copy, on the ten subjects."""

    def run(*changes: tuple[str, str], **wanted: object) -> DiffReport:
        options = {"day": DAY, "now": NOW, "store": sqlite_url, **wanted}
        return compare(SMALL, library(tmp_path / "changed", *changes), DiffOrder(**options))

    return run
