"""`make bench`: interleaved rounds, medians, ratios to a bare echo of the same run; written to bench/RESULTS.md.

`python -m bench coverage`, `ledger` or `sealed` measures that part alone and writes nothing.
"""

import argparse
import os
import platform
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import grpc

from . import coverage, engine, ledger, leniency, load, profile, sealed, search, service
from .load import Figures

IN_FLIGHT = 16
RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Row:
    """One thing measured, every round."""

    name: str
    run: Callable[[], Figures]
    decisions: int = 1
    """Decisions in a call."""


@dataclass(frozen=True)
class Proof:
    """What is measured of ledger and coverage."""

    ledger: ledger.LedgerFigures
    sealed: dict[str, list[sealed.Pair]]
    coverage: list[coverage.CoverageFigures]

    def lines(self) -> list[str]:
        parts = (coverage.table(self.coverage), ledger.table(self.ledger), sealed.table(self.sealed))
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
}


def main() -> None:
    given = argparse.ArgumentParser(prog="make bench")
    given.add_argument("part", nargs="?", choices=PARTS, help="one part alone; nothing is written")
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--seconds", type=float, default=4)
    options = given.parse_args()
    if options.part:
        print("\n".join(PARTS[options.part]()))
        return
    with tempfile.TemporaryDirectory(prefix="creditgate-bench-") as folder:
        report = measured(Path(folder), options.rounds, options.seconds)
    RESULTS.write_text(report, "utf-8")
    print(report)


def measured(folder: Path, rounds: int, seconds: float) -> str:
    """Start everything, measure, write the report. Coverage first: its processes count what this one has as theirs."""
    covered = [coverage.measure(size) for size in coverage.SIZES]
    stores = [f"sqlite:///{folder / name}" for name in ("one.db", "two.db")]
    for store in stores:
        service.import_sample(store)
    cases, random = service.cases(), service.varied()
    varied = [one.SerializeToString() for one in random]
    batches = service.batches(random)
    with service.serving(stores[0], 1) as one, service.serving(stores[1], 2) as two:
        size = answer_size(one, cases[0])
        with service.echoing("sync", size) as sync, service.echoing("aio", size) as aio:

            def own(target: str, requests: list[bytes], method: str = service.CHECK, flight: int = IN_FLIGHT):
                return lambda: load.own(target, method, requests, flight, seconds)

            echo = "/bench.Echo/Echo"
            rows = [
                Row("echo, sync server with 4 threads", own(sync, cases, echo)),
                Row("echo, asyncio with uvloop", own(aio, cases, echo)),
                Row("Check, demo cases, 1 worker", own(one, cases)),
                Row("Check, varied, 1 worker", own(one, varied)),
                Row("Check, demo cases, 2 workers", own(two, cases)),
                Row("BatchCheck of 500, varied, 1 worker", own(one, batches, service.BATCH, 2), service.BATCH_SIZE),
                Row("Check, demo cases, 1 worker, 1 in flight", own(one, cases, flight=1)),
                Row("echo, sync, 1 in flight", own(sync, cases, echo, 1)),
            ]
            figures = interleaved(rows, rounds)
            fixed = fixed_request(sync, aio, one, cases[0], seconds, rounds)
    engines = [engine.measure(rules) for rules in (12, 120, 1_200, 6_000)]
    stages = f"{profile.table(folder)}\n{lenient(search.measure(5_000), leniency.measure())}"
    proof = Proof(ledger.measure(), sealed.measure(), covered)
    return written(figures, rows, fixed, engines, size, stages, proof)


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
    for row in rows:
        row.run()  # once to warm up
    for number in range(1, rounds + 1):
        for row in rows:
            figures[row.name].append(row.run())
            print(f"round {number}: {row.name}: {figures[row.name][-1].per_second:,.0f} calls/s", flush=True)
    return figures


def fixed_request(sync: str, aio: str, one: str, request: bytes, seconds: float, rounds: int) -> dict[str, float]:
    """The same by h2load with one request over and over; empty where it is not installed."""
    targets = {"sync": (sync, "/bench.Echo/Echo"), "aio": (aio, "/bench.Echo/Echo"), "check": (one, service.CHECK)}
    seen: dict[str, list[float]] = {name: [] for name in targets}
    for _ in range(rounds):
        for name, (target, method) in targets.items():
            found = load.h2load(target, method, request, IN_FLIGHT, seconds)
            if found is None:
                return {}
            seen[name].append(found.per_second)
    return {name: statistics.median(values) for name, values in seen.items()}


def answer_size(target: str, request: bytes) -> int:
    with grpc.insecure_channel(target) as channel:
        return len(channel.unary_unary(service.CHECK)(request))


def written(
    figures: dict[str, list[Figures]],
    rows: list[Row],
    fixed: dict[str, float],
    engines: list[engine.EngineFigures],
    size: int,
    stages: str,
    proof: Proof,
) -> str:
    middle = {name: statistics.median(one.per_second for one in seen) for name, seen in figures.items()}
    floor_sync, floor_aio = middle[rows[0].name], middle[rows[1].name]
    check, varied, batch = middle[rows[2].name], middle[rows[3].name], middle[rows[5].name] * service.BATCH_SIZE
    by_rules = {one.rules: one for one in engines}
    growth = by_rules[1_200].ask / by_rules[120].ask
    lines = [
        "# What a check costs",
        "",
        f"Measured on {date.today().isoformat()}: {os.cpu_count()} shared virtual CPUs, "  # noqa: DTZ011
        f"Python {platform.python_version()}, grpcio {grpc.__version__}. Trust the ratios, not the bare figures: the machine is shared and noisy.",
        "",
        "**Method.** Real service processes with the shipped rules and the sample registry, SQLite with `synchronous=FULL`, a receipt committed",
        f"before every answer. The load generator is a Python process of its own, {IN_FLIGHT} callers on connections of their own, each asking the",
        f"next question when the last is answered; the echo servers answer with as many bytes as a check ({size}). Rows are measured in turn,",
        f"{len(figures[rows[0].name])} rounds, medians. Generator and server share the CPUs, so the echo rows are the generator's ceiling as much as the server's.",
        "*Demo cases* come again and again: while the registry does not change, the service has their decisions at hand. *Varied* questions",
        "(random subjects, items, facts and days) hardly come twice, so that every step is done.",
        "",
        "| | calls/s | decisions/s | p50 ms | p99 ms | of the sync echo | of the asyncio echo |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        seen = figures[row.name]
        rate = middle[row.name]
        p50, p99 = (statistics.median(getattr(one, name) for one in seen) for name in ("p50", "p99"))
        against = (
            "| | "
            if "1 in flight" in row.name
            else f"| {rate * row.decisions / floor_sync:.2f} | {rate * row.decisions / floor_aio:.2f} "
        )
        lines.append(f"| {row.name} | {rate:,.0f} | {rate * row.decisions:,.0f} | {p50:.2f} | {p99:.2f} {against}|")
    if fixed:
        lines += [
            "",
            "With `h2load` (a C client, 16 connections, one question over and over, so that the client costs the server nothing): Check is "
            f"{fixed['check'] / fixed['sync']:.2f} of the sync echo and {fixed['check'] / fixed['aio']:.2f} of the asyncio echo "
            f"({fixed['check']:,.0f}, {fixed['sync']:,.0f} and {fixed['aio']:,.0f} calls/s).",
        ]
    lines += [
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
        target("Check at least 0.6 of the bare echo per worker (sync echo, demo cases)", check / floor_sync, 0.6),
        target("the same, varied questions", varied / floor_sync, 0.6),
        *([target("the same by h2load, one question", fixed["check"] / fixed["sync"], 0.6)] if fixed else []),
        target("BatchCheck at least 1.5 times the decisions a second of single calls (varied)", batch / varied, 1.5),
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


def target(words: str, found: float, bound: float, *, most: bool = False) -> str:
    met = found <= bound if most else found >= bound
    return f"| {words} | {found:,.2f} | {'met' if met else '**not met**'} |"


if __name__ == "__main__":
    main()
