"""Reading checks and what was reported on them: each receipt once, in pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, func, select, tuple_

from ..clock import legal_day, rfc3339
from ..errors import StoreFault
from ..ledger.loop import RECEIPTS, is_outcome
from ..ledger.pending import read
from ..outcomes.answered import answered
from ..outcomes.deadlines import midnight
from ..outcomes.standing import settles
from ..outcomes.values import CHECK, RETRACTED, Done, Findings, Followed, Ordered
from ..rulebook.language import Duty, Role, Stage
from ..storage.database import Store
from .matching import Key
from .values import Check, MeasureCase

_AT_ONCE = 2_000
_COLUMNS = tuple(RECEIPTS.c[name] for name in ("issued_at", "id", "item", "answer", "case_key", "about", "payload"))
_ORDER = (RECEIPTS.c.issued_at, RECEIPTS.c.id)


class _Subject(msgspec.Struct, frozen=True):
    identifier: str
    role: Role


class _Asked(msgspec.Struct, frozen=True):
    stage: Stage
    subjects: tuple[_Subject, ...]
    known_at: str | None = None


class _Payload(msgspec.Struct, frozen=True):
    question: _Asked | None
    decision: msgspec.Raw


class _Told(msgspec.Struct, frozen=True):
    chain: str
    number: int
    decision: Findings | None


_read_check = msgspec.json.Decoder(_Payload).decode
_read_told = msgspec.json.Decoder(_Told).decode


class _Found(msgspec.Struct):
    """A check that a licence may rest on."""

    check: Check
    keys: list[Key]
    case_key: str
    ordered: tuple[Ordered, ...]


class _Report(msgspec.Struct):
    """The last that was reported on one receipt."""

    order: tuple[str, str, int]
    about: str
    answer: str
    followed: tuple[Followed, ...]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in the store."""

    checks: dict[Key, list[Check]]
    """By applicant and item, in no order."""
    receipts: int
    """Checks that were read."""
    erased: int
    """Checks whose question is erased: whose they were is not known any more."""
    first_day: date | None
    """Legal day of the first check in the store."""


def read_checks(store: Store, wanted: Set[Key], first: date, window: int, progress: Callable[[int], None]) -> Reading:
    """The checks of these subjects and items from `window` days before `first` on, with what became of measures.

    Questions that ask again what was known at an earlier instant are no checks of a licence. `progress` is told
    how many receipts more were read. Raises StoreDown, StoreFault.
    """
    start = rfc3339(midnight(first - timedelta(days=window)))
    items = {item for _, item in wanted}
    found: list[_Found] = []
    receipts = erased = 0
    for rows in _pages(store, RECEIPTS.c.kind == CHECK, start):
        for row in rows:
            receipts += 1
            if row.item not in items:
                continue
            payload = _decoded(row, _read_check)
            if payload.question is None:
                erased += 1
            elif payload.question.known_at is None:
                _take(found, row, payload, wanted)
        progress(len(rows))
    reports = _reports(store, found, start) if found else {}
    by_case = _by_case(found, reports)
    checks: dict[Key, list[Check]] = {}
    for one in found:
        check = _with_measures(one, reports, by_case)
        for key in one.keys:
            checks.setdefault(key, []).append(check)
    return Reading(checks=checks, receipts=receipts, erased=erased, first_day=_first_day(store))


def _pages(store: Store, wanted: ColumnElement[bool], start: str) -> Iterator[list[Row[Any]]]:
    """Receipts by instant and id, from an instant on."""
    place = (start, "")
    while True:
        statement = select(*_COLUMNS).where(wanted, tuple_(*_ORDER) > tuple_(*place)).order_by(*_ORDER)
        rows = list(read(store, statement.limit(_AT_ONCE)))
        if rows:
            yield rows
        if len(rows) < _AT_ONCE:
            return
        place = (rows[-1].issued_at, rows[-1].id)


def _take(found: list[_Found], row: Row[Any], payload: _Payload, wanted: Set[Key]) -> None:
    """Keep a check of a licence's applicant and item."""
    question = payload.question
    assert question is not None
    applicants = {one.identifier for one in question.subjects if one.role is Role.APPLICANT}
    keys = [(applicant, row.item) for applicant in sorted(applicants) if (applicant, row.item) in wanted]
    if not keys:
        return
    said = _decoded(row, lambda _: answered(CHECK, bytes(payload.decision)))
    check = Check(
        id=row.id,
        day=legal_day(datetime.fromisoformat(row.issued_at)),
        issued_at=row.issued_at,
        answer=said.answer,
        after=question.stage is Stage.AFTER,
    )
    found.append(_Found(check, keys, row.case_key, said.measures))


def _reports(store: Store, found: list[_Found], start: str) -> dict[str, _Report]:
    """The last report on each of these checks and on others of their cases, by the receipt that it is about."""
    ids = {one.check.id for one in found}
    cases = {one.case_key for one in found if one.case_key}
    result: dict[str, _Report] = {}
    for rows in _pages(store, is_outcome(), start):
        for row in rows:
            if row.about not in ids and row.case_key not in cases:
                continue
            told = _decoded(row, _read_told)
            order = (row.issued_at, told.chain, told.number)
            before = result.get(row.about)
            if before is None or before.order < order:
                followed = () if told.decision is None else told.decision.followed
                result[row.about] = _Report(order, row.about, row.answer, followed)
    return result


def _by_case(found: list[_Found], reports: dict[str, _Report]) -> dict[str, list[tuple[str, str, _Report]]]:
    """For each case its checks that a report settles, with instant and id, in the order of time."""
    result: dict[str, list[tuple[str, str, _Report]]] = {}
    for one in found:
        told = reports.get(one.check.id)
        if one.case_key and told is not None and settles(told.answer):
            result.setdefault(one.case_key, []).append((one.check.issued_at, one.check.id, told))
    for settled in result.values():
        settled.sort(key=lambda one: one[:2])
    return result


def _with_measures(
    one: _Found, reports: dict[str, _Report], by_case: dict[str, list[tuple[str, str, _Report]]]
) -> Check:
    """The check with what became of its measures: by its own report, else by the one on the next check of its case."""
    own = reports.get(one.check.id)
    if own is None or own.answer == RETRACTED:
        here = (one.check.issued_at, one.check.id)
        own = next((told for at, receipt, told in by_case.get(one.case_key, ()) if (at, receipt) > here), None)
    followed = {} if own is None else {done.ordered.key: done for done in own.followed}
    measures = tuple(_measure(ordered, followed.get(ordered.key)) for ordered in one.ordered)
    check = one.check
    return Check(check.id, check.day, check.issued_at, check.answer, check.after, measures)


def _measure(ordered: Ordered, followed: Followed | None) -> MeasureCase:
    return MeasureCase(
        code=ordered.code,
        title=ordered.title,
        subject=ordered.subject,
        mandatory=ordered.duty is Duty.MANDATORY,
        done=Done.SILENT if followed is None else followed.done,
        reason=None if followed is None else followed.reason,
    )


def _decoded(row: Row[Any], decode: Callable[[bytes], Any]) -> Any:  # noqa: ANN401 - what the decoder makes
    try:
        return decode(row.payload)
    except ValueError as fault:  # msgspec's faults are ValueErrors too
        raise StoreFault("回执读不出来", f"回执 {row.id}") from fault


def _first_day(store: Store) -> date | None:
    row = read(store, select(func.min(RECEIPTS.c.issued_at)).where(RECEIPTS.c.kind == CHECK))[0]
    return legal_day(datetime.fromisoformat(row[0])) if row[0] else None
