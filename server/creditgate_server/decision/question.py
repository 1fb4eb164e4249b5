"""A question of any kind, after it was checked: typed, normalised, without a personal identifier."""

from __future__ import annotations

from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

import msgspec

from ..rulebook.language import Role, Stage, Value
from .parts import Judgement

Answer = TypeVar("Answer", bound=Judgement)


class SubjectInRole(msgspec.Struct, frozen=True, kw_only=True):
    """A subject in one role."""

    identifier: str
    """USCC, or `p:` and the keyed hash of a natural person."""
    role: Role


class Inquiry(msgspec.Struct, Generic[Answer], frozen=True, kw_only=True):
    """What every question says, whatever is asked. Its kind names the decision that answers it."""

    organ: str
    purpose: str
    day: date
    """Legal day, Asia/Shanghai."""
    known_at: datetime | None = None
    """Records known up to this instant count, inclusive; None means all that are known now."""


class Application(Protocol):
    """What of a question the measures book reads."""

    @property
    def organ(self) -> str:
        """Whose item it is."""

    @property
    def item(self) -> str:
        """What is applied for."""

    @property
    def stage(self) -> Stage:
        """How far it has come."""

    @property
    def day(self) -> date:
        """Legal day."""

    @property
    def facts(self) -> dict[str, Value]:
        """What the caller said."""
