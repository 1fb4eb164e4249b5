"""ExemptionRegisterService: unpack, register, pack."""

from __future__ import annotations

import time
from datetime import date

from google.protobuf.message import Message

from creditgate import limits
from creditgate.v1 import exemption_register_pb2

from ..clock import legal_day
from ..exemptions.register.granting import grant, report_correction, withdraw
from ..exemptions.register.reading import find, listed, statistics
from ..exemptions.register.values import RegisterGrant
from ..registry.lookup import LOOK_AGAIN_SECONDS
from ..rulebook.catalogue import Catalogue
from .calls import Call
from .fields import day_given, require_id
from .gate import Gate
from .pack_register import organ_title, pack_figures, pack_grant, pack_report
from .paging import Pages, page_size_asked
from .unpack_exemptions import exempting, receipt_id_asked, unpack_filters, unpack_grant, unpack_statistics

SEEN_SECONDS = 1.5 * LOOK_AGAIN_SECONDS
"""Seconds after which every worker has noticed what was written; the half is for timers that fire early."""

_Changing = (
    exemption_register_pb2.GrantExemptionRequest
    | exemption_register_pb2.ReportCorrectionRequest
    | exemption_register_pb2.WithdrawGrantRequest
)


class ExemptionRegister:
    """The service."""

    SERVICE = exemption_register_pb2.DESCRIPTOR.services_by_name["ExemptionRegisterService"]
    QUICK = frozenset[str]()

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def grant_exemption(
        self, request: exemption_register_pb2.GrantExemptionRequest, call: Call
    ) -> exemption_register_pb2.GrantExemptionResponse:
        """Register an exemption."""
        catalogue = self._catalogue()
        receipt = self._gate.receipt(receipt_id_asked(request.receipt_id, "receipt_id"), "receipt_id")
        call.caller.require_organ(receipt.organ, "receipt_id")
        allowed = exempting(receipt)
        asked = unpack_grant(request, allowed)
        granted = grant(
            self._gate.store,
            asked,
            receipt=allowed.receipt,
            organ_title=organ_title(asked.organ, catalogue) or asked.organ,
            known_at=self._gate.now(),
            by=call.caller.name,
            validate_only=request.validate_only,
        )
        return exemption_register_pb2.GrantExemptionResponse(grant=self._written(granted, catalogue, request, call))

    def report_correction(
        self, request: exemption_register_pb2.ReportCorrectionRequest, call: Call
    ) -> exemption_register_pb2.ReportCorrectionResponse:
        """Take down whether and when the violation was corrected."""
        catalogue = self._catalogue()
        granted = self._own(request.grant_id, call)
        reported = report_correction(
            self._gate.store,
            granted.id,
            day_given(request, "corrected_on"),
            request.kept_promise if request.HasField("kept_promise") else None,
            self._gate.now(),
            call.caller.name,
            request_id=require_id(request.request_id, "request_id", limits.LONGEST_REQUEST_ID),
            validate_only=request.validate_only,
        )
        return exemption_register_pb2.ReportCorrectionResponse(grant=self._written(reported, catalogue, request, call))

    def withdraw_grant(
        self, request: exemption_register_pb2.WithdrawGrantRequest, call: Call
    ) -> exemption_register_pb2.WithdrawGrantResponse:
        """Take back what was registered by mistake."""
        catalogue = self._catalogue()
        granted = self._own(request.grant_id, call)
        withdrawn = withdraw(
            self._gate.store,
            granted.id,
            request.reason,
            self._gate.now(),
            call.caller.name,
            validate_only=request.validate_only,
        )
        return exemption_register_pb2.WithdrawGrantResponse(grant=self._written(withdrawn, catalogue, request, call))

    def get_grant(
        self, request: exemption_register_pb2.GetGrantRequest, call: Call
    ) -> exemption_register_pb2.GetGrantResponse:
        """Give a grant."""
        granted = self._own(request.grant_id, call)
        shown = pack_grant(granted, self._catalogue(), legal_day(self._gate.now()))
        return exemption_register_pb2.GetGrantResponse(grant=shown)

    def list_grants(
        self, request: exemption_register_pb2.ListGrantsRequest, call: Call
    ) -> exemption_register_pb2.ListGrantsResponse:
        """List grants."""
        catalogue = self._catalogue()
        today = legal_day(self._gate.now())
        pages = self._pages(request, call)
        after = pages.after()
        size = page_size_asked(request.page_size, limits.USUAL_GRANTS, limits.MOST_GRANTS)
        filters = unpack_filters(request, call.caller, catalogue, self._gate.person_key.hash, today)
        found = listed(self._gate.store, filters, after=int(after[0]) if after else 0, limit=size)
        call.organ, call.item = request.organ, filters.exemption
        return exemption_register_pb2.ListGrantsResponse(
            grants=[pack_grant(granted, catalogue, today) for granted in found.grants],
            next_page_token=pages.next((found.next,)) if found.next else "",
        )

    def list_correction_reports(
        self, request: exemption_register_pb2.ListCorrectionReportsRequest, call: Call
    ) -> exemption_register_pb2.ListCorrectionReportsResponse:
        """List the reports on a grant."""
        pages = self._pages(request, call)
        after = pages.after()
        reports = self._own(request.grant_id, call).reports  # rows are only ever added
        start = int(after[0]) if after else 0
        end = start + page_size_asked(request.page_size, limits.USUAL_REPORTS, limits.MOST_REPORTS)
        return exemption_register_pb2.ListCorrectionReportsResponse(
            reports=[pack_report(report) for report in reports[start:end]],
            total_size=len(reports),
            next_page_token=pages.next((end,)) if end < len(reports) else "",
        )

    def list_exemption_statistics(
        self, request: exemption_register_pb2.ListExemptionStatisticsRequest, call: Call
    ) -> exemption_register_pb2.ListExemptionStatisticsResponse:
        """Count grants."""
        catalogue = self._catalogue()
        pages = self._pages(request, call)
        begun, *after = map(str, pages.after() or (legal_day(self._gate.now()),))
        today = date.fromisoformat(begun)
        size = page_size_asked(request.page_size, limits.USUAL_FIGURES, limits.MOST_FIGURES)
        asked = unpack_statistics(request, call.caller, catalogue, today)
        call.organ = request.organ
        figures = statistics(
            self._gate.store,
            asked.since,
            asked.until,
            on=asked.on,
            by=asked.by,
            organs=asked.organs,
            after=after,
            limit=size + 1,
        )
        shown = figures[:size]
        last = [getattr(one, key.value) for one in shown[-1:] for key in asked.by]
        return exemption_register_pb2.ListExemptionStatisticsResponse(
            figures=[pack_figures(one, catalogue) for one in shown],
            next_page_token=pages.next((begun, *last)) if len(figures) > size else "",
            from_on=asked.since.isoformat(),
            until_on=asked.until.isoformat(),
            as_of=asked.on.isoformat(),
        )

    def _pages(self, request: Message, call: Call) -> Pages:
        return Pages(request, call.caller.name, self._gate.person_key.seal)

    def _catalogue(self) -> Catalogue:
        return self._gate.rules.take().serving.catalogue

    def _own(self, grant_id: str, call: Call) -> RegisterGrant:
        """A grant of the caller's organ. Raises UnknownThing, NotYours."""
        granted = find(self._gate.store, receipt_id_asked(grant_id, "grant_id"))
        call.caller.require_organ(granted.grant.organ, "grant_id")
        call.organ, call.item, call.receipt = granted.grant.organ, granted.grant.exemption, granted.id
        return granted

    def _written(
        self, granted: RegisterGrant, catalogue: Catalogue, request: _Changing, call: Call
    ) -> exemption_register_pb2.ExemptionGrant:
        """The grant as it is sent, when every worker sees it: no question after the answer is judged without it."""
        call.organ, call.item, call.receipt = granted.grant.organ, granted.grant.exemption, granted.id
        if not request.validate_only:
            time.sleep(SEEN_SECONDS)
        return pack_grant(granted, catalogue, legal_day(self._gate.now()))
