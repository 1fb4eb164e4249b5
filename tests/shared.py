"""What all tests of a run share, in whichever of its processes they run: made once, by who needs it first."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import inspect, select

from creditgate_server.publication.proofs import prove_once
from creditgate_server.publication.rule_sets import save_rule_set
from creditgate_server.publication.tables import ProofRow, RuleSetRow
from creditgate_server.rulebook.load import LoadedRuleSet, read_directory
from creditgate_server.storage.database import Store, migrate, open_store

_proofs = ProofRow.__table__  # type: ignore[attr-defined]
_rule_sets = RuleSetRow.__table__  # type: ignore[attr-defined]

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "rules"
_FOLDER = "TESTS_SHARED_FOLDER"
_PROVE_SECONDS = 280.0
"""A proof takes a minute and more on a busy machine."""


_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30
"""Bytes that memory and the file system in it must have free: a run takes an eighth of it."""


def begin(*, in_memory: bool) -> None:
    """Make the folder of the run: in the process that starts the others, which hear of it by the environment.

    `in_memory`: temporary files stand in memory if it has room and nobody said where: a store waits for no disk there.
    """
    if in_memory and "TMPDIR" not in os.environ and _has_room():
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # it is asked for again
    os.environ[_FOLDER] = tempfile.mkdtemp(prefix="creditgate-tests-")


def _has_room() -> bool:
    if not os.access(_MEMORY, os.W_OK):
        return False
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(free, shutil.disk_usage(_MEMORY).free) >= _ROOM


def end() -> None:
    """Remove it."""
    shutil.rmtree(os.environ.pop(_FOLDER), ignore_errors=True)


def folder() -> Path:
    """Of the run."""
    return Path(os.environ[_FOLDER])


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process of the run at a time."""
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A file of the run, made by the first who asks."""
    path = folder() / name
    with alone(name):
        if not path.exists():
            unfinished = path.with_name(f"unfinished-{name}")
            make(unfinished)
            unfinished.rename(path)
    return path


LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast as the plain one, and the same."""


def read_yaml(path: Path) -> Any:
    """What a file of cases holds."""
    return yaml.load(path.read_text("utf-8"), LOADER)


@cache
def library() -> LoadedRuleSet:
    """The rule library as it is shipped, read once."""
    return read_directory(RULES)


def proved_store() -> Path:
    """A SQLite file with the tables, the library and its proof, and nothing else. To be copied."""
    return once("proved.db", _prove)


def _prove(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}")) as store:
        migrate(store)
        now = datetime.now(UTC)
        prove_once(store, library().rule_set, now, seconds=_PROVE_SECONDS)
        save_rule_set(store, library().rule_set, library().files, now)
    _as_one_file(path)


def lay_proof(address: str) -> None:
    """Give a store the library and its proof, so that a service that starts on it proves nothing again.

    A SQLite file that is not there is made; tables of an earlier version are left as they are.
    """
    path = Path(address.removeprefix("sqlite:///"))
    if address.startswith("sqlite:///") and not path.exists():
        shutil.copyfile(proved_store(), path)
        return
    with closing(open_store(address)) as store, store.engine.begin() as connection:
        tables = inspect(connection)
        for table in (_rule_sets, _proofs):
            row = _row(table.name)
            there = select(table).where(table.c.digest == row["digest"])
            if tables.has_table(table.name) and connection.execute(there).first() is None:
                connection.execute(table.insert(), row)


@cache
def _row(table: str) -> dict[str, object]:
    with closing(sqlite3.connect(proved_store())) as source:
        source.row_factory = sqlite3.Row
        return dict(source.execute(f"SELECT * FROM {table}").fetchone())


def tables_store() -> Path:
    """A SQLite file with the tables of now, and nothing else. To be copied."""
    return once("tables.db", _migrate)


def store_with_tables(address: str) -> Store:
    """A new SQLite file with the tables of now, and nothing else."""
    shutil.copyfile(tables_store(), address.removeprefix("sqlite:///"))
    return open_store(address)


def _migrate(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}")) as store:
        migrate(store)
    _as_one_file(path)


def _as_one_file(path: Path) -> None:
    """Without a log beside it, so that it can be copied."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=DELETE")
