"""Numbers over cases, each with the cases behind it. The JSON report is these structs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from ..outcomes.values import Done
from .values import MISSES, Case, Verdict, Why

FORMAT = 1
"""Version of the JSON report's layout."""


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows are in each class. rows = the six classes together; licences = rows without unmatched."""

    rows: int
    licences: int
    checked_in_time: int
    checked_late: int
    checked_but_prohibited: int
    mandatory_measure_missing: int
    not_checked: int
    unmatched: int
    check_rate: float | None
    """Checked in time, whatever the answer was, of the licences (应查必查率); None where there is no licence."""
    covered_rate: float | None
    """Checked in time, and the answer followed, of the licences (奖惩到位率)."""
    measures: MeasureNumbers


class MeasureNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """What became of measures. ordered = applied + refused + silent."""

    ordered: int
    mandatory: int
    applied: int
    refused: int
    """Not applied, with a reason."""
    silent: int
    applied_rate: float | None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of an organ, an item, a month or of all three; what is empty is not told apart."""

    organ: str = ""
    item: str = ""
    item_title: str = ""
    month: str = ""
    numbers: Numbers
    cases: dict[str, tuple[int, ...]]
    """For each class that has any: places of its cases in the report's list, from 0."""


class MeasureGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one measure."""

    code: str
    title: str
    numbers: MeasureNumbers
    cases: dict[str, tuple[int, ...]]
    """For `applied`, `not_applied` and `silent`: places of the cases with at least one such measure."""


class Reasoned(msgspec.Struct, frozen=True, kw_only=True):
    """Unmatched rows of one reason."""

    why: Why
    rows: int
    cases: tuple[int, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report. Every row of the files is one of `cases`; every number names its cases."""

    format: int
    files: tuple[str, ...]
    window_days: int
    made_on: date
    store_from: date | None
    """Legal day of the first check in the store; licences before it could not be found checked."""
    warnings: tuple[str, ...]
    total: Numbers
    by_organ: tuple[Group, ...]
    by_item: tuple[Group, ...]
    by_month: tuple[Group, ...]
    by_all: tuple[Group, ...]
    """By organ, item and month together."""
    by_measure: tuple[MeasureGroup, ...]
    unmatched: tuple[Reasoned, ...]
    cases: tuple[Case, ...]

    @property
    def misses(self) -> int:
        """Licences that are not covered, and unmatched rows that are no doubles: nobody can say that they are."""
        unclear = sum(one.rows for one in self.unmatched if one.why is not Why.DOUBLED)
        missed: int = sum(getattr(self.total, verdict.value) for verdict in MISSES)
        return missed + unclear


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """How a report came about."""

    files: tuple[str, ...]
    window_days: int
    made_on: date
    store_from: date | None = None
    warnings: tuple[str, ...] = ()


def report(cases: Sequence[Case], item_titles: dict[str, str], made: Made) -> Report:
    """Count the cases. Raises AssertionError where sums don't agree: then the program is at fault, not the file."""
    cases = sorted(cases, key=lambda case: (case.file, case.row))
    total = _numbers(cases)
    found = Report(
        format=FORMAT,
        files=made.files,
        window_days=made.window_days,
        made_on=made.made_on,
        store_from=made.store_from,
        warnings=made.warnings,
        total=total,
        by_organ=_groups(cases, item_titles, lambda case: (case.organ, "", "")),
        by_item=_groups(cases, item_titles, lambda case: ("", case.item, "")),
        by_month=_groups(cases, item_titles, lambda case: ("", "", case.month)),
        by_all=_groups(cases, item_titles, lambda case: (case.organ, case.item, case.month)),
        by_measure=_by_measure(cases),
        unmatched=_by_reason(cases),
        cases=tuple(cases),
    )
    _check_sums(found)
    return found


def _groups(
    cases: Sequence[Case], titles: dict[str, str], key: Callable[[Case], tuple[str, str, str]]
) -> tuple[Group, ...]:
    places: dict[tuple[str, str, str], list[int]] = {}
    for place, case in enumerate(cases):
        places.setdefault(key(case), []).append(place)
    groups = []
    for (organ, item, month), inside in sorted(places.items()):
        by_class: dict[str, list[int]] = {}
        for place in inside:
            by_class.setdefault(cases[place].verdict.value, []).append(place)
        groups.append(
            Group(
                organ=organ,
                item=item,
                item_title=titles.get(item, item),
                month=month,
                numbers=_numbers([cases[place] for place in inside]),
                cases={name: tuple(found) for name, found in sorted(by_class.items())},
            )
        )
    return tuple(groups)


def _numbers(cases: Sequence[Case]) -> Numbers:
    counts = Counter(case.verdict for case in cases)
    measures = [measure for case in cases for measure in case.measures]
    done = Counter(measure.done for measure in measures)
    mandatory = sum(measure.mandatory for measure in measures)
    licences = len(cases) - counts[Verdict.UNMATCHED]
    in_time = counts[Verdict.IN_TIME] + counts[Verdict.PROHIBITED] + counts[Verdict.MEASURE_MISSING]
    return Numbers(
        rows=len(cases),
        licences=licences,
        **{verdict.value: counts[verdict] for verdict in Verdict},
        check_rate=_rate(in_time, licences),
        covered_rate=_rate(counts[Verdict.IN_TIME], licences),
        measures=_measures(done, mandatory),
    )


def _measures(done: Mapping[Done, int], mandatory: int) -> MeasureNumbers:
    ordered = sum(done.values())
    return MeasureNumbers(
        ordered=ordered,
        mandatory=mandatory,
        applied=done[Done.APPLIED],
        refused=done[Done.NOT_APPLIED],
        silent=done[Done.SILENT],
        applied_rate=_rate(done[Done.APPLIED], ordered),
    )


def _by_measure(cases: Sequence[Case]) -> tuple[MeasureGroup, ...]:
    titles: dict[str, str] = {}
    counts: dict[str, dict[Done, int]] = {}
    mandatory: dict[str, int] = {}
    places: dict[str, dict[Done, list[int]]] = {}
    for place, case in enumerate(cases):
        for one in case.measures:
            titles.setdefault(one.code, one.title)
            counts.setdefault(one.code, dict.fromkeys(Done, 0))[one.done] += 1
            mandatory[one.code] = mandatory.get(one.code, 0) + one.mandatory
            inside = places.setdefault(one.code, {}).setdefault(one.done, [])
            if not inside or inside[-1] != place:
                inside.append(place)
    return tuple(
        MeasureGroup(
            code=code,
            title=titles[code],
            numbers=_measures(counts[code], mandatory[code]),
            cases={done.value: tuple(places[code][done]) for done in Done if done in places[code]},
        )
        for code in sorted(counts)
    )


def _by_reason(cases: Sequence[Case]) -> tuple[Reasoned, ...]:
    places: dict[Why, list[int]] = {}
    for place, case in enumerate(cases):
        if case.why is not None:
            places.setdefault(case.why, []).append(place)
    return tuple(Reasoned(why=why, rows=len(places[why]), cases=tuple(places[why])) for why in Why if why in places)


def _rate(part: int, whole: int) -> float | None:
    return part * 1_000_000 // whole / 1_000_000 if whole else None  # cut off: 1 means all of them


def _check_sums(found: Report) -> None:
    """Every row in exactly one class, and every view over the same rows."""
    names = [verdict.value for verdict in Verdict]
    for groups in (found.by_organ, found.by_item, found.by_month, found.by_all):
        _agree(sorted(place for group in groups for one in group.cases.values() for place in one), found)
        for name in names:
            if sum(getattr(group.numbers, name) for group in groups) != getattr(found.total, name):
                raise AssertionError(f"the groups' {name} do not add up to the total")
        for group in groups:
            if any(len(group.cases.get(name, ())) != getattr(group.numbers, name) for name in names):
                raise AssertionError("a number does not open to as many cases")
    if sum(getattr(found.total, name) for name in names) != found.total.rows or found.total.rows != len(found.cases):
        raise AssertionError("the classes do not add up to the rows")
    if sum(one.rows for one in found.unmatched) != found.total.unmatched:
        raise AssertionError("the reasons do not add up to the unmatched rows")
    if sum(one.numbers.ordered for one in found.by_measure) != found.total.measures.ordered:
        raise AssertionError("the measures do not add up")


def _agree(places: Iterable[int], found: Report) -> None:
    if list(places) != list(range(len(found.cases))):
        raise AssertionError("a row is in no class or in two")
