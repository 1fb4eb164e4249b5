"""Lenient enforcement: the question whether a violation may go without a penalty, and its answer, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from creditgate.v1 import leniency_pb2

from .._contract import (
    Basis,
    FeedAge,
    Ground,
    Leniency,
    ReceiptStamp,
    Ref,
    SoftMeasure,
    Step,
    Undetermined,
    Warning,
)
from ..errors import invalid
from ..wire import pack, plain
from .common import FactValue, Subject, new_request_id, pin

DEFAULT_PURPOSE = "行政处罚裁量核查"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A leniency question: an entry of an exemption list, or a description of an act on no list.

    What is not given is not known. Days are legal days in Asia/Shanghai.
    """

    organ: str
    subject: Subject
    exemption: str = ""
    description: str = ""
    acted_on: date | str | None = None
    act_ended_on: date | str | None = None
    """Last day of a continuing act; None: the act ended on the day on which it was done."""
    discovered_on: date | str | None = None
    corrected_on: date | str | None = None
    deadline_on: date | str | None = None
    """Last day of the period ordered for the correction, inclusive."""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    region: str = ""
    case_number: str = ""
    purpose: str = DEFAULT_PURPOSE
    as_of: date | str | None = None
    known_at: datetime | str | None = None
    request_id: str | None = None
    rule_set: str = ""
    at_least_activation: int = 0

    def to_proto(self) -> leniency_pb2.EvaluateLeniencyRequest:
        """The request; it gets a request id where it has none. Raises InvalidQuestion for what no message can hold."""
        item = self.to_item()
        pinned = pin(self.rule_set, self.at_least_activation)
        return pack(
            leniency_pb2.EvaluateLeniencyRequest, question=item.question, request_id=item.request_id, pin=pinned
        )

    def to_item(self) -> leniency_pb2.BatchEvaluateLeniencyItem:
        """The same as one of a batch, which has its pin for all. Raises InvalidQuestion."""
        if self.exemption and self.description:
            hint = "清单上的行为给代码, 其他的写描述"
            raise invalid("应给出免罚事项代码或违法行为的描述, 二者之一", hint, "exemption")
        left = {"exemption": self.exemption or None, "description": self.description or None}
        question = pack(leniency_pb2.LeniencyQuestion, self, **left)
        return pack(
            leniency_pb2.BatchEvaluateLeniencyItem, question=question, request_id=self.request_id or new_request_id()
        )


@dataclass(frozen=True, slots=True)
class LeniencyResult:
    """The answer."""

    leniency: Leniency
    summary: str
    exemption: Ref | None
    """None for an act on no list."""
    grounds: tuple[Ground, ...]
    decided_by: tuple[str, ...]
    undetermined: tuple[Undetermined, ...]
    soft_measures: tuple[SoftMeasure, ...]
    steps: tuple[Step, ...]
    warnings: tuple[Warning, ...]
    basis: tuple[Basis, ...]
    verified: bool
    suggestions: tuple[Ref, ...]
    feeds: tuple[FeedAge, ...]
    rule_set: str
    activation: int
    decided_at: datetime
    as_of: date
    receipt: ReceiptStamp

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, with the conditions of all grounds in one list beside the grounds."""
        result: dict[str, Any] = plain(self)
        result["conditions"] = [
            {"rule": ground["rule"], "list": ground["list"], "leniency": ground["leniency"], **condition}
            for ground in result["grounds"]
            for condition in ground["conditions"]
        ]
        return result
