"""The report as one page of HTML that needs nothing else."""

from __future__ import annotations

from ...decision.check.decision import OUTCOMES
from ...pages.rendering import rendered
from . import wording
from .names import CHANGES, VERDICTS
from .report import Aspect, DiffReport

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
