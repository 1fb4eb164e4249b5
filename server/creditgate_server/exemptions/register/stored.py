"""Grants as rows, read back as values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, select

from .tables import CorrectionRow, GrantRow, WithdrawalRow
from .values import CorrectionReport, Grant, RegisterGrant, Withdrawal

GRANTS: Table = GrantRow.__table__  # type: ignore[attr-defined]
CORRECTIONS: Table = CorrectionRow.__table__  # type: ignore[attr-defined]
WITHDRAWALS: Table = WithdrawalRow.__table__  # type: ignore[attr-defined]


def read_one(connection: Connection, receipt_id: str) -> RegisterGrant | None:
    """The grant that rests on a receipt."""
    rows = connection.execute(select(GRANTS).where(GRANTS.c.receipt_id == receipt_id)).all()
    return granted_of(connection, rows)[0] if rows else None


def granted_of(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[RegisterGrant, ...]:
    """Grants with all that was reported on them, in the order of their rows."""
    wanted = [row.receipt_id for row in rows]
    reports: dict[str, list[CorrectionReport]] = {}
    told = select(CORRECTIONS).where(CORRECTIONS.c.receipt_id.in_(wanted)).order_by(CORRECTIONS.c.id)
    for row in connection.execute(told):
        reports.setdefault(row.receipt_id, []).append(_correction(row))
    taken_back = connection.execute(select(WITHDRAWALS).where(WITHDRAWALS.c.receipt_id.in_(wanted)))
    withdrawals = {row.receipt_id: _withdrawal(row) for row in taken_back}
    return tuple(_granted(row, tuple(reports.get(row.receipt_id, ())), withdrawals.get(row.receipt_id)) for row in rows)


def _granted(row: Row[Any], reports: tuple[CorrectionReport, ...], withdrawal: Withdrawal | None) -> RegisterGrant:
    return RegisterGrant(
        number=row.number,
        grant=msgspec.convert(dict(row._mapping), Grant),
        organ_title=row.organ_title,
        record_number=row.record_number,
        registered_at=datetime.fromisoformat(row.known_at),
        registered_by=row.registered_by,
        reports=reports,
        withdrawal=withdrawal,
    )


def _correction(row: Row[Any]) -> CorrectionReport:
    return CorrectionReport(
        corrected_on=_day(row.corrected_on),
        kept_promise=row.kept_promise,
        broken=row.broken,
        reported_at=datetime.fromisoformat(row.known_at),
        reported_by=row.reported_by,
    )


def _withdrawal(row: Row[Any]) -> Withdrawal:
    return Withdrawal(
        reason=row.reason, withdrawn_at=datetime.fromisoformat(row.known_at), withdrawn_by=row.withdrawn_by
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
