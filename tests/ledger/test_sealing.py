"""Sequencing and checkpoints: every receipt has one place, in the order of its chain, and what is signed stays so."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from creditgate_server.errors import NotAllowed, StoreDown, StoreFault
from creditgate_server.ledger.merkle import tree_hash
from creditgate_server.ledger.sealing.checkpoints import stored_notes
from creditgate_server.ledger.sealing.files import CheckpointFolder
from creditgate_server.ledger.sealing.keys import LedgerKey
from creditgate_server.ledger.sealing.notes import read_note
from creditgate_server.ledger.sealing.sequencer import Gap, Sequencer
from creditgate_server.ledger.sealing.tree import StoredTree
from creditgate_server.ledger.sealing.trust import Trust, TrustedKey, add_hand_over, read_trust
from creditgate_server.storage.database import Store, open_store
from tests.ledger.checks import is_consistent, root_by_inclusion, root_of
from tests.shared import store_with_tables

from .filled import KEY, Clock, keeper, leaves, run_sql, write, writers

SHA256 = tree_hash("sha256")


def sequencer(store: Store, clock: Clock) -> Sequencer:
    return Sequencer(store, algorithm="sha256", now=clock, rest=lambda seconds: None)


def test_every_receipt_has_one_place_in_the_order_of_instants(store: Store) -> None:
    clock = Clock()
    with writers(store, clock, 2) as (one, two):
        made = write(one, [1, 2])
        clock.on()
        made += write(two, [3])
        clock.on()
        made += write(one, [4])
        assert sequencer(store, clock).sequence().leaves == 4
        clock.on()
        made += write(two, [5])
        assert sequencer(store, clock).sequence().leaves == 1
    assert sequencer(store, clock).sequence().leaves == 0
    assert leaves(store) == [(place, one.id, SHA256.leaf(one.payload)) for place, one in enumerate(made)]


def test_a_chain_keeps_its_order_where_the_clock_goes_back(store: Store) -> None:
    clock = Clock()
    with writers(store, clock, 2) as (one, two):
        first = write(one, [1])
        clock.on(-3600)
        second = write(one, [2])
        clock.on(1800)
        other = write(two, [3])
        sequencer(store, clock).sequence()
    assert [leaf[1] for leaf in leaves(store)] == [made.id for made in (*other, *first, *second)]


def test_a_tree_over_many_batches_and_chains_is_the_tree_over_its_leaves(store: Store) -> None:
    clock = Clock()
    with writers(store, clock, 3) as (one, two, three):
        for start in range(0, 1_400, 140):
            for writer, shift in ((one, 0), (two, 60), (three, 100)):
                write(writer, range(start + shift, start + shift + 40))
            clock.on(1)
        assert sequencer(store, clock).sequence().leaves == 1_200
        write(one, range(2_000, 2_130))
        assert sequencer(store, clock).sequence().leaves == 130
    hashes = [leaf[2] for leaf in leaves(store)]
    assert [leaf[0] for leaf in leaves(store)] == list(range(1_330))
    assert len({leaf[1] for leaf in leaves(store)}) == 1_330
    with store.engine.connect() as connection:
        tree = StoredTree(connection, SHA256, 1_330)
        assert tree.root() == root_of(SHA256, hashes)
        for size in (1, 255, 256, 257, 768, 1_024, 1_329):
            assert tree.root(size) == root_of(SHA256, hashes[:size])
            assert is_consistent(SHA256, size, 1_330, tree.root(size), tree.root(), tree.consistency(size))
        for index in (0, 255, 256, 1_023, 1_024, 1_329):
            assert root_by_inclusion(SHA256, index, 1_330, hashes[index], tree.inclusion(index)) == tree.root()


def test_sequencers_that_meet_give_each_receipt_one_place(store: Store) -> None:
    clock = Clock()
    with writers(store, clock, 2) as (one, two):
        write(one, range(900))
        write(two, range(900, 1_800))
        start = threading.Barrier(3)
        done: list[int] = []

        def work() -> None:
            start.wait()
            done.append(sequencer(store, clock).sequence().leaves)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = leaves(store)
    assert sum(done) == 1_800
    assert [leaf[0] for leaf in found] == list(range(1_800))
    assert len({leaf[1] for leaf in found}) == 1_800
    with store.engine.connect() as connection:
        assert StoredTree(connection, SHA256, 1_800).root() == root_of(SHA256, [leaf[2] for leaf in found])


def test_a_missing_receipt_is_told_and_the_rest_is_sealed(store: Store) -> None:
    clock = Clock()
    with writers(store, clock) as (one,):
        made = write(one, [1, 2, 3])
        run_sql(store, "DELETE FROM receipt WHERE id = :id", id=made[1].id)
        done = sequencer(store, clock).sequence()
    assert done.gaps == (Gap(made[0].chain, 2),)
    assert [leaf[1] for leaf in leaves(store)] == [made[0].id, made[2].id]


def test_a_cursor_that_was_set_back_gives_no_second_place(store: Store) -> None:
    clock = Clock()
    with writers(store, clock) as (one,):
        write(one, [1, 2])
        sequencer(store, clock).sequence()
        run_sql(store, "UPDATE ledger_chain SET number = 1")
        with pytest.raises(StoreFault, match="已有位置"):
            sequencer(store, clock).sequence()
    assert len(leaves(store)) == 2


# -- checkpoints ------------------------------------------------------------------------------------------------------


def test_a_checkpoint_says_what_is_there_and_is_signed(store: Store) -> None:
    clock = Clock()
    with writers(store, clock) as (one,):
        write(one, range(5))
        note = keeper(store, clock).keep(KEY).note
    checkpoint = note.checkpoint
    assert (checkpoint.size, checkpoint.algorithm) == (5, "sha256")
    assert checkpoint.instant == clock.now
    assert checkpoint.root == root_of(SHA256, [leaf[2] for leaf in leaves(store)])
    assert note.is_signed_by(KEY.public)
    assert not note.is_signed_by(LedgerKey.new().public)
    assert read_note(note.encoded) == note


def test_without_new_receipts_there_is_no_new_checkpoint(store: Store) -> None:
    clock = Clock()
    with writers(store, clock) as (one,):
        write(one, [1])
        first = keeper(store, clock).keep(KEY).note
        clock.on()
        assert keeper(store, clock).keep(KEY).note == first
        write(one, [2])
        assert keeper(store, clock).keep(KEY).note.checkpoint.size == 2
    assert [size for size, _ in stored_notes(store)] == [1, 2]


def test_another_services_young_checkpoint_is_enough(store: Store) -> None:
    clock = Clock()
    every = timedelta(seconds=60)
    with writers(store, clock) as (one,):
        write(one, [1])
        keeper(store, clock).keep(KEY, every=every)
        write(one, [2])
        clock.on(30)
        assert keeper(store, clock).keep(KEY, every=every).note.checkpoint.size == 1
        clock.on(30)
        assert keeper(store, clock).keep(KEY, every=every).note.checkpoint.size == 2


def test_the_empty_ledger_has_a_checkpoint_too(store: Store) -> None:
    assert keeper(store, Clock()).keep(KEY).note.checkpoint.root == SHA256.empty()


def test_a_tree_can_be_of_sm3(store: Store) -> None:
    clock = Clock()
    with writers(store, clock) as (one,):
        made = write(one, [1, 2, 3])
        note = keeper(store, clock, algorithm="sm3").keep(KEY).note
        clock.on()
        write(one, [4])
        later = keeper(store, clock).keep(KEY).note  # once begun, the tree keeps its algorithm
    sm3 = tree_hash("sm3")
    assert note.checkpoint.root == root_of(sm3, [sm3.leaf(one.payload) for one in made])
    assert later.checkpoint.algorithm == "sm3"


def test_another_key_may_not_sign(store: Store) -> None:
    clock = Clock()
    keeper(store, clock).keep(KEY)
    with pytest.raises(NotAllowed):
        keeper(store, clock).keep(LedgerKey.new())


def test_keys_are_handed_over(store: Store, tmp_path: Path) -> None:
    clock, new = Clock(), LedgerKey.new()
    trust_file = tmp_path / "trust.yaml"
    trust_file.write_text(f"keys: [{{public_key: {KEY.public}}}]")
    trust = read_trust(trust_file)
    with writers(store, clock) as (one,):
        write(one, [1, 2])
        assert trust.accepts(keeper(store, clock).keep(KEY).note)
        handed = keeper(store, clock).hand_over(KEY, new)
        assert handed.is_signed_by(KEY.public)
        assert handed.is_signed_by(new.public)
        add_hand_over(trust_file, handed.checkpoint)
        write(one, [3])
        with pytest.raises(NotAllowed):
            keeper(store, clock).keep(KEY)
        later = keeper(store, clock).keep(new).note
    assert not trust.accepts(later), "the new key is not known before the hand-over was seen"
    assert trust.accepts(handed)
    assert trust.accepts(later)
    assert read_trust(trust_file).keys == trust.keys
    assert trust.keys == (
        TrustedKey(public_key=KEY.public, to_size=2),
        TrustedKey(public_key=new.public, from_size=2),
    )


def test_an_old_key_counts_up_to_its_last_size_alone(store: Store) -> None:
    clock = Clock()
    with writers(store, clock) as (one,):
        write(one, [1, 2])
        two = keeper(store, clock).keep(KEY).note
        write(one, [3])
        three = keeper(store, clock).keep(KEY).note
    ended = Trust((TrustedKey(public_key=KEY.public, to_size=2),))
    assert ended.accepts(two)
    assert not ended.accepts(three)
    assert not Trust((TrustedKey(public_key=KEY.public, from_size=3),)).accepts(two)


def test_a_lost_key_is_replaced_by_the_operators_word(store: Store) -> None:
    clock, new = Clock(), LedgerKey.new()
    keeper(store, clock).keep(KEY)
    handed = keeper(store, clock).hand_over(None, new)
    assert not Trust((TrustedKey(public_key=KEY.public),)).accepts(handed)
    keeper(store, clock).keep(new)


def test_a_tree_that_differs_from_what_was_signed_is_not_signed(store: Store) -> None:
    clock = Clock()
    with writers(store, clock) as (one,):
        write(one, [1, 2, 3])
        keeper(store, clock).keep(KEY)
        run_sql(store, "UPDATE ledger_leaf SET leaf_hash = :hash WHERE leaf_index = 1", hash=bytes(32))
        write(one, [4])
        with pytest.raises(StoreFault, match="不符"):
            keeper(store, clock).keep(KEY)


# -- the directory ----------------------------------------------------------------------------------------------------


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_checkpoints_and_leaves_are_written_elsewhere(store: Store, tmp_path: Path) -> None:
    clock, folder = Clock(), tmp_path / "elsewhere"
    with writers(store, clock) as (one,):
        write(one, range(3))
        keeper(store, clock).keep(KEY)  # before there was a directory
        write(one, range(3, 5))
        first = keeper(store, clock, folder).keep(KEY)
        clock.on(24 * 3600)
        write(one, range(5, 9))
        second = keeper(store, clock, folder).keep(KEY)
        third = keeper(store, clock, folder).keep(KEY)
    assert (first.written, second.written, third.written) == (2, 1, 0)
    found = files(folder)
    assert found["latest"] == second.note.encoded
    assert sorted(name[:27] for name in found if name.endswith(".note")) == [
        "2026-11-20/0000000000000003",
        "2026-11-20/0000000000000005",
        "2026-11-21/0000000000000009",
    ]
    hashes = b"".join(found[name] for name in sorted(found) if name.endswith(".leaves"))
    assert hashes == b"".join(leaf[2] for leaf in leaves(store))
    assert [size for size, _ in CheckpointFolder(folder).notes()] == [3, 5, 9]
    assert CheckpointFolder(folder).leaves_end() == 9


def test_nothing_is_overwritten(store: Store, tmp_path: Path) -> None:
    clock, folder = Clock(), tmp_path / "elsewhere"
    with writers(store, clock) as (one,):
        write(one, range(3))
        keeper(store, clock, folder).keep(KEY)
    (leaf_file,) = folder.rglob("*.leaves")
    leaf_file.write_bytes(bytes(96))
    (folder / "latest").unlink()
    (note_file,) = folder.rglob("*.note")
    note_file.unlink()
    keeper(store, clock, folder).keep(KEY)
    assert note_file.is_file()
    assert leaf_file.read_bytes() == bytes(96), "the leaves that are there are not written again"
    note_file.write_bytes(b"other")
    note = read_note((folder / "latest").read_bytes())
    with pytest.raises(StoreFault, match="内容不同"):
        CheckpointFolder(folder).keep(note)


def test_a_directory_that_is_not_there_is_told_and_caught_up_with_later(store: Store, tmp_path: Path) -> None:
    clock, folder = Clock(), tmp_path / "elsewhere"
    with writers(store, clock) as (one,):
        keeper_ = keeper(store, clock, folder)
        write(one, range(3))
        folder.rmdir()
        with pytest.raises(StoreDown, match="没有检查点目录"):
            keeper_.keep(KEY)
        folder.mkdir()
        assert keeper_.keep(KEY).written == 1


def test_a_restored_database_is_not_signed(sqlite_url: str, tmp_path: Path) -> None:
    clock, folder = Clock(), tmp_path / "elsewhere"
    store = store_with_tables(sqlite_url)
    with writers(store, clock) as (one,):
        write(one, [1, 2])
        keeper(store, clock, folder).keep(KEY)
        _backup(store, tmp_path / "backup.db")
        write(one, [3])
        keeper(store, clock, folder).keep(KEY)
    store.close()
    restored = open_store(f"sqlite:///{tmp_path / 'backup.db'}")
    with pytest.raises(StoreFault, match="恢复了旧库"):
        keeper(restored, clock, folder).keep(KEY)
    with writers(restored, clock) as (one,):
        write(one, [4])
    with pytest.raises(StoreFault, match="不符"):
        keeper(restored, clock, folder).keep(KEY)
    restored.close()


def _backup(store: Store, target: Path) -> None:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM INTO :target"), {"target": str(target)})


def test_a_directory_of_another_ledger_is_refused(store: Store, tmp_path: Path) -> None:
    clock, folder = Clock(), tmp_path / "elsewhere"
    other = store_with_tables(f"sqlite:///{tmp_path / 'other.db'}")
    keeper(other, clock, folder).keep(KEY)
    other.close()
    with pytest.raises(StoreFault, match="另一账本"):
        keeper(store, clock, folder).keep(KEY)
