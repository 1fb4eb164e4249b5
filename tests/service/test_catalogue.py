"""CatalogueService: what it lists is what the rule files say; a form made of it alone asks nothing that is refused."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import grpc
import pytest

from creditgate.v1 import (
    catalogue_pb2,
    catalogue_pb2_grpc,
    common_pb2,
    credit_check_pb2,
    leniency_pb2,
    leniency_pb2_grpc,
)
from creditgate_server.clock import legal_day
from creditgate_server.rulebook.load import read_directory

from ..shared import RULES
from .errors import detail, violation
from .running import ITEM, ORGAN, TRUSTED, Gate, question

pb = catalogue_pb2
Stub = catalogue_pb2_grpc.CatalogueServiceStub
TODAY = legal_day(datetime.now(UTC))
FILLED = 500
THREE = (ITEM, "road-transport-licence", "government-procurement")
ENTRY = "m17"


@pytest.fixture(scope="module")
def stub(channel: grpc.Channel) -> Stub:
    return Stub(channel)


def pages(stub: Stub, section: int, size: int) -> Iterator[pb.ListCatalogueEntriesResponse]:
    token = ""
    while True:
        page = stub.ListCatalogueEntries(
            pb.ListCatalogueEntriesRequest(section=section, page_size=size, page_token=token)
        )
        yield page
        token = page.next_page_token
        if not token:
            return


@pytest.mark.parametrize("section", [one for one in pb.CatalogueSection.values() if one])
def test_a_section_is_listed_whole_page_by_page_in_its_order(stub: Stub, section: int) -> None:
    catalogue = read_directory(RULES).rule_set.catalogue
    name = pb.CatalogueSection.Name(section).removeprefix("CATALOGUE_SECTION_").lower()
    wanted = [(one.code, one.title) for one in getattr(catalogue, name).values()]
    for size in (7, 500):
        found = [(one.entry.code, one.entry.title) for page in pages(stub, section, size) for one in page.entries]
        assert found == wanted


def test_a_measure_and_a_ladder_say_what_they_are(stub: Stub) -> None:
    (page,) = pages(stub, pb.CATALOGUE_SECTION_MEASURES, 500)
    route = next(one for one in page.entries if one.entry.code == "no-commitment-route")
    assert (route.entry.title, route.measure_kind) == ("不适用告知承诺制", credit_check_pb2.MEASURE_KIND_RESTRAINT)
    assert route.instruction and not route.prohibits
    assert any(one.prohibits for one in page.entries)
    (page,) = pages(stub, pb.CATALOGUE_SECTION_LADDERS, 500)
    tax = next(one for one in page.entries if one.entry.code == "tax")
    assert list(tax.ratings) == ["A", "B", "M", "C", "D"]
    assert not tax.HasField("measure_kind")


def test_facts_are_listed_by_who_brings_them(stub: Stub) -> None:
    found = {
        source: [
            one.definition.fact.code
            for one in stub.ListCatalogueFacts(pb.ListCatalogueFactsRequest(source=source, page_size=200)).facts
        ]
        for source in pb.FactSource.values()
    }
    assert "commitment_requested" in found[pb.FACT_SOURCE_APPLICATION]
    assert "goods_value" in found[pb.FACT_SOURCE_VIOLATION]
    assert "grade" not in found[pb.FACT_SOURCE_UNSPECIFIED]
    assert sorted(found[1] + found[2]) == sorted(found[0])


def test_an_item_says_what_a_check_of_it_asks_and_what_can_come_of_it(stub: Stub) -> None:
    shown = stub.GetCatalogueItem(pb.GetCatalogueItemRequest(item=ITEM))
    assert (shown.item.item.title, shown.item.organ.code) == ("食品经营许可", ORGAN)
    facts = {one.definition.fact.code: one for one in shown.item.facts}
    assert facts["commitment_requested"].definition.type == common_pb2.FACT_TYPE_FLAG
    assert "no-commitment-route" in {one.entry.code for one in shown.item.measures}
    assert shown.as_of == TODAY.isoformat()
    assert shown.rule_set == read_directory(RULES).rule_set.digest


def test_items_are_listed_by_organ_without_their_facts(stub: Stub) -> None:
    page = stub.ListCatalogueItems(pb.ListCatalogueItemsRequest(organ=ORGAN))
    assert {one.organ.code for one in page.items} == {ORGAN}
    assert ITEM in {one.item.code for one in page.items}
    assert not any(one.facts or one.measures for one in page.items)


def test_the_form_of_an_entry_asks_its_own_circumstances_first(stub: Stub) -> None:
    """Entry m17: goods below 500 yuan whose source is explained; 行政处罚法 33 asks for the consequences as well."""
    shown = stub.GetExemptionForm(pb.GetExemptionFormRequest(exemption=ENTRY, region="441900"))
    assert (shown.organ.code, shown.region) == (ORGAN, "441900")
    names = [one.definition.fact.code for one in shown.facts]
    assert {"goods_value", "source_explained", "consequences"} <= set(names)
    assert names.index("goods_value") < len(names) / 2


WRONG = {
    "no section": ("ListCatalogueEntries", pb.ListCatalogueEntriesRequest(), "section"),
    "section out of range": ("ListCatalogueEntries", pb.ListCatalogueEntriesRequest(section=99), "section"),
    "source out of range": ("ListCatalogueFacts", pb.ListCatalogueFactsRequest(source=9), "source"),
    "organ unknown": ("ListCatalogueItems", pb.ListCatalogueItemsRequest(organ="nobody"), "organ"),
    "item missing": ("GetCatalogueItem", pb.GetCatalogueItemRequest(), "item"),
    "day to come": ("GetCatalogueItem", pb.GetCatalogueItemRequest(item=ITEM, as_of="2999-01-01"), "as_of"),
    "day empty": ("GetCatalogueItem", pb.GetCatalogueItemRequest(item=ITEM, as_of=""), "as_of"),
    "region unknown": ("GetExemptionForm", pb.GetExemptionFormRequest(exemption=ENTRY, region="990000"), "region"),
    "size below nothing": ("ListCatalogueItems", pb.ListCatalogueItemsRequest(page_size=-1), "page_size"),
    "token of nobody": ("ListCatalogueItems", pb.ListCatalogueItemsRequest(page_token="AAAA"), "page_token"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_request_names_its_field(stub: Stub, name: str) -> None:
    method, request, field = WRONG[name]
    with pytest.raises(grpc.RpcError) as refused:
        getattr(stub, method)(request)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violation(refused.value).field == field


def test_a_token_of_other_filters_is_refused(stub: Stub) -> None:
    token = stub.ListCatalogueItems(pb.ListCatalogueItemsRequest(page_size=1)).next_page_token
    assert token
    with pytest.raises(grpc.RpcError) as refused:
        stub.ListCatalogueItems(pb.ListCatalogueItemsRequest(page_size=1, page_token=token, organ=ORGAN))
    assert detail(refused.value).reason == "PAGE_TOKEN_INVALID"


# -- a title in place of a code ---------------------------------------------------------------------------------------

TITLED = {
    "organ": ({"organ": "东莞市市场监督管理局"}, ORGAN),
    "item": ({"item": "食品经营许可"}, ITEM),
    "fact": (
        {"facts": [common_pb2.Fact(name="申请以告知承诺方式办理", value=common_pb2.FactValue(flag=True))]},
        "commitment_requested",
    ),
}


@pytest.mark.parametrize("name", TITLED)
def test_a_title_in_place_of_a_code_gets_the_code_named(gate: Gate, name: str) -> None:
    changes, code = TITLED[name]
    with pytest.raises(grpc.RpcError) as refused:
        gate.Check(question(**changes))
    assert code in detail(refused.value).metadata["hint"]


def test_an_items_title_in_the_catalogue_gets_the_code_named(stub: Stub) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        stub.GetCatalogueItem(pb.GetCatalogueItemRequest(item="食品经营许可"))
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND
    assert detail(refused.value).metadata["hint"] == f"这是名称, 代码是 {ITEM}"


# -- a form made of the catalogue alone -------------------------------------------------------------------------------


def filled(fact: common_pb2.FactDefinition, draw: random.Random) -> common_pb2.FactValue:
    """A value that the definition allows, typed or written."""
    written = draw.random() < 0.3
    if fact.type == common_pb2.FACT_TYPE_FLAG:
        value = draw.random() < 0.5
        return common_pb2.FactValue(written=str(value).lower()) if written else common_pb2.FactValue(flag=value)
    if fact.type == common_pb2.FACT_TYPE_CHOICE:
        choice = draw.choice(fact.choices).code
        return common_pb2.FactValue(written=choice) if written else common_pb2.FactValue(choice=choice)
    if fact.type == common_pb2.FACT_TYPE_DAY:
        day = (TODAY - timedelta(days=draw.randrange(1, 2_000))).isoformat()
        return common_pb2.FactValue(written=day) if written else common_pb2.FactValue(day=day)
    number = draw.randrange(100)
    if fact.type == common_pb2.FACT_TYPE_MONEY:
        return common_pb2.FactValue(written=f"{number}.50") if written else common_pb2.FactValue(fen=number * 100)
    assert fact.type == common_pb2.FACT_TYPE_WHOLE
    return common_pb2.FactValue(written=str(number)) if written else common_pb2.FactValue(whole=number)


def form(facts: list[pb.CatalogueFact], draw: random.Random) -> list[common_pb2.Fact]:
    return [
        common_pb2.Fact(name=one.definition.fact.code, value=filled(one.definition, draw))
        for one in facts
        if draw.random() < 0.7
    ]


def test_no_form_that_is_filled_by_the_catalogue_is_refused(stub: Stub, gate: Gate, channel: grpc.Channel) -> None:
    draw = random.Random(16)
    items = [stub.GetCatalogueItem(pb.GetCatalogueItemRequest(item=code)).item for code in THREE]
    entry = stub.GetExemptionForm(pb.GetExemptionFormRequest(exemption=ENTRY))
    leniency = leniency_pb2_grpc.LeniencyServiceStub(channel)
    contradictions = 0
    for number in range(FILLED):
        if number % 4 < 3:
            item = items[number % 4]
            asked = question(organ=item.organ.code, item=item.item.code, facts=form(list(item.facts), draw))
            assert gate.Check(asked).answer.receipt.receipt_id
            continue
        act = leniency_pb2.LeniencyQuestion(
            organ=entry.organ.code,
            exemption=entry.exemption.code,
            case_number=f"表单-{number}",
            subject=common_pb2.SubjectIdentity(uscc=TRUSTED),
            purpose="表单",
            facts=form(list(entry.facts), draw),
        )
        try:
            leniency.EvaluateLeniency(leniency_pb2.EvaluateLeniencyRequest(question=act))
        except grpc.RpcError as refused:  # two answers that can't both be so are told; type, unit and choice never are
            assert "互相矛盾" in refused.details(), refused.details()
            contradictions += 1
    assert contradictions < FILLED / 4


def test_days_of_the_catalogue_are_those_of_the_rules(stub: Stub) -> None:
    """The item is shown by the rules of the day that is asked for."""
    then = stub.GetCatalogueItem(pb.GetCatalogueItemRequest(item=ITEM, as_of=date(2024, 1, 2).isoformat()))
    assert then.as_of == "2024-01-02"
    assert then.item.measures
