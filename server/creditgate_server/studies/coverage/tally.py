"""Counts over cases. They do not depend on the order in which cases come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from ...decision.outcome.values import Reason as Departure
from ...rulebook.catalogue import MeasureKind
from ...rulebook.language import Duty
from .classes import CHECKED_IN_TIME, HARMLESS, LICENCE_CLASSES, MISSES, Class, MeasureFate, Remark, UnmatchedReason
from .judging import ClassedLicence
from .licences import UnmatchedRow
from .measures import OrderedMeasure
from .report import (
    CoverageReport,
    GroupFigures,
    ItemFigures,
    LicenceFigures,
    MeasureFigures,
    MonthFigures,
    OrganFigures,
    UnmatchedFigures,
)

PPM = 1_000_000
Group = tuple[str, str, str]
"""Organ, item, month."""
_Name = Callable[[Group], tuple[str, ...]]
_Licences = tuple[str, str, date, Class, Remark]
"""Organ, item, day of issue, class, remark: what the licences that are counted together have in common."""
_Followed = tuple[str, OrderedMeasure, MeasureFate, Departure | None, bool]
"""Organ, what was ordered, what became of it, the reason, whether it is open: the same for measures."""


@lru_cache(maxsize=10_000)
def month_of(day: date) -> str:
    """The month in which a licence was issued."""
    return f"{day.year:04}-{day.month:02}"


@dataclass(slots=True)
class Counts:
    """Licences by class and remark, in the making."""

    classes: Counter[Class] = field(default_factory=Counter)
    remarks: Counter[Remark] = field(default_factory=Counter)

    def add(self, one: Class, remark: Remark, licences: int) -> None:
        """More licences."""
        self.classes[one] += licences
        if remark:
            self.remarks[remark] += licences

    def merge(self, other: Counts) -> None:
        """Add others."""
        self.classes.update(other.classes)
        self.remarks.update(other.remarks)

    @property
    def misses(self) -> int:
        """Licences that are not covered."""
        return sum(self.classes[one] for one in MISSES)

    def figures(self) -> LicenceFigures:
        """As the report has them."""
        licences = self.classes.total()
        checked = sum(self.classes[one] for one in CHECKED_IN_TIME)
        return LicenceFigures(
            licences=licences,
            **{one.value: self.classes[one] for one in LICENCE_CLASSES},
            remarks={remark: self.remarks[remark] for remark in Remark if self.remarks[remark]},
            checked_ppm=share_ppm(checked, licences),
            covered_ppm=share_ppm(self.classes[Class.IN_TIME], licences),
        )


@dataclass(slots=True)
class _Measure:
    title: str
    kind: MeasureKind
    mandatory: int = 0
    open: int = 0
    done: Counter[MeasureFate] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


class CoverageTally:
    """All counts of a reconciliation."""

    def __init__(self) -> None:
        self.reasons: Counter[UnmatchedReason] = Counter()
        self._licences: defaultdict[_Licences, int] = defaultdict(int)
        self._measures: defaultdict[_Followed, int] = defaultdict(int)
        self._counted: set[str] = set()

    def add(self, case: ClassedLicence) -> bool:
        """One more licence. True where its check's measures are counted with it."""
        licence = case.licence
        self._licences[licence.organ, licence.item, licence.issued_on, case.class_, case.remark] += 1
        if not case.measures or case.check is None or case.check.id in self._counted:
            return False
        self._counted.add(case.check.id)
        organ = case.check.organ
        for one in case.measures:
            self._measures[organ, one.ordered, one.done, one.reason, one.open] += 1
        return True

    def add_unmatched(self, rows: Iterable[UnmatchedRow]) -> None:
        """Rows that are not matched."""
        self.reasons.update(row.reason for row in rows)

    # -- figures, once all is added -----------------------------------------------------------------------------------

    @cached_property
    def groups(self) -> dict[Group, Counts]:
        """By organ, item and month."""
        groups: dict[Group, Counts] = {}
        for (organ, item, day, class_, remark), licences in self._licences.items():
            groups.setdefault((organ, item, month_of(day)), Counts()).add(class_, remark, licences)
        return groups

    def total(self) -> LicenceFigures:
        """Of all licences."""
        return _sum(self.groups.values()).figures()

    def by_organ(self) -> tuple[OrganFigures, ...]:
        """Those with the most misses first."""
        organs = self._gathered(lambda group: (group[0],))
        return tuple(OrganFigures(organ=organ, figures=organs[organ,].figures()) for organ in self._organs())

    def by_item(self) -> tuple[ItemFigures, ...]:
        """In the order of organs; in each those with the most misses first."""
        items = self._gathered(lambda group: group[:2])
        place = {organ: number for number, organ in enumerate(self._organs())}
        ranked = sorted(items, key=lambda key: (place[key[0]], -items[key].misses, -items[key].classes.total(), key))
        return tuple(ItemFigures(organ=key[0], item=key[1], figures=items[key].figures()) for key in ranked)

    def by_month(self) -> tuple[MonthFigures, ...]:
        """In order, without gaps."""
        months = self._gathered(lambda group: (group[2],))
        names = all_months([month for (month,) in months])
        return tuple(MonthFigures(month=month, figures=months.get((month,), Counts()).figures()) for month in names)

    def by_group(self) -> tuple[GroupFigures, ...]:
        """By organ, item and month."""
        return tuple(
            GroupFigures(organ=organ, item=item, month=month, figures=self.groups[organ, item, month].figures())
            for organ, item, month in sorted(self.groups)
        )

    def by_measure(self) -> tuple[MeasureFigures, ...]:
        """By organ; in each those with the most open first."""
        place = {organ: number for number, organ in enumerate(self._organs())}

        def rank(one: MeasureFigures) -> tuple[int, str, int, int, str]:
            return (place.get(one.organ, len(place)), one.organ, -one.open, -one.ordered, one.measure)

        found = [_measure_figures(code, organ, counts) for (code, organ), counts in self._by_code().items()]
        return tuple(sorted(found, key=rank))

    def by_reason(self) -> tuple[UnmatchedFigures, ...]:
        """In the order of the reasons."""
        return tuple(
            UnmatchedFigures(reason=reason, rows=self.reasons[reason], harmless=reason in HARMLESS)
            for reason in UnmatchedReason
            if self.reasons[reason]
        )

    def _by_code(self) -> dict[tuple[str, str], _Measure]:
        """Measures by code and organ."""
        found: dict[tuple[str, str], _Measure] = {}
        for (organ, ordered, done, reason, is_open), times in self._measures.items():
            counts = found.setdefault((ordered.code, organ), _Measure(ordered.title, ordered.kind))
            counts.title = max(counts.title, ordered.title)  # a title may have changed: any order gives the same
            counts.mandatory += times if ordered.duty is Duty.MANDATORY else 0
            counts.open += times if is_open else 0
            counts.done[done] += times
            if done is MeasureFate.REFUSED:
                counts.reasons[reason or ""] += times
        return found

    def _organs(self) -> list[str]:
        organs = self._gathered(lambda group: (group[0],))
        ranked = sorted(organs, key=lambda key: (-organs[key].misses, -organs[key].classes.total(), key))
        return [key[0] for key in ranked]

    def _gathered(self, name: _Name) -> dict[tuple[str, ...], Counts]:
        found: dict[tuple[str, ...], Counts] = {}
        for group, counts in self.groups.items():
            found.setdefault(name(group), Counts()).merge(counts)
        return found


def share_ppm(part: int, whole: int) -> int:
    """A share in millionths, rounded down: it says 100 % only where nothing is missing. Of nothing it is zero."""
    return part * PPM // whole if whole else 0


def all_months(months: Sequence[str]) -> list[str]:
    """Every month from the first to the last."""
    if not months:
        return []
    found, last = [min(months)], max(months)
    while found[-1] < last:
        year, month = (int(part) for part in found[-1].split("-"))
        found.append(f"{year + month // 12:04}-{month % 12 + 1:02}")
    return found


def _sum(parts: Iterable[Counts]) -> Counts:
    whole = Counts()
    for part in parts:
        whole.merge(part)
    return whole


def _measure_figures(code: str, organ: str, counts: _Measure) -> MeasureFigures:
    return MeasureFigures(
        measure=code,
        title=counts.title,
        kind=counts.kind,
        organ=organ,
        ordered=counts.done.total(),
        mandatory=counts.mandatory,
        **{done.value: counts.done[done] for done in MeasureFate},
        reasons=dict(sorted(counts.reasons.items())),
        open=counts.open,
    )


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
