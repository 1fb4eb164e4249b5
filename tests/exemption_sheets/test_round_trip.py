"""Out and in again: the same lists, the same digests, no other line of a file touched."""

from __future__ import annotations

import io
import json

import openpyxl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from creditgate_server.exemptions.sheets.columns import CODED, DEFINITIONS, GUIDE, OFFICIAL, RANGE
from creditgate_server.exemptions.sheets.digest import list_content
from creditgate_server.exemptions.sheets.typed import EntryReaders, list_sources, read_sources
from creditgate_server.rulebook.catalogue import ExemptionKind
from creditgate_server.rulebook.load import read_texts

from .kit import (
    CITY,
    FILE,
    FIRST,
    PROVINCE,
    SMALL,
    changed,
    column,
    digests,
    exported,
    put,
    shipped,
    small,
    taken_in,
    typed,
)


def test_every_shipped_list_comes_back_with_the_same_digest() -> None:
    found = taken_in(exported(shipped()), shipped())
    assert len(found.lists) == len(shipped().rule_set.catalogue.exemption_lists) > 60
    assert digests(found.library) == digests(shipped())
    assert found.changed == {}  # nothing says anything else: no file is touched
    assert set(found.since_export.values()) == {False}


VERSION = (
    "      - {list: province-list, kind: minor, requires: [], when: [{fact: goods_value, less_than: 100.50}], "
    "measures: []}\n"
)


def test_a_list_comes_back_into_a_library_that_lost_it() -> None:
    """An entry that another list has too gets its version back; the list has a file of its own then."""
    start, end = SMALL.index("  # 省里的清单\n"), SMALL.index("# 事项\n")
    poorer = small((SMALL[start:end], ""), (VERSION, ""))
    found = taken_in(exported(small(), PROVINCE), poorer)
    assert digests(found.library) == digests(small())
    assert found.changed.keys() == {FILE, f"exemptions/{PROVINCE}.yaml"}
    assert (
        found.changed[f"exemptions/{PROVINCE}.yaml"].decode()
        == """# 广东省免罚清单。
# yaml-language-server: $schema=../schema/exemptions.json
exemption_lists:
  - code: province-list
    title: 广东省免罚清单
    region: "440000"
    organ: market
    instrument: city-notice
    effective: {from: 2022-01-01}
    measures: [education]
"""
    )


def test_nothing_of_a_list_is_lost() -> None:
    """More than the digest covers: what comes to no rule comes back too."""
    empty = small((VERSION, ""))
    assert typed(empty, PROVINCE).entries == ()
    edited = changed(exported(empty), put(CITY, "备注", "改过"))
    after = taken_in(edited, empty).library
    assert typed(after, PROVINCE) == typed(empty, PROVINCE)
    assert typed(after, CITY).unless == typed(empty, CITY).unless


def test_one_changed_cell_changes_its_element_alone() -> None:
    before = small()

    def fewer(book: openpyxl.Workbook) -> None:
        at = book[CITY].cell(FIRST, column(book[CITY], "条件"))
        at.value = str(at.value).replace("at_most: 500", "at_most: 300")

    told = put(CITY, "适用情形", "首次违法, 货值不超过三百元")  # the number stands in both cells
    found = taken_in(changed(exported(before), fewer, told), before)
    assert found.since_export == {CITY: True, PROVINCE: False}
    assert found.changed[FILE].decode() == SMALL.replace("at_most: 500}", "at_most: 300}").replace("五百元", "三百元")
    (rule,) = [rule for rule in found.library.rule_set.rules if rule.id == "m1-city-list-first"]
    assert "30000" in repr(rule.when)  # 300 yuan in fen
    assert digests(found.library)[PROVINCE] == digests(before)[PROVINCE]


def test_a_changed_list_keeps_the_line_that_says_it_is_unverified() -> None:
    found = taken_in(changed(exported(small()), put(DEFINITIONS, "备注", "试行", row=3)), small())
    assert found.changed[FILE].decode() == SMALL.replace(
        "    measures: [education]\n    verified: false\n",
        "    measures: [education]\n    remark: 试行\n    verified: false\n",
    )


def test_rows_may_go_come_and_change_their_order() -> None:
    """A row takes its codes along; a new entry stands behind the others, one that no list has any more goes."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = book[CITY]
        rows = [[cell.value for cell in sheet[line]] for line in range(FIRST, FIRST + 3)]
        new = list(rows[0])
        other = {"事项代码": "m3", "事项名称": "未明码标价", "基本编码": None, "适用情形": "首次违法", "条件": None}
        for header, value in other.items():
            new[column(sheet, header) - 1] = value
        for line, row in enumerate([new, rows[0]], start=FIRST):
            for place, value in enumerate(row, start=1):
                sheet.cell(line, place).value = value
        sheet.delete_rows(FIRST + 2)

    before = small()
    found = taken_in(changed(exported(before), change), before)
    catalogue = found.library.rule_set.catalogue
    assert list(catalogue.exemptions) == ["m1", "m3"]
    assert catalogue.exemptions["m3"].title == "未明码标价"
    assert digests(found.library)[PROVINCE] == digests(before)[PROVINCE]
    text = found.changed[FILE].decode()
    assert "占道" not in text and "# 食品" in text and "# 法律自己的规则" in text


def test_a_file_of_windows_keeps_its_line_ends() -> None:
    loaded = read_texts({FILE: SMALL.replace("\n", "\r\n").encode()})
    text = taken_in(changed(exported(loaded), put(CITY, "备注", "改过")), loaded).changed[FILE].decode()
    assert text.count("\n") == text.count("\r\n")


IN_BRACES = """exemptions: [
  {code: m1, title: 过期食品, organ: market, versions: [{list: city-list, kind: first, when: [
    {fact: goods_value, at_most: 500}, {fact: place, is: street}, {fact: minor, is: true}]}]},
  {code: m2, title: 占道经营, organ: city, versions: [{list: province-list, kind: minor}]}]
"""


def test_a_section_in_braces_is_written_anew_and_nothing_else() -> None:
    head, tail = SMALL.split("exemptions:\n  # 食品\n")[0], SMALL[SMALL.index("# 法律自己的规则") :]
    loaded = read_texts({FILE: (head + IN_BRACES + tail).encode()})
    text = taken_in(changed(exported(loaded), put(CITY, "备注", "改过")), loaded).changed[FILE].decode()
    assert text.startswith(head) and text.endswith(tail)
    assert (
        text.removeprefix(head).removesuffix(tail)
        == """exemptions:
  - code: m1
    title: 过期食品
    organ: market
    versions:
      - list: city-list
        kind: first
        when:
          - {fact: goods_value, at_most: 500}
          - {fact: place, is: street}
          - {fact: minor, is: true}
        remark: 改过
  - code: m2
    title: 占道经营
    organ: city
    versions:
      - list: province-list
        kind: minor
"""
    )


def test_what_stands_in_cells() -> None:
    """Worked out from the small library by hand."""
    book = openpyxl.load_workbook(io.BytesIO(exported(small())))
    assert book.sheetnames == [DEFINITIONS, CITY, PROVINCE, GUIDE]
    sheet = book[CITY]
    assert sheet["A1"].value == "东莞市免罚清单"
    assert sheet["A2"].value == (
        "文件: 《关于印发〈东莞市免罚清单〉的通知》(东司〔2022〕1号); 版本: 1.10; 地域: 东莞市; 部门: 市场监管部门; "
        "施行: 2022-01-01 至 2030-12-31(含首尾两天); 核实状态: 待核实"
    )
    titles = [cell.value for cell in sheet[3]]
    assert titles == [*OFFICIAL, RANGE, *CODED]
    rows = [dict(zip(titles, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=FIRST)]
    assert rows[0] == {
        "序号": "1",
        "事项名称": "经营超过保质期的食品",
        "基本编码": "440216139000",
        "设定依据": "《中华人民共和国食品安全法》第三十四条第十项; 《中华人民共和国食品安全法》第一百二十四条",
        "适用情形": "首次违法, 货值不超过五百元",
        "免处罚依据": "《中华人民共和国行政处罚法》第三十三条; 《关于印发〈东莞市免罚清单〉的通知》",
        "配套监管措施": "责令(限期)改正、批评教育",
        "备注": None,
        "裁量幅度": None,
        "事项代码": "m1",
        "部门代码": "market",
        "类别": "首违不罚",
        "常用说法": "过期食品; 过了保质期",
        "设定依据代码": "food-law 第三十四条第十项; food-law 第一百二十四条",
        "条件": "[{fact: goods_value, at_most: 500},\n"
        " {any: [{fact: place, in: [street, square]}, {none: [{fact: malicious, is: true}]}]}]",
        "要件": None,
        "初次违法": None,
        "及时改正": None,
        "不适用情形": "[{code: hurt, title: 造成伤害, when: {fact: minor, is: false}}]",
        "措施代码": None,
        "免处罚依据代码": "penalty-law 第三十三条",
        "起": None,
        "止": None,
        "已核实": "否",
    }
    assert [(row["裁量幅度"], row["备注"], row["类别"]) for row in rows] == [
        (None, None, "首违不罚"),
        ("五十元以上一百元以下", "只对初次", "从轻减轻"),
        (None, None, "免予罚款"),
    ]
    assert [(row["要件"], row["起"], row["止"]) for row in rows[1:]] == [
        ("违法行为轻微", "2022-01-01", "2024-12-31"),
        ("违法行为轻微", "2025-01-01", "2030-12-31"),
    ]
    (province,) = list(book[PROVINCE].iter_rows(min_row=FIRST, values_only=True))
    assert RANGE not in [cell.value for cell in book[PROVINCE][3]]
    assert province[column(book[PROVINCE], "要件") - 1] == province[column(book[PROVINCE], "措施代码") - 1] == "无"
    assert not any(cell.data_type == "f" for one in book.worksheets for row in one.iter_rows() for cell in row)


def test_the_sheet_prints_the_official_columns_on_a4() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(exported(small(), PROVINCE)))[PROVINCE]
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.print_title_rows, sheet.print_area) == ("$3:$3", f"'{PROVINCE}'!$A$1:$H$4")


def test_the_same_lists_give_the_same_bytes() -> None:
    assert exported(small()) == exported(small())


# -- whatever a rule file may say -------------------------------------------------------------------------------------


WORD = st.text("甲乙丙 a1;；、,:#'\"{}[]|-?无是否=%@&*!`~《》()/\\.", min_size=1, max_size=12).filter(
    lambda text: text.strip() and not text.strip().startswith("=")
)
TEXT = st.one_of(
    WORD, st.sampled_from(["1.10", "on", "no", "0x1F", "7:30", "2026-01-01", "null", "~", "1e3", "无", "是"])
)
LINES = st.lists(TEXT, min_size=1, max_size=3).map("\n".join)
ARTICLES = st.one_of(st.just(""), TEXT)
CONDITIONS = st.recursive(
    st.one_of(
        st.builds(lambda fen: {"fact": "goods_value", "at_most": fen / 100}, st.integers(0, 10**9)),
        st.just({"fact": "place", "in": ["street", "square"]}),
        st.just({"fact": "malicious", "is_not": True}),
        st.builds(
            lambda days: {"within": {"fact": "corrected_on", "since": "discovered_on", "working_days": days}},
            st.integers(1, 250),
        ),
        st.builds(lambda months: {"first": {"months": months, "area": "city"}}, st.integers(1, 60)),
    ),
    lambda inner: st.builds(
        lambda name, parts: {name: parts},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3, unique_by=repr),
    ),
    max_leaves=5,
)


@st.composite
def versions(draw: st.DrawFn) -> dict[str, object]:
    found: dict[str, object] = {"list": CITY, "kind": draw(st.sampled_from(list(ExemptionKind))).value}
    texts = {"circumstances": LINES, "remark": LINES}
    for name, strategy in texts.items():
        if draw(st.booleans()):
            found[name] = draw(strategy)
    if draw(st.booleans()):
        found["when"] = draw(st.lists(CONDITIONS, min_size=1, max_size=3, unique_by=repr))
    if draw(st.booleans()):
        found["requires"] = draw(st.lists(st.sampled_from(["first", "corrected", "minor"]), unique=True, max_size=3))
    if draw(st.booleans()):
        found["measures"] = draw(st.lists(st.sampled_from(["order-correction", "education"]), unique=True, max_size=2))
    if draw(st.booleans()):
        found["first"] = {"months": draw(st.integers(1, 60)), "same_organ": draw(st.booleans())}
    if draw(st.booleans()):
        found["corrected"] = {"before_discovery": draw(st.booleans()), "within": {"days": draw(st.integers(1, 90))}}
    if draw(st.booleans()):
        cited = draw(st.lists(ARTICLES, min_size=1, max_size=2, unique_by=str.strip))
        found["basis"] = [{"instrument": "penalty-law", **({"article": one} if one else {})} for one in cited]
    if draw(st.booleans()):
        found["unless"] = [{"code": "x", "title": draw(LINES), "when": draw(CONDITIONS)}]
    if draw(st.booleans()):
        found["verified"] = False
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example({"list": "city-list", "kind": "minor"}, "1", [" {"], "1")
@given(versions(), TEXT, st.lists(TEXT, min_size=1, max_size=3, unique_by=str.strip), LINES)
def test_whatever_a_rule_file_may_say_comes_back(
    version: dict[str, object], title: str, keywords: list[str], remark: str
) -> None:
    entry = {"code": "m9", "title": title, "organ": "market", "keywords": keywords, "versions": [version]}
    written = json.dumps(entry, ensure_ascii=False)
    changes = (
        ("# 法律自己的规则\n", f"  - {written}\n# 法律自己的规则\n"),
        ("    remark: 样例\n", f"    remark: {json.dumps(remark, ensure_ascii=False)}\n"),
    )
    loaded = small(*changes)
    found = taken_in(exported(loaded), loaded)
    assert found.changed == {}
    assert digests(found.library) == digests(loaded)
    poorer = small(changes[1])  # and into a library that does not know the entry, where it has to be written
    into = taken_in(exported(loaded), poorer)
    assert list_content(into.library.rule_set, CITY) == list_content(loaded.rule_set, CITY)
    sources = list_sources(read_sources(into.library.files))
    assert EntryReaders(into.library.rule_set.catalogue).listed(sources[CITY]) == typed(loaded, CITY)
