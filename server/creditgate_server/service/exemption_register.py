"""ExemptionRegisterService: unpack, register, pack. The register's work is done in threads: it writes to the store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from creditgate.v1 import exemption_register_pb2, exemption_register_pb2_grpc

from ..clock import legal_day
from ..errors import UnknownThing
from ..exemptions.register.following import report_correction, withdraw
from ..exemptions.register.granting import grant
from ..exemptions.register.reading import find, listed
from ..exemptions.register.statistics import statistics
from ..exemptions.register.values import Granted
from ..registry.lookup import LOOK_AGAIN_SECONDS
from ..rulebook.catalogue import Catalogue
from .callers import Caller
from .calls import Answer, Context, Notes
from .exempting import exempting
from .fields import shown
from .gate import Gate
from .pack_register import organ_title, pack_figures, pack_grant
from .unpack_register import (
    day_or_none,
    receipt_id_asked,
    unpack_filters,
    unpack_grant,
    unpack_page,
    unpack_statistics,
)

SEEN_SECONDS = 1.5 * LOOK_AGAIN_SECONDS
"""Seconds after which every worker has noticed what was written; the half is for timers that fire early."""

_Act = Callable[[Caller, Catalogue, Notes], Awaitable[Answer]]


class ExemptionRegister(exemption_register_pb2_grpc.ExemptionRegisterServiceServicer):
    """The service."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def Grant(  # noqa: N802 - the contract's name
        self, request: exemption_register_pb2.GrantRequest, context: Context
    ) -> exemption_register_pb2.GrantResponse:
        """Register an exemption."""

        async def act(caller: Caller, catalogue: Catalogue, notes: Notes) -> exemption_register_pb2.GrantResponse:
            receipt = await self._gate.receipt(receipt_id_asked(request.receipt_id, "receipt_id"))
            if receipt is None:
                raise UnknownThing(f"没有编号为 {shown(request.receipt_id)} 的回执", "请查对回执编号", "receipt_id")
            caller.require_organ(receipt.organ, "receipt_id")
            allowed = exempting(receipt)
            asked = unpack_grant(request, allowed)
            granted = await asyncio.to_thread(
                grant,
                self._gate.store,
                asked,
                receipt=allowed.receipt,
                organ_title=organ_title(asked.organ, catalogue) or asked.organ,
                known_at=self._gate.now(),
                by=caller.name,
            )
            return exemption_register_pb2.GrantResponse(grant=await self._written(granted, catalogue, notes))

        return await self._handle("Grant", context, act)

    async def ReportCorrection(  # noqa: N802 - the contract's name
        self, request: exemption_register_pb2.ReportCorrectionRequest, context: Context
    ) -> exemption_register_pb2.ReportCorrectionResponse:
        """Take down whether and when the violation was corrected."""

        async def act(
            caller: Caller, catalogue: Catalogue, notes: Notes
        ) -> exemption_register_pb2.ReportCorrectionResponse:
            granted = await self._own(caller, request.grant_id)
            reported = await asyncio.to_thread(
                report_correction,
                self._gate.store,
                granted.id,
                day_or_none(request.corrected_on, "corrected_on"),
                request.kept_promise if request.HasField("kept_promise") else None,
                self._gate.now(),
                caller.name,
            )
            return exemption_register_pb2.ReportCorrectionResponse(
                grant=await self._written(reported, catalogue, notes)
            )

        return await self._handle("ReportCorrection", context, act)

    async def Withdraw(  # noqa: N802 - the contract's name
        self, request: exemption_register_pb2.WithdrawRequest, context: Context
    ) -> exemption_register_pb2.WithdrawResponse:
        """Take back what was registered by mistake."""

        async def act(caller: Caller, catalogue: Catalogue, notes: Notes) -> exemption_register_pb2.WithdrawResponse:
            granted = await self._own(caller, request.grant_id)
            withdrawn = await asyncio.to_thread(
                withdraw, self._gate.store, granted.id, request.reason, self._gate.now(), caller.name
            )
            return exemption_register_pb2.WithdrawResponse(grant=await self._written(withdrawn, catalogue, notes))

        return await self._handle("Withdraw", context, act)

    async def ListGrants(  # noqa: N802 - the contract's name
        self, request: exemption_register_pb2.ListGrantsRequest, context: Context
    ) -> exemption_register_pb2.ListGrantsResponse:
        """List grants."""

        async def act(caller: Caller, catalogue: Catalogue, notes: Notes) -> exemption_register_pb2.ListGrantsResponse:
            today = legal_day(self._gate.now())
            filters = unpack_filters(request, caller, catalogue, self._gate.person_key.hash, today)
            after, limit = unpack_page(request)
            page = await asyncio.to_thread(listed, self._gate.store, filters, after=after, limit=limit)
            notes.organ, notes.item = request.organ, filters.exemption
            return exemption_register_pb2.ListGrantsResponse(
                grants=[pack_grant(granted, catalogue, today) for granted in page.grants], next_page_token=page.next
            )

        return await self._handle("ListGrants", context, act)

    async def GetStatistics(  # noqa: N802 - the contract's name
        self, request: exemption_register_pb2.GetStatisticsRequest, context: Context
    ) -> exemption_register_pb2.GetStatisticsResponse:
        """Count grants."""

        async def act(
            caller: Caller, catalogue: Catalogue, notes: Notes
        ) -> exemption_register_pb2.GetStatisticsResponse:
            asked = unpack_statistics(request, caller, catalogue, legal_day(self._gate.now()))
            notes.organ = request.organ
            figures = await asyncio.to_thread(
                statistics, self._gate.store, asked.since, asked.until, on=asked.on, by=asked.by, organs=asked.organs
            )
            return exemption_register_pb2.GetStatisticsResponse(
                figures=[pack_figures(one, catalogue) for one in figures],
                since=asked.since.isoformat(),
                until=asked.until.isoformat(),
                as_of=asked.on.isoformat(),
            )

        return await self._handle("GetStatistics", context, act)

    async def _handle(self, method: str, context: Context, act: _Act[Answer]) -> Answer:
        async def answer(notes: Notes) -> Answer:
            caller = self._gate.caller(context)
            notes.caller = caller.name
            return await act(caller, (await self._gate.rules.take()).serving.catalogue, notes)

        return await self._gate.calls.handle(method, context, answer)

    async def _own(self, caller: Caller, grant_id: str) -> Granted:
        """A grant of the caller's organ. Raises UnknownThing, NotYours."""
        granted = await asyncio.to_thread(find, self._gate.store, receipt_id_asked(grant_id, "grant_id"))
        caller.require_organ(granted.grant.organ, "grant_id")
        return granted

    async def _written(
        self, granted: Granted, catalogue: Catalogue, notes: Notes
    ) -> exemption_register_pb2.ExemptionGrant:
        """The grant as it is sent, when every worker sees it: no question after the answer is judged without it."""
        notes.organ, notes.item, notes.receipt = granted.grant.organ, granted.grant.exemption, granted.id
        await asyncio.sleep(SEEN_SECONDS)
        return pack_grant(granted, catalogue, legal_day(self._gate.now()))
