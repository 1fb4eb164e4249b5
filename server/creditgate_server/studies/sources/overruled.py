"""What sources said of a subject that does not count: with what counts instead, and by what, in Chinese."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from ...decision.feeds import feed_title
from ...decision.knowledge import Knowledge, PrevailedBy, Prevailing
from ...decision.record_words import record_title
from ...rulebook.catalogue import Catalogue
from .wording import field_in_words, owner, thing_in_words, value_in_words


def overruled_lines(known: Knowledge, catalogue: Catalogue) -> Iterator[str]:
    """One sentence for each thing on which sources disagreed and that an authority or a person settled."""
    overruled = {} if known.overruled is UNSET else known.overruled
    prevailing = {} if known.prevailing is UNSET else known.prevailing
    for name, said in sorted(overruled.items()):
        thing, field = _named(name)
        others = [
            f"{feed_title(catalogue, one.source)}({owner(catalogue, one.source)}, 数据至 {one.source_day})为"
            f"“{value_in_words(catalogue, thing, field, one.value)}”"
            for one in said
        ]
        counts = prevailing.get(name)
        used = "" if counts is None else f"{_counts(catalogue, thing, field, counts)}; "
        yield f"{_title(known, catalogue, name)}: {used}{', '.join(others)}, 没有采用"


def _named(name: str) -> tuple[str, str]:
    """What is spoken of, and its field, as findings on sources name them."""
    kind, _, rest = name.partition(":")
    if kind == "record":
        return name, rest.rpartition(":")[2]
    return (name, "other") if kind == "relation" else (f"attribute:{name}", "value")


def _title(known: Knowledge, catalogue: Catalogue, name: str) -> str:
    kind, _, rest = name.partition(":")
    if kind == "relation":
        firm = rest.split(":", 2)[1]
        return f"{'' if firm == known.identifier else f'{firm} 的'}{thing_in_words(catalogue, name)}"
    if kind != "record":
        return catalogue.facts[name].label if name in catalogue.facts else name
    number, _, field = rest.rpartition(":")
    record = next((one for one in known.records if one.document_number == number), None)
    title = "" if record is None else f"{record_title(record, catalogue)} "
    return f"{title}{number}的{field_in_words(field)}"


def _counts(catalogue: Catalogue, thing: str, field: str, counts: Prevailing) -> str:
    source = feed_title(catalogue, counts.source) if counts.source else ""
    entry = catalogue.authority.get(counts.authority)
    table = f"数据权威表“{entry.title if entry else counts.authority}”({counts.authority})"
    by = {
        PrevailedBy.SETTLED: "已由专人裁定",
        PrevailedBy.AUTHORITY: f"依{table}",
        PrevailedBy.NEWEST: f"{table}列为同级, 取日期新的" if counts.authority else "取有数据日期的",
    }[counts.by]
    return f"采用{source}的“{value_in_words(catalogue, thing, field, counts.value)}”({by})"
