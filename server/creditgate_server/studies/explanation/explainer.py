"""What a kind of answer brings to its explanation; all else is said of every kind alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic

from ...decision.judged import JudgedSubject
from ...decision.knowledge import Feeds
from ...decision.parts import FeedUsed, Judgement, canonical
from ...judging.kinds import Asked, Decided, facts_of
from ...rulebook.bundle import RuleSet
from ..replay.difference import only_reworded
from .known import facts_given
from .values import FindingSaid, LabelledLine, NearMissSaid, RemedySaid
from .words import known_at_lines, masked, organ_title

DIFFERENT = "重新推算与当时的结论不完全相同, 以当时的结论为准; 差一点的规则没有列出"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an answer comes from, as far as its kind tells it."""

    findings: tuple[FindingSaid, ...] = ()
    near_misses: tuple[NearMissSaid, ...] = ()
    precedence: tuple[str, ...] = ()
    remedies: tuple[RemedySaid, ...] = ()
    steps: tuple[LabelledLine, ...] = ()
    notes: tuple[str, ...] = ()


def _nothing(_: RuleSet | None, __: Any, ___: Judgement) -> Parts:  # noqa: ANN401 - a question of any kind
    return Parts()


def question_lines(
    rule_set: RuleSet | None,
    question: Any,  # noqa: ANN401 - of any kind
    own: Iterable[LabelledLine] = (),
) -> tuple[LabelledLine, ...]:
    """What was asked. `own`: what the kind asks beside organ, purpose, facts and instant."""
    return (
        LabelledLine(label="部门", text=organ_title(rule_set, question.organ)),
        *own,
        LabelledLine(label="查询事由", text=masked(question.purpose)),
        *facts_given(rule_set, facts_of(question)),
        *known_at_lines(question.known_at),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Explainer(Generic[Asked, Decided]):
    """How answers of one kind are explained."""

    question: Callable[[RuleSet | None, Asked], tuple[LabelledLine, ...]] = question_lines
    headline: Callable[[Decided], str] | None = None
    """The answer in one sentence; None: the kind's own headline."""
    parts: Callable[[RuleSet | None, Any, Decided], Parts] = _nothing
    """The question is None once erased."""
    party: str = ""
    """What the subject is called; empty: by its role."""


def feeds_then(used: Iterable[FeedUsed]) -> Feeds:
    """The feeds as they were."""
    return {feed.feed: feed.data_day for feed in used if feed.data_day is not None}


def if_same(
    subjects: tuple[JudgedSubject, ...], again: Judgement, then: Judgement
) -> tuple[tuple[JudgedSubject, ...], tuple[str, ...]]:
    """Subjects judged again, and what has to be noted; none where it would not be what was decided.

    Other words of another release make no other decision.
    """
    said, says = canonical(then), canonical(again)
    return (subjects, ()) if said == says or only_reworded(said, says) else ((), (DIFFERENT,))
