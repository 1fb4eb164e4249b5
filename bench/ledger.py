"""The ledger at size: decisions of every kind written through the writer, verified and replayed; memory must stay flat.

`python -m bench.ledger` alone, or `measure` from the bench. Each step runs in a process of its own, so that its memory
is its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from tests.engine import violations
from tests.replay.mill import Mill, drafted

from creditgate_server.decision.question import LevelQuestion, Question, SubjectInRole
from creditgate_server.engine.judge import Judge
from creditgate_server.ledger.chain import first_fault
from creditgate_server.ledger.lookup import chains, receipts_of_chain
from creditgate_server.ledger.receipt import Draft
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.publication.rule_sets import save_rule_set
from creditgate_server.registry.lookup import Registry
from creditgate_server.replay.run import replay
from creditgate_server.replay.selection import Selection
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.storage.database import Store, open_store

from . import service

ROOT = Path(__file__).parents[1]
DECISIONS = 100_000
DAY = date(2026, 11, 20)
_AT_ONCE = 128
_SEED = 5


@dataclass(frozen=True)
class LedgerFigures:
    """Of one store."""

    decisions: int
    rule_sets: int
    bytes_each: int
    """Of the store's file."""
    written: float
    """Receipts a second through the writer, their decisions made beforehand."""
    checked: float
    """Receipts a second whose hashes, commitments and places in the chain were checked."""
    replayed: float
    """Receipts a second judged again by one process."""
    replayed_by_two: float
    differences: int
    grown: float
    """Memory of the replaying process at its end, to what it was after a tenth."""
    megabytes: int
    """At its end."""


def measure(decisions: int = DECISIONS) -> LedgerFigures:
    """Write, check and replay so many decisions."""
    with tempfile.TemporaryDirectory(prefix="creditgate-ledger-") as folder:
        address = f"sqlite:///{folder}/ledger.db"
        service.import_sample(address)
        made = _step("write", address, decisions)
        checked = _step("check", address, decisions)
        one, two = _step("replay", address, 1), _step("replay", address, 2)
        for done in (checked, one, two):
            assert done["done"] == decisions, done
        return LedgerFigures(
            decisions=decisions,
            rule_sets=one["rule_sets"],
            bytes_each=Path(f"{folder}/ledger.db").stat().st_size // decisions,
            written=decisions / made["seconds"],
            checked=decisions / checked["seconds"],
            replayed=decisions / one["seconds"],
            replayed_by_two=decisions / two["seconds"],
            differences=one["found"] + two["found"] + checked["found"],
            grown=one["end"] / one["tenth"],
            megabytes=one["end"] // 1024,
        )


def table(figures: LedgerFigures) -> list[str]:
    """Lines of the report."""
    return [
        f"{figures.decisions:,} generated decisions (checks, level and leniency questions) under {figures.rule_sets} rule "
        f"sets, {figures.bytes_each:,} bytes each in the store:",
        "",
        "| | |",
        "| --- | ---: |",
        f"| written | {figures.written:,.0f} a second |",
        f"| hashes, commitments and chains checked | {figures.checked:,.0f} a second |",
        f"| replayed, one process | {figures.replayed:,.0f} a second |",
        f"| replayed, two processes | {figures.replayed_by_two:,.0f} a second |",
        f"| differences | {figures.differences} |",
        f"| memory while replaying, end to a tenth | {figures.grown:.2f} ({figures.megabytes} MB) |",
    ]


# -- steps, each in a process of its own ------------------------------------------------------------------------------


def _step(name: str, address: str, number: int) -> dict[str, int]:
    command = [sys.executable, "-m", "bench.ledger", name, address, str(number)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    result: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return result


def write(store: Store, decisions: int) -> dict[str, float]:
    """Make decisions and write them; the seconds are of the writing alone."""
    mill = Mill(_SEED, rule_sets=2)
    for rule_set in mill.all_rule_sets:
        save_rule_set(store, rule_set, {}, datetime.now(UTC))
    seconds = 0.0
    with closing(mill), closing(ReceiptWriter(store, now=lambda: datetime.now(UTC))) as writer:
        made = drafts(store, mill)
        while batch := list(islice(made, min(_AT_ONCE, decisions))):
            started = time.perf_counter()
            asyncio.run(writer.write_many(batch))
            seconds += time.perf_counter() - started
            decisions -= len(batch)
    return {"seconds": seconds}


def drafts(store: Store, mill: Mill) -> Iterator[Draft]:
    """Decisions without end: two in three about the sample's subjects by the shipped rules, the others of the mill."""
    draw = Random(_SEED)
    registry = Registry(store)
    rules = violations.library()
    items = list(rules.catalogue.items.values())
    lines = (ROOT / "sample" / "subjects.csv").read_text("utf-8").splitlines()[1:]
    codes = [line.split(",")[1] for line in lines]
    with closing(Judge(rules)) as judge:
        while True:
            if draw.random() < 0.35:
                yield next(mill.drafts(1, leniency=0.4, level=0.2))
                continue
            item = draw.choice(items)
            subjects = tuple(
                SubjectInRole(identifier=code, role=Role.APPLICANT)
                for code in dict.fromkeys(draw.choices(codes, k=draw.choice((1, 1, 1, 2))))
            )
            known, feeds = registry.known([subject.identifier for subject in subjects], None)
            day = DAY - timedelta(days=draw.randrange(6))
            if draw.random() < 0.15:
                level = LevelQuestion(organ=item.organ, subject=subjects[0], purpose="监管", day=day)
                yield drafted("level", level, judge.level(level, known, feeds))
                continue
            facts = {
                "commitment_requested": draw.randrange(2),
                "documents_missing": draw.randrange(3),
                "project_amount": draw.randrange(1, 20) * 100_000_000,
            }
            question = Question(
                organ=item.organ,
                item=item.code,
                case_number=f"虚构-{draw.randrange(10**9)}",
                stage=draw.choice(list(Stage)),
                subjects=subjects,
                facts=facts,
                purpose="许可",
                day=day,
            )
            yield drafted("check", question, judge.check(question, known, feeds))


def check(store: Store, _: int) -> dict[str, float]:
    """Every hash, commitment and place, chain by chain."""
    started = time.perf_counter()
    done = found = 0
    for chain in chains(store):
        receipts = receipts_of_chain(store, chain)
        done += len(receipts)
        found += first_fault(receipts) != ""
    return {"done": done, "found": found, "seconds": time.perf_counter() - started}


def judge_again(store: Store, workers: int) -> dict[str, float]:
    """Replay everything."""
    seen: list[int] = []

    def progress(done: int, total: int) -> None:
        if done >= total // 10 and not seen:
            seen.append(_resident())

    report = replay(store, Selection(), workers=workers, progress=progress)
    for finding in report.findings[:5]:
        print(finding, file=sys.stderr)
    return {
        "done": report.done,
        "found": report.found,
        "rule_sets": len(report.rule_sets),
        "seconds": report.seconds,
        "tenth": seen[0],
        "end": _resident(),
    }


def _resident() -> int:
    """Kilobytes of this process."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


_STEPS = {"write": write, "check": check, "replay": judge_again}


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m bench.ledger")
    given.add_argument("step", nargs="?", choices=_STEPS)
    given.add_argument("store", nargs="?")
    given.add_argument("number", nargs="?", type=int)
    given.add_argument("--decisions", type=int, default=DECISIONS)
    options = given.parse_args()
    if options.step is None:
        print("\n".join(table(measure(options.decisions))))
        return
    with closing(open_store(options.store)) as store:
        print(json.dumps(_STEPS[options.step](store, options.number)))


if __name__ == "__main__":
    main()
