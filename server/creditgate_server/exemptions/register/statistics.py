"""Statistics of the register: how many were let off, what became of it, and what fines were forgone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Label, and_, case, func, select
from sqlalchemy.exc import SQLAlchemyError

from ...errors import InvalidQuestion
from ...storage.database import Store
from .reading import down
from .standings import (
    CORRECTED_BEFORE,
    IN_FORCE,
    KNOWN,
    PROMISE_BROKEN,
    WITHDRAWN,
    corrected_in_time,
    corrected_late,
    overdue,
    pending,
)
from .stored import GRANTS


class By(StrEnum):
    """What figures are broken down by."""

    ORGAN = "organ"
    ENTRY = "exemption"
    MONTH = "month"
    """Calendar month of the decision."""


class GrantFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of the grants of one organ, entry, month, as far as they were broken down.

    granted = corrected_before + corrected_in_time + corrected_late + overdue + pending.
    """

    organ: str = ""
    exemption: str = ""
    month: str = ""
    """Like 2026-11."""
    granted: int
    """Without those that were withdrawn."""
    corrected_before: int
    """Before the decision: no term."""
    corrected_in_time: int
    corrected_late: int
    overdue: int
    """Not corrected, and the term is over."""
    pending: int
    """Not corrected, and the term still runs."""
    promises_broken: int
    fines_forgone_fen: int
    withdrawn: int


_KEYS: dict[By, Label[str]] = {
    By.ORGAN: GRANTS.c.organ.label("organ"),
    By.ENTRY: GRANTS.c.exemption.label("exemption"),
    By.MONTH: func.substr(GRANTS.c.decided_on, 1, 7).label("month"),
}


def statistics(
    store: Store, since: date, until: date, *, on: date, by: Sequence[By] = (), organs: Sequence[str] | None = None
) -> tuple[GrantFigures, ...]:
    """Figures of the grants decided from `since` to `until`, both inclusive, sorted by what they are broken down by.

    `on`: the legal day on which overdue and pending are told apart. `by`: nothing gives one total. `organs`: of
    these alone; None: of all. Raises InvalidQuestion for days the wrong way round, StoreDown.
    """
    if until < since:
        raise InvalidQuestion("统计的最后一天早于第一天", "把两个日期对调", "until")
    keys = [_KEYS[one] for one in dict.fromkeys(by)]
    statement = select(*keys, *_sums(on)).select_from(KNOWN)
    statement = statement.where(GRANTS.c.decided_on >= since.isoformat(), GRANTS.c.decided_on <= until.isoformat())
    if organs is not None:
        statement = statement.where(GRANTS.c.organ.in_(organs))
    if keys:
        statement = statement.group_by(*keys).order_by(*keys)
    try:
        with store.engine.connect() as connection:
            rows = connection.execute(statement).all()
    except SQLAlchemyError as fault:
        raise down() from fault
    return tuple(_figures(dict(row._mapping)) for row in rows)


def _sums(on: date) -> tuple[Label[Any], ...]:
    return (
        _count("granted", IN_FORCE),
        _count("corrected_before", and_(IN_FORCE, CORRECTED_BEFORE)),
        _count("corrected_in_time", and_(IN_FORCE, corrected_in_time(on))),
        _count("corrected_late", and_(IN_FORCE, corrected_late(on))),
        _count("overdue", and_(IN_FORCE, overdue(on))),
        _count("pending", and_(IN_FORCE, pending(on))),
        _count("promises_broken", and_(IN_FORCE, PROMISE_BROKEN)),
        func.sum(case((IN_FORCE, GRANTS.c.fine_forgone_fen), else_=0)).label("fines_forgone_fen"),
        _count("withdrawn", WITHDRAWN),
    )


def _count(name: str, condition: ColumnElement[bool]) -> Label[Any]:
    return func.sum(case((condition, 1), else_=0)).label(name)


def _figures(values: dict[str, Any]) -> GrantFigures:
    keys = {one.value for one in By}
    counted: dict[str, Any] = {name: int(value or 0) for name, value in values.items() if name not in keys}
    return GrantFigures(**{**values, **counted})
