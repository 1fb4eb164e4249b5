"""The second opinion on a violation: written from the language's description alone, like `reference.py`."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from ..decision.knowledge import Record
from ..rulebook.catalogue import Catalogue, FactEntry, FirstDefinition
from ..rulebook.language import Rule, Value, WithinTest

EARLIER = ("penalty", "exemption")
"""Kinds of record that are earlier violations."""


def applies_to_act(rule: Rule, organ: str, exemption: str, region: str, catalogue: Catalogue) -> bool:
    """Whether a rule is asked of an act: of its entry or of every, in its region, by its organ, under its statutes."""
    where = rule.applies
    if where.statutes and exemption in catalogue.exemptions:
        penal = [citation.instrument for citation in catalogue.exemptions[exemption].penalty_basis]
        if penal and not any(one in where.statutes for one in penal):
            return False
    if where.exemptions and exemption not in where.exemptions:
        return False
    if where.organs and organ not in where.organs:
        return False
    if not where.regions:
        return True
    above = {"000000", region[:2] + "0000", region[:4] + "00", region}
    return any(place in above for place in where.regions)


@dataclass(frozen=True)
class ReferenceViolation:
    """One violation and what is known of it on the legal day."""

    catalogue: Catalogue
    given: dict[str, Value]
    exemption: str
    organ: str
    region: str
    day: date

    def fact(self, entry: FactEntry) -> Value | None:
        """As given; where the party was heard and claimed nothing else, as presumed."""
        if entry.name in self.given:
            return self.given[entry.name]
        return entry.presumed if self.given.get("party_heard") == 1 else None

    def within(self, test: WithinTest) -> bool | None:
        """Whether one event came by the end of the period that another started."""
        facts = self.catalogue.facts
        came, start = self._day(test.fact), self._day(test.since)
        happened = came is not None or self._happened(facts[test.fact])
        if start is None:
            started_not_yet = facts[test.since].occurred != "" and self.given.get(facts[test.since].occurred) == 0
            return True if started_not_yet and happened else None
        end = self._end(start, test)
        if came is not None and came <= start:
            return True
        if end is None:
            return self._before_the_unknown(start, came if came is not None or not happened else self.day)
        if came is not None:
            return came <= end
        if happened and self.day <= end:
            return True
        occurred = facts[test.fact].occurred
        if occurred and self.given.get(occurred) == 0 and self.day > end:
            return False
        return None

    def first(self, definition: FirstDefinition, records: list[Record], *, complete: bool) -> bool | None:
        """Whether there was no violation before, as the definition counts them."""
        ended = self._day("act_ended_on")
        if ended is None:
            return None
        sure = unsure = 0
        found = self._day("discovered_on")
        waiting = False
        for record in records:
            kinds = self._kinds(record.kind)
            if not kinds & set(EARLIER):
                continue
            if not self._looked_at(definition, record.decided_on, ended):
                continue
            kind = True if definition.any_kind else self._same(record.violation, self.exemption)
            if kind and not kinds <= set(EARLIER):
                kind = None
            organ = True if not definition.same_organ else self._same(record.organ, self.organ)
            if kind is False or organ is False:
                continue
            later = record.decided_on > ended
            if later and found is None:
                waiting = True
            if kind and organ and (not later or (found is not None and record.decided_on < found)):
                sure += 1
            else:
                unsure += 1
        if sure:
            return False
        if waiting:
            return None
        covered = any(
            entry.covered and code in (self.region, self.region[:4] + "00", self.region[:2] + "0000", "000000")
            for code, entry in self.catalogue.regions.items()
        )
        registry_knows = complete and not unsure and definition.area == "city" and covered
        told = self.given.get("prior_same_kind")
        if told is None:
            return True if registry_knows else None
        if told == 0:
            return True
        return None if registry_knows else False

    def _kinds(self, kind: str) -> set[str]:
        entry = self.catalogue.record_kinds.get(kind)
        return set(entry.may_be or (kind,)) if entry is not None else {kind}

    @staticmethod
    def _looked_at(definition: FirstDefinition, decided: date, ended: date) -> bool:
        """Whether a day lies in the time that the definition looks back on from the end of the act."""
        if definition.calendar_year is True:
            return date(ended.year, 1, 1) <= decided <= date(ended.year, 12, 31)
        if isinstance(definition.days, int):
            return (ended - decided).days <= definition.days
        return not definition.months or _months_after(decided, definition.months) >= ended

    @staticmethod
    def _same(theirs: str, ours: str) -> bool | None:
        return None if not theirs or not ours else theirs == ours

    def _day(self, name: str) -> date | None:
        return date.fromisoformat(str(self.given[name])) if name in self.given else None

    def _happened(self, entry: FactEntry) -> bool:
        return entry.occurred == "" or self.given.get(entry.occurred) == 1

    def _before_the_unknown(self, start: date, event: date | None) -> bool | None:
        """The period outlasts every year that is arranged: so what came in those years came in time."""
        arranged = {calendar.year for calendar in self.catalogue.calendars.values()}
        if event is None:
            return None
        if event <= start or all(year in arranged for year in range(start.year, event.year + 1)):
            return True
        return None

    def _end(self, start: date, test: WithinTest) -> date | None:
        if not test.span.working_days:
            end = _months_after(start, test.span.months)
            return end + min(timedelta(days=test.span.days), date.max - end)
        day, left = start, test.span.working_days
        arranged = {calendar.year: calendar for calendar in self.catalogue.calendars.values()}
        while left:
            day += timedelta(days=1)
            if day.year not in arranged:
                return None
            off = any(day in calendar.holidays for calendar in arranged.values())
            on = any(day in calendar.workdays for calendar in arranged.values())
            if on or (not off and day.isoweekday() <= 5):
                left -= 1
        return day


def _months_after(day: date, months: int) -> date:
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(day.day, monthrange(year, month)[1]))
