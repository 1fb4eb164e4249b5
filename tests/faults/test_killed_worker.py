"""A worker is killed in the middle of the work: nothing acknowledged is lost, nothing is answered twice."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from creditgate import Client
from tests.lanes import size
from tests.service.running import BREACHER, ITEM, ORGAN, TRUSTED, UNHURRIED, Service, fill_registry, serving

CALLS = size(600, 2000)
HALFWAY_SECONDS = 240.0
"""Seconds after which half of the calls count as never answered."""
THREADS = 16
WHOLE_AGAIN_SECONDS = 5.0
"""What is promised of a machine that is its own."""
STARTS = 3
"""On a slower one: as long as so many starts took there, a start being most of what it takes to be whole again."""


@dataclass(frozen=True)
class Started:
    """A service, and how long it takes to start one on this machine as busy as it is."""

    service: Service
    seconds: float


@pytest.fixture(params=["1", "2"])
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Started]:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    began = time.monotonic()
    with serving(tmp_path, "--workers", request.param, "--log-level", "info", **UNHURRIED) as running:
        yield Started(running, time.monotonic() - began)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_kill_9_in_the_middle_of_many_calls(started: Started) -> None:
    service = started.service
    patience = max(WHOLE_AGAIN_SECONDS, STARTS * started.seconds)
    answers: dict[str, str] = {}
    halfway = threading.Event()

    def ask(number: int) -> None:
        request_id = f"call-{number}"
        answer = client.check(
            organ=ORGAN,
            item=ITEM,
            subjects=(TRUSTED, BREACHER)[number % 2],
            case_number=f"虚构-{number}",
            request_id=request_id,
        )
        answers[request_id] = answer.receipt.receipt_id
        if len(answers) >= CALLS // 2:
            halfway.set()

    with Client(service.target, timeout=240, retries=100) as client, ThreadPoolExecutor(THREADS) as pool:
        asked = [pool.submit(ask, number) for number in range(CALLS)]
        assert halfway.wait(HALFWAY_SECONDS)
        victim = service.worker_ids()[0]
        os.kill(victim, signal.SIGKILL)
        service.await_health(1, patience=patience)
        for call in asked:
            call.result()
        again = {f"call-{number}": None for number in range(0, CALLS, 100)}
        for request_id in again:
            number = int(request_id.removeprefix("call-"))
            ask(number)
    assert len(answers) == CALLS
    stored = service.receipts()
    by_request = {request_id: receipt for receipt, (request_id, _) in stored.items()}
    assert len(by_request) == len(stored), "one request_id has two receipts"
    assert by_request == answers
    assert victim not in service.worker_ids()
