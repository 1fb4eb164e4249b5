"""What the explanation of a credit check says: each expectation was worked out from the rules and the records."""

from __future__ import annotations

import json
from datetime import date

import pytest

from creditgate_server.decision.outcome.values import Findings, Report, Result, Retraction
from creditgate_server.ledger.erasing import Erasure, Part
from creditgate_server.ledger.receipt import Contents, Receipt, contents
from creditgate_server.studies.explanation.explainer import DIFFERENT
from creditgate_server.studies.explanation.explanation import NO_RULES, explain
from creditgate_server.studies.explanation.values import Explanation, FindingKind, FindingSaid, ObjectionSaid

from .receipts import FIRM, checked, explained, known, levelled, material, record, reported

CHANGE, HONOURS, FOOD = "company-registration-change", "credit-honours", "food-business-licence"


def finding(told: Explanation, title: str) -> FindingSaid:
    return next(one for one in told.findings if one.title == title)


def way(told: Explanation, code: str) -> ObjectionSaid:
    return next(one for one in told.objections if one.code == code)


# -- what fired, and what can be done ---------------------------------------------------------------------------------


def test_a_severe_list_is_explained_from_the_record_to_the_way_out() -> None:
    """On the list since 2024-01-15 for three years; repair after one year: 2025-01-15 is past."""
    listed = record("list_entry", date(2024, 1, 15), listed="market-serious")
    told = explained(checked(CHANGE, known(listed)))
    assert told.headline.startswith("可以继续办理, 但部门要按下面的要求办: ")
    key = finding(told, "纳入重点监管范围")
    assert (key.kind, key.duty, key.until) == (FindingKind.RESTRAINT, "应当", "2027-01-15")
    assert {rule.rule for rule in key.rules} == {"level-key-supervision", "market-serious-key-supervision"}
    own = next(rule for rule in key.rules if rule.rule == "market-serious-key-supervision")
    assert [point.text for point in own.condition] == ["有仍有效的“市场监督管理严重违法失信名单”记录"]
    assert ("市场监督管理严重违法失信名单管理办法", "第十五条") in {(one.title, one.article) for one in key.basis}
    assert key.evidence == (
        "市场监督管理严重违法失信名单, 东市监罚〔2026〕7号, 东莞市市场监督管理局, 2024-01-15 作出, 有效至 2027-01-15",
    )
    (remedy,) = told.remedies
    assert (remedy.repairable, remedy.earliest_on, remedy.ends_on) == (True, "2025-01-15", "2027-01-15")
    assert remedy.where == "作出列入决定的市场监管部门"
    assert set(remedy.ends.split("、")) == {"纳入重点监管范围", "不适用绿色通道等便利服务"}
    assert told.next_steps[0].startswith("修复“市场监督管理严重违法失信名单")
    assert "满足条件就可以申请" in told.next_steps[0]


def test_repair_that_is_not_open_yet_names_its_first_day() -> None:
    """列入满一年: on the list since 2026-03-01, so not before 2027-03-01."""
    told = explained(checked(CHANGE, known(record("list_entry", date(2026, 3, 1), listed="market-serious"))))
    assert told.remedies[0].earliest_on == "2027-03-01"
    assert "最早 2027-03-01 可以申请" in told.next_steps[0]


def test_what_no_law_lets_be_repaired_is_said_to_end_by_itself() -> None:
    """食品安全法 135: five years from 2022-02-03 end on 2027-02-03."""
    told = explained(checked(FOOD, known(record("food-licence-revocation", date(2022, 2, 3)))))
    assert told.headline == "法律规定这次不能办理: 不得申请食品生产经营许可。"
    assert finding(told, "不得申请食品生产经营许可").kind is FindingKind.PROHIBITION
    (remedy,) = told.remedies
    assert (remedy.repairable, remedy.ends_on) == (False, "2027-02-03")
    assert [(one.title, one.article) for one in remedy.basis] == [
        ("中华人民共和国食品安全法(2025修正)", "第一百三十五条第一款")
    ]
    assert told.next_steps[0].endswith("算到 2027-02-03, 次日起不再算")


def test_what_was_known_is_told_with_source_and_age() -> None:
    repaired = record("penalty", date(2026, 6, 1), severity="general", state="repaired", state_on=date(2026, 11, 19))
    told = explained(checked(HONOURS, known(repaired)))
    penalty = next(one for one in told.known if one.what == "行政处罚")
    assert (penalty.source, penalty.as_of, penalty.age_days) == ("行政处罚和许可双公示数据", "2026-06-01", 172)
    assert (penalty.counted, penalty.note) == (False, "已于 2026-11-19 修复, 不再计算")
    assert penalty.detail == "东市监罚〔2026〕7号, 东莞市市场监督管理局, 程度一般"
    state = next(one for one in told.known if one.what == "登记状态")
    assert (state.detail, state.as_of, state.age_days) == ("正常", "2026-11-18", 2)
    court = next(one for one in told.sources if one.title == "失信被执行人名单")
    assert (court.data_day, court.age_days, court.max_age_days, court.stale) == ("2026-11-18", 2, 10, False)


# -- what nearly fired ------------------------------------------------------------------------------------------------


def test_a_record_that_ended_the_day_before_is_a_near_miss_by_a_day() -> None:
    """Three years from 2023-11-19 end on 2026-11-19; asked on the 20th."""
    told = explained(checked(CHANGE, known(record("list_entry", date(2023, 11, 19), listed="market-serious"))))
    assert told.headline == "没有发现影响这次办理的信用情况, 按一般程序办理。"
    misses = {miss.rule: miss for miss in told.near_misses}
    assert set(misses) == {"grade-severe-list", "market-serious-key-supervision"}
    miss = misses["market-serious-key-supervision"]
    assert miss.gap == "“市场监督管理严重违法失信名单”东市监罚〔2026〕7号只算到 2026-11-19, 早 1 天就会成立"
    assert miss.would_give == "纳入重点监管范围"


def test_a_record_that_ended_long_ago_is_none() -> None:
    told = explained(checked(CHANGE, known(record("list_entry", date(2023, 10, 1), listed="market-serious"))))
    assert told.near_misses == ()


def test_a_fen_less_is_a_near_miss_by_a_fen() -> None:
    """On-site verification from 100,000 yuan of fines and confiscations within twelve months."""
    fined = record("penalty", date(2026, 6, 1), severity="general", amount_fen=9_999_999)
    told = explained(checked("medical-institution-licence", known(fined)))
    miss = next(miss for miss in told.near_misses if miss.rule == "large-penalties-on-site")
    assert (miss.found, miss.gap, miss.would_give) == ("99999.99 元", "还差 0.01 元", "许可前现场核查")


def test_what_should_not_have_been_there_is_asked_for_as_absent() -> None:
    """The way of commitment is shut by a broken promise: the near miss asks that there be none."""
    broken = record("commitment-breach", date(2026, 6, 1))
    told = explained(checked(FOOD, known(broken), facts={"commitment_requested": 1}))
    miss = next(miss for miss in told.near_misses if miss.rule == "commitment-eligible")
    assert miss.condition == "没有仍有效的“违背告知承诺”记录"
    assert (miss.found, miss.gap, miss.would_give) == ("1 条", "多出 1 条", "适用告知承诺制")


# -- precedence -------------------------------------------------------------------------------------------------------


def test_precedence_says_who_prevailed_and_why() -> None:
    """Evaluated A and on the red list, and a wage defaulter: the worst grade counts, the green channel gives way."""
    red = record("list_entry", date(2026, 1, 1), listed="trust-red-list")
    listed = record("list_entry", date(2026, 8, 1), listed="wage-arrears")
    told = explained(checked(CHANGE, known(red, listed, evaluation="A")))
    assert (
        "公共信用等级: 几条规则同时成立时取最差的一级, 所以按“列入严重失信主体名单”定为公共信用等级 D; "
        "同时成立但没有采用的: “国家评价为 A”(公共信用等级 A)"
    ) in told.precedence
    assert (
        "激励“绿色通道”本来符合, 但同一申请有惩戒“不适用绿色通道等便利服务”, 惩戒优先, 所以不适用"
    ) in told.precedence
    aside = finding(told, "绿色通道")
    assert (aside.applies, aside.rules[0].counts) == (False, False)
    grade = finding(told, "公共信用等级: D(差)")
    assert [(rule.rule, rule.counts) for rule in grade.rules] == [("grade-severe-list", True), ("grade-a", False)]


# -- where to object --------------------------------------------------------------------------------------------------


def report(about: str, result: Result, day: date) -> Report:
    return Report(about=about, result=result, decided_on=day, post="审批岗")


def test_without_a_decision_of_the_organ_the_rule_is_told_and_no_day() -> None:
    told = explained(checked(CHANGE, known()))
    ways = [one.code for one in told.objections]
    assert ways == [
        "hearing-application",
        "credit-information",
        "reconsideration",
        "lawsuit",
        "lawsuit-after-reconsideration",
    ]
    reconsideration = way(told, "reconsideration")
    assert (reconsideration.period, reconsideration.last_day) == (
        "自您知道或者应当知道该决定之日起 60 日内(当日不计入)",
        "",
    )
    assert reconsideration.where == "东莞市人民政府"
    articles = "第二十条第一款、第二十条第三款、第二十三条第一款第一项、第二十四条第一款第一项"
    assert [one.article for one in reconsideration.basis] == [articles]
    assert way(told, "hearing-application").where == "东莞市市场监督管理局"


def test_a_last_day_in_the_national_holiday_moves_behind_it() -> None:
    """Refused on 2026-08-04: 60 days end on 2026-10-03; the holiday lasts to the 7th, the 8th is a Thursday."""
    receipt = checked(CHANGE, known(), day=date(2026, 8, 3))
    refused = reported(report(receipt.id, Result.REFUSED, date(2026, 8, 4)), "refused", Findings(answer="clear"))
    told = explained(receipt, refused)
    reconsideration = way(told, "reconsideration")
    assert reconsideration.last_day == "2026-10-08"
    assert "届满日 2026-10-03 是休假日, 顺延" in reconsideration.note
    assert told.next_steps == (
        "申请行政复议: 向东莞市人民政府提出, 最后一天 2026-10-08(按决定当天知道计算)",
        "提起行政诉讼: 向有管辖权的人民法院提出, 自您知道或者应当知道该决定之日起 6 个月内(当日不计入), 见“不服怎么办”",
    )
    assert [(line.label, line.text) for line in told.reports] == [
        ("办理结果", "不予许可, 2026-08-04 决定, 岗位: 审批岗")
    ]


def test_a_day_without_a_calendar_is_said_to_be_open() -> None:
    """Six months from 2026-08-04 end on 2027-02-04; the holidays of 2027 are not in the library."""
    receipt = checked(CHANGE, known(), day=date(2026, 8, 3))
    refused = reported(report(receipt.id, Result.REFUSED, date(2026, 8, 4)), "refused", Findings(answer="clear"))
    lawsuit = way(explained(receipt, refused), "lawsuit")
    assert lawsuit.last_day == ""
    assert "2027-02-04" in lawsuit.note
    assert "2027 年的放假安排还没有收录" in lawsuit.note


def test_a_working_saturday_is_a_last_day() -> None:
    """Refused on 2026-08-11: 60 days end on Saturday 2026-10-10, which the State Council made a working day."""
    receipt = checked(CHANGE, known(), day=date(2026, 8, 3))
    refused = reported(report(receipt.id, Result.REFUSED, date(2026, 8, 11)), "refused", Findings(answer="clear"))
    assert way(explained(receipt, refused), "reconsideration").last_day == "2026-10-10"


def test_what_was_granted_or_taken_back_starts_no_period() -> None:
    receipt = checked(CHANGE, known(), day=date(2026, 8, 3))
    granted = reported(report(receipt.id, Result.GRANTED, date(2026, 8, 4)), "granted", Findings(answer="clear"))
    refused = reported(report(receipt.id, Result.REFUSED, date(2026, 8, 4)), "refused", Findings(answer="clear"))
    taken = reported(Retraction(about=receipt.id, post="审批岗", note="报错了"), "retracted", Findings(answer="clear"))
    assert way(explained(receipt, granted), "reconsideration").last_day == ""
    assert way(explained(receipt, refused, taken), "reconsideration").last_day == ""
    assert way(explained(receipt, taken, refused), "reconsideration").last_day == "2026-10-08"


def test_the_court_is_asked_to_correct_its_own_list() -> None:
    told = explained(checked(CHANGE, known(record("list_entry", date(2026, 3, 4), listed="judgment-defaulter"))))
    assert way(told, "court-defaulter-correction").where == "执行法院"


def test_a_tax_organ_answers_to_the_one_above_it() -> None:
    """行政复议法 27: not the city's government, but the tax authority above."""
    told = explained(checked("tax-convenience", known()))
    assert way(told, "reconsideration-vertical").where == "该机关的上一级主管部门"
    assert "reconsideration" not in [one.code for one in told.objections]


def test_after_a_level_there_is_no_decision_to_object_to_but_data() -> None:
    told = explained(levelled(known()))
    assert [one.code for one in told.objections] == ["credit-information"]
    assert told.next_steps == ("认为信用记录有错的, 可以提出异议: 见“不服怎么办”",)


# -- what is not there any more ---------------------------------------------------------------------------------------


def test_once_erased_it_says_so_and_explains_what_is_left() -> None:
    receipt = checked(CHANGE, known(record("list_entry", date(2024, 1, 15), listed="market-serious")))
    erasure = Erasure(
        receipt="r-erasure",
        parts=(Part.QUESTION, Part.DECISION),
        ground="个人信息保护法第四十七条",
        by="officer",
        day=date(2031, 1, 5),
    )
    told = explain(material(receipt, erasures=(erasure,), inside=Contents(question=None, decision=None)))
    assert told.headline == (
        "这份信用核查回执的内容已依法删除, 不能再说明当时的具体情况。留下的记录只说明当时的结论是: 适用惩戒措施。"
    )
    assert told.erased == (
        "申请内容、结论内容已于 2031-01-05 依法删除, 依据: 个人信息保护法第四十七条, 删除回执 r-erasure",
    )
    assert (told.subjects, told.known, told.findings, told.near_misses) == ((), (), (), ())
    assert [line.text for line in told.question] == ["东莞市市场监督管理局", "公司变更登记", "1"]
    assert way(told, "reconsideration").where == "东莞市人民政府"


def test_without_the_question_the_decision_is_still_explained() -> None:
    receipt = checked(CHANGE, known(record("list_entry", date(2024, 1, 15), listed="market-serious")))
    told = explain(material(receipt, inside=Contents(question=None, decision=contents(receipt).decision)))
    assert finding(told, "纳入重点监管范围").evidence
    assert told.remedies[0].ends_on == "2027-01-15"
    assert (told.subjects, told.near_misses) == ((), ())


def test_without_its_rule_set_the_codes_are_left() -> None:
    receipt = checked(CHANGE, known(record("list_entry", date(2024, 1, 15), listed="market-serious")))
    told = explain(material(receipt, with_rules=False))
    assert NO_RULES in told.notes
    key = finding(told, "纳入重点监管范围")
    assert (key.rules[0].rule, key.rules[0].condition) == ("level-key-supervision", ())
    assert told.objections == ()


def test_an_answer_that_would_come_out_otherwise_today_keeps_its_own() -> None:
    """A decision that is not what the rules give, as after a fault of the engine: told, with nothing added to it."""
    receipt = checked(CHANGE, known())
    other = checked(CHANGE, known(record("list_entry", date(2024, 1, 15), listed="market-serious")))
    inside = Contents(
        question=contents(receipt).question,
        decision=(contents(other).decision or b"").replace(b'"outcome":"measures"', b'"outcome":"undetermined"'),
    )
    told = explain(material(receipt, inside=inside))
    assert DIFFERENT in told.notes
    assert told.near_misses == ()
    assert finding(told, "纳入重点监管范围").subject == 0


def test_a_level_that_would_come_out_otherwise_today_keeps_its_own() -> None:
    """The level of a listed firm, stored for one of which nothing bad is known."""
    clean, listed = levelled(known()), levelled(known(record("list_entry", date(2024, 1, 15), listed="market-serious")))
    wrong = {**decision_of(listed), "known": decision_of(clean)["known"]}
    inside = Contents(
        question=contents(clean).question, decision=json.dumps(wrong, ensure_ascii=False, sort_keys=True).encode()
    )
    told = explain(material(clean, inside=inside))
    assert DIFFERENT in told.notes
    assert (told.near_misses, told.precedence) == ((), ())
    assert told.headline == explained(listed).headline != explained(clean).headline


@pytest.mark.parametrize("evaluation", ["A", "B", "C", "D", "E"])
@pytest.mark.parametrize("listed", ["", "market-serious", "judgment-defaulter"])
def test_a_level_comes_out_as_it_was_stored(evaluation: str, listed: str) -> None:
    records = (record("list_entry", date(2024, 1, 15), listed=listed),) if listed else ()
    assert DIFFERENT not in explained(levelled(known(*records, evaluation=evaluation))).notes


def decision_of(receipt: Receipt) -> dict[str, object]:
    """A stored decision, as its members."""
    return dict(json.loads(contents(receipt).decision or b"{}"))


def test_the_same_receipt_has_the_same_explanation() -> None:
    receipt = checked(CHANGE, known(record("list_entry", date(2024, 1, 15), listed="market-serious")))
    assert explained(receipt) == explained(receipt)
    assert explained(receipt).subjects == (f"{FIRM}(申请人)",)
