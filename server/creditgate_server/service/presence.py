"""A worker's word on what it serves, given to the store for all to see."""

from __future__ import annotations

import os
import socket

import structlog

from ..clock import rfc3339
from ..errors import GateError
from ..publication.workers import SAY_SECONDS, WorkerState, leave, say
from .gate import Gate
from .in_force import POLL_SECONDS

_log = structlog.get_logger("creditgate.presence")


class Presence:
    """One worker's presence."""

    def __init__(self, gate: Gate, address: str, worker: int) -> None:
        self._gate = gate
        self._address = address
        self._id = f"{socket.gethostname()}-{os.getpid()}-{worker}"
        self._said: tuple[int, str] | None = None
        self._waited = 0.0

    def state(self) -> WorkerState:
        """What is served now."""
        rules = self._gate.rules
        serving = rules.serving if not rules.problem else None
        return WorkerState(
            id=self._id,
            address=self._address,
            digest=serving.digest if serving else "",
            activation=serving.activation if serving else 0,
            since=serving.since if serving else "",
            seen_at=rfc3339(self._gate.now()),
            problem=rules.problem,
        )

    def say(self) -> None:
        """Say it now. What the store does not take is said again soon."""
        state = self.state()
        try:
            say(self._gate.store, state)
        except GateError as fault:
            _log.debug("presence not told", why=str(fault))
        else:
            self._said, self._waited = (state.activation, state.problem), 0.0

    def tell(self) -> None:
        """Say it where it changed, and every few seconds: to be done every POLL_SECONDS."""
        state = self.state()
        self._waited += POLL_SECONDS
        if self._said != (state.activation, state.problem) or self._waited >= SAY_SECONDS:
            self.say()

    def end(self) -> None:
        """The worker ends: it says no more."""
        try:
            leave(self._gate.store, self._id, self._gate.now())
        except GateError as fault:
            _log.debug("leave not told", why=str(fault))
