"""A list in the official columns alone, as another city sends it."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from creditgate_server.errors import RuleSetFault
from creditgate_server.exemptions.sheets.columns import OFFICIAL, RANGE
from creditgate_server.rulebook.catalogue import Citation, Element
from creditgate_server.rulebook.language import FactTest
from creditgate_server.rulebook.load import read_texts

from .kit import CITY, FILE, LISTED, PROVINCE, SMALL, digests, official, official_refused, saved, sent, small

ROW = (
    1,
    "在人行道上堆放杂物",
    "440201999001",
    "《食品安全法》第三十四条",
    "首次,\n当场清理",
    "《行政处罚法》第三十三条第一款、第二款",
    "批评教育、责令改正",
    "样例",
)


def row(**changes: object) -> tuple[object, ...]:
    """The row with other cells, named by their column."""
    names = dict(zip(("number", "title", "code", "penalty", "fits", "basis", "measures", "remark"), ROW, strict=True))
    assert changes.keys() <= names.keys()
    return tuple({**names, **changes}.values())


def test_it_comes_in_with_one_question_to_the_inspector() -> None:
    found = official(sent(ROW, above=("某市免罚清单", "2022年6月")), small())
    catalogue = found.library.rule_set.catalogue
    listed = catalogue.exemption_lists["other-city"]
    assert (listed.title, listed.region, listed.verified, listed.requires) == ("某市免罚清单", "441900", False, ())
    entry = catalogue.exemptions["other-city-1"]
    assert (entry.title, entry.basic_code, entry.organ) == ("在人行道上堆放杂物", "440201999001", "market")
    assert entry.penalty_basis == (Citation(instrument="food-law", article="第三十四条"),)
    (rule,) = [rule for rule in found.library.rule_set.rules if rule.id == "other-city-1-other-city-first"]
    (test,) = rule.when.parts
    assert isinstance(test, FactTest) and (test.fact, test.values) == ("circumstances_fit", (1,))
    assert rule.basis == (
        Citation(instrument="penalty-law", article="第三十三条第一款"),
        Citation(instrument="penalty-law", article="第三十三条第二款"),
        Citation(instrument="city-notice"),
    )
    assert rule.then.measures == ("education", "order-correction")
    assert (rule.then.circumstances, rule.then.remark) == ("首次,\n当场清理", "样例")
    assert not rule.verified
    fact = catalogue.facts["circumstances_fit"]
    assert (fact.label, fact.type.value, fact.source.value) == ("适用情形符合", "flag", "circumstance")


def test_the_file_is_one_that_a_person_would_write() -> None:
    found = official(sent(ROW), small())
    assert {name: text.decode() for name, text in found.changed.items()} == {"exemptions/other-city.yaml": WRITTEN}


WRITTEN = """# 某市免罚清单。
# yaml-language-server: $schema=../schema/exemptions.json
facts:
  - {name: circumstances_fit, label: 适用情形符合, type: flag, source: circumstance, supplier: 办案人员}
exemption_lists:
  - code: other-city
    title: 某市免罚清单
    region: "441900"
    organ: market
    instrument: city-notice
    effective: {from: 2022-06-01}
    verified: false
exemptions:
  - code: other-city-1
    title: 在人行道上堆放杂物
    organ: market
    basic_code: "440201999001"
    penalty_basis: [{instrument: food-law, article: 第三十四条}]
    versions:
      - list: other-city
        kind: first
        circumstances: "首次,\\n当场清理"
        when:
          - {fact: circumstances_fit, is: true}
        measures: [education, order-correction]
        basis: [{instrument: penalty-law, article: 第三十三条第一款}, {instrument: penalty-law, article: 第三十三条第二款}]
        remark: 样例
        verified: false
"""  # noqa: E501


def test_a_second_list_does_not_bring_the_fact_again() -> None:
    first = official(sent(ROW), small())
    loaded = read_texts({FILE: SMALL.encode(), **first.changed})
    second = official(sent(row(title="别的", code="")), loaded, listed=replace(LISTED, code="third-city"))
    assert b"facts:" not in second.changed["exemptions/third-city.yaml"]


@pytest.mark.parametrize(
    "known",
    [{"title": "经营超过保质期的食品", "code": ""}, {"title": "经营 超过保质期的食品", "code": "440216139000"},
     {"title": "卖过期食品", "code": 440216139000}],
    ids=["by title", "by both", "by code"],
)  # fmt: skip
def test_an_entry_that_the_library_knows_stays_as_it_is(known: dict[str, object]) -> None:
    before = small()
    found = official(sent(row(**known)), before)
    catalogue = found.library.rule_set.catalogue
    assert catalogue.exemptions == before.rule_set.catalogue.exemptions
    after = digests(found.library)
    assert {code: after[code] for code in (CITY, PROVINCE)} == digests(before)
    (rule,) = [rule for rule in found.library.rule_set.rules if rule.id == "m1-other-city-first"]
    said = rule.then.remark
    assert ("本清单的事项名称: 卖过期食品" in said) is (known["title"] == "卖过期食品")
    assert "本清单的设定依据: 《食品安全法》第三十四条" in said  # the library has it down to the item


WRONG: dict[str, tuple[tuple[object, ...], str, str]] = {
    "unknown law": (row(penalty="《食品安权法》第一条"), "D2", "依据里没有《食品安权法》 → 是不是 食品安全法?"),
    "no law named": (row(penalty="食品安全法第三十四条"), "D2", "看不懂“食品安全法第三十四条”"),
    "more than a citation": (
        row(basis="《行政处罚法》第三十三条 初次违法的, 可以不罚"),
        "F2",
        "看不懂“初次违法的, 可以不罚”",
    ),
    "unknown measure": (row(measures="批评教育; 罚站"), "G2", "没有柔性措施“罚站”"),
    "no circumstances": (row(fits=None), "E2", "适用情形不能为空"),
    "no title": (row(title=None), "B2", "事项名称不能为空"),
    "thirteen digits": (row(code="4402019990011"), "C2", "应为基本编码"),
    "code of another entry": (row(title="擅自占道经营", code="440216139000"), "C2", "事项名称却是 m2 的"),
    "formula": (row(remark="=A1"), "H2", "不能用公式"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_matched_is_named(name: str) -> None:
    cells, place, message = WRONG[name]
    said = official_refused(sent(cells), small())
    assert len(said) == 1 and said[0].startswith(f"x.xlsx!Sheet!{place}:") and message in said[0], said


def test_all_are_named_at_once() -> None:
    said = official_refused(sent(*(cells for cells, _, _ in WRONG.values())), small())
    assert len([line for line in said if "不能为空" in line or "看不懂" in line or "没有" in line]) >= 6


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [(row(), row(code=""), "B3"), (row(), row(title="别的"), "C3")],
    ids=["title", "basic code"],
)  # fmt: skip
def test_a_row_that_comes_twice_is_named(first: tuple[object, ...], second: tuple[object, ...], place: str) -> None:
    (said,) = official_refused(sent(first, second), small())
    assert said.startswith(f"x.xlsx!Sheet!{place}:") and "与第 2 行相同" in said


def test_in_a_draft_what_cannot_be_matched_goes_into_the_remark() -> None:
    cells = row(penalty="《没有这部法》第九条", basis="《行政处罚法》第三十三条 可以不罚", measures="批评教育、罚站")
    found = official(sent(cells), small(), draft=True)
    (rule,) = [rule for rule in found.library.rule_set.rules if rule.id == "other-city-1-other-city-first"]
    assert rule.then.remark == (
        "样例; 设定依据原文: 《没有这部法》第九条; 免处罚依据原文: 《行政处罚法》第三十三条 可以不罚; "
        "配套监管措施原文: 批评教育、罚站"
    )
    assert rule.basis[0] == Citation(instrument="penalty-law", article="第三十三条")  # what could be matched is
    assert rule.then.measures == ("education",)
    assert not rule.verified


def test_a_draft_forgives_no_other_fault() -> None:
    said = official_refused(sent(row(title=None), row(code="1")), small(), draft=True)
    assert {line.split(":")[0] for line in said} == {"x.xlsx!Sheet!B2", "x.xlsx!Sheet!C3"}


def test_how_much_lighter_goes_into_the_remark() -> None:
    found = official(sent((*ROW, "一百元以下"), headers=(*OFFICIAL, RANGE)), small())
    (rule,) = [rule for rule in found.library.rule_set.rules if rule.id == "other-city-1-other-city-first"]
    assert rule.then.remark == "裁量幅度一百元以下; 样例"


def test_column_titles_may_be_spaced_out_and_stand_anywhere() -> None:
    headers = [*reversed(OFFICIAL)]
    headers[headers.index("备注")] = "备  注"
    headers[headers.index("适用情形")] = "适用\n情形"
    found = official(sent(tuple(reversed(ROW)), headers=headers, above=("一", "二", "三")), small())
    assert found.library.rule_set.catalogue.exemptions["other-city-1"].title == "在人行道上堆放杂物"


def test_other_sheets_are_passed_over_and_said() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sent(ROW)))
    book.create_sheet("封面")["A1"] = "某市"
    book.create_sheet("空的")
    assert official(saved(book), small()).notes == ("工作表“封面”没有官方栏目的表头, 没有读它",)


def test_a_workbook_without_the_columns_is_named() -> None:
    (said,) = official_refused(sent(("甲",), headers=("名称",)), small())
    assert said.startswith("x.xlsx:1:1: 没有清单的工作表")


def test_a_list_that_is_there_is_not_written_over() -> None:
    with pytest.raises(RuleSetFault, match="规则库里已有清单 city-list"):
        official(sent(ROW), small(), listed=replace(LISTED, code=CITY))


def test_codes_of_new_entries_are_free_ones() -> None:
    loaded = read_texts({FILE: SMALL.replace("code: m2", "code: other-city-1").encode()})
    found = official(sent(row(code=""), row(title="别的", code="")), loaded)
    assert sorted(found.library.rule_set.catalogue.exemptions) == ["m1", "other-city-1", "other-city-2", "other-city-3"]


def test_the_list_asks_for_no_elements_of_its_own() -> None:
    found = official(sent(ROW), small())
    assert Element.FIRST not in found.library.rule_set.catalogue.exemption_lists["other-city"].requires
