"""Two feeds compared: as many records of each, one in a hundred different, on one core, SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from tools.make_sample import uscc

from creditgate_server.decision.knowledge import Record
from creditgate_server.registry.comparing import Side, compare
from creditgate_server.registry.conflicts import conflicts
from creditgate_server.registry.revisions import content_hash, record_values
from creditgate_server.registry.tables import RecordRevision
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store, migrate, open_store, writing

from . import processor

ROOT = Path(__file__).resolve().parent.parent
SIZES = (100_000, 1_000_000)
"""Assertions of both feeds together."""
_OTHER = "credit-china"
_OF_A_FIRM = 4
_DIFFERENT = 100
"""One in so many differs."""
_AT_ONCE = 5_000

_records = RecordRevision.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class CompareFigures:
    """One size."""

    assertions: int
    seconds: float
    conflicts_seconds: float
    """Of `data conflicts` over the same store."""
    peak_mb: float


def fill(store: Store, assertions: int) -> None:
    """The same records said by two feeds, firms in no order."""
    rows = _rows(assertions // 2)
    with writing(store) as connection:
        while page := list(islice(rows, _AT_ONCE)):
            connection.execute(_records.insert(), page)


def _rows(count: int) -> Iterator[dict[str, Any]]:
    for feed in ("", _OTHER):
        for number in range(count):
            day = date(2026, 1 + number % 11, 1 + number % 28)
            record = Record(
                source="penalty",
                document_number=f"样罚〔2026〕{number:07d}号",
                kind="penalty",
                severity="serious" if feed and number % _DIFFERENT == 0 else "general",
                organ="market-regulation",
                organ_title="东莞市市场监督管理局",
                decided_on=day,
                effective_from=day,
                amount_fen=1_000_000,
            )
            values = record_values(uscc(number * 7919 % max(count // _OF_A_FIRM, 1)), record, feed)
            values["content_hash"] = content_hash(values)
            yield {**values, "known_at": "2026-11-21T04:00:00.000000Z", "data_day": "2026-11-20"}


def run(address: str) -> dict[str, float]:
    """Compare the feeds of a store. In a process of its own."""
    catalogue = read_directory(ROOT / "rules").rule_set.catalogue
    with closing(open_store(address)) as store:
        before = time.perf_counter()
        counted = Counter(one.side for one in compare(store, catalogue, "penalty", _OTHER))
        seconds = time.perf_counter() - before
        found = sum(1 for _ in conflicts(store, catalogue))
        more = time.perf_counter() - before - seconds
    peak = processor.most_memory()
    return {
        "same": counted[Side.SAME],
        "different": counted[Side.DIFFERENT],
        "conflicts": found,
        "seconds": seconds,
        "conflicts_seconds": more,
        "peak_mb": peak,
    }


def measure(assertions: int) -> CompareFigures:
    """Fill a new SQLite store and compare."""
    with tempfile.TemporaryDirectory(prefix="creditgate-compare-") as name:
        address = f"sqlite:///{Path(name) / 'gate.db'}"
        with closing(open_store(address)) as store:
            migrate(store)
            fill(store, assertions)
        ran = subprocess.run(
            [sys.executable, "-m", "bench.comparing", address], check=True, capture_output=True, cwd=ROOT
        )
    found = msgspec.json.decode(ran.stdout)
    differing = -(-(assertions // 2) // _DIFFERENT)
    assert (found["same"], found["different"]) == (assertions // 2 - differing, differing)
    assert found["conflicts"] == differing
    return CompareFigures(assertions, found["seconds"], found["conflicts_seconds"], found["peak_mb"])


def table(figures: list[CompareFigures]) -> list[str]:
    """As Markdown."""
    return [
        f"**Comparing sources**: `data compare` of two feeds that say the same records but one in {_DIFFERENT}, then",
        "`data conflicts` over the same store; SQLite, one core.",
        "",
        "| assertions | compared, s | conflicts found, s | most memory MB |",
        "|---|---|---|---|",
        *(
            f"| {one.assertions:,} | {one.seconds:.1f} | {one.conflicts_seconds:.1f} | {one.peak_mb:.0f} |"
            for one in figures
        ),
        "",
    ]


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1])))
