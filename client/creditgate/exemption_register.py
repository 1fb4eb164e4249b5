"""The register of exemptions granted (首违台账): what is registered and asked, and what it shows, as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from creditgate.v1 import exemption_register_pb2

from .answers import day_of
from .errors import readable
from .questions import Subject, subject_proto, text_of, unsendable_is_invalid
from .results import plain


class GrantStanding(StrEnum):
    """How a grant stands today."""

    CORRECTED = "corrected"
    """By the last day of the term, or before the decision."""
    LATE = "late"
    """Corrected, but after the term."""
    PENDING = "pending"
    """Not corrected yet, and the term still runs."""
    OVERDUE = "overdue"
    """Not corrected, and the term is over."""
    WITHDRAWN = "withdrawn"


class StatisticsKey(StrEnum):
    """What statistics are broken down by."""

    ORGAN = "organ"
    EXEMPTION = "exemption"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """An exemption to be registered. Organ, subject, entry and list are those of the receipt."""

    receipt_id: str
    """Receipt of the leniency answer; it also names the grant."""
    document_number: str = ""
    """Of the decision; empty: one is made from the receipt."""
    decided_on: date | str | None = None
    """None: the legal day of the leniency answer."""
    due_on: date | str | None = None
    """Last day for the correction, inclusive; None: corrected already."""
    promise_made: bool = False
    fine_forgone_fen: int = 0
    note: str = ""

    def to_proto(self) -> exemption_register_pb2.GrantRequest:
        """The request. Raises InvalidQuestion for what no message can hold."""
        with unsendable_is_invalid():
            return exemption_register_pb2.GrantRequest(
                receipt_id=self.receipt_id,
                document_number=self.document_number,
                decided_on=text_of(self.decided_on),
                due_on=text_of(self.due_on),
                promise_made=self.promise_made,
                fine_forgone_fen=self.fine_forgone_fen,
                note=self.note,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFilters:
    """Which grants are meant: all that is set must fit."""

    organ: str = ""
    """Empty: every organ that the caller may ask for."""
    exemption: str = ""
    list: str = ""
    subject: Subject | None = None
    since: date | str | None = None
    """First day of the decision, inclusive."""
    until: date | str | None = None
    """Last day of the decision, inclusive."""
    open: bool = False
    """Not taken back, with a term, and no correction reported."""
    overdue_on: date | str | None = None
    """Not taken back; on this day past the term and not corrected, as far as is reported now."""
    page_size: int = 50
    """1 to 500."""
    page_token: str = ""

    def to_proto(self) -> exemption_register_pb2.ListGrantsRequest:
        """The request. Raises InvalidQuestion for what no message can hold."""
        with unsendable_is_invalid():
            return exemption_register_pb2.ListGrantsRequest(
                organ=self.organ,
                exemption=self.exemption,
                list=self.list,
                subject=None if self.subject is None else subject_proto(self.subject),
                since=text_of(self.since),
                until=text_of(self.until),
                open=self.open,
                overdue_on=text_of(self.overdue_on),
                page_size=self.page_size,
                page_token=self.page_token,
            )


@dataclass(frozen=True, slots=True)
class CorrectionReport:
    """A report on a grant."""

    corrected_on: date | None
    """None: looked at again and not corrected."""
    kept_promise: bool | None
    broken: bool
    reported_at: datetime
    reported_by: str


@dataclass(frozen=True, slots=True)
class ExemptionGrant:
    """A grant as the register has it."""

    id: str
    subject: str
    organ: str
    organ_title: str
    exemption: str
    exemption_title: str
    list: str
    list_title: str
    document_number: str
    decided_on: date | None
    due_on: date | None
    promise_made: bool
    fine_forgone_fen: int
    note: str
    standing: GrantStanding
    promise_broken: bool
    reports: tuple[CorrectionReport, ...]
    """Oldest first; the last counts."""
    withdrawal_reason: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    registered_at: datetime
    registered_by: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


@dataclass(frozen=True, slots=True)
class GrantsPage:
    """Some grants, the newest first."""

    grants: tuple[ExemptionGrant, ...]
    next_page_token: str
    """Empty: this is the last page."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


@dataclass(frozen=True, slots=True)
class ExemptionFigures:
    """Figures. granted = corrected_before + corrected_in_time + corrected_late + overdue + pending."""

    organ: str
    organ_title: str
    exemption: str
    exemption_title: str
    month: str
    granted: int
    corrected_before: int
    corrected_in_time: int
    corrected_late: int
    overdue: int
    pending: int
    promises_broken: int
    fines_forgone_fen: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class ExemptionStatistics:
    """Figures, sorted by what they are broken down by."""

    figures: tuple[ExemptionFigures, ...]
    since: date
    until: date
    as_of: date

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


def correction_request(
    grant_id: str, corrected_on: date | str | None, kept_promise: bool | None
) -> exemption_register_pb2.ReportCorrectionRequest:
    """The request of a report. Raises InvalidQuestion for what no message can hold."""
    with unsendable_is_invalid():
        return exemption_register_pb2.ReportCorrectionRequest(
            grant_id=grant_id, corrected_on=text_of(corrected_on), kept_promise=kept_promise
        )


def withdrawal_request(grant_id: str, reason: str) -> exemption_register_pb2.WithdrawRequest:
    """The request to take a grant back. Raises InvalidQuestion for what no message can hold."""
    with unsendable_is_invalid():
        return exemption_register_pb2.WithdrawRequest(grant_id=grant_id, reason=reason)


def statistics_request(
    organ: str,
    since: date | str | None,
    until: date | str | None,
    by: tuple[StatisticsKey, ...],
    as_of: date | str | None,
) -> exemption_register_pb2.GetStatisticsRequest:
    """The request for statistics. Raises InvalidQuestion for what no message can hold."""
    with unsendable_is_invalid():
        return exemption_register_pb2.GetStatisticsRequest(
            organ=organ,
            since=text_of(since),
            until=text_of(until),
            by=[exemption_register_pb2.StatisticsKey.Value(f"STATISTICS_KEY_{key.upper()}") for key in by],
            as_of=text_of(as_of),
        )


@readable
def exemption_grant(grant: exemption_register_pb2.ExemptionGrant) -> ExemptionGrant:
    """From the proto."""
    standing = exemption_register_pb2.GrantStanding.Name(grant.standing).removeprefix("GRANT_STANDING_").lower()
    return ExemptionGrant(
        id=grant.id,
        subject=grant.subject,
        organ=grant.organ,
        organ_title=grant.organ_title,
        exemption=grant.exemption,
        exemption_title=grant.exemption_title,
        list=grant.list,
        list_title=grant.list_title,
        document_number=grant.document_number,
        decided_on=day_of(grant.decided_on),
        due_on=day_of(grant.due_on),
        promise_made=grant.promise_made,
        fine_forgone_fen=grant.fine_forgone_fen,
        note=grant.note,
        standing=GrantStanding(standing),
        promise_broken=grant.promise_broken,
        reports=tuple(_report(report) for report in grant.reports),
        withdrawal_reason=grant.withdrawal_reason,
        withdrawn_at=datetime.fromisoformat(grant.withdrawn_at) if grant.withdrawn_at else None,
        withdrawn_by=grant.withdrawn_by,
        registered_at=datetime.fromisoformat(grant.registered_at),
        registered_by=grant.registered_by,
    )


@readable
def grants_page(answer: exemption_register_pb2.ListGrantsResponse) -> GrantsPage:
    """From the proto."""
    return GrantsPage(tuple(exemption_grant(grant) for grant in answer.grants), answer.next_page_token)


@readable
def exemption_statistics(answer: exemption_register_pb2.GetStatisticsResponse) -> ExemptionStatistics:
    """From the proto."""
    return ExemptionStatistics(
        figures=tuple(_figures(figures) for figures in answer.figures),
        since=date.fromisoformat(answer.since),
        until=date.fromisoformat(answer.until),
        as_of=date.fromisoformat(answer.as_of),
    )


def _report(report: exemption_register_pb2.CorrectionReport) -> CorrectionReport:
    return CorrectionReport(
        corrected_on=day_of(report.corrected_on),
        kept_promise=report.kept_promise if report.HasField("kept_promise") else None,
        broken=report.broken,
        reported_at=datetime.fromisoformat(report.reported_at),
        reported_by=report.reported_by,
    )


def _figures(figures: exemption_register_pb2.ExemptionFigures) -> ExemptionFigures:
    return ExemptionFigures(
        organ=figures.organ,
        organ_title=figures.organ_title,
        exemption=figures.exemption,
        exemption_title=figures.exemption_title,
        month=figures.month,
        granted=figures.granted,
        corrected_before=figures.corrected_before,
        corrected_in_time=figures.corrected_in_time,
        corrected_late=figures.corrected_late,
        overdue=figures.overdue,
        pending=figures.pending,
        promises_broken=figures.promises_broken,
        fines_forgone_fen=figures.fines_forgone_fen,
        withdrawn=figures.withdrawn,
    )
