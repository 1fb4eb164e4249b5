"""What a book's words become: typed values, the same whatever the order of files, and every fault at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from creditgate_server.errors import RuleSetFault
from creditgate_server.rulebook.bundle import decode
from creditgate_server.rulebook.language import (
    AgeTest,
    Aggregate,
    AnyOf,
    Book,
    Compare,
    FactTest,
    GiveMeasure,
    NoneOf,
    RecordState,
    RecordTest,
    Role,
    Rule,
    Select,
    Window,
    leaves,
)
from creditgate_server.rulebook.load import read_directory, read_texts
from creditgate_server.rulebook.source import MAX_BYTES

from .test_rulebooks import BASE, HERE, faults_of, with_base


def rule_of(book: str, rule_id: str) -> Rule:
    loaded = with_base((HERE / "sound" / f"{book}.yaml").read_bytes())
    return next(rule for rule in loaded.rule_set.rules if rule.id == rule_id)


def test_values_are_read_in_the_rule_languages_form():
    when = rule_of("every-comparison", "every-comparison").when
    assert isinstance(when, AnyOf)
    parts = when.parts
    assert parts[0] == NoneOf(parts=(FactTest(fact="promised", compare=Compare.IN, values=(1,)),))
    assert parts[1] == FactTest(fact="promised", compare=Compare.IN, values=(0,))
    assert parts[7] == FactTest(fact="sum", compare=Compare.AT_MOST, values=(0,))
    assert parts[8] == FactTest(fact="sum", compare=Compare.IN, values=(10,))
    assert parts[9] == NoneOf(parts=(FactTest(fact="sum", compare=Compare.IN, values=(10, 2**53 - 1)),))
    assert parts[11] == FactTest(fact="founded", compare=Compare.LESS, values=("1900-01-01",))
    assert parts[15] == NoneOf(parts=(AgeTest(fact="founded", months=1200),))
    assert parts[16] == AgeTest(fact="founded", days=1)


def test_record_tests_are_read_with_what_they_leave_out():
    tests = leaves(rule_of("every-record-test", "every-record-test").when)
    assert tests[0] == RecordTest(select=Select(kinds=("list_entry",), lists=("wage-arrears",)), at_least=1)
    assert isinstance(tests[1], RecordTest)
    assert tests[1].select.states == tuple(RecordState)
    assert tests[2] == RecordTest(select=Select(window=Window(days=1)), at_most=0)
    assert isinstance(tests[3], RecordTest)
    assert (tests[3].aggregate, tests[3].at_least, tests[3].at_most) == (Aggregate.AMOUNT, 1, None)


def test_words_that_yaml_turns_into_values_stay_text():
    loaded = with_base((HERE / "sound" / "yaml-words-as-text.yaml").read_bytes())
    catalogue = loaded.rule_set.catalogue
    assert [catalogue.traits[code].title for code in ("no", "010", "2024-01-01", "on")] == [
        "no",
        "1e3",
        "true",
        "12:30:45",
    ]
    assert catalogue.items["440216139000"].traits == ("no", "010", "2024-01-01", "on")
    rule = loaded.rule_set.rules[-1]
    assert rule.title == "yes"
    assert isinstance(rule.then, GiveMeasure)
    assert rule.then.remedy == ".inf"


def test_defaults_and_derived_choices_of_the_base():
    loaded = read_texts(BASE)
    facts = loaded.rule_set.catalogue.facts
    assert facts["promised"].default == 0
    assert facts["missing"].default is None
    assert facts["rating"].choices == ("A", "B", "C", "D", "none")
    assert facts["grade"].choices == ("A", "D")
    assert facts["level"].choices == ("light", "key")
    assert "sole_trader" in facts["kind"].choices
    rules = {rule.id: rule for rule in loaded.rule_set.rules}
    assert rules["base-restraint"].applies.roles == (Role.APPLICANT, Role.LEGAL_REPRESENTATIVE)
    assert rules["base-incentive"].applies.roles == (Role.APPLICANT,)
    assert rules["base-incentive"].effective.start == date(2021, 1, 1)


def test_the_order_of_files_and_the_directory_change_nothing(tmp_path: Path):
    backwards = dict(reversed(BASE.items()))
    assert read_texts(backwards).rule_set.canonical == read_texts(BASE).rule_set.canonical
    for name, content in BASE.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "case.yaml").write_text("neither: read", encoding="utf-8")
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "rule.yml").write_text("nor: this", encoding="utf-8")
    (tmp_path / "README.md").write_text("nor this", encoding="utf-8")
    loaded = read_directory(tmp_path)
    assert loaded.rule_set.digest == read_texts(BASE).rule_set.digest
    assert loaded.files == BASE


def test_books_are_ordered_as_they_are_asked_whatever_their_files_are_called():
    texts = {
        "a-measures.yaml": BASE["rules-measures.yaml"],
        "b-level.yaml": BASE["rules-level.yaml"],
        "c-grade.yaml": BASE["rules-grade.yaml"],
        "d-catalogue.yaml": BASE["catalogue.yaml"],
    }
    loaded = read_texts(texts)
    assert [rule.book for rule in loaded.rule_set.rules] == [Book.GRADE] * 2 + [Book.LEVEL] + [Book.MEASURES] * 3
    assert loaded.rule_set.digest == read_texts(BASE).rule_set.digest


def test_all_faults_of_all_files_come_at_once_and_sorted():
    texts = {
        **BASE,
        "b.yaml": b"traits:\n  - {code: one, titel: x}\n  - {code: Two, title: y}\n",
        "a.yaml": b"items: [\n",
        "c.yaml": b"book: level\nrules:\n  - {id: r, title: t, effective: {from: 2021-13-01}, then: {level: kez}}\n",
    }
    with pytest.raises(RuleSetFault) as caught:
        read_texts(texts, directory="rules")
    faults = caught.value.faults
    assert [(fault.file, fault.line) for fault in faults] == [
        ("rules/a.yaml", 2),
        ("rules/b.yaml", 2),
        ("rules/b.yaml", 3),
        ("rules/c.yaml", 3),
        ("rules/c.yaml", 3),
    ]
    assert "5 处错误" in str(caught.value)


def test_an_entry_that_cannot_be_read_is_not_called_unknown_too():
    faults = faults_of(
        "facts:\n  - {name: extra, label: 附加, type: whole, source: nobody}\n"
        "measures:\n  - {code: other, title: 另一项, kind: punishment, instruction: 从严}\n"
        "book: measures\nrules:\n  - id: r\n    title: 规则\n    effective: {from: 2021-01-01}\n"
        "    when: {fact: extra, at_least: 1}\n    then: {measure: other, duty: optional}\n"
        "    basis: [{instrument: credit-law, article: 第一条}]\n".encode()
    )
    assert [fault.line for fault in faults] == [2, 4]


@pytest.mark.parametrize(
    ("content", "place", "fragment"),
    [
        (b"", (1, 1), "没有任何一节"),
        (b"# only a comment\n", (1, 1), "没有任何一节"),
        (b"traits:\n  - {code: one, title: \xd6\xd0}\n", (2, 24), "UTF-8"),
        (b"traits:\n  - {code: one, title: a\0b}\n", (2, 25), "U+0000"),
        (b"#" * (MAX_BYTES + 1), (1, 1), "文件太大"),
        (b"[" * 5000, (1, 1), ""),
    ],
)
def test_a_file_that_is_no_book(content: bytes, place: tuple[int, int], fragment: str):
    faults = faults_of(content)
    assert len(faults) == 1
    if fragment:
        assert (faults[0].line, faults[0].column) == place
        assert fragment in faults[0].message


def test_a_directory_that_is_missing_or_empty_is_a_clear_fault(tmp_path: Path):
    for path, fragment in ((tmp_path / "none", "没有这个目录"), (tmp_path, "没有规则文件")):
        with pytest.raises(RuleSetFault) as caught:
            read_directory(path)
        assert fragment in caught.value.faults[0].message
        assert caught.value.faults[0].file == str(path)


def test_a_library_without_rules_is_refused():
    texts = {"catalogue.yaml": "organs: [{code: one, title: 一}]".encode()}
    with pytest.raises(RuleSetFault, match="没有任何规则"):
        read_texts(texts)


def test_measures_nobody_orders_and_citations_without_article_are_warnings():
    loaded = with_base(
        "measures:\n  - {code: idle, title: 闲置, kind: incentive, instruction: 无}\n"
        "book: measures\nrules:\n  - id: r\n    title: 规则\n    effective: {from: 2021-01-01}\n"
        "    then: {measure: fast-lane, duty: optional}\n    basis: [{instrument: credit-law}]\n".encode()
    )
    assert [warning.line for warning in loaded.warnings] == [2, 9]


def test_the_canonical_content_keeps_the_order_of_the_catalogue():
    grades = "grades:\n  - {code: C, title: 中}\n  - {code: B, title: 次}\n"  # after A and D of the base
    loaded = with_base(grades.encode())
    restored = decode(loaded.rule_set.canonical)
    for section in restored.catalogue.__struct_fields__:
        assert list(getattr(restored.catalogue, section)) == list(getattr(loaded.rule_set.catalogue, section)), section
    assert list(restored.catalogue.grades) == ["A", "D", "C", "B"]


def test_another_order_of_grades_is_another_rule_set():
    one = with_base("grades:\n  - {code: C, title: 中}\n  - {code: B, title: 次}\n".encode())
    other = with_base("grades:\n  - {code: B, title: 次}\n  - {code: C, title: 中}\n".encode())
    assert one.rule_set.digest != other.rule_set.digest
