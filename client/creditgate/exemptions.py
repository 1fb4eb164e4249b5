"""Exemption lists (免罚清单): a search, what it finds, and an entry in full, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from creditgate.v1 import exemptions_pb2

from .answers import basis_of, day_of
from .errors import readable
from .questions import text_of, unsendable_is_invalid
from .results import Basis, plain


class ExemptionKind(StrEnum):
    """Kind of exemption (免罚类别)."""

    MINOR = "minor"
    """轻微不罚."""
    FIRST = "first"
    """首违不罚."""
    FINE_WAIVED = "fine_waived"
    """免予罚款."""
    LIGHTER = "lighter"
    """从轻、减轻."""


@dataclass(frozen=True, slots=True)
class ExemptionSearch:
    """What to look for, 1 to 200 characters, and what an entry must be. Every filter only takes away."""

    query: str
    organ: str = ""
    region: str = ""
    """Division, six digits. Empty: the service's own; where a list is named, anywhere."""
    kinds: tuple[ExemptionKind, ...] = ()
    list: str = ""
    on: date | str | None = None
    """Day on which it must be in force, which may be to come; None: today."""
    include_not_in_force: bool = False
    """Show also what is not, after all that is."""
    page_size: int = 20
    """1 to 100."""
    page_token: str = ""
    """The `next_page_token` of the page before."""

    def to_proto(self) -> exemptions_pb2.SearchRequest:
        """The request. Raises InvalidQuestion for what no message can hold."""
        with unsendable_is_invalid():
            return exemptions_pb2.SearchRequest(
                query=self.query,
                organ=self.organ,
                region=self.region,
                kinds=[exemptions_pb2.ExemptionKind.Value(f"EXEMPTION_KIND_{kind.upper()}") for kind in self.kinds],
                list=self.list,
                in_force_on=text_of(self.on),
                include_not_in_force=self.include_not_in_force,
                page_size=self.page_size,
                page_token=self.page_token,
            )


@dataclass(frozen=True, slots=True)
class TextRange:
    """Characters of a text, from 0: start inclusive, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A text of an entry with the parts that the query matched."""

    field: str
    """code, title, organ, basic_code, keywords, penalty_basis, circumstances, exemption_basis, lists or kinds."""
    text: str
    ranges: tuple[TextRange, ...]
    """By place; they never touch."""


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division (行政区划), with all below it."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class ExemptionVersion:
    """An entry as one list has it for a time, in short."""

    rule: str
    list: str
    list_title: str
    kind: ExemptionKind
    effective_from: date | None
    effective_until: date | None
    """Last day, inclusive; None: open."""
    regions: tuple[Division, ...]
    """Empty: everywhere."""
    in_force: bool
    """On the day, and in the region, that were asked about."""
    circumstances: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ExemptionHit:
    """An entry found."""

    code: str
    title: str
    organ: str
    organ_title: str
    basic_code: str
    in_force: bool
    versions: tuple[ExemptionVersion, ...]
    matches: tuple[TextMatch, ...]


@dataclass(frozen=True, slots=True)
class ExemptionsFound:
    """A page of what was found, best first."""

    hits: tuple[ExemptionHit, ...]
    total: int
    """On all pages."""
    next_page_token: str
    """Empty: this is the last page."""
    region: str
    in_force_on: date
    rule_set: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


@dataclass(frozen=True, slots=True)
class ConditionSentence:
    """A sentence of a condition, in Chinese; those numbered "2.1", "2.2" stand below "2"."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class ExemptionMeasure:
    """A soft measure (柔性措施) that goes with an exemption."""

    code: str
    title: str
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class ExemptionVersionDetail:
    """An entry as one list has it for a time, in full."""

    version: ExemptionVersion
    list_version: str
    instrument: Basis
    conditions: tuple[ConditionSentence, ...]
    exclusions: tuple[str, ...]
    basis: tuple[Basis, ...]
    soft_measures: tuple[ExemptionMeasure, ...]
    remark: str
    in_region: bool


@dataclass(frozen=True, slots=True)
class ExemptionEntry:
    """One entry with all that the lists say of it."""

    code: str
    title: str
    organ: str
    organ_title: str
    basic_code: str
    penalty_basis: tuple[Basis, ...]
    keywords: tuple[str, ...]
    versions: tuple[ExemptionVersionDetail, ...]
    """Those in force in the region on the day first, then those of the region, then by first day."""
    region: str
    day: date
    rule_set: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values: dict[str, Any] = plain(asdict(self))
        return values


def entry_request(code: str, region: str, day: date | str | None) -> exemptions_pb2.GetRequest:
    """The request for an entry. Raises InvalidQuestion for what no message can hold."""
    with unsendable_is_invalid():
        return exemptions_pb2.GetRequest(code=code, region=region, day=text_of(day))


@readable
def exemptions_found(answer: exemptions_pb2.SearchResponse) -> ExemptionsFound:
    """From the proto."""
    return ExemptionsFound(
        hits=tuple(_hit(hit) for hit in answer.hits),
        total=answer.total,
        next_page_token=answer.next_page_token,
        region=answer.region,
        in_force_on=date.fromisoformat(answer.in_force_on),
        rule_set=answer.rule_set,
    )


@readable
def exemption_entry(answer: exemptions_pb2.GetResponse) -> ExemptionEntry:
    """From the proto."""
    return ExemptionEntry(
        code=answer.code,
        title=answer.title,
        organ=answer.organ,
        organ_title=answer.organ_title,
        basic_code=answer.basic_code,
        penalty_basis=basis_of(answer.penalty_basis),
        keywords=tuple(answer.keywords),
        versions=tuple(_detail(detail) for detail in answer.versions),
        region=answer.region,
        day=date.fromisoformat(answer.day),
        rule_set=answer.rule_set,
    )


def _hit(hit: exemptions_pb2.SearchHit) -> ExemptionHit:
    return ExemptionHit(
        code=hit.code,
        title=hit.title,
        organ=hit.organ,
        organ_title=hit.organ_title,
        basic_code=hit.basic_code,
        in_force=hit.in_force,
        versions=tuple(_version(version) for version in hit.versions),
        matches=_matches(hit.matches),
    )


def _matches(matches: Iterable[exemptions_pb2.TextMatch]) -> tuple[TextMatch, ...]:
    return tuple(
        TextMatch(
            field=exemptions_pb2.ExemptionField.Name(match.field).removeprefix("EXEMPTION_FIELD_").lower(),
            text=match.text,
            ranges=tuple(TextRange(part.start, part.end) for part in match.ranges),
        )
        for match in matches
    )


def _version(version: exemptions_pb2.ExemptionVersion) -> ExemptionVersion:
    kind = exemptions_pb2.ExemptionKind.Name(version.kind).removeprefix("EXEMPTION_KIND_").lower()
    return ExemptionVersion(
        rule=version.rule,
        list=version.list,
        list_title=version.list_title,
        kind=ExemptionKind(kind),
        effective_from=day_of(version.effective_from),
        effective_until=day_of(version.effective_until),
        regions=tuple(Division(one.code, one.title) for one in version.regions),
        in_force=version.in_force,
        circumstances=version.circumstances,
        verified=version.verified,
    )


def _detail(detail: exemptions_pb2.ExemptionVersionDetail) -> ExemptionVersionDetail:
    return ExemptionVersionDetail(
        version=_version(detail.version),
        list_version=detail.list_version,
        instrument=basis_of((detail.instrument,))[0],
        conditions=tuple(ConditionSentence(one.number, one.text) for one in detail.conditions),
        exclusions=tuple(detail.exclusions),
        basis=basis_of(detail.basis),
        soft_measures=tuple(ExemptionMeasure(one.code, one.title, basis_of(one.basis)) for one in detail.soft_measures),
        remark=detail.remark,
        in_region=detail.in_region,
    )
