"""What changed, in words."""

from __future__ import annotations

from pathlib import Path

from creditgate_server.studies.difference import difference
from creditgate_server.studies.difference.report import ChangeKind, DiffReport

from ..rulebooks.test_rulebooks import BASE
from ..verifying import verified
from .people import DAY, rule_set


def told(tmp_path: Path, *changes: tuple[str, str]) -> DiffReport:
    return difference(rule_set(tmp_path / "a"), rule_set(tmp_path / "b", *changes), DAY)


def lines(report: DiffReport) -> list[tuple[str, str, str]]:
    return [(line.field, line.before, line.after) for change in report.rules for line in change.lines]


def test_the_same_library_has_no_difference(tmp_path: Path) -> None:
    report = told(tmp_path)
    assert (report.rules, report.catalogue, report.scope.empty) == ((), (), True)


def test_a_condition_is_compared_test_by_test(tmp_path: Path) -> None:
    report = told(tmp_path, ("{fact: sum, more_than: 1000}", "{fact: sum, more_than: 5000}"))
    assert lines(report) == [("条件", "申请金额超过 1000 元", "申请金额超过 5000 元")]


def test_a_test_that_was_added_stands_alone(tmp_path: Path) -> None:
    added = "        - {fact: sum, more_than: 1000}\n"
    report = told(tmp_path, (added, added + "        - {fact: level, is_not: key}\n"))
    assert lines(report) == [("条件", "", "均不成立: 监管等级为高风险")]


def test_another_group_is_named(tmp_path: Path) -> None:
    report = told(tmp_path, ("      any:\n", "      all:\n"))
    assert lines(report) == [
        ("条件", "任一成立: 综合评价为 D", "综合评价为 D"),
        (
            "条件",
            "任一成立: 有仍有效的名单记录(下列名单之一: “欠薪名单”、“欠税名单”)",
            "有仍有效的名单记录(下列名单之一: “欠薪名单”、“欠税名单”)",
        ),
    ]


def test_of_lists_what_came_and_went_is_named(tmp_path: Path) -> None:
    report = told(tmp_path, ("records: {lists: [wages, taxes]}", "records: {lists: [wages]}"))
    assert lines(report) == [("条件中的名单", "欠税名单", "")]


def test_window_and_number_change_in_one_line(tmp_path: Path) -> None:
    report = told(tmp_path, ("within_months: 24}, at_least: 3", "within_months: 36}, at_least: 2"))
    assert lines(report) == [
        (
            "条件",
            "近 24 个月内作出、仍有效的“行政处罚”记录不少于 3 条",
            "近 36 个月内作出、仍有效的“行政处罚”记录不少于 2 条",
        )
    ]


def test_everything_else_of_a_rule_is_compared(tmp_path: Path) -> None:
    old = "    then: {measure: ban, duty: mandatory}\n    basis: [{instrument: credit-law, article: 第十一条}]\n"
    new = "    then: {measure: ban, duty: optional}\n    basis: [{instrument: credit-law, article: 第二条}]\n"
    applies = "    title: 欠薪的不予许可\n    effective: {from: 2021-01-01}\n    applies: {items: [licence]}\n"
    wider = (
        "    title: 欠薪的不予许可\n    effective: {from: 2021-01-01}\n"
        "    applies: {items: [licence, grant], stages: [decision], roles: [applicant, agent]}\n"
    )
    report = told(tmp_path, (old, new), (applies, wider))
    assert lines(report) == [
        ("适用事项", "经营许可", "经营许可、专项资金"),
        ("适用环节", "不限", "决定"),
        ("适用角色", "申请人", "申请人、代理人"),
        ("结果", "应当: 不予许可", "可以: 不予许可"),
        ("依据", "《信用法》第十一条", "《信用法》第二条"),
    ]


def test_a_new_version_is_shown_beside_the_one_before_it(tmp_path: Path) -> None:
    first = "    title: 信用差的从严审查\n    effective: {from: 2021-01-01}\n    when: {fact: grade, is: D}\n"
    rest = "    then: {measure: review, duty: mandatory}\n    basis: [{instrument: credit-law, article: 第九条}]\n"
    ended = first.replace("{from: 2021-01-01}", "{from: 2021-01-01, until: 2026-12-31}")
    second = "  - id: review\n" + first.replace("2021-01-01", "2027-01-01").replace("is: D", "in: [B, D]") + rest
    report = told(tmp_path, (first + rest, ended + rest + second))
    assert [(change.id, change.start.isoformat(), change.kind) for change in report.rules] == [
        ("review", "2021-01-01", ChangeKind.CHANGED),
        ("review", "2027-01-01", ChangeKind.NEW_VERSION),
    ]
    assert lines(report) == [
        ("有效期", "自 2021-01-01 起", "2021-01-01 至 2026-12-31"),
        ("有效期", "2021-01-01 至 2026-12-31", "自 2027-01-01 起"),
        ("条件", "信用等级为 D(差)", "信用等级为 B(良)或 D(差)"),
    ]


def test_another_first_day_is_a_change_of_the_same_version(tmp_path: Path) -> None:
    title = "    title: 信用差的从严审查\n"
    old, new = f"{title}    effective: {{from: 2021-01-01}}\n", f"{title}    effective: {{from: 2022-01-01}}\n"
    report = told(tmp_path, (old, new))
    assert [(change.kind, change.effective_change) for change in report.rules] == [(ChangeKind.CHANGED, True)]
    assert lines(report) == [("有效期", "自 2021-01-01 起", "自 2022-01-01 起")]


def test_what_came_and_what_went_is_told_in_full(tmp_path: Path) -> None:
    report = told(tmp_path, ("  - id: fast\n", "  - id: faster\n"))
    assert [(change.id, change.kind) for change in report.rules] == [
        ("faster", ChangeKind.ADDED),
        ("fast", ChangeKind.REMOVED),
    ]
    assert ("条件", "", "信用等级为 A(优)") in lines(report)
    assert report.scope.empty  # a measure's rule may be named otherwise: nobody fares otherwise


def test_catalogue_entries_are_compared_field_by_field(tmp_path: Path) -> None:
    report = told(
        tmp_path,
        ("{code: light, title: 低风险, frequency: 每两年}", "{code: light, title: 低风险, frequency: 每三年}"),
        (
            "  - {code: finance, title: 财政局}\n",
            "  - {code: finance, title: 财政局}\n  - {code: tax, title: 税务局}\n",
        ),
        ("basis: [{instrument: credit-law, article: 第三条}]", "basis: [{instrument: credit-law, article: 第三十条}]"),
    )
    changes = [
        (
            change.section_title,
            change.code,
            change.kind,
            [(line.field, line.before, line.after) for line in change.lines],
        )
        for change in report.catalogue
    ]
    assert changes == [
        ("名单", "wages", ChangeKind.CHANGED, [("依据", "《信用法》第三条", ""), ("依据", "", "《信用法》第三十条")]),
        ("部门", "tax", ChangeKind.ADDED, [("名称", "", "税务局")]),
        ("监管等级", "light", ChangeKind.CHANGED, [("检查频次", "每两年", "每三年")]),
    ]
    assert report.scope.empty


def test_items_that_one_library_alone_has_are_named_not_judged(tmp_path: Path) -> None:
    old = "  - {code: grant, title: 专项资金, organ: finance}\n"
    report = told(tmp_path, (old, old + "  - {code: land, title: 土地供应, organ: finance}\n"))
    assert report.scope.only_b == ("land",)
    assert report.scope.same_items == 2
    assert not report.changes_something


def test_a_parameter_is_told_with_its_unit_and_in_the_rules_that_use_it(tmp_path: Path) -> None:
    def limit(fen: str) -> tuple[tuple[str, str], ...]:
        section = (
            "parameters:\n"
            "  - code: large\n"
            "    title: 较大金额\n"
            "    type: money\n"
            f"    values: [{{effective: {{from: 2020-01-01}}, value: {fen}, basis: [{{instrument: credit-law}}]}}]\n"
        )
        return ("{fact: sum, more_than: 1000}", "{fact: sum, more_than: {param: large}}"), (
            "items:\n",
            section + "items:\n",
        )

    report = difference(rule_set(tmp_path / "a", *limit("1000")), rule_set(tmp_path / "b", *limit("5000")), DAY)
    assert lines(report) == [("条件", "申请金额超过 1000 元", "申请金额超过 5000 元")]
    (change,) = report.catalogue
    assert (change.section_title, change.code, change.title) == ("参数", "large", "较大金额")
    assert [(line.field, line.before, line.after) for line in change.lines] == [
        ("各期的值", "有效期 自 2020-01-01 起, 值 1000 元, 依据 《信用法》", ""),
        ("各期的值", "", "有效期 自 2020-01-01 起, 值 5000 元, 依据 《信用法》"),
    ]
    assert [entry.item for entry in report.scope.items] == ["grant"]


def test_names_of_an_items_certificate_are_compared_and_left_out_where_there_are_none(tmp_path: Path) -> None:
    licence, grant = "title: 经营许可, organ: market}\n", "  - {code: grant, title: 专项资金, organ: finance}\n"
    report = told(
        tmp_path,
        (licence, licence.replace("}", ", certificates: [卫生许可证, 经营证]}")),
        (grant, grant + "  - {code: land, title: 土地供应, organ: finance}\n"),
    )
    changes = {
        change.code: [(line.field, line.before, line.after) for line in change.lines] for change in report.catalogue
    }
    assert changes == {
        "licence": [("证书名称", "无", "卫生许可证、经营证")],
        "land": [("名称", "", "土地供应"), ("部门", "", "财政局")],
    }


def test_verification_that_was_given_withdrawn_and_renewed_is_told() -> None:
    given, both = "rule/grade-a@2021-01-01", "rule/level-key@2021-01-01"
    changed = {
        **BASE,
        "rules-grade.yaml": BASE["rules-grade.yaml"].replace("国家评价为优".encode(), "评价为优".encode()),
    }
    a, b, c = verified(BASE, given), verified(changed, given, both), verified(BASE, both)
    told = {
        (change.code, change.title): (change.kind, [(line.field, line.before, line.after) for line in change.lines])
        for change in difference(a, b, DAY).catalogue
    }
    read = "2026-12-01 法制审核岗核对 《信用基本法》{}(原文 sha256:000000000000…)"
    assert told == {
        (given, "评价为优"): (
            ChangeKind.CHANGED,
            [("已核实的内容", "2026-12-01 核实的内容", "改动了, 2026-12-01 重新核对")],
        ),
        (both, "信用差的重点监管"): (ChangeKind.ADDED, [("核对", "", read.format("第七条"))]),
    }
    (withdrawn, *_) = difference(a, c, DAY).catalogue
    assert (withdrawn.section_title, withdrawn.code, withdrawn.kind) == ("核实登记", given, ChangeKind.REMOVED)
    assert [(line.before, line.after) for line in withdrawn.lines] == [(read.format("第六条"), "")]
    assert [(line.field, line.before, line.after) for line in difference(a, c, DAY).rules[0].lines] == [
        ("已核实", "是", "否")
    ]
