"""Questions as the calls that ask them, and the answers put back in the questions' order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from creditgate.v1 import credit_check_pb2

from .answers import batch_result
from .errors import InvalidQuestion, ServiceError
from .questions import Question
from .results import CheckResult, QuestionFailed

BATCH_SIZE = 1_000
"""Questions in one call; longer lists are sent in several."""


@dataclass(slots=True)
class Part:
    """Up to 1,000 questions: one call. A question that no message can hold fails here and is not sent."""

    request: credit_check_pb2.BatchCheckRequest = field(default_factory=credit_check_pb2.BatchCheckRequest)
    failed: dict[int, QuestionFailed] = field(default_factory=dict)
    """By place in this part."""

    @property
    def nothing_to_ask(self) -> bool:
        """True where no question is left to send."""
        return not self.request.questions

    def results(self, answers: Iterable[credit_check_pb2.BatchResult]) -> list[CheckResult | QuestionFailed]:
        """The results of all questions of this part. Raises ServiceError where the service sent too few or too many."""
        sent = [batch_result(answer) for answer in answers]
        if len(sent) != len(self.request.questions):
            raise ServiceError("服务的答复与问题的数目不符", "请联系运维人员", reason="BAD_ANSWER")
        arrived = iter(sent)
        count = len(sent) + len(self.failed)
        return [self.failed[place] if place in self.failed else next(arrived) for place in range(count)]


def parts(questions: Sequence[Question]) -> Iterator[Part]:
    """The calls that a list of questions takes."""
    for start in range(0, len(questions), BATCH_SIZE):
        part = Part()
        for place, question in enumerate(questions[start : start + BATCH_SIZE]):
            try:
                part.request.questions.append(question.to_proto())
            except InvalidQuestion as fault:
                part.failed[place] = QuestionFailed(fault)
        yield part
