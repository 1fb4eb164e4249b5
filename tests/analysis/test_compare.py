"""Two rule sets compared for every conceivable subject: verdicts worked out by hand, witnesses confirmed."""

from __future__ import annotations

from datetime import date
from unittest.mock import patch

from creditgate_server.judging.plans import Plans
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import CREDIT_BOOKS, Book
from creditgate_server.studies.analysis.compare import RuleComparison, Strictness, compare, overall

from .library import CATALOGUE, GRADE, LEVEL, MEASURES, library, rule

DAY = date(2026, 11, 24)
THREE = "within_months: 24}, at_least: 3}"
UNCOUNTED = MEASURES.replace("两年三次处罚从严", "多次处罚从严")
"""The measures with a title that tells no number: it suits every count and time that a test puts in."""


def of(book: Book, first: RuleSet, second: RuleSet) -> RuleComparison:
    """The one verdict of a book that is not equivalence."""
    (found,) = [
        one for one in compare(first, second, DAY) if one.book is book and one.strictness is not Strictness.EQUIVALENT
    ]
    return found


def penalties(lines: tuple[str, ...]) -> int:
    """How many penalties a witness has."""
    return sum(int(line.rpartition("×")[2]) if "×" in line else 1 for line in lines if "行政处罚" in line)


def test_the_same_rules_in_other_words_are_equivalent():
    other = library(measures=MEASURES.replace("两年三次处罚从严", "另一个标题"))
    compared = compare(library(), other, DAY)
    assert overall(compared) is Strictness.EQUIVALENT
    assert {one.book for one in compared} == set(CREDIT_BOOKS)


def test_the_same_meaning_written_otherwise_is_equivalent():
    other = library(
        measures=UNCOUNTED.replace(
            "when: {records: {kinds: [penalty], within_months: 24}, at_least: 3}",
            "when: {none: [{records: {kinds: [penalty], within_months: 24}, at_most: 2}]}",
        )
    )
    assert overall(compare(library(), other, DAY)) is Strictness.EQUIVALENT


def test_five_penalties_instead_of_three_are_more_lenient():
    found = of(Book.MEASURES, library(), library(measures=UNCOUNTED.replace(THREE, THREE.replace("3", "5"))))
    assert found.strictness is Strictness.LOOSER
    assert found.worse is None
    assert found.better is not None
    assert penalties(found.better.words) in (3, 4)


def test_two_penalties_instead_of_three_are_stricter():
    found = of(Book.MEASURES, library(), library(measures=UNCOUNTED.replace(THREE, THREE.replace("3", "2"))))
    assert found.strictness is Strictness.STRICTER
    assert found.better is None
    assert found.worse is not None
    assert penalties(found.worse.words) == 2


def test_fewer_penalties_in_a_shorter_time_are_neither():
    shorter = THREE.replace("24", "12").replace("3", "2")
    found = of(Book.MEASURES, library(), library(measures=UNCOUNTED.replace(THREE, shorter)))
    assert found.strictness is Strictness.NEITHER
    assert found.worse is not None
    assert penalties(found.worse.words) == 2
    assert found.better is not None
    assert penalties(found.better.words) >= 3


def test_an_incentive_more_is_more_lenient_and_a_duty_more_is_stricter():
    more = library(
        measures=rule("planted", "{fact: grade, is: B}", "{measure: lane, duty: optional}"),
    )
    assert of(Book.MEASURES, library(), more).strictness is Strictness.LOOSER
    must = MEASURES.replace("{measure: strict, duty: mandatory}", "{measure: strict, duty: optional}")
    assert of(Book.MEASURES, library(measures=must), library()).strictness is Strictness.STRICTER


def test_a_graver_grade_goes_through_to_level_and_measures():
    graver = library(grade=GRADE.replace("records: {lists: [bad]}", "records: {lists: [bad, worse]}"))
    compared = compare(library(), graver, DAY)
    found = {(one.book, one.strictness) for one in compared if one.strictness is not Strictness.EQUIVALENT}
    assert (Book.GRADE, Strictness.STRICTER) in found
    assert (Book.LEVEL, Strictness.STRICTER) in found
    assert (Book.MEASURES, Strictness.STRICTER) in found  # no promise any more, and no lane


def test_the_second_catalogues_order_says_which_level_is_graver():
    turned = CATALOGUE.replace(
        "levels: [{code: light, title: 一般, frequency: 少}, {code: key, title: 重点, frequency: 多}]",
        "levels: [{code: key, title: 重点, frequency: 多}, {code: light, title: 一般, frequency: 少}]",
    )
    assert turned != CATALOGUE
    both = LEVEL.replace("{fact: grade, in: [A, B]}", "{fact: grade, in: [A, B, C]}")
    first, second = library(level=both), library(level=both, catalogue=turned)
    found = of(Book.LEVEL, first, second)
    assert found.strictness is Strictness.STRICTER  # both hold for grade C: key before, light, now the graver, after


def test_rules_of_another_day_are_not_compared():
    later = library(
        measures=rule("planted", "{fact: grade, is: A}", "{measure: no-promise, duty: optional}").replace(
            "from: 2020-01-01", "from: 2026-11-25"
        )
    )
    assert overall(compare(library(), later, DAY)) is Strictness.EQUIVALENT
    assert overall(compare(library(), later, date(2026, 11, 25))) is not Strictness.EQUIVALENT


def test_one_sum_is_not_the_same_as_each_amount():
    summed = UNCOUNTED.replace("at_least: 3}", "amount: {at_least: 300}}")
    each = UNCOUNTED.replace("within_months: 24}, at_least: 3}", "within_months: 24, each_at_least: 300}, at_least: 1}")
    found = of(Book.MEASURES, library(measures=summed), library(measures=each))
    assert found.strictness is Strictness.LOOSER
    assert found.better is not None
    assert penalties(found.better.words) >= 2  # together 300, none alone


def test_the_plans_of_a_rule_set_are_made_once_however_many_places_ask():
    first, second = library(), library(measures=UNCOUNTED.replace(THREE, THREE.replace("3", "2")))
    with patch("creditgate_server.studies.analysis.compare.Plans", side_effect=Plans) as made:
        compared = compare(first, second, DAY)
    assert sum(len(one.asked) for one in compared) > 2
    assert [call.args[0] for call in made.call_args_list] == [first, second]
