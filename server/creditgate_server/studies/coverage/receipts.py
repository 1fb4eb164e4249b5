"""The ledger, read: checks once in the order of their instants, a page at a time; then what the counting ones ordered.

No decision is kept: of each page only what counts for a licence of the file remains.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, case, func, select

from ...clock import add_days, legal_day, rfc3339
from ...decision.outcome.standing import midnight
from ...decision.outcome.values import RETRACTED
from ...errors import StoreFault
from ...judging.kinds import CHECK
from ...ledger.loop import RECEIPTS, is_outcome
from ...ledger.receipt import contents_of
from ...storage.database import Store, read
from .licences import Key
from .matching import Check, CheckWindow, Days, asked
from .measures import CheckAnswer, ReportRevision, answer_of, said_in

PAGE = 2_000
"""Receipts read at once."""
AT_ONCE = 250
"""Receipts asked for by id at once."""

_Value = TypeVar("_Value")


_OLD = case((RECEIPTS.c.question.is_(None) & RECEIPTS.c.decision.is_(None), RECEIPTS.c.payload))
"""The payload where question and decision stand in no columns of their own: in old receipts they are in it."""


def _question(old: bytes | None, question: bytes | None) -> bytes | None:
    """A receipt's question; None once erased. Raises msgspec.MsgspecError."""
    return question if old is None else contents_of(old, question, None).question


def _decision(old: bytes | None, decision: bytes | None) -> bytes | None:
    """A receipt's decision; None once erased. Raises msgspec.MsgspecError."""
    return decision if old is None else contents_of(old, None, decision).decision


# -- checks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckSearch:
    """Which checks are looked for."""

    days: Mapping[Key, Days]
    """Subjects and items of the file, with their days of issue."""
    formerly: Mapping[str, str]
    """Codes that items had before, to what they are now."""
    window: CheckWindow
    first: date
    """First legal day of a check that can count, inclusive."""
    last: date
    """Last one, inclusive."""

    @cached_property
    def codes(self) -> list[str]:
        """All codes under which a check can be."""
        items = {item for _, item in self.days}
        return sorted(items | {before for before, now in self.formerly.items() if now in items})

    def condition(self, since: str = "") -> ColumnElement[bool]:
        """Of a query for these checks. `since`: from this instant on; with two lower bounds the index goes unused."""
        at = RECEIPTS.c.issued_at
        begin = since or rfc3339(midnight(self.first))
        in_days = (at >= begin) & (at < rfc3339(midnight(add_days(self.last, 1))))
        return (RECEIPTS.c.kind == CHECK.code) & RECEIPTS.c.item.in_(self.codes) & in_days


@dataclass(slots=True)
class CandidateChecks:
    """Checks that can count for a licence of the file."""

    checks: dict[Key, list[Check]] = field(default_factory=dict)
    read: int = 0
    """Checks read, of anybody."""
    erased: int = 0
    """Of these, checks for whom they were is not known any more."""


def checks_since(store: Store) -> str:
    """Instant of the ledger's first check; empty where there is none. Raises StoreDown."""
    checks = select(RECEIPTS.c.issued_at).where(RECEIPTS.c.kind == CHECK.code)
    statement = checks.order_by(RECEIPTS.c.issued_at).limit(1)
    rows = read(store, statement)
    return str(rows[0][0]) if rows else ""


def count_checks(store: Store, wanted: CheckSearch) -> int:
    """How many checks there are to be read. Raises StoreDown."""
    return int(read(store, select(func.count()).select_from(RECEIPTS).where(wanted.condition()))[0][0])


def find_checks(store: Store, wanted: CheckSearch, progress: Callable[[int], None] | None = None) -> CandidateChecks:
    """Read the checks. Raises StoreDown, StoreFault."""
    found = CandidateChecks()
    for page in _pages(store, wanted):
        _sort_in(found, wanted, page)
        if progress is not None:
            progress(len(page))
    return found


_CHECK_COLUMNS = tuple(RECEIPTS.c[name] for name in ("issued_at", "id", "item", "organ", "answer", "case_key"))


def _pages(store: Store, wanted: CheckSearch) -> Iterator[Sequence[Row[Any]]]:
    """In the order of instants, as the index has it. Between pages nothing is held open in the store."""
    every = select(*_CHECK_COLUMNS, _OLD, RECEIPTS.c.question).order_by(RECEIPTS.c.issued_at).limit(PAGE)
    page: Sequence[Any] = read(store, every.where(wanted.condition()))
    last_at, seen = "", set[str]()
    while page:
        yield page
        if len(page) < PAGE:
            return
        if page[-1][0] != last_at:
            last_at, seen = page[-1][0], set()
        seen.update(row[1] for row in page if row[0] == last_at)  # of one instant, some may be left for the next page
        page = read(store, every.where(wanted.condition(last_at), RECEIPTS.c.id.not_in(sorted(seen))))


def _sort_in(found: CandidateChecks, wanted: CheckSearch, page: Sequence[Any]) -> None:
    found.read += len(page)
    for at, id_, item, organ, answer, own_case, old, content in page:
        try:
            question = _question(old, content)
            read_question = None if question is None else asked(question)
        except msgspec.MsgspecError as fault:
            raise _unreadable(id_) from fault
        if question is None:
            found.erased += 1
        if read_question is None:
            continue
        item_now = wanted.formerly.get(item, item)
        for applicant in read_question.applicants:
            key = (applicant, item_now)
            days = wanted.days.get(key)
            if days is None:
                continue
            day = _day_of(at[:_HOUR])
            if days.near(day, wanted.window):
                check = Check(id_, at, day, read_question.after, answer, own_case, organ)
                found.checks.setdefault(key, []).append(check)


_HOUR = len("2026-11-20T04")


@lru_cache(maxsize=100_000)
def _day_of(hour: str) -> date:
    """The legal day of an instant's hour: it changes on a full one."""
    return legal_day(datetime.fromisoformat(f"{hour}:00:00Z"))


# -- what the counting checks ordered ---------------------------------------------------------------------------------


_DECISIONS = select(RECEIPTS.c.id, _OLD, RECEIPTS.c.decision)


def answers(store: Store, ids: Collection[str]) -> dict[str, CheckAnswer | None]:
    """What checks came to, by id; None where it was erased. Raises StoreDown, StoreFault."""
    found: dict[str, CheckAnswer | None] = {}
    for some in _some(ids):
        rows: Sequence[Any] = read(store, _DECISIONS.where(RECEIPTS.c.id.in_(some)))
        for id_, old, decision in rows:
            found[id_] = _read(answer_of, old, decision, id_)
    return found


_REPORT_COLUMNS = tuple(
    RECEIPTS.c[name] for name in ("id", "about", "answer", "issued_at", "chain", "number", "case_key")
)


def reports_on(store: Store, ids: Collection[str]) -> list[ReportRevision]:
    """Every revision of what was reported on these checks. Raises StoreDown, StoreFault."""
    return _reports(store, RECEIPTS.c.about, ids)


def reports_of(store: Store, cases: Collection[str]) -> dict[str, list[ReportRevision]]:
    """Every revision of what was reported on any check of these cases, by case. Raises StoreDown, StoreFault."""
    found: dict[str, list[ReportRevision]] = {}
    for report in _reports(store, RECEIPTS.c.case_key, cases):
        found.setdefault(report.case, []).append(report)
    return found


def _reports(store: Store, column: ColumnElement[str], wanted: Collection[str]) -> list[ReportRevision]:
    found: list[ReportRevision] = []
    every = select(*_REPORT_COLUMNS, _OLD, RECEIPTS.c.decision)
    for some in _some(wanted):
        rows: Sequence[Any] = read(store, every.where(is_outcome(), column.in_(some)))
        for id_, about, answer, at, chain, number, own_case, old, decision in rows:
            said = () if answer == RETRACTED else _read(said_in, old, decision, id_)
            found.append(ReportRevision(about, answer, (at, chain, number), own_case, said))
    return found


def _some(wanted: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(wanted)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def _read(reader: Callable[[bytes], _Value], old: bytes | None, decision: bytes | None, receipt: str) -> _Value | None:
    """A receipt's decision, read; None once erased."""
    try:
        content = _decision(old, decision)
        return None if content is None else reader(content)
    except msgspec.MsgspecError as fault:
        raise _unreadable(receipt) from fault


def _unreadable(receipt: str) -> StoreFault:
    return StoreFault("回执的内容读不出来", f"回执 {receipt}; 用 creditgate-server ledger verify 核验")
