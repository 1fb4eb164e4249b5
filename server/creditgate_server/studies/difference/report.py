"""The report on two rule sets: values only, JSON-able, so that it can be shown, saved and stored with a proposal.

A is the rule set as it was, B as it is to be. Texts for officials are Chinese; codes are the catalogue's.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from ...rulebook.language import Book, Duty, Stage

FORMAT = 1
"""Version of the report's layout."""

MOST_EXAMPLES = 20
"""Examples kept for each cell of a migration matrix."""


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every value of the report."""


# -- in words ---------------------------------------------------------------------------------------------------------


class ChangeKind(StrEnum):
    """What became of a rule's version or of a catalogue entry."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    NEW_VERSION = "new_version"
    """A further version of a rule that A knows."""
    VERSION_REMOVED = "version_removed"
    """A version less of a rule that B still knows."""


class ChangeLine(_Value, frozen=True, kw_only=True):
    """One thing that changed, in Chinese. Empty `before`: added; empty `after`: taken away."""

    field: str
    before: str
    after: str


class RuleChange(_Value, frozen=True, kw_only=True):
    """What changed in one version of a rule."""

    id: str
    start: date
    """First day of the version: B's where B has it."""
    book: Book
    title: str
    kind: ChangeKind
    lines: tuple[ChangeLine, ...]
    effective_change: bool
    """Whether it can change a verdict on some day: a title, a basis or a remedy alone can't."""


class EntryChange(_Value, frozen=True, kw_only=True):
    """What changed in one entry of the catalogue."""

    section: str
    section_title: str
    code: str
    title: str
    kind: ChangeKind
    lines: tuple[ChangeLine, ...]


# -- effects ----------------------------------------------------------------------------------------------------------


class Aspect(StrEnum):
    """What of a subject moved."""

    GRADE = "grade"
    LEVEL = "level"
    CHECK = "check"
    """Outcome or measures of an item."""


class MeasureGiven(_Value, frozen=True, kw_only=True, order=True):
    """A measure that applies."""

    code: str
    duty: Duty
    subject: int = 0
    """Place of the subject in the question, from 0."""


class MoveSide(_Value, frozen=True, kw_only=True):
    """What it comes to under one rule set."""

    code: str
    """Grade, level or outcome; an open grade or level is empty."""
    measures: tuple[MeasureGiven, ...] = ()
    """Sorted; what is set aside is left out."""


class SubjectMove(_Value, frozen=True, kw_only=True):
    """A subject, or a stored question, that comes to something else under B."""

    subject: str
    """Identifier; a person's keyed hash is shortened."""
    name: str
    aspect: Aspect
    organ: str
    """Empty for the grade and the general level."""
    item: str
    stages: tuple[Stage, ...]
    before: MoveSide
    after: MoveSide
    rules: tuple[str, ...]
    """Ids of the rules that make the difference. Sorted."""
    receipt: str = ""
    """For a stored question: its receipt."""


class TransitionCell(_Value, frozen=True, kw_only=True):
    """How many went from one grade, level or outcome to another, with some of them."""

    before: str
    after: str
    count: int
    examples: tuple[SubjectMove, ...] = ()
    """At most MOST_EXAMPLES, the first by subject; none where nothing moved."""


class Rate(_Value, frozen=True, kw_only=True):
    """A share with its 95 % bounds, in millionths. Of a whole population the bounds are the share itself."""

    moved: int
    of: int
    low_ppm: int
    high_ppm: int


class Migration(_Value, frozen=True, kw_only=True):
    """Who went from which grade or level to which."""

    organ: str
    """Empty for the grade and the general level."""
    same_for: tuple[str, ...]
    """Further organs in which the very same level rules apply."""
    cells: tuple[TransitionCell, ...]
    rate: Rate


class Shift(_Value, frozen=True, kw_only=True):
    """For how many subjects a measure came, went or changed its duty. An empty duty: it does not apply."""

    measure: str
    before: Duty | None
    after: Duty | None
    count: int


class ItemEffect(_Value, frozen=True, kw_only=True):
    """What becomes of checks for an item at some stages, asked for the applicant, callers' facts at their defaults."""

    item: str
    organ: str
    stages: tuple[Stage, ...]
    cells: tuple[TransitionCell, ...]
    """Of the subjects that moved alone."""
    shifts: tuple[Shift, ...]
    rate: Rate


class OrganEffect(_Value, frozen=True, kw_only=True):
    """How many subjects moved before an organ, in its own level or in one of its items."""

    organ: str
    rate: Rate


class Sampling(_Value, frozen=True, kw_only=True):
    """A random sample was judged, not everyone."""

    size: int
    population: int
    seed: int


class SubjectEffects(_Value, frozen=True, kw_only=True):
    """Effects on the registry's subjects."""

    subjects: int
    sampling: Sampling | None
    affected: Rate
    grade: Migration
    levels: tuple[Migration, ...]
    """The general level first; then every organ whose level rules differ, where they are not the general ones."""
    items: tuple[ItemEffect, ...]
    """Those that moved someone, the most affected first."""
    organs: tuple[OrganEffect, ...]
    """Those in which someone moved, the most affected first."""


class QuestionEffects(_Value, frozen=True, kw_only=True):
    """Effects on stored questions, asked again on the report's day with what is known now."""

    stored: int
    distinct: int
    """Questions that differ in what was asked."""
    not_comparable: int
    """Their item is not in both catalogues."""
    rate: Rate
    """Of the stored questions that can be compared."""
    checks: tuple[TransitionCell, ...]
    """Checks that moved, by outcome."""
    levels: tuple[TransitionCell, ...]
    """Level questions whose level moved."""
    grades: tuple[TransitionCell, ...]
    """Level questions whose grade moved."""


# -- where they can differ --------------------------------------------------------------------------------------------


class ItemScope(_Value, frozen=True, kw_only=True):
    """An item that some rules treat differently."""

    item: str
    stages: tuple[Stage, ...]
    rules: tuple[str, ...]
    """Ids of the rules in question. Sorted."""


class ScopeReport(_Value, frozen=True, kw_only=True):
    """Where the rule sets can come to something else on the day, seen from the rules alone."""

    grade: bool
    level_organs: tuple[str, ...]
    """Organs whose level rules differ; an empty code is the general level."""
    items: tuple[ItemScope, ...]
    same_items: int
    """Items before which nothing can differ: they are not judged."""
    only_a: tuple[str, ...]
    """Items that A alone has: nothing to compare."""
    only_b: tuple[str, ...]
    later: tuple[date, ...]
    """Later days from which other rules differ than on this day."""
    acts_differ: bool = msgspec.field(name="leniency", default=False)
    """Whether questions about acts of any day can come to something else: they are not judged."""

    @property
    def empty(self) -> bool:
        """Whether no verdict on credit can differ on the day."""
        return not (self.grade or self.level_organs or self.items)


# -- the symbolic verdict ---------------------------------------------------------------------------------------------


class SymbolicVerdict(StrEnum):
    """How B stands to A on every conceivable subject."""

    EQUIVALENT = "equivalent"
    STRICTER = "stricter"
    LOOSER = "more_lenient"
    NEITHER = "neither"


class Symbolic(_Value, frozen=True, kw_only=True):
    """A proof over all conceivable subjects, with witnesses in Chinese where it is not equivalence."""

    verdict: SymbolicVerdict
    explanation: str = ""
    witnesses: tuple[str, ...] = ()


# -- the whole --------------------------------------------------------------------------------------------------------


class SetSummary(_Value, frozen=True, kw_only=True):
    """Which rule set is meant."""

    digest: str
    rules: int
    name: str = ""
    """As the asker named it, for example its directory."""


class DiffTitles(_Value, frozen=True, kw_only=True):
    """Titles by code, B's before A's."""

    grades: dict[str, str]
    """In B's order, best first."""
    levels: dict[str, str]
    organs: dict[str, str]
    items: dict[str, str]
    measures: dict[str, str]


class DiffReport(_Value, frozen=True, kw_only=True):
    """All that can be said of two rule sets."""

    a: SetSummary
    b: SetSummary
    day: date
    known_at: str
    """Instant whose knowledge of the subjects was used, RFC 3339; empty without a registry."""
    rules: tuple[RuleChange, ...]
    catalogue: tuple[EntryChange, ...]
    scope: ScopeReport
    names: DiffTitles
    subjects: SubjectEffects | None = None
    questions: QuestionEffects | None = None
    symbolic: Symbolic | None = None
    notes: tuple[str, ...] = ()
    """What was assumed or left out, in Chinese."""
    format: int = FORMAT

    @property
    def changes_something(self) -> bool:
        """Whether someone moved; where nobody was judged, as of acts, whether someone could."""
        if self.scope.acts_differ:
            return True
        if self.subjects is None and self.questions is None:
            return not self.scope.empty
        by_subjects = self.subjects is not None and self.subjects.affected.moved > 0
        return by_subjects or (self.questions is not None and self.questions.rate.moved > 0)
