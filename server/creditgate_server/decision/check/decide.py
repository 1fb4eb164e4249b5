"""The decision of a credit check: measures with their reasons, precedence between them, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ...rulebook.catalogue import Citation, MeasureEntry, MeasureKind
from ...rulebook.language import Duty, GiveMeasure, Rule, Value
from ..books import Books
from ..columns import Columns
from ..dossier import Dossier, caller_value, from_caller
from ..judged import JudgedSubject, open_rules, standing
from ..knowledge import Feeds, Knowledge
from ..parts import EvidenceRef, FeedUsed, Remedy, Unsettled, evidence_order
from ..priority import upper_rows
from ..unsettled import merged
from .decision import Decision, MeasureApplied, Outcome, SetAside
from .question import Question
from .roles import EffectiveQuestion, effective_question


def judge_check(books: Books, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds) -> Decision:
    """Whether there are measures, for any of the subjects."""
    return decided_check(books, judged_question(books, question, knowledge, feeds))


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """The effective question with what every book says of each of its subjects."""

    effective: EffectiveQuestion
    subjects: tuple[JudgedSubject, ...]


def judged_question(
    books: Books, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds
) -> JudgedQuestion:
    """A question, judged."""
    effective = effective_question(books.rule_set.catalogue, question, knowledge, feeds)
    return JudgedQuestion(
        effective,
        tuple(
            books.judged(effective.question, subject, effective.knowledge[subject.identifier], feeds)
            for subject in effective.question.subjects
        ),
    )


def decided_check(books: Books, judged: JudgedQuestion) -> Decision:
    """The decision on a question that was judged."""
    effective, subjects = judged.effective, judged.subjects
    asked = (
        book
        for subject in subjects
        for book in (subject.profile.grade_book, subject.profile.level_book, subject.measures)
    )
    feeds = books.feeds_used(subjects[0].profile.dossier, asked, effective.feeds)
    return decide(effective, subjects, feeds, books.rule_set.digest)


def decide(
    effective: EffectiveQuestion, subjects: Sequence[JudgedSubject], feeds: tuple[FeedUsed, ...], rule_set: str
) -> Decision:
    """Put the subjects' findings together. The same findings give the same bytes."""
    question = effective.question
    applied: list[MeasureApplied] = []
    waiting: list[Unsettled] = [*effective.missing]
    grades_waiting: list[Unsettled] = []
    open_measures: set[str] = set()
    for number, subject in enumerate(subjects):
        measures = _measures(subject, number, question.facts)
        applied += measures
        open_keys = _open_keys(subject, measures)
        open_measures |= {_ordered(subject.measures.rules[key]).measure for key in open_keys}
        waiting += _waiting(subject, number, question.facts, open_keys)
        grades_waiting += subject.profile.waiting(number)
    kept, set_aside = _precedence(applied, open_measures, subjects[0].profile.dossier.catalogue.measures)
    return Decision(
        outcome=outcome_of(kept, undetermined=bool(waiting)),
        standings=tuple(
            standing(subject.profile, number, question.subjects[number].role) for number, subject in enumerate(subjects)
        ),
        measures=tuple(sorted(kept, key=_order)),
        set_aside=tuple(sorted(set_aside, key=lambda entry: (entry.subject, entry.code))),
        undetermined=merged([*waiting, *grades_waiting]) if waiting or grades_waiting else (),
        feeds=feeds,
        known=tuple(subject.profile.dossier.knowledge for subject in subjects),
        rule_set=rule_set,
        day=question.day,
    )


def outcome_of(measures: Sequence[MeasureApplied] | Sequence[MeasureEntry], *, undetermined: bool) -> Outcome:
    """What measures that apply come to."""
    if any(measure.prohibits for measure in measures):
        return Outcome.PROHIBITED
    if undetermined:
        return Outcome.UNDETERMINED
    if any(measure.kind is MeasureKind.RESTRAINT for measure in measures):
        return Outcome.MEASURES
    return Outcome.INCENTIVES if measures else Outcome.CLEAR


def _order(measure: MeasureApplied) -> tuple[bool, bool, bool, str, int]:
    """Prohibitions, restraints, incentives; in each the mandatory first, then by code and subject."""
    return (
        not measure.prohibits,
        measure.kind is MeasureKind.INCENTIVE,
        measure.duty is Duty.OPTIONAL,
        measure.code,
        measure.subject,
    )


def _ordered(rule: Rule) -> GiveMeasure:
    if not isinstance(rule.then, GiveMeasure):
        raise TypeError(f"{rule.key} orders no measure")
    return rule.then


# -- measures of one subject ----------------------------------------------------------------------------------------


def _measures(subject: JudgedSubject, number: int, given: Mapping[str, Value]) -> list[MeasureApplied]:
    by_code: dict[str, list[MeasureApplied]] = {}
    for key, rule in subject.measures.rules.items():
        if key in subject.measures.verdicts.holds:
            measure = _measure(subject, number, rule, given)
            by_code.setdefault(measure.code, []).append(measure)
    memo = subject.profile.dossier.memo
    return [_together(measures, memo) for measures in by_code.values()]


def _together(measures: list[MeasureApplied], memo: dict[object, Any]) -> MeasureApplied:
    if len(measures) == 1:
        return measures[0]
    key = ("together", *(id(measure) for measure in measures))  # they live as long as this memo does
    if key not in memo:
        memo[key] = _merged(measures)
    result: MeasureApplied = memo[key]
    return result


def _measure(subject: JudgedSubject, number: int, rule: Rule, given: Mapping[str, Value]) -> MeasureApplied:
    """What one rule orders. Worked out once for a dossier and the callers' facts that the rule looks at."""
    profile = subject.profile
    looked_at = _caller_part(profile.columns, profile.dossier, rule, given)
    memo_key = (rule.asked_key, number, looked_at)
    measure = profile.dossier.memo.get(memo_key)
    if measure is None:
        measure = profile.dossier.memo[memo_key] = _make_measure(subject, number, rule, given)
    result: MeasureApplied = measure
    return result


def _caller_part(
    columns: Columns, dossier: Dossier, rule: Rule, given: Mapping[str, Value]
) -> tuple[Value | None, ...]:
    used = dossier.memo.get(("caller", rule.key))
    if used is None:
        used = tuple(column for column in columns.of_rules((rule,)) if from_caller(column))
        dossier.memo["caller", rule.key] = used
    return tuple(caller_value(column, given, dossier.day) for column in used)


def _make_measure(subject: JudgedSubject, number: int, rule: Rule, given: Mapping[str, Value]) -> MeasureApplied:
    ordered = _ordered(rule)
    entry = subject.profile.dossier.catalogue.measures[ordered.measure]
    reasons = subject.reasons(given)
    remedies = reasons.remedies(rule)
    if ordered.remedy:
        remedies = (
            *remedies,
            Remedy(repairable=True, condition=ordered.remedy, earliest_on=None, channel=""),
        )
    return MeasureApplied(
        subject=number,
        code=entry.code,
        title=entry.title,
        kind=entry.kind,
        duty=ordered.duty,
        prohibits=entry.prohibits,
        basis=rule.cited,
        evidence=reasons.evidence(rule),
        rule=rule.id,
        rule_title=rule.title,
        other_rules=(),
        until=reasons.until(rule),
        remedies=remedies,
        verified=rule.verified,
        instruction=entry.instruction,
    )


def _merged(measures: list[MeasureApplied]) -> MeasureApplied:
    """One measure that several rules order for one subject: the mandatory first, then by id; all reasons kept."""
    ranked = sorted(measures, key=lambda measure: (measure.duty is Duty.OPTIONAL, measure.rule))
    basis: dict[Citation, None] = {}
    evidence: dict[EvidenceRef, None] = {}
    remedies: dict[Remedy, None] = {}
    for measure in ranked:
        basis.update(dict.fromkeys(measure.basis))
        evidence.update(dict.fromkeys(measure.evidence))
        remedies.update(dict.fromkeys(measure.remedies))
    ends = [measure.until for measure in ranked]
    return msgspec.structs.replace(
        ranked[0],
        basis=tuple(basis),
        evidence=tuple(sorted(evidence, key=evidence_order)),
        other_rules=tuple(sorted({measure.rule for measure in ranked[1:]} - {ranked[0].rule})),
        until=None if None in ends else max(end for end in ends if end is not None),
        remedies=tuple(remedies),
        verified=all(measure.verified for measure in ranked),
    )


# -- what is open ---------------------------------------------------------------------------------------------------


def _open_keys(subject: JudgedSubject, measures: Iterable[MeasureApplied]) -> frozenset[str]:
    """Open rules that would still change something: not those whose measure applies already, at least as strictly."""
    duties = {measure.code: measure.duty for measure in measures}
    return frozenset(
        key
        for key in subject.measures.verdicts.open
        if duties.get(_ordered(subject.measures.rules[key]).measure)
        not in (Duty.MANDATORY, _ordered(subject.measures.rules[key]).duty)
    )


def _waiting(subject: JudgedSubject, number: int, given: Mapping[str, Value], keys: frozenset[str]) -> list[Unsettled]:
    profile = subject.profile
    waiting: list[Unsettled] = []
    for key in sorted(keys):
        rule = subject.measures.rules[key]
        waits_for = (*upper_rows(rule, subject.measures.rules.values()), rule)
        looked_at = tuple(
            (each.asked_key, _caller_part(profile.columns, profile.dossier, each, given)) for each in waits_for
        )
        memo_key = ("open", key, number, looked_at, subject.measures.failed)
        entries = profile.dossier.memo.get(memo_key)
        if entries is None:
            entries = open_rules(profile, subject.reasons(given), subject.measures, number, frozenset({key}))
            profile.dossier.memo[memo_key] = entries
        waiting += entries
    return waiting


# -- precedence -----------------------------------------------------------------------------------------------------


def _precedence(
    applied: Iterable[MeasureApplied], open_measures: set[str], catalogue: Mapping[str, MeasureEntry]
) -> tuple[list[MeasureApplied], list[SetAside]]:
    """Incentives yield to the restraints that the catalogue names, for any subject of the case, open ones too."""
    applied = list(applied)
    against = open_measures | {measure.code for measure in applied if measure.kind is MeasureKind.RESTRAINT}
    kept: list[MeasureApplied] = []
    set_aside: list[SetAside] = []
    for measure in applied:
        yields_to = tuple(sorted(against & set(catalogue[measure.code].yields_to)))
        if yields_to:
            set_aside.append(
                SetAside(
                    subject=measure.subject,
                    code=measure.code,
                    title=measure.title,
                    rule=measure.rule,
                    yields_to=yields_to,
                )
            )
        else:
            kept.append(measure)
    return kept, set_aside
