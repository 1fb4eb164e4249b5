"""Leniency keeps the promises: nothing that becomes known turns one answer into another; what is missing settles it."""

from __future__ import annotations

from random import Random

from creditgate_server.decision.leniency_ladder import Ladder
from creditgate_server.decision.leniency_unknown import CALENDAR
from creditgate_server.decision.outcome import canonical
from creditgate_server.engine.judge import Judge
from creditgate_server.rulebook.catalogue import FactType
from creditgate_server.rulebook.language import Leniency, Value

from ..engine.violations import World, acts, judge, library, values_of, world

WORLDS_AN_ACT = 6


def answer(made: World, facts: dict[str, Value]) -> Leniency:
    """The answer alone, without its explanation."""
    known = {made.knowledge.identifier: made.knowledge}
    _, _, books = judge().lenient_findings(made.question(facts), known, made.feeds)
    assert not any(book.failed for book in books)
    rules = {key: rule for book in books for key, rule in book.rules.items()}
    holds = frozenset().union(*(book.verdicts.holds for book in books))
    undecided = frozenset().union(*(book.verdicts.open for book in books))
    return (
        Ladder(rules.values())
        .stop(lambda rule: rule.key in holds or (None if rule.key in undecided else False))
        .leniency
    )


def test_a_further_fact_never_turns_one_definite_answer_into_another() -> None:
    seen: set[Leniency] = set()
    for number, act in enumerate(acts()):
        for turn in range(WORLDS_AN_ACT):
            made = world(act, Random(number * 1000 + turn))
            facts: dict[str, Value] = {}
            before = answer(made, facts)
            for step in made.steps:
                facts = {**facts, **step}
                now = answer(made, facts)
                assert before in (Leniency.UNDETERMINED, now), (act, facts, step, before, now)
                before = now
            seen.add(before)
    assert seen >= set(Leniency) - {Leniency.FINE_MAY_BE_WAIVED}


def test_the_missing_facts_settle_the_answer_however_they_turn_out() -> None:
    settled = 0
    every = acts()
    for turn in range(600):
        random = Random(turn)
        made = world(random.choice(every), random)
        facts: dict[str, Value] = {}
        for step in made.steps[: random.randrange(len(made.steps) + 1)]:
            facts = {**facts, **step}
        known = {made.knowledge.identifier: made.knowledge}
        decision = judge().leniency(made.question(facts), known, made.feeds)
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
        assert now is not Leniency.UNDETERMINED, (made.act, facts, waiting, given)
    assert settled > 200


def some_value(what: str, facts: dict[str, Value], random: Random) -> dict[str, Value]:
    """A missing fact, as it may turn out."""
    if what == "party_heard":
        claims = {fact.name: fact for fact in library().catalogue.facts.values() if fact.presumed is not None}
        claimed = {name: random.choice(values_of(fact, [])) for name, fact in claims.items() if name not in facts}
        return {"party_heard": 1, **{name: claimed[name] for name in claimed if random.random() < 0.3}}
    if what == "act_ended_on":
        return {what: "2026-11-01"}
    if what == "discovered_on":
        return {what: max(str(facts.get("act_ended_on", "2026-11-01")), "2026-11-02")}
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


def test_engine_and_reference_give_the_same_bytes() -> None:
    fresh = Judge(library())
    every = acts()
    for turn in range(300):
        random = Random(10_000 + turn)
        made = world(random.choice(every), random)
        facts: dict[str, Value] = {}
        for step in made.steps[: random.randrange(len(made.steps) + 1)]:
            facts = {**facts, **step}
        known = {made.knowledge.identifier: made.knowledge}
        question = made.question(facts)
        decision = judge().leniency(question, known, made.feeds)
        assert judge().leniency_second_opinion(question, known, made.feeds, decision) == ""
        assert canonical(fresh.leniency(question, known, made.feeds)) == canonical(decision)
