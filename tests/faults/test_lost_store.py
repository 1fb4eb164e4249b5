"""The store refuses, fills up or is held by another: a typed error, no receipt lost, and good again after.

SQLite itself tells that another holds it; the service's own patience is longer than anything takes on a busy machine.
"""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2

from tests.service.errors import detail, reason, retry
from tests.service.running import PATIENCE, UNHURRIED, Service, batch, checks, fill_registry, question, serving

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    with serving(tmp_path, **UNHURRIED) as running:
        yield running


def must_be_unavailable(service: Service, request_id: str) -> None:
    """The question fails as the store being down, with a time to come again, and leaves no receipt."""
    with service.channel() as channel, pytest.raises(grpc.RpcError) as refused:
        checks(channel).Check(question(request_id=request_id), timeout=PATIENCE)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert detail(refused.value).reason == "STORE_DOWN"
    assert retry(refused.value).retry_delay.ToTimedelta().total_seconds() > 0
    assert request_id not in {stored for stored, _ in service.receipts().values()}


def must_be_answered(service: Service, request_id: str) -> None:
    with service.channel() as channel:
        answer = checks(channel).Check(question(request_id=request_id), timeout=PATIENCE).answer
    assert service.receipts()[answer.receipt.receipt_id] == (request_id, answer.receipt.digest.removeprefix("sha256:"))


def test_a_store_that_another_holds_is_told_and_then_good_again(service: Service, tmp_path: Path) -> None:
    must_be_answered(service, "before")
    with closing(sqlite3.connect(tmp_path / "gate.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        must_be_unavailable(service, "held")
        service.await_health(NOT_SERVING)
        holder.execute("ROLLBACK")
    service.await_health(SERVING)
    must_be_answered(service, "held")


def test_a_full_disk_is_told_and_then_good_again(service: Service) -> None:
    with service.channel() as channel:
        questions = [question(case_number=f"满-{number}") for number in range(100)]
        checks(channel).BatchCheck(batch(questions))
    worker = service.worker_ids()[0]
    unlimited = resource.prlimit(worker, resource.RLIMIT_FSIZE)
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (64 * 1024, unlimited[1]))
    must_be_unavailable(service, "full")
    resource.prlimit(worker, resource.RLIMIT_FSIZE, unlimited)
    service.await_health(SERVING)
    must_be_answered(service, "full")


def test_a_batch_on_a_lost_store_has_typed_errors_and_no_receipts(service: Service, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "gate.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        questions = [question(case_number=f"批-{number}") for number in range(20)]
        with service.channel() as channel:
            answers = checks(channel).BatchCheck(batch(questions), timeout=PATIENCE)
        holder.execute("ROLLBACK")
    assert {reason(one.failure) for one in answers.results} == {"STORE_DOWN"}
    assert {one.failure.code for one in answers.results} == {grpc.StatusCode.UNAVAILABLE.value[0]}
    assert service.receipts() == {}


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_taken_away_is_told_and_put_back_is_good_again(
    service: Service, tmp_path: Path, *, replaced: bool
) -> None:
    """What is written into it through connections that are open, nobody would find again."""
    must_be_answered(service, "before")
    file, aside, copy = (tmp_path / name for name in ("gate.db", "aside.db", "copy.db"))
    with closing(sqlite3.connect(file)) as original:
        original.execute("VACUUM INTO ?", (str(copy),))
    file.rename(aside)
    if replaced:
        copy.rename(file)
    with service.channel() as channel, pytest.raises(grpc.RpcError) as refused:
        checks(channel).Check(question(request_id="taken"), timeout=PATIENCE)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert detail(refused.value).reason == "STORE_DOWN"
    service.await_health(NOT_SERVING)
    aside.rename(file)
    service.await_health(SERVING)
    assert "taken" not in {stored for stored, _ in service.receipts().values()}
    must_be_answered(service, "taken")


def test_a_clock_behind_the_last_receipt_is_told_and_nothing_is_written(service: Service, tmp_path: Path) -> None:
    """As if this machine's clock had been set back by ten years after that receipt."""
    must_be_answered(service, "before")
    columns = "kind, caller, body_digest, organ, item, case_number, rule_set, previous_hash, hash, activation"
    columns += ", decided_at, answer, about, needs_outcome, case_key, payload"
    with closing(sqlite3.connect(tmp_path / "gate.db", isolation_level=None)) as store:
        store.execute(
            f"INSERT INTO receipt (id, chain, number, issued_at, {columns}) "
            f"SELECT 'r-later', 'c-later', 1, '2036-11-30T00:00:00.000000Z', {columns} FROM receipt LIMIT 1"
        )
        service.await_health(NOT_SERVING)
        with service.channel() as channel, pytest.raises(grpc.RpcError) as refused:
            checks(channel).Check(question(request_id="later"), timeout=PATIENCE)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        assert detail(refused.value).reason == "NOT_READY"
        assert "机器时钟不对" in (refused.value.details() or "")
        assert any("机器时钟不对" in str(one.get("why")) for one in service.events() if one["event"] == "not serving")
        store.execute("DELETE FROM receipt WHERE id = 'r-later'")
    service.await_health(SERVING)
    must_be_answered(service, "later")
