# Generated from calls/exemptions.py by tools/generate_sync.py. Do not edit.
"""Exemption lists, and the register of exemptions granted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from creditgate.v1 import exemption_register_pb2, exemptions_pb2

from .._contract import ExemptionEntry, ExemptionGrant, ExemptionsFound, ExemptionStatistics, GrantsPage, StatisticsKey
from ..transport import Method
from ..values.exemptions import ExemptionSearch, GrantFilters, NewGrant
from ..wire import of_kind, pack, unpack
from .caller import Caller

SEARCH = Method("ExemptionListService/Search", exemptions_pb2.SearchResponse)
GET = Method("ExemptionListService/Get", exemptions_pb2.GetResponse)
GRANT = Method("ExemptionRegisterService/Grant", exemption_register_pb2.GrantResponse)
REPORT_CORRECTION = Method("ExemptionRegisterService/ReportCorrection", exemption_register_pb2.ReportCorrectionResponse)
WITHDRAW = Method("ExemptionRegisterService/Withdraw", exemption_register_pb2.WithdrawResponse)
LIST_GRANTS = Method("ExemptionRegisterService/ListGrants", exemption_register_pb2.ListGrantsResponse)
GET_STATISTICS = Method("ExemptionRegisterService/GetStatistics", exemption_register_pb2.GetStatisticsResponse)


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
        code: str,
        *,
        region: str = "",
        day: date | str | None = None,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ExemptionEntry:
        """An entry with all that the lists say of it. Raises UnknownThing."""
        request = pack(exemptions_pb2.GetRequest, code=code, region=region, day=day)
        return unpack(ExemptionEntry, self._call(GET, request, timeout, traceparent))

    def grant_exemption(
        self, grant: NewGrant, *, timeout: float | None = None, traceparent: str | None = None
    ) -> ExemptionGrant:
        """Register an exemption. Raises UnknownThing, NotYours, WrongState, IdConflict."""
        answer = self._call(GRANT, of_kind(NewGrant, grant, "grant").to_proto(), timeout, traceparent)
        return unpack(ExemptionGrant, answer.grant)

    def report_correction(
        self,
        grant_id: str,
        *,
        corrected_on: date | str | None,
        kept_promise: bool | None = None,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ExemptionGrant:
        """Report when it was corrected; None: it is not. Raises UnknownThing, NotYours, WrongState."""
        request = pack(
            exemption_register_pb2.ReportCorrectionRequest,
            grant_id=grant_id,
            corrected_on=corrected_on,
            kept_promise=kept_promise,
        )
        answer = self._call(REPORT_CORRECTION, request, timeout, traceparent)
        return unpack(ExemptionGrant, answer.grant)

    def withdraw_exemption(
        self, grant_id: str, *, reason: str, timeout: float | None = None, traceparent: str | None = None
    ) -> ExemptionGrant:
        """Take back what was registered by mistake. Raises UnknownThing, NotYours, WrongState."""
        request = pack(exemption_register_pb2.WithdrawRequest, grant_id=grant_id, reason=reason)
        answer = self._call(WITHDRAW, request, timeout, traceparent)
        return unpack(ExemptionGrant, answer.grant)

    def exemptions_granted(
        self, filters: GrantFilters, *, timeout: float | None = None, traceparent: str | None = None
    ) -> GrantsPage:
        """A page of the grants that fit, the newest first. Raises NotYours."""
        request = of_kind(GrantFilters, filters, "filters").to_proto()
        return unpack(GrantsPage, self._call(LIST_GRANTS, request, timeout, traceparent))

    def exemption_statistics(
        self,
        *,
        organ: str = "",
        since: date | str | None = None,
        until: date | str | None = None,
        by: Sequence[StatisticsKey] = (),
        as_of: date | str | None = None,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ExemptionStatistics:
        """Figures of the grants decided from `since` (None: 1 January) to `until` (None: today). Raises NotYours."""
        request = pack(
            exemption_register_pb2.GetStatisticsRequest, organ=organ, since=since, until=until, by=by, as_of=as_of
        )
        return unpack(ExemptionStatistics, self._call(GET_STATISTICS, request, timeout, traceparent))
