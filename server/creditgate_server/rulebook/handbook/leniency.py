"""Sections on lenient enforcement: the law's own rules, the exemption lists with their definitions, their entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..catalogue import Exemption, ExemptionList
from ..exemption_rules import KIND_OF
from ..explain import days_in_words
from ..language import Book, GiveLeniency, Leniency
from ..titles import ELEMENTS, EXEMPTION_KINDS
from ..words import correction_in_words, first_in_words, organ_in_words, span_in_words
from .html import Html, html, joined, tag
from .index import Index, RuleEntry
from .parts import COMMA, anchor, citations, heading, link, pairs, verified_mark
from .rules import rule_card


def own_rules(index: Index) -> int:
    """How many rules of the leniency book stand in no list."""
    return sum(1 for entry in _of_leniency(index) if not _list_of(entry))


def law(index: Index) -> Html:
    """What the law itself says, and what an answer warns of: rules of no list."""
    entries = [entry for entry in _of_leniency(index) if not _list_of(entry)]
    lead = "不在清单上的行为, 照样按这里的规则判断; 清单不缩小法律。违法行为终了之日和决定之日的法律都看, 取较轻的。"
    return html(tag("p", lead), *(rule_card(index, entry, "h3") for entry in entries))


def lists(index: Index) -> Html:
    """Each list with its definitions, and what it excludes for all its entries."""
    return html(*(_list(index, entry) for entry in index.catalogue.exemption_lists.values()))


def entries(index: Index) -> Html:
    """Each entry with its rule in every list."""
    return html(*(_entry(index, entry) for entry in index.catalogue.exemptions.values()))


def soft_measures(index: Index) -> Html:
    """Soft measures with their basis."""
    return html(
        *(
            tag(
                "article",
                heading("h3", entry.title, entry.code),
                pairs(("依据", citations(index.catalogue, entry.basis) or "写明它的清单")),
                class_="entry",
                id=anchor("soft_measures", entry.code),
            )
            for entry in index.catalogue.soft_measures.values()
        )
    )


def regions(index: Index) -> Html:
    """Divisions that lists name."""
    return html(
        *(
            tag(
                "article",
                heading("h3", entry.title, entry.code),
                pairs(("信用信息", "本库收录" if entry.covered else "")),
                class_="entry",
                id=anchor("regions", entry.code),
            )
            for entry in index.catalogue.regions.values()
        )
    )


def calendars(index: Index) -> Html:
    """Working days of each year."""
    return html(
        *(
            tag(
                "article",
                heading("h3", f"{entry.year} 年", entry.code, verified_mark(entry.verified)),
                pairs(
                    ("放假", COMMA.join(day.isoformat() for day in entry.holidays)),
                    ("调休上班", COMMA.join(day.isoformat() for day in entry.workdays)),
                    ("依据", citations(index.catalogue, entry.basis)),
                ),
                class_="entry",
                id=anchor("calendars", entry.code),
            )
            for entry in index.catalogue.calendars.values()
        )
    )


def _list(index: Index, entry: ExemptionList) -> Html:
    catalogue = index.catalogue
    instrument = catalogue.instruments[entry.instrument]
    measures = joined((link("soft_measures", one, catalogue.soft_measures[one].title) for one in entry.measures), COMMA)
    excluded = [one for one in _of_leniency(index) if _excludes(one, entry.code) and _is_of_list(one)]
    named = [one for one in _of_leniency(index) if _list_of(one) == entry.code and not _excludes(one, entry.code)]
    codes = dict.fromkeys(code for one in named for code in _exemptions(one))
    return tag(
        "article",
        heading("h3", entry.title, entry.code, verified_mark(entry.verified)),
        pairs(
            ("施行", days_in_words(entry.effective)),
            ("地域", link("regions", entry.region, catalogue.regions[entry.region].title)),
            ("部门", link("organs", entry.organ, organ_in_words(catalogue, entry.organ, entry.region))),
            ("文件", link("instruments", entry.instrument, instrument.title)),
            ("一般要求", COMMA.join(ELEMENTS[one] for one in entry.requires)),
            ("初次违法", first_in_words(entry.first) if entry.first else ""),
            ("及时改正", correction_in_words(entry.corrected) if entry.corrected else ""),
            ("配套监管措施", measures),
            ("复查", f"改正期满后 {span_in_words(entry.recheck)}" if entry.recheck else ""),
            ("备注", entry.remark),
            ("事项", joined((link("exemptions", one, catalogue.exemptions[one].title) for one in codes), COMMA)),
        ),
        *(rule_card(index, one, "h4") for one in excluded),
        class_="entry",
        id=anchor("exemption_lists", entry.code),
    )


def _entry(index: Index, entry: Exemption) -> Html:
    catalogue = index.catalogue
    rules = [one for one in _of_leniency(index) if _exemptions(one) == (entry.code,) and not _is_of_list(one)]
    return tag(
        "article",
        heading("h3", entry.title, entry.code),
        pairs(
            ("基本编码", entry.basic_code),
            ("部门", joined((link("organs", entry.organ, name) for name in _organs(index, entry, rules)), COMMA)),
            ("类别", COMMA.join(dict.fromkeys(_kinds(rules)))),
            ("设定依据", citations(catalogue, entry.penalty_basis)),
            ("常用说法", COMMA.join(entry.keywords)),
        ),
        *(rule_card(index, one, "h4", _of_which_list(index, one)) for one in rules),
        class_="entry",
        id=anchor("exemptions", entry.code),
    )


def _organs(index: Index, entry: Exemption, rules: list[RuleEntry]) -> Iterable[str]:
    """What its organs are called where the lists hold on which it stands."""
    catalogue = index.catalogue
    places = [catalogue.exemption_lists[_list_of(one)].region for one in rules if _list_of(one)]
    named = dict.fromkeys(organ_in_words(catalogue, entry.organ, place) for place in places)
    return named or (catalogue.organs[entry.organ].title,)


def _of_which_list(index: Index, entry: RuleEntry) -> str:
    """An entry's rule is told by its list and kind; its exclusion by its own title too."""
    then = entry.shown.then
    if not isinstance(then, GiveLeniency) or then.list not in index.catalogue.exemption_lists:
        return ""
    title = index.catalogue.exemption_lists[then.list].title
    kind = KIND_OF.get(then.leniency)
    return f"{title}: {EXEMPTION_KINDS[kind] if kind else f'不适用, {entry.shown.title}'}"


def _kinds(rules: list[RuleEntry]) -> Iterator[str]:
    for one in rules:
        then = one.shown.then
        if isinstance(then, GiveLeniency) and then.leniency in KIND_OF:
            yield EXEMPTION_KINDS[KIND_OF[then.leniency]]


def _of_leniency(index: Index) -> list[RuleEntry]:
    return [entry for entry in index.rules.values() if entry.shown.book is Book.LENIENCY]


def _list_of(entry: RuleEntry) -> str:
    then = entry.shown.then
    return then.list if isinstance(then, GiveLeniency) else ""


def _exemptions(entry: RuleEntry) -> tuple[str, ...]:
    return entry.shown.applies.exemptions


def _excludes(entry: RuleEntry, listed: str) -> bool:
    then = entry.shown.then
    return isinstance(then, GiveLeniency) and then.leniency is Leniency.EXCLUDED and then.list == listed


def _is_of_list(entry: RuleEntry) -> bool:
    """Whether an exclusion is the list's own, for all its entries: its id begins with the list's code."""
    return entry.id.startswith(f"{_list_of(entry)}-unless-")
