"""The closed sets: what becomes of a row of the file. Every row is in exactly one class."""

from __future__ import annotations

from enum import StrEnum


class Class(StrEnum):
    """Where a licence stands. A row that is no licence to be matched is `unmatched`, with a reason."""

    IN_TIME = "checked_in_time"
    """Checked no later than the day of issue, and nothing that the check made a must is open."""
    LATE = "checked_late"
    """Checked only after it was issued."""
    PROHIBITED = "checked_but_prohibited"
    """Checked in time; a law forbade the licence, and it was issued."""
    MEASURE_MISSING = "mandatory_measure_missing"
    """Checked in time; a mandatory measure was not applied, or nothing was reported of it."""
    NOT_CHECKED = "not_checked"
    """No check in the days before or after."""
    UNMATCHED = "unmatched"


LICENCE_CLASSES = tuple(one for one in Class if one is not Class.UNMATCHED)
MISSES = (Class.LATE, Class.PROHIBITED, Class.MEASURE_MISSING, Class.NOT_CHECKED)
"""Classes by which "every required check made, every measure applied" does not hold."""
CHECKED_IN_TIME = (Class.IN_TIME, Class.PROHIBITED, Class.MEASURE_MISSING)


class Remark(StrEnum):
    """What else is to be said of a licence within its class; each has at most one. Counted beside the classes."""

    NONE = ""
    UNDETERMINED = "undetermined"
    """The check could not settle everything and asked for manual handling."""
    ERASED = "erased"
    """The decision was erased by law, its measures are not known any more."""
    LATE_PROHIBITED = "late_prohibited"
    """The late check says that a law forbids the licence."""
    PROHIBITED_REASON_GIVEN = "prohibited_reason_given"
    """The report gives a reason for the licence."""
    PROHIBITED_REFUSED = "prohibited_reported_refused"
    """The report says that the licence was refused or the application withdrawn."""
    PROHIBITED_SILENT = "prohibited_not_reported"
    MEASURE_REASON_GIVEN = "measure_reason_given"
    """Every open measure was left out for a reason."""
    MEASURE_SILENT = "measure_not_reported"
    """Of at least one mandatory measure nothing is reported."""


REMARKS_OF: dict[Class, tuple[Remark, ...]] = {
    Class.IN_TIME: (Remark.UNDETERMINED, Remark.ERASED),
    Class.LATE: (Remark.LATE_PROHIBITED,),
    Class.PROHIBITED: (Remark.PROHIBITED_REASON_GIVEN, Remark.PROHIBITED_REFUSED, Remark.PROHIBITED_SILENT),
    Class.MEASURE_MISSING: (Remark.MEASURE_REASON_GIVEN, Remark.MEASURE_SILENT),
    Class.NOT_CHECKED: (),
}
"""Remarks by the class in which they can be."""


class UnmatchedReason(StrEnum):
    """Why a row is not matched."""

    BAD_CELL = "bad_cell"
    """A cell is too long or holds control characters."""
    DOUBTFUL_CELL = "doubtful_cell"
    """A cell that is used can't be trusted: a formula without a result, an error value, digits that were lost."""
    NO_SUBJECT = "no_subject"
    """Neither a credit code nor an identity number."""
    BAD_CODE = "bad_code"
    """The unified social credit code is none: length, characters or check character."""
    BAD_PERSON = "bad_person"
    """The identity number is none, is of a document that is not accepted, or can't be hashed without the key."""
    NO_DATE = "no_date"
    BAD_DATE = "bad_date"
    OUTSIDE_PERIOD = "outside_period"
    NO_ITEM = "no_item"
    """The row does not say for what the licence is."""
    UNKNOWN_ITEM = "unknown_item"
    """The catalogue has no such item."""
    AMBIGUOUS_ITEM = "ambiguous_item"
    """Several items of the catalogue have this name, and the organ does not tell which."""
    EXEMPT_ITEM = "exempt_item"
    """The mapping says that no check is required for it."""
    DOUBLED = "doubled_row"
    """The same licence stands in an earlier row."""


HARMLESS = (UnmatchedReason.OUTSIDE_PERIOD, UnmatchedReason.EXEMPT_ITEM, UnmatchedReason.DOUBLED)
"""Reasons that leave no licence unproven; every other one does."""


class MeasureFate(StrEnum):
    """What became of a measure that a check ordered. Each is in exactly one."""

    APPLIED = "applied"
    REFUSED = "refused"
    """Not applied, with a reason or words."""
    SILENT = "silent"
    """Nothing is reported of it."""
    DROPPED = "dropped"
    """A later check of the same case, on which was reported, does not order it any more."""
    ERASED = "erased"
    """A report was made, and erased by law: it spoke of every mandatory measure, what it said is not known any more."""
