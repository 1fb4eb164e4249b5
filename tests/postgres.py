"""A PostgreSQL server of our own: one a run, started by who needs it first."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from contextlib import closing
from functools import cache
from pathlib import Path

import psycopg

from creditgate_server.storage.database import migrate, open_store

from . import shared

_SERVER = "postgres-server"
_TEMPLATE = "postgres-template"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "synchronous_commit": "on",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
"""What it holds is thrown away, so that nothing is done for the day after a crash."""


@cache
def programs() -> Path | None:
    """The folder of the server's programs, the newest version first; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).parent if on_path else None


def port() -> int:
    """Of the server, on 127.0.0.1."""
    return int(shared.once(_SERVER, _start).read_text("utf-8").split()[0])


def end() -> None:
    """Stop it where it was started, at once: what it holds is thrown away, and to write it all out takes minutes."""
    told = shared.folder() / _SERVER
    if told.exists():
        place = Path(told.read_text("utf-8").split()[1])
        _run([*_control(place), "-m", "immediate", "stop"], place, check=False)
        shutil.rmtree(place, ignore_errors=True)


def new_database(server: int, template: str = "template1") -> str:
    """The address of a database of its own, on the server of a port. A template must not be in use."""
    name = "t" + uuid.uuid4().hex
    with shared.alone("database"), _administration(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"postgresql://gate@127.0.0.1:{server}/{name}"


def lay_tables(address: str) -> None:
    """Put a database with the tables of now in the place of an empty one."""
    server, name = int(address.rpartition(":")[2].partition("/")[0]), address.rpartition("/")[2]
    template = shared.once(_TEMPLATE, lambda path: path.write_text(_migrated(server), "utf-8")).read_text("utf-8")
    with shared.alone("database"), _administration(server) as connection:
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def _migrated(server: int) -> str:
    address = new_database(server)
    with closing(open_store(address)) as store:
        migrate(store)
    return address.rpartition("/")[2]


def _administration(server: int) -> psycopg.Connection:
    return psycopg.connect(f"host=127.0.0.1 port={server} user=gate dbname=postgres", autocommit=True)


def _start(told: Path) -> None:
    found = programs()
    assert found is not None
    place = Path(tempfile.mkdtemp(prefix="creditgate-pg-"))
    if os.geteuid() == 0:
        shutil.chown(place, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    options = f"-p {number} -k {place} {' '.join(f'-c {name}={value}' for name, value in _SETTINGS.items())}"
    _run([str(found / "initdb"), "-D", str(place / "data"), "-A", "trust", "-U", "gate", "-E", "UTF8", "-N"], place)
    _run([*_control(place), "-o", options, "start"], place)
    told.write_text(f"{number} {place}", "utf-8")


def _control(place: Path) -> list[str]:
    return [str(programs() / "pg_ctl"), "-D", str(place / "data"), "-w", "-l", str(place / "log")]


def _run(command: list[str], place: Path, *, check: bool = True) -> None:
    """PostgreSQL refuses to run as root: then the account that its package made runs it."""
    account = "postgres" if os.geteuid() == 0 else None
    subprocess.run(
        command,
        check=check,
        capture_output=True,
        cwd=place,
        user=account,
        group=account,
        extra_groups=[] if account else None,
    )
