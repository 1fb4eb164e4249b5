"""Questions as the calls that ask them, and the answers put back in the questions' order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from .errors import InvalidQuestion, ServiceError
from .results import QuestionFailed

BATCH_SIZE = 1_000
"""Questions in one call; longer lists are sent in several."""

Request = TypeVar("Request")
Sent = TypeVar("Sent", covariant=True)
Answer = TypeVar("Answer")


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
