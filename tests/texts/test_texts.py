"""`rules texts`: a library that says what its texts say is sound; one planted fault is told at its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from creditgate_server.rulebook.catalogue import Citation
from creditgate_server.rulebook.load import LoadedRuleSet, read_directory
from creditgate_server.studies.texts.articles import digest_of
from creditgate_server.studies.texts.claims import claims

from ..shared import library
from .conftest import Held

LIBRARY = Path(__file__).parent / "library"


def test_a_library_that_says_what_its_texts_say_is_sound(held: Held):
    told = held.run()
    assert told.returncode == 0, told.stdout
    assert "法律: 引用 8 处, 原文在手边 8 处, 已核实 0 处(0%), 错误 0 处" in told.stdout
    assert told.stdout.endswith("规则库与文本没有不符\n")


# What is planted: file, what stands there, what is put there; kind and reason that must be told at that place.
PLANTED = {
    "article off by one": (
        "measures.yaml",
        "第十条第一款",
        "第十三条第一款",
        "没有这一条款: 《店铺法》没有第十三条 [rule/closed-shop-ban@2020-01-01]",
    ),
    "paragraph that is not there": (
        "measures.yaml",
        "第十条第一款",
        "第十条第四款",
        "没有这一条款: 《店铺法》第十条只有 3 款, 没有第四款 [rule/closed-shop-ban@2020-01-01]",
    ),
    "item that is not there": (
        "catalogue.yaml",
        "第十条第三款第二项",
        "第十条第三款第五项",
        "没有这一条款: 《店铺法》第十条第三款只有 3 项, 没有第五项 [list/bad-shops]",
    ),
    "item of a paragraph without items": (
        "catalogue.yaml",
        "第十条第三款第二项",
        "第十条第二款第二项",
        "没有这一条款: 《店铺法》第十条第二款没有分项, 没有第二项 [list/bad-shops]",
    ),
    "citation that nobody can read": (
        "catalogue.yaml",
        "第十条第三款第二项",
        "第十条三款",
        "没有这一条款: 看不懂的条款写法: 第十条三款 [list/bad-shops]",
    ),
    "part of a document that is not there": (
        "catalogue.yaml",
        "二（二）",
        "二（三）",
        "没有这一条款: 《市级通知》没有二（三） [authority/rated]",
    ),
    "term off by a year": (
        "catalogue.yaml",
        "36, basis",
        "48, basis",
        "数字不符: 参数的值里的 48 个月, shop-law 第十条第一款 里没有 [parameter/shop-ban-term@2020-01-01]",
    ),
    "term of a record kind off by a year": (
        "catalogue.yaml",
        "36, repair",
        "48, repair",
        "数字不符: lasts_months里的 48 个月, shop-law 第十条第二款 里没有 [record_kind/closed-shop/any]",
    ),
    "days of a way to object": (
        "catalogue.yaml",
        "{days: 60}",
        "{days: 61}",
        "数字不符: 期限里的 61 日, shop-law 第十二条 里没有 [objection/reconsideration]",
    ),
    "days of a list's own definition": (
        "exemptions.yaml",
        "{months: 24, area: city}",
        "{months: 36, area: city}",
        "数字不符: 初次违法的期间里的 36 个月, city-notice 里没有 [exemption_list/sign-list]",
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_one_planted_fault_is_told_at_its_place_with_its_reason(held: Held, planted: str):
    file, old, new, reason = PLANTED[planted]
    place = held.spoil(file, old, new)
    told = held.run()
    assert told.returncode == 1, told.stdout
    found = [line for line in told.stdout.splitlines() if line.startswith(str(held.rules))]
    assert [line for line in found if line.startswith(f"{place}: {reason}")], (place, found)
    assert len(found) == 1, found


def test_a_title_with_a_number_of_its_own_is_held_against_the_text(held: Held):
    """`rules check` has nothing to hold it against: the condition has no such number."""
    place = held.spoil("measures.yaml", "失信店铺\n", "五年内的失信店铺\n")
    assert held.check().returncode == 0
    assert f"{place}: 数字不符: 标题里的 60 个月, shop-law-old 第三条 里没有" in held.run().stdout


def test_an_instrument_that_ended_is_told_where_it_is_cited_and_in_the_catalogue(held: Held):
    held.spoil("shop-law-old.md", "自 2020-01-01 废止", "自 2019-07-01 废止")
    told = held.run()
    assert told.returncode == 1
    listed, cited = (line for line in told.stdout.splitlines() if "不在有效期: " in line)
    assert listed.startswith(f"{held.rules}/catalogue.yaml:4:63: 不在有效期: 《店铺法(旧)》按文本到 2019-06-30 为止, ")
    ended = "《店铺法(旧)》自 2019-07-01 起不再有效, 引用它的却至 2019-12-31(按文本)"
    assert cited.startswith(f"{held.rules}/measures.yaml:26:49: 不在有效期: {ended}"), cited


def test_an_instrument_not_yet_in_force_is_told(held: Held):
    held.spoil("shop-law.md", "施行: 2020-01-01", "施行: 2021-01-01")
    told = held.run()
    assert told.returncode == 1
    assert "《店铺法》自 2021-01-01 起施行, 引用它的却自 2020-01-01 起(按文本) [rule/closed-shop-ban" in told.stdout
    assert "《店铺法》按文本自 2021-01-01 起施行, 目录写的是 2020-01-01 [instrument/shop-law]" in told.stdout


def test_what_an_excerpt_does_not_have_is_not_at_hand_and_not_wrong(held: Held):
    place = held.spoil("catalogue.yaml", "sign-order, article: 第五条", "sign-order, article: 第六条")
    told = held.run("--all")
    assert told.returncode == 0, told.stdout
    at = place.rpartition(":")[0]
    assert "原文不在手边: 《招牌办法》的文本是节录, 没有第六条 [soft_measure/education]" in told.stdout
    assert [line for line in told.stdout.splitlines() if line.startswith(at) and "原文不在手边" in line]
    assert "部门规章: 引用 3 处, 原文在手边 2 处" in told.stdout


def test_an_instrument_without_a_text_is_not_at_hand(held: Held):
    (held.folder / "sign-order.md").unlink()
    told = held.run("--all")
    assert told.returncode == 0
    assert told.stdout.count("没有《招牌办法》的文本(sign-order.md)") == 3


def test_an_article_that_says_it_is_cut_is_not_called_short(held: Held):
    held.spoil("shop-law.md", "第九条 开店", "第九条(第一款节录) 开店")
    held.spoil("catalogue.yaml", "article: 第九条", "article: 第九条第二款")
    told = held.run("--all")
    assert told.returncode == 0
    assert "原文不在手边: 《店铺法》第九条只有 1 款, 没有第二款(这一条是节录) [item/shop-licence]" in told.stdout


def test_a_citation_that_leaves_the_paragraph_open_is_told_and_not_wrong(held: Held):
    held.spoil("measures.yaml", "第十条第一款", "第十条")
    told = held.run("--all")
    assert told.returncode == 0
    assert "不够具体: 《店铺法》第十条有 3 款, 没有写是哪一款 [rule/closed-shop-ban@2020-01-01]" in told.stdout


def test_a_citation_that_says_its_text_was_not_found_is_told_once_the_text_is_there(held: Held):
    held.spoil("catalogue.yaml", "article: 第九条}", "article: 第九条, missing: 原文未见}")
    told = held.run("--all")
    assert told.returncode == 0
    assert "不够具体: 写着没有找到原文, 文本目录里却有《店铺法》第九条 [item/shop-licence]" in told.stdout


def test_a_number_is_not_missed_where_one_of_the_cited_texts_is_not_at_hand(held: Held):
    """What is not in the texts at hand may stand in the one that is not."""
    held.spoil("exemptions.yaml", "{months: 24, area: city}", "{months: 36, area: city}")
    (held.folder / "city-notice.md").unlink()
    assert held.run().returncode == 0


def test_findings_and_counts_as_json(held: Held):
    place = held.spoil("catalogue.yaml", "36, basis", "48, basis")
    told = held.run("--json")
    answer = json.loads(told.stdout)
    assert told.returncode == 1
    assert answer["sound"] is False
    (found,) = [one for one in answer["findings"] if one["kind"] == "number"]
    assert f"{found['file']}:{found['line']}:{found['column']}" == place
    assert answer["counts"][0] == {"rank": "法律", "citations": 8, "at_hand": 8, "verified": 0, "wrong": 1}


def test_the_digest_of_a_text_does_not_see_white_space():
    assert digest_of("第一条　甲\n\n 乙 ") == digest_of("第一条 甲 乙")
    assert digest_of("第一条 甲乙") != digest_of("第一条 甲 乙")
    assert digest_of("e\u0301") == digest_of("\u00e9")


def _citations(value: Any) -> list[Citation]:
    """All citations anywhere in a value, whatever its fields are called."""
    if isinstance(value, Citation):
        return [value]
    if isinstance(value, dict):
        return [one for part in value.values() for one in _citations(part)]
    if isinstance(value, tuple):
        return [one for part in value for one in _citations(part)]
    if isinstance(value, msgspec.Struct):
        return [one for item in msgspec.structs.fields(value) for one in _citations(getattr(value, item.name))]
    return []


@pytest.mark.parametrize("read", [lambda: read_directory(LIBRARY), library], ids=["small", "real"])
def test_every_citation_of_the_library_is_held_against_the_texts(read: Callable[[], LoadedRuleSet]):
    loaded = read()
    found = claims(loaded)
    walked = {(at.citation.instrument, at.citation.article) for claim in found for at in claim.citations}
    written = {(one.instrument, one.article) for one in _citations(loaded.rule_set)}
    lists = {one.instrument for one in loaded.rule_set.catalogue.exemption_lists.values()}
    assert written <= walked
    assert walked - written <= {(code, "") for code in lists}
    for claim in found:
        for at in claim.citations:
            assert at.place.line, (claim.of, at.citation)


def test_things_tell_the_days_on_which_they_speak():
    life = {claim.of: claim.life for claim in claims(read_directory(LIBRARY))}
    listed = life["rule/listed-shop@2010-01-01"]
    assert listed is not None
    assert (listed.start, listed.until) == (date(2010, 1, 1), date(2019, 12, 31))
    assert life["item/shop-licence"] is None
    assert life["exemption_list/sign-list"] is not None
