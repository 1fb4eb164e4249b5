"""The question, after it was checked: typed, normalised, without a personal identifier."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from ..rulebook.language import Role, Stage, Value


class SubjectInRole(msgspec.Struct, frozen=True, kw_only=True):
    """A subject in one role."""

    identifier: str
    """USCC, or `p:` and the keyed hash of a natural person."""
    role: Role


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A credit check: may this licence be issued, seen by public credit."""

    organ: str
    item: str
    case_number: str
    stage: Stage
    subjects: tuple[SubjectInRole, ...]
    facts: dict[str, Value]
    """Facts the caller gave, by name, in the rule language's form."""
    purpose: str
    day: date
    """Legal day, Asia/Shanghai."""
    known_at: datetime | None = None
    """Records known up to this instant count, inclusive; None means all that are known now."""
    explain: bool = False


class LevelQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Which supervision level a subject has, for an organ."""

    organ: str
    subject: SubjectInRole
    purpose: str
    day: date
    known_at: datetime | None = None


class LeniencyQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """May this violation go without a penalty (不予处罚)."""

    organ: str
    exemption: str = ""
    """Code of the exemption entry; empty where the act is on no list."""
    description: str = ""
    """The act in words, where there is no entry. No personal data."""
    case_number: str
    subject: SubjectInRole
    facts: dict[str, Value]
    """Circumstances and days of the case that are known so far, by name, in the rule language's form."""
    region: str
    """Division in which the act was done, GB/T 2260."""
    purpose: str
    day: date
    """Legal day of the decision, Asia/Shanghai."""
    known_at: datetime | None = None
