"""Cases as they are written and shown: one form for JSON, tables and the page. Natural persons are masked here.

The JSON document has the report with all its cases, and is written as the cases come.
"""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from ...codes import shown_identifier
from .classes import MeasureFate
from .judging import ClassedLicence
from .licences import UnmatchedRow
from .measures import MeasureOutcome
from .names import DONE, REMARKS, answer_title, departure_title, duty_title, result_title
from .report import CoverageReport, LicenceCase, MeasureOf, UnmatchedCase
from .tally import month_of


def licence_case(case: ClassedLicence) -> LicenceCase:
    """A licence as written."""
    licence, check = case.licence, case.check
    return LicenceCase(
        file=licence.file,
        row=licence.row,
        document=licence.document,
        issued_on=licence.issued_on,
        month=month_of(licence.issued_on),
        organ=licence.organ,
        item=licence.item,
        subject=shown_identifier(licence.subject),
        verdict=case.class_,
        remark=case.remark,
        receipt="" if check is None else check.id,
        checked_on=None if check is None else check.day,
        answer=case.answer,
        reported=case.reported,
        measures=tuple(_measure(one) for one in case.measures),
    )


def _measure(followed: MeasureOutcome) -> MeasureOf:
    ordered = followed.ordered
    return MeasureOf(
        measure=ordered.code,
        title=ordered.title,
        subject=ordered.subject,
        duty=ordered.duty,
        done=followed.done,
        reason=followed.reason,
        open=followed.open,
    )


def unmatched_case(row: UnmatchedRow) -> UnmatchedCase:
    """A row that is not matched, as written."""
    return UnmatchedCase(**msgspec.structs.asdict(row))


# -- in words ---------------------------------------------------------------------------------------------------------


def what_is_missing(case: LicenceCase) -> str:
    """What an auditor should look at, in Chinese; empty where nothing is missing."""
    parts = [REMARKS[case.remark]] if case.remark else []
    parts += [f"{one.title}({told(one)})" for one in case.measures if one.open]
    return "; ".join(parts)


def told(measure: MeasureOf) -> str:
    """What became of a measure, in Chinese."""
    if measure.done is MeasureFate.REFUSED:
        return f"未实施: {departure_title(measure.reason or '')}"
    return DONE[measure.done]


def measure_words(measure: MeasureOf) -> str:
    """A measure with its duty and what became of it."""
    return f"{duty_title(measure.duty)} {measure.title}: {told(measure)}"


def check_words(case: LicenceCase) -> str:
    """What the check came to and what was reported."""
    parts = [answer_title(case.answer)] if case.answer else []
    parts += [f"反馈: {result_title(case.reported)}"] if case.reported else []
    return "; ".join(parts)


_encode = msgspec.json.Encoder().encode


class CoverageDocument(CoverageReport, frozen=True, kw_only=True):
    """What the JSON file holds: the report, every licence and every row that is not matched, in the files' order."""

    cases: tuple[LicenceCase, ...]
    unmatched_cases: tuple[UnmatchedCase, ...]


class DocumentWriter:
    """Writes the document. Cases first, then rows that are not matched, then the figures: they are known last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._behind = b'{"cases":[\n'
        self._in_rows = False

    def licence(self, case: LicenceCase) -> None:
        """One more licence."""
        self._file.write(self._behind + _encode(case))
        self._behind = b",\n"

    def row(self, row: UnmatchedCase) -> None:
        """One more row that is not matched."""
        self._begin_rows()
        self._file.write(self._behind + _encode(row))
        self._behind = b",\n"

    def finish(self, report: CoverageReport) -> None:
        """The figures."""
        self._begin_rows()
        opened = b"" if self._behind == b",\n" else self._behind
        self._file.write(opened + b"\n],\n" + _encode(report)[1:] + b"\n")

    def _begin_rows(self) -> None:
        if not self._in_rows:
            opened = b"" if self._behind == b",\n" else self._behind
            self._file.write(opened + b"\n],\n")
            self._behind = b'"unmatched_cases":[\n'
            self._in_rows = True
