"""Sections on items: what is asked at each, by measure; the ways they are handled, and the organs."""

from __future__ import annotations

from ..catalogue import Item, Organ, Trait
from ..explain import Named
from ..language import GiveMeasure, Role, Rule, Stage
from ..titles import DUTIES, ROLES, STAGES
from .html import Html, html, tag
from .index import Index, RuleEntry
from .parts import COMMA, anchor, bullets, citations, heading, kind_mark, link, mark, names, pairs, verified_mark


def items(index: Index) -> Html:
    """All items by organ, in catalogue order."""
    parts = []
    for organ in index.catalogue.organs.values():
        found = [item for item in index.catalogue.items.values() if item.organ == organ.code]
        if found:
            entries = (_item(index, item) for item in found)
            parts.append(tag("div", tag("h3", f"{organ.title}({len(found)})"), *entries, class_="group"))
    return html(*parts)


def _item(index: Index, item: Item) -> Html:
    catalogue = index.catalogue
    rules = index.asked_at(item)
    by_measure: dict[str, list[RuleEntry]] = {}
    for entry in rules:
        if entry.in_force and isinstance(entry.in_force.then, GiveMeasure):
            by_measure.setdefault(entry.in_force.then.measure, []).append(entry)
    summary = f"{index.day} 在这里问 {len(rules)} 条规则, 涉及 {len(by_measure)} 项措施"
    rows = [_row(index, code, by_measure[code]) for code in catalogue.measures if code in by_measure]
    table = tag("table", _head("措施", "规则"), tag("tbody", *rows))
    return tag(
        "article",
        heading("h4", item.title, item.code),
        pairs(
            ("主管部门", link("organs", item.organ, catalogue.organs[item.organ].title)),
            ("特征", names((Named("traits", code, catalogue.traits[code].title) for code in item.traits), "无")),
            ("办理依据", citations(catalogue, item.basis)),
        ),
        tag("details", tag("summary", summary), table) if rows else tag("p", summary),
        class_="entry",
        id=anchor("items", item.code),
    )


def _head(*titles: str) -> Html:
    return tag("thead", tag("tr", *(tag("th", title, scope="col") for title in titles)))


def _row(index: Index, code: str, entries: list[RuleEntry]) -> Html:
    measure = index.catalogue.measures[code]
    rules = bullets(_asked(entry, entry.in_force) for entry in entries if entry.in_force)
    return tag(
        "tr",
        tag("td", link("measures", code, measure.title), " ", kind_mark(measure)),
        tag("td", rules),
    )


def _asked(entry: RuleEntry, rule: Rule) -> Html:
    """A rule at an item: duty, title, and the roles and stages where they are not the applicant at every stage."""
    duty = mark(DUTIES[rule.then.duty], rule.then.duty.value) if isinstance(rule.then, GiveMeasure) else html()
    limits = []
    if rule.applies.roles != (Role.APPLICANT,):
        limits.append("对" + COMMA.join(ROLES[role] for role in Role if role in rule.applies.roles))
    if rule.applies.stages:
        limits.append(COMMA.join(STAGES[stage] for stage in Stage if stage in rule.applies.stages))
    shown = f" ({'; '.join(limits)})" if limits else ""
    return html(duty, " ", link("rules", entry.id, rule.title), shown, " ", verified_mark(rule.verified))


def traits(index: Index) -> Html:
    """Ways in which items are handled, each with its items."""
    return html(*(_trait(index, trait) for trait in index.catalogue.traits.values()))


def _trait(index: Index, trait: Trait) -> Html:
    found = (
        Named("items", item.code, item.title) for item in index.catalogue.items.values() if trait.code in item.traits
    )
    return tag(
        "article",
        heading("h3", trait.title, trait.code),
        pairs(("事项", names(found, "没有事项有此特征"))),
        class_="entry",
        id=anchor("traits", trait.code),
    )


def organs(index: Index) -> Html:
    """Organs, each with its items and the feeds that it delivers."""
    return html(*(_organ(index, organ) for organ in index.catalogue.organs.values()))


def _organ(index: Index, organ: Organ) -> Html:
    catalogue = index.catalogue
    held = (Named("items", item.code, item.title) for item in catalogue.items.values() if item.organ == organ.code)
    feeds = (Named("feeds", feed.code, feed.title) for feed in catalogue.feeds.values() if feed.organ == organ.code)
    lists = (Named("lists", entry.code, entry.title) for entry in catalogue.lists.values() if entry.organ == organ.code)
    return tag(
        "article",
        heading("h3", organ.title, organ.code),
        pairs(
            ("事项", names(held, "")),
            ("报送的数据", names(feeds, "")),
            ("名单", names(lists, "")),
            ("反馈期限", _report_within(organ)),
        ),
        class_="entry",
        id=anchor("organs", organ.code),
    )


def _report_within(organ: Organ) -> str:
    """How long the organ has to report what it did about an answer."""
    general = "" if organ.outcome_days else ", 一般期限"
    return f"{organ.report_within_days} 日(自然日, 回执当日不算{general})"
