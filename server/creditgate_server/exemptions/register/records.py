"""The records that a grant puts into the registry, as they follow from what is known of it. Pure.

| kind | when | counts from | is revoked by |
| --- | --- | --- | --- |
| `exemption` | always | the decision | withdrawal |
| `correction-overdue` | there is a term | the day after it, by itself | correction in time, withdrawal |
| `correction-promise-breach` | a report says or means it | the day of that report | a later report, withdrawal |
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import takewhile

import msgspec

from ...clock import add_days, legal_day
from ...decision.knowledge import Record
from ...rulebook.language import EXEMPTION_GRANTED
from .values import CorrectionReport, Grant, RegisterGrant

FEED = "exemption-register"
"""Source of the records."""
OVERDUE = "correction-overdue"
PROMISE_BREACH = "correction-promise-breach"
KINDS = (EXEMPTION_GRANTED, OVERDUE, PROMISE_BREACH)


def is_broken(grant: Grant, corrected_on: date | None, kept_promise: bool | None, reported_on: date) -> bool:
    """Whether a report means a broken promise: it was made, and the organ says so or the term is missed."""
    if not grant.promise_made:
        return False
    missed = grant.due_on is not None and (corrected_on or reported_on) > grant.due_on
    return missed or kept_promise is False


def records_of(granted: RegisterGrant) -> tuple[Record, ...]:
    """All records of a grant as they should stand now."""
    records = [_record(granted, EXEMPTION_GRANTED, granted.grant.decided_on)]
    records += _overdue(granted)
    records += _breach(granted)
    if granted.withdrawal is None:
        return tuple(records)
    withdrawn_on = legal_day(granted.withdrawal.withdrawn_at)
    return tuple(record if record.state == "revoked" else _revoked(record, withdrawn_on) for record in records)


def _overdue(granted: RegisterGrant) -> Iterator[Record]:
    grant, report = granted.grant, granted.last_report
    if grant.due_on is None:
        return
    record = _record(granted, OVERDUE, add_days(grant.due_on, 1))
    if report is not None and report.corrected_on is not None and report.corrected_on <= grant.due_on:
        record = _revoked(record, report.corrected_on)
    yield record


def _breach(granted: RegisterGrant) -> Iterator[Record]:
    """Decided on the day of the first of the last broken reports in a row: saying it again changes nothing."""
    newest_first = granted.reports[::-1]
    after = tuple(takewhile(lambda report: not report.broken, newest_first))
    broken = tuple(takewhile(lambda report: report.broken, newest_first[len(after) :]))
    if not broken:
        return
    record = _record(granted, PROMISE_BREACH, _reported_on(broken[-1]))
    yield _revoked(record, _reported_on(after[-1])) if after else record


def _reported_on(report: CorrectionReport) -> date:
    return legal_day(report.reported_at)


def _record(granted: RegisterGrant, kind: str, day: date) -> Record:
    grant = granted.grant
    return Record(
        source=FEED,
        document_number=granted.record_number,
        kind=kind,
        organ=grant.organ,
        organ_title=granted.organ_title,
        decided_on=day,
        effective_from=day,
        violation_code=grant.exemption or msgspec.UNSET,
    )


def _revoked(record: Record, day: date) -> Record:
    return msgspec.structs.replace(record, state="revoked", state_on=day)
