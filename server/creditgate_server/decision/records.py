"""Which records count on a day, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..clock import add_days, add_months
from ..rulebook.catalogue import Catalogue, Terms
from ..rulebook.language import LIST_ENTRY, RecordState, Select, Window
from .knowledge import Record


@dataclass(frozen=True, slots=True)
class DatedRecord:
    """A record with its state on the day and its last day under the catalogue's terms."""

    record: Record
    state: RecordState | None
    """None: it does not count at all (revoked, or not yet made on that day)."""
    until: date | None
    """Last day, inclusive; None: open."""


def terms_of(catalogue: Catalogue, record: Record) -> Terms | None:
    """The catalogue's terms for a record: its list's or kind's, those for its severity before those for any."""
    entry = catalogue.lists.get(record.list) if record.kind == LIST_ENTRY else catalogue.record_kinds.get(record.kind)
    if entry is None:
        return None
    fitting = [terms for terms in entry.terms if terms.severity in ("", record.severity)]
    return max(fitting, key=lambda terms: bool(terms.severity), default=None)


def on_day(catalogue: Catalogue, record: Record, day: date) -> DatedRecord:
    """A record as it stands on a day. What is over is over: repaired, expired and revoked are no longer effective."""
    until = record.until
    if until is None:
        terms = terms_of(catalogue, record)
        if terms is not None and terms.lasts_months is not None:
            until = add_months(record.decided_on, terms.lasts_months)
    return DatedRecord(record, _state(record, until, day), until)


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


def selected(records: tuple[DatedRecord, ...], select: Select, day: date) -> tuple[DatedRecord, ...]:
    """The records that a selection means on a day, in the given order."""
    return tuple(dated for dated in records if _fits(dated, select, day))


def _fits(dated: DatedRecord, select: Select, day: date) -> bool:
    record = dated.record
    return (
        dated.state in select.states
        and (not select.kinds or record.kind in select.kinds)
        and (not select.lists or record.list in select.lists)
        and (not select.severities or record.severity in select.severities)
        and record.amount_fen >= select.each_at_least
        and (not select.organs or record.organ in select.organs)
        and (select.window is None or last_day_in(select.window, record.decided_on) >= day)
    )


def counts_until(dated: DatedRecord, select: Select) -> date | None:
    """Last day, inclusive, on which a selected record stays selected if nothing changes; None: open."""
    ends = [dated.until if RecordState.EXPIRED not in select.states else None]
    if select.window is not None:
        ends.append(last_day_in(select.window, dated.record.decided_on))
    return min((end for end in ends if end is not None), default=None)
