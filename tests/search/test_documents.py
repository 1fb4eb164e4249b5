"""What of a rule set is searched."""

from datetime import date

from creditgate_server.exemptions.search.documents import Field, TitledCitation, documents_of
from creditgate_server.rulebook.catalogue import ExemptionKind

from .library import rule_set

DOCUMENTS = {document.code: document for document in documents_of(rule_set())}


def test_each_entry_is_a_document_in_the_order_of_the_catalogue():
    assert list(DOCUMENTS) == ["m17", "m15", "m01", "w01", "d01", "d02", "f07"]


def test_a_version_comes_from_each_rule_that_exempts_and_from_no_other():
    versions = [(one.list_code, one.kind, one.regions) for one in DOCUMENTS["m17"].versions]
    assert versions == [
        ("shanghai", ExemptionKind.MINOR, ("310000",)),
        ("nation-2025", ExemptionKind.FIRST, ("000000",)),
    ]
    assert DOCUMENTS["f07"].versions == ()


def test_every_kind_of_exemption_is_known_by_what_its_rule_gives():
    kinds = {code: {one.kind for one in document.versions} for code, document in DOCUMENTS.items()}
    assert kinds["m15"] == {ExemptionKind.MINOR}
    assert kinds["w01"] == {ExemptionKind.FIRST}
    assert kinds["d01"] == {ExemptionKind.FINE_WAIVED}
    assert kinds["d02"] == {ExemptionKind.LIGHTER}


def test_a_version_has_its_period_circumstances_list_and_basis():
    lapsed, current = DOCUMENTS["m17"].versions
    assert lapsed.effective.until == date(2023, 12, 24)
    assert current.circumstances == "货值金额不超过五百元, 立即销毁"
    assert current.list_title == "首违不罚、轻微免罚清单(一)"
    assert current.basis == (TitledCitation("penalty-law", "中华人民共和国行政处罚法(2021修订)", "第三十三条第一款"),)


def test_organ_and_basis_come_with_their_titles():
    assert DOCUMENTS["d01"].organ_title == "水务局"
    assert [one.text for one in DOCUMENTS["d01"].penalty_basis] == ["中华人民共和国水土保持法第五十五条"]


def test_a_text_that_several_versions_share_is_one():
    texts = [text for text in DOCUMENTS["m17"].texts() if text.field is Field.EXEMPTION_BASIS]
    assert [(text.number, text.text) for text in texts] == [(0, "中华人民共和国行政处罚法(2021修订)第三十三条第一款")]
