"""A rule in Chinese sentences: whom it is asked of, where, on what condition, what it gives, on whose authority."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from .bundle import RuleSet
from .catalogue import Catalogue, Citation, Instrument, MeasureEntry, MeasureKind, Period
from .language import (
    Book,
    Duty,
    GiveLeniency,
    GiveMeasure,
    Role,
    Row,
    Rule,
    fold_effect,
)
from .titles import BOOKS, DUTIES, HITS, KINDS, RANKS, ROLES, STAGES
from .words import (
    ConditionLine,
    ParameterWords,
    condition_in_lines,
    effect_in_words,
    parameters_in_words,
    source_in_words,
)

NO_VERSION = "该日没有这条规则的版本"
UNVERIFIED = "待核实"
NO_LIMIT = "不限"
NO_ARTICLE = "没有写明条款"
OWN_LIST = "清单本身"
WORST_GRADE = "几条规则都成立时, 取最差的一级"
STRICTEST_LEVEL = "几条规则都成立时, 取最严的一级"
LIGHTEST = "几条规则都成立时, 取对当事人最轻的一种"


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of a section of the catalogue, by code and title."""

    section: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Where:
    """One limit on where a rule is asked; no names mean no limit of this kind."""

    label: str
    names: tuple[Named, ...]
    otherwise: str
    """What stands where there are no names."""

    @property
    def limits(self) -> bool:
        """Whether the rule is asked in some of these places only."""
        return bool(self.names) or self.otherwise != NO_LIMIT

    def __str__(self) -> str:
        """The names, or what stands for none."""
        return "、".join(name.title for name in self.names) or self.otherwise


@dataclass(frozen=True, slots=True)
class BasisWords:
    """One citation with its instrument, in words."""

    instrument: str
    title: str
    number: str
    article: str
    rank: str
    life: str
    verified: bool
    missing: str = ""
    """What could not be found of the text."""
    own_list: bool = False
    """The exemption list that a rule stands in: cited as a whole."""

    @property
    def no_article(self) -> str:
        """What stands for an article where none is named."""
        return OWN_LIST if self.own_list else NO_ARTICLE

    def __str__(self) -> str:
        """《title》(number)article; rank, life, verified or not."""
        number = f"({self.number})" if self.number else ""
        article = self.article or f"({self.no_article})"
        missing = f"; {self.missing}" if self.missing else ""
        said = f"{quoted(self.title)}{number}{article}; {self.rank}, {self.life}"
        return f"{said}, {verified_in_words(self.verified)}{missing}"


@dataclass(frozen=True, slots=True)
class RuleVersionText:
    """One version of a rule in words."""

    key: str
    book: str
    title: str
    days: str
    who: str
    where: tuple[Where, ...]
    when: ConditionLine
    gives: str
    """The grade, the level or the measure with its duty."""
    further: tuple[str, ...]
    """How that is carried out, and what it prohibits, yields to or sets aside."""
    remedy: str
    """How the measure is ended where it rests on no record; may be empty."""
    basis: tuple[BasisWords, ...]
    source: str
    """That it is the city's own practice; empty where it has a basis."""
    verified: bool
    table: str
    """Its place in a decision table; empty for a rule of its own."""
    parameters: tuple[ParameterWords, ...]


def explain(rule_set: RuleSet, rule: Rule) -> RuleVersionText:
    """One version of a rule in words."""
    catalogue = rule_set.catalogue
    return RuleVersionText(
        key=rule.key,
        book=BOOKS[rule.book],
        title=rule.title,
        days=days_in_words(rule.effective),
        who=_who(rule),
        where=_where(catalogue, rule),
        when=condition_in_lines(catalogue, rule.when, titles_of(rule_set)),
        gives=_gives(catalogue, rule),
        further=_further(catalogue, rule),
        remedy=rule.then.remedy if isinstance(rule.then, GiveMeasure) else "",
        basis=tuple(_basis(catalogue, rule)),
        source=source_in_words(rule.source),
        verified=rule.verified,
        table=row_in_words(rule.row) if rule.row else "",
        parameters=parameters_in_words(catalogue, rule),
    )


def versions(rule_set: RuleSet, rule_id: str) -> tuple[Rule, ...]:
    """All versions of a rule, earliest first; none where there is no such rule."""
    return tuple(sorted((rule for rule in rule_set.rules if rule.id == rule_id), key=lambda rule: rule.effective.start))


def version_on(rules: Iterable[Rule], day: date) -> Rule | None:
    """The version in force on a day: versions never overlap."""
    return next((rule for rule in rules if rule.effective.holds_on(day)), None)


def titles_of(rule_set: RuleSet) -> dict[str, str]:
    """The title of each rule by id: the latest version's."""
    return {rule.id: rule.title for rule in sorted(rule_set.rules, key=lambda rule: rule.effective.start)}


def days_in_words(period: Period) -> str:
    """A period; both ends inclusive."""
    return f"{period.start} 起" if period.until is None else f"{period.start} 至 {period.until}(含首尾两天)"


def quoted(title: str) -> str:
    """An instrument's title in 《》; those inside become 〈〉. Source: GB/T 15834-2011."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"


def verified_in_words(verified: bool) -> str:
    """Whether a jurist has compared it with the source."""
    return "已核实" if verified else UNVERIFIED


def life_in_words(instrument: Instrument) -> str:
    """How long an instrument is in force."""
    life = instrument.effective
    return f"{life.start} 起施行" if life.until is None else f"{life.start} 起施行, 有效至 {life.until}"


def basis_in_words(catalogue: Catalogue, citation: Citation) -> BasisWords:
    """One citation in words."""
    entry = catalogue.instruments[citation.instrument]
    return BasisWords(
        instrument=entry.code,
        title=entry.title,
        number=entry.number,
        article=citation.article,
        rank=RANKS[entry.rank],
        life=life_in_words(entry),
        verified=entry.verified,
        missing=citation.missing or "",
    )


def _basis(catalogue: Catalogue, rule: Rule) -> Iterator[BasisWords]:
    """A rule's basis; of the list that it stands in it is said that the list itself is meant."""
    listed = catalogue.exemption_lists.get(rule.then.list) if isinstance(rule.then, GiveLeniency) else None
    for citation in rule.basis:
        words = basis_in_words(catalogue, citation)
        yield replace(words, own_list=listed is not None and citation == Citation(instrument=listed.instrument))


def row_in_words(row: Row) -> str:
    """A rule's place in a decision table."""
    return f"决策表 {row.table} 第 {row.number} 行; 命中策略 {HITS[row.hit]}"


def _who(rule: Rule) -> str:
    if rule.book is Book.LENIENCY:
        return "违法行为的当事人"
    if rule.book is not Book.MEASURES:
        return "每一个被查询的主体, 不论以什么身份"
    return "、".join(ROLES[role] for role in Role if role in rule.applies.roles)


def _under_statutes(catalogue: Catalogue, rule: Rule) -> tuple[Where, ...]:
    codes = rule.applies.statutes or ()
    named = tuple(Named("instruments", code, catalogue.instruments[code].title) for code in codes)
    return (Where("处罚依据", named, ""),) if named else ()


def _where(catalogue: Catalogue, rule: Rule) -> tuple[Where, ...]:
    applies = rule.applies
    organs = tuple(Named("organs", code, catalogue.organs[code].title) for code in applies.organs)
    if rule.book is Book.GRADE:
        return (Where("范围", (), "所有查询, 不分事项、部门和环节"),)
    if rule.book is Book.LEVEL:
        return (Where("查询的部门", organs, "所有部门"),)
    if rule.book is Book.LENIENCY:
        entries = tuple(Named("exemptions", code, catalogue.exemptions[code].title) for code in applies.exemptions)
        regions = tuple(Named("regions", code, catalogue.regions[code].title) for code in applies.regions)
        return (
            Where("违法行为", entries, "所有违法行为, 不论是否列入清单"),
            Where("地域", regions, NO_LIMIT),
            Where("主管部门", organs, NO_LIMIT),
            *_under_statutes(catalogue, rule),
        )
    items = tuple(Named("items", code, catalogue.items[code].title) for code in applies.items)
    traits = tuple(Named("traits", code, catalogue.traits[code].title) for code in applies.traits)
    either = [Where("事项", items, "")] if items else []
    if traits:
        either.append(Where("或者有此特征的事项" if items else "有此特征的事项", traits, ""))
    stages = tuple(Named("stages", stage.value, STAGES[stage]) for stage in applies.stages)
    return (
        *(either or [Where("事项", (), "所有事项")]),
        Where("主管部门", organs, NO_LIMIT),
        Where("环节", stages, NO_LIMIT),
    )


def _gives(catalogue: Catalogue, rule: Rule) -> str:
    def of_measure(then: GiveMeasure) -> str:
        measure = catalogue.measures[then.measure]
        verb = "适用" if measure.kind is MeasureKind.INCENTIVE else "采取"
        return f"{DUTIES[then.duty]}{verb}{KINDS[measure.kind]}措施“{measure.title}”"

    return fold_effect(
        rule.then,
        grade=lambda then: f"公共信用等级为 {then.grade}({catalogue.grades[then.grade].title})",
        level=lambda then: f"监管等级为“{catalogue.levels[then.level].title}”",
        measure=of_measure,
        leniency=lambda then: effect_in_words(catalogue, then),
        warning=lambda then: effect_in_words(catalogue, then),
    )


def _further(catalogue: Catalogue, rule: Rule) -> tuple[str, ...]:
    def of_measure(then: GiveMeasure) -> tuple[str, ...]:
        measure = catalogue.measures[then.measure]
        return (f"怎样办: {measure.instruction}", *limits_in_words(catalogue, measure))

    return fold_effect(
        rule.then,
        grade=lambda _: (WORST_GRADE,),
        level=lambda then: (f"监管频次: {catalogue.levels[then.level].frequency}", STRICTEST_LEVEL),
        measure=of_measure,
        leniency=lambda then: _lenient_further(catalogue, then),
        warning=lambda _: (),
    )


def _lenient_further(catalogue: Catalogue, then: GiveLeniency) -> tuple[str, ...]:
    measures = "、".join(catalogue.soft_measures[code].title for code in then.measures)
    said = (
        ("适用情形: ", then.circumstances),
        ("配套监管措施: ", measures),
        ("备注: ", then.remark),
    )
    return (LIGHTEST, *(f"{head}{text}" for head, text in said if text))


def limits_in_words(catalogue: Catalogue, measure: MeasureEntry) -> tuple[str, ...]:
    """That a measure prohibits, what it yields to, and which incentives it sets aside."""
    sentences = []
    if measure.prohibits:
        sentences.append("这是法律、行政法规规定的禁止: 成立时, 结论为依法不予办理")
    allowed = allowed_in_words(catalogue, measure)
    if allowed:
        sentences.append(f"清单规定: {allowed}")
    if measure.yields_to:
        restraints = "、".join(f"“{catalogue.measures[code].title}”" for code in measure.yields_to)
        sentences.append(f"同一申请有下列惩戒措施之一(包括尚不能确定的)时, 不适用: {restraints}")
    aside = set_aside_by(catalogue, measure.code)
    if aside:
        incentives = "、".join(f"“{entry.title}”" for entry in aside)
        sentences.append(f"成立时, 下列激励措施不适用: {incentives}")
    return tuple(sentences)


def allowed_in_words(catalogue: Catalogue, measure: MeasureEntry) -> str:
    """For whom, for which causes and how heavily the catalogue allows a measure; empty where it sets no limits."""
    titles: dict[str, str] = {"grade": "公共信用等级", "level": "监管等级"}
    titles |= {code: entry.title for code, entry in catalogue.record_kinds.items()}
    titles |= {code: entry.title for code, entry in catalogue.lists.items()}
    titles |= {name: entry.label for name, entry in catalogue.facts.items()}
    parts = []
    if measure.roles:
        parts.append(f"只用于{'、'.join(ROLES[role] for role in measure.roles)}")
    if measure.triggers:
        parts.append(f"只因{'、'.join(titles[trigger] for trigger in measure.triggers)}")
    if measure.duty is Duty.OPTIONAL:
        parts.append("只能“可以”")
    return "; ".join(parts)


def set_aside_by(catalogue: Catalogue, restraint: str) -> tuple[MeasureEntry, ...]:
    """Incentives that yield to a restraint, in catalogue order."""
    return tuple(entry for entry in catalogue.measures.values() if restraint in entry.yields_to)
