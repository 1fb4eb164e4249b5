"""A real gRPC service, as small as can be, that gives the answers and errors that a test prepared."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from creditgate.v1 import (
    common_pb2,
    credit_check_pb2,
    credit_check_pb2_grpc,
    errors_pb2,
    explanation_pb2,
    leniency_pb2,
    leniency_pb2_grpc,
    receipts_pb2,
    receipts_pb2_grpc,
    supervision_pb2,
    supervision_pb2_grpc,
)

Ref = common_pb2.Ref
USCC = "91441900YL0000012Y"
MADE = datetime(2026, 4, 1, tzinfo=UTC)


class Refusal:
    """An error with its details, as the service sends it."""

    def __init__(self, code, reason, message, field="", hint="", retry_ms=None):
        self.code, self.reason, self.message = code, reason, message
        self.field, self.hint, self.retry_ms = field, hint, retry_ms

    def abort(self, context):
        info = error_details_pb2.ErrorInfo(reason=self.reason, domain="creditgate")
        if self.hint:
            info.metadata["hint"] = self.hint
        details = [info]
        if self.field:
            bad = error_details_pb2.BadRequest()
            bad.field_violations.add(field=self.field, description=self.message)
            details.append(bad)
        if self.retry_ms is not None:
            delay = Duration()
            delay.FromMilliseconds(self.retry_ms)
            details.append(error_details_pb2.RetryInfo(retry_delay=delay))
        status = status_pb2.Status(code=self.code.value[0], message=self.message)
        for detail in details:
            packed = Any()
            packed.Pack(detail)
            status.details.append(packed)
        context.abort_with_status(rpc_status.to_status(status))


class Service(
    credit_check_pb2_grpc.CreditCheckServiceServicer,
    supervision_pb2_grpc.SupervisionServiceServicer,
    leniency_pb2_grpc.LeniencyServiceServicer,
    receipts_pb2_grpc.ReceiptServiceServicer,
):
    """Keeps what it was asked. `next` holds what comes first; then `answer` for every question."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.metadata: list[dict[str, str]] = []
        self.next: list[object] = []
        self.answer: Callable[[object], credit_check_pb2.CheckAnswer] = lambda request: an_answer()
        self.leniency: Callable[[object], leniency_pb2.LeniencyAnswer] = lambda request: a_leniency_answer()

    def Check(self, request, context):
        self._take(request, context)
        return credit_check_pb2.CheckResponse(answer=self.answer(request))

    def BatchCheck(self, request, context):
        self._take(request, context)
        return feeds_once(credit_check_pb2.BatchCheckResponse(results=[self._one(one) for one in request.questions]))

    def GetReceipt(self, request, context):
        self._take(request, context)
        receipt = receipts_pb2.Receipt(
            summary=a_summary(request.receipt_id),
            previous_digest="sha256:" + "0" * 64,
            chain="w1",
            number=1,
            canonical_json=b"{}",
            check=an_answer(),
        )
        return receipts_pb2.GetReceiptResponse(receipt=receipt)

    def AssessLevel(self, request, context):
        self._take(request, context)
        answer = an_answer()
        level = supervision_pb2.LevelAnswer(
            standing=answer.standings[0],
            evidence=answer.measures[0].evidence,
            undetermined=answer.undetermined,
            feeds=answer.feeds,
            rule_set=answer.rule_set,
            as_of=answer.as_of,
            receipt=answer.receipt,
            decided_at=answer.decided_at,
        )
        return supervision_pb2.AssessLevelResponse(answer=level)

    def EvaluateLeniency(self, request, context):
        self._take(request, context)
        return leniency_pb2.EvaluateLeniencyResponse(answer=self.leniency(request))

    def BatchEvaluateLeniency(self, request, context):
        self._take(request, context)
        results = [
            leniency_pb2.BatchEvaluateLeniencyResult(answer=self.leniency(question)) for question in request.questions
        ]
        return feeds_once(leniency_pb2.BatchEvaluateLeniencyResponse(results=results))

    def BatchAssessLevels(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no such method")

    def ListReceipts(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no such method")

    def GetReceiptProof(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no such method")

    def ExplainReceipt(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no such method")

    def _take(self, request, context):
        self.asked.append(request)
        self.metadata.append(dict(context.invocation_metadata()))
        if self.next:
            refusal = self.next.pop(0)
            if isinstance(refusal, Refusal):
                refusal.abort(context)
            context.abort(*refusal)

    def _one(self, question):
        if question.question.organ == "wrong":
            violation = errors_pb2.Violation(field="organ", message="没有这个部门", hint="请查对")
            failure = errors_pb2.Failure(
                code=3,
                reason=errors_pb2.ERROR_REASON_INVALID_QUESTION,
                message="没有这个部门",
                hint="请查对",
                violations=[violation],
            )
            return credit_check_pb2.BatchCheckResult(failure=failure)
        return credit_check_pb2.BatchCheckResult(answer=self.answer(question))


@contextmanager
def served(service: Service) -> Iterator[str]:
    """The address of the running service."""
    server = grpc.server(ThreadPoolExecutor(4))
    credit_check_pb2_grpc.add_CreditCheckServiceServicer_to_server(service, server)
    supervision_pb2_grpc.add_SupervisionServiceServicer_to_server(service, server)
    leniency_pb2_grpc.add_LeniencyServiceServicer_to_server(service, server)
    receipts_pb2_grpc.add_ReceiptServiceServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def feeds_once(batch):
    """The batch with what its answers say of their feeds said once, as the service sends it."""
    for result in batch.results:
        for feed in result.answer.feeds if result.HasField("answer") else ():
            if feed not in batch.feeds:
                batch.feeds.append(feed)
            result.feeds.append(list(batch.feeds).index(feed))
        if result.HasField("answer"):
            result.answer.ClearField("feeds")
    return batch


def a_summary(receipt_id: str) -> receipts_pb2.ReceiptSummary:
    """A receipt in short."""
    return receipts_pb2.ReceiptSummary(
        receipt_id=receipt_id,
        kind=explanation_pb2.RECEIPT_KIND_CHECK,
        digest="sha256:" + "a" * 64,
        organ="market",
        issued_at=MADE,
    )


def an_answer(**changes) -> credit_check_pb2.CheckAnswer:
    """An answer that has something of everything."""
    basis = common_pb2.Basis(instrument=Ref(code="x-1", title="某办法"), number="某令〔2020〕1号", article="第三条")
    evidence = common_pb2.Evidence(
        kind=Ref(code="list_entry", title="列入名单"),
        list=Ref(code="wage-arrears", title="欠薪名单"),
        document_number="东样〔2026〕1号",
        organ=Ref(title="某局"),
        decided_on="2026-01-02",
        record_id="0" * 32,
    )
    restraint = credit_check_pb2.Measure(
        measure=Ref(code="strict-review", title="从严审查"),
        kind=credit_check_pb2.MEASURE_KIND_RESTRAINT,
        duty=credit_check_pb2.DUTY_MANDATORY,
        basis=[basis],
        evidence=[evidence],
        rule=Ref(code="r-1", title="规则一"),
        other_rules=["r-2"],
        until_on="2027-01-02",
        verified=True,
        instruction="当场核查",
        remedies=[credit_check_pb2.Remedy(repairable=True, condition="付清", earliest_on="2026-07-02", channel="某局")],
    )
    values = {
        "outcome": credit_check_pb2.OUTCOME_MEASURES,
        "standings": [
            common_pb2.Standing(
                subject_index=0,
                identifier=USCC,
                grade=common_pb2.Grade(grade=Ref(code="C", title="中"), rule="g-1", basis=[basis]),
                level=common_pb2.Level(
                    level=Ref(code="key", title="重点监管"), frequency="每月一次", rule="l-1", basis=[basis]
                ),
                ratings=[
                    common_pb2.SectorRating(ladder=Ref(code="tax", title="纳税"), rating="B", decided_on="2026-04-01")
                ],
            )
        ],
        "measures": [restraint],
        "set_aside": [
            credit_check_pb2.SetAside(measure=Ref(code="g", title="绿色通道"), rule="i-1", yields_to=["strict-review"])
        ],
        "undetermined": [
            common_pb2.Undetermined(
                fact=common_pb2.FactDefinition(
                    fact=Ref(code="project_amount", title="金额"), type=common_pb2.FACT_TYPE_MONEY
                ),
                label="金额",
                supplier="局",
                rules=["r-3"],
                reason="没有给出",
            )
        ],
        "near_misses": [
            credit_check_pb2.NearMiss(
                rule=Ref(code="r-4", title="规则四"), condition="三次", found="两次", would_give="重点监管"
            )
        ],
        "feeds": [
            common_pb2.FeedAge(feed=Ref(code="wages", title="欠薪"), data_on="2026-03-31", age_days=1, max_age_days=7),
            common_pb2.FeedAge(feed=Ref(code="tax", title="税务"), max_age_days=7, stale=True),
        ],
        "rule_set": "sha256:" + "b" * 64,
        "as_of": "2026-04-01",
        "receipt": common_pb2.ReceiptStamp(receipt_id="r-1", digest="sha256:" + "c" * 64, issued_at=MADE),
        "summary": "适用惩戒措施",
        "decided_at": MADE,
    }
    return credit_check_pb2.CheckAnswer(**(values | changes))


def a_leniency_answer(**changes) -> leniency_pb2.LeniencyAnswer:
    """An answer to a leniency question that has something of everything."""
    check = an_answer()
    basis, evidence = check.measures[0].basis, check.measures[0].evidence
    conditions = [
        leniency_pb2.Condition(title="货值", state=leniency_pb2.CONDITION_STATE_MET, found="66.00 元", facts=["value"]),
        leniency_pb2.Condition(
            title="初次违法", state=leniency_pb2.CONDITION_STATE_NOT_MET, found="有记录", evidence=evidence
        ),
        leniency_pb2.Condition(
            title="及时改正", state=leniency_pb2.CONDITION_STATE_UNKNOWN, facts=["corrected_on"], supplier="办案人员"
        ),
    ]
    ground = leniency_pb2.Ground(
        rule=Ref(code="m17-x", title="过期食品"),
        leniency=leniency_pb2.LENIENCY_MAY_BE_EXEMPT,
        list=Ref(code="x-2025", title="某清单"),
        state=leniency_pb2.CONDITION_STATE_UNKNOWN,
        law_day=leniency_pb2.LAW_DAY_BOTH,
        conditions=conditions,
        basis=basis,
        circumstances="首次",
        remark="备注",
        verified=False,
    )
    values = {
        "leniency": leniency_pb2.LENIENCY_UNDETERMINED,
        "summary": "尚不能确定",
        "exemption": Ref(code="m17", title="过期食品"),
        "grounds": [ground],
        "decided_by": ["m17-x"],
        "undetermined": check.undetermined,
        "soft_measures": [
            leniency_pb2.SoftMeasure(measure=Ref(code="education", title="批评教育"), basis=basis),
            leniency_pb2.SoftMeasure(measure=Ref(code="order-correction", title="责令改正"), due_on="2026-04-15"),
        ],
        "steps": [
            leniency_pb2.ProcedureStep(step=Ref(code="recheck", title="复查"), due_on="2026-04-20", note="逾期的处理")
        ],
        "warnings": [leniency_pb2.LeniencyWarning(rule="w-1", message="一年内第三次", basis=basis, evidence=evidence)],
        "basis": basis,
        "verified": False,
        "suggestions": [Ref(code="m18", title="另一事项")],
        "feeds": check.feeds,
        "rule_set": check.rule_set,
        "as_of": "2026-04-01",
        "receipt": check.receipt,
        "activation": 3,
        "decided_at": MADE,
    }
    return leniency_pb2.LeniencyAnswer(**(values | changes))
