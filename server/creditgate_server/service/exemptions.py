"""ExemptionListService: unpack, search, pack. It tells what the rules say to everyone who may call: no receipt."""

from __future__ import annotations

import asyncio

from creditgate.v1 import exemptions_pb2, exemptions_pb2_grpc

from ..clock import legal_day
from ..errors import InvalidQuestion, UnknownThing
from ..exemptions.search.documents import Document
from .calls import Context, Notes
from .fields import nearest, shown
from .gate import Gate
from .in_force import Serving
from .pack_exemptions import pack_entry, pack_hit
from .regions import region_asked
from .unpack_exemptions import day_asked, unpack_search


class ExemptionLists(exemptions_pb2_grpc.ExemptionListServiceServicer):
    """The service."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def Search(  # noqa: N802 - the contract's name
        self, request: exemptions_pb2.SearchRequest, context: Context
    ) -> exemptions_pb2.SearchResponse:
        """Find entries."""

        async def answer(notes: Notes) -> exemptions_pb2.SearchResponse:
            notes.caller = self._gate.caller(context).name
            serving = (await self._gate.rules.take()).serving
            found = await asyncio.to_thread(self._search, request, serving)
            notes.organ = request.organ
            return found

        return await self._gate.calls.handle("Search", context, answer)

    async def Get(  # noqa: N802 - the contract's name
        self, request: exemptions_pb2.GetRequest, context: Context
    ) -> exemptions_pb2.GetResponse:
        """Show an entry."""

        async def answer(notes: Notes) -> exemptions_pb2.GetResponse:
            notes.caller = self._gate.caller(context).name
            serving = (await self._gate.rules.take()).serving
            shown_entry = await asyncio.to_thread(self._get, request, serving)
            notes.organ, notes.item = shown_entry.organ, shown_entry.code
            return shown_entry

        return await self._gate.calls.handle("Get", context, answer)

    def _search(self, request: exemptions_pb2.SearchRequest, serving: Serving) -> exemptions_pb2.SearchResponse:
        today = legal_day(self._gate.now())
        asked = unpack_search(request, serving.catalogue, serving.digest, today, self._gate.region)
        page = serving.index.search(asked.query, asked.filters, asked.offset, asked.size)
        return exemptions_pb2.SearchResponse(
            hits=[pack_hit(hit, serving.catalogue, asked.filters.region, asked.day) for hit in page.hits],
            total=page.total,
            next_page_token=asked.token(page.total),
            region=asked.filters.region,
            in_force_on=asked.day.isoformat(),
            rule_set=serving.digest,
        )

    def _get(self, request: exemptions_pb2.GetRequest, serving: Serving) -> exemptions_pb2.GetResponse:
        document = _document(request.code, serving)
        region = region_asked(request.region, self._gate.region, serving.catalogue)
        day = day_asked(request.day, "day", legal_day(self._gate.now()))
        return pack_entry(document, serving.judge.rule_set, serving.packer, region, day)


def _document(code: str, serving: Serving) -> Document:
    if not code:
        raise InvalidQuestion("缺少免罚事项代码", "例如 m17, 用 exemptions search 查找", "code")
    for document in serving.index.documents:
        if code in (document.code, document.basic_code):
            return document
    hint = nearest(code, serving.catalogue.exemptions) or "用 exemptions search 查找"
    raise UnknownThing(f"没有代码为 {shown(code)} 的免罚事项", hint, "code")
