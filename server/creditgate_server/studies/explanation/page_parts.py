"""Pieces of the page: sections, findings, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...rulebook.explain import UNVERIFIED, quoted
from ...rulebook.handbook.html import Html, html, tag
from .values import (
    Basis,
    Finding,
    FindingKind,
    Known,
    Line,
    Missing,
    NearMiss,
    Objection,
    Point,
    Remedy,
    RuleSaid,
    Source,
)

KINDS = {
    FindingKind.GRADE: "信用等级",
    FindingKind.LEVEL: "监管等级",
    FindingKind.PROHIBITION: "法律禁止",
    FindingKind.RESTRAINT: "惩戒措施",
    FindingKind.INCENTIVE: "激励措施",
    FindingKind.LENIENCY: "免罚依据",
}
_DEEPEST = 4


def section(title: str, *parts: str) -> Html:
    """A section with its heading."""
    return tag("section", tag("h2", title), *parts)


def pairs(lines: Iterable[Line]) -> Html:
    """Names with what they are; those that are nothing are left out."""
    return tag("dl", *(html(tag("dt", line.label), tag("dd", line.text)) for line in lines if line.text))


def sentences(lines: Iterable[str]) -> Html:
    """A list of sentences."""
    return tag("ul", *(tag("li", line) for line in lines))


def bases(basis: Iterable[Basis]) -> Html:
    """Each citation with its instrument and article, one a line."""
    return tag("ul", *(tag("li", _basis(one)) for one in basis))


def _basis(one: Basis) -> Html:
    number = f"({one.number})" if one.number else ""
    unverified = html() if one.verified else tag("span", f" {UNVERIFIED}", class_="quiet")
    return html(f"{quoted(one.title)}{number}{one.article}", unverified)


def finding(one: Finding, *, several: bool) -> Html:
    """A finding with its rules, basis and evidence."""
    facts = [
        ("对象", html(f"主体 {one.subject + 1}") if several else html()),
        ("怎么办", html(one.instruction)),
        ("到什么时候", html(f"{one.until}(含当天), 情况不变的话") if one.until else html()),
        ("因为", tag("ul", *(tag("li", line) for line in one.evidence)) if one.evidence else html()),
        ("规则", html(*(_rule(rule) for rule in one.rules))),
        ("依据", bases(one.basis) if one.basis else html()),
    ]
    off = html() if one.applies else _mark("没有采用", "unverified")
    duty = f"({one.duty})" if one.duty else ""
    head = tag("h3", _mark(KINDS[one.kind], one.kind.value), off, f"{one.title}{duty}")
    return tag("article", head, _rows(facts), class_=None if one.applies else "off")


def _rule(rule: RuleSaid) -> Html:
    aside = html() if rule.counts else tag("span", " (也成立, 没有采用)", class_="quiet")
    unverified = html() if rule.verified else tag("span", f" {UNVERIFIED}", class_="quiet")
    name = tag("span", " ", tag("code", rule.rule), class_="quiet")
    days = tag("span", f" {rule.days}", class_="quiet") if rule.days else html()
    return tag("div", rule.title, name, days, unverified, aside, _points(rule.condition), class_="rule")


def _points(points: Sequence[Point]) -> Html:
    lines = [tag("li", _numbered(point), class_=f"d{min(point.depth, _DEEPEST)}") for point in points]
    return tag("ul", *lines, class_="points") if lines else html()


def _numbered(point: Point) -> str:
    return f"{point.number}. {point.text}" if point.number else point.text


def miss(one: NearMiss, *, several: bool) -> Html:
    """A rule that nearly fired."""
    facts = [
        ("对象", html(f"主体 {one.subject + 1}") if several else html()),
        ("要求", html(one.condition)),
        ("实际", html(one.found)),
        ("差多少", html(one.gap)),
        ("成立的话", html(one.would_give)),
    ]
    return tag("article", tag("h3", one.title, " ", tag("code", one.rule, class_="quiet")), _rows(facts))


def remedy(one: Remedy, *, several: bool) -> Html:
    """How something can be ended."""
    earliest = one.earliest_on or ("满足条件就可以" if one.repairable else "")
    facts = [
        ("对象", html(f"主体 {one.subject + 1}") if several else html()),
        ("影响什么", html(one.ends)),
        ("能不能修复", html("能" if one.repairable else "现在不能")),
        ("最早哪一天", html(earliest)),
        ("条件", html(one.condition)),
        ("到哪里办", html(one.where)),
        ("不修复的话", html(f"算到 {one.ends_on}(含当天), 次日起不再算") if one.ends_on else html()),
        ("依据", bases(one.basis) if one.basis else html()),
    ]
    return tag("article", tag("h3", one.record or one.ends), _rows(facts))


def objection(one: Objection) -> Html:
    """A way to object."""
    last = tag("strong", one.last_day) if one.last_day else html()
    facts = [
        ("可以做什么", html(one.text)),
        ("向谁提出", html(one.where)),
        ("期限", html(one.period)),
        ("最后一天", last),
        ("说明", html(one.note)),
        ("依据", bases(one.basis)),
    ]
    unverified = html() if one.verified else tag("span", f" {UNVERIFIED}", class_="quiet")
    return tag("article", tag("h3", one.title, unverified), _rows(facts))


def known_table(known: Iterable[Known], *, several: bool) -> Html:
    """What was known, with its source and its age."""
    titles = [*(["主体"] if several else []), "是什么", "内容", "来源", "日期", "距判断日", "算不算"]
    rows = (
        tag(
            "tr",
            *([tag("td", str(one.subject + 1))] if several else []),
            tag("td", one.what),
            tag("td", one.detail),
            tag("td", one.source),
            tag("td", one.as_of, class_="n"),
            tag("td", f"{one.age_days} 天" if one.as_of else "", class_="n"),
            tag("td", "; ".join(part for part in ("算" if one.counted else "不算", one.note) if part)),
            class_=None if one.counted else "off",
        )
        for one in known
    )
    return _table(titles, rows)


def sources_table(sources: Iterable[Source]) -> Html:
    """Deliveries of data with their ages."""
    rows = (
        tag(
            "tr",
            tag("td", one.title),
            tag("td", one.data_day or "从未送来", class_="n"),
            tag("td", f"{one.age_days} 天" if one.data_day else "", class_="n"),
            tag("td", f"{one.max_age_days} 天", class_="n"),
            tag("td", "太旧, 不能依靠" if one.stale else "可以依靠"),
        )
        for one in sources
    )
    return _table(["数据", "截至", "已过", "最长", "状况"], rows)


def missing_table(missing: Iterable[Missing], *, several: bool) -> Html:
    """What is not known, and who can say it."""
    titles = [*(["主体"] if several else []), "什么情况", "谁能提供", "为什么不知道"]
    rows = (
        tag(
            "tr",
            *([tag("td", str(one.subject + 1))] if several else []),
            tag("td", one.label),
            tag("td", one.supplier),
            tag("td", one.reason),
        )
        for one in missing
    )
    return _table(titles, rows)


def _rows(facts: Iterable[tuple[str, Html]]) -> Html:
    return tag("dl", *(html(tag("dt", name), tag("dd", value)) for name, value in facts if value))


def _table(titles: Iterable[str], rows: Iterable[Html]) -> Html:
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in titles)))
    return tag("table", head, tag("tbody", *rows))


def _mark(text: str, kind: str) -> Html:
    return tag("span", text, class_=f"mark {kind}")
