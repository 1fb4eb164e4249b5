"""Decision tables as files: broken ones are refused at their cell, sound ones are read as YAML would be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from creditgate_server.errors import Fault, RuleSetFault
from creditgate_server.rulebook.bundle import decode
from creditgate_server.rulebook.language import (
    AgeTest,
    Aggregate,
    AllOf,
    AnyOf,
    Compare,
    Duty,
    FactTest,
    FindingTest,
    GiveMeasure,
    Hit,
    NoneOf,
    RecordTest,
    Role,
    Row,
    Rule,
    Select,
    Window,
    leaves,
)
from creditgate_server.rulebook.load import LoadedRuleSet, read_directory, read_texts
from creditgate_server.rulebook.source import MAX_BYTES
from creditgate_server.rulebook.tables_files import MAX_COLUMNS, MAX_ROWS

from .test_rulebooks import BASE, HERE

BROKEN = sorted((HERE / "tables" / "broken").glob("*.csv"))
SOUND = sorted((HERE / "tables" / "sound").glob("*.csv"))
TABLE = "zz-table.csv"
EXPECTED = re.compile(r"^note,expect: (\d+):(\d+) (.+?)(?: rule: (.+?))?$", re.MULTILINE)


def with_base(content: bytes, name: str = TABLE) -> LoadedRuleSet:
    return read_texts({**BASE, name: content}, directory="rules")


def faults_of(content: bytes, name: str = TABLE) -> tuple[Fault, ...]:
    with pytest.raises(RuleSetFault) as caught:
        with_base(content, name)
    return caught.value.faults


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_table_is_refused_at_its_cell(file: Path):
    content = file.read_bytes()
    expected = EXPECTED.search(content.decode())
    assert expected, f"{file} has no line `note,expect: LINE:COLUMN fragment`"
    line, column, fragment, rule = expected.groups()

    faults = faults_of(content)

    shown = "\n".join(str(fault) for fault in faults)
    assert len(faults) == 1, shown
    fault = faults[0]
    assert (fault.file, fault.line, fault.column) == (f"rules/{TABLE}", int(line), int(column)), shown
    assert fragment in fault.message + fault.hint, shown
    assert fault.rule == (rule or ""), shown


@pytest.mark.parametrize("file", SOUND, ids=lambda file: file.stem)
def test_a_sound_table_is_read_and_survives_its_canonical_form(file: Path):
    loaded = with_base(file.read_bytes())
    assert decode(loaded.rule_set.canonical) == loaded.rule_set
    assert len(loaded.rule_set.rules) > 6


def rules_of(name: str) -> dict[str, Rule]:
    loaded = with_base((HERE / "tables" / "sound" / f"{name}.csv").read_bytes())
    return {rule.id: rule for rule in loaded.rule_set.rules if rule.row is not None}


def fact(name: str, compare: Compare, *values: int | str) -> FactTest:
    return FactTest(fact=name, compare=compare, values=values)


def test_every_kind_of_cell_means_what_it_says():
    rules = rules_of("every-cell")
    penalties = Select(kinds=("penalty",), severities=("general", "serious"), window=Window(months=24))
    wages = Select(kinds=("list_entry",), lists=("wage-arrears",))
    fines = Select(kinds=("penalty",))
    assert rules["all-of-them"].when == AllOf(
        parts=(
            fact("rating", Compare.IN, "A", "B"),
            fact("founded", Compare.AT_LEAST, "2001-01-01"),
            fact("founded", Compare.LESS, "2020-12-31"),
            AgeTest(fact="founded", months=12),
            NoneOf(parts=(AgeTest(fact="founded", months=36),)),
            AgeTest(fact="founded", days=30),
            RecordTest(select=penalties, at_least=1),
            RecordTest(select=penalties, at_most=3),
            RecordTest(select=wages, at_most=0),
            RecordTest(select=fines, aggregate=Aggregate.AMOUNT, at_least=1),
            RecordTest(select=fines, aggregate=Aggregate.AMOUNT, at_most=500_000),
            NoneOf(parts=(FindingTest(rule="grade-d"),)),
        )
    )
    assert rules["in-turn"].when == AllOf(
        parts=(
            NoneOf(parts=(fact("rating", Compare.IN, "A", "B"),)),
            AnyOf(parts=(fact("founded", Compare.LESS, "2001-01-01"), fact("founded", Compare.AT_LEAST, "2020-01-01"))),
            AgeTest(fact="founded", months=36),
            NoneOf(parts=(AgeTest(fact="founded", days=36500),)),
            RecordTest(select=penalties, at_least=3),
            RecordTest(select=wages, at_least=1),
            RecordTest(select=fines, aggregate=Aggregate.AMOUNT, at_most=10_000_049),
            FindingTest(rule="grade-d"),
        )
    )
    assert leaves(rules["exact"].when)[1:3] == (
        RecordTest(select=penalties, at_least=3),
        RecordTest(select=penalties, at_most=3),
    )
    assert leaves(rules["quoted"].when)[0] == fact("rating", Compare.IN, "none")
    assert rules["levels-5"].when is None
    assert rules["all-of-them"].applies.organs == ("market-office", "credit-office")
    assert [cited.instrument for cited in rules["all-of-them"].basis] == ["credit-law", "old-regulation"]
    assert rules["in-turn"].basis[0].article == "第七条, 第八条"
    assert rules["levels-5"].title == "每一种写法 第 5 行"


def test_a_table_may_be_written_in_chinese_throughout():
    rules = rules_of("chinese-throughout")
    first, rest = rules["moves-1"], rules["moves-named"]
    assert (first.row, rest.row) == (
        Row(table="moves", hit=Hit.PRIORITY, number=1),
        Row(table="moves", hit=Hit.PRIORITY, number=2),
    )
    assert first.applies.roles == (Role.APPLICANT, Role.LEGAL_REPRESENTATIVE)
    assert first.basis[0].article == "第十条、第十一条"
    assert first.when == AllOf(
        parts=(
            fact("promised", Compare.IN, 1),
            fact("missing", Compare.AT_LEAST, 3),
            fact("sum", Compare.MORE, 100050),
            fact("sum", Compare.AT_MOST, 9999999),
            NoneOf(parts=(fact("route", Compare.IN, "online"),)),
            NoneOf(parts=(AgeTest(fact="founded", months=36),)),
            NoneOf(parts=(FindingTest(rule="grade-d"),)),
        )
    )
    assert first.then == GiveMeasure(measure="no-commitment", duty=Duty.MANDATORY, remedy="补齐材料")
    assert (first.verified, rest.verified) == (False, False)
    assert (rest.when, rest.then) == (None, GiveMeasure(measure="fast-lane", duty=Duty.OPTIONAL))


def test_quotes_and_line_breaks_within_a_cell_are_read():
    rules = rules_of("byte-order-mark-and-crlf")
    assert [rule.title for rule in rules.values()] == ['一行, 带逗号和 "引号"', "两 行"]


HEAD = "book,level\ntable,levels\nhit,collect\nfrom,2021-01-01\nbasis,credit-law 第七条\n\nfact rating,level\n"


def test_a_table_in_another_encoding_is_refused_with_a_hint():
    for encoding, fragment in (("gb18030", "GB18030"), ("utf-16", "UTF-16")):
        faults = faults_of((HEAD + "A,light\n").encode(encoding))
        assert [(fault.line, fault.message) for fault in faults] == [
            (5 if encoding == "gb18030" else 1, "文件不是 UTF-8 编码")
        ]
        assert fragment in faults[0].hint
        assert "CSV UTF-8" in faults[0].hint


def test_a_table_that_is_too_long_too_wide_or_too_large_is_refused():
    rows = faults_of((HEAD + "A,light\n" * (MAX_ROWS + 1)).encode())
    assert [(fault.line, fault.column) for fault in rows] == [(8 + MAX_ROWS, 1)]
    wide = faults_of((HEAD + "A,light" + "," * MAX_COLUMNS + "\n").encode())
    assert [(fault.line, fault.column) for fault in wide] == [(1, MAX_COLUMNS + 1)]
    large = faults_of(HEAD.encode() + b"x" * MAX_BYTES)
    assert ["文件太大" in fault.message for fault in large] == [True]


def test_a_csv_file_that_is_no_table_is_passed_over_with_a_warning():
    loaded = with_base("名称,电话\n张三,1\n".encode())
    assert [(warning.file, warning.line) for warning in loaded.warnings] == [(f"rules/{TABLE}", 1)]
    assert "不是规则表" in loaded.warnings[0].message


def test_a_table_id_may_be_used_again_only_for_later_days():
    ended = HEAD.replace("from,2021-01-01", "from,2021-01-01\nuntil,2023-12-31") + "A,light\n"
    later = HEAD.replace("2021-01-01", "2024-01-01") + "B,light\n"
    texts = {**BASE, "a.csv": ended.encode(), "b.csv": later.encode()}
    assert len(read_texts(texts).rule_set.rules) == 8
    with pytest.raises(RuleSetFault) as caught:
        read_texts({**texts, "b.csv": later.replace("2024-01-01", "2023-12-31").replace("B,", "B,").encode()})
    assert {(fault.file, fault.line) for fault in caught.value.faults} >= {("b.csv", 8)}
    assert any("表 levels 在 a.csv 里已经有了" in fault.message for fault in caught.value.faults)


def test_a_row_that_cannot_be_read_is_not_called_unknown_too():
    table = HEAD.replace("level\n", "grade\n").replace("book,grade", "book,grade").replace("book,level", "book,grade")
    content = {**BASE, "g.csv": (table + "[1..,A\n").encode()}
    content["z.yaml"] = (
        "book: level\nrules:\n  - {id: r, title: 规则, effective: {from: 2021-01-01}, when: {finding: levels-1}, "
        "then: {level: key}, basis: [{instrument: credit-law, article: 第一条}]}\n"
    ).encode()
    with pytest.raises(RuleSetFault) as caught:
        read_texts(content)
    assert [(fault.file, fault.line, fault.rule) for fault in caught.value.faults] == [("g.csv", 8, "levels-1")]


def test_tables_are_found_beside_yaml_and_lock_files_are_not(tmp_path: Path):
    for name, content in BASE.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "levels.CSV").write_text(HEAD + "A,light\n", encoding="utf-8")
    (tmp_path / "~$levels.xlsx").write_bytes(b"in use")
    loaded = read_directory(tmp_path)
    assert sorted(loaded.files) == sorted([*BASE, "levels.CSV"])
    assert loaded.places["levels-1@2021-01-01"].line == 8


def test_the_guide_s_example_is_a_sound_table():
    guide = (HERE.parent.parent / "docs" / "decision-tables.md").read_text(encoding="utf-8")
    example = guide.partition("```csv\n")[2].partition("```")[0]
    rules = [rule for rule in with_base(example.encode()).rule_set.rules if rule.row]
    assert [rule.id for rule in rules] == ["level-poor", "sector-levels-2", "level-otherwise"]
    assert {rule.row.hit for rule in rules if rule.row} == {Hit.PRIORITY}
