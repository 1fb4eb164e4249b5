"""The dossier: what is known of one subject on one day, as plain typed values that rules compare.

Ages, counts, sums and windows are worked out here. What is not known is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..clock import add_days, add_months
from ..codes import subject_kind
from ..rulebook.catalogue import Catalogue, FactEntry, FactSource
from ..rulebook.language import Value
from .columns import AgeColumn, Column, FactColumn, FirstColumn, Flagged, TotalColumn, WithinColumn
from .knowledge import Feeds, Knowledge, Rating
from .records import DatedRecord, MeantRecord, meant, on_day
from .relations import looked_at, related_records
from .violation import EarlierViolations, Violation

NO_RATING = "none"
"""Value of a rating fact where the feed is good and the ladder has no rating of the subject."""


def data_day(catalogue: Catalogue, feeds: Feeds, feed: str, day: date) -> date | None:
    """The day up to which a feed is complete; None: it never delivered. The service's own is complete on every day."""
    return day if catalogue.feeds[feed].own else feeds.get(feed)


def feed_age(catalogue: Catalogue, feeds: Feeds, feed: str, day: date) -> int | None:
    """Whole days, at least 0, from the day a feed is complete to until the legal day; None: it never delivered."""
    complete_to = data_day(catalogue, feeds, feed, day)
    return None if complete_to is None else max((day - complete_to).days, 0)


def is_fresh(catalogue: Catalogue, feeds: Feeds, feed: str, day: date) -> bool:
    """Whether a feed may be relied on for what it does not show."""
    age = feed_age(catalogue, feeds, feed, day)
    return age is not None and age <= catalogue.feeds[feed].max_age_days


@dataclass(frozen=True, slots=True)
class Total:
    """A total with the records behind it."""

    amount: int
    """Of what is certain: it is at least so much."""
    records: tuple[DatedRecord, ...]
    """Those that are certainly meant."""
    exact: bool
    """The registry has every record that can be meant: it is at most `most`."""
    most: int = 0
    """The same with what is possible."""
    least: tuple[int, ...] = ()
    """What of each certain record is counted at least, in the aggregate's unit."""

    @property
    def known(self) -> bool:
        """Whether it is known to the last."""
        return self.exact and self.most == self.amount


_NOTHING_KNOWN, _NOTHING_FOUND = Total(0, (), exact=True), Total(0, (), exact=False)


class Dossier:
    """Facts of one subject on one day. Values are worked out once, when first needed."""

    def __init__(
        self,
        catalogue: Catalogue,
        knowledge: Knowledge,
        feeds: Feeds,
        day: date,
        violation: Violation | None = None,
    ) -> None:
        """`violation`: the one that is asked about."""
        self.catalogue = catalogue
        self.knowledge = knowledge
        self.feeds = feeds
        self.day = day
        self.violation = violation
        self.records = tuple(on_day(catalogue, record, day) for record in knowledge.records)
        self._values: dict[str, Value | None] = {}
        self._totals: dict[str, Total] = {}
        self._fresh: dict[str, bool] = {}
        self.memo: dict[object, Any] = {}
        """What later steps worked out from this dossier alone."""

    def fresh(self, feed: str) -> bool:
        """Whether a feed may be relied on for this day."""
        if feed not in self._fresh:
            self._fresh[feed] = is_fresh(self.catalogue, self.feeds, feed, self.day)
        return self._fresh[feed]

    def settle(self, name: str, value: Value | None) -> None:
        """Set a column that an earlier book worked out: a finding, the grade, the level; None where it is open."""
        self._values[name] = value

    def values(self, columns: Iterable[Column]) -> tuple[dict[str, Value], bool]:
        """Known values by column name, floors included, and whether every column's value is known.

        Of a total its most stands under its name, its least under its floor's.
        """
        known: dict[str, Value] = {}
        complete = True
        for column in columns:
            if isinstance(column, TotalColumn):
                total = self.total(column)
                known[column.floor] = total.amount
                complete = complete and total.known
                if total.exact:
                    known[column.name] = total.most
                continue
            value = self.value(column)
            if value is None:
                complete = False
            else:
                known[column.name] = value
        return known, complete

    def value(self, column: Flagged) -> Value | None:
        """A column's value; None where it is not known."""
        if column.name not in self._values:
            self._values[column.name] = self._work_out(column)
        return self._values[column.name]

    def total(self, column: TotalColumn) -> Total:
        """A total with its records."""
        total = self._totals.get(column.name)
        if total is None:
            total = self._totals[column.name] = self._total(column)
        return total

    def _total(self, column: TotalColumn) -> Total:
        exact = self.knowledge.present
        for feed in column.feeds:
            exact = exact and self.fresh(feed)
        if column.related is None and not self.records:  # most subjects have none
            return _NOTHING_KNOWN if exact else _NOTHING_FOUND
        found, others_known = self._meant(column)
        if not found:
            return _NOTHING_KNOWN if exact and others_known else _NOTHING_FOUND
        floor = most = 0
        records, least = [], []
        for one in found:
            most += one.most
            if one.certain:
                floor += one.least
                records.append(one.dated)
                least.append(one.least)
        return Total(floor, tuple(records), exact and others_known, most, tuple(least))

    def _meant(self, column: TotalColumn) -> tuple[tuple[MeantRecord, ...], bool]:
        """Records that a total is of, and whether all whose records can count are known to the registry."""
        if column.related is None:
            return meant(self.records, column.select, column.aggregate, self.day), True
        relations = self.knowledge.relations
        found = related_records(self.catalogue, relations, column.related, self.day)
        others = looked_at(relations, column.related, self.day)
        all_known = self.knowledge.all_relations_held and all(other.knowledge.present for other in others)
        return tuple(one.meant for one in found), all_known

    def rating(self, ladder: str) -> Rating | None:
        """The rating in force on the day: the latest not past its end."""
        ratings = [
            rating
            for rating in self.knowledge.ratings
            if rating.ladder == ladder
            and rating.decided_on <= self.day
            and (rating.until is None or self.day <= rating.until)
        ]
        return max(ratings, key=lambda rating: (rating.decided_on, rating.rating), default=None)

    def earlier(self, column: FirstColumn) -> EarlierViolations:
        """Earlier violations of the subject that a definition of "first" looks at. Only for a violation's dossier."""
        if self.violation is None:
            raise ValueError("no violation is being judged")
        complete = self.knowledge.present and all(self.fresh(feed) for feed in column.feeds)
        return self.violation.earlier(column.definition, self.records, complete=complete)

    def _work_out(self, column: Flagged) -> Value | None:
        if isinstance(column, FactColumn):
            return self.fact(column.fact)
        if isinstance(column, AgeColumn):
            return age_flag(self.fact(column.fact.fact), column, self.day)
        if self.violation is not None and isinstance(column, WithinColumn):
            return self.violation.within(column.fact, column.since, column.span)
        if self.violation is not None and isinstance(column, FirstColumn):
            return self.violation.first(self.earlier(column))
        return None  # a finding that no earlier book settled

    def fact(self, fact: FactEntry) -> Value | None:
        """A fact's value; None where it is not known, or is not the registry's and not of the violation."""
        if fact.source is FactSource.IDENTIFIER:
            return subject_kind(self.knowledge.identifier)
        if self.knowledge.sources_disagree(fact.name):
            return None
        if fact.source is FactSource.RATING:
            if not self.knowledge.present or not self.fresh(self.catalogue.ladders[fact.ladder].feed):
                return None
            rating = self.rating(fact.ladder)
            return NO_RATING if rating is None else rating.rating
        if fact.source is FactSource.ATTRIBUTE:
            if not self.knowledge.present or not self.fresh(fact.feed):
                return None
            return self.knowledge.attributes.get(fact.name, fact.default)
        if self.violation is not None and fact.source in (FactSource.CIRCUMSTANCE, FactSource.CASE):
            return self.violation.fact(fact)
        return None  # callers' facts are not the registry's; grade and level are settled by their books


def age_flag(value: Value | None, column: AgeColumn, day: date) -> Value | None:
    """1 where the period that starts on the fact's day has ended by the legal day, or ends on it; else 0."""
    if value is None:
        return None
    return int(add_days(add_months(date.fromisoformat(str(value)), column.months), column.days) <= day)


def caller_values(columns: Iterable[Column], given: Mapping[str, Value], day: date) -> tuple[dict[str, Value], bool]:
    """Values of the columns that the question brings, with the schema's defaults, and whether all are known."""
    known: dict[str, Value] = {}
    complete = True
    for column in columns:
        value = caller_value(column, given, day)
        if value is None:
            complete = False
        else:
            known[column.name] = value
    return known, complete


def caller_value(column: Column, given: Mapping[str, Value], day: date) -> Value | None:
    """One such value; None where it is not known."""
    if isinstance(column, FactColumn):
        return given.get(column.fact.name, column.fact.default)
    if isinstance(column, AgeColumn):
        return age_flag(given.get(column.fact.fact.name, column.fact.fact.default), column, day)
    return None


def from_caller(column: Column) -> bool:
    """Whether the question brings a column's value."""
    fact = column if isinstance(column, FactColumn) else column.fact if isinstance(column, AgeColumn) else None
    return fact is not None and fact.from_caller
