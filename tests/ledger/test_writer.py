"""Receipts: durable before they are handed out, one for a request id, chained without a gap."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import rfc8785

from creditgate_server.errors import GateError, IdConflict, StoreDown, TooMuch
from creditgate_server.ledger.lookup import find_receipt
from creditgate_server.ledger.receipt import Draft, Receipt
from creditgate_server.ledger.writer import ReceiptWriter, Written
from creditgate_server.present import utc_now
from creditgate_server.storage.database import Store, migrate, open_store
from tests.ledger.checks import chains, first_fault, receipts_of_chain
from tests.shared import store_with_tables


def draft(request_id: str | None = None, body: str = "b", question: bytes = b'{"\xe9\xa1\xb9":1}') -> Draft:
    return Draft(
        caller="local",
        request_id=request_id,
        body_digest=body,
        kind="check",
        organ="o",
        item="i",
        case_number="1",
        rule_set="sha256:x",
        question=question,
        decision=b'{"outcome":"clear"}',
    )


@pytest.fixture
def writer(store: Store) -> Iterator[ReceiptWriter]:
    opened = ReceiptWriter(store, now=utc_now)
    yield opened
    opened.close()


def receipt(result: Receipt | GateError) -> Receipt:
    assert isinstance(result, Receipt), result
    return result


def every_chain_is_whole(store: Store) -> int:
    count = 0
    for chain in chains(store):
        receipts = receipts_of_chain(store, chain)
        assert first_fault(receipts) == ""
        count += len(receipts)
    return count


def test_a_receipt_is_in_the_store_when_it_is_handed_out(writer: ReceiptWriter, store: Store) -> None:
    made = receipt(writer.submit(draft()).result())
    stored = find_receipt(store, made.id)
    assert stored is not None
    assert stored.payload == made.payload
    assert find_receipt(store, "r-none") is None


def test_who_does_not_wait_is_told_and_what_he_does_wrong_is_his_alone(writer: ReceiptWriter) -> None:
    told: list[Written] = []

    def fail(written: Written) -> None:
        told.append(written)
        raise ValueError("his own fault")

    first = writer.submit(draft("one"), fail)
    second = writer.submit(draft("two"), told.append)
    after = receipt(writer.submit(draft("three")).result())
    assert told == [first.result(), second.result()]
    assert after.number == 3


def test_the_payload_is_canonical_json(writer: ReceiptWriter) -> None:
    made = receipt(writer.submit(draft("id")).result())
    assert rfc8785.dumps(json.loads(made.payload)) == made.payload


def test_what_waits_together_is_committed_together(writer: ReceiptWriter, store: Store) -> None:
    with ThreadPoolExecutor(200) as pool:
        made = list(pool.map(lambda number: writer.write(draft(f"id-{number}")), range(200)))
    assert len({one.id for one in made}) == 200
    assert writer.commits < 100
    assert every_chain_is_whole(store) == 200


def test_the_same_id_and_body_is_the_same_receipt(writer: ReceiptWriter) -> None:
    first = receipt(writer.submit(draft("id")).result())
    again = receipt(writer.submit(draft("id")).result())
    assert (again.id, again.hash, again.payload) == (first.id, first.hash, first.payload)
    assert again.reused
    assert not first.reused


def test_the_same_id_with_another_body_is_a_conflict(writer: ReceiptWriter) -> None:
    receipt(writer.submit(draft("id")).result())
    assert isinstance(writer.submit(draft("id", body="other")).result(), IdConflict)


def test_twins_in_one_batch_are_told_apart(writer: ReceiptWriter, store: Store) -> None:
    first, twin, other = writer.write_many([draft("id"), draft("id"), draft("id", body="other")])
    assert receipt(twin).id == receipt(first).id
    assert isinstance(other, IdConflict)
    assert every_chain_is_whole(store) == 1


def test_without_an_id_every_question_is_new(writer: ReceiptWriter) -> None:
    first, second = writer.write_many([draft(), draft()])
    assert receipt(first).id != receipt(second).id


def test_two_processes_that_race_for_one_id_get_one_receipt(store: Store) -> None:
    writers = [ReceiptWriter(store, now=utc_now) for _ in range(2)]
    start = threading.Barrier(2)
    results: list[list[Receipt]] = [[], []]

    def ask(number: int) -> None:
        start.wait()
        results[number] = [receipt(writers[number].submit(draft(f"id-{n}")).result()) for n in range(60)]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in writers:
        one.close()
    assert [made.id for made in results[0]] == [made.id for made in results[1]]
    assert every_chain_is_whole(store) == 60


def test_too_many_waiting_is_said_at_once(store: Store) -> None:
    writer = ReceiptWriter(store, now=utc_now, most_waiting=0)
    with pytest.raises(TooMuch):
        writer.submit(draft())
        writer.submit(draft())
    writer.close()


def test_a_closed_writer_takes_nothing(store: Store) -> None:
    writer = ReceiptWriter(store, now=utc_now)
    writer.close()
    with pytest.raises(StoreDown):
        writer.submit(draft())


def test_a_full_disk_is_told_and_nothing_is_acknowledged(sqlite_url: str) -> None:
    store = store_with_tables(sqlite_url)
    writer = ReceiptWriter(store, now=utc_now)
    good = receipt(writer.submit(draft("before")).result())
    connection = writer._connected()
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    large = b'{"x":"' + b"x" * 200_000 + b'"}'
    assert isinstance(writer.submit(draft("full", question=large)).result(), StoreDown)
    after = receipt(writer.submit(draft("after")).result())  # a new connection has no such limit
    assert (after.chain, after.number, after.previous_hash) == (good.chain, 2, good.hash)
    writer.close()
    assert every_chain_is_whole(store) == 2
    store.close()


def test_a_locked_store_is_told_in_time_and_works_again(sqlite_url: str, tmp_path: Path) -> None:
    store = store_with_tables(sqlite_url)
    writer = ReceiptWriter(store, now=utc_now)
    other = sqlite3.connect(tmp_path / "gate.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert isinstance(writer.submit(draft("id")).result(), StoreDown)
    other.execute("ROLLBACK")
    other.close()
    assert receipt(writer.submit(draft("id")).result()).number == 1
    writer.close()
    store.close()


def test_a_lost_server_is_told_and_the_writer_finds_it_again(postgres_url: str) -> None:
    store = open_store(postgres_url)
    migrate(store)
    writer = ReceiptWriter(store, now=utc_now)
    receipt(writer.submit(draft("one")).result())
    with store.engine.connect() as admin:
        admin.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )
    assert isinstance(writer.submit(draft("two")).result(), StoreDown)
    receipt(writer.submit(draft("two")).result())
    writer.close()
    assert every_chain_is_whole(store) == 2
    store.close()


def test_the_probe_says_whether_anything_could_be_written(sqlite_url: str, tmp_path: Path) -> None:
    store = store_with_tables(sqlite_url)
    writer = ReceiptWriter(store, now=utc_now)
    writer.probe()
    other = sqlite3.connect(tmp_path / "gate.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreDown):
        writer.probe()
    other.execute("ROLLBACK")
    other.close()
    writer.probe()
    writer.close()
    store.close()


KILLED = """
import sys
from datetime import UTC, datetime
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.storage.database import open_store
from tests.ledger.test_writer import draft
writer = ReceiptWriter(open_store(sys.argv[1]), now=lambda: datetime.now(UTC))
number = 0
while True:
    print(writer.submit(draft(f"id-{number}")).result().id, flush=True)
    number += 1
"""


@pytest.mark.process
def test_what_was_acknowledged_survives_kill_9(sqlite_url: str, pytestconfig: pytest.Config) -> None:
    store = store_with_tables(sqlite_url)
    command = [sys.executable, "-c", KILLED, sqlite_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=pytestconfig.rootpath) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline().strip() for _ in range(50)]
        os.kill(process.pid, signal.SIGKILL)
        seen += [line.strip() for line in process.stdout if line.endswith("\n")]
    for receipt_id in seen:
        assert find_receipt(store, receipt_id) is not None
    assert every_chain_is_whole(store) >= len(seen)
    store.close()
