"""Check with the ledger sealed against the same service with sealing off, in pairs; `python -m bench sealed`.

Each round measures both, in turn first and second, each after a warm-up, so that a sealed window pays for as many
receipts as it makes. What the machine does beside is shared by the two of a round: their ratio counts, not the rates.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from creditgate_server.ledger.sealing.keys import LedgerKey

from . import load, processor, service

EVERY = 2
"""Seconds between two checkpoints; 60 are usual: what a round costs beside its receipts is paid thirty times as often."""
IN_FLIGHT = 16
WARM = 2_000
"""Checks before each window: they take longer than from one checkpoint to the next."""
TARGET = 0.9


@dataclass(frozen=True)
class Window:
    """One measurement of one service."""

    per_second: float
    """Checks."""
    processor_us: float
    """Processor time of all its processes for a check; another process cannot take from it, only slow it down."""
    sealing_us: float
    """Of it the supervisor's, which seals and does nothing else while checks are asked."""


@dataclass(frozen=True)
class Pair:
    """One round."""

    off: Window
    sealed: Window

    @property
    def rate(self) -> float:
        """Checks a second when sealed, to those with sealing off."""
        return self.sealed.per_second / self.off.per_second

    @property
    def processor(self) -> float:
        """Processor time of a check with sealing off, to that when sealed."""
        return self.off.processor_us / self.sealed.processor_us

    @property
    def sealing(self) -> float:
        """Share of a sealed check's processor time that goes into sealing."""
        return self.sealed.sealing_us / self.sealed.processor_us


def measure(rounds: int = 9, calls: int = 5_000) -> dict[str, list[Pair]]:
    """Pairs by what is asked."""
    asked = {"demo cases": service.cases(), "varied": [one.SerializeToString() for one in service.varied()]}
    with tempfile.TemporaryDirectory(prefix="creditgate-sealed-") as name, ExitStack() as stack:
        folder = Path(name)
        key = LedgerKey.new()
        key.save(folder / "ledger.pem")
        (folder / "elsewhere").mkdir()
        sealing = {
            "CREDITGATE_LEDGER_KEY": str(folder / "ledger.pem"),
            "CREDITGATE_LEDGER_SECONDS": str(EVERY),
            "CREDITGATE_LEDGER_CHECKPOINTS": str(folder / "elsewhere"),
        }
        served = {}
        for kind, settings in (("off", {}), ("sealed", sealing)):
            store = f"sqlite:///{folder / kind}.db"
            service.import_sample(store)
            served[kind] = stack.enter_context(service.started(store, 1, settings))
        pairs: dict[str, list[Pair]] = {what: [] for what in asked}
        for number in range(rounds):
            for what, requests in asked.items():
                order = ("off", "sealed") if number % 2 else ("sealed", "off")
                seen = {kind: _window(served[kind], requests, calls, number * (WARM + calls)) for kind in order}
                pairs[what].append(Pair(**seen))
                print(f"round {number + 1}: {what}: sealed to off {pairs[what][-1].rate:.2f}", flush=True)
    return pairs


def _window(served: load.Target, requests: list[bytes], calls: int, start: int) -> Window:
    load.own(served, requests, IN_FLIGHT, WARM, start)
    supervisor = processor.own(served.pid)
    found = load.own(served, requests, IN_FLIGHT, calls, start + WARM)
    return Window(found.per_second, found.processor_us, (processor.own(served.pid) - supervisor) / calls * 1_000_000)


def table(pairs: dict[str, list[Pair]]) -> list[str]:
    """Lines of the report."""
    rounds = len(next(iter(pairs.values())))
    return [
        f"**Sealing**: Check by one worker with checkpoints every {EVERY} s, written to a directory, against the same service without; "
        f"{rounds} pairs, in turn first and second,",
        "each window behind a warm-up. Medians, and in brackets the middle half of the pairs. Sealing's own share is the steadiest figure: the supervisor does nothing else.",
        "",
        "| | sealed to off: checks a second | processor time of a check: off to sealed | sealing's own share of it |",
        "|---|---|---|---|",
        *(
            f"| {what} | {_middle([one.rate for one in found])} | {_middle([one.processor for one in found])} "
            f"| {_middle([one.sealing for one in found])} |"
            for what, found in pairs.items()
        ),
    ]


def ratio(pairs: dict[str, list[Pair]]) -> float:
    """The lower of the medians."""
    return min(statistics.median(one.rate for one in found) for found in pairs.values())


def _middle(ratios: Sequence[float]) -> str:
    if len(ratios) < 2:
        return f"{ratios[0]:.2f}"
    low, median, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return f"{median:.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    print("\n".join(table(measure())))
