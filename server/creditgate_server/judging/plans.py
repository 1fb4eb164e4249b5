"""Plans: the few rules that one question needs, picked by its keys and its day, compiled to small rulesets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ..decision.columns import Column, Columns
from ..decision.dossier import from_caller
from ..decision.feeds import feeds_of
from ..decision.findings import Verdicts
from ..decision.priority import count_rows, priority_tables
from ..decision.violation import divisions
from ..engine.compile import compile_rule, shards
from ..engine.durable import Pattern, Ruleset
from ..files.recent import Recent
from ..rulebook.bundle import RuleSet, turning_days
from ..rulebook.catalogue import Catalogue, Exemption
from ..rulebook.language import ACT_BOOK, Book, Role, Rule, Stage

MOST_PLANS = 2_000
"""Compiled plans kept; the least recently used goes first."""


@dataclass(frozen=True, slots=True)
class RuleKeys:
    """The keys by which rules are picked. Empty strings for what a book does not look at."""

    book: Book
    role: Role = Role.APPLICANT
    organ: str = ""
    item: str = ""
    stage: Stage = Stage.ACCEPTANCE
    exemption: str = ""
    """Rules of this entry alone; empty: rules of no entry, which are asked of every act."""
    region: str = ""
    beside: str = ""
    """An entry whose penalty rests on statutes that some rules of no entry are not about: these are left out."""


class Plan:
    """Rules that apply together, ready to be asked."""

    def __init__(self, number: int, rules: tuple[Rule, ...], columns: Columns, catalogue: Catalogue) -> None:
        self.number = number
        """Names the plan among those of its rule set in this process."""
        self.feeds = feeds_of(rules, columns, catalogue)
        self.rules = {rule.key: rule for rule in rules}
        self._tables = priority_tables(rules)
        used = columns.of_rules(rules)
        self.caller_columns: tuple[Column, ...] = tuple(column for column in used if from_caller(column))
        self.subject_columns: tuple[Column, ...] = tuple(column for column in used if not from_caller(column))
        compiled = [compile_rule(rule, columns) for rule in rules]
        self._names: dict[str, str] = {}
        self._holds = _rulesets(self._named({rule.key: rule.holds for rule in compiled}))
        self._fails_patterns = self._named({rule.key: rule.fails for rule in compiled if rule.fails is not None})
        self._fails: list[Ruleset] | None = None

    def ask(self, members: str, *, complete: bool) -> Verdicts:
        """Verdicts on a fact given as JSON members; `complete` where no value is unknown. Raises EngineFault."""
        verdicts = self._verdicts(members, complete=complete)
        return count_rows(verdicts, self._tables) if self._tables else verdicts

    def _verdicts(self, members: str, *, complete: bool) -> Verdicts:
        """Verdicts of the rules' conditions alone."""
        holds = self._fired(self._holds, members)
        if complete:
            return Verdicts(holds=holds, open=frozenset())
        if self._fails is None:  # asked only where something is unknown: made when first needed
            self._fails = _rulesets(self._fails_patterns)
        fails = self._fired(self._fails, members)
        return Verdicts(holds=holds, open=frozenset(self.rules.keys() - holds - fails))

    def _named(self, patterns: Mapping[str, tuple[Pattern, ...]]) -> dict[str, Pattern]:
        """Short names, one for each alternative, remembered with the rule they stand for."""
        named: dict[str, Pattern] = {}
        for key, alternatives in patterns.items():
            for pattern in alternatives:
                name = f"r{len(self._names)}"
                self._names[name] = key
                named[name] = pattern
        return named

    def _fired(self, rulesets: list[Ruleset], members: str) -> frozenset[str]:
        names = self._names
        return frozenset(names[name] for ruleset in rulesets for name in ruleset.ask(members))

    def close(self) -> None:
        """Give the rulesets back."""
        for ruleset in (*self._holds, *(self._fails or ())):
            ruleset.close()


def _rulesets(patterns: Mapping[str, Pattern]) -> list[Ruleset]:
    return [Ruleset(shard) for shard in shards(patterns)]


class Plans:
    """All plans of a rule set; each compiled when first asked, shared by all keys that pick the same rules."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.columns = Columns(rule_set)
        self._rule_set = rule_set
        self._starts = epochs(rule_set)
        self._alike = _alike(rule_set)
        self._made = 0
        self._by_keys: dict[tuple[int, RuleKeys], tuple[str, ...]] = {}
        self._asked: dict[tuple[str, str], Rule] = {}
        self._turning: dict[RuleKeys, tuple[date, ...]] = {}
        self._plans: Recent[tuple[str, ...], Plan] = Recent(MOST_PLANS, Plan.close)

    @property
    def catalogue(self) -> Catalogue:
        """Of the rule set."""
        return self._rule_set.catalogue

    def plan(self, keys: RuleKeys, day: date) -> Plan:
        """The plan for some keys on a day."""
        place = (bisect_right(self._starts, day), keys)
        picked = self._by_keys.get(place)
        rules = None
        if picked is None:
            rules = self.picked(keys, day)
            picked = self._by_keys[place] = tuple(rule.asked_key for rule in rules)
        plan = self._plans.get(picked)
        if plan is None:
            plan = self._plans.put(picked, self._compiled(self.picked(keys, day) if rules is None else rules))
        return plan

    def keys_of_act(self, organ: str, exemption: str, region: str) -> tuple[RuleKeys, ...]:
        """The rules of every act, and those of the entry."""
        every = RuleKeys(ACT_BOOK, organ=organ, region=region, beside=self._alike.get(exemption, ""))
        return (every, RuleKeys(ACT_BOOK, organ=organ, exemption=exemption, region=region)) if exemption else (every,)

    def turning_days(self, keys: RuleKeys) -> tuple[date, ...]:
        """Days on which the rules that some keys pick change, ascending."""
        found = self._turning.get(keys)
        if found is None:
            traits = self._traits(keys.item)
            ever = (
                rule
                for rule in self._rule_set.of_book(keys.book)
                if _applies(rule, keys, traits, self._rule_set.catalogue)
            )
            found = self._turning[keys] = turning_days(ever)
        return found

    def prepare(self, day: date) -> int:
        """Compile every plan of a day beforehand, so that no question waits for it. Returns how many there are."""
        for keys in self.questions():
            self.plan(keys, day)
        return len(self._plans)

    def close(self) -> None:
        """Give every compiled plan back. Nothing may be asked any more."""
        self._plans.clear()

    def _compiled(self, rules: tuple[Rule, ...]) -> Plan:
        self._made += 1
        return Plan(self._made, rules, self.columns, self._rule_set.catalogue)

    def picked(self, keys: RuleKeys, day: date) -> tuple[Rule, ...]:
        """The rules that some keys pick on a day, in rule set order, as they are asked of the keys' item."""
        traits = self._traits(keys.item)
        return tuple(
            self.asked(rule, keys)
            for rule in self._rule_set.of_book(keys.book)
            if rule.effective.holds_on(day) and _applies(rule, keys, traits, self._rule_set.catalogue)
        )

    def asked(self, rule: Rule, keys: RuleKeys) -> Rule:
        """A rule as it is asked of the keys' item: what it takes from there stands in it."""
        if not rule.looks_at_item:
            return rule
        place = (rule.key, keys.item)
        found = self._asked.get(place)
        if found is None:
            organ = self._rule_set.catalogue.items[keys.item].organ
            found = self._asked[place] = rule.asked_of(keys.item, organ)
        return found

    def all_picked(self) -> Iterator[tuple[date, RuleKeys, tuple[Rule, ...]]]:
        """Every day on which the rules change, with every question's keys and the rules that they pick."""
        for keys in self.questions():
            traits = self._traits(keys.item)
            ever = [
                self.asked(rule, keys)
                for rule in self._rule_set.of_book(keys.book)
                if _applies(rule, keys, traits, self._rule_set.catalogue)
            ]
            for day in self._starts:
                yield day, keys, tuple(rule for rule in ever if rule.effective.holds_on(day))

    def _traits(self, item: str) -> frozenset[str]:
        entry = self._rule_set.catalogue.items.get(item)
        return frozenset(entry.traits) if entry else frozenset()

    def days(self) -> tuple[date, ...]:
        """The first day of every period in which the rules in force do not change, from the first rule's."""
        return self._starts

    def questions(self) -> Iterable[RuleKeys]:
        """Keys that, between them, pick every plan of any day."""
        catalogue = self._rule_set.catalogue
        yield RuleKeys(Book.GRADE)
        for organ in catalogue.organs:
            yield RuleKeys(Book.LEVEL, organ=organ)
        yield from self._questions_of_acts()
        for item in catalogue.items.values():
            for stage in Stage:
                for role in Role:
                    yield RuleKeys(Book.MEASURES, role, item.organ, item.code, stage)

    def _questions_of_acts(self) -> Iterable[RuleKeys]:
        rules = self._rule_set.of_book(ACT_BOOK)
        if not rules:
            return
        catalogue = self._rule_set.catalogue
        anywhere = {region for rule in rules if not rule.applies.exemptions for region in rule.applies.regions}
        for organ in catalogue.organs:
            for region in sorted(anywhere | {""}):
                yield RuleKeys(ACT_BOOK, organ=organ, region=region)
        for organ, entry in dict.fromkeys((catalogue.exemptions[one].organ, to) for one, to in self._alike.items()):
            for region in sorted(anywhere | {""}):
                yield RuleKeys(ACT_BOOK, organ=organ, region=region, beside=entry)
        regions: dict[str, set[str]] = {}
        for rule in rules:
            for exemption in rule.applies.exemptions:
                regions.setdefault(exemption, set()).update(rule.applies.regions or ("",))
        for exemption, found in regions.items():
            organ = catalogue.exemptions[exemption].organ
            for region in sorted(found):
                yield RuleKeys(ACT_BOOK, organ=organ, exemption=exemption, region=region)


def _penal(entry: Exemption | None) -> frozenset[str]:
    """Instruments on which the penalty of an entry rests. Empty: not known."""
    return frozenset(one.instrument for one in entry.penalty_basis) if entry is not None else frozenset()


def _alike(rule_set: RuleSet) -> dict[str, str]:
    """Entries beside which some rule of no entry is not asked, each with the first beside which the same are not."""
    named = [frozenset(rule.applies.statutes or ()) for rule in rule_set.of_book(ACT_BOOK)]
    apart = tuple(dict.fromkeys(statutes for statutes in named if statutes))
    first: dict[tuple[bool, ...], str] = {}
    found = {}
    for code, entry in rule_set.catalogue.exemptions.items():
        penal = _penal(entry)
        asked = tuple(not penal.isdisjoint(statutes) for statutes in apart)
        if penal and not all(asked):
            found[code] = first.setdefault(asked, code)
    return found


def _applies_to_act(rule: Rule, keys: RuleKeys, catalogue: Catalogue) -> bool:
    applies = rule.applies
    penal = _penal(catalogue.exemptions.get(keys.exemption or keys.beside)) if applies.statutes else frozenset()
    return (
        not (penal and penal.isdisjoint(applies.statutes or ()))
        and (keys.exemption in applies.exemptions if keys.exemption else not applies.exemptions)
        and (not applies.regions or not set(applies.regions).isdisjoint(divisions(keys.region)))
        and (not applies.organs or keys.organ in applies.organs)
    )


def _applies(rule: Rule, keys: RuleKeys, traits: frozenset[str], catalogue: Catalogue) -> bool:
    if keys.book is ACT_BOOK:
        return _applies_to_act(rule, keys, catalogue)
    applies = rule.applies
    return (
        keys.role in applies.roles
        and (not applies.organs or keys.organ in applies.organs)
        and (not applies.stages or keys.stage in applies.stages)
        and (not (applies.items or applies.traits) or keys.item in applies.items or bool(traits & set(applies.traits)))
    )


def epochs(rule_set: RuleSet) -> tuple[date, ...]:
    """Days on which the rules in force change, ascending."""
    return turning_days(rule_set.rules)
