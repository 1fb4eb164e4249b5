"""Pieces that every section uses: anchors, links, marks, lists of citations and rules."""

from __future__ import annotations

from collections.abc import Iterable

from ..catalogue import Catalogue, Citation, MeasureEntry, MeasureKind
from ..explain import UNVERIFIED, BasisWords, Named, basis_in_words, days_in_words, quoted
from ..language import Rule
from ..titles import KINDS
from .html import Html, html, joined, tag
from .index import RuleEntry

COMMA = "、"
LINKED = frozenset(
    {
        "rules",
        "grades",
        "levels",
        "measures",
        "items",
        "traits",
        "organs",
        "lists",
        "record_kinds",
        "ladders",
        "instruments",
        "feeds",
        "facts",
        "parameters",
        "exemption_lists",
        "exemptions",
        "soft_measures",
        "regions",
        "calendars",
        "objections",
    }
)
"""Sections of which every entry has an anchor on the page."""


def anchor(section: str, code: str) -> str:
    """The id of an entry's place on the page."""
    return f"{section}-{code}"


def link(section: str, code: str, *text: str) -> Html:
    """A link to an entry's place; plain text where its section has no places."""
    return tag("a", *text, href=f"#{anchor(section, code)}") if section in LINKED else html(*text)


def names(found: Iterable[Named], otherwise: str) -> Html:
    """Named entries with links."""
    return joined((link(name.section, name.code, name.title) for name in found), COMMA) or html(otherwise)


def code(text: str) -> Html:
    """A code as it is written in the library."""
    return tag("code", text)


def mark(text: str, kind: str) -> Html:
    """A small mark; `kind` names its colours, the text says the same."""
    return tag("span", text, class_=f"mark {kind}")


def verified_mark(verified: bool) -> Html:
    """待核实 where nobody has compared it with the source; nothing otherwise."""
    return html() if verified else mark(UNVERIFIED, "unverified")


def kind_mark(measure: MeasureEntry) -> Html:
    """禁止, 失信惩戒 or 守信激励."""
    if measure.prohibits:
        return mark("法律禁止", "ban")
    return mark(KINDS[measure.kind], "incentive" if measure.kind is MeasureKind.INCENTIVE else "restraint")


def heading(level: str, title: str, written: str, *marks: str) -> Html:
    """An entry's heading: title, code and marks."""
    return tag(level, title, " ", code(written), *(html(" ", one) for one in marks if one))


def pairs(*found: tuple[str, str]) -> Html:
    """Names with what they are; those that are nothing are left out."""
    return tag("dl", *(html(tag("dt", name), tag("dd", value)) for name, value in found if value))


def citations(catalogue: Catalogue, basis: Iterable[Citation]) -> Html:
    """Each citation with its instrument, one a line."""
    return bullets(citation(basis_in_words(catalogue, one)) for one in basis)


def citation(basis: BasisWords) -> Html:
    """One citation with its instrument's rank and life."""
    number = f"({basis.number})" if basis.number else ""
    article = basis.article or tag("span", f" {basis.no_article}", class_="quiet")
    title = link("instruments", basis.instrument, quoted(basis.title))
    life = tag("span", f"{basis.rank}, {basis.life}", class_="quiet")
    return html(title, number, article, " ", life, " ", verified_mark(basis.verified))


def bullets(lines: Iterable[str]) -> Html:
    """A list, one entry a line; nothing where there are no lines."""
    found = [tag("li", line) for line in lines]
    return tag("ul", *found) if found else html()


def rule_link(entry: RuleEntry) -> Html:
    """A rule's title, linked, with a mark where no version is in force on the page's day."""
    return html(link("rules", entry.id, entry.shown.title), not_in_force(entry))


def rule_links(found: Iterable[RuleEntry]) -> Html:
    """Rules with links, one a line."""
    return bullets(rule_link(entry) for entry in found)


def not_in_force(entry: RuleEntry) -> Html:
    """该日无版本 where no version is in force on the page's day; nothing otherwise."""
    return html() if entry.in_force else html(" ", mark("该日无版本", "absent"))


def version_days(rule: Rule) -> str:
    """The days of one version."""
    return days_in_words(rule.effective)
