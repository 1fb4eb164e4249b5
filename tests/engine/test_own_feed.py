"""A feed that the service keeps itself is complete on every day; nobody delivers it, and it never grows old."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest

from creditgate_server.decision.dossier import Dossier
from creditgate_server.decision.feeds import feeds_used
from creditgate_server.decision.knowledge import Knowledge, Record
from creditgate_server.engine.reference import Case, Reference
from creditgate_server.judging.judge import Judge
from creditgate_server.judging.prove import prove
from creditgate_server.pages.handbook import page
from creditgate_server.rulebook.bundle import RuleSet, decode
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.studies.difference.meaning import Meanings
from tests.analysis.library import CATALOGUE, MEASURES, library
from tests.ruletests.library import run, with_tests

from . import worlds
from .test_agreement import engine_says, reference_says

FIRM = "91441900708017879M"
DAY = date(2026, 11, 20)
STRICT = "kept-strict@2020-01-01"
OWN = "  - {code: own, title: 本系统的台账, organ: market, max_age_days: 0, own: true}\n"
KINDS = "  - {code: kept, title: 台账记录, feed: own}\n"
RULES = (
    "  - {id: kept-strict, title: 有台账记录的从严, effective: {from: 2020-01-01}, "
    "when: {records: {kinds: [kept]}}, then: {measure: strict, duty: mandatory}, "
    "basis: [{instrument: law, article: 第八条}]}\n"
)


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    """The small library, whose feed `own` brings records of kind `kept`."""
    catalogue = CATALOGUE.replace("instruments:\n", f"{OWN}instruments:\n").replace("lists:\n", f"{KINDS}lists:\n")
    return decode(library(catalogue=catalogue, measures=MEASURES.rstrip("\n") + "\n" + RULES).canonical)


def known(*records: Record) -> Knowledge:
    return Knowledge(identifier=FIRM, present=True, attributes={}, records=records, ratings=())


def kept(day: date) -> Record:
    return Record(source="own", document_number="1", kind="kept", decided_on=day, effective_from=day)


def test_it_is_as_old_as_the_day_that_is_asked_about(rules: RuleSet) -> None:
    for day in (date(2020, 1, 1), DAY, date(2030, 12, 31)):
        dossier = Dossier(rules.catalogue, known(), {}, day)
        (used,) = feeds_used(dossier, frozenset({"own"}))
        assert (used.data_day, used.age_days, used.max_age_days, used.stale) == (day, 0, 0, False)
        (other,) = feeds_used(dossier, frozenset({"feed"}))
        assert (other.data_day, other.stale) == (None, True)


def test_what_it_does_not_show_is_not_there_though_no_feed_ever_delivered(rules: RuleSet) -> None:
    judge, reference = Judge(rules), Reference(rules)
    for records, holds in (((), False), ((kept(DAY),), True), ((kept(DAY + timedelta(days=1)),), False)):
        case = Case(known(*records), {}, DAY, {}, Role.APPLICANT, "market", "licence", Stage.ACCEPTANCE)
        assert engine_says(judge, case) == reference_says(reference, case)
        verdicts = reference.judge(case).measures_book
        assert (STRICT in verdicts.holds) == holds
        assert STRICT not in verdicts.open


def test_engine_and_reference_agree_on_random_worlds_with_such_a_feed() -> None:
    settled = 0
    for seed in range(10):
        random = Random(seed)
        rule_set = worlds.rule_set(random)
        feeds = rule_set.catalogue.feeds
        owned = {**feeds, "f2": msgspec.structs.replace(feeds["f2"], own=True)}
        catalogue = msgspec.structs.replace(rule_set.catalogue, feeds=owned)
        changed = RuleSet(catalogue=catalogue, rules=rule_set.rules)
        judge, reference, before = Judge(changed), Reference(changed), Reference(rule_set)
        for number in range(60):
            case = worlds.case(random, changed)
            assert engine_says(judge, case) == reference_says(reference, case), f"seed {seed}, case {number}"
            settled += reference_says(reference, case) != reference_says(before, case)
    assert settled > 20  # else the feed would make no difference


def test_the_proof_on_boundary_worlds_holds(rules: RuleSet) -> None:
    assert prove(rules).compared > 0


def test_a_feed_that_becomes_own_changes_what_its_rules_mean(rules: RuleSet) -> None:
    feeds = rules.catalogue.feeds
    delivered = {**feeds, "own": msgspec.structs.replace(feeds["own"], own=False)}
    other = RuleSet(catalogue=msgspec.structs.replace(rules.catalogue, feeds=delivered), rules=rules.rules)
    (rule,) = (rule for rule in rules.rules if rule.id == "kept-strict")
    assert Meanings(rules).of(rule) != Meanings(other).of(rule)


def test_the_handbook_says_that_it_is_kept_here(rules: RuleSet) -> None:
    text = page(rules, DAY)
    assert "由本系统自己登记" in text
    assert ">0 天(含当天)" not in text


@pytest.mark.parametrize("state", ["silent", "stale", "2026-11-01"])
def test_a_test_of_rules_can_not_say_how_old_it_is(state: str, tmp_path: Path) -> None:
    """Nothing could make it silent or stale, and a test that says so would test nothing."""
    case = "  - {name: 台账, day: 2026-11-01, item: food-licence, feeds: {own: STATE}, expect: {outcome: clear}}\n"
    rules = with_tests(tmp_path, "tests:\n" + case.replace("STATE", state))
    (rules / "own.yaml").write_text("feeds:\n" + OWN.replace("market", "market-office"), encoding="utf-8")
    result = run(rules)
    assert result.exit_code == 2
    assert "没有字段 own" in result.output
