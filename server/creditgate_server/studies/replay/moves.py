"""What two answers to one question differ in, in Chinese words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

import msgspec

from ...decision.check.decision import Decision, MeasureApplied
from ...decision.leniency.decision import Ground, LeniencyDecision, State
from ...decision.level.decision import LevelDecision
from ...decision.outcome.titles import ANSWERS
from ...decision.parts import Graded, Standing, Unsettled
from ...rulebook.catalogue import Citation, Instrument
from ...rulebook.titles import DUTIES, LENIENCIES
from ..difference.names import OPEN, shown_identifier
from .judges import Decided

NONE = "无"
STATES = {State.MET: "符合", State.NOT_MET: "不符合", State.UNKNOWN: "尚未查明"}
Thing = TypeVar("Thing")


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is otherwise."""

    what: str
    subject: str
    """Whom it is about; empty: the whole answer."""
    then: str
    now: str


def moved(then: Decided, now: Decided, instruments: Mapping[str, Instrument]) -> tuple[Move, ...]:
    """Everything that a person would call a change, the most important first. `instruments`: for their titles."""
    if isinstance(then, Decision) and isinstance(now, Decision):
        return tuple(_check(then, now, instruments))
    if isinstance(then, LeniencyDecision) and isinstance(now, LeniencyDecision):
        return tuple(_leniency(then, now))
    if isinstance(then, LevelDecision) and isinstance(now, LevelDecision):
        return tuple(_level(then, now))
    raise TypeError("answers to two kinds of question")


def headline(decision: Decided) -> str:
    """What an answer comes to."""
    if isinstance(decision, Decision):
        return ANSWERS[decision.outcome]
    if isinstance(decision, LeniencyDecision):
        return LENIENCIES[decision.leniency]
    standing = decision.standing
    return f"信用等级 {grade_words(standing.grade)}, 监管等级 {level_words(standing.level)}"


def grade_words(grade: Graded) -> str:
    """A grade with its code, as people name it."""
    return f"{grade.code}({grade.title})" if grade.code and grade.title != grade.code else grade.code or OPEN


def level_words(level: Graded) -> str:
    """A level by its title."""
    return level.title or level.code or OPEN


def measure_words(measure: MeasureApplied, instruments: Mapping[str, Instrument]) -> str:
    """A measure with its duty, rule, basis and end."""
    until = f", 至 {measure.until.isoformat()}" if measure.until else ""
    basis = "、".join(_citation(one, instruments) for one in measure.basis)
    return f"{DUTIES[measure.duty]} {measure.title}{until}, 规则 {measure.rule}" + (f", 依据{basis}" if basis else "")


def _citation(citation: Citation, instruments: Mapping[str, Instrument]) -> str:
    instrument = instruments.get(citation.instrument)
    return f"《{citation.instrument if instrument is None else instrument.title}》{citation.article}"


# -- kinds ------------------------------------------------------------------------------------------------------------


def _check(then: Decision, now: Decision, instruments: Mapping[str, Instrument]) -> Iterator[Move]:
    yield from _if_moved("结论", "", ANSWERS[then.outcome], ANSWERS[now.outcome])
    for before, after in zip(then.standings, now.standings, strict=True):
        yield from _standing(before, after)
    whom = [shown_identifier(standing.identifier) for standing in then.standings]
    yield from _things(
        _by(then.measures, lambda each: (each.subject, each.code)),
        _by(now.measures, lambda each: (each.subject, each.code)),
        lambda each: ("措施", whom[each.subject], measure_words(each, instruments)),
    )
    yield from _things(
        _by(then.set_aside, lambda each: (each.subject, each.code)),
        _by(now.set_aside, lambda each: (each.subject, each.code)),
        lambda each: ("让位的激励", whom[each.subject], f"{each.title}, 让位于 {'、'.join(each.yields_to)}"),
    )
    yield from _open(then.undetermined, now.undetermined, whom)


def _level(then: LevelDecision, now: LevelDecision) -> Iterator[Move]:
    yield from _standing(then.standing, now.standing)
    yield from _open(then.undetermined, now.undetermined, [shown_identifier(then.standing.identifier)])


def _standing(then: Standing, now: Standing) -> Iterator[Move]:
    who = shown_identifier(then.identifier)
    yield from _if_moved("信用等级", who, grade_words(then.grade), grade_words(now.grade))
    yield from _if_moved("监管等级", who, level_words(then.level), level_words(now.level))
    for what, before, after in (("信用等级", then.grade, now.grade), ("监管等级", then.level, now.level)):
        if before.code == after.code and before.rule != after.rule:
            yield Move(what=f"{what}的规则", subject=who, then=before.rule or NONE, now=after.rule or NONE)
    yield from _things(
        _by(then.ratings, lambda each: each.ladder),
        _by(now.ratings, lambda each: each.ladder),
        lambda each: ("行业评价", who, f"{each.title} {each.rating}({each.decided_on.isoformat()})"),
    )


def _leniency(then: LeniencyDecision, now: LeniencyDecision) -> Iterator[Move]:
    yield from _if_moved("结论", "", LENIENCIES[then.leniency], LENIENCIES[now.leniency])
    yield from _if_moved("依据的规则", "", _listed(then.decided_by), _listed(now.decided_by))
    yield from _things(
        _by(then.grounds, lambda each: each.rule),
        _by(now.grounds, lambda each: each.rule),
        lambda each: ("情形", "", f"{each.title}: {_ground(each)}"),
    )
    yield from _open(then.missing, now.missing, [shown_identifier(then.known.identifier)])
    yield from _things(
        _by(then.soft_measures, lambda each: each.code),
        _by(now.soft_measures, lambda each: each.code),
        lambda each: ("柔性措施", "", each.title + _day(each.due_on)),
    )
    yield from _things(
        _by(then.steps, lambda each: each.code),
        _by(now.steps, lambda each: each.code),
        lambda each: ("程序", "", each.title + _day(each.due_on)),
    )
    yield from _things(
        _by(then.warnings, lambda each: (each.rule, each.message)),
        _by(now.warnings, lambda each: (each.rule, each.message)),
        lambda each: ("提示", "", each.message),
    )


def _ground(ground: Ground) -> str:
    """Its state, and what speaks against it or is not known."""
    open_conditions = [each for each in ground.conditions if each.state is not State.MET]
    why = "; ".join(f"{each.title}: {each.found or STATES[each.state]}" for each in open_conditions)
    return STATES[ground.state] + (f"({why})" if why else "")


def _open(then: Iterable[Unsettled], now: Iterable[Unsettled], whom: list[str]) -> Iterator[Move]:
    yield from _things(
        _by(then, lambda each: (each.subject, each.what)),
        _by(now, lambda each: (each.subject, each.what)),
        lambda each: ("待查明", whom[each.subject], f"{each.label}: {each.reason}"),
    )


# -- comparing --------------------------------------------------------------------------------------------------------


def _if_moved(what: str, subject: str, then: str, now: str) -> Iterator[Move]:
    if then != now:
        yield Move(what=what, subject=subject, then=then, now=now)


def _by(things: Iterable[Thing], key: Callable[[Thing], object]) -> dict[object, Thing]:
    return {key(thing): thing for thing in things}


def _things(
    then: Mapping[object, Thing], now: Mapping[object, Thing], words: Callable[[Thing], tuple[str, str, str]]
) -> Iterator[Move]:
    """Things of one kind, by what names them: gone, come, or with other words."""
    for key in (*then, *(key for key in now if key not in then)):
        before = words(then[key]) if key in then else None
        after = words(now[key]) if key in now else None
        what, subject, _ = before or after or ("", "", "")
        yield from _if_moved(what, subject, before[2] if before else NONE, after[2] if after else NONE)


def _listed(names: Iterable[str]) -> str:
    return "、".join(names) or NONE


def _day(day: date | None) -> str:
    return f", 至 {day.isoformat()}" if day else ""
