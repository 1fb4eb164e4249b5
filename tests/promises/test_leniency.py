"""Leniency keeps the promises: nothing that becomes known turns one answer into another; what is missing settles it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from random import Random
from typing import NamedTuple

import pytest

from creditgate_server.decision.knowledge import Knowledge
from creditgate_server.decision.leniency.ladder import PrecedenceLadder
from creditgate_server.decision.parts import canonical
from creditgate_server.decision.unsettled import CALENDAR
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.catalogue import FactType
from creditgate_server.rulebook.language import FactTest, GiveLeniency, Leaf, Leniency, Rule, Value, leaves

from .. import lanes
from ..engine.violations import FIRM, TODAY, Act, World, acts, judge, library, values_of, world

WORLDS_AN_ACT = (3, 20)
"""Of the campaign over every act: in `test`, in `soak`."""
ENDED = (
    *("1998-05-04", "2012-05-04", "2018-05-04", "2020-05-04", "2021-07-14"),
    *("2021-12-30", "2023-05-04", "2024-12-20", "2026-08-01", "2026-11-01"),
)
"""Days on which an act may have ended, under each law and under lists that have lapsed since."""


def answer(made: World, facts: dict[str, Value]) -> Leniency:
    """The answer alone, without its explanation."""
    books = judge().of_violation(made.dossier(facts))
    assert not any(book.failed for book in books)
    rules = {key: rule for book in books for key, rule in book.rules.items()}
    holds = frozenset().union(*(book.verdicts.holds for book in books))
    undecided = frozenset().union(*(book.verdicts.open for book in books))
    return (
        PrecedenceLadder(rules.values())
        .stop(lambda rule: rule.key in holds or (None if rule.key in undecided else False))
        .leniency
    )


@pytest.mark.soak
def test_a_further_fact_never_turns_one_definite_answer_into_another() -> None:
    seen: set[Leniency] = set()
    for number, act in enumerate(acts()):
        for turn in range(lanes.size(*WORLDS_AN_ACT)):
            made = world(act, Random(lanes.seed(number * 1000 + turn)))
            facts: dict[str, Value] = {}
            before = answer(made, facts)
            for step in made.steps:
                facts = {**facts, **step}
                now = answer(made, facts)
                assert before in (Leniency.UNDETERMINED, now), (act, facts, step, before, now)
                before = now
            seen.add(before)
    assert seen >= set(Leniency) - {Leniency.FINE_MAY_BE_WAIVED}


# Small entries: every combination of what may be known.

_SHARED = {
    "consequences": ("none", "slight", "more"),
    "minor": (0, 1),
    "prior_same_kind": (0, 1),
}
"""Facts that every act is asked for, with all their values."""
_ON_THE_SPOT = "corrected_on_the_spot"
_MOST_OWN = 1
"""An entry is small where its lists ask for no more facts of its own, apart from a correction on the spot."""


class Option(NamedTuple):
    """A state of knowledge of one thing, and the lesser one that it follows from: its place, None for nothing known."""

    facts: dict[str, Value]
    follows: int | None


def _flags_and_choices(name: str, values: Iterable[Value]) -> list[Option]:
    return [Option({}, None), *(Option({name: value}, 0) for value in values)]


_CORRECTED = [
    Option({}, None),
    Option({"corrected": 0}, 0),
    Option({"corrected": 1}, 0),
    Option({"corrected": 1, "corrected_on": "2026-11-02"}, 2),
    Option({"corrected": 1, "corrected_on": "2026-11-10"}, 2),
]
_DEADLINE = [Option({}, None), Option({"deadline_set": 1, "deadline_on": "2026-11-09"}, 0)]
_ALWAYS: dict[str, Value] = {
    "act_ended_on": "2026-11-01",
    "discovered_on": "2026-11-02",
    "corrected_timely": 0,
    "party_heard": 1,
}


def given(rule: Rule) -> Leniency | None:
    return rule.then.leniency if isinstance(rule.then, GiveLeniency) else None


def nothing_on_record(act: Act) -> World:
    knowledge = Knowledge(identifier=FIRM, present=True, attributes={}, records=(), ratings=())
    return World(act, knowledge, dict.fromkeys(library().catalogue.feeds, TODAY))


def small_acts() -> list[tuple[Act, dict[str, list[Leaf]]]]:
    """One act of each small shape of conditions, with the tests of the facts that are its own."""
    found: dict[object, tuple[Act, dict[str, list[Leaf]]]] = {}
    known = {*_SHARED, *_ALWAYS, "corrected", "deadline_set"}
    for act in acts():
        rules = [
            rule
            for rule in act.rules()
            if rule.applies.exemptions and act.region in rule.applies.regions and rule.effective.holds_on(TODAY)
        ]
        own: dict[str, list[Leaf]] = {}
        for leaf in (leaf for rule in rules for leaf in leaves(rule.when)):
            if isinstance(leaf, FactTest) and leaf.fact not in known:
                own.setdefault(leaf.fact, []).append(leaf)
        if rules and len(own.keys() - {_ON_THE_SPOT}) <= _MOST_OWN:
            found.setdefault(tuple((rule.when, given(rule)) for rule in rules), (act, own))
    return list(found.values())


def test_of_small_entries_every_combination_of_what_is_known_keeps_the_answer_of_any_lesser_one() -> None:
    shapes = small_acts()
    assert len(shapes) > 30
    definite = 0
    for act, own in shapes:
        made = nothing_on_record(act)
        schema = library().catalogue.facts
        things = [
            *(_flags_and_choices(name, values) for name, values in _SHARED.items()),
            *(_flags_and_choices(name, values_of(schema[name], tests)) for name, tests in own.items()),
            _CORRECTED,
            _DEADLINE,
        ]
        answers: dict[tuple[int, ...], Leniency] = {}
        for places in product(*(range(len(options)) for options in things)):
            facts = {**_ALWAYS}
            for options, place in zip(things, places, strict=True):
                facts |= options[place].facts
            now = answers[places] = answer(made, facts)
            definite += now is not Leniency.UNDETERMINED
            for thing, place in enumerate(places):
                follows = things[thing][place].follows
                if follows is not None:
                    before = answers[(*places[:thing], follows, *places[thing + 1 :])]
                    assert before in (Leniency.UNDETERMINED, now), (act, facts, before, now)
    assert definite > 1000


@pytest.mark.soak
def test_the_missing_facts_settle_the_answer_however_they_turn_out() -> None:
    settled = 0
    every = acts()
    turns = lanes.size(300, 5_000)
    for turn in range(turns):
        random = Random(lanes.seed(turn))
        made = world(random.choice(every), random)
        facts: dict[str, Value] = {}
        for step in made.steps[: random.randrange(len(made.steps) + 1)]:
            facts = {**facts, **step}
        if turn % 2:  # and of these it is not known when the act ended, whatever else is
            facts.pop("act_ended_on", None)
        known = {made.knowledge.identifier: made.knowledge}
        decision = judge().judge(made.question(facts), known, made.feeds)
        assert (decision.leniency is Leniency.UNDETERMINED) == bool(decision.missing)
        waiting = [entry.what for entry in decision.missing]
        if not waiting or any(what.startswith((CALENDAR, "feed:", "subject")) for what in waiting):
            continue
        given = dict(facts)
        for what in waiting:
            given = {**given, **some_value(what, given, random)}
        if given.get("corrected") == 0 or "期限至" in "".join(entry.reason for entry in decision.missing):
            continue  # the period may still be running: only time settles that
        settled += 1
        now = answer(made, given)
        assert now is not Leniency.UNDETERMINED, f"{made.act} {facts} {waiting} {given} {turn}"
    assert settled > turns / 5


def some_value(what: str, facts: dict[str, Value], random: Random) -> dict[str, Value]:
    """A missing fact, as it may turn out."""
    if what == "party_heard":
        claims = {fact.name: fact for fact in library().catalogue.facts.values() if fact.presumed is not None}
        claimed = {name: random.choice(values_of(fact, [])) for name, fact in claims.items() if name not in facts}
        return {"party_heard": 1, **{name: claimed[name] for name in claimed if random.random() < 0.3}}
    if what == "act_ended_on":
        return {
            what: random.choice([day for day in ENDED if day <= str(facts.get("discovered_on", TODAY.isoformat()))])
        }
    if what == "discovered_on":
        ended = str(facts.get("act_ended_on", "2026-11-01"))
        return {what: random.choice([ended, max(ended, "2026-11-02")])}
    if what == "corrected_on":
        found = str(facts.get("discovered_on", "2026-11-02"))
        return {"corrected": 1, what: random.choice([found, "2026-11-19"])}
    if what == "deadline_on":
        set_ = {"deadline_set": 1, what: "2026-11-10"}
        return set_ if facts.get("deadline_set") == 1 or random.random() < 0.5 else {"deadline_set": 0}
    fact = library().catalogue.facts[what]
    if fact.type in (FactType.FLAG, FactType.CHOICE):
        return {what: random.choice(values_of(fact, []))}
    return {what: random.choice([0, 1, 5, 100, 10**6])}


@pytest.mark.soak
def test_engine_and_reference_give_the_same_bytes() -> None:
    fresh = Judge(library())
    every = acts()
    for turn in range(lanes.size(120, 3_000)):
        random = Random(lanes.seed(10_000 + turn))
        made = world(random.choice(every), random)
        facts: dict[str, Value] = {}
        for step in made.steps[: random.randrange(len(made.steps) + 1)]:
            facts = {**facts, **step}
        known = {made.knowledge.identifier: made.knowledge}
        question = made.question(facts)
        decision = judge().judge(question, known, made.feeds)
        assert judge().second_opinion(question, known, made.feeds, decision) == ""
        assert canonical(fresh.judge(question, known, made.feeds)) == canonical(decision)
