"""Receipts are sealed: the payload commits to contents that stand beside it. Older receipts are read as before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest
import rfc8785
from sqlalchemy import text

from creditgate_server.errors import SetupFault
from creditgate_server.ledger.exported import exported
from creditgate_server.ledger.hashing import Algorithm, digest_of, hash_of
from creditgate_server.ledger.lookup import find_receipt
from creditgate_server.ledger.receipt import Receipt, contents, draw, make_receipt, open_payload, unkept_promises
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.present import utc_now
from creditgate_server.storage.database import Store, migrate, open_store, writing
from tests.ledger.checks import first_fault, receipts_of_chain

from .test_writer import draft, receipt

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
QUESTION = '{"项":1}'.encode()
DECISION = b'{"outcome":"clear"}'


def made(algorithm: str = Algorithm.SHA256) -> Receipt:
    return make_receipt(draft("id"), chain="c", number=1, previous_hash="0" * 64, now=NOW, algorithm=algorithm)


def test_the_payload_holds_commitments_and_no_content() -> None:
    one = made()
    payload = json.loads(one.payload)
    assert payload["question"] == hashlib.sha256((one.question_salt or b"") + QUESTION).hexdigest()
    assert payload["decision"] == hashlib.sha256((one.decision_salt or b"") + DECISION).hexdigest()
    assert payload["body_digest"] == hashlib.sha256((one.question_salt or b"") + b"b").hexdigest()
    assert "项" not in one.payload.decode()
    assert one.hash == hashlib.sha256(one.payload).hexdigest()
    assert len(one.question_salt or b"") == len(one.decision_salt or b"") == 16
    assert one.question_salt != one.decision_salt


def test_the_same_content_is_never_committed_to_in_the_same_way() -> None:
    one, other = json.loads(made().payload), json.loads(made().payload)
    for name in ("question", "decision", "body_digest"):
        assert one[name] != other[name]


def test_no_salt_comes_twice() -> None:
    drawn = draw(1000)
    salts = [salt for one in drawn for salt in (one.question_salt, one.decision_salt)]
    assert len(set(salts)) == 2000
    assert {len(salt) for salt in salts} == {16}
    assert len({one.trace_id for one in drawn}) == len({one.span_id for one in drawn}) == 1000
    assert {(len(one.trace_id), len(one.span_id)) for one in drawn} == {(32, 16)}


def test_the_whole_receipt_is_one_canonical_text_that_proves_itself(store: Store) -> None:
    writer = ReceiptWriter(store, now=utc_now)
    written = receipt(writer.submit(draft("id")).result())
    writer.close()
    stored = find_receipt(store, written.id)
    assert stored is not None
    whole = exported(stored)
    assert rfc8785.dumps(json.loads(whole)) == whole
    parts = json.loads(whole)
    assert rfc8785.dumps(parts["payload"]) == stored.payload
    assert (parts["question"], parts["decision"]) == ({"项": 1}, {"outcome": "clear"})
    salt = bytes.fromhex(parts["decision_salt"])
    assert hashlib.sha256(salt + rfc8785.dumps(parts["decision"])).hexdigest() == parts["payload"]["decision"]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"question": b'{"\xe9\xa1\xb9":2}'}, "question"),
        ({"decision": b'{"outcome":"measures"}'}, "decision"),
        ({"decision_salt": b"0" * 16}, "decision"),
        ({"decision_salt": None}, "decision"),
        ({"decision": None}, "decision"),
        ({"body_digest": "c"}, "body_digest"),
        ({"body_digest": ""}, "body_digest"),
        ({"question": None, "question_salt": None, "body_digest": ""}, None),
    ],
)
def test_a_changed_content_is_not_what_the_payload_commits_to(change: dict[str, object], part: str | None) -> None:
    changed = msgspec.structs.replace(made(), **change)
    assert unkept_promises(changed) == ((part,) if part else ())
    assert bool(first_fault([changed])) == bool(part)


def test_an_erased_content_is_none_and_the_chain_is_whole() -> None:
    gone = msgspec.structs.replace(made(), decision=None, decision_salt=None)
    assert contents(gone).question == QUESTION
    assert contents(gone).decision is None
    assert first_fault([gone]) == ""


# -- the other hash ---------------------------------------------------------------------------------------------------


def test_sm3_is_the_one_of_the_standard() -> None:
    """GB/T 32905-2016, appendix A.1."""
    abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hash_of("sm3")(b"abc") == abc
    assert digest_of("sm3")(b"abc").hex() == abc


def test_a_chain_may_be_hashed_by_sm3(store: Store) -> None:
    writer = ReceiptWriter(store, now=utc_now, algorithm="sm3")
    first, second = (receipt(writer.submit(draft(name)).result()) for name in "ab")
    writer.close()
    assert open_payload(first.payload).algorithm == "sm3"
    assert first.hash == hashlib.new("sm3", first.payload).hexdigest()
    assert second.previous_hash == first.hash
    assert first_fault(receipts_of_chain(store, first.chain)) == ""


def test_a_hash_that_is_not_there_is_a_fault_of_the_setup(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    with pytest.raises(SetupFault):
        hash_of("md5")

    def without_sm3(name: str, *_: object) -> object:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", without_sm3)
    hash_of.cache_clear()
    with pytest.raises(SetupFault, match="SM3"):
        ReceiptWriter(store, now=utc_now, algorithm="sm3")
    hash_of.cache_clear()


# -- older receipts ---------------------------------------------------------------------------------------------------

OLD_PAYLOAD = (
    b'{"activation":3,"body_digest":"b","caller":"local","chain":"c-old","decided_at":"2026-11-20T04:00:00.000000Z",'
    b'"decision":{"outcome":"clear"},"format":2,"id":"r-OLD","issued_at":"2026-11-20T04:00:00.000000Z","kind":"check",'
    b'"number":1,"previous_hash":"' + b"0" * 64 + b'","question":{"\xe9\xa1\xb9":1},"request_id":"id",'
    b'"rule_set":"sha256:x"}'
)
OLD_ROW = {
    "id": "r-OLD",
    "kind": "check",
    "caller": "local",
    "request_id": "id",
    "body_digest": "b",
    "organ": "o",
    "item": "i",
    "case_number": "1",
    "rule_set": "sha256:x",
    "chain": "c-old",
    "number": 1,
    "previous_hash": "0" * 64,
    "hash": hashlib.sha256(OLD_PAYLOAD).hexdigest(),
    "issued_at": "2026-11-20T04:00:00.000000Z",
    "activation": 3,
    "decided_at": "2026-11-20T04:00:00.000000Z",
    "payload": OLD_PAYLOAD,
}


@pytest.fixture
def grown_store(store_url: str) -> Iterator[Store]:
    """A store that was made and filled by the release before format 3, and then brought up to date."""
    store = open_store(store_url)
    migrate(store, "0005")
    with writing(store) as connection:
        marks = ", ".join(f":{name}" for name in OLD_ROW)
        connection.execute(text(f"INSERT INTO receipt ({', '.join(OLD_ROW)}) VALUES ({marks})"), OLD_ROW)
    migrate(store)
    yield store
    store.close()


def test_a_receipt_of_format_2_is_read_from_its_payload(grown_store: Store) -> None:
    old = find_receipt(grown_store, "r-OLD")
    assert old is not None
    assert contents(old).question == QUESTION
    assert contents(old).decision == DECISION
    assert (old.answer, old.about, old.question) == ("", "", None)
    payload = open_payload(old.payload)
    assert (payload.format, payload.algorithm, payload.number, payload.activation) == (2, "sha256", 1, 3)
    assert first_fault([old]) == ""
    assert first_fault([msgspec.structs.replace(old, body_digest="c")]) != ""
    parts = json.loads(exported(old))
    assert (parts["question"], parts["decision_salt"]) == ({"项": 1}, None)
    assert rfc8785.dumps(parts["payload"]) == OLD_PAYLOAD


def test_a_retry_of_a_question_of_format_2_finds_its_receipt(grown_store: Store) -> None:
    writer = ReceiptWriter(grown_store, now=utc_now)
    again = receipt(writer.submit(draft("id")).result())
    new = receipt(writer.submit(draft("other")).result())
    writer.close()
    assert (again.id, again.reused) == ("r-OLD", True)
    assert (new.number, new.previous_hash) == (1, "0" * 64)
