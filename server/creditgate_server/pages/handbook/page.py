"""The page as a whole: what its template is told."""

from __future__ import annotations

from datetime import date
from functools import partial

from msgspec import UNSET

from ...rulebook import saying, titles, words
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import CountedFrom, FactEntry, MeasureEntry, MeasureKind, QuestionKind, Terms
from ...rulebook.language import Role, Rule
from ...rulebook.words import number_in_words, period_in_words
from ..rendering import rendered
from . import index as index_
from . import leniency
from .index import HandbookIndex, RuleEntry, used

_SECTIONS = {
    "grades": "信用等级",
    "levels": "监管等级",
    "measures": "措施",
    "items": "事项",
    "traits": "事项特征",
    "organs": "部门",
    "lists": "名单",
    "record_kinds": "记录类别",
    "ladders": "行业信用等级",
    "instruments": "依据",
    "feeds": "数据源",
    "facts": "事实表",
    "parameters": "参数",
    "leniency": "不予处罚: 法律的规定",
    "exemption_lists": "不予处罚: 免罚清单",
    "exemptions": "不予处罚: 免罚事项",
    "soft_measures": "柔性措施",
    "regions": "行政区划",
    "calendars": "工作日安排",
    "objections": "救济途径",
    "authority": "数据权威",
}
"""Titles in reading order; each id but `leniency` is a section of the catalogue, and its entries have anchors."""

ASKED = {QuestionKind.CHECK: "信用核查", QuestionKind.LEVEL: "监管等级", QuestionKind.LENIENCY: "免罚判断"}
_MONTHS_OF_YEAR = 12


def page(rule_set: RuleSet, day: date) -> str:
    """The whole library on a day. The same rule set and day give the same text."""
    index, catalogue = HandbookIndex(rule_set, day), rule_set.catalogue
    sizes = {code: len(getattr(catalogue, code)) for code in _SECTIONS if code != "leniency"}
    return rendered(
        "handbook.html.j2",
        index=index,
        catalogue=catalogue,
        sections=_SECTIONS,
        sizes=sizes | {"leniency": len(leniency.law(index))},
        rules=sorted(index.rules.items()),
        leniency=leniency,
        explain=saying,
        explained=partial(saying.explain, rule_set),
        basis=partial(saying.basis_in_words, catalogue),
        titles=titles,
        words=words,
        asked=ASKED,
        roles=_roles,
        mark_of=_mark_of,
        measure_groups=_measure_groups(index),
        rules_by_measure=partial(_rules_by_measure, index),
        used=used,
        title_of=partial(_title, index),
        search_words=_search_words,
        choice=partial(_choice, index),
        fact_feed=partial(index_.fact_feed, index),
        lasting=_lasting,
        repair=_repair,
        dated=lambda terms: getattr(terms, "effective", None) or None,
        parameter_days=period_in_words,
        number_in_words=number_in_words,
    )


def _search_words(entry: RuleEntry) -> list[str]:
    """Codes by which a rule is found, beside the words that are to be seen: of itself, its instruments, its measure."""
    found = [entry.id]
    for rule in entry.versions:
        found += [rule.key, *(citation.instrument for citation in rule.basis), *(code for _, code in used(rule))]
        found += [*rule.applies.items, *rule.applies.traits, *rule.applies.organs, *rule.applies.exemptions]
    return list(dict.fromkeys(found))


def _title(index: HandbookIndex, section: str, code: str) -> str:
    """Of something that a condition looks at."""
    if section == "rules":
        return f"规则“{index.rules[code].shown.title}”"
    if section == "parameters":
        return f"参数 {code}"
    entry = getattr(index.catalogue, section)[code]
    return str(entry.label if section == "facts" else entry.title)


# -- measures ---------------------------------------------------------------------------------------------------------

_GROUPS = {
    "ban": ("法律、行政法规规定的禁止", "成立时, 结论为依法不予办理。"),
    "restraint": ("失信惩戒措施", "改变怎样办、办后怎样管; 符合法定条件的, 仍应准予许可。"),
    "incentive": ("守信激励措施", "有它所让位的惩戒措施时不适用, 惩戒措施尚不能确定时也一样。"),
}


def _measure_groups(index: HandbookIndex) -> list[tuple[str, str, list[MeasureEntry]]]:
    """Title, note and measures of each group that has some, in catalogue order."""
    groups: dict[str, list[MeasureEntry]] = {kind: [] for kind in _GROUPS}
    for measure in index.catalogue.measures.values():
        groups[_mark_of(measure)[1]].append(measure)
    return [(*_GROUPS[kind], found) for kind, found in groups.items() if found]


def _mark_of(measure: MeasureEntry) -> tuple[str, str]:
    """法律禁止, 失信惩戒 or 守信激励, and its colours."""
    if measure.prohibits:
        return "法律禁止", "ban"
    return titles.KINDS[measure.kind], "incentive" if measure.kind is MeasureKind.INCENTIVE else "restraint"


def _rules_by_measure(index: HandbookIndex, rules: tuple[RuleEntry, ...]) -> dict[str, list[tuple[RuleEntry, Rule]]]:
    """Rules of measures with their version of the day, by measure, in catalogue order."""
    found: dict[str, list[tuple[RuleEntry, Rule]]] = {code: [] for code in index.catalogue.measures}
    for entry in rules:
        if entry.in_force is not None:
            found[index_.given(entry.in_force)[1]].append((entry, entry.in_force))
    return {code: entries for code, entries in found.items() if entries}


def _roles(rule: Rule) -> str:
    """Of whom a rule is asked, where that is not the applicant alone."""
    if rule.applies.roles == (Role.APPLICANT,):
        return ""
    return "对" + "、".join(titles.ROLES[role] for role in Role if role in rule.applies.roles)


# -- data -------------------------------------------------------------------------------------------------------------


def _choice(index: HandbookIndex, fact: FactEntry, choice: str) -> str:
    """A choice's title, where it has one."""
    return words.choice_in_words(index.catalogue, fact, choice).removeprefix(choice).strip("()")


def _lasting(terms: Terms) -> str:
    if not terms.lasts_months:
        return "没有固定期限" + _version(terms)
    return f"{_since(terms)}{_months(terms.lasts_months)}" + _version(terms)


def _since(terms: Terms) -> str:
    return "公示之日起" if terms.counted_from is CountedFrom.PUBLICATION else "决定之日起"


def _version(terms: Terms) -> str:
    """When and for which records a version of terms is the law."""
    said = []
    if terms.grounds is not UNSET:
        said.append(f"列入事由为 {'、'.join(terms.grounds)} 的")
    if terms.effective is not UNSET:
        said.append(period_in_words(terms.effective) + "适用")
    if terms.applies_to is not UNSET:
        first, final = terms.applies_to.decided_from, terms.applies_to.decided_until
        said.append((f"{first} 起" if first else "") + (f"至 {final} " if final else "") + "作出的决定")
    return f"({', '.join(said)})" if said else ""


def _repair(terms: Terms) -> str:
    if not terms.repairable:
        return "不能修复, 期满为止"
    if terms.repair_after_months:
        return f"可以, {_since(terms)}满{_months(terms.repair_after_months)}后申请"
    return "可以, 没有最短公示期"


def _months(months: int) -> str:
    if months % _MONTHS_OF_YEAR == 0:
        return f" {months // _MONTHS_OF_YEAR} 年"
    return f" {months} 个月"
