"""Where an explanation comes from: the store, with the rule set of then, never today's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from sqlalchemy import text

from creditgate_server.errors import UnknownThing
from creditgate_server.ledger.receipt import Draft, Receipt, contents
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.publication.rule_sets import save_rule_set
from creditgate_server.storage.database import Store
from creditgate_server.studies.explanation.explanation import explain, material_of
from tests.golden.test_golden import judge

from .receipts import checked, known, record

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def stored(store: Store, made: Receipt) -> Receipt:
    writer = ReceiptWriter(store, now=lambda: NOW)
    inside = contents(made)
    draft = Draft(
        caller=made.caller,
        request_id=None,
        body_digest="b" * 64,
        kind=made.kind,
        organ=made.organ,
        item=made.item,
        case_number=made.case_number,
        answer=made.answer,
        rule_set=made.rule_set,
        question=inside.question or b"",
        decision=inside.decision or b"",
    )
    try:
        result = writer.submit(draft).result()
    finally:
        writer.close()
    assert isinstance(result, Receipt)
    return result


@pytest.fixture
def receipt(store: Store) -> Receipt:
    listed = record("list_entry", date(2024, 1, 15), listed="market-serious")
    return stored(store, checked("company-registration-change", known(listed)))


def test_the_rule_set_is_the_receipts_own(store: Store, receipt: Receipt) -> None:
    """The measure was renamed since, and another way to object came: the receipt tells of neither."""
    then = judge().rule_set
    catalogue = then.catalogue
    renamed = msgspec.structs.replace(catalogue.organs["market-regulation"], title="改名后的局")
    later = msgspec.structs.replace(
        then, catalogue=msgspec.structs.replace(catalogue, organs={**catalogue.organs, renamed.code: renamed})
    )
    save_rule_set(store, then, {}, NOW)
    save_rule_set(store, later, {}, NOW)
    told = explain(material_of(store, receipt.id))
    assert told.question[0].text == "东莞市市场监督管理局"
    assert told.rule_set == then.digest


def test_without_the_rule_set_in_the_store_there_is_still_an_explanation(store: Store, receipt: Receipt) -> None:
    told = explain(material_of(store, receipt.id))
    assert any("没有当时的规则集" in note for note in told.notes)
    assert told.findings


def test_contents_that_were_altered_are_said_to_be(store: Store, receipt: Receipt) -> None:
    other = (receipt.question or b"").replace("行政审批信用核查".encode(), "别的事由".encode())
    with store.engine.begin() as connection:
        change = text("UPDATE receipt SET question = :question WHERE id = :id")
        connection.execute(change, {"question": other, "id": receipt.id})
    told = explain(material_of(store, receipt.id))
    assert told.notes[0].startswith("警告: 回执的内容与存证不符(question)")


def test_a_receipt_that_is_not_there(store: Store) -> None:
    with pytest.raises(UnknownThing, match="r-nothing"):
        material_of(store, "r-nothing")
