"""How the subject can end what burdens it: record by record, by the terms of the receipt's own rule set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ...decision.check.decision import Decision, MeasureApplied
from ...decision.knowledge import Knowledge, Record
from ...decision.parts import EvidenceRef, Standing
from ...decision.record_words import in_case, record_title
from ...decision.records import DatedRecord, PossibleTerms, on_day, possible_terms, repair_from
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue, MeasureKind
from ...rulebook.language import RecordState
from .values import RemedySaid
from .words import bases, iso, masked

BY_ITSELF = "不用申请, 到期自动解除"
_Key = tuple[str, str, str, str]


def of_check(rule_set: RuleSet | None, decision: Decision) -> tuple[RemedySaid, ...]:
    """Of each record that a restraint rests on, and of restraints that rest on none. What can be done first, first."""
    restraints = [one for one in decision.measures if one.kind is MeasureKind.RESTRAINT]
    found = list(_without_record(restraints))
    if rule_set is not None:
        for number, knowledge in enumerate(decision.known):
            mine = [(one.title, one.evidence) for one in restraints if one.subject == number]
            found += _of_subject(rule_set, number, knowledge, decision.day, mine)
    else:
        found += _as_decided(restraints)
    return _sorted(found)


def of_level(rule_set: RuleSet | None, standing: Standing, knowledge: Knowledge, day: date) -> tuple[RemedySaid, ...]:
    """Of every record that the grade and the level rest on."""
    if rule_set is None:
        return ()
    titles = [(f"监管等级{standing.level.title}", standing.evidence)]
    return _sorted(list(_of_subject(rule_set, standing.subject, knowledge, day, titles)))


def _sorted(found: list[RemedySaid]) -> tuple[RemedySaid, ...]:
    return tuple(sorted(found, key=lambda way: (not way.repairable, way.earliest_on, way.subject, way.record)))


def _of_subject(
    rule_set: RuleSet,
    number: int,
    knowledge: Knowledge,
    day: date,
    burdens: Sequence[tuple[str, Sequence[EvidenceRef]]],
) -> Iterator[RemedySaid]:
    for record in knowledge.records:
        dated = on_day(rule_set.catalogue, record, day)
        ends = [title for title, evidence in burdens if _key(record) in {_key(one) for one in evidence}]
        if ends and dated.state is RecordState.EFFECTIVE:
            yield from _of_record(rule_set, number, dated, tuple(dict.fromkeys(ends)), day)


def _key(one: Record | EvidenceRef) -> _Key:
    return (one.source, one.document_number, one.kind, one.list)


def _of_record(
    rule_set: RuleSet, number: int, dated: DatedRecord, ends: tuple[str, ...], day: date
) -> Iterator[RemedySaid]:
    """By the record's terms; by each that may be the law where it leaves unsaid which."""
    for possible in possible_terms(rule_set.catalogue, dated, day) or (None,):
        yield _by_terms(rule_set, number, dated, possible, ends)


def _by_terms(
    rule_set: RuleSet, number: int, dated: DatedRecord, possible: PossibleTerms | None, ends: tuple[str, ...]
) -> RemedySaid:
    catalogue, record = rule_set.catalogue, dated.record
    terms = None if possible is None else possible.terms
    provided = "" if possible is None else in_case(possible, catalogue)
    until = dated.until if possible is None else possible.records[0].until
    repairable = terms is not None and terms.repairable and bool(terms.condition or terms.channel)
    earliest = None if terms is None else repair_from(terms, record)
    return RemedySaid(
        subject=number,
        record=_named(catalogue, record),
        ends="、".join(ends),
        repairable=repairable,
        condition=provided + ((terms.condition if terms is not None else "") or ("" if repairable else BY_ITSELF)),
        earliest_on=iso(earliest),
        where=terms.channel if terms is not None else "",
        ends_on=iso(until),
        basis=bases(rule_set, terms.basis) if terms is not None else (),
    )


def _named(catalogue: Catalogue, record: Record) -> str:
    parts = [record_title(record, catalogue), record.document_number, f"{record.decided_on} 作出"]
    return masked(", ".join(part for part in parts if part))


def _without_record(restraints: Sequence[MeasureApplied]) -> Iterator[RemedySaid]:
    """What a rule itself says of how its measure ends."""
    for measure in restraints:
        if not measure.evidence or all(one.kind == "rating" for one in measure.evidence):
            yield from _as_decided([measure])


def _as_decided(restraints: Sequence[MeasureApplied]) -> Iterator[RemedySaid]:
    for measure in restraints:
        for one in measure.remedies:
            yield RemedySaid(
                subject=measure.subject,
                record="",
                ends=measure.title,
                repairable=one.repairable,
                condition=one.condition,
                earliest_on=iso(one.earliest_on),
                where=one.channel,
                ends_on=iso(measure.until),
                basis=(),
            )
