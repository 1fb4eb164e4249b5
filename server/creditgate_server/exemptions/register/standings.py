"""How grants stand on a day, as conditions on rows: what `RegisterGrant.standing` says of one, for all at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, func, not_, select

from .stored import CORRECTIONS, GRANTS, WITHDRAWALS

LAST_REPORT = CORRECTIONS.alias("last_report")
"""The report that counts; nothing where there is none."""

_reports = CORRECTIONS.alias("any_report")
_newest = (
    select(func.max(_reports.c.id))
    .where(_reports.c.receipt_id == GRANTS.c.receipt_id)
    .correlate(GRANTS)
    .scalar_subquery()
)

KNOWN = GRANTS.outerjoin(LAST_REPORT, LAST_REPORT.c.id == _newest).outerjoin(
    WITHDRAWALS, WITHDRAWALS.c.receipt_id == GRANTS.c.receipt_id
)
"""Grants with that report and with their withdrawal: one row each, looked up by keys."""

WITHDRAWN = WITHDRAWALS.c.receipt_id.is_not(None)
IN_FORCE = WITHDRAWALS.c.receipt_id.is_(None)
PROMISE_BROKEN = and_(LAST_REPORT.c.broken.is_not(None), LAST_REPORT.c.broken)
CORRECTED_BEFORE = GRANTS.c.due_on.is_(None)
"""No term: corrected before the decision."""
OPEN = and_(IN_FORCE, GRANTS.c.due_on.is_not(None), LAST_REPORT.c.corrected_on.is_(None))
"""With a term, and no correction reported."""


def corrected_in_time(day: date) -> ColumnElement[bool]:
    """Corrected by the last day of the term."""
    return and_(_corrected_by(day), LAST_REPORT.c.corrected_on <= GRANTS.c.due_on)


def corrected_late(day: date) -> ColumnElement[bool]:
    """Corrected after the term."""
    return and_(_corrected_by(day), LAST_REPORT.c.corrected_on > GRANTS.c.due_on)


def overdue(day: date) -> ColumnElement[bool]:
    """Not corrected, and the term is over."""
    return and_(GRANTS.c.due_on < day.isoformat(), not_(_corrected_by(day)))


def pending(day: date) -> ColumnElement[bool]:
    """Not corrected, and the term still runs."""
    return and_(GRANTS.c.due_on >= day.isoformat(), not_(_corrected_by(day)))


def _corrected_by(day: date) -> ColumnElement[bool]:
    return and_(LAST_REPORT.c.corrected_on.is_not(None), LAST_REPORT.c.corrected_on <= day.isoformat())
