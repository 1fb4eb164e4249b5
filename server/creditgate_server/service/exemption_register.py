"""ExemptionRegisterService: unpack, register, pack."""

from __future__ import annotations

import time

from creditgate.v1 import exemption_register_pb2

from ..clock import legal_day
from ..exemptions.register.granting import grant, report_correction, withdraw
from ..exemptions.register.reading import find, listed, statistics
from ..exemptions.register.values import RegisterGrant
from ..registry.lookup import LOOK_AGAIN_SECONDS
from ..rulebook.catalogue import Catalogue
from .calls import Call
from .gate import Gate
from .pack_register import organ_title, pack_figures, pack_grant
from .unpack_exemptions import (
    day_or_none,
    exempting,
    receipt_id_asked,
    unpack_filters,
    unpack_grant,
    unpack_page,
    unpack_statistics,
)

SEEN_SECONDS = 1.5 * LOOK_AGAIN_SECONDS
"""Seconds after which every worker has noticed what was written; the half is for timers that fire early."""


class ExemptionRegister:
    """The service."""

    SERVICE = exemption_register_pb2.DESCRIPTOR.services_by_name["ExemptionRegisterService"]
    QUICK = frozenset[str]()

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def grant(self, request: exemption_register_pb2.GrantRequest, call: Call) -> exemption_register_pb2.GrantResponse:
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
        )
        return exemption_register_pb2.GrantResponse(grant=self._written(granted, catalogue, call))

    def report_correction(
        self, request: exemption_register_pb2.ReportCorrectionRequest, call: Call
    ) -> exemption_register_pb2.ReportCorrectionResponse:
        """Take down whether and when the violation was corrected."""
        catalogue = self._catalogue()
        granted = self._own(request.grant_id, call)
        reported = report_correction(
            self._gate.store,
            granted.id,
            day_or_none(request.corrected_on, "corrected_on"),
            request.kept_promise if request.HasField("kept_promise") else None,
            self._gate.now(),
            call.caller.name,
        )
        return exemption_register_pb2.ReportCorrectionResponse(grant=self._written(reported, catalogue, call))

    def withdraw(
        self, request: exemption_register_pb2.WithdrawRequest, call: Call
    ) -> exemption_register_pb2.WithdrawResponse:
        """Take back what was registered by mistake."""
        catalogue = self._catalogue()
        granted = self._own(request.grant_id, call)
        withdrawn = withdraw(self._gate.store, granted.id, request.reason, self._gate.now(), call.caller.name)
        return exemption_register_pb2.WithdrawResponse(grant=self._written(withdrawn, catalogue, call))

    def list_grants(
        self, request: exemption_register_pb2.ListGrantsRequest, call: Call
    ) -> exemption_register_pb2.ListGrantsResponse:
        """List grants."""
        catalogue = self._catalogue()
        today = legal_day(self._gate.now())
        filters = unpack_filters(request, call.caller, catalogue, self._gate.person_key.hash, today)
        after, limit = unpack_page(request)
        page = listed(self._gate.store, filters, after=after, limit=limit)
        call.organ, call.item = request.organ, filters.exemption
        return exemption_register_pb2.ListGrantsResponse(
            grants=[pack_grant(granted, catalogue, today) for granted in page.grants], next_page_token=page.next
        )

    def get_statistics(
        self, request: exemption_register_pb2.GetStatisticsRequest, call: Call
    ) -> exemption_register_pb2.GetStatisticsResponse:
        """Count grants."""
        catalogue = self._catalogue()
        asked = unpack_statistics(request, call.caller, catalogue, legal_day(self._gate.now()))
        call.organ = request.organ
        figures = statistics(self._gate.store, asked.since, asked.until, on=asked.on, by=asked.by, organs=asked.organs)
        return exemption_register_pb2.GetStatisticsResponse(
            figures=[pack_figures(one, catalogue) for one in figures],
            since=asked.since.isoformat(),
            until=asked.until.isoformat(),
            as_of=asked.on.isoformat(),
        )

    def _catalogue(self) -> Catalogue:
        return self._gate.rules.take().serving.catalogue

    def _own(self, grant_id: str, call: Call) -> RegisterGrant:
        """A grant of the caller's organ. Raises UnknownThing, NotYours."""
        granted = find(self._gate.store, receipt_id_asked(grant_id, "grant_id"))
        call.caller.require_organ(granted.grant.organ, "grant_id")
        return granted

    def _written(
        self, granted: RegisterGrant, catalogue: Catalogue, call: Call
    ) -> exemption_register_pb2.ExemptionGrant:
        """The grant as it is sent, when every worker sees it: no question after the answer is judged without it."""
        call.organ, call.item, call.receipt = granted.grant.organ, granted.grant.exemption, granted.id
        time.sleep(SEEN_SECONDS)
        return pack_grant(granted, catalogue, legal_day(self._gate.now()))
