"""The present instant: the one place that asks for it.

Whatever decides, judges again, matches or writes is told the instant by its caller, so that it can be told another one.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant, in UTC, by this machine's clock."""
    return datetime.now(UTC)


def steady_seconds() -> float:
    """Seconds since the machine started, its sleep included: a clock that nobody can set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
