"""A level question as it is told: what was asked, what it comes to, and what two answers differ in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...codes import shown_identifier
from ...rulebook.catalogue import Instrument
from ...rulebook.titles import ROLES
from ..moves import Move, grade_words, level_words, open_moves, standing_moves
from .decision import LevelDecision
from .question import LevelQuestion


def asked_of_level(question: LevelQuestion) -> Iterator[str]:
    """What was asked, in lines."""
    yield f"主体 {shown_identifier(question.subject.identifier)}({ROLES[question.subject.role]})"


def level_headline(decision: LevelDecision) -> str:
    """What it comes to."""
    standing = decision.standing
    return f"信用等级 {grade_words(standing.grade)}, 监管等级 {level_words(standing.level)}"


def level_moves(then: LevelDecision, now: LevelDecision, _: Mapping[str, Instrument]) -> Iterator[Move]:
    """What two decisions differ in."""
    yield from standing_moves(then.standing, now.standing)
    yield from open_moves(then.undetermined, now.undetermined, [shown_identifier(then.standing.identifier)])
