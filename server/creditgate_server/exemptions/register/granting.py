"""Granting, and what follows a grant: reports on the correction, and taking back what was registered by mistake.

The grant, its records and the registry's clock change in one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from creditgate import limits

from ...clock import legal_day, rfc3339
from ...errors import IdConflict, InvalidQuestion, UnknownThing, WrongState
from ...registry.revisions import announce, one_writer, revise_records
from ...registry.tables import RecordRevision
from ...storage.database import Store, writing
from .checks import check_grant, check_receipt, check_report, check_text
from .records import FEED, is_broken, records_of
from .stored import CORRECTIONS, GRANTS, WITHDRAWALS, granted_of, read_one
from .values import AnswerReceipt, CorrectionReport, Grant, RegisterGrant, Withdrawal

_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]


def grant(
    store: Store,
    asked: Grant,
    *,
    receipt: AnswerReceipt | None,
    organ_title: str,
    known_at: datetime,
    by: str = "",
    validate_only: bool = False,
) -> RegisterGrant:
    """Register an exemption. The same grant again gives what is stored; safe to retry.

    `receipt`: what the ledger has under the grant's receipt id, None where it has nothing. `organ_title`: the organ's
    name as records show it. `known_at`: the present instant. `by`: the caller's name. `validate_only`: what it would
    be, and nothing is kept.

    Raises UnknownThing for a receipt that is not there, NotYours for another organ's, InvalidQuestion for one that is
    no answer that exempts or for a grant that can't be, IdConflict where the receipt has another grant, StoreDown.
    """
    check_receipt(asked, receipt)
    check_grant(asked, legal_day(known_at))
    body_hash = hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()
    with _writing(store, validate_only) as connection:
        before = read_one(connection, asked.receipt_id)
        if before is None:
            values = _values(connection, asked)
            values |= {"organ_title": organ_title, "registered_by": by}
            values |= {"body_hash": body_hash, "known_at": rfc3339(known_at)}
            return _register(connection, values)
        stored = connection.execute(select(GRANTS.c.body_hash).where(GRANTS.c.number == before.number)).scalar_one()
        if stored != body_hash:
            raise IdConflict(
                "这份回执已经登记了另一次免罚", "一份回执只登记一次; 登错的先撤回, 再重新判断", "receipt_id"
            )
        return before


class _Undone(Exception):
    """What was written is undone on purpose."""


@contextmanager
def _writing(store: Store, validate_only: bool) -> Iterator[Connection]:
    """One writer's transaction, undone at its end where it only checks."""
    with suppress(_Undone), writing(store) as connection:
        one_writer(connection, store)
        yield connection
        if validate_only:
            raise _Undone


def _register(connection: Connection, values: dict[str, Any]) -> RegisterGrant:
    connection.execute(GRANTS.insert(), [values])
    row = connection.execute(select(GRANTS).where(GRANTS.c.receipt_id == values["receipt_id"])).one()
    (granted,) = granted_of(connection, [row])
    revise_records(connection, granted.grant.subject, records_of(granted), row.known_at)
    announce(connection)
    return granted


def _values(connection: Connection, asked: Grant) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(asked)
    number = asked.document_number.strip() or f"首违登记-{asked.receipt_id}"
    taken = select(_records.c.id).where(
        _records.c.identifier == asked.subject, _records.c.source == FEED, _records.c.document_number == number
    )
    if connection.execute(taken.limit(1)).first() is not None:  # one document may decide on several violations
        return {**values, "document_number": number, "record_number": f"{number}({asked.receipt_id})"}
    return {**values, "document_number": number, "record_number": number}


_Change = Callable[[Connection, RegisterGrant, datetime], RegisterGrant]
"""Writes down what was told at an instant; the same grant where nothing is new."""


def report_correction(
    store: Store,
    grant_id: str,
    corrected_on: date | None,
    kept_promise: bool | None,
    known_at: datetime,
    by: str = "",
    *,
    request_id: str = "",
    validate_only: bool = False,
) -> RegisterGrant:
    """Take down whether and when a violation was corrected. The latest report counts; the same again changes nothing.

    `corrected_on`: None where it was looked at again and is not corrected. `kept_promise`: None where nothing is said
    of it. In time, the overdue record is revoked; late, it stays; a broken promise becomes a record of its own.
    `request_id`: the caller's own; what came under it before changes nothing, also where something else was reported
    since. `validate_only`: how the grant would stand, and nothing is kept.

    Raises UnknownThing, InvalidQuestion for a day to come or a promise that was never made, WrongState for a grant
    that was withdrawn, IdConflict for a request_id under which something else came, StoreDown.
    """

    def change(connection: Connection, granted: RegisterGrant, at: datetime) -> RegisterGrant:
        if request_id and _came_before(connection, granted.id, corrected_on, kept_promise, by, request_id):
            return granted
        if granted.withdrawal is not None:
            raise WrongState("这次免罚的登记已经撤回", "登错的重新判断, 用新的回执登记", "grant_id")
        today = legal_day(at)
        report = CorrectionReport(
            corrected_on=corrected_on,
            kept_promise=kept_promise,
            broken=is_broken(granted.grant, corrected_on, kept_promise, today),
            reported_at=at,
            reported_by=by,
        )
        check_report(granted, report, today)
        if not request_id and granted.last_report is not None and _told(granted.last_report) == _told(report):
            return granted
        row = {
            "receipt_id": granted.id,
            "corrected_on": None if corrected_on is None else corrected_on.isoformat(),
            "kept_promise": kept_promise,
            "broken": report.broken,
            "reported_by": by,
            "request_id": request_id or None,
            "known_at": rfc3339(at),
        }
        connection.execute(CORRECTIONS.insert(), [row])
        return msgspec.structs.replace(granted, reports=(*granted.reports, report))

    return _changed(store, grant_id, known_at, change, validate_only)


def _came_before(
    connection: Connection,
    grant_id: str,
    corrected_on: date | None,
    kept_promise: bool | None,
    by: str,
    request_id: str,
) -> bool:
    """Whether this report came under the request_id. Raises IdConflict where another one did."""
    known = select(CORRECTIONS).where(CORRECTIONS.c.reported_by == by, CORRECTIONS.c.request_id == request_id)
    row = connection.execute(known).first()
    if row is None:
        return False
    day = None if corrected_on is None else corrected_on.isoformat()
    if (row.receipt_id, row.corrected_on, row.kept_promise) != (grant_id, day, kept_promise):
        raise IdConflict("这个 request_id 已用于另一次登记", "另一次登记用新的 request_id", "request_id")
    return True


def withdraw(
    store: Store, grant_id: str, reason: str, known_at: datetime, by: str = "", *, validate_only: bool = False
) -> RegisterGrant:
    """Take a grant back that was registered by mistake: none of its records counts any more. Safe to retry.

    `validate_only`: how the grant would stand, and nothing is kept.

    Raises UnknownThing, InvalidQuestion without a reason, WrongState where it was withdrawn for another one, StoreDown.
    """
    why = reason.strip()
    if not why:
        raise InvalidQuestion("没有写撤回的理由", "写明登记错在哪里", "reason")
    check_text(why, "reason", limits.LONGEST_GRANT_NOTE)

    def change(connection: Connection, granted: RegisterGrant, at: datetime) -> RegisterGrant:
        if granted.withdrawal is not None:
            if granted.withdrawal.reason != why:
                raise WrongState("这次免罚的登记已经撤回, 理由不同", "撤回只有一次", "grant_id")
            return granted
        row = {"receipt_id": granted.id, "reason": why, "withdrawn_by": by, "known_at": rfc3339(at)}
        connection.execute(WITHDRAWALS.insert(), [row])
        withdrawal = Withdrawal(reason=why, withdrawn_at=at, withdrawn_by=by)
        return msgspec.structs.replace(granted, withdrawal=withdrawal)

    return _changed(store, grant_id, known_at, change, validate_only)


def _changed(store: Store, grant_id: str, known_at: datetime, change: _Change, validate_only: bool) -> RegisterGrant:
    with _writing(store, validate_only) as connection:
        before = read_one(connection, grant_id)
        if before is None:
            raise UnknownThing(f"首违台账里没有 {grant_id[:40]}", "核对登记时的回执编号", "grant_id")
        at = _not_before(before, known_at)
        after = change(connection, before, at)
        if after is not before:
            revise_records(connection, after.grant.subject, records_of(after), rfc3339(at))
            announce(connection)
        return after


def _not_before(granted: RegisterGrant, known_at: datetime) -> datetime:
    """The present instant, but not before what is known already.

    Clocks of two machines may differ, and the registry must take the last revision written for the latest.
    """
    return max(known_at, granted.registered_at, *(report.reported_at for report in granted.reports))


def _told(report: CorrectionReport) -> tuple[date | None, bool | None, bool]:
    return (report.corrected_on, report.kept_promise, report.broken)
