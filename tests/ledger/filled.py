"""Ledgers for tests: receipts in several chains, their places, and checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from creditgate_server.errors import GateError
from creditgate_server.ledger.receipt import Draft, Receipt
from creditgate_server.ledger.sealing.keeper import Keeper
from creditgate_server.ledger.sealing.keys import LedgerKey
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.storage.database import Store

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float = 60) -> None:
        self.now += timedelta(seconds=seconds)


def draft(number: int, request_id: str | None = None) -> Draft:
    """A draft like no other."""
    return Draft(
        caller="desk",
        request_id=request_id,
        body_digest=f"b{number}",
        kind="check",
        organ="market",
        item="permit",
        case_number=f"case-{number}",
        rule_set="sha256:x",
        activation=1,
        decided_at="2026-11-20T01:00:00.000000Z",
        question=b'{"case_number":"case-%d","item":"permit","organ":"market"}' % number,
        decision=b'{"outcome":"clear"}',
    )


@contextmanager
def writers(store: Store, clock: Clock, count: int = 1) -> Iterator[list[ReceiptWriter]]:
    """So many writers, each with a chain of its own."""
    opened = [ReceiptWriter(store, now=clock) for _ in range(count)]
    try:
        yield opened
    finally:
        for one in opened:
            one.close()


def write(writer: ReceiptWriter, numbers: Sequence[int]) -> list[Receipt]:
    """Receipts of these drafts, in one chain and in order."""
    made = writer.write_many([draft(number) for number in numbers])
    return [receipt(one) for one in made]


def receipt(result: Receipt | GateError) -> Receipt:
    assert isinstance(result, Receipt), result
    return result


def keeper(store: Store, clock: Clock, folder: Path | None = None, algorithm: str = "sha256") -> Keeper:
    """Its rests take no time."""
    if folder is not None:
        folder.mkdir(exist_ok=True)
    return Keeper(store, folder=folder, now=clock, algorithm=algorithm, rest=lambda seconds: None)


def leaves(store: Store) -> list[tuple[int, str, bytes]]:
    """Index, receipt and hash of every leaf, in order."""
    with store.engine.connect() as connection:
        rows = connection.execute(text("SELECT leaf_index, receipt_id, leaf_hash FROM ledger_leaf ORDER BY leaf_index"))
        return [(row[0], row[1], bytes(row[2])) for row in rows]


def run_sql(store: Store, *statements: str, **values: object) -> None:
    """What somebody with access to the database could do."""
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


KEY = LedgerKey.new()
