"""The ledger alone: receipts written, given their places, signed and verified; `python -m bench.sealing [COUNT]`."""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from creditgate_server.ledger.proofs import proof_of
from creditgate_server.ledger.receipt import Draft
from creditgate_server.ledger.sealing.keeper import Keeper
from creditgate_server.ledger.sealing.keys import LedgerKey
from creditgate_server.ledger.sealing.trust import Trust, TrustedKey
from creditgate_server.ledger.verification.verify import Verification
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.storage.database import Store, migrate, open_store

CHAINS = 4
AT_ONCE = 400
DECISION_BYTES = 4_500
"""Of a subject with a few records."""
PROOFS = 200


@dataclass(frozen=True)
class SealingFigures:
    """Receipts a second, on one core; milliseconds of a proof; megabytes that memory grew by while verifying."""

    receipts: int
    written: float
    sequenced: float
    verified: float
    proof_ms: float
    grown_mb: float


def draft(number: int) -> Draft:
    question = b'{"case_number":"%d","item":"food-business-licence","organ":"market-regulation"}' % number
    return Draft(
        caller="bench",
        request_id=None,
        body_digest=f"{number:064d}",
        kind="check",
        organ="market-regulation",
        item="food-business-licence",
        case_number=str(number),
        rule_set="sha256:" + "0" * 64,
        activation=1,
        decided_at="2026-11-20T01:00:00.000000Z",
        question=question,
        decision=b'{"outcome":"clear","text":"' + b"x" * DECISION_BYTES + b'"}',
    )


def fill(store: Store, count: int) -> None:
    writers = [ReceiptWriter(store, now=now) for _ in range(CHAINS)]

    async def write() -> None:
        for start in range(0, count, AT_ONCE * CHAINS):
            parts = [
                writer.write_many([draft(start + place * AT_ONCE + n) for n in range(AT_ONCE)])
                for place, writer in enumerate(writers)
            ]
            await asyncio.gather(*parts)

    asyncio.run(write())
    for writer in writers:
        writer.close()


def measure(count: int = 50_000) -> SealingFigures:
    """Fill a SQLite store, seal it, verify it."""
    count -= count % (AT_ONCE * CHAINS)
    key = LedgerKey.new()
    with tempfile.TemporaryDirectory(prefix="creditgate-bench-ledger-") as place:
        folder = Path(place) / "elsewhere"
        folder.mkdir()
        store = open_store(f"sqlite:///{place}/gate.db")
        migrate(store)
        written = timed(lambda: fill(store, count))
        keeper = Keeper(store, folder=folder, now=now, rest=lambda seconds: None)
        sequenced = timed(lambda: keeper.keep(key))
        trust = Trust((TrustedKey(public_key=key.public),))
        task = Verification(store=store, checkpoints=folder, trust=trust)
        before = memory()
        verified = timed(lambda: require(task.run().sound))
        grown = memory() - before
        with store.engine.connect() as connection:
            ids = [row[0] for row in connection.exec_driver_sql(f"SELECT id FROM receipt LIMIT {PROOFS}")]
        proofs = timed(lambda: [proof_of(store, one) for one in ids])
        store.close()
    return SealingFigures(count, count / written, count / sequenced, count / verified, proofs / PROOFS * 1000, grown)


def timed(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


def require(sound: bool) -> None:
    if not sound:
        raise AssertionError("the ledger is not sound")


def memory() -> float:
    """Most that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    figures = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
    print(
        f"{figures.receipts:,} receipts: written {figures.written:,.0f}/s, sequenced {figures.sequenced:,.0f}/s, "
        f"verified {figures.verified:,.0f}/s with {figures.grown_mb:.1f} MB more memory; a proof {figures.proof_ms:.1f} ms"
    )
