"""The supervision level: the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from creditgate.v1 import supervision_pb2

from .._contract import Evidence, FeedAge, ReceiptStamp, Standing, Undetermined
from ..wire import pack, plain
from .common import Subject, new_request_id, pin

DEFAULT_PURPOSE = "分级分类监管"


def grade_of(standing: Standing) -> str:
    """Code of a grade; empty where undetermined."""
    return standing.grade.grade.code if standing.grade is not None else ""


def level_of(standing: Standing) -> str:
    """Code of a level; empty where undetermined."""
    return standing.level.level.code if standing.level is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelQuestion:
    """One question of a batch: which grade and level has a subject, for an organ."""

    organ: str
    subject: Subject
    as_of: date | str | None = None
    purpose: str = DEFAULT_PURPOSE
    request_id: str | None = None
    rule_set: str = ""
    at_least_activation: int = 0

    def to_proto(self) -> supervision_pb2.AssessLevelRequest:
        """The request; it gets a request id where it has none. Raises InvalidQuestion for what no message can hold."""
        item = self.to_item()
        pinned = pin(self.rule_set, self.at_least_activation)
        return pack(supervision_pb2.AssessLevelRequest, question=item.question, request_id=item.request_id, pin=pinned)

    def to_item(self) -> supervision_pb2.BatchAssessLevelsItem:
        """The same as one of a batch, which has its pin for all. Raises InvalidQuestion."""
        question = pack(supervision_pb2.LevelQuestion, self)
        return pack(
            supervision_pb2.BatchAssessLevelsItem, question=question, request_id=self.request_id or new_request_id()
        )


@dataclass(frozen=True, slots=True)
class LevelResult:
    """The answer to a level question."""

    standing: Standing
    evidence: tuple[Evidence, ...]
    undetermined: tuple[Undetermined, ...]
    feeds: tuple[FeedAge, ...]
    rule_set: str
    activation: int
    """Number of the activation by which the rule set was in force."""
    decided_at: datetime
    """Instant at which it was, in UTC."""
    as_of: date
    receipt: ReceiptStamp

    @property
    def grade(self) -> str:
        """Empty where undetermined."""
        return grade_of(self.standing)

    @property
    def level(self) -> str:
        """Empty where undetermined."""
        return level_of(self.standing)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: days and instants in ISO form."""
        return {"grade": self.grade, "level": self.level} | plain(self)
