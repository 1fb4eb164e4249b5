"""The stream: everything once, in order, from wherever it is taken up; SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import pytest
from sqlalchemy import event

from creditgate_server.clock import rfc3339
from creditgate_server.decision.check.decision import Outcome
from creditgate_server.decision.outcome.cursors import WatchCursor, decode, encode
from creditgate_server.decision.outcome.standing import Deadlines
from creditgate_server.decision.outcome.values import MeasureDone
from creditgate_server.ledger.stream import Event, StreamEvent, begin, look, quiet, step
from creditgate_server.rulebook.catalogue import Organ
from creditgate_server.storage.database import Store

from .answers import decision, report
from .ledgers import DEADLINES, NOW, ORGAN, QUICK, Book, days_ago, open_book

APPLIED = report(MeasureDone(code="strict-review", applied=True))
NEEDED, OVERDUE, REPORTED, WITHDRAWN = StreamEvent


@pytest.fixture
def book(store: Store) -> Iterator[Book]:
    with open_book(store, workers=2) as opened:
        yield opened


class Reader:
    """Follows an organ as the service does, its cursor passed through text after every event."""

    def __init__(self, store: Store, organ: str = ORGAN, now: datetime = NOW, deadlines: Deadlines = DEADLINES) -> None:
        self.store, self.now, self.deadlines = store, now, deadlines
        self.cursor = begin(store, organ, deadlines, now)

    def read(self, most: int = 100, only: int = 1_000_000) -> list[tuple[StreamEvent, str]]:
        """What happened up to now, or the first so many of it."""
        events: list[Event] = []
        while True:
            found = step(self.store, self.cursor, self.deadlines, self.now, most)
            for one in found.events:
                events.append(one)
                self.cursor = decode(encode(one.cursor), WatchCursor)
                if len(events) == only:
                    return told(events)
            self.cursor = decode(encode(found.cursor), WatchCursor)
            if found.caught_up:
                return told(events)


def told(events: list[Event]) -> list[tuple[StreamEvent, str]]:
    return [(one.happened, one.revision or one.followed.receipt.id) for one in events]


def seconds(count: float) -> datetime:
    return NOW + timedelta(seconds=count)


def test_a_stream_begins_with_what_is_open(book: Book, store: Store) -> None:
    overdue, settled, needed = book.check(at=days_ago(40)), book.check(at=days_ago(9)), book.check(at=days_ago(2))
    book.check(organ=QUICK, at=days_ago(2))
    book.report(settled, APPLIED, at=days_ago(1))
    reader = Reader(store)
    assert reader.read() == [(OVERDUE, overdue), (NEEDED, needed)]
    assert reader.read() == []


def test_then_it_tells_what_happens_in_order(book: Book, store: Store) -> None:
    reader = Reader(store)
    assert reader.read() == []
    one = book.check(at=seconds(1))
    book.check(decision(Outcome.CLEAR), at=seconds(2))
    book.check(organ=QUICK, at=seconds(3))
    two = book.check(at=seconds(4), worker=1)
    said = book.report(one, APPLIED, at=seconds(5), worker=1)
    taken_back = book.retract(one, at=seconds(6))
    reader.now = seconds(7)
    assert reader.read() == [(NEEDED, one), (NEEDED, two), (REPORTED, said), (WITHDRAWN, taken_back)]
    assert reader.read() == []


def test_a_report_tells_of_all_revisions(book: Book, store: Store) -> None:
    one = book.check(at=days_ago(1))
    reader = Reader(store)
    reader.read()
    first, second = book.report(one, APPLIED, at=seconds(1)), book.report(one, APPLIED, at=seconds(2))
    found = step(store, reader.cursor, DEADLINES, seconds(3))
    assert [one.revision for one in found.events] == [first, second]
    assert [revision.id for revision in found.events[1].told] == [first, second]


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_taken_up_again_after_any_event_nothing_is_left_out_or_told_twice(
    book: Book, store: Store, pieces: int
) -> None:
    made = [(OVERDUE, book.check(at=days_ago(40 + n))) for n in (3, 2, 1)]
    made += [(NEEDED, book.check(at=days_ago(5 - n / 10))) for n in range(4)]
    reader = Reader(store)
    later = [book.check(at=seconds(n), worker=n % 2) for n in range(1, 6)]
    made += [(NEEDED, one) for one in later]
    made += [(REPORTED, book.report(later[0], APPLIED, at=seconds(7)))]
    reader.now = seconds(8)
    found: list[tuple[StreamEvent, str]] = []
    while piece := reader.read(most=2, only=pieces):
        found += piece
    assert found == made


def test_a_receipt_that_becomes_visible_late_is_told(book: Book, store: Store) -> None:
    """Another worker took its instant first and committed last."""
    reader = Reader(store)
    reader.read()
    ours = book.check(at=seconds(20))
    reader.now = seconds(21)
    assert reader.read() == [(NEEDED, ours)]
    theirs = book.check(at=seconds(19), worker=1)
    assert reader.read() == [(NEEDED, theirs)]
    assert reader.read() == []


@pytest.mark.parametrize("first", ["needed", "reported"])
def test_what_is_written_between_two_reads_of_a_look_is_told(book: Book, store: Store, first: str) -> None:
    """One worker's next two receipts, of either sort, come while the stream is looking: none is passed over."""
    about = book.check(at=days_ago(1))
    reader = Reader(store)
    reader.read()
    made: list[tuple[StreamEvent, str]] = []
    looked = False

    def write(*_: object) -> None:
        nonlocal looked
        if looked:
            return
        looked = True
        if first == "reported":
            made.append((REPORTED, book.report(about, APPLIED, at=seconds(1))))
        made.append((NEEDED, book.check(at=seconds(2))))
        if first == "needed":
            made.append((REPORTED, book.report(about, APPLIED, at=seconds(3))))

    event.listen(store.engine, "after_cursor_execute", write)
    reader.now = seconds(4)
    assert reader.read() + reader.read() == made
    assert len(made) == 2


def test_what_comes_while_a_stream_begins_is_told_once(book: Book, store: Store) -> None:
    before = [book.check(at=seconds(-30 + n)) for n in range(3)]
    reader = Reader(store)
    assert reader.read(only=1) == [(NEEDED, before[0])]
    meanwhile = book.check(at=seconds(1))
    reader.now = seconds(2)
    assert reader.read() == [(NEEDED, before[1]), (NEEDED, before[2]), (NEEDED, meanwhile)]


def test_a_receipt_is_told_to_be_overdue_once_its_last_day_is_past(book: Book, store: Store) -> None:
    quick = [book.check(organ=QUICK, at=days_ago(n)) for n in (4, 3, 2)]
    reader = Reader(store, QUICK)
    assert reader.read() == [(NEEDED, one) for one in quick]
    book.report(quick[1], APPLIED, at=NOW)
    assert len(reader.read()) == 1  # the report
    reader.now = NOW + timedelta(days=1)  # the last day of the first
    assert reader.read() == []
    reader.now = NOW + timedelta(days=2)
    assert reader.read() == [(OVERDUE, quick[0])]
    reader.now = NOW + timedelta(days=9)
    assert reader.read() == [(OVERDUE, quick[2])]
    assert reader.read() == []


def test_many_that_become_overdue_at_once_are_told_across_an_interruption(book: Book, store: Store) -> None:
    made = [book.check(organ=QUICK, at=days_ago(1)) for _ in range(5)]
    reader = Reader(store, QUICK)
    assert len(reader.read()) == 5
    reader.now = NOW + timedelta(days=20)
    found: list[tuple[StreamEvent, str]] = []
    while piece := reader.read(most=2, only=1):
        found += piece
    assert sorted(found) == sorted((OVERDUE, one) for one in made)


def test_a_shorter_period_makes_receipts_overdue_and_a_longer_one_tells_nothing_twice(book: Book, store: Store) -> None:
    one = book.check(at=days_ago(10))
    reader = Reader(store)
    assert reader.read() == [(NEEDED, one)]
    reader.deadlines = Deadlines({ORGAN: Organ(code=ORGAN, title="市监", outcome_days=7)})
    assert reader.read() == [(OVERDUE, one)]
    reader.deadlines = DEADLINES
    reader.now = NOW + timedelta(days=40)
    assert reader.read() == []


def test_an_idle_stream_keeps_its_cursor_small_and_misses_nothing(book: Book, store: Store) -> None:
    reader = Reader(store)
    for minute in range(1, 60):
        reader.now = NOW + timedelta(minutes=minute)
        made = book.check(at=reader.now - timedelta(seconds=1), worker=minute % 2)
        assert reader.read() == [(NEEDED, made)]
    assert len(reader.cursor.seen) <= 2


def idle(reader: Reader, organs: tuple[str, ...] = (ORGAN, QUICK)) -> bool:
    """Whether one look for several organs shows that this reader has nothing to read; it is behind the look then."""
    behind = quiet(look(reader.store, organs, reader.now), reader.cursor, reader.deadlines, reader.now)
    reader.cursor = behind or reader.cursor
    return behind is not None


def test_one_look_tells_the_streams_of_all_organs_what_concerns_them(book: Book, store: Store) -> None:
    reader, other = Reader(store), Reader(store, QUICK)
    assert (reader.read(), other.read()) == ([], [])
    book.check(decision(Outcome.CLEAR), at=seconds(1))
    needed = book.check(at=seconds(2))
    reader.now = other.now = seconds(3)
    assert (idle(reader), idle(other)) == (False, True)
    assert (reader.read(), other.read()) == ([(NEEDED, needed)], [])
    said = book.report(needed, APPLIED, at=seconds(4), worker=1)
    reader.now = seconds(5)
    assert not idle(reader)
    assert reader.read() == [(REPORTED, said)]
    assert idle(reader)


def test_a_look_passes_over_nothing_that_becomes_visible_late(book: Book, store: Store) -> None:
    reader = Reader(store)
    reader.read()
    ours = book.check(at=seconds(20))
    reader.now = seconds(21)
    assert reader.read() == [(NEEDED, ours)]
    for later in (45, 70):
        reader.now = seconds(later)
        assert idle(reader)
    assert reader.cursor.since > seconds(9).isoformat()
    theirs = book.check(at=seconds(19), worker=1)
    assert not idle(reader)
    assert reader.read() == [(NEEDED, theirs)]


def test_a_look_that_does_not_reach_back_or_is_of_others_settles_nothing(book: Book, store: Store) -> None:
    reader = Reader(store)
    reader.read()
    assert not idle(reader, (QUICK,))
    book.check(at=seconds(1))
    reader.now = NOW + timedelta(minutes=5)  # it was not awake meanwhile
    assert not idle(reader)
    assert len(reader.read()) == 1


def test_a_look_leaves_what_becomes_overdue_to_be_read(book: Book, store: Store) -> None:
    one = book.check(organ=QUICK, at=days_ago(4))
    reader = Reader(store, QUICK)
    reader.read()
    assert idle(reader)
    reader.now = NOW + timedelta(days=2)
    reader.cursor = msgspec.structs.replace(reader.cursor, since=rfc3339(reader.now))
    assert not idle(reader)
    assert reader.read() == [(OVERDUE, one)]
