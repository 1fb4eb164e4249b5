"""Verification as data: a thing is verified by its line in the register, as long as it says what was compared."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from creditgate_server.errors import Fault, RuleSetFault
from creditgate_server.rulebook.bundle import RuleSet, decode
from creditgate_server.rulebook.load import read_texts
from creditgate_server.rulebook.reader_verification import Register, read_as_written
from creditgate_server.rulebook.source import Faults, parse
from creditgate_server.rulebook.verification import VerifiedLine, register_text

from ..verifying import REGISTER, lines_of, verified, with_lines
from .test_parameters import BOOK
from .test_rulebooks import BASE, HERE

WITH_LIMIT = {**BASE, "zz-book.yaml": BOOK.encode()}
GRADE_A = "rule/grade-a@2021-01-01"


def faults_of(texts: dict[str, bytes]) -> list[Fault]:
    with pytest.raises(RuleSetFault) as caught:
        read_texts(texts, directory="rules")
    return list(caught.value.faults)


def put(texts: dict[str, bytes], name: str, before: str, after: str) -> dict[str, bytes]:
    text = texts[name].decode()
    assert before in text
    return {**texts, name: text.replace(before, after, 1).encode()}


def limited(rule_set: RuleSet) -> list[bool]:
    return [rule.verified for rule in rule_set.rules if rule.id == "limited"]


def test_without_a_line_nothing_is_verified():
    rule_set = read_texts(BASE).rule_set
    assert not any(rule.verified for rule in rule_set.rules)
    assert not any(entry.verified for entry in rule_set.catalogue.instruments.values())
    assert rule_set.verifications == ()
    assert b'"verifications"' not in rule_set.canonical  # rule sets from before there were lines keep their digests


def test_a_line_verifies_its_thing_alone_and_is_part_of_the_rule_set():
    rule_set = verified(BASE, GRADE_A, "instrument/credit-law")
    assert [rule.id for rule in rule_set.rules if rule.verified] == ["grade-a"]
    assert [entry.code for entry in rule_set.catalogue.instruments.values() if entry.verified] == ["credit-law"]
    again = decode(rule_set.canonical)
    assert again == rule_set
    assert again.verified[GRADE_A].day == date(2026, 12, 1)
    assert rule_set.digest != read_texts(BASE).rule_set.digest  # what is told as verified is proved by the digest


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("rule/limited@2021-01-01",), [False, False, False]),
        (("parameter/limit@2020-06-01", "parameter/limit@2022-04-01"), [False, False, False]),
        (("rule/limited@2021-01-01", "parameter/limit@2022-04-01"), [False, True, False]),
    ],
    ids=["rule-alone", "values-alone", "rule-and-one-value"],
)
def test_a_rule_is_verified_on_the_days_on_which_the_value_of_its_parameter_is(
    lines: tuple[str, ...], expected: list[bool]
):
    assert limited(verified(WITH_LIMIT, *lines)) == expected


def test_another_value_of_a_parameter_leaves_the_rules_own_line_as_it_is():
    texts = with_lines(WITH_LIMIT, "rule/limited@2021-01-01", "parameter/limit@2022-04-01")
    changed = put(texts, "zz-book.yaml", "value: 300", "value: 400")
    assert limited(read_texts(changed).rule_set) == [False, True, False]


@pytest.mark.parametrize(
    ("name", "file", "before", "after", "place"),
    [
        (GRADE_A, "rules-grade.yaml", "in: [A, B]", "in: [A]", (3, 5)),
        (GRADE_A, "rules-grade.yaml", "title: 国家评价为优", "title: 国家评价为优秀", (3, 5)),
        (GRADE_A, "rules-grade.yaml", "article: 第六条", "article: 第七条", (3, 5)),
        ("instrument/credit-law", "catalogue.yaml", "number: 第1号", "number: 第2号", (3, 5)),
        ("parameter/penalty-window@2021-01-01", "catalogue.yaml", "value: 24", "value: 12", (100, 14)),
        ("parameter/penalty-window@2021-01-01", "catalogue.yaml", "处罚记录的计算期限", "记录的计算期限", (100, 14)),
        ("list/wage-arrears", "catalogue.yaml", "severe: true", "severe: false", (50, 5)),
    ],
    ids=["condition", "title", "article", "number", "value", "title-of-a-value", "list"],
)
def test_what_was_verified_and_changed_is_refused_at_its_place(
    name: str, file: str, before: str, after: str, place: tuple[int, int]
):
    texts = with_lines(BASE, name)
    (fault,) = faults_of(put(texts, file, before, after))
    assert (fault.file, fault.line, fault.column) == (f"rules/{file}", *place), str(fault)
    assert f"{name} 核实以后内容改动了: rules/{REGISTER}:5 " in fault.message
    assert "撤回核实" in fault.hint

    withdrawn = put(dict(BASE), file, before, after)
    assert read_texts(withdrawn).rule_set.verifications == ()
    renewed = with_lines(put(dict(BASE), file, before, after), name)
    assert [line.of for line in read_texts(renewed).rule_set.verifications] == [name]


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("rules-grade.yaml", "when: {fact: rating, in: [A, B]}", 'when: {in: ["A", B], fact: rating}'),
        ("rules-grade.yaml", "accepts: [gap]", "verified: false\n    accepts: [gap]"),
        ("rules-grade.yaml", "because: 小规则库只有两个等级", "because: 只有两个等级"),
    ],
    ids=["order-and-quotes", "verified-false", "why-it-is-meant"],
)
def test_what_says_nothing_else_needs_no_new_line(file: str, before: str, after: str):
    changed = put(with_lines(BASE, GRADE_A), file, before, after)
    assert [rule.id for rule in read_texts(changed).rule_set.rules if rule.verified] == ["grade-a"]


@pytest.mark.parametrize(
    ("before", "after", "place", "fragment"),
    [
        ("of: rule/grade-a@2021-01-01", "of: rule/grade-b@2021-01-01", (4, 9), "规则库里没有 rule/grade-b@2021-01-01"),
        ("of: rule/grade-a@2021-01-01", "of: rule/grade-a@2022-01-01", (4, 9), "是不是 rule/grade-a@2021-01-01?"),
        ("of: rule/grade-a@2021-01-01", "of: grade-a", (4, 9), "应为名称"),
        ('article: "第六条"', 'article: "第七条"', (7, 9), "rule/grade-a@2021-01-01 没有引用 credit-law 第七条"),
        ('article: "第六条", ', "", (7, 9), "没有引用 credit-law"),
        ("day: 2026-12-01", "day: 2026-13-01", (7, 55), "没有 2026-13-01 这一天"),
        ("content: sha256:", "content: sha1:", (5, 14), "应为摘要"),
        (', post: "法制审核岗"', "", (7, 9), "缺少字段 post"),
    ],
    ids=["unknown", "another-day", "no-name", "not-cited", "article-left-out", "no-day", "no-digest", "no-post"],
)
def test_a_wrong_line_is_refused_at_its_place(before: str, after: str, place: tuple[int, int], fragment: str):
    faults = faults_of(put(with_lines(BASE, GRADE_A), REGISTER, before, after))
    found = [(fault.line, fault.column) for fault in faults if fragment in fault.message + fault.hint]
    assert found == [place], "\n".join(map(str, faults))
    assert {fault.file for fault in faults} == {f"rules/{REGISTER}"}


def test_a_thing_of_which_one_citation_was_not_read_is_unverified_and_the_others_stay_read():
    texts = with_lines(BASE, GRADE_A)
    cited = "basis: [{instrument: credit-law, article: 第六条}, {instrument: department-order, article: 第一条}]"
    texts = put(texts, "rules-grade.yaml", "basis: [{instrument: credit-law, article: 第六条}]", cited)
    content = read_texts({name: texts[name] for name in BASE}).register.things[GRADE_A].content
    (one,) = lines_of(BASE, GRADE_A)
    texts[REGISTER] = register_text([msgspec.structs.replace(one, content=content)])
    loaded = read_texts(texts)
    (rule,) = [one for one in loaded.rule_set.rules if one.id == "grade-a"]
    assert not rule.verified
    (line,) = loaded.rule_set.verifications
    assert [read.cited for read in line.read] == [("credit-law", "第六条")]
    assert line.partial is True
    assert GRADE_A not in loaded.rule_set.verified
    assert decode(loaded.rule_set.canonical) == loaded.rule_set


def test_a_thing_has_one_line():
    (one,) = lines_of(BASE, GRADE_A)
    texts = {**BASE, REGISTER: register_text([one]), "verification/more.yaml": register_text([one])}
    (fault,) = faults_of(texts)
    assert (fault.file, fault.line) == ("rules/verification/more.yaml", 4)
    assert f"写了两次, rules/{REGISTER}:4 已经写过" in fault.message


def test_own_practice_and_what_was_not_found_cannot_be_verified():
    own = (HERE / "sound" / "own-practice.yaml").read_bytes()
    texts = {**BASE, "zz-book.yaml": own}
    (by_law,) = lines_of(texts, "rule/by-law@2021-01-01")
    (caution,) = lines_of(texts, "rule/own-caution@2021-01-01")
    caution = msgspec.structs.replace(caution, read=by_law.read)
    for one, fragment in ((caution, "没有可以核对的原文"), (by_law, "没有找到原文")):
        (fault,) = faults_of({**texts, REGISTER: register_text([one])})
        assert fragment in fault.message
        assert fault.file == f"rules/{REGISTER}"


def test_nothing_says_of_itself_that_it_is_verified():
    (fault,) = faults_of(put(dict(BASE), "catalogue.yaml", "verified: false", "verified: true"))
    assert (fault.line, fault.column) == (20, 15)
    assert "登记在 verification 文件夹里" in fault.hint


def test_the_register_is_written_as_it_is_read():
    lines = lines_of(BASE, GRADE_A, "instrument/credit-law", "list/wage-arrears")
    read = read_texts({**BASE, REGISTER: register_text(lines)}).rule_set.verifications
    assert read == tuple(sorted(lines, key=lambda one: one.of))
    assert msgspec.json.decode(msgspec.json.encode(read), type=tuple[VerifiedLine, ...]) == read


def test_a_file_as_it_was_written_comes_to_what_its_yaml_says():
    """Values and places: a file in its own form is read without the reader of YAML."""
    lines = lines_of(BASE, GRADE_A, "instrument/credit-law", "rule/base-prohibition@2021-01-01")
    content = register_text(lines)
    fast = read_as_written("rules/x.yaml", content)
    assert fast is not None
    assert read_as_written("rules/x.yaml", content.replace(b"read:\n", b"read: # seen\n")) is None
    faults = Faults()
    root = parse("rules/x.yaml", content, faults)
    assert root is not None
    slow = Register()
    slow.read([root], faults)
    assert faults.found == []
    assert [one.value for one in fast] == [one.value for one in slow.lines.values()]
    for one in fast:
        of = slow.lines[one.value.of]
        for path in one.places:
            assert one.at(*path) == of.at(*path), (one.value.of, path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("day: 2026-12-01", "day: 2026-02-30"),
        ('"法制审核岗"', '" 法制审核岗"'),
        ('"法制审核岗"', '"法制\\u5ba1核岗"'),
        ("  - of", "  -  of"),
    ],
)
def test_a_file_in_any_other_form_is_read_as_yaml(before: str, after: str):
    content = register_text(lines_of(BASE, GRADE_A)).decode()
    assert before in content
    assert read_as_written("rules/x.yaml", content.replace(before, after).encode()) is None
