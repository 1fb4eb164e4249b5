"""The report as one page of HTML that needs nothing else: no script, nothing from elsewhere.

A number is a link: it opens exactly its cases, by style sheet alone. Cases stand in nodes: all, an organ's, an item's
of an organ, a month's of it. Each node begins with marks, one for each number that speaks of it; the mark that is the
page's target shows its node, and of the rows in it those of its kind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from ...pages.figures import percent
from ...pages.rendering import rendered
from . import cases
from .classes import LICENCE_CLASSES, REMARKS_OF, Class, MeasureFate, Remark
from .names import CLASSES, DONE, KINDS, MEANINGS, REMARKS, UNMATCHED, departure_title, headline
from .report import CoverageReport, GroupFigures
from .shown import CutList
from .tally import share_ppm

_UNBROKEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z|r-|[0-9A-Z]{18}\Z")
"""Days, receipts and codes stay on one line."""
_MARKS = tuple(
    dict.fromkeys(
        (
            *(one.value for one in LICENCE_CLASSES),
            *(one.value for one in Remark if one),
            *(one.value for one in MeasureFate),
            "open",
        )
    )
)
_FILLS = {
    Class.IN_TIME: "#2f7d4f",
    Class.MEASURE_MISSING: "url(#hatched)",
    Class.LATE: "url(#dotted)",
    Class.PROHIBITED: "#a3180f",
    Class.NOT_CHECKED: "url(#slashed)",
}
"""Of columns, the lowest part first."""


def page(report: CoverageReport, shown: CutList) -> str:
    """The whole page."""
    groups: dict[tuple[str, str], list[GroupFigures]] = defaultdict(list)
    for group in report.groups:
        groups[group.organ, group.item].append(group)
    months = [one for one in report.months if one.figures.licences]
    return rendered(
        "coverage.html.j2",
        it=report,
        shown=shown,
        groups=groups,
        headline=headline(report),
        titles=CLASSES,
        classes=LICENCE_CLASSES,
        unmatched=Class.UNMATCHED,
        meanings=MEANINGS,
        remarks=REMARKS,
        remarks_of=REMARKS_OF,
        reasons=UNMATCHED,
        done=DONE,
        kinds=KINDS,
        marks=_MARKS,
        words=cases,
        departure_title=departure_title,
        share_ppm=share_ppm,
        unbroken=lambda cell: _UNBROKEN.match(cell) is not None,
        stack=[
            (CLASSES[one], fill, [month.figures.of(one) for month in report.months]) for one, fill in _FILLS.items()
        ],
        top=_round_up(max((month.figures.licences for month in report.months), default=0)),
        rates=[
            ("按时核查率", [one.figures.checked_ppm if one.figures.licences else None for one in report.months]),
            ("完全落实率", [one.figures.covered_ppm if one.figures.licences else None for one in report.months]),
        ],
        trends=_trends(report),
        told_months="; ".join(
            f"{month.month}: "
            + ", ".join(f"{CLASSES[one]} {month.figures.of(one)}" for one in LICENCE_CLASSES if month.figures.of(one))
            for month in months
        ),
        told_rates="; ".join(
            f"{one.month} 按时核查率 {percent(one.figures.checked_ppm)}, 完全落实率 {percent(one.figures.covered_ppm)}"
            for one in months
        ),
        told=lambda shares: ", ".join(
            f"{month.month} {percent(share)}"
            for month, share in zip(report.months, shares, strict=True)
            if share is not None
        ),
    )


def _trends(report: CoverageReport) -> dict[tuple[str, str], list[int | None]]:
    """By organ, and by organ and item: the covered share of each month; none where there is no licence."""
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for group in report.groups:
        for item in ("", group.item):
            counted = sums[group.organ, item, group.month]
            counted[0] += group.figures.checked_in_time
            counted[1] += group.figures.licences
    places = {(organ, item) for organ, item, _ in sums}
    return {place: list(_shares(sums.get((*place, one.month), (0, 0)) for one in report.months)) for place in places}


def _shares(counted: Iterable[Iterable[int]]) -> Iterable[int | None]:
    for part, whole in counted:
        yield share_ppm(part, whole) if whole else None


def _round_up(count: int) -> int:
    """The next number that four steps divide into round ones, at least 4."""
    scale = 4
    while True:
        for factor in (1, 2, 3, 5, 8):
            if count <= scale * factor:
                return scale * factor
        scale *= 10
