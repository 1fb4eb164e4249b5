"""Values of the register: a grant, what was reported on it, and how it stands on a day."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """An exemption that an organ grants (不予处罚决定)."""

    receipt_id: str
    """Receipt of the answer that it rests on; also names the grant."""
    subject: str
    """USCC, or `p:` and the keyed hash of a natural person."""
    organ: str
    exemption: str = ""
    """Code of the exemption entry; empty for an act that is on no list and is judged by the law itself."""
    list: str = ""
    """Code of the exemption list, empty likewise."""
    decided_on: date
    document_number: str = ""
    """Of the decision; empty: one is made from the receipt's id."""
    due_on: date | None = None
    """Last day for the correction, inclusive; None where it is corrected already."""
    promise_made: bool = False
    """A promise letter (改正承诺书) was given."""
    fine_forgone_fen: int = 0
    """What the fine would have been at least."""
    note: str = ""


class AnswerReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What the register needs of a receipt. The caller reads it from the ledger."""

    id: str
    kind: str
    """As the ledger names it."""
    organ: str
    subject: str
    """Identifier of the subject that was asked about."""
    exemption: str = ""
    """Entry that was asked about; empty where the question named none."""


class CorrectionReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report on a grant."""

    corrected_on: date | None
    """None: looked at again and not corrected."""
    kept_promise: bool | None
    """What the organ says of the promise; None: nothing."""
    broken: bool
    """Whether the promise is broken: the organ says so, or it was made and the correction is late."""
    reported_at: datetime
    reported_by: str


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """A grant taken back because it was registered by mistake."""

    reason: str
    withdrawn_at: datetime
    withdrawn_by: str


class GrantStanding(StrEnum):
    """How a grant stands on a day."""

    CORRECTED = "corrected"
    """By the last day of the term, or before the decision."""
    LATE = "late"
    """Corrected, but after the term."""
    PENDING = "pending"
    """Not corrected yet, and the term still runs."""
    OVERDUE = "overdue"
    """Not corrected, and the term is over."""
    WITHDRAWN = "withdrawn"


class RegisterGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A grant as the register has it."""

    number: int
    """Grows with every grant, with gaps."""
    grant: Grant
    """With its document number, also where that was made."""
    organ_title: str
    record_number: str
    """Document number of its records in the registry: the same, unless the subject has other records under it."""
    registered_at: datetime
    registered_by: str
    reports: tuple[CorrectionReport, ...] = ()
    """Oldest first; the last counts."""
    withdrawal: Withdrawal | None = None

    @property
    def id(self) -> str:
        """Names the grant: the receipt's id."""
        return self.grant.receipt_id

    @property
    def last_report(self) -> CorrectionReport | None:
        """The report that counts."""
        return self.reports[-1] if self.reports else None

    @property
    def promise_broken(self) -> bool:
        """Whether the report that counts means a broken promise."""
        return self.last_report is not None and self.last_report.broken

    def standing(self, day: date) -> GrantStanding:
        """How it stands on a day, as far as is reported now: a correction made later does not count yet."""
        grant, report = self.grant, self.last_report
        if self.withdrawal is not None:
            return GrantStanding.WITHDRAWN
        if grant.due_on is None:
            return GrantStanding.CORRECTED
        if report is not None and report.corrected_on is not None and report.corrected_on <= day:
            return GrantStanding.CORRECTED if report.corrected_on <= grant.due_on else GrantStanding.LATE
        return GrantStanding.PENDING if day <= grant.due_on else GrantStanding.OVERDUE
