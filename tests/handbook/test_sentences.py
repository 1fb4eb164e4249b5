"""Rules in Chinese: sentences of hand-picked rules, written out by hand from the rule files."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.catalogue import Citation, Parameter, ParameterType, ParameterValue, Period
from creditgate_server.rulebook.language import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    FactTest,
    FindingTest,
    Hit,
    NoneOf,
    RecordTest,
    Row,
    Select,
)
from creditgate_server.rulebook.load import read_directory, read_texts
from creditgate_server.rulebook.saying import RuleVersionText, explain, quoted, versions
from creditgate_server.rulebook.words import condition_in_lines, numbered

from ..rulebooks.test_rulebooks import BASE, SOUND, with_base
from ..verifying import verified

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return read_directory(ROOT / "rules").rule_set


@pytest.fixture(scope="module")
def small() -> RuleSet:
    return read_texts(BASE).rule_set


def explained(rule_set: RuleSet, rule_id: str, version: int = 0) -> RuleVersionText:
    return explain(rule_set, versions(rule_set, rule_id)[version])


def lines(rule_set: RuleSet, rule_id: str) -> list[str]:
    return [f"{number} {text}".strip() for _, number, text in numbered(explained(rule_set, rule_id).when)]


def sound(name: str) -> RuleSet:
    return with_base(next(file for file in SOUND if file.stem == name).read_bytes()).rule_set


def test_a_condition_of_all_kinds_of_facts(small: RuleSet):
    assert lines(small, "base-restraint") == [
        "以下各项都成立(且):",
        "1 监管等级为重点监管",
        "2 申请告知承诺: 是",
        "3 缺件数不超过 3 件",
        "4 申请金额超过 1000.50 元",
        "5 成立日期距今已满 12 个月",
        "6 办理方式为 online",
        "7 近 24 个月内作出、仍有效的“行政处罚”记录(一般、严重)不少于 3 条",
    ]


def test_findings_are_named_by_the_title_of_their_rule(small: RuleSet):
    assert lines(small, "level-key") == [
        "以下各项都成立(且):",
        "1 规则“列入严重失信主体名单”(grade-d)成立",
        "2 主体类型不是自然人",
        "3 信用等级为 D(差)",
    ]


def test_every_comparison():
    assert lines(sound("every-comparison"), "every-comparison") == [
        "以下任一项成立(或):",
        "1 申请告知承诺: 否",
        "2 申请告知承诺: 否",
        "3 办理方式不属于 window、online",
        "4 综合评价为“没有评价”",
        "5 缺件数为 9007199254740991 件",
        "6 缺件数为 -1 件、0 件或 1 件",
        "7 缺件数小于 -9007199254740991 件",
        "8 申请金额不超过 0 元",
        "9 申请金额为 0.10 元",
        "10 申请金额不属于 0.10 元、90071992547409.91 元",
        "11 成立日期为 2024-02-29",
        "12 成立日期早于 1900-01-01",
        "13 成立日期不晚于 2000-02-29",
        "14 成立日期晚于 2199-12-31",
        "15 成立日期不早于 2021-07-15",
        "16 成立日期距今未满 1200 个月",
        "17 成立日期距今已满 1 日",
        "18 成立日期距今未满 36500 日",
    ]


def test_every_test_of_records():
    assert lines(sound("every-record-test"), "every-record-test") == [
        "以下任一项成立(或):",
        "1 有仍有效的“拖欠农民工工资失信联合惩戒对象名单”记录",
        "2 有不论仍有效、已修复还是已届满的“拖欠农民工工资失信联合惩戒对象名单”记录",
        "3 没有近 1 日内作出、仍有效的信用记录",
        "4 由市场监管局作出、仍有效的“行政处罚”或“违背承诺”记录(轻微), 罚没金额合计不少于 0.01 元",
        "5 近 12 个月内作出、仍有效的“行政处罚”记录, 罚没金额合计不超过 0 元",
        "6 仍有效的信用记录(严重)不少于 2 条",
    ]


def test_nested_groups_are_numbered_in_levels(shipped: RuleSet):
    assert lines(shipped, "funds-large-caution") == [
        "以下各项都成立(且):",
        "1 申请财政资金数额不少于 500 万元",
        "2 以下任一项成立(或):",
        "2.1 有仍有效的“行政处罚”记录(一般、严重)",
        "2.2 企业环境信用评价等级为 yellow 或 red",
        "2.3 纳税缴费信用级别为 C 或 D",
    ]


def test_none_of_several_and_windows_of_lists(shipped: RuleSet):
    assert lines(shipped, "wage-deposit-waived") == [
        "以下各项都成立(且):",
        "1 劳动保障守法诚信等级为 A",
        "2 成立日期距今已满 36 个月",
        "3 以下各项都不成立(均不):",
        "3.1 有近 36 个月内列入、不论仍有效、已修复还是已届满的“拖欠农民工工资失信联合惩戒对象名单”记录",
        "3.2 有近 36 个月内由东莞市人力资源和社会保障局作出、不论仍有效、已修复还是已届满的“行政处罚”记录",
    ]


def penalties(at_least: int | None = None, at_most: int | None = None) -> RecordTest:
    return RecordTest(select=Select(kinds=("penalty",)), at_least=at_least, at_most=at_most)


_ONLINE = FactTest(fact="route", compare=Compare.IN, values=("online",))
_FEW = FactTest(fact="missing", compare=Compare.LESS, values=(3,))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, ["不论什么情况(没有条件)"]),
        (NoneOf(parts=(penalties(at_least=1),)), ["没有仍有效的“行政处罚”记录"]),
        (NoneOf(parts=(penalties(at_least=3),)), ["仍有效的“行政处罚”记录不超过 2 条"]),
        (NoneOf(parts=(penalties(at_most=0),)), ["有仍有效的“行政处罚”记录"]),
        (NoneOf(parts=(penalties(at_most=2),)), ["仍有效的“行政处罚”记录不少于 3 条"]),
        (penalties(at_most=2), ["仍有效的“行政处罚”记录不超过 2 条"]),
        (NoneOf(parts=(_FEW,)), ["缺件数不少于 3 件"]),
        (NoneOf(parts=(FindingTest(rule="grade-d"),)), ["规则“差”(grade-d)不成立"]),
        (AllOf(parts=(_ONLINE,)), ["办理方式为 online"]),
        (
            NoneOf(parts=(NoneOf(parts=(_ONLINE, _FEW)),)),
            ["以下任一项成立(或):", "办理方式为 online", "缺件数小于 3 件"],
        ),
        (NoneOf(parts=(NoneOf(parts=(_ONLINE,)),)), ["办理方式为 online"]),
        (
            NoneOf(parts=(AnyOf(parts=(_ONLINE, _FEW)),)),
            ["以下各项都不成立(均不):", "办理方式为 online", "缺件数小于 3 件"],
        ),
        (NoneOf(parts=(AllOf(parts=(_ONLINE, _FEW)),)), ["以下各项不都成立:", "办理方式为 online", "缺件数小于 3 件"]),
        (NoneOf(parts=(AllOf(parts=(_ONLINE,)),)), ["办理方式不是 online"]),
    ],
)
def test_groups_of_one_and_opposites(small: RuleSet, condition: Condition | None, expected: list[str]):
    line = condition_in_lines(small.catalogue, condition, {"grade-d": "差"})
    assert [text for _, _, text in numbered(line)] == expected


def test_whom_and_where(shipped: RuleSet, small: RuleSet):
    officer = explained(shipped, "defaulter-officer")
    assert officer.who == "法定代表人、主要负责人"
    assert [(where.label, str(where)) for where in officer.where] == [
        ("事项", "公司变更登记"),
        ("主管部门", "不限"),
        ("环节", "不限"),
    ]
    after = explained(shipped, "promise-performance-after")
    assert [(where.label, str(where)) for where in after.where] == [
        ("有此特征的事项", "可以告知承诺办理、可以容缺受理"),
        ("主管部门", "不限"),
        ("环节", "办结以后"),
    ]
    everywhere = explained(small, "base-incentive")
    assert [str(where) for where in everywhere.where] == ["所有事项", "不限", "不限"]
    assert explained(small, "base-restraint").who == "申请人、法定代表人"
    assert explained(small, "grade-a").who == "每一个被查询的主体, 不论以什么身份"
    assert str(explained(sound("every-record-test"), "every-record-test").where[0]) == "市场监管局"


def test_what_it_gives(small: RuleSet, shipped: RuleSet):
    restraint = explained(small, "base-restraint")
    assert restraint.gives == "应当采取失信惩戒措施“不适用告知承诺”"
    assert restraint.further == ("怎样办: 改按一般程序办理", "成立时, 下列激励措施不适用: “绿色通道”")
    incentive = explained(small, "base-incentive")
    assert incentive.gives == "可以适用守信激励措施“绿色通道”"
    assert incentive.further == (
        "怎样办: 优先办理",
        "同一申请有下列惩戒措施之一(包括尚不能确定的)时, 不适用: “不适用告知承诺”",
    )
    assert explained(small, "base-prohibition").further == (
        "怎样办: 不予许可",
        "这是法律、行政法规规定的禁止: 成立时, 结论为依法不予办理",
    )
    assert explained(small, "grade-d").gives == "公共信用等级为 D(差)"
    assert explained(small, "level-key").gives == "监管等级为“重点监管”"
    assert explained(small, "level-key").further == ("监管频次: 每季度一次", "几条规则都成立时, 取最严的一级")
    assert explained(shipped, "soil-not-on-white-list").remedy == "改由白名单内从业单位出具报告, 或申请列入白名单"


def test_basis_has_rank_life_and_whether_it_is_verified(shipped: RuleSet):
    small = verified(BASE, "instrument/credit-law")
    assert [str(basis) for basis in explained(small, "grade-a").basis] == [
        "《信用基本法》(第1号)第六条; 法律, 2020-01-01 起施行, 已核实"
    ]
    assert [str(basis) for basis in explained(small, "base-incentive").basis] == [
        "《市级通知》第二条; 规范性文件, 2020-01-01 起施行, 待核实"
    ]
    old, new = explained(shipped, "customs-senior", 0), explained(shipped, "customs-senior", 1)
    assert old.days == "2021-11-01 至 2026-03-31(含首尾两天)"
    assert new.days == "2026-04-01 起"
    assert "(海关总署令第251号)(没有写明条款); 部门规章, 2021-11-01 起施行, 有效至 2026-03-31" in str(old.basis[0])
    assert "(海关总署令第282号)(没有写明条款); 部门规章, 2026-04-01 起施行" in str(new.basis[0])


def test_a_rule_is_verified_by_its_line_alone():
    """Not by the instrument's, and each version by its own."""
    small = verified(BASE, "rule/grade-a@2021-01-01")
    assert explained(small, "grade-a").verified
    assert not explained(small, "grade-d").verified
    assert [one.verified for one in explained(small, "grade-a").basis] == [False]


def test_titles_within_titles_have_the_other_quotes():
    assert quoted("关于《条例》第一条的意见") == "《关于〈条例〉第一条的意见》"


def test_a_row_says_its_table_hit_policy_and_place(small: RuleSet):
    row = Row(table="level-sectors", hit=Hit.PRIORITY, number=3)
    rule = msgspec.structs.replace(versions(small, "level-key")[0], row=row)
    said = explain(small, rule).table
    assert said.startswith("决策表 level-sectors 第 3 行; 命中策略 优先: 成立的各行只算最上面的一行")
    assert explained(small, "level-key").table == ""


def with_parameter(rule_set: RuleSet) -> RuleSet:
    """The small library, with a parameter that changed in 2021 and the rule of three penalties using it."""
    basis = (Citation(instrument="credit-law", article="第九条"),)
    days = msgspec.convert([{"from": "2020-01-01", "until": "2020-12-31"}, {"from": "2021-01-01"}], list[Period])
    values = tuple(
        ParameterValue(effective=period, value=value, basis=basis) for period, value in zip(days, (18, 12), strict=True)
    )
    window = Parameter(code="repeat-window", title="多次处罚的计算期限", type=ParameterType.MONTHS, values=values)
    catalogue = msgspec.structs.replace(rule_set.catalogue, parameters={"repeat-window": window})
    rules = tuple(
        msgspec.structs.replace(rule, parameters=("repeat-window",)) if rule.id == "base-restraint" else rule
        for rule in rule_set.rules
    )
    return RuleSet(catalogue=catalogue, rules=rules)


def test_a_parameter_has_its_value_of_the_rule_s_days(small: RuleSet):
    (parameter,) = explained(with_parameter(small), "base-restraint").parameters
    assert (parameter.code, parameter.title, parameter.value) == ("repeat-window", "多次处罚的计算期限", "12 个月")
    assert parameter.basis == (Citation(instrument="credit-law", article="第九条"),)
