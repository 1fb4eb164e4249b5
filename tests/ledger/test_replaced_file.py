"""The SQLite file, or one of those beside it, is taken away under a writer: no receipt goes into a lost file."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from creditgate_server.errors import StoreDown
from creditgate_server.ledger.lookup import find_receipt
from creditgate_server.ledger.writer import ReceiptWriter, Written
from creditgate_server.present import utc_now
from creditgate_server.storage.database import Store, open_store
from tests.ledger.checks import chains, first_fault, receipts_of_chain
from tests.shared import store_with_tables

from .test_writer import draft, receipt


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    opened = store_with_tables(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def writer(store: Store) -> Iterator[ReceiptWriter]:
    """One that has written a receipt."""
    opened = ReceiptWriter(store, now=utc_now)
    receipt(opened.submit(draft("before")).result())
    yield opened
    opened.close()


def file_of(store: Store) -> Path:
    assert store.file is not None
    return store.file


def delete(file: Path) -> None:
    file.rename(file.with_name("aside.db"))


def replace(file: Path) -> None:
    """By a copy of itself, as of a backup that is put back."""
    copy = file.with_name("copy.db")
    with closing(sqlite3.connect(file)) as original:
        original.execute("VACUUM INTO ?", (str(copy),))
    delete(file)
    copy.rename(file)


def put_back(file: Path) -> None:
    file.with_name("aside.db").rename(file)


def refused(result: Written, word: str) -> None:
    assert isinstance(result, StoreDown), result
    assert word in result.message


@pytest.mark.parametrize(("harm", "word"), [(delete, "被删除或移走"), (replace, "被换成了另一个")])
def test_nothing_is_acknowledged_until_the_file_is_back(
    store: Store, writer: ReceiptWriter, harm: Callable[[Path], None], word: str
) -> None:
    harm(file_of(store))
    refused(writer.submit(draft("lost")).result(), word)
    refused(writer.submit(draft("before")).result(), word)  # known, but who would find it?
    with pytest.raises(StoreDown, match=word):
        writer.probe()
    put_back(file_of(store))
    writer.probe()
    again = receipt(writer.submit(draft("lost")).result())
    assert (again.number, again.reused) == (2, False)
    assert first_fault(receipts_of_chain(store, again.chain)) == ""


@pytest.mark.parametrize("harm", [delete, replace])
def test_a_file_that_goes_during_a_transaction_is_seen_before_the_answer(
    store: Store, writer: ReceiptWriter, harm: Callable[[Path], None]
) -> None:
    commits = iter([harm])

    @event.listens_for(store.engine, "before_cursor_execute")
    def harm_once(*arguments: object) -> None:
        if arguments[2] == "COMMIT":
            for now in commits:  # once
                now(file_of(store))

    refused(writer.submit(draft("lost")).result(), "数据库文件")
    put_back(file_of(store))
    again = receipt(writer.submit(draft("lost")).result())
    assert again.reused  # the file took it before it went, and is back
    after = receipt(writer.submit(draft("after")).result())
    assert after.number == 1  # no receipt follows one that was not acknowledged
    assert [first_fault(receipts_of_chain(store, chain)) for chain in chains(store)] == ["", ""]


def test_no_new_connection_takes_another_file_for_the_store(store: Store, writer: ReceiptWriter) -> None:
    with store.engine.connect():  # the pool has no other
        delete(file_of(store))
        with pytest.raises(StoreDown), store.engine.connect():
            pass
    assert not file_of(store).exists()  # and none is made
    put_back(file_of(store))
    with store.engine.connect():
        pass
    writer.probe()


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_log_that_is_deleted_is_told_and_what_was_acknowledged_is_saved(
    store: Store, writer: ReceiptWriter, tmp_path: Path, ending: str
) -> None:
    kept = receipt(writer.submit(draft("kept")).result())
    file = file_of(store)
    file.with_name(file.name + ending).unlink()
    with pytest.raises(StoreDown, match="日志文件"):
        writer.probe()
    refused(writer.submit(draft("lost")).result(), "日志文件")
    shutil.copy(file, tmp_path / "alone.db")  # what a kill at this moment would leave, at the worst
    with closing(open_store(f"sqlite:///{tmp_path}/alone.db")) as alone:
        found = find_receipt(alone, kept.id)
        assert found is not None
        assert found.hash == kept.hash
