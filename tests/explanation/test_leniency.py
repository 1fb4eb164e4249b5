"""What the explanation of a leniency answer says: each expectation was worked out from the list and the law."""

from __future__ import annotations

from datetime import date

from creditgate_server.decision.leniency.question import LeniencyQuestion
from creditgate_server.decision.outcome.values import Findings, Penalty, Report, Result
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.rulebook.language import Role
from creditgate_server.studies.explanation.explanation import explain
from creditgate_server.studies.explanation.values import Explanation, FindingSaid
from tests.golden.test_golden import judge

from .receipts import FIRM, known, lenient, material, reported

ACTED = "2026-11-18"
FACTS: dict[str, int | str] = {
    "goods_value": 6_600,
    "source_explained": 1,
    "food_incident": 0,
    "catering": 0,
    "corrected_on_the_spot": 1,
    "corrected": 1,
    "safety_bottom_line": 0,
    "malicious": 0,
    "repeated": 0,
    "consequences": "slight",
    "party_heard": 1,
    "prior_same_kind": 0,
    "act_ended_on": ACTED,
    "discovered_on": ACTED,
    "corrected_on": ACTED,
}
"""Expired food worth 66 yuan, corrected on the spot: the first case of the golden file."""


def told(day: date = date(2026, 11, 20), **changes: int | str | None) -> Explanation:
    facts = {name: value for name, value in {**FACTS, **changes}.items() if value is not None}
    question = LeniencyQuestion(
        organ="market-regulation",
        exemption="m17",
        case_number="东市监案〔2026〕9号",
        subject=SubjectInRole(identifier=FIRM, role=Role.APPLICANT),
        facts=facts,
        region="441900",
        purpose="行政处罚裁量",
        day=day,
    )
    return explain(material(lenient(question, known(), judge())))


def ground(explanation: Explanation, rule: str) -> FindingSaid:
    return next(one for one in explanation.findings if one.rules[0].rule == rule)


def test_a_first_act_is_explained_condition_by_condition() -> None:
    explanation = told()
    assert explanation.headline.startswith("首违可以不罚: 可以不予行政处罚: ")
    own = ground(explanation, "m17-samr-2025-1-first")
    said = [point.text for point in own.rules[0].condition]
    assert "符合: 涉案货值金额不超过 500 元(涉案货值金额: 66.00 元)" in said
    law = ground(explanation, "law-first")
    assert (law.applies, own.applies) == (True, True)
    assert ("中华人民共和国行政处罚法(2021修订)", "第三十三条第一款后段") in {
        (one.title, one.article) for one in law.basis
    }
    assert ("违法行为", "经营超过保质期的食品、食品添加剂") in {
        (line.label, line.text) for line in explanation.question
    }


def test_a_yuan_too_much_is_the_near_miss() -> None:
    """501 yuan: the list's bound of 500 is the only condition that fails; the law itself may still exempt."""
    explanation = told(goods_value=50_100)
    assert [one.rules[0].rule for one in explanation.findings if one.applies] == ["law-first"]
    (miss,) = [miss for miss in explanation.near_misses if miss.rule == "m17-samr-2025-1-first"]
    assert (miss.condition, miss.found) == ("涉案货值金额不超过 500 元", "涉案货值金额: 501.00 元")


def test_what_is_not_known_is_asked_for_first() -> None:
    explanation = told(goods_value=50_100, consequences=None)
    assert explanation.headline.startswith("还有情况没有查清, 现在不能下结论。")
    assert "还要查清: " in explanation.next_steps[0]
    assert {one.label.split("(", 1)[0] for one in explanation.missing} == {
        judge().rule_set.catalogue.facts[name].label.split("(", 1)[0] for name in ("consequences", "minor")
    }


def test_the_party_learns_of_hearing_and_of_objection_to_the_penalty() -> None:
    codes = [one.code for one in told().objections]
    assert codes == [
        "hearing-penalty",
        "credit-information",
        "reconsideration",
        "lawsuit",
        "lawsuit-after-reconsideration",
    ]


def test_a_penalty_that_was_reported_starts_the_sixty_days() -> None:
    """Penalised on 2026-08-04: 60 days end in the National Day holiday, so on 2026-10-08."""
    question = LeniencyQuestion(
        organ="market-regulation",
        exemption="m17",
        case_number="1",
        subject=SubjectInRole(identifier=FIRM, role=Role.APPLICANT),
        facts={**FACTS, "act_ended_on": "2026-08-01", "discovered_on": "2026-08-01", "corrected_on": "2026-08-01"},
        region="441900",
        purpose="行政处罚裁量",
        day=date(2026, 8, 3),
    )
    receipt = lenient(question, known(), judge())
    said = Report(
        about=receipt.id,
        result=Result.PENALISED,
        decided_on=date(2026, 8, 4),
        post="执法岗",
        penalties=(Penalty.FINE,),
        fine_fen=200_000,
    )
    explanation = explain(material(receipt, told=[reported(said, "penalised", Findings(answer="may_be_exempt"))]))
    days = {one.code: one.last_day for one in explanation.objections}
    assert days["reconsideration"] == "2026-10-08"
    assert days["hearing-penalty"] == ""
    assert ("处罚", "罚款, 罚款 2000.00 元") in {(line.label, line.text) for line in explanation.reports}


def test_old_law_and_new_law_are_named_where_one_alone_exempts() -> None:
    """The list is in force from 2025-01-27: an act of 2025-01-10 is judged by it as the newer and lighter law."""
    explanation = told(act_ended_on="2025-01-10", corrected_on="2025-01-10")
    assert ground(explanation, "m17-samr-2025-1-first").applies
    assert explanation.precedence == (
        "“经营超过保质期的食品、食品添加剂”只依作出决定时的规定成立, 行为发生时还没有这项规定; "
        "新旧规定中选对当事人较轻的(行政处罚法第三十七条)",
    )
