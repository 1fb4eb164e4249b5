"""The same question under other rules, with other knowledge or on another day: both answers side by side."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from ...decision.knowledge import Feeds, Knowledge
from ...decision.moves import Move
from ...decision.parts import Judgement, canonical
from ...decision.question import Inquiry
from ...errors import WrongState
from ...judging.judge import Judge
from ...judging.kinds import facts_of
from ...rulebook.bundle import RuleSet
from ..difference.comparing import usable_facts
from .moves_known import moved_knowledge
from .stored import OpenedReceipt


@dataclass(frozen=True, slots=True)
class Under:
    """What a question is to be judged by."""

    rule_set: RuleSet
    known: Mapping[str, Knowledge]
    feeds: Feeds
    day: date
    knowledge: str
    """Of when the knowledge is, in words."""


class JudgedSide(msgspec.Struct, frozen=True, kw_only=True):
    """One side."""

    rule_set: str
    """Digest."""
    day: date
    knowledge: str
    """Of when the knowledge is, in words."""
    decision: Judgement


class Rejudgement(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides, and what moved."""

    receipt: str
    kind: str
    issued_at: str
    question: Inquiry[Any]
    then: JudgedSide
    now: JudgedSide
    moves: tuple[Move, ...]
    """What the answers differ in, the most important first."""
    known: tuple[Move, ...]
    """What is known otherwise."""
    left_out: tuple[str, ...]
    """Facts of the question that the other rule set does not know, or compares in another way."""
    same: bool
    """Byte for byte, the rule set's digest aside."""


def rejudge(receipt: str, issued_at: str, stored: OpenedReceipt, then: RuleSet | None, under: Under) -> Rejudgement:
    """Judge a stored question again. `then`: its own rule set, for titles; None where the store has it not.

    Raises WrongState where the other rule set has not the item, organ or exemption entry of the question.
    """
    kind = stored.kind
    catalogue = under.rule_set.catalogue
    own = then.catalogue if then is not None else catalogue
    before = kind.read_decision(stored.decision, own)
    _require_known(stored, under.rule_set)
    usable, left_out = _usable(stored.question, under)
    with closing(Judge(under.rule_set, most_profiles=0, most_decisions=0)) as judge:
        after = judge.judge(usable, under.known, under.feeds)
    return Rejudgement(
        receipt=receipt,
        kind=kind.code,
        issued_at=issued_at,
        question=stored.question,
        then=JudgedSide(rule_set=before.rule_set, day=before.day, knowledge="作出结论时", decision=before),
        now=JudgedSide(rule_set=after.rule_set, day=after.day, knowledge=under.knowledge, decision=after),
        moves=tuple(kind.moves(before, after, {**catalogue.instruments, **own.instruments})),
        known=moved_knowledge(
            catalogue,
            own,
            [(stored.known[one], under.known[one]) for one in kind.identifiers(stored.question)],
            before.feeds,
            after.feeds,
        ),
        left_out=left_out,
        same=canonical(before) == canonical(msgspec.structs.replace(after, rule_set=before.rule_set)),
    )


def _require_known(stored: OpenedReceipt, rule_set: RuleSet) -> None:
    question, catalogue = stored.question, rule_set.catalogue
    lacking = stored.kind.lacking(question, catalogue)
    if question.organ and question.organ not in catalogue.organs:
        lacking = f"部门 {question.organ}"
    if lacking:
        raise WrongState(f"规则集 {rule_set.digest[:19]} 没有{lacking}", "换一个规则集")


def _usable(question: Inquiry[Any], under: Under) -> tuple[Inquiry[Any], tuple[str, ...]]:
    """The question as the other rule set can be asked it, and the facts that are left out."""
    asked = msgspec.structs.replace(question, day=under.day)
    given = facts_of(asked)
    if not given:
        return asked, ()
    facts = usable_facts(under.rule_set, given)
    return msgspec.structs.replace(asked, facts=facts), tuple(sorted(given.keys() - facts.keys()))
