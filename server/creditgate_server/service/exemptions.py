"""ExemptionListService: unpack, search, pack. It tells what the rules say to everyone who may call: no receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from creditgate import limits
from creditgate.v1 import exemptions_pb2

from ..clock import legal_day
from ..errors import InvalidQuestion, UnknownThing
from ..exemptions.search.documents import EntryDocument
from ..exemptions.search.law import law_answer
from .calls import Call
from .fields import day_given, nearest, region_asked, shown
from .gate import Gate
from .in_force import RuleSetInForce
from .pack_exemptions import ordered_versions, pack_entry, pack_hit, pack_law, region_ref
from .paging import Pages, page_size_asked
from .unpack_exemptions import day_asked, unpack_search


class ExemptionLists:
    """The service."""

    SERVICE = exemptions_pb2.DESCRIPTOR.services_by_name["ExemptionListService"]
    QUICK = frozenset[str]()

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def search_exemptions(
        self, request: exemptions_pb2.SearchExemptionsRequest, call: Call
    ) -> exemptions_pb2.SearchExemptionsResponse:
        """Find entries."""
        serving = self._gate.rules.take().serving
        pages = Pages(request, call.caller.name, self._gate.person_key.seal)
        begun = _begun(pages.after(), legal_day(self._gate.now()))
        size = page_size_asked(request.page_size, limits.USUAL_HITS, limits.MOST_HITS)
        asked = unpack_search(request, serving.catalogue, begun.day, self._gate.region)
        found = serving.index.search(asked.query, asked.filters, begun.offset, size, after=begun.after)
        call.organ = request.organ
        region = asked.filters.region
        answer = exemptions_pb2.SearchExemptionsResponse(
            hits=[pack_hit(hit, serving.catalogue, region, asked.day) for hit in found.hits],
            total_size=found.total,
            region=region_ref(region, serving.catalogue),
            as_of=asked.day.isoformat(),
            rule_set=serving.digest,
            references=[pack_hit(hit, serving.catalogue, region, asked.day) for hit in found.references],
        )
        end = found.offset + len(found.hits)
        if found.hits and end < found.total:
            answer.next_page_token = pages.next((begun.day.isoformat(), end, found.hits[-1].document.code))
        if not found.named and not begun.after:
            rule_set = serving.judge.rule_set
            law = law_answer(rule_set, asked.query, asked.filters, found, asked.day)
            answer.law.CopyFrom(pack_law(law, rule_set, serving.packer, region))
        return answer

    def get_exemption(
        self, request: exemptions_pb2.GetExemptionRequest, call: Call
    ) -> exemptions_pb2.GetExemptionResponse:
        """Show an entry."""
        serving = self._gate.rules.take().serving
        document = _document(request.exemption, serving)
        region = region_asked(request.region, self._gate.region, serving.catalogue)
        day = day_asked(day_given(request, "as_of"), "as_of", legal_day(self._gate.now()))
        entry = pack_entry(document, serving.judge.rule_set, serving.packer, region, day)
        call.organ, call.item = document.organ, document.code
        return exemptions_pb2.GetExemptionResponse(exemption=entry)

    def list_exemption_versions(
        self, request: exemptions_pb2.ListExemptionVersionsRequest, call: Call
    ) -> exemptions_pb2.ListExemptionVersionsResponse:
        """List the versions of an entry."""
        serving = self._gate.rules.take().serving
        pages = Pages(request, call.caller.name, self._gate.person_key.seal)
        begun = _begun(pages.after(), legal_day(self._gate.now()))
        document = _document(request.exemption, serving)
        region = region_asked(request.region, self._gate.region, serving.catalogue)
        day = day_asked(day_given(request, "as_of"), "as_of", begun.day)
        call.organ, call.item = document.organ, document.code
        versions = ordered_versions(document, serving.judge.rule_set, serving.packer, region, day)
        keys = versions.keys
        start = keys.index(begun.after) + 1 if begun.after in keys else begun.offset
        end = start + page_size_asked(request.page_size, limits.USUAL_VERSIONS, limits.MOST_VERSIONS)
        return exemptions_pb2.ListExemptionVersionsResponse(
            versions=versions.packed(start, end),
            total_size=len(keys),
            next_page_token=pages.next((begun.day.isoformat(), end, keys[end - 1])) if end < len(keys) else "",
            rule_set=serving.digest,
        )


@dataclass(frozen=True, slots=True)
class _Begun:
    """Where a page begins."""

    day: date
    """Today of the first page."""
    offset: int = 0
    after: str = ""
    """What the page before ended with: it tells where to go on also under another rule set, and the offset where that
    has it no more.
    """


def _begun(after: list[str | int] | None, today: date) -> _Begun:
    if after is None:
        return _Begun(today)
    day, offset, last = after
    return _Begun(date.fromisoformat(str(day)), int(offset), str(last))


def _document(code: str, serving: RuleSetInForce) -> EntryDocument:
    if not code:
        raise InvalidQuestion("缺少免罚事项代码", "例如 m17, 用 exemptions search 查找", "exemption")
    for document in serving.index.documents:
        if code in (document.code, document.basic_code):
            return document
    hint = nearest(code, serving.catalogue.exemptions) or "用 exemptions search 查找"
    raise UnknownThing(f"没有代码为 {shown(code)} 的免罚事项", hint, "exemption")
