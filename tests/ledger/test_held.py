"""From format 4 on a receipt holds codes and values; the words come back whole, and a receipt is half as large."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import msgspec
import pytest
import rfc8785

from creditgate_server.decision.held import is_held
from creditgate_server.decision.parts import Judgement, canonical
from creditgate_server.errors import WrongState
from creditgate_server.judging.kinds import CHECK, KINDS, LENIENCY, LEVEL
from creditgate_server.ledger.lookup import find_receipt
from creditgate_server.ledger.receipt import FORMAT, Receipt, contents, open_payload
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.present import utc_now
from creditgate_server.publication.rule_sets import load_rule_set, save_rule_set
from creditgate_server.rulebook.catalogue import Catalogue
from creditgate_server.storage.database import Store, migrate, open_store
from creditgate_server.studies.replay.words import worded
from tests.replay.mill import Mill, drafted

from .filled import Clock, receipt, run_sql, write, writers

DEMO = Path(__file__).parents[1] / "releases" / "2026-11-30-asyncio.db.xz"
"""The demo's questions and answers, in format 3."""
MOST_BYTES = 5_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("demo") / "gate.db"
    path.write_bytes(lzma.decompress(DEMO.read_bytes()))
    with closing(open_store(f"sqlite:///{path}")) as store:
        migrate(store)
        yield store


@pytest.fixture(scope="module")
def mill() -> Iterator[Mill]:
    made = Mill(11)
    yield made
    made.close()


def receipts_of(store: Store, kind: str) -> list[Receipt]:
    with store.engine.connect() as connection:
        ids = connection.exec_driver_sql(f"SELECT id FROM receipt WHERE kind = '{kind}' ORDER BY id").scalars()
        found = [find_receipt(store, one) for one in ids]
    return [one for one in found if one is not None]


@pytest.mark.parametrize("code", [CHECK.code, LEVEL.code])
def test_the_demos_decisions_come_back_byte_by_byte(demo: Store, code: str) -> None:
    kind = KINDS[code]
    for one in receipts_of(demo, code):
        rule_set = load_rule_set(demo, one.rule_set)
        assert rule_set is not None
        whole = contents(one).decision
        assert whole is not None
        held = kind.hold(kind.read_decision(whole, rule_set.catalogue))
        assert canonical(kind.read_decision(held, rule_set.catalogue)) == whole
        assert rfc8785.dumps(json.loads(held)) == held
        assert len(held) < 0.7 * len(whole)


def test_so_do_random_ones_of_many_rule_sets(mill: Mill) -> None:
    catalogues = {rule_set.digest: rule_set.catalogue for rule_set in mill.all_rule_sets}
    kinds = set()
    for draft in mill.drafts(300, leniency=0.1, level=0.3):
        kind, catalogue = KINDS[draft.kind], catalogues[draft.rule_set]
        decision: Judgement = kind.read_decision(draft.decision, catalogue)
        assert kind.hold(decision) == draft.decision
        if kind is not LENIENCY:
            assert is_held(draft.decision)
            assert kind.read_decision(canonical(decision), catalogue) == decision
        kinds.add(kind.code)
    assert kinds == set(KINDS)


def test_where_nobody_has_the_rule_set_codes_stand_for_words(mill: Mill) -> None:
    for draft in mill.drafts(50, leniency=0, level=0.5):
        kind = KINDS[draft.kind]
        told = kind.read_decision(draft.decision, None)
        assert kind.hold(told) == draft.decision
        assert all(feed.title == feed.feed for feed in told.feeds)


def test_a_place_that_is_not_there_is_unreadable(mill: Mill) -> None:
    for draft in mill.drafts(50, leniency=0, level=1):
        broken = json.loads(draft.decision)
        broken["standing"]["evidence"] = [[999, None]]
        with pytest.raises(msgspec.MsgspecError):
            LEVEL.read_decision(rfc8785.dumps(broken), Catalogue())


def test_a_receipt_of_the_demo_takes_at_most_five_kilobytes_at_the_median(demo: Store, sqlite_url: str) -> None:
    """File, indexes and leaves; before, the same took 8,500 bytes."""
    found = receipts_of(demo, CHECK.code)
    wholes = [msgspec.json.decode(contents(one).decision or b"", type=CHECK.decision) for one in found]
    held = [CHECK.hold(one) for one in wholes]
    middle = median(len(one) for one in held)
    place = min(range(len(held)), key=lambda one: abs(len(held[one]) - middle))
    one = found[place]
    draft = msgspec.structs.replace(
        drafted(msgspec.json.decode(contents(one).question or b"", type=CHECK.question), wholes[place]),
        caller=one.caller,
        case_number=one.case_number,
    )
    with closing(open_store(sqlite_url)) as store:
        migrate(store)
        before = pages(store)
        with closing(ReceiptWriter(store, now=utc_now)) as writer:
            waiting = [
                writer.submit(msgspec.structs.replace(draft, request_id=f"{number:032x}")) for number in range(1_000)
            ]
            for number, each in enumerate(waiting):
                made = receipt(each.result())
                run_sql(
                    store,
                    "INSERT INTO ledger_leaf VALUES (:number, :id, :hash)",
                    number=number,
                    id=made.id,
                    hash=bytes(32),
                )
        assert open_payload(made.payload).format == FORMAT
        assert (pages(store) - before) / 1_000 <= MOST_BYTES


def pages(store: Store) -> int:
    """Bytes of the database's pages."""
    with store.engine.connect() as connection:
        count, size = (
            connection.exec_driver_sql(f"PRAGMA {what}").scalar_one() for what in ("page_count", "page_size")
        )
        return int(count) * int(size)


def test_the_words_can_be_had_beside_bound_to_receipt_and_rule_set(store: Store, mill: Mill) -> None:
    for rule_set in mill.all_rule_sets:
        save_rule_set(store, rule_set, {}, Clock().now)
    with writers(store, Clock()) as (writer,):
        for draft in mill.drafts(20, leniency=0.2, level=0.3):
            made = receipt(writer.submit(draft).result())
            text = worded(store, made.id)
            assert rfc8785.dumps(json.loads(text)) == text
            told = json.loads(text)
            assert (told["receipt"], told["hash"], told["rule_set"]) == (made.id, made.hash, made.rule_set)
            rule_set = next(one for one in mill.all_rule_sets if one.digest == made.rule_set)
            whole = canonical(KINDS[draft.kind].read_decision(draft.decision, rule_set.catalogue))
            assert told["decision"] == json.loads(whole)
        (other,) = write(writer, [1])
        run_sql(store, "UPDATE receipt SET kind = 'outcome' WHERE id = :id", id=other.id)
        with pytest.raises(WrongState):
            worded(store, other.id)
