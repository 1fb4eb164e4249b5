"""The report with all its cases as one JSON document, written as the cases come."""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from .report import CoverageReport, LicenceCase, UnmatchedCase

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
