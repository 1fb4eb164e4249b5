"""The report: values only, JSON-able. Its form is documented in docs/coverage.md, field by field.

Counts are rows of the file; rates are millionths, rounded down. Codes are the catalogue's; texts for officials Chinese.
"""

from __future__ import annotations

from datetime import date

import msgspec

from ...decision.outcome.values import Reason as Departure
from ...rulebook.catalogue import MeasureKind
from ...rulebook.language import Duty
from .classes import Class, MeasureFate, Remark, UnmatchedReason

FORMAT = 1
"""Version of the report's layout."""


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every value of the report."""


class LicenceFigures(_Value, frozen=True, kw_only=True):
    """Licences by class; licences is the sum of the five."""

    licences: int = 0
    checked_in_time: int = 0
    checked_late: int = 0
    checked_but_prohibited: int = 0
    mandatory_measure_missing: int = 0
    not_checked: int = 0
    remarks: dict[Remark, int] = {}
    """Of these, licences of which more is to be said; each has at most one remark."""
    checked_ppm: int = 0
    """Share that was checked in time, whatever came of it: the classes of a check in time."""
    covered_ppm: int = 0
    """Share of which nothing is missing."""

    def of(self, one: Class) -> int:
        """Count of a class of licences."""
        count: int = getattr(self, one.value)
        return count


class OrganFigures(_Value, frozen=True, kw_only=True):
    """An organ's licences."""

    organ: str
    figures: LicenceFigures


class ItemFigures(_Value, frozen=True, kw_only=True):
    """Licences of one organ for one item."""

    organ: str
    item: str
    figures: LicenceFigures


class MonthFigures(_Value, frozen=True, kw_only=True):
    """Licences of a month."""

    month: str
    """`YYYY-MM`, of the day of issue."""
    figures: LicenceFigures


class GroupFigures(_Value, frozen=True, kw_only=True):
    """Licences of one organ for one item in one month: what all other figures are sums of."""

    organ: str
    item: str
    month: str
    figures: LicenceFigures


class MeasureFigures(_Value, frozen=True, kw_only=True):
    """A measure that one organ's checks ordered. ordered = applied + refused + silent + dropped + erased.

    Counted once for each check in time and subject, however many licences the check counts for.
    """

    measure: str
    title: str
    kind: MeasureKind
    organ: str
    ordered: int
    mandatory: int
    applied: int
    refused: int
    silent: int
    dropped: int
    erased: int
    reasons: dict[str, int]
    """Of the refused, by reason; an empty reason: in words alone."""
    open: int
    """Mandatory and not shown to be done."""

    def of(self, done: MeasureFate) -> int:
        """Count of what became of it."""
        count: int = getattr(self, done.value)
        return count


class UnmatchedFigures(_Value, frozen=True, kw_only=True):
    """Rows that are not matched for one reason."""

    reason: UnmatchedReason
    rows: int
    harmless: bool
    """Whether the reason leaves no licence unproven."""


class FileRead(_Value, frozen=True, kw_only=True):
    """A file that was read. rows + blank: all rows behind the headers."""

    name: str
    sha256: str
    rows: int
    blank: int
    """Rows without any content; they are in no class."""


class CoverageNames(_Value, frozen=True, kw_only=True):
    """Chinese titles by code."""

    organs: dict[str, str]
    items: dict[str, str]


class CoverageReport(_Value, frozen=True, kw_only=True):
    """The whole report without its cases. rows = figures.licences + unmatched."""

    format: int = FORMAT
    made_at: str
    """Instant, RFC 3339 in UTC."""
    files: tuple[FileRead, ...]
    since: date | None
    """First legal day of issue that was looked at, inclusive; None: from the first in the files."""
    until: date
    """Last one, inclusive."""
    window_days: int
    late_days: int
    rule_set: str
    """Digest of the rule set whose catalogue was used."""
    checks_since: str
    """Instant of the ledger's first check; empty where there is none."""
    checks_read: int
    """Checks of the period and of the file's items."""
    checks_erased: int
    """Of these, checks whose question was erased by law: for whom they were is not known any more."""
    rows: int
    figures: LicenceFigures
    unmatched: int
    organs: tuple[OrganFigures, ...]
    """Those with the most misses first, then by code."""
    items: tuple[ItemFigures, ...]
    """Likewise, within the order of organs."""
    months: tuple[MonthFigures, ...]
    """In order; months between the first and the last without licences are there too."""
    groups: tuple[GroupFigures, ...]
    measures: tuple[MeasureFigures, ...]
    """By organ, those with the most open first."""
    reasons: tuple[UnmatchedFigures, ...]
    names: CoverageNames
    notes: tuple[str, ...]

    @property
    def misses(self) -> int:
        """Licences that are not covered, and rows that leave one unproven."""
        unproven = sum(one.rows for one in self.reasons if not one.harmless)
        return self.figures.licences - self.figures.checked_in_time + unproven


# -- cases ------------------------------------------------------------------------------------------------------------


class MeasureOf(_Value, frozen=True, kw_only=True):
    """A measure of a case."""

    measure: str
    title: str
    subject: int
    """Place of the subject in the question, from 0."""
    duty: Duty
    done: MeasureFate
    reason: Departure | None
    """Why it was not applied; None: in words alone, or nothing to explain."""
    open: bool


class LicenceCase(_Value, frozen=True, kw_only=True):
    """A licence of the file."""

    file: int
    row: int
    document: str
    issued_on: date
    month: str
    organ: str
    item: str
    subject: str
    """Masked for natural persons."""
    verdict: Class
    remark: Remark
    receipt: str
    """Of the check that counts; empty where there is none."""
    checked_on: date | None
    answer: str
    """Code of what the check came to."""
    reported: str
    """What became of the case, as reported."""
    measures: tuple[MeasureOf, ...]


class UnmatchedCase(_Value, frozen=True, kw_only=True):
    """A row of the file that is not matched."""

    file: int
    row: int
    document: str
    issued_on: date | None
    organ: str
    """As the file has it."""
    item: str
    """As the file has it."""
    reason: UnmatchedReason
    said: str
    """What is wrong with it, in Chinese."""
