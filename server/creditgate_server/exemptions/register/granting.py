"""Granting: the grant, its records and the registry's clock in one transaction."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from ...clock import legal_day, rfc3339
from ...errors import IdConflict
from ...registry.revisions import announce, one_writer, revise_records
from ...registry.tables import RecordRevision
from ...storage.database import Store, writing
from .checks import check_grant, check_receipt
from .records import FEED, records_of
from .stored import GRANTS, granted_of, read_one
from .values import AnswerReceipt, Grant, Granted

_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]


def grant(
    store: Store,
    asked: Grant,
    *,
    receipt: AnswerReceipt | None,
    organ_title: str,
    known_at: datetime,
    by: str = "",
) -> Granted:
    """Register an exemption. The same grant again gives what is stored; safe to retry.

    `receipt`: what the ledger has under the grant's receipt id, None where it has nothing. `organ_title`: the organ's
    name as records show it. `known_at`: the present instant. `by`: the caller's name.

    Raises UnknownThing for a receipt that is not there, NotYours for another organ's, InvalidQuestion for one that is
    no answer that exempts or for a grant that can't be, IdConflict where the receipt has another grant, StoreDown.
    """
    check_receipt(asked, receipt)
    check_grant(asked, legal_day(known_at))
    body_hash = hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()
    with writing(store) as connection:
        one_writer(connection, store)
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


def _register(connection: Connection, values: dict[str, Any]) -> Granted:
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
