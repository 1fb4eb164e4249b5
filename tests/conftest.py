"""Stores for tests: a real SQLite file each, a real PostgreSQL server for the session."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from creditgate_server.storage.database import Store, migrate, open_store

from . import lanes, shared


def _programs() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest version first; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).parent if on_path else None


def _run(command: list[str], folder: Path, *, check: bool = True) -> None:
    """PostgreSQL refuses to run as root: then the account that its package made runs it."""
    account = "postgres" if os.geteuid() == 0 else None
    subprocess.run(
        command,
        check=check,
        capture_output=True,
        cwd=folder,
        user=account,
        group=account,
        extra_groups=[] if account else None,
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lane", choices=lanes.LANES, default="test", help="quick, test or soak: see tests/lanes.py")
    parser.addoption("--seed", type=int, help="seed of the campaigns in soak; drawn and printed if not given")


def pytest_configure(config: pytest.Config) -> None:
    """The processes of a run share a folder; programs that tests start keep their bytecode, which halves a start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    lane = config.getoption("--lane")
    if not hasattr(config, "workerinput"):
        given = config.getoption("--seed")
        lanes.choose(lane, secrets.randbelow(10**9) if given is None else given)
        shared.begin()
    if lane == "quick":
        sys.addaudithook(_refuse_processes)


def pytest_report_header() -> str:
    return lanes.told()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shared.end()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those of the lane; what takes longest first, so that two processes end together."""
    lane = config.getoption("--lane")
    wanted = [item for item in items if lanes.holds(lane, item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    items[:] = sorted(wanted, key=lanes.turn)


def _refuse_processes(event: str, _arguments: tuple[object, ...]) -> None:
    if event in ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec"):
        raise AssertionError("a quick test starts no process: see tests/lanes.py")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[int]:
    """A PostgreSQL server of our own; yields its port on 127.0.0.1."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs are not installed on this machine")
    folder = Path(tempfile.mkdtemp(prefix="creditgate-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c synchronous_commit=on -c fsync=off"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    try:
        _run([str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "gate", "-E", "UTF8", "-N"], folder)
        _run([*control, "-o", options, "start"], folder)
        yield port
    finally:  # at once: what it holds is thrown away, and to write it all out takes minutes
        _run([*control, "-m", "immediate", "stop"], folder, check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: int) -> str:
    """An empty database of its own."""
    name = "t" + uuid.uuid4().hex
    with psycopg.connect(f"host=127.0.0.1 port={postgres_server} user=gate dbname=postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    return f"postgresql://gate@127.0.0.1:{postgres_server}/{name}"


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
    opened = open_store(store_url)
    migrate(opened)
    yield opened
    opened.close()
