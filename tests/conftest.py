"""Stores for tests: a real SQLite file each, a real PostgreSQL server for the session."""

from __future__ import annotations

import gc
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from creditgate_server.storage.database import Store, open_store

from . import lanes, postgres, shared


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lane", choices=lanes.LANES, default="test", help="quick, test or soak: see tests/lanes.py")
    parser.addoption("--seed", type=int, help="seed of the campaigns in soak; drawn and printed if not given")


def pytest_configure(config: pytest.Config) -> None:
    """What is drawn at random is the same each time, but in soak. The processes of a run share a folder; programs that
    tests start keep their bytecode, which halves a start.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    lane = config.getoption("--lane")
    if not hasattr(config, "workerinput"):
        given = config.getoption("--seed")
        lanes.choose(lane, secrets.randbelow(10**9) if given is None else given)
        shared.begin(in_memory=lane != "soak")
    settings.register_profile("lane", derandomize=lane != "soak")
    settings.load_profile("lane")
    if lane == "quick":
        sys.addaudithook(_refuse_processes)


def pytest_report_header() -> str:
    return lanes.told()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.end()
        shared.end()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those of the lane; what takes longest first, so that all processes end together."""
    lane = config.getoption("--lane")
    wanted: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        (wanted if lanes.holds(lane, item) else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = sorted(wanted, key=lanes.turn)
    gc.freeze()  # four thousand tests and what they import: the collector would look through them again and again


_running = False
"""Whether a test runs: what runs the tests may start what it likes."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Iterator[None]:
    global _running
    _running = True
    try:
        return (yield)
    finally:
        _running = False


def _refuse_processes(event: str, _arguments: tuple[object, ...]) -> None:
    if _running and event in ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec"):
        raise AssertionError("a quick test starts no process: see tests/lanes.py")


@pytest.fixture(scope="session")
def postgres_server() -> int:
    """The PostgreSQL server of the run; its port on 127.0.0.1."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL's server programs are not installed on this machine")
    return postgres.port()


@pytest.fixture
def postgres_url(postgres_server: int) -> str:
    """An empty database of its own."""
    return postgres.new_database(postgres_server)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'gate.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Either database."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A migrated store on either database."""
    if store_url.startswith("sqlite:///"):
        opened = shared.store_with_tables(store_url)
    else:
        postgres.lay_tables(store_url)
        opened = open_store(store_url)
    yield opened
    opened.close()
