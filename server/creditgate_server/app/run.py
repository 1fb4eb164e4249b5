"""`serve` from start to end: prepare, supervise, clean up."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable

from ..errors import SetupFault
from ..ledger.sealing.keys import LedgerKey
from ..service import logs, metrics
from ..settings import Settings, parse_address
from .build import StartPlan, prepare
from .sealing import METRICS, CheckpointMaker
from .supervisor import Supervisor
from .watch import Watch


def run(settings: Settings, announce: Callable[[StartPlan], None]) -> None:
    """Serve until SIGTERM or SIGINT. `announce` is called once, when every worker serves.

    Raises SetupFault, RuleSetFault and StoreDown where the service can't start.
    """
    logs.configure(settings.log_level, settings.log_format, worker=0)
    prepared = prepare(settings)
    folder = tempfile.mkdtemp(prefix="creditgate-metrics-") if settings.metrics else ""
    try:
        if folder:
            _serve_metrics(folder, settings.metrics)
        asyncio.run(_supervise(settings, prepared, folder, announce))
    finally:
        prepared.holder.close()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


async def _supervise(
    settings: Settings, prepared: StartPlan, metrics_folder: str, announce: Callable[[StartPlan], None]
) -> None:
    supervisor = Supervisor(settings, prepared.commissions, metrics_folder)
    beside = [asyncio.create_task(Watch(settings).run())] if settings.watch else []
    if settings.ledger_key is not None:
        beside.append(asyncio.create_task(CheckpointMaker(settings, LedgerKey.load(settings.ledger_key)).run()))
    try:
        await supervisor.run(lambda: announce(prepared))
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


def _serve_metrics(folder: str, listen: str) -> None:
    host, port = parse_address(listen)
    try:
        metrics.serve(folder, host, port, METRICS)
    except OSError as fault:
        raise SetupFault(f"指标地址 {listen} 不能监听: {fault.strerror}", "请核对 --metrics") from fault
