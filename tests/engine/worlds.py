"""Random rule sets and random subjects: a small world in which every construct of the language turns up.

Seeded by a `random.Random`: the same seed gives the same world. Values lie close together, so that boundaries are hit.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from creditgate_server.decision.knowledge import Assertion, Knowledge, Rating, Record, Related
from creditgate_server.engine.compile import TooLarge, compile_rule
from creditgate_server.engine.reference import Case
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.catalogue import (
    Catalogue,
    Citation,
    CountedFrom,
    FactEntry,
    FactSource,
    FactType,
    Feed,
    GradeEntry,
    Instrument,
    Item,
    Ladder,
    LevelEntry,
    ListEntry,
    MeasureEntry,
    MeasureKind,
    Organ,
    Period,
    Rank,
    RecordKind,
    Terms,
    Trait,
    Transition,
)
from creditgate_server.rulebook.language import (
    AgeTest,
    Aggregate,
    AllOf,
    AnyOf,
    Applies,
    Book,
    Compare,
    Condition,
    Duty,
    FactTest,
    FindingTest,
    GiveGrade,
    GiveLevel,
    GiveMeasure,
    NoneOf,
    PenaltyKind,
    RecordState,
    RecordTest,
    RelatedTest,
    RelationKind,
    RelationMoment,
    Role,
    Rule,
    Select,
    Stage,
    Value,
    Window,
)

DAY = date(2026, 11, 20)
BASIS = (Citation(instrument="law", article="第一条"),)
RELATIONS = (RelationKind.LEGAL_REPRESENTATIVE, RelationKind.PRINCIPAL)
PENALTIES = (PenaltyKind.FINE, PenaltyKind.CONFISCATION, PenaltyKind.REVOCATION)
SEVERITIES = ("minor", "general", "serious")
CHOICES = {"few": ("a", "b", "c"), "many": tuple(f"x{number}" for number in range(14))}

randoms = st.integers(min_value=0, max_value=2**32 - 1).map(Random)
"""Worlds by their seed: a failing one is named by a number, and no draw of a world costs one of hypothesis."""


def catalogue(items: int = 3) -> Catalogue:
    """A catalogue with two feeds a thing, so that some are fresh where others are stale."""
    always = Period(start=date(2000, 1, 1))
    facts = [
        FactEntry(name="asked", label="提出", type=FactType.FLAG, source=FactSource.CALLER, default=0),
        FactEntry(name="told", label="告知", type=FactType.FLAG, source=FactSource.CALLER, supplier="部门"),
        FactEntry(name="amount", label="金额", type=FactType.MONEY, source=FactSource.CALLER, supplier="部门"),
        FactEntry(
            name="many",
            label="多选",
            type=FactType.CHOICE,
            source=FactSource.CALLER,
            choices=CHOICES["many"],
            supplier="部门",
        ),
        FactEntry(name="filed", label="申请日", type=FactType.DAY, source=FactSource.CALLER, supplier="部门"),
        FactEntry(
            name="few",
            label="少选",
            type=FactType.CHOICE,
            source=FactSource.ATTRIBUTE,
            feed="f1",
            choices=CHOICES["few"],
        ),
        FactEntry(name="staff", label="人数", type=FactType.WHOLE, source=FactSource.ATTRIBUTE, feed="f2", default=2),
        FactEntry(name="founded", label="成立日", type=FactType.DAY, source=FactSource.ATTRIBUTE, feed="f1"),
        FactEntry(
            name="rating",
            label="评级",
            type=FactType.CHOICE,
            source=FactSource.RATING,
            ladder="tax",
            choices=("A", "B", "C", "none"),
        ),
        FactEntry(
            name="kind",
            label="类型",
            type=FactType.CHOICE,
            source=FactSource.IDENTIFIER,
            choices=("enterprise", "person"),
        ),
        FactEntry(
            name="grade", label="等级", type=FactType.CHOICE, source=FactSource.GRADE, choices=("A", "B", "C", "D")
        ),
        FactEntry(
            name="level", label="级别", type=FactType.CHOICE, source=FactSource.LEVEL, choices=("l0", "l1", "l2")
        ),
    ]
    return Catalogue(
        instruments={"law": Instrument(code="law", title="某法", rank=Rank.LAW, effective=always)},
        measures={
            f"m{n}": MeasureEntry(
                code=f"m{n}",
                title=f"措施{n}",
                kind=MeasureKind.INCENTIVE if n % 3 == 0 else MeasureKind.RESTRAINT,
                instruction="照办",
                prohibits=n == 1,
                yields_to=(f"m{n + 1}",) if n % 3 == 0 else (),
            )
            for n in range(9)
        },
        record_kinds={
            "penalty": RecordKind(
                code="penalty",
                title="行政处罚",
                feed="f1",
                severities=SEVERITIES,
                terms=(
                    Terms(severity="minor", lasts_months=3, repair_after_months=0),
                    Terms(severity="serious", lasts_months=36, repair_after_months=12),
                    Terms(lasts_months=12, repair_after_months=3, effective=Period(start=DAY)),
                    Terms(lasts_months=1, organs=("o0",), applies_to=Transition(decided_from=DAY - timedelta(days=61))),
                    Terms(
                        lasts_months=2,
                        effective=Period(start=date(2000, 1, 1), until=DAY - timedelta(days=1)),
                        counted_from=CountedFrom.PUBLICATION,
                    ),
                ),
            ),
            "breach": RecordKind(code="breach", title="违背承诺", feed="f2"),
        },
        lists={
            "bad": ListEntry(
                code="bad",
                title="失信",
                organ="o0",
                feed="f3",
                severe=True,
                basis=BASIS,
                terms=(Terms(lasts_months=36), Terms(lasts_months=12, grounds=("g0",))),
            ),
            "white": ListEntry(code="white", title="白名单", organ="o1", feed="f2", basis=BASIS),
        },
        ladders={"tax": Ladder(code="tax", title="纳税", feed="f3", ratings=("A", "B", "C"), basis=BASIS)},
        feeds={
            f"f{n}": Feed(code=f"f{n}", title=f"数据{n}", organ="o0", max_age_days=10, relations=n == 1 or UNSET)
            for n in (1, 2, 3)
        },
        organs={f"o{n}": Organ(code=f"o{n}", title=f"部门{n}") for n in (0, 1)},
        traits={f"t{n}": Trait(code=f"t{n}", title=f"方式{n}") for n in (0, 1)},
        items={
            f"i{n}": Item(
                code=f"i{n}",
                title=f"事项{n}",
                organ=f"o{n % 2}",
                traits=(f"t{n % 2}",),
                required_roles=(Role.LEGAL_REPRESENTATIVE,) if n == 2 else UNSET,
            )
            for n in range(items)
        },
        grades={code: GradeEntry(code=code, title=code) for code in "ABCD"},
        levels={f"l{n}": LevelEntry(code=f"l{n}", title=f"级{n}", frequency="") for n in range(3)},
        facts={fact.name: fact for fact in facts},
    )


def rule_set(random: Random, rules: int = 12, items: int = 3) -> RuleSet:
    """A rule set of so many measure rules, with grade and level rules before them."""
    grades = [_rule(random, Book.GRADE, n, GiveGrade(grade=random.choice("ABCD")), []) for n in range(3)]
    grades.append(_always(Book.GRADE, GiveGrade(grade="A")))
    known = [rule.id for rule in grades]
    levels = [_rule(random, Book.LEVEL, n, GiveLevel(level=f"l{random.randrange(3)}"), known) for n in range(3)]
    known += [rule.id for rule in levels]
    measures = [
        _rule(
            random,
            Book.MEASURES,
            n,
            GiveMeasure(measure=f"m{random.randrange(9)}", duty=random.choice(list(Duty))),
            known,
            items,
        )
        for n in range(rules)
    ]
    return RuleSet(catalogue=catalogue(items), rules=(*grades, *levels, *measures))


def fits(rule_set: RuleSet) -> bool:
    """Whether the engine takes every rule: a set with one that is too large is refused before it serves."""
    columns = Judge(rule_set).plans.columns
    try:
        for rule in rule_set.rules:
            compile_rule(rule, columns)
    except TooLarge:
        return False
    return True


def _always(book: Book, then: GiveGrade) -> Rule:
    return Rule(
        id=f"{book.value}-always",
        book=book,
        title="一律",
        effective=Period(start=date(2000, 1, 1)),
        then=then,
        basis=BASIS,
    )


def _rule(random: Random, book: Book, number: int, then: object, known: list[str], items: int = 3) -> Rule:
    start = DAY + timedelta(days=random.choice((-400, -400, -400, -1, 0, 1)))
    until = random.choice((None, None, None, DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)))
    if until is not None and until < start:
        until = None
    applies = Applies()
    if book is Book.MEASURES:
        applies = Applies(
            items=(f"i{random.randrange(items)}",) if random.random() < 0.3 else (),
            traits=(f"t{random.randrange(2)}",) if random.random() < 0.2 else (),
            organs=("o0", "o1") if random.random() < 0.1 else (),
            stages=(random.choice(list(Stage)),) if random.random() < 0.1 else (),
            roles=(Role.APPLICANT, Role.AGENT) if random.random() < 0.2 else (Role.APPLICANT,),
        )
    elif book is Book.LEVEL and random.random() < 0.3:
        applies = Applies(organs=(f"o{random.randrange(2)}",))
    when = condition(random, book, known, depth=random.choice((0, 1, 2, 2, 3))) if random.random() < 0.95 else None
    return Rule(
        id=f"{book.value}-{number}",
        book=book,
        title=f"规则{number}",
        effective=Period(start=start, until=until),
        applies=applies,
        when=when,
        then=then,
        basis=BASIS,
        verified=random.random() < 0.5,
    )


def condition(random: Random, book: Book, known: list[str], depth: int) -> Condition:
    """A random condition of at most this depth."""
    if depth == 0:
        return _leaf(random, book, known)
    kind = random.choice((AllOf, AllOf, AnyOf, NoneOf))
    parts = tuple(condition(random, book, known, random.randrange(depth)) for _ in range(random.choice((1, 2, 2, 3))))
    return kind(parts=parts)


def _leaf(random: Random, book: Book, known: list[str]) -> Condition:
    pick = random.random()
    if pick < 0.1:
        return RelatedTest(
            kinds=tuple(random.sample(RELATIONS, random.choice((1, 2)))),
            of=random.random() < 0.5,
            moment=random.choice(list(RelationMoment)),
            select=_records(random, book).select,
            at_least=random.choice((1, 1, 2)),
        )
    if pick < 0.4:
        return _records(random, book)
    if pick < 0.5 and known:
        return FindingTest(rule=random.choice(known))
    if pick < 0.6:
        fact = random.choice(("filed", "founded")) if book is Book.MEASURES else "founded"
        months = random.choice((0, 1, 2))
        return AgeTest(fact=fact, months=months, days=random.choice((0, 1, 30)) if months else 5)
    return _fact(random, book)


def _fact(random: Random, book: Book) -> FactTest:
    names = ["few", "staff", "founded", "rating", "kind"]
    if book is not Book.GRADE:
        names.append("grade")
    if book is Book.MEASURES:
        names += ["level", "asked", "told", "amount", "many", "filed"]
    name = random.choice(names)
    entry = catalogue().facts[name]
    order = random.choice((Compare.LESS, Compare.AT_MOST, Compare.MORE, Compare.AT_LEAST, Compare.IN))
    if entry.type is FactType.FLAG:
        return FactTest(fact=name, compare=Compare.IN, values=(random.randrange(2),))
    if entry.type is FactType.CHOICE:
        count = random.choice((1, 1, 2, len(entry.choices)))
        return FactTest(fact=name, compare=Compare.IN, values=tuple(random.sample(entry.choices, count)))
    if entry.type is FactType.DAY:
        return FactTest(fact=name, compare=order, values=(_day(random).isoformat(),))
    return FactTest(fact=name, compare=order, values=(random.randrange(4),))


def _day(random: Random) -> date:
    return DAY - timedelta(days=random.choice((-1, 0, 1, 5, 30, 31, 61)))


def _records(random: Random, book: Book) -> RecordTest:
    kinds: tuple[str, ...] = random.choice(((), ("penalty",), ("breach",), ("penalty", "breach"), ("list_entry",)))
    lists: tuple[str, ...] = ()
    if kinds in ((), ("list_entry",)) and random.random() < 0.6:
        lists = random.choice((("bad",), ("white",), ("bad", "white")))
        kinds = ("list_entry",)
    select = Select(
        kinds=kinds,
        lists=lists,
        severities=tuple(random.sample(SEVERITIES, random.choice((1, 2)))) if random.random() < 0.3 else (),
        organs=("o0",) if random.random() < 0.2 else (),
        states=tuple(random.sample(list(RecordState), random.choice((1, 1, 2)))),
        each_at_least=random.choice((50, 100)) if random.random() < 0.2 else 0,
        window=Window(months=random.choice((1, 2, 12)), days=random.choice((0, 0, 5)))
        if random.random() < 0.5
        else None,
    )
    if random.random() < 0.5:
        select = replace(select, **_in_detail(random, select, book))
    amount = random.random() < 0.25
    bound = random.randrange(0, 400, 50) if amount else random.randrange(4)
    at_least = random.random() < 0.7
    return RecordTest(
        select=select,
        aggregate=random.choice((Aggregate.AMOUNT, Aggregate.FINE)) if amount else Aggregate.COUNT,
        at_least=max(bound, 1) if at_least else None,
        at_most=None if at_least else bound,
    )


def _in_detail(random: Random, select: Select, book: Book) -> dict[str, object]:
    """What a selection asks of records that they may leave unsaid."""
    asked: dict[str, object] = {}
    if random.random() < 0.4:
        asked["penalty_kinds"] = tuple(random.sample(PENALTIES, random.choice((1, 2))))
    if random.random() < 0.3:
        asked["fine_each_at_least"] = random.choice((25, 75))
    if random.random() < 0.3:
        asked["grounds"] = (random.choice(("g0", "g1")),)
    if random.random() < 0.4:
        asked["ban_running"] = True
        if select.window is None and random.random() < 0.3:
            asked["open_ended"] = True
    if book is Book.MEASURES and random.random() < 0.4:
        asked["that_licence"] = True
    if book is Book.MEASURES and not select.organs and random.random() < 0.4:
        asked["items_organ"] = True
    return asked


def knowledge(random: Random, identifier: str = "914419000000000000") -> Knowledge:
    """A subject with a few records around every boundary."""
    attributes: dict[str, Value] = {}
    if random.random() < 0.8:
        attributes["few"] = random.choice(CHOICES["few"])
    if random.random() < 0.7:
        attributes["staff"] = random.randrange(5)
    if random.random() < 0.8:
        attributes["founded"] = _day(random).isoformat()
    ratings = tuple(
        Rating(
            ladder="tax",
            rating=random.choice("ABC"),
            decided_on=_day(random),
            until=random.choice((None, DAY - timedelta(days=1), DAY)),
        )
        for _ in range(random.randrange(3))
    )
    return Knowledge(
        identifier=identifier,
        present=random.random() < 0.9,
        attributes=attributes,
        records=tuple(_versioned(random, number) for number in range(random.randrange(7))),
        ratings=ratings,
        disputed=_disputed(random) or UNSET,
        relations_beyond=1 if random.random() < 0.1 else UNSET,
        related=tuple(_related(random, number) for number in range(random.randrange(4))) or UNSET,
    )


def _disputed(random: Random) -> dict[str, tuple[Assertion, ...]]:
    """Facts on which sources disagree."""
    return {
        name: tuple(Assertion(source=source, source_day=DAY, value=value) for source, value in said)
        for name, said in (
            ("staff", (("f1", 1), ("f2", None))),
            ("few", (("f1", "a"), ("f2", "b"))),
            ("rating", (("f2", "A"), ("f3", "B"))),
        )
        if random.random() < 0.1
    }


def _related(random: Random, number: int) -> Related:
    """Another subject, at times one that is related twice, whose relation begins or ends around a boundary."""
    of = random.random() < 0.5
    other = Knowledge(
        identifier=f"91441900000000{random.randrange(2):04d}" if of else f"p:{random.randrange(2):064x}",
        present=random.random() < 0.95,
        attributes={},
        records=tuple(_versioned(random, number) for number in range(random.randrange(3))),
        ratings=(),
    )
    return Related(
        kind=random.choice(RELATIONS),
        of=of,
        since=random.choice((None, date(2000, 1, 1), date(2000, 1, 1), _day(random))),
        until=random.choice((None, None, _day(random))),
        source="f1",
        knowledge=other,
    )


def _versioned(random: Random, number: int) -> Record:
    """A record, at times in versions that sources do not agree on."""
    record = _record(random, number)
    if random.random() < 0.8:
        return record
    versions = tuple(
        replace(_record(random, number), source="f2", kind=record.kind, list=record.list)
        for _ in range(random.choice((1, 1, 2)))
    )
    return replace(record, versions=versions)


def _said(random: Random) -> dict[str, object]:
    """What a record says in detail, or leaves unsaid."""
    said: dict[str, object] = {
        "penalty_kinds": tuple(sorted(random.sample(PENALTIES, random.randrange(3)))),
        "fine_fen": random.randrange(0, 100, 25),
        "confiscated_fen": random.randrange(0, 100, 25),
        "licence_item": random.choice(("i0", "i1", "i2")),
        "ban_until": random.choice((DAY - timedelta(days=1), DAY, DAY + timedelta(days=1), date.max)),
        "ground": random.choice(("g0", "g1")),
    }
    return {name: value for name, value in said.items() if random.random() < 0.6}


def _record(random: Random, number: int) -> Record:
    kind = random.choice(("penalty", "penalty", "breach", "list_entry"))
    decided = (
        _day(random) if random.random() < 0.7 else DAY - timedelta(days=random.choice((364, 365, 366, 1095, 1096)))
    )
    state = random.choice(("effective", "effective", "effective", "repaired", "revoked"))
    return Record(
        source="f1",
        document_number=f"文{number}",
        kind=kind,
        list=random.choice(("bad", "white")) if kind == "list_entry" else "",
        severity=random.choice(SEVERITIES) if kind == "penalty" else "",
        organ=random.choice(("o0", "o1", "")),
        decided_on=decided,
        effective_from=decided + timedelta(days=random.choice((0, 0, 0, 1))),
        until=random.choice((None, None, DAY - timedelta(days=1), DAY, DAY + timedelta(days=40))),
        state=state,
        state_on=random.choice((None, DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)))
        if state != "effective"
        else None,
        amount_fen=random.randrange(0, 200, 25),
        organ_title=random.choice(("", "某机关")),
        **_said(random),
    )


def feeds(random: Random) -> dict[str, date]:
    """Ages of the feeds: mostly fresh, at times at the limit, past it, or never delivered."""
    result = {}
    for code in ("f1", "f2", "f3"):
        if random.random() < 0.9:
            result[code] = DAY - timedelta(days=random.choice((-3, 0, 0, 0, 9, 10, 11)))
    return result


def given(random: Random) -> dict[str, Value]:
    """Facts that the caller gave: any subset."""
    facts: dict[str, Value] = {
        "asked": random.randrange(2),
        "told": random.randrange(2),
        "amount": random.randrange(5),
        "many": random.choice(CHOICES["many"]),
        "filed": _day(random).isoformat(),
    }
    return {name: value for name, value in facts.items() if random.random() < 0.75}


def case(random: Random, rules: RuleSet) -> Case:
    """One subject before one item."""
    item = random.choice(list(rules.catalogue.items.values()))
    person = random.random() < 0.1
    return Case(
        knowledge=knowledge(random, "p:" + "0" * 64 if person else "914419000000000000"),
        feeds=feeds(random),
        day=DAY + timedelta(days=random.choice((0, 0, 0, 0, -1, 1, -30))),
        given=given(random),
        role=random.choice((Role.APPLICANT, Role.APPLICANT, Role.AGENT)),
        organ=item.organ,
        item=item.code,
        stage=random.choice(list(Stage)),
    )
