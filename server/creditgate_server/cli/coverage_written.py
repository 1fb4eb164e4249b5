"""The files that a reconciliation writes: each whole or not at all."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from ..files.whole import writing_whole
from ..rulebook.bundle import RuleSet
from ..studies.coverage.cases import licence_case, unmatched_case
from ..studies.coverage.document import DocumentWriter
from ..studies.coverage.judging import ClassedLicence
from ..studies.coverage.licences import UnmatchedRow
from ..studies.coverage.page import page
from ..studies.coverage.report import CoverageNames, CoverageReport
from ..studies.coverage.shown import Shown
from ..studies.coverage.workbook import CoverageWorkbook


@dataclass(frozen=True, slots=True)
class CoverageFiles:
    """Files to be written."""

    html: Path | None = None
    xlsx: Path | None = None
    json: Path | None = None


@dataclass
class Writers:
    """Hands every case to the files that are wanted."""

    stack: ExitStack
    wanted: CoverageFiles
    rule_set: RuleSet
    shown: Shown = field(default_factory=Shown)
    document: DocumentWriter | None = None
    workbook: CoverageWorkbook | None = None

    def __post_init__(self) -> None:
        if self.wanted.json is not None:
            self.document = DocumentWriter(self.stack.enter_context(writing_whole(self.wanted.json)))
        if self.wanted.xlsx is not None:
            catalogue = self.rule_set.catalogue
            names = CoverageNames(
                organs={code: organ.title for code, organ in catalogue.organs.items()},
                items={code: one.title for code, one in catalogue.items.items()},
            )
            file = self.stack.enter_context(writing_whole(self.wanted.xlsx))
            self.workbook = self.stack.enter_context(CoverageWorkbook(file, names))

    @property
    def any(self) -> bool:
        """Whether anything is wanted."""
        return self.wanted != CoverageFiles()

    def licence(self, case: ClassedLicence, first: bool) -> None:
        """One more licence."""
        made = licence_case(case)
        if self.document is not None:
            self.document.licence(made)
        if self.workbook is not None:
            self.workbook.licence(made)
        if self.wanted.html is not None:
            self.shown.licence(made, case.check.organ if case.check else "", measures=first)

    def row(self, row: UnmatchedRow) -> None:
        """One more row that is not matched."""
        made = unmatched_case(row)
        if self.document is not None:
            self.document.row(made)
        if self.workbook is not None:
            self.workbook.row(made)
        if self.wanted.html is not None:
            self.shown.row(made)

    def finish(self, report: CoverageReport) -> None:
        """The figures."""
        if self.document is not None:
            self.document.finish(report)
        if self.workbook is not None:
            self.workbook.finish(report)
        if self.wanted.html is not None:
            with writing_whole(self.wanted.html) as file:
                file.write(page(report, self.shown).encode())
