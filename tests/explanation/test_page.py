"""The page: one file that needs nothing, says all, and lets no text become markup."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import msgspec
import pytest

from creditgate_server.studies.explanation.explanation import NO_RULES, explain
from creditgate_server.studies.explanation.page import page
from creditgate_server.studies.explanation.words import masked, shown_subject

from .receipts import checked, explained, known, material, record

CHANGE = "company-registration-change"
CITIZEN = "11010519491231002X"  # the standard's own sample
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;"


class Elements(HTMLParser):
    """Every element with its attributes, and the text."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.heads: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.tags and self.tags[-1][0] in ("h1", "h2"):
            self.heads.append(data)


def written(**changes: object) -> str:
    listed = record("list_entry", date(2024, 1, 15), listed="market-serious", **changes)
    receipt = checked(CHANGE, known(listed), case="东莞变更2026-9")
    return page(explained(receipt), receipt.answer)


def test_the_page_says_all_that_matters_in_reading_order() -> None:
    read = Elements(written())
    assert [head for head in read.heads if head.strip()] == [
        "信用核查结果说明",
        "您现在可以做什么",
        "问了什么",
        "哪些规则起了作用",
        "几条规则之间谁优先",
        "当时知道什么, 从哪里来, 有多旧",
        "怎样修复",
        "不服怎么办",
        "用到的数据",
    ]
    for part in ("第十五条", "2027-01-15", "东市监罚〔2026〕7号", "receipt verify", "60 日内", "东莞变更2026-9"):
        assert part in read.text


def test_the_page_needs_nothing_and_runs_nothing() -> None:
    read = Elements(written())
    names = {name for name, _ in read.tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "a", "form", "object", "svg", "base"})
    attributes = {attribute for _, found in read.tags for attribute in found}
    assert attributes.isdisjoint({"src", "href", "onclick", "onload", "onerror", "style"})
    policy = next(found["content"] for name, found in read.tags if "http-equiv" in found)
    assert policy is not None and policy.startswith("default-src 'none'")
    assert "@media print" in written() and "size:A4" in written()


@pytest.mark.parametrize("field", ["document_number", "organ_title"])
def test_hostile_text_stays_text(field: str) -> None:
    read = Elements(written(**{field: HOSTILE}))
    assert {name for name, _ in read.tags}.isdisjoint({"script", "img"})
    assert HOSTILE in read.text


def test_hostile_words_of_the_caller_stay_text() -> None:
    receipt = checked(CHANGE, known(), case=HOSTILE)
    read = Elements(page(explained(receipt), receipt.answer))
    assert {name for name, _ in read.tags}.isdisjoint({"script", "img"})
    assert HOSTILE in read.text


def test_an_identity_number_in_any_text_is_masked() -> None:
    receipt = checked(CHANGE, known(), case=f"案{CITIZEN}")
    told = page(explained(receipt), receipt.answer)
    assert CITIZEN not in told
    assert "案110***********002X" in told


def test_a_persons_hash_is_shown_by_its_ends_and_a_firms_code_whole() -> None:
    assert shown_subject("p:" + "0123456789abcdef" * 4) == "自然人(标识 012…cdef)"
    assert shown_subject("91441900708017879M") == "91441900708017879M"
    assert masked("914419000000000012") == "914419000000000012"  # no birth day in it: no identity number


def test_no_page_tells_a_whole_hash_of_a_person() -> None:
    person = "p:" + "0123456789abcdef" * 4
    receipt = checked(CHANGE, known(), known(identifier=person))
    told = page(explained(receipt), receipt.answer)
    assert not re.search("p:[0-9a-f]{8}", told)
    assert "自然人(标识 012…cdef)(代理人)" in Elements(told).text


@pytest.mark.parametrize("altered", [(), ("decision",)])
def test_notes_stand_at_the_foot_and_warnings_at_the_head(altered: tuple[str, ...]) -> None:
    receipt = checked(CHANGE, known())
    shown = msgspec.structs.replace(material(receipt, with_rules=False), altered=altered)
    told = explain(shown)
    assert NO_RULES in told.notes
    read = Elements(page(told, receipt.answer))
    assert read.text.index(told.headline) < read.text.index(NO_RULES)
    assert [note for note in told.notes if read.text.index(note) < read.text.index(told.headline)] == [
        note for note in told.notes if note.startswith("警告")
    ]
    assert any(note.startswith("警告") for note in told.notes) is bool(altered)
