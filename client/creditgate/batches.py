"""Questions as the calls that ask them, and the answers put back in the questions' order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from google.protobuf.message import Message

from .errors import InvalidQuestion, ServiceError
from .limits import MOST_QUESTIONS
from .values.common import QuestionFailed, failed
from .wire import listed, of_kind, unpack

Answer = TypeVar("Answer")


class Sendable(Protocol):
    """A question that has a message."""

    def to_proto(self) -> Message:
        """The message. Raises InvalidQuestion for what no message can hold."""
        ...


@dataclass(slots=True)
class Part:
    """Up to 1,000 questions: one call. A question that no message can hold fails here and is not sent."""

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
    questions = listed(questions, "questions")
    for start in range(0, len(questions), MOST_QUESTIONS):
        part = Part()
        for place, question in enumerate(questions[start : start + MOST_QUESTIONS]):
            try:
                part.requests.append(of_kind(kind, question, "questions").to_proto())
            except InvalidQuestion as fault:
                part.failed[place] = QuestionFailed(fault)
        yield part


def _result(kind: type[Answer], one: Any, feeds: Sequence[Message]) -> Answer | QuestionFailed:  # noqa: ANN401
    """With the answer's feeds put back, which stand in the batch once for all."""
    if one.WhichOneof("result") != "answer":
        return failed(one.error)
    if one.feeds and max(one.feeds) >= len(feeds):
        raise ServiceError("服务的答复没有写明数据源", "请联系运维人员", reason="BAD_ANSWER")
    one.answer.feeds.extend([feeds[place] for place in one.feeds])
    return unpack(kind, one.answer)
