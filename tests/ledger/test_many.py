"""A few thousand decisions of every kind: written, checked and replayed without one difference, in flat memory."""

from __future__ import annotations

import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice

import pytest

from creditgate_server.errors import GateError
from creditgate_server.ledger.sealing.keeper import Keeper
from creditgate_server.ledger.sealing.keys import LedgerKey
from creditgate_server.ledger.verification.verify import Verification
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.publication.rule_sets import save_rule_set
from creditgate_server.storage.database import Store
from creditgate_server.studies.replay.one import Fate
from creditgate_server.studies.replay.run import replay
from creditgate_server.studies.replay.selection import Selection
from tests.ledger.checks import chains, first_fault, receipts_of_chain
from tests.replay.mill import Mill
from tests.shared import store_with_tables

MANY = 3_000
CHAINS = 3
MOST_GROWTH = 1.2
KEY = LedgerKey.new()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Three chains, written in turns."""
    store = store_with_tables(f"sqlite:///{tmp_path_factory.mktemp('many')}/gate.db")
    writers = [ReceiptWriter(store, now=lambda: datetime.now(UTC)) for _ in range(CHAINS)]
    with closing(Mill(11)) as mill:
        for rule_set in mill.all_rule_sets:
            save_rule_set(store, rule_set, {}, datetime.now(UTC))
        drafts = mill.drafts(MANY, leniency=0.1)
        for turn in range(MANY // 100):
            written = writers[turn % CHAINS].write_many(list(islice(drafts, 100)))
            assert not any(isinstance(one, GateError) for one in written)
    for writer in writers:
        writer.close()
    Keeper(store, folder=None, now=lambda: datetime.now(UTC), algorithm="sha256", rest=lambda _: None).keep(KEY)
    return store


def test_every_chain_is_whole(filled: Store) -> None:
    found = {chain: receipts_of_chain(filled, chain) for chain in chains(filled)}
    assert [len(receipts) for receipts in found.values()] == [MANY // CHAINS] * CHAINS
    assert [first_fault(receipts) for receipts in found.values()] == [""] * CHAINS


def test_the_whole_ledger_verifies_under_its_checkpoint(filled: Store) -> None:
    verdict = Verification(store=filled).run()
    assert verdict.sound, verdict.finding
    assert (verdict.leaves, verdict.sealed_size, verdict.unsealed, verdict.chains) == (MANY, MANY, 0, CHAINS)


def test_every_decision_comes_out_the_same(filled: Store) -> None:
    report = replay(filled, Selection(), workers=2)
    assert (report.done, report.of(Fate.SAME)) == (MANY, MANY), report.findings[:3]
    assert len(report.rule_sets) == 4


def test_memory_does_not_grow_with_what_was_replayed(filled: Store) -> None:
    traced: list[int] = []

    def progress(done: int, _total: int) -> None:
        if done >= MANY // 3:
            traced.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    replay(filled, Selection(kinds=("check", "level")), progress=progress)
    tracemalloc.stop()
    assert traced[-1] < traced[0] * MOST_GROWTH, traced
