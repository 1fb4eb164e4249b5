"""An explanation as the contract's message."""

from __future__ import annotations

from typing import Any

from creditgate.v1 import explanation_pb2

from ..rulebook.catalogue import Catalogue
from ..studies.explanation.values import (
    Explanation,
    FindingSaid,
    KnownFact,
    Missing,
    NearMissSaid,
    ObjectionSaid,
    RemedySaid,
    RuleSaid,
    Source,
)
from .receipts import KIND_NUMBERS
from .undetermined import fact_definition
from .wire import Made, Shape, Wire


def _day(name: str) -> Made:
    """A day in ISO form; None where the text is empty."""
    return lambda value, _: getattr(value, name) or None


def _fact(missing: Missing, packer: Any) -> Any:  # noqa: ANN401 - a catalogue or none, a message or none
    catalogue: Catalogue | None = packer
    entry = catalogue.facts.get(missing.what) if catalogue is not None else None
    return fact_definition(entry) if entry is not None else None


_SUBJECT = {"subject_index": "subject"}
_RULE = {"rule_title": "title"}
SHAPES = (
    Shape(
        Explanation,
        explanation_pb2.Explanation,
        named={"receipt_id": "receipt", "undetermined": "missing"},
        made={"as_of": _day("day"), "kind": lambda one, _: KIND_NUMBERS[one.kind]},
    ),
    Shape(
        KnownFact,
        explanation_pb2.ExplainedFact,
        named=_SUBJECT,
        made={"data_on": _day("as_of"), "age_days": lambda fact, _: fact.age_days if fact.as_of else None},
    ),
    Shape(
        Source,
        explanation_pb2.ExplainedSource,
        made={"data_on": _day("data_day"), "age_days": lambda source, _: source.age_days if source.data_day else None},
    ),
    Shape(RuleSaid, explanation_pb2.ExplainedRule, named={**_RULE, "in_force": "days"}),
    Shape(FindingSaid, explanation_pb2.ExplainedFinding, named=_SUBJECT, made={"until_on": _day("until")}),
    Shape(NearMissSaid, explanation_pb2.ExplainedNearMiss, named={**_SUBJECT, **_RULE}),
    Shape(Missing, explanation_pb2.ExplainedUndetermined, named=_SUBJECT, made={"fact": _fact}),
    Shape(
        RemedySaid,
        explanation_pb2.ExplainedRemedy,
        named=_SUBJECT,
        made={"earliest_on": _day("earliest_on"), "ends_on": _day("ends_on")},
    ),
    Shape(
        ObjectionSaid,
        explanation_pb2.ExplainedObjection,
        named={"objection": "code", "objection_title": "title"},
        made={"last_on": _day("last_day")},
    ),
)
WIRE = Wire(SHAPES)


def pack_explanation(explanation: Explanation, catalogue: Catalogue | None) -> explanation_pb2.Explanation:
    """The message. `catalogue`: of the receipt's rule set; None where nobody has it."""
    return WIRE.pack(explanation_pb2.Explanation, explanation, catalogue)
