"""On the sample registry and the real library, the fast road comes to what full decisions come to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec import UNSET

from creditgate_server.decision.check.decision import Decision
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.knowledge import Feeds, Knowledge
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.registry.everyone import identifiers
from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.importer import import_file
from creditgate_server.registry.lookup import Registry
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.rulebook.load import read_directory
from creditgate_server.studies.difference import Comparison, NamedSubject
from creditgate_server.studies.difference.report import Aspect, MeasureGiven, MoveSide
from tests.shared import store_with_tables

ROOT = Path(__file__).resolve().parents[2]
FORMS = read_forms(ROOT / "rules")
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SUBJECTS = 60
"""The demo's cast, who have every kind of record, and some of the others."""

Knows = tuple[list[Knowledge], Feeds]


@pytest.fixture(scope="module")
def real() -> RuleSet:
    return read_directory(ROOT / "rules").rule_set


@pytest.fixture(scope="module")
def knows(real: RuleSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knows]:
    store = store_with_tables(f"sqlite:///{tmp_path_factory.mktemp('sample') / 'gate.db'}")
    with closing(store):
        for name in ("subjects", "penalties", "licences", "lists", "ratings", "customs", "records"):
            import_file(
                store,
                ROOT / "sample" / f"{name}.csv",
                catalogue=real.catalogue,
                forms=FORMS,
                person_key=PersonKey(b"k" * 32),
                data_day=DAY,
                known_at=NOW,
            )
        known, feeds = Registry(store).known(identifiers(store, NOW)[:SUBJECTS], NOW)
        yield list(known.values()), feeds


def changed(tmp_path: Path, *changes: tuple[str, str, str]) -> RuleSet:
    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", folder)
    for name, old, new in changes:
        path = folder / "books" / name
        text = path.read_text("utf-8")
        assert old in text, (name, old)
        path.write_text(text.replace(old, new), "utf-8")
    return read_directory(folder).rule_set


def of_applicants_alone(rule_set: RuleSet) -> RuleSet:
    """The same rules where no item asks for other persons: a survey looks at each subject by itself."""
    catalogue = rule_set.catalogue
    items = {code: msgspec.structs.replace(item, required_roles=UNSET) for code, item in catalogue.items.items()}
    return msgspec.structs.replace(rule_set, catalogue=msgspec.structs.replace(catalogue, items=items))


def side(decision: Decision) -> MoveSide:
    given = (MeasureGiven(code=measure.code, duty=measure.duty) for measure in decision.measures)
    return MoveSide(code=decision.outcome.value, measures=tuple(sorted(given)))


CHANGES = {
    "one measure": [("measures/general.yaml", "when: {fact: grade, is: D}", "when: {fact: grade, in: [C, D]}")],
    "a level": [
        (
            "level.yaml",
            "二十四个月内受到三次以上一般处罚且均未修复",
            "二十四个月内受到一次以上处罚, 修复的不超过五十次",
        ),
        ("level.yaml", "at_least: 3", "at_least: 1"),
        ("level.yaml", "at_most: 0", "at_most: 50"),
    ],
    "grade and measures": [
        ("grade.yaml", "{fact: evaluation, is: C}", "{fact: evaluation, in: [B, C]}"),
        ("grade.yaml", "{fact: evaluation, is: B}", "{fact: evaluation, is: A}"),
        ("measures/general.yaml", "when: {fact: grade, is: D}", "when: {fact: grade, in: [C, D]}"),
    ],
}


@pytest.mark.parametrize("name", CHANGES)
def test_moves_are_those_between_full_decisions(name: str, real: RuleSet, knows: Knows, tmp_path: Path) -> None:
    other = changed(tmp_path, *CHANGES[name])
    comparison, judge_a, judge_b = (
        Comparison(real, other, DAY),
        Judge(of_applicants_alone(real)),
        Judge(of_applicants_alone(other)),
    )
    known, feeds = knows
    moved = 0
    for knowledge in known:
        compared = comparison.subject(NamedSubject(knowledge), feeds)
        found = {
            (move.item, stage): (move.before, move.after)
            for move in compared.moves
            if move.aspect is Aspect.CHECK
            for stage in move.stages
        }
        expected = {}
        for item in real.catalogue.items.values():
            for stage in (Stage.ACCEPTANCE, Stage.AFTER):
                question = Question(
                    organ=item.organ,
                    item=item.code,
                    case_number="",
                    stage=stage,
                    subjects=(SubjectInRole(identifier=knowledge.identifier, role=Role.APPLICANT),),
                    facts={},
                    purpose="",
                    day=DAY,
                )
                known_by_id = {knowledge.identifier: knowledge}
                before = judge_a.judge(question, known_by_id, feeds)
                after = judge_b.judge(question, known_by_id, feeds)
                if side(before) != side(after):
                    expected[item.code, stage] = side(before), side(after)
        tried = {key: sides for key, sides in found.items() if key[1] in (Stage.ACCEPTANCE, Stage.AFTER)}
        assert tried == expected, knowledge.identifier
        profile = judge_b.profile(knowledge, feeds, DAY, "")
        assert (compared.grade.after, compared.levels[""].after) == (profile.grade.code, profile.level.code)
        moved += len(expected)
    assert moved > 0
    assert comparison.engine_faults == 0
