"""Messages and values: nothing that a service says is lost on the way to a value, and a value says it back."""

import dataclasses
import random
from datetime import UTC, date, datetime, timedelta
from typing import get_type_hints

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

import creditgate
from creditgate import _contract, errors, titles
from creditgate.v1 import (
    credit_check_pb2,
    exemption_register_pb2,
    exemptions_pb2,
    explanation_pb2,
    leniency_pb2,
    outcomes_pb2,
    receipts_pb2,
    rule_sets_pb2,
    supervision_pb2,
)
from creditgate.values import outcomes
from creditgate.values.check import CheckResult, Question
from creditgate.values.leniency import LeniencyResult
from creditgate.values.level import LevelResult
from creditgate.values.outcomes import OutcomeEvent, OutcomeResult, Revision
from creditgate.values.receipts import Explanation, ReceiptResult
from creditgate.values.rule_sets import RuleSetStatus
from creditgate.wire import Read, pack, unpack

MESSAGES = 300
"""For each kind of answer."""

ANSWERS = [
    (credit_check_pb2.CheckAnswer, CheckResult),
    (receipts_pb2.Receipt, ReceiptResult),
    (supervision_pb2.LevelAnswer, LevelResult),
    (leniency_pb2.LeniencyAnswer, LeniencyResult),
    (exemptions_pb2.SearchExemptionsResponse, _contract.ExemptionsFound),
    (exemptions_pb2.ExemptionEntry, _contract.ExemptionEntry),
    (exemptions_pb2.ListExemptionVersionsResponse, _contract.VersionsPage),
    (exemption_register_pb2.ExemptionGrant, _contract.ExemptionGrant),
    (exemption_register_pb2.ListGrantsResponse, _contract.GrantsPage),
    (exemption_register_pb2.ListCorrectionReportsResponse, _contract.ReportsPage),
    (exemption_register_pb2.ListExemptionStatisticsResponse, _contract.ExemptionStatistics),
    (explanation_pb2.Explanation, Explanation),
    (outcomes_pb2.ReportResponse, _contract.ReportResult),
    (outcomes_pb2.WithdrawReportResponse, _contract.ReportResult),
    (outcomes_pb2.GetOutcomeResponse, OutcomeResult),
    (outcomes_pb2.ListPendingResponse, _contract.PendingPage),
    (outcomes_pb2.WatchResponse, OutcomeEvent),
    (outcomes_pb2.GetOutcomeStatisticsResponse, _contract.OutcomeStatistics),
    (rule_sets_pb2.GetStatusResponse, RuleSetStatus),
    (rule_sets_pb2.RuleSetAct, _contract.RuleSetAct),
    (rule_sets_pb2.ExportResponse, _contract.ExportedRuleSet),
]
WORKED_OUT = {"Revision": {"kind", "approval"}}
"""By message, what a value holds in another shape, so that it can't say it back: `result` and `withdrawal`."""

INSTANTS = {"issued_at", "at", "effective_at", "registered_at", "reported_at", "withdrawn_at"}
DAYS = {"as_of", "day", "until", "since", "in_force_until", "effective_from", "effective_until", "last_day", "data_day"}


@pytest.fixture(params=ANSWERS, ids=lambda pair: f"{pair[0].DESCRIPTOR.name} {pair[1].__name__}")
def pair(request):
    return request.param


def test_what_a_message_says_a_value_says_back(pair):
    kind, value = pair
    for seed in range(MESSAGES):
        message = filled(kind(), random.Random(seed))
        again = pack(kind, unpack(value, message))
        assert again == without_what_is_worked_out(message), seed


def test_what_is_worked_out_of_a_revision_is_what_it_says():
    made = outcomes_pb2.Revision(receipt={"issued_at": datetime(2026, 1, 1, tzinfo=UTC)}, kind=1, approval=3)
    assert unpack(Revision, made).result == creditgate.ApprovalResult.REFUSED
    assert not unpack(Revision, made).withdrawal
    penalty = outcomes_pb2.PenaltyDecision(result=2, kinds=[3], fine_fen=7)
    made = outcomes_pb2.Revision(receipt={"issued_at": datetime(2026, 1, 1, tzinfo=UTC)}, kind=2, penalty=penalty)
    read = unpack(Revision, made)
    assert (read.result, read.withdrawal, read.penalty.fine_fen) == ("penalised", True, 7)


def test_only_what_is_named_here_is_worked_out():
    read = {
        value: {name for hint in get_type_hints(value, include_extras=True).values() for name in read_by(hint)}
        for value in {**vars(_contract), **vars(outcomes)}.values()
        if dataclasses.is_dataclass(value)
    }
    assert {value.__name__: names - {"penalty"} for value, names in read.items() if names} == WORKED_OUT


def read_by(hint):
    return [name for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Read) for name in mark.of]


def test_each_code_of_the_contract_has_its_member():
    """An unspecified one, or one of a service that is newer, is no code that a value can hold."""
    for number in (0, 99):
        message = filled(credit_check_pb2.CheckAnswer(), random.Random(1))
        message.outcome = number
        with pytest.raises(creditgate.ServiceError, match="Outcome"):
            unpack(CheckResult, message)


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (titles.OUTCOMES, creditgate.Outcome),
        (titles.MEASURE_KINDS, creditgate.MeasureKind),
        (titles.DUTIES, creditgate.Duty),
        (titles.LENIENCIES, creditgate.Leniency),
        (titles.EXEMPTION_KINDS, creditgate.ExemptionKind),
        (titles.RESULTS, [*creditgate.ApprovalResult, *creditgate.PenaltyResult]),
        (titles.REASONS, creditgate.DepartureReason),
        (titles.PENALTIES, creditgate.PenaltyKind),
        (titles.FOLLOW_UP_STATES, creditgate.FollowUpState),
        (titles.EVENTS, creditgate.WatchEvent),
        (titles.GRANT_STANDINGS, creditgate.GrantStanding),
        (titles.RECEIPT_PARTS, creditgate.ReceiptPart),
    ],
)
def test_each_code_has_its_title(table, codes):
    assert list(table) == [code.lower() for code in codes]


@pytest.mark.parametrize(
    ("words", "field"),
    [({"stage": "abc"}, "stage"), ({"stage": 3}, "stage"), ({"facts": {"amount": 66.5}}, "facts.amount")],
)
def test_what_no_message_holds_names_its_field(words, field):
    question = Question(organ="o", item="i", subjects=(), **words)
    with pytest.raises(creditgate.InvalidQuestion) as caught:
        question.to_proto()
    assert caught.value.field == field
    assert caught.value.hint and caught.value.reason == "INVALID_QUESTION"


@pytest.mark.parametrize(
    "words",
    [{"organ": 5}, {"as_of": 5}, {"subjects": [5]}, {"facts": {1: True}}, {"facts": 7}, {"organ": "\ud800"}],
)
def test_nothing_that_is_no_question_ends_in_a_raw_exception(words):
    with pytest.raises(errors.InvalidQuestion):
        Question(**{"organ": "o", "item": "i", "subjects": ()} | words).to_proto()


# -- messages filled at random ----------------------------------------------------------------------------------------


def filled(message, chance):
    """The message, with what the contract allows in each field."""
    taken = {one.name: chance.choice(one.fields).name for one in message.DESCRIPTOR.oneofs}
    if isinstance(message, Timestamp):
        message.FromMicroseconds(chance.randrange(2**50))
        return message
    for field in message.DESCRIPTOR.fields:
        if field.containing_oneof is not None and taken[field.containing_oneof.name] != field.name:
            continue
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            getattr(message, field.name).update({"books/a.yaml": b"\xff", "b": b""})
        elif field.message_type is not None and field.is_repeated:
            for _ in range(chance.randrange(3)):
                filled(getattr(message, field.name).add(), chance)
        elif field.message_type is Timestamp.DESCRIPTOR:
            getattr(message, field.name).FromMicroseconds(chance.randrange(2 * 10**15))
        elif field.message_type is not None:
            getattr(message, field.name).SetInParent()
            filled(getattr(message, field.name), chance)
        elif field.is_repeated:
            getattr(message, field.name).extend([one_of(field, chance) for _ in range(chance.randrange(3))])
        else:
            setattr(message, field.name, one_of(field, chance))
    return message


def one_of(field, chance):
    if field.enum_type is not None:
        return chance.choice([code.number for code in field.enum_type.values[1:]])
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return chance.choice([True, False])
    if field.type == FieldDescriptor.TYPE_BYTES:
        return chance.randbytes(3)
    if field.cpp_type != FieldDescriptor.CPPTYPE_STRING:
        return chance.randrange(1_000)
    if field.name in INSTANTS:
        return f"2026-0{chance.randrange(1, 10)}-11T0{chance.randrange(10)}:00:00.{chance.randrange(10**6):06}+00:00"
    if field.name in DAYS or field.name.endswith("_on"):
        return (date(2020, 1, 1) + timedelta(chance.randrange(4_000))).isoformat()
    return "".join(chance.choice("ab东莞—\n<1") for _ in range(chance.randrange(4)))


def without_what_is_worked_out(message):
    kept = type(message)()
    kept.CopyFrom(message)
    _clear(kept)
    return kept


def _clear(message):
    for name in WORKED_OUT.get(message.DESCRIPTOR.name, ()):
        message.ClearField(name)
    for field, value in message.ListFields():
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            for one in value if field.is_repeated else [value]:
                _clear(one)
