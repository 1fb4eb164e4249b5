"""`make bench`: interleaved rounds, medians, ratios to a bare echo of the same run; written to bench/RESULTS.md.

`python -m bench coverage`, `ledger`, `sealed`, `imports` or `comparing` measures that part alone and writes nothing.
"""

import argparse
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import grpc

from . import comparing, coverage, engine, imports, ledger, leniency, load, profile, sealed, search, service
from .load import Figures, Target

IN_FLIGHT = 16
RESULTS = Path(__file__).with_name("RESULTS.md")
CHECK_TARGET, VARIED_TARGET = 2.2, 8.0
"""Processor time of a check, as times that of the bare echo of as many bytes under the same load."""
STREAMS_TARGET = 1.5
"""99th percentile of a check with the most streams open, as times that without."""
SECOND_START_TARGET = 1 / 3


@dataclass(frozen=True)
class Row:
    """One thing measured, every round. `run` is told the number of the round, from 0, which warms up."""

    name: str
    run: Callable[[int], Figures]
    echo: str = ""
    """Name of the echo that it is compared with."""
    decisions: int = 1
    """Decisions in a call."""


@dataclass(frozen=True)
class Proof:
    """What is measured of ledger and coverage."""

    ledger: ledger.LedgerFigures
    sealed: dict[str, list[sealed.Pair]]
    coverage: list[coverage.CoverageFigures]
    imports: list[imports.ImportFigures]
    comparing: list[comparing.CompareFigures]

    def lines(self) -> list[str]:
        parts = (
            coverage.table(self.coverage),
            imports.table(self.imports),
            comparing.table(self.comparing),
            ledger.table(self.ledger),
            sealed.table(self.sealed),
        )
        return [line for part in parts for line in ("", *part)]

    def targets(self) -> list[str]:
        slowest = min(one.alone for one in self.coverage)
        grown = max(self.ledger.grown.values())
        return [
            target("coverage: licences of the file a second on one core at least 20,000", slowest, 20_000),
            target("Check with sealing at least 0.9 of Check without", sealed.ratio(self.sealed), sealed.TARGET),
            target(
                "differences in verify and replay of 100,000 decisions: none", self.ledger.differences, 0, most=True
            ),
            target("memory of verify and replay at the end at most 1.1 times that at a tenth", grown, 1.1, most=True),
        ]


PARTS: dict[str, Callable[[], list[str]]] = {
    "coverage": lambda: coverage.table([coverage.measure(size) for size in coverage.SIZES]),
    "ledger": lambda: ledger.table(ledger.measure()),
    "sealed": lambda: sealed.table(sealed.measure()),
    "comparing": lambda: comparing.table([comparing.measure(size) for size in comparing.SIZES]),
    "imports": lambda: imports.table([imports.measure(size) for size in imports.SIZES], imports.interrupted(200_000)),
}


def main() -> None:
    given = argparse.ArgumentParser(prog="make bench")
    given.add_argument("part", nargs="?", choices=PARTS, help="one part alone; nothing is written")
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--calls", type=int, default=8_000, help="of a row in a round")
    options = given.parse_args()
    if not options.part and shutil.which("h2load") is None:
        given.error("h2load is not here: it makes the load (Debian: nghttp2-client)")
    if options.part:
        print("\n".join(PARTS[options.part]()))
        return
    with tempfile.TemporaryDirectory(prefix="creditgate-bench-") as folder:
        report = measured(Path(folder), options.rounds, options.calls)
    RESULTS.write_text(report, "utf-8")
    print(report)


ECHO, ECHO_OWN, ECHO_ONE = "echo, h2load", "echo, own generator", "echo, h2load, 1 in flight"
DEMO, VARIED, BATCH = "Check, decision at hand, h2load", "Check, varied, own generator", "BatchCheck of 500, varied"
FOLLOWED = "Check, decision at hand, h2load, with the most streams open"


def measured(folder: Path, rounds: int, calls: int) -> str:
    """Start everything, measure, write the report. Coverage first: its processes count what this one has as theirs."""
    covered = [coverage.measure(size) for size in coverage.SIZES]
    store = f"sqlite:///{folder / 'one.db'}"
    service.import_sample(store)
    case, random = service.cases()[0], service.varied()
    varied = [one.SerializeToString() for one in random]
    batches = service.batches(random)
    starts = [start_seconds(store) for _ in range(2)]
    with service.started(store, 1, {}) as one:
        size = load.answered(one, case)
        with service.echoing(size) as bare:
            batch, few = Target(one.address, service.BATCH, one.pid), max(4, calls // 500)

            def followed(_: int) -> Figures:
                with service.followed(one.address):
                    return load.h2load(one, case, IN_FLIGHT, calls)

            rows = [
                Row(ECHO, lambda _: load.h2load(bare, case, IN_FLIGHT, calls)),
                Row(DEMO, lambda _: load.h2load(one, case, IN_FLIGHT, calls), ECHO),
                Row(FOLLOWED, followed, ECHO),
                Row(ECHO_ONE, lambda _: load.h2load(bare, case, 1, calls // 4)),
                Row("the same, 1 in flight", lambda _: load.h2load(one, case, 1, calls // 4), ECHO_ONE),
                Row("the same, 64 in flight", lambda _: load.h2load(one, case, 64, calls), ECHO),
                Row(ECHO_OWN, lambda number: load.own(bare, varied, IN_FLIGHT, calls, number * calls)),
                Row(VARIED, lambda number: load.own(one, varied, IN_FLIGHT, calls, number * calls), ECHO_OWN),
                Row(BATCH, lambda number: load.own(batch, batches, 2, few, number * few), "", service.BATCH_SIZE),
            ]
            figures = interleaved(rows, rounds)
    engines = [engine.measure(rules) for rules in (12, 120, 1_200, 6_000)]
    stages = f"{profile.table(folder)}\n{lenient(search.measure(5_000), leniency.measure())}"
    stages += f"\n{search.by_region(search.found_by_region())}"
    loaded = [imports.measure(size) for size in imports.SIZES]
    compared = [comparing.measure(size) for size in comparing.SIZES]
    proof = Proof(ledger.measure(), sealed.measure(), covered, loaded, compared)
    return written(figures, rows, starts, engines, size, stages, proof)


def start_seconds(store: str) -> float:
    """Seconds until the service is ready."""
    began = time.perf_counter()
    with service.started(store, 1, {}):
        return time.perf_counter() - began


def lenient(found: search.SearchFigures, judged: leniency.LeniencyFigures) -> str:
    """The part of the report on lenient enforcement."""
    return "\n".join(
        [
            "",
            "**Lenient enforcement**, in one process without gRPC and store.",
            "",
            "| | |",
            "|---|---|",
            f"| search, {found.entries:,} entries: median ms (target 10) | {found.median:.1f} |",
            f"| search, {found.entries:,} entries: 99th percentile ms | {found.p99:.1f} |",
            f"| a leniency question with everything known, decided and explained, median ms | {judged.known:.1f} |",
            f"| the same with little known, its shortest list of missing facts worked out, median ms | {judged.unknown:.1f} |",
        ]
    )


def interleaved(rows: list[Row], rounds: int) -> dict[str, list[Figures]]:
    """Every row once a round, so that what the machine does beside is shared by all."""
    figures: dict[str, list[Figures]] = {row.name: [] for row in rows}
    for number in range(rounds + 1):
        for row in rows:
            found = row.run(number)
            if number:
                figures[row.name].append(found)
                print(f"round {number}: {row.name}: {found.processor_us:,.0f} us a call", flush=True)
    return figures


def written(
    figures: dict[str, list[Figures]],
    rows: list[Row],
    starts: list[float],
    engines: list[engine.EngineFigures],
    size: int,
    stages: str,
    proof: Proof,
) -> str:
    times = {row.name: ratio(figures, row.name, row.echo, "processor_us") for row in rows if row.echo}
    by_rules = {one.rules: one for one in engines}
    growth = by_rules[1_200].ask / by_rules[120].ask
    lines = [
        "# What a check costs",
        "",
        f"Measured on {date.today().isoformat()}: {os.cpu_count()} shared virtual CPUs, "  # noqa: DTZ011
        f"Python {platform.python_version()}, grpcio {grpc.__version__}. Trust the ratios, not the bare figures: the machine is shared and noisy.",
        "",
        "**Method.** Real service processes with the shipped rules and the sample registry, SQLite with `synchronous=FULL`, a receipt committed before every answer. The server",
        "has one core, the load generator the other: `h2load`, a C client, asks one question of the demo over and over, so that the service has the decision at hand; a process of our",
        "own asks *varied* questions (random subjects, items, facts and days), of which hardly one comes twice, so that every step is done. What counts is the processor time",
        f"that a call takes of all the server's processes, beside that of a bare synchronous echo of as many bytes ({size}) under the same load in the same round. Rows are measured in turn,",
        f"{len(figures[ECHO])} rounds, medians; ratios are medians of the rounds' own.",
        "",
        "| | processor us a call | of the echo | calls/s | decisions/s | p50 ms | p99 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        us, rate, p50, p99 = (middle(figures, row.name, name) for name in ("processor_us", "per_second", "p50", "p99"))
        against = f"{times[row.name]:.2f}" if row.echo else ""
        lines.append(
            f"| {row.name} | {us:,.0f} | {against} | {rate:,.0f} | {rate * row.decisions:,.0f} | {p50:.2f} | {p99:.2f} |"
        )
    single, together = middle(figures, VARIED, "per_second"), middle(figures, BATCH, "per_second") * service.BATCH_SIZE
    lines += [
        "",
        f"A first start on a filled store takes {starts[0]:.1f} s, a second {starts[1]:.1f} s.",
        "",
        "**The engine alone**: rule sets with about 35 rules an item and four conditions a rule, six records a subject, no gRPC, no store, nothing",
        "kept from one subject to the next. *Ask*: from the merged fact to the verdicts. *Judged*: grade, level and measures of a subject seen for the first time.",
        "",
        "| rules | asked together | fire | ask us | judged us |",
        "|---|---|---|---|---|",
        *(f"| {one.rules:,} | {one.plan} | {one.fired:.1f} | {one.ask:.0f} | {one.judged:.0f} |" for one in engines),
        "",
        "**Targets**",
        "",
        "| target | found | |",
        "|---|---|---|",
        target(f"Check, decision at hand: at most {CHECK_TARGET} times the echo", times[DEMO], CHECK_TARGET, most=True),
        target(f"Check, varied: at most {VARIED_TARGET:g} times the echo", times[VARIED], VARIED_TARGET, most=True),
        target(
            f"p99 with the most streams open at most {STREAMS_TARGET} times that without",
            ratio(figures, FOLLOWED, DEMO, "p99"),
            STREAMS_TARGET,
            most=True,
        ),
        target("second start at most a third of the first", starts[1] / starts[0], SECOND_START_TARGET, most=True),
        target("BatchCheck at least 1.5 times the decisions a second of single calls (varied)", together / single, 1.5),
        target("engine stage at 120 rules at most 150 us", by_rules[120].ask, 150, most=True),
        target("engine stage at 1,200 rules at most 1.5 times that of 120", growth, 1.5, most=True),
        *proof.targets(),
        "",
        "**Where the time goes**, in one process without gRPC, under cProfile (which makes small functions look about twice as long):",
        "",
        stages,
        *proof.lines(),
        "",
    ]
    return "\n".join(lines)


def middle(figures: dict[str, list[Figures]], row: str, name: str) -> float:
    return statistics.median(getattr(one, name) for one in figures[row])


def ratio(figures: dict[str, list[Figures]], row: str, other: str, name: str) -> float:
    """Median of the ratios of two rows, round by round."""
    pairs = zip(figures[row], figures[other], strict=True)
    return statistics.median(getattr(one, name) / getattr(two, name) for one, two in pairs)


def target(words: str, found: float, bound: float, *, most: bool = False) -> str:
    met = found <= bound if most else found >= bound
    return f"| {words} | {found:,.2f} | {'met' if met else '**not met**'} |"


if __name__ == "__main__":
    main()
