"""The nearest entries for an act that someone describes."""

import pytest

from creditgate_server.errors import InvalidQuestion
from creditgate_server.exemptions.search.filters import EntryFilters
from creditgate_server.exemptions.search.index import nearest

from ..shared import read_yaml
from .library import HERE

DESCRIPTIONS = read_yaml(HERE / "descriptions.yaml")["descriptions"]


@pytest.mark.parametrize("described", [one for one in DESCRIPTIONS if one["expect"]], ids=lambda one: one["expect"][0])
def test_the_entry_that_a_person_expects_is_among_three(shipped, described):
    found = [hit.document.code for hit in nearest(shipped, described["tell"])]
    assert len(found) <= 3
    assert set(found) & set(described["expect"]), found


@pytest.mark.parametrize(
    "described", [one for one in DESCRIPTIONS if not one["expect"]], ids=lambda one: one["tell"][:6]
)
def test_nothing_is_suggested_where_nothing_is_near(shipped, described):
    assert [hit.document.code for hit in nearest(shipped, described["tell"])] == []


def test_filters_hold_for_suggestions(shipped):
    described = "便利店货架上有两袋面包已经超过保质期三天"
    assert [hit.document.code for hit in nearest(shipped, described, EntryFilters(organ="market-regulation"))] == [
        "m17"
    ]
    assert nearest(shipped, described, EntryFilters(organ="water")) == ()


@pytest.mark.parametrize("described", ["", "……", "过" * 1001])
def test_a_description_that_says_nothing_or_too_much(small, described):
    with pytest.raises(InvalidQuestion) as caught:
        nearest(small, described)
    assert caught.value.field == "description"
