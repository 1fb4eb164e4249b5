"""A sound ledger, and what somebody with the database's password can do to it with plain SQL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import text

from creditgate_server.decision.parts import canonical
from creditgate_server.judging.kinds import ERASURE
from creditgate_server.ledger.chain import NO_HASH
from creditgate_server.ledger.erasing import ErasureAct, Part
from creditgate_server.ledger.merkle import Frontier, tree_hash
from creditgate_server.ledger.receipt import Receipt, make_receipt, new_id
from creditgate_server.ledger.sealing.tree import STEP
from creditgate_server.storage.database import Store

from .filled import KEY, Clock, draft, keeper, receipt, run_sql, write, writers

SHA256 = tree_hash("sha256")
SIZES = (30, 330, 630)
"""Of the checkpoints: none where a node ends."""


@dataclass(frozen=True)
class Ledger:
    """A ledger of several chains, formats and checkpoints."""

    store: Store
    clock: Clock
    folder: Path
    receipts: tuple[Receipt, ...]
    """In the order of their leaves."""
    unsealed: tuple[Receipt, ...]
    """Without places in the tree."""
    erased: Receipt
    """Both parts of it are erased."""
    old: tuple[Receipt, ...]
    """Of format 2; among the receipts too."""

    def of_chain(self, chain: str) -> list[Receipt]:
        return [one for one in (*self.receipts, *self.unsealed) if one.chain == chain]

    def index(self, one: Receipt) -> int:
        return self.receipts.index(one)

    def after(self, one: Receipt) -> Receipt:
        """The next in its chain."""
        return self.of_chain(one.chain)[one.number]


def sound_ledger(store: Store, folder: Path) -> Ledger:
    """630 receipts with places in four chains, three checkpoints, three receipts without places."""
    clock = Clock()
    old = old_receipts(store, clock, 5)
    made = list(old)
    numbers = iter(range(10_000))
    with writers(store, clock, 3) as opened:

        def more(count: int) -> None:
            while count:
                for writer in opened:
                    clock.on(0.1)
                    part = min(count, 4)
                    made.extend(write(writer, [next(numbers) for _ in range(part)]))
                    count -= part
                    if not count:
                        return

        more(25)
        keeper(store, clock, folder).keep(KEY)
        clock.on(3600)
        more(299)
        clock.on()
        erased = made[40]
        made.append(erase(opened[0], erased))
        keeper(store, clock, folder).keep(KEY)
        clock.on(3600)
        more(300)
        keeper(store, clock, folder).keep(KEY)
        clock.on()
        unsealed = [*write(opened[0], [9_001, 9_002]), *write(opened[1], [9_003])]
    assert len(made) == SIZES[-1]
    return Ledger(store, clock, folder, tuple(made), tuple(unsealed), erased, old)


def erase(writer: Any, one: Receipt) -> Receipt:
    act = ErasureAct(
        receipt=one.id,
        hash=one.hash,
        parts=(Part.QUESTION, Part.DECISION),
        ground="个人信息保护法 第四十七条",
        by="zhang",
        at="2026-11-20T03:00:00.000000Z",
        day=date(2026, 11, 20),
    )
    said = msgspec.structs.replace(
        draft(0), kind=ERASURE, about=one.id, question=canonical(act), decision=b"{}", erases=act.parts
    )
    return receipt(writer.submit(said).result())


def old_receipts(store: Store, clock: Clock, count: int) -> tuple[Receipt, ...]:
    """Receipts as they were written before format 3: question and decision stand in the payload."""
    made: list[Receipt] = []
    previous = NO_HASH
    for number in range(1, count + 1):
        clock.on(0.1)
        plain = draft(-number)
        payload = {
            "format": 2,
            "id": new_id(clock.now),
            "kind": "check",
            "caller": plain.caller,
            "request_id": None,
            "body_digest": plain.body_digest,
            "chain": "c-old",
            "number": number,
            "previous_hash": previous,
            "issued_at": clock.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "rule_set": plain.rule_set,
            "activation": 1,
            "decided_at": plain.decided_at,
            "question": json.loads(plain.question),
            "decision": json.loads(plain.decision),
        }
        encoded = msgspec.json.encode(payload, order="sorted")
        row = {name: value for name, value in payload.items() if name not in ("format", "question", "decision")}
        row |= {"organ": plain.organ, "item": plain.item, "case_number": plain.case_number, "answer": "", "about": ""}
        previous = hashlib.sha256(encoded).hexdigest()
        one = Receipt(**row, payload=encoded, hash=previous)
        insert(store, one)
        made.append(one)
    return tuple(made)


def insert(store: Store, one: Receipt, **changes: Any) -> None:
    """Put a row into the table of receipts."""
    row = {**msgspec.structs.asdict(one), **changes}
    del row["reused"]
    names = ", ".join(row)
    run_sql(store, f"INSERT INTO receipt ({names}) VALUES ({', '.join(':' + name for name in row)})", **row)


def change(store: Store, one: Receipt, **changes: Any) -> None:
    """Change columns of a receipt's row."""
    sets = ", ".join(f"{name} = :{name}" for name in changes)
    run_sql(store, f"UPDATE receipt SET {sets} WHERE id = :which", which=one.id, **changes)


def forged(one: Receipt, *, previous_hash: str | None = None) -> Receipt:
    """The same receipt with another answer, everything about it made to fit."""
    payload = json.loads(one.payload)
    payload["answer"] = "prohibited"
    if previous_hash is not None:
        payload["previous_hash"] = previous_hash
    encoded = msgspec.json.encode(payload, order="sorted")
    return msgspec.structs.replace(
        one,
        answer="prohibited",
        payload=encoded,
        hash=hashlib.sha256(encoded).hexdigest(),
        previous_hash=payload["previous_hash"],
    )


def put(store: Store, one: Receipt) -> None:
    """Overwrite a receipt's row, and its leaf's hash where it has a leaf."""
    change(store, one, payload=one.payload, hash=one.hash, answer=one.answer, previous_hash=one.previous_hash)
    run_sql(
        store,
        "UPDATE ledger_leaf SET leaf_hash = :hash WHERE receipt_id = :id",
        hash=SHA256.leaf(one.payload),
        id=one.id,
    )


def rewrite_chain(ledger: Ledger, start: Receipt) -> None:
    """Change a receipt, and every later one of its chain, its leaf and all nodes, so that they fit."""
    changed = forged(start)
    put(ledger.store, changed)
    for one in ledger.of_chain(start.chain)[start.number :]:
        payload = json.loads(one.payload)
        payload["previous_hash"] = changed.hash
        encoded = msgspec.json.encode(payload, order="sorted")
        changed = msgspec.structs.replace(
            one, payload=encoded, hash=hashlib.sha256(encoded).hexdigest(), previous_hash=payload["previous_hash"]
        )
        put(ledger.store, changed)
    rebuild_nodes(ledger.store)


def rebuild_nodes(store: Store) -> None:
    """Make the kept nodes fit the leaves."""
    with store.engine.begin() as connection:
        tree = Frontier(SHA256)
        connection.execute(text("DELETE FROM ledger_node"))
        for row in connection.execute(text("SELECT leaf_hash FROM ledger_leaf ORDER BY leaf_index")).all():
            for level, position, node in tree.append(bytes(row[0])):
                if level % STEP == 0:
                    connection.execute(
                        text("INSERT INTO ledger_node VALUES (:level, :position, :hash)"),
                        {"level": level, "position": position, "hash": node},
                    )


def renumber_leaves(store: Store, ids: Sequence[str], start: int = 0) -> None:
    """Write the table of leaves anew: these receipts from an index on, in this order."""
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM ledger_leaf WHERE leaf_index >= :start"), {"start": start})
        for index, receipt_id in enumerate(ids, start):
            payload = connection.execute(text("SELECT payload FROM receipt WHERE id = :id"), {"id": receipt_id})
            connection.execute(
                text("INSERT INTO ledger_leaf VALUES (:index, :id, :hash)"),
                {"index": index, "id": receipt_id, "hash": SHA256.leaf(bytes(payload.scalar_one()))},
            )


def late(ledger: Ledger, issued: int, chain: str = "c-forged", number: int = 1) -> Receipt:
    """A receipt that was never issued, made to fit; it says that it was issued with the receipt of that leaf."""
    at = ledger.receipts[issued].issued_at
    moment = Clock().now.fromisoformat(at)
    return make_receipt(draft(77), chain=chain, number=number, previous_hash=NO_HASH, now=moment)
