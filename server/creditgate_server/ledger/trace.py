"""Trace context (W3C): by it a decision is found again from the logs of the systems around it, and these from it.

Source: Trace Context, W3C Recommendation, `traceparent`.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import NamedTuple

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?", re.ASCII)
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
HEADER = "traceparent"
SPAN_BYTES, TRACE_BYTES = 8, 16


class TraceParent(NamedTuple):
    """Where a call comes from."""

    trace_id: str
    """32 hexadecimal digits."""
    span_id: str
    """16 hexadecimal digits: of the caller's own span."""


current: ContextVar[TraceParent | None] = ContextVar("current", default=None)
"""Of the call that is being handled. None: its caller gave none."""


def read_traceparent(text: str) -> TraceParent | None:
    """The header's content; None for a wrong one, which counts as none."""
    found = _TRACEPARENT.fullmatch(text)
    if found is None or text.startswith("ff"):
        return None
    trace_id, span_id = found.groups()
    return None if trace_id == _NO_TRACE or span_id == _NO_SPAN else TraceParent(trace_id, span_id)
