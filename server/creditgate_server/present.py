"""The present instant: the one place that asks for it.

Whatever decides, judges again, matches or writes is told the instant by its caller, so that it can be told another one.
"""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant, in UTC, by this machine's clock."""
    return datetime.now(UTC)
