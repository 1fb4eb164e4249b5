"""LeniencyService: the whole answer over the wire, retries, batches, and a typed error for each wrong question."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import grpc
import pytest

from creditgate.v1 import common_pb2, credit_check_pb2, credit_check_pb2_grpc, leniency_pb2, leniency_pb2_grpc
from creditgate_server.clock import legal_day

from .errors import detail, violation
from .running import TRUSTED
from .violations import FACTS

Subject, Fact = common_pb2.Subject, common_pb2.Fact
Gate = credit_check_pb2_grpc.CreditCheckServiceStub
TODAY = legal_day(datetime.now(UTC))
TOMORROW = (TODAY + timedelta(days=1)).isoformat()
ACT = (TODAY - timedelta(days=3)).isoformat()
BORN_2013_03_01 = "110105201303010008"


@pytest.fixture(scope="module")
def stub(channel: grpc.Channel) -> leniency_pb2_grpc.LeniencyServiceStub:
    return leniency_pb2_grpc.LeniencyServiceStub(channel)


def asked(**changes: object) -> leniency_pb2.EvaluateRequest:
    given: dict[str, object] = {
        "organ": "market-regulation",
        "exemption": "m17",
        "case_number": "案-1",
        "subject": Subject(uscc=TRUSTED),
        "acted_on": ACT,
        "discovered_on": ACT,
        "corrected_on": ACT,
        "facts": [Fact(name=name, written=value) for name, value in FACTS.items()],
        "purpose": "行政处罚裁量核查",
        **changes,
    }
    return leniency_pb2.EvaluateRequest(**given)


def test_the_answer_has_everything_that_an_inspector_needs(stub, gate: Gate) -> None:
    answer = stub.Evaluate(asked())
    assert answer.decision == leniency_pb2.LENIENCY_MAY_BE_EXEMPT
    assert list(answer.decided_by) == ["law-first", "m17-samr-2025-1-first"]
    (entry,) = [ground for ground in answer.grounds if ground.rule == "m17-samr-2025-1-first"]
    assert {condition.state for condition in entry.conditions} == {leniency_pb2.CONDITION_STATE_MET}
    assert ("penalty-law", "第三十三条第一款") in {(basis.instrument, basis.article) for basis in answer.basis}
    assert "education" in [measure.code for measure in answer.soft_measures]
    assert [step.code for step in answer.steps] == ["verify", "decide", "register", "recheck"]
    receipt = gate.GetReceipt(credit_check_pb2.GetReceiptRequest(id=answer.receipt.id))
    assert receipt.hash == answer.receipt.hash
    assert json.loads(receipt.canonical_json)["payload"]["kind"] == "leniency"


def test_what_is_not_known_is_listed_with_who_can_supply_it(stub) -> None:
    facts = [Fact(name=name, written=value) for name, value in FACTS.items() if name != "goods_destroyed"]
    without = [fact for fact in facts if fact.name != "consequences"] + [Fact(name="consequences", choice="more")]
    answer = stub.Evaluate(asked(facts=without))
    assert answer.decision == leniency_pb2.LENIENCY_UNDETERMINED
    assert [(entry.what, entry.supplier) for entry in answer.missing] == [("goods_destroyed", "办案人员")]


def test_a_retry_has_the_same_receipt_and_another_body_is_refused(stub) -> None:
    first = stub.Evaluate(asked(request_id="leniency-retry"))
    second = stub.Evaluate(asked(request_id="leniency-retry"))
    assert second == first
    for change in ({"discovered_on": ""}, {"facts": []}, {"region": "440100"}, {"case_number": "案-2"}):
        with pytest.raises(grpc.RpcError) as refused:
            stub.Evaluate(asked(request_id="leniency-retry", **change))
        assert refused.value.code() is grpc.StatusCode.ALREADY_EXISTS


def test_a_wrong_question_of_a_batch_fails_alone(stub) -> None:
    batch = leniency_pb2.BatchEvaluateRequest(questions=[asked(), asked(exemption="m99"), asked(region="310000")])
    results = stub.BatchEvaluate(batch).results
    assert [result.WhichOneof("result") for result in results] == ["answer", "error", "answer"]
    assert (results[1].error.reason, results[1].error.field) == ("INVALID_QUESTION", "exemption")


def test_an_act_on_no_list_is_judged_by_the_law_and_told_what_may_be_meant(stub) -> None:
    answer = stub.Evaluate(asked(exemption="", description="超市货架上有过了保质期的面包", facts=[]))
    assert answer.decision == leniency_pb2.LENIENCY_UNDETERMINED
    assert all(not ground.list for ground in answer.grounds)
    assert answer.suggestions[0].code == "m17"


def test_a_description_without_a_word_is_answered_without_suggestions(stub) -> None:
    answer = stub.Evaluate(asked(exemption="", description="？？！", facts=[]))
    assert answer.receipt.id
    assert not answer.suggestions


def test_the_age_is_read_off_an_identity_number_before_it_is_hashed(stub, gate: Gate) -> None:
    """Born on 2013-03-01: 13 whole years on 2026-10-01, less than 14."""
    answer = stub.Evaluate(
        asked(
            exemption="",
            description="损坏公共设施",
            subject=Subject(citizen_id=BORN_2013_03_01),
            facts=[],
            acted_on="2026-10-01",
            discovered_on="2026-10-01",
            corrected_on="",
        )
    )
    assert answer.decision == leniency_pb2.LENIENCY_NO_PENALTY_CAPACITY
    receipt = gate.GetReceipt(credit_check_pb2.GetReceiptRequest(id=answer.receipt.id))
    assert BORN_2013_03_01 not in receipt.canonical_json and "20130301" not in receipt.canonical_json


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "organ unknown": ({"organ": "no-such-organ"}, "organ"),
    "entry and description": ({"description": "某行为"}, "exemption"),
    "neither entry nor description": ({"exemption": ""}, "exemption"),
    "entry unknown": ({"exemption": "m71"}, "exemption"),
    "entry of another organ": ({"exemption": "t01"}, "exemption"),
    "description too long": ({"exemption": "", "description": "长" * 501}, "description"),
    "description with a newline": ({"exemption": "", "description": "甲\n乙"}, "description"),
    "no subject": ({"subject": None}, "subject"),
    "uscc wrong": ({"subject": Subject(uscc="9" * 18)}, "subject.uscc"),
    "case number missing": ({"case_number": ""}, "case_number"),
    "purpose missing": ({"purpose": ""}, "purpose"),
    "act in the future": ({"acted_on": TOMORROW}, "acted_on"),
    "act that is no day": ({"acted_on": "2026-02-30"}, "acted_on"),
    "end without beginning": ({"acted_on": "", "act_ended_on": ACT}, "acted_on"),
    "end before beginning": ({"act_ended_on": "2020-01-01"}, "act_ended_on"),
    "discovered before the act": ({"discovered_on": "2020-01-01"}, "discovered_on"),
    "discovered before the end": (
        {"acted_on": "2026-01-01", "act_ended_on": ACT, "discovered_on": "2026-02-01"},
        "discovered_on",
    ),
    "corrected before the act": ({"corrected_on": "2020-01-01"}, "corrected_on"),
    "corrected in the future": ({"corrected_on": TOMORROW}, "corrected_on"),
    "deadline before the discovery": ({"deadline_on": "2020-01-01"}, "deadline_on"),
    "corrected on a day and not corrected": ({"facts": [Fact(name="corrected", flag=False)]}, "corrected_on"),
    "deadline and none set": (
        {"deadline_on": TOMORROW, "facts": [Fact(name="deadline_set", flag=False)]},
        "deadline_on",
    ),
    "region of five digits": ({"region": "44190"}, "region"),
    "region unknown": ({"region": "990000"}, "region"),
    "fact unknown": ({"facts": [Fact(name="goods_valu", written="1")]}, "facts[0].name"),
    "fact of an application": ({"facts": [Fact(name="commitment_requested", flag=True)]}, "facts[0].name"),
    "day of the case as a fact": ({"facts": [Fact(name="discovered_on", day=ACT)]}, "facts[0].name"),
    "fact of another type": ({"facts": [Fact(name="goods_value", flag=True)]}, "facts[0].flag"),
    "choice unknown": ({"facts": [Fact(name="consequences", choice="huge")]}, "facts[0].choice"),
    "legal day in the future": ({"as_of": TOMORROW}, "as_of"),
    "instant in the future": ({"known_at": "2099-01-01T00:00:00Z"}, "known_at"),
    "age against the number": (
        {
            "exemption": "",
            "description": "某行为",
            "subject": Subject(citizen_id=BORN_2013_03_01),
            "acted_on": "2026-10-01",
            "corrected_on": "",
            "discovered_on": "",
            "facts": [Fact(name="party_age", whole=18)],
        },
        "facts",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_question_names_its_field(stub, name: str) -> None:
    change, field = WRONG[name]
    with pytest.raises(grpc.RpcError) as refused:
        stub.Evaluate(asked(**change))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert detail(refused.value).reason == "INVALID_QUESTION"
    assert violation(refused.value).field == field
    assert stub.Evaluate(asked()).decision == leniency_pb2.LENIENCY_MAY_BE_EXEMPT


def test_a_credit_check_takes_no_circumstance_of_a_violation(gate: Gate) -> None:
    from .running import question

    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(facts=[Fact(name="malicious", flag=True)]))
    assert violation(refused.value).field == "facts[0].name"
