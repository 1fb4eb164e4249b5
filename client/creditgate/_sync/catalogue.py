# Generated from calls/catalogue.py by tools/generate_sync.py. Do not edit.
"""The catalogue: what can be asked for, and what a form needs to ask it."""

from __future__ import annotations

from datetime import date

from creditgate.v1 import catalogue_pb2

from .._contract import (
    CatalogueEntries,
    CatalogueFacts,
    CatalogueItems,
    CatalogueSection,
    ExemptionForm,
    FactSource,
    ShownItem,
)
from ..transport import Method
from ..wire import pack, unpack
from .caller import Caller

LIST_ENTRIES = Method("CatalogueService/ListCatalogueEntries", catalogue_pb2.ListCatalogueEntriesResponse)
LIST_FACTS = Method("CatalogueService/ListCatalogueFacts", catalogue_pb2.ListCatalogueFactsResponse)
LIST_ITEMS = Method("CatalogueService/ListCatalogueItems", catalogue_pb2.ListCatalogueItemsResponse)
GET_ITEM = Method("CatalogueService/GetCatalogueItem", catalogue_pb2.GetCatalogueItemResponse)
GET_FORM = Method("CatalogueService/GetExemptionForm", catalogue_pb2.GetExemptionFormResponse)


class CatalogueCalls(Caller):
    """A part of the client."""

    def catalogue_entries(
        self,
        section: CatalogueSection | str,
        *,
        page_size: int = 0,
        page_token: str = "",
        rule_set: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> CatalogueEntries:
        """A page of a section, in the catalogue's order. Raises InvalidQuestion."""
        request = pack(
            catalogue_pb2.ListCatalogueEntriesRequest,
            section=section,
            page_size=page_size,
            page_token=page_token,
            rule_set=rule_set,
        )
        return unpack(CatalogueEntries, self._call(LIST_ENTRIES, request, timeout, traceparent))

    def catalogue_facts(
        self,
        source: FactSource | str | None = None,
        *,
        page_size: int = 0,
        page_token: str = "",
        rule_set: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> CatalogueFacts:
        """A page of the facts that questions can bring. Raises InvalidQuestion."""
        request = pack(
            catalogue_pb2.ListCatalogueFactsRequest,
            source=source,
            page_size=page_size,
            page_token=page_token,
            rule_set=rule_set,
        )
        return unpack(CatalogueFacts, self._call(LIST_FACTS, request, timeout, traceparent))

    def catalogue_items(
        self,
        organ: str = "",
        *,
        page_size: int = 0,
        page_token: str = "",
        rule_set: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> CatalogueItems:
        """A page of approval items, without facts and measures. Raises InvalidQuestion."""
        request = pack(
            catalogue_pb2.ListCatalogueItemsRequest,
            organ=organ,
            page_size=page_size,
            page_token=page_token,
            rule_set=rule_set,
        )
        return unpack(CatalogueItems, self._call(LIST_ITEMS, request, timeout, traceparent))

    def catalogue_item(
        self,
        item: str,
        *,
        as_of: date | str | None = None,
        rule_set: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ShownItem:
        """An item with the facts that its rules look at and the measures that can come of it. Raises UnknownThing."""
        request = pack(catalogue_pb2.GetCatalogueItemRequest, item=item, as_of=as_of, rule_set=rule_set)
        return unpack(ShownItem, self._call(GET_ITEM, request, timeout, traceparent))

    def exemption_form(
        self,
        exemption: str,
        *,
        region: str = "",
        as_of: date | str | None = None,
        rule_set: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> ExemptionForm:
        """What an exemption entry asks, what decides most first. Raises UnknownThing."""
        request = pack(
            catalogue_pb2.GetExemptionFormRequest, exemption=exemption, region=region, as_of=as_of, rule_set=rule_set
        )
        return unpack(ExemptionForm, self._call(GET_FORM, request, timeout, traceparent))
