"""`serve --watch`: follows the rule library's folder. An edit is put into force, or refused with its faults."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing

import structlog
from watchfiles import awatch

from ..errors import Fault, GateError, RuleSetFault
from ..present import utc_now
from ..publication.history import report
from ..publication.proofs import prove_once
from ..publication.publisher import install, refuse
from ..rulebook.load import LoadedRuleSet, read_directory
from ..settings import Settings
from ..storage.database import Store, open_store

QUIET_MS = 150
"""A change counts when nothing more was written for so long: editors write in several steps."""
LOOK_AGAIN_SECONDS = 0.5
"""Where the folder is gone, until it is looked for again."""

_log = structlog.get_logger("creditgate.watch")


class Watch:
    """One folder, watched for one store."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._refused: tuple[Fault, ...] = ()

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                async for _ in awatch(self._settings.rules, debounce=QUIET_MS, step=50, ignore_permission_denied=True):
                    await asyncio.to_thread(self.take_in)
            except FileNotFoundError:
                await asyncio.to_thread(self.take_in)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    def take_in(self) -> None:
        """Read the folder as it is now; put it into force or refuse it. Faults of the store are logged."""
        try:
            loaded = read_directory(self._settings.rules)
            with closing(open_store(self._settings.store)) as store:
                self._prove(loaded, store)
                recorded = install(store, loaded, socket.gethostname())
        except RuleSetFault as fault:
            self._refuse(fault.faults)
            return
        except GateError as fault:
            _log.error("rule directory not taken in", why=str(fault))
            return
        self._refused = ()
        if recorded is not None:
            _log.info("rule directory taken in", digest=loaded.rule_set.digest, activation=recorded.act.number)

    def _prove(self, loaded: LoadedRuleSet, store: Store) -> None:
        try:
            proof = prove_once(store, loaded.rule_set, utc_now(), seconds=self._settings.prove_seconds)
        except RuleSetFault as fault:
            raise RuleSetFault(tuple(loaded.placed(one, self._settings.rules) for one in fault.faults)) from fault
        _log.info("rule set proved", **proof.told())

    def _refuse(self, faults: tuple[Fault, ...]) -> None:
        if faults == self._refused:
            return
        self._refused = faults
        _log.error("rule directory refused, the last good rule set goes on", faults=[str(fault) for fault in faults])
        try:
            with closing(open_store(self._settings.store)) as store:
                refuse(store, socket.gethostname(), report(faults))
        except GateError as fault:
            _log.error("refusal not recorded", why=str(fault))
