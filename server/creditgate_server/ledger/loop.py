"""The loop from a receipt to what was reported on it, as conditions and columns of queries.

What is open is told by columns and indexes alone; contents are read of the rows that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, Select, Table, and_, exists, literal_column, select, tuple_

from ..decision.outcome.values import SETTLING
from ..judging.kinds import KINDS
from .tables import ReceiptRow

RECEIPTS: Table = ReceiptRow.__table__  # type: ignore[attr-defined]

_WITH_CASES: list[ColumnElement[str]] = [
    literal_column(f"'{code}'") for code, kind in KINDS.items() if kind.reporting is not None and kind.reporting.case
]
"""Kinds whose reports stand for each other."""
_OUTCOME: ColumnElement[str] = literal_column("'outcome'")  # no parameter: else the partial indexes are not used
_NO_CASE: ColumnElement[str] = literal_column("''")
_SETTLING = tuple(result.value for result in SETTLING)


def is_outcome(table: FromClause = RECEIPTS) -> ColumnElement[bool]:
    """Reports and withdrawals."""
    return table.c.kind == _OUTCOME


def place(table: FromClause = RECEIPTS) -> ColumnElement[Any]:
    """The order of revisions: by instant, then by place in the ledger."""
    return tuple_(table.c.issued_at, table.c.chain, table.c.number)


def last_answer() -> Label[str]:
    """Answer of the revision that counts for a receipt of the query; NULL where there is none."""
    told = RECEIPTS.alias("told")
    newest = (told.c.issued_at.desc(), told.c.chain.desc(), told.c.number.desc())
    found = select(told.c.answer).where(is_outcome(told), told.c.about == RECEIPTS.c.id).order_by(*newest).limit(1)
    return found.correlate(RECEIPTS).scalar_subquery().label("last_answer")


def settled() -> ColumnElement[bool]:
    """The revision that counts settles the receipt of the query."""
    told = RECEIPTS.alias("own")
    return exists(
        select(told.c.id)
        .where(is_outcome(told), told.c.about == RECEIPTS.c.id, told.c.answer.in_(_SETTLING), _counts(told))
        .correlate(RECEIPTS)
    )


def settled_by_later() -> ColumnElement[bool]:
    """A report on a later check of the same case settles the receipt of the query."""
    told, later = RECEIPTS.alias("told_later"), RECEIPTS.alias("later")
    return exists(
        select(told.c.id)
        .select_from(told.join(later, later.c.id == told.c.about))
        .where(
            RECEIPTS.c.case_key != _NO_CASE,
            is_outcome(told),
            told.c.case_key == RECEIPTS.c.case_key,
            told.c.answer.in_(_SETTLING),
            later.c.kind.in_(_WITH_CASES),
            tuple_(later.c.issued_at, later.c.id) > tuple_(RECEIPTS.c.issued_at, RECEIPTS.c.id),
            _counts(told),
        )
        .correlate(RECEIPTS)
    )


def reports_on_cases(keys: Iterable[str]) -> Select[Any]:
    """Reports on checks of cases: the case, the check's instant and id, the report's place and answer."""
    told, check = RECEIPTS.alias("told"), RECEIPTS.alias("reported_on")
    places = (told.c.issued_at, told.c.chain, told.c.number)
    return (
        select(told.c.case_key, check.c.issued_at, check.c.id, *places, told.c.answer)
        .join(check, check.c.id == told.c.about)
        .where(is_outcome(told), told.c.case_key.in_(keys), check.c.kind.in_(_WITH_CASES))
    )


def is_open() -> ColumnElement[bool]:
    """A receipt that needs a report and has none that settles it. One whose decision was erased needs none any more."""
    return and_(RECEIPTS.c.needs_outcome, RECEIPTS.c.decision.is_not(None), ~settled(), ~settled_by_later())


def _counts(told: FromClause) -> ColumnElement[bool]:
    """No revision of the same receipt is newer."""
    newer = RECEIPTS.alias("newer")
    return ~exists(
        select(newer.c.id)
        .where(
            is_outcome(newer),
            newer.c.about == told.c.about,
            newer.c.issued_at >= told.c.issued_at,  # says nothing new: by it the index leads to the first newer one
            place(newer) > place(told),
        )
        .correlate(told)
    )
