"""Golden cases of leniency: worked out by hand from law and lists, judged by the shipped rules on both roads."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from creditgate_server.decision.knowledge import Knowledge, Record
from creditgate_server.decision.leniency.decision import ConditionState, LeniencyDecision
from creditgate_server.decision.leniency.question import LeniencyQuestion
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.bundle import decode
from creditgate_server.rulebook.catalogue import FactType
from creditgate_server.rulebook.language import Book, GiveLeniency, Leniency, Role
from creditgate_server.rulebook.load import read_directory, read_texts
from tests.shared import read_yaml

ROOT = Path(__file__).resolve().parents[2]
CASES: list[dict[str, Any]] = [
    case
    for name in (
        "leniency.yaml",
        "leniency_law.yaml",
        "exemptions_gd.yaml",
        "exemption_elements.yaml",
        "exemption_elements_2.yaml",
    )
    for case in read_yaml(Path(__file__).with_name(name))
]
FIRM, PERSON = "91441900708017879M", "p:" + "0" * 64
DAY = date(2026, 11, 20)
FEN_PER_YUAN = 100
DAYS = {
    "acted": "act_ended_on",
    "ended": "act_ended_on",
    "discovered": "discovered_on",
    "corrected": "corrected_on",
    "deadline": "deadline_on",
}
CITY_LIST = Path(__file__).with_name("leniency_city_list.yaml")
"""A list whose first is of the city: none of the shipped ones has such a definition."""
SHORT = {"heard": ("party_heard", {True: 1}), "looked": ("prior_same_kind", {True: 0, "found": 1})}


@cache
def judge() -> Judge:
    return Judge(decode(read_directory(ROOT / "rules").rule_set.canonical))  # as the workers have it


@cache
def judge_with_the_city_list() -> Judge:
    files = {**read_directory(ROOT / "rules").files, "exemptions/zz-city-list.yaml": CITY_LIST.read_bytes()}
    return Judge(decode(read_texts(files).rule_set.canonical))


def judge_of(case: dict[str, Any]) -> Judge:
    return judge_with_the_city_list() if case.get("with") == "city" else judge()


def facts(case: dict[str, Any]) -> dict[str, int | str]:
    """What is known of the violation, as the service hands it to the judge."""
    known: dict[str, int | str] = {}
    schema = judge().rule_set.catalogue.facts
    for name, value in case["facts"].items():
        if name in SHORT:
            fact, values = SHORT[name]
            known[fact] = values[value]
        elif schema[name].type is FactType.MONEY:
            known[name] = value * FEN_PER_YUAN
        else:
            known[name] = int(value) if isinstance(value, bool) else value
    for name, value in case["days"].items():
        flag = {"corrected": "corrected", "deadline": "deadline_set"}.get(name)
        if flag is not None:
            known[flag] = int(isinstance(value, date))
        if isinstance(value, date):
            known[DAYS[name]] = value.isoformat()
    return known


def record(number: int, given: dict[str, Any]) -> Record:
    catalogue = judge().rule_set.catalogue
    listed = given.get("list", "")
    kind = "list_entry" if listed else given.get("kind", "penalty")
    return Record(
        source=catalogue.lists[listed].feed if listed else catalogue.record_kinds[kind].feed,
        document_number=f"文{number}",
        kind=kind,
        list=listed,
        violation_code=given.get("violation", msgspec.UNSET),
        severity=given.get("severity", ""),
        organ=given.get("organ", "market-regulation"),
        decided_on=given["decided_on"],
        effective_from=given["decided_on"],
        state=given.get("state", "effective"),
        state_on=given.get("state_on"),
    )


def decided(case: dict[str, Any]) -> LeniencyDecision:
    judge = judge_of(case)
    catalogue = judge.rule_set.catalogue
    day = case.get("day", DAY)
    identifier = PERSON if case.get("subject") == "person" else FIRM
    exemption = case.get("exemption", "")
    knowledge = Knowledge(
        identifier=identifier,
        present=not case.get("absent", False),
        attributes={} if identifier == PERSON else {"registered_on": "2015-01-01", "operating_state": "normal"},
        records=tuple(record(number, given) for number, given in enumerate(case.get("records", ()))),
        ratings=(),
    )
    question = LeniencyQuestion(
        organ=catalogue.exemptions[exemption].organ if exemption else case["organ"],
        exemption=exemption,
        description=case.get("description", ""),
        case_number="1",
        subject=SubjectInRole(identifier=identifier, role=Role.APPLICANT),
        facts=facts(case),
        region=case.get("region", "441900"),
        purpose="golden",
        day=day,
    )
    feeds = {
        code: day - timedelta(days=feed.max_age_days + (1 if code in case.get("stale", ()) else 0))
        for code, feed in catalogue.feeds.items()
    }
    known = {identifier: knowledge}
    decision = judge.judge(question, known, feeds)
    assert judge.second_opinion(question, known, feeds, decision) == ""
    return decision


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_the_answer_is_what_the_texts_say(case: dict[str, Any]) -> None:
    decision = decided(case)
    said = {
        "decision": decision.leniency.value,
        "by": sorted(decision.decided_by),
        "missing": [entry.what for entry in decision.missing],
        "warnings": sorted(warning.rule for warning in decision.warnings),
    }
    expected = {
        "decision": case["decision"],
        "by": sorted(case.get("by", [])),
        "missing": case.get("missing", []),
        "warnings": sorted(case.get("warnings", [])),
    }
    open_points = [
        (ground.rule, one.title)
        for ground in decision.grounds
        for one in ground.conditions
        if one.state is ConditionState.UNKNOWN
    ]
    assert said == expected, f"{case['why']}\n{open_points}"
    for what, text in case.get("reason", {}).items():
        assert text in next(entry.reason for entry in decision.missing if entry.what == what)
    if "measures" in case:
        assert [measure.code for measure in decision.soft_measures] == case["measures"]
    assert {one.code: one.due_on for one in decision.soft_measures if one.code in case.get("due", {})} == case.get(
        "due", {}
    )
    assert {step.code: step.due_on for step in decision.steps if step.code in case.get("steps", {})} == case.get(
        "steps", {}
    )
    for code, text in case.get("notes", {}).items():
        assert text in next(step.note for step in decision.steps if step.code == code)
    deciding = [ground for ground in decision.grounds if ground.rule in decision.decided_by]
    if "names" in case:
        assert sorted(ground.title for ground in deciding) == sorted(case["names"])
        assert all(name in decision.summary for name in case["names"])
    if "lists" in case:
        assert sorted({ground.list_title for ground in deciding} - {""}) == sorted(case["lists"])
        assert all(f"《{title}》" in decision.summary for title in case["lists"])
    laws = {ground.rule: ground.law_day.value for ground in decision.grounds if ground.rule in case.get("law", {})}
    assert laws == case.get("law", {})


def test_there_are_enough_cases_and_every_answer_is_among_them() -> None:
    assert len(CASES) >= 60
    assert {case["decision"] for case in CASES} == {leniency.value for leniency in Leniency}


def test_an_act_of_every_organ_can_be_past_the_limitation_period() -> None:
    rule_set = judge().rule_set
    covered = {
        organ
        for rule in rule_set.of_book(Book.LENIENCY)
        if isinstance(rule.then, GiveLeniency)
        and rule.then.leniency is Leniency.PAST_LIMITATION
        and rule.effective.holds_on(DAY)
        for organ in rule.applies.organs
    }
    assert covered == set(rule_set.catalogue.organs)


def test_the_library_has_the_entries_and_departments_that_were_found() -> None:
    catalogue = judge().rule_set.catalogue
    assert len(catalogue.exemptions) >= 130
    assert len({entry.organ for entry in catalogue.exemptions.values()}) >= 15
    listed = {code for rule in judge().rule_set.of_book(Book.LENIENCY) for code in rule.applies.exemptions}
    assert listed == set(catalogue.exemptions)


def test_no_entry_is_in_force_longer_than_its_list_and_every_correction_can_be_met() -> None:
    catalogue = judge().rule_set.catalogue
    for rule in judge().rule_set.of_book(Book.LENIENCY):
        if isinstance(rule.then, GiveLeniency) and rule.then.list:
            life = catalogue.exemption_lists[rule.then.list].effective
            last = rule.effective.until or date.max
            assert life.start <= rule.effective.start, rule.key
            assert last <= (life.until or date.max), rule.key
    for listed in catalogue.exemption_lists.values():
        way = listed.corrected
        assert way is None or way.before_discovery or way.on_the_spot or way.ordered or way.within, listed.code


def test_every_case_has_a_title_of_its_own_and_a_derivation() -> None:
    titles = [case["title"] for case in CASES]
    assert len(titles) == len(set(titles))
    assert all(len(case["why"]) >= 4 for case in CASES)
