"""Licences, checks and what is said of their meeting, as values.

There may be millions; none can be part of a cycle, so the collector does not follow them (`gc=False`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from ..outcomes.values import Done, Reason


class Verdict(StrEnum):
    """The class of a row: each row of a file is in exactly one."""

    IN_TIME = "checked_in_time"
    LATE = "checked_late"
    PROHIBITED = "checked_but_prohibited"
    MEASURE_MISSING = "mandatory_measure_missing"
    """Checked in time, and a mandatory measure was not applied, or nothing is reported of it."""
    NOT_CHECKED = "not_checked"
    UNMATCHED = "unmatched"
    """The row can't be put to a check: its reason says why."""


MISSES = (Verdict.LATE, Verdict.PROHIBITED, Verdict.MEASURE_MISSING, Verdict.NOT_CHECKED)


class Why(StrEnum):
    """Why a row is unmatched."""

    BAD_CODE = "bad_code"
    NO_DATE = "no_date"
    UNKNOWN_ITEM = "unknown_item"
    AMBIGUOUS_ITEM = "ambiguous_item"
    """Several items of the catalogue have this title, and the organ does not tell which."""
    DOUBLED = "doubled_row"


class Place(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where a row stands: file as given (from 0) and row as a person counts it (from 1)."""

    file: int
    row: int


class Licence(msgspec.Struct, frozen=True, gc=False):
    """An issued licence (行政许可)."""

    place: Place
    subject: str
    """USCC, or `p:` and the keyed hash of a natural person."""
    item: str
    organ: str
    """As the file names it; the catalogue's title where that has its code."""
    document: str
    issued_on: date
    """Legal day of the licence's decision."""


class Unmatched(msgspec.Struct, frozen=True, gc=False):
    """A row that can't be put to a check. It never repeats an identifier that is at fault: it may be a person's."""

    place: Place
    why: Why
    words: str
    organ: str
    document: str
    item: str = ""
    issued_on: date | None = None


Row = Licence | Unmatched


class MeasureCase(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of one measure for one subject of a check."""

    code: str
    title: str
    subject: int
    mandatory: bool
    done: Done
    reason: Reason | None = None
    """None where it was applied, silent, or left with words alone."""


class Check(msgspec.Struct, frozen=True, gc=False):
    """A receipt of a check, as far as a licence needs it."""

    id: str
    day: date
    """Legal day on which it was asked."""
    issued_at: str
    """RFC 3339, UTC: tells checks of one day apart."""
    answer: str
    """Code of the outcome, for example `prohibited`."""
    after: bool
    """Asked when the approval was closed: it can't have come before the licence."""
    measures: tuple[MeasureCase, ...] = ()


class Case(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A row of the file with its class: what a number opens to."""

    file: int
    """Place of the file among those given, from 0."""
    row: int
    verdict: Verdict
    organ: str
    item: str
    month: str
    """YYYY-MM of the day of issue; empty where there is none."""
    issued_on: date | None
    subject: str
    document: str
    why: Why | None = None
    words: str = ""
    receipt: str = ""
    """The check that counts: the last in the window; of a late one the first after the day of issue."""
    checked_on: date | None = None
    answer: str = ""
    measures: tuple[MeasureCase, ...] = ()
    """Of the check that counts, where it came in time."""
