"""What changed in lenient enforcement, in words; it is told that nobody was judged for it."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from creditgate_server.cli.rules import app
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.load import read_texts
from creditgate_server.studies.difference import difference
from creditgate_server.studies.difference.page import page
from creditgate_server.studies.difference.report import ChangeKind, DiffReport
from creditgate_server.studies.difference.wording import headline, scope_lines

from .people import DAY, SMALL

LENIENT = Path(__file__).with_name("lenient.yaml").read_text("utf-8")
MALICIOUS = "  - {name: malicious, label: 恶意, type: flag, source: circumstance, supplier: 办案人员}\n"
HEARD = "不予处罚的规则或清单有差别, 只列文字, 没有逐案比对"


def lenient(*changes: tuple[str, str]) -> RuleSet:
    text = LENIENT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    files = {path.name: path.read_bytes() for path in SMALL.glob("*.yaml")}
    return read_texts({**files, "lenient.yaml": text.encode()}).rule_set


def told(*changes: tuple[str, str]) -> DiffReport:
    return difference(lenient(), lenient(*changes), DAY)


def rules(report: DiffReport) -> dict[str, list[tuple[str, str, str]]]:
    return {change.id: [(line.field, line.before, line.after) for line in change.lines] for change in report.rules}


def catalogue(report: DiffReport) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    return {
        (change.section_title, change.code): [(line.field, line.before, line.after) for line in change.lines]
        for change in report.catalogue
    }


def test_the_same_lists_have_no_difference() -> None:
    report = told()
    assert (report.rules, report.catalogue, report.scope.acts_differ, report.changes_something) == (
        (),
        (),
        False,
        False,
    )
    assert HEARD not in headline(report)


def test_what_counts_as_first() -> None:
    report = told(("first: {months: 24, area: city}", "first: {months: 12, any_kind: true, same_organ: true}"))
    line = ("初次违法(此前 24 个月内在本市没有同类违法)", "初次违法(此前 12 个月内没有由同一机关查处的违法)")
    assert rules(report) == {rule: [("条件", *line)] for rule in ("m1-city-list-first", "m2-city-list-minor")}
    assert catalogue(report) == {("免罚清单", "city-list"): [("初次违法", *line)]}
    assert all(change.effective_change for change in report.rules)


def test_what_counts_as_timely() -> None:
    report = told(("within: {working_days: 5}", "within: {days: 30}"))
    assert rules(report) == {
        "m1-city-list-first": [
            ("条件", "任一成立: 改正之日不晚于发现之日后 5 个工作日", "任一成立: 改正之日不晚于发现之日后 30 日")
        ]
    }
    assert catalogue(report) == {
        ("免罚清单", "city-list"): [
            (
                "及时改正",
                "被发现以前自行改正, 或者自发现起 5 个工作日内改正",
                "被发现以前自行改正, 或者自发现起 30 日内改正",
            )
        ]
    }


def test_a_limitation_period() -> None:
    report = told(("since: act_ended_on, months: 24", "since: act_ended_on, months: 60"))
    assert rules(report) == {
        "law-late": [
            ("条件", "均不成立: 发现之日不晚于终了之日后 24 个月", "均不成立: 发现之日不晚于终了之日后 60 个月")
        ]
    }


def test_where_and_when_a_list_is_in_force_and_what_goes_with_it() -> None:
    report = told(
        ('region: "441900"\n', 'region: "440000"\n'),
        ("    effective: {from: 2021-01-01}\n    requires", "    effective: {from: 2022-01-01}\n    requires"),
        ("measures: [education]", "measures: [education, interview]"),
        ("recheck: {working_days: 10}", "recheck: {days: 20}"),
        ("requires: [first]\n", "requires: [first, minor]\n"),
        (MALICIOUS, MALICIOUS + MALICIOUS.replace("malicious, label: 恶意", "minor, label: 轻微")),
    )
    assert catalogue(report)["免罚清单", "city-list"] == [
        ("地域", "东莞市", "广东省"),
        ("有效期", "自 2021-01-01 起", "自 2022-01-01 起"),
        ("要件", "初次违法", "初次违法、违法行为轻微"),
        ("配套监管措施", "批评教育", "批评教育、指导约谈"),
        ("复查", "10 个工作日", "20 日"),
    ]
    assert rules(report)["m2-city-list-minor"] == [
        ("有效期", "自 2021-01-01 起", "自 2022-01-01 起"),
        ("适用地域", "东莞市", "广东省"),
        ("条件", "", "轻微: 是"),
        ("配套监管措施", "批评教育", "批评教育、指导约谈"),
    ]
    assert rules(report)["city-list-unless-malice"] == [
        ("有效期", "自 2021-01-01 起", "自 2022-01-01 起"),
        ("适用地域", "东莞市", "广东省"),
    ]


def test_an_entry_that_comes_is_told_in_full_and_named_in_the_exclusions() -> None:
    entry = (
        "  - code: m3\n    title: 占道经营\n    organ: market\n    keywords: [摆摊]\n    versions:\n"
        "      - {list: city-list, kind: fine_waived, requires: [], circumstances: 当场收摊, remark: 只免罚款}\n"
    )
    report = told(("book: leniency\n", f"{entry}book: leniency\n"))
    assert {change.id: change.kind for change in report.rules} == {
        "m3-city-list-fine-waived": ChangeKind.ADDED,
        "city-list-unless-malice": ChangeKind.CHANGED,
    }
    assert rules(report)["city-list-unless-malice"] == [("适用违法行为", "", "占道经营")]
    assert rules(report)["m3-city-list-fine-waived"] == [
        ("名称", "", "占道经营"),
        ("有效期", "", "自 2021-01-01 起"),
        ("适用违法行为", "", "占道经营"),
        ("适用地域", "", "东莞市"),
        ("适用部门", "", "不限"),
        ("条件", "", "全部成立(均不成立(恶意: 是))"),
        ("结果", "", "可以免予罚款(东莞市免罚清单)"),
        ("依据", "", "《信用法》"),
        ("已核实", "", "否"),
        ("适用情形", "", "当场收摊"),
        ("配套监管措施", "", "批评教育"),
        ("备注", "", "只免罚款"),
    ]
    assert catalogue(report) == {
        ("免罚事项", "m3"): [("名称", "", "占道经营"), ("部门", "", "市场监管局"), ("常用说法", "", "摆摊")]
    }


def test_of_a_year_the_days_that_came_and_went_are_named() -> None:
    report = told(
        ("holidays: [2026-10-01, 2026-10-02]", "holidays: [2026-10-01, 2026-10-05]"),
        ("workdays: [2026-10-10]", "workdays: [2026-10-10, 2026-09-26]"),
    )
    assert catalogue(report) == {
        ("工作日安排", "cn-2026"): [("放假", "2026-10-02", "2026-10-05"), ("调休上班", "", "2026-09-26")]
    }
    assert (report.rules, report.scope.acts_differ) == ((), True)  # the five working days end on another day


def test_divisions_and_soft_measures() -> None:
    report = told(
        ('{code: "440000", title: 广东省}', '{code: "440000", title: 广东, covered: true}'),
        ("{code: education, title: 批评教育}", "{code: education, title: 教育, basis: [{instrument: credit-law}]}"),
    )
    assert catalogue(report) == {
        ("行政区划", "440000"): [("名称", "广东省", "广东"), ("收录其信用信息", "否", "是")],
        ("柔性措施", "education"): [("名称", "批评教育", "教育"), ("依据", "", "《信用法》")],
    }


def test_what_the_law_presumes() -> None:
    report = told(("supplier: 当事人, presumed: some", "supplier: 当事人, presumed: none"))
    assert catalogue(report) == {("事实", "fault"): [("没有主张时的推定", "some", "none")]}
    assert report.scope.acts_differ


@pytest.mark.parametrize(
    "change",
    [
        ("circumstances: 货值不超过五百元", "circumstances: 货值在五百元以内"),
        ("keywords: [过期食品]", "keywords: [过期食品, 过了保质期]"),
        ('basic_code: "440216139000"', 'basic_code: "440216139001"'),
        ("title: 卖过期食品", "title: 销售过期食品"),
        ("basis: [{instrument: credit-law, article: 第五条}]", "basis: [{instrument: credit-law, article: 第七条}]"),
    ],
)
def test_words_alone_change_no_answer(change: tuple[str, str]) -> None:
    report = told(change)
    assert report.rules or report.catalogue
    assert not any(rule.effective_change for rule in report.rules)
    assert (report.scope.acts_differ, report.changes_something) == (False, False)


def test_nobody_is_judged_for_it_and_the_report_says_so() -> None:
    report = told(("{fact: goods_value, less_than: 100}", "{fact: goods_value, less_than: 200}"))
    assert report.scope.empty
    assert report.changes_something
    assert headline(report) == f"2026-11-20 当天两套规则对任何主体的信用核查结果都相同; {HEARD}"
    assert any("不予处罚" in line and "不包括这一册" in line for line in scope_lines(report))
    assert "货值小于 100 元" in page(report) and "货值小于 200 元" in page(report)


def test_the_command_tells_it_and_ends_with_1(tmp_path: Path) -> None:
    for name, text in (("a", LENIENT), ("b", LENIENT.replace("first: {months: 24", "first: {months: 12"))):
        copytree(SMALL, tmp_path / name)
        (tmp_path / name / "lenient.yaml").write_text(text, "utf-8")
    found = [str(tmp_path / name) for name in ("a", "b")]
    result = CliRunner().invoke(app, ["diff", *found, "--on", DAY.isoformat()], env={"CREDITGATE_STORE": ""})
    assert result.exit_code == 1, result.output
    assert "初次违法(此前 24 个月内在本市没有同类违法) → 初次违法(此前 12 个月内在本市没有同类违法)" in result.output
    assert HEARD in result.output
    same = CliRunner().invoke(app, ["diff", found[0], found[0], "--on", DAY.isoformat()], env={"CREDITGATE_STORE": ""})
    assert same.exit_code == 0 and HEARD not in same.output
