"""Words that all parts of an explanation use, and identifiers as they may be shown to a party."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from ...codes import may_be_citizen_id
from ...decision.parts import EvidenceRef
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Citation
from ...rulebook.saying import basis_in_words, explain, version_on, versions
from ...rulebook.words import numbered
from .values import Basis, LabelledLine, Point, RuleSaid

_PERSON = "p:"
_CITIZEN_ID = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")


def iso(day: date | None) -> str:
    """A day as text; empty for none."""
    return day.isoformat() if day is not None else ""


def shown_subject(identifier: str) -> str:
    """A firm's code whole; of a person's keyed hash three and four places."""
    if not identifier.startswith(_PERSON):
        return masked(identifier)
    key = identifier.removeprefix(_PERSON)
    return f"自然人(标识 {key[:3]}…{key[-4:]})"


def masked(text: str) -> str:
    """Text in which every identity number shows three and four places alone."""
    return _CITIZEN_ID.sub(lambda found: _masked_number(found[0]), text)


def _masked_number(number: str) -> str:
    return f"{number[:3]}{'*' * 11}{number[-4:]}" if may_be_citizen_id(number.upper()) else number


def bases(rule_set: RuleSet | None, cited: Iterable[Citation]) -> tuple[Basis, ...]:
    """Citations in words, all articles of one instrument together.

    Without the rule set the code of the instrument is all that is known.
    """
    articles: dict[str, dict[str, None]] = {}
    for citation in cited:
        articles.setdefault(citation.instrument, {})[citation.article] = None
    return tuple(_basis(rule_set, code, "、".join(filter(None, named))) for code, named in articles.items())


def _basis(rule_set: RuleSet | None, instrument: str, articles: str) -> Basis:
    if rule_set is None or instrument not in rule_set.catalogue.instruments:
        return Basis(title=instrument, number="", article=articles, rank="", verified=False)
    words = basis_in_words(rule_set.catalogue, Citation(instrument=instrument, article=articles))
    return Basis(title=words.title, number=words.number, article=articles, rank=words.rank, verified=words.verified)


def rule_said(rule_set: RuleSet | None, rule_id: str, day: date, *, title: str = "", counts: bool = True) -> RuleSaid:
    """The version of a rule in force on a day, as a sentence; its id and title alone where it is not to be had."""
    rule = version_on(versions(rule_set, rule_id), day) if rule_set is not None else None
    if rule_set is None or rule is None:
        return RuleSaid(rule=rule_id, title=title, days="", condition=(), counts=counts, verified=False)
    words = explain(rule_set, rule)
    return RuleSaid(
        rule=rule_id,
        title=rule.title,
        days=words.days,
        condition=tuple(Point(depth=depth, number=number, text=text) for depth, number, text in numbered(words.when)),
        counts=counts,
        verified=rule.verified,
    )


def evidence_said(evidence: Iterable[EvidenceRef]) -> tuple[str, ...]:
    """Each record in one line."""
    return tuple(_evidence(one) for one in evidence)


def _evidence(one: EvidenceRef) -> str:
    parts = [one.title, one.document_number, one.organ, f"{one.decided_on} 作出"]
    if one.until is not None:
        parts.append(f"有效至 {one.until}")
    return masked(", ".join(part for part in parts if part))


def organ_title(rule_set: RuleSet | None, code: str) -> str:
    """An organ by title."""
    organs = rule_set.catalogue.organs if rule_set is not None else {}
    return organs[code].title if code in organs else code or "没有指明"


def item_title(rule_set: RuleSet | None, code: str) -> str:
    """An item by title."""
    items = rule_set.catalogue.items if rule_set is not None else {}
    return items[code].title if code in items else code or "没有指明"


def known_at_lines(known_at: object) -> Iterator[LabelledLine]:
    """That an earlier state of knowledge was asked for."""
    if known_at is not None:
        yield LabelledLine(label="按哪一时刻所知", text=str(known_at))
