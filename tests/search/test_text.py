"""One spelling for what people write in several; articles and statutes in words."""

import pytest

from creditgate_server.exemptions.search.articles import Statutes, articles_of, mentions, short_title
from creditgate_server.exemptions.search.text import TextSpan, number, plain

STATUTES = Statutes(
    [
        ("food-law", "中华人民共和国食品安全法"),
        ("tax-law", "中华人民共和国税收征收管理法"),
        ("eia-law", "中华人民共和国环境影响评价法(2018修正)"),
        ("soil-law", "中华人民共和国水土保持法"),
        ("water-law", "中华人民共和国水法"),
        ("chemicals", "危险化学品安全管理条例"),
    ]
)


@pytest.mark.parametrize(
    ("source", "spelt"),
    [
        ("ＫＴＶ", "ktv"),
        ("４４０２", "4402"),
        ("过期，食品。", "过期 食品 "),
        ("《广告法》", " 广告法 "),
        ("「网吧」", " 网吧 "),
        ("10㎡", "10m2"),
        ("①", "1"),
    ],
)
def test_width_case_and_punctuation(source, spelt):
    assert plain(source).text == spelt


def test_every_sign_knows_where_it_stood():
    spelt = plain("面积10㎡以下")
    assert spelt.text == "面积10m2以下"
    assert spelt.span(4, 6) == TextSpan(4, 5)  # m2 is one sign of the source
    assert spelt.span(6, 8) == TextSpan(5, 7)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("34", 34),
        ("三十四", 34),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零九", 109),
        ("一百二十五", 125),
        ("一二五", 125),
    ],
)
def test_numbers_in_both_numerals(written, value):
    assert number(written) == value


@pytest.mark.parametrize("written", ["第三十四条", "34条", "第34条", "第 34 条", "三十四条"])
def test_an_article_is_the_same_however_it_is_written(written):
    assert [(one.article, one.point) for one in mentions(written)] == [(34, 0)]


def test_points_and_several_articles_of_a_citation():
    found = [(one.article, one.point) for one in articles_of("第三十四条第十项、第一百二十四条第一款第（五）项")]
    assert found == [(34, 10), (124, 5)]


@pytest.mark.parametrize(
    ("asked", "statutes"),
    [
        ("食品安全法34条", ("food-law",)),
        ("违反中华人民共和国食品安全法34条", ("food-law",)),
        ("征管法62条", ("tax-law",)),
        ("环评法第三十一条", ("eia-law",)),
        ("危化品条例78条", ("chemicals",)),
        ("水法65条", ("water-law",)),
        ("水土保持法54条", ("soil-law",)),
        ("水保法54", ("soil-law",)),
        ("刑法5条", ()),
        ("这个办法3条", ()),
    ],
)
def test_a_statute_by_its_whole_short_or_clipped_name(asked, statutes):
    mention = next(mentions(asked))
    assert STATUTES.named_before(asked, mention.span.start)[0] == statutes


def test_three_fish_are_no_article_of_a_statute():
    mention = next(mentions("三条鱼"))
    assert not mention.ordinal
    assert STATUTES.named_before("三条鱼", mention.span.start) == ((), 0)


def test_titles_lose_what_people_leave_out():
    assert short_title("《中华人民共和国行政处罚法》(2021修订)") == "行政处罚法"
