"""Structured logs on standard error, one JSON object a line, without personal identifiers.

What may be logged: caller, organ, item, outcome, receipt id, milliseconds. Never: subjects, facts, messages of foreign
exceptions (they may quote both).
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO, cast

import msgspec
import structlog

from .repeated import Repetition

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["json", "text"]

_STANDARD_ERROR = 2

_ENCODER = msgspec.json.Encoder()

_Event = MutableMapping[str, Any]


def configure(level: Level, form: Format, **about: str | int) -> None:
    """Set up logging for this process; `about` goes into every line."""

    def place(_logger: object, _method: str, event: _Event) -> _Event:
        return {**about, **event}  # not a context variable: a call has a context of its own

    render = _as_json if form == "json" else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        place,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _frames_only,
    ]
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
    foreign = logging.StreamHandler(_StandardError())
    foreign.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render]
        )
    )
    logging.basicConfig(handlers=[foreign], level=logging.WARNING, force=True)


class _StandardError:
    """Standard error, a whole text at a time. Where it is gone or its disk full, the text is lost and nothing else."""

    def write(self, text: str) -> int:
        left = text.encode()
        with contextlib.suppress(OSError):
            while left:
                left = left[os.write(_STANDARD_ERROR, left) :]
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


class CallLog:
    """One line a call, written a tenth of a second later together with others: no call waits for the log.

    What is lost when a worker is killed is these lines, never a receipt.
    """

    FLUSH_SECONDS = 0.1

    def __init__(self, level: Level, form: Format, **about: str | int) -> None:
        self._wanted = level in ("debug", "info")
        self._plain = form != "json"
        self._about = {"event": "call", "level": "info", **about}
        self._events: list[dict[str, str | int | float]] = []
        self._writing = (
            Repetition("call-log", self.FLUSH_SECONDS, self.flush) if self._wanted and not self._plain else None
        )

    def write(self, instant: str, event: dict[str, str | int | float]) -> None:
        """Add a line."""
        if not self._wanted:
            return
        if self._plain:
            structlog.get_logger("creditgate.calls").info("call", **event)
            return
        self._events.append({**self._about, **event, "timestamp": instant})

    def flush(self) -> None:
        """Write what is there."""
        events = self._events[:]
        del self._events[: len(events)]  # what is added meanwhile stays
        if events:
            _StandardError().write(_ENCODER.encode_lines(events).decode())

    def close(self) -> None:
        """Write what is there, and end the thread."""
        if self._writing is not None:
            self._writing.stop()
        self.flush()


def _frames_only(_logger: object, _method: str, event: _Event) -> _Event:
    """Replace an exception by its type and the places it went through; its text may quote personal data."""
    given = event.pop("exc_info", None)
    fault = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if fault is not None:
        event["fault"] = type(fault).__name__
        frames = traceback.extract_tb(fault.__traceback__)
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _as_json(_logger: object, _method: str, event: _Event) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()
