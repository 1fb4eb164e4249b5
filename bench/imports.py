"""Imports alone: a penalty file in the form of dual publicity, loaded into an empty SQLite store, on one core."""

from __future__ import annotations

import csv
import inspect
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from tools.make_sample import uscc

from creditgate_server.registry import importer
from creditgate_server.registry.identity import PersonKey, key_path
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import migrate, open_store

from . import processor

ROOT = Path(__file__).resolve().parent.parent
DATA_DAY = date(2026, 11, 20)
SIZES = (100_000, 1_000_000)
"""Two, so that growth of time and memory shows."""
_OF_A_FIRM = 4
"""Penalties of a firm in the file; they stand far apart."""
_HEADERS = (
    *("行政相对人名称", "统一社会信用代码", "行政处罚决定书文号", "违法行为类型", "处罚类别", "罚款金额(万元)"),
    *("没收金额(万元)", "暂扣或吊销证照名称及编号", "处罚决定日期", "公示截止期", "处罚机关", "失信严重程度", "状态"),
)
_SEVERITIES = ("轻微", "一般", "严重")


@dataclass(frozen=True)
class ImportFigures:
    """One size: medians of the rounds."""

    rows: int
    per_second: float
    """Rows, by processor time."""
    again: float
    """The same when everything is there already."""
    peak_mb: float
    """Most memory of the process."""


def write_penalties(path: Path, rows: int) -> None:
    """A file whose firms come again and again."""
    firms = [uscc(number) for number in range(max(rows // _OF_A_FIRM, 1))]
    organs = [organ.title for organ in read_directory(ROOT / "rules").rule_set.catalogue.organs.values()]
    first = DATA_DAY - timedelta(days=900)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADERS)
        for number in range(rows):
            day = first + timedelta(days=number % 900)
            writer.writerow(
                (
                    *("(样例)", firms[number % len(firms)], f"样罚〔2026〕{number:07d}号", "某种违法行为", "罚款"),
                    *(f"{number % 50 + 1}.5", "", "", day.isoformat(), (day + timedelta(days=365)).isoformat()),
                    *(organs[number % len(organs)], _SEVERITIES[number % 3], "有效"),
                )
            )


def load(folder: Path) -> dict[str, float]:
    """Import the file in the folder into the store beside it. In a process of its own."""
    store = open_store(f"sqlite:///{folder / 'gate.db'}")
    migrate(store)
    with closing(store):
        more = {}
        if "forms" in inspect.signature(importer.import_file).parameters:
            from creditgate_server.registry.forms import read_forms

            more["forms"] = read_forms(ROOT / "rules")
        catalogue = read_directory(ROOT / "rules").rule_set.catalogue
        key = PersonKey.load(key_path(store, None), create=True)
        before = time.process_time()
        report = importer.import_file(
            store,
            folder / "penalties.csv",
            catalogue=catalogue,
            person_key=key,
            data_day=DATA_DAY,
            known_at=datetime.now(UTC),
            **more,
        )
        seconds = time.process_time() - before
    peak = processor.most_memory()
    counts = {name: getattr(report, name) for name in ("rows", "loaded", "revised", "unchanged", "rejected")}
    return {**counts, "seconds": seconds, "peak_mb": peak}


def measure(rows: int, rounds: int = 1) -> ImportFigures:
    """Load a new file, then the same again."""
    first, again = [], []
    with tempfile.TemporaryDirectory(prefix="creditgate-import-") as name:
        folder = Path(name)
        write_penalties(folder / "penalties.csv", rows)
        for _ in range(rounds):
            for file in folder.glob("gate.db*"):
                file.unlink()
            first.append(_in_a_process(folder))
            again.append(_in_a_process(folder))
    assert all(one["loaded"] == rows for one in first)
    assert all(one["unchanged"] == rows for one in again)

    def rate(found: list[dict[str, float]]) -> float:
        return rows / statistics.median(one["seconds"] for one in found)

    return ImportFigures(rows, rate(first), rate(again), max(one["peak_mb"] for one in first))


@dataclass(frozen=True)
class Interrupted:
    """An import that was killed twice and run to its end."""

    rows: int
    killed_at: tuple[int, ...]
    kept: int
    """Records in the store in the end."""
    doubled: int


def interrupted(rows: int) -> Interrupted:
    """Kill an import at about a third and two thirds of its rows, then run it to the end."""
    with tempfile.TemporaryDirectory(prefix="creditgate-import-") as name:
        folder = Path(name)
        write_penalties(folder / "penalties.csv", rows)
        killed = tuple(_killed(folder, rows * third // 3) for third in (1, 2))
        _in_a_process(folder)
        kept, names = _records(folder)
    return Interrupted(rows, killed, kept, kept - names)


def _killed(folder: Path, at: int) -> int:
    """Rows that the store held when the import was killed."""
    process = subprocess.Popen(_command(folder), cwd=ROOT, stdout=subprocess.DEVNULL)
    while process.poll() is None and (folder / "gate.db").exists() * _records(folder)[0] < at:
        time.sleep(0.2)
    process.kill()
    process.wait()
    return _records(folder)[0]


def _records(folder: Path) -> tuple[int, int]:
    """Revisions of records in the store, and how many different records they are of."""
    with suppress(Exception), closing(open_store(f"sqlite:///{folder / 'gate.db'}")) as store:
        names = "SELECT count(*), count(DISTINCT identifier || document_number) FROM record_revision"
        with store.engine.connect() as connection:
            row = connection.execute(text(names)).one()
            return int(row[0]), int(row[1])
    return 0, 0


def _command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "bench.imports", str(folder)]


def _in_a_process(folder: Path) -> dict[str, float]:
    done = subprocess.run(_command(folder), check=True, capture_output=True, text=True, cwd=ROOT, env=dict(os.environ))
    result: dict[str, float] = json.loads(done.stdout)
    return result


def table(found: Sequence[ImportFigures], broken: Interrupted | None = None) -> list[str]:
    """Lines of the report."""
    lines = [
        "**Imports**: `import` of a penalty file in the form of dual publicity into SQLite, a quarter as many firms as rows; rows a second of processor time.",
        "",
        "| rows | new | all there already | most memory MB |",
        "|---|---|---|---|",
        *(f"| {one.rows:,} | {one.per_second:,.0f} | {one.again:,.0f} | {one.peak_mb:.0f} |" for one in found),
    ]
    if broken is not None:
        at = " and ".join(f"{count:,}" for count in broken.killed_at)
        lines += [
            "",
            f"Killed at {at} of {broken.rows:,} rows and started again: {broken.kept:,} records, {broken.doubled} doubled.",
        ]
    return lines


if __name__ == "__main__":
    print(json.dumps(load(Path(sys.argv[1]))))
