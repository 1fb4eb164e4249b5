"""Replays receipts page by page, in one process or several, and counts what became of them."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field

import msgspec

from ...errors import GateError, StoreFault
from ...ledger.environment import find_environment, here
from ...ledger.receipt import Receipt, open_payload
from ...publication.rule_sets import load_rule_set
from ...rulebook.bundle import RuleSet
from ...storage.database import Store, open_store
from .one import GOOD, Fate, Judges, ReceiptReplay, Replayer
from .selection import ReceiptPage, Selection, count, pages, read_page

MOST_NAMED = 1_000
"""Findings that the report names; of more it says how many."""
_PAGES_AHEAD = 3
"""Pages that wait for a worker process, for each of them."""

Found = Callable[[ReceiptReplay], None]
Progress = Callable[[int, int], None]
"""Receipts done, and how many there are."""


class ReplayPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page that was replayed."""

    counts: dict[tuple[str, Fate], int]
    """By kind and fate."""
    rule_sets: dict[str, int]
    """Receipts by rule set."""
    findings: tuple[ReceiptReplay, ...]
    """Everything whose fate is not good."""


@dataclass(slots=True)
class ReplayReport:
    """What became of all."""

    counts: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    rule_sets: Counter[str] = field(default_factory=Counter)
    findings: list[ReceiptReplay] = field(default_factory=list)
    """The first ones."""
    found: int = 0
    """How many there are."""
    seconds: float = 0.0

    @property
    def done(self) -> int:
        """Receipts replayed."""
        return self.counts.total()

    def of(self, fate: Fate) -> int:
        """Receipts with a fate."""
        return sum(number for (_, each), number in self.counts.items() if each is fate)

    def add(self, page: ReplayPage) -> None:
        """Count a page."""
        self.counts.update(page.counts)
        self.rule_sets.update(page.rule_sets)
        self.found += len(page.findings)
        self.findings += page.findings[: MOST_NAMED - len(self.findings)]


class PageReplayer:
    """Replays pages of one store, in one process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._judges = Judges(self._load)
        self._replayer = Replayer(self._judges)

    def run(self, page: ReceiptPage) -> ReplayPage:
        """Read and replay a page. Raises StoreDown, SetupFault."""
        counts: Counter[tuple[str, Fate]] = Counter()
        rule_sets: Counter[str] = Counter()
        findings: list[ReceiptReplay] = []
        for receipt in read_page(self._store, page):
            replayed = self._replayer.replay(receipt)
            if replayed.difference is not None:
                replayed = msgspec.structs.replace(replayed, note=self._program(receipt))
            counts[replayed.kind, replayed.fate] += 1
            rule_sets[replayed.rule_set] += 1
            if replayed.fate not in GOOD:
                findings.append(replayed)
        return ReplayPage(counts=dict(counts), rule_sets=dict(rule_sets), findings=tuple(findings))

    def close(self) -> None:
        """Give the judges back."""
        self._judges.close()

    def _program(self, receipt: Receipt) -> str:
        """Whether another program decided then; empty where it was this one, or where the receipt does not say."""
        named = open_payload(receipt.payload).environment
        if not named:
            return ""
        environment = find_environment(self._store, named)
        if environment is None:
            return "没有当时运行环境的记录"
        return (
            ""
            if environment.same_program(here())
            else f"当时由另一程序判断({environment.program}, {environment.code[:12]})"
        )

    def _load(self, digest: str) -> RuleSet | None:
        return load_rule_set(self._store, digest)


def _nobody(_: ReceiptReplay) -> None:
    return


def _nowhere(_done: int, _total: int) -> None:
    return


def replay(
    store: Store, meant: Selection, *, workers: int = 1, found: Found = _nobody, progress: Progress = _nowhere
) -> ReplayReport:
    """Replay all receipts that are meant. `found` hears of each finding at once. Raises StoreDown, StoreFault."""
    started = time.monotonic()
    report = ReplayReport()
    total = count(store, meant)
    progress(0, total)
    finished = _in_one(store, meant) if workers == 1 else _in_several(store, meant, workers)
    for page in finished:
        for finding in page.findings:
            found(finding)
        report.add(page)
        progress(report.done, total)
    report.seconds = time.monotonic() - started
    return report


def _in_one(store: Store, meant: Selection) -> Iterator[ReplayPage]:
    with closing(PageReplayer(store)) as replayer:
        yield from map(replayer.run, pages(store, meant))


def _in_several(store: Store, meant: Selection, workers: int) -> Iterator[ReplayPage]:
    address = store.url.render_as_string(hide_password=False)
    fresh = multiprocessing.get_context("spawn")
    waiting: deque[Future[ReplayPage | GateError]] = deque()
    try:
        with ProcessPoolExecutor(workers, fresh, _begin, (address,)) as pool:
            for page in pages(store, meant):
                waiting.append(pool.submit(_work, page))
                if len(waiting) >= workers * (1 + _PAGES_AHEAD):
                    yield _result(waiting.popleft())
            while waiting:
                yield _result(waiting.popleft())
    except BrokenProcessPool as fault:
        raise StoreFault("重放进程意外终止", "用 --workers 1 和 --since、--until 找出是哪一份回执") from fault


def _result(future: Future[ReplayPage | GateError]) -> ReplayPage:
    result = future.result()
    if isinstance(result, GateError):
        raise result
    return result


_own: list[PageReplayer] = []
"""In a worker process: its one replayer."""


def _begin(address: str) -> None:
    _own.append(PageReplayer(open_store(address)))


def _work(page: ReceiptPage) -> ReplayPage | GateError:
    try:
        return _own[0].run(page)
    except GateError as fault:
        fault.__cause__ = None  # drivers' exceptions do not travel
        return fault
