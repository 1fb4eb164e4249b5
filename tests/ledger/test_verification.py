"""Verification finds every way to change a ledger by plain SQL, and names the row."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from creditgate_server.decision.check.question import Question
from creditgate_server.decision.parts import canonical
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.errors import SetupFault
from creditgate_server.judging.kinds import CHECK
from creditgate_server.ledger.chain import NO_HASH
from creditgate_server.ledger.receipt import Draft, Receipt, make_receipt
from creditgate_server.ledger.sealing.keys import LedgerKey
from creditgate_server.ledger.sealing.notes import new_checkpoint, sign
from creditgate_server.ledger.sealing.trust import Trust, TrustedKey
from creditgate_server.ledger.verification.findings import Finding, What
from creditgate_server.ledger.verification.verify import LedgerVerdict, Verification
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.storage.database import Store, open_store
from tests.shared import store_with_tables

from .filled import KEY, Clock, draft, keeper, leaves, receipt, run_sql, write, writers
from .tampering import (
    SIZES,
    Ledger,
    change,
    forged,
    insert,
    late,
    put,
    rebuild_nodes,
    renumber_leaves,
    rewrite_chain,
    sound_ledger,
)


def trusted() -> Trust:
    return Trust((TrustedKey(public_key=KEY.public),))


def verified(ledger: Ledger, *, exported: bool = True, **more: object) -> LedgerVerdict:
    return Verification(
        store=ledger.store,
        checkpoints=ledger.folder if exported else None,
        trust=trusted(),
        **more,
    ).run()


def finding(ledger: Ledger, *, exported: bool = True) -> Finding:
    found = verified(ledger, exported=exported).finding
    assert found is not None
    assert found.words()
    return found


# -- sound ------------------------------------------------------------------------------------------------------------


def test_a_sound_ledger_is_sound(ledger: Ledger) -> None:
    verdict = verified(ledger)
    assert verdict.finding is None, verdict.finding.words()
    assert verdict.sound
    assert (verdict.leaves, verdict.unsealed, verdict.chains, verdict.erased) == (630, 3, 4, 2)
    assert (verdict.stored_checkpoints, verdict.exported_checkpoints, verdict.sealed_size) == (3, 3, 630)
    assert verdict.remarks == ()
    assert [one.id for one in ledger.receipts] == [leaf[1] for leaf in leaves(ledger.store)]


def test_a_ledger_without_a_tree_has_its_chains_verified(store: Store) -> None:
    clock = Clock()
    with writers(store, clock, 2) as (one, two):
        write(one, [1, 2])
        changed = write(two, [3])[0]
    assert Verification(store=store).run().unsealed == 3
    change(store, changed, item="other")
    found = Verification(store=store).run().finding
    assert found is not None
    assert (found.what, found.receipt, found.place) == (What.COLUMN, changed.id, "item")


def test_an_empty_store_is_sound(store: Store) -> None:
    assert Verification(store=store).run().sound


def test_a_ledger_of_sm3_is_verified(store: Store, tmp_path: Path) -> None:
    clock, folder = Clock(), tmp_path / "elsewhere"
    with writers(store, clock) as (one,):
        made = write(one, range(300))
        keeper(store, clock, folder, algorithm="sm3").keep(KEY)
    assert Verification(store=store, checkpoints=folder, trust=trusted()).run().sound
    change(store, made[7], payload=made[7].payload + b" ")
    found = Verification(store=store, checkpoints=folder, trust=trusted()).run().finding
    assert found is not None
    assert (found.what, found.receipt) == (What.PAYLOAD, made[7].id)


# -- one row ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """What is done to a receipt's row, and what must be said of it."""

    do: Callable[[Ledger, int], object]
    what: What
    place: str


def set_(**changes: object) -> Callable[[Ledger, int], object]:
    return lambda ledger, index: change(ledger.store, ledger.receipts[index], **changes)


def longer_payload(ledger: Ledger, index: int) -> None:
    one = ledger.receipts[index]
    change(ledger.store, one, payload=one.payload.replace(b'"market"', b'"markets"'))


ROW_CASES = {
    "payload": Case(longer_payload, What.PAYLOAD, "payload"),
    "payload, no JSON": Case(set_(payload=b"nothing"), What.PAYLOAD, "payload"),
    "payload, unknown algorithm": Case(
        lambda ledger, index: change(
            ledger.store,
            ledger.receipts[index],
            payload=ledger.receipts[index].payload.replace(b"sha256", b"md5000"),
        ),
        What.PAYLOAD,
        "payload",
    ),
    "hash": Case(set_(hash="0" * 64), What.HASH, "hash"),
    "question": Case(set_(question=b'{"organ":"market"}'), What.CONTENT, "question"),
    "decision": Case(set_(decision=b'{"outcome":"measures"}'), What.CONTENT, "decision"),
    "question's salt": Case(set_(question_salt=bytes(16)), What.CONTENT, "question"),
    "decision's salt": Case(set_(decision_salt=bytes(16)), What.CONTENT, "decision"),
    "question gone": Case(set_(question=None, question_salt=None), What.CONTENT_MISSING, "question"),
    "decision gone": Case(set_(decision=None, decision_salt=None), What.CONTENT_MISSING, "decision"),
    "decision gone, salt there": Case(set_(decision=None), What.CONTENT_MISSING, "decision"),
    "body digest": Case(set_(body_digest="other"), What.COLUMN, "body_digest"),
    **{
        name: Case(set_(**{name: "other"}), What.COLUMN, name)
        for name in (
            "kind",
            "caller",
            "request_id",
            "organ",
            "item",
            "case_number",
            "answer",
            "about",
            "rule_set",
            "decided_at",
            "chain",
            "previous_hash",
            "issued_at",
        )
    },
    "activation": Case(set_(activation=2), What.COLUMN, "activation"),
    "number": Case(set_(number=100_000), What.COLUMN, "number"),
    "leaf": Case(
        lambda ledger, index: run_sql(
            ledger.store, "UPDATE ledger_leaf SET leaf_hash = :hash WHERE leaf_index = :i", hash=bytes(32), i=index
        ),
        What.LEAF,
        "leaf_hash",
    ),
}


@pytest.mark.parametrize("exported", [True, False], ids=["exported", "stored"])
@pytest.mark.parametrize("name", ROW_CASES)
def test_a_changed_row_is_named(ledger: Ledger, name: str, exported: bool) -> None:
    case, index = ROW_CASES[name], 300
    case.do(ledger, index)
    found = finding(ledger, exported=exported)
    one = ledger.receipts[index]
    assert (found.what, found.place, found.receipt, found.leaf_index) == (case.what, case.place, one.id, index)


@pytest.mark.parametrize("index", [0, 4, 29, 30, 255, 256, 629])
def test_wherever_the_row_is(ledger: Ledger, index: int) -> None:
    longer_payload(ledger, index)
    found = finding(ledger)
    assert (found.what, found.receipt, found.leaf_index) == (What.PAYLOAD, ledger.receipts[index].id, index)


def test_the_first_of_two_changed_rows_is_named(ledger: Ledger) -> None:
    longer_payload(ledger, 500)
    change(ledger.store, ledger.receipts[200], item="other")
    assert finding(ledger).receipt == ledger.receipts[200].id


@pytest.mark.parametrize("name", ["organ", "item", "case_number", "answer", "about", "body_digest"])
def test_a_changed_column_of_format_2_is_named(ledger: Ledger, name: str) -> None:
    change(ledger.store, ledger.old[2], **{name: "other"})
    found = finding(ledger)
    assert (found.what, found.place, found.receipt) == (What.COLUMN, name, ledger.old[2].id)


def test_contents_beside_format_2_are_named(ledger: Ledger) -> None:
    change(ledger.store, ledger.old[2], decision=b'{"outcome":"measures"}')
    found = finding(ledger)
    assert (found.what, found.place, found.receipt) == (What.CONTENT, "decision", ledger.old[2].id)


@pytest.mark.parametrize("name", ["item", "question"])
def test_a_changed_row_without_a_place_is_named(ledger: Ledger, name: str) -> None:
    change(ledger.store, ledger.unsealed[1], **{name: "other" if name == "item" else b"{}"})
    found = finding(ledger)
    assert (found.place, found.receipt, found.leaf_index) == (name, ledger.unsealed[1].id, None)


def test_an_erasure_that_is_gone_leaves_its_contents_missing(ledger: Ledger) -> None:
    run_sql(ledger.store, "UPDATE receipt SET about = '' WHERE kind = 'erasure'")
    found = finding(ledger)
    assert (found.what, found.receipt) == (What.CONTENT_MISSING, ledger.erased.id)


@pytest.mark.parametrize("question", [b"nothing", b"{}"])
def test_a_changed_erasure_is_named_itself(ledger: Ledger, question: bytes) -> None:
    (act,) = (one for one in ledger.receipts if one.kind == "erasure")
    change(ledger.store, act, question=question)
    found = finding(ledger)
    assert (found.what, found.place, found.receipt) == (What.CONTENT, "question", act.id)


# -- rows made to fit -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exported", [True, False], ids=["exported", "stored"])
@pytest.mark.parametrize("with_leaf", [True, False])
def test_a_row_whose_hash_was_made_to_fit_is_named(ledger: Ledger, with_leaf: bool, exported: bool) -> None:
    one = ledger.receipts[300]
    if with_leaf:
        put(ledger.store, forged(one))
        rebuild_nodes(ledger.store)
    else:
        changed = forged(one)
        change(ledger.store, one, payload=changed.payload, hash=changed.hash, answer=changed.answer)
    found = finding(ledger, exported=exported)
    assert (found.what, found.receipt, found.leaf_index) == (What.PAYLOAD, one.id, 300)


def test_a_row_that_was_made_to_follow_another_is_named(ledger: Ledger) -> None:
    one = ledger.receipts[300]
    put(ledger.store, forged(one, previous_hash="f" * 64))
    rebuild_nodes(ledger.store)
    found = finding(ledger)
    assert (found.what, found.receipt) == (What.LINK, one.id)


def test_the_last_but_one_without_a_place_made_to_fit_is_named(ledger: Ledger) -> None:
    first = ledger.unsealed[0]
    changed = forged(first)
    change(ledger.store, first, payload=changed.payload, hash=changed.hash, answer=changed.answer)
    found = finding(ledger)
    assert (found.what, found.receipt) == (What.PAYLOAD, first.id)


def test_a_chain_rewritten_whole_is_named_exactly_by_the_exported_leaves(ledger: Ledger) -> None:
    rewrite_chain(ledger, ledger.receipts[400])
    found = finding(ledger)
    assert (found.what, found.receipt, found.leaf_index) == (What.ROOT, ledger.receipts[400].id, 400)
    assert (found.leaf_end, found.checkpoint) == (None, 630)


def test_and_without_them_between_two_checkpoints(ledger: Ledger) -> None:
    rewrite_chain(ledger, ledger.receipts[400])
    found = finding(ledger, exported=False)
    assert (found.what, found.checkpoint, found.leaf_index, found.leaf_end) == (What.ROOT, 630, 330, 630)


def test_kept_nodes_that_were_not_rewritten_tell_more(ledger: Ledger) -> None:
    rewrite_chain(ledger, ledger.receipts[400])
    run_sql(ledger.store, "UPDATE ledger_node SET hash = :h WHERE position = 1", h=bytes(32))
    found = finding(ledger, exported=False)
    assert (found.what, found.leaf_index, found.leaf_end) == (What.ROOT, 330, 512)


# -- deleted, truncated, inserted, reordered --------------------------------------------------------------------------


def test_a_deleted_receipt_is_named(ledger: Ledger) -> None:
    one = ledger.receipts[300]
    run_sql(ledger.store, "DELETE FROM receipt WHERE id = :id", id=one.id)
    found = finding(ledger)
    assert (found.what, found.receipt, found.leaf_index) == (What.DELETED, one.id, 300)
    assert (found.chain, found.number) == (one.chain, one.number)


def test_a_receipt_deleted_with_its_leaf_is_named(ledger: Ledger) -> None:
    one = ledger.receipts[300]
    run_sql(
        ledger.store,
        "DELETE FROM receipt WHERE id = :id",
        "DELETE FROM ledger_leaf WHERE receipt_id = :id",
        id=one.id,
    )
    found = finding(ledger)
    assert (found.what, found.chain, found.number, found.leaf_index) == (What.DELETED, one.chain, one.number, 300)


def test_a_deleted_leaf_is_named(ledger: Ledger) -> None:
    one = ledger.receipts[300]
    run_sql(ledger.store, "DELETE FROM ledger_leaf WHERE receipt_id = :id", id=one.id)
    found = finding(ledger)
    assert (found.what, found.receipt, found.leaf_index) == (What.LEAF_MISSING, one.id, 300)


def test_a_deleted_receipt_whose_leaf_was_closed_up_is_named(ledger: Ledger) -> None:
    one = ledger.receipts[300]
    run_sql(ledger.store, "DELETE FROM receipt WHERE id = :id", id=one.id)
    renumber_leaves(ledger.store, [other.id for other in ledger.receipts[301:]], 300)
    rebuild_nodes(ledger.store)
    found = finding(ledger)
    assert (found.what, found.chain, found.number) == (What.DELETED, one.chain, one.number)


def test_a_deleted_receipt_without_a_place_is_named(ledger: Ledger) -> None:
    one = ledger.unsealed[0]
    run_sql(ledger.store, "DELETE FROM receipt WHERE id = :id", id=one.id)
    found = finding(ledger)
    assert (found.what, found.chain, found.number) == (What.DELETED, one.chain, one.number)


def truncate(ledger: Ledger, kept: int, *, checkpoints: bool) -> None:
    """Cut off everything behind so many leaves, cursors and nodes too."""
    for one in (*ledger.receipts[kept:], *ledger.unsealed):
        run_sql(ledger.store, "DELETE FROM receipt WHERE id = :id", id=one.id)
    run_sql(ledger.store, "DELETE FROM ledger_leaf WHERE leaf_index >= :kept", "DELETE FROM ledger_chain", kept=kept)
    for chain in {one.chain for one in ledger.receipts[:kept]}:
        number = max(one.number for one in ledger.receipts[:kept] if one.chain == chain)
        run_sql(ledger.store, "INSERT INTO ledger_chain VALUES (:chain, :number)", chain=chain, number=number)
    rebuild_nodes(ledger.store)
    if checkpoints:
        run_sql(ledger.store, "DELETE FROM ledger_checkpoint WHERE size > :kept", kept=kept)


def test_a_truncated_ledger_is_found_by_the_stored_checkpoints(ledger: Ledger) -> None:
    truncate(ledger, 600, checkpoints=False)
    found = finding(ledger, exported=False)
    assert (found.what, found.checkpoint, found.leaf_index, found.leaf_end) == (What.TRUNCATED, 630, 600, 630)


def test_and_truncated_with_its_checkpoints_by_the_exported_ones(ledger: Ledger) -> None:
    truncate(ledger, 600, checkpoints=True)
    assert verified(ledger, exported=False).sound
    found = finding(ledger)
    assert (found.what, found.checkpoint, found.leaf_index, found.leaf_end) == (What.RESTORED, 630, 600, 630)


def test_truncated_leaves_alone_are_found(ledger: Ledger) -> None:
    run_sql(ledger.store, "DELETE FROM ledger_leaf WHERE leaf_index >= 600")
    found = finding(ledger)
    assert (found.what, found.leaf_index) == (What.TRUNCATED, 600)


def test_a_copied_row_is_named(ledger: Ledger) -> None:
    insert(ledger.store, ledger.receipts[10], id="r-copy", chain="c-copy", number=1, request_id="other")
    found = finding(ledger)
    assert (found.what, found.receipt, found.place) == (What.COLUMN, "r-copy", "id")


def test_a_row_before_the_first_of_its_chain_is_found(ledger: Ledger) -> None:
    insert(ledger.store, ledger.receipts[10], id="r-copy", number=0, request_id="other")
    found = finding(ledger)
    assert (found.what, found.chain) == (What.INSERTED, ledger.receipts[10].chain)


def test_a_receipt_put_in_later_is_named(ledger: Ledger) -> None:
    forgery = late(ledger, 100)
    insert(ledger.store, forgery)
    found = finding(ledger)
    assert (found.what, found.receipt) == (What.INSERTED, forgery.id)


def test_and_once_it_has_a_place_too(ledger: Ledger) -> None:
    forgery = late(ledger, 100)
    insert(ledger.store, forgery)
    keeper(ledger.store, ledger.clock, ledger.folder).keep(KEY)
    found = finding(ledger)
    assert (found.what, found.receipt, found.leaf_index) == (What.INSERTED, forgery.id, 630)


def test_a_receipt_put_in_among_the_leaves_is_named(ledger: Ledger) -> None:
    forgery = late(ledger, 300)
    insert(ledger.store, forgery)
    ids = [one.id for one in ledger.receipts]
    renumber_leaves(ledger.store, [forgery.id, *ids[300:]], 300)
    run_sql(ledger.store, "INSERT INTO ledger_chain VALUES ('c-forged', 1)")
    rebuild_nodes(ledger.store)
    found = finding(ledger)
    assert (found.what, found.receipt, found.leaf_index) == (What.ROOT, forgery.id, 300)
    between = finding(ledger, exported=False)
    assert (between.what, between.leaf_index, between.leaf_end) == (What.ROOT, 30, 330)


def test_a_difference_of_clocks_that_the_operator_knows_of_is_none(ledger: Ledger) -> None:
    insert(ledger.store, late(ledger, 100))
    assert verified(ledger, slack=timedelta(days=1)).sound


def test_a_leaf_that_stands_twice_is_found(ledger: Ledger) -> None:
    run_sql(ledger.store, "INSERT INTO ledger_leaf VALUES (-1, 'r-none', :hash)", hash=bytes(32))
    assert finding(ledger).what is What.TREE


def test_swapped_numbers_are_named(ledger: Ledger) -> None:
    one = ledger.receipts[300]
    other = ledger.after(one)
    change(ledger.store, one, number=-1)
    change(ledger.store, other, number=one.number)
    change(ledger.store, one, number=other.number)
    found = finding(ledger)
    assert (found.what, found.place, found.receipt) == (What.COLUMN, "number", one.id)


def test_swapped_leaves_of_one_chain_are_named(ledger: Ledger) -> None:
    one = ledger.receipts[300]
    other = ledger.after(one)
    there = ledger.index(other)
    ids = [receipt.id for receipt in ledger.receipts]
    ids[300], ids[there] = ids[there], ids[300]
    renumber_leaves(ledger.store, ids[300:], 300)
    rebuild_nodes(ledger.store)
    found = finding(ledger)
    assert (found.what, found.receipt, found.leaf_index) == (What.ORDER, other.id, 300)


@pytest.mark.parametrize("exported", [True, False], ids=["exported", "stored"])
def test_swapped_leaves_of_two_chains_are_named(ledger: Ledger, exported: bool) -> None:
    place = next(i for i in range(400, 500) if ledger.receipts[i].chain != ledger.receipts[i + 1].chain)
    ids = [receipt.id for receipt in ledger.receipts]
    ids[place], ids[place + 1] = ids[place + 1], ids[place]
    renumber_leaves(ledger.store, ids[place:], place)
    rebuild_nodes(ledger.store)
    found = finding(ledger, exported=exported)
    assert found.what is What.ROOT
    if exported:
        assert (found.receipt, found.leaf_index, found.leaf_end) == (ids[place], place, None)
    else:
        assert (found.leaf_index, found.leaf_end) == (330, 630)


# -- the tree's own tables --------------------------------------------------------------------------------------------


def test_a_changed_node_is_named(ledger: Ledger) -> None:
    run_sql(ledger.store, "UPDATE ledger_node SET hash = :h WHERE position = 1", h=bytes(32))
    found = finding(ledger)
    assert (found.what, found.leaf_index, found.leaf_end) == (What.NODE, 256, 512)


def test_a_missing_node_is_named(ledger: Ledger) -> None:
    run_sql(ledger.store, "DELETE FROM ledger_node WHERE position = 0")
    assert (finding(ledger).what, finding(ledger).leaf_index) == (What.NODE, 0)


@pytest.mark.parametrize("change_by", [-1, 1])
def test_a_changed_cursor_is_named(ledger: Ledger, change_by: int) -> None:
    chain = ledger.unsealed[2].chain
    run_sql(ledger.store, "UPDATE ledger_chain SET number = number + :by WHERE chain = :c", by=change_by, c=chain)
    found = finding(ledger)
    assert found.chain == chain
    assert found.what is (What.CURSOR if change_by < 0 else What.LEAF_MISSING)


def test_a_chain_whose_cursor_is_gone_is_named(ledger: Ledger) -> None:
    run_sql(ledger.store, "DELETE FROM ledger_chain WHERE chain = 'c-old'")
    assert (finding(ledger).what, finding(ledger).chain) == (What.CURSOR, "c-old")


def test_a_lost_record_of_the_tree_is_found(ledger: Ledger) -> None:
    run_sql(ledger.store, "DELETE FROM ledger_tree")
    assert finding(ledger).what is What.TREE


def test_a_renamed_ledger_is_found(ledger: Ledger) -> None:
    run_sql(ledger.store, "UPDATE ledger_tree SET origin = 'creditgate/other'")
    assert finding(ledger).what is What.CHECKPOINT


# -- checkpoints ------------------------------------------------------------------------------------------------------


def test_a_changed_checkpoint_is_named(ledger: Ledger) -> None:
    run_sql(ledger.store, "UPDATE ledger_checkpoint SET note = :note WHERE size = 330", note=b"nothing\n")
    found = finding(ledger)
    assert (found.what, found.checkpoint) == (What.CHECKPOINT, 330)


def test_a_checkpoint_under_another_size_is_named(ledger: Ledger) -> None:
    run_sql(ledger.store, "UPDATE ledger_checkpoint SET size = 331 WHERE size = 330")
    found = finding(ledger)
    assert (found.what, found.checkpoint) == (What.CHECKPOINT, 331)


def test_a_checkpoint_by_another_key_is_named(ledger: Ledger) -> None:
    """The whole ledger is rewritten, and signed anew by somebody who does not have the key."""
    rewrite_chain(ledger, ledger.receipts[400])
    stranger = LedgerKey.new()
    run_sql(ledger.store, "DELETE FROM ledger_checkpoint WHERE size > 330")
    run_sql(ledger.store, "UPDATE ledger_checkpoint SET public_key = :key", key=stranger.public)
    keeper(ledger.store, ledger.clock).keep(stranger)
    found = finding(ledger, exported=False)
    assert (found.what, found.checkpoint) == (What.SIGNATURE, 633)
    exact = finding(ledger)
    assert (exact.what, exact.receipt, exact.checkpoint) == (What.RESTORED, ledger.receipts[400].id, 630)


def test_without_keys_signatures_are_not_looked_at_and_the_verdict_says_so(ledger: Ledger) -> None:
    checkpoint = new_checkpoint(
        origin="creditgate/other", size=1, root=bytes(32), algorithm="sha256", instant=ledger.clock.now
    )
    assert not Verification(store=ledger.store).run().signatures
    run_sql(ledger.store, "UPDATE ledger_checkpoint SET note = :n WHERE size = 30", n=sign(checkpoint, [KEY]).encoded)
    found = Verification(store=ledger.store).run().finding
    assert found is not None
    assert found.what is What.CHECKPOINT


def test_a_hand_over_is_followed(ledger: Ledger) -> None:
    new = LedgerKey.new()
    keeper(ledger.store, ledger.clock, ledger.folder).hand_over(KEY, new)
    with writers(ledger.store, ledger.clock) as (one,):
        write(one, range(20))
    keeper(ledger.store, ledger.clock, ledger.folder).keep(new)
    verdict = verified(ledger)
    assert verdict.finding is None, verdict.finding.words()
    assert (verdict.stored_checkpoints, verdict.exported_checkpoints) == (5, 5)


def test_a_restored_database_is_found_by_a_larger_exported_checkpoint(sqlite_url: str, tmp_path: Path) -> None:
    restored = restore(sqlite_url, tmp_path)
    found = finding(restored)
    assert (found.what, found.checkpoint, found.leaf_index, found.leaf_end) == (What.RESTORED, 650, 633, 650)


def test_and_when_it_has_grown_again_by_another_root(sqlite_url: str, tmp_path: Path) -> None:
    restored = restore(sqlite_url, tmp_path)
    with writers(restored.store, restored.clock) as (one,):
        made = write(one, range(4_000, 4_030))
    keeper(restored.store, restored.clock).keep(KEY)
    assert verified(restored, exported=False).sound
    found = finding(restored)
    assert (found.what, found.checkpoint, found.leaf_index) == (What.RESTORED, 650, 633)
    assert found.receipt == made[0].id
    restored.store.close()


def restore(sqlite_url: str, tmp_path: Path) -> Ledger:
    """The service goes on after a copy was made; then the copy is put back."""
    store = store_with_tables(sqlite_url)
    ledger = sound_ledger(store, tmp_path / "elsewhere")
    keeper(store, ledger.clock, ledger.folder).keep(KEY)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM INTO :target"), {"target": str(tmp_path / "copy.db")})
    with writers(store, ledger.clock) as (one,):
        write(one, range(3_000, 3_017))
    keeper(store, ledger.clock, ledger.folder).keep(KEY)
    assert verified(ledger).sound
    store.close()
    return Ledger(
        open_store(f"sqlite:///{tmp_path / 'copy.db'}"),
        ledger.clock,
        ledger.folder,
        ledger.receipts,
        ledger.unsealed,
        ledger.erased,
        ledger.old,
    )


def test_a_damaged_leaf_file_is_a_remark_and_no_finding(ledger: Ledger) -> None:
    path = sorted(ledger.folder.rglob("*.leaves"))[1]
    content = bytearray(path.read_bytes())
    content[64] ^= 1
    path.write_bytes(bytes(content))
    verdict = verified(ledger)
    assert verdict.sound
    assert len(verdict.remarks) == 1
    assert "第 32 叶" in verdict.remarks[0]


def test_a_damaged_exported_checkpoint_is_named(ledger: Ledger) -> None:
    path = sorted(ledger.folder.rglob("*.note"))[1]
    path.write_bytes(path.read_bytes().replace(b"330", b"331"))
    found = finding(ledger)
    assert (found.what, found.checkpoint) == (What.CHECKPOINT, 330)
    assert path.name in found.place


def test_a_directory_that_is_not_there_is_told(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="没有检查点目录"):
        Verification(store=ledger.store, checkpoints=tmp_path / "nowhere").run()


# -- clocks ------------------------------------------------------------------------------------------------------------


def set_back(store: Store, folder: Path, *, sealed: bool) -> list[Receipt]:
    """A process whose clock is set back by two hours, which an earlier release let it go on with, and then is right."""
    clock = Clock()
    written: list[Receipt] = []
    previous = NO_HASH
    with writers(store, clock) as (one,):
        first = write(one, [1])[0]  # makes the store's tree
    keeper(store, clock, folder).keep(KEY)
    for number in range(1, 31):
        clock.on(-7200 if number == 11 else 7200 if number == 21 else 60)
        made = make_receipt(draft(number), chain="c-back", number=number, previous_hash=previous, now=clock.now)
        insert(store, made)
        previous = made.hash
        written.append(made)
        if sealed and number == 10:
            clock.on(1)
            keeper(store, clock, folder).keep(KEY)
    if sealed:
        keeper(store, clock, folder).keep(KEY)
    return [first, *written]


@pytest.mark.parametrize("sealed", [False, True])
def test_a_clock_that_was_set_back_is_told_and_is_no_alteration(store: Store, tmp_path: Path, *, sealed: bool) -> None:
    made = set_back(store, tmp_path / "elsewhere", sealed=sealed)
    verify = Verification(store=store, checkpoints=tmp_path / "elsewhere", trust=trusted())
    verdict = verify.run()
    assert verdict.finding is None, verdict.finding.words()
    assert [(one.what, one.receipt, one.number) for one in verdict.steps] == [(What.CLOCK, made[11].id, 11)]
    assert "机器时钟被拨回过" in verdict.steps[0].words()
    known = Verification(store=store, checkpoints=verify.checkpoints, trust=trusted(), slack=timedelta(hours=3)).run()
    assert known.steps == ()
    change(store, made[25], item="other")  # what is altered behind it is found all the same
    found = verify.run().finding
    assert found is not None
    assert (found.what, found.receipt) == (What.COLUMN, made[25].id)


def test_a_clock_that_was_years_ahead_and_is_right_again_accuses_nobody(store: Store, tmp_path: Path) -> None:
    clock, folder = Clock(Clock().now + timedelta(days=3650)), tmp_path / "elsewhere"
    with writers(store, clock) as (one,):
        write(one, range(3))
    keeper(store, clock, folder).keep(KEY)
    clock.on(-3650 * 86400)
    with writers(store, clock) as (one,):
        write(one, range(3, 6))
        keeper(store, clock, folder).keep(KEY)
        write(one, range(6, 9))
    verdict = Verification(store=store, checkpoints=folder, trust=trusted()).run()
    assert verdict.finding is None, verdict.finding.words()
    assert [(step.what, step.checkpoint) for step in verdict.steps] == [(What.CLOCK, 6)]


# -- what no signature shows ------------------------------------------------------------------------------------------


def told(ledger: Ledger, *, exported: bool = True, **more: object) -> str:
    """What is unproven of a ledger in which nothing differs."""
    verdict = verified(ledger, exported=exported, **more)
    assert verdict.finding is None, verdict.finding.words()
    return "\n".join(verdict.unproven)


def notes_of(ledger: Ledger) -> list[Path]:
    return sorted(ledger.folder.rglob("*.note"))


def test_of_a_ledger_whose_checkpoints_are_all_there_nothing_is_unproven(ledger: Ledger) -> None:
    assert told(ledger, every=timedelta(minutes=1)) == ""
    assert told(ledger, exported=False) == ""


def test_that_no_checkpoint_is_there_any_more_is_told(ledger: Ledger) -> None:
    run_sql(ledger.store, "DELETE FROM ledger_checkpoint")
    assert told(ledger, exported=False).startswith("没有任何检查点")
    assert told(ledger) == "库中没有检查点目录里的检查点: 30 条、330 条、630 条"


def test_an_empty_store_proves_nothing_to_who_has_the_key(store: Store) -> None:
    assert Verification(store=store, trust=trusted()).run().unproven


def test_an_emptied_directory_is_told(ledger: Ledger) -> None:
    shutil.rmtree(ledger.folder)
    ledger.folder.mkdir()
    assert told(ledger) == "检查点目录中缺少库中有的检查点: 30 条、330 条、630 条"


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_checkpoint_that_is_gone_from_the_directory_is_told(ledger: Ledger, which: int) -> None:
    notes_of(ledger)[which].unlink()
    latest = "\n检查点目录的 latest 所指的检查点文件没有了: 630 条" if which == 2 else ""
    assert told(ledger) == f"检查点目录中缺少库中有的检查点: {SIZES[which]} 条{latest}"


def test_a_checkpoint_that_is_gone_from_both_is_told_by_its_leaves(ledger: Ledger) -> None:
    notes_of(ledger)[1].unlink()
    run_sql(ledger.store, "DELETE FROM ledger_checkpoint WHERE size = 330")
    assert told(ledger) == "检查点目录中有叶文件, 而没有它所到的检查点: 330 条"


def test_the_latest_alone_speaks_for_a_ledger_that_was_truncated(ledger: Ledger) -> None:
    """Its file was deleted, with the store's own checkpoint and everything under it."""
    truncate(ledger, 330, checkpoints=True)
    notes_of(ledger)[2].unlink()
    found = finding(ledger)
    assert (found.what, found.checkpoint, found.leaf_index) == (What.RESTORED, 630, 330)


def test_receipts_that_no_checkpoint_follows_for_long_are_told(ledger: Ledger) -> None:
    run_sql(ledger.store, "DELETE FROM ledger_checkpoint WHERE size > 30")
    assert told(ledger, exported=False) == ""
    assert told(ledger, exported=False, every=timedelta(hours=24)) == ""
    assert told(ledger, exported=False, every=timedelta(minutes=1)).startswith("最后一个检查点(30 条)之后")


# -- resumed ----------------------------------------------------------------------------------------------------------


class Stopped(Exception):
    pass


def test_an_interrupted_verification_goes_on_where_it_was(ledger: Ledger, tmp_path: Path) -> None:
    resume = tmp_path / "progress.json"
    task = Verification(store=ledger.store, checkpoints=ledger.folder, trust=trusted(), resume=resume)

    def stop(done: int, total: int) -> None:
        assert total == SIZES[-1]
        if done >= 330:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        task.run(stop)
    assert json.loads(resume.read_bytes())["size"] == 330
    change(ledger.store, ledger.receipts[10], item="other")
    verdict = task.run()
    assert verdict.sound, "rows that were verified are not looked at again"
    assert (verdict.resumed_at, verdict.leaves, verdict.erased) == (330, 630, 2)
    assert (verdict.stored_checkpoints, verdict.exported_checkpoints) == (3, 3)
    assert not resume.exists()
    assert task.run().finding is not None


def test_a_finding_behind_the_place_of_interruption_is_the_same(ledger: Ledger, tmp_path: Path) -> None:
    rewrite_chain(ledger, ledger.receipts[400])
    resume = tmp_path / "progress.json"
    task = Verification(store=ledger.store, checkpoints=ledger.folder, trust=trusted(), resume=resume)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            task.run(stop)
    found = task.run().finding
    assert found is not None
    assert (found.what, found.receipt, found.leaf_index) == (What.ROOT, ledger.receipts[400].id, 400)


def test_the_progress_of_another_ledger_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    resume = tmp_path / "progress.json"
    resume.write_text('{"origin": "creditgate/other", "algorithm": "sha256", "keys": []}')
    with pytest.raises(SetupFault, match="另一账本"):
        verified(ledger, resume=resume)


# -- columns that follow from the contents ----------------------------------------------------------------------------


def real_check(store: Store, clock: Clock) -> Receipt:
    """A check that calls for measures, with the columns that follow from it."""
    asked = Question(
        organ="market",
        item="permit",
        case_number="case-1",
        purpose="permit",
        stage=Stage.ACCEPTANCE,
        subjects=(SubjectInRole(role=Role.APPLICANT, identifier="91441900MA00000011"),),
        facts={},
        day=date(2026, 11, 20),
        known_at=None,
    )
    plain = draft(1)
    made = Draft(
        **{
            **msgspec.structs.asdict(plain),
            "question": canonical(asked),
            "decision": b'{"measures":[],"outcome":"measures"}',
            "needs_outcome": True,
            "case_key": CHECK.case_key(asked),
        }
    )
    with writers(store, clock) as (one,):
        return receipt(one.submit(made).result())


@pytest.mark.parametrize(("name", "value"), [("needs_outcome", False), ("case_key", "other")])
def test_a_changed_column_that_follows_from_the_contents_is_named(store: Store, name: str, value: object) -> None:
    clock = Clock()
    made = real_check(store, clock)
    keeper(store, clock).keep(KEY)
    assert Verification(store=store).run().sound
    change(store, made, **{name: value})
    found = Verification(store=store).run().finding
    assert found is not None
    assert (found.what, found.place, found.receipt) == (What.COLUMN, name, made.id)


# -- what SQLite lets stand where bytes belong -----------------------------------------------------------------------


@pytest.fixture
def sqlite_only(sqlite_ledger: Ledger, tmp_path: Path) -> Iterator[Ledger]:
    shutil.copy(sqlite_ledger.store.url.database or "", tmp_path / "gate.db")
    shutil.copytree(sqlite_ledger.folder, tmp_path / "elsewhere")
    with closing(open_store(f"sqlite:///{tmp_path / 'gate.db'}")) as store:
        yield replace(sqlite_ledger, store=store, folder=tmp_path / "elsewhere")


AS_TEXT = {
    "payload": (What.PAYLOAD, "payload"),
    "question": (What.CONTENT, "question"),
    "decision": (What.CONTENT, "decision"),
    "question_salt": (What.CONTENT, "question"),
    "decision_salt": (What.CONTENT, "decision"),
}


@pytest.mark.parametrize("name", AS_TEXT)
@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "unsealed"])
def test_bytes_changed_into_a_text_are_named(sqlite_only: Ledger, name: str, sealed: bool) -> None:
    """`replace()` makes a text of a blob: the commonest thing that somebody types."""
    one = sqlite_only.receipts[300] if sealed else sqlite_only.unsealed[0]
    run_sql(sqlite_only.store, f"UPDATE receipt SET {name} = {name} || 'x' WHERE id = :id", id=one.id)
    found = finding(sqlite_only)
    assert (found.what, found.place, found.receipt) == (*AS_TEXT[name], one.id)


@pytest.mark.parametrize("name", ["payload", "decision"])
def test_bytes_that_became_a_text_unchanged_are_named_too(sqlite_only: Ledger, name: str) -> None:
    one = sqlite_only.receipts[300]
    run_sql(sqlite_only.store, f"UPDATE receipt SET {name} = CAST({name} AS TEXT) WHERE id = :id", id=one.id)
    found = finding(sqlite_only)
    assert (found.what, found.place, found.receipt) == (What.RETYPED, name, one.id)


@pytest.mark.parametrize("value", ["CAST(x'ff' AS TEXT)", "x'ff'", "'text'"])
@pytest.mark.parametrize("name", ["organ", "number", "chain", "body_digest", "hash", "case_key", "issued_at"])
@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "unsealed"])
def test_a_column_of_another_kind_is_named(sqlite_only: Ledger, name: str, value: str, sealed: bool) -> None:
    one = sqlite_only.receipts[300] if sealed else sqlite_only.unsealed[0]
    run_sql(sqlite_only.store, f"UPDATE receipt SET {name} = {value} WHERE id = :id", id=one.id)
    found = finding(sqlite_only)
    assert found.receipt == one.id or (found.chain, found.number) == (one.chain, one.number)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_leaf SET leaf_hash = 'text' WHERE leaf_index = 300",
        "UPDATE ledger_leaf SET leaf_hash = leaf_hash || 'x' WHERE leaf_index = 300",
    ],
)
def test_a_leaf_that_became_a_text_is_named(sqlite_only: Ledger, statement: str) -> None:
    run_sql(sqlite_only.store, statement)
    found = finding(sqlite_only)
    assert (found.what, found.leaf_index) == (What.LEAF, 300)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE ledger_node SET hash = 'text'", What.NODE),
        ("UPDATE ledger_chain SET number = 'text' WHERE chain = 'c-old'", What.CURSOR),
        ("UPDATE ledger_checkpoint SET note = 'text' WHERE number = 2", What.CHECKPOINT),
    ],
)
def test_records_of_the_tree_that_became_texts_are_found(sqlite_only: Ledger, statement: str, expected: What) -> None:
    run_sql(sqlite_only.store, statement)
    assert finding(sqlite_only).what is expected


# -- what callers hold ------------------------------------------------------------------------------------------------


def every_receipt(store: Store) -> list[tuple[str, str]]:
    with store.engine.connect() as connection:
        return [(row.id, row.hash) for row in connection.execute(text("SELECT id, hash FROM receipt ORDER BY id"))]


def unsealed(ledger: Ledger) -> list[tuple[str, str]]:
    """The three receipts since the last checkpoint."""
    sealed = {one.id for one in ledger.receipts}
    return [one for one in every_receipt(ledger.store) if one[0] not in sealed]


def held_by_callers(ledger: Ledger, folder: Path, between: str = " ") -> Path:
    file = folder / "held.txt"
    file.write_text("\n".join(between.join(one) for one in every_receipt(ledger.store)) + "\n\n")
    return file


@pytest.mark.parametrize("between", [" ", ",", "; ", "\t"])
def test_receipts_that_callers_hold_are_all_there(ledger: Ledger, tmp_path: Path, between: str) -> None:
    verdict = verified(ledger, receipts=held_by_callers(ledger, tmp_path, between))
    assert verdict.sound
    assert verdict.held == 633


def test_receipts_cut_off_since_the_last_checkpoint_are_missed_by_their_holder(ledger: Ledger, tmp_path: Path) -> None:
    file = held_by_callers(ledger, tmp_path)
    cut = unsealed(ledger)
    assert len(cut) == 3
    for one, _ in cut:
        run_sql(ledger.store, "DELETE FROM receipt WHERE id = :id", id=one)
    assert verified(ledger).sound  # nothing that was signed speaks for them
    found = verified(ledger, receipts=file).finding
    assert found is not None
    assert (found.what, found.receipt, found.expected) == (What.NOT_THERE, *cut[0])
    assert "别处留存的回执, 库里没有" in found.words()


def test_another_receipt_than_a_caller_holds_is_told(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "held.txt"
    one = ledger.receipts[17]
    file.write_text(f"{one.id} {'0' * 64}\n")
    found = verified(ledger, receipts=file).finding
    assert found is not None
    assert (found.what, found.receipt, found.expected, found.found) == (What.NOT_AS_HELD, one.id, "0" * 64, one.hash)


def test_a_line_that_holds_no_receipt_is_refused_by_its_number(ledger: Ledger, tmp_path: Path) -> None:
    file = held_by_callers(ledger, tmp_path)
    file.write_text(file.read_text() + "r-1 abc\n")
    with pytest.raises(SetupFault, match="第 635 行"):
        verified(ledger, receipts=file)
    with pytest.raises(SetupFault, match="读不到"):
        verified(ledger, receipts=tmp_path / "nowhere.txt")
