"""From a licence with its check and what became of its measures to the class in which it is."""

from __future__ import annotations

import msgspec

from ...decision.check.decision import Outcome
from .classes import Class, MeasureFate, Remark
from .licences import Licence
from .matching import Check
from .measures import REFUSING, MeasureOutcome


class ClassedLicence(msgspec.Struct, frozen=True, gc=False):
    """A licence, put in its class."""

    licence: Licence
    class_: Class
    remark: Remark = Remark.NONE
    check: Check | None = None
    answer: str = ""
    """Code of what the check came to."""
    reported: str = ""
    """What became of the case, as reported."""
    measures: tuple[MeasureOutcome, ...] = ()
    """All that the check ordered; empty where it came too late."""


def not_checked(licence: Licence) -> ClassedLicence:
    """A licence without a check."""
    return ClassedLicence(licence, Class.NOT_CHECKED)


def late(licence: Licence, check: Check, answer: str) -> ClassedLicence:
    """A licence that was checked only after it was issued. What the check ordered came too late to be applied."""
    forbidden = answer == Outcome.PROHIBITED
    return ClassedLicence(licence, Class.LATE, Remark.LATE_PROHIBITED if forbidden else Remark.NONE, check, answer)


def in_time(
    licence: Licence,
    check: Check,
    answer: str,
    measures: tuple[MeasureOutcome, ...],
    reported: str,
    *,
    erased: bool = False,
) -> ClassedLicence:
    """A licence that was checked in time. `erased`: what the check decided is not known any more but for its answer."""
    if answer == _PROHIBITED:
        return ClassedLicence(
            licence, Class.PROHIBITED, _on_prohibited(measures, reported), check, answer, reported, measures
        )
    still_open = [one for one in measures if one.open]
    if still_open:
        silent = any(one.done is MeasureFate.SILENT for one in still_open)
        remark = Remark.MEASURE_SILENT if silent else Remark.MEASURE_REASON_GIVEN
        return ClassedLicence(licence, Class.MEASURE_MISSING, remark, check, answer, reported, measures)
    remark = _NOTHING
    if erased:
        remark = Remark.ERASED
    elif answer == _UNDETERMINED:
        remark = Remark.UNDETERMINED
    return ClassedLicence(licence, _IN_TIME, remark, check, answer, reported, measures)


_PROHIBITED, _UNDETERMINED = Outcome.PROHIBITED, Outcome.UNDETERMINED
_IN_TIME, _NOTHING = Class.IN_TIME, Remark.NONE
"""Looked up once: Python 3.11 takes long for an enum's member."""


def _on_prohibited(measures: tuple[MeasureOutcome, ...], reported: str) -> Remark:
    if reported in REFUSING:
        return Remark.PROHIBITED_REFUSED
    forbidding = [one for one in measures if one.ordered.prohibits]
    if forbidding and all(one.done is MeasureFate.REFUSED for one in forbidding):
        return Remark.PROHIBITED_REASON_GIVEN
    return Remark.PROHIBITED_SILENT
