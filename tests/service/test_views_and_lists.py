"""How answers are asked for: in codes, in batches, under a pin; and receipts in lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import grpc
import pytest
from google.protobuf.message import Message

from creditgate.v1 import common_pb2, explanation_pb2, leniency_pb2_grpc, receipts_pb2, supervision_pb2
from creditgate_server.clock import legal_day

from .errors import detail, reason, violation
from .running import (
    BREACHER,
    ITEM,
    ORGAN,
    TRUSTED,
    Gate,
    batch,
    fictional,
    instant,
    level_question,
    question,
    supervision,
)
from .violations import expired_food, today

WORDS = {"title", "label", "supplier", "basis", "evidence", "remedies", "instruction", "frequency", "circumstances"}
BASIC = common_pb2.ANSWER_VIEW_BASIC


def words(message: Message, where: str = "") -> list[str]:
    """Fields that say something in words, by their places."""
    found = []
    for field, value in message.ListFields():
        place = f"{where}.{field.name}"
        if field.name in WORDS:
            found.append(place)
        elif field.message_type is not None:
            for one in value if field.is_repeated else [value]:
                found += words(one, place)
    return found


# -- views ------------------------------------------------------------------------------------------------------------


def test_in_codes_an_answer_decides_the_same_with_a_tenth_of_the_words(gate: Gate) -> None:
    asked = question(subjects=[common_pb2.Subject(uscc=BREACHER)], request_id=uuid4().hex)
    full = gate.Check(asked).answer
    asked.view = BASIC
    brief = gate.Check(asked).answer
    assert words(full) and words(brief) == []
    assert brief.receipt == full.receipt
    assert (brief.outcome, brief.summary, brief.rule_set) == (full.outcome, full.summary, full.rule_set)
    assert [one.measure.code for one in brief.measures] == [one.measure.code for one in full.measures]
    assert [(one.duty, one.until_on) for one in brief.measures] == [(one.duty, one.until_on) for one in full.measures]
    asked.request_id = ""
    assert words(gate.Check(asked).answer) == []


def test_levels_and_leniency_have_their_codes_too(gate: Gate, channel: grpc.Channel) -> None:
    level = supervision(channel).AssessLevel(level_question(TRUSTED, view=BASIC)).answer
    assert level.standing.grade.grade.code == "A" and words(level) == []
    asked = expired_food(TRUSTED, today())
    asked.view = BASIC
    answer = leniency_pb2_grpc.LeniencyServiceStub(channel).EvaluateLeniency(asked).answer
    assert answer.leniency and answer.decided_by and words(answer) == []


def test_a_view_that_there_is_not_is_refused(gate: Gate) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(view=9))
    assert violation(refused.value).field == "view"


# -- batches ----------------------------------------------------------------------------------------------------------


def test_a_batch_in_codes_has_no_words(gate: Gate) -> None:
    questions = [question(subjects=[common_pb2.Subject(uscc=BREACHER)]) for _ in range(3)]
    told = gate.BatchCheck(batch(questions, view=BASIC))
    assert [words(one.answer) for one in told.results] == [[], [], []]


def test_a_batch_has_four_hundred_subjects_at_most(gate: Gate) -> None:
    many = [common_pb2.Subject(uscc=fictional(number)) for number in range(20)]
    assert len(gate.BatchCheck(batch([question(subjects=many)] * 20, view=BASIC)).results) == 20
    with pytest.raises(grpc.RpcError) as refused:
        gate.BatchCheck(batch([question(subjects=many)] * 20 + [question()]))
    assert (refused.value.code(), violation(refused.value).field) == (grpc.StatusCode.INVALID_ARGUMENT, "questions")


def test_the_answers_of_a_batch_fit_what_every_stub_takes(gate: Gate) -> None:
    """Subjects whom nobody knows have the longest answers: what finds no room fails alone, and keeps its receipt."""
    many = [common_pb2.Subject(uscc=fictional(500 + number)) for number in range(20)]
    questions = [question(subjects=many, request_id=uuid4().hex) for _ in range(20)]
    told = gate.BatchCheck(batch(questions))
    assert told.ByteSize() < 4 * 1024 * 1024
    left_out = [place for place, one in enumerate(told.results) if one.HasField("failure")]
    for place in left_out:
        assert reason(told.results[place].failure) == "TOO_MUCH"
        questions[place].view = BASIC
        assert gate.Check(questions[place]).answer.receipt.receipt_id
    assert len(left_out) < len(questions)


def test_a_pin_counts_for_the_whole_batch(gate: Gate) -> None:
    pin = common_pb2.Pin(rule_set="sha256:" + "0" * 64)
    with pytest.raises(grpc.RpcError) as refused:
        gate.BatchCheck(batch([question(), question()], pin=pin))
    assert detail(refused.value).reason == "RULE_SET_CHANGED"


def test_levels_are_assessed_together_and_a_wrong_one_fails_alone(channel: grpc.Channel) -> None:
    asked = [level_question(TRUSTED), level_question("9" * 18), level_question(BREACHER)]
    items = [
        supervision_pb2.BatchAssessLevelsItem(question=one.question, request_id=f"levels-{place}-{uuid4().hex}")
        for place, one in enumerate(asked)
    ]
    told = supervision(channel).BatchAssessLevels(supervision_pb2.BatchAssessLevelsRequest(questions=items))
    assert [one.WhichOneof("result") for one in told.results] == ["answer", "failure", "answer"]
    assert told.results[1].failure.violations[0].field == "subject.uscc"
    assert told.results[0].answer.standing.identifier == TRUSTED
    assert told.feeds and not told.results[0].answer.feeds


# -- what is one, and what is not known -------------------------------------------------------------------------------


def test_two_writings_of_one_instant_are_one_body(gate: Gate) -> None:
    request_id = uuid4().hex
    first = gate.Check(question(known_at="2026-04-01T08:00:00+08:00", request_id=request_id)).answer
    assert gate.Check(question(known_at=instant("2026-04-01T00:00:00Z"), request_id=request_id)).answer == first


def test_what_is_not_known_says_of_which_sort_it_is(gate: Gate) -> None:
    answer = gate.Check(question(subjects=[common_pb2.Subject(uscc=fictional(999))])).answer
    sorts = {one.WhichOneof("what") for one in answer.undetermined}
    assert "unknown_subject" in sorts
    assert all(one.HasField("subject_index") and one.label for one in answer.undetermined)
    assert not answer.standings[0].HasField("grade")


def test_a_record_has_the_same_name_in_every_answer(gate: Gate) -> None:
    asked = question(subjects=[common_pb2.Subject(uscc=BREACHER)])
    named = [
        {evidence.record_id for measure in gate.Check(asked).answer.measures for evidence in measure.evidence}
        for _ in range(2)
    ]
    assert named[0] == named[1]
    (one,) = named[0]
    assert len(one) == 32


# -- receipts in lists ------------------------------------------------------------------------------------------------


def listed(gate: Gate, **filters: object) -> list[receipts_pb2.ReceiptSummary]:
    """All pages, of two each."""
    found, token = [], ""
    while True:
        request = receipts_pb2.ListReceiptsRequest(organ=ORGAN, page_size=2, page_token=token, **filters)
        page = gate.ListReceipts(request)
        found += page.receipts
        token = page.next_page_token
        if not token:
            return found


def test_receipts_are_listed_newest_first_and_each_once(gate: Gate) -> None:
    case = f"列-{uuid4().hex[:8]}"
    made = [gate.Check(question(case_number=case)).answer.receipt for _ in range(5)]
    found = listed(gate, case_number=case)
    assert [one.receipt_id for one in found] == [one.receipt_id for one in reversed(made)]
    assert [one.digest for one in found] == [one.digest for one in reversed(made)]
    assert {(one.kind, one.item, one.outcome) for one in found} == {
        (explanation_pb2.RECEIPT_KIND_CHECK, ITEM, "incentives")
    }
    day = legal_day(datetime.now(UTC))
    assert len(listed(gate, case_number=case, from_on=(day - timedelta(days=1)).isoformat())) == 5
    assert listed(gate, case_number=case, until_on=(day - timedelta(days=2)).isoformat()) == []
    assert listed(gate, case_number=case, kind=explanation_pb2.RECEIPT_KIND_LENIENCY) == []
    assert len(listed(gate, case_number=case, item=ITEM)) == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"organ": ""}, "organ"),
        ({"kind": 99}, "kind"),
        ({"from_on": ""}, "from_on"),
        ({"until_on": "2026-13-01"}, "until_on"),
        ({"page_size": -1}, "page_size"),
        ({"page_token": "x"}, "page_token"),
    ],
)
def test_a_wrong_list_names_its_field(gate: Gate, changes: dict[str, object], field: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        gate.ListReceipts(receipts_pb2.ListReceiptsRequest(**{"organ": ORGAN, **changes}))
    assert violation(refused.value).field == field


def test_a_stored_level_answer_is_shown_again(gate: Gate, channel: grpc.Channel) -> None:
    answer = supervision(channel).AssessLevel(level_question(TRUSTED)).answer
    stored = gate.GetReceipt(receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)).receipt
    assert stored.level == answer
    assert stored.summary.kind == explanation_pb2.RECEIPT_KIND_LEVEL
