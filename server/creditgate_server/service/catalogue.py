"""CatalogueService: what can be asked for, of the rule set in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from google.protobuf.message import Message

from creditgate.limits import MOST_ENTRIES, MOST_LISTED, USUAL_ENTRIES
from creditgate.v1 import catalogue_pb2, common_pb2, credit_check_pb2

from ..clock import legal_day
from ..errors import InvalidQuestion, UnknownThing
from ..judging import looked_at
from ..rulebook.catalogue import (
    Catalogue,
    ExemptionList,
    FactEntry,
    FactSource,
    Feed,
    Item,
    Ladder,
    LevelEntry,
    ListEntry,
    MeasureEntry,
    MeasureKind,
    Organ,
)
from ..rulebook.language import Role
from .calls import Call
from .fields import legal_day_asked, meant, region_asked, shown
from .gate import Gate
from .in_force import RulesAtHand
from .paging import Pages, page_size_asked
from .undetermined import fact_definition
from .unpack import require_organ
from .wire import numbers

Entry = TypeVar("Entry")
_KINDS = numbers(MeasureKind, credit_check_pb2.MeasureKind.DESCRIPTOR)
_ROLES = numbers(Role, common_pb2.Role.DESCRIPTOR)
_SOURCES = {
    FactSource.CALLER: catalogue_pb2.FACT_SOURCE_APPLICATION,
    FactSource.CIRCUMSTANCE: catalogue_pb2.FACT_SOURCE_VIOLATION,
}
_SECTIONS: Mapping[int, Callable[[Catalogue], Mapping[str, Any]]] = {
    catalogue_pb2.CATALOGUE_SECTION_ORGANS: lambda catalogue: catalogue.organs,
    catalogue_pb2.CATALOGUE_SECTION_MEASURES: lambda catalogue: catalogue.measures,
    catalogue_pb2.CATALOGUE_SECTION_LISTS: lambda catalogue: catalogue.lists,
    catalogue_pb2.CATALOGUE_SECTION_LADDERS: lambda catalogue: catalogue.ladders,
    catalogue_pb2.CATALOGUE_SECTION_GRADES: lambda catalogue: catalogue.grades,
    catalogue_pb2.CATALOGUE_SECTION_LEVELS: lambda catalogue: catalogue.levels,
    catalogue_pb2.CATALOGUE_SECTION_RECORD_KINDS: lambda catalogue: catalogue.record_kinds,
    catalogue_pb2.CATALOGUE_SECTION_FEEDS: lambda catalogue: catalogue.feeds,
    catalogue_pb2.CATALOGUE_SECTION_REGIONS: lambda catalogue: catalogue.regions,
    catalogue_pb2.CATALOGUE_SECTION_EXEMPTION_LISTS: lambda catalogue: catalogue.exemption_lists,
    catalogue_pb2.CATALOGUE_SECTION_TRAITS: lambda catalogue: catalogue.traits,
}


class CatalogueShown:
    """The service."""

    SERVICE = catalogue_pb2.DESCRIPTOR.services_by_name["CatalogueService"]
    QUICK = frozenset({"ListCatalogueEntries", "ListCatalogueFacts", "ListCatalogueItems"})

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def list_catalogue_entries(
        self, request: catalogue_pb2.ListCatalogueEntriesRequest, call: Call
    ) -> catalogue_pb2.ListCatalogueEntriesResponse:
        """Answer with a page of a section."""
        section = _SECTIONS.get(request.section)
        if section is None:
            raise InvalidQuestion(f"没有编号为 {request.section} 的部分", "请用 CatalogueSection 中的值", "section")
        rules = self._rules(request.rule_set)
        catalogue = rules.serving.catalogue
        size = page_size_asked(request.page_size, USUAL_ENTRIES, MOST_ENTRIES)
        page, token = self._page(request, call, list(section(catalogue).values()), size)
        return catalogue_pb2.ListCatalogueEntriesResponse(
            entries=[_entry(one, catalogue) for one in page], rule_set=rules.serving.digest, next_page_token=token
        )

    def list_catalogue_facts(
        self, request: catalogue_pb2.ListCatalogueFactsRequest, call: Call
    ) -> catalogue_pb2.ListCatalogueFactsResponse:
        """Answer with a page of facts."""
        if request.source not in (0, *_SOURCES.values()):
            raise InvalidQuestion(f"没有编号为 {request.source} 的来源", "请用 FactSource 中的值", "source")
        rules = self._rules(request.rule_set)
        facts = [
            fact
            for fact in rules.serving.catalogue.facts.values()
            if fact.source in _SOURCES and request.source in (0, _SOURCES[fact.source])
        ]
        size = page_size_asked(request.page_size, USUAL_ENTRIES, MOST_LISTED)
        page, token = self._page(request, call, facts, size)
        return catalogue_pb2.ListCatalogueFactsResponse(
            facts=[_fact(one) for one in page], rule_set=rules.serving.digest, next_page_token=token
        )

    def list_catalogue_items(
        self, request: catalogue_pb2.ListCatalogueItemsRequest, call: Call
    ) -> catalogue_pb2.ListCatalogueItemsResponse:
        """Answer with a page of items in short."""
        rules = self._rules(request.rule_set)
        catalogue = rules.serving.catalogue
        if request.organ:
            require_organ(request.organ, catalogue)
        items = [one for one in catalogue.items.values() if request.organ in ("", one.organ)]
        size = page_size_asked(request.page_size, USUAL_ENTRIES, MOST_LISTED)
        page, token = self._page(request, call, items, size)
        return catalogue_pb2.ListCatalogueItemsResponse(
            items=[_item(one, catalogue) for one in page], rule_set=rules.serving.digest, next_page_token=token
        )

    def get_catalogue_item(
        self, request: catalogue_pb2.GetCatalogueItemRequest, call: Call
    ) -> catalogue_pb2.GetCatalogueItemResponse:
        """Answer with an item, what a check of it asks and what can come of it."""
        rules = self._rules(request.rule_set)
        catalogue, plans = rules.serving.catalogue, rules.serving.judge.plans
        item = _known(request.item, catalogue.items, "事项", "item")
        day = self._day(request)
        with self._gate.turns:
            call.require_awaited()
            facts = looked_at.facts_of_item(plans, item, day)
            measures = looked_at.measures_of_item(plans, item, day)
        shown_item = _item(item, catalogue)
        shown_item.facts.extend([_fact(one) for one in facts])
        shown_item.measures.extend([_entry(catalogue.measures[code], catalogue) for code in measures])
        return catalogue_pb2.GetCatalogueItemResponse(
            item=shown_item, as_of=day.isoformat(), rule_set=rules.serving.digest
        )

    def get_exemption_form(
        self, request: catalogue_pb2.GetExemptionFormRequest, call: Call
    ) -> catalogue_pb2.GetExemptionFormResponse:
        """Answer with what an exemption entry asks."""
        rules = self._rules(request.rule_set)
        catalogue, plans = rules.serving.catalogue, rules.serving.judge.plans
        entry = _known(request.exemption, catalogue.exemptions, "免罚事项", "exemption")
        region = region_asked(request.region, self._gate.region, catalogue)
        day = self._day(request)
        with self._gate.turns:
            call.require_awaited()
            facts = looked_at.facts_of_entry(plans, entry.organ, entry.code, region, day)
        return catalogue_pb2.GetExemptionFormResponse(
            exemption=common_pb2.Ref(code=entry.code, title=entry.title),
            organ=_ref(entry.organ, catalogue.organs),
            facts=[_fact(one) for one in facts],
            region=region,
            as_of=day.isoformat(),
            rule_set=rules.serving.digest,
        )

    def _rules(self, rule_set: str) -> RulesAtHand:
        return self._gate.rules.take(rule_set)

    def _day(self, request: Any) -> Any:  # noqa: ANN401 - of either request; a date
        given = request.as_of if request.HasField("as_of") else None
        return legal_day_asked(given, "as_of", legal_day(self._gate.now()))

    def _page(self, request: Message, call: Call, entries: Sequence[Entry], size: int) -> tuple[Sequence[Entry], str]:
        """The entries of a page, and the token of the next one."""
        pages = Pages(request, call.caller.name, self._gate.person_key.seal)
        after = pages.after()
        start = int(after[0]) if after else 0
        end = start + size
        return entries[start:end], pages.next((end,)) if end < len(entries) else ""


def _known(code: str, entries: Mapping[str, Entry], called: str, field: str) -> Entry:
    if not code:
        raise InvalidQuestion(f"缺少{called}代码", f"请填写规则库中的{called}代码", field)
    found = entries.get(code)
    if found is None:
        raise UnknownThing(f"没有代码为 {shown(code)} 的{called}", meant(code, entries) or "请查对代码", field)
    return found


def _ref(code: str, entries: Mapping[str, Any]) -> common_pb2.Ref:
    entry = entries.get(code)
    return common_pb2.Ref(code=code, title=entry.title if entry is not None else "")


def _entry(entry: Any, catalogue: Catalogue) -> catalogue_pb2.CatalogueEntry:  # noqa: ANN401 - of any section
    made = catalogue_pb2.CatalogueEntry(entry=common_pb2.Ref(code=entry.code, title=entry.title))
    if isinstance(entry, MeasureEntry):
        made.measure_kind, made.prohibits, made.instruction = _KINDS[entry.kind], entry.prohibits, entry.instruction
    elif isinstance(entry, LevelEntry):
        made.instruction = entry.frequency
    elif isinstance(entry, Ladder):
        made.ratings.extend(entry.ratings)
    elif isinstance(entry, ExemptionList):
        made.region = entry.region
    if isinstance(entry, ListEntry | Feed) and entry.organ:
        made.organ.CopyFrom(_ref(entry.organ, catalogue.organs))
    if isinstance(entry, ExemptionList):
        made.organ.title = entry.organ
    return made


def _fact(fact: FactEntry) -> catalogue_pb2.CatalogueFact:
    return catalogue_pb2.CatalogueFact(
        definition=fact_definition(fact), source=_SOURCES[fact.source], has_default=fact.default is not None
    )


def _item(item: Item, catalogue: Catalogue) -> catalogue_pb2.CatalogueItem:
    organ: Organ = catalogue.organs[item.organ]
    roles = item.required_roles if isinstance(item.required_roles, tuple) else ()
    return catalogue_pb2.CatalogueItem(
        item=common_pb2.Ref(code=item.code, title=item.title),
        organ=common_pb2.Ref(code=organ.code, title=organ.title),
        traits=[_ref(code, catalogue.traits) for code in item.traits],
        required_roles=[_ROLES[role] for role in roles],
    )
