"""The explanation of a level answer."""

from __future__ import annotations

from ...decision.findings import Verdicts
from ...decision.judged import BookFindings, JudgedSubject
from ...decision.level.decide import decided_level
from ...decision.level.decision import LevelDecision
from ...decision.level.question import LevelQuestion
from ...judging.second_opinion import SecondOpinion
from ...rulebook.bundle import RuleSet
from ...rulebook.saying import titles_of
from . import check, precedence, remedies
from .explainer import Explainer, Parts, feeds_then, if_same
from .near import standing_misses

NOT_ASKED = BookFindings({}, Verdicts(holds=frozenset(), open=frozenset()), frozenset())
"""A level question asks the measures book nothing."""


def headline(decision: LevelDecision) -> str:
    """The answer in one sentence."""
    standing = decision.standing
    if not standing.level.code:
        return f"现有的信息不够, 监管等级还不能确定, 要核实: {'、'.join(check.labels(decision.undetermined))}。"
    return f"监管等级是“{standing.level.title}”: {standing.level.frequency}。"


def _parts(rule_set: RuleSet | None, question: LevelQuestion | None, decision: LevelDecision) -> Parts:
    subjects, notes = _judged_again(rule_set, question, decision)
    return Parts(
        findings=tuple(check.standing_findings(rule_set, decision.day, decision.standing, subjects)),
        near_misses=standing_misses(subjects, titles_of(rule_set)) if rule_set is not None else (),
        precedence=precedence.of_level(rule_set, subjects),
        remedies=remedies.of_level(rule_set, decision.standing, decision.known, decision.day),
        notes=notes,
    )


def _judged_again(
    rule_set: RuleSet | None, question: LevelQuestion | None, decision: LevelDecision
) -> tuple[tuple[JudgedSubject, ...], tuple[str, ...]]:
    """The subject with all that held and failed; nothing where it can't be had or would not be what was decided."""
    if rule_set is None or question is None:
        return (), ()
    opinion = SecondOpinion(rule_set)
    profile = opinion.profile(decision.known, feeds_then(decision.feeds), question.day, question.organ)
    return if_same((JudgedSubject(profile, NOT_ASKED),), decided_level(opinion, profile), decision)


EXPLAINER: Explainer[LevelQuestion, LevelDecision] = Explainer(headline=headline, parts=_parts)
