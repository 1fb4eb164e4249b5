"""What supervisor and worker tell each other: JSON, one message a line."""

from __future__ import annotations

import msgspec

from ..service.callers import Caller
from ..settings import Settings


class Commission(msgspec.Struct, frozen=True, kw_only=True):
    """All that a worker needs to start. Its rule sets come from the store, proved."""

    worker: int
    """Number of the worker, from 1."""
    address: str
    """HOST:PORT with the real port."""
    settings: str
    """The settings as JSON."""
    callers: tuple[Caller, ...]

    def read_settings(self) -> Settings:
        """The settings, as the supervisor had them."""
        return Settings.model_validate_json(self.settings)


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The worker serves."""


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """The worker is alive, and its engine moves; sent every second."""


class StartFailure(msgspec.Struct, frozen=True, tag="failed"):
    """The worker can't start."""

    message: str


Message = Ready | Beat | StartFailure

BEAT_SECONDS = 1.0
"""Seconds from one heartbeat to the next."""


def encode(message: Message | Commission) -> bytes:
    """One line. Canonical JSON has no line breaks of its own."""
    return msgspec.json.encode(message) + b"\n"


def decode(line: bytes) -> Message:
    """A worker's message from its line."""
    message: Message = msgspec.json.decode(line, type=Message)
    return message


def decode_commission(line: bytes) -> Commission:
    """A commission from its line."""
    return msgspec.json.decode(line, type=Commission)
