"""The question for a supervision level."""

from __future__ import annotations

from ..question import Inquiry, SubjectInRole
from .decision import LevelDecision


class LevelQuestion(Inquiry[LevelDecision], frozen=True, kw_only=True):
    """Which supervision level a subject has, for an organ."""

    subject: SubjectInRole
