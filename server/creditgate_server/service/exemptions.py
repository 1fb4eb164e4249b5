"""ExemptionListService: unpack, search, pack. It tells what the rules say to everyone who may call: no receipt."""

from __future__ import annotations

from creditgate.v1 import exemptions_pb2

from ..clock import legal_day
from ..errors import InvalidQuestion, UnknownThing
from ..exemptions.search.documents import EntryDocument
from ..exemptions.search.law import law_answer
from .calls import Call
from .fields import nearest, region_asked, shown
from .gate import Gate
from .in_force import RuleSetInForce
from .pack_exemptions import pack_entry, pack_hit, pack_law
from .unpack_exemptions import day_asked, unpack_search


class ExemptionLists:
    """The service."""

    SERVICE = exemptions_pb2.DESCRIPTOR.services_by_name["ExemptionListService"]
    QUICK = frozenset[str]()

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def search(self, request: exemptions_pb2.SearchRequest, call: Call) -> exemptions_pb2.SearchResponse:
        """Find entries."""
        serving = self._gate.rules.take().serving
        today = legal_day(self._gate.now())
        asked = unpack_search(request, serving.catalogue, serving.digest, today, self._gate.region)
        page = serving.index.search(asked.query, asked.filters, asked.offset, asked.size)
        call.organ = request.organ
        region = asked.filters.region
        found = exemptions_pb2.SearchResponse(
            hits=[pack_hit(hit, serving.catalogue, region, asked.day) for hit in page.hits],
            total=page.total,
            next_page_token=asked.token(page.total),
            region=region,
            in_force_on=asked.day.isoformat(),
            rule_set=serving.digest,
            references=[pack_hit(hit, serving.catalogue, region, asked.day) for hit in page.references],
        )
        if not page.named and not asked.offset:
            rule_set = serving.judge.rule_set
            law = law_answer(rule_set, asked.query, asked.filters, page, asked.day)
            found.law.CopyFrom(pack_law(law, rule_set, serving.packer, region))
        return found

    def get(self, request: exemptions_pb2.GetRequest, call: Call) -> exemptions_pb2.GetResponse:
        """Show an entry."""
        serving = self._gate.rules.take().serving
        document = _document(request.code, serving)
        region = region_asked(request.region, self._gate.region, serving.catalogue)
        day = day_asked(request.day, "day", legal_day(self._gate.now()))
        entry = pack_entry(document, serving.judge.rule_set, serving.packer, region, day)
        call.organ, call.item = entry.organ, entry.code
        return entry


def _document(code: str, serving: RuleSetInForce) -> EntryDocument:
    if not code:
        raise InvalidQuestion("缺少免罚事项代码", "例如 m17, 用 exemptions search 查找", "code")
    for document in serving.index.documents:
        if code in (document.code, document.basic_code):
            return document
    hint = nearest(code, serving.catalogue.exemptions) or "用 exemptions search 查找"
    raise UnknownThing(f"没有代码为 {shown(code)} 的免罚事项", hint, "code")
