"""What a test of a rule book is. Values only; `reader.py` reads them from YAML, `run.py` runs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Generic, TypeVar

from ...decision.check.decision import Outcome
from ...decision.knowledge import Feeds, Knowledge
from ...rulebook.language import Duty, Place, Role, Stage, Value

T = TypeVar("T")

OPEN = "open"
"""Written for a grade or level that can't be settled."""


@dataclass(frozen=True, slots=True)
class Expectation(Generic[T]):
    """Something that a test expects, and where it stands."""

    value: T
    place: Place


@dataclass(frozen=True, slots=True, order=True)
class SubjectCode:
    """A code, of one subject where the case has several."""

    code: str
    subject: int | None = None
    """Position among the subjects, from 0; None: whichever."""


@dataclass(frozen=True, slots=True)
class MeasureSaid:
    """A measure that must apply."""

    measure: SubjectCode
    duty: Duty | None = None
    """None: either."""


@dataclass(frozen=True, slots=True)
class ExpectedOutcome:
    """What a test expects; None: not looked at. Of what is listed nothing may be missing and nothing more may be."""

    outcome: Expectation[Outcome] | None = None
    grade: Expectation[tuple[str, ...]] | None = None
    """One a subject; `open` where it can't be settled."""
    level: Expectation[tuple[str, ...]] | None = None
    measures: Expectation[tuple[MeasureSaid, ...]] | None = None
    rules: Expectation[tuple[str, ...]] | None = None
    """Rules that fire, by id or by id@start: of the measures book, or of grade and level where these are asked."""
    set_aside: Expectation[tuple[SubjectCode, ...]] | None = None
    """Incentives that yield."""
    undetermined: Expectation[tuple[SubjectCode, ...]] | None = None
    """What is waited for: a fact's name, `feed:CODE` or `subject`."""

    def over(self, common: ExpectedOutcome) -> ExpectedOutcome:
        """These expectations, and a table's common ones where these say nothing."""
        names = [item.name for item in fields(self)]
        return ExpectedOutcome(**{name: getattr(self, name) or getattr(common, name) for name in names})


@dataclass(frozen=True, slots=True)
class CaseSubject:
    """A subject in its role, and what is known of it."""

    knowledge: Knowledge
    role: Role


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One case, ready to be asked."""

    name: str
    place: Place
    day: date
    organ: str
    item: str
    """Empty: only grade and level are asked."""
    stage: Stage
    facts: Mapping[str, Value]
    """The caller's; what is not among them was not given."""
    subjects: tuple[CaseSubject, ...]
    feeds: Feeds
    expect: ExpectedOutcome
    skip: str = ""
    """Why it is not run; empty: it is."""
    draft: bool = False
    """Written by a program, not yet confirmed by a person: not run, counts for nothing."""

    @property
    def runs(self) -> bool:
        """Whether it is run."""
        return not (self.skip or self.draft)


@dataclass(frozen=True, slots=True)
class Tests:
    """All tests of a library, by file and then in writing order, and the files they stand in."""

    __test__ = False

    files: tuple[str, ...]
    tests: tuple[RuleTest, ...] = field(default=())

    def named(self, fragment: str) -> Tests:
        """The tests whose names contain a text."""
        return Tests(self.files, tuple(test for test in self.tests if fragment in test.name))
