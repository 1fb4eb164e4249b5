"""The real service with the sample registry, and what it is asked."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from creditgate.v1 import credit_check_pb2, outcomes_pb2, outcomes_pb2_grpc
from creditgate.values.check import Question
from creditgate.values.common import Subject, subjects_of
from creditgate_server.service.calls import MOST_STREAMS
from creditgate_server.service.health import MOST_WATCHERS

from . import echo, processor
from .load import Target

ROOT = Path(__file__).resolve().parent.parent
SERVER = Path(sys.executable).with_name("creditgate-server")
CHECK = "/creditgate.v1.CreditCheckService/Check"
BATCH = "/creditgate.v1.CreditCheckService/BatchCheck"
DAY = "2026-11-20"
BATCH_SIZE = 200


def import_sample(store: str) -> None:
    files = [str(ROOT / "sample" / f"{name}.csv") for name in FILES]
    command = [str(SERVER), "import", *files, "--store", store, "--rules", str(ROOT / "rules"), "--as-of", DAY]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


FILES = ("subjects", "penalties", "licences", "lists", "ratings", "customs", "records")


@contextmanager
def running(command: list[str], settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[tuple[str, int]]:
    """A server process on its core; yields its first line and its id. `settings`: more of the environment."""
    process = subprocess.Popen(
        processor.pinned(processor.SERVER_CORE, command),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, **settings},
    )
    try:
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextmanager
def started(store: str, workers: int, settings: Mapping[str, str]) -> Iterator[Target]:
    """The service with some settings, as what is asked a check."""
    command = [str(SERVER), "serve", "--rules", str(ROOT / "rules"), "--store", store, "--listen", "127.0.0.1:0"]
    with running([*command, "--workers", str(workers)], settings) as (ready, pid):
        yield Target(ready.split(" ready on ")[1].split(",")[0], CHECK, pid)


@contextmanager
def echoing(size: int) -> Iterator[Target]:
    """A bare echo."""
    with running([sys.executable, "-m", "bench.echo", str(size)]) as (port, pid):
        yield Target(f"127.0.0.1:{port}", echo.METHOD, pid)


@contextmanager
def followed(address: str) -> Iterator[None]:
    """As many streams as a worker takes, and as many who follow its health, over one connection.

    Open, and not still opening: each has said that it is caught up. One alone reads what is open; the others begin
    behind it, as a client does that comes back: the varied questions of the rounds before have left thousands to tell.
    """
    organ = quiet_organ()
    with grpc.insecure_channel(address) as channel:
        outcomes, health = outcomes_pb2_grpc.OutcomeServiceStub(channel), health_pb2_grpc.HealthStub(channel)
        first = outcomes.Watch(outcomes_pb2.WatchRequest(organ=organ))
        behind = outcomes_pb2.WatchRequest(organ=organ, cursor=_caught_up(first))
        others = [outcomes.Watch(behind) for _ in range(MOST_STREAMS - 2)]
        followers = [health.Watch(health_pb2.HealthCheckRequest()) for _ in range(MOST_WATCHERS)]
        reflected = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(_asked_once())
        for stream in others:
            _caught_up(stream)
        for stream in (*followers, reflected):
            next(stream)
        yield
        for stream in (first, *others, *followers, reflected):
            stream.cancel()


def _caught_up(stream: Iterator[outcomes_pb2.WatchResponse]) -> str:
    """Read what a stream tells until it has told everything; the cursor behind it."""
    return next(told.cursor for told in stream if told.event == outcomes_pb2.WATCH_EVENT_CAUGHT_UP)


def _asked_once() -> Iterator[reflection_pb2.ServerReflectionRequest]:
    """One question, and then a stream that stays open."""
    yield reflection_pb2.ServerReflectionRequest(list_services="")
    threading.Event().wait(60)


def quiet_organ() -> str:
    """An organ of the demo that is not the first case's: what is asked meanwhile is nothing to its streams."""
    lines = (ROOT / "sample" / "cases.jsonl").read_text("utf-8").splitlines()
    first, *others = (json.loads(line)["organ"] for line in lines)
    organ: str = next(organ for organ in others if organ != first)
    return organ


def request(question: Question) -> credit_check_pb2.CheckRequest:
    proto = question.to_proto()
    proto.request_id = ""  # every call is a new question
    return proto


def cases() -> list[bytes]:
    """The demo's cases: they come again and again, so the service has their decisions at hand."""
    lines = (ROOT / "sample" / "cases.jsonl").read_text("utf-8").splitlines()
    questions = []
    for line in lines:
        case = json.loads(line)
        subjects = subjects_of(case["subjects"])
        questions.append(
            Question(
                organ=case["organ"],
                item=case["item"],
                subjects=subjects,
                facts=case["facts"],
                case_number="1",
                as_of=DAY,
            )
        )
    return [request(question).SerializeToString() for question in questions]


def varied(count: int = 40_000) -> list[credit_check_pb2.CheckRequest]:
    """Random subjects before random items on random days: hardly one comes twice."""
    from creditgate_server.rulebook.load import read_directory

    draw = random.Random(1)
    items = list(read_directory(ROOT / "rules").rule_set.catalogue.items.values())
    lines = (ROOT / "sample" / "subjects.csv").read_text("utf-8").splitlines()[1:]
    codes = [line.split(",")[1] for line in lines]
    result = []
    for _ in range(count):
        item = draw.choice(items)
        facts = {"commitment_requested": draw.random() < 0.5, "documents_missing": draw.randrange(3)}
        facts["project_amount"] = str(draw.randrange(1, 20) * 1_000_000)
        question = Question(
            organ=item.organ,
            item=item.code,
            subjects=(Subject(draw.choice(codes)),),
            facts=facts,
            case_number="1",
            as_of=f"2026-11-{draw.randrange(15, 21)}",
        )
        result.append(request(question))
    return result


def batches(questions: list[credit_check_pb2.CheckRequest]) -> list[bytes]:
    """The same questions, BATCH_SIZE to a call."""
    groups = [questions[start : start + BATCH_SIZE] for start in range(0, len(questions), BATCH_SIZE)]
    many = [[credit_check_pb2.BatchCheckItem(question=one.question) for one in group] for group in groups]
    return [credit_check_pb2.BatchCheckRequest(questions=group).SerializeToString() for group in many]
