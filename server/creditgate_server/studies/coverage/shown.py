"""Cases that the page lists: the first of each kind in each place, so that page and memory stay bounded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .classes import Class, MeasureFate, UnmatchedReason
from .report import LicenceCase, MeasureOf, UnmatchedCase

MOST_MISSES = 200
"""Listed of one organ, item, month and class; of rows that are not matched for one reason; of a measure's states."""
MOST_IN_TIME = 20
"""Listed of one organ, item and month where nothing is missing."""

Place = tuple[str, str, str]
"""Organ, item, month."""
State = tuple[MeasureFate, bool]
"""What became of a measure, and whether it is open."""


@dataclass(frozen=True, slots=True)
class MeasureCase:
    """A measure with the licence whose check ordered it."""

    measure: MeasureOf
    case: LicenceCase


@dataclass(slots=True)
class CutList:
    """What is listed, and how many are not."""

    cases: dict[Place, dict[Class, list[LicenceCase]]] = field(default_factory=dict)
    unlisted: Counter[tuple[Place, Class]] = field(default_factory=Counter)
    measures: dict[tuple[str, str], dict[State, list[MeasureCase]]] = field(default_factory=dict)
    """By organ and measure."""
    unlisted_measures: Counter[tuple[tuple[str, str], State]] = field(default_factory=Counter)
    rows: dict[UnmatchedReason, list[UnmatchedCase]] = field(default_factory=dict)
    unlisted_rows: Counter[UnmatchedReason] = field(default_factory=Counter)

    def licence(self, case: LicenceCase, organ: str, *, measures: bool) -> None:
        """One more licence. `measures`: they are counted with it, for the organ that asked."""
        place = (case.organ, case.item, case.month)
        listed = self.cases.setdefault(place, {}).setdefault(case.verdict, [])
        if len(listed) < (MOST_IN_TIME if case.verdict is Class.IN_TIME else MOST_MISSES):
            listed.append(case)
        else:
            self.unlisted[place, case.verdict] += 1
        if measures:
            for one in case.measures:
                self._measure(one, case, organ)

    def _measure(self, measure: MeasureOf, case: LicenceCase, organ: str) -> None:
        place = (organ, measure.measure)
        state = (measure.done, measure.open)
        listed = self.measures.setdefault(place, {}).setdefault(state, [])
        if len(listed) < (MOST_IN_TIME if measure.done is MeasureFate.APPLIED else MOST_MISSES):
            listed.append(MeasureCase(measure, case))
        else:
            self.unlisted_measures[place, state] += 1

    def row(self, row: UnmatchedCase) -> None:
        """One more row that is not matched."""
        listed = self.rows.setdefault(row.reason, [])
        if len(listed) < MOST_MISSES:
            listed.append(row)
        else:
            self.unlisted_rows[row.reason] += 1
