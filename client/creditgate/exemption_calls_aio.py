"""What `AsyncClient` asks of exemption lists and of their register: the twin of `exemption_calls.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import TypeVar

from creditgate.v1 import exemption_register_pb2_grpc, exemptions_pb2_grpc

from .exemption_register import (
    ExemptionGrant,
    ExemptionStatistics,
    GrantFilters,
    GrantsPage,
    NewGrant,
    StatisticsKey,
    correction_request,
    exemption_grant,
    exemption_statistics,
    grants_page,
    statistics_request,
    withdrawal_request,
)
from .exemptions import (
    ExemptionEntry,
    ExemptionSearch,
    ExemptionsFound,
    entry_request,
    exemption_entry,
    exemptions_found,
)

Answer = TypeVar("Answer")


class AsyncExemptionCalls:
    """A part of `AsyncClient`. All of it is safe to retry."""

    _metadata: tuple[tuple[str, str], ...]
    _lists: exemptions_pb2_grpc.ExemptionListServiceAsyncStub
    _register: exemption_register_pb2_grpc.ExemptionRegisterServiceAsyncStub

    async def search_exemptions(
        self, search: str | ExemptionSearch, *, timeout: float | None = None
    ) -> ExemptionsFound:
        """Entries of exemption lists that words, an article or a code find, best first. Raises CreditGateError."""
        request = (ExemptionSearch(search) if isinstance(search, str) else search).to_proto()
        return exemptions_found(
            await self._call(lambda left: self._lists.Search(request, timeout=left, metadata=self._metadata), timeout)
        )

    async def exemption(
        self, code: str, *, region: str = "", day: date | str | None = None, timeout: float | None = None
    ) -> ExemptionEntry:
        """An entry with all that the lists say of it. Raises UnknownThing."""
        request = entry_request(code, region, day)
        return exemption_entry(
            await self._call(lambda left: self._lists.Get(request, timeout=left, metadata=self._metadata), timeout)
        )

    async def grant_exemption(self, grant: NewGrant, *, timeout: float | None = None) -> ExemptionGrant:
        """Register an exemption. Raises UnknownThing, NotYours, WrongState, IdConflict."""
        request = grant.to_proto()
        answer = await self._call(
            lambda left: self._register.Grant(request, timeout=left, metadata=self._metadata), timeout
        )
        return exemption_grant(answer.grant)

    async def report_correction(
        self,
        grant_id: str,
        *,
        corrected_on: date | str | None,
        kept_promise: bool | None = None,
        timeout: float | None = None,
    ) -> ExemptionGrant:
        """Report when it was corrected; None: it is not. Raises UnknownThing, NotYours, WrongState."""
        request = correction_request(grant_id, corrected_on, kept_promise)
        answer = await self._call(
            lambda left: self._register.ReportCorrection(request, timeout=left, metadata=self._metadata), timeout
        )
        return exemption_grant(answer.grant)

    async def withdraw_exemption(self, grant_id: str, *, reason: str, timeout: float | None = None) -> ExemptionGrant:
        """Take back what was registered by mistake. Raises UnknownThing, NotYours, WrongState."""
        request = withdrawal_request(grant_id, reason)
        answer = await self._call(
            lambda left: self._register.Withdraw(request, timeout=left, metadata=self._metadata), timeout
        )
        return exemption_grant(answer.grant)

    async def exemptions_granted(self, filters: GrantFilters, *, timeout: float | None = None) -> GrantsPage:
        """A page of the grants that fit, the newest first. Raises NotYours."""
        request = filters.to_proto()
        return grants_page(
            await self._call(
                lambda left: self._register.ListGrants(request, timeout=left, metadata=self._metadata), timeout
            )
        )

    async def exemption_statistics(
        self,
        *,
        organ: str = "",
        since: date | str | None = None,
        until: date | str | None = None,
        by: Sequence[StatisticsKey] = (),
        as_of: date | str | None = None,
        timeout: float | None = None,
    ) -> ExemptionStatistics:
        """Figures of the grants decided from `since` (None: 1 January) to `until` (None: today). Raises NotYours."""
        request = statistics_request(organ, since, until, tuple(by), as_of)
        return exemption_statistics(
            await self._call(
                lambda left: self._register.GetStatistics(request, timeout=left, metadata=self._metadata), timeout
            )
        )

    async def _call(self, call: Callable[[float], Awaitable[Answer]], timeout: float | None) -> Answer:
        raise NotImplementedError
