"""Cursors come back from callers: what is none of ours is refused before a database sees it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from creditgate_server.decision.outcome.cursors import ChainPosition, LedgerPlace, WatchCursor, decode, encode, start
from creditgate_server.errors import InvalidQuestion

INSTANT = "2026-11-30T08:00:00.000000Z"


def forged(content: object) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def watch(**changes: object) -> str:
    return forged({"organ": "customs", "t": INSTANT, "o": ["", ""], "s": {}} | changes)


@pytest.mark.parametrize(
    "cursor",
    [
        start("customs", datetime(2026, 11, 30, tzinfo=UTC), LedgerPlace()),
        WatchCursor(
            organ="customs",
            since=INSTANT,
            overdue=LedgerPlace(INSTANT, "0198-ab"),
            seen={"0123abcd": ChainPosition(2**63 - 1, INSTANT)},
            opening=LedgerPlace(INSTANT, "0198-ab"),
        ),
    ],
)
def test_our_own_come_back_as_they_were(cursor: WatchCursor) -> None:
    assert decode(encode(cursor), WatchCursor) == cursor


@pytest.mark.parametrize(
    "text",
    [
        watch(s={"0123abcd": [2**63, INSTANT]}),
        watch(s={"0123abcd": [-1, INSTANT]}),
        watch(s={"0123abcd": [1, "yesterday"]}),
        watch(s={"\0": [1, INSTANT]}),
        watch(s={"数": [1, INSTANT]}),
        watch(t="yesterday"),
        watch(t=""),
        watch(t="２０２６-11-30T08:00:00.000000Z"),
        watch(t="2026-11-30T08:00:00.000000Z\n"),
        watch(t="2026-11-30T08:00:00.000000+99:00"),
        watch(o=[INSTANT, "\0"]),
        watch(o=["\0", ""]),
        watch(p=[INSTANT, "a\n"]),
        watch(organ="\0"),
        watch(organ="\ud800"),
    ],
)
def test_a_forged_stream_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuestion, match="翻页标记不正确"):
        decode(text, WatchCursor)


@pytest.mark.parametrize(
    "content", [["\0", "a"], [INSTANT, "\0"], [INSTANT, "x" * 200], ["2026", ""], [INSTANT, "\ud800"]]
)
def test_a_forged_place_is_refused(content: list[str]) -> None:
    with pytest.raises(InvalidQuestion, match="翻页标记不正确"):
        decode(forged(content), LedgerPlace)
