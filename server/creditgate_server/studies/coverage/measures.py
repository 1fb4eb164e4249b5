"""What a check ordered, and what became of it by the reports on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ...decision.check.decision import Outcome
from ...decision.outcome.standing import settles
from ...decision.outcome.values import RETRACTED, Reason, Result
from ...decision.outcome.values import Done as Told
from ...rulebook.catalogue import MeasureKind
from ...rulebook.language import Duty
from .classes import MeasureFate


class OrderedMeasure(msgspec.Struct, frozen=True, gc=False):
    """A measure that a check ordered for one of its subjects."""

    subject: int
    """Place in the question."""
    code: str
    title: str
    kind: MeasureKind
    duty: Duty
    prohibits: bool = False


class CheckAnswer(msgspec.Struct, frozen=True, gc=False):
    """What a check came to."""

    outcome: Outcome
    measures: tuple[OrderedMeasure, ...] = ()


class ReportRevision(msgspec.Struct, frozen=True, gc=False):
    """One revision of what was reported on a check."""

    about: str
    """Id of the check's receipt."""
    answer: str
    """What became of the case, or that it was taken back."""
    place: tuple[str, str, int]
    """Instant, chain, number: the order that counts."""
    case: str = ""
    """Tells checks of one case."""
    said: tuple[MeasureReport, ...] | None = ()
    """Empty for what was taken back; None where it was erased."""


class About(msgspec.Struct, frozen=True, gc=False):
    """Names a measure within its check."""

    code: str
    subject: int = 0


class MeasureReport(msgspec.Struct, frozen=True, gc=False):
    """What a report says of one measure."""

    ordered: About
    done: Told
    reason: Reason | None = None


class MeasureOutcome(msgspec.Struct, frozen=True, gc=False):
    """A measure that was ordered, and what became of it."""

    ordered: OrderedMeasure
    done: MeasureFate
    reason: Reason | None = None
    open: bool = False
    """It was a must, and it is not shown to be done: nothing is reported, or it was left out for a reason.

    Where another organ applies it, it is done. That the application was withdrawn is no excuse: the licence was issued.
    """


class Followup(msgspec.Struct, frozen=True, gc=False):
    """What became of everything that a check ordered."""

    measures: tuple[MeasureOutcome, ...]
    reported: str
    """What became of the case, by the report that counts; empty where there is none."""


NOTHING = Followup((), "")
"""Of a check that ordered nothing."""


class _Findings(msgspec.Struct, frozen=True, gc=False):
    followed: tuple[MeasureReport, ...] = ()


_read_answer = msgspec.json.Decoder(CheckAnswer).decode
_read_findings = msgspec.json.Decoder(_Findings).decode


def answer_of(decision: bytes) -> CheckAnswer:
    """Read a check's decision. Raises msgspec.MsgspecError."""
    return _read_answer(decision)


def said_in(findings: bytes) -> tuple[MeasureReport, ...]:
    """Read the decision of a receipt of kind `outcome`. Raises msgspec.MsgspecError."""
    return _read_findings(findings).followed


# -- which report counts --------------------------------------------------------------------------------------------


def latest(reports: Iterable[ReportRevision]) -> dict[str, ReportRevision]:
    """For each check the revision that counts; what was taken back does not."""
    found: dict[str, ReportRevision] = {}
    for report in reports:
        before = found.get(report.about)
        if before is None or before.place < report.place:
            found[report.about] = report
    return {about: report for about, report in found.items() if report.answer != RETRACTED}


def followup(
    check: str, ordered: Sequence[OrderedMeasure], own: ReportRevision | None, of_case: Iterable[ReportRevision] = ()
) -> Followup:
    """What became of a check's measures.

    Its own report counts. Where none settles it, one on a later check of the same case does, as in the list of what is
    open: what that check does not order any more is dropped. `check`: its id; ids sort by time. `own`, `of_case`: the
    revisions that count.
    """
    if own is not None and settles(own.answer):
        return Followup(tuple(_by(one, own, _SILENT) for one in ordered), own.answer)
    settling = [report for report in of_case if report.about > check and settles(report.answer)]
    if settling:
        instead = max(settling, key=lambda report: report.place)
        return Followup(tuple(_by(one, instead, MeasureFate.DROPPED) for one in ordered), instead.answer)
    if own is not None:
        return Followup(tuple(_by(one, own, _SILENT) for one in ordered), own.answer)
    return Followup(tuple(_open(one) for one in ordered), "")


def _by(ordered: OrderedMeasure, report: ReportRevision, unsaid: MeasureFate) -> MeasureOutcome:
    if report.said is None:
        return MeasureOutcome(ordered, MeasureFate.ERASED)
    for one in report.said:
        if one.ordered.code == ordered.code and one.ordered.subject == ordered.subject:
            return _told(ordered, one)
    return _open(ordered) if unsaid is _SILENT else MeasureOutcome(ordered, unsaid)


def _told(ordered: OrderedMeasure, said: MeasureReport) -> MeasureOutcome:
    if said.done is _TOLD_APPLIED:
        return MeasureOutcome(ordered, _APPLIED)
    if said.done is _TOLD_SILENT:
        return _open(ordered)
    must = ordered.duty is _MANDATORY and said.reason is not Reason.OTHER_ORGAN
    return MeasureOutcome(ordered, _REFUSED, said.reason, must)


def _open(ordered: OrderedMeasure) -> MeasureOutcome:
    return MeasureOutcome(ordered, _SILENT, None, ordered.duty is _MANDATORY)


_APPLIED, _REFUSED, _SILENT = MeasureFate.APPLIED, MeasureFate.REFUSED, MeasureFate.SILENT
_TOLD_APPLIED, _TOLD_SILENT = Told.APPLIED, Told.SILENT
_MANDATORY = Duty.MANDATORY
"""Looked up once: Python 3.11 takes long for an enum's member."""


REFUSING = (Result.REFUSED.value, Result.WITHDRAWN.value)
"""Results with which a licence does not go."""
