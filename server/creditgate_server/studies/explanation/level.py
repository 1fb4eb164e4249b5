"""The explanation of a level answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...decision.check.decide import JudgedSubject
from ...decision.level.decision import LevelDecision
from ...decision.level.question import LevelQuestion
from ...rulebook.bundle import RuleSet
from ...rulebook.titles import ROLES
from .check import known_at_lines, labels, organ_title
from .near import standing_misses
from .values import Line, NearMiss
from .words import masked, shown_subject


def question_lines(rule_set: RuleSet | None, question: LevelQuestion) -> tuple[Line, ...]:
    """What was asked."""
    return (
        Line(label="部门", text=organ_title(rule_set, question.organ)),
        Line(label="查询事由", text=masked(question.purpose)),
        *known_at_lines(question.known_at),
    )


def subject_line(question: LevelQuestion) -> str:
    """The subject."""
    return f"{shown_subject(question.subject.identifier)}({ROLES[question.subject.role]})"


def headline(decision: LevelDecision) -> str:
    """The answer in one sentence."""
    standing = decision.standing
    if not standing.level.code:
        return f"现有的信息不够, 监管等级还不能确定, 要核实: {'、'.join(labels(decision.undetermined))}。"
    return f"监管等级是“{standing.level.title}”: {standing.level.frequency}。"


def near_misses(subjects: Sequence[JudgedSubject], titles: Mapping[str, str]) -> tuple[NearMiss, ...]:
    """Rules of the grade and of the level that nearly fired."""
    return standing_misses(subjects, titles)
