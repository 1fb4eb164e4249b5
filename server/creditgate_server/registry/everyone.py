"""Everyone in the registry: for judging all subjects, not one question's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from ..clock import rfc3339
from ..storage.database import Store
from .revisions import read_rows
from .tables import SubjectRevision

_subjects = SubjectRevision.__table__  # type: ignore[attr-defined]


def identifiers(store: Store, known_at: datetime) -> tuple[str, ...]:
    """Every subject that was delivered by then, inclusive; sorted. Natural persons are not among them.

    Raises StoreDown.
    """
    known = _subjects.c.known_at <= rfc3339(known_at)
    rows = read_rows(store, select(_subjects.c.identifier).where(known).distinct())
    return tuple(sorted(row[0] for row in rows))


def names(store: Store, wanted: Sequence[str], known_at: datetime) -> dict[str, str]:
    """Latest names, known by then, of some subjects; who has none is left out. Raises StoreDown."""
    known = (_subjects.c.identifier.in_(list(wanted))) & (_subjects.c.known_at <= rfc3339(known_at))
    statement = select(_subjects.c.identifier, _subjects.c.name).where(known)
    rows = read_rows(store, statement.order_by(_subjects.c.known_at, _subjects.c.id))
    return {row.identifier: row.name for row in rows}
