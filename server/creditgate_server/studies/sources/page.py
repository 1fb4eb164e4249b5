"""Feeds and contradictions at a glance: one page of HTML that needs nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from ...codes import shown_identifier
from ...decision.feeds import feed_title
from ...pages.rendering import rendered
from ...registry.conflicts import Conflict
from ...registry.quality import Quality
from ...registry.settling import SettlementAct
from ...rulebook.catalogue import Catalogue
from .wording import HOWS, KINDS, field_in_words, said_line, thing_in_words, value_in_words

MOST_SHOWN = 500
"""Conflicts on the page; the open ones come first, and how many there are beyond is told."""


def page(
    catalogue: Catalogue,
    found: Quality,
    conflicts: Sequence[Conflict],
    counted: Counter[tuple[str, str]],
    acts: Sequence[SettlementAct],
    day: date,
) -> str:
    """The whole page. `counted`: all conflicts by kind and by how they are settled; `conflicts`: those to be shown."""
    total = sum(counted.values())
    return rendered(
        "sources.html.j2",
        day=day,
        feeds=found.feeds,
        broken_off=found.broken_off,
        off=[f"{one.title}: {line}" for one in found.feeds for line in one.off],
        open_count=sum(count for (_, how), count in counted.items() if how == "open"),
        total=total,
        kinds=[
            (title, counted[kind.value, "open"], sum(count for (of, _), count in counted.items() if of == kind.value))
            for kind, title in KINDS.items()
        ],
        conflicts=[_conflict(catalogue, one) for one in conflicts[:MOST_SHOWN]],
        beyond=max(total - MOST_SHOWN, 0),
        acts=[
            (
                one.number,
                one.known_at,
                shown_identifier(one.subject),
                f"{thing_in_words(catalogue, one.thing)} {field_in_words(one.field)}".strip(),
                " ".join(
                    value_in_words(catalogue, one.thing, one.field, part) for part in one.value if part is not None
                ),
                one.post,
                one.reason,
            )
            for one in acts
        ],
        unranked=[feed_title(catalogue, code) for code in _unranked(catalogue)],
    )


def _conflict(catalogue: Catalogue, one: Conflict) -> dict[str, object]:
    return {
        "open": one.open,
        "kind": KINDS[one.kind],
        "subject": shown_identifier(one.subject),
        "what": f"{thing_in_words(catalogue, one.thing)} {field_in_words(one.field)}".strip(),
        "said": [said_line(catalogue, one, each) for each in one.said] or [one.note],
        "how": HOWS[one.how],
        "counts": "" if one.open else value_in_words(catalogue, one.thing, one.field, one.counts),
    }


def _unranked(catalogue: Catalogue) -> list[str]:
    """Feeds that no entry of the table of authority ranks."""
    ranked = {feed for entry in catalogue.authority.values() for rank in entry.ranked for feed in rank.feeds}
    return [code for code, feed in catalogue.feeds.items() if code not in ranked and not feed.own]
