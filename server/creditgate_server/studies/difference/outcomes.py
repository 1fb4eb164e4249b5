"""What a check comes to, from verdicts alone: the outcome and the measures of the decision, without its reasons.

The same as `decision/check.py` works out, at a hundredth of the cost; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...decision.check.decision import Outcome
from ...rulebook.catalogue import MeasureEntry, MeasureKind
from ...rulebook.language import Duty, GiveMeasure, Rule
from .report import MeasureGiven, MoveSide


@dataclass(frozen=True, slots=True)
class Judged:
    """What the measures book said of one subject."""

    rules: Mapping[str, Rule]
    """Those that were asked, by key."""
    holds: frozenset[str]
    open: frozenset[str]


def comes_to(subjects: Sequence[Judged], catalogue: Mapping[str, MeasureEntry]) -> MoveSide:
    """The outcome and the measures of a check of some subjects together."""
    applied: list[MeasureGiven] = []
    waiting: set[str] = set()
    for number, judged in enumerate(subjects):
        duties = _duties(judged)
        applied += [MeasureGiven(code=code, duty=duty, subject=number) for code, duty in duties.items()]
        waiting |= _waiting(judged, duties)
    against = waiting | {entry.code for entry in applied if catalogue[entry.code].kind is MeasureKind.RESTRAINT}
    kept = [entry for entry in applied if against.isdisjoint(catalogue[entry.code].yields_to)]
    outcome = _outcome([catalogue[entry.code] for entry in kept], undetermined=bool(waiting))
    return MoveSide(code=outcome.value, measures=tuple(sorted(kept)))


def _duties(judged: Judged) -> dict[str, Duty]:
    """Each measure that applies: mandatory where one rule says so."""
    duties: dict[str, Duty] = {}
    for key in judged.holds:
        given = measure_of(judged.rules[key])
        if given.duty is Duty.MANDATORY or given.measure not in duties:
            duties[given.measure] = given.duty
    return duties


def _waiting(judged: Judged, duties: Mapping[str, Duty]) -> set[str]:
    """Measures of open rules that would still change something."""
    waiting: set[str] = set()
    for key in judged.open:
        given = measure_of(judged.rules[key])
        if duties.get(given.measure) not in (Duty.MANDATORY, given.duty):
            waiting.add(given.measure)
    return waiting


def measure_of(rule: Rule) -> GiveMeasure:
    """What a rule of the measures book orders."""
    if not isinstance(rule.then, GiveMeasure):
        raise TypeError(f"{rule.key} orders no measure")
    return rule.then


def _outcome(kept: Sequence[MeasureEntry], *, undetermined: bool) -> Outcome:
    if any(entry.prohibits for entry in kept):
        return Outcome.PROHIBITED
    if undetermined:
        return Outcome.UNDETERMINED
    if any(entry.kind is MeasureKind.RESTRAINT for entry in kept):
        return Outcome.MEASURES
    return Outcome.INCENTIVES if kept else Outcome.CLEAR
