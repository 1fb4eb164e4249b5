"""Between a solution and a subject that people and the reference evaluator can look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ...decision.knowledge import Rating, Record
from ...decision.record_words import penalty_details
from ...engine.reference import Case, Opinion, Reference
from ...engine.world import IDENTIFIERS, World
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue, FactEntry, FactSource
from ...rulebook.language import LIST_ENTRY, Role, Stage, Value
from ...rulebook.titles import RELATIONS
from ...rulebook.words import value_in_words, yuan


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a subject is looked at. Empty for what a book does not look at."""

    organ: str = ""
    item: str = ""
    role: Role = Role.APPLICANT
    stage: Stage = Stage.ACCEPTANCE


@dataclass(frozen=True, slots=True)
class ExampleSubject:
    """A subject that shows a finding."""

    day: date
    asked: Setting
    facts: dict[str, Value]
    """Facts by name, in the rule language's form; what is not here has its default or lies where no rule looks."""
    records: tuple[str, ...]
    """In Chinese, one a record."""
    words: tuple[str, ...]
    """The whole in Chinese, line by line."""


def put_fact(world: World, fact: FactEntry, value: Value) -> None:
    """Give a world's subject a value."""
    if fact.source is FactSource.CALLER:
        world.given[fact.name] = value
    elif fact.source is FactSource.ATTRIBUTE:
        world.attributes[fact.name] = value
    elif fact.source is FactSource.IDENTIFIER:
        world.identifier = IDENTIFIERS[str(value)]
    elif fact.source is FactSource.RATING and value != "none":
        world.ratings.append(Rating(ladder=fact.ladder, rating=str(value), decided_on=world.day))


def case_of(world: World, rule_set: RuleSet, asked: Setting) -> Case:
    """The world as a question to the reference evaluator; every feed is fresh."""
    feeds = dict.fromkeys(rule_set.catalogue.feeds, world.day)
    return Case(world.knowledge(), feeds, world.day, world.given, asked.role, asked.organ, asked.item, asked.stage)


def confirmed(world: World, rule_set: RuleSet, asked: Setting, shows: Callable[[Opinion], bool]) -> bool:
    """Whether the reference evaluator, which knows nothing of this analysis, sees the same."""
    return shows(Reference(rule_set).judge(case_of(world, rule_set, asked)))


def witness(world: World, catalogue: Catalogue, asked: Setting) -> ExampleSubject:
    """A world in words."""
    facts: dict[str, Value] = {**world.attributes, **world.given}
    lines = [
        f"{catalogue.facts[name].label}: {value_in_words(catalogue.facts[name], value)}"
        for name, value in facts.items()
        if value != catalogue.facts[name].default
    ]
    for rating in world.ratings:
        facts[f"rating:{rating.ladder}"] = rating.rating
        lines.append(f"{catalogue.ladders[rating.ladder].title}: {rating.rating}")
    kind = next((name for name, code in IDENTIFIERS.items() if code == world.identifier), "")
    if kind and kind != "enterprise":
        facts["identifier"] = kind
        lines.append(f"主体类型: {kind}")
    records = tuple(_record(world, catalogue, record) for record in world.records)
    for related in world.related:
        title = RELATIONS[related.kind]
        who = f"由其担任{title}的主体" if related.of else f"其{title}"
        held = f"{related.since} 起" + (f"至 {related.until}" if related.until else "")
        others = tuple(_record(world, catalogue, record) for record in related.knowledge.records)
        records += tuple(f"{who}({held})的{line}" for line in others)
    where = [f"{world.day} 被问"]
    if asked.item:
        where.append(f"事项 {catalogue.items[asked.item].title}({asked.role.value}, {asked.stage.value})")
    elif asked.organ:
        where.append(f"部门 {catalogue.organs[asked.organ].title}")
    return ExampleSubject(world.day, asked, facts, records, (", ".join(where), *lines, *_counted(records)))


def _counted(records: tuple[str, ...]) -> list[str]:
    return [f"{line} × {records.count(line)}" if records.count(line) > 1 else line for line in dict.fromkeys(records)]


def _record(world: World, catalogue: Catalogue, record: Record) -> str:
    listed = record.kind == LIST_ENTRY
    title = catalogue.lists[record.list].title if listed else catalogue.record_kinds[record.kind].title
    state = "已修复" if record.state == "repaired" else "有效"
    if record.until is not None and record.until < world.day:
        state = "已届满"
    organ = catalogue.organs[record.organ].title if record.organ in catalogue.organs else ""
    amount = f", 罚没 {yuan(record.amount_fen)}" if record.amount_fen else ""
    amount += "".join(f", {detail}" for detail in penalty_details(record, catalogue))
    details = "、".join(part for part in (organ, record.severity) if part)
    return f"记录: {title}{f'({details})' if details else ''}, {record.decided_on} 作出, {state}{amount}"
