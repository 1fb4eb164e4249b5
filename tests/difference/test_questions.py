"""Stored questions, asked again under both libraries."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from creditgate_server.rulebook.language import Role
from creditgate_server.storage.database import Store
from creditgate_server.studies.difference.report import DiffReport

from .people import PERSON, STRICTER_GRADE, check_question, level_question, receipt

Compared = Callable[..., DiffReport]

APPLICANT = Role.APPLICANT
LARGER_SUM = ("{fact: sum, more_than: 1000}", "{fact: sum, more_than: 5000}")


def test_the_facts_of_the_question_are_asked_again(compared: Compared, people: Store) -> None:
    two_thousand = check_question("grant", "finance", [("b1", APPLICANT)], sum=200_000)
    nine_thousand = check_question("grant", "finance", [("b1", APPLICANT)], sum=900_000)
    ids = receipt(people, [two_thousand, nine_thousand, two_thousand])
    report = compared(LARGER_SUM)
    assert report.subjects is not None
    assert report.subjects.affected.moved == 0  # who has not said a sum stays open under both
    effects = report.questions
    assert effects is not None
    assert (effects.stored, effects.distinct, effects.rate.moved) == (3, 2, 2)
    (cell,) = effects.checks
    assert (cell.before, cell.after, cell.count) == ("measures", "clear", 2)
    (example,) = cell.examples
    assert (example.receipt, example.subject, example.rules) == (ids[0], "b1", ("large-sum",))
    assert report.changes_something


def test_an_incentive_yields_to_a_measure_of_another_subject(compared: Compared, people: Store) -> None:
    """a1's fast lane yields to the review of c1, its partner, which B alone orders."""
    together = check_question("licence", "market", [("a1", APPLICANT), ("c1", APPLICANT)])
    receipt(people, [together])
    effects = compared(*STRICTER_GRADE).questions
    assert effects is not None
    (cell,) = effects.checks
    (example,) = cell.examples
    assert (cell.before, cell.after) == ("incentives", "measures")
    assert [(given.code, given.subject) for given in example.before.measures] == [("fast", 0)]
    assert [(given.code, given.subject) for given in example.after.measures] == [("inspect", 1), ("review", 1)]


def test_level_questions_are_asked_again(compared: Compared, people: Store) -> None:
    receipt(people, [level_question("market", "c1"), level_question("market", "a4"), level_question("", "c1")])
    effects = compared(*STRICTER_GRADE).questions
    assert effects is not None
    assert [(cell.before, cell.after, cell.count) for cell in effects.levels] == [("standard", "key", 2)]
    assert [(cell.before, cell.after, cell.count) for cell in effects.grades] == [("B", "D", 2)]
    assert effects.rate.moved == 2


@pytest.mark.parametrize(("item", "organ", "comparable"), [("licence", "market", 1), ("gone", "market", 0)])
def test_an_item_that_no_library_has_is_not_compared(
    compared: Compared, people: Store, item: str, organ: str, comparable: int
) -> None:
    receipt(people, [check_question(item, organ, [("c1", APPLICANT)])])
    effects = compared(*STRICTER_GRADE).questions
    assert effects is not None
    assert (effects.rate.of, effects.not_comparable) == (comparable, 1 - comparable)


def test_a_persons_hash_is_shortened(compared: Compared, people: Store) -> None:
    receipt(people, [check_question("licence", "market", [(PERSON, APPLICANT)])])
    no_rating = ("{fact: rating, in: [B, C, none]}", "{fact: rating, in: [B, C]}")
    effects = compared(no_rating, ("{fact: rating, in: [D]}", "{fact: rating, in: [D, none]}")).questions
    assert effects is not None
    (example,) = effects.checks[0].examples
    assert example.subject == "p:01234567…"
