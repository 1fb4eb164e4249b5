"""Boundary cases of a violation: days on, just before and just after an end; earlier violations of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from msgspec import UNSET

from ..decision.knowledge import Record
from ..decision.working_days import WorkingDays
from ..rulebook.catalogue import Catalogue, Span
from ..rulebook.language import (
    ACT_ENDED_ON,
    DISCOVERED_ON,
    EXEMPTION_GRANTED,
    PENALTY,
    PRIOR_SAME_KIND,
    FirstTest,
    WithinTest,
)
from .world import World

Change = Callable[[World], None]
_ONE = timedelta(days=1)
_SINCE = timedelta(days=120)
"""A period starts so long before the legal day, or earlier where it is longer."""


class ViolationBoundaries:
    """Makes tests of a violation come out as wanted, and the changes around them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._days = WorkingDays(catalogue.calendars.values())
        self._seen: set[WithinTest | FirstTest] = set()

    def make_within(self, test: WithinTest, world: World, *, wanted: bool) -> None:
        """The event came on the last day, or on the day after."""
        start = self._start(test, world)
        end = self._days.end_of(start, test.span) or start
        self._set_day(test.fact, end if wanted else end + _ONE, world)
        self._set_day(test.since, start, world)

    def make_first(self, test: FirstTest, world: World, *, wanted: bool) -> None:
        """Nothing before, or one of the same kind, organ and time."""
        world.given.setdefault(ACT_ENDED_ON, (world.day - _SINCE).isoformat())
        world.given[PRIOR_SAME_KIND] = 0
        if not wanted:
            self._add(world, test)

    def within_changes(self, test: WithinTest) -> Iterator[Change]:
        """Around the end, with each day unknown, and with the event not come before and after the end."""
        if self._met(test):
            yield lambda world: self.make_within(test, world, wanted=True)
            yield lambda world: self.make_within(test, world, wanted=False)
            yield lambda world: self._forget(test.fact, world, None)
            return
        for shift in (-1, 0, 1):
            yield lambda world, shift=shift: self._shifted(test, world, shift)  # type: ignore[misc]
        yield lambda world: self._forget(test.fact, world, None)
        yield lambda world: self._forget(test.since, world, None)
        for flag in (0, 1):
            for late in (0, 1):
                yield lambda world, flag=flag, late=late: self._not_come(test, world, flag, late)  # type: ignore[misc]
            yield lambda world, flag=flag: self._forget(test.since, world, flag)  # type: ignore[misc]

    def first_changes(self, test: FirstTest) -> Iterator[Change]:
        """Earlier violations on each edge of the definition, what the inspector found, and what is not known."""
        if self._met(test):
            yield lambda world: self.make_first(test, world, wanted=True)
            yield lambda world: self.make_first(test, world, wanted=False)
            yield lambda world: self._forget(PRIOR_SAME_KIND, world, None)
            return
        for told in (None, 0, 1):
            for changes in self._records(test):
                yield lambda world, told=told, changes=changes: self._told(test, world, told, changes)  # type: ignore[misc]
        for change in ("feeds", "present", "act"):
            for told in (None, 0, 1):
                yield lambda world, told=told, change=change: self._blind(test, world, told, change)  # type: ignore[misc]

    def _met(self, test: WithinTest | FirstTest) -> bool:
        """Whether a test was met before: then only that it holds, fails or is unknown is tried.

        The lists' rules share their tests, whose values are worked out in one place, whatever rule asks.
        """
        met = test in self._seen
        self._seen.add(test)
        return met

    def _records(self, test: FirstTest) -> Iterator[dict[str, object] | None]:
        yield None
        yield {}
        yield {"kind": EXEMPTION_GRANTED}
        yield {"violation_code": UNSET}
        yield {"violation_code": "another"}
        yield {"organ": ""}
        yield {"organ": "another"}
        yield {"state": "revoked", "state_on": None}
        for shift in (-1, 0, 1):
            yield {"after_discovery": shift}
        definition = test.definition
        if definition.months:
            yield {"months_before": definition.months, "shift": 0}
            yield {"months_before": definition.months, "shift": -1}
        if definition.days is not UNSET:
            yield {"days_before": definition.days}
            yield {"days_before": definition.days + 1}
        if definition.calendar_year is True:
            yield {"year_edge": 0}
            yield {"year_edge": -1}

    def _told(self, test: FirstTest, world: World, told: int | None, changes: dict[str, object] | None) -> None:
        world.given.setdefault(ACT_ENDED_ON, (world.day - _SINCE).isoformat())
        _put(world, PRIOR_SAME_KIND, told)
        if changes is not None:
            self._add(world, test, **changes)

    def _blind(self, test: FirstTest, world: World, told: int | None, change: str) -> None:
        self._told(test, world, told, None)
        if change == "feeds":
            world.feeds.clear()
        elif change == "present":
            world.present = False
        else:
            world.given.pop(ACT_ENDED_ON, None)

    def _add(self, world: World, test: FirstTest, **changes: object) -> None:
        ended = date.fromisoformat(str(world.given[ACT_ENDED_ON]))
        months, shift = changes.pop("months_before", 0), changes.pop("shift", 0)
        decided = ended - timedelta(days=2)
        after = changes.pop("after_discovery", None)
        if isinstance(after, int):
            found = world.given.setdefault(DISCOVERED_ON, (ended + timedelta(days=30)).isoformat())
            decided = date.fromisoformat(str(found)) + timedelta(days=after)
        days, edge = changes.pop("days_before", None), changes.pop("year_edge", None)
        if isinstance(days, int):
            decided = ended - timedelta(days=days)
        if isinstance(edge, int):  # the first day of the year of the act, or the day before it
            decided = date(ended.year, 1, 1) + timedelta(days=edge)
        if isinstance(months, int) and months and isinstance(shift, int):
            year, month = divmod(ended.year * 12 + ended.month - 1 - months, 12)
            decided = date(year, month + 1, min(ended.day, 28)) + timedelta(days=shift)
        fields: dict[str, object] = {
            "source": "feed",
            "document_number": f"文{len(world.records):04d}",
            "kind": PENALTY,
            "violation_code": world.exemption or UNSET,
            "organ": world.organ,
            "decided_on": decided,
            "effective_from": decided,
            **changes,
        }
        world.records.append(Record(**fields))  # type: ignore[arg-type]

    # -- days ---------------------------------------------------------------------------------------------------------

    def _start(self, test: WithinTest, world: World) -> date:
        given = world.given.get(test.since)
        if given is not None:
            return date.fromisoformat(str(given))
        length = timedelta(days=test.span.months * 31 + test.span.days + test.span.working_days * 3)
        return world.day - max(_SINCE, length + timedelta(days=30))

    def _shifted(self, test: WithinTest, world: World, shift: int) -> None:
        self.make_within(test, world, wanted=True)
        day = date.fromisoformat(str(world.given[test.fact])) + timedelta(days=shift)
        self._set_day(test.fact, day, world)

    def _not_come(self, test: WithinTest, world: World, flag: int, late: int) -> None:
        """The event has not come (or its day is not known), the legal day being the last of the period or the next."""
        start = world.day
        while (self._end(start, test.span) or start) > world.day - timedelta(days=late):
            start -= _ONE
        self._set_day(test.since, start, world)
        self._forget(test.fact, world, flag)

    def _end(self, start: date, span: Span) -> date | None:
        return self._days.end_of(start, span)

    def _set_day(self, name: str, day: date, world: World) -> None:
        world.given[name] = day.isoformat()
        occurred = self._catalogue.facts[name].occurred
        if occurred:
            world.given[occurred] = 1

    def _forget(self, name: str, world: World, flag: int | None) -> None:
        world.given.pop(name, None)
        occurred = self._catalogue.facts[name].occurred
        if occurred:
            _put(world, occurred, flag)


def _put(world: World, name: str, value: int | None) -> None:
    if value is None:
        world.given.pop(name, None)
    else:
        world.given[name] = value
