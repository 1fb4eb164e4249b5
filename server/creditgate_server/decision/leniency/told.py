"""A leniency question as it is told: what was asked, what it comes to, and what two answers differ in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...codes import shown_identifier
from ...rulebook.catalogue import Catalogue, Instrument
from ...rulebook.titles import LENIENCIES, ROLES
from ..moves import Move, by_name, if_moved, listed, open_moves, thing_moves, until_words
from .decision import ConditionState, Ground, LeniencyDecision
from .question import LeniencyQuestion

_STATES = {ConditionState.MET: "符合", ConditionState.NOT_MET: "不符合", ConditionState.UNKNOWN: "尚未查明"}


def asked_of_leniency(question: LeniencyQuestion) -> Iterator[str]:
    """What was asked, in lines."""
    yield f"主体 {shown_identifier(question.subject.identifier)}({ROLES[question.subject.role]})"
    yield f"清单条目 {question.exemption or '(无)'}, 案号 {question.case_number}, 行为地 {question.region}"


def lacking_for_leniency(question: LeniencyQuestion, catalogue: Catalogue) -> str:
    """What the question names that a catalogue has not, in words; empty where it has all."""
    return "" if question.exemption in ("", *catalogue.exemptions) else f"清单条目 {question.exemption}"


def leniency_headline(decision: LeniencyDecision) -> str:
    """What it comes to."""
    return LENIENCIES[decision.leniency]


def leniency_moves(then: LeniencyDecision, now: LeniencyDecision, _: Mapping[str, Instrument]) -> Iterator[Move]:
    """What two decisions differ in, the most important first."""
    yield from if_moved("结论", "", LENIENCIES[then.leniency], LENIENCIES[now.leniency])
    yield from if_moved("依据的规则", "", listed(then.decided_by), listed(now.decided_by))
    yield from thing_moves(
        by_name(then.grounds, lambda each: each.rule),
        by_name(now.grounds, lambda each: each.rule),
        lambda each: ("情形", "", f"{each.title}: {_ground(each)}"),
    )
    yield from open_moves(then.missing, now.missing, [shown_identifier(then.known.identifier)])
    yield from thing_moves(
        by_name(then.soft_measures, lambda each: each.code),
        by_name(now.soft_measures, lambda each: each.code),
        lambda each: ("柔性措施", "", each.title + until_words(each.due_on)),
    )
    yield from thing_moves(
        by_name(then.steps, lambda each: each.code),
        by_name(now.steps, lambda each: each.code),
        lambda each: ("程序", "", each.title + until_words(each.due_on)),
    )
    yield from thing_moves(
        by_name(then.warnings, lambda each: (each.rule, each.message)),
        by_name(now.warnings, lambda each: (each.rule, each.message)),
        lambda each: ("提示", "", each.message),
    )


def _ground(ground: Ground) -> str:
    """Its state, and what speaks against it or is not known."""
    open_conditions = [each for each in ground.conditions if each.state is not ConditionState.MET]
    why = "; ".join(f"{each.title}: {each.found or _STATES[each.state]}" for each in open_conditions)
    return _STATES[ground.state] + (f"({why})" if why else "")
