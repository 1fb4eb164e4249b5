"""The page as a whole: head, contents, search, sections, and the list of all rules."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.resources import files

from ..bundle import RuleSet
from ..titles import BOOKS
from . import leniency
from .data import facts, feeds, parameters
from .html import Html, html, tag, verbatim
from .index import Index, RuleEntry
from .instruments import instruments
from .items import items, organs, traits
from .measures import measures
from .objections import objections
from .parts import code, link, not_in_force, verified_mark, version_days
from .records import ladders, lists, record_kinds
from .standings import grades, levels

_READING = (
    "每一次询问按三册依次判断: 先定公共信用等级, 再定监管等级, 最后定措施; 后面的册可以用前面的结论。",
    "不予处罚册单独判断, 不用前三册的结论: 先是法律自己的规则, 再是一份清单对一个事项的规则。清单的规则由清单的要件、"
    "初次违法和及时改正的定义、事项自己的条件和不适用情形合成, 这里写的是合成以后的全部条件。",
    "规则没有写主管部门的, 不限部门; 没有写环节的, 从受理到办结以后都问。",
    "有效期都含首尾两天; “不少于”“不超过”都含本数。",
    "“近 24 个月内”: 从决定之日起算, 24 个月届满的那一天也算在内。",
    "“仍有效”的记录: 在被问的那一天没有修复、没有届满、没有撤销。已撤销的记录在任何条件里都不算。",
    "不知道的不当作没有: 缺事实、数据太旧而又影响结果时, 结论是“不能确定”。",
    "“待核实”是指文号、条款或日期还没有由法制人员与原文核对。",
    "“该日无版本”是指这条规则在本页的日子没有生效的版本, 等于没有这条规则。",
)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page."""

    id: str
    title: str
    write: Callable[[Index], Html]
    empty: str = "规则库里没有这一节。"


_SECTIONS = (
    Section("grades", "信用等级", grades),
    Section("levels", "监管等级", levels),
    Section("measures", "措施", measures),
    Section("items", "事项", items),
    Section("traits", "事项特征", traits),
    Section("organs", "部门", organs),
    Section("lists", "名单", lists),
    Section("record_kinds", "记录类别", record_kinds),
    Section("ladders", "行业信用等级", ladders),
    Section("instruments", "依据", instruments),
    Section("feeds", "数据源", feeds),
    Section("facts", "事实表", facts),
    Section("parameters", "参数", parameters),
    Section("leniency", "不予处罚: 法律的规定", leniency.law),
    Section("exemption_lists", "不予处罚: 免罚清单", leniency.lists),
    Section("exemptions", "不予处罚: 免罚事项", leniency.entries),
    Section("soft_measures", "柔性措施", leniency.soft_measures),
    Section("regions", "行政区划", leniency.regions),
    Section("calendars", "工作日安排", leniency.calendars),
    Section("objections", "救济途径", objections),
)
"""In reading order; each id but `leniency` is a section of the catalogue."""


def page(rule_set: RuleSet, day: date) -> str:
    """The whole library on a day. The same rule set and day give the same text."""
    index = Index(rule_set, day)
    style, script = _asset("page.css"), _asset("search.js")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", **{"http-equiv": "Content-Security-Policy", "content": _policy(style, script)}),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"信用规则手册 {day}"),
        tag("style", style),
    )
    main = tag("main", _top(index), _search(), *(_section(index, section) for section in _SECTIONS), _all_rules(index))
    body = tag("body", tag("a", "跳到正文", href="#top", class_="skip"), _contents(index), main, tag("script", script))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='zh-CN')}\n"


def _asset(name: str) -> Html:
    return verbatim(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> str:
    """Nothing is loaded and nothing runs but what this package wrote."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _top(index: Index) -> Html:
    entries = index.rules.values()
    in_force = sum(entry.in_force is not None for entry in entries)
    unverified = sum(not entry.shown.verified for entry in entries)
    instruments_unverified = sum(not entry.verified for entry in index.catalogue.instruments.values())
    facts_ = (
        ("日子", f"{index.day}"),
        ("规则集", code(index.rule_set.digest)),
        ("规则", f"{len(index.rules)} 条, 其中 {in_force} 条在这一天有效; 待核实 {unverified} 条"),
        ("措施", f"{len(index.catalogue.measures)} 项"),
        ("依据", f"{len(index.catalogue.instruments)} 件; 待核实 {instruments_unverified} 件"),
    )
    return tag(
        "header",
        tag("h1", "信用规则手册"),
        tag("dl", *(html(tag("dt", name), tag("dd", value)) for name, value in facts_), class_="facts"),
        tag("details", tag("summary", "怎样读"), tag("ul", *(tag("li", line) for line in _READING)), open="open"),
        id="top",
    )


def _search() -> Html:
    box = tag(
        "input",
        type="search",
        id="search",
        autocomplete="off",
        placeholder="词语、代码、文号, 空格隔开, 例如: 告知承诺 国办发",
    )
    found = tag("output", id="found", for_="search")
    return tag("div", tag("label", "查找", for_="search"), box, found, class_="search", role="search", hidden="hidden")


def _contents(index: Index) -> Html:
    lines = [tag("li", link_to(section.id, section.title), _count(index, section.id)) for section in _SECTIONS]
    lines.append(tag("li", link_to("rules", "规则索引"), tag("span", f" {len(index.rules)}", class_="quiet")))
    return tag("nav", tag("h2", "目录"), tag("ol", *lines), aria_label="目录")


def link_to(section: str, title: str) -> Html:
    """A link to the head of a section."""
    return tag("a", title, href=f"#section-{section}")


def _count(index: Index, section: str) -> Html:
    return tag("span", f" {_size(index, section)}", class_="quiet")


def _size(index: Index, section: str) -> int:
    """Entries of a section of the catalogue; rules of the leniency book that stand in no list."""
    if section == "leniency":
        return leniency.own_rules(index)
    return len(getattr(index.catalogue, section))


def _section(index: Index, section: Section) -> Html:
    content = section.write(index) if _size(index, section.id) else tag("p", section.empty)
    return tag("section", tag("h2", section.title), content, id=f"section-{section.id}")


def _all_rules(index: Index) -> Html:
    titles = ("规则编号", "标题", "册", "有效期")
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in titles)))
    rows = (_rule_row(entry) for _, entry in sorted(index.rules.items()))
    table = tag("table", head, tag("tbody", *rows))
    return tag("section", tag("h2", "规则索引"), table, id="section-rules")


def _rule_row(entry: RuleEntry) -> Html:
    days = tag("td", *(tag("div", version_days(version)) for version in entry.versions))
    return tag(
        "tr",
        tag("td", link("rules", entry.id, code(entry.id))),
        tag("td", entry.shown.title, " ", verified_mark(entry.shown.verified), not_in_force(entry)),
        tag("td", BOOKS[entry.shown.book]),
        days,
        class_="entry",
    )
