"""An inspector's case for tests: food past its date, worth 66 yuan, put right on the spot, for the first time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from creditgate.v1 import common_pb2, leniency_pb2
from creditgate_server.clock import legal_day

from .running import ORGAN

FACTS = {
    "goods_value": "66",
    "source_explained": "true",
    "food_incident": "false",
    "catering": "false",
    "corrected_on_the_spot": "true",
    "safety_bottom_line": "false",
    "malicious": "false",
    "repeated": "false",
    "consequences": "slight",
    "party_heard": "true",
    "prior_same_kind": "false",
}
"""Everything that list samr-2025-1 asks of entry m17."""


def today() -> date:
    return legal_day(datetime.now(UTC))


def item(asked: leniency_pb2.EvaluateLeniencyRequest) -> leniency_pb2.BatchEvaluateLeniencyItem:
    """The same question as one of a batch."""
    return leniency_pb2.BatchEvaluateLeniencyItem(question=asked.question, request_id=asked.request_id)


def expired_food(subject: str, day: date, **facts: str) -> leniency_pb2.EvaluateLeniencyRequest:
    """Done, discovered, corrected and judged on one day."""
    named = (
        common_pb2.SubjectIdentity(citizen_id=subject)
        if len(subject) == 18 and subject[:2] == "44"
        else common_pb2.SubjectIdentity(uscc=subject)
    )
    question = leniency_pb2.LeniencyQuestion(
        organ=ORGAN,
        exemption="m17",
        case_number="虚构案-1",
        subject=named,
        acted_on=day.isoformat(),
        discovered_on=day.isoformat(),
        corrected_on=day.isoformat(),
        facts=[
            common_pb2.Fact(name=name, value=common_pb2.FactValue(written=value))
            for name, value in (FACTS | facts).items()
        ],
        purpose="行政处罚裁量核查",
        as_of=day.isoformat(),
    )
    return leniency_pb2.EvaluateLeniencyRequest(question=question)
