"""The ledger at size: decisions of every kind written through the writer, verified and replayed; memory must stay flat.

`python -m bench.ledger` alone, or `measure` from the bench. Each step runs in a process of its own, so that its memory
is its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

from tests.engine import violations
from tests.replay.mill import Mill, drafted

from creditgate_server.decision.check.question import Question
from creditgate_server.decision.level.question import LevelQuestion
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.judging.kinds import KINDS
from creditgate_server.ledger.receipt import Draft
from creditgate_server.ledger.sealing.keeper import Keeper
from creditgate_server.ledger.sealing.keys import LedgerKey
from creditgate_server.ledger.verification.verify import Verification
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.publication.rule_sets import save_rule_set
from creditgate_server.registry.lookup import Registry
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.storage.database import Store, open_store
from creditgate_server.studies.replay.run import replay
from creditgate_server.studies.replay.selection import Selection

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
    sealed: float
    """Receipts a second that got their place in the tree."""
    verified: float
    """Receipts a second that `ledger verify` re-hashed: payload, contents, columns, chain and tree."""
    replayed: dict[str, float]
    """Receipts a second judged again by one process, by kind."""
    replayed_together: float
    """Of all kinds as they come, by two processes."""
    differences: int
    grown: dict[str, float]
    """Memory of the process at its end, to what it was after a tenth."""
    megabytes: dict[str, int]
    """The most that it ever held."""


def measure(decisions: int = DECISIONS) -> LedgerFigures:
    """Write, check and replay so many decisions."""
    with tempfile.TemporaryDirectory(prefix="creditgate-ledger-") as folder:
        address = f"sqlite:///{folder}/ledger.db"
        service.import_sample(address)
        made = _step("write", address, decisions)
        sealed, verified = _step("seal", address, 0), _step("verify", address, 0)
        kinds = {kind: _step(f"replay-{kind}", address, 1) for kind in KINDS}
        two = _step("replay", address, 2)
        assert (
            decisions == sealed["done"] == verified["done"] == two["done"] == sum(one["done"] for one in kinds.values())
        )
        checks = kinds["check"]
        return LedgerFigures(
            decisions=decisions,
            rule_sets=two["rule_sets"],
            bytes_each=Path(f"{folder}/ledger.db").stat().st_size // decisions,
            written=decisions / made["seconds"],
            sealed=decisions / sealed["seconds"],
            verified=decisions / verified["seconds"],
            replayed={kind: one["done"] / one["seconds"] for kind, one in kinds.items()},
            replayed_together=decisions / two["seconds"],
            differences=two["found"] + verified["found"] + sum(one["found"] for one in kinds.values()),
            grown={name: one["end"] / one["tenth"] for name, one in (("verify", verified), ("replay", checks))},
            megabytes={name: one["peak"] // 1024 for name, one in (("verify", verified), ("replay", checks))},
        )


def table(figures: LedgerFigures) -> list[str]:
    """Lines of the report."""
    return [
        f"**The ledger**: {figures.decisions:,} generated decisions (checks, level and leniency questions) under {figures.rule_sets} rule "
        f"sets, {figures.bytes_each:,} bytes each in the store:",
        "",
        "| | |",
        "|---|---|",
        f"| written | {figures.written:,.0f} a second |",
        f"| put into the tree | {figures.sealed:,.0f} a second |",
        f"| verified | {figures.verified:,.0f} a second |",
        *(f"| replayed by one process, {kind} | {rate:,.0f} a second |" for kind, rate in figures.replayed.items()),
        f"| replayed by two processes, all as they come | {figures.replayed_together:,.0f} a second |",
        f"| differences | {figures.differences} |",
        *(
            f"| memory of {name} at its end, to a tenth of the way | {figures.grown[name]:.2f} (at most {megabytes} MB) |"
            for name, megabytes in figures.megabytes.items()
        ),
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
            writer.write_many(batch)
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
                yield drafted(level, judge.judge(level, known, feeds))
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
            yield drafted(question, judge.judge(question, known, feeds))


def seal(store: Store, _: int) -> dict[str, float]:
    """Places in the tree, and a checkpoint."""
    keeper = Keeper(store, folder=None, now=lambda: datetime.now(UTC), algorithm="sha256", rest=lambda _: None)
    started = time.perf_counter()
    kept = keeper.keep(LedgerKey.new())
    return {"done": kept.note.checkpoint.size, "seconds": time.perf_counter() - started}


def verify(store: Store, _: int) -> dict[str, float]:
    """As `ledger verify` does."""
    memory = _Memory()
    started = time.perf_counter()
    verdict = Verification(store=store).run(memory.look)
    return {
        "done": verdict.leaves,
        "found": int(not verdict.sound),
        "seconds": time.perf_counter() - started,
        **memory.seen(),
    }


def judge_again(store: Store, workers: int, kinds: tuple[str, ...] = tuple(KINDS)) -> dict[str, float]:
    """Replay everything of some kinds."""
    memory = _Memory()
    report = replay(store, Selection(kinds=kinds), workers=workers, progress=memory.look)
    for finding in report.findings[:5]:
        print(finding, file=sys.stderr)
    return {
        "done": report.done,
        "found": report.found,
        "rule_sets": len(report.rule_sets),
        "seconds": report.seconds,
        **memory.seen(),
    }


class _Memory:
    """Kilobytes of this process when a tenth is done."""

    def __init__(self) -> None:
        self.tenth = 0

    def look(self, done: int, total: int) -> None:
        if not self.tenth and done >= total / 10 and done:
            self.tenth = _kilobytes("VmRSS")

    def seen(self) -> dict[str, int]:
        return {"tenth": self.tenth, "end": _kilobytes("VmRSS"), "peak": _kilobytes("VmHWM")}


def _kilobytes(what: str) -> int:
    """Of this process, as the kernel counts."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1])


_STEPS = {
    "write": write,
    "seal": seal,
    "verify": verify,
    "replay": judge_again,
    **{f"replay-{kind}": partial(judge_again, kinds=(kind,)) for kind in KINDS},
}


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
