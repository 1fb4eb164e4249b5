"""Settings that change how the service meets its callers."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue
from typing import Any

import grpc
import pytest
from google.rpc import code_pb2

from creditgate.v1 import leniency_pb2, leniency_pb2_grpc

from .errors import detail, retry
from .running import (
    PATIENCE,
    TRUSTED,
    batch,
    checks,
    fill_registry,
    level_question,
    question,
    serving,
    supervision,
)
from .violations import expired_food, item, today


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    return tmp_path


def test_more_calls_at_a_time_than_allowed_are_told_to_come_again(folder: Path) -> None:
    with serving(folder, concurrent_calls="2") as service, service.channel() as channel:
        gate = checks(channel)
        with closing(sqlite3.connect(folder / "gate.db", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")  # so that calls wait for their receipts
            waiting = [gate.Check.future(question(), timeout=PATIENCE) for _ in range(3)]
            first = next(call for call in _as_they_end(waiting))
            holder.execute("ROLLBACK")
        refused = first.exception()
        assert refused.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert detail(refused).reason == "TOO_MUCH"
        assert retry(refused).retry_delay.ToTimedelta().total_seconds() > 0
        assert sum(call.exception() is None for call in waiting) == 2


def _as_they_end(calls: list[Any]) -> Iterator[Any]:
    """Calls in the order in which they end."""
    ended: Queue[Any] = Queue()
    for call in calls:
        call.add_done_callback(ended.put)
    for _ in calls:
        yield ended.get(timeout=PATIENCE)


def test_more_batches_at_a_time_than_allowed_are_told_to_come_again(folder: Path) -> None:
    one = batch([question()])
    violations = leniency_pb2.BatchEvaluateLeniencyRequest(questions=[item(expired_food(TRUSTED, today()))])
    with serving(folder, concurrent_batches="1") as service, service.channel() as channel:
        gate, leniency = checks(channel), leniency_pb2_grpc.LeniencyServiceStub(channel)
        with closing(sqlite3.connect(folder / "gate.db", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            waiting: list[Any] = [
                gate.BatchCheck.future(one, timeout=PATIENCE),
                leniency.BatchEvaluateLeniency.future(violations, timeout=PATIENCE),
            ]
            first = next(call for call in _as_they_end(waiting))
            holder.execute("ROLLBACK")
        assert first.exception().code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert sum(call.exception() is None for call in waiting) == 1
        assert gate.BatchCheck(one).results[0].answer.receipt.receipt_id


def test_metrics_are_summed_over_workers(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with serving(folder, "--workers", "2", "--metrics", address, "--second-opinion-share", "1") as service:
        for _ in range(8):
            with service.channel() as channel:
                checks(channel).Check(question())
                leniency_pb2_grpc.LeniencyServiceStub(channel).EvaluateLeniency(expired_food(TRUSTED, today()))
                level = level_question(TRUSTED, "抽查")
                supervision(channel).AssessLevel(level)
        text = metrics_with(address, "creditgate_second_opinion_total 24.0")
    assert 'creditgate_calls_total{method="Check",status="OK"} 8.0' in text
    assert 'creditgate_calls_total{method="EvaluateLeniency",status="OK"} 8.0' in text
    assert 'creditgate_leniency_total{decision="may_be_exempt"} 8.0' in text
    assert "creditgate_second_opinion_differences_total 0.0" in text
    assert "creditgate_serving 2.0" in text
    assert "creditgate_second_opinion_share 1.0" in text
    assert "creditgate_second_opinion_differences_total" in text
    assert TRUSTED not in text


def metrics_with(address: str, line: str) -> str:
    """The metrics, once they have a line: second opinions come after the answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=PATIENCE) as response:
            text: str = response.read().decode()
        if line in text.splitlines():
            return text
        time.sleep(0.02)
    raise AssertionError(f"no {line} in\n{text}")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_over_tls(folder: Path) -> None:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
         str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    with serving(folder, "--tls-certificate", str(certificate), "--tls-key", str(key)) as service:
        trusted = grpc.ssl_channel_credentials(certificate.read_bytes())
        options = (("grpc.ssl_target_name_override", "localhost"),)
        with grpc.secure_channel(service.target, trusted, options) as channel:
            assert checks(channel).Check(question()).answer.receipt.receipt_id
        with service.channel() as plain, pytest.raises(grpc.RpcError) as refused:
            checks(plain).Check(question(), timeout=PATIENCE)
        assert refused.value.code().value[0] == code_pb2.UNAVAILABLE


def test_rules_that_take_longer_to_load_than_a_call_would_wait_do_not_keep_the_service_from_starting(
    folder: Path,
) -> None:
    with serving(folder, store_seconds="0.01"):  # a hundredth of what the library takes on an idle machine
        pass
