"""Stores that earlier releases wrote are brought up to date, and all they hold is proven, repeated and explained.

`tools/keep_release.py` makes the files. What a release may word otherwise stands below, receipt by receipt.
"""

from __future__ import annotations

import json
import lzma
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Connection, MetaData, Table, func, select, text

from creditgate_server.errors import SetupFault
from creditgate_server.storage.database import Store, migrate, open_existing, open_store, writing
from creditgate_server.studies.explanation.explainer import DIFFERENT
from creditgate_server.studies.explanation.explanation import NO_RULES, explain, material_of
from creditgate_server.studies.replay.one import Fate
from creditgate_server.studies.replay.run import ReplayReport, replay
from creditgate_server.studies.replay.selection import Selection

from ..commands import client_command
from ..postgres import new_database
from ..service.running import checks, fill_registry, question, serving
from ..service.test_checkpoints import command, verify_offline

HERE = Path(__file__).parent
REWORDED = ["undetermined[0].reason"]
"""Before 2026-11-24 evening the reason of a stale feed did not say up to which day its data goes."""


@dataclass(frozen=True)
class Release:
    """What a release wrote: how many receipts of each kind, and what this one words otherwise."""

    name: str
    kinds: dict[str, int]
    reworded: list[str]
    tables: str
    """Version of its tables."""
    sealed: bool = False


RELEASES = [
    Release("2026-11-24-first", {"check": 29, "level": 5}, REWORDED, "0001"),
    Release("2026-11-24-published", {"check": 29, "level": 5}, REWORDED, "0002"),
    Release("2026-11-24-outcomes", {"check": 29, "level": 5, "leniency": 3, "outcome": 5}, REWORDED, "0005"),
    Release("2026-11-24-sealed", {"check": 29, "level": 5, "leniency": 3, "outcome": 5}, [], "0007", sealed=True),
    Release("2026-11-30-asyncio", {"check": 29, "level": 5, "leniency": 3, "outcome": 5}, [], "0007", sealed=True),
]


@pytest.fixture(params=RELEASES, ids=lambda release: release.name)
def release(request: pytest.FixtureRequest) -> Release:
    found: Release = request.param
    return found


@pytest.fixture
def file(release: Release, tmp_path: Path) -> Path:
    """The store, as the release left it."""
    path = tmp_path / "gate.db"
    path.write_bytes(lzma.decompress((HERE / f"{release.name}.db.xz").read_bytes()))
    return path


@pytest.fixture(scope="module")
def brought_up() -> dict[tuple[str, str], str]:
    """Addresses of the stores that were brought up to date, by release and database. To be copied."""
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest,
    file: Path,
    release: Release,
    brought_up: dict[tuple[str, str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    """The same, brought up to date; and as the release would have left it in PostgreSQL."""
    place = (release.name, request.param)
    if request.param == "sqlite":
        if place not in brought_up:
            made = tmp_path_factory.mktemp(release.name) / "gate.db"
            shutil.copyfile(file, made)
            brought_up[place] = bring_up(f"sqlite:///{made}")
        shutil.copyfile(brought_up[place].removeprefix("sqlite:///"), file)
        address = f"sqlite:///{file}"
    else:
        server = request.getfixturevalue("postgres_server")
        if place not in brought_up:
            address = new_database(server)
            copy(file, address, release.tables)
            brought_up[place] = bring_up(address)
        address = new_database(server, brought_up[place].rpartition("/")[2])
    with closing(open_store(address)) as opened:
        yield opened


def bring_up(address: str) -> str:
    """To the tables of now. A SQLite file has no log beside it then."""
    with closing(open_store(address)) as opened:
        migrate(opened)
    if address.startswith("sqlite:///"):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as left:
            left.execute("PRAGMA journal_mode=DELETE")
    return address


def copy(file: Path, address: str, tables: str) -> None:
    """Tables of a version, with the rows of a file."""
    with closing(open_store(address)) as to, closing(sqlite3.connect(file)) as source:
        migrate(to, tables)
        with writing(to) as connection:
            refill(connection, source)


def refill(connection: Connection, source: sqlite3.Connection) -> None:
    """Every table with the rows of the source."""
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name != "alembic_version":
            cursor = source.execute(f"SELECT * FROM {table.name}")
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
            flags = [column.name for column in table.columns if isinstance(column.type, Boolean)]
            fill(connection, table, [row | {name: bool(row[name]) for name in flags} for row in rows])


def fill(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Rows with their numbers, and the next number behind them."""
    connection.execute(table.delete())  # the tables are made with a row or two
    if not rows:
        return
    connection.execute(table.insert(), rows)
    for column in table.primary_key:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if sequence:
            connection.scalar(select(func.setval(sequence, max(row[column.name] for row in rows))))


def test_every_kept_file_is_tested() -> None:
    assert {path.name.removesuffix(".db.xz") for path in HERE.glob("*.xz")} == {one.name for one in RELEASES}


def test_tables_of_an_earlier_release_are_told(file: Path, release: Release) -> None:
    with pytest.raises(SetupFault, match=f"数据库结构是早一版的 {release.tables}"):
        open_existing(f"sqlite:///{file}")


def test_every_decision_comes_out_again(store: Store, release: Release) -> None:
    report = replay(store, Selection())
    judged = sum(release.kinds.values()) - release.kinds.get("outcome", 0)
    reworded = len(release.reworded)
    assert fates(report) == Counter({Fate.SAME: judged - reworded, Fate.REWORDED: reworded})
    assert [one.difference.place for one in report.findings if one.difference] == release.reworded


def fates(report: ReplayReport) -> Counter[Fate]:
    """How many of each."""
    found: Counter[Fate] = Counter()
    for (_, fate), number in report.counts.items():
        found[fate] += number
    return found


def test_every_receipt_is_explained_by_its_own_rules(store: Store, file: Path, release: Release) -> None:
    found = receipts(file)
    assert Counter(found.values()) == release.kinds
    for receipt in found:
        told = explain(material_of(store, receipt))
        assert told.headline
        assert told.question
        assert not {DIFFERENT, NO_RULES} & set(told.notes)


def receipts(file: Path) -> dict[str, str]:
    """Kinds, by id."""
    with closing(sqlite3.connect(file)) as connection:
        return dict(connection.execute("SELECT id, kind FROM receipt ORDER BY issued_at, id").fetchall())


def test_its_ledger_is_whole_before_and_after_this_release_seals_it(
    store: Store, file: Path, release: Release, tmp_path: Path
) -> None:
    """The service of this release goes on with the store: old receipts are found, sealed, proven offline."""
    old = receipts(file)
    address = ["--store", str(store.url)]
    if release.sealed:
        trust = ["--trust", HERE / f"{release.name}.yaml"]
        assert json.loads(command("ledger", "verify", *address, *trust, "--json").stdout)["signatures"]
    assert json.loads(command("ledger", "verify", *address, "--json").stdout)["sound"]
    fill_registry(str(store.url))
    key = tmp_path / "own.pem"
    (tmp_path / "trust.yaml").write_text(command("keys", "ledger", "--out", key).stdout)
    options = [*address, "--person-key", str(tmp_path / "person-key")]
    with serving(tmp_path, *options) as service, service.channel() as channel:
        made = checks(channel).Check(question()).answer.receipt.receipt_id
        first = next(iter(old))
        shown = client_command("receipt", first, "--target", service.target, "--json")
        assert shown.returncode == 0, shown.stderr
        assert json.loads(shown.stdout)["summary"]["receipt_id"] == first
    if release.sealed:
        return  # its key is not kept: nobody else may sign for its ledger
    command("ledger", "checkpoint", *address, "--key", key)
    verdict = json.loads(command("ledger", "verify", *address, "--trust", tmp_path / "trust.yaml", "--json").stdout)
    assert (verdict["sound"], verdict["leaves"], verdict["signatures"]) == (True, len(old) + 1, True)
    for receipt in (first, list(old)[-1], made):
        command("ledger", "export", *address, "--receipt", receipt, "--out", tmp_path / f"{receipt}.json")
        done = verify_offline(tmp_path / f"{receipt}.json", tmp_path / "own.pub.pem")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.parametrize("column", ["answer", "about", "item"])
def test_an_altered_column_of_an_earlier_format_is_named(
    store: Store, file: Path, release: Release, column: str
) -> None:
    """Of formats whose payloads have no such member the contents tell what a column should say."""
    kind = "outcome" if column == "about" else "check"
    chosen = [receipt for receipt, which in receipts(file).items() if which == kind]
    if not chosen:
        return  # the release had no reports
    with store.engine.begin() as connection:
        connection.execute(text(f"UPDATE receipt SET {column} = 'clear-as-day' WHERE id = :id"), {"id": chosen[0]})
    told = command("ledger", "verify", "--store", store.url, status=3).stdout
    assert f"回执 {chosen[0]}、" in told
    assert f"{column} 一栏与回执正文不符" in told
