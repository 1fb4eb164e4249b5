"""The page: everything of the library has its place, every link leads somewhere, nothing slips through unescaped."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from creditgate_server.judging.plans import Plans, RuleKeys
from creditgate_server.pages.handbook import page
from creditgate_server.pages.handbook.index import HandbookIndex
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Book, Role, Stage
from creditgate_server.rulebook.load import read_directory, read_texts

from ..rulebooks.test_rulebooks import BASE
from ..verifying import verified
from .reading import Element, Page
from .test_sentences import with_parameter

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 6, 1)
SECTIONS = (
    "grades",
    "levels",
    "measures",
    "items",
    "traits",
    "organs",
    "lists",
    "record_kinds",
    "ladders",
    "instruments",
    "feeds",
    "facts",
    "parameters",
    "exemption_lists",
    "exemptions",
    "soft_measures",
    "regions",
    "calendars",
    "objections",
)


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return read_directory(ROOT / "rules").rule_set


@pytest.fixture(scope="module")
def text(shipped: RuleSet) -> str:
    return page(shipped, DAY)


@pytest.fixture(scope="module")
def read(text: str) -> Page:
    return Page(text)


@pytest.fixture(scope="module")
def small() -> RuleSet:
    return read_texts(BASE).rule_set


def small_page(rule_set: RuleSet, day: date = DAY) -> Page:
    return Page(page(rule_set, day))


def test_every_entry_of_the_shipped_library_has_its_place(shipped: RuleSet, read: Page):
    wanted = {f"rules-{rule.id}" for rule in shipped.rules}
    for section in SECTIONS:
        wanted |= {f"{section}-{code}" for code in getattr(shipped.catalogue, section)}
    assert wanted - read.by_id.keys() == set()
    for section in SECTIONS:
        assert f"section-{section}" in read.by_id


def test_every_link_leads_to_a_place_on_the_page(read: Page):
    links = read.root.links()
    assert len(links) > 1000
    assert {link for link in links if not link.startswith("#") or link[1:] not in read.by_id} == set()


def test_every_rule_can_be_searched_by_its_id_each_version_and_its_instruments(shipped: RuleSet, read: Page):
    for rule in shipped.rules:
        words = read.by_id[f"rules-{rule.id}"].attributes["data-words"].split()
        assert {rule.id, rule.key, *(citation.instrument for citation in rule.basis)} <= set(words)


def test_every_rule_stands_under_what_it_gives_with_its_basis(shipped: RuleSet, read: Page):
    for rule in shipped.rules:
        card = read.by_id[f"rules-{rule.id}"]
        for citation in rule.basis:
            assert f"#instruments-{citation.instrument}" in card.links()
            assert citation.article in card.text()
    under = read.by_id["measures-honours-revocation"]
    assert "rules-honours-revoked" in {element.attributes.get("id") for element in under.all()}


def test_digest_and_day_stand_on_top(shipped: RuleSet, read: Page):
    top = read.by_id["top"].text()
    assert shipped.digest in top
    assert "2026-06-01" in top


def test_nothing_is_loaded_and_the_policy_names_what_may_run(read: Page, text: str):
    assert not re.search(r"\bsrc=|url\(|@import|https?://", text)
    (style,) = read.root.named("style")
    (script,) = read.root.named("script")
    policies = [meta.attributes["content"] for meta in read.root.named("meta") if "http-equiv" in meta.attributes]
    assert len(policies) == 1
    for kind, element in (("style-src", style), ("script-src", script)):
        digest = b64encode(sha256(element.text().encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policies[0]


def test_markup_in_titles_is_text():
    attack = '<script>alert("x")</script> & \'"><img src=x onerror=alert(1)>'
    quoted = "'" + attack.replace("'", "''") + "'"
    spoiled = {}
    for name, content in BASE.items():
        titles = content.decode().replace("title: 不适用告知承诺", f"title: {quoted}")
        for title in ("信用基本法", "失信主体不适用告知承诺", "行政处罚", "发展改革局"):
            titles = re.sub(rf"title: {title}(?=[,}}\n])", lambda _: f"title: {quoted}", titles)
        spoiled[name] = titles.replace("label: 缺件数", f"label: {quoted}").encode()
    rule_set = read_texts(spoiled).rule_set
    found = small_page(rule_set)
    assert len(found.root.named("script")) == 1
    assert found.root.named("img") == []
    assert not [name for element in found.root.all() for name in element.attributes if name.startswith("on")]
    for place in ("measures-no-commitment", "rules-base-restraint", "instruments-credit-law", "facts-missing"):
        assert attack in found.by_id[place].text(), place
    assert f"“{attack}”" in found.by_id["rules-base-restraint"].text()


def test_the_same_library_and_day_give_the_same_page(shipped: RuleSet, text: str):
    assert page(read_directory(ROOT / "rules").rule_set, DAY) == text
    assert page(shipped, date(2026, 6, 2)) != text


def test_a_rule_without_a_version_that_day_says_so(shipped: RuleSet):
    before = Page(page(shipped, date(2026, 12, 31))).by_id["rules-bidding-credit-2027"]
    after = Page(page(shipped, date(2027, 1, 1))).by_id["rules-bidding-credit-2027"]
    assert "2026-12-31: 该日没有这条规则的版本" in before.text()
    assert "该日无版本" in before.text()
    assert "2027-01-01 起" in before.text(), "the version to come is folded below"
    assert "该日" not in after.text()


def test_the_version_of_the_day_stands_first(shipped: RuleSet):
    cards = [Page(page(shipped, day)).by_id["rules-customs-senior"] for day in (date(2026, 3, 31), date(2026, 4, 1))]
    assert ["251" in card.described()["依据"].text() for card in cards] == [True, False]
    assert ["282" in card.described()["依据"].text() for card in cards] == [False, True]


def test_what_is_asked_at_an_item_by_measure(small: RuleSet):
    found = small_page(small)
    asked = {
        item: [link for link in found.by_id[f"items-{item}"].links() if re.match("#(measures|rules)-", link)]
        for item in ("food-licence", "fund-grant")
    }
    assert asked["fund-grant"] == ["#measures-fast-lane", "#rules-base-incentive"]
    assert asked["food-licence"] == [
        "#measures-no-commitment",
        "#rules-base-restraint",
        "#measures-no-licence",
        "#rules-base-prohibition",
        "#measures-fast-lane",
        "#rules-base-incentive",
    ]


def test_rules_asked_at_an_item_are_those_that_the_engine_picks(shipped: RuleSet):
    plans, index = Plans(shipped), HandbookIndex(shipped, DAY)
    for item in shipped.catalogue.items.values():
        picked = {
            rule.id
            for role in Role
            for stage in Stage
            for rule in plans.picked(RuleKeys(Book.MEASURES, role, item.organ, item.code, stage), DAY)
        }
        assert {entry.id for entry in index.asked_at(item)} == picked


def test_an_instrument_names_everything_that_cites_it(small: RuleSet):
    law = small_page(small).by_id["instruments-credit-law"].described()
    assert [entry.text() for entry in law["引用它的规则"].named("li")] == [
        "国家评价为优 第六条",
        "列入严重失信主体名单 第六条",
        "信用差的重点监管 第七条",
        "法律规定不予许可 第十二条",
    ]
    assert [entry.text() for entry in law["其他引用"].named("li")] == ["公共信用综合评价 第五条"]


def test_what_is_not_verified_is_marked():
    found = small_page(verified(BASE, "instrument/credit-law", "instrument/old-regulation"))

    def marks(place: str) -> list[str]:
        heading = next(element for element in found.by_id[place].all() if re.fullmatch("h[1-6]", element.name))
        return [mark.text() for mark in heading.named("span")]

    assert marks("instruments-city-notice") == ["待核实"]
    assert marks("instruments-credit-law") == []
    assert marks("instruments-old-regulation") == ["该日已经失效"]
    assert marks("measures-no-licence") == ["法律禁止"]
    basis = found.by_id["rules-base-incentive"].described()["依据"]
    assert "待核实" in basis.text()


def test_terms_of_repair(small: RuleSet):
    found = small_page(small)

    def rows(place: str) -> list[list[str]]:
        (body,) = found.by_id[place].named("tbody")
        return [[cell.text() for cell in row.named("td")] for row in body.named("tr")]

    assert rows("record_kinds-penalty") == [
        ["一般", "决定之日起 1 年", "可以, 决定之日起满 3 个月后申请", "途径: 信用中国", ""],
        ["严重", "决定之日起 3 年", "可以, 决定之日起满 1 年后申请", "途径: 信用中国", ""],
    ]
    assert "没有规定期限" in found.by_id["record_kinds-broken-promise"].text()
    assert rows("lists-wage-arrears") == [["不分程度", "决定之日起 3 年", "可以, 决定之日起满 6 个月后申请", "", ""]]


def test_facts_and_feeds(small: RuleSet):
    found = small_page(small)
    missing = found.by_id["facts-missing"].described()
    assert {name: missing[name].text() for name in ("类型", "由谁提供", "默认值")} == {
        "类型": "整数, 单位: 件",
        "由谁提供": "申请人",
        "默认值": "没有: 不提供就是未知",
    }
    assert found.by_id["facts-promised"].described()["默认值"].text() == "否"
    assert found.by_id["facts-grade"].described()["可选的值"].text() == "A 优、D 差"
    feed = found.by_id["feeds-credit-feed"].described()
    assert feed["最长可用"].text().startswith("7 天(含当天)")
    assert feed["带来"].links() == [
        "#record_kinds-penalty",
        "#record_kinds-broken-promise",
        "#lists-wage-arrears",
        "#ladders-national",
    ]


def test_parameters_have_their_section(small: RuleSet):
    without = msgspec.structs.replace(small.catalogue, parameters={})
    rules = tuple(msgspec.structs.replace(rule, parameters=()) for rule in small.rules)
    empty = small_page(RuleSet(catalogue=without, rules=rules))
    assert "规则库里没有这一节" in empty.by_id["section-parameters"].text()
    found = small_page(with_parameter(small))
    (body,) = found.by_id["parameters-repeat-window"].named("tbody")
    assert [[cell.text() for cell in row.named("td")][:2] for row in body.named("tr")] == [
        ["2020-01-01 至 2020-12-31", "18 个月"],
        ["2021-01-01 起", "12 个月"],
    ]
    assert "#parameters-repeat-window" in found.by_id["rules-base-restraint"].links()
    assert "#rules-base-restraint" in found.by_id["parameters-repeat-window"].links()
    assert {link for link in found.root.links() if link[1:] not in found.by_id} == set()


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2."""
    whole = colour[1:] if len(colour) == 7 else "".join(letter * 2 for letter in colour[1:])
    parts = [int(whole[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_marks_can_be_read_by_weak_eyes(read: Page):
    style: Element = read.root.named("style")[0]
    marks = re.findall(r"^\.(\w+) \{ color: (#\w+); background: (#\w+);", style.text(), re.MULTILINE)
    assert {name for name, _, _ in marks} == {
        "ban",
        "restraint",
        "incentive",
        "standing",
        "mandatory",
        "optional",
        "unverified",
        "absent",
    }
    assert {name: contrast(ink, paper) for name, ink, paper in marks if contrast(ink, paper) < 4.5} == {}
    assert contrast("#000", "#fff") == pytest.approx(21)


def test_an_organ_s_time_for_reports_is_told():
    organs = "organs:\n  - {code: quick, title: 快办局, outcome_days: 5}\n  - {code: usual, title: 常办局}\n"
    found = small_page(read_texts({**BASE, "zz-organs.yaml": organs.encode()}).rule_set)
    told = {code: found.by_id[f"organs-{code}"].described()["反馈期限"].text() for code in ("quick", "usual")}
    assert told == {"quick": "5 日(自然日, 回执当日不算)", "usual": "30 日(自然日, 回执当日不算, 一般期限)"}


def test_an_entry_of_an_exemption_list_is_told_with_all_that_the_list_says(read: Page):
    """经营超过保质期的食品、食品添加剂, as samr-2025-1 has it."""
    card = read.by_id["rules-m17-samr-2025-1-first"]
    (heading,) = card.named("h4")
    assert heading.text().startswith("市场监管行政违法行为首违不罚、轻微免罚清单(一): 首违不罚 ")
    told = card.described()
    assert "货值金额不超过五百元" in told["适用情形"].text()
    assert told["配套监管措施"].text() == "责令(限期)改正、批评教育"
    assert "#soft_measures-education" in told["配套监管措施"].links()
    conditions = told["什么条件下"].text()
    assert "涉案货值金额不超过 500 元" in conditions and "初次违法(此前 24 个月内没有同类违法)" in conditions
    assert "清单本身" in told["依据"].text()
    lighter = read.by_id["rules-g02-guangzhou-dr-lighter"].described()
    assert "裁量幅度一万元以上二万元以下" in lighter["备注"].text()


def test_an_entry_names_the_organs_of_the_places_where_its_lists_hold(read: Page):
    """m17 stands on the nation's list and on Tianjin's: neither is the list of the registry's own market regulator."""
    organ = read.by_id["exemptions-m17"].described()["部门"]
    assert organ.text() == "市场监督管理部门"
    assert "#organs-market-regulation" in organ.links()


def test_an_exemption_list_is_told_with_its_definitions(read: Page):
    told = read.by_id["exemption_lists-dongguan-market-2020"].described()
    assert told["一般要求"].text() == "违法行为轻微、及时改正、没有造成危害后果"
    assert told["及时改正"].text() == "被发现以前自行改正, 或者在责令的期限内改正, 或者自发现起 30 日内改正"
    samr = read.by_id["exemption_lists-samr-2025-1"]
    assert "初次违法(此前 24 个月内没有同类违法)" in samr.described()["初次违法"].text()
    inside = {element.attributes.get("id") for element in samr.all()}
    assert {f"rules-samr-2025-1-unless-{code}" for code in ("safety-bottom-line", "malicious", "repeated")} <= inside


def test_what_makes_conduct_punishable_is_found_from_the_law(read: Page):
    """设定依据 of m17; the list's document names the list; a notice of holidays its year."""
    assert "#exemptions-m17" in read.by_id["instruments-food-safety-law-2025"].links()
    assert "#exemption_lists-samr-2025-1" in read.by_id["instruments-samr-10-2025"].links()
    assert "#calendars-cn-2021" in read.by_id["instruments-holidays-2021"].links()
