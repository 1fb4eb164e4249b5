"""Files of tests are read strictly: one slip a file, and the fault names its place."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from creditgate_server.codes import subject_kind, uscc_fault
from creditgate_server.decision.check.decision import Outcome
from creditgate_server.errors import RuleSetFault
from creditgate_server.rulebook.language import Duty, Role, Stage
from creditgate_server.studies.ruletests.language import MeasureSaid, RuleTest, SubjectCode
from creditgate_server.studies.ruletests.load import read_tests, read_texts

from .library import BASE_RULES, HERE, with_tests

BROKEN = sorted((HERE / "broken").glob("*.yaml"))
EXPECTED = re.compile(r"# expect: (\d+):(\d+) (.+)\n")


def read(text: str) -> tuple[RuleTest, ...]:
    return read_texts({"rules/tests/a.yaml": text.encode()}, BASE_RULES).tests


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_slip_is_one_fault_at_its_place(file: Path):
    text = file.read_text(encoding="utf-8")
    expected = EXPECTED.match(text)
    assert expected, "the first line says what is expected"
    with pytest.raises(RuleSetFault) as caught:
        read(text)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.column) == ("rules/tests/a.yaml", int(expected[1]), int(expected[2])), fault
    assert expected[3] in fault.message


def test_a_fault_names_the_test():
    with pytest.raises(RuleSetFault) as caught:
        read("day: 2026-11-01\ntests:\n  - {name: 甲, item: nowhere, expect: {outcome: clear}}\n")
    assert caught.value.faults[0].rule == "甲"


def test_a_fault_in_a_table_names_the_row():
    text = "tests:\n  - {table: 表, item: fund-grant, columns: [name, outcome], rows: [[甲, clear]]}\n"
    with pytest.raises(RuleSetFault) as caught:
        read(text)
    assert caught.value.faults[0].rule == "表: 甲"


def test_everything_that_a_test_may_say():
    (test,) = read("""\
day: 2026-01-01
subjects:
  base: {kind: sole_trader, attributes: {founded: 2020-02-03}, records: [wage-arrears 2025-05-05]}
  more: {like: base, ratings: {rating: {rating: A, decided_on: 2025-01-01, until: 2025-12-31}}}
tests:
  - name: 全
    why: 理由
    day: 2026-11-01
    item: food-licence
    stage: after
    role: legal_representative
    facts: {sum: 1000.50, missing: 2, promised: true, route: ~}
    feeds: {credit-feed: stale}
    subject:
      like: more
      records: [penalty general 2026-01-02 x2 by=market-office amount=5.00 from=2026-01-03 repaired=2026-06-01]
    expect: {outcome: measures, grade: open, measures: [no-commitment optional, no-licence @1]}
""")
    assert (test.day, test.organ, test.stage) == (date(2026, 11, 1), "market-office", Stage.AFTER)
    assert test.facts == {"sum": 100050, "missing": 2, "promised": 1}
    assert test.feeds == {"credit-feed": date(2026, 10, 24), "registry-feed": date(2026, 11, 1)}
    (subject,) = test.subjects
    known = subject.knowledge
    assert subject.role is Role.LEGAL_REPRESENTATIVE
    assert subject_kind(known.identifier) == "sole_trader"
    assert known.attributes == {"founded": "2020-02-03"}
    assert [(rating.ladder, rating.rating, rating.until) for rating in known.ratings] == [
        ("national", "A", date(2025, 12, 31))
    ]
    assert [record.kind for record in known.records] == ["list_entry", "penalty", "penalty"]
    penalty = known.records[1]
    assert (penalty.severity, penalty.organ, penalty.amount_fen) == ("general", "market-office", 500)
    assert (penalty.effective_from, penalty.state_on) == (date(2026, 1, 3), date(2026, 6, 1))
    assert test.expect.outcome is not None
    assert test.expect.outcome.value is Outcome.MEASURES
    assert test.expect.measures is not None
    assert test.expect.measures.value == (
        MeasureSaid(SubjectCode("no-commitment"), Duty.OPTIONAL),
        MeasureSaid(SubjectCode("no-licence", 0)),
    )
    assert (test.expect.measures.place.line, test.expect.measures.place.column) == (17, 56)


def test_a_row_says_more_than_its_table_and_a_blank_cell_nothing():
    first, second = read("""\
day: 2026-11-01
tests:
  - table: 表
    item: fund-grant
    facts: {missing: 1}
    subject: {ratings: {rating: A}}
    expect: {grade: A}
    columns: [name, missing, rating, records, outcome]
    rows:
      - [甲, ~, ~, ~, incentives]
      - [乙, 7, D, [penalty minor 2026-01-01, wage-arrears 2026-01-02], clear]
""")
    assert (first.name, second.name) == ("表: 甲", "表: 乙")
    assert (dict(first.facts), dict(second.facts)) == ({"missing": 1}, {"missing": 7})
    assert [test.subjects[0].knowledge.ratings[0].rating for test in (first, second)] == ["A", "D"]
    assert [len(test.subjects[0].knowledge.records) for test in (first, second)] == [0, 2]
    assert first.expect.grade == second.expect.grade
    assert (second.place.line, second.place.column) == (11, 9)


def test_several_subjects_have_different_sound_identifiers():
    (test,) = read("""\
day: 2026-11-01
tests:
  - name: 甲
    item: fund-grant
    subjects: [{role: applicant}, {role: controlling_shareholder}, {role: legal_representative, kind: person}]
    expect: {measures: []}
""")
    identifiers = [subject.knowledge.identifier for subject in test.subjects]
    assert len(set(identifiers)) == 3
    assert [uscc_fault(identifier) for identifier in identifiers[:2]] == ["", ""]
    assert subject_kind(identifiers[2]) == "person"


def test_the_folder_tests_is_read_with_its_folders_and_without_hidden_files(tmp_path: Path):
    case = "day: 2026-11-01\ntests:\n  - {name: 甲, item: fund-grant, expect: {outcome: clear}}\n"
    library = with_tests(tmp_path, case)
    (library / "tests" / "deeper").mkdir()
    (library / "tests" / "deeper" / "b.yml").write_text(case, encoding="utf-8")
    (library / "tests" / ".hidden.yaml").write_text("!", encoding="utf-8")
    tests = read_tests(library, BASE_RULES)
    assert [Path(name).name for name in tests.files] == ["cases.yaml", "b.yml"]
    assert [test.place.file for test in tests.tests] == list(tests.files)
