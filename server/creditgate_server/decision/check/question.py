"""The question of a credit check."""

from __future__ import annotations

from ...rulebook.language import Stage, Value
from ..question import Inquiry, SubjectInRole
from .decision import Decision


class Question(Inquiry[Decision], frozen=True, kw_only=True):
    """A credit check: may this licence be issued, seen by public credit."""

    item: str
    case_number: str
    stage: Stage
    subjects: tuple[SubjectInRole, ...]
    facts: dict[str, Value]
    """Facts the caller gave, by name, in the rule language's form."""
    explain: bool = False
