"""Kinds of records that some record tests can tell apart: one representative for each set of tests that count it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from ...clock import add_days, add_months
from ...decision.knowledge import Record
from ...rulebook.catalogue import Catalogue
from ...rulebook.language import LIST_ENTRY, RecordState, Select, Window

_STILL = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class RecordClass:
    """Records that are all counted by the same tests."""

    counted_by: frozenset[Select]
    decided_on: date
    kind: str
    list: str
    severity: str
    organ: str
    state: RecordState
    least_fen: int = 0
    """Amount of each record, inclusive."""
    most_fen: int | None = None
    """Inclusive; None: no end."""

    def record(self, number: int, day: date, amount_fen: int) -> Record:
        """The representative as the registry would hold it."""
        return Record(
            source="feed",
            document_number=f"文{number:04d}",
            kind=self.kind,
            list=self.list,
            severity=self.severity,
            organ=self.organ,
            decided_on=self.decided_on,
            effective_from=self.decided_on,
            until=day - timedelta(days=1) if self.state is RecordState.EXPIRED else day + _STILL,
            state="repaired" if self.state is RecordState.REPAIRED else "effective",
            state_on=day if self.state is RecordState.REPAIRED else None,
            amount_fen=amount_fen,
        )


def record_classes(selects: Iterable[Select], catalogue: Catalogue, day: date) -> tuple[RecordClass, ...]:
    """All classes on a day, each counted by at least one of the selections."""
    wanted = tuple(dict.fromkeys(selects))
    found: dict[frozenset[Select], RecordClass] = {}
    for kind, listed in _kinds(wanted, catalogue):
        mine = tuple(select for select in wanted if _means(select, kind, listed))
        if mine:
            for one in _of_kind(kind, listed, mine, catalogue, day):
                found.setdefault(one.counted_by, one)
    return tuple(found.values())


def _kinds(selects: tuple[Select, ...], catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Kinds that a selection names, and one that none names; list entries with their list."""
    named = dict.fromkeys(kind for select in selects for kind in select.kinds if kind != LIST_ENTRY)
    others = [kind for kind in catalogue.record_kinds if kind not in named and kind != LIST_ENTRY]
    for kind in (*named, *others[:1]):
        yield kind, ""
    lists = dict.fromkeys(code for select in selects for code in select.lists)
    for code in (*lists, *[code for code in catalogue.lists if code not in lists][:1]):
        yield LIST_ENTRY, code


def _means(select: Select, kind: str, listed: str) -> bool:
    return (not select.kinds or kind in select.kinds) and (not select.lists or listed in select.lists)


def _of_kind(
    kind: str, listed: str, selects: tuple[Select, ...], catalogue: Catalogue, day: date
) -> Iterator[RecordClass]:
    severities = dict.fromkeys(one for select in selects for one in select.severities)
    known = catalogue.record_kinds[kind].severities if kind in catalogue.record_kinds else ()
    severities = dict.fromkeys([one for one in severities if one in known])
    spare = next((one for one in known if one not in severities), "")
    bounds = sorted({0, *(select.each_at_least for select in selects)})
    amounts = list(zip(bounds, [*(bound - 1 for bound in bounds[1:]), None], strict=True))
    organs = dict.fromkeys(one for select in selects for one in select.organs)
    other = next((one for one in catalogue.organs if one not in organs), "")
    for severity, organ, state, decided_on, (least, most) in product(
        (*severities, spare), (*organs, other), RecordState, _days(selects, day), amounts
    ):
        counted_by = frozenset(
            select
            for select in selects
            if (not select.severities or severity in select.severities)
            and (not select.organs or organ in select.organs)
            and state in select.states
            and least >= select.each_at_least
            and (select.window is None or _end(decided_on, select.window) >= day)
        )
        if counted_by:
            yield RecordClass(counted_by, decided_on, kind, listed, severity, organ, state, least, most)


def _days(selects: tuple[Select, ...], day: date) -> tuple[date, ...]:
    """Days of decision on either side of each window's edge, the latest first."""
    days = {day - timedelta(days=1)}
    for select in selects:
        if select.window is not None:
            first = _first_within(select.window, day)
            days |= {first, first - timedelta(days=1)}
    return tuple(sorted((one for one in days if one < day), reverse=True))


def _first_within(window: Window, day: date) -> date:
    """The earliest day of decision that still lies in the window."""
    first = day - timedelta(days=window.days + 31 * window.months + 2)
    while _end(first, window) < day:
        first += timedelta(days=1)
    return first


def _end(day: date, window: Window) -> date:
    return add_days(add_months(day, window.months), window.days)
