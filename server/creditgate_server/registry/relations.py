"""Who is what of whom, as it counts: what feeds say of one firm put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from ..rulebook.language import RelationKind
from .authority import Precedence

ONE_AT_A_TIME = frozenset({RelationKind.LEGAL_REPRESENTATIVE})
"""Of which a firm has one at a time: when there is another, the one before has ended.

Source: 公司法 第十条; 市场主体登记管理条例 第八条.
"""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody is something of a firm."""

    firm: str
    other: str
    kind: RelationKind
    since: date | None
    """First day, inclusive; None: not known."""
    until: date | None
    """Last day, inclusive; None: it goes on, as far as is known."""
    feed: str
    seen: date | None = None
    """Where the first day is not known: the first data day of which the feed says that it holds; None: of none."""
    told: date | None = None
    """The last data day of which it says so; None: of none."""

    def covers(self, day: date) -> bool:
        """Whether it holds on a day for certain."""
        first = self.first
        return first is not None and first <= day and (self.until is None or day <= self.until)

    @property
    def first(self) -> date | None:
        """The first day on which it holds for certain; None: on no day."""
        return self.seen if self.since is None else self.since


@dataclass(frozen=True, slots=True)
class Heard:
    """What one feed says of one relation."""

    relation: Relation
    one_day: bool
    """It says no more than that it held on that day."""
    rank: int
    age: tuple[str, str, int]
    entry: str = ""
    """Code of the table's entry on it for its day; empty where there is none."""

    @property
    def day(self) -> str:
        """The last data day of which the feed says so, ISO; empty where it is from before that was kept."""
        return self.age[0]

    @property
    def surest(self) -> tuple[int, tuple[str, str, int]]:
        """By which the surest is found: the first rank, then the newest."""
        return (-self.rank, self.age)


def relations_of_firm(said_of_it: Iterable[Heard]) -> tuple[Relation, ...]:
    """The relations of one firm, from the latest that feeds say of it. By kind, other, first day."""
    by_kind: dict[RelationKind, list[Heard]] = {}
    for heard in said_of_it:
        by_kind.setdefault(heard.relation.kind, []).append(heard)
    found: list[Relation] = []
    for kind, said in by_kind.items():
        found += _one_at_a_time(said) if kind in ONE_AT_A_TIME else _several(said)
    return tuple(
        sorted(set(found), key=lambda one: (one.kind, one.other, one.since or date.min, one.until or date.max))
    )


def _order(relation: Relation) -> tuple[str, str, date, date]:
    return (relation.kind, relation.other, relation.since or date.min, relation.until or date.max)


def heard_of(rows: Iterable[Row[Any]], precedence: Precedence) -> list[Heard]:
    """Rows as what feeds say, with the rank that the table of authority gives each feed."""
    return [_heard(row, precedence) for row in rows]


def _heard(row: Row[Any], precedence: Precedence) -> Heard:
    kind = RelationKind(row.kind)
    day = row.last_day or row.data_day or ""
    entry = precedence.of_relation(kind, day)
    ranked = () if entry is None else entry.ranked
    rank = next((place for place, one in enumerate(ranked) if row.feed in one.feeds), len(ranked))
    since = date.fromisoformat(row.since) if row.since else None
    until = date.fromisoformat(row.until) if row.until else None
    seen, told = _data_days(row, until)
    relation = Relation(row.identifier, row.other, kind, since, until, row.feed, None if since else seen, told)
    return Heard(relation, bool(row.one_day), rank, (day, row.known_at, row.id), "" if entry is None else entry.code)


def _data_days(row: Row[Any], until: date | None) -> tuple[date | None, date | None]:
    """The first and the last data day of which a feed says that a relation holds."""
    days = [date.fromisoformat(day) for day in (row.data_day, row.last_day or row.data_day) if day]
    if row.one_day or not days or (until is not None and until < days[0]):
        return None, None
    return days[0], days[-1]


def overruled(said: Sequence[Heard]) -> list[tuple[Heard, Heard]]:
    """Of what is said of one firm, where there is one at a time: what a feed of an earlier rank speaks against, each
    with what speaks: another held the place on its first day.
    """
    found = []
    for one in said:
        first = one.relation.first
        if first is None or one.relation.kind not in ONE_AT_A_TIME:
            continue
        for other in said:
            against = other.relation.other != one.relation.other and other.rank < one.rank and not other.one_day
            if against and other.relation.kind is one.relation.kind and other.relation.covers(first):
                found.append((one, other))
                break
    return found


def _one_at_a_time(said: list[Heard]) -> list[Relation]:
    """Of which there is one at a time: an earlier one ends before the next begins; what is overruled is left out."""
    left_out = {id(one) for one, _ in overruled(said)}
    kept = [one for one in said if id(one) not in left_out]
    begins = sorted({(one.relation.since, one.relation.other) for one in kept if one.relation.since is not None})
    result: list[Relation] = []
    for relation in _several(kept):
        start = relation.until if relation.first is None else relation.first
        later = [day for day, other in begins if other != relation.other and start is not None and day > start]
        later += [day for day in _taken_over(relation, kept) if start is not None and day > start]
        if relation.first is None and relation.until is None:
            seen = [day for day, other in begins if other == relation.other]
            later = [day for day, other in begins if other != relation.other and seen and day > max(seen)]
        if later and (relation.until is None or relation.until >= min(later)):
            relation = replace(relation, until=min(later) - _DAY)
        result.append(relation)
    return result


def _taken_over(relation: Relation, said: Iterable[Heard]) -> Iterable[date]:
    """Data days on which another is first told to hold the place, its first day unsaid, and this one no longer is."""
    for one in said:
        other = one.relation
        if other.since is not None or other.seen is None or other.other == relation.other:
            continue
        if relation.told is not None and relation.told < other.seen:
            yield other.seen


def _several(said: list[Heard]) -> list[Relation]:
    by_other: dict[str, list[Heard]] = {}
    for one in said:
        by_other.setdefault(one.relation.other, []).append(one)
    return [relation for own in by_other.values() for relation in _of_one(own)]


def _beside(unsaid: Relation, spans: Iterable[Relation]) -> bool:
    """Whether a relation without a first day is told to hold on a day that no span takes in."""
    return unsaid.seen is not None and not any(span.covers(unsaid.seen) for span in spans)


def _of_one(said: list[Heard]) -> list[Relation]:
    """One subject's spans: the surest of those with one first day. One without a first day adds nothing to a span that
    takes in the day of which it is told.

    What is said of single days alone holds on these days; before and after it is not known.
    """
    spans: dict[date | None, Relation] = {}
    for one in sorted((one for one in said if not one.one_day), key=lambda one: one.surest, reverse=True):
        spans.setdefault(one.relation.since, one.relation)
    unsaid = spans.pop(None, None)
    if unsaid is not None and (not spans or _beside(unsaid, spans.values())):
        spans[None] = unsaid
    result = list(spans.values())
    seen = sorted((one for one in said if one.one_day), key=lambda one: one.relation.since or date.min)
    apart = [one.relation for one in seen if not any(span.covers(one.relation.since or date.min) for span in result)]
    result += apart
    if apart and not spans:
        result.append(replace(apart[-1], since=None, until=None))
    return result
