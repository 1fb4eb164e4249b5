"""A clock that can't be true: small steps are waited for, with large ones nothing is written, and it is said why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from creditgate_server.errors import NotReady
from creditgate_server.ledger.clock_watch import APART, EARLIEST, LEAPT, LONGEST_STILL, WAITED, ClockWatch
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.present import utc_now
from creditgate_server.storage.database import Store, migrate, open_store

from .filled import Clock, receipt, write, writers
from .test_writer import draft

DAY = 86400.0


@pytest.fixture
def embedded(sqlite_url: str) -> Iterator[Store]:
    with closing(open_store(sqlite_url)) as opened:
        migrate(opened)
        yield opened


class Machine:
    """A clock that can be set, and one that can't."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.passed = 0.0
        self.rested: list[float] = []

    def on(self, seconds: float) -> None:
        self.clock.on(seconds)
        self.passed += seconds

    def rest(self, seconds: float) -> None:
        self.rested.append(seconds)
        self.on(seconds)

    def watch(self, store: Store, excused: datetime | None = None) -> ClockWatch:
        return ClockWatch(store, self.clock, steady=lambda: self.passed, excused=excused, rest=self.rest)


def watched(store: Store, clock: Clock) -> ReceiptWriter:
    return ReceiptWriter(store, now=clock, watch=ClockWatch(store, clock))


def test_a_small_step_back_is_waited_for(embedded: Store) -> None:
    machine = Machine()
    watch = machine.watch(embedded)
    before = watch.instant()
    machine.clock.on(-3)
    assert watch.instant() == before
    assert machine.rested == [3.0]


def test_a_large_step_back_stops_until_the_clock_is_right(embedded: Store) -> None:
    machine = Machine()
    watch = machine.watch(embedded)
    before = watch.instant()
    machine.clock.on(-WAITED.total_seconds() - 1)
    with pytest.raises(NotReady, match=r"机器时钟不对.*早于本进程写的上一份回执"):
        watch.instant()
    assert machine.rested == []
    machine.on(WAITED.total_seconds() + 1)
    assert watch.instant() == before


def test_a_receipt_of_another_process_is_as_good(store: Store) -> None:
    clock = Clock()
    with writers(store, clock) as (one,):
        write(one, [1])
    clock.on(-3600)
    with closing(watched(store, clock)) as other:
        refused = other.submit(draft("id")).result()
        assert isinstance(refused, NotReady)
        assert "库中最后一份回执 2026-11-20T01:00:00" in refused.message
        with pytest.raises(NotReady, match="机器时钟不对"):
            other.probe()
        clock.on(3600)
        other.probe()
        receipt(other.submit(draft("id")).result())


def test_a_clock_years_ahead_of_the_last_receipt_stops_and_one_that_stood_still_for_years_does_not(
    embedded: Store,
) -> None:
    clock = Clock()
    with writers(embedded, clock) as (one,):
        last = receipt(write(one, [1])[0])
    clock.on((LONGEST_STILL - timedelta(days=1)).total_seconds())
    ClockWatch(embedded, clock).look()
    clock.on(2 * DAY)
    with pytest.raises(NotReady, match="晚五年以上") as refused:
        ClockWatch(embedded, clock).look()
    assert f"CREDITGATE_CLOCK_EXCUSED={last.issued_at}" in refused.value.hint
    ClockWatch(embedded, clock, excused=datetime.fromisoformat(last.issued_at)).look()


def test_receipts_that_a_wrong_clock_wrote_can_be_excused(embedded: Store) -> None:
    clock = Clock()
    clock.on(3650 * DAY)
    with writers(embedded, clock) as (one,):
        last = receipt(write(one, [1])[0])
    clock.on(-3650 * DAY)
    with pytest.raises(NotReady):
        ClockWatch(embedded, clock).look()
    assert ClockWatch(embedded, clock, excused=datetime.fromisoformat(last.issued_at)).instant() == clock.now


def test_no_release_writes_before_it_was_made(embedded: Store) -> None:
    with pytest.raises(NotReady, match="早于本程序发布"):
        ClockWatch(embedded, Clock(EARLIEST - timedelta(days=3650))).instant()


@pytest.mark.parametrize("step", [-APART.total_seconds() - 1, LEAPT.total_seconds() + 1])
def test_a_clock_that_is_set_while_nothing_is_written_is_found(embedded: Store, step: float) -> None:
    machine = Machine()
    watch = machine.watch(embedded)
    watch.look()
    machine.on(30 * DAY)
    watch.look()
    machine.clock.on(step)
    with pytest.raises(NotReady, match="运行中被拨了"):
        watch.instant()
    machine.clock.on(-step)
    watch.instant()


@pytest.mark.parametrize("ahead", [-2 * APART, 2 * APART])
def test_the_servers_clock_counts(postgres_url: str, ahead: timedelta) -> None:
    with closing(open_store(postgres_url)) as store:
        migrate(store)
        ClockWatch(store, utc_now, steady=lambda: 0.0).look()
        with pytest.raises(NotReady, match="与数据库服务器的时钟相差"):
            ClockWatch(store, lambda: utc_now() + ahead, steady=lambda: 0.0).look()


def test_a_retry_of_what_was_written_is_not_answered_by_a_wrong_clock(embedded: Store) -> None:
    clock = Clock()
    with closing(watched(embedded, clock)) as writer:
        receipt(writer.submit(draft("id")).result())
        clock.on(-DAY)
        assert isinstance(writer.submit(draft("id")).result(), NotReady)
