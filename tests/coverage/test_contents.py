"""Where a receipt's contents stand: in columns of their own, in the payload of old receipts, or nowhere any more."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from creditgate_server.ledger.erasing import erase_contents
from creditgate_server.storage.database import Store, writing
from tests.outcomes.answers import report
from tests.outcomes.ledgers import STRICT, Book

from .world import Run, asks, at, done, firm, row, write_csv


def make_old(store: Store) -> None:
    """Every receipt as format 2 had it: question and decision in the payload."""
    with writing(store) as connection:
        rows = connection.exec_driver_sql("SELECT id, payload, question, decision FROM receipt").all()
        for id_, payload, question, decision in rows:
            members = msgspec.json.decode(payload)
            members |= {"format": 2, "question": msgspec.Raw(question), "decision": msgspec.Raw(decision)}
            connection.exec_driver_sql(
                "UPDATE receipt SET payload = ?, question = NULL, question_salt = NULL, decision = NULL, "
                "decision_salt = NULL WHERE id = ?",
                (msgspec.json.encode(members), id_),
            )


@pytest.mark.parametrize("reported", [False, True])
def test_old_receipts_are_read_as_new_ones(book: Book, run: Run, tmp_path: Path, reported: bool) -> None:
    one = book.check(STRICT, at=at("10-15"), **asks(firm(1)))
    if reported:
        book.report(one, report(done()), at=at("10-16"))
    make_old(book.store)
    found, heard = run(write_csv(tmp_path / "a.csv", [row(firm(1)), row(firm(2))]))
    assert [heard.of_row(2), heard.of_row(3)] == ["in_time" if reported else "missing/not_reported", "not_checked"]
    assert (found.checks_read, found.checks_erased) == (1, 0)


@pytest.mark.parametrize(
    ("parts", "expected", "erased"),
    [
        (["decision"], "in_time/erased", 0),
        (["question"], "not_checked", 1),
        (["question", "decision"], "not_checked", 1),
    ],
)
def test_of_an_erased_check_what_is_left_counts(
    book: Book, run: Run, tmp_path: Path, parts: list[str], expected: str, erased: int
) -> None:
    one = book.check(STRICT, at=at("10-15"), **asks(firm(1)))
    with writing(book.store) as connection:
        assert erase_contents(connection, one, parts) is None
    found, heard = run(write_csv(tmp_path / "a.csv", [row(firm(1))]))
    assert heard.of_row(2) == expected
    assert (found.checks_read, found.checks_erased) == (1, erased)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_checks_of_one_instant_are_read_once_each_whatever_fits_on_a_page(
    book: Book, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Seven checks at one instant between others: of a page's last instant some may be left for the next page."""
    monkeypatch.setattr("creditgate_server.studies.coverage.receipts.PAGE", size)
    days = ["10-14", *["10-15"] * 7, "10-16", "10-16"]
    for number, day in enumerate(days, start=1):
        book.check(STRICT, at=at(day), **asks(firm(number)))
    with book.store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(DISTINCT issued_at) FROM receipt").scalar() == 3
    rows = [row(firm(number)) for number in range(1, len(days) + 1)]
    found, heard = run(write_csv(tmp_path / "a.csv", rows))
    assert found.checks_read == len(days)
    assert {heard.of_row(line) for line in range(2, len(days) + 2)} == {"missing/not_reported"}
