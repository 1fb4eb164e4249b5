"""The rules that are asked together: every distinct plan of a rule set, with the last place where it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ...judging.plans import Plans
from ...rulebook.bundle import RuleSet
from ...rulebook.language import CREDIT_BOOKS, Book, Rule
from .model import BookModel, of_day
from .subject import Setting


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules of one book that are asked together."""

    book: Book
    rules: tuple[Rule, ...]
    asked: Setting
    books: BookModel

    @property
    def day(self) -> date:
        """A day on which they are."""
        return self.books.day


def scopes(rule_set: RuleSet) -> tuple[RuleGroup, ...]:
    """All of them, those without a rule left out."""
    last: dict[tuple[Book, tuple[str, ...]], tuple[tuple[Rule, ...], date, Setting]] = {}
    for day, asked, rules in Plans(rule_set).all_picked():
        if rules and asked.book in CREDIT_BOOKS:
            place = Setting(asked.organ, asked.item, asked.role, asked.stage)
            key = (asked.book, tuple(rule.asked_key for rule in rules))
            if key not in last or last[key][1] < day:
                last[key] = (rules, day, place)
    books: dict[tuple[date, str], BookModel] = {}
    found = []
    for (book, _), (rules, day, place) in last.items():
        if (day, place.organ) not in books:
            books[day, place.organ] = of_day(rule_set, day, place.organ)
        found.append(RuleGroup(book, rules, place, books[day, place.organ]))
    return tuple(found)
