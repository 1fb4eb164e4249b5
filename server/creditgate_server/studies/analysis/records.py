"""Kinds of records that some record tests can tell apart: one representative for each set of tests that count it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from msgspec import UNSET
from msgspec.structs import replace

from ...clock import add_days, add_months
from ...decision.knowledge import Knowledge, Record, Related
from ...rulebook.catalogue import Catalogue
from ...rulebook.language import LIST_ENTRY, RecordState, RelatedTest, RelationKind, Select, Window

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
    said: tuple[tuple[str, object], ...] = ()
    """What it says in detail, by field."""
    confiscated: bool = False
    """Where tests look at fines alone: the amount is confiscation, no fine. A record is one or the other."""

    def record(self, number: int, day: date, amount_fen: int) -> Record:
        """The representative as the registry would hold it."""
        fields = dict(self.said)
        if "fine_fen" in fields:
            fields["fine_fen"] = 0 if self.confiscated else amount_fen
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
            **fields,  # type: ignore[arg-type]
        )


def record_classes(
    selects: Iterable[Select], catalogue: Catalogue, day: date, *, by_fine: bool = False
) -> tuple[RecordClass, ...]:
    """All classes on a day, each counted by at least one of the selections. `by_fine`: fines are looked at alone."""
    wanted = tuple(dict.fromkeys(selects))
    by_fine = by_fine or any(select.fine_each_at_least is not UNSET for select in wanted)
    found: dict[tuple[frozenset[Select], bool], RecordClass] = {}
    for kind, listed in _kinds(wanted, catalogue):
        mine = tuple(select for select in wanted if _means(select, kind, listed))
        if mine:
            for one in _of_kind(kind, listed, mine, catalogue, day, by_fine=by_fine):
                found.setdefault((one.counted_by, one.confiscated), one)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class RelatedClass:
    """Records of related subjects that are all counted by the same tests."""

    counted_by: frozenset[RelatedTest]
    """Each with the bound 1."""
    kind: RelationKind
    of: bool
    since: date
    until: date | None
    record: RecordClass

    def related(self, number: int, count: int, day: date) -> Related:
        """One other, with so many of the records."""
        other = Knowledge(
            identifier=f"91441900000000{number:04d}" if self.of else f"p:{number:064x}",
            present=True,
            attributes={},
            records=tuple(self.record.record(place, day, self.record.least_fen) for place in range(count)),
            ratings=(),
        )
        return Related(
            kind=self.kind, of=self.of, since=self.since, until=self.until, source="registration", knowledge=other
        )


def related_classes(tests: Iterable[RelatedTest], catalogue: Catalogue, day: date) -> tuple[RelatedClass, ...]:
    """All classes on a day, each counted by at least one of the tests: a relation that holds, or held, or began now."""
    wanted = tuple(dict.fromkeys(replace(test, at_least=1) for test in tests))
    found: dict[frozenset[RelatedTest], RelatedClass] = {}
    held: tuple[tuple[date, date | None, tuple[str, ...]], ...] = (
        (_EVER, None, ("decided", "now")),
        (_EVER, day - timedelta(days=1), ("decided",)),
        (day, None, ("now",)),
    )
    for of, kind, (since, until, moments) in product((False, True), RelationKind, held):
        mine = tuple(test for test in wanted if test.of is of and kind in test.kinds and test.moment in moments)
        for record in record_classes((test.select for test in mine), catalogue, day):
            counted_by = frozenset(test for test in mine if test.select in record.counted_by)
            found.setdefault(counted_by, RelatedClass(counted_by, kind, of, since, until, record))
    return tuple(found.values())


_EVER = date(1950, 1, 1)


def _kinds(selects: tuple[Select, ...], catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Kinds that a selection names, and one that none names; list entries with their list."""
    named = dict.fromkeys(kind for select in selects for kind in select.kinds if kind != LIST_ENTRY)
    others = [
        code
        for code, kind in catalogue.record_kinds.items()
        if code not in named and code != LIST_ENTRY and kind.may_be is UNSET
    ]
    for kind in (*named, *others[:1]):
        yield kind, ""
    lists = dict.fromkeys(code for select in selects for code in select.lists)
    for code in (*lists, *[code for code in catalogue.lists if code not in lists][:1]):
        yield LIST_ENTRY, code


def _means(select: Select, kind: str, listed: str) -> bool:
    return (not select.kinds or kind in select.kinds) and (not select.lists or listed in select.lists)


def _of_kind(
    kind: str, listed: str, selects: tuple[Select, ...], catalogue: Catalogue, day: date, *, by_fine: bool
) -> Iterator[RecordClass]:
    severities = dict.fromkeys(one for select in selects for one in select.severities)
    known = catalogue.record_kinds[kind].severities if kind in catalogue.record_kinds else ()
    severities = dict.fromkeys([one for one in severities if one in known])
    spares = [one for one in known if one not in severities][:1] if known else [""]
    fines = {select.fine_each_at_least or 0 for select in selects}
    bounds = sorted({0, *fines, *(select.each_at_least for select in selects)})
    amounts = list(zip(bounds, [*(bound - 1 for bound in bounds[1:]), None], strict=True))
    organs = dict.fromkeys(one for select in selects for one in select.organs)
    other = next((one for one in catalogue.organs if one not in organs), "")
    for severity, organ, state, decided_on, (least, most), said, confiscated in product(
        (*severities, *spares),
        (*organs, other),
        RecordState,
        _days(selects, day),
        amounts,
        _details(selects, day, by_fine=by_fine),
        (False, True) if by_fine else (False,),
    ):
        saying = dict(said)
        counted_by = frozenset(
            select
            for select in selects
            if (not select.severities or severity in select.severities)
            and (not select.organs or organ in select.organs)
            and state in select.states
            and least >= select.each_at_least
            and (0 if confiscated else least) >= (select.fine_each_at_least or 0)
            and _in_time(select, decided_on, saying, day)
            and _as_said(select, saying)
        )
        if counted_by:
            yield RecordClass(
                counted_by, decided_on, kind, listed, severity, organ, state, least, most, said, confiscated
            )


def _details(selects: tuple[Select, ...], day: date, *, by_fine: bool) -> tuple[tuple[tuple[str, object], ...], ...]:
    """All that records may say of what is asked in detail; nothing is left unsaid that a test asks for."""
    found: list[list[tuple[str, object]]] = []
    kinds = dict.fromkeys(kind for select in selects for kind in select.penalty_kinds or ())
    if kinds:
        found.append([("penalty_kinds", each) for each in (*((kind,) for kind in kinds), tuple(sorted(kinds)), ())])
    for field, name in (("licence_item", "items"), ("ground", "grounds")):
        codes = dict.fromkeys(code for select in selects for code in getattr(select, name) or ())
        if codes:
            found.append([(field, code) for code in (*codes, _ANOTHER)])
    if any(select.ban_running is True for select in selects):
        found.append([("ban_until", day + _STILL), ("ban_until", day - timedelta(days=1))])
    if by_fine:
        found.append([("fine_fen", 0)])
    return tuple(product(*found))


_ANOTHER = "another"
"""A licence or a ground that no test names."""


def _in_time(select: Select, decided_on: date, saying: dict[str, object], day: date) -> bool:
    until = saying.get("ban_until")
    if select.ban_running is True and isinstance(until, date):
        return until >= day
    return select.window is None or _end(decided_on, select.window) >= day


def _as_said(select: Select, saying: dict[str, object]) -> bool:
    kinds = saying.get("penalty_kinds", ())
    assert isinstance(kinds, tuple)
    return (
        (select.penalty_kinds is UNSET or not set(select.penalty_kinds).isdisjoint(kinds))
        and (select.items is UNSET or saying.get("licence_item") in select.items)
        and (select.grounds is UNSET or saying.get("ground") in select.grounds)
    )


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
