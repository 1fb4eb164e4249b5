"""From exemption entries to the messages that show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from creditgate.v1 import exemptions_pb2

from ..exemptions.search.documents import Document, Field, Version
from ..exemptions.search.filters import above
from ..exemptions.search.index import Hit
from ..exemptions.search.marks import Mark
from ..rulebook.bundle import RuleSet
from ..rulebook.catalogue import Catalogue, Citation
from ..rulebook.exemption_rules import exclusion_rule_id
from ..rulebook.language import AllOf, Book, Condition, GiveLeniency, Leniency, Rule
from ..rulebook.words import condition_in_lines, numbered, organ_in_words
from .pack import Packer, pack_day
from .unpack_exemptions import KINDS

_FIELDS = {field: exemptions_pb2.ExemptionField.Value(f"EXEMPTION_FIELD_{field.value.upper()}") for field in Field}


def pack_hit(hit: Hit, catalogue: Catalogue, region: str, day: date) -> exemptions_pb2.SearchHit:
    """An entry found, with the texts that were matched, seen from a region; an empty one is the registry's own."""
    document = hit.document
    return exemptions_pb2.SearchHit(
        code=document.code,
        title=document.title,
        organ=document.organ,
        organ_title=organ_in_words(catalogue, document.organ, region) if region else document.organ_title,
        basic_code=document.basic_code,
        in_force=hit.in_force,
        versions=[_version(one, catalogue, in_force=one.effective.holds_on(day)) for one in hit.versions],
        matches=[_match(mark) for mark in hit.marks],
    )


def pack_entry(
    document: Document, rule_set: RuleSet, packer: Packer, region: str, day: date
) -> exemptions_pb2.GetResponse:
    """An entry with every version, seen from a region and a day."""
    entry = rule_set.catalogue.exemptions[document.code]
    rules = [rule for rule in rule_set.of_book(Book.LENIENCY) if entry.code in rule.applies.exemptions]
    by_key = {rule.key: rule for rule in rules}
    details: list[exemptions_pb2.ExemptionVersionDetail] = []
    for version in document.versions:
        here = not version.regions or not above(region).isdisjoint(version.regions)
        rule = by_key[f"{version.rule}@{version.effective.start.isoformat()}"]
        detail = _detail(version, rule, rules, rule_set, packer)
        detail.in_region = here
        detail.version.in_force = here and version.effective.holds_on(day)
        details.append(detail)
    details.sort(key=lambda one: (not one.version.in_force, not one.in_region))
    return exemptions_pb2.GetResponse(
        code=document.code,
        title=document.title,
        organ=document.organ,
        organ_title=organ_in_words(rule_set.catalogue, document.organ, region),
        basic_code=document.basic_code,
        penalty_basis=packer.basis(entry.penalty_basis),
        keywords=entry.keywords,
        versions=details,
        region=region,
        day=day.isoformat(),
        rule_set=rule_set.digest,
    )


def _version(version: Version, catalogue: Catalogue, *, in_force: bool) -> exemptions_pb2.ExemptionVersion:
    return exemptions_pb2.ExemptionVersion(
        rule=version.rule,
        list=version.list_code,
        list_title=version.list_title,
        kind=KINDS[version.kind],
        effective_from=version.effective.start.isoformat(),
        effective_until=pack_day(version.effective.until),
        regions=[
            exemptions_pb2.Division(code=code, title=catalogue.regions[code].title if code in catalogue.regions else "")
            for code in version.regions
        ],
        in_force=in_force,
        circumstances=version.circumstances,
        verified=version.verified,
    )


def _match(mark: Mark) -> exemptions_pb2.TextMatch:
    ranges = [exemptions_pb2.TextRange(start=span.start, end=span.end) for span in mark.spans]
    return exemptions_pb2.TextMatch(field=_FIELDS[mark.field], text=mark.text, ranges=ranges)


def _detail(
    version: Version, rule: Rule, rules: Iterable[Rule], rule_set: RuleSet, packer: Packer
) -> exemptions_pb2.ExemptionVersionDetail:
    catalogue = rule_set.catalogue
    listed = catalogue.exemption_lists[version.list_code]
    given = rule.then
    assert isinstance(given, GiveLeniency)
    detail = exemptions_pb2.ExemptionVersionDetail(
        version=_version(version, catalogue, in_force=False),
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
            if isinstance(other.then, GiveLeniency)
            and other.then.leniency is Leniency.EXCLUDED
            and (other.id.startswith(general) or (other.id.startswith(own) and other.effective == rule.effective))
        )
    )
