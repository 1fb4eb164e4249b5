"""The stream of a real service: what happens is told, to the end of a server and on from there; two machines alike."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import msgspec
import pytest

from creditgate import AsyncClient, Client, MeasureDone, OutcomeEvent, WatchEvent
from creditgate.v1 import outcomes_pb2, outcomes_pb2_grpc
from creditgate_server.decision.check.decision import Outcome
from creditgate_server.decision.outcome.cursors import ChainPosition, LedgerPlace, encode, start
from creditgate_server.registry.identity import PersonKey
from creditgate_server.storage.database import open_store
from tests.outcomes.answers import decision, measure
from tests.outcomes.ledgers import open_book

from .errors import detail, violation
from .running import BREACHER, ITEM, ORGAN, TRUSTED, Service, fill_registry, serving

pb = outcomes_pb2
MEASURE = "no-commitment-route"
CAUGHT_UP = WatchEvent.CAUGHT_UP
Told = tuple[str, str]


def check(service: Service, case: str) -> str:
    """A check that needs a report."""
    with Client(service.target, timeout=20) as gate:
        return gate.check(organ=ORGAN, item=ITEM, subjects=BREACHER, case_number=case).receipt.receipt_id


def report(service: Service, receipt: str) -> str:
    with Client(service.target, timeout=20) as gate:
        return gate.report_outcome(receipt, result="granted", measures=[MEASURE], post="审批岗").receipt.receipt_id


def told(event: OutcomeEvent) -> Told:
    if event.revision is not None:
        return event.event.value, event.revision.receipt.receipt_id
    return event.event.value, event.receipt.id if event.receipt else ""


def until_caught_up(events: Iterator[OutcomeEvent]) -> tuple[list[Told], str]:
    """What is told up to now, and the cursor behind it."""
    found: list[Told] = []
    for event in events:
        if event.event is CAUGHT_UP:
            return found, event.cursor
        found.append(told(event))
    raise AssertionError("the stream ended")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    return tmp_path


def test_what_happens_is_told_and_resumed_behind_a_restart(folder: Path) -> None:
    with serving(folder) as service:
        before = check(service, "甲")
        with Client(service.target, timeout=20) as gate:
            events = gate.watch(ORGAN)
            assert until_caught_up(events)[0] == [("needed", before)]
            second = check(service, "乙")
            said = report(service, before)
            heard = next(events)
            assert told(heard) == ("needed", second)
            assert heard.receipt is not None
            assert [one.measure for one in heard.receipt.measures] == [MEASURE]
            events.close()
        cursor = heard.cursor
        third = check(service, "丙")
    with serving(folder) as service:
        fourth = check(service, "丁")
        with Client(service.target, timeout=20) as gate:
            found, cursor = until_caught_up(gate.watch(ORGAN, cursor=cursor))
            assert found == [("reported", said), ("needed", third), ("needed", fourth)]
            assert until_caught_up(gate.watch(ORGAN, cursor=cursor))[0] == []
            assert [one for one, _ in until_caught_up(gate.watch(ORGAN))[0]] == ["needed"] * 3


def test_a_client_goes_on_by_itself_when_the_service_comes_back(folder: Path) -> None:
    with ExitStack() as stack:
        service = stack.enter_context(serving(folder))
        gate = stack.enter_context(Client(service.target, timeout=20))
        events = gate.watch(ORGAN, patience=120)
        assert until_caught_up(events)[0] == []
        first = check(service, "甲")
        assert told(next(events)) == ("needed", first)
        assert service.stop() == 0
        with serving(folder, listen=service.target) as again:
            second = check(again, "乙")
            found = [event for event in (next(events), next(events)) if event.event is not CAUGHT_UP]
            assert [told(event) for event in found][:1] == [("needed", second)]


def test_a_service_that_ends_says_so_to_those_who_watch(folder: Path) -> None:
    with serving(folder) as service, service.channel() as channel:
        stream = outcomes_pb2_grpc.OutcomeServiceStub(channel).Watch(pb.WatchRequest(organ=ORGAN))
        assert next(stream).event == pb.WATCH_EVENT_CAUGHT_UP
        assert service.stop() == 0
        with pytest.raises(grpc.RpcError) as ended:
            next(stream)
        assert ended.value.code() is grpc.StatusCode.UNAVAILABLE
        assert detail(ended.value).reason == "NOT_READY"


def test_overdue_receipts_are_told_when_a_stream_begins(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder}/gate.db")
    strict = decision(Outcome.MEASURES, measure("strict-review"))
    with open_book(store) as book:
        late = book.check(strict, at=datetime.now(UTC) - timedelta(days=40))
        due = book.check(strict, at=datetime.now(UTC) - timedelta(days=4))
    store.close()
    with serving(folder) as service, Client(service.target, timeout=20) as gate:
        assert until_caught_up(gate.watch(ORGAN))[0] == [("overdue", late), ("needed", due)]


async def heard_in_a_loop(service: Service) -> list[Told]:
    found: list[Told] = []
    async with AsyncClient(service.target, timeout=20) as gate:
        async for event in gate.watch(ORGAN):
            if event.event is CAUGHT_UP and len(found) == 2:
                break
            if event.event is CAUGHT_UP:
                receipt = found[0][1]
                done = [MeasureDone(MEASURE, applied=False, reason="repaired")]
                await gate.report_outcome(receipt, result="granted", measures=done, post="审批岗")
                continue
            found.append(told(event))
    return found


def test_the_asyncio_client_hears_the_same(folder: Path) -> None:
    with serving(folder) as service:
        receipt = check(service, "甲")
        found = asyncio.run(heard_in_a_loop(service))
    assert found[0] == ("needed", receipt)
    assert found[1][0] == "reported"


def forged(**changes: object) -> str:
    """A cursor with contents that no server gave."""
    return encode(msgspec.structs.replace(start(ORGAN, datetime(2026, 1, 1, tzinfo=UTC), LedgerPlace()), **changes))


@pytest.mark.parametrize(
    ("organ", "cursor", "field"),
    [
        ("", "", "organ"),
        ("no-organ", "", "organ"),
        (ORGAN, "x", "cursor"),
        (ORGAN, "a" * 20_000, "cursor"),
        (ORGAN, encode(start("finance", datetime(2026, 1, 1, tzinfo=UTC), LedgerPlace())), "cursor"),
        (ORGAN, forged(seen={"c-1": ChainPosition(2**63, "2026-01-01T00:00:00.000000Z")}), "cursor"),
        (ORGAN, forged(seen={"c-1": ChainPosition(-1, "2026-01-01T00:00:00.000000Z")}), "cursor"),
        (ORGAN, forged(seen={"c\0": ChainPosition(1, "2026-01-01T00:00:00.000000Z")}), "cursor"),
        (ORGAN, forged(since="2026\0"), "cursor"),
        (ORGAN, forged(overdue=LedgerPlace("2026-01-01T00:00:00.000000Z", "r-\0")), "cursor"),
    ],
)
def test_a_wrong_question_to_watch_is_refused(service: Service, organ: str, cursor: str, field: str) -> None:
    with service.channel() as channel:
        stub = outcomes_pb2_grpc.OutcomeServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            next(stub.Watch(pb.WatchRequest(organ=organ, cursor=cursor)))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violation(refused.value).field == field


@pytest.mark.parametrize("place", [LedgerPlace("2026\0", "r-1"), LedgerPlace("2026-01-01T00:00:00.000000Z", "r-\0")])
def test_a_forged_page_of_what_is_open_is_refused(service: Service, place: LedgerPlace) -> None:
    with service.channel() as channel, pytest.raises(grpc.RpcError) as refused:
        outcomes_pb2_grpc.OutcomeServiceStub(channel).ListPending(pb.ListPendingRequest(cursor=encode(place)))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violation(refused.value).field == "cursor"


def test_more_streams_than_a_worker_has_room_for_are_told_to_come_again(service: Service) -> None:
    with service.channel() as channel:
        stub = outcomes_pb2_grpc.OutcomeServiceStub(channel)
        streams = [stub.Watch(pb.WatchRequest(organ="finance")) for _ in range(32)]
        for stream in streams:
            assert next(stream).event == pb.WATCH_EVENT_CAUGHT_UP
        with pytest.raises(grpc.RpcError) as refused:
            next(stub.Watch(pb.WatchRequest(organ="finance")))
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        for stream in streams:
            stream.cancel()


def test_everyone_who_watches_an_organ_is_told(folder: Path) -> None:
    with serving(folder) as service, ExitStack() as stack:
        gates = [stack.enter_context(Client(service.target, timeout=20)) for _ in range(3)]
        watching = [gate.watch(ORGAN) for gate in gates]
        for events in watching:
            assert until_caught_up(events)[0] == []
        receipt = check(service, "甲")
        for events in watching:
            assert told(next(event for event in events if event.event is not CAUGHT_UP)) == ("needed", receipt)


def test_two_machines_on_one_postgres_tell_each_other_s_receipts(postgres_url: str, tmp_path: Path) -> None:
    fill_registry(postgres_url)
    key = tmp_path / "person.key"
    PersonKey.load(key, create=True)
    with ExitStack() as stack:
        services = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            options = ("--store", postgres_url, "--person-key", str(key))
            services.append(stack.enter_context(serving(tmp_path / name, *options)))
        one, two = services
        gate = stack.enter_context(Client(one.target, timeout=20))
        events = gate.watch(ORGAN)
        assert until_caught_up(events)[0] == []
        made: list[Told] = []
        for number in range(6):
            receipt = check(services[number % 2], f"办件{number}")
            said = report(services[(number + 1) % 2], receipt)
            made += [("needed", receipt), ("reported", said)]
        found: list[Told] = []
        while len(found) < len(made):
            event = next(events)
            if event.event is not CAUGHT_UP:
                found.append(told(event))
        assert sorted(found) == sorted(made)
        assert gate.pending().open == 0
        with Client(two.target, timeout=20) as other:
            history = other.outcome(made[0][1])
            assert [revision.counts for revision in history.revisions] == [True]
            figures = other.outcome_statistics()
            assert (figures.receipts, figures.settled) == (6, 6)
            assert [(rule.rule, rule.applied) for rule in figures.rules] == [("commitment-after-breach", 6)]


def test_a_check_that_needs_no_report_is_not_told(service: Service) -> None:
    with Client(service.target, timeout=20) as gate:
        clear = gate.check(organ="finance", item="government-procurement", subjects=TRUSTED, case_number="清")
        assert clear.receipt.receipt_id
        assert until_caught_up(gate.watch("finance"))[0] == []
