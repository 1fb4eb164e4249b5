"""The rule set: one immutable whole, named by the digest of its canonical content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import msgspec

from .catalogue import (
    Authority,
    Calendar,
    Catalogue,
    Entry,
    Exemption,
    ExemptionList,
    FactEntry,
    Feed,
    GradeEntry,
    Instrument,
    Item,
    Ladder,
    LevelEntry,
    ListEntry,
    MeasureEntry,
    Objection,
    Organ,
    Parameter,
    RecordKind,
    Region,
    SoftMeasure,
    Trait,
)
from .language import CREDIT_BOOKS, Book, Rule
from .verification import VerifiedLine


class RuleSet(Entry, dict=True, frozen=True, kw_only=True):
    """A catalogue and the rules of all books, in book order and then file order."""

    catalogue: Catalogue
    rules: tuple[Rule, ...]
    verifications: tuple[VerifiedLine, ...] = ()
    """What was compared with the texts, by name: part of the whole, so that what is told as verified can be proved."""

    @cached_property
    def verified(self) -> Mapping[str, VerifiedLine]:
        """The lines of the register by what they are of, where all that it cites was read."""
        return {line.of: line for line in self.verifications if line.partial is not True}

    @cached_property
    def canonical(self) -> bytes:
        """Canonical JSON: sorted keys, no blanks, whole numbers and text only, so that it equals RFC 8785.

        Sections of the catalogue are lists: their order has a meaning, of grades and levels above all.
        """
        sections: dict[str, Any] = {
            name: tuple(getattr(self.catalogue, name).values()) for name in Catalogue.__struct_fields__
        }
        for later in ("objections", "authority"):
            sections[later] = sections[later] or msgspec.UNSET
        lines = self.verifications or msgspec.UNSET
        content = _Content(catalogue=_Sections(**sections), rules=self.rules, verifications=lines)
        return msgspec.json.encode(content, order="sorted")

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hash of the canonical JSON."""
        return "sha256:" + hashlib.sha256(self.canonical).hexdigest()

    @cached_property
    def credit_rules(self) -> tuple[Rule, ...]:
        """The rules of the books that judge credit."""
        return tuple(rule for rule in self.rules if rule.book in CREDIT_BOOKS)

    def of_book(self, book: Book) -> tuple[Rule, ...]:
        """The rules of one book."""
        return self._by_book.get(book, ())

    @cached_property
    def _by_book(self) -> dict[Book, tuple[Rule, ...]]:
        found: dict[Book, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.book, []).append(rule)
        return {book: tuple(rules) for book, rules in found.items()}


def decode(canonical: bytes) -> RuleSet:
    """A rule set from its canonical JSON, by which it stays named. Raises msgspec.MsgspecError.

    An earlier program's JSON lacks what entries have had since. Written anew it would be another: a rule set in force,
    and every receipt that names it, would be lost with the next release.
    """
    content = _content(canonical)
    sections = {
        name: {entry.name if isinstance(entry, FactEntry) else entry.code: entry for entry in entries}
        for name, entries in msgspec.structs.asdict(content.catalogue).items()
        if entries is not msgspec.UNSET
    }
    lines = content.verifications or ()
    rule_set = RuleSet(catalogue=Catalogue(**sections), rules=content.rules, verifications=lines)
    vars(rule_set)["canonical"] = canonical
    return rule_set


def _content(canonical: bytes) -> _Content:
    """The first programs wrote sections as objects, sorted by code, and judged by that order."""
    try:
        return msgspec.json.decode(canonical, type=_Content)
    except msgspec.ValidationError:
        content = msgspec.json.decode(canonical, type=_FirstContent)
    sections = {name: tuple(entries.values()) for name, entries in content.catalogue.items()}
    return msgspec.convert({"catalogue": sections, "rules": content.rules}, type=_Content)


class _Sections(Entry, frozen=True, kw_only=True):
    """The catalogue as lists, in its order."""

    instruments: tuple[Instrument, ...] = ()
    measures: tuple[MeasureEntry, ...] = ()
    record_kinds: tuple[RecordKind, ...] = ()
    lists: tuple[ListEntry, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    feeds: tuple[Feed, ...] = ()
    organs: tuple[Organ, ...] = ()
    traits: tuple[Trait, ...] = ()
    items: tuple[Item, ...] = ()
    grades: tuple[GradeEntry, ...] = ()
    levels: tuple[LevelEntry, ...] = ()
    facts: tuple[FactEntry, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    regions: tuple[Region, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    soft_measures: tuple[SoftMeasure, ...] = ()
    exemption_lists: tuple[ExemptionList, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    objections: tuple[Objection, ...] | msgspec.UnsetType = msgspec.UNSET
    """Left out where there are none: rule sets from before there were any keep their digests."""
    authority: tuple[Authority, ...] | msgspec.UnsetType = msgspec.UNSET
    """Likewise."""


class _Content(Entry, frozen=True, kw_only=True):
    """What the canonical JSON holds."""

    catalogue: _Sections
    rules: tuple[Rule, ...]
    verifications: tuple[VerifiedLine, ...] | msgspec.UnsetType = msgspec.UNSET
    """Left out where there are none: rule sets from before there were any keep their digests."""


class _FirstContent(Entry, frozen=True, kw_only=True):
    """What it held at first."""

    catalogue: dict[str, dict[str, Any]]
    rules: tuple[Any, ...]


def turning_days(rules: Iterable[Rule]) -> tuple[date, ...]:
    """Days on which the rules in force change, ascending."""
    rules = tuple(rules)
    days = {rule.effective.start for rule in rules}
    days |= {rule.effective.until + timedelta(days=1) for rule in rules if rule.effective.until is not None}
    return tuple(sorted(days))
