"""The report's own proof: every row is in exactly one class, and every figure is the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterable

from .classes import LICENCE_CLASSES, MeasureFate
from .report import CoverageReport, LicenceFigures


class SumsDiffer(Exception):
    """The report does not add up: a fault of the program, never of the file."""


def require_sums(report: CoverageReport) -> None:
    """Raises SumsDiffer where something was lost or counted twice."""
    _same("rows", report.rows, sum(file.rows for file in report.files))
    _same("rows", report.rows, report.figures.licences + report.unmatched)
    _same("reasons", report.unmatched, sum(one.rows for one in report.reasons))
    for name, parts in (
        ("organs", [one.figures for one in report.organs]),
        ("items", [one.figures for one in report.items]),
        ("months", [one.figures for one in report.months]),
        ("groups", [one.figures for one in report.groups]),
    ):
        _require_parts(name, report.figures, parts)
    for one in (report.figures, *(group.figures for group in report.groups)):
        _same("classes", one.licences, sum(one.of(each) for each in LICENCE_CLASSES))
    for measure in report.measures:
        _same(f"measure {measure.measure}", measure.ordered, sum(measure.of(done) for done in MeasureFate))
        _same(f"reasons of {measure.measure}", measure.refused, sum(measure.reasons.values()))


def _require_parts(name: str, whole: LicenceFigures, parts: Iterable[LicenceFigures]) -> None:
    parts = list(parts)
    _same(f"licences by {name}", whole.licences, sum(part.licences for part in parts))
    for each in LICENCE_CLASSES:
        _same(f"{each} by {name}", whole.of(each), sum(part.of(each) for part in parts))


def _same(name: str, whole: int, parts: int) -> None:
    if whole != parts:
        raise SumsDiffer(f"{name}: {whole} in all, {parts} in parts")
