"""Whatever is typed: an answer or a typed refusal; pages that cover all hits once; filters that only take away."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditgate_server.errors import InvalidQuestion
from creditgate_server.exemptions.search.documents import documents_of
from creditgate_server.exemptions.search.filters import EntryFilters
from creditgate_server.exemptions.search.index import LARGEST_PAGE, SearchIndex, nearest
from creditgate_server.exemptions.search.text import plain
from creditgate_server.rulebook.catalogue import ExemptionKind

from .library import phrases, rule_set

INDEX = SearchIndex(documents_of(rule_set()))
ODD = ["食品", "第三十四条", "食品安全法", "34", "440216", "d01", "gqsp", "ktv", "㎡", "，", "條", "零条"]
ODD += ["第〇条之一第十项", "\U00020000"]
PIECES = [phrase["ask"] for phrase in phrases("phrases.yaml")] + ODD + [" "]
QUERIES = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), min_size=1, max_size=6).map("".join)
ASKABLE = QUERIES.filter(lambda query: len(query) <= 200 and any(sign.isalnum() for sign in query))
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FILTERS = st.builds(
    EntryFilters,
    organ=st.sampled_from(["", "market", "water", "none"]),
    region=st.sampled_from(["", "441900", "440000", "310115", "000000", "999999"]),
    kinds=st.frozensets(st.sampled_from(ExemptionKind), max_size=2),
    list=st.sampled_from(["", "guangdong", "nation-2025"]),
    day=st.none() | st.dates(date(2018, 1, 1), date(2030, 1, 1)),
    lapsed=st.booleans(),
)


def found(query, filters, size=LARGEST_PAGE):
    try:
        page = INDEX.search(query, filters, size=size)
    except InvalidQuestion:
        return None
    return [hit.document.code for hit in page.hits]


@MANY
@given(st.text(max_size=300) | QUERIES)
def test_any_text_is_answered_or_refused_in_chinese(query):
    refused = None
    try:
        page = INDEX.search(query)
    except InvalidQuestion as caught:
        refused = caught
    if refused is not None:
        assert refused.field == "query"
        assert not query.strip() or len(query) > 200 or "没有文字" in refused.message
        return
    for hit in page.hits:
        for mark in hit.marks:
            ends = [place for span in mark.spans for place in (span.start, span.end)]
            assert ends == sorted(set(ends))
            assert ends[0] >= 0
            assert ends[-1] <= len(mark.text)


@MANY
@given(QUERIES)
def test_every_hit_shows_why(query):
    try:
        page = INDEX.search(query)
    except InvalidQuestion:
        return
    assert all(hit.marks for hit in page.hits)


@MANY
@given(QUERIES, FILTERS, st.integers(1, 4))
def test_pages_cover_all_hits_once(query, filters, size):
    whole = found(query, filters)
    if whole is None:
        return
    pages = [INDEX.search(query, filters, offset, size) for offset in range(0, len(whole) + size, size)]
    assert [hit.document.code for page in pages for hit in page.hits] == whole
    assert {page.total for page in pages} == {len(whole)}
    assert len(set(whole)) == len(whole)


@MANY
@given(ASKABLE, FILTERS)
def test_filters_only_take_away(query, filters):
    every = found(query, EntryFilters())
    some = found(query, filters)
    if every is None or some is None:
        return
    assert set(some) <= set(every)
    if not filters.lapsed:
        assert some == [code for code in every if code in some]


@MANY
@given(QUERIES)
def test_the_same_question_has_the_same_answer(query):
    assert found(query, EntryFilters()) == found(query, EntryFilters())


@MANY
@given(st.text(max_size=400))
def test_any_description_is_answered_or_refused(described):
    try:
        assert len(nearest(INDEX, described)) <= 3
    except InvalidQuestion as refused:
        assert refused.field == "description"


@MANY
@given(st.text())
def test_the_one_spelling_keeps_every_place(source):
    spelt = plain(source)
    assert len(spelt.origin) == len(spelt.text)
    assert list(spelt.origin) == sorted(spelt.origin)
    assert set(spelt.origin) == set(range(len(source)))
    assert plain(spelt.text).text == spelt.text


def test_hypothesis_asks_of_a_list_that_has_something_to_find():
    assert found("过期食品", EntryFilters())


@pytest.mark.parametrize("query", ["条", "第条", "法条", "第一条第", "零十百条", "十十十条", "第0条", "第9999条"])
def test_odd_articles(query):
    assert isinstance(INDEX.search(query).total, int)
