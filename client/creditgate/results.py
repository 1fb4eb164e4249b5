"""Answers as plain frozen values; `answers.py` makes them from the protos."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from .errors import CreditGateError


class Outcome(StrEnum):
    """What an answer comes to."""

    CLEAR = "CLEAR"
    INCENTIVES = "INCENTIVES"
    MEASURES = "MEASURES"
    PROHIBITED = "PROHIBITED"
    UNDETERMINED = "UNDETERMINED"


class MeasureKind(StrEnum):
    """Incentive (守信激励) or restraint (失信惩戒)."""

    INCENTIVE = "incentive"
    RESTRAINT = "restraint"


class Duty(StrEnum):
    """Must (应当) or may (可以)."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Basis:
    """Legal basis: an instrument and its article."""

    instrument: str
    title: str
    number: str
    article: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record that a measure, grade or level rests on."""

    kind: str
    list: str
    title: str
    document_number: str
    organ: str
    decided_on: date | None
    until: date | None
    """Last day on which it counts, inclusive; None: open."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """How and when the subject can end a restraint."""

    repairable: bool
    condition: str
    earliest_on: date | None
    channel: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that applies."""

    code: str
    title: str
    kind: MeasureKind
    duty: Duty
    prohibits: bool
    subject: int
    basis: tuple[Basis, ...]
    evidence: tuple[Evidence, ...]
    rule: str
    rule_title: str
    other_rules: tuple[str, ...]
    in_force_until: date | None
    remedies: tuple[Remedy, ...]
    verified: bool
    instruction: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """An incentive that yielded to restraints."""

    code: str
    title: str
    rule: str
    yields_to: tuple[str, ...]
    subject: int


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Something that could not be settled, and who can supply it."""

    what: str
    label: str
    supplier: str
    reason: str
    subject: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that failed by one condition."""

    rule: str
    title: str
    condition: str
    found: str
    would_give: str
    subject: int


@dataclass(frozen=True, slots=True)
class FeedAge:
    """Age of a data feed."""

    feed: str
    title: str
    data_day: date | None
    age_days: int
    max_age_days: int
    stale: bool


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade or level; an empty code where it is undetermined."""

    code: str
    title: str
    rule: str
    basis: tuple[Basis, ...]
    frequency: str = ""


@dataclass(frozen=True, slots=True)
class SectorRating:
    """A sector's rating on record."""

    ladder: str
    title: str
    rating: str
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What one subject is, seen by its credit."""

    subject: int
    identifier: str
    grade: Graded
    level: Graded
    ratings: tuple[SectorRating, ...]


@dataclass(frozen=True, slots=True)
class ReceiptStamp:
    """Where the receipt is."""

    id: str
    hash: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to a credit check."""

    outcome: Outcome
    grade: str
    """Grade of the first subject; empty where undetermined."""
    level: str
    measures: tuple[Measure, ...]
    undetermined: tuple[Undetermined, ...]
    rule_set: str
    activation: int
    """Number of the activation by which the rule set was in force."""
    decided_at: str
    """Instant at which it was, RFC 3339 in UTC."""
    receipt: ReceiptStamp
    as_of: date
    summary: str
    standings: tuple[Standing, ...]
    set_aside: tuple[SetAside, ...]
    near_misses: tuple[NearMiss, ...]
    feeds: tuple[FeedAge, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: days and instants in ISO form."""
        values: dict[str, Any] = plain(asdict(self))
        return values


@dataclass(frozen=True, slots=True)
class LevelResult:
    """The answer to a level question."""

    grade: str
    level: str
    standing: Standing
    evidence: tuple[Evidence, ...]
    undetermined: tuple[Undetermined, ...]
    feeds: tuple[FeedAge, ...]
    rule_set: str
    activation: int
    """Number of the activation by which the rule set was in force."""
    decided_at: str
    """Instant at which it was, RFC 3339 in UTC."""
    as_of: date
    receipt: ReceiptStamp

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


@dataclass(frozen=True, slots=True)
class QuestionFailed:
    """A question of a batch that was not answered."""

    error: CreditGateError


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """A value as JSON has it: days and instants in ISO form."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
