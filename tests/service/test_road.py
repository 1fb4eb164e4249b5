"""The road of a call: threads, turns and limits. The engine is held still where calls have to wait."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from prometheus_client import REGISTRY
from sqlalchemy import event

from creditgate.v1 import credit_check_pb2, outcomes_pb2, outcomes_pb2_grpc, receipts_pb2
from creditgate_server.service import calls, early, health
from creditgate_server.service.following import StreamTurns
from creditgate_server.service.pools import Pool, Room
from creditgate_server.service.status import Abandoned
from creditgate_server.service.turns import Turns
from tests.ledger.checks import chains

from .errors import detail, retry, violation
from .inside import Inside, inside
from .running import PATIENCE, batch, checks, question

CHECK = "/creditgate.v1.CreditCheckService/Check"
MANY = 200
"""Batch questions."""
FREED_SECONDS = 2.0
"""From a stream's being abandoned to its thread's being free."""


def small(**changes: object) -> credit_check_pb2.CheckRequest:
    """A sound question under the small rule set."""
    return question(organ="market", item="licence", **changes)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Inside]:
    with inside(tmp_path) as opened:
        yield opened


@pytest.fixture
def channel(worker: Inside) -> Iterator[grpc.Channel]:
    with worker.channel() as opened:
        yield opened


def await_that(holds: Any, what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.005)


# -- calls that nobody waits for any more -----------------------------------------------------------------------------


def test_a_call_whose_deadline_passed_in_the_queue_is_not_judged(worker: Inside, channel: grpc.Channel) -> None:
    gate = checks(channel)
    with worker.gate.turns:  # the engine is busy
        before = [gate.Check.future(small(), timeout=PATIENCE) for _ in range(calls.THREADS)]
        await_that(lambda: worker.gate.calls.running == calls.THREADS, "they did not come")
        late = gate.Check.future(small(case_number="迟"), timeout=0.3)  # no thread is free
        assert late.exception(PATIENCE).code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert len({call.result(PATIENCE).answer.receipt.receipt_id for call in before}) == calls.THREADS
    await_that(lambda: worker.gate.calls.running == 0, "the late one is still there")
    (chain,) = chains(worker.gate.store)
    last = gate.Check(small(), timeout=PATIENCE).answer
    made = worker.gate.receipt(last.receipt.receipt_id)
    assert (made.chain, made.number) == (chain, calls.THREADS + 1)


def test_a_call_whose_deadline_passed_before_its_turn_is_not_judged(worker: Inside, channel: grpc.Channel) -> None:
    with worker.gate.turns:
        late = checks(channel).Check.future(small(), timeout=0.3)
        assert late.exception(PATIENCE).code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert worker.gate.calls.running == 1  # it has a thread and waits for the engine
    await_that(lambda: worker.gate.calls.running == 0, "the late one is still there")
    assert worker.gate.writer.commits == 0


def test_a_cancelled_batch_ends_between_two_questions(worker: Inside, channel: grpc.Channel) -> None:
    many = batch([small() for _ in range(MANY)])
    with worker.gate.turns:
        running = checks(channel).BatchCheck.future(many, timeout=PATIENCE)
        await_that(lambda: worker.gate.calls.running == 1, "it did not come")
        running.cancel()
    await_that(lambda: worker.gate.calls.running == 0, "the batch goes on")
    assert worker.gate.writer.commits == 0


# -- one engine, in turn ----------------------------------------------------------------------------------------------


def test_a_single_call_does_not_wait_for_a_batch_to_end() -> None:
    turns, single = Turns(), threading.Event()
    passed: list[int] = []

    def batch() -> None:
        while not single.is_set():
            turns.give_way()
            with turns:
                passed.append(1)

    running = threading.Thread(target=batch)
    running.start()
    waited = []
    for turn in range(1, 51):
        await_that(lambda least=2 * turn: len(passed) >= least, "the batch stands still")
        before = len(passed)
        with turns:
            waited.append(len(passed) - before)
    single.set()
    running.join()
    assert sorted(waited)[len(waited) // 2] <= 2, waited


HUNG = """
import os, sys
from datetime import UTC, datetime
from creditgate_server.app.worker import _beat
from creditgate_server.service.callers import Callers
from creditgate_server.service.calls import Calls
from creditgate_server.service.logs import CallLog
from creditgate_server.service.following import StreamTurns
from creditgate_server.service.status import Abandoned
from creditgate_server.service.turns import Turns
turns = Turns()
calls = Calls(Callers(()), 1, CallLog("error", "json"), lambda: datetime.now(UTC))
_beat(1, 1.0, turns, calls)
with turns:
    _beat(1, 1.0, turns, calls)
    print("it went on")
"""


def test_a_worker_whose_engine_hangs_says_where_and_ends() -> None:
    done = subprocess.run([sys.executable, "-c", HUNG], capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 1
    assert done.stdout == '{"type":"beat"}\n'
    assert "_beat" in done.stderr


# -- limits -----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_decoded_is_a_wrong_question_and_counted(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    counted = ("creditgate_calls_total", {"method": "Check", "status": "INVALID_ARGUMENT"})
    before = REGISTRY.get_sample_value(*counted) or 0
    with (
        inside(tmp_path, log_level="info") as worker,
        worker.channel() as channel,
        pytest.raises(grpc.RpcError) as refused,
    ):
        channel.unary_unary(CHECK)(b"\xff\xff\xff", timeout=PATIENCE)
    assert REGISTRY.get_sample_value(*counted) == before + 1
    (line,) = (line for line in capfd.readouterr().err.splitlines() if '"event":"call"' in line)
    told = json.loads(line)
    assert (told["method"], told["status"], told["caller"]) == ("Check", "INVALID_ARGUMENT", "local")
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert detail(refused.value).reason == "INVALID_QUESTION"
    assert "解码" in violation(refused.value).description


def test_what_finds_no_thread_is_told_while_the_others_wait(tmp_path: Path) -> None:
    with inside(tmp_path, concurrent_calls=40) as worker, worker.channel() as channel:
        gate = checks(channel)
        with worker.gate.turns:
            waiting = [gate.Check.future(small(), timeout=PATIENCE) for _ in range(40)]
            await_that(lambda: worker.gate.calls.running == 40, "they did not come")
            for _ in range(3):
                refused = gate.Check.future(small(), timeout=PATIENCE).exception(PATIENCE)
                assert refused.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
                assert retry(refused).retry_delay.ToTimedelta().total_seconds() > 0
        assert all(call.result(PATIENCE).answer.receipt.receipt_id for call in waiting)


def test_a_call_that_sends_no_message_holds_no_thread(worker: Inside, channel: grpc.Channel) -> None:
    ended = threading.Event()

    def nothing() -> Iterator[bytes]:
        ended.wait(PATIENCE)
        yield from ()

    half_open = [channel.stream_unary(CHECK).future(nothing()) for _ in range(2 * calls.THREADS)]
    for _ in range(3):
        assert checks(channel).Check(small(), timeout=PATIENCE).answer.receipt.receipt_id
    await_that(lambda: worker.gate.calls.running == 0, "a call without a message counts")
    ended.set()
    for call in half_open:
        assert call.exception(PATIENCE).code() is grpc.StatusCode.UNIMPLEMENTED


def test_calls_that_wait_for_their_receipts_hold_no_thread(worker: Inside, channel: grpc.Channel) -> None:
    gate = checks(channel)
    made = gate.Check(small(), timeout=PATIENCE).answer.receipt.receipt_id
    file = worker.gate.store.file
    assert file is not None
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # no receipt can be written
        waiting = [gate.Check.future(small(), timeout=PATIENCE) for _ in range(2 * calls.THREADS)]
        await_that(lambda: worker.gate.calls.running == len(waiting), "they did not come")
        found = gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=made), timeout=PATIENCE).receipt
        assert found.summary.receipt_id == made
        assert not any(call.done() for call in waiting), "acknowledged without a receipt"
        other.execute("ROLLBACK")
        assert len({call.result(PATIENCE).answer.receipt.receipt_id for call in waiting}) == len(waiting)


def test_a_retry_is_answered_as_before_and_a_conflict_told(channel: grpc.Channel) -> None:
    gate = checks(channel)
    first = gate.Check(small(request_id="once"), timeout=PATIENCE).answer
    assert gate.Check(small(request_id="once"), timeout=PATIENCE).answer == first
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(small(request_id="once", purpose="别的用途"), timeout=PATIENCE)
    assert refused.value.code() is grpc.StatusCode.ALREADY_EXISTS
    assert detail(refused.value).reason == "REQUEST_ID_REUSED"


def test_where_grpcio_is_not_as_known_calls_are_answered_in_its_own_way(
    worker: Inside, channel: grpc.Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early, "_KNOWN", False)
    gate = checks(channel)
    first = gate.Check(small(request_id="once"), timeout=PATIENCE).answer
    assert gate.Check(small(request_id="once"), timeout=PATIENCE).answer == first
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(small(request_id="once", purpose="别的用途"), timeout=PATIENCE)
    assert detail(refused.value).reason == "REQUEST_ID_REUSED"
    await_that(lambda: worker.gate.calls.running == 0, "a call is still counted")


def test_while_one_thread_waits_the_others_do_what_comes() -> None:
    held, done = threading.Event(), [threading.Event() for _ in range(50)]
    pool = Pool("test", 4, Room(100, "full"))
    pool.submit(lambda: held.wait(PATIENCE) and None)
    for one in done:
        pool.submit(one.set)
    assert all(one.wait(PATIENCE) for one in done)
    held.set()
    pool.end(PATIENCE)


def test_a_drain_ends_what_came_before_and_refuses_what_comes_after(worker: Inside, channel: grpc.Channel) -> None:
    gate = checks(channel)
    with worker.gate.turns:
        waiting = [gate.Check.future(small(), timeout=PATIENCE) for _ in range(calls.THREADS + 5)]
        await_that(lambda: worker.gate.calls.running == len(waiting), "they did not come")
        worker.gate.calls.refuse()
        refused = gate.Check.future(small(), timeout=PATIENCE).exception(PATIENCE)
        assert refused.code() is grpc.StatusCode.UNAVAILABLE
        assert detail(refused).reason == "NOT_READY"
    assert all(call.result(PATIENCE).answer.receipt.receipt_id for call in waiting)


# -- streams ----------------------------------------------------------------------------------------------------------


def watching(channel: grpc.Channel) -> Any:
    """A stream that is caught up."""
    stream = outcomes_pb2_grpc.OutcomeServiceStub(channel).Watch(outcomes_pb2.WatchRequest(organ="market"))
    assert next(stream).event == outcomes_pb2.WATCH_EVENT_CAUGHT_UP
    return stream


def reflecting(channel: grpc.Channel, ended: threading.Event) -> Any:
    """A reflection that stays open."""

    def requests() -> Iterator[reflection_pb2.ServerReflectionRequest]:
        yield reflection_pb2.ServerReflectionRequest(list_services="")
        ended.wait(PATIENCE)

    stream = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(requests())
    names = {service.name for service in next(stream).list_services_response.service}
    assert "creditgate.v1.OutcomeService" in names
    return stream


def test_streams_have_their_own_threads_and_one_more_is_refused(worker: Inside, channel: grpc.Channel) -> None:
    ended = threading.Event()
    streams = [reflecting(channel, ended), *(watching(channel) for _ in range(calls.MOST_STREAMS - 1))]
    followed = [health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest()) for _ in range(40)]
    for stream in followed:
        assert next(stream).status == health_pb2.HealthCheckResponse.SERVING
    for start in (watching, lambda opened: reflecting(opened, ended)):
        with pytest.raises(grpc.RpcError) as refused:
            start(channel)
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert detail(refused.value).reason == "TOO_MUCH"
    assert checks(channel).Check(small(), timeout=PATIENCE).answer.receipt.receipt_id
    ended.set()
    for stream in (*streams, *followed):
        stream.cancel()


def test_streams_with_nothing_to_say_look_at_the_store_together(worker: Inside, channel: grpc.Channel) -> None:
    streams = [watching(channel) for _ in range(calls.MOST_STREAMS)]
    looks: list[str] = []
    many = threading.Event()

    def count(*given: Any) -> None:
        looks.append(given[2])
        if sum("receipt.organ" in one for one in looks) >= calls.MOST_STREAMS:
            many.set()

    event.listen(worker.gate.store.engine, "after_cursor_execute", count)
    assert not many.wait(2.5), "each looks for itself"
    assert any("receipt.organ" in one for one in looks), "nobody looks"
    for stream in streams:
        stream.cancel()


def test_streams_that_read_take_turns_and_rest_while_calls_are_handled(worker: Inside) -> None:
    busy, inside_turn, rests = True, 0, list[float]()
    following = StreamTurns(worker.gate.store, worker.gate.now, lambda: busy)
    met, most = threading.Barrier(4), 0

    def read() -> None:
        nonlocal inside_turn, most
        met.wait(PATIENCE)
        with following.turn(rests.append):
            inside_turn += 1
            most = max(most, inside_turn)
            until = time.thread_time() + 0.01
            while time.thread_time() < until:
                pass
            inside_turn -= 1

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(PATIENCE)
    assert most == 1
    assert [rest for rest in rests if rest] == [rest for rest in rests if rest >= 0.03]
    assert sum(rest > 0 for rest in rests) == 4
    busy = False
    with following.turn(rests.append):
        pass
    assert sum(rest > 0 for rest in rests) == 4


def test_a_stream_that_waits_for_its_turn_ends_with_its_caller(worker: Inside) -> None:
    following = StreamTurns(worker.gate.store, worker.gate.now, lambda: False)
    gone: list[BaseException] = []

    def leave(_: float) -> None:
        raise Abandoned("调用方已不再等待", "")

    def wait() -> None:
        try:
            with following.turn(leave):
                pass
        except Abandoned as fault:
            gone.append(fault)

    with following.turn(lambda _: None):
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(FREED_SECONDS)
        assert gone


def test_one_more_who_follows_the_health_is_refused(worker: Inside, channel: grpc.Channel) -> None:
    stub = health_pb2_grpc.HealthStub(channel)
    followed = [stub.Watch(health_pb2.HealthCheckRequest()) for _ in range(health.MOST_WATCHERS)]
    for stream in followed:
        assert next(stream).status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as refused:
        next(stub.Watch(health_pb2.HealthCheckRequest()))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert stub.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
    for stream in followed:
        stream.cancel()
    await_that(lambda: not worker.gate.calls.running, "they do not go")


def test_an_abandoned_stream_frees_its_thread(worker: Inside, channel: grpc.Channel) -> None:
    streams = [watching(channel) for _ in range(calls.MOST_STREAMS)]
    streams[0].cancel()
    until = time.monotonic() + FREED_SECONDS
    while True:
        try:
            streams.append(watching(channel))
            break
        except grpc.RpcError as refused:
            assert refused.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            assert time.monotonic() < until, "its thread is still held"
    for stream in streams:
        stream.cancel()


def test_who_goes_while_the_health_changes_holds_nobody_up(worker: Inside) -> None:
    """Told to many who come and go, the last word reaches those who stay."""
    changing = health.Health(())
    said: list[int] = []
    for good in (True, False) * 50:
        changing.tell(good=good)
    watcher = health._Watcher("", lambda answer: said.append(answer.status))
    watcher.tell(changing._status)
    watcher.tell(changing._status)
    changing.tell(good=True)
    watcher.tell(changing._status)
    assert said == [health_pb2.HealthCheckResponse.NOT_SERVING, health_pb2.HealthCheckResponse.SERVING]
