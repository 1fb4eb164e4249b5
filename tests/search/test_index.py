"""What is found, in which order, filtered, paged and marked."""

from dataclasses import replace
from datetime import date

import pytest

from creditgate_server.errors import InvalidQuestion
from creditgate_server.exemptions.search.documents import EntryDocument, Field
from creditgate_server.exemptions.search.filters import EntryFilters
from creditgate_server.exemptions.search.index import SearchIndex
from creditgate_server.rulebook.catalogue import ExemptionKind


def codes(index, query, filters=EntryFilters(), **page):  # noqa: B008
    return [hit.document.code for hit in index.search(query, filters, **page).hits]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("过期食品", "m17"),
        ("超过保质期", "m17"),
        ("过期的牛奶怎么处理", "m17"),
        ("食品标签", "m15"),
        ("没有执照", "m01"),
        ("网吧", "w01"),
        ("互联网上网服务营业场所", "w01"),
        ("渣土", "d01"),
        ("gqsp", "m17"),
        ("过期sp", "m17"),
        ("GQSP", "m17"),
        ("wzjy", "m01"),
        ("mhq", "f07"),
        ("过其食品", "m17"),
        ("灭伙器", "f07"),
        ("灭火气坏了", "f07"),
        ("过期，食品！", "m17"),
    ],
)
def test_everyday_words_find_the_entry_first(small, query, first):
    assert codes(small, query)[0] == first


@pytest.mark.parametrize(
    "query",
    [
        "食品安全法34条",
        "食品安全法第三十四条",
        "食品安全法第34条第10项",
        "食品安全法 三十四条",
        "食安法34条",
        "食品安全法34",
        "食品安全法３４条",
    ],
)
def test_an_article_stands_above_words(small, query):
    assert codes(small, query)[0] == "m17"


def test_an_article_beats_an_entry_that_the_other_words_speak_for(small):
    assert codes(small, "水土保持法54条 乱倒渣土") == ["d02", "d01"]


def test_an_article_without_a_statute_finds_it_in_any(small):
    assert codes(small, "第五十四条") == ["d02"]


@pytest.mark.parametrize(
    "query", ["440216139000", "４４０２１６１３９０００", "d01", "D01", "编码 440216139000 过期食品"]
)
def test_a_code_stands_above_everything(small, query):
    assert codes(small, query)[0] == "d01"


def test_the_beginning_of_a_basic_code_finds_all_that_begin_so(small):
    assert codes(small, "440216") == ["d01", "d02"]
    assert codes(small, "44021613800") == ["d02"]


def test_what_nobody_wrote_finds_nothing(small):
    assert small.search("航天飞船").total == 0


def test_a_narrower_word_finds_the_broader_and_not_the_other_way_round():
    """牛奶 is food; who asks for 食品 does not mean an entry that speaks of 牛奶 alone."""
    milk = EntryDocument(code="a", title="倾倒牛奶", organ="o", organ_title="")
    food = EntryDocument(code="b", title="浪费食品", organ="o", organ_title="")
    index = SearchIndex([milk, food])
    assert codes(index, "牛奶") == ["a", "b"]
    assert codes(index, "食品") == ["b"]


def test_organ(small):
    assert codes(small, "食品 网吧 渣土", EntryFilters(organ="water")) == ["d01"]


@pytest.mark.parametrize(
    ("region", "found"),
    [
        ("441900", {"m17", "w01", "d01", "d02"}),  # its own lists, Guangdong's and the nation's
        ("440100", {"m17", "w01", "d01"}),
        ("440000", {"m17", "w01", "d01"}),
        ("310115", {"m17"}),
        ("330110", {"m17", "m01"}),
        ("330100", {"m17"}),  # a city has no part in its districts' lists
        ("000000", {"m17"}),
    ],
)
def test_a_division_has_its_own_lists_and_those_above_it(small, region, found):
    query = "过期食品 无照经营 网吧 渣土 水保"
    assert set(codes(small, query, EntryFilters(region=region))) - {"m15"} == found


def test_kind(small):
    assert codes(small, "食品", EntryFilters(kinds=frozenset((ExemptionKind.MINOR,)))) == ["m17", "m15"]
    assert codes(small, "食品", EntryFilters(kinds=frozenset((ExemptionKind.FIRST,)))) == ["m17"]


def test_list(small):
    assert codes(small, "食品 渣土", EntryFilters(list="guangdong")) == ["d01"]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2022, 8, 14), []),
        (date(2022, 8, 15), ["w01"]),
        (date(2027, 8, 14), ["w01"]),
        (date(2027, 8, 15), []),
    ],
)
def test_in_force_on_a_day_both_ends_inclusive(small, day, found):
    assert codes(small, "网吧", EntryFilters(day=day)) == found


def test_one_version_must_be_all_that_is_asked(small):
    """Shanghai's minor kind has ended; the nation's, which is in force, is of another kind."""
    today = EntryFilters(region="310000", kinds=frozenset((ExemptionKind.MINOR,)), day=date(2026, 11, 20))
    assert codes(small, "过期", today) == []
    assert codes(small, "过期", replace(today, day=date(2023, 12, 24))) == ["m17"]


def test_lapsed_entries_come_last_where_they_are_asked_for(small):
    today = date(2028, 1, 1)
    assert codes(small, "网吧 未成年人 灭火器 食品标签", EntryFilters(day=today)) == ["m15", "m17"]
    page = small.search("网吧 未成年人 灭火器 食品标签", EntryFilters(day=today, lapsed=True))
    assert [(hit.document.code, hit.in_force) for hit in page.hits] == [
        ("m15", True),
        ("m17", True),
        ("w01", False),
        ("f07", False),
    ]


def test_a_hit_shows_the_versions_that_fit(small):
    (hit,) = small.search(
        "过期食品", EntryFilters(day=date(2026, 11, 20), kinds=frozenset((ExemptionKind.FIRST,)))
    ).hits
    assert [one.list_code for one in hit.versions] == ["nation-2025"]


def test_pages(small):
    whole = codes(small, "食品 网吧 渣土 灭火器")
    assert len(whole) == 5
    assert codes(small, "食品 网吧 渣土 灭火器", size=2) == whole[:2]
    assert codes(small, "食品 网吧 渣土 灭火器", offset=2, size=2) == whole[2:4]
    assert codes(small, "食品 网吧 渣土 灭火器", offset=9) == []
    assert small.search("食品 网吧 渣土 灭火器", offset=9).total == 5


def test_a_page_begins_behind_an_entry_and_where_that_is_gone_at_its_place(small):
    """As after another rule set took over: entries before it may have come or gone."""
    whole = codes(small, "食品 网吧 渣土 灭火器")
    for offset in (0, 1, 4):
        page = small.search("食品 网吧 渣土 灭火器", offset=offset, size=2, after=whole[1])
        assert ([hit.document.code for hit in page.hits], page.offset) == (whole[2:4], 2)
    gone = small.search("食品 网吧 渣土 灭火器", offset=3, size=2, after="no-entry")
    assert ([hit.document.code for hit in gone.hits], gone.offset) == (whole[3:5], 3)


def test_the_order_is_the_same_in_an_index_made_again_and_of_other_order(small):
    again = SearchIndex(tuple(reversed(small.documents)))
    for query in ("食品", "经营", "食品 网吧 渣土 灭火器", "第三十三条"):
        assert codes(again, query) == codes(small, query)


def marked(index, query, code):
    hit = next(hit for hit in index.search(query).hits if hit.document.code == code)
    return {(mark.field, mark.number): [mark.text[span.start : span.end] for span in mark.spans] for mark in hit.marks}


def test_matched_words_and_their_synonyms_are_marked(small):
    assert marked(small, "过期食品", "m17") == {
        (Field.TITLE, 0): ["超过保质期", "食品"],
        (Field.KEYWORDS, 0): ["过期食品"],
        (Field.PENALTY_BASIS, 0): ["食品"],
    }


def test_marks_are_places_in_the_text_as_it_is_shown(small):
    (hit,) = small.search("销毁").hits
    (mark,) = hit.marks
    assert (mark.field, mark.text) == (Field.CIRCUMSTANCES, "货值金额不超过五百元, 立即销毁")
    assert [(span.start, span.end) for span in mark.spans] == [(14, 16)]


def test_what_a_version_that_is_not_shown_says_is_not_marked(small):
    (hit,) = small.search("货值", EntryFilters(region="310000", kinds=frozenset((ExemptionKind.MINOR,)))).hits
    assert (hit.document.code, [one.list_code for one in hit.versions], hit.marks) == ("m17", ["shanghai"], ())


def test_first_letters_are_marked_where_they_were_read(small):
    assert marked(small, "gqsp", "m17") == {(Field.KEYWORDS, 0): ["过期食品"]}


def test_an_article_is_marked_in_its_citation(small):
    assert marked(small, "食品安全法34条", "m17") == {(Field.PENALTY_BASIS, 0): ["第三十四条第十项"]}
    assert marked(small, "消防法60条", "f07") == {(Field.PENALTY_BASIS, 0): ["第六十条"]}


def test_a_code_is_marked(small):
    assert marked(small, "440216", "d02") == {(Field.BASIC_CODE, 0): ["440216"]}
    assert marked(small, "D02", "d02") == {(Field.CODE, 0): ["d02"]}


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("", "query", "没有写要查的内容"),
        (" 　\n", "query", "没有写要查的内容"),
        ("，。！", "query", "要查的内容里没有文字或数字"),
        ("食" * 201, "query", "要查的内容最多 200 字, 收到 201 字"),
    ],
)
def test_a_query_that_asks_nothing_or_too_much(small, query, field, message):
    with pytest.raises(InvalidQuestion) as caught:
        small.search(query)
    assert (caught.value.field, caught.value.message) == (field, message)


def test_two_hundred_characters_are_not_too_many(small):
    assert codes(small, "食品" * 100)[0] in {"m15", "m17"}


@pytest.mark.parametrize(
    ("page", "field"), [({"offset": -1}, "offset"), ({"size": 0}, "size"), ({"size": 101}, "size")]
)
def test_a_page_that_can_not_be(small, page, field):
    with pytest.raises(InvalidQuestion) as caught:
        small.search("食品", **page)
    assert caught.value.field == field


@pytest.mark.parametrize("region", ["4419", "44190a", "东莞", "4419000"])
def test_a_region_of_another_shape(region):
    with pytest.raises(InvalidQuestion) as caught:
        EntryFilters(region=region)
    assert (caught.value.field, caught.value.message) == ("region", "行政区划代码应为 6 位数字")


def test_an_empty_list_finds_nothing():
    assert SearchIndex(()).search("过期食品").total == 0
