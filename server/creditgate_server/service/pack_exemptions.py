"""From exemption entries to the messages that show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from creditgate import limits
from creditgate.v1 import common_pb2, exemptions_pb2, leniency_pb2

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
from .undetermined import fact_definition
from .wire import Shape, Wire, numbers


@dataclass(frozen=True)
class _Seen:
    """From where and when entries are looked at."""

    catalogue: Catalogue
    region: str
    """Empty: the registry's own."""
    day: date

    def organ(self, document: EntryDocument) -> common_pb2.Ref:
        there = organ_in_words(self.catalogue, document.organ, self.region) if self.region else document.organ_title
        return common_pb2.Ref(code=document.organ, title=there)

    def covers(self, version: ListedVersion) -> bool:
        """Whether it is in force in the region, on whatever day."""
        return not version.regions or not above(self.region).isdisjoint(version.regions)

    def not_binding(self, version: ListedVersion) -> str:
        """Why a version does not bind here on the day, in Chinese; empty where it does."""
        reasons = []
        if self.region and not self.covers(version):
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

    def regions(self, version: ListedVersion) -> list[common_pb2.Ref]:
        return [_region(code, self.catalogue) for code in version.regions]


SHAPES = (
    Shape(
        SearchHit,
        exemptions_pb2.ExemptionHit,
        within=("document",),
        named={"matches": "marks"},
        made={
            "exemption": lambda hit, _: common_pb2.Ref(code=hit.document.code, title=hit.document.title),
            "organ": lambda hit, seen: seen.organ(hit.document),
            "versions": lambda hit, seen: [
                WIRE.pack(exemptions_pb2.ExemptionVersion, one, seen) for one in hit.versions[: limits.USUAL_VERSIONS]
            ],
            "version_count": lambda hit, _: len(hit.versions),
        },
    ),
    Shape(Mark, exemptions_pb2.TextMatch, named={"ranges": "spans"}),
    Shape(
        ListedVersion,
        exemptions_pb2.ExemptionVersion,
        named={"from_on": "effective.start", "until_on": "effective.until"},
        made={
            "exemption_list": lambda version, _: common_pb2.Ref(code=version.list_code, title=version.list_title),
            "in_force": lambda version, seen: not seen.not_binding(version),
            "not_binding": lambda version, seen: seen.not_binding(version),
            "regions": lambda version, seen: seen.regions(version),
        },
    ),
)
WIRE: Wire = Wire(SHAPES)
_LENIENCY = numbers(Leniency, leniency_pb2.Leniency.DESCRIPTOR)


def region_ref(code: str, catalogue: Catalogue) -> common_pb2.Ref | None:
    """A division with its title, where the catalogue has one; None: anywhere."""
    return _region(code, catalogue) if code else None


def _region(code: str, catalogue: Catalogue) -> common_pb2.Ref:
    known = catalogue.regions.get(code)
    return common_pb2.Ref(code=code, title=known.title if known else "")


def pack_hit(hit: SearchHit, catalogue: Catalogue, region: str, day: date) -> exemptions_pb2.ExemptionHit:
    """An entry found, with the texts that were matched, seen from a region; an empty one is the registry's own."""
    return WIRE.pack(exemptions_pb2.ExemptionHit, hit, _Seen(catalogue, region, day))


def pack_law(law: LawAnswer, rule_set: RuleSet, packer: Packer, region: str) -> exemptions_pb2.LawAnswer:
    """What the law itself gives, seen from a region."""
    catalogue = rule_set.catalogue
    packed = exemptions_pb2.LawAnswer(description=law.description)
    if law.organ:
        title = organ_in_words(catalogue, law.organ, region) if region else catalogue.organs[law.organ].title
        packed.organ.CopyFrom(common_pb2.Ref(code=law.organ, title=title))
    for rule in law.rules:
        given = rule.exempting
        assert given is not None
        packed.rules.add(
            rule=common_pb2.Ref(code=rule.id, title=rule.title),
            leniency=_LENIENCY[given.leniency],
            conditions=_sentences(rule.when, rule_set),
            basis=packer.basis(rule.basis),
            verified=rule.verified,
        )
    packed.facts.extend(fact_definition(fact) for fact in law.facts)
    for one in law.lists[: limits.MOST_LISTS]:
        (instrument,) = packer.basis((Citation(instrument=one.instrument),))
        listed = common_pb2.Ref(code=one.code, title=one.title)
        packed.lists.add(exemption_list=listed, instrument=instrument, remark=one.remark)
    return packed


@dataclass(frozen=True, slots=True)
class OrderedVersions:
    """The versions of an entry in the order in which they are shown, seen from a region and a day."""

    keys: tuple[str, ...]
    """Names each of them, whatever the region and the day."""
    _rules: Mapping[str, Rule]
    _versions: tuple[ListedVersion, ...]
    _rule_set: RuleSet
    _packer: Packer
    _seen: _Seen

    def packed(self, start: int, end: int) -> list[exemptions_pb2.ExemptionVersionDetail]:
        """Those from one place, inclusive, to another, exclusive."""
        return [self._detail(*one) for one in zip(self.keys[start:end], self._versions[start:end], strict=True)]

    def _detail(self, key: str, version: ListedVersion) -> exemptions_pb2.ExemptionVersionDetail:
        rules = self._rules
        detail = _detail(version, rules[key], rules.values(), self._rule_set, self._packer, self._seen)
        detail.in_region = self._seen.covers(version)
        return detail


def ordered_versions(
    document: EntryDocument, rule_set: RuleSet, packer: Packer, region: str, day: date
) -> OrderedVersions:
    """Those in force in the region on the day first, then those of the region, then by first day, list and rule."""
    seen = _Seen(rule_set.catalogue, region, day)

    def place(version: ListedVersion) -> tuple[bool, bool, date, str, str]:
        begins = version.effective.start
        return bool(seen.not_binding(version)), not seen.covers(version), begins, version.list_code, version.rule

    versions = tuple(sorted(document.versions, key=place))
    rules = {rule.key: rule for rule in rule_set.of_book(ACT_BOOK) if document.code in rule.applies.exemptions}
    keys = tuple(f"{version.rule}@{version.effective.start.isoformat()}" for version in versions)
    return OrderedVersions(keys, rules, versions, rule_set, packer, seen)


def pack_entry(
    document: EntryDocument, rule_set: RuleSet, packer: Packer, region: str, day: date
) -> exemptions_pb2.ExemptionEntry:
    """An entry with its first versions, seen from a region and a day."""
    catalogue = rule_set.catalogue
    entry = catalogue.exemptions[document.code]
    versions = ordered_versions(document, rule_set, packer, region, day)
    return exemptions_pb2.ExemptionEntry(
        exemption=common_pb2.Ref(code=document.code, title=document.title),
        organ=_Seen(catalogue, region, day).organ(document),
        basic_code=document.basic_code,
        penalty_basis=packer.basis(cited_on(catalogue, entry.penalty_basis, day)),
        keywords=entry.keywords,
        versions=versions.packed(0, limits.USUAL_VERSIONS),
        version_count=len(document.versions),
        region=region_ref(region, catalogue),
        as_of=day.isoformat(),
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
        named = common_pb2.Ref(code=code, title=measure.title)
        detail.soft_measures.add(measure=named, basis=packer.basis(measure.basis))
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
