"""Sealed receipts on a running service: trace, environment, the other hash, and what an erasure does."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import grpc
import pytest
import rfc8785

from creditgate.v1 import common_pb2, credit_check_pb2, receipts_pb2
from creditgate_server.ledger.environment import find_environment, here
from creditgate_server.publication.signers import SigningKey
from creditgate_server.storage.database import open_store

from ..commands import Done, command
from .errors import detail
from .running import COMMAND, TRUSTED, Gate, Service, checks, fill_registry, question, serving

CITIZEN = "11010519491231002X"  # the standard's own sample
ANOTHER = "110101180001010031"  # born in 1800
GROUND = "个人信息保护法第四十七条第一款第一项"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def whole(gate: Gate, receipt_id: str) -> dict[str, dict[str, object]]:
    stored = gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=receipt_id)).receipt
    content: dict[str, dict[str, object]] = json.loads(stored.canonical_json)
    return content


# -- trace and environment --------------------------------------------------------------------------------------------


def test_a_receipt_belongs_to_the_trace_of_its_call(gate: Gate) -> None:
    answer = gate.Check(question(), metadata=(("traceparent", f"00-{TRACE}-{SPAN}-01"),)).answer
    payload = whole(gate, answer.receipt.receipt_id)["payload"]
    assert (payload["trace_id"], payload["parent_span_id"]) == (TRACE, SPAN)
    assert re.fullmatch("[0-9a-f]{16}", str(payload["span_id"]))
    assert payload["span_id"] != SPAN


@pytest.mark.parametrize("wrong", [None, "00-xyz-1-01", f"00-{'0' * 32}-{SPAN}-01", f"ff-{TRACE}-{SPAN}-01"])
def test_without_a_sound_trace_it_begins_one(gate: Gate, wrong: str | None) -> None:
    metadata = () if wrong is None else (("traceparent", wrong),)
    payload = whole(gate, gate.Check(question(), metadata=metadata).answer.receipt.receipt_id)["payload"]
    assert re.fullmatch("[0-9a-f]{32}", str(payload["trace_id"]))
    assert payload["trace_id"] not in (TRACE, "0" * 32)
    assert payload["parent_span_id"] == ""


def test_a_trace_ends_with_its_call(gate: Gate) -> None:
    gate.Check(question(), metadata=(("traceparent", f"00-{TRACE}-{SPAN}-01"),))
    payload = whole(gate, gate.Check(question()).answer.receipt.receipt_id)["payload"]
    assert payload["trace_id"] != TRACE


def test_a_receipt_names_the_environment_that_decided(gate: Gate, service: Service) -> None:
    digest = str(whole(gate, gate.Check(question()).answer.receipt.receipt_id)["payload"]["environment"])
    with closing(open_store(service.store)) as store:
        environment = find_environment(store, digest)
    assert environment is not None
    assert environment == here()
    assert environment.libraries["durable-rules"] == "2.0.28"
    assert re.fullmatch("[0-9a-f]{64}", environment.code)


# -- the other hash ---------------------------------------------------------------------------------------------------


def test_a_service_may_hash_by_sm3(tmp_path: Path) -> None:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    with serving(tmp_path, ledger_hash="sm3") as service, service.channel() as channel:
        gate = checks(channel)
        answer = gate.Check(question()).answer
        content = whole(gate, answer.receipt.receipt_id)
    assert content["payload"]["algorithm"] == "sm3"
    assert hashlib.new("sm3", rfc8785.dumps(content["payload"])).hexdigest() == answer.receipt.digest.removeprefix(
        "sm3:"
    )
    opened = bytes.fromhex(str(content["decision_salt"])) + rfc8785.dumps(content["decision"])
    assert hashlib.new("sm3", opened).hexdigest() == content["payload"]["decision"]


def test_no_other_hash_is_taken(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(COMMAND), "serve", "--store", f"sqlite:///{tmp_path}/gate.db"],
        env={**os.environ, "CREDITGATE_LEDGER_HASH": "md5"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ledger_hash" in done.stderr


# -- erasure ----------------------------------------------------------------------------------------------------------


class Office:
    """A running service, and an officer who may erase."""

    def __init__(self, service: Service, gate: Gate, folder: Path) -> None:
        self.service, self.gate = service, gate
        self._register, self._key = folder / "signers.yaml", folder / "officer.pem"
        key = SigningKey.new()
        key.save(self._key)
        entry = {"name": "officer", "title": "法制科", "public_key": key.public, "may": ["erase"]}
        self._register.write_text(f"signers:\n  - {json.dumps(entry, ensure_ascii=False)}\n", "utf-8")

    def erase(self, *arguments: str) -> Done:
        signed = ["--signers", self._register, "--key", self._key]
        return command("ledger", "erase", "--store", self.service.store, *signed, *arguments)

    def ask(self, request_id: str = "", citizen: str = CITIZEN) -> credit_check_pb2.CheckAnswer:
        person = common_pb2.Subject(citizen_id=citizen, role=common_pb2.ROLE_LEGAL_REPRESENTATIVE)
        asked = question(subjects=[common_pb2.Subject(uscc=TRUSTED), person], request_id=request_id)
        return self.gate.Check(asked).answer


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    fill_registry(f"sqlite:///{folder}/gate.db")
    with serving(folder) as service, service.channel() as channel:
        yield Office(service, checks(channel), folder)


def test_an_erased_decision_is_shown_as_erased_with_day_and_ground(office: Office) -> None:
    answer = office.ask("erased-1")
    done = office.erase("--receipt", answer.receipt.receipt_id, "--part", "decision", "--ground", GROUND)
    assert done.returncode == 0, done.stderr
    assert f"{answer.receipt.receipt_id}: 已删除结论内容" in done.stdout
    stored = office.gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)).receipt
    (erased,) = stored.erased
    assert (erased.part, erased.ground) == (receipts_pb2.RECEIPT_PART_DECISION, GROUND)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", erased.erased_on)
    assert not stored.HasField("check")
    assert stored.summary.digest == answer.receipt.digest
    content = json.loads(stored.canonical_json)
    assert (content["decision"], content["decision_salt"]) == (None, None)
    assert content["question"]["purpose"] == "食品经营许可审批"
    assert hashlib.sha256(rfc8785.dumps(content["payload"])).hexdigest() == stored.summary.digest.removeprefix(
        "sha256:"
    )
    erasure = whole(office.gate, erased.receipt_id)
    assert (erasure["payload"]["kind"], erasure["payload"]["about"]) == ("erasure", answer.receipt.receipt_id)
    assert (erasure["question"]["ground"], erasure["question"]["by"]) == (GROUND, "officer")
    with pytest.raises(grpc.RpcError) as refused:
        office.ask("erased-1")
    assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert detail(refused.value).reason == "ERASED"
    assert office.ask("erased-2").receipt.receipt_id != answer.receipt.receipt_id


def test_a_persons_receipts_are_listed_and_erased_while_the_service_runs(office: Office) -> None:
    first, second = office.ask(citizen=ANOTHER), office.ask(citizen=ANOTHER)
    other = office.gate.Check(question()).answer
    person = first.standings[1].identifier
    listed = office.erase("--person", person, "--list")
    assert listed.returncode == 0, listed.stderr
    assert [line.split()[0] for line in listed.stdout.splitlines()[:-1]] == [
        first.receipt.receipt_id,
        second.receipt.receipt_id,
    ]
    done = office.erase("--person", person, "--ground", GROUND)
    assert done.returncode == 0, done.stderr
    assert "共 2 份, 已删除 2 份, 未删除 0 份" in done.stdout
    for answer in (first, second):
        stored = office.gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)).receipt
        assert person.encode() not in stored.canonical_json
        assert len(stored.erased) == 2
    kept = office.gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=other.receipt.receipt_id)).receipt
    assert kept.check == other
    verified = command("ledger", "verify", "--store", office.service.store)
    assert verified.returncode == 0, verified.stdout
    assert "依法删除的内容: " in verified.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ground", GROUND), "--receipt 或 --person"),
        (("--receipt", "r-none", "--ground", GROUND), "没有编号为 r-none 的回执"),
        (("--person", "p:12", "--ground", GROUND), "自然人标识写法不对"),
        (("--receipt", "r-none", "--person", "p:" + "0" * 64), "二者之一"),
    ],
)
def test_what_cannot_be_erased_is_told(office: Office, arguments: tuple[str, ...], message: str) -> None:
    done = office.erase(*arguments)
    assert done.returncode == 1
    assert message in done.stderr


def test_without_a_ground_or_again_nothing_is_erased(office: Office) -> None:
    receipt_id = office.ask().receipt.receipt_id
    done = office.erase("--receipt", receipt_id)
    assert (done.returncode, "删除的依据" in done.stderr) == (1, True)
    assert office.erase("--receipt", receipt_id, "--ground", GROUND).returncode == 0
    again = office.erase("--receipt", receipt_id, "--ground", GROUND)
    assert again.returncode == 1
    assert "已经删除" in again.stderr
