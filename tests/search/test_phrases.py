"""Inspectors' everyday phrases find their entry among the shipped ones."""

import pytest

from .library import phrases

FILES = ("phrases.yaml", "phrases_held_out.yaml", "phrases_afterwards.yaml")


def rank(index, phrase):
    """The place of the best of the expected entries; 0: not among the first twenty."""
    found = [hit.document.code for hit in index.search(phrase["ask"], size=20).hits]
    return min((found.index(code) + 1 for code in phrase["expect"] if code in found), default=0)


@pytest.mark.parametrize("name", FILES)
def test_nine_in_ten_are_in_the_first_five_and_99_of_100_in_the_first_twenty(shipped, name):
    ranks = {phrase["ask"]: rank(shipped, phrase) for phrase in phrases(name)}
    missed = {ask: place for ask, place in ranks.items() if not 1 <= place <= 5}
    assert sum(1 <= place <= 5 for place in ranks.values()) >= 0.90 * len(ranks), missed
    assert sum(place > 0 for place in ranks.values()) >= 0.99 * len(ranks), missed


@pytest.mark.parametrize("name", FILES)
def test_every_expected_entry_is_one_of_the_shipped(shipped, name):
    known = {document.code for document in shipped.documents}
    assert not {code for phrase in phrases(name) for code in phrase["expect"]} - known


def test_there_are_a_hundred_phrases_of_every_department(shipped):
    organs = {document.code: document.organ for document in shipped.documents}
    written = phrases("phrases.yaml")
    assert len(written) >= 100
    assert len({phrase["ask"] for phrase in written}) == len(written)
    assert all(1 <= len(phrase["expect"]) <= 3 for phrase in written)
    assert {organs[phrase["expect"][0]] for phrase in written} == set(organs.values())
