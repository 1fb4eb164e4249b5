"""From exemption entries to the messages that show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from creditgate.v1 import exemptions_pb2, leniency_pb2

from ..exemptions.search.documents import EntryDocument, ListedVersion
from ..exemptions.search.filters import above
from ..exemptions.search.index import SearchHit
from ..exemptions.search.law import LawAnswer
from ..exemptions.search.marks import Mark
from ..rulebook.bundle import RuleSet
from ..rulebook.catalogue import Catalogue, Citation
from ..rulebook.citing import cited_on
from ..rulebook.exemption_rules import exclusion_rule_id
from ..rulebook.language import ACT_BOOK, AllOf, Condition, Leniency, Rule
from ..rulebook.words import condition_in_lines, numbered, organ_in_words
from .pack import Packer
from .wire import Shape, Wire, numbers


@dataclass(frozen=True)
class _Seen:
    """From where and when entries are looked at."""

    catalogue: Catalogue
    region: str
    """Empty: the registry's own."""
    day: date

    def organ(self, document: EntryDocument) -> str:
        return organ_in_words(self.catalogue, document.organ, self.region) if self.region else document.organ_title

    def not_binding(self, version: ListedVersion) -> str:
        """Why a version does not bind here on the day, in Chinese; empty where it does."""
        reasons = []
        if self.region and version.regions and above(self.region).isdisjoint(version.regions):
            places = "、".join(self.title(code) for code in version.regions)
            reasons.append(f"是{places}的清单, 对{self.title(self.region)}没有约束力")
        if self.day < version.effective.start:
            reasons.append(f"{version.effective.start} 起才施行")
        elif version.effective.until is not None and version.effective.until < self.day:
            reasons.append(f"施行到 {version.effective.until} 为止")
        return "; ".join(reasons)

    def title(self, code: str) -> str:
        """A division's title, or its code where the catalogue has none."""
        found = self.catalogue.regions.get(code)
        return found.title if found and found.title else code

    def regions(self, version: ListedVersion) -> list[exemptions_pb2.Division]:
        titles = self.catalogue.regions
        return [
            exemptions_pb2.Division(code=code, title=titles[code].title if code in titles else "")
            for code in version.regions
        ]


SHAPES = (
    Shape(
        SearchHit,
        exemptions_pb2.SearchHit,
        within=("document",),
        named={"matches": "marks"},
        made={"organ_title": lambda hit, seen: seen.organ(hit.document)},
    ),
    Shape(Mark, exemptions_pb2.TextMatch, named={"ranges": "spans"}),
    Shape(
        ListedVersion,
        exemptions_pb2.ExemptionVersion,
        named={"list": "list_code", "effective_from": "effective.start", "effective_until": "effective.until"},
        made={
            "in_force": lambda version, seen: not seen.not_binding(version),
            "not_binding": lambda version, seen: seen.not_binding(version),
            "regions": lambda version, seen: seen.regions(version),
        },
    ),
)
WIRE = Wire(SHAPES)
_LENIENCY = numbers(Leniency, leniency_pb2.Leniency.DESCRIPTOR)


def pack_hit(hit: SearchHit, catalogue: Catalogue, region: str, day: date) -> exemptions_pb2.SearchHit:
    """An entry found, with the texts that were matched, seen from a region; an empty one is the registry's own."""
    return WIRE.pack(exemptions_pb2.SearchHit, hit, _Seen(catalogue, region, day))


def pack_law(law: LawAnswer, rule_set: RuleSet, packer: Packer, region: str) -> exemptions_pb2.LawAnswer:
    """What the law itself gives, seen from a region."""
    catalogue = rule_set.catalogue
    packed = exemptions_pb2.LawAnswer(organ=law.organ, description=law.description)
    if law.organ:
        organ = catalogue.organs[law.organ]
        packed.organ_title = organ_in_words(catalogue, law.organ, region) if region else organ.title
    for rule in law.rules:
        given = rule.exempting
        assert given is not None
        packed.rules.add(
            rule=rule.id,
            title=rule.title,
            leniency=_LENIENCY[given.leniency],
            conditions=_sentences(rule.when, rule_set),
            basis=packer.basis(rule.basis),
            verified=rule.verified,
        )
    for fact in law.facts:
        packed.facts.add(name=fact.name, title=fact.label)
    for one in law.lists:
        (instrument,) = packer.basis((Citation(instrument=one.instrument),))
        packed.lists.add(code=one.code, title=one.title, instrument=instrument, remark=one.remark)
    return packed


def pack_entry(
    document: EntryDocument, rule_set: RuleSet, packer: Packer, region: str, day: date
) -> exemptions_pb2.GetResponse:
    """An entry with every version, seen from a region and a day."""
    entry = rule_set.catalogue.exemptions[document.code]
    rules = [rule for rule in rule_set.of_book(ACT_BOOK) if entry.code in rule.applies.exemptions]
    by_key = {rule.key: rule for rule in rules}
    details: list[exemptions_pb2.ExemptionVersionDetail] = []
    for version in document.versions:
        here = not version.regions or not above(region).isdisjoint(version.regions)
        rule = by_key[f"{version.rule}@{version.effective.start.isoformat()}"]
        detail = _detail(version, rule, rules, rule_set, packer, _Seen(rule_set.catalogue, region, day))
        detail.in_region = here
        details.append(detail)
    details.sort(key=lambda one: (not one.version.in_force, not one.in_region))
    return exemptions_pb2.GetResponse(
        code=document.code,
        title=document.title,
        organ=document.organ,
        organ_title=organ_in_words(rule_set.catalogue, document.organ, region),
        basic_code=document.basic_code,
        penalty_basis=packer.basis(cited_on(rule_set.catalogue, entry.penalty_basis, day)),
        keywords=entry.keywords,
        versions=details,
        region=region,
        day=day.isoformat(),
        rule_set=rule_set.digest,
    )


def _detail(
    version: ListedVersion, rule: Rule, rules: Iterable[Rule], rule_set: RuleSet, packer: Packer, seen: _Seen
) -> exemptions_pb2.ExemptionVersionDetail:
    catalogue = rule_set.catalogue
    listed = catalogue.exemption_lists[version.list_code]
    given = rule.exempting
    assert given is not None
    detail = exemptions_pb2.ExemptionVersionDetail(
        version=WIRE.pack(exemptions_pb2.ExemptionVersion, version, seen),
        list_version=listed.version,
        instrument=packer.basis((Citation(instrument=listed.instrument),))[0],
        conditions=_sentences(rule.when, rule_set),
        exclusions=_exclusions(rule, version.list_code, rules),
        basis=packer.basis(rule.basis),
        remark=given.remark,
    )
    for code in given.measures:
        measure = catalogue.soft_measures[code]
        detail.soft_measures.add(code=code, title=measure.title, basis=packer.basis(measure.basis))
    return detail


def _sentences(when: Condition | None, rule_set: RuleSet) -> list[exemptions_pb2.ConditionSentence]:
    """The condition, its parts that must all hold numbered from 1."""
    whole = condition_in_lines(rule_set.catalogue, when, {})
    parts = whole.parts if isinstance(when, AllOf) and whole.parts else (whole,)
    return [
        exemptions_pb2.ConditionSentence(number=number, text=text)
        for place, part in enumerate(parts, start=1)
        for _, number, text in numbered(part, str(place))
    ]


def _exclusions(rule: Rule, list_code: str, rules: Iterable[Rule]) -> list[str]:
    """Titles of what the list, or the entry in it, excludes."""
    own, general = exclusion_rule_id(rule.id, ""), exclusion_rule_id(list_code, "")
    return list(
        dict.fromkeys(
            other.title
            for other in rules
            if other.exempting is not None
            and other.exempting.excludes
            and (other.id.startswith(general) or (other.id.startswith(own) and other.effective == rule.effective))
        )
    )
