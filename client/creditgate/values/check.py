"""The credit check: its question and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from creditgate.v1 import credit_check_pb2

from .._contract import FeedAge, Measure, NearMiss, Outcome, ReceiptStamp, SetAside, Stage, Standing, Undetermined
from ..errors import invalid
from ..wire import pack, plain
from .common import FactValue, Subject, new_request_id, pin
from .level import grade_of, level_of

DEFAULT_PURPOSE = "行政审批信用核查"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a batch."""

    organ: str
    item: str
    subjects: tuple[Subject, ...]
    case_number: str = ""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    purpose: str = DEFAULT_PURPOSE
    stage: Stage | str = Stage.ACCEPTANCE
    as_of: date | str | None = None
    known_at: datetime | str | None = None
    request_id: str | None = None
    explain: bool = False
    rule_set: str = ""
    """Digest of the rule set that must be in force; another one is RuleSetChanged. Empty: any."""
    at_least_activation: int = 0
    """Number of the earliest activation that will do; 0: any."""

    def to_proto(self) -> credit_check_pb2.CheckRequest:
        """The request. A question without a request_id gets one, so that a retry is safe.

        Raises InvalidQuestion for what a message can't hold: broken text, a number beyond 64 bits, an unknown stage.
        """
        item = self._item()
        pinned = pin(self.rule_set, self.at_least_activation)
        return pack(
            credit_check_pb2.CheckRequest,
            question=item.question,
            request_id=item.request_id,
            pin=pinned,
            explain=self.explain,
        )

    def to_item(self) -> credit_check_pb2.BatchCheckItem:
        """The same as one of a batch, which has its pin for all and no near misses. Raises InvalidQuestion."""
        if self.explain:
            raise invalid("批量核查不列出差一个条件的规则", "去掉 explain, 或单独再问这一个问题", "explain")
        return self._item()

    def _item(self) -> credit_check_pb2.BatchCheckItem:
        question = pack(credit_check_pb2.CheckQuestion, self)
        return pack(credit_check_pb2.BatchCheckItem, question=question, request_id=self.request_id or new_request_id())


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to a credit check."""

    outcome: Outcome
    measures: tuple[Measure, ...]
    undetermined: tuple[Undetermined, ...]
    rule_set: str
    activation: int
    """Number of the activation by which the rule set was in force."""
    decided_at: datetime
    """Instant at which it was, in UTC."""
    receipt: ReceiptStamp
    as_of: date
    summary: str
    standings: tuple[Standing, ...]
    set_aside: tuple[SetAside, ...]
    near_misses: tuple[NearMiss, ...]
    feeds: tuple[FeedAge, ...]

    @property
    def grade(self) -> str:
        """Grade of the first subject; empty where undetermined."""
        return grade_of(self.standings[0]) if self.standings else ""

    @property
    def level(self) -> str:
        """Level of the first subject; empty where undetermined."""
        return level_of(self.standings[0]) if self.standings else ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: days and instants in ISO form."""
        return {"outcome": self.outcome, "grade": self.grade, "level": self.level} | plain(self)
