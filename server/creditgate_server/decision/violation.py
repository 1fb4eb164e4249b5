"""What is known of a violation: its circumstances, its days, and whether it is the subject's first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from msgspec import UNSET

from ..clock import add_days, add_months
from ..rulebook.catalogue import Area, Catalogue, FactEntry, FirstDefinition, Span
from ..rulebook.language import (
    ACT_ENDED_ON,
    DISCOVERED_ON,
    EXEMPTION_GRANTED,
    PARTY_HEARD,
    PENALTY,
    PRIOR_SAME_KIND,
    Value,
)
from .records import DatedRecord
from .working_days import WorkingDays

PRIOR_KINDS = (PENALTY, EXEMPTION_GRANTED)
"""Record kinds that are earlier violations."""


NATION = "000000"
"""The whole country."""


def divisions(region: str) -> tuple[str, ...]:
    """A division and those above it (GB/T 2260): the county or town, the city, the province, the country."""
    return tuple(dict.fromkeys((region, f"{region[:4]}00", f"{region[:2]}0000", NATION)))


def covered(catalogue: Catalogue, region: str) -> bool:
    """Whether the registry holds the records of a place: its division or one above it is covered."""
    regions = catalogue.regions
    return any(code in regions and regions[code].covered for code in divisions(region))


def acted_or_decided(given: Mapping[str, Value], day: date) -> tuple[date, ...]:
    """The day of the end of the act, where it is known, and the day of the decision; once where they are the same."""
    ended = _day(given, ACT_ENDED_ON)
    return tuple(dict.fromkeys((day,) if ended is None else (ended, day)))


def _day(given: Mapping[str, Value], name: str) -> date | None:
    value = given.get(name)
    return None if value is None else date.fromisoformat(str(value))


def _outside(definition: FirstDefinition, decided: date, ended: date) -> bool:
    """Whether what was decided on a day lies outside the time that a definition looks at, the act having ended so."""
    if definition.calendar_year is True:
        return decided.year != ended.year
    if definition.days is not UNSET:
        return add_days(decided, definition.days) < ended
    return definition.months > 0 and add_months(decided, definition.months) < ended


@dataclass(frozen=True, slots=True)
class EarlierViolations:
    """Earlier violations on record, as a definition of "first" looks at them."""

    certain: tuple[DatedRecord, ...]
    """Count for certain."""
    unclassified: tuple[DatedRecord, ...]
    """May count: their kind or their organ is not known, or they may be about this very act or a later one."""
    undated: bool
    """Some were decided after the act, and it is not known when the act was discovered: nothing can be said yet."""
    exact: bool
    """The registry alone can say that there are no others."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An act that an organ looks into, seen on one day."""

    given: Mapping[str, Value]
    """Circumstances and days of the case, by fact name."""
    exemption: str
    """Entry; empty where the act is on no list."""
    organ: str
    region: str
    """Division in which the act was done, GB/T 2260."""
    day: date
    """Legal day."""
    working_days: WorkingDays
    covered: bool
    """The registry holds the records of the place where the act was done."""

    def fact(self, fact: FactEntry) -> Value | None:
        """A circumstance or a day of the case; what the party may claim is presumed once it was heard."""
        value = self.given.get(fact.name)
        return fact.presumed if value is None and self.given.get(PARTY_HEARD) == 1 else value

    def day_of(self, name: str) -> date | None:
        """A day of the case; None where it is not known or has not come."""
        return _day(self.given, name)

    def law_days(self, turning: Iterable[date]) -> tuple[date, ...]:
        """Days whose law is asked (从旧兼从轻): of the end of the act and of the decision.

        While the end of the act is not known, it may be any day up to the discovery: a day of each law that was in
        force by then is asked. `turning`: days on which the rules that speak of such an act change.

        Source: 行政处罚法 第三十七条.
        """
        if self.day_of(ACT_ENDED_ON) is not None:
            return acted_or_decided(self.given, self.day)
        latest = self.day_of(DISCOVERED_ON) or self.day
        return tuple(dict.fromkeys((*(day for day in turning if day <= latest), self.day)))

    def within(self, fact: FactEntry, since: FactEntry, span: Span) -> Value | None:
        """1 where an event came no later than the end of the period, 0 where it did not, None where not known."""
        start, came = self.day_of(since.name), self.day_of(fact.name)
        if start is None:  # what has not happened by the legal day starts later than whatever has
            not_yet = bool(since.occurred) and self.given.get(since.occurred) == 0
            return 1 if not_yet and (came is not None or self._has_come(fact)) else None
        end, sure = self.working_days.end_of(start, span), self.working_days.sure_until(start, span)
        if came is not None:
            return 1 if came <= sure else None if end is None else 0
        if self._has_come(fact):  # by the legal day, at the latest
            return 1 if self.day <= sure else None
        return 0 if end is not None and self._has_not_come(fact) and self.day > end else None

    def _has_come(self, fact: FactEntry) -> bool:
        return not fact.occurred or self.given.get(fact.occurred) == 1

    def _has_not_come(self, fact: FactEntry) -> bool:
        return bool(fact.occurred) and self.given.get(fact.occurred) == 0

    def earlier(
        self, definition: FirstDefinition, records: Iterable[DatedRecord], *, complete: bool
    ) -> EarlierViolations:
        """Earlier violations on record. `complete`: the feeds behind them are fresh and the subject is known."""
        certain: list[DatedRecord] = []
        unclassified: list[DatedRecord] = []
        undated = False
        ended, discovered = self.day_of(ACT_ENDED_ON), self.day_of(DISCOVERED_ON)
        for dated in records:
            record = dated.record
            prior = {way.record.kind in PRIOR_KINDS for way in dated.readings or (dated,)}
            if True not in prior or dated.state is None:
                continue
            if ended and _outside(definition, record.decided_on, ended):
                continue
            if definition.same_organ and record.organ not in ("", self.organ):
                continue
            if not definition.any_kind and self.exemption and record.violation not in ("", self.exemption):
                continue
            mine = definition.any_kind or (bool(self.exemption) and record.violation == self.exemption)
            same_kind = mine and False not in prior
            same_organ = not definition.same_organ or record.organ == self.organ
            after_act = ended is not None and record.decided_on > ended
            undated = undated or (after_act and discovered is None)
            before = not after_act or (discovered is not None and record.decided_on < discovered)
            (certain if same_kind and same_organ and before else unclassified).append(dated)
        exact = complete and self.covered and not unclassified and definition.area is Area.CITY
        return EarlierViolations(tuple(certain), tuple(unclassified), undated, exact)

    def first(self, earlier: EarlierViolations) -> Value | None:
        """1 where the violation is the first, 0 where it is not; None where that is not known."""
        if self.day_of(ACT_ENDED_ON) is None:
            return None
        if earlier.certain:
            return 0
        if earlier.undated:
            return None
        looked = self.given.get(PRIOR_SAME_KIND)
        if looked == 1:  # found elsewhere; where the registry says otherwise for certain, somebody must look again
            return None if earlier.exact else 0
        return 1 if earlier.exact or looked == 0 else None
