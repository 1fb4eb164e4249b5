"""What the law itself gives where no list in force names the act."""

from datetime import date

import pytest

from creditgate_server.exemptions.search.documents import documents_of
from creditgate_server.exemptions.search.filters import EntryFilters
from creditgate_server.exemptions.search.index import SearchIndex
from creditgate_server.exemptions.search.law import law_answer
from creditgate_server.exemptions.search.punished import fields
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.catalogue import (
    Catalogue,
    Citation,
    ExemptionList,
    FactEntry,
    FactSource,
    FactType,
    Organ,
    Period,
)
from creditgate_server.rulebook.language import Applies, Book, Compare, FactTest, GiveLeniency, Leniency, Rule

from .library import instrument

OPEN = Period(start=date(2021, 7, 15))
DAY = date(2026, 12, 1)


def _law(code, instrument_code, leniency, effective=OPEN, organs=(), facts=()):
    tests = tuple(FactTest(fact=name, compare=Compare.IN, values=(1,)) for name in facts)
    return Rule(
        id=code,
        book=Book.LENIENCY,
        title=code,
        effective=effective,
        applies=Applies(organs=organs),
        when=tests[0] if tests else None,
        then=GiveLeniency(leniency=leniency),
        basis=(Citation(instrument=instrument_code, article="第一条"),),
    )


RULES = (
    _law("limitation", "penalty-law", Leniency.PAST_LIMITATION),
    _law("minor", "penalty-law", Leniency.NO_PENALTY_MINOR, facts=("minor",)),
    _law("first", "penalty-law", Leniency.MAY_BE_EXEMPT),
    _law("mitigate", "penalty-law", Leniency.SHALL_MITIGATE),
    _law("old", "penalty-law", Leniency.NO_PENALTY_MINOR, Period(start=date(1996, 10, 1), until=date(2021, 7, 14))),
    _law("food", "food-law", Leniency.MAY_BE_EXEMPT, organs=("market-regulation",), facts=("innocent",)),
    _law("code", "eco-code", Leniency.SHALL_MITIGATE, Period(start=date(2026, 8, 15))),
)


def _fact(name):
    return FactEntry(name=name, label=name, type=FactType.FLAG, source=FactSource.CIRCUMSTANCE)


def _list(code, region, effective=OPEN):
    return ExemptionList(
        code=code, title=code, region=region, organ="market-regulation", instrument="penalty-law", effective=effective
    )


LISTS = (
    _list("nation", "000000"),
    _list("city", "441900"),
    _list("elsewhere", "310000"),
    _list("ended", "441900", Period(start=date(2021, 7, 15), until=date(2026, 11, 30))),
)
RULE_SET = RuleSet(
    catalogue=Catalogue(
        organs={code: Organ(code=code, title=code) for code in ("market-regulation", "ecology-environment")},
        instruments={
            one.code: one
            for one in (
                instrument("penalty-law", "中华人民共和国行政处罚法(2021修订)"),
                instrument("food-law", "中华人民共和国食品安全法"),
                instrument("eco-code", "中华人民共和国生态环境法典"),
            )
        },
        facts={name: _fact(name) for name in ("minor", "innocent")},
        exemption_lists={one.code: one for one in LISTS},
    ),
    rules=RULES,
)


def answer(query, day=DAY, **filters):
    asked = EntryFilters(day=day, **filters)
    page = SearchIndex(documents_of(RULE_SET)).search(query, asked)
    return law_answer(RULE_SET, query, asked, page, day)


def rules(query, day=DAY, **filters):
    return [rule.id for rule in answer(query, day, **filters).rules]


def test_the_special_law_of_the_field_stands_before_the_general_law():
    found = answer("餐馆后厨有蟑螂", region="441900")
    assert (found.organ, [rule.id for rule in found.rules]) == ("market-regulation", ["food", "minor", "first"])
    assert [fact.name for fact in found.facts] == ["innocent", "minor"]


def test_a_special_law_of_another_field_is_left_out():
    assert rules("菜场的电子秤不准") == ["minor", "first"]


@pytest.mark.parametrize(
    ("day", "found"), [(date(2026, 8, 14), ["minor", "first"]), (date(2026, 8, 15), ["code", "minor", "first"])]
)
def test_the_law_is_that_of_the_day(day, found):
    """生态环境法典 is in force from 2026-08-15."""
    assert rules("半夜打桩噪音", day) == found


def test_before_the_law_of_2021_its_rules_are_the_old_ones():
    assert rules("半夜打桩噪音", date(2021, 7, 14)) == ["old"]


def test_the_organ_that_was_asked_for_counts_before_the_words():
    found = answer("餐馆后厨有蟑螂", organ="ecology-environment")
    assert (found.organ, [rule.id for rule in found.rules]) == ("ecology-environment", ["minor", "first"])


def test_where_the_words_tell_nothing_no_organ_is_named_and_the_general_law_is():
    found = answer("邻居分手了天天哭", region="441900")
    assert (found.organ, [rule.id for rule in found.rules], found.lists) == ("", ["minor", "first"], ())


def test_lists_without_entries_are_named_where_they_are_in_force():
    assert [one.code for one in answer("电子秤不准", region="441900").lists] == ["nation", "city"]
    assert [one.code for one in answer("电子秤不准", date(2026, 11, 30), region="441900").lists][-1] == "ended"
    assert answer("电子秤不准").lists == ()


def test_the_question_is_asked_in_the_words_that_were_used():
    assert answer("  电子秤不准 ").description == "电子秤不准"


def test_every_field_names_an_organ_of_the_shipped_rules_and_words_that_are_no_one_s_else(shipped_rules):
    assert {field.organ for field in fields()} <= shipped_rules.catalogue.organs.keys()
    assert all(field.words and len(set(field.words)) == len(field.words) for field in fields())


@pytest.mark.parametrize(
    "asked",
    ["广东省应急管理部门行政执法免行政处罚清单", "应急管理部门行政执法免行政处罚清单", "广东省统计行政处罚减免责清单"],
)
def test_a_list_that_is_known_by_its_name_alone_is_found_by_its_name(shipped, shipped_rules, asked):
    filters = EntryFilters(region="441900", day=DAY)
    answer = law_answer(shipped_rules, asked, filters, shipped.search(asked, filters), DAY)
    assert asked in " ".join(one.title for one in answer.lists)


def test_a_list_of_another_province_is_not_found_by_its_name(shipped, shipped_rules):
    filters = EntryFilters(region="510100", day=DAY)
    asked = "广东省统计行政处罚减免责清单"
    assert law_answer(shipped_rules, asked, filters, shipped.search(asked, filters), DAY).lists == ()
