"""The one module that knows durable_rules. It speaks the safe protocol; every engine fault leaves it as EngineFault.

One session is one decision: one merged fact that carries the sentinel too, so that something always fires, then the
state is deleted. One call at a time on a ruleset. What was seen to crash, hang or mis-compare is refused at the start.
"""

from __future__ import annotations

import ctypes
import itertools
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import durable_rules_engine as _engine
import msgspec

from ..rulebook.language import Value

Pattern = dict[str, Any]
"""A durable_rules pattern: comparisons under $and and $or."""

LIBRARY = Path(_engine.__file__)
"""The engine's compiled library."""

SENTINEL = "end"
_SENTINEL_PROPERTY = "z"
_LOWEST = 9999

MOST_RULES = 100
"""Rules in one ruleset: below 128 that share an option value, 255 on one pattern, 510 next tests."""
MOST_INEQUALITIES = 60
"""Tests in one ruleset that are not equality: below 64 that one fact can reach on one node."""
MOST_TESTS = 400
"""Tests in one ruleset: below the 510 different next tests under one node."""
MOST_BRANCHES = 128
"""Ways through one rule's alternatives: the engine lays out each one."""
MOST_PROPERTIES = 200
"""Properties of one fact: below 250."""
LARGEST_NUMBER = 2**53 - 1

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 64 * 1024 * 1024


def _keep_freed_memory() -> None:
    """The engine takes and frees large blocks in every session: glibc would give them back to the system each time.

    Measured: up to four times as long a session, most of it page faults. Where there is no mallopt, it stays as it is.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES // 2)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


_keep_freed_memory()
_sessions = itertools.count(1)
_names = itertools.count(1)


class EngineFault(Exception):
    """The engine failed; the answer is not known."""


class Ruleset:
    """A small durable ruleset: rule names and patterns, asked with one flat fact."""

    def __init__(self, patterns: Mapping[str, Pattern]) -> None:
        """Make it. Raises EngineFault where the engine refuses it."""
        check_names({_SENTINEL_PROPERTY, "id", "sid"} | properties(patterns.values()))
        rules: dict[str, Any] = {
            name: {"all": [{"m": pattern or {_SENTINEL_PROPERTY: 1}}]} for name, pattern in patterns.items()
        }
        rules[SENTINEL] = {"all": [{"m": {_SENTINEL_PROPERTY: 1}}], "pri": _LOWEST}
        self._definition = msgspec.json.encode(rules).decode()
        self._lock = threading.Lock()
        self._handle: int | None = self._create()

    def _create(self) -> int:
        try:
            handle: int = _engine.create_ruleset(f"creditgate{next(_names)}", self._definition)
        except Exception as fault:  # the extension raises bare Exception and MemoryError
            raise EngineFault(f"ruleset refused: {fault}") from fault
        return handle

    def ask(self, members: str) -> frozenset[str]:
        """Names of the rules that fire on a fact, given as JSON object members (`"a":1,"b":"x"`, or empty).

        Raises EngineFault; the ruleset is then made afresh before it is asked again.
        """
        with self._lock:
            if self._handle is None:
                self._handle = self._create()
            try:
                fired = self._session(self._handle, members)
            except Exception as fault:
                self._handle = None  # its state is not known any more: leave it, make a new one
                raise EngineFault(f"session failed: {fault}") from fault
            if fired[-1:] != [SENTINEL]:
                self._handle = None
                raise EngineFault("the sentinel did not fire last")
        return frozenset(fired[:-1])

    @staticmethod
    def _session(handle: int, members: str) -> list[str]:
        session = str(next(_sessions))
        fact = f'{{"sid":"{session}","id":"0","{_SENTINEL_PROPERTY}":1{"," if members else ""}{members}}}'
        state = _engine.assert_fact(handle, fact)[1]
        started = _engine.start_action_for_state(handle, state)
        message = started[1] if started else None
        fired = []
        while message:
            fired.append(message[2 : message.index('"', 2)])  # {"NAME":{…
            message = _engine.complete_and_start_action(handle, state)
        _engine.delete_state(handle, session)
        return fired

    def close(self) -> None:
        """Give the ruleset back. It must not be asked again."""
        with self._lock:
            if self._handle is not None:
                _engine.delete_ruleset(self._handle)
                self._handle = None


def members(values: Mapping[str, Value]) -> str:
    """A fact's values as JSON object members. Raises EngineFault for a number that the engine can't hold."""
    for name, value in values.items():
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise EngineFault(f"number too large: {name}")
    return msgspec.json.encode(values)[1:-1].decode()


def properties(patterns: Any) -> set[str]:  # noqa: ANN401 - JSON
    """Property names that patterns test."""
    found: set[str] = set()
    for pattern in patterns:
        for key, value in pattern.items():
            if key in ("$and", "$or"):
                found |= properties(value)
            elif key.startswith("$"):
                found.update(value)
            else:
                found.add(key)
    return found


def fnv1a(name: str) -> int:
    """The 32-bit hash by which the engine tells property names apart."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def check_names(names: set[str]) -> None:
    """Raise EngineFault where two property names have one hash, or there are too many."""
    if len({fnv1a(name) for name in names}) != len(names):
        raise EngineFault("two property names have the same hash")
    if len(names) > MOST_PROPERTIES:
        raise EngineFault("too many properties in one fact")
