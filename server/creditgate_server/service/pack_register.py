"""From the register of exemptions to the messages that show it, with the titles of one catalogue."""

from __future__ import annotations

from datetime import date

from creditgate.v1 import exemption_register_pb2

from ..clock import rfc3339
from ..exemptions.register.statistics import Figures
from ..exemptions.register.values import Correction, Granted, Standing
from ..rulebook.catalogue import Catalogue
from .pack import pack_day

_STANDINGS = {
    one: exemption_register_pb2.GrantStanding.Value(f"GRANT_STANDING_{one.value.upper()}") for one in Standing
}


def pack_grant(granted: Granted, catalogue: Catalogue, today: date) -> exemption_register_pb2.ExemptionGrant:
    """A grant as it stands today."""
    grant, withdrawal = granted.grant, granted.withdrawal
    packed = exemption_register_pb2.ExemptionGrant(
        id=granted.id,
        subject=grant.subject,
        organ=grant.organ,
        organ_title=granted.organ_title,
        exemption=grant.exemption,
        exemption_title=_entry_title(grant.exemption, catalogue),
        list=grant.list,
        list_title=catalogue.exemption_lists[grant.list].title if grant.list in catalogue.exemption_lists else "",
        document_number=grant.document_number,
        decided_on=grant.decided_on.isoformat(),
        due_on=pack_day(grant.due_on),
        promise_made=grant.promise_made,
        fine_forgone_fen=grant.fine_forgone_fen,
        note=grant.note,
        standing=_STANDINGS[granted.standing(today)],
        promise_broken=granted.promise_broken,
        reports=[_report(report) for report in granted.reports],
        registered_at=rfc3339(granted.registered_at),
        registered_by=granted.registered_by,
    )
    if withdrawal is not None:
        packed.withdrawal_reason = withdrawal.reason
        packed.withdrawn_at = rfc3339(withdrawal.withdrawn_at)
        packed.withdrawn_by = withdrawal.withdrawn_by
    return packed


def pack_figures(figures: Figures, catalogue: Catalogue) -> exemption_register_pb2.ExemptionFigures:
    """Figures with the titles of what they are broken down by."""
    return exemption_register_pb2.ExemptionFigures(
        organ=figures.organ,
        organ_title=organ_title(figures.organ, catalogue),
        exemption=figures.exemption,
        exemption_title=_entry_title(figures.exemption, catalogue),
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


def organ_title(organ: str, catalogue: Catalogue) -> str:
    """Name of an organ; empty where the catalogue has none."""
    return catalogue.organs[organ].title if organ in catalogue.organs else ""


def _entry_title(code: str, catalogue: Catalogue) -> str:
    return catalogue.exemptions[code].title if code in catalogue.exemptions else ""


def _report(report: Correction) -> exemption_register_pb2.CorrectionReport:
    packed = exemption_register_pb2.CorrectionReport(
        corrected_on=pack_day(report.corrected_on),
        broken=report.broken,
        reported_at=rfc3339(report.reported_at),
        reported_by=report.reported_by,
    )
    if report.kept_promise is not None:
        packed.kept_promise = report.kept_promise
    return packed
