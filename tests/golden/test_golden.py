"""The golden cases: worked out by hand from the documents, judged by the shipped rules on both roads."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from creditgate_server.decision.check.question import Question
from creditgate_server.decision.knowledge import Knowledge, Rating, Record
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.bundle import decode
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.rulebook.load import read_directory
from tests.shared import read_yaml

ROOT = Path(__file__).resolve().parents[2]
CASES: list[dict[str, Any]] = read_yaml(Path(__file__).with_name("cases.yaml"))
FIRM, PERSON = "91441900708017879M", "p:" + "0" * 64


@cache
def judge() -> Judge:
    return Judge(decode(read_directory(ROOT / "rules").rule_set.canonical))  # as the workers have it


def record(number: int, given: dict[str, Any]) -> Record:
    catalogue = judge().rule_set.catalogue
    listed = given.get("list", "")
    feed = catalogue.lists[listed].feed if listed else catalogue.record_kinds[given["kind"]].feed
    return Record(
        source=feed,
        document_number=f"文{number}",
        kind=given.get("kind", "list_entry"),
        list=listed,
        severity=given.get("severity", ""),
        organ=given.get("organ", ""),
        decided_on=given["decided_on"],
        effective_from=given["decided_on"],
        until=given.get("until"),
        state=given.get("state", "effective"),
        state_on=given.get("state_on"),
        amount_fen=given.get("amount_fen", 0),
    )


def known(case: dict[str, Any]) -> Knowledge:
    ladders = {"public-credit": case.get("evaluation"), "customs": case.get("customs"), "tax": case.get("tax", "B")}
    person = case.get("subject") == "person"
    decided = date(2026, 1, 1) if case["day"] > date(2026, 1, 1) else case["day"]
    return Knowledge(
        identifier=PERSON if person else FIRM,
        present=True,
        attributes={} if person else {"registered_on": "2015-01-01", "operating_state": "normal"},
        records=tuple(record(number, given) for number, given in enumerate(case.get("records", ()))),
        ratings=tuple(
            Rating(ladder=ladder, rating=rating, decided_on=decided)
            for ladder, rating in ladders.items()
            if rating and not person
        ),
    )


def feeds(case: dict[str, Any]) -> dict[str, date]:
    catalogue = judge().rule_set.catalogue
    day: date = case["day"]
    return {
        code: day - timedelta(days=feed.max_age_days + (1 if code in case.get("stale", ()) else 0))
        for code, feed in catalogue.feeds.items()
    }


def question_of(case: dict[str, Any], knowledge: Knowledge) -> Question:
    item = judge().rule_set.catalogue.items[case["item"]]
    return Question(
        organ=item.organ,
        item=item.code,
        case_number="1",
        stage=Stage.ACCEPTANCE,
        subjects=(SubjectInRole(identifier=knowledge.identifier, role=Role(case.get("role", "applicant"))),),
        facts=case.get("facts", {}),
        purpose="golden",
        day=case["day"],
    )


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_the_decision_is_what_the_documents_say(case: dict[str, Any]) -> None:
    knowledge = known(case)
    question = question_of(case, knowledge)
    decision = judge().judge(question, {knowledge.identifier: knowledge}, feeds(case))
    said = {
        "grade": decision.standings[0].grade.code,
        "outcome": decision.outcome.value,
        "measures": sorted(measure.code for measure in decision.measures),
        "set_aside": sorted(entry.code for entry in decision.set_aside),
    }
    expected = {
        "grade": case["grade"],
        "outcome": case["outcome"],
        "measures": sorted(case["measures"]),
        "set_aside": sorted(case.get("set_aside", [])),
    }
    assert said == expected, f"{case['why']}\n{[(entry.what, entry.reason) for entry in decision.undetermined]}"
    if "level" in case:
        assert decision.standings[0].level.code == case["level"]
    assert judge().second_opinion(question, {knowledge.identifier: knowledge}, feeds(case), decision) == ""


def test_there_are_enough_cases_and_every_outcome_is_among_them() -> None:
    assert len(CASES) >= 25
    assert {case["outcome"] for case in CASES} == {"clear", "incentives", "measures", "prohibited", "undetermined"}
