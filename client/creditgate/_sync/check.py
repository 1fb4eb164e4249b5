# Generated from calls/check.py by tools/generate_sync.py. Do not edit.
"""The credit check and the supervision level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from creditgate.v1 import credit_check_pb2, supervision_pb2

from .._contract import Stage
from ..transport import Method
from ..values import level as level_values
from ..values.check import DEFAULT_PURPOSE, CheckResult, Question
from ..values.common import FactValue, QuestionFailed, Subject, subject_of, subjects_of
from ..values.level import LevelQuestion, LevelResult
from ..wire import of_kind, unpack
from .caller import Caller

CHECK = Method("CreditCheckService/Check", credit_check_pb2.CheckResponse)
BATCH_CHECK = Method("CreditCheckService/BatchCheck", credit_check_pb2.BatchCheckResponse)
ASSESS_LEVEL = Method("SupervisionService/AssessLevel", supervision_pb2.AssessLevelResponse)
BATCH_ASSESS_LEVELS = Method("SupervisionService/BatchAssessLevels", supervision_pb2.BatchAssessLevelsResponse)


class CheckCalls(Caller):
    """A part of the client. All of it is safe to retry."""

    def check(
        self,
        *,
        organ: str,
        item: str,
        subjects: str | Subject | Iterable[str | Subject],
        case_number: str = "",
        facts: Mapping[str, FactValue] | None = None,
        purpose: str = DEFAULT_PURPOSE,
        stage: Stage | str = Stage.ACCEPTANCE,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        request_id: str | None = None,
        explain: bool = False,
        rule_set: str = "",
        at_least_activation: int = 0,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> CheckResult:
        """Which incentives and restraints apply to these subjects for this item. Raises CreditGateError."""
        question = Question(
            organ=organ,
            item=item,
            subjects=subjects_of(subjects),
            case_number=case_number,
            facts=facts or {},
            purpose=purpose,
            stage=stage,
            as_of=as_of,
            known_at=known_at,
            request_id=request_id,
            explain=explain,
            rule_set=rule_set,
            at_least_activation=at_least_activation,
        )
        return self.ask(question, timeout=timeout, traceparent=traceparent)

    def ask(self, question: Question, *, timeout: float | None = None, traceparent: str | None = None) -> CheckResult:
        """The same with the question as a value. Raises CreditGateError."""
        request = of_kind(Question, question, "question").to_proto()
        answered = self._call(CHECK, request, timeout, traceparent)
        return unpack(CheckResult, answered.answer)

    def batch(
        self, questions: Sequence[Question], *, timeout: float | None = None, traceparent: str | None = None
    ) -> list[CheckResult | QuestionFailed]:
        """Answers in the order of the questions; a wrong one fails alone. The timeout is for each 200 questions."""
        request = credit_check_pb2.BatchCheckRequest
        return self._batch(BATCH_CHECK, request, Question, CheckResult, questions, timeout, traceparent)

    def level(
        self,
        *,
        organ: str,
        subject: str | Subject,
        as_of: date | str | None = None,
        purpose: str = level_values.DEFAULT_PURPOSE,
        request_id: str | None = None,
        rule_set: str = "",
        at_least_activation: int = 0,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> LevelResult:
        """The subject's grade and supervision level for an organ."""
        question = LevelQuestion(
            organ=organ,
            subject=subject_of(subject),
            as_of=as_of,
            purpose=purpose,
            request_id=request_id,
            rule_set=rule_set,
            at_least_activation=at_least_activation,
        )
        answered = self._call(ASSESS_LEVEL, question.to_proto(), timeout, traceparent)
        return unpack(LevelResult, answered.answer)

    def levels(
        self, questions: Sequence[LevelQuestion], *, timeout: float | None = None, traceparent: str | None = None
    ) -> list[LevelResult | QuestionFailed]:
        """Answers in the order of the questions; a wrong one fails alone. The timeout is for each 200 questions."""
        request = supervision_pb2.BatchAssessLevelsRequest
        return self._batch(BATCH_ASSESS_LEVELS, request, LevelQuestion, LevelResult, questions, timeout, traceparent)
