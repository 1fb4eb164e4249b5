"""Random violations of the shipped library: what there is to know of one, and an order in which it becomes known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

import msgspec

from creditgate_server.decision.dossier import Dossier
from creditgate_server.decision.knowledge import Feeds, Knowledge, Record
from creditgate_server.decision.leniency.question import LeniencyQuestion
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.decision.violation import Violation, covered
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.bundle import RuleSet, decode
from creditgate_server.rulebook.catalogue import FactEntry, FactSource, FactType
from creditgate_server.rulebook.language import AgeTest, Book, FactTest, Leaf, Role, Rule, Value, leaves
from creditgate_server.rulebook.load import read_directory

ROOT = Path(__file__).resolve().parents[2]
FIRM, PERSON = "91441900708017879M", "p:" + "0" * 64
TODAY = date(2026, 11, 20)
DAYS_OF_THE_CASE = ("corrected", "deadline_set", "party_heard", "prior_same_kind")


@cache
def library() -> RuleSet:
    return decode(read_directory(ROOT / "rules").rule_set.canonical)


@cache
def judge() -> Judge:
    return Judge(library())


@dataclass(frozen=True)
class Act:
    """An entry in a region, or an act on no list, and the rules that speak of it."""

    organ: str
    exemption: str
    region: str

    def rules(self) -> tuple[Rule, ...]:
        every = [rule for rule in library().of_book(Book.LENIENCY) if not rule.applies.exemptions]
        own = [rule for rule in library().of_book(Book.LENIENCY) if self.exemption in rule.applies.exemptions]
        return (*every, *own)


def acts() -> list[Act]:
    """Every entry in each of its regions, and an act on no list of every organ."""
    catalogue = library().catalogue
    found = {
        Act(catalogue.exemptions[code].organ, code, region)
        for rule in library().of_book(Book.LENIENCY)
        for code in rule.applies.exemptions
        for region in rule.applies.regions
    }
    found |= {Act(organ, "", "441900") for organ in catalogue.organs}
    return sorted(found, key=lambda act: (act.exemption, act.region, act.organ))


@dataclass
class World:
    """One violation of which everything is known, and the steps in which it becomes known."""

    act: Act
    knowledge: Knowledge
    feeds: Feeds
    steps: list[dict[str, Value]] = field(default_factory=list)

    def question(self, facts: dict[str, Value]) -> LeniencyQuestion:
        return LeniencyQuestion(
            organ=self.act.organ,
            exemption=self.act.exemption,
            description="" if self.act.exemption else "清单外的行为",
            case_number="1",
            subject=SubjectInRole(identifier=self.knowledge.identifier, role=Role.APPLICANT),
            facts=facts,
            region=self.act.region,
            purpose="property",
            day=TODAY,
        )

    def dossier(self, facts: dict[str, Value]) -> Dossier:
        return dossier_of(self.question(facts), self.knowledge, self.feeds)


def dossier_of(question: LeniencyQuestion, knowledge: Knowledge, feeds: Feeds) -> Dossier:
    """All that is known of the act that a question is about."""
    catalogue = library().catalogue
    violation = Violation(
        given=question.facts,
        exemption=question.exemption,
        organ=question.organ,
        region=question.region,
        day=question.day,
        working_days=judge().working_days,
        covered=covered(catalogue, question.region),
    )
    return Dossier(catalogue, knowledge, feeds, question.day, violation)


def world(act: Act, random: Random) -> World:
    """A random violation."""
    made = World(act, _knowledge(act, random), _feeds(random))
    schema = library().catalogue.facts
    tests: dict[str, list[Leaf]] = {}
    for rule in act.rules():
        for leaf in leaves(rule.when):
            if isinstance(leaf, FactTest | AgeTest):
                tests.setdefault(leaf.fact, []).append(leaf)
    claims: list[dict[str, Value]] = []
    for name, found in tests.items():
        fact = schema[name]
        if fact.source is FactSource.CIRCUMSTANCE and name not in DAYS_OF_THE_CASE:
            usual = fact.presumed if fact.presumed is not None and random.random() < 0.8 else None
            value = random.choice(values_of(fact, found)) if usual is None else usual
            step: dict[str, Value] = {name: value}
            (claims if fact.presumed is not None and value != fact.presumed else made.steps).append(step)
    made.steps += _days(random)
    if random.random() < 0.8:
        made.steps.append({"prior_same_kind": int(random.random() < 0.2)})
    random.shuffle(made.steps)
    if random.random() < 0.8:  # what the party claims is known before it counts as heard
        made.steps.insert(random.randrange(len(made.steps) + 1), {"party_heard": 1})
    heard = next((place for place, step in enumerate(made.steps) if "party_heard" in step), len(made.steps))
    for claim in claims:
        made.steps.insert(random.randrange(heard + 1), claim)
        heard += 1
    return made


def values_of(fact: FactEntry, tests: list[Leaf]) -> list[Value]:
    """Values on, just below and just above what the tests ask."""
    if fact.type is FactType.FLAG:
        return [0, 1]
    if fact.type is FactType.CHOICE:
        return list(fact.choices)
    bounds = [int(value) for test in tests if isinstance(test, FactTest) for value in test.values]
    return sorted({max(bound + shift, 0) for bound in bounds for shift in (-1, 0, 1)})


def _days(random: Random) -> list[dict[str, Value]]:
    ended = TODAY - timedelta(days=random.choice([0, 3, 30, 400, 731, 732, 900, 1830, 2000]))
    discovered = ended + timedelta(days=random.choice([0, 0, 1, 10, (TODAY - ended).days]))
    discovered = min(discovered, TODAY)
    steps: list[dict[str, Value]] = [{"act_ended_on": ended.isoformat()}, {"discovered_on": discovered.isoformat()}]
    corrected = discovered + timedelta(days=random.choice([-1, 0, 1, 4, 5, 7, 8, 10, 11, 29, 31]))
    if random.random() < 0.7 and ended <= corrected <= TODAY:
        steps += [{"corrected": 1}, {"corrected": 1, "corrected_on": corrected.isoformat()}]
    elif random.random() < 0.7:
        steps.append({"corrected": 0})
    if random.random() < 0.5:
        deadline = discovered + timedelta(days=random.choice([0, 5, 10, 30]))
        steps += [{"deadline_set": 1}, {"deadline_set": 1, "deadline_on": deadline.isoformat()}]
    elif random.random() < 0.5:
        steps.append({"deadline_set": 0})
    return steps


def _knowledge(act: Act, random: Random) -> Knowledge:
    firm = random.random() < 0.7
    records = tuple(
        Record(
            source="penalty",
            document_number=f"文{number}",
            kind=random.choice(["penalty", "exemption"]),
            violation_code=random.choice([act.exemption, act.exemption, msgspec.UNSET, "another"]),
            organ=random.choice([act.organ, "", "court"]),
            decided_on=(decided := TODAY - timedelta(days=random.choice([0, 10, 300, 700, 760, 1500]))),
            effective_from=decided,
            state=random.choice(["effective", "repaired", "revoked"]),
        )
        for number in range(random.choice([0, 0, 0, 1, 2]))
    )
    return Knowledge(
        identifier=FIRM if firm else PERSON,
        present=random.random() < 0.9,
        attributes={"registered_on": "2015-01-01", "operating_state": "normal"} if firm else {},
        records=records,
        ratings=(),
    )


def _feeds(random: Random) -> Feeds:
    return {
        code: TODAY - timedelta(days=feed.max_age_days + int(random.random() < 0.1))
        for code, feed in library().catalogue.feeds.items()
    }
