"""Where a reader is: on a page of what is open, or in the stream of what happens. Kept by the reader alone."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

import msgspec

from ...clock import rfc3339
from ...errors import InvalidQuestion

OVERLAP = timedelta(seconds=60)
"""A receipt is seen by everyone no later than this after its instant: the time from then to the end of its commit, and
the difference between the machines' clocks."""
LONGEST = 16_384
"""Characters of a cursor."""

_MOST_CHAINS = 400

_INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z"

Text = Annotated[str, msgspec.Meta(pattern=r"\A[\x20-\x7e]{0,128}\Z")]
"""A code or an id: a store takes no NUL."""
Instant = Annotated[str, msgspec.Meta(pattern=rf"\A{_INSTANT}\Z")]
"""RFC 3339 in UTC."""
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""As a store holds it."""

Cursor = TypeVar("Cursor", bound=msgspec.Struct)


class LedgerPlace(msgspec.Struct, frozen=True, array_like=True):
    """A place among an organ's receipts: by instant, then by id."""

    issued_at: Annotated[str, msgspec.Meta(pattern=rf"\A({_INSTANT})?\Z")] = ""
    """Empty: before all."""
    id: Text = ""


class ChainPosition(msgspec.Struct, frozen=True, array_like=True):
    """How far a chain was read."""

    number: Number
    issued_at: Instant


class WatchCursor(msgspec.Struct, frozen=True, rename={"opening": "p", "overdue": "o", "since": "t", "seen": "s"}):
    """Where a stream is.

    Receipts of one chain become visible in the order of their numbers, those of several chains in any order. So it
    holds how far each chain was read that had something to say lately; what is older than `since` is all behind it.
    """

    organ: Text
    since: Instant
    """Receipts from this instant on may be new."""
    overdue: LedgerPlace
    """Open receipts up to this place were told to be overdue, as far as they are."""
    seen: Annotated[Mapping[Text, ChainPosition], msgspec.Meta(max_length=_MOST_CHAINS)] = {}
    opening: LedgerPlace | None = None
    """While everything that is open is told first: the last one that was told."""

    def new(self, chain: str, number: int) -> bool:
        """Whether a receipt from `since` on was not read yet."""
        seen = self.seen.get(chain)
        return seen is None or number > seen.number

    def past(self, chain: str, number: int, issued_at: str) -> WatchCursor:
        """Behind a receipt."""
        latest = max(issued_at, self.seen[chain].issued_at) if chain in self.seen else issued_at
        return self._with({**self.seen, chain: ChainPosition(number, latest)}, _earlier(issued_at))

    def caught_up(self, instant: str) -> WatchCursor:
        """Behind everything that was visible at an instant."""
        return self._with(self.seen, _earlier(instant))

    def _with(self, seen: Mapping[str, ChainPosition], since: str) -> WatchCursor:
        since = max(self.since, since)
        kept = {chain: one for chain, one in seen.items() if one.issued_at >= since}
        return msgspec.structs.replace(self, since=since, seen=kept)


def start(organ: str, now: datetime, overdue: LedgerPlace) -> WatchCursor:
    """Of a stream that begins with everything that is open; `seen` is still to be filled."""
    return WatchCursor(organ=organ, since=_earlier(rfc3339(now)), overdue=overdue, opening=LedgerPlace())


def encode(cursor: msgspec.Struct) -> str:
    """A cursor as text."""
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def decode(text: str, kind: type[Cursor]) -> Cursor:
    """A cursor from text. Raises InvalidQuestion for what is none."""
    try:
        if len(text) > LONGEST:
            raise ValueError("too long")
        content = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        return msgspec.json.decode(content, type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as fault:
        raise InvalidQuestion("翻页标记不正确", "用上一次答复给出的标记, 或留空从头开始", "cursor") from fault


def _earlier(instant: str) -> str:
    return rfc3339(datetime.fromisoformat(instant) - OVERLAP)
