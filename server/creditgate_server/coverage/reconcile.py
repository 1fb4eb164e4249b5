"""Reconcile licence files with the store: read, match, count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from ..rulebook.catalogue import Catalogue
from ..storage.database import Store
from .checks import Reading, read_checks
from .counting import Made, Report, report
from .files import Person, read_licences
from .items import ItemFinder
from .matching import match, without_doubles
from .values import Licence


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be reconciled."""

    files: tuple[Path, ...]
    mapping: Mapping[str, str] | None = None
    """Field to header; None: the columns of dual publicity."""
    items: Mapping[str, str] = {}
    """Titles of licences with the codes of their items, before the catalogue's own titles."""
    window_days: int = 30
    today: date


def _no_one(_: int) -> None:
    """Nobody wants to know how far it is."""


def reconcile(
    asked: Asked, store: Store, catalogue: Catalogue, person: Person, progress: Callable[[int], None] = _no_one
) -> Report:
    """The report. Raises SetupFault for a file that can't be used, StoreDown and StoreFault."""
    finder = ItemFinder(catalogue, asked.items)
    rows = without_doubles(
        row
        for number, path in enumerate(asked.files)
        for row in read_licences(path, number, asked.mapping, catalogue, finder, person)
    )
    licences = [row for row in rows if isinstance(row, Licence)]
    reading = Reading(checks={}, receipts=0, erased=0, first_day=None)
    if licences:
        wanted = {(row.subject, row.item) for row in licences}
        first = min(row.issued_on for row in licences)
        reading = read_checks(store, wanted, first, asked.window_days, progress)
    cases = match(rows, reading.checks, asked.window_days)
    made = Made(
        files=tuple(path.name for path in asked.files),
        window_days=asked.window_days,
        made_on=asked.today,
        store_from=reading.first_day,
        warnings=_warnings(licences, reading),
    )
    return report(cases, {code: item.title for code, item in catalogue.items.items()}, made)


def _warnings(licences: Sequence[Licence], reading: Reading) -> tuple[str, ...]:
    said = []
    if licences and reading.first_day is None:
        said.append("数据库里没有核查回执: 核对数据库地址")
    elif reading.first_day is not None:
        before = sum(row.issued_on < reading.first_day for row in licences)
        if before:
            said.append(f"{before} 件许可早于数据库中的第一次核查({reading.first_day.isoformat()}), 不可能查到按时核查")
    if reading.erased:
        said.append(f"{reading.erased} 份核查回执的问题已依法删除, 不能与许可对应")
    return tuple(said)
