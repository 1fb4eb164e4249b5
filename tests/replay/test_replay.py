"""Replay: what was decided is decided again, byte for byte; what is not is named."""

from __future__ import annotations

import json
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from creditgate_server.cli.main import app
from creditgate_server.errors import StoreDown, StoreFault
from creditgate_server.ledger.environment import here, keep_environment
from creditgate_server.ledger.hashing import hash_of
from creditgate_server.ledger.receipt import Draft, Receipt
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.publication.rule_sets import save_rule_set
from creditgate_server.storage.database import Store
from creditgate_server.studies.replay.difference import NOTHING, first_difference
from creditgate_server.studies.replay.one import Fate
from creditgate_server.studies.replay.run import ReplayReport, replay
from creditgate_server.studies.replay.selection import Selection, count, pages, read_page

from .mill import Mill

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class Clock:
    """Every receipt an hour after the one before."""

    def __init__(self) -> None:
        self.now = NOW - timedelta(hours=1)

    def __call__(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now


@pytest.fixture(scope="module")
def mill() -> Iterator[Mill]:
    made = Mill(7)
    yield made
    made.close()


@pytest.fixture
def written(store: Store, mill: Mill) -> Iterator[Callable[..., list[Receipt]]]:
    """Writes drafts, one an hour, under rule sets that the store has."""
    for rule_set in mill.all_rule_sets:
        save_rule_set(store, rule_set, {}, NOW)
    writer = ReceiptWriter(store, now=Clock())

    def write(*drafts: Draft) -> list[Receipt]:
        made = [writer.submit(draft).result() for draft in drafts]
        assert all(isinstance(one, Receipt) for one in made)
        return made

    yield write
    writer.close()


Written = Callable[..., list[Receipt]]


def fates(report: ReplayReport) -> dict[Fate, int]:
    return {fate: report.of(fate) for fate in Fate if report.of(fate)}


def reseal(store: Store, receipt: Receipt, **changes: object) -> None:
    """Change a receipt's decision, with a commitment that fits, as one could who knows how."""
    decision = msgspec.json.encode(json.loads(receipt.decision or b"") | changes, order="sorted")
    payload = json.loads(receipt.payload)
    payload["decision"] = hash_of("sha256")((receipt.decision_salt or b"") + decision)
    values = {"decision": decision, "payload": msgspec.json.encode(payload, order="sorted"), "id": receipt.id}
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE receipt SET decision = :decision, payload = :payload WHERE id = :id"), values)


def test_decisions_of_every_kind_under_several_rule_sets_come_out_the_same(
    store: Store, mill: Mill, written: Written
) -> None:
    drafts = [*mill.drafts(300), *(mill.leniency() for _ in range(60))]
    written(*drafts)
    report = replay(store, Selection())
    assert fates(report) == {Fate.SAME: 360}, report.findings[:3]
    assert {kind for kind, _ in report.counts} == {"check", "level", "leniency"}
    assert set(report.rule_sets) == {rule_set.digest for rule_set in mill.all_rule_sets}


def test_several_processes_say_the_same(store: Store, mill: Mill, written: Written) -> None:
    made = written(*mill.drafts(450, leniency=0.02))
    for number in (3, 200, 449):
        reseal(store, made[number], day="2001-01-01")
    seen: list[tuple[int, int]] = []
    one = replay(store, Selection())
    two = replay(store, Selection(), workers=2, progress=lambda done, total: seen.append((done, total)))
    assert (two.counts, two.rule_sets, two.findings) == (one.counts, one.rule_sets, one.findings)
    assert [found.receipt for found in one.findings] == [made[number].id for number in (3, 200, 449)]
    assert seen[0] == (0, 450)
    assert seen[-1] == (450, 450)


@pytest.mark.parametrize(("field", "value"), [("outcome", "clear"), ("day", "2001-01-01")])
def test_a_difference_is_named_with_its_place(
    store: Store, mill: Mill, written: Written, field: str, value: str
) -> None:
    draft = next(one for one in mill.drafts(500, leniency=0, level=0) if one.answer == "measures")
    made, other = written(draft, mill.check())
    then = json.loads(made.decision or b"")[field]
    reseal(store, made, **{field: value})
    report = replay(store, Selection())
    assert fates(report) == {Fate.SAME: 1, Fate.DIFFERENT: 1}
    (found,) = report.findings
    assert found.receipt == made.id
    assert found.difference is not None
    assert (found.difference.place, found.difference.finding) == (field, "")
    assert found.difference.then == json.dumps(value)
    assert found.difference.now == json.dumps(then)
    assert other.id != found.receipt


def test_a_difference_within_a_measure_names_the_measure() -> None:
    then = b'{"measures":[{"code":"a","until":null},{"code":"strict-review","rule":"r","until":"2027-01-01"}],"x":1}'
    now = b'{"measures":[{"code":"a","until":null},{"code":"strict-review","rule":"r","until":"2028-01-01"}],"x":2}'
    found = first_difference(then, now)
    assert (found.place, found.finding) == ("measures[1].until", "strict-review")
    assert (found.then, found.now) == ('"2027-01-01"', '"2028-01-01"')


def test_a_finding_that_is_missing_or_new_is_named() -> None:
    found = first_difference(b'{"measures":[{"code":"a"},{"code":"b"}]}', b'{"measures":[{"code":"a"}]}')
    assert (found.place, found.finding, found.now) == ("measures[1]", "b", NOTHING)
    found = first_difference(b'{"outcome":"clear"}', b'{"added":1,"outcome":"clear"}')
    assert (found.place, found.then, found.now) == ("added", NOTHING, "1")


def test_contents_that_the_receipt_does_not_commit_to_are_not_judged(
    store: Store, mill: Mill, written: Written
) -> None:
    first, second, third = written(mill.check(), mill.check(), mill.check())
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE receipt SET question = decision WHERE id = :id"), {"id": first.id})
        connection.execute(text("UPDATE receipt SET rule_set = 'sha256:0' WHERE id = :id"), {"id": second.id})
    report = replay(store, Selection())
    assert fates(report) == {Fate.SAME: 1, Fate.ALTERED: 2}
    assert {(found.receipt, found.note) for found in report.findings} == {
        (first.id, "question"),
        (second.id, "rule_set"),
    }
    assert third.id not in {found.receipt for found in report.findings}


def test_what_was_erased_is_counted_apart(store: Store, mill: Mill, written: Written) -> None:
    first, second, _ = written(mill.check(), mill.level(), mill.leniency())
    erase = "UPDATE receipt SET {0} = NULL, {0}_salt = NULL, body_digest = '' WHERE id = :id"
    with store.engine.begin() as connection:
        connection.execute(text(erase.format("question")), {"id": first.id})
        erase = "UPDATE receipt SET decision = NULL, decision_salt = NULL WHERE id = :id"
        connection.execute(text(erase), {"id": second.id})
    report = replay(store, Selection())
    assert fates(report) == {Fate.SAME: 1, Fate.ERASED: 2}
    assert report.found == 0


def test_a_rule_set_that_is_gone_is_named(store: Store, mill: Mill, written: Written) -> None:
    made = written(*mill.drafts(40, leniency=0, level=0))
    gone = made[0].rule_set
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM rule_set WHERE digest = :digest"), {"digest": gone})
    report = replay(store, Selection())
    assert report.of(Fate.NO_RULE_SET) == sum(one.rule_set == gone for one in made)
    assert report.of(Fate.SAME) == sum(one.rule_set != gone for one in made)


def test_a_difference_says_whether_another_program_decided(store: Store, mill: Mill) -> None:
    for rule_set in mill.all_rule_sets:
        save_rule_set(store, rule_set, {}, NOW)
    older = msgspec.structs.replace(here(), program="0.0.9", code="ab" * 32)
    keep_environment(store, older, NOW)
    notes = []
    for environment in (here().digest(), older.digest(), "sha256:none", ""):
        keep_environment(store, here(), NOW)
        writer = ReceiptWriter(store, now=Clock(), environment=environment)
        made = writer.submit(mill.check()).result()
        assert isinstance(made, Receipt)
        writer.close()
        reseal(store, made, day="2001-01-01")
        (found,) = replay(store, Selection(receipt=made.id)).findings
        notes.append(found.note)
    assert notes == ["", f"当时由另一程序判断(0.0.9, {'ab' * 6})", "没有当时运行环境的记录", ""]


def test_receipts_of_format_2_are_replayed_from_their_payloads(store: Store, mill: Mill, written: Written) -> None:
    (made,) = written(mill.check())
    payload = {
        "format": 2,
        "id": made.id,
        "kind": "check",
        "caller": made.caller,
        "request_id": None,
        "body_digest": made.body_digest,
        "chain": made.chain,
        "number": 1,
        "previous_hash": made.previous_hash,
        "issued_at": made.issued_at,
        "rule_set": made.rule_set,
        "question": msgspec.Raw(made.question or b""),
        "decision": msgspec.Raw(made.decision or b""),
    }
    parts = ", ".join(f"{part} = NULL, {part}_salt = NULL" for part in ("question", "decision"))
    with store.engine.begin() as connection:
        statement = text(f"UPDATE receipt SET payload = :payload, {parts} WHERE id = :id")
        connection.execute(statement, {"payload": msgspec.json.encode(payload, order="sorted"), "id": made.id})
    assert fates(replay(store, Selection())) == {Fate.SAME: 1}


def test_a_replaying_process_that_dies_is_told(store: Store, mill: Mill, written: Written) -> None:
    written(*mill.drafts(2, leniency=0))
    over = threading.Event()

    def kill() -> None:
        while not over.is_set():
            for child in multiprocessing.active_children():
                child.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(StoreFault, match="意外终止"):
            replay(store, Selection(), workers=2)
    finally:
        over.set()
        killer.join()


def test_an_engine_fault_of_then_is_no_difference(store: Store, mill: Mill, written: Written) -> None:
    from creditgate_server.decision.unsettled import engine_failed

    draft = mill.check()
    decision = json.loads(draft.decision)
    decision["outcome"] = "undetermined"
    decision["undetermined"] = [msgspec.to_builtins(engine_failed(0, ("r",)))]
    written(msgspec.structs.replace(draft, decision=msgspec.json.encode(decision, order="sorted")))
    report = replay(store, Selection())
    assert fates(report) == {Fate.ENGINE_FAILED: 1}
    assert report.found == 0


def test_since_until_kind_and_receipt_say_which_are_meant(store: Store, mill: Mill, written: Written) -> None:
    made = written(mill.check(), mill.level(), mill.check(), mill.leniency(), mill.check())

    def meant(**wanted: object) -> list[str]:
        selection = Selection(**wanted)
        found = [one.id for page in pages(store, selection) for one in read_page(store, page)]
        assert count(store, selection) == len(found)
        return found

    ids = [one.id for one in made]
    assert meant() == ids
    assert meant(since=made[1].issued_at, until=made[3].issued_at) == ids[1:3]
    assert meant(kinds=("level", "leniency")) == [ids[1], ids[3]]
    assert meant(receipt=ids[2]) == [ids[2]]
    assert meant(receipt="r-none") == []


def test_a_sample_is_of_the_size_asked_for_and_can_be_drawn_again(store: Store, mill: Mill, written: Written) -> None:
    made = {one.id for one in written(*mill.drafts(60, leniency=0))}

    def drawn(seed: int | None) -> list[str]:
        selection = Selection(sample=20, seed=seed)
        return [one.id for page in pages(store, selection) for one in read_page(store, page)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert len(set(drawn(None))) == 20
    assert set(drawn(None)) <= made
    assert replay(store, Selection(sample=20)).done == 20
    assert replay(store, Selection(sample=100)).done == 60


# -- the command ------------------------------------------------------------------------------------------------------


def run(store: Store, *arguments: str) -> Result:
    address = store.url.render_as_string(hide_password=False)
    return CliRunner().invoke(app, ["ledger", "replay", "--store", address, *arguments])


def test_the_command_says_what_became_of_all(store: Store, mill: Mill, written: Written) -> None:
    made = written(*mill.drafts(12, leniency=0, level=0.5))
    result = run(store)
    assert result.exit_code == 0, result.output
    assert "重放 12 份" in result.stdout
    assert "逐字节相同 12 份" in result.stdout
    reseal(store, made[5], day="2001-01-01")
    result = run(store)
    assert result.exit_code == 1
    assert f"{made[5].id}(" in result.stdout
    assert '结论不同: day: 当时 "2001-01-01", 重放 "' in result.stdout
    assert "逐字节相同 11 份; 结论不同 1 份" in result.stdout


def test_the_command_writes_json(store: Store, mill: Mill, written: Written) -> None:
    made = written(mill.check(), mill.level())
    plain = json.loads(run(store, "--json", "--kind", "check").stdout)
    assert plain["replayed"] == 1
    assert plain["counts"] == {"check": {"same": 1}, "level": {}, "leniency": {}}
    assert plain["rule_sets"] == {made[0].rule_set: 1}
    assert (plain["found"], plain["findings"]) == (0, [])


@pytest.mark.parametrize("wrong", [("--since", "yesterday"), ("--receipt", "r-none"), ("--until", "2026-13-01")])
def test_what_cannot_be_done_is_status_2(store: Store, wrong: tuple[str, str]) -> None:
    result = run(store, *wrong)
    assert result.exit_code == 2
    assert "creditgate-server: " in result.stderr


def test_days_are_legal_days_and_the_last_one_counts(store: Store, mill: Mill, written: Written) -> None:
    """Receipts at 04, 05, … UTC on 20 November: 12, 13, … in Shanghai; the one at 16 UTC is of the 21st there."""
    written(*mill.drafts(14, leniency=0, level=0))
    assert json.loads(run(store, "--json", "--until", "2026-11-20").stdout)["replayed"] == 12
    assert json.loads(run(store, "--json", "--since", "2026-11-21").stdout)["replayed"] == 2
    assert json.loads(run(store, "--json", "--since", "2026-11-20T15:00:00+08:00").stdout)["replayed"] == 11


def test_a_store_that_is_no_store_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("none")
    result = CliRunner().invoke(app, ["ledger", "replay", "--store", f"sqlite:///{folder}/none.db"])
    assert result.exit_code == 2
    assert StoreDown.reason == "STORE_DOWN"
