"""Ways to object: against what, where, until when."""

from __future__ import annotations

from ..catalogue import Asked, Objection
from ..explain import days_in_words
from ..words import span_in_words
from .html import Html, html, joined, tag
from .index import Index
from .parts import COMMA, anchor, citations, heading, link, pairs, verified_mark

ASKED = {Asked.CHECK: "信用核查", Asked.LEVEL: "监管等级", Asked.LENIENCY: "免罚判断"}


def objections(index: Index) -> Html:
    """Every way, in catalogue order."""
    return html(*(_objection(index, entry) for entry in index.catalogue.objections.values()))


def _objection(index: Index, entry: Objection) -> Html:
    organs, lists = index.catalogue.organs, index.catalogue.lists
    return tag(
        "article",
        heading("h3", entry.title, entry.code, verified_mark(entry.verified)),
        pairs(
            ("施行", days_in_words(entry.effective)),
            ("哪些询问之后", COMMA.join(ASKED[one] for one in entry.asked)),
            ("内容", entry.text),
            ("向谁提出", entry.where),
            ("期限", f"自{entry.since}起 {span_in_words(entry.within)}内, 当日不计入" if entry.within else ""),
            ("部门", joined((link("organs", one, organs[one].title) for one in entry.organs), COMMA)),
            ("除外的部门", joined((link("organs", one, organs[one].title) for one in entry.except_organs), COMMA)),
            ("名单", joined((link("lists", one, lists[one].title) for one in entry.lists), COMMA)),
            ("依据", citations(index.catalogue, entry.basis)),
        ),
        class_="entry",
        id=anchor("objections", entry.code),
    )
