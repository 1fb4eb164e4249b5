"""Each wrong question gets a typed error that names the field, and the service goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from creditgate.v1 import common_pb2, credit_check_pb2, receipts_pb2
from creditgate_server.clock import legal_day

from .errors import detail, violation, violations
from .running import TRUSTED, Gate, citizen_born, level_question, question, supervision

Subject = common_pb2.Subject


def Fact(name: str = "", **value: object) -> common_pb2.Fact:
    return common_pb2.Fact(name=name, value=common_pb2.FactValue(**value))


NOW = datetime.now(UTC)
AHEAD = (legal_day(NOW) + timedelta(days=2)).isoformat()
"""In the future, of a run over midnight too."""
NO_DAY, UNBORN = citizen_born("19900230"), citizen_born(AHEAD.replace("-", ""))
WRONG_DIGIT = TRUSTED[:17] + ("0" if TRUSTED[17] != "0" else "1")
WRONG_PERSON = "110105194912310021"


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "organ missing": ({"organ": ""}, "organ"),
    "organ unknown": ({"organ": "no-such-organ"}, "organ"),
    "item missing": ({"item": ""}, "item"),
    "item unknown": ({"item": "food-busines-licence"}, "item"),
    "case number missing": ({"case_number": ""}, "case_number"),
    "case number blank": ({"case_number": "  "}, "case_number"),
    "case number too long": ({"case_number": "号" * 65}, "case_number"),
    "case number with NUL": ({"case_number": "a\0b"}, "case_number"),
    "case number with newline": ({"case_number": "a\nb"}, "case_number"),
    "purpose missing": ({"purpose": ""}, "purpose"),
    "purpose with newlines": ({"purpose": "审\r\n批"}, "purpose"),
    "purpose with a right-to-left mark": ({"purpose": "审\u202e批"}, "purpose"),
    "purpose too long": ({"purpose": "用" * 201}, "purpose"),
    "request id not ASCII": ({"request_id": "编号"}, "request_id"),
    "request id with NUL": ({"request_id": "a\0"}, "request_id"),
    "request id too long": ({"request_id": "x" * 65}, "request_id"),
    "stage not said": ({"stage": 0}, "stage"),
    "stage out of range": ({"stage": 99}, "stage"),
    "no subjects": ({"subjects": []}, "subjects"),
    "21 subjects": ({"subjects": [Subject(uscc=TRUSTED)] * 21}, "subjects"),
    "subject empty": ({"subjects": [Subject()]}, "subjects[0]"),
    "uscc empty": ({"subjects": [Subject(uscc="")]}, "subjects[0].uscc"),
    "uscc with a wrong check digit": ({"subjects": [Subject(uscc=WRONG_DIGIT)]}, "subjects[0].uscc"),
    "uscc too short": ({"subjects": [Subject(uscc=TRUSTED[:17])]}, "subjects[0].uscc"),
    "uscc in lower case": ({"subjects": [Subject(uscc=TRUSTED.lower())]}, "subjects[0].uscc"),
    "uscc with NUL": ({"subjects": [Subject(uscc=TRUSTED[:17] + "\0")]}, "subjects[0].uscc"),
    "uscc of another script's digits": ({"subjects": [Subject(uscc=TRUSTED.replace("9", "９"))]}, "subjects[0].uscc"),
    "citizen number wrong": ({"subjects": [Subject(citizen_id=WRONG_PERSON)]}, "subjects[0].citizen_id"),
    "citizen born on 30 February": (
        {"subjects": [Subject(citizen_id=NO_DAY)]},
        "subjects[0].citizen_id",
    ),
    "citizen yet to be born": (
        {"subjects": [Subject(citizen_id=UNBORN)]},
        "subjects[0].citizen_id",
    ),
    "person key wrong": ({"subjects": [Subject(person_key="p:12")]}, "subjects[0].person_key"),
    "role out of range": ({"subjects": [Subject(uscc=TRUSTED, role=77)]}, "subjects[0].role"),
    "subject twice": ({"subjects": [Subject(uscc=TRUSTED), Subject(uscc=TRUSTED, role=1)]}, "subjects[1]"),
    "fact unknown": ({"facts": [Fact(name="commitment_request", flag=True)]}, "facts[0].name"),
    "fact without name": ({"facts": [Fact(flag=True)]}, "facts[0].name"),
    "fact that the registry supplies": ({"facts": [Fact(name="grade", choice="A")]}, "facts[0].name"),
    "fact twice": ({"facts": [Fact(name="documents_missing", whole=1)] * 2}, "facts[1].name"),
    "fact without value": ({"facts": [Fact(name="documents_missing")]}, "facts[0].value"),
    "fact of another type": ({"facts": [Fact(name="documents_missing", flag=True)]}, "facts[0].value.flag"),
    "whole out of range": ({"facts": [Fact(name="documents_missing", whole=10**15 + 1)]}, "facts[0].value.whole"),
    "whole written badly": ({"facts": [Fact(name="documents_missing", written="1e3")]}, "facts[0].value.written"),
    "flag written badly": ({"facts": [Fact(name="commitment_requested", written="yes")]}, "facts[0].value.written"),
    "money negative": ({"facts": [Fact(name="project_amount", fen=-1)]}, "facts[0].value.fen"),
    "money beyond what JSON holds": ({"facts": [Fact(name="project_amount", fen=2**53)]}, "facts[0].value.fen"),
    "money beyond it, written": (
        {"facts": [Fact(name="project_amount", written="90071992547409.92")]},
        "facts[0].value.written",
    ),
    "money that is no number": ({"facts": [Fact(name="project_amount", written="NaN")]}, "facts[0].value.written"),
    "money without end": ({"facts": [Fact(name="project_amount", written="1E+99999999")]}, "facts[0].value.written"),
    "money with three decimals": ({"facts": [Fact(name="project_amount", written="1.005")]}, "facts[0].value.written"),
    "65 facts": (
        {"facts": [Fact(name="documents_missing", whole=1)] + [Fact(name="x", flag=True)] * 64},
        "facts",
    ),
    "day empty": ({"as_of": ""}, "as_of"),
    "day badly written": ({"as_of": "2026/01/01"}, "as_of"),
    "day that is none": ({"as_of": "2025-02-29"}, "as_of"),
    "day of another script": ({"as_of": "２０２５-01-01"}, "as_of"),
    "day in the future": ({"as_of": AHEAD}, "as_of"),
    "day before 1990": ({"as_of": "1989-12-31"}, "as_of"),
    "instant in the future": ({"known_at": (NOW + timedelta(days=1)).isoformat()}, "known_at"),
    "instant at the end of time": ({"known_at": Timestamp(seconds=10**12)}, "known_at"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_question_is_refused_with_its_field(gate: Gate, name: str) -> None:
    changes, field = WRONG[name]
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(**changes))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violation(refused.value).field == field
    info = detail(refused.value)
    assert (info.reason, info.domain) == ("INVALID_QUESTION", "creditgate")
    assert gate.Check(question()).answer.receipt.receipt_id


def test_another_organs_item_is_not_yours(gate: Gate) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(organ="ecology-environment"))
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert detail(refused.value).reason == "NOT_YOURS"


def test_a_misspelled_item_gets_a_suggestion(gate: Gate) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(item="food-busines-licence"))
    assert "food-business-licence" in detail(refused.value).metadata["hint"]


def test_a_wrong_citizen_number_is_never_repeated(gate: Gate) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(subjects=[Subject(citizen_id=WRONG_PERSON)]))
    assert WRONG_PERSON not in str(refused.value)


def test_a_request_of_5_megabytes_is_too_much(gate: Gate) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(purpose="x" * 5_000_000))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert gate.Check(question()).answer.receipt.receipt_id


def test_bytes_that_are_no_request_are_refused(channel: grpc.Channel, gate: Gate) -> None:
    raw = channel.unary_unary("/creditgate.v1.CreditCheckService/Check")
    with pytest.raises(grpc.RpcError):
        raw(b"\xff\xff\xff not a message")
    assert gate.Check(question()).answer.receipt.receipt_id


@pytest.mark.parametrize("receipt", ["r-no-such-receipt", "", "'; DROP TABLE receipt; --"])
def test_an_unknown_receipt_is_not_found(gate: Gate, receipt: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=receipt))
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


def test_every_fault_of_a_question_is_told_in_the_order_of_its_fields(gate: Gate) -> None:
    wrong = question(
        case_number="",
        stage=0,
        subjects=[Subject(uscc=WRONG_DIGIT), Subject(uscc=TRUSTED), Subject()],
        facts=[Fact("documents_missing", flag=True), Fact("commitment_requested", flag=True), Fact("nothing", whole=1)],
        purpose="",
        as_of="1989-12-31",
    )
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(wrong)
    assert [one.field for one in violations(refused.value)] == [
        "case_number",
        "stage",
        "subjects[0].uscc",
        "subjects[2]",
        "facts[0].value.flag",
        "facts[2].name",
        "purpose",
        "as_of",
    ]


def test_a_request_without_a_question_is_refused(gate: Gate) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(credit_check_pb2.CheckRequest(request_id="nothing-asked"))
    assert violation(refused.value).field == "question"


def test_a_level_question_is_checked_as_well(channel: grpc.Channel) -> None:
    nobody = level_question(TRUSTED)
    nobody.question.ClearField("subject")
    wrong = level_question(WRONG_DIGIT)
    with pytest.raises(grpc.RpcError) as refused:
        supervision(channel).AssessLevel(wrong)
    assert violation(refused.value).field == "subject.uscc"
    with pytest.raises(grpc.RpcError) as refused:
        supervision(channel).AssessLevel(nobody)
    assert violation(refused.value).field == "subject"
