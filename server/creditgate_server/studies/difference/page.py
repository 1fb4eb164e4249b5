"""The report as one page of HTML that needs nothing else, and its moves as rows of a CSV file, one row a move."""

from __future__ import annotations

import csv
from typing import TextIO

from ...decision.check.decision import OUTCOMES
from ...files.harmless import harmless_row
from ...pages.rendering import rendered
from . import wording
from .names import ASPECTS, CHANGES, VERDICTS
from .report import Aspect, DiffReport, DiffTitles, SubjectMove
from .wording import organ_title, side, stages_title

MOST_BARS = 15
"""Items and organs shown in a chart."""


def page(report: DiffReport) -> str:
    """The whole page."""
    names = report.names
    codes = {
        Aspect.GRADE: (*names.grades, ""),
        Aspect.LEVEL: (*names.levels, ""),
        Aspect.CHECK: tuple(outcome.value for outcome in OUTCOMES),
    }
    titles = {aspect: {code: wording.code_title(names, aspect, code) for code in codes[aspect]} for aspect in codes}
    return rendered(
        "difference.html.j2",
        it=report,
        names=names,
        words=wording,
        titles=titles,
        aspects=Aspect,
        changes=CHANGES,
        verdicts=VERDICTS,
        most_bars=MOST_BARS,
    )


HEADERS = ("主体", "名称", "方面", "部门", "事项", "环节", "原来", "改后", "涉及规则", "回执")


class MoveRows:
    """Writes moves as they come."""

    def __init__(self, file: TextIO, names: DiffTitles) -> None:
        """Writes the headers. The file is text, opened with `newline=""`."""
        self._writer = csv.writer(file, lineterminator="\r\n")
        self._names = names
        self._writer.writerow(HEADERS)

    def write(self, move: SubjectMove) -> None:
        """One more row."""
        names = self._names
        of_organ = move.organ or move.aspect is Aspect.LEVEL
        cells = (
            move.subject,
            move.name,
            ASPECTS[move.aspect],
            organ_title(names, move.organ) if of_organ else "",
            names.items.get(move.item, move.item),
            stages_title(move.stages) if move.stages else "",
            side(names, move.aspect, move.before),
            side(names, move.aspect, move.after),
            " ".join(move.rules),
            move.receipt,
        )
        self._writer.writerow(harmless_row(cells))
