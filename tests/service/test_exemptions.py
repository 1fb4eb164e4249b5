"""Searching and reading the exemption lists of the shipped rules on a running service."""

from __future__ import annotations

import grpc
import pytest

from creditgate.v1 import common_pb2, exemptions_pb2, exemptions_pb2_grpc, leniency_pb2, leniency_pb2_grpc

from ..shared import RULES
from .errors import detail, violation
from .running import Service, serving

Lists = exemptions_pb2_grpc.ExemptionListServiceStub
MINOR, FIRST = exemptions_pb2.EXEMPTION_KIND_MINOR, exemptions_pb2.EXEMPTION_KIND_FIRST


@pytest.fixture(scope="module")
def lists(channel: grpc.Channel) -> Lists:
    return Lists(channel)


def search(lists: Lists, query: str, **fields: object) -> exemptions_pb2.SearchExemptionsResponse:
    return lists.SearchExemptions(exemptions_pb2.SearchExemptionsRequest(query=query, **fields))


def get(lists: Lists, code: str, **fields: object) -> exemptions_pb2.ExemptionEntry:
    return lists.GetExemption(exemptions_pb2.GetExemptionRequest(exemption=code, **fields)).exemption


def codes(found: exemptions_pb2.SearchExemptionsResponse) -> list[str]:
    return [hit.exemption.code for hit in found.hits]


def test_expired_food_is_found_first_with_the_matched_parts(lists: Lists) -> None:
    found = search(lists, "过期食品", region="441900")
    hit = found.hits[0]
    assert (hit.exemption.code, hit.exemption.title, hit.organ.code) == (
        "m17",
        "经营超过保质期的食品、食品添加剂",
        "market-regulation",
    )
    assert hit.in_force
    (version,) = hit.versions
    assert (version.rule, version.exemption_list.code, version.kind) == ("m17-samr-2025-1-first", "samr-2025-1", FIRST)
    assert (version.from_on, version.HasField("until_on")) == ("2025-01-27", False)
    assert [(one.code, one.title) for one in version.regions] == [("000000", "全国")]
    assert version.in_force
    keyword = next(one for one in hit.matches if one.text == "过期食品")
    assert keyword.field == exemptions_pb2.EXEMPTION_FIELD_KEYWORDS
    assert [(part.start, part.end) for part in keyword.ranges] == [(0, 4)]
    title = next(one for one in hit.matches if one.field == exemptions_pb2.EXEMPTION_FIELD_TITLE)
    assert "食品" in {title.text[part.start : part.end] for part in title.ranges}


def test_no_region_means_the_services_own(lists: Lists) -> None:
    """Tianjin's list has the entry too, and no force in Dongguan."""
    here = search(lists, "过期食品")
    assert (here.region.code, here.hits[0].versions[0].exemption_list.code, len(here.hits[0].versions)) == (
        "441900",
        "samr-2025-1",
        1,
    )
    there = search(lists, "过期食品", region="120000").hits[0]
    assert {version.exemption_list.code for version in there.versions} == {"samr-2025-1", "tj-market-2025"}


def test_another_city_is_a_setting(tmp_path) -> None:
    with serving(tmp_path, region="120000") as service, service.channel() as channel:
        found = search(Lists(channel), "过期食品")
    assert found.region.code == "120000"
    assert {version.exemption_list.code for version in found.hits[0].versions} == {"samr-2025-1", "tj-market-2025"}


def test_an_organ_has_its_own_name_at_home_and_a_common_one_elsewhere(lists: Lists) -> None:
    home = search(lists, "m17", region="441900").hits[0]
    away = search(lists, "m17", region="120000").hits[0]
    assert (home.exemption.code, home.organ.title) == ("m17", "东莞市市场监督管理局")
    assert (away.exemption.code, away.organ.title) == ("m17", "市场监督管理部门")
    assert get(lists, "m17", region="120000").organ.title == "市场监督管理部门"
    assert get(lists, "m17", region="441900").organ.title == "东莞市市场监督管理局"


def test_a_list_is_found_wherever_it_is_in_force(lists: Lists) -> None:
    found = search(lists, "过期食品", exemption_list="tj-market-2025")
    assert (codes(found), found.HasField("region")) == (["m17"], False)
    assert [version.exemption_list.code for version in found.hits[0].versions] == ["tj-market-2025"]
    assert codes(search(lists, "过期食品", exemption_list="tj-market-2025", region="441900")) == []


def test_kinds_and_organ_only_take_away(lists: Lists) -> None:
    assert "m17" in codes(search(lists, "过期食品", kinds=[FIRST]))
    assert "m17" in codes(search(lists, "过期食品", kinds=[MINOR, FIRST]))
    assert "m17" not in codes(search(lists, "过期食品", kinds=[MINOR]))
    assert "m17" in codes(search(lists, "过期食品", organ="market-regulation"))
    assert codes(search(lists, "过期食品", organ="water")) == []


@pytest.mark.parametrize(("day", "found"), [("2025-01-26", False), ("2025-01-27", True), ("2030-01-01", True)])
def test_an_entry_is_found_from_its_lists_first_day_on(lists: Lists, day: str, found: bool) -> None:
    answer = search(lists, "过期食品", as_of=day)
    assert ("m17" in codes(answer), answer.as_of) == (found, day)


@pytest.mark.parametrize(("day", "found"), [("2026-10-13", True), ("2026-10-14", False)])
def test_and_to_its_lists_last_day(lists: Lists, day: str, found: bool) -> None:
    """中山市卫生健康清单 ended on 2026-10-13."""
    answer = search(lists, "离职没给体检档案", region="442000", as_of=day)
    assert ("h03" in codes(answer)) is found


def test_what_is_not_in_force_comes_last_where_it_is_wanted(lists: Lists) -> None:
    answer = search(lists, "消毒 食品", region="442000", as_of="2026-10-14", include_not_in_force=True)
    in_force = [hit.in_force for hit in answer.hits]
    assert in_force == sorted(in_force, reverse=True)
    assert set(in_force) == {True, False}
    lapsed = next(hit for hit in answer.hits if hit.exemption.code == "h02")
    assert [version.in_force for version in lapsed.versions] == [False]


def test_pages_are_the_whole_in_order_and_once(lists: Lists) -> None:
    whole = search(lists, "行政处罚法33条", include_not_in_force=True, page_size=100)
    assert whole.total_size == len(whole.hits) > 4
    assert whole.next_page_token == ""
    pages, token, number = [], "", 0
    while token or not number:
        number += 1
        page = search(lists, "行政处罚法33条", include_not_in_force=True, page_size=2, page_token=token)
        assert page.total_size == whole.total_size
        pages += codes(page)
        token = page.next_page_token
    assert number == -(-whole.total_size // 2)
    assert pages == codes(whole)


def test_a_token_of_another_search_is_refused(lists: Lists) -> None:
    first = {"query": "行政处罚法33条", "page_size": 1}
    token = search(lists, **first).next_page_token
    assert token
    for other in ({"query": "消毒"}, {"region": "442000"}, {"as_of": "2025-02-01"}, {"kinds": [FIRST]}):
        with pytest.raises(grpc.RpcError) as refused:
            search(lists, **first | {"page_token": token} | other)
        assert violation(refused.value).field == "page_token"


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"query": ""}, "query", ""),
        ({"query": " \u3000"}, "query", ""),
        ({"query": "。,!"}, "query", ""),
        ({"query": "食" * 201}, "query", ""),
        ({"organ": "market-regulatio"}, "organ", "market-regulation"),
        ({"region": "44190"}, "region", "441900"),
        ({"region": "dongguan"}, "region", "441900"),
        ({"region": "941900"}, "region", "441900"),
        ({"exemption_list": "samr-2025"}, "exemption_list", "samr-2025-1"),
        ({"kinds": [FIRST, 99]}, "kinds[1]", "ExemptionKind"),
        ({"kinds": [0]}, "kinds[0]", "ExemptionKind"),
        ({"as_of": "2026/11/20"}, "as_of", "YYYY-MM-DD"),
        ({"as_of": ""}, "as_of", "不给这一项"),
        ({"as_of": "2026-02-29"}, "as_of", ""),
        ({"as_of": "1989-12-31"}, "as_of", ""),
        ({"page_size": -1}, "page_size", "100"),
        ({"page_token": "2"}, "page_token", ""),
        ({"page_token": "0-" + "a" * 2_000}, "page_token", ""),
    ],
)
def test_a_wrong_search_names_its_field(lists: Lists, fields: dict[str, object], field: str, told: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        search(lists, **{"query": "食品"} | fields)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violation(refused.value).field == field
    assert told in detail(refused.value).metadata.get("hint", "")


def test_an_entry_comes_with_every_list_and_its_conditions(lists: Lists) -> None:
    entry = get(lists, "m17")
    assert (entry.exemption.title, entry.organ.title) == ("经营超过保质期的食品、食品添加剂", "东莞市市场监督管理局")
    assert [(one.instrument.title, one.article) for one in entry.penalty_basis] == [
        ("中华人民共和国食品安全法(2025修正)", "第三十四条第十项"),
        ("中华人民共和国食品安全法(2025修正)", "第一百二十四条第一款第五项"),
    ]
    assert "过期食品" in entry.keywords
    national, tianjin = entry.versions
    assert (national.version.exemption_list.code, national.in_region, national.version.in_force) == (
        "samr-2025-1",
        True,
        True,
    )
    assert (tianjin.version.exemption_list.code, tianjin.in_region, tianjin.version.in_force) == (
        "tj-market-2025",
        False,
        False,
    )
    assert national.list_version == "清单(一)"
    assert national.instrument.number == "国市监法〔2025〕10号"
    assert "涉案货值金额不超过 500 元" in [sentence.text for sentence in national.conditions]
    numbers = [sentence.number for sentence in national.conditions]
    assert [number for number in numbers if "." not in number] == [str(place) for place in range(1, 7)]
    assert list(national.exclusions) == ["属于餐饮环节", "触及食品安全、公共安全等安全底线", "恶意违法", "屡查屡犯"]
    assert [one.measure.code for one in national.soft_measures] == ["order-correction", "education"]
    assert [basis.article for basis in national.basis] == ["第三十三条第一款", ""]
    assert tianjin.remark.startswith("进货查验、销毁和配合调查")


def test_the_versions_of_an_entry_are_paged_in_the_order_of_the_entry(lists: Lists) -> None:
    entry = get(lists, "m17", region="120000")
    assert entry.version_count == len(entry.versions) == 2
    asked = {"exemption": "m17", "region": "120000", "page_size": 1}
    first = lists.ListExemptionVersions(exemptions_pb2.ListExemptionVersionsRequest(**asked))
    asked["page_token"] = first.next_page_token
    second = lists.ListExemptionVersions(exemptions_pb2.ListExemptionVersionsRequest(**asked))
    assert [*first.versions, *second.versions] == list(entry.versions)
    assert (first.total_size, second.total_size, second.next_page_token) == (2, 2, "")
    with pytest.raises(grpc.RpcError) as refused:
        lists.ListExemptionVersions(exemptions_pb2.ListExemptionVersionsRequest(**asked | {"region": "441900"}))
    assert detail(refused.value).reason == "PAGE_TOKEN_INVALID"


def test_an_entry_seen_from_another_region_and_day(lists: Lists) -> None:
    entry = get(lists, "m17", region="120000", as_of="2025-01-26")
    assert [(one.in_region, one.version.in_force) for one in entry.versions] == [(True, False), (True, False)]
    assert (entry.region.code, entry.as_of) == ("120000", "2025-01-26")


def test_an_entry_is_also_named_by_its_basic_code(lists: Lists) -> None:
    entry = get(lists, "440216139000")
    assert (entry.exemption.code, entry.organ.code) == ("d01", "water")
    assert {detail.version.kind for detail in entry.versions} == {MINOR, FIRST}


@pytest.mark.parametrize(
    ("fields", "code", "field", "told"),
    [
        ({"exemption": ""}, grpc.StatusCode.INVALID_ARGUMENT, "exemption", ""),
        ({"exemption": "m1777"}, grpc.StatusCode.NOT_FOUND, "exemption", "m17"),
        ({"exemption": "过期食品"}, grpc.StatusCode.NOT_FOUND, "exemption", "search"),
        ({"region": "1"}, grpc.StatusCode.INVALID_ARGUMENT, "region", "441900"),
        ({"as_of": "tomorrow"}, grpc.StatusCode.INVALID_ARGUMENT, "as_of", "YYYY-MM-DD"),
    ],
)
def test_a_wrong_request_for_an_entry_names_its_field(
    lists: Lists, fields: dict[str, str], code: grpc.StatusCode, field: str, told: str
) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        lists.GetExemption(exemptions_pb2.GetExemptionRequest(**{"exemption": "m17"} | fields))
    assert refused.value.code() is code
    assert detail(refused.value).metadata["field"] == field
    assert told in detail(refused.value).metadata.get("hint", "")


def test_every_entry_of_the_library_can_be_read_and_found_by_its_code(lists: Lists) -> None:
    lines = [line for path in (RULES / "exemptions").glob("*.yaml") for line in path.read_text("utf-8").splitlines()]
    start = "  - code: "
    known = {line.removeprefix(start) for line in lines if line.startswith(start) and len(line) < len(start) + 5}
    assert len(known) >= 130
    for code in known:
        entry = get(lists, code)
        assert entry.versions and all(detail.conditions for detail in entry.versions)
        version = entry.versions[0].version
        found = search(lists, code, exemption_list=version.exemption_list.code, include_not_in_force=True)
        assert found.hits[0].exemption.code == code


def test_a_search_leaves_a_log_line_and_no_receipt(lists: Lists, service: Service) -> None:
    before = service.receipts()
    search(lists, "过期食品", organ="market-regulation")
    line = service.await_event(method="SearchExemptions", organ="market-regulation", status="OK")
    assert line["caller"] == "local"
    assert service.receipts() == before


def test_an_entry_of_another_place_is_a_reference_that_says_why_it_does_not_bind(lists: Lists) -> None:
    """Smoke detectors are on Shanghai's list, and on none of Guangdong's or the nation's."""
    found = search(lists, "烟感坏了", region="441900")
    assert not [hit for hit in found.hits if hit.fits]
    reference = found.references[0]
    assert (reference.exemption.code, reference.in_force, reference.fits) == ("f01", False, True)
    (version,) = reference.versions
    assert (version.exemption_list.code, version.in_force) == ("sh-fire", False)
    assert version.not_binding == "是上海市的清单, 对广东省东莞市没有约束力"
    there = search(lists, "烟感坏了", region="310000").hits[0]
    assert (there.exemption.code, there.fits, there.versions[0].not_binding) == ("f01", True, "")


def test_a_list_that_has_ended_says_so(lists: Lists) -> None:
    """天津市's labour list ended on 2026-07-31."""
    last = search(lists, "超时加班", region="120000", as_of="2026-07-31")
    assert (codes(last)[0], list(last.references), last.HasField("law")) == ("l08", [], False)
    after = search(lists, "超时加班", region="120000", as_of="2026-08-01")
    reference = next(hit for hit in after.references if hit.exemption.code == "l08")
    assert [version.not_binding for version in reference.versions] == ["施行到 2026-07-31 为止"]
    assert after.law.organ.code == "human-resources"


def test_the_law_answers_where_no_list_names_the_act_as_a_question_that_can_be_evaluated(
    lists: Lists, channel: grpc.Channel
) -> None:
    found = search(lists, "菜场的电子秤少给斤两", region="441900")
    assert not [hit for hit in found.hits if hit.fits] and not found.references
    law = found.law
    assert (law.organ.code, law.organ.title) == ("market-regulation", "东莞市市场监督管理局")
    general = {rule.rule.code: [one.article for one in rule.basis] for rule in law.rules}
    assert all(article.startswith("第三十三条") for article in general["law-minor"] + general["law-first"])
    minor = next(one for one in law.facts if one.fact.code == "minor")
    assert minor.type == common_pb2.FACT_TYPE_FLAG and minor.fact.title
    assert {"minor", "consequences"} <= {one.fact.code for one in law.facts}
    assert all(rule.conditions for rule in law.rules)
    evaluated = (
        leniency_pb2_grpc.LeniencyServiceStub(channel)
        .EvaluateLeniency(
            leniency_pb2.EvaluateLeniencyRequest(
                question=leniency_pb2.LeniencyQuestion(
                    organ=law.organ.code,
                    description=law.description,
                    case_number="20261118-0007",
                    subject=common_pb2.SubjectIdentity(uscc="91441900708017879M"),
                    acted_on="2026-11-18",
                    discovered_on="2026-11-18",
                    region=found.region.code,
                    purpose="检索后判断",
                )
            )
        )
        .answer
    )
    assert {rule.rule.code for rule in law.rules} <= {ground.rule.code for ground in evaluated.grounds}


def test_an_entry_in_force_that_fits_leaves_no_question_to_the_law(lists: Lists) -> None:
    assert not search(lists, "过期食品", region="441900").HasField("law")


def test_references_and_law_come_with_the_first_page_alone(lists: Lists) -> None:
    first = search(lists, "结婚登记要带什么备案", region="510000", include_not_in_force=True, page_size=1)
    assert first.HasField("law") and first.next_page_token
    after = search(
        lists,
        "结婚登记要带什么备案",
        region="510000",
        include_not_in_force=True,
        page_size=1,
        page_token=first.next_page_token,
    )
    assert not after.HasField("law") and not after.references


def test_full_pinyin_finds_and_marks(lists: Lists) -> None:
    hit = search(lists, "guoqi shipin").hits[0]
    assert (hit.exemption.code, hit.fits) == ("m17", True)
    assert any(match.ranges for match in hit.matches)
