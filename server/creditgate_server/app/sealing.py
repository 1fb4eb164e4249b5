"""The ledger's checkpoints on a schedule: in the supervisor, so that no process that hears callers has the key."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from ..errors import GateError, StoreDown
from ..ledger.sealing.keeper import Keeper, KeeperRound
from ..ledger.sealing.keys import LedgerKey
from ..present import utc_now
from ..settings import Settings
from ..storage.database import open_store

_log = structlog.get_logger("creditgate.ledger")

_SHARE_OF_TIME = 0.9
"""A checkpoint of another service that is younger than this share of the time between two is as good as an own one."""

METRICS = CollectorRegistry()
"""What the supervisor counts itself."""

_SIZE = Gauge("creditgate_ledger_size", "Receipts under the newest checkpoint.", registry=METRICS)
_CHECKPOINT = Gauge(
    "creditgate_ledger_checkpoint_timestamp_seconds",
    "Instant of the newest checkpoint. It stands still while no receipts come.",
    registry=METRICS,
)
_CHECKED = Gauge(
    "creditgate_ledger_checked_timestamp_seconds",
    "Instant at which the ledger was last found to be sealed and written elsewhere.",
    registry=METRICS,
)
_FAILURES = Counter(
    "creditgate_ledger_failures", "Times that no checkpoint could be made or written.", registry=METRICS
)
_GAPS = Counter("creditgate_ledger_gaps", "Receipts that were missing in a chain. Must stay zero.", registry=METRICS)


class CheckpointMaker:
    """Makes checkpoints until it is cancelled."""

    def __init__(self, settings: Settings, key: LedgerKey) -> None:
        self._every = settings.ledger_seconds
        self._key = key
        self._stopping = threading.Event()
        self._store = open_store(settings.store)
        self._keeper = Keeper(
            self._store,
            folder=settings.ledger_checkpoints,
            now=utc_now,
            algorithm=settings.ledger_hash,
            rest=self._rest,
        )

    async def run(self) -> None:
        """For ever: at once, and whenever the time has passed."""
        round_: asyncio.Future[None] | None = None
        try:
            while True:
                round_ = asyncio.ensure_future(asyncio.to_thread(self._round))
                await asyncio.shield(round_)
                await asyncio.sleep(self._every)
        finally:
            self._stopping.set()
            if round_ is not None:
                await asyncio.wait([round_])
            self._store.close()

    def _round(self) -> None:
        try:
            kept = self._keeper.keep(self._key, every=timedelta(seconds=self._every * _SHARE_OF_TIME))
        except GateError as fault:
            if not self._stopping.is_set():
                _FAILURES.inc()
                _log.error("no checkpoint", why=str(fault), reason=fault.reason)
        except Exception:
            _FAILURES.inc()
            _log.exception("no checkpoint")
        else:
            self._tell(kept)

    @staticmethod
    def _tell(kept: KeeperRound) -> None:
        checkpoint = kept.note.checkpoint
        _SIZE.set(checkpoint.size)
        _CHECKPOINT.set(checkpoint.instant.timestamp())
        _CHECKED.set_to_current_time()
        for gap in kept.gaps:
            _GAPS.inc()
            _log.error("receipt missing", chain=gap.chain, number=gap.number)
        if kept.leaves:
            _log.info("checkpoint", size=checkpoint.size, new=kept.leaves, written=kept.written)

    def _rest(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise StoreDown("服务正在停止")
