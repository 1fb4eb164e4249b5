"""Reading the register: one grant, or pages of those that fit."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.exc import SQLAlchemyError

from creditgate import limits

from ...errors import InvalidQuestion, StoreDown, UnknownThing
from ...storage.database import Store
from .standings import IN_FORCE, KNOWN, OPEN, overdue
from .stored import GRANTS, granted_of, read_one
from .values import Granted

_LONGEST_CURSOR = 18  # digits that every database takes


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

    grants: tuple[Granted, ...]
    next: str = ""
    """Cursor of the next page; empty: there is none. Grants registered meanwhile change no page that follows."""


def find(store: Store, grant_id: str) -> Granted:
    """A grant by its receipt's id. Raises UnknownThing, StoreDown."""
    try:
        with store.engine.connect() as connection:
            found = read_one(connection, grant_id)
    except SQLAlchemyError as fault:
        raise down() from fault
    if found is None:
        raise UnknownThing(f"首违台账里没有 {grant_id[:40]}", "核对登记时的回执编号", "grant_id")
    return found


def listed(store: Store, filters: GrantFilters, *, after: str = "", limit: int = 50) -> GrantPage:
    """A page of the grants that fit, newest first. `after`: the cursor of the page before; empty: from the start.

    Raises InvalidQuestion for a cursor that is none or a limit out of 1 to 500, StoreDown.
    """
    if not 1 <= limit <= limits.MOST_GRANTS:
        raise InvalidQuestion("每页条数不正确", f"1 至 {limits.MOST_GRANTS}", "limit")
    statement = _meant(filters)
    if after:
        statement = statement.where(GRANTS.c.number < _number(after))
    try:
        with store.engine.connect() as connection:
            rows = connection.execute(statement.order_by(GRANTS.c.number.desc()).limit(limit + 1)).all()
            grants = granted_of(connection, rows[:limit])
    except SQLAlchemyError as fault:
        raise down() from fault
    return GrantPage(grants=grants, next=str(grants[-1].number) if len(rows) > limit else "")


def down() -> StoreDown:
    """The register can't be read."""
    return StoreDown("首违台账不能读取", "稍后再试; 新库先运行 creditgate-server migrate")


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


def _number(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _LONGEST_CURSOR):
        raise InvalidQuestion("翻页标记不正确", "用上一页给出的标记", "after")
    return int(cursor)
