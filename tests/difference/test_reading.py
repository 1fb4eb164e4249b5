"""Everyone in the registry and every stored question, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from creditgate_server.errors import StoreFault
from creditgate_server.judging.kinds import CHECK, LEVEL
from creditgate_server.ledger.asked import asked_before
from creditgate_server.ledger.tables import ReceiptRow
from creditgate_server.registry.everyone import identifiers, names
from creditgate_server.rulebook.language import Role
from creditgate_server.storage.database import Store

from .people import FORMULA, PEOPLE, check_question, fill, level_question, receipt

BEFORE = datetime(2026, 11, 20, 0, 59, tzinfo=UTC)
AFTER = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def test_everyone_who_was_known_by_then_is_found(store: Store) -> None:
    fill(store)
    assert identifiers(store, AFTER) == tuple(firm.identifier for firm in PEOPLE)
    assert identifiers(store, BEFORE) == ()
    assert names(store, ["a4", "b1", "nobody"], AFTER) == {"a4": FORMULA, "b1": "样例"}
    assert names(store, ["a4"], BEFORE) == {}


def test_the_same_question_is_found_once_with_its_first_receipt(store: Store) -> None:
    one = check_question("licence", "market", [("a1", Role.APPLICANT)], sum=1)
    other = check_question("licence", "market", [("a1", Role.AGENT)], sum=1)
    level = level_question("market", "a1")
    ids = receipt(store, [one, other, one, level, level])
    found = [(asked.question, asked.receipt, asked.times) for asked in asked_before(store, (CHECK, LEVEL))]
    assert found == [(one, ids[0], 2), (other, ids[1], 1), (level, ids[3], 2)]


def test_a_receipt_that_cannot_be_read_is_a_fault_of_the_store(store: Store) -> None:
    (wrong,) = receipt(store, [check_question("licence", "market", [("a1", Role.APPLICANT)])])
    with store.engine.begin() as connection:
        connection.execute(update(ReceiptRow).values(question=b"{}"))
    with pytest.raises(StoreFault, match=wrong):
        asked_before(store, (CHECK, LEVEL))


def test_receipts_of_other_questions_are_left_out(store: Store) -> None:
    level = level_question("market", "a1")
    (other, kept) = receipt(store, [check_question("licence", "market", [("a1", Role.APPLICANT)]), level])
    with store.engine.begin() as connection:
        connection.execute(update(ReceiptRow).where(ReceiptRow.id == other).values(kind="leniency"))
    assert [asked.receipt for asked in asked_before(store, (CHECK, LEVEL))] == [kept]
