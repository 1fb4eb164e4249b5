"""What a receipt holds of a credit check.

Of a measure the titles stay: whoever reports on it reads them without the rule set.
"""

from __future__ import annotations

from datetime import date

import msgspec

from ...rulebook.catalogue import Catalogue, MeasureKind
from ...rulebook.language import Duty
from ..held import (
    HeldBasis,
    HeldEvidence,
    HeldJudgement,
    HeldStanding,
    held_basis,
    held_bytes,
    held_evidence,
    held_feeds,
    held_known,
    held_standing,
    told_basis,
    told_evidence,
    told_feeds,
    told_standing,
)
from ..knowledge import Knowledge
from ..parts import Remedy, Unsettled
from .decision import Decision, MeasureApplied, Outcome, SetAside


class HeldMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure that applies."""

    subject: int
    code: str
    title: str
    kind: MeasureKind
    duty: Duty
    prohibits: bool
    basis: HeldBasis
    evidence: tuple[HeldEvidence, ...]
    rule: str
    rule_title: str
    other_rules: tuple[str, ...]
    until: date | None
    remedies: tuple[Remedy, ...]
    verified: bool


class HeldCheck(HeldJudgement, frozen=True, kw_only=True):
    """A decision without words."""

    outcome: Outcome
    standings: tuple[HeldStanding, ...]
    measures: tuple[HeldMeasure, ...]
    set_aside: tuple[SetAside, ...]
    undetermined: tuple[Unsettled, ...]
    known: tuple[Knowledge, ...]


_read = msgspec.json.Decoder(HeldCheck).decode


def hold_check(decision: Decision) -> bytes:
    """Canonical JSON."""
    feeds, stale = held_feeds(decision.feeds)
    pairs = zip(decision.standings, decision.known, strict=True)
    return held_bytes(
        HeldCheck(
            feeds=feeds,
            stale=stale,
            rule_set=decision.rule_set,
            day=decision.day,
            outcome=decision.outcome,
            standings=tuple(held_standing(standing, known) for standing, known in pairs),
            measures=tuple(_held(measure, decision.known[measure.subject]) for measure in decision.measures),
            set_aside=decision.set_aside,
            undetermined=decision.undetermined,
            known=tuple(held_known(known) for known in decision.known),
        )
    )


def tell_check(decision: bytes, catalogue: Catalogue) -> Decision:
    """The decision with its words. Raises msgspec.MsgspecError."""
    held = _read(decision)
    return Decision(
        outcome=held.outcome,
        standings=tuple(
            told_standing(standing, subject, held.known[subject], catalogue)
            for subject, standing in enumerate(held.standings)
        ),
        measures=tuple(_told(measure, held.known[measure.subject], catalogue) for measure in held.measures),
        set_aside=held.set_aside,
        undetermined=held.undetermined,
        feeds=told_feeds(held, catalogue),
        known=held.known,
        rule_set=held.rule_set,
        day=held.day,
    )


def _held(measure: MeasureApplied, known: Knowledge) -> HeldMeasure:
    return HeldMeasure(  # field by field: every varied check pays for it, and by name it costs 2.6 times as much
        subject=measure.subject,
        code=measure.code,
        title=measure.title,
        kind=measure.kind,
        duty=measure.duty,
        prohibits=measure.prohibits,
        basis=held_basis(measure.basis),
        evidence=held_evidence(measure.evidence, known),
        rule=measure.rule,
        rule_title=measure.rule_title,
        other_rules=measure.other_rules,
        until=measure.until,
        remedies=measure.remedies,
        verified=measure.verified,
    )


def _told(held: HeldMeasure, known: Knowledge, catalogue: Catalogue) -> MeasureApplied:
    entry = catalogue.measures.get(held.code)
    told = msgspec.structs.asdict(held)
    told |= {"basis": told_basis(held.basis), "evidence": told_evidence(held.evidence, known, catalogue)}
    return MeasureApplied(**told, instruction="" if entry is None else entry.instruction)
