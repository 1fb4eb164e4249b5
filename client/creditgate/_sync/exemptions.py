# Generated from calls/exemptions.py by tools/generate_sync.py. Do not edit.
"""Exemption lists, and the register of exemptions granted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from creditgate.v1 import exemption_register_pb2, exemptions_pb2

from .._contract import (
    ExemptionEntry,
    ExemptionGrant,
    ExemptionsFound,
    ExemptionStatistics,
    ExemptionStatisticsKey,
    GrantsPage,
    ReportsPage,
    VersionsPage,
)
from ..transport import Method
from ..values.exemptions import ExemptionSearch, GrantFilters, NewGrant
from ..wire import of_kind, pack, unpack
from .caller import Caller

SEARCH = Method("ExemptionListService/SearchExemptions", exemptions_pb2.SearchExemptionsResponse)
GET = Method("ExemptionListService/GetExemption", exemptions_pb2.GetExemptionResponse)
LIST_VERSIONS = Method("ExemptionListService/ListExemptionVersions", exemptions_pb2.ListExemptionVersionsResponse)
GRANT = Method("ExemptionRegisterService/GrantExemption", exemption_register_pb2.GrantExemptionResponse)
REPORT_CORRECTION = Method("ExemptionRegisterService/ReportCorrection", exemption_register_pb2.ReportCorrectionResponse)
WITHDRAW = Method("ExemptionRegisterService/WithdrawGrant", exemption_register_pb2.WithdrawGrantResponse)
GET_GRANT = Method("ExemptionRegisterService/GetGrant", exemption_register_pb2.GetGrantResponse)
LIST_GRANTS = Method("ExemptionRegisterService/ListGrants", exemption_register_pb2.ListGrantsResponse)
LIST_REPORTS = Method(
    "ExemptionRegisterService/ListCorrectionReports", exemption_register_pb2.ListCorrectionReportsResponse
)
LIST_STATISTICS = Method(
    "ExemptionRegisterService/ListExemptionStatistics", exemption_register_pb2.ListExemptionStatisticsResponse
)


class ExemptionCalls(Caller):
    """A part of the client. All of it is safe to retry."""

    def search_exemptions(
        self, search: str | ExemptionSearch, *, timeout: float | None = None, traceparent: str | None = None
    ) -> ExemptionsFound:
        """Entries of exemption lists that words, an article or a code find, best first. Raises CreditGateError."""
        meant = ExemptionSearch(search) if isinstance(search, str) else search
        request = of_kind(ExemptionSearch, meant, "search").to_proto()
        return unpack(ExemptionsFound, self._call(SEARCH, request, timeout, traceparent))

    def exemption(
        self,
        exemption: str,
        *,
        region: str = "",
        as_of: date | str | None = None,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ExemptionEntry:
        """An entry with what the lists say of it: its first versions. Raises UnknownThing."""
        request = pack(exemptions_pb2.GetExemptionRequest, exemption=exemption, region=region, as_of=as_of)
        answer = self._call(GET, request, timeout, traceparent)
        return unpack(ExemptionEntry, answer.exemption)

    def exemption_versions(
        self,
        exemption: str,
        *,
        region: str = "",
        as_of: date | str | None = None,
        page_size: int = 0,
        page_token: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> VersionsPage:
        """A page of an entry's versions, those in force in the region on the day first. Raises UnknownThing."""
        request = pack(
            exemptions_pb2.ListExemptionVersionsRequest,
            exemption=exemption,
            region=region,
            as_of=as_of,
            page_size=page_size,
            page_token=page_token,
        )
        return unpack(VersionsPage, self._call(LIST_VERSIONS, request, timeout, traceparent))

    def grant_exemption(
        self,
        grant: NewGrant,
        *,
        validate_only: bool = False,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ExemptionGrant:
        """Register an exemption. Raises UnknownThing, NotYours, WrongState, IdConflict."""
        request = of_kind(NewGrant, grant, "grant").to_proto(validate_only=validate_only)
        answer = self._call(GRANT, request, timeout, traceparent)
        return unpack(ExemptionGrant, answer.grant)

    def report_correction(
        self,
        grant_id: str,
        *,
        corrected_on: date | str | None,
        kept_promise: bool | None = None,
        request_id: str = "",
        validate_only: bool = False,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ExemptionGrant:
        """Report when it was corrected; None: it is not. Raises UnknownThing, NotYours, WrongState, IdConflict.

        With a `request_id` a repeat that comes late takes nothing down over what was reported since.
        """
        request = pack(
            exemption_register_pb2.ReportCorrectionRequest,
            grant_id=grant_id,
            corrected_on=corrected_on,
            kept_promise=kept_promise,
            request_id=request_id,
            validate_only=validate_only,
        )
        answer = self._call(REPORT_CORRECTION, request, timeout, traceparent)
        return unpack(ExemptionGrant, answer.grant)

    def withdraw_grant(
        self,
        grant_id: str,
        *,
        reason: str,
        validate_only: bool = False,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ExemptionGrant:
        """Take back what was registered by mistake. Raises UnknownThing, NotYours, WrongState."""
        request = pack(
            exemption_register_pb2.WithdrawGrantRequest, grant_id=grant_id, reason=reason, validate_only=validate_only
        )
        answer = self._call(WITHDRAW, request, timeout, traceparent)
        return unpack(ExemptionGrant, answer.grant)

    def grant(self, grant_id: str, *, timeout: float | None = None, traceparent: str | None = None) -> ExemptionGrant:
        """A grant as it stands today. Raises UnknownThing, NotYours."""
        request = pack(exemption_register_pb2.GetGrantRequest, grant_id=grant_id)
        answer = self._call(GET_GRANT, request, timeout, traceparent)
        return unpack(ExemptionGrant, answer.grant)

    def exemptions_granted(
        self, filters: GrantFilters, *, timeout: float | None = None, traceparent: str | None = None
    ) -> GrantsPage:
        """A page of the grants that fit, the last registered first. Raises NotYours."""
        request = of_kind(GrantFilters, filters, "filters").to_proto()
        return unpack(GrantsPage, self._call(LIST_GRANTS, request, timeout, traceparent))

    def correction_reports(
        self,
        grant_id: str,
        *,
        page_size: int = 0,
        page_token: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ReportsPage:
        """A page of the reports on a grant, the oldest first. Raises UnknownThing, NotYours."""
        request = pack(
            exemption_register_pb2.ListCorrectionReportsRequest,
            grant_id=grant_id,
            page_size=page_size,
            page_token=page_token,
        )
        return unpack(ReportsPage, self._call(LIST_REPORTS, request, timeout, traceparent))

    def exemption_statistics(
        self,
        *,
        organ: str = "",
        from_on: date | str | None = None,
        until_on: date | str | None = None,
        by: Sequence[ExemptionStatisticsKey] = (),
        as_of: date | str | None = None,
        page_size: int = 0,
        page_token: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ExemptionStatistics:
        """A page of figures of the grants decided from `from_on` (None: 1 January) to `until_on` (None: today).

        Raises NotYours.
        """
        request = pack(
            exemption_register_pb2.ListExemptionStatisticsRequest,
            organ=organ,
            from_on=from_on,
            until_on=until_on,
            by=by,
            as_of=as_of,
            page_size=page_size,
            page_token=page_token,
        )
        return unpack(ExemptionStatistics, self._call(LIST_STATISTICS, request, timeout, traceparent))
