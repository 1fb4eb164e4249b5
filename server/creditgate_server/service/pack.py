"""From a decision to the answer that is sent. What a rule set fixes is built once and copied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from creditgate.v1 import common_pb2, credit_check_pb2, supervision_pb2

from ..decision.check.decision import Decision, MeasureApplied, NearMiss, Outcome
from ..decision.level.decision import LevelDecision
from ..decision.parts import EvidenceRef, FeedUsed, Graded, Remedy, Standing, Unsettled
from ..rulebook.catalogue import Catalogue, Citation, MeasureKind
from ..rulebook.language import Duty
from .kept import Kept
from .summary import summary

_OUTCOMES: dict[Outcome, credit_check_pb2.Outcome.ValueType] = {
    Outcome.CLEAR: credit_check_pb2.OUTCOME_CLEAR,
    Outcome.INCENTIVES: credit_check_pb2.OUTCOME_INCENTIVES,
    Outcome.MEASURES: credit_check_pb2.OUTCOME_MEASURES,
    Outcome.PROHIBITED: credit_check_pb2.OUTCOME_PROHIBITED,
    Outcome.UNDETERMINED: credit_check_pb2.OUTCOME_UNDETERMINED,
}
_KINDS: dict[MeasureKind, credit_check_pb2.MeasureKind.ValueType] = {
    MeasureKind.INCENTIVE: credit_check_pb2.MEASURE_KIND_INCENTIVE,
    MeasureKind.RESTRAINT: credit_check_pb2.MEASURE_KIND_RESTRAINT,
}
_DUTIES: dict[Duty, credit_check_pb2.Duty.ValueType] = {
    Duty.MANDATORY: credit_check_pb2.DUTY_MANDATORY,
    Duty.OPTIONAL: credit_check_pb2.DUTY_OPTIONAL,
}

_MeasureKey = tuple[str, str, Duty, tuple[Citation, ...], str, str, str, MeasureKind, bool, bool]

MOST_KEPT = 10_000
"""Prepared parts of one sort kept; rule sets stay far below, and a stored receipt of another one can't grow it."""


class Packer:
    """Packs answers with the titles of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._kept = Kept()
        self._measures: dict[_MeasureKey, credit_check_pb2.Measure] = {}
        self._grades: dict[Graded, common_pb2.Grade] = {}
        self._levels: dict[Graded, common_pb2.Level] = {}

    def check(self, decision: Decision) -> credit_check_pb2.CheckResponse:
        """The answer to a credit check, still without receipt and near misses."""
        answer = credit_check_pb2.CheckResponse()
        answer.CopyFrom(self._kept.made(decision, self._check))
        return answer

    def _check(self, decision: Decision) -> credit_check_pb2.CheckResponse:
        answer = credit_check_pb2.CheckResponse(
            outcome=_OUTCOMES[decision.outcome],
            rule_set=decision.rule_set,
            as_of=decision.day.isoformat(),
            summary=summary(decision),
        )
        for standing in decision.standings:
            answer.standings.append(self._kept.made(standing, self._standing))
        for measure in decision.measures:
            answer.measures.append(self._kept.made(measure, self._measure))
        for aside in decision.set_aside:
            answer.set_aside.add(
                code=aside.code, title=aside.title, rule=aside.rule, yields_to=aside.yields_to, subject=aside.subject
            )
        answer.undetermined.extend([pack_undetermined(entry) for entry in decision.undetermined])
        answer.MergeFrom(self._kept.made(decision.feeds, _feeds))
        return answer

    def level(self, decision: LevelDecision) -> supervision_pb2.GetLevelResponse:
        """The answer to a level question, still without receipt."""
        return supervision_pb2.GetLevelResponse(
            standing=self._standing(decision.standing),
            evidence=pack_evidence(decision.standing.evidence),
            undetermined=[pack_undetermined(entry) for entry in decision.undetermined],
            feeds=[pack_feed(feed) for feed in decision.feeds],
            rule_set=decision.rule_set,
            as_of=decision.day.isoformat(),
        )

    def _standing(self, standing: Standing) -> common_pb2.Standing:
        packed = common_pb2.Standing(
            subject=standing.subject,
            identifier=standing.identifier,
            grade=self._grade(standing.grade),
            level=self._level(standing.level),
        )
        for rating in standing.ratings:
            packed.ratings.add(
                ladder=rating.ladder, title=rating.title, rating=rating.rating, decided_on=rating.decided_on.isoformat()
            )
        return packed

    def _measure(self, measure: MeasureApplied) -> credit_check_pb2.Measure:
        target = credit_check_pb2.Measure()
        target.CopyFrom(self._fixed_part(measure))
        target.subject = measure.subject
        if measure.other_rules:
            target.other_rules.extend(measure.other_rules)
        if measure.until is not None:
            target.in_force_until = measure.until.isoformat()
        if measure.evidence:
            target.evidence.extend(pack_evidence(measure.evidence))
        if measure.remedies:
            target.remedies.extend([_remedy(remedy) for remedy in measure.remedies])
        return target

    def _fixed_part(self, measure: MeasureApplied) -> credit_check_pb2.Measure:
        key = (
            measure.code,
            measure.rule,
            measure.duty,
            measure.basis,
            measure.title,
            measure.rule_title,
            measure.instruction,
            measure.kind,
            measure.prohibits,
            measure.verified,
        )
        fixed = self._measures.get(key)
        if fixed is None:
            fixed = credit_check_pb2.Measure(
                code=measure.code,
                title=measure.title,
                kind=_KINDS[measure.kind],
                duty=_DUTIES[measure.duty],
                prohibits=measure.prohibits,
                basis=self.basis(measure.basis),
                rule=measure.rule,
                rule_title=measure.rule_title,
                verified=measure.verified,
                instruction=measure.instruction,
            )
            if len(self._measures) < MOST_KEPT:
                self._measures[key] = fixed
        return fixed

    def _grade(self, graded: Graded) -> common_pb2.Grade:
        packed = self._grades.get(graded)
        if packed is None:
            packed = common_pb2.Grade(
                code=graded.code, title=graded.title, rule=graded.rule, basis=self.basis(graded.basis)
            )
            if len(self._grades) < MOST_KEPT:
                self._grades[graded] = packed
        return packed

    def _level(self, graded: Graded) -> common_pb2.Level:
        packed = self._levels.get(graded)
        if packed is None:
            packed = common_pb2.Level(
                code=graded.code,
                title=graded.title,
                frequency=graded.frequency,
                rule=graded.rule,
                basis=self.basis(graded.basis),
            )
            if len(self._levels) < MOST_KEPT:
                self._levels[graded] = packed
        return packed

    def basis(self, citations: Iterable[Citation]) -> list[common_pb2.Basis]:
        """Citations with the titles and numbers of their instruments."""
        return [self._citation(citation) for citation in citations]

    def _citation(self, citation: Citation) -> common_pb2.Basis:
        instrument = self._catalogue.instruments.get(citation.instrument)
        return common_pb2.Basis(
            instrument=citation.instrument,
            title=instrument.title if instrument else "",
            number=instrument.number if instrument else "",
            article=citation.article,
        )


def add_near_misses(answer: credit_check_pb2.CheckResponse, misses: Iterable[NearMiss]) -> None:
    """Add near misses to an answer."""
    for miss in misses:
        answer.near_misses.add(
            rule=miss.rule,
            title=miss.title,
            condition=miss.condition,
            found=miss.found,
            subject=miss.subject,
            would_give=miss.would_give,
        )


def pack_day(day: date | None) -> str:
    """A day as text; empty for none."""
    return "" if day is None else day.isoformat()


def pack_evidence(references: Iterable[EvidenceRef]) -> list[common_pb2.Evidence]:
    """Records as evidence."""
    return [
        common_pb2.Evidence(
            kind=reference.kind,
            list=reference.list,
            document_number=reference.document_number,
            organ=reference.organ,
            decided_on=reference.decided_on.isoformat(),
            until=pack_day(reference.until),
            title=reference.title,
        )
        for reference in references
    ]


def _remedy(remedy: Remedy) -> credit_check_pb2.Remedy:
    return credit_check_pb2.Remedy(
        repairable=remedy.repairable,
        condition=remedy.condition,
        earliest_on=pack_day(remedy.earliest_on),
        channel=remedy.channel,
    )


def pack_undetermined(entry: Unsettled) -> common_pb2.Undetermined:
    """Something that could not be settled."""
    return common_pb2.Undetermined(
        what=entry.what,
        label=entry.label,
        supplier=entry.supplier,
        subject=entry.subject,
        rules=entry.rules,
        reason=entry.reason,
    )


def _feeds(feeds: tuple[FeedUsed, ...]) -> credit_check_pb2.CheckResponse:
    """An answer with nothing but the feeds, to be merged into answers."""
    return credit_check_pb2.CheckResponse(feeds=[pack_feed(feed) for feed in feeds])


def pack_feed(feed: FeedUsed) -> common_pb2.FeedAge:
    """Age of a feed."""
    return common_pb2.FeedAge(
        feed=feed.feed,
        title=feed.title,
        data_day=pack_day(feed.data_day),
        age_days=max(feed.age_days, 0),
        max_age_days=feed.max_age_days,
        stale=feed.stale,
    )
