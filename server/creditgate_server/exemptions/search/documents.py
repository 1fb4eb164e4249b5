"""What is searched: one document for each exemption entry (免罚事项), with every version of it that a list brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue, Citation, ExemptionKind, Period
from ...rulebook.exemption_rules import kind_given
from ...rulebook.language import ACT_BOOK, Rule
from ...rulebook.titles import EXEMPTION_KINDS


class Field(StrEnum):
    """A part of a document, as a client may show it."""

    CODE = "code"
    TITLE = "title"
    ORGAN = "organ"
    BASIC_CODE = "basic_code"
    KEYWORDS = "keywords"
    PENALTY_BASIS = "penalty_basis"
    CIRCUMSTANCES = "circumstances"
    EXEMPTION_BASIS = "exemption_basis"
    LISTS = "lists"
    KINDS = "kinds"


@dataclass(frozen=True, slots=True)
class TitledCitation:
    """A citation with its instrument's title."""

    instrument: str
    title: str
    article: str = ""

    @property
    def text(self) -> str:
        """As it is shown: title and article together."""
        return self.title + self.article


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """An entry as one list has it for a time."""

    rule: str
    """Id of the rule."""
    kind: ExemptionKind
    list_code: str
    list_title: str
    regions: tuple[str, ...]
    """Divisions (GB/T 2260), each with all below it; empty: everywhere."""
    effective: Period
    circumstances: str = ""
    basis: tuple[TitledCitation, ...] = ()
    """免处罚依据."""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a document: the field, and its place among the field's texts, from 0."""

    field: Field
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class EntryDocument:
    """An exemption entry, with all that may be searched of it."""

    code: str
    title: str
    organ: str
    organ_title: str
    basic_code: str = ""
    keywords: tuple[str, ...] = ()
    penalty_basis: tuple[TitledCitation, ...] = ()
    versions: tuple[ListedVersion, ...] = ()
    """By first day, list and rule."""

    @property
    def exemption_basis(self) -> tuple[TitledCitation, ...]:
        """The bases of all versions, each once."""
        return tuple(dict.fromkeys(one for version in self.versions for one in version.basis))

    def texts(self) -> Iterator[Text]:
        """All texts, field by field; a text that stands in several versions comes once."""
        versions = self.versions
        parts: tuple[tuple[Field, tuple[str, ...]], ...] = (
            (Field.CODE, (self.code,)),
            (Field.TITLE, (self.title,)),
            (Field.ORGAN, (self.organ_title,)),
            (Field.BASIC_CODE, (self.basic_code,)),
            (Field.KEYWORDS, self.keywords),
            (Field.PENALTY_BASIS, tuple(one.text for one in self.penalty_basis)),
            (Field.CIRCUMSTANCES, tuple(one.circumstances for one in versions)),
            (Field.EXEMPTION_BASIS, tuple(one.text for one in self.exemption_basis)),
            (Field.LISTS, tuple(one.list_title for one in versions)),
            (Field.KINDS, tuple(EXEMPTION_KINDS[one.kind] for one in versions)),
        )
        for field, texts in parts:
            for number, text in enumerate(one for one in dict.fromkeys(texts) if one):
                yield Text(field, number, text)


def documents_of(rule_set: RuleSet) -> tuple[EntryDocument, ...]:
    """A document for each entry of the catalogue, in its order, with the versions that the rules make."""
    catalogue = rule_set.catalogue
    versions: dict[str, list[ListedVersion]] = defaultdict(list)
    for rule in rule_set.of_book(ACT_BOOK):
        version = _version(rule, catalogue)
        if version is not None:
            for entry in rule.applies.exemptions:
                versions[entry].append(version)
    return tuple(
        EntryDocument(
            code=entry.code,
            title=entry.title,
            organ=entry.organ,
            organ_title=catalogue.organs[entry.organ].title if entry.organ in catalogue.organs else "",
            basic_code=entry.basic_code,
            keywords=entry.keywords,
            penalty_basis=_references(entry.penalty_basis, catalogue),
            versions=tuple(
                sorted(versions[entry.code], key=lambda one: (one.effective.start, one.list_code, one.rule))
            ),
        )
        for entry in catalogue.exemptions.values()
    )


def _version(rule: Rule, catalogue: Catalogue) -> ListedVersion | None:
    """What a rule adds to its entries; None where it is no list's or exempts from nothing."""
    given = rule.exempting
    kind = kind_given(given) if given is not None else None
    if given is None or kind is None or not given.list:
        return None
    listed = catalogue.exemption_lists.get(given.list)
    return ListedVersion(
        rule=rule.id,
        kind=kind,
        list_code=given.list,
        list_title=listed.title if listed else "",
        regions=rule.applies.regions,
        effective=rule.effective,
        circumstances=given.circumstances,
        basis=_references(rule.basis, catalogue),
        verified=rule.verified,
    )


def _references(citations: tuple[Citation, ...], catalogue: Catalogue) -> tuple[TitledCitation, ...]:
    """Citations with titles; an instrument that the catalogue lacks is shown by its code."""
    instruments = catalogue.instruments
    return tuple(
        TitledCitation(
            one.instrument,
            instruments[one.instrument].title if one.instrument in instruments else one.instrument,
            one.article,
        )
        for one in citations
    )
