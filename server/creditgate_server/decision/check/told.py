"""A credit check as it is told: what was asked, what it comes to, and what two answers differ in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from ...codes import shown_identifier
from ...rulebook.catalogue import Catalogue, Citation, Instrument
from ...rulebook.titles import DUTIES, ROLES, STAGES
from ..moves import Move, by_name, if_moved, standing_moves, thing_moves
from ..parts import Standing
from ..question import SubjectInRole
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


def added_to_check(question: Question, decision: Decision) -> tuple[SubjectInRole, ...]:
    """Those whom the registry added to the question: they come after those whom it names."""
    return tuple(
        SubjectInRole(identifier=one.identifier, role=one.role) for one in decision.standings[len(question.subjects) :]
    )


def check_headline(decision: Decision) -> str:
    """What it comes to."""
    return OUTCOMES[decision.outcome]


def check_moves(then: Decision, now: Decision, instruments: Mapping[str, Instrument]) -> Iterator[Move]:
    """What two decisions differ in, the most important first. `instruments`: for their titles.

    Subjects that the registry added to the question may have come or gone: each is told by whom it is, in what role.
    """
    yield from if_moved("结论", "", OUTCOMES[then.outcome], OUTCOMES[now.outcome])
    before, after = _standings(then), _standings(now)
    yield from thing_moves(
        by_name([one for one in before.values() if _who(one) not in after], _who),
        by_name([one for one in after.values() if _who(one) not in before], _who),
        lambda one: ("一并核查的主体", shown_identifier(one.identifier), ROLES[one.role]),
    )
    for name, standing in before.items():
        if name in after:
            yield from standing_moves(standing, after[name])
    yield from thing_moves(
        _by_subject(then, then.measures, lambda each: each.code),
        _by_subject(now, now.measures, lambda each: each.code),
        lambda pair: ("措施", pair[0], _measure_words(pair[1], instruments)),
    )
    yield from thing_moves(
        _by_subject(then, then.set_aside, lambda each: each.code),
        _by_subject(now, now.set_aside, lambda each: each.code),
        lambda pair: ("让位的激励", pair[0], f"{pair[1].title}, 让位于 {'、'.join(pair[1].yields_to)}"),
    )
    yield from thing_moves(
        _by_subject(then, then.undetermined, lambda each: each.what),
        _by_subject(now, now.undetermined, lambda each: each.what),
        lambda pair: ("待查明", pair[0], f"{pair[1].label}: {pair[1].reason}"),
    )


def _who(standing: Standing) -> object:
    return (standing.identifier, standing.role)


def _standings(decision: Decision) -> dict[object, Standing]:
    return {_who(standing): standing for standing in decision.standings}


class _OfSubject(Protocol):
    @property
    def subject(self) -> int: ...


Said = TypeVar("Said", bound=_OfSubject)


def _by_subject(
    decision: Decision, things: Iterable[Said], name: Callable[[Said], str]
) -> dict[object, tuple[str, Said]]:
    """Things by whom they are about and what names them, each with the subject as it is shown."""
    standings = decision.standings
    return {
        (_who(standings[one.subject]), name(one)): (shown_identifier(standings[one.subject].identifier), one)
        for one in things
    }


def _measure_words(measure: MeasureApplied, instruments: Mapping[str, Instrument]) -> str:
    """A measure with its duty, rule, basis and end."""
    until = f", 至 {measure.until.isoformat()}" if measure.until else ""
    basis = "、".join(_citation(one, instruments) for one in measure.basis)
    return f"{DUTIES[measure.duty]} {measure.title}{until}, 规则 {measure.rule}" + (f", 依据{basis}" if basis else "")


def _citation(citation: Citation, instruments: Mapping[str, Instrument]) -> str:
    instrument = instruments.get(citation.instrument)
    return f"《{citation.instrument if instrument is None else instrument.title}》{citation.article}"
