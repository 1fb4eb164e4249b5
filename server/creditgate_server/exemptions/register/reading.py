"""Reading the register: one grant, pages of those that fit, and statistics of what became of them and was forgone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Label, Select, and_, case, func, literal, select, tuple_

from ...errors import InvalidQuestion, UnknownThing
from ...storage.database import Store, store_down
from .standings import (
    CORRECTED_BEFORE,
    IN_FORCE,
    KNOWN,
    OPEN,
    PROMISE_BROKEN,
    WITHDRAWN,
    corrected_in_time,
    corrected_late,
    overdue,
    pending,
)
from .stored import GRANTS, granted_of, read_one
from .values import RegisterGrant

_DOWN = ("首违台账不能读取", "稍后再试; 新库先运行 creditgate-server migrate")


class GrantFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which grants are meant: all that is set must fit."""

    organs: tuple[str, ...] | None = None
    """One of these; None: any, and none where it is empty."""
    exemption: str = ""
    list: str = ""
    subject: str = ""
    since: date | None = None
    """First day of the decision, inclusive."""
    until: date | None = None
    """Last day of the decision, inclusive."""
    open: bool = False
    """Not withdrawn, with a term, and no correction reported."""
    overdue_on: date | None = None
    """Not withdrawn; on that day the term was over and nothing corrected, as far as is reported now."""


class GrantPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some grants, the newest first."""

    grants: tuple[RegisterGrant, ...]
    next: int = 0
    """Number behind which the next page begins; 0: there is none. Grants registered meanwhile change none that follows.
    """


def find(store: Store, grant_id: str) -> RegisterGrant:
    """A grant by its receipt's id. Raises UnknownThing, StoreDown."""
    with store_down(*_DOWN), store.engine.connect() as connection:
        found = read_one(connection, grant_id)
    if found is None:
        raise UnknownThing(f"首违台账里没有 {grant_id[:40]}", "核对登记时的回执编号", "grant_id")
    return found


def listed(store: Store, filters: GrantFilters, *, after: int = 0, limit: int = 50) -> GrantPage:
    """A page of the grants that fit, newest first. `after`: `next` of the page before; 0: from the start.

    Raises StoreDown.
    """
    statement = _meant(filters)
    if after:
        statement = statement.where(GRANTS.c.number < after)
    with store_down(*_DOWN), store.engine.connect() as connection:
        rows = connection.execute(statement.order_by(GRANTS.c.number.desc()).limit(limit + 1)).all()
        grants = granted_of(connection, rows[:limit])
    return GrantPage(grants=grants, next=grants[-1].number if len(rows) > limit else 0)


def _meant(filters: GrantFilters) -> Select[Any]:
    statement = select(GRANTS).select_from(KNOWN)
    for name in ("exemption", "list", "subject"):
        if getattr(filters, name):
            statement = statement.where(GRANTS.c[name] == getattr(filters, name))
    if filters.organs is not None:
        statement = statement.where(GRANTS.c.organ.in_(filters.organs))
    if filters.since is not None:
        statement = statement.where(GRANTS.c.decided_on >= filters.since.isoformat())
    if filters.until is not None:
        statement = statement.where(GRANTS.c.decided_on <= filters.until.isoformat())
    if filters.open:
        statement = statement.where(OPEN)
    if filters.overdue_on is not None:
        statement = statement.where(IN_FORCE, overdue(filters.overdue_on))
    return statement


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
    store: Store,
    since: date,
    until: date,
    *,
    on: date,
    by: Sequence[By] = (),
    organs: Sequence[str] | None = None,
    after: Sequence[str] = (),
    limit: int | None = None,
) -> tuple[GrantFigures, ...]:
    """Figures of the grants decided from `since` to `until`, both inclusive, sorted by what they are broken down by.

    `on`: the legal day on which overdue and pending are told apart. `by`: nothing gives one total. `organs`: of
    these alone; None: of all. `after`: what the last figures known are broken down by, in the order of `by`: those
    behind them alone. `limit`: so many at most. Raises InvalidQuestion for days the wrong way round, StoreDown.
    """
    if until < since:
        raise InvalidQuestion("统计的最后一天早于第一天", "把两个日期对调", "until")
    keys = [_KEYS[one] for one in dict.fromkeys(by)]
    statement = select(*keys, *_sums(on)).select_from(KNOWN)
    statement = statement.where(GRANTS.c.decided_on >= since.isoformat(), GRANTS.c.decided_on <= until.isoformat())
    if organs is not None:
        statement = statement.where(GRANTS.c.organ.in_(organs))
    if keys:
        statement = statement.group_by(*keys).order_by(*keys).limit(limit)
    if keys and after:
        statement = statement.where(tuple_(*(key.element for key in keys)) > tuple_(*map(literal, after)))
    with store_down(*_DOWN), store.engine.connect() as connection:
        rows = connection.execute(statement).all()
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
