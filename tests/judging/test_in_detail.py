"""What records say in detail, what they leave unsaid, and whom the registry adds to a question."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from creditgate_server.decision.check.decision import Decision, Outcome
from creditgate_server.decision.check.held import hold_check, tell_check
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.check.told import added_to_check, check_moves
from creditgate_server.decision.knowledge import FOR_LIFE, Assertion, Feeds, Knowledge, Record, Related
from creditgate_server.decision.parts import canonical
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.decision.record_words import in_case
from creditgate_server.decision.records import on_day, possible_terms, repair_from
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.catalogue import Catalogue
from creditgate_server.rulebook.language import PenaltyKind, RecordState, RelationKind, Role, Select, Stage
from creditgate_server.rulebook.load import read_directory
from creditgate_server.studies.replay.moves_known import moved_knowledge

DAY = date(2026, 11, 1)
FIRM, FORMER = "914419000000000000", "914419000000000001"
ORDINARY = {"registered_on": "2015-01-01", "operating_state": "normal"}
PERSON = "p:" + "1" * 64


@cache
def judge() -> Judge:
    return Judge(read_directory(Path(__file__).parents[2] / "rules").rule_set)


def catalogue() -> Catalogue:
    return judge().rule_set.catalogue


def feeds(day: date = DAY) -> Feeds:
    return dict.fromkeys(catalogue().feeds, day)


def record(kind: str, decided_on: date, **fields: object) -> Record:
    values = {"source": "penalty", "document_number": "文1", "effective_from": decided_on, **fields}
    return Record(kind=kind, decided_on=decided_on, **values)


def knowledge(identifier: str, *records: Record, **fields: object) -> Knowledge:
    values: dict[str, object] = {"present": True, "attributes": dict(ORDINARY), "ratings": (), **fields}
    return Knowledge(identifier=identifier, records=records, **values)


def related(other: Knowledge, **fields: object) -> Related:
    values: dict[str, object] = {
        "kind": RelationKind.LEGAL_REPRESENTATIVE,
        "of": False,
        "since": date(2018, 1, 1),
        "source": "registration",
        **fields,
    }
    return Related(knowledge=other, **values)


def check(item: str, *subjects: tuple[str, Role], day: date = DAY) -> Question:
    return Question(
        organ=catalogue().items[item].organ,
        item=item,
        case_number="1",
        stage=Stage.ACCEPTANCE,
        subjects=tuple(SubjectInRole(identifier=identifier, role=role) for identifier, role in subjects),
        facts={},
        purpose="test",
        day=day,
    )


def decided(question: Question, *known: Knowledge, fresh: Feeds | None = None) -> Decision:
    """The decision, which the second opinion shares and which is the same after it was held and judged again."""
    by_identifier = {one.identifier: one for one in known}
    feeds_now = feeds(question.day) if fresh is None else fresh
    decision = judge().judge(question, by_identifier, feeds_now)
    assert judge().second_opinion(question, by_identifier, feeds_now, decision) == ""
    told = tell_check(hold_check(decision), catalogue())
    assert canonical(told) == canonical(decision)
    then = {used.feed: used.data_day for used in told.feeds if used.data_day is not None}
    again = judge().judge(question, {one.identifier: one for one in told.known}, then)
    assert hold_check(again) == hold_check(decision)
    return decision


# -- records ------------------------------------------------------------------------------------------------------


def test_a_record_that_says_nothing_in_detail_has_the_bytes_that_it_had_before():
    written = msgspec.json.encode(record("penalty", date(2026, 3, 1), severity="general", amount_fen=100))
    assert (
        written
        == (
            '{"source":"penalty","document_number":"文1","kind":"penalty","list":"","severity":"general","organ":"",'
            '"organ_title":"","decided_on":"2026-03-01","effective_from":"2026-03-01","until":null,"state":"effective",'
            '"state_on":null,"amount_fen":100}'
        ).encode()
    )


def test_a_selection_that_asks_nothing_in_detail_has_the_bytes_that_it_had_before():
    assert msgspec.json.encode(Select(kinds=("penalty",))) == (
        b'{"kinds":["penalty"],"lists":[],"severities":[],"organs":[],"states":["effective"],"each_at_least":0,'
        b'"window":null}'
    )


def test_a_ban_for_life_is_kept_as_the_last_day_that_there_is():
    written = msgspec.json.encode(record("drug-practice-ban", date(2020, 1, 10), ban_until=FOR_LIFE))
    assert b'"ban_until":"9999-12-31"' in written
    assert msgspec.json.decode(written, type=Record).ban_until == date(9999, 12, 31)


def test_one_firm_before_two_items_is_judged_by_each():
    """What is worked out of a firm is kept; what depends on the item is not mixed up."""
    fraud = record(
        "licence-fraud",
        date(2026, 3, 1),
        severity="general",
        organ="health",
        organ_title="东莞市卫生健康局",
        licence_item="medical-institution-licence",
    )
    firm = knowledge(FIRM, fraud)
    for _ in range(2):
        hospital = decided(check("medical-institution-licence", (FIRM, Role.APPLICANT)), firm)
        pool = decided(check("public-place-health-licence", (FIRM, Role.APPLICANT)), firm)
        assert (hospital.outcome, pool.outcome) == (Outcome.PROHIBITED, Outcome.CLEAR)
    assert hospital.measures[0].until == date(2027, 3, 1)


def test_what_a_record_leaves_unsaid_is_named_with_its_field_and_its_organ():
    unsaid = record("licence-fraud", date(2026, 3, 1), severity="general", organ="health", organ_title="市卫生健康局")
    decision = decided(check("medical-institution-licence", (FIRM, Role.APPLICANT)), knowledge(FIRM, unsaid))
    (open_,) = decision.undetermined
    assert (open_.what, open_.supplier) == ("record:文1:licence_item", "市卫生健康局")
    assert open_.reason == "行政处罚和许可双公示数据没有写明所涉许可"
    assert open_.rules == ("licence-fraud-one-year",)


def test_a_measure_lasts_as_long_as_the_ban_and_not_as_long_as_the_publicity():
    revoked = record("food-licence-revocation", date(2024, 1, 10), until=date(2025, 1, 10))
    decision = decided(check("food-business-licence", (FIRM, Role.APPLICANT)), knowledge(FIRM, revoked))
    assert [(one.code, one.until) for one in decision.measures] == [("food-business-ban", date(2029, 1, 10))]
    life = record("drug-practice-ban", date(2020, 1, 10), ban_until=FOR_LIFE)
    banned = decided(check("drug-retail-licence", (PERSON, Role.LEGAL_REPRESENTATIVE)), knowledge(PERSON, life))
    assert [(one.code, one.until) for one in banned.measures] == [("drug-practice-ban", None)]


def test_versions_that_disagree_are_named_with_both_values_and_owners():
    ours = record(
        "penalty", date(2026, 3, 1), severity="serious", penalty_kinds=(PenaltyKind.FINE,), fine_fen=2 * 10**8
    )
    theirs = replace(ours, source="market", fine_fen=5 * 10**7)
    firm = knowledge(FIRM, replace(ours, versions=(theirs,)))
    (open_,) = decided(check("government-procurement", (FIRM, Role.APPLICANT)), firm).undetermined
    assert open_.what == "record:文1"
    assert "罚款金额 2000000.00 元" in open_.reason
    assert "罚款金额 500000.00 元" in open_.reason
    assert open_.supplier == "东莞市发展和改革局、东莞市市场监督管理局"


def test_a_disputed_fact_is_named_with_both_values_and_owners():
    said = (
        Assertion(source="registration", source_day=DAY, value="normal"),
        Assertion(source="penalty", source_day=DAY - timedelta(days=2), value="cancelled"),
    )
    firm = knowledge(FIRM, disputed={"operating_state": said})
    decision = decided(check("food-business-licence", (FIRM, Role.APPLICANT)), firm)
    assert decision.outcome is Outcome.UNDETERMINED
    (open_,) = [one for one in decision.undetermined if one.what == "operating_state"]
    assert "市场主体登记数据(数据至 2026-11-01)" in open_.reason
    assert "行政处罚和许可双公示数据(数据至 2026-10-30)" in open_.reason
    assert open_.supplier == "东莞市市场监督管理局、东莞市发展和改革局"


# -- relations ----------------------------------------------------------------------------------------------------


def manager() -> Knowledge:
    """A person who was the legal representative of a firm on the day on which its food licence was revoked."""
    former = knowledge(FORMER, record("food-licence-revocation", date(2024, 1, 10), document_number="吊1"))
    return knowledge(PERSON, related=(related(former, of=True, until=date(2024, 6, 30)),))


def test_the_representative_that_the_registry_names_is_judged_with_the_firm():
    firm = knowledge(FIRM, related=(related(manager()),))
    question = check("food-production-licence", (FIRM, Role.APPLICANT))
    decision = decided(question, firm)
    assert decision.outcome is Outcome.PROHIBITED
    assert added_to_check(question, decision) == (SubjectInRole(identifier=PERSON, role=Role.LEGAL_REPRESENTATIVE),)
    (measure,) = decision.measures
    assert (measure.code, measure.subject) == ("food-manager-ban", 1)
    assert [(one.document_number, one.kind) for one in measure.evidence] == [("吊1", "food-licence-revocation")]
    assert "registration" in {used.feed for used in decision.feeds}


def test_a_subject_that_the_question_names_is_judged_by_what_is_known_of_itself():
    """The registry names the same person as representative; what it knows of the person itself is not replaced."""
    own = knowledge(PERSON, record("construction-safety-dismissal", date(2024, 3, 1)))
    firm = knowledge(FIRM, related=(related(manager()),))
    question = check("food-production-licence", (FIRM, Role.APPLICANT), (PERSON, Role.ACTUAL_CONTROLLER))
    decision = decided(question, firm, own)
    assert [one.identifier for one in decision.known] == [FIRM, PERSON, PERSON]
    assert decision.known[1] == decision.known[2] == own
    assert decision.outcome is Outcome.CLEAR


@pytest.mark.parametrize(
    ("relation", "why"),
    [
        ({}, "登记数据也没有记载"),
        ({"until": DAY - timedelta(days=1)}, "登记数据也没有记载"),
        ({"since": DAY + timedelta(days=1)}, "登记数据也没有记载"),
        ({"since": None}, "登记数据也没有记载"),
        ({"kind": RelationKind.PRINCIPAL}, "登记数据也没有记载"),
        ({"of": True}, "登记数据也没有记载"),
    ],
)
def test_a_required_role_that_nobody_names_leaves_the_answer_open(relation: dict[str, object], why: str):
    relations = (related(knowledge(PERSON), **relation),) if relation else msgspec.UNSET
    firm = knowledge(FIRM, related=relations)
    decision = decided(check("food-production-licence", (FIRM, Role.APPLICANT)), firm)
    assert decision.outcome is Outcome.UNDETERMINED
    (open_,) = decision.undetermined
    assert (open_.what, open_.label, open_.supplier) == ("role:legal_representative", "法定代表人", "提出核查的部门")
    assert why in open_.reason


def test_a_stale_registration_names_nobody():
    firm = knowledge(FIRM, related=(related(knowledge(PERSON)),))
    stale = {**feeds(), "registration": DAY - timedelta(days=16)}
    decision = decided(check("food-production-licence", (FIRM, Role.APPLICANT)), firm, fresh=stale)
    open_ = next(one for one in decision.undetermined if one.what == "role:legal_representative")
    assert "市场主体登记数据已过期" in open_.reason


def test_more_relations_than_are_held_are_not_known():
    firm = knowledge(FIRM, related=(related(knowledge(PERSON)),), relations_beyond=4)
    decision = decided(check("food-production-licence", (FIRM, Role.APPLICANT)), firm)
    (open_,) = decision.undetermined
    assert (open_.what, "登记的关联关系太多" in open_.reason) == ("role:legal_representative", True)
    person = knowledge(PERSON, relations_beyond=4)
    asked = decided(check("food-production-licence", (PERSON, Role.LEGAL_REPRESENTATIVE)), person)
    (open_,) = asked.undetermined
    assert (open_.what, "另有 4 项" in open_.reason) == ("relations", True)


def test_answers_that_differ_in_whom_the_registry_adds_are_told_by_person():
    question = check("food-production-licence", (FIRM, Role.APPLICANT))
    before = decided(question, knowledge(FIRM))
    after = decided(question, knowledge(FIRM, related=(related(manager()),)))
    moves = [(one.what, one.subject, one.then, one.now) for one in check_moves(before, after, {})]
    assert moves[0] == ("结论", "", "不能确定", "依法不予办理")
    assert ("一并核查的主体", "p:11111111…", "无", "法定代表人") in moves
    assert any(what == "措施" and who == "p:11111111…" for what, who, *_ in moves)


def test_known_relations_and_details_are_told_when_they_move():
    before = knowledge(FIRM, record("penalty", date(2026, 3, 1), severity="general"))
    said = replace(
        before.records[0], penalty_kinds=(PenaltyKind.FINE,), fine_fen=100, licence_item="food-business-licence"
    )
    after = replace(before, records=(said,), related=(related(manager()),))
    moves = moved_knowledge(catalogue(), catalogue(), [(before, after)], (), ())
    assert "处罚种类 罚款, 罚款 1.00 元, 许可 食品经营许可" in moves[0].now
    assert (moves[1].what, moves[1].then, moves[1].now) == ("关联关系", "无", "法定代表人 p:11111111…, 自 2018-01-01")


def test_a_record_of_one_other_counts_once_however_the_two_are_related():
    former = knowledge(FORMER, record("food-licence-revocation", date(2024, 1, 10)))
    twice = knowledge(
        PERSON,
        related=(
            related(former, of=True, kind=RelationKind.DIRECTLY_RESPONSIBLE),
            related(former, of=True),
        ),
    )
    decision = decided(check("food-production-licence", (PERSON, Role.LEGAL_REPRESENTATIVE)), twice)
    assert len(decision.measures[0].evidence) == 1


def test_terms_are_those_of_the_day_that_is_asked_about():
    penalty = record(
        "penalty", date(2025, 1, 10), severity="general", organ="market-regulation", organ_title="市场监管局"
    )
    firm = knowledge(FIRM, penalty)
    before = decided(check("food-business-licence", (FIRM, Role.APPLICANT), day=date(2026, 3, 31)), firm)
    after = decided(check("food-business-licence", (FIRM, Role.APPLICANT), day=date(2026, 4, 1)), firm)
    more = next(one for one in before.measures if one.code == "more-inspection")
    assert more.until == date(2028, 1, 10)  # 第58号令: 最长三年
    assert [one.code for one in after.measures] == []  # 36号令: 一般失信最长一年
    assert more.remedies[0].earliest_on == date(2025, 4, 10)


def test_a_record_that_leaves_its_severity_unsaid_may_be_repaired_by_each_of_its_terms():
    """信用修复管理办法: minor three months, at any time; general twelve, after three; serious 36, after twelve."""
    dated = on_day(catalogue(), record("penalty", date(2026, 9, 1), severity=""), DAY)
    assert (dated.state, dated.until, dated.ends_surely) == (RecordState.EFFECTIVE, date(2026, 12, 1), False)
    found = possible_terms(catalogue(), dated, DAY)
    assert [(in_case(one, catalogue()), repair_from(one.terms, one.records[0].record)) for one in found] == [
        ("如果是轻微行政处罚: ", None),
        ("如果是一般行政处罚: ", date(2026, 12, 1)),
        ("如果是严重行政处罚: ", date(2027, 9, 1)),
    ]
    assert [one.records[0].until for one in found] == [date(2026, 12, 1), date(2027, 9, 1), date(2029, 9, 1)]
    (certain,) = possible_terms(catalogue(), on_day(catalogue(), record("licence-revocation", DAY), DAY), DAY)
    assert in_case(certain, catalogue()) == ""


def test_what_may_be_one_of_two_kinds_is_all_that_either_may_be():
    dated = on_day(catalogue(), record("revocation-unsaid", date(2026, 9, 1), severity="general"), DAY)
    assert [(one.record.kind, one.record.severity, one.until) for one in dated.readings] == [
        ("penalty", "general", date(2027, 9, 1)),
        ("licence-revocation", "", date(2029, 9, 1)),
    ]
    unsaid = on_day(catalogue(), record("revocation-unsaid", date(2026, 9, 1)), DAY)
    assert [one.record.severity for one in unsaid.ways] == ["minor", "general", "serious", ""]
