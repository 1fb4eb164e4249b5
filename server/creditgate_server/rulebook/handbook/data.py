"""Sections on data: feeds, the fact schema and parameters."""

from __future__ import annotations

from ..catalogue import FactEntry, Feed, Parameter, ParameterValue
from ..explain import Named
from ..explain_parameters import days_in_words, number_in_words
from ..titles import FACT_SOURCES, FACT_TYPES
from ..words import choice_in_words
from .html import Html, html, joined, tag
from .index import Index, fact_feed
from .parts import COMMA, anchor, citations, code, heading, link, names, pairs, rule_links


def feeds(index: Index) -> Html:
    """All feeds in catalogue order, each with what it brings."""
    return html(*(_feed(index, feed) for feed in index.catalogue.feeds.values()))


def _feed(index: Index, feed: Feed) -> Html:
    catalogue = index.catalogue
    kinds = [
        Named("record_kinds", one.code, one.title) for one in catalogue.record_kinds.values() if one.feed == feed.code
    ]
    lists = [Named("lists", one.code, one.title) for one in catalogue.lists.values() if one.feed == feed.code]
    ladders = [Named("ladders", one.code, one.title) for one in catalogue.ladders.values() if one.feed == feed.code]
    facts = [Named("facts", fact.name, fact.label) for fact in catalogue.facts.values() if fact.feed == feed.code]
    return tag(
        "article",
        heading("h3", feed.title, feed.code),
        pairs(
            ("报送部门", link("organs", feed.organ, catalogue.organs[feed.organ].title)),
            ("最长可用", _reliance(feed)),
            ("带来", names([*kinds, *lists, *ladders, *facts], "没有用到它的记录类别、名单或事实")),
        ),
        class_="entry",
        id=anchor("feeds", feed.code),
    )


def _reliance(feed: Feed) -> str:
    """How long what it does not show may be relied on."""
    if feed.own:
        return "由本系统自己登记, 没有送达的先后, 任何一天都是完整的"
    return f"{feed.max_age_days} 天(含当天); 再旧的, 它没有显示的内容一律按未知处理"


def facts(index: Index) -> Html:
    """The fact schema in catalogue order."""
    return html(*(_fact(index, fact) for fact in index.catalogue.facts.values()))


def _fact(index: Index, fact: FactEntry) -> Html:
    catalogue = index.catalogue
    feed = fact_feed(index, fact)
    default = "没有: 不提供就是未知" if fact.default is None else choice_in_words(catalogue, fact, fact.default)
    choices = joined((html(code(one), _choice(index, fact, one)) for one in fact.choices), COMMA)
    users = index.users("facts", fact.name)
    return tag(
        "article",
        heading("h3", fact.label, fact.name),
        pairs(
            ("类型", FACT_TYPES[fact.type] + (f", 单位: {fact.unit}" if fact.unit else "")),
            ("来源", FACT_SOURCES[fact.source]),
            ("由谁提供", fact.supplier),
            ("数据源", link("feeds", feed, catalogue.feeds[feed].title) if feed else ""),
            ("可选的值", choices),
            ("默认值", default),
        ),
        tag("details", tag("summary", f"用到它的规则({len(users)})"), rule_links(users)),
        class_="entry",
        id=anchor("facts", fact.name),
    )


def _choice(index: Index, fact: FactEntry, choice: str) -> str:
    """A choice's title, where it has one."""
    words = choice_in_words(index.catalogue, fact, choice).removeprefix(choice).strip("()")
    return f" {words}" if words else ""


def parameters(index: Index) -> Html:
    """All parameters with their values; nothing where the catalogue has none."""
    return html(*(_parameter(index, entry) for entry in index.catalogue.parameters.values()))


def _parameter(index: Index, entry: Parameter) -> Html:
    named = entry.code
    rows = (_value(index, entry, value) for value in entry.values)
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in ("日子", "值", "依据"))))
    return tag(
        "article",
        heading("h3", entry.title, named),
        tag("table", head, tag("tbody", *rows)),
        pairs(("用到它的规则", rule_links(index.users("parameters", named)) or "没有规则用到它")),
        class_="entry",
        id=anchor("parameters", named),
    )


def _value(index: Index, entry: Parameter, value: ParameterValue) -> Html:
    return tag(
        "tr",
        tag("td", days_in_words(value.effective)),
        tag("td", number_in_words(entry, value.value)),
        tag("td", citations(index.catalogue, value.basis)),
    )
