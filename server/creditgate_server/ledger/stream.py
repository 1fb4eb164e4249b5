"""What happens to an organ's receipts, as a stream that can be taken up anywhere: new ones, overdue ones, reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Select, and_, func, not_, or_, select, tuple_, union_all

from ..clock import legal_day, rfc3339
from ..decision.outcome.cursors import OVERLAP, ChainPosition, LedgerPlace, WatchCursor, start
from ..decision.outcome.standing import Deadlines
from ..decision.outcome.values import OUTCOME, RETRACTED
from ..storage.database import Store, read
from .lookup import RECEIPT_COLUMNS, to_receipt
from .loop import RECEIPTS, is_open, is_outcome
from .pending import LoopReceipt, find, followed_columns, oldest_first, to_followed, told_about
from .receipt import Receipt

_BETWEEN_LOOKS = timedelta(seconds=30)
"""A stream that was not awake for longer reads for itself."""


class StreamEvent(StrEnum):
    """What happened."""

    NEEDED = "needed"
    OVERDUE = "overdue"
    REPORTED = "reported"
    WITHDRAWN = "withdrawn"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, with the cursor that is behind it."""

    happened: StreamEvent
    cursor: WatchCursor
    followed: LoopReceipt
    told: tuple[Receipt, ...] = ()
    """For a report or a withdrawal: all on the receipt that were there when it was read, in the order that counts."""
    revision: str = ""
    """Id of the report or withdrawal."""


class StreamStep(msgspec.Struct, frozen=True, kw_only=True):
    """Some events, and where the stream is then."""

    events: tuple[Event, ...]
    cursor: WatchCursor
    caught_up: bool
    """Nothing more has happened so far."""


class StreamState(msgspec.Struct, frozen=True, kw_only=True):
    """What could be seen at an instant of what some organs' streams tell: one read for all who follow them."""

    instant: str
    since: str
    """Older receipts were not looked at."""
    latest: Mapping[str, Mapping[str, ChainPosition]]
    """By organ and chain."""


def look(store: Store, organs: Collection[str], now: datetime) -> StreamState:
    """Look at what is new to the streams of these organs. Raises StoreDown."""
    since = rfc3339(now - OVERLAP - _BETWEEN_LOOKS)
    return StreamState(instant=rfc3339(now), since=since, latest=_latest(store, organs, since))


def begin(store: Store, organ: str, deadlines: Deadlines, now: datetime) -> WatchCursor:
    """A stream that begins with everything that is open now. Raises StoreDown."""
    overdue = LedgerPlace(deadlines.overdue_before(organ, legal_day(now)))
    cursor = start(organ, now, overdue)
    return msgspec.structs.replace(cursor, seen=_latest(store, (organ,), cursor.since)[organ])


def quiet(seen: StreamState, cursor: WatchCursor, deadlines: Deadlines, now: datetime) -> WatchCursor | None:
    """The cursor behind a look, of a stream that had caught up and has nothing to tell since; None: it has to read."""
    if cursor.overdue.issued_at < deadlines.overdue_before(cursor.organ, legal_day(now)):
        return None
    latest = seen.latest.get(cursor.organ)
    if latest is None or cursor.since < seen.since:
        return None
    if any(one.issued_at >= cursor.since and cursor.new(chain, one.number) for chain, one in latest.items()):
        return None
    return cursor.caught_up(seen.instant)


def step(store: Store, cursor: WatchCursor, deadlines: Deadlines, now: datetime, most: int = 100) -> StreamStep:
    """What comes next: up to so many events. Raises StoreDown."""
    if cursor.opening is not None:
        return _opening(store, cursor, cursor.opening, most)
    overdue = _overdue(store, cursor, deadlines.overdue_before(cursor.organ, legal_day(now)), most)
    if overdue.events:
        return overdue
    return _new(store, overdue.cursor, now, most)


def _latest(store: Store, organs: Collection[str], since: str) -> dict[str, dict[str, ChainPosition]]:
    """How far each chain has come, by organ, in what streams tell."""
    found: dict[str, dict[str, ChainPosition]] = {organ: {} for organ in organs}
    newest = (func.max(RECEIPTS.c.number), func.max(RECEIPTS.c.issued_at))
    for kind in (RECEIPTS.c.needs_outcome, is_outcome()):
        statement = select(RECEIPTS.c.organ, RECEIPTS.c.chain, *newest).where(
            kind, RECEIPTS.c.organ.in_(sorted(organs)), RECEIPTS.c.issued_at >= since
        )
        rows: Any = read(store, statement.group_by(RECEIPTS.c.organ, RECEIPTS.c.chain))
        for organ, chain, number, issued_at in rows:
            before = found[organ].get(chain, ChainPosition(0, ""))
            found[organ][chain] = ChainPosition(max(number, before.number), max(issued_at, before.issued_at))
    return found


def _opening(store: Store, cursor: WatchCursor, told: LedgerPlace, most: int) -> StreamStep:
    """What was open when the stream began."""
    rows = read(store, _open_after(cursor.organ, told).limit(most))
    events: list[Event] = []
    for followed in map(to_followed, rows):
        row = followed.receipt
        cursor = msgspec.structs.replace(cursor, opening=LedgerPlace(row.issued_at, row.id))
        if row.issued_at >= cursor.since and cursor.new(row.chain, row.number):
            continue  # it came later, and is told then
        late = row.issued_at < cursor.overdue.issued_at
        happened = StreamEvent.OVERDUE if late else StreamEvent.NEEDED
        events.append(Event(happened=happened, cursor=cursor, followed=followed))
    if len(rows) < most:
        cursor = msgspec.structs.replace(cursor, opening=None)
    return StreamStep(events=tuple(events), cursor=cursor, caught_up=False)


def _overdue(store: Store, cursor: WatchCursor, before: str, most: int) -> StreamStep:
    """Open receipts whose last day has passed since the stream was here."""
    if cursor.overdue.issued_at >= before:
        return StreamStep(events=(), cursor=cursor, caught_up=False)
    rows = read(store, _open_after(cursor.organ, cursor.overdue).where(RECEIPTS.c.issued_at < before).limit(most))
    events: list[Event] = []
    for followed in map(to_followed, rows):
        cursor = msgspec.structs.replace(cursor, overdue=LedgerPlace(followed.receipt.issued_at, followed.receipt.id))
        events.append(Event(happened=StreamEvent.OVERDUE, cursor=cursor, followed=followed))
    if len(rows) < most:
        cursor = msgspec.structs.replace(cursor, overdue=LedgerPlace(before))
    return StreamStep(events=tuple(events), cursor=cursor, caught_up=False)


def _new(store: Store, cursor: WatchCursor, now: datetime, most: int) -> StreamStep:
    """Receipts and reports that were not read yet."""
    kinds = (RECEIPTS.c.needs_outcome, is_outcome())
    pieces = [_unread(cursor).where(kind).limit(most).subquery() for kind in kinds]
    both = union_all(*(select(piece) for piece in pieces))  # one look: else what comes between two might be passed over
    found = sorted(map(to_receipt, read(store, both)), key=lambda row: (row.issued_at, row.chain, row.number))
    if not found:
        return StreamStep(events=(), cursor=cursor.caught_up(rfc3339(now)), caught_up=True)
    events: list[Event] = []
    for row in found[:most]:
        cursor = cursor.past(row.chain, row.number, row.issued_at)
        event = _event(store, cursor, row)
        if event is not None:
            events.append(event)
    return StreamStep(events=tuple(events), cursor=cursor, caught_up=False)


def _event(store: Store, cursor: WatchCursor, row: Receipt) -> Event | None:
    followed = find(store, row.about if row.kind == OUTCOME else row.id)
    if followed is None:
        return None  # the ledger's check says what is wrong; the stream goes on
    if row.kind != OUTCOME:
        return Event(happened=StreamEvent.NEEDED, cursor=cursor, followed=followed)
    happened = StreamEvent.WITHDRAWN if row.answer == RETRACTED else StreamEvent.REPORTED
    told = tuple(told_about(store, row.about))
    return Event(happened=happened, cursor=cursor, followed=followed, told=told, revision=row.id)


def _open_after(organ: str, told: LedgerPlace) -> Select[Any]:
    behind = tuple_(RECEIPTS.c.issued_at, RECEIPTS.c.id) > tuple_(told.issued_at, told.id)
    return oldest_first(followed_columns().where(RECEIPTS.c.organ == organ, behind, is_open()))


def _unread(cursor: WatchCursor) -> Select[Any]:
    statement = select(*RECEIPT_COLUMNS).where(RECEIPTS.c.organ == cursor.organ, RECEIPTS.c.issued_at >= cursor.since)
    read_before = [
        and_(RECEIPTS.c.chain == chain, RECEIPTS.c.number <= seen.number) for chain, seen in cursor.seen.items()
    ]
    if read_before:
        statement = statement.where(not_(or_(*read_before)))
    order: Sequence[Any] = (RECEIPTS.c.issued_at, RECEIPTS.c.chain, RECEIPTS.c.number)
    return statement.order_by(*order)
