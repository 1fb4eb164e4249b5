"""Which records count on a day, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from msgspec import UNSET
from msgspec.structs import replace

from ..clock import add_days, add_months
from ..rulebook.catalogue import Catalogue, CountedFrom, PenaltyKind, Terms
from ..rulebook.language import LIST_ENTRY, Aggregate, RecordState, Select, Window
from .knowledge import FOR_LIFE, Record


@dataclass(frozen=True, slots=True)
class DatedRecord:
    """A record with its state on the day and its last day under the catalogue's terms."""

    record: Record
    state: RecordState | None
    """None: it does not count at all (revoked, or not yet made on that day)."""
    until: date | None
    """Last day, inclusive; None: open."""
    versions: tuple[DatedRecord, ...] = ()
    """How other sources have it, where that is not settled."""
    readings: tuple[DatedRecord, ...] = ()
    """What it may be, where it leaves its severity unsaid or which of several kinds it is; empty where it says both.
    Its own state is then effective where it may be, its own last day the earliest that it may have."""

    @property
    def ways(self) -> tuple[DatedRecord, ...]:
        """All that the record may be: in each version, and of each what it may be where that is unsaid."""
        if not self.versions:
            return self.readings or (self,)
        return tuple(way for one in (self, *self.versions) for way in one.readings or (one,))

    @property
    def ends_surely(self) -> bool:
        """Whether its state and its last day are the same whatever it leaves unsaid."""
        return len({(one.state, one.until) for one in self.readings}) < 2


def readings_of(catalogue: Catalogue, record: Record) -> tuple[Record, ...]:
    """What a record may be that does not say its severity, or which of several kinds it is; empty: it says both."""
    kind = catalogue.record_kinds.get(record.kind)
    if kind is None or record.kind == LIST_ENTRY:
        return ()
    if kind.may_be is UNSET:
        if record.severity or not kind.severities:
            return ()
        return tuple(replace(record, severity=severity) for severity in kind.severities)
    possible = (catalogue.record_kinds[code] for code in kind.may_be)
    return tuple(
        replace(record, kind=one.code, severity=severity)
        for one in possible
        for severity in ((record.severity,) if record.severity in one.severities else one.severities or ("",))
    )


def terms_of(catalogue: Catalogue, record: Record, day: date) -> Terms | None:
    """The catalogue's terms for a record on the day asked about: its list's or kind's, in the version of the day."""
    entry = catalogue.lists.get(record.list) if record.kind == LIST_ENTRY else catalogue.record_kinds.get(record.kind)
    if entry is None:
        return None
    ground = "" if record.ground is UNSET else record.ground
    fitting = [
        terms
        for terms in entry.terms
        if terms.severity in ("", record.severity)
        and terms.fits(record.severity, record.organ, ground, record.decided_on, day)
    ]
    return max(fitting, key=lambda terms: terms.precision, default=None)


def starts_on(terms: Terms, record: Record) -> date:
    """The day from which the periods of terms are counted."""
    return record.effective_from if terms.counted_from is CountedFrom.PUBLICATION else record.decided_on


def repair_from(terms: Terms, record: Record) -> date | None:
    """The first day on which repair can be asked for; None: the terms name none, or there is no repair."""
    if not terms.repairable or terms.repair_after_months is None:
        return None
    return add_months(starts_on(terms, record), terms.repair_after_months)


@dataclass(frozen=True, slots=True)
class PossibleTerms:
    """Terms that are or may be the law for a record."""

    terms: Terms
    records: tuple[DatedRecord, ...]
    """The record in the ways in which they are; the first stands for all."""
    certain: bool


def possible_terms(catalogue: Catalogue, dated: DatedRecord, day: date) -> tuple[PossibleTerms, ...]:
    """The terms that may be the law for a record, each once; of a record that leaves nothing unsaid at most one."""
    found: dict[Terms, list[DatedRecord]] = {}
    readings = dated.readings or (dated,)
    for one in readings:
        terms = terms_of(catalogue, one.record, day)
        if terms is not None:
            found.setdefault(terms, []).append(one)
    return tuple(PossibleTerms(terms, tuple(ones), len(ones) == len(readings)) for terms, ones in found.items())


def on_day(catalogue: Catalogue, record: Record, day: date) -> DatedRecord:
    """A record as it stands on a day. What is over is over: repaired, expired and revoked are no longer effective."""
    versions = record.versions
    others = () if versions is UNSET else tuple(on_day(catalogue, version, day) for version in versions)
    readings = tuple(_on_day(catalogue, one, day) for one in readings_of(catalogue, record))
    if not readings:
        return _on_day(catalogue, record, day, others)
    states = [one.state for one in readings]
    ends = (one.until for one in readings)
    return DatedRecord(
        record,
        RecordState.EFFECTIVE if RecordState.EFFECTIVE in states else states[0],
        min((end for end in ends if end is not None), default=None),
        others,
        readings,
    )


def _on_day(catalogue: Catalogue, record: Record, day: date, versions: tuple[DatedRecord, ...] = ()) -> DatedRecord:
    until = record.until
    if until is None:
        terms = terms_of(catalogue, record, day)
        if terms is not None and terms.lasts_months is not None:
            until = add_months(starts_on(terms, record), terms.lasts_months)
    return DatedRecord(record, _state(record, until, day), until, versions)


def _state(record: Record, until: date | None, day: date) -> RecordState | None:
    if record.state == "revoked" or record.decided_on > day or record.effective_from > day:
        return None
    if record.state == "repaired" and (record.state_on is None or record.state_on <= day):
        return RecordState.REPAIRED
    if until is not None and until < day:
        return RecordState.EXPIRED
    return RecordState.EFFECTIVE


def last_day_in(window: Window, decided_on: date) -> date:
    """Last legal day, inclusive, on which a record decided that day is still within the window."""
    return add_days(add_months(decided_on, window.months), window.days)


@dataclass(frozen=True, slots=True)
class MeantRecord:
    """A record that a selection means, for certain or possibly."""

    dated: DatedRecord
    certain: bool
    """It is meant whatever it leaves unsaid, and in whichever version it is right."""
    least: int = 1
    """What of it is counted at least, in the aggregate's unit."""
    most: int = 1
    """At most."""


def selected(records: tuple[DatedRecord, ...], select: Select, day: date) -> tuple[DatedRecord, ...]:
    """The records that a selection certainly means on a day, in the given order."""
    return tuple(one.dated for one in meant(records, select, Aggregate.COUNT, day) if one.certain)


def meant(records: tuple[DatedRecord, ...], select: Select, aggregate: Aggregate, day: date) -> tuple[MeantRecord, ...]:
    """The records that a selection means on a day or may mean, in the given order, with what of each is counted."""
    found = []
    in_detail = select.in_detail
    for dated in records:
        if dated.versions or dated.readings:
            fits = [record_fits(one, select, day) for one in dated.ways]
            one = combined(dated, fits, aggregate)
            if one is not None:
                found.append(one)
        elif _fits(dated, select, day):
            certain = _fits_in_detail(dated.record, select, day) if in_detail else True
            if certain is not False:
                least, most = _counted(dated.record, aggregate)
                found.append(MeantRecord(dated, certain is True, least if certain else 0, most))
    return tuple(found)


def combined(dated: DatedRecord, fits: Sequence[bool | None], aggregate: Aggregate) -> MeantRecord | None:
    """A record of which it is known of each way that it may be whether it is meant; None: in none it is."""
    if all(one is False for one in fits):
        return None
    counts = [(one, *_counted(way.record, aggregate)) for one, way in zip(fits, dated.ways, strict=True)]
    return MeantRecord(
        dated,
        all(one is True for one in fits),
        min(least if one else 0 for one, least, _ in counts),
        max(0 if one is False else most for one, _, most in counts),
    )


def record_fits(dated: DatedRecord, select: Select, day: date) -> bool | None:
    """Whether a selection means a record in one of its ways; None: the record leaves unsaid what decides."""
    if not _fits(dated, select, day):
        return False
    return _fits_in_detail(dated.record, select, day) if select.in_detail else True


def _fits(dated: DatedRecord, select: Select, day: date) -> bool:
    """Whether a record is as a selection asks in what no record leaves unsaid."""
    record = dated.record
    return (
        dated.state in select.states
        and (not select.kinds or record.kind in select.kinds)
        and (not select.lists or record.list in select.lists)
        and (not select.severities or record.severity in select.severities)
        and record.amount_fen >= select.each_at_least
        and (not select.organs or select.items_organ is True or record.organ in select.organs)
        and (
            select.window is None or select.ban_running is True or last_day_in(select.window, record.decided_on) >= day
        )
    )


def _fits_in_detail(record: Record, select: Select, day: date) -> bool | None:
    result: bool | None = True
    for _, fits in details(record, select, day):
        if fits is False:
            return False
        if fits is None:
            result = None
    return result


def details(record: Record, select: Select, day: date) -> Iterator[tuple[str, bool | None]]:
    """What a selection in detail asks of a record, by the record's field, and whether it is so; None: not said."""
    if select.items_organ is True and select.organs:
        unknown = not record.organ and not record.organ_title
        yield "organ", None if unknown else record.organ in select.organs
    if select.penalty_kinds is not UNSET:
        kinds = record.penalty_kinds
        yield "penalty_kinds", None if kinds is UNSET else any(kind in select.penalty_kinds for kind in kinds)
    if select.fine_each_at_least is not UNSET:
        low, high = fine_between(record)
        bound = select.fine_each_at_least
        yield "fine_fen", True if low >= bound else False if high < bound else None
    if select.items is not UNSET:
        yield "licence_item", None if record.licence_item is UNSET else record.licence_item in select.items
    if select.grounds is not UNSET:
        yield "ground", None if record.ground is UNSET else record.ground in select.grounds
    if select.ban_running is True and record.ban_until is not UNSET:
        yield "ban_until", day <= record.ban_until
    elif select.ban_running is True and select.open_ended is not True:
        yield "ban_until", None if select.window is None else last_day_in(select.window, record.decided_on) >= day


def unsaid_of(dated: DatedRecord, select: Select, day: date) -> tuple[str, ...]:
    """Fields that one version of a record leaves unsaid, and on which it depends whether a selection means it."""
    fields: list[str] = []
    fits: dict[str, set[bool | None]] = {}
    for one in dated.readings or (dated,):
        fit = record_fits(one, select, day)
        fits.setdefault(one.record.kind, set()).add(fit)
        if fit is not False or not dated.readings:
            fields += [field for field, said in details(one.record, select, day) if said is None]
    if any(len(found) > 1 for found in fits.values()):
        fields.append("severity")
    if len({frozenset(found) for found in fits.values()}) > 1:
        fields.append("penalty_kinds")  # which of two kinds of penalty it is
    return tuple(dict.fromkeys(fields))


def fine_between(record: Record) -> tuple[int, int]:
    """The least and the most that the fine of a record can be, in fen."""
    if record.fine_fen is not UNSET:
        return record.fine_fen, record.fine_fen
    if record.confiscated_fen is not UNSET:
        rest = max(record.amount_fen - record.confiscated_fen, 0)
        return rest, rest
    if record.penalty_kinds is not UNSET and PenaltyKind.FINE not in record.penalty_kinds:
        return 0, 0
    if record.penalty_kinds is not UNSET and PenaltyKind.CONFISCATION not in record.penalty_kinds:
        return record.amount_fen, record.amount_fen
    return 0, record.amount_fen


def _counted(record: Record, aggregate: Aggregate) -> tuple[int, int]:
    """The least and the most that a record counts for."""
    if aggregate is Aggregate.COUNT:
        return 1, 1
    return (record.amount_fen, record.amount_fen) if aggregate is Aggregate.AMOUNT else fine_between(record)


def counts_until(dated: DatedRecord, select: Select) -> date | None:
    """Last day, inclusive, on which a selected record stays selected if nothing changes; None: open.

    Of a record that may be several, the day of the first that ends.
    """
    ends = [_counts_until(one, select) for one in dated.ways]
    return min((end for end in ends if end is not None), default=None)


def _counts_until(dated: DatedRecord, select: Select) -> date | None:
    ends = [dated.until if RecordState.EXPIRED not in select.states else None]
    record = dated.record
    if select.ban_running is True and record.ban_until is not UNSET:
        ends.append(None if record.ban_until == FOR_LIFE else record.ban_until)
    elif select.window is not None:
        ends.append(last_day_in(select.window, record.decided_on))
    return min((end for end in ends if end is not None), default=None)
