"""A credit check as it is told: what was asked, what it comes to, and what two answers differ in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...codes import shown_identifier
from ...rulebook.catalogue import Catalogue, Citation, Instrument
from ...rulebook.titles import DUTIES, ROLES, STAGES
from ..moves import Move, by_name, if_moved, open_moves, standing_moves, thing_moves
from .decision import OUTCOMES, Decision, MeasureApplied
from .question import Question


def asked_of_check(question: Question) -> Iterator[str]:
    """What was asked, in lines."""
    yield f"事项 {question.item}, 环节 {STAGES[question.stage]}, 案号 {question.case_number}"
    for subject in question.subjects:
        yield f"主体 {shown_identifier(subject.identifier)}({ROLES[subject.role]})"


def lacking_for_check(question: Question, catalogue: Catalogue) -> str:
    """What the question names that a catalogue has not, in words; empty where it has all."""
    return "" if question.item in catalogue.items else f"事项 {question.item}"


def check_headline(decision: Decision) -> str:
    """What it comes to."""
    return OUTCOMES[decision.outcome]


def check_moves(then: Decision, now: Decision, instruments: Mapping[str, Instrument]) -> Iterator[Move]:
    """What two decisions differ in, the most important first. `instruments`: for their titles."""
    yield from if_moved("结论", "", OUTCOMES[then.outcome], OUTCOMES[now.outcome])
    for before, after in zip(then.standings, now.standings, strict=True):
        yield from standing_moves(before, after)
    whom = [shown_identifier(standing.identifier) for standing in then.standings]
    yield from thing_moves(
        by_name(then.measures, lambda each: (each.subject, each.code)),
        by_name(now.measures, lambda each: (each.subject, each.code)),
        lambda each: ("措施", whom[each.subject], _measure_words(each, instruments)),
    )
    yield from thing_moves(
        by_name(then.set_aside, lambda each: (each.subject, each.code)),
        by_name(now.set_aside, lambda each: (each.subject, each.code)),
        lambda each: ("让位的激励", whom[each.subject], f"{each.title}, 让位于 {'、'.join(each.yields_to)}"),
    )
    yield from open_moves(then.undetermined, now.undetermined, whom)


def _measure_words(measure: MeasureApplied, instruments: Mapping[str, Instrument]) -> str:
    """A measure with its duty, rule, basis and end."""
    until = f", 至 {measure.until.isoformat()}" if measure.until else ""
    basis = "、".join(_citation(one, instruments) for one in measure.basis)
    return f"{DUTIES[measure.duty]} {measure.title}{until}, 规则 {measure.rule}" + (f", 依据{basis}" if basis else "")


def _citation(citation: Citation, instruments: Mapping[str, Instrument]) -> str:
    instrument = instruments.get(citation.instrument)
    return f"《{citation.instrument if instrument is None else instrument.title}》{citation.article}"
