"""Counts of what became of what was called for, read a piece at a time: memory grows with the rules alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, not_, select, tuple_

from ..clock import add_days, rfc3339
from ..decision.outcome.cursors import LedgerPlace
from ..decision.outcome.standing import Deadlines, in_order, midnight, settled_at, settles
from ..decision.outcome.tally import RuleFigures, Tally
from ..decision.outcome.values import RETRACTED, Findings
from ..errors import StoreFault
from ..judging.kinds import answered
from ..storage.database import Store, read
from .lookup import RECEIPT_COLUMNS, to_receipt
from .loop import RECEIPTS, is_outcome, last_answer, reports_on_cases
from .pending import LoopReceipt, of_organs, oldest_first
from .receipt import Receipt, contents

_AT_ONCE = 500

_read_findings = msgspec.json.Decoder(Findings).decode


class LoopCounts(msgspec.Struct, kw_only=True):
    """Receipts: needed = settled + settled_by_later + open."""

    needed: int = 0
    settled: int = 0
    settled_late: int = 0
    settled_by_later: int = 0
    open: int = 0
    overdue: int = 0
    volunteered: int = 0
    """Reported on, though nothing was needed."""


class LoopFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of receipts and of rules."""

    counted: LoopCounts
    rules: tuple[RuleFigures, ...]


class FigurePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """Legal days of receipts, both inclusive, and the day on which they are looked at."""

    since: date
    until: date
    today: date


def figures(
    store: Store, organs: Sequence[str] | None, period: FigurePeriod, deadlines: Deadlines, rule: str = ""
) -> LoopFigures:
    """Counts of the receipts of these organs (None: of all) from a period. `rule`: this one alone.

    Erased receipts that nothing settles are left out. Raises StoreDown, StoreFault.
    """
    counted, tally = LoopCounts(), Tally(rule)
    for piece in _pieces(store, organs, period, RECEIPTS.c.needs_outcome):
        told = _told(store, piece)
        for followed in piece:
            _count(counted, tally, followed, told.get(followed.receipt.id, []), deadlines, period.today)
    unasked = (not_(RECEIPTS.c.needs_outcome), RECEIPTS.c.id.in_(_reported_on(organs)))
    for piece in _pieces(store, organs, period, *unasked):
        told = _told(store, piece)
        for followed in piece:
            last = told.get(followed.receipt.id, [])[-1:]
            if last and settles(last[0].answer):
                counted.volunteered += 1
                tally.add(_findings(last[0]).followed)
    return LoopFigures(counted=counted, rules=tally.figures())


def _count(
    counted: LoopCounts, tally: Tally, followed: LoopReceipt, told: list[Receipt], deadlines: Deadlines, today: date
) -> None:
    row = followed.receipt
    last = told[-1].answer if told else ""  # as it was read, which may be later than the receipt was
    if followed.erased and not (settles(last) or followed.by_later):
        return
    counted.needed += 1
    if followed.by_later and not settles(last):
        counted.settled_by_later += 1
        return
    if settles(last):
        counted.settled += 1
        counted.settled_late += deadlines.late(row.organ, row.issued_at, settled_at(told))
    else:
        counted.open += 1
        counted.overdue += deadlines.due_on(row.organ, row.issued_at) < today
    decision = contents(row).decision
    if told and last != RETRACTED:
        tally.add(_findings(told[-1]).followed)
    elif decision is not None:
        try:
            tally.add_unreported(answered(row.kind, decision))
        except ValueError as fault:
            raise StoreFault("回执里的结论读不出来", f"回执 {row.id}") from fault


def _findings(told: Receipt) -> Findings:
    decision = contents(told).decision
    if decision is None:
        return Findings(answer=told.answer)
    try:
        return _read_findings(decision)
    except msgspec.MsgspecError as fault:
        raise StoreFault("反馈读不出来", f"回执 {told.id}") from fault


def _pieces(
    store: Store, organs: Sequence[str] | None, period: FigurePeriod, *wanted: ColumnElement[bool]
) -> Iterator[list[LoopReceipt]]:
    first, end = rfc3339(midnight(period.since)), rfc3339(midnight(add_days(period.until, 1)))
    place, settled = LedgerPlace(first), dict[str, tuple[str, str]]()
    while True:
        behind = tuple_(RECEIPTS.c.issued_at, RECEIPTS.c.id) > tuple_(place.issued_at, place.id)
        columns = select(last_answer(), RECEIPTS.c.case_key, *RECEIPT_COLUMNS)
        statement = columns.where(of_organs(organs), *wanted, behind, RECEIPTS.c.issued_at < end)
        rows: list[Any] = list(read(store, oldest_first(statement).limit(_AT_ONCE)))
        if not rows:
            return
        settled = _last_settled(store, {row[1] for row in rows} - {""}, settled)
        piece = [_followed(to_receipt(row[2:]), row[0] or "", settled.get(row[1], ("", ""))) for row in rows]
        yield piece
        place = LedgerPlace(piece[-1].receipt.issued_at, piece[-1].receipt.id)


def _last_settled(store: Store, cases: set[str], known: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Instant and id of the last check of each case that a report on it settles: read once for a run of pieces."""
    rows: list[Any] = list(read(store, reports_on_cases(cases - known.keys()))) if cases - known.keys() else []
    answers = {(case, at, check): answer for case, at, check, *_, answer in sorted(rows, key=itemgetter(3, 4, 5))}
    found = {case: (at, check) for (case, at, check), answer in sorted(answers.items()) if settles(answer)}
    return {case: found.get(case) or known.get(case) or ("", "") for case in cases}


def _followed(receipt: Receipt, answer: str, settled: tuple[str, str]) -> LoopReceipt:
    return LoopReceipt(receipt=receipt, last_answer=answer, by_later=settled > (receipt.issued_at, receipt.id))


def _told(store: Store, piece: Iterable[LoopReceipt]) -> dict[str, list[Receipt]]:
    """What was reported on each, in the order that counts."""
    wanted = [followed.receipt.id for followed in piece if followed.last_answer]
    statement = select(*RECEIPT_COLUMNS).where(is_outcome(), RECEIPTS.c.about.in_(wanted))
    found: dict[str, list[Receipt]] = {}
    for row in read(store, statement) if wanted else ():
        told = to_receipt(row)
        found.setdefault(told.about, []).append(told)
    return {about: in_order(revisions) for about, revisions in found.items()}


def _reported_on(organs: Sequence[str] | None) -> Select[tuple[str]]:
    reports = RECEIPTS.alias("reports")
    found = select(reports.c.about).where(is_outcome(reports))
    return found if organs is None else found.where(reports.c.organ.in_(sorted(organs)))
