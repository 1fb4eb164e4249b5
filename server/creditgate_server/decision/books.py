"""The books of one rule set, as a decision asks them: it does not know who reads them, engine or reference."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from ..rulebook.bundle import RuleSet
from .columns import Columns
from .dossier import Dossier
from .judged import BookFindings, JudgedSubject, Profile
from .knowledge import Feeds, Knowledge
from .parts import FeedUsed
from .question import Application, SubjectInRole
from .working_days import WorkingDays


class Books(Protocol):
    """What each book says of a subject, and how old the data is that it looked at."""

    @property
    def rule_set(self) -> RuleSet:
        """The rule set whose books these are."""

    @property
    def columns(self) -> Columns:
        """Of its rules."""

    @property
    def working_days(self) -> WorkingDays:
        """By its calendars."""

    def profile(self, knowledge: Knowledge, feeds: Feeds, day: date, organ: str) -> Profile:
        """Grade and level of a subject, for an organ."""

    def judged(
        self, application: Application, subject: SubjectInRole, knowledge: Knowledge, feeds: Feeds
    ) -> JudgedSubject:
        """One subject of a credit check: grade, level and measures."""

    def of_violation(self, dossier: Dossier) -> tuple[BookFindings, ...]:
        """What is said of the dossier's violation, by the law of the act and by the law of the day."""

    def feeds_used(
        self, dossier: Dossier, books: Iterable[BookFindings], others: frozenset[str] = frozenset()
    ) -> tuple[FeedUsed, ...]:
        """Ages of the feeds that some books looked at, and of others by code."""
