"""The ledger under what may happen to it: kills at random moments, a full disk, a store that can't be written.

Whatever happens: every chain is whole, nothing that was acknowledged is missing, and no chain ends without a cause.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from creditgate import Client, CreditGateError
from creditgate_server.errors import StoreDown
from creditgate_server.ledger.lookup import find_receipt
from creditgate_server.ledger.receipt import Receipt, contents
from creditgate_server.ledger.sealing.keeper import Keeper
from creditgate_server.ledger.sealing.keys import LedgerKey
from creditgate_server.ledger.verification.verify import Verification
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.present import utc_now
from creditgate_server.registry.identity import PersonKey
from creditgate_server.storage.database import Store, open_store
from creditgate_server.studies.replay.run import replay
from creditgate_server.studies.replay.selection import Selection
from tests.difference.people import SMALL
from tests.lanes import seed, size
from tests.ledger.checks import chains, first_fault, receipts_of_chain
from tests.ledger.test_erasing import GROUND, OFFICER, PERSON, REGISTER
from tests.ledger.test_writer import draft, receipt
from tests.service.running import BREACHER, LISTED, PATIENCE, TRUSTED, Service, fill_registry, serving, start
from tests.shared import store_with_tables

KILLS = size(12, 50)
SERVER_KILLS = size(2, 5)
"""Of these, kills of the supervisor, after which the whole service is started again."""
WORKERS = 3
ASKERS = 4
SUBJECTS = (TRUSTED, BREACHER, LISTED)


# -- load and what must hold after it ---------------------------------------------------------------------------------


class Load:
    """Threads that ask without a pause, each question under an id of its own, and remember what was acknowledged."""

    def __init__(self, target: str, *, retries: int) -> None:
        self.acknowledged: dict[str, tuple[str, str]] = {}
        """Receipt id and hash, by request id."""
        self.refused: dict[str, CreditGateError] = {}
        self._retries = retries
        self._target = target
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(ASKERS)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, asker: int) -> None:
        with Client(self._target, timeout=PATIENCE, retries=self._retries) as client:
            number = 0
            while not self._stop.is_set():
                self.ask(client, f"asker-{asker}-{number}", SUBJECTS[number % 3])
                number += 1

    def ask(self, client: Client, request_id: str, subject: str) -> None:
        """Ask once; under the same id the question is always the same."""
        try:
            answer = client.check(
                organ="market", item="licence", subjects=subject, case_number=request_id, request_id=request_id
            )
        except CreditGateError as fault:
            self.refused[request_id] = fault
            return
        self.acknowledged[request_id] = (answer.receipt.receipt_id, answer.receipt.digest.partition(":")[2])

    def await_answers(self, count: int) -> None:
        """Wait until so many more were acknowledged."""
        wanted, until = len(self.acknowledged) + count, time.monotonic() + PATIENCE
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < until, "no answers"
            time.sleep(0.01)


def every_receipt(store: Store) -> dict[str, Receipt]:
    """Of whole chains: each begins at 1, has no gap, and every hash and commitment holds."""
    found: dict[str, Receipt] = {}
    for chain in chains(store):
        receipts = receipts_of_chain(store, chain)
        assert first_fault(receipts) == ""
        assert [one.number for one in receipts] == list(range(1, len(receipts) + 1))
        found |= {one.id: one for one in receipts}
    return found


def nothing_acknowledged_is_missing(store: Store, load: Load) -> dict[str, Receipt]:
    """Each acknowledged answer has its one receipt, with the hash that was told; all chains are whole."""
    stored = every_receipt(store)
    for request_id, (receipt_id, told) in load.acknowledged.items():
        kept = stored.get(receipt_id)
        assert kept is not None, request_id
        assert (kept.request_id, kept.hash) == (request_id, told)
    ids = [one.request_id for one in stored.values()]
    assert len(set(ids)) == len(ids), "a request has two receipts"
    sealed = Keeper(store, folder=None, now=utc_now, algorithm="sha256", rest=lambda _: None).keep(LedgerKey.new())
    assert sealed.gaps == ()
    verdict = Verification(store=store).run()
    assert verdict.sound, verdict.finding
    assert (verdict.leaves, verdict.unsealed) == (len(stored), 0)
    return stored


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    fill_registry(sqlite_url)
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


# -- kill -9 ----------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def worker_processes(service: Service) -> list[int]:
    """Workers that live, starting ones too."""
    pid = service.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    return [int(child) for child in children if b"creditgate_server.app" in Path(f"/proc/{child}/cmdline").read_bytes()]


class Town:
    """A service on one port, started again each time that its supervisor is killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.target = f"127.0.0.1:{self._port}"
        self.workers_started = 0
        self.service = self._start()

    def _start(self) -> Service:
        self.workers_started += WORKERS
        options = ("--rules", str(SMALL), "--workers", str(WORKERS), "--log-level", "warning")
        service = start(self._folder, *options, listen=self.target)
        service.await_ready()
        return service

    def kill_worker(self, random: Random) -> bool:
        """False where none lives at the moment."""
        living = worker_processes(self.service)
        if not living:
            return False
        victim = living[0] if random.random() < 0.5 else random.choice(living)  # one that serves, or that starts
        os.kill(victim, signal.SIGKILL)
        self.workers_started += 1
        return True

    def kill_server(self) -> None:
        self.service.process.kill()
        self.service.process.wait()
        self._close_output()
        self.service = self._start()

    def stop(self) -> None:
        if self.service.process.poll() is None:
            self.service.stop()
        self._close_output()

    def _close_output(self) -> None:
        assert self.service.process.stdout is not None
        self.service.process.stdout.close()


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_kills_at_random_moments_under_load(store: Store, tmp_path: Path) -> None:
    random = Random(seed(1))
    town = Town(tmp_path)
    servers = set(random.sample(range(5, KILLS), SERVER_KILLS))
    killed = 0
    try:
        with Load(town.target, retries=1_000) as load:
            load.await_answers(20)
            while killed < KILLS:
                load.await_answers(random.randrange(1, 60))  # the moment is what chance decides
                if killed in servers:
                    town.kill_server()
                    killed += 1
                else:
                    killed += town.kill_worker(random)
            load.await_answers(20)
    finally:
        town.stop()
    assert not load.refused
    stored = nothing_acknowledged_is_missing(store, load)
    assert len(load.acknowledged) > KILLS
    # Every question was acknowledged in the end, so that nothing else may be there.
    assert {one.request_id for one in stored.values()} == set(load.acknowledged)
    # A chain is one run of a worker: it ends by the worker's end and by nothing else.
    written = len(chains(store))
    assert KILLS // 5 < written <= town.workers_started
    report = replay(store, Selection())
    assert (report.done, report.found) == (len(stored), 0), report.findings[:3]


# -- full -------------------------------------------------------------------------------------------------------------


@contextmanager
def full_disk(workers: list[int]) -> Iterator[None]:
    """No file of these processes may grow, nor be written behind its first 64 kB."""
    before = [resource.prlimit(worker, resource.RLIMIT_FSIZE) for worker in workers]
    for worker, limits in zip(workers, before, strict=True):
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (64 * 1024, limits[1]))
    try:
        yield
    finally:
        for worker, limits in zip(workers, before, strict=True):
            resource.prlimit(worker, resource.RLIMIT_FSIZE, limits)


def await_refusals(load: Load, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(load.refused) < count:
        assert time.monotonic() < until, "nothing was refused"
        time.sleep(0.01)


def all_were_told_that_the_store_is_down(load: Load) -> None:
    assert {fault.reason for fault in load.refused.values()} <= {"STORE_DOWN", "NOT_READY"}
    assert "STORE_DOWN" in {fault.reason for fault in load.refused.values()}


def ask_again(load: Load, target: str) -> None:
    """Everything that was refused is answered now, under the same ids."""
    refused, load.refused = load.refused, {}
    with Client(target, timeout=PATIENCE, retries=100) as client:
        for request_id in list(refused)[:50]:
            load.ask(client, request_id, SUBJECTS[int(request_id.rsplit("-", 1)[1]) % 3])
    assert not load.refused


def test_a_disk_that_fills_up_under_load_loses_nothing_that_was_acknowledged(store: Store, tmp_path: Path) -> None:
    options = ("--rules", str(SMALL), "--workers", "2", "--log-level", "warning")
    with serving(tmp_path, *options, store_seconds="1") as service:
        with Load(service.target, retries=0) as load:
            load.await_answers(100)
            for _ in range(3):
                with full_disk(worker_processes(service)):
                    await_refusals(load, len(load.refused) + 30)
                load.await_answers(30)
        all_were_told_that_the_store_is_down(load)
        ask_again(load, service.target)
    nothing_acknowledged_is_missing(store, load)


# -- read-only --------------------------------------------------------------------------------------------------------


@contextmanager
def read_only(url: str) -> Iterator[None]:
    """A PostgreSQL database that takes no writes, for connections that are there and for new ones."""
    name, server = url.rsplit("/", 1)[1], url.rsplit("/", 1)[0] + "/postgres"

    def switch(on: str) -> None:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {on}")
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    switch("on")
    try:
        yield
    finally:
        switch("off")


def test_a_store_that_takes_no_writes_is_told_under_load_and_loses_nothing(postgres_url: str, tmp_path: Path) -> None:
    fill_registry(postgres_url)
    key = tmp_path / "person.key"
    PersonKey.load(key, create=True)
    options = ("--rules", str(SMALL), "--store", postgres_url, "--person-key", str(key), "--log-level", "warning")
    with serving(tmp_path, *options, store_seconds="1") as service:
        with Load(service.target, retries=0) as load:
            load.await_answers(50)
            with read_only(postgres_url):
                await_refusals(load, 30)
            load.await_answers(30)
        all_were_told_that_the_store_is_down(load)
        ask_again(load, service.target)
    opened = open_store(postgres_url)
    nothing_acknowledged_is_missing(opened, load)
    opened.close()


def refuse_writes(store: Store) -> Callable[[], None]:
    """SQLite's own read-only switch on every connection of a store; what is returned lifts it."""

    def switch_on(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(store.engine, "connect", switch_on)
    store.engine.dispose()

    def lift() -> None:
        event.remove(store.engine, "connect", switch_on)
        store.engine.dispose()

    return lift


def test_a_read_only_file_is_told_and_the_chain_goes_on_after_it(sqlite_url: str) -> None:
    store = store_with_tables(sqlite_url)
    writer = ReceiptWriter(store, now=utc_now)
    before = receipt(writer.submit(draft("before")).result())
    with ExitStack() as stack:
        stack.callback(refuse_writes(store))
        writer._drop_connection()
        assert isinstance(writer.submit(draft("refused")).result(), StoreDown)
    after = receipt(writer.submit(draft("refused")).result())
    writer.close()
    assert (after.number, after.previous_hash) == (2, before.hash)
    assert {one.request_id for one in every_receipt(store).values()} == {"before", "refused"}
    store.close()


def test_an_erasure_that_cannot_be_written_erases_nothing(sqlite_url: str) -> None:
    from creditgate_server.ledger.erasing import Part, erasures_of
    from creditgate_server.service.erasure import Eraser

    store = store_with_tables(sqlite_url)
    writer = ReceiptWriter(store, now=utc_now)
    made = receipt(
        writer.submit(draft("person", question=f'{{"subjects":[{{"identifier":"{PERSON}"}}]}}'.encode())).result()
    )
    eraser = Eraser(writer, REGISTER, OFFICER, GROUND, utc_now)
    connection = writer._connected()
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreDown):
        eraser.erase(made, tuple(Part))
    assert find_receipt(store, made.id) == made
    assert erasures_of(store, made.id) == ()
    eraser.erase(made, tuple(Part))  # on a new connection
    left = find_receipt(store, made.id)
    assert left is not None
    assert contents(left).question is contents(left).decision is None
    writer.close()
    every_receipt(store)
    store.close()
