"""Questions as the calls that ask them, and the answers put back in the questions' order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from creditgate.v1 import credit_check_pb2, leniency_pb2

from .errors import InvalidQuestion, ServiceError
from .values.common import QuestionFailed

BATCH_SIZE = 1_000
"""Questions in one call; longer lists are sent in several."""

Request = TypeVar("Request")
Sent = TypeVar("Sent", covariant=True)
Answer = TypeVar("Answer")
Batch = TypeVar("Batch", credit_check_pb2.BatchCheckResponse, leniency_pb2.BatchEvaluateResponse)


class Sendable(Protocol[Sent]):
    """A question that has a message."""

    def to_proto(self) -> Sent:
        """The message. Raises InvalidQuestion for what no message can hold."""
        ...


@dataclass(slots=True)
class Part(Generic[Request]):
    """Up to 1,000 questions: one call. A question that no message can hold fails here and is not sent."""

    requests: list[Request] = field(default_factory=list)
    """What is left to send; where nothing is, there is no call to make."""
    failed: dict[int, QuestionFailed] = field(default_factory=dict)
    """By place in this part."""

    def results(self, answers: Sequence[Answer | QuestionFailed]) -> list[Answer | QuestionFailed]:
        """The results of all questions of this part. Raises ServiceError where the service sent too few or too many."""
        if len(answers) != len(self.requests):
            raise ServiceError("服务的答复与问题的数目不符", "请联系运维人员", reason="BAD_ANSWER")
        arrived = iter(answers)
        count = len(answers) + len(self.failed)
        return [self.failed[place] if place in self.failed else next(arrived) for place in range(count)]


def parts(questions: Sequence[Sendable[Request]]) -> Iterator[Part[Request]]:
    """The calls that a list of questions takes."""
    for start in range(0, len(questions), BATCH_SIZE):
        part = Part[Request]()
        for place, question in enumerate(questions[start : start + BATCH_SIZE]):
            try:
                part.requests.append(question.to_proto())
            except InvalidQuestion as fault:
                part.failed[place] = QuestionFailed(fault)
        yield part


def with_feeds(batch: Batch) -> Batch:
    """The batch with each answer's feeds put back, which stand in it once for all. Raises ServiceError."""
    for result in batch.results:
        if result.feeds:
            if max(result.feeds) >= len(batch.feeds):
                raise ServiceError("服务的答复没有写明数据源", "请联系运维人员", reason="BAD_ANSWER")
            result.answer.feeds.extend([batch.feeds[place] for place in result.feeds])
    return batch
