"""Ages of the data feeds behind a decision."""

from __future__ import annotations

from ..rulebook.catalogue import Catalogue
from ..rulebook.language import Rule
from .columns import AgeColumn, Columns, FactColumn, FirstColumn, TotalColumn
from .dossier import Dossier, data_day, feed_age
from .parts import FeedUsed


def feeds_of(rules: tuple[Rule, ...], columns: Columns, catalogue: Catalogue) -> frozenset[str]:
    """Feeds that some rules look at."""
    codes: set[str] = set()
    for column in columns.of_rules(rules):
        if isinstance(column, TotalColumn | FirstColumn):
            codes.update(column.feeds)
        elif isinstance(column, FactColumn | AgeColumn):
            fact = column.fact.fact if isinstance(column, AgeColumn) else column.fact
            if fact.feed:
                codes.add(fact.feed)
            if fact.ladder:
                codes.add(catalogue.ladders[fact.ladder].feed)
    return frozenset(codes)


def feed_title(catalogue: Catalogue, code: str) -> str:
    """Of a feed; its code where the catalogue has it not."""
    feed = catalogue.feeds.get(code)
    return code if feed is None else feed.title


def feeds_used(dossier: Dossier, codes: frozenset[str]) -> tuple[FeedUsed, ...]:
    """Their ages on the dossier's day, by code."""
    return tuple(_feed_used(dossier, code) for code in sorted(codes))


def _feed_used(dossier: Dossier, code: str) -> FeedUsed:
    feed = dossier.catalogue.feeds[code]
    age = feed_age(dossier.catalogue, dossier.feeds, code, dossier.day)
    return FeedUsed(
        feed=code,
        title=feed.title,
        data_day=data_day(dossier.catalogue, dossier.feeds, code, dossier.day),
        age_days=age or 0,
        max_age_days=feed.max_age_days,
        stale=not dossier.fresh(code),
    )
