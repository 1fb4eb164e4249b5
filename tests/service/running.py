"""A real service process for tests: started on a free port, awaited by what it says, stopped by a signal."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_health.v1 import health_pb2, health_pb2_grpc
from sqlalchemy import insert, select, update
from sqlmodel import col

from creditgate.v1 import (
    common_pb2,
    credit_check_pb2,
    credit_check_pb2_grpc,
    receipts_pb2_grpc,
    supervision_pb2,
    supervision_pb2_grpc,
)
from creditgate_server.clock import legal_day, rfc3339
from creditgate_server.codes import may_be_citizen_id, uscc_check_character
from creditgate_server.ledger.tables import ReceiptRow
from creditgate_server.registry.tables import (
    FeedUpdate,
    RatingRevision,
    RecordRevision,
    RegistryClock,
    SubjectRevision,
)
from creditgate_server.storage.database import migrate, open_store

from ..shared import RULES, lay_proof, library, tables_store

COMMAND = Path(sys.executable).with_name("creditgate-server")
PATIENCE = 60.0
"""Seconds after which something that should have happened counts as not happening."""
START_PATIENCE = 200.0
"""The same for a start, which reads and proves the whole library: on a busy machine that is a minute and more."""

UNHURRIED = {"store_seconds": "60", "silence_seconds": "120", "start_seconds": "200"}
"""Settings of a service on a machine that has other work: it gives nothing up that only takes long."""

ORGAN = "market-regulation"
ITEM = "food-business-licence"


def fictional(number: int) -> str:
    """The code of a firm that does not exist, with a right check character."""
    first = f"91441900MA{number:07d}"
    return first + uscc_check_character(first)


def citizen_born(day: str) -> str:
    """An identity number with a right check character, of somebody born on a day, YYYYMMDD."""
    first = f"441900{day}001"
    return next(first + last for last in "0123456789X" if may_be_citizen_id(first + last))


TRUSTED = fictional(1)
"""Evaluated A, nothing on record."""
BREACHER = fictional(2)
"""Broke a commitment, not repaired."""
LISTED = fictional(3)
"""Evaluated A, and on the list of judgment defaulters: the gravest grade counts."""


class Service:
    """A running `creditgate-server serve`."""

    def __init__(self, process: subprocess.Popen[str], log: Path, store: str) -> None:
        self.process = process
        self.log = log
        self.store = store
        self.ready_line = ""
        self.target = ""

    def await_ready(self) -> None:
        """Read the one line on standard output."""
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            assert selector.select(START_PATIENCE), f"not ready\n{self.log.read_text('utf-8')}"
        self.ready_line = self.process.stdout.readline()
        assert self.ready_line, f"ended with {self.process.wait()}\n{self.log.read_text('utf-8')}"
        self.target = self.ready_line.split()[3].rstrip(",")

    def worker_ids(self) -> list[int]:
        """Process ids of the workers that live, in the order in which they became ready."""
        ready = [event["pid"] for event in self.events() if event["event"] == "worker ready"]
        return [pid for pid in ready if Path(f"/proc/{pid}").exists()]

    def events(self) -> list[dict[str, object]]:
        """The log so far."""
        lines = self.log.read_text("utf-8").splitlines(keepends=True)
        whole = (line for line in lines if line.endswith("\n"))  # the last one may be half written
        return [json.loads(line) for line in whole if line.startswith("{")]

    def await_event(self, **wanted: object) -> dict[str, object]:
        """The log line that has these values; lines of calls are written a little after the answer."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for event in self.events():
                if wanted.items() <= event.items():
                    return event
            time.sleep(0.02)
        raise AssertionError(f"no line with {wanted} in\n{self.log.read_text('utf-8')}")

    def channel(self) -> grpc.Channel:
        """A new connection."""
        options = (
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.initial_reconnect_backoff_ms", 50),
            ("grpc.min_reconnect_backoff_ms", 50),
            ("grpc.max_reconnect_backoff_ms", 200),
        )
        return grpc.insecure_channel(self.target, options)

    def await_health(self, wanted: int, service: str = "", patience: float = PATIENCE) -> None:
        """Watch the health service until it says so."""
        with self.channel() as channel:
            watch = health_pb2_grpc.HealthStub(channel).Watch
            request = health_pb2.HealthCheckRequest(service=service)
            for response in watch(request, timeout=patience, wait_for_ready=True):
                if response.status == wanted:
                    return
        raise AssertionError("the watch ended")

    def receipts(self) -> dict[str, tuple[str | None, str]]:
        """Every stored receipt's request_id and hash, by id."""
        store = open_store(self.store)
        columns = (col(ReceiptRow.id), col(ReceiptRow.request_id), col(ReceiptRow.hash))
        with store.engine.connect() as connection:
            rows = connection.execute(select(*columns)).all()
        store.close()
        return {row.id: (row.request_id, row.hash) for row in rows}

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(folder: Path, *options: str, proved: bool = True, **settings: str) -> Iterator[Service]:
    """A service that is ready. Stopped at the end, whatever happened. `settings` go in by the environment."""
    service = start(folder, *options, proved=proved, **settings)
    try:
        service.await_ready()
        yield service
    finally:
        if service.process.poll() is None:
            service.stop()
        assert service.process.stdout is not None
        service.process.stdout.close()


def start(folder: Path, *options: str, listen: str = "127.0.0.1:0", proved: bool = True, **settings: str) -> Service:
    """A service that was started and may not be ready. Its store is `gate.db`, its log `log.jsonl` in the folder.

    `proved`: the store has the proof of the rule library, which the tests of a run make once.
    """
    if proved:
        lay_proof(options[options.index("--store") + 1] if "--store" in options else f"sqlite:///{folder}/gate.db")
    store = f"sqlite:///{folder}/gate.db"
    log = folder / "log.jsonl"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CREDITGATE_")}
    environment |= {f"CREDITGATE_{name.upper()}": value for name, value in settings.items()}
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [str(COMMAND), "serve", "--rules", str(RULES), "--store", store, "--listen", listen, *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        )
    return Service(process, log, store)


def fill_registry(address: str, others: Sequence[str] = ()) -> None:
    """Three firms, and others with nothing on record; every feed complete up to yesterday."""
    file = Path(address.removeprefix("sqlite:///"))
    if address.startswith("sqlite:///") and not file.exists():
        shutil.copyfile(tables_store(), file)
    store = open_store(address)
    migrate(store)
    known_at = rfc3339(datetime.now(UTC) - timedelta(days=1))
    yesterday = (legal_day(datetime.now(UTC)) - timedelta(days=1)).isoformat()
    common = {"content_hash": "", "known_at": known_at}
    attributes = '{"operating_state": "normal", "registered_on": "2015-03-01", "small_micro": 1}'
    firms = [
        {"identifier": code, "name": f"虚构企业{number}", "attributes": attributes, **common}
        for number, code in enumerate((TRUSTED, BREACHER, LISTED, *others))
    ]
    entry = {
        "identifier": LISTED,
        "source": "court",
        "document_number": "虚构执〔2026〕1号",
        "kind": "list_entry",
        "list": "judgment-defaulter",
        "severity": "",
        "organ": "court",
        "organ_title": "人民法院",
        "decided_on": date(2026, 3, 4).isoformat(),
        "effective_from": date(2026, 3, 4).isoformat(),
        "state": "effective",
        "amount_fen": 0,
        **common,
    }
    rating = {"identifier": TRUSTED, "ladder": "public-credit", "decided_on": "2026-01-05", "rating": "A", **common}
    breach = {
        "identifier": BREACHER,
        "source": "commitment",
        "document_number": "虚构承诺〔2026〕1号",
        "kind": "commitment-breach",
        "list": "",
        "severity": "",
        "organ": ORGAN,
        "organ_title": "市场监督管理局",
        "decided_on": date(2026, 2, 3).isoformat(),
        "effective_from": date(2026, 2, 3).isoformat(),
        "state": "effective",
        "amount_fen": 0,
        **common,
    }
    feeds = [{"feed": feed, "data_day": yesterday, "known_at": known_at} for feed in library().rule_set.catalogue.feeds]
    with store.engine.begin() as connection:
        for table, rows in (
            (SubjectRevision, firms),
            (RatingRevision, [rating, {**rating, "identifier": LISTED}]),
            (RecordRevision, [breach, entry]),
            (FeedUpdate, feeds),
        ):
            connection.execute(insert(table), rows)
        connection.execute(update(RegistryClock).values(version=col(RegistryClock.version) + 1))
    store.close()


def question(**changes: object) -> credit_check_pb2.CheckRequest:
    """A sound question about the trusted firm, with changes: of the question, of its pin, or of how it is asked."""
    fields: dict[str, object] = {
        "organ": ORGAN,
        "item": ITEM,
        "case_number": "虚构-2026-0001",
        "stage": credit_check_pb2.STAGE_ACCEPTANCE,
        "purpose": "食品经营许可审批",
        "subjects": [common_pb2.Subject(uscc=TRUSTED)],
        **changes,
    }
    if isinstance(fields.get("known_at"), str):
        fields["known_at"] = instant(str(fields["known_at"]))
    asked = {name: fields.pop(name) for name in ("request_id", "explain", "view") if name in fields}
    pin = {name: fields.pop(name) for name in ("rule_set", "at_least_activation") if name in fields}
    return credit_check_pb2.CheckRequest(
        question=credit_check_pb2.CheckQuestion(**fields), pin=common_pb2.Pin(**pin) if pin else None, **asked
    )


def level_question(firm: str, purpose: str = "日常监管", **how: object) -> supervision_pb2.AssessLevelRequest:
    """A sound question for a firm's level."""
    asked = supervision_pb2.LevelQuestion(organ=ORGAN, subject=common_pb2.SubjectIdentity(uscc=firm), purpose=purpose)
    return supervision_pb2.AssessLevelRequest(question=asked, **how)


def instant(text: str) -> Timestamp:
    """From RFC 3339."""
    made = Timestamp()
    made.FromJsonString(text)
    return made


def batch(questions: Sequence[credit_check_pb2.CheckRequest], **how: object) -> credit_check_pb2.BatchCheckRequest:
    """The same questions in one call."""
    items = [credit_check_pb2.BatchCheckItem(question=one.question, request_id=one.request_id) for one in questions]
    return credit_check_pb2.BatchCheckRequest(questions=items, **how)


class Gate:
    """What asks, and what shows the receipts."""

    def __init__(self, channel: grpc.Channel) -> None:
        asking, showing = (
            credit_check_pb2_grpc.CreditCheckServiceStub(channel),
            receipts_pb2_grpc.ReceiptServiceStub(channel),
        )
        self.Check, self.BatchCheck = asking.Check, asking.BatchCheck
        self.GetReceipt, self.ListReceipts = showing.GetReceipt, showing.ListReceipts


def checks(channel: grpc.Channel) -> Gate:
    return Gate(channel)


def supervision(channel: grpc.Channel) -> supervision_pb2_grpc.SupervisionServiceStub:
    return supervision_pb2_grpc.SupervisionServiceStub(channel)
