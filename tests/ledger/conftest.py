"""A sound ledger on either database: made once, copied for each test."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from creditgate_server.storage.database import migrate, open_store

from .tampering import Ledger, sound_ledger


@pytest.fixture(scope="session")
def sqlite_ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    folder = tmp_path_factory.mktemp("ledger")
    return _made(f"sqlite:///{folder / 'gate.db'}", folder)


@pytest.fixture(scope="session")
def postgres_ledger(postgres_server: int, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    url = _database(postgres_server, "")
    return _made(url, tmp_path_factory.mktemp("ledger"))


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A ledger that a test may do anything to."""
    if request.param == "sqlite":
        made: Ledger = request.getfixturevalue("sqlite_ledger")
        url = f"sqlite:///{tmp_path / 'gate.db'}"
        shutil.copy(made.store.url.database or "", tmp_path / "gate.db")
    else:
        made = request.getfixturevalue("postgres_ledger")
        url = _database(request.getfixturevalue("postgres_server"), made.store.url.database or "")
    shutil.copytree(made.folder, tmp_path / "elsewhere")
    with closing(open_store(url)) as store:
        yield replace(made, store=store, folder=tmp_path / "elsewhere", clock=type(made.clock)(made.clock.now))


def _made(url: str, folder: Path) -> Ledger:
    store = open_store(url)
    migrate(store)
    with closing(store):
        return sound_ledger(store, folder / "elsewhere")


def _database(port: int, template: str) -> str:
    name = "l" + uuid.uuid4().hex
    with psycopg.connect(f"host=127.0.0.1 port={port} user=gate dbname=postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    return f"postgresql://gate@127.0.0.1:{port}/{name}"
