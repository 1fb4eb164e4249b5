"""Stores for tests: a real SQLite file each, a real PostgreSQL server for the session."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from creditgate_server.storage.database import Store, migrate, open_store

from . import shared


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


def pytest_configure(config: pytest.Config) -> None:
    """The processes of a run share a folder; programs that tests start keep their bytecode, which halves a start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not hasattr(config, "workerinput"):
        shared.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shared.end()


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
