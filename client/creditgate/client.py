"""The client for ordinary programs. `aio.py` has its twin for asyncio."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import TypeVar

import grpc

from creditgate.v1 import (
    credit_check_pb2,
    credit_check_pb2_grpc,
    exemption_register_pb2_grpc,
    exemptions_pb2_grpc,
    ledger_pb2,
    ledger_pb2_grpc,
    leniency_pb2,
    leniency_pb2_grpc,
    outcomes_pb2_grpc,
    supervision_pb2_grpc,
)

from .answers import batch_result, check_result, level_result
from .batches import parts, with_feeds
from .calling import LONG_TIMEOUT, Attempts, Policy, channel_options, credentials, metadata
from .errors import from_rpc
from .exemption_calls import ExemptionCalls
from .explanations import Explanation, explanation
from .leniency import LeniencyResult, Violation, leniency_result, leniency_results
from .outcome_calls import OutcomeCalls
from .questions import (
    DEFAULT_PURPOSE,
    FactValue,
    Question,
    Stage,
    Subject,
    level_proto,
    subjects_of,
    unsendable_is_invalid,
)
from .receipts import ReceiptResult, receipt_result
from .results import (
    CheckResult,
    LevelResult,
    QuestionFailed,
)

Answer = TypeVar("Answer")


class Client(ExemptionCalls, OutcomeCalls):
    """Asks a Credit Gate service. Use it as a context manager; it may be shared by threads.

    `timeout` is in seconds and covers a call with all its retries. A key is sent over TLS or to this machine only.
    """

    def __init__(
        self,
        target: str,
        *,
        key: str | None = None,
        timeout: float = 3.0,
        retries: int = 6,
        tls: bool = False,
        root_certificates: bytes | None = None,
    ) -> None:
        self._policy = Policy(timeout, retries)
        self._metadata = metadata(key)
        secure = credentials(target, tls, root_certificates, key)
        self._channel = (
            grpc.insecure_channel(target, options=channel_options(target))
            if secure is None
            else grpc.secure_channel(target, secure, options=channel_options(target))
        )
        self._checks = credit_check_pb2_grpc.CreditCheckServiceStub(self._channel)
        self._supervision = supervision_pb2_grpc.SupervisionServiceStub(self._channel)
        self._leniency = leniency_pb2_grpc.LeniencyServiceStub(self._channel)
        self._lists = exemptions_pb2_grpc.ExemptionListServiceStub(self._channel)
        self._register = exemption_register_pb2_grpc.ExemptionRegisterServiceStub(self._channel)
        self._ledger = ledger_pb2_grpc.LedgerServiceStub(self._channel)
        self._outcomes = outcomes_pb2_grpc.OutcomeServiceStub(self._channel)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def check(
        self,
        *,
        organ: str,
        item: str,
        subjects: str | Subject | Iterable[str | Subject],
        case_number: str = "",
        facts: Mapping[str, FactValue] | None = None,
        purpose: str = DEFAULT_PURPOSE,
        stage: Stage = Stage.ACCEPTANCE,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        request_id: str | None = None,
        explain: bool = False,
        rule_set: str = "",
        at_least_activation: int = 0,
        timeout: float | None = None,
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
        return self.ask(question, timeout=timeout)

    def ask(self, question: Question, *, timeout: float | None = None) -> CheckResult:
        """The same with the question as a value. Raises CreditGateError."""
        request = question.to_proto()
        return check_result(
            self._call(lambda left: self._checks.Check(request, timeout=left, metadata=self._metadata), timeout)
        )

    def batch(
        self, questions: Sequence[Question], *, timeout: float | None = None
    ) -> list[CheckResult | QuestionFailed]:
        """Answers in the order of the questions; a wrong one fails alone. The timeout is for each 1,000 questions."""
        results: list[CheckResult | QuestionFailed] = []
        for part in parts(questions):
            results += part.results(self._ask(part.requests, timeout))
        return results

    def receipt(self, receipt_id: str, *, timeout: float | None = None) -> ReceiptResult:
        """A stored receipt with its answer. Raises UnknownThing, NotYours."""
        with unsendable_is_invalid():
            request = credit_check_pb2.GetReceiptRequest(id=receipt_id)
        return receipt_result(
            self._call(lambda left: self._checks.GetReceipt(request, timeout=left, metadata=self._metadata), timeout)
        )

    def proof(self, receipt_id: str, *, timeout: float | None = None) -> bytes:
        """A receipt with its proof, as `proofs.verify_proof` checks it. Raises UnknownThing, NotYours, WrongState."""
        with unsendable_is_invalid():
            request = ledger_pb2.GetProofRequest(id=receipt_id)
        answer = self._call(lambda left: self._ledger.GetProof(request, timeout=left, metadata=self._metadata), timeout)
        return answer.proof

    def explanation(self, receipt_id: str, *, html: bool = False, timeout: float | None = None) -> Explanation:
        """A receipt in plain Chinese. `html`: with a page for the party, too. Raises UnknownThing, NotYours."""
        with unsendable_is_invalid():
            request = ledger_pb2.ExplainRequest(id=receipt_id, html=html)
        return explanation(
            self._call(
                lambda left: self._ledger.Explain(request, timeout=left, metadata=self._metadata),
                max(self._policy.timeout, LONG_TIMEOUT) if timeout is None else timeout,
            )
        )

    def level(
        self,
        *,
        organ: str,
        subject: str | Subject,
        as_of: date | str | None = None,
        purpose: str = "分级分类监管",
        request_id: str | None = None,
        rule_set: str = "",
        at_least_activation: int = 0,
        timeout: float | None = None,
    ) -> LevelResult:
        """The subject's grade and supervision level for an organ."""
        request = level_proto(organ, subject, as_of, purpose, request_id, rule_set, at_least_activation)
        return level_result(
            self._call(lambda left: self._supervision.GetLevel(request, timeout=left, metadata=self._metadata), timeout)
        )

    def evaluate(self, violation: Violation, *, timeout: float | None = None) -> LeniencyResult:
        """Whether a violation may go without a penalty. Raises CreditGateError."""
        request = violation.to_proto()
        return leniency_result(
            self._call(lambda left: self._leniency.Evaluate(request, timeout=left, metadata=self._metadata), timeout)
        )

    def evaluate_batch(
        self, violations: Sequence[Violation], *, timeout: float | None = None
    ) -> list[LeniencyResult | QuestionFailed]:
        """Answers in the order of the questions; a wrong one fails alone. The timeout is for each 1,000 questions."""
        results: list[LeniencyResult | QuestionFailed] = []
        for part in parts(violations):
            results += part.results(self._evaluate(part.requests, timeout))
        return results

    def _ask(
        self, questions: Sequence[credit_check_pb2.CheckRequest], timeout: float | None
    ) -> list[CheckResult | QuestionFailed]:
        if not questions:
            return []
        request = credit_check_pb2.BatchCheckRequest(questions=questions)
        answer = self._call(
            lambda left: self._checks.BatchCheck(request, timeout=left, metadata=self._metadata), self._long(timeout)
        )
        return [batch_result(result) for result in with_feeds(answer).results]

    def _evaluate(
        self, questions: Sequence[leniency_pb2.EvaluateRequest], timeout: float | None
    ) -> list[LeniencyResult | QuestionFailed]:
        if not questions:
            return []
        request = leniency_pb2.BatchEvaluateRequest(questions=questions)
        answer = self._call(
            lambda left: self._leniency.BatchEvaluate(request, timeout=left, metadata=self._metadata),
            self._long(timeout),
        )
        return leniency_results(with_feeds(answer).results)

    def _long(self, timeout: float | None) -> float:
        """Seconds for a batch."""
        return timeout if timeout is not None else max(self._policy.timeout, LONG_TIMEOUT)

    def _call(self, call: Callable[[float], Answer], timeout: float | None) -> Answer:
        attempts = Attempts(Policy(self._policy.timeout if timeout is None else timeout, self._policy.retries))
        while True:
            try:
                return call(attempts.remaining())
            except grpc.RpcError as error:
                pause = attempts.pause_after(from_rpc(error))
            time.sleep(pause)
