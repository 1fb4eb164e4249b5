"""What two feeds say, side by side: what one alone says, what both say, in what they differ.

Both are read in one order and merged: a million things take no more memory than a few. The database sorts, and spills
to disk what does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, Row, Select, Table, and_, or_, select

from ..errors import InvalidQuestion
from ..rulebook.catalogue import Catalogue
from ..storage.database import Store, store_down
from .authority import Precedence, Word, compatible, precedence_of
from .combining import COLUMNS, word_of
from .revisions import UNREADABLE
from .tables import RatingRevision, RecordRevision, RelationRevision, SubjectRevision

READ_AT_ONCE = 2_000

_subjects: Table = SubjectRevision.__table__  # type: ignore[attr-defined]
_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_ratings: Table = RatingRevision.__table__  # type: ignore[attr-defined]
_relations: Table = RelationRevision.__table__  # type: ignore[attr-defined]


class Side(StrEnum):
    """Who says it."""

    ONLY_A = "only_a"
    ONLY_B = "only_b"
    SAME = "same"
    DIFFERENT = "different"


Said: TypeAlias = dict[str, Word]
"""What a feed says of a thing, by field."""


@dataclass(frozen=True, slots=True)
class FeedPair:
    """A thing as two feeds have it."""

    side: Side
    subject: str
    thing: str
    different: tuple[str, ...] = ()
    """Fields."""
    a: Said | None = None
    b: Said | None = None


@dataclass(frozen=True, slots=True)
class _Thing:
    key: tuple[str, ...]
    subject: str
    name: str
    said: Said


def compare(store: Store, catalogue: Catalogue, a: str, b: str) -> Iterator[FeedPair]:
    """Everything that either feed says: facts, records, ratings, relations, each by subject.

    A fact, and a thing of a kind, is also said by the feed that it belongs to. Raises InvalidQuestion for a feed that
    is not in the catalogue or is compared with itself, StoreDown.
    """
    for feed in (a, b):
        if feed not in catalogue.feeds:
            raise InvalidQuestion(f"目录中没有数据源 {feed}", "可用的有 " + "、".join(catalogue.feeds), "feed")
    if a == b:
        raise InvalidQuestion("两个数据源相同", "写两个不同的代码", "feed")
    precedence = precedence_of(catalogue)
    what, hint = UNREADABLE
    with store_down(f"{what}不能读取", hint), ExitStack() as stack:
        for section in (_facts, _documents, _rated, _related):
            sides = (stack.enter_context(_Stream(store)) for _ in range(2))
            mine, theirs = (section(stream, feed, precedence) for stream, feed in zip(sides, (a, b), strict=True))
            yield from _merged(mine, theirs)


def _merged(mine: Iterator[_Thing], theirs: Iterator[_Thing]) -> Iterator[FeedPair]:
    one, other = next(mine, None), next(theirs, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.key < other.key):
            assert one is not None
            yield FeedPair(Side.ONLY_A, one.subject, one.name, a=one.said)
            one = next(mine, None)
        elif one is None or other.key < one.key:
            yield FeedPair(Side.ONLY_B, other.subject, other.name, b=other.said)
            other = next(theirs, None)
        else:
            fields = tuple(name for name in one.said if not compatible(one.said[name], other.said[name]))
            side = Side.DIFFERENT if fields else Side.SAME
            yield FeedPair(side, one.subject, one.name, fields, one.said, other.said)
            one, other = next(mine, None), next(theirs, None)


class _Stream(ExitStack):
    """Rows of one statement, a few at a time."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def sorted(self, statement: Select[Any], by: tuple[ColumnElement[str], ...], table: Table) -> Iterator[Row[Any]]:
        """Ordered by columns as Python orders text, then as rows became known."""
        columns = by if self._store.embedded else tuple(column.collate("C") for column in by)
        connection = self.enter_context(self._store.engine.connect()).execution_options(yield_per=READ_AT_ONCE)
        yield from connection.execute(statement.order_by(*columns, table.c.known_at, table.c.id))


def _facts(stream: _Stream, feed: str, precedence: Precedence) -> Iterator[_Thing]:
    own = {name for name, its in precedence.fact_feeds.items() if its == feed}
    columns = (_subjects.c.identifier, _subjects.c.feed, _subjects.c.attributes)
    statement = select(*columns).where(_subjects.c.feed.in_(("", feed) if own else (feed,)))
    rows = stream.sorted(statement, (_subjects.c.identifier,), _subjects)
    for identifier, revisions in groupby(rows, key=lambda row: str(row.identifier)):
        latest = {row.feed: row.attributes for row in revisions}
        values: dict[str, object] = {}
        for whose, attributes in sorted(latest.items()):
            told = msgspec.json.decode(attributes)
            values |= {name: value for name, value in told.items() if whose or name in own}
        for name in sorted(values):
            yield _Thing((identifier, name), identifier, f"attribute:{name}", {"value": (values[name],)})


def _documents(stream: _Stream, feed: str, _precedence: Precedence) -> Iterator[_Thing]:
    columns = {_records.c[column] for columns in COLUMNS.values() for column in columns}
    by = (_records.c.identifier, _records.c.kind, _records.c.list, _records.c.document_key)
    said = or_(_records.c.feed == feed, and_(_records.c.feed == "", _records.c.source == feed))
    rows = stream.sorted(select(*by, *columns).where(said), by, _records)
    for key, revisions in groupby(rows, key=lambda row: (row.identifier, row.kind, row.list, row.document_key)):
        *_earlier, row = revisions
        values = {each.value: word_of(row, columns) for each, columns in COLUMNS.items()}
        yield _Thing(key, row.identifier, f"record:{row.kind}:{row.list}:{row.document_key}", values)


def _rated(stream: _Stream, feed: str, precedence: Precedence) -> Iterator[_Thing]:
    own = [ladder for ladder, its in precedence.ladder_feeds.items() if its == feed]
    by = (_ratings.c.identifier, _ratings.c.ladder, _ratings.c.decided_on)
    said = or_(_ratings.c.feed == feed, and_(_ratings.c.feed == "", _ratings.c.ladder.in_(own)))
    rows = stream.sorted(select(*by, _ratings.c.rating, _ratings.c.until).where(said), by, _ratings)
    for key, revisions in groupby(rows, key=lambda row: (row.identifier, row.ladder, row.decided_on)):
        *_earlier, row = revisions
        yield _Thing(key, row.identifier, f"rating:{row.ladder}:{row.decided_on}", {"value": (row.rating, row.until)})


def _related(stream: _Stream, feed: str, _precedence: Precedence) -> Iterator[_Thing]:
    by = (_relations.c.identifier, _relations.c.kind, _relations.c.other, _relations.c.since)
    rows = stream.sorted(select(*by, _relations.c.until).where(_relations.c.feed == feed), by, _relations)
    for key, revisions in groupby(rows, key=lambda row: (row.identifier, row.kind, row.other, row.since)):
        *_earlier, row = revisions
        name = f"relation:{row.kind}:{row.other}:{row.since}"
        yield _Thing(key, row.identifier, name, {"until": (row.until,)})
