"""LeniencyService: the whole answer over the wire, retries, batches, and a typed error for each wrong question."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import grpc
import pytest

from creditgate.v1 import common_pb2, leniency_pb2, leniency_pb2_grpc, receipts_pb2
from creditgate_server.clock import add_months, legal_day

from .errors import detail, reason, violation
from .running import TRUSTED, Gate, Service, citizen_born, instant, question
from .violations import FACTS, item

Subject = common_pb2.SubjectIdentity
TODAY = legal_day(datetime.now(UTC))
AHEAD = (TODAY + timedelta(days=2)).isoformat()
"""In the future, of a run over midnight too."""
NO_DAY, UNBORN = citizen_born("19900230"), citizen_born(AHEAD.replace("-", ""))
ACT = (TODAY - timedelta(days=3)).isoformat()
BORN_2013_03_01 = "110105201303010008"
BORN_2012_03_01 = "110105201203010000"


def Fact(name: str = "", **value: object) -> common_pb2.Fact:
    return common_pb2.Fact(name=name, value=common_pb2.FactValue(**value))


@pytest.fixture(scope="module")
def stub(channel: grpc.Channel) -> leniency_pb2_grpc.LeniencyServiceStub:
    return leniency_pb2_grpc.LeniencyServiceStub(channel)


MAY_BE_ABSENT = ("exemption", "acted_on", "act_ended_on", "discovered_on", "corrected_on", "deadline_on")
"""What a test leaves out by an empty text."""


def asked(**changes: object) -> leniency_pb2.EvaluateLeniencyRequest:
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
    request_id = given.pop("request_id", "")
    pin = {name: given.pop(name) for name in ("rule_set", "at_least_activation") if name in given}
    if isinstance(given.get("known_at"), str):
        given["known_at"] = instant(str(given["known_at"]))
    said = {name: value for name, value in given.items() if value != "" or name not in MAY_BE_ABSENT}
    return leniency_pb2.EvaluateLeniencyRequest(
        question=leniency_pb2.LeniencyQuestion(**said),
        request_id=request_id,
        pin=common_pb2.Pin(**pin) if pin else None,
    )


def asked_together(*requests: leniency_pb2.EvaluateLeniencyRequest) -> leniency_pb2.BatchEvaluateLeniencyRequest:
    return leniency_pb2.BatchEvaluateLeniencyRequest(questions=[item(one) for one in requests])


def test_the_answer_has_everything_that_an_inspector_needs(stub, gate: Gate) -> None:
    answer = stub.EvaluateLeniency(asked()).answer
    assert answer.leniency == leniency_pb2.LENIENCY_MAY_BE_EXEMPT
    assert list(answer.decided_by) == ["law-first", "m17-samr-2025-1-first"]
    (entry,) = [ground for ground in answer.grounds if ground.rule.code == "m17-samr-2025-1-first"]
    assert {condition.state for condition in entry.conditions} == {leniency_pb2.CONDITION_STATE_MET}
    assert ("penalty-law", "第三十三条第一款") in {(basis.instrument.code, basis.article) for basis in answer.basis}
    assert "education" in [one.measure.code for one in answer.soft_measures]
    assert [step.step.code for step in answer.steps] == ["verify", "decide", "register", "recheck"]
    receipt = gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)).receipt
    assert receipt.summary.digest == answer.receipt.digest
    assert json.loads(receipt.canonical_json)["payload"]["kind"] == "leniency"
    assert receipt.leniency == answer
    assert not receipt.HasField("check")


def test_what_is_not_known_is_listed_with_who_can_supply_it(stub) -> None:
    facts = [Fact(name=name, written=value) for name, value in FACTS.items() if name != "catering"]
    without = [fact for fact in facts if fact.name != "consequences"] + [Fact(name="consequences", choice="more")]
    answer = stub.EvaluateLeniency(asked(facts=without)).answer
    assert answer.leniency == leniency_pb2.LENIENCY_UNDETERMINED
    assert [(one.fact.fact.code, one.supplier) for one in answer.undetermined] == [("catering", "办案人员")]
    (asks,) = answer.undetermined
    assert (asks.fact.type, asks.fact.fact.title) == (common_pb2.FACT_TYPE_FLAG, asks.label)


def test_a_retry_has_the_same_receipt_and_another_body_is_refused(stub) -> None:
    first = stub.EvaluateLeniency(asked(request_id="leniency-retry")).answer
    second = stub.EvaluateLeniency(asked(request_id="leniency-retry")).answer
    assert second == first
    for change in ({"discovered_on": ""}, {"facts": []}, {"region": "440100"}, {"case_number": "案-2"}):
        with pytest.raises(grpc.RpcError) as refused:
            stub.EvaluateLeniency(asked(request_id="leniency-retry", **change))
        assert refused.value.code() is grpc.StatusCode.ALREADY_EXISTS


def test_a_wrong_question_of_a_batch_fails_alone(stub) -> None:
    batch = asked_together(asked(), asked(exemption="m99"), asked(region="310000"))
    results = stub.BatchEvaluateLeniency(batch).results
    assert [result.WhichOneof("result") for result in results] == ["answer", "failure", "answer"]
    assert (reason(results[1].failure), results[1].failure.violations[0].field) == ("INVALID_QUESTION", "exemption")


def test_a_batch_says_the_age_of_a_feed_once(stub) -> None:
    batch = stub.BatchEvaluateLeniency(asked_together(asked(), asked(exemption="m99"), asked()))
    assert [len(one.answer.feeds) for one in batch.results] == [0, 0, 0]
    assert [[batch.feeds[place] for place in one.feeds] for one in batch.results] == [
        list(stub.EvaluateLeniency(asked()).answer.feeds),
        [],
        list(stub.EvaluateLeniency(asked()).answer.feeds),
    ]
    assert len(batch.feeds) == len(batch.results[0].feeds) > 0


def test_an_act_on_no_list_is_judged_by_the_law_and_told_what_may_be_meant(stub, gate: Gate) -> None:
    answer = stub.EvaluateLeniency(asked(exemption="", description="超市货架上有过了保质期的面包", facts=[])).answer
    assert answer.leniency == leniency_pb2.LENIENCY_UNDETERMINED
    assert all(not ground.HasField("list") for ground in answer.grounds)
    assert answer.suggestions[0].code == "m17"
    stored = gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)).receipt.leniency
    assert not stored.suggestions
    stored.suggestions.extend(answer.suggestions)
    assert stored == answer


def suggested(stub, **changes: object) -> set[str]:
    answer = stub.EvaluateLeniency(asked(exemption="", facts=[], **changes)).answer
    return {entry.code for entry in answer.suggestions}


def test_only_entries_of_lists_in_force_at_that_place_and_time_are_suggested(stub) -> None:
    """The drug advertisement of Shanghai's list of 2019, which was repealed on 2023-12-25 and held nowhere else."""
    advertisement = {"description": "药品广告没有写广告批准文号", "discovered_on": "", "corrected_on": ""}
    then, later = {"acted_on": "2023-12-20"}, {"acted_on": "2023-12-26"}
    assert "m16" in suggested(stub, region="310000", **advertisement, **then)
    assert "m16" not in suggested(stub, region="310000", **advertisement, **later)
    assert "m16" not in suggested(stub, region="441900", **advertisement, **then)


def test_a_description_without_a_word_is_answered_without_suggestions(stub) -> None:
    answer = stub.EvaluateLeniency(asked(exemption="", description="？？！", facts=[])).answer
    assert answer.receipt.receipt_id
    assert not answer.suggestions


def test_the_age_is_read_off_an_identity_number_before_it_is_hashed(stub, gate: Gate) -> None:
    """Born on 2013-03-01: 13 whole years on 2026-10-01, less than 14."""
    answer = stub.EvaluateLeniency(
        asked(
            exemption="",
            description="损坏公共设施",
            subject=Subject(citizen_id=BORN_2013_03_01),
            facts=[],
            acted_on="2026-10-01",
            discovered_on="2026-10-01",
            corrected_on="",
        )
    ).answer
    assert answer.leniency == leniency_pb2.LENIENCY_NO_PENALTY_CAPACITY
    receipt = gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)).receipt
    assert BORN_2013_03_01.encode() not in receipt.canonical_json and b"20130301" not in receipt.canonical_json


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "organ missing": ({"organ": ""}, "organ"),
    "organ unknown": ({"organ": "no-such-organ"}, "organ"),
    "neither entry nor description": ({"exemption": ""}, "exemption"),
    "description blank": ({"exemption": "", "description": "  "}, "description"),
    "entry unknown": ({"exemption": "m71"}, "exemption"),
    "entry of another organ": ({"exemption": "t01"}, "exemption"),
    "description too long": ({"exemption": "", "description": "长" * 501}, "description"),
    "description with a newline": ({"exemption": "", "description": "甲\n乙"}, "description"),
    "no subject": ({"subject": None}, "subject"),
    "subject without identifier": ({"subject": Subject()}, "subject"),
    "citizen number wrong": ({"subject": Subject(citizen_id=BORN_2013_03_01[:17] + "1")}, "subject.citizen_id"),
    "citizen born on 30 February": ({"subject": Subject(citizen_id=NO_DAY)}, "subject.citizen_id"),
    "citizen yet to be born": (
        {"subject": Subject(citizen_id=UNBORN)},
        "subject.citizen_id",
    ),
    "goods worth more than JSON holds": ({"facts": [Fact(name="goods_value", fen=2**53)]}, "facts[0].value.fen"),
    "person key wrong": ({"subject": Subject(person_key="p:12")}, "subject.person_key"),
    "uscc wrong": ({"subject": Subject(uscc="9" * 18)}, "subject.uscc"),
    "case number missing": ({"case_number": ""}, "case_number"),
    "case number too long": ({"case_number": "号" * 65}, "case_number"),
    "purpose missing": ({"purpose": ""}, "purpose"),
    "purpose with a newline": ({"purpose": "核\n查"}, "purpose"),
    "request id not ASCII": ({"request_id": "编号"}, "request_id"),
    "act in the future": ({"acted_on": AHEAD}, "acted_on"),
    "act that is no day": ({"acted_on": "2026-02-30"}, "acted_on"),
    "act before the party was born": (
        {
            "subject": Subject(citizen_id=BORN_2013_03_01),
            "acted_on": "2013-02-28",
            "discovered_on": "2013-02-28",
            "facts": [],
        },
        "acted_on",
    ),
    "end before the party was born": (
        {
            "subject": Subject(citizen_id=BORN_2013_03_01),
            "acted_on": "2012-01-01",
            "act_ended_on": "2013-02-28",
            "facts": [],
        },
        "act_ended_on",
    ),
    "discovery badly written": ({"discovered_on": "2026/11/01"}, "discovered_on"),
    "discovery in the future": ({"discovered_on": AHEAD}, "discovered_on"),
    "end in the future": ({"act_ended_on": AHEAD}, "act_ended_on"),
    "deadline that is no day": ({"deadline_on": "2026-13-01"}, "deadline_on"),
    "act after the legal day": ({"as_of": "2020-01-01"}, "acted_on"),
    "end without beginning": ({"acted_on": "", "act_ended_on": ACT}, "acted_on"),
    "end before beginning": ({"act_ended_on": "2020-01-01"}, "act_ended_on"),
    "discovered before the act": ({"discovered_on": "2020-01-01"}, "discovered_on"),
    "discovered before the end": (
        {"acted_on": "2026-01-01", "act_ended_on": ACT, "discovered_on": "2026-02-01"},
        "discovered_on",
    ),
    "corrected before the act": ({"corrected_on": "2020-01-01"}, "corrected_on"),
    "corrected in the future": ({"corrected_on": AHEAD}, "corrected_on"),
    "deadline before the discovery": ({"deadline_on": "2020-01-01"}, "deadline_on"),
    "corrected on a day and not corrected": ({"facts": [Fact(name="corrected", flag=False)]}, "corrected_on"),
    "deadline and none set": (
        {"deadline_on": AHEAD, "facts": [Fact(name="deadline_set", flag=False)]},
        "deadline_on",
    ),
    "corrected in time and not corrected": (
        {"corrected_on": "", "facts": [Fact(name="corrected_timely", flag=True), Fact(name="corrected", flag=False)]},
        "facts[0]",
    ),
    "corrected on the spot and not corrected": (
        {
            "corrected_on": "",
            "facts": [Fact(name="corrected", flag=False), Fact(name="corrected_on_the_spot", flag=True)],
        },
        "facts[1]",
    ),
    "corrected before the order and not corrected": (
        {
            "corrected_on": "",
            "facts": [Fact(name="corrected", flag=False), Fact(name="corrected_before_order", flag=True)],
        },
        "facts[1]",
    ),
    "corrected on the spot, days after the discovery": (
        {
            "corrected_on": (TODAY - timedelta(days=2)).isoformat(),
            "facts": [Fact(name="corrected_on_the_spot", flag=True)],
        },
        "corrected_on",
    ),
    "corrected before the order and after its term": (
        {
            "deadline_on": (TODAY - timedelta(days=2)).isoformat(),
            "corrected_on": (TODAY - timedelta(days=1)).isoformat(),
            "facts": [Fact(name="corrected_before_order", flag=True)],
        },
        "corrected_on",
    ),
    "in time without a term, and a term set": (
        {"facts": [Fact(name="corrected_timely", flag=True), Fact(name="deadline_set", flag=True)]},
        "facts[0]",
    ),
    "in time without a term, and the term's day": (
        {"deadline_on": AHEAD, "facts": [Fact(name="corrected_timely", flag=True)]},
        "facts[0]",
    ),
    "grave harm without consequences": (
        {"facts": [Fact(name="grave_harm", flag=True), Fact(name="consequences", choice="none")]},
        "facts[1]",
    ),
    "wilful and proven without fault": (
        {"facts": [Fact(name="wilful", flag=True), Fact(name="no_fault", choice="proven")]},
        "facts[1]",
    ),
    "malicious and proven without fault": (
        {"facts": [Fact(name="malicious", flag=True), Fact(name="no_fault", choice="proven")]},
        "facts[1]",
    ),
    "obstructed and cooperative": (
        {"facts": [Fact(name="obstructed", flag=True), Fact(name="cooperative", flag=True)]},
        "facts[1]",
    ),
    "act before the penalty law": (
        {"acted_on": "1996-09-30", "discovered_on": "", "corrected_on": ""},
        "acted_on",
    ),
    "end before the penalty law": (
        {"acted_on": "1990-01-01", "act_ended_on": "1996-09-30", "discovered_on": "", "corrected_on": ""},
        "act_ended_on",
    ),
    "act in a century when nobody was checked": (
        {"acted_on": "1900-01-01", "act_ended_on": ACT},
        "acted_on",
    ),
    "discovery before the penalty law": (
        {"acted_on": "", "corrected_on": "", "discovered_on": "1900-01-01"},
        "discovered_on",
    ),
    "correction before the penalty law": ({"acted_on": "", "corrected_on": "1900-01-01"}, "corrected_on"),
    "term before the penalty law": (
        {"acted_on": "", "discovered_on": "", "corrected_on": "", "deadline_on": "1900-01-01"},
        "deadline_on",
    ),
    "term that ends after everybody": ({"deadline_on": "2099-01-01"}, "deadline_on"),
    "region of a town that the city has not": ({"region": "441999"}, "region"),
    "region of five digits": ({"region": "44190"}, "region"),
    "region unknown": ({"region": "990000"}, "region"),
    "region of another script": ({"region": "４４１９００"}, "region"),
    "fact unknown": ({"facts": [Fact(name="goods_valu", written="1")]}, "facts[0].name"),
    "fact of an application": ({"facts": [Fact(name="commitment_requested", flag=True)]}, "facts[0].name"),
    "day of the case as a fact": ({"facts": [Fact(name="discovered_on", day=ACT)]}, "facts[0].name"),
    "fact that the registry supplies": ({"facts": [Fact(name="subject_kind", choice="person")]}, "facts[0].name"),
    "fact twice": ({"facts": [Fact(name="goods_value", fen=1), Fact(name="goods_value", fen=1)]}, "facts[1].name"),
    "fact without value": ({"facts": [Fact(name="goods_value")]}, "facts[0].value"),
    "age below nothing": (
        {"facts": [Fact(name="malicious", flag=False), Fact(name="party_age", whole=-1)]},
        "facts[1]",
    ),
    "age that nobody has": ({"facts": [Fact(name="party_age", whole=151)]}, "facts[0]"),
    "fact of another type": ({"facts": [Fact(name="goods_value", flag=True)]}, "facts[0].value.flag"),
    "choice unknown": ({"facts": [Fact(name="consequences", choice="huge")]}, "facts[0].value.choice"),
    "legal day in the future": ({"as_of": AHEAD}, "as_of"),
    "instant in the future": ({"known_at": "2099-01-01T00:00:00Z"}, "known_at"),
    "age against the number": (
        {
            "exemption": "",
            "description": "某行为",
            "subject": Subject(citizen_id=BORN_2013_03_01),
            "acted_on": "2026-10-01",
            "corrected_on": "",
            "discovered_on": "",
            "facts": [Fact(name="consequences", choice="none"), Fact(name="party_age", whole=18)],
        },
        "facts[1]",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_question_names_its_field(stub, name: str) -> None:
    change, field = WRONG[name]
    with pytest.raises(grpc.RpcError) as refused:
        stub.EvaluateLeniency(asked(**change))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert detail(refused.value).reason == "INVALID_QUESTION"
    assert violation(refused.value).field == field
    assert stub.EvaluateLeniency(asked()).answer.leniency == leniency_pb2.LENIENCY_MAY_BE_EXEMPT


HINTS: dict[str, tuple[dict[str, object], str]] = {
    "organ": ({"organ": "market-regulatio"}, "market-regulation"),
    "entry by a near code": ({"exemption": "M17"}, "m17"),
    "entry by its title": ({"exemption": "经营超过保质期的食品、食品添加剂"}, "m17"),
    "entry of another organ": ({"exemption": "t01"}, "taxation"),
    "region": ({"region": "990100"}, "0100"),
    "fact": ({"facts": [Fact(name="goods_valu", fen=1)]}, "goods_value"),
    "day of the case": ({"facts": [Fact(name="corrected_on", day=ACT)]}, "请去掉这一项"),
    "contradiction": (
        {"corrected_on": "", "facts": [Fact(name="corrected_timely", flag=True), Fact(name="corrected", flag=False)]},
        "corrected_timely",
    ),
    "act before the penalty law": (
        {"acted_on": "1996-09-30", "discovered_on": "", "corrected_on": ""},
        "act_ended_on",
    ),
    "term too far": ({"deadline_on": "2099-01-01"}, "deadline_on"),
    "town of a known city": ({"region": "441999"}, "441900(广东省东莞市)"),
}


@pytest.mark.parametrize("name", HINTS)
def test_what_is_not_known_gets_the_nearest_as_a_hint(stub, name: str) -> None:
    change, hint = HINTS[name]
    with pytest.raises(grpc.RpcError) as refused:
        stub.EvaluateLeniency(asked(**change))
    assert hint in detail(refused.value).metadata["hint"]


SOUND: dict[str, dict[str, object]] = {
    "a building that has stood since 1990": {"acted_on": "1990-01-01", "act_ended_on": ACT},
    "the first day of the penalty law": {"acted_on": "1996-10-01"},
    "a term of five years": {"deadline_on": add_months(TODAY, 60).isoformat()},
    "in time, without a term": {
        "facts": [Fact(name="corrected_timely", flag=True), Fact(name="deadline_set", flag=False)]
    },
    "a correction on the spot on the day of the discovery": {
        "acted_on": (TODAY - timedelta(days=9)).isoformat(),
        "discovered_on": (TODAY - timedelta(days=5)).isoformat(),
        "corrected_on": (TODAY - timedelta(days=5)).isoformat(),
        "facts": [Fact(name="corrected_on_the_spot", flag=True), Fact(name="corrected", flag=True)],
    },
    "a city of a known province that has no list": {"region": "440300"},
    "a county that has a list": {"region": "430981"},
}
"""What may look like a contradiction or like something out of bounds, and is neither."""


@pytest.mark.parametrize("name", SOUND)
def test_what_can_be_is_answered(stub, name: str) -> None:
    assert stub.EvaluateLeniency(asked(**SOUND[name])).answer.receipt.receipt_id


def age_found(answer: leniency_pb2.LeniencyAnswer, rule: str) -> int:
    """State of the condition on the party's age in one of the law's own rules."""
    (ground,) = [ground for ground in answer.grounds if ground.rule.code == rule]
    (state,) = {condition.state for condition in ground.conditions if "party_age" in condition.facts}
    return state


@pytest.mark.parametrize(
    ("act", "state"),
    [("2026-03-01", leniency_pb2.CONDITION_STATE_MET), ("2026-03-02", leniency_pb2.CONDITION_STATE_NOT_MET)],
)
def test_fourteen_is_reached_on_the_day_after_the_birthday(stub, act: str, state: int) -> None:
    """Born on 2012-03-01: on the fourteenth birthday itself still thirteen."""
    answer = stub.EvaluateLeniency(
        asked(subject=Subject(citizen_id=BORN_2012_03_01), acted_on=act, discovered_on=act, corrected_on="", facts=[])
    ).answer
    assert age_found(answer, "law-under-14") == state
    exempt = answer.leniency == leniency_pb2.LENIENCY_NO_PENALTY_CAPACITY
    assert exempt is (state == leniency_pb2.CONDITION_STATE_MET)


def test_without_the_day_of_the_act_no_age_is_known(stub) -> None:
    subject = Subject(citizen_id=BORN_2012_03_01)
    answer = stub.EvaluateLeniency(
        asked(subject=subject, acted_on="", discovered_on="", corrected_on="", facts=[])
    ).answer
    assert age_found(answer, "law-under-14") == leniency_pb2.CONDITION_STATE_UNKNOWN


def test_a_continuing_act_is_judged_from_its_last_day(stub, gate: Gate) -> None:
    last = (TODAY - timedelta(days=1)).isoformat()
    answer = stub.EvaluateLeniency(
        asked(acted_on="2020-01-01", act_ended_on=last, discovered_on=last, corrected_on=last)
    ).answer
    assert answer.leniency == leniency_pb2.LENIENCY_MAY_BE_EXEMPT
    stored = json.loads(
        gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)).receipt.canonical_json
    )
    facts = stored["question"]["facts"]
    assert (facts["act_ended_on"], facts["discovered_on"], facts["corrected_on"]) == (last, last, last)
    assert (facts["corrected"], stored["question"]["region"]) == (1, "441900")
    assert "deadline_set" not in facts


def test_the_day_of_the_act_may_be_another_body_all_the_same(stub) -> None:
    ended = {"act_ended_on": ACT, "request_id": "leniency-begin"}
    stub.EvaluateLeniency(asked(acted_on="2026-01-01", **ended))
    with pytest.raises(grpc.RpcError) as refused:
        stub.EvaluateLeniency(asked(acted_on="2026-01-02", **ended))
    assert detail(refused.value).reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize("count", [0, 201])
def test_a_batch_has_1_to_200_questions(stub, count: int) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        stub.BatchEvaluateLeniency(asked_together(*[asked()] * count))
    assert violation(refused.value).field == "questions"


def test_in_a_batch_order_holds_and_one_request_id_is_one_receipt(stub, gate: Gate) -> None:
    questions = [asked(case_number=f"批-{number}") for number in range(40)]
    questions[3] = questions[31] = asked(case_number="批-3", request_id="leniency-twins")
    questions[17] = asked(subject=None)
    results = stub.BatchEvaluateLeniency(asked_together(*questions)).results
    assert [number for number, one in enumerate(results) if one.HasField("failure")] == [17]
    assert results[17].failure.violations[0].field == "subject"
    assert results[3].answer == results[31].answer
    for number in (0, 39):
        stored = gate.GetReceipt(
            receipts_pb2.GetReceiptRequest(receipt_id=results[number].answer.receipt.receipt_id)
        ).receipt
        assert json.loads(stored.canonical_json)["question"]["case_number"] == f"批-{number}"


def test_another_rule_set_than_the_pinned_one_is_refused(stub) -> None:
    answer = stub.EvaluateLeniency(asked()).answer
    assert stub.EvaluateLeniency(
        asked(rule_set=answer.rule_set, at_least_activation=answer.activation)
    ).answer.receipt.receipt_id
    with pytest.raises(grpc.RpcError) as refused:
        stub.EvaluateLeniency(asked(rule_set="sha256:" + "0" * 64))
    assert detail(refused.value).reason == "RULE_SET_CHANGED"


def test_logs_name_entry_decision_and_receipt_but_neither_party_nor_act(stub, service: Service) -> None:
    line = service.await_event(receipt=stub.EvaluateLeniency(asked()).answer.receipt.receipt_id)
    assert (line["method"], line["organ"], line["item"], line["outcome"]) == (
        "EvaluateLeniency",
        "market-regulation",
        "m17",
        "may_be_exempt",
    )
    described = stub.EvaluateLeniency(
        asked(exemption="", description="虚构的某种行为", subject=Subject(citizen_id=BORN_2012_03_01), facts=[])
    ).answer
    service.await_event(receipt=described.receipt.receipt_id)
    log = service.log.read_text("utf-8")
    assert "虚构的某种行为" not in log and BORN_2012_03_01 not in log and TRUSTED not in log


def test_no_second_opinion_differed_on_leniency(stub, service: Service) -> None:
    """Every decision of this service is judged twice."""
    stub.EvaluateLeniency(asked())
    assert not [event for event in service.events() if event["level"] == "critical"]


def test_a_credit_check_takes_no_circumstance_of_a_violation(gate: Gate) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(facts=[Fact(name="malicious", flag=True)]))
    assert violation(refused.value).field == "facts[0].name"
