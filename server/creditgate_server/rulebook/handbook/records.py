"""Sections on lists, kinds of records and ratings: what they are, how long they count, how they are repaired."""

from __future__ import annotations

from ..catalogue import Catalogue, Citation, Ladder, ListEntry, Period, RecordKind, Terms
from ..explain import days_in_words
from ..titles import SEVERITIES
from .html import Html, html, tag
from .index import Index
from .parts import COMMA, anchor, citations, heading, link, mark, pairs, rule_links

_MONTHS_OF_YEAR = 12


def lists(index: Index) -> Html:
    """All lists in catalogue order."""
    return html(*(_list(index, entry) for entry in index.catalogue.lists.values()))


def _list(index: Index, entry: ListEntry) -> Html:
    catalogue = index.catalogue
    severe = mark("严重失信主体名单", "restraint") if entry.severe else html()
    return tag(
        "article",
        heading("h3", entry.title, entry.code, severe),
        pairs(
            ("列入的部门", link("organs", entry.organ, catalogue.organs[entry.organ].title)),
            ("数据源", link("feeds", entry.feed, catalogue.feeds[entry.feed].title)),
            ("依据", citations(catalogue, entry.basis)),
        ),
        _terms(catalogue, entry.terms),
        _used_by(index, "lists", entry.code),
        class_="entry",
        id=anchor("lists", entry.code),
    )


def record_kinds(index: Index) -> Html:
    """All kinds of records in catalogue order."""
    return html(*(_kind(index, entry) for entry in index.catalogue.record_kinds.values()))


def _kind(index: Index, entry: RecordKind) -> Html:
    catalogue = index.catalogue
    return tag(
        "article",
        heading("h3", entry.title, entry.code),
        pairs(
            ("数据源", link("feeds", entry.feed, catalogue.feeds[entry.feed].title)),
            ("程度", COMMA.join(SEVERITIES.get(severity, severity) for severity in entry.severities)),
        ),
        _terms(catalogue, entry.terms),
        _used_by(index, "record_kinds", entry.code),
        class_="entry",
        id=anchor("record_kinds", entry.code),
    )


def ladders(index: Index) -> Html:
    """Ratings of sectors, best first."""
    return html(*(_ladder(index, entry) for entry in index.catalogue.ladders.values()))


def _ladder(index: Index, entry: Ladder) -> Html:
    catalogue = index.catalogue
    facts = [fact for fact in catalogue.facts.values() if fact.ladder == entry.code]
    return tag(
        "article",
        heading("h3", entry.title, entry.code),
        pairs(
            ("等级(由好到差)", " > ".join(entry.ratings)),
            ("数据源", link("feeds", entry.feed, catalogue.feeds[entry.feed].title)),
            ("事实", html(*(link("facts", fact.name, fact.label) for fact in facts))),
            ("依据", citations(catalogue, entry.basis)),
        ),
        class_="entry",
        id=anchor("ladders", entry.code),
    )


def _used_by(index: Index, section: str, code: str) -> Html:
    found = index.users(section, code)
    if not found:
        return tag("p", "没有规则的条件直接用到它。", class_="quiet")
    return tag("details", tag("summary", f"用到它的规则({len(found)})"), rule_links(found))


def _terms(catalogue: Catalogue, terms: tuple[Terms, ...]) -> Html:
    if not terms:
        return tag("p", "没有规定期限: 以记录自带的截止日为准。", class_="quiet")
    titles = ("程度", "多久届满", "能否修复", "条件和途径", "依据")
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in titles)))
    return tag("table", head, tag("tbody", *(_row(catalogue, entry) for entry in terms)))


def _row(catalogue: Catalogue, terms: Terms) -> Html:
    period: Period | None = getattr(terms, "effective", None)
    severity = SEVERITIES.get(terms.severity, terms.severity) or "不分程度"
    dated = tag("div", days_in_words(period), class_="quiet") if period else html()
    channel = tag("div", f"途径: {terms.channel}", class_="quiet") if terms.channel else html()
    basis: tuple[Citation, ...] = terms.basis
    return tag(
        "tr",
        tag("td", severity, dated),
        tag("td", f"决定之日起{_months(terms.lasts_months)}" if terms.lasts_months else "没有固定期限"),
        tag("td", _repair(terms)),
        tag("td", terms.condition, channel),
        tag("td", citations(catalogue, basis)),
    )


def _repair(terms: Terms) -> str:
    if not terms.repairable:
        return "不能修复, 期满为止"
    if terms.repair_after_months:
        return f"可以, 决定之日起满{_months(terms.repair_after_months)}后申请"
    return "可以, 没有最短公示期"


def _months(months: int) -> str:
    if months % _MONTHS_OF_YEAR == 0:
        return f" {months // _MONTHS_OF_YEAR} 年"
    return f" {months} 个月"
