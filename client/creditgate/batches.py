"""Questions as the calls that ask them, and the answers put back in the questions' order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from google.protobuf.message import Message

from creditgate.v1 import common_pb2

from .errors import InvalidQuestion, ServiceError
from .limits import MOST_BATCH_SUBJECTS, MOST_QUESTIONS
from .values.common import QuestionFailed, failed, pin
from .wire import listed, of_kind, unpack

Answer = TypeVar("Answer")


class Sendable(Protocol):
    """A question that has a message."""

    def to_item(self) -> Message:
        """The message. Raises InvalidQuestion for what no message can hold."""
        ...


@dataclass(slots=True)
class Part:
    """Up to 200 questions under one pin: one call. A question that no message can hold fails here and is not sent."""

    pin: common_pb2.Pin | None = None
    requests: list[Message] = field(default_factory=list)
    """What is left to send; where nothing is, there is no call to make."""
    failed: dict[int, QuestionFailed] = field(default_factory=dict)
    """By place in this part."""

    def results(self, kind: type[Answer], batch: Any) -> list[Answer | QuestionFailed]:  # noqa: ANN401 - by kind
        """The results of all questions of this part. Raises ServiceError for an answer that breaks the contract."""
        if len(batch.results) != len(self.requests):
            raise ServiceError("服务的答复与问题的数目不符", "请联系运维人员", reason="BAD_ANSWER")
        arrived = (_result(kind, one, batch.feeds) for one in batch.results)
        count = len(self.requests) + len(self.failed)
        return [self.failed[place] if place in self.failed else next(arrived) for place in range(count)]


def parts(kind: type[Sendable], questions: Iterable[Sendable]) -> Iterator[Part]:
    """The calls that a list of questions of a kind takes."""
    part, pinned, count, subjects = Part(), ("", 0), 0, 0
    for question in listed(questions, "questions"):
        more = len(getattr(question, "subjects", ()))
        wanted = (getattr(question, "rule_set", ""), getattr(question, "at_least_activation", 0))
        if count and (count == MOST_QUESTIONS or subjects + more > MOST_BATCH_SUBJECTS or wanted != pinned):
            yield part
            part, count, subjects = Part(), 0, 0
        pinned = wanted
        try:
            item = of_kind(kind, question, "questions").to_item()
            part.pin = pin(*pinned)
            part.requests.append(item)
        except InvalidQuestion as fault:
            part.failed[count] = QuestionFailed(fault)
        count, subjects = count + 1, subjects + more
    if count:
        yield part


def _result(kind: type[Answer], one: Any, feeds: Sequence[Message]) -> Answer | QuestionFailed:  # noqa: ANN401
    """With the answer's feeds put back, which stand in the batch once for all."""
    if one.WhichOneof("result") != "answer":
        return failed(one.failure)
    if one.feeds and max(one.feeds) >= len(feeds):
        raise ServiceError("服务的答复没有写明数据源", "请联系运维人员", reason="BAD_ANSWER")
    one.answer.feeds.extend([feeds[place] for place in one.feeds])
    return unpack(kind, one.answer)
