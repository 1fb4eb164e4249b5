"""Both clients against a real service: the same answers, the same errors, the same retries."""

import asyncio
import pickle
from decimal import Decimal

import grpc
import pytest

import creditgate
from creditgate import AsyncClient, Client, Question, QuestionFailed, Subject
from creditgate.v1 import credit_check_pb2

from .services import USCC, Refusal, an_answer, served

ASK = {"organ": "o", "item": "i", "subjects": USCC, "case_number": "C-1"}
Code = grpc.StatusCode


def ask_plainly(target, method, *args, client=None, **words):
    with Client(target, **(client or {})) as gate:
        return getattr(gate, method)(*args, **words)


def ask_in_a_loop(target, method, *args, client=None, **words):
    async def ask():
        async with AsyncClient(target, **(client or {})) as gate:
            return await getattr(gate, method)(*args, **words)

    return asyncio.run(ask())


@pytest.fixture(params=[ask_plainly, ask_in_a_loop], ids=["sync", "asyncio"])
def ask(request):
    return request.param


def test_a_check_carries_the_whole_question_and_brings_a_typed_answer(ask, service, target):
    result = ask(
        target,
        "check",
        **ASK | {"subjects": [USCC, Subject("person:1", creditgate.Role.LEGAL_REPRESENTATIVE)]},
        facts={"a": True, "b": 3, "c": Decimal("66.50"), "d": "x"},
        explain=True,
        as_of="2026-04-01",
        stage=creditgate.Stage.DECISION,
    )
    request = service.asked[0]
    asked = request.question
    assert [(one.WhichOneof("identifier"), one.role) for one in asked.subjects] == [("uscc", 1), ("citizen_id", 2)]
    assert [one.value.WhichOneof("value") for one in asked.facts] == ["flag", "whole", "written", "written"]
    assert (asked.stage, request.explain, asked.as_of, asked.facts[2].value.written) == (3, True, "2026-04-01", "66.50")
    assert len(request.request_id) == 32
    assert result.outcome is creditgate.Outcome.MEASURES
    assert result.measures[0].duty is creditgate.Duty.MANDATORY


def test_level_and_receipt_come_typed(ask, target):
    assert ask(target, "level", organ="o", subject=USCC).level == "key"
    assert ask(target, "receipt", "r-9").check.receipt.receipt_id == "r-1"


@pytest.mark.parametrize(
    ("refusal", "kind", "family"),
    [
        (
            Refusal(Code.INVALID_ARGUMENT, "INVALID_QUESTION", "不对", "item", "请改"),
            "InvalidQuestion",
            "WrongQuestion",
        ),
        (Refusal(Code.NOT_FOUND, "UNKNOWN_THING", "没有"), "UnknownThing", "WrongQuestion"),
        (Refusal(Code.ALREADY_EXISTS, "REQUEST_ID_REUSED", "用过"), "IdConflict", "WrongQuestion"),
        (Refusal(Code.PERMISSION_DENIED, "NOT_YOURS", "不是"), "NotYours", "WrongQuestion"),
        (Refusal(Code.UNAUTHENTICATED, "WHO_ARE_YOU", "谁"), "WhoAreYou", "WrongQuestion"),
        (Refusal(Code.RESOURCE_EXHAUSTED, "TOO_MUCH", "忙"), "TooMuch", "NoService"),
        (Refusal(Code.UNAVAILABLE, "STORE_DOWN", "库不可用"), "NotReady", "NoService"),
        (Refusal(Code.UNAVAILABLE, "NOT_READY", "未就绪"), "NotReady", "NoService"),
        (Refusal(Code.INTERNAL, "INTERNAL_FAULT", "事件 12", hint="告知运维"), "ServiceError", "ServiceError"),
        (Refusal(Code.UNKNOWN, "SOMETHING_NEW", "新"), "ServiceError", "ServiceError"),
        ((Code.RESOURCE_EXHAUSTED, "too big"), "TooLarge", "WrongQuestion"),
        ((Code.INTERNAL, "oops"), "ServiceError", "ServiceError"),
        ((Code.DEADLINE_EXCEEDED, "late"), "DeadlineExceeded", "NoService"),
    ],
)
def test_each_error_has_its_class_field_and_hint(ask, service, target, refusal, kind, family):
    service.next = [refusal]
    with pytest.raises(creditgate.CreditGateError) as caught:
        ask(target, "check", client={"retries": 0}, **ASK)
    fault = caught.value
    assert type(fault).__name__ == kind
    assert isinstance(fault, getattr(creditgate, family))
    if isinstance(refusal, Refusal):
        assert (fault.message, fault.field, fault.reason) == (refusal.message, refusal.field, refusal.reason)
        assert not refusal.hint or fault.hint == refusal.hint
    assert hash(fault) is not None
    assert type(pickle.loads(pickle.dumps(fault))) is type(fault)


def test_a_retry_keeps_the_request_id(ask, service, target):
    service.next = [
        (Code.UNAVAILABLE, "gone"),
        Refusal(Code.UNAVAILABLE, "NOT_READY", "未就绪", retry_ms=1),
        Refusal(Code.RESOURCE_EXHAUSTED, "TOO_MUCH", "忙", retry_ms=1),
    ]
    ask(target, "check", client={"timeout": 60.0}, **ASK)
    assert len(service.asked) == 4
    assert len({asked.SerializeToString(deterministic=True) for asked in service.asked}) == 1


@pytest.mark.parametrize("code", [Code.INVALID_ARGUMENT, Code.INTERNAL, Code.ALREADY_EXISTS, Code.DEADLINE_EXCEEDED])
def test_what_a_retry_can_not_mend_is_asked_once(ask, service, target, code):
    service.next = [(code, "no")]
    with pytest.raises(creditgate.CreditGateError):
        ask(target, "check", **ASK)
    assert len(service.asked) == 1


def test_retries_end(ask, service, target):
    service.next = [(Code.UNAVAILABLE, "gone")] * 5
    with pytest.raises(creditgate.Unavailable):
        ask(target, "check", client={"timeout": 60.0, "retries": 2}, **ASK)
    assert len(service.asked) == 3


def test_a_key_travels_to_this_machine_but_never_in_the_clear_to_another(ask, service, target):
    ask(target, "check", client={"key": "secret"}, **ASK)
    assert service.metadata[0]["authorization"] == "Bearer secret"
    for other in ("10.0.0.1:50051", "gate.example:50051", "dns:///gate.example:50051", "127.0.0.1.example:1"):
        with pytest.raises(creditgate.WhoAreYou):
            ask(other, "check", client={"key": "secret"}, **ASK)


def test_a_key_that_can_not_be_a_header_is_refused(ask, target):
    with pytest.raises(creditgate.WhoAreYou):
        ask(target, "check", client={"key": "a\nb"}, **ASK)


def test_in_a_batch_a_wrong_question_fails_alone_and_the_order_stays(ask, service, target):
    def named(request):
        return an_answer(summary=request.question.case_number)

    service.answer = named
    questions = [
        Question(organ="o", item="i", subjects=(Subject(USCC),), case_number="first"),
        Question(organ="wrong", item="i", subjects=(Subject(USCC),)),
        Question(organ="o", item="\ud800", subjects=(Subject(USCC),)),
        Question(organ="o", item="i", subjects=(Subject(USCC),), case_number="last"),
    ]
    first, wrong, unsendable, last = ask(target, "batch", questions)
    assert (first.summary, last.summary) == ("first", "last")
    assert isinstance(wrong, QuestionFailed)
    assert (type(wrong.error).__name__, wrong.error.field) == ("InvalidQuestion", "organ")
    assert isinstance(unsendable, QuestionFailed)
    assert len(service.asked[0].questions) == 3


def test_more_than_two_hundred_questions_go_in_several_calls(ask, service, target):
    questions = [Question(organ="o", item="i", subjects=(Subject(USCC),))] * 401
    assert len(ask(target, "batch", questions)) == 401
    assert [len(asked.questions) for asked in service.asked] == [200, 200, 1]
    assert len({one.request_id for asked in service.asked for one in asked.questions}) == 401


def test_each_answer_of_a_batch_shows_its_feeds_as_a_single_one_does(ask, service, target):
    feeds = an_answer().feeds
    service.answer = lambda request: an_answer(feeds=feeds[int(request.question.case_number) :])
    questions = [Question(organ="o", item="i", subjects=(Subject(USCC),), case_number=str(one)) for one in (1, 0, 2)]
    singly = [ask(target, "check", **ASK | {"case_number": question.case_number}) for question in questions]
    assert [len(one.feeds) for one in singly] == [1, 2, 0]
    assert ask(target, "batch", questions) == singly


def test_an_answer_of_a_batch_that_names_a_feed_that_is_not_there_is_a_fault_of_the_service(ask, service, target):
    class Wrong(type(service)):
        def BatchCheck(self, request, context):
            result = credit_check_pb2.BatchCheckResult(answer=an_answer(), feeds=[3])
            return credit_check_pb2.BatchCheckResponse(results=[result], feeds=an_answer().feeds)

    with served(Wrong()) as wrong, pytest.raises(creditgate.ServiceError):
        ask(wrong, "batch", [Question(organ="o", item="i", subjects=(Subject(USCC),))])


def test_a_batch_of_large_answers_arrives(ask, service, target):
    service.answer = lambda request: an_answer(summary="大" * 1_000_000)
    answers = ask(target, "batch", [Question(organ="o", item="i", subjects=(Subject(USCC),))] * 12)
    assert [len(one.summary) for one in answers] == [1_000_000] * 12


@pytest.mark.parametrize(
    "words", [{"item": "\ud800"}, {"facts": {"n": 2**63}}, {"stage": "no"}, {"subjects": "boss:x"}]
)
def test_what_no_message_can_hold_is_an_invalid_question(ask, service, target, words):
    with pytest.raises(creditgate.InvalidQuestion):
        ask(target, "check", **ASK | words)
    assert service.asked == []


@pytest.mark.parametrize("changes", [{"as_of": ""}, {"outcome": 0}, {"outcome": 99}, {"as_of": "2026"}])
def test_an_answer_that_breaks_the_contract_is_a_service_error(ask, service, target, changes):
    service.answer = lambda request: an_answer(**changes)
    with pytest.raises(creditgate.ServiceError):
        ask(target, "check", **ASK)


def test_no_time_left_is_an_error_without_a_call(ask, service, target):
    with pytest.raises(creditgate.DeadlineExceeded):
        ask(target, "check", timeout=0.0, **ASK)
    assert service.asked == []
