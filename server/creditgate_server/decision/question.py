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
