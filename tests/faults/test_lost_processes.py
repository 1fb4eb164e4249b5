"""A worker that hangs is replaced; workers do not outlive their supervisor."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import pytest

from tests.service.running import PATIENCE, checks, fill_registry, question, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    return tmp_path


def await_end(pid_fd: int) -> None:
    """Wait until the process behind a pidfd has ended."""
    ended, _, _ = select.select([pid_fd], [], [], PATIENCE)
    os.close(pid_fd)
    assert ended, "the process still lives"


def test_a_worker_that_hangs_is_killed_and_replaced(folder: Path) -> None:
    with serving(folder, silence_seconds="2") as service:
        hung = service.worker_ids()[0]
        watched = os.pidfd_open(hung)
        os.kill(hung, signal.SIGSTOP)
        await_end(watched)
        service.await_health(1)
        with service.channel() as channel:
            assert checks(channel).Check(question(), wait_for_ready=True, timeout=PATIENCE).answer.receipt.receipt_id
        assert hung not in service.worker_ids()


def test_workers_end_with_their_supervisor(folder: Path) -> None:
    with serving(folder, "--workers", "2") as service:
        workers = [os.pidfd_open(pid) for pid in service.worker_ids()]
        assert len(workers) == 2
        service.process.kill()
        for worker in workers:
            await_end(worker)


def test_workers_killed_again_and_again_come_back(folder: Path) -> None:
    with serving(folder) as service:
        for _ in range(3):
            victim = service.worker_ids()[-1]
            watched = os.pidfd_open(victim)
            os.kill(victim, signal.SIGKILL)
            await_end(watched)
            service.await_health(1)
            with service.channel() as channel:
                assert (
                    checks(channel).Check(question(), wait_for_ready=True, timeout=PATIENCE).answer.receipt.receipt_id
                )
        assert service.stop() == 0
