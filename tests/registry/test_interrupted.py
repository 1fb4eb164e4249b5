"""An import that is killed and started again loses nothing and doubles nothing."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.shared import RULES

from .test_forms import SOUND

ROWS = 12_000


def kept(store: Path) -> tuple[int, int]:
    """Revisions of records, and how many records they are of."""
    if not store.exists():
        return 0, 0
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        try:
            row = connection.execute("SELECT count(*), count(DISTINCT document_number) FROM record_revision").fetchone()
        except sqlite3.OperationalError:
            return 0, 0  # the tables are not made yet
    return row[0], row[1]


@pytest.mark.process
@pytest.mark.timeout(300)
def test_killed_twice_and_started_again_none_is_lost_and_none_doubled(tmp_path: Path) -> None:
    path, store = tmp_path / "rows.csv", tmp_path / "gate.db"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(SOUND))
        writer.writeheader()
        writer.writerows(SOUND | {"行政处罚决定书文号": f"罚{number}"} for number in range(ROWS))
    command = [str(Path(sys.executable).with_name("creditgate-server")), "import", str(path), "--rules", str(RULES)]
    command += ["--store", f"sqlite:///{store}", "--as-of", "2026-11-30"]
    killed = []
    for third in (1, 2):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while process.poll() is None and kept(store)[0] < ROWS * third // 3:
            time.sleep(0.01)
        process.kill()
        process.wait()
        killed.append(kept(store)[0])
    assert 0 < killed[0] < killed[1] < ROWS
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert f"共 {ROWS} 行, 新增 {ROWS - killed[1]}, 更正 0, 未变 {killed[1]}, 退回 0" in done.stdout
    assert kept(store) == (ROWS, ROWS)
