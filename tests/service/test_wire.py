"""Messages are filled from values by the names of their fields: nothing is left out unsaid, and what is said is so."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from types import ModuleType

import msgspec
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from creditgate import limits
from creditgate.v1 import common_pb2, credit_check_pb2, leniency_pb2, outcomes_pb2, supervision_pb2
from creditgate_server.decision.check.decision import Decision, NearMiss
from creditgate_server.decision.level.question import LevelQuestion
from creditgate_server.decision.outcome.values import MeasureDone, Reason
from creditgate_server.decision.parts import FeedUsed, LadderRating, canonical
from creditgate_server.engine.durable import LARGEST_NUMBER
from creditgate_server.errors import InvalidQuestion
from creditgate_server.exemptions.search import index
from creditgate_server.judging.kinds import CHECK, KINDS, LENIENCY, LEVEL
from creditgate_server.rulebook.catalogue import MeasureKind
from creditgate_server.rulebook.language import Role
from creditgate_server.rulebook.reader_values import MAX_WHOLE
from creditgate_server.service import (
    pack,
    pack_exemptions,
    pack_explanation,
    pack_outcomes,
    pack_register,
    receipts,
    rule_sets,
    undetermined,
    unpack,
    unpack_outcomes,
)
from creditgate_server.service.pack import Packer
from creditgate_server.service.wire import Reading, Shape, Unmatched, Wire, numbers
from creditgate_server.studies.ruletests import reader as ruletests_reader
from tests.golden import test_golden, test_leniency

MODULES = (pack, pack_exemptions, pack_explanation, pack_outcomes, pack_register, receipts, rule_sets)
SHAPES = [(module.WIRE, shape) for module in MODULES for shape in module.SHAPES]


@pytest.mark.parametrize(("wire", "shape"), SHAPES, ids=[shape.message.__name__ for _, shape in SHAPES])
def test_every_field_of_a_message_is_filled_or_named_as_added_later(wire: Wire, shape: Shape) -> None:
    wire.fill(shape.value, shape.message)  # raises Unmatched for a field without a source, here and further in
    fields = shape.message.DESCRIPTOR.fields
    refs = {f"{one.name}_title" for one in fields if one.message_type is common_pb2.Ref.DESCRIPTOR}
    named = {*shape.named, *shape.made, *shape.later}
    assert named <= {one.name for one in fields} | refs, "a shape names only fields that there are"


RECEIPT = {
    *("caller", "request_id", "body_digest", "organ", "item", "case_number", "about", "rule_set", "activation"),
    *("decided_at", "payload", "question", "question_salt", "decision", "decision_salt", "needs_outcome", "case_key"),
    *("kind", "reused"),
}
"""Columns of a receipt that `canonical_json` holds, or that nobody outside needs."""
UNSAID = {
    "Decision": {"known"},
    "LevelDecision": {"known"},
    "LeniencyDecision": {"known"},
    "Standing": {"role", "evidence"},
    "EvidenceRef": {"source"},
    "Citation": {"missing"},  # a matter of the rule set: decisions cite without it
    "SearchHit": {"score"},
    "Mark": {"number"},
    "ListedVersion": {"basis", "effective", "list_code", "list_title"},  # the list as one
    "LoopReceipt": {"last_answer", "by_later"},
    "Report": {"about", "decided_on", "post", "note", "measures"},
    "RegisterGrant": {"number", "record_number", "reports"},  # the last report, and their number
    "StoredAct": {"signature"},
    "Receipt": RECEIPT | {"id", "hash", "previous_hash", "answer", "issued_at"},  # in its summary, or as a digest
    "ReceiptSummary": RECEIPT - {"organ", "item", "case_number", "rule_set", "kind", "about"}
    | {"hash", "previous_hash", "chain", "number"},
    "Unsettled": {"what"},  # as alternatives
    "KnownFact": {"as_of"},  # an empty text is no day
    "Source": {"data_day"},
    "Explanation": {"day"},
    "FindingSaid": {"until"},
    "ObjectionSaid": {"last_day"},
    "Missing": {"what"},
}
"""What a value holds and no field shows as it is."""


@pytest.mark.parametrize("module", MODULES, ids=[module.__name__.rpartition(".")[2] for module in MODULES])
def test_what_a_value_holds_is_shown_or_named_here_as_unsaid(module: ModuleType) -> None:
    for shape in module.SHAPES:
        module.WIRE.fill(shape.value, shape.message)
    for value, message in module.WIRE.pairs():
        shape = module.WIRE.shapes.get((value, message), Shape(value, message))
        shown = {*message.DESCRIPTOR.fields_by_name, *shape.named.values(), *shape.within}
        refs = [one.name for one in message.DESCRIPTOR.fields if one.message_type is common_pb2.Ref.DESCRIPTOR]
        shown |= {f"{name}_title" for name in refs}
        held = set(inspect.get_annotations(value)) | set(getattr(value, "__struct_fields__", ()))
        if message is not common_pb2.Grade:  # of one value grade and level are made; the level alone has a frequency
            assert held - shown == UNSAID.get(message.__name__, UNSAID.get(value.__name__, set())), (value, message)


def test_a_field_that_nothing_fills_is_found_when_the_pair_is_compiled() -> None:
    with pytest.raises(Unmatched, match=r"LadderRating has nothing for Evidence\.kind"):
        Wire(()).fill(LadderRating, common_pb2.Evidence)


def test_a_member_that_the_contract_lacks_has_no_number() -> None:
    class Larger(StrEnum):
        MANDATORY = "mandatory"
        UNHEARD_OF = "unheard_of"

    assert numbers(Larger, credit_check_pb2.Duty.DESCRIPTOR) == {Larger.MANDATORY: credit_check_pb2.DUTY_MANDATORY}
    assert len(numbers(MeasureKind, credit_check_pb2.MeasureKind.DESCRIPTOR)) == len(MeasureKind)
    assert len(numbers(Role, common_pb2.Role.DESCRIPTOR)) == len(Role)


def test_nothing_is_left_of_none() -> None:
    done = pack_outcomes.WIRE.pack(outcomes_pb2.MeasureDone, MeasureDone(code="m", applied=True))
    assert not done.HasField("subject")
    assert done.reason == outcomes_pb2.DEPARTURE_REASON_UNSPECIFIED
    done = pack_outcomes.WIRE.pack(
        outcomes_pb2.MeasureDone, MeasureDone(code="m", subject=0, applied=False, reason=Reason.OTHER_ORGAN)
    )
    assert done.HasField("subject")
    assert done.reason == outcomes_pb2.DEPARTURE_REASON_OTHER_ORGAN


READ_ELSEWHERE = {
    "CheckQuestion": set(),
    "LevelQuestion": set(),
    "PenaltyDecision": set(),
    "MeasureDone": set(),
    "WithdrawReportRequest": {"request_id"},
}
"""Fields of requests that are no part of the value: what makes a retry safe, and which rule set will do."""


@pytest.mark.parametrize(
    "reading",
    [unpack.CHECK, unpack.LEVEL, unpack_outcomes.PENALTY, unpack_outcomes.MEASURE, unpack_outcomes.WITHDRAWAL],
    ids=lambda reading: reading.message.__name__,
)
def test_every_field_of_a_request_is_read_or_named_as_read_elsewhere(reading: Reading[object]) -> None:
    left = set(reading.message.DESCRIPTOR.fields_by_name) - set(reading.fields.values())
    assert left == READ_ELSEWHERE[reading.message.__name__]


def test_what_was_reported_on_a_measure_comes_back_as_it_was() -> None:
    for done in (
        MeasureDone(code="m", applied=True),
        MeasureDone(code="m", subject=0, applied=False, reason=Reason.LEGAL, words="另有规定"),
    ):
        sent = pack_outcomes.WIRE.pack(outcomes_pb2.MeasureDone, done)
        assert unpack_outcomes.MEASURE.read(sent, at="measures[0].") == done


def test_the_first_fault_in_the_order_of_the_checks_is_told_at_its_place() -> None:
    wrong = outcomes_pb2.MeasureDone(measure="m", reason=99, words="\n")
    with pytest.raises(InvalidQuestion) as told:
        unpack_outcomes.MEASURE.read(wrong, at="measures[7].")
    fault = told.value
    assert (fault.field, fault.message) == ("measures[7].reason", "没有编号为 99 的理由")
    assert fault.hint == "请用 DepartureReason 中的值"


def test_an_amount_that_a_caller_may_give_is_one_that_rules_and_engine_hold() -> None:
    assert limits.LARGEST_FEN == MAX_WHOLE == LARGEST_NUMBER
    assert max(limits.LARGEST_WHOLE, limits.LARGEST_FORGONE_FEN) < limits.LARGEST_FEN


def test_rooms_that_know_nothing_of_the_contract_have_its_limits() -> None:
    assert (index.LONGEST_QUERY, index.LARGEST_PAGE) == (limits.LONGEST_QUERY, limits.MOST_HITS)
    assert ruletests_reader.MOST_SUBJECTS == limits.MOST_SUBJECTS


# What is said is so: the message read back by its names says what the value says.


def decisions() -> Iterator[tuple[str, type[Message], msgspec.Struct, Message]]:
    """Golden decisions of every kind, and their answers; each answer twice: as it is made, and as it is kept."""
    judge = test_golden.judge()
    packer = Packer(judge.rule_set.catalogue)
    for case in test_golden.CASES:
        knowledge, feeds = test_golden.known(case), test_golden.feeds(case)
        known = {knowledge.identifier: knowledge}
        question = test_golden.question_of(case, knowledge)
        decision = judge.judge(question, known, feeds)
        for turn in ("made", "kept"):
            yield f"{case['title']} {turn}", credit_check_pb2.CheckAnswer, decision, packer.answer(CHECK, decision)
        asked = LevelQuestion(organ=question.organ, subject=question.subjects[0], purpose="golden", day=question.day)
        level = judge.judge(asked, known, feeds)
        yield case["title"], supervision_pb2.LevelAnswer, level, packer.answer(LEVEL, level)
    for case in test_leniency.CASES:
        leniency = test_leniency.decided(case)
        catalogue = test_leniency.judge_of(case).rule_set.catalogue
        yield (
            case["title"],
            leniency_pb2.LeniencyAnswer,
            leniency,
            Packer(catalogue).answer(LENIENCY, leniency),
        )


RENAMED = {"as_of": "day", "until_on": "until", "subject_index": "subject", "data_on": "data_day"}
"""Fields of answers that have another name in decisions."""
WORKED_OUT = {
    ("CheckAnswer", "summary"),
    ("Basis", "number"),
    ("Evidence", "record_id"),
    ("Remedy", "record_id"),
    *(("Undetermined", name) for name in undetermined.MEMBERS),
}
ELSEWHERE = {("LevelAnswer", "evidence"): ("standing", "evidence"), ("LeniencyAnswer", "undetermined"): ("missing",)}
LATER = {"receipt", "activation", "decided_at", "near_misses", "suggestions"}
OF_CODE = ("code", "title")
REFS = {
    ("Grade", "grade"): OF_CODE,
    ("Level", "level"): OF_CODE,
    ("Measure", "measure"): OF_CODE,
    ("Measure", "rule"): ("rule", "rule_title"),
    ("SetAside", "measure"): OF_CODE,
    ("SectorRating", "ladder"): ("ladder", "title"),
    ("FeedAge", "feed"): ("feed", "title"),
    ("Ground", "rule"): ("rule", "title"),
    ("Ground", "list"): ("list", "list_title"),
    ("SoftMeasure", "measure"): OF_CODE,
    ("ProcedureStep", "step"): OF_CODE,
    ("LeniencyAnswer", "exemption"): ("exemption", "exemption_title"),
    ("Evidence", "kind"): ("kind", ""),
    ("Evidence", "list"): ("list", "title"),
    ("Evidence", "organ"): ("", "organ"),
    ("Basis", "instrument"): ("instrument", ""),
}
"""Of a code with its title: what the value calls them; empty: worked out."""


def differences(kind: type[Message], value: dict, said: dict, where: str) -> Iterator[str]:
    """Fields of a message, as JSON has them, that do not say what the value's plain form says."""
    for one in kind.DESCRIPTOR.fields:
        place = f"{where}.{one.name}"
        field = (kind.__name__, one.name)
        if one.name in LATER or field in WORKED_OUT:
            continue
        found = said.get(one.name)
        if field in REFS:
            yield from _ref_differences(value, found, REFS[field], place)
            continue
        meant: object = value
        for name in ELSEWHERE.get(field, (RENAMED.get(one.name, one.name),)):
            meant = meant[name]
        if field in (("Standing", "grade"), ("Standing", "level")) and not meant["code"]:
            meant = None
        if field == ("FeedAge", "age_days"):
            meant = None if value["data_day"] is None else max(value["age_days"], 0)
        if one.message_type is not None:
            if meant is None or found is None:
                if meant is not found:
                    yield f"{place}: {meant!r} is shown as {found!r}"
                continue
            inner = GetMessageClass(one.message_type)
            many = list(zip(meant, found, strict=True)) if one.is_repeated else [(meant, found)]  # type: ignore[call-overload]
            for number, (part, shown) in enumerate(many):
                yield from differences(inner, part, shown, f"{place}[{number}]")
        else:
            if one.enum_type is not None:
                prefix = re.sub("(?<=[a-z])(?=[A-Z])", "_", one.enum_type.name).upper()
                found = str(found).removeprefix(f"{prefix}_").lower()
            if found != meant:
                yield f"{place}: {meant!r} is shown as {found!r}"
    if kind is common_pb2.Undetermined and what_said(said) != value["what"]:
        yield f"{where}: {value['what']!r} is shown as {said!r}"


def _ref_differences(value: dict, found: dict | None, names: tuple[str, str], place: str) -> Iterator[str]:
    code, title = names
    if code and not value[code]:
        if found is not None:
            yield f"{place}: nothing is shown as {found!r}"
        return
    for part, name in (("code", code), ("title", title)):
        if name and found[part] != value[name]:
            yield f"{place}.{part}: {value[name]!r} is shown as {found[part]!r}"


def what_said(said: dict) -> str:
    """What is not known, from the one alternative that says it."""
    (member,) = [name for name in undetermined.MEMBERS if name in said]
    told = said[member]
    if member == "fact":
        return told["fact"]["code"]
    if member == "feed":
        return f"feed:{told['code']}"
    if member == "record":
        return ":".join(["record", told["document_number"], *([told["field"]] if told["field"] else [])])
    if member == "relation":
        return f"relation:{told['relation']}:{told['other']}" if told["relation"] else "relations"
    if member == "role":
        return "role:" + told.removeprefix("ROLE_").lower()
    if member == "calendar":
        return f"calendar:{told['year']}"
    return {"unknown_subject": "subject", "engine_fault": "engine"}[member]


def test_answers_to_the_golden_cases_say_what_the_decisions_say() -> None:
    seen = 0
    for title, kind, decision, answer in decisions():
        said = MessageToDict(answer, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
        assert list(differences(kind, msgspec.json.decode(canonical(decision)), said, kind.__name__)) == [], title
        seen += 1
    assert seen >= 150


def test_an_instrument_is_cited_by_title_and_number_and_one_that_is_not_known_by_its_code() -> None:
    catalogue = test_golden.judge().rule_set.catalogue
    known = next(one for one in catalogue.instruments.values() if one.number)
    decision = next(
        decision for _, _, decision, _ in decisions() if isinstance(decision, Decision) and decision.measures
    )
    measure = decision.measures[0]
    cited = measure.basis[0]
    basis = tuple(msgspec.structs.replace(cited, instrument=code) for code in (known.code, "no-such"))
    changed = msgspec.structs.replace(decision, measures=(msgspec.structs.replace(measure, basis=basis),))
    shown = Packer(catalogue).answer(CHECK, changed).measures[0].basis
    assert [(one.instrument.code, one.instrument.title, one.number) for one in shown] == [
        (known.code, known.title, known.number),
        ("no-such", "", ""),
    ]


def test_answers_that_share_their_feeds_each_show_them() -> None:
    """The judge hands out one tuple of feeds for all kinds of questions; their answers number the field differently."""
    feeds = (FeedUsed(feed="tax", title="税务", data_day=date(2026, 1, 2), age_days=-1, max_age_days=7, stale=False),)
    kinds: dict[type[Message], msgspec.Struct] = {kind: decision for _, kind, decision, _ in decisions()}
    packer = Packer(test_golden.judge().rule_set.catalogue)
    of_message = {sent.message: KINDS[code] for code, sent in pack.ANSWERS.items()}
    for message, decision in kinds.items():
        answer = packer.answer(of_message[message], msgspec.structs.replace(decision, feeds=feeds))
        assert [(one.feed.code, one.data_on, one.age_days) for one in answer.feeds] == [("tax", "2026-01-02", 0)]


def test_near_misses_are_added_field_by_field() -> None:
    answer = credit_check_pb2.CheckAnswer()
    miss = NearMiss(subject=1, rule="r", title="t", condition="c", found="f", would_give="w")
    pack.add_near_misses(answer, [miss])
    said = MessageToDict(answer.near_misses[0], preserving_proto_field_name=True)
    assert said == {
        "rule": {"code": "r", "title": "t"},
        "condition": "c",
        "found": "f",
        "would_give": "w",
        "subject_index": 1,
    }
