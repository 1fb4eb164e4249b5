"""What a sound question gets."""

from __future__ import annotations

import hashlib
import json

import grpc
import pytest
import rfc8785
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from creditgate.v1 import common_pb2, credit_check_pb2, receipts_pb2
from creditgate_server.rulebook.load import read_directory

from ..shared import RULES
from .errors import detail, reason
from .running import (
    BREACHER,
    ITEM,
    LISTED,
    ORGAN,
    TRUSTED,
    Gate,
    Service,
    batch,
    fictional,
    level_question,
    question,
    supervision,
)

SERVICES = [
    f"creditgate.v1.{name}Service"
    for name in ("CreditCheck", "Supervision", "Leniency", "ExemptionList", "ExemptionRegister", "RuleSet")
]


def test_the_ready_line_names_port_workers_and_rule_set(service: Service) -> None:
    digest = read_directory(RULES).rule_set.digest
    assert service.ready_line == f"creditgate-server ready on {service.target}, 1 worker, rule set {digest}\n"


def test_a_trusted_firm_gets_incentives_with_basis_and_receipt(gate: Gate) -> None:
    answer = gate.Check(question()).answer
    assert answer.outcome == credit_check_pb2.OUTCOME_INCENTIVES, answer
    assert answer.standings[0].grade.grade.code == "A"
    assert answer.standings[0].identifier == TRUSTED
    assert answer.receipt.receipt_id.startswith("r-")
    assert answer.receipt.digest.startswith("sha256:")
    assert answer.summary
    for measure in answer.measures:
        assert measure.basis, measure
        assert all(basis.instrument.title for basis in measure.basis), measure


def test_a_broken_commitment_restrains_and_shows_its_record(gate: Gate) -> None:
    answer = gate.Check(question(subjects=[common_pb2.Subject(uscc=BREACHER)])).answer
    assert answer.outcome == credit_check_pb2.OUTCOME_MEASURES, answer
    measure = next(one for one in answer.measures if one.measure.code == "no-commitment-route")
    assert measure.kind == credit_check_pb2.MEASURE_KIND_RESTRAINT
    assert measure.duty == credit_check_pb2.DUTY_MANDATORY
    assert [evidence.document_number for evidence in measure.evidence] == ["虚构承诺〔2026〕1号"]


def test_a_firm_that_nobody_delivered_is_undetermined_not_clear(gate: Gate) -> None:
    answer = gate.Check(question(subjects=[common_pb2.Subject(uscc=fictional(999))])).answer
    assert answer.outcome == credit_check_pb2.OUTCOME_UNDETERMINED, answer
    assert all(entry.supplier and entry.reason for entry in answer.undetermined), answer


def test_a_citizen_number_is_answered_by_its_keyed_hash_alone(gate: Gate, service: Service) -> None:
    number = "11010519491231002X"  # the standard's own sample
    person = common_pb2.Subject(citizen_id=number, role=common_pb2.ROLE_LEGAL_REPRESENTATIVE)
    answer = gate.Check(question(subjects=[common_pb2.Subject(uscc=TRUSTED), person])).answer
    key = answer.standings[1].identifier
    assert key.startswith("p:")
    by_key = common_pb2.Subject(person_key=key, role=common_pb2.ROLE_LEGAL_REPRESENTATIVE)
    again = gate.Check(question(subjects=[common_pb2.Subject(uscc=TRUSTED), by_key])).answer
    assert again.standings[1].identifier == key
    stored = gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)).receipt
    assert number.encode() not in stored.canonical_json
    assert number not in service.log.read_text("utf-8")


def test_a_receipt_can_be_had_again_with_its_answer_and_its_hash(gate: Gate) -> None:
    answer = gate.Check(question(subjects=[common_pb2.Subject(uscc=BREACHER)])).answer
    stored = gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)).receipt
    assert stored.check == answer
    whole = json.loads(stored.canonical_json)
    payload = whole["payload"]
    assert hashlib.sha256(rfc8785.dumps(payload)).hexdigest() == stored.summary.digest.removeprefix("sha256:")
    assert stored.summary.digest == answer.receipt.digest
    for part in ("question", "decision"):
        opened = bytes.fromhex(whole[f"{part}_salt"]) + rfc8785.dumps(whole[part])
        assert hashlib.sha256(opened).hexdigest() == payload[part]
    assert (payload["format"], payload["algorithm"], payload["rule_set"]) == (4, "sha256", answer.rule_set)
    assert (payload["organ"], payload["item"], payload["case_number"]) == (ORGAN, ITEM, "虚构-2026-0001")
    assert (payload["subjects"], payload["answer"], payload["about"]) == (1, "measures", "")
    assert BREACHER not in rfc8785.dumps(payload).decode()
    assert not stored.erased
    assert stored.number >= 1


def test_the_same_request_id_and_body_gives_the_same_answer_and_receipt(gate: Gate) -> None:
    asked = question(request_id="same-id-same-body", explain=True)
    first, second = gate.Check(asked).answer, gate.Check(asked).answer
    assert first == second


def test_the_same_request_id_with_another_body_is_a_conflict(gate: Gate) -> None:
    gate.Check(question(request_id="same-id-other-body"))
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(request_id="same-id-other-body", purpose="别的用途"))
    assert refused.value.code() is grpc.StatusCode.ALREADY_EXISTS
    assert detail(refused.value).reason == "REQUEST_ID_REUSED"


def test_facts_may_be_typed_or_written(gate: Gate) -> None:
    typed = [
        common_pb2.Fact(name="commitment_requested", value=common_pb2.FactValue(flag=True)),
        common_pb2.Fact(name="documents_missing", value=common_pb2.FactValue(whole=2)),
    ]
    written = [
        common_pb2.Fact(name="documents_missing", value=common_pb2.FactValue(written="2")),
        common_pb2.Fact(name="commitment_requested", value=common_pb2.FactValue(written="true")),
    ]
    first = gate.Check(question(facts=typed, request_id="typed-or-written")).answer
    assert gate.Check(question(facts=written, request_id="typed-or-written")).answer == first


def test_near_misses_come_where_asked_for_only(gate: Gate) -> None:
    asked = question(subjects=[common_pb2.Subject(uscc=BREACHER)])
    assert not gate.Check(asked).answer.near_misses
    asked.explain = True
    for miss in gate.Check(asked).answer.near_misses:
        assert miss.rule.title
        assert miss.condition


def test_what_was_known_before_the_first_delivery_is_nothing(gate: Gate) -> None:
    answer = gate.Check(question(as_of="2025-06-01", known_at="2025-06-01T08:00:00+08:00")).answer
    assert answer.outcome == credit_check_pb2.OUTCOME_UNDETERMINED
    assert answer.as_of == "2025-06-01"


def test_a_level_has_grade_frequency_and_receipt(channel: grpc.Channel) -> None:
    request = level_question(TRUSTED, request_id="level-once")
    answer = supervision(channel).AssessLevel(request).answer
    assert answer.standing.grade.grade.code == "A"
    assert answer.standing.level.level.code
    assert answer.standing.level.frequency
    assert supervision(channel).AssessLevel(request).answer == answer


def test_in_a_batch_a_wrong_question_fails_alone_and_order_holds(gate: Gate) -> None:
    questions = [question(case_number=f"批-{number}") for number in range(40)]
    questions[17] = question(item="no-such-item")
    answers = gate.BatchCheck(batch(questions)).results
    assert len(answers) == 40
    assert [number for number, one in enumerate(answers) if one.HasField("failure")] == [17]
    assert reason(answers[17].failure) == "INVALID_QUESTION"
    assert answers[17].failure.violations[0].field == "item"
    for number in (0, 39):
        stored = gate.GetReceipt(
            receipts_pb2.GetReceiptRequest(receipt_id=answers[number].answer.receipt.receipt_id)
        ).receipt
        assert json.loads(stored.canonical_json)["question"]["case_number"] == f"批-{number}"


def test_a_batch_says_the_age_of_a_feed_once_and_each_answer_names_its_own(gate: Gate) -> None:
    questions = [question(), question(item="no-such-item"), question(as_of="2026-06-01"), question(organ="", item="")]
    questions += [question(), question(organ="finance", item="government-procurement")]
    told = gate.BatchCheck(batch(questions))
    named = [[told.feeds[place] for place in one.feeds] for one in told.results]
    assert [len(feeds) > 0 for feeds in named] == [True, False, True, False, True, True]
    for one, feeds in zip(told.results, named, strict=True):
        if one.HasField("answer"):
            assert not one.answer.feeds
            stored = gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=one.answer.receipt.receipt_id)).receipt
            assert list(stored.check.feeds) == feeds
    assert len({feed.SerializeToString() for feed in told.feeds}) == len(told.feeds)
    assert named[0] == named[4] != named[2]


def test_one_request_id_twice_in_a_batch_is_one_receipt(gate: Gate) -> None:
    twins = [question(request_id="twins"), question(request_id="twins"), question(request_id="twins", item="x")]
    first, second, third = gate.BatchCheck(batch(twins)).results
    assert first.answer == second.answer
    assert reason(third.failure) == "INVALID_QUESTION"


@pytest.mark.parametrize("count", [0, 201])
def test_a_batch_has_1_to_200_questions(gate: Gate, count: int) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.BatchCheck(batch([question()] * count))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_reflection_lists_the_services(channel: grpc.Channel) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    answer = next(iter(stub.ServerReflectionInfo(iter([request]))))
    names = {one.name for one in answer.list_services_response.service}
    assert {*SERVICES, "grpc.health.v1.Health"} <= names


def test_health_is_told_for_the_whole_and_each_service(service: Service) -> None:
    for name in ("", *SERVICES):
        service.await_health(1, name)


def test_logs_name_caller_item_and_receipt_but_no_subject(gate: Gate, service: Service) -> None:
    answer = gate.Check(question(subjects=[common_pb2.Subject(uscc=BREACHER)])).answer
    line = service.await_event(receipt=answer.receipt.receipt_id)
    assert (line["method"], line["status"], line["caller"], line["item"]) == ("Check", "OK", "local", ITEM)
    assert BREACHER not in service.log.read_text("utf-8")


def test_no_second_opinion_differed(gate: Gate, service: Service) -> None:
    gate.Check(question())
    assert not [event for event in service.events() if event["level"] == "critical"]


def test_of_two_grades_the_gravest_counts_and_gives_the_level(channel: grpc.Channel) -> None:
    request = level_question(LISTED, "双随机抽查")
    answer = supervision(channel).AssessLevel(request).answer
    assert (answer.standing.grade.grade.code, answer.standing.grade.rule) == ("D", "grade-severe-list")
    assert answer.standing.level.level.code == "key"
