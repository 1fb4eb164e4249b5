"""Activations and rollbacks under load: two services with two workers each on one store."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from creditgate.v1 import common_pb2, credit_check_pb2
from creditgate_server.clock import rfc3339
from creditgate_server.errors import WrongState
from creditgate_server.publication.history import look
from creditgate_server.publication.publisher import Publisher
from creditgate_server.publication.timeline import timeline
from creditgate_server.service.in_force import MOST_LOADED
from creditgate_server.storage.database import Store, open_store
from tests.lanes import seed, size
from tests.service.rule_books import REGISTER, REVIEWER, published, write_register
from tests.service.running import BREACHER, PATIENCE, UNHURRIED, Service, checks, fill_registry, question, serving

ACTS = size(60, 200)
AT_ONCE = 4
"""Acts in a row before the last of them is awaited."""
MARKS = "甲乙丙丁戊己"
"""More rule sets than a worker keeps loaded: old ones must be given back."""
ASKERS = 4
WARM = size(28, 100)
"""Acts after which memory counts."""
WORKERS = 2
"""Workers of each service."""
MOST_ALIVE = MOST_LOADED + 3
"""Those kept, and those that are made ready for what may come next; what is in use by a call is one of these."""
OF_ONE = 40_000
"""Kilobytes that one loaded rule set takes at least."""


@dataclass(frozen=True)
class Answer:
    """What an answer says of the rules behind it."""

    rule_set: str
    activation: int
    decided_at: str
    marks: frozenset[str]


def seen(answer: credit_check_pb2.CheckAnswer) -> Answer:
    titles = [measure.rule.title for measure in answer.measures]
    marks = frozenset(title.rpartition("〔")[2].rstrip("〕") for title in titles)
    return Answer(answer.rule_set, answer.activation, answer.decided_at.ToJsonString(), marks)


class Askers:
    """Threads that ask without a pause, over a connection of their own each, until they are told to stop."""

    def __init__(self, services: tuple[Service, ...]) -> None:
        self.answers: list[Answer] = []
        self._services = services
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(ASKERS)
        self._running = [self._pool.submit(self._ask, number) for number in range(ASKERS)]

    def _ask(self, number: int) -> None:
        with self._services[number % len(self._services)].channel() as channel:
            call = checks(channel).Check
            asked = question(
                subjects=[common_pb2.Subject(uscc=BREACHER)],
                facts=[common_pb2.Fact(name="commitment_requested", value=common_pb2.FactValue(flag=True))],
            )
            while not self._stop.is_set():
                self.answers.append(seen(call(asked, timeout=PATIENCE).answer))

    def end(self) -> None:
        """Stop, and raise what any of them met."""
        self._stop.set()
        self._pool.shutdown()
        for asker in self._running:
            asker.result()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str], tuple[Service, ...]]]:
    digests = published(tmp_path, *MARKS)
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    register = write_register(tmp_path / "signers.yaml")
    options = ("--signers", str(register), "--workers", str(WORKERS), "--log-level", "info")
    second = tmp_path / "second"
    second.mkdir()
    with (
        serving(tmp_path, *options, **UNHURRIED) as one,
        serving(second, *options, "--store", f"sqlite:///{tmp_path}/gate.db", **UNHURRIED) as other,
    ):
        yield tmp_path, digests, (one, other)


def await_everywhere(services: tuple[Service, ...], activation: int) -> None:
    """Until every worker judges by an activation: a busy machine lets some of them lag behind the others."""
    until = time.monotonic() + PATIENCE
    for service in services:
        while True:
            told = [line for line in service.log.read_text("utf-8").splitlines() if "rule set in force" in line]
            switched = [event for event in map(json.loads, told) if event["activation"] == activation]
            if len(switched) >= WORKERS:
                break
            assert time.monotonic() < until, f"{len(switched)} workers are at activation {activation}"
            time.sleep(0.05)


def loads(services: tuple[Service, ...]) -> list[int]:
    """For each load of a rule set, by any worker: how many the worker then held."""
    lines = [line for service in services for line in service.log.read_text("utf-8").splitlines()]
    return [json.loads(line)["loaded"] for line in lines if '"rule set loaded"' in line]


def resident(services: tuple[Service, ...]) -> int:
    """Kilobytes of all workers."""
    total = 0
    for service in services:
        for pid in children(service.process.pid):
            status = Path(f"/proc/{pid}/status").read_text("utf-8")
            total += int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    return total


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_no_call_fails_and_no_answer_mixes_two_rule_sets(
    services: tuple[Path, dict[str, str], tuple[Service, ...]],
) -> None:
    folder, digests, running = services
    marks = {digest: mark for mark, digest in digests.items()}
    store = open_store(f"sqlite:///{folder}/gate.db")
    draw = random.Random(seed(3))
    askers = Askers(running)
    warm = loaded = done = 0
    while done < ACTS:
        for _ in range(AT_ONCE):
            last = act(store, draw, digests)
            done += 1
        for service in running:
            with service.channel() as channel:
                answer = checks(channel).Check(question(at_least_activation=last), timeout=PATIENCE).answer
                assert answer.activation >= last
        if done == WARM:
            await_everywhere(running, last)
            warm, loaded = resident(running), len(loads(running))
    await_everywhere(running, last)
    grown, alive = resident(running), loads(running)
    askers.end()

    assert len(askers.answers) > ACTS
    course = timeline(look(store).acts)
    store.close()
    for heard in askers.answers:
        active = course.active(heard.decided_at)
        assert active is not None
        assert (heard.rule_set, heard.activation) == (active.digest, active.number), heard
        assert heard.marks == {marks[heard.rule_set]}, heard
    assert {answer.rule_set for answer in askers.answers} == set(marks)
    assert max(alive) <= MOST_ALIVE
    since = len(alive) - loaded
    assert since >= ACTS // 4  # so what follows has something to show
    assert grown - warm < since * OF_ONE / 2, f"{warm} kB after {WARM} acts, {grown} kB after {ACTS}, {since} loads"


def act(store: Store, draw: random.Random, digests: dict[str, str]) -> int:
    """Activate another rule set, or roll back; the number of the activation."""
    publisher = Publisher(store, REGISTER)
    while True:
        now = rfc3339(datetime.now(UTC))
        course = timeline(look(store).acts)
        active = course.active(now)
        others = [digest for digest in digests.values() if active is None or digest != active.digest]
        try:
            if draw.random() < 0.3 and course.before(now):
                return publisher.roll_back(REVIEWER).act.number
            return publisher.activate(draw.choice(others), REVIEWER).act.number
        except WrongState:  # what was just activated took effect in between: look again
            continue
