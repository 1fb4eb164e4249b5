"""Checks, as far as they are needed: who was asked about, when, and what it came to."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from ...rulebook.language import Role, Stage


class Check(msgspec.Struct, frozen=True, gc=False):
    """A receipt of a credit check."""

    id: str
    at: str
    """Instant of the receipt, RFC 3339 in UTC."""
    day: date
    """Its legal day."""
    after: bool
    """Asked at the stage after the decision."""
    answer: str
    """Code of what it came to; empty for a receipt from before it was kept beside the contents."""
    case: str
    """Tells checks of one case; empty: nothing else does."""
    organ: str
    """Code of the organ that asked."""

    @property
    def order(self) -> tuple[str, str]:
        """By instant, then by id: the same whatever the order in which receipts are read."""
        return (self.at, self.id)


class _Subject(msgspec.Struct, frozen=True, gc=False):
    identifier: str
    role: Role


class _Question(msgspec.Struct, frozen=True, gc=False):
    stage: Stage
    subjects: tuple[_Subject, ...]
    known_at: datetime | None = None


class CheckSubject(msgspec.Struct, frozen=True, gc=False):
    """Of whom a check was made."""

    applicants: tuple[str, ...]
    """Each once. Who is asked about in another role is not the one that gets the licence."""
    after: bool


_read = msgspec.json.Decoder(_Question).decode
_APPLICANT, _AFTER = Role.APPLICANT, Stage.AFTER
"""Looked up once: Python 3.11 takes as long for an enum's member as for much of a row."""


def asked(question: bytes) -> CheckSubject | None:
    """Read a check's question; None where it asked again what was known at an earlier instant: that checks nothing.

    Raises msgspec.MsgspecError.
    """
    read = _read(question)
    if read.known_at is not None:
        return None
    subjects = read.subjects
    if len(subjects) == 1 and subjects[0].role is _APPLICANT:  # most are asked about alone
        return CheckSubject((subjects[0].identifier,), read.stage is _AFTER)
    applicants = tuple({one.identifier: None for one in subjects if one.role is _APPLICANT})
    return CheckSubject(applicants, read.stage is _AFTER)
