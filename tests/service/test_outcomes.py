"""Reports on receipts, against a real service: what is refused, what is kept, what is open, counts by rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import grpc
import pytest

from creditgate.v1 import (
    common_pb2,
    credit_check_pb2,
    leniency_pb2,
    leniency_pb2_grpc,
    outcomes_pb2,
    outcomes_pb2_grpc,
    receipts_pb2,
)
from creditgate_server.clock import legal_day
from creditgate_server.decision.check.decision import Outcome
from creditgate_server.ledger.loop import RECEIPTS
from creditgate_server.rulebook.language import Leniency
from creditgate_server.storage.database import open_store
from tests.outcomes.answers import decision, leniency, measure
from tests.outcomes.ledgers import Book, open_book

from ..commands import command
from .errors import detail, violation
from .running import BREACHER, ORGAN, TRUSTED, Service, checks, fill_registry, question, serving

pb = outcomes_pb2
Code = grpc.StatusCode
Stub = outcomes_pb2_grpc.OutcomeServiceStub
ECOLOGY = "ecology-environment"
MEASURE = "no-commitment-route"
"""What the firm that broke its commitment must not be offered: mandatory."""


class Client:
    """A caller of the service with its key."""

    def __init__(self, channel: grpc.Channel, key: str) -> None:
        self.metadata = (("authorization", f"Bearer {key}"),)
        self.stub = Stub(channel)
        self.checks = checks(channel)
        self.violations = leniency_pb2_grpc.LeniencyServiceStub(channel)

    def check(self, firm: str = BREACHER, **changes: object) -> credit_check_pb2.CheckAnswer:
        asked = question(subjects=[common_pb2.Subject(uscc=firm)], **changes)
        return self.checks.Check(asked, metadata=self.metadata).answer

    def report(self, receipt: str, *measures: pb.MeasureDone, **changes: object) -> pb.ReportResponse:
        return self.stub.Report(said(receipt, *measures, **changes), metadata=self.metadata)

    def withdraw(self, receipt: str, **changes: object) -> pb.WithdrawReportResponse:
        fields: dict[str, object] = {"receipt": receipt, "reason": "录入错误", "post": "审批岗", **changes}
        return self.stub.WithdrawReport(pb.WithdrawReportRequest(**fields), metadata=self.metadata)

    def outcome(self, receipt: str) -> pb.GetOutcomeResponse:
        return self.stub.GetOutcome(pb.GetOutcomeRequest(receipt=receipt), metadata=self.metadata)

    def pending(self, **fields: object) -> pb.ListPendingResponse:
        return self.stub.ListPending(pb.ListPendingRequest(**fields), metadata=self.metadata)

    def statistics(self, **fields: object) -> pb.GetOutcomeStatisticsResponse:
        return self.stub.GetOutcomeStatistics(pb.GetOutcomeStatisticsRequest(**fields), metadata=self.metadata)


def said(about: str, *measures: pb.MeasureDone, **changes: object) -> pb.ReportRequest:
    """A report that the licence was granted."""
    fields: dict[str, object] = {
        "receipt": about,
        "approval": pb.APPROVAL_RESULT_GRANTED,
        "measures": measures,
        "post": "审批岗",
        **changes,
    }
    if "penalty" in fields:
        del fields["approval"]
    return pb.ReportRequest(**fields)


def applied(code: str = MEASURE, **changes: object) -> pb.MeasureDone:
    return pb.MeasureDone(measure=code, applied=True, **changes)


def left(code: str = MEASURE, reason: int = pb.DEPARTURE_REASON_DATA_WRONG, words: str = "") -> pb.MeasureDone:
    return pb.MeasureDone(measure=code, reason=reason, words=words)


def today() -> str:
    return legal_day(datetime.now(UTC)).isoformat()


def day_from_now(days: int) -> str:
    return (legal_day(datetime.now(UTC)) + timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("outcome-callers")
    found: dict[str, str] = {}
    entries = ""
    for name, organ in (("market", ORGAN), ("ecology", ECOLOGY), ("rules", "finance")):
        done = command("keys", "new", f"{name}-system", "--organ", organ)
        found[name] = done.stderr.strip().rpartition(" ")[2]
        entries += done.stdout
    text = f"callers:\n{entries}    administrator: true\n"
    (folder / "callers.yaml").write_text(text, "utf-8")
    return found | {"path": str(folder / "callers.yaml")}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str]) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("outcomes")
    fill_registry(f"sqlite:///{folder}/gate.db")
    with serving(folder, "--callers", keys["path"]) as running:
        yield running


@pytest.fixture(scope="module")
def channel(guarded: Service) -> Iterator[grpc.Channel]:
    with guarded.channel() as opened:
        yield opened


@pytest.fixture(scope="module")
def market(channel: grpc.Channel, keys: dict[str, str]) -> Client:
    return Client(channel, keys["market"])


@pytest.fixture(scope="module")
def ecology(channel: grpc.Channel, keys: dict[str, str]) -> Client:
    return Client(channel, keys["ecology"])


@pytest.fixture(scope="module")
def administrator(channel: grpc.Channel, keys: dict[str, str]) -> Client:
    return Client(channel, keys["rules"])


@pytest.fixture(scope="module")
def book(guarded: Service) -> Iterator[Book]:
    """Another worker of the same store, that can give receipts an instant in the past."""
    store = open_store(guarded.store)
    with open_book(store) as opened:
        yield opened
    store.close()


@pytest.fixture(scope="module")
def checked(market: Client) -> str:
    """A receipt with one mandatory measure, on which every wrong report is tried."""
    answer = market.check(case_number="虚构-错误")
    assert [one.measure.code for one in answer.measures if one.duty == credit_check_pb2.DUTY_MANDATORY] == [MEASURE]
    return answer.receipt.receipt_id


def refusal(call, request, client: Client) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as refused:
        call(request, metadata=client.metadata)
    return refused.value


# -- what is refused --------------------------------------------------------------------------------------------------

CITIZEN = "11010519491231002X"
"""The standard's own sample of an identity number."""

WRONG: list[tuple[dict[str, object], str]] = [
    ({"measures": []}, f"measures[{MEASURE}]"),
    ({"measures": [left(reason=pb.DEPARTURE_REASON_UNSPECIFIED)]}, "measures[0].reason"),
    ({"measures": [left(reason=pb.DEPARTURE_REASON_UNSPECIFIED, words="没有必要")]}, "measures[0].reason"),
    ({"measures": [left(reason=pb.DEPARTURE_REASON_OTHER)]}, "measures[0].words"),
    ({"measures": [applied(reason=pb.DEPARTURE_REASON_LEGAL)]}, "measures[0].reason"),
    ({"measures": [applied(), applied("green-channel")]}, "measures[1].measure"),
    ({"measures": [applied(), applied("")]}, "measures[1].measure"),
    ({"measures": [applied(subject=3)]}, "measures[0].subject"),
    ({"measures": [applied(), left()]}, "measures[1].measure"),
    ({"measures": [pb.MeasureDone(measure=MEASURE, reason=99)]}, "measures[0].reason"),
    ({"measures": [applied()] * 501}, "measures"),
    ({"measures": [left(words="字" * 501)]}, "measures[0].words"),
    ({"measures": [left(words="甲\n乙")]}, "measures[0].words"),
    ({"measures": [left(words=f"当事人 {CITIZEN}")]}, "measures[0].words"),
    ({"approval": pb.APPROVAL_RESULT_UNSPECIFIED}, "approval"),
    ({"approval": 99}, "approval"),
    ({"penalty": pb.PenaltyDecision(result=pb.PENALTY_RESULT_NOT_PENALISED)}, "approval"),
    ({"penalty": pb.PenaltyDecision(result=99)}, "penalty.result"),
    ({"penalty": pb.PenaltyDecision(result=2, kinds=[99])}, "penalty.kinds[0]"),
    ({"penalty": pb.PenaltyDecision(result=2, fine_fen=-1)}, "penalty.fine_fen"),
    ({"penalty": pb.PenaltyDecision(result=2, kinds=[3], fine_fen=2**53)}, "penalty.fine_fen"),
    ({"post": ""}, "post"),
    ({"post": "审" * 65}, "post"),
    ({"post": CITIZEN}, "post"),
    ({"note": "备" * 1001}, "note"),
    ({"note": f"号码{CITIZEN}。"}, "note"),
    ({"decided_on": "2999-01-01"}, "decided_on"),
    ({"decided_on": "昨天"}, "decided_on"),
    ({"request_id": "编号"}, "request_id"),
    ({"receipt": ""}, "receipt"),
    ({"receipt": "r" * 65}, "receipt"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG, ids=[f"{n}-{field}" for n, (_, field) in enumerate(WRONG)])
def test_a_wrong_report_is_refused_at_its_field_and_nothing_is_kept(
    market: Client, checked: str, changes: dict[str, object], field: str
) -> None:
    changes = dict(changes)
    measures = changes.pop("measures", [applied()])
    error = refusal(market.stub.Report, said(checked, *measures, **changes), market)
    assert error.code() is Code.INVALID_ARGUMENT, error
    assert violation(error).field == field
    assert violation(error).description
    assert not market.outcome(checked).revisions


def test_a_report_without_a_result_is_refused(market: Client, checked: str) -> None:
    error = refusal(market.stub.Report, pb.ReportRequest(receipt=checked, post="岗"), market)
    assert violation(error).field == "approval"


def test_the_refusal_names_the_measure_in_chinese(market: Client, checked: str) -> None:
    error = refusal(market.stub.Report, said(checked), market)
    assert MEASURE in error.details()
    assert "没有反馈应当适用的措施" in error.details()
    assert "data_wrong" in detail(error).metadata["hint"]


def test_a_receipt_that_is_not_there_is_told(market: Client) -> None:
    for call, request in (
        (market.stub.Report, said("r-none")),
        (market.stub.WithdrawReport, pb.WithdrawReportRequest(receipt="r-none", reason="无", post="岗")),
        (market.stub.GetOutcome, pb.GetOutcomeRequest(receipt="r-none")),
    ):
        error = refusal(call, request, market)
        assert (error.code(), detail(error).reason) == (Code.NOT_FOUND, "UNKNOWN_THING")


def test_a_report_is_not_reported_on(market: Client) -> None:
    made = market.report(market.check(case_number="虚构-套").receipt.receipt_id, applied())
    error = refusal(market.stub.Report, said(made.receipt.receipt_id), market)
    assert (error.code(), violation(error).field) == (Code.INVALID_ARGUMENT, "receipt")


def test_another_organ_sees_and_reports_nothing(market: Client, ecology: Client, checked: str) -> None:
    withdrawal = pb.WithdrawReportRequest(receipt=checked, reason="无", post="岗")
    for call, request in (
        (ecology.stub.Report, said(checked, applied())),
        (ecology.stub.WithdrawReport, withdrawal),
        (ecology.stub.GetOutcome, pb.GetOutcomeRequest(receipt=checked)),
        (ecology.stub.ListPending, pb.ListPendingRequest(organ=ORGAN)),
        (ecology.stub.GetOutcomeStatistics, pb.GetOutcomeStatisticsRequest(organ=ORGAN)),
    ):
        error = refusal(call, request, ecology)
        assert (error.code(), detail(error).reason) == (Code.PERMISSION_DENIED, "NOT_YOURS"), request
    with pytest.raises(grpc.RpcError) as refused:
        next(ecology.stub.Watch(pb.WatchRequest(organ=ORGAN), metadata=ecology.metadata))
    assert refused.value.code() is Code.PERMISSION_DENIED
    assert not market.outcome(checked).revisions
    assert not ecology.pending().receipts


def test_without_a_key_nothing_is_taken(market: Client, checked: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        market.stub.Report(said(checked, applied()))
    assert refused.value.code() is Code.UNAUTHENTICATED


# -- what is kept -----------------------------------------------------------------------------------------------------


def test_a_report_is_a_receipt_and_settles(market: Client, guarded: Service) -> None:
    about = market.check(case_number="虚构-办结").receipt.receipt_id
    assert market.outcome(about).receipt.state == pb.FOLLOW_UP_STATE_OPEN
    made = market.report(about, applied(), decided_on=day_from_now(-1), note="附卷")
    assert (made.revision, made.state, made.late) == (1, pb.FOLLOW_UP_STATE_SETTLED, False)
    assert made.due_on == day_from_now(30)
    assert guarded.receipts()[made.receipt.receipt_id][1] == made.receipt.digest.removeprefix("sha256:")
    request = receipts_pb2.GetReceiptRequest(receipt_id=made.receipt.receipt_id)
    stored = market.checks.GetReceipt(request, metadata=market.metadata).receipt
    assert json.loads(stored.canonical_json)["payload"]["kind"] == "outcome"
    assert stored.WhichOneof("content") is None
    found = market.outcome(about)
    (revision,) = found.revisions
    assert found.receipt.state == pb.FOLLOW_UP_STATE_SETTLED
    assert (revision.receipt, revision.counts, revision.caller) == (made.receipt, True, "market-system")
    assert (revision.approval, revision.decided_on) == (pb.APPROVAL_RESULT_GRANTED, day_from_now(-1))
    assert (revision.post, revision.note) == ("审批岗", "附卷")
    assert [(one.measure, one.subject, one.applied) for one in revision.measures] == [(MEASURE, 0, True)]
    line = guarded.await_event(method="Report", receipt=made.receipt.receipt_id)
    assert (line["outcome"], line["organ"]) == ("granted", ORGAN)


def test_an_override_is_told_with_its_rule_and_reason(market: Client) -> None:
    made = market.report(market.check(case_number="虚构-未用").receipt.receipt_id, left())
    (override,) = made.overrides
    assert (override.rule, override.measure) == ("commitment-after-breach", MEASURE)
    assert (override.reason, override.reason_title) == (pb.DEPARTURE_REASON_DATA_WRONG, "信用信息有误或异议成立")
    assert override.rule_title
    assert not override.against_prohibition


def test_the_same_request_is_the_same_report_and_another_body_a_conflict(market: Client) -> None:
    about = market.check(case_number="虚构-重试").receipt.receipt_id
    first = market.report(about, applied(), request_id="outcome-1")
    again = market.report(about, applied(), request_id="outcome-1")
    assert again == first
    error = refusal(market.stub.Report, said(about, left(), request_id="outcome-1"), market)
    assert (error.code(), detail(error).reason) == (Code.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    assert len(market.outcome(about).revisions) == 1


def test_changes_and_withdrawals_are_revisions_in_order(market: Client) -> None:
    about = market.check(case_number="虚构-修订").receipt.receipt_id
    granted = market.report(about, applied())
    corrected = market.report(about, left(reason=pb.DEPARTURE_REASON_REPAIRED))
    withdrawn = market.withdraw(about, request_id="withdraw-1")
    assert (withdrawn.revision, withdrawn.state) == (3, pb.FOLLOW_UP_STATE_OPEN)
    assert market.withdraw(about, request_id="withdraw-1") == withdrawn
    error = refusal(
        market.stub.WithdrawReport, pb.WithdrawReportRequest(receipt=about, reason="再撤", post="岗"), market
    )
    assert (error.code(), detail(error).reason) == (Code.FAILED_PRECONDITION, "WRONG_STATE")
    found = market.outcome(about)
    assert [one.receipt.receipt_id for one in found.revisions] == [
        granted.receipt.receipt_id,
        corrected.receipt.receipt_id,
        withdrawn.receipt.receipt_id,
    ]
    assert [one.number for one in found.revisions] == [1, 2, 3]
    assert not any(one.counts for one in found.revisions)
    assert (found.revisions[2].kind, found.revisions[2].note) == (pb.REVISION_KIND_WITHDRAWAL, "录入错误")
    assert [one.rule for one in found.revisions[1].overrides] == ["commitment-after-breach"]
    again = market.report(about, applied())
    assert (again.revision, again.state) == (4, pb.FOLLOW_UP_STATE_SETTLED)
    assert [one.counts for one in market.outcome(about).revisions] == [False, False, False, True]


def test_a_withdrawal_says_why_and_by_which_post(market: Client) -> None:
    about = market.check(case_number="虚构-撤回").receipt.receipt_id
    market.report(about, applied())
    for changes, field in (({"reason": ""}, "reason"), ({"post": " "}, "post"), ({"reason": CITIZEN}, "reason")):
        with pytest.raises(grpc.RpcError) as refused:
            market.withdraw(about, **changes)
        assert violation(refused.value).field == field
    assert len(market.outcome(about).revisions) == 1


def test_reports_at_once_are_all_kept_and_the_last_one_counts(market: Client) -> None:
    about = market.check(case_number="虚构-同时").receipt.receipt_id
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda n: market.report(about, applied(), note=f"第 {n} 份"), range(16)))
    found = market.outcome(about)
    assert {one.receipt.receipt_id for one in found.revisions} == {one.receipt.receipt_id for one in made}
    assert [one.counts for one in found.revisions] == [False] * 15 + [True]
    assert found == market.outcome(about)


def test_a_pending_approval_stays_open_and_is_in_progress(market: Client) -> None:
    about = market.check(case_number="虚构-办理中").receipt.receipt_id
    made = market.report(about, approval=pb.APPROVAL_RESULT_PENDING)
    assert made.state == pb.FOLLOW_UP_STATE_OPEN
    assert market.outcome(about).receipt.in_progress


def test_a_report_on_the_last_check_of_a_case_settles_the_earlier_ones(market: Client) -> None:
    first = market.check(case_number="虚构-三步", stage=credit_check_pb2.STAGE_ACCEPTANCE).receipt.receipt_id
    last = market.check(case_number="虚构-三步", stage=credit_check_pb2.STAGE_DECISION).receipt.receipt_id
    market.report(last, applied())
    assert market.outcome(first).receipt.state == pb.FOLLOW_UP_STATE_SETTLED_BY_LATER


def test_a_check_that_needs_no_report_may_have_one(administrator: Client) -> None:
    answer = administrator.check(TRUSTED, organ="finance", item="government-procurement", case_number="虚构-自愿")
    assert answer.measures
    assert all(one.duty == credit_check_pb2.DUTY_OPTIONAL for one in answer.measures)
    about = answer.receipt.receipt_id
    assert administrator.outcome(about).receipt.state == pb.FOLLOW_UP_STATE_NOT_NEEDED
    made = administrator.report(about)
    assert (made.state, made.due_on) == (pb.FOLLOW_UP_STATE_SETTLED, "")
    assert not administrator.pending(organ="finance").receipts


def test_a_prohibited_licence_granted_needs_a_reason_and_is_counted(market: Client, book: Book) -> None:
    about = book.check(decision(Outcome.PROHIBITED, measure("no-licence")), at=datetime.now(UTC))
    for told, field in (
        ([], "measures[no-licence]"),
        ([applied("no-licence")], "measures[0].applied"),
        ([left("no-licence", pb.DEPARTURE_REASON_UNSPECIFIED, "领导同意")], "measures[0].reason"),
    ):
        assert violation(refusal(market.stub.Report, said(about, *told), market)).field == field
    made = market.report(about, left("no-licence", pb.DEPARTURE_REASON_LEGAL))
    assert [one.against_prohibition for one in made.overrides] == [True]
    refused = book.check(decision(Outcome.PROHIBITED, measure("no-licence")), at=datetime.now(UTC))
    made = market.report(refused, applied("no-licence"), approval=pb.APPROVAL_RESULT_REFUSED)
    assert not made.overrides


def test_a_leniency_answer_is_reported_on_with_the_decision(market: Client) -> None:
    act = leniency_pb2.LeniencyQuestion(
        organ=ORGAN,
        description="虚构的违法行为",
        case_number="虚构罚-1",
        subject=common_pb2.SubjectIdentity(uscc=TRUSTED),
        acted_on="2019-01-02",
        discovered_on=today(),
        purpose="行政处罚裁量核查",
    )
    asked = leniency_pb2.EvaluateLeniencyRequest(question=act)
    answer = market.violations.EvaluateLeniency(asked, metadata=market.metadata).answer
    about = answer.receipt.receipt_id
    assert answer.leniency == leniency_pb2.LENIENCY_PAST_LIMITATION
    assert market.outcome(about).receipt.state == pb.FOLLOW_UP_STATE_OPEN
    assert violation(refusal(market.stub.Report, said(about), market)).field == "penalty"
    warned = pb.PenaltyDecision(result=pb.PENALTY_RESULT_PENALISED, kinds=[pb.PENALTY_KIND_WARNING])
    assert violation(refusal(market.stub.Report, said(about, penalty=warned), market)).field == "penalty.reason"
    closed = pb.PenaltyDecision(result=pb.PENALTY_RESULT_NOT_PENALISED)
    made = market.report(about, penalty=closed)
    assert (made.state, list(made.overrides)) == (pb.FOLLOW_UP_STATE_SETTLED, [])
    (revision,) = market.outcome(about).revisions
    assert revision.penalty == closed


def test_a_penalty_against_the_law_s_answer_needs_a_reason(market: Client, book: Book) -> None:
    about = book.violation(leniency(Leniency.NO_PENALTY_MINOR, rules=("penalty-law-33-1",)), at=datetime.now(UTC))
    fine = pb.PenaltyDecision(
        result=pb.PENALTY_RESULT_PENALISED,
        kinds=[pb.PENALTY_KIND_WARNING, pb.PENALTY_KIND_FINE],
        fine_fen=50_000,
    )
    assert violation(refusal(market.stub.Report, said(about, penalty=fine), market)).field == "penalty.reason"
    fine.reason = pb.DEPARTURE_REASON_NOT_APPLICABLE
    made = market.report(about, penalty=fine)
    assert [(one.rule, one.measure) for one in made.overrides] == [("penalty-law-33-1", "no_penalty_minor")]
    assert market.outcome(about).revisions[0].penalty == fine


def test_a_receipt_whose_contents_were_erased_is_not_reported_on(market: Client, book: Book) -> None:
    about = market.check(case_number="虚构-删除").receipt.receipt_id
    with book.store.engine.begin() as connection:
        connection.execute(RECEIPTS.update().where(RECEIPTS.c.id == about).values(decision=None, decision_salt=None))
    error = refusal(market.stub.Report, said(about, applied()), market)
    assert (error.code(), detail(error).reason) == (Code.FAILED_PRECONDITION, "ERASED")
    found = market.outcome(about).receipt
    assert (found.erased, found.state, list(found.measures)) == (True, pb.FOLLOW_UP_STATE_NOT_NEEDED, [])


# -- what is open -----------------------------------------------------------------------------------------------------


def test_what_is_open_is_listed_oldest_first_in_pages_until_it_is_settled(ecology: Client, book: Book) -> None:
    now = datetime.now(UTC)
    strict = decision(Outcome.MEASURES, measure("strict-review"))
    late = [book.check(strict, organ=ECOLOGY, at=now - timedelta(days=days)) for days in (45, 40, 31)]
    due = [book.check(strict, organ=ECOLOGY, at=now - timedelta(days=days)) for days in (30, 1)]
    page = ecology.pending(limit=3)
    assert [one.id for one in page.receipts] == late
    assert {one.state for one in page.receipts} == {pb.FOLLOW_UP_STATE_OVERDUE}
    assert (page.open, page.overdue) == (5, 3)
    rest = ecology.pending(limit=3, cursor=page.next)
    assert [one.id for one in rest.receipts] == due
    assert [one.due_on for one in rest.receipts] == [today(), day_from_now(29)]
    assert rest.next == ""
    assert [one.id for one in ecology.pending(organ=ECOLOGY, overdue=True).receipts] == late
    (shown,) = (one for one in page.receipts if one.id == late[0])
    assert [(one.measure, one.duty, list(one.rules)) for one in shown.measures] == [
        ("strict-review", credit_check_pb2.DUTY_MANDATORY, ["r-strict-review"])
    ]
    assert (shown.answer, shown.answer_title, shown.organ) == ("measures", "适用惩戒措施", ECOLOGY)
    made = ecology.report(late[0], applied("strict-review"))
    assert (made.late, made.state) == (True, pb.FOLLOW_UP_STATE_SETTLED)
    assert [one.id for one in ecology.pending(overdue=True).receipts] == late[1:]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"limit": 501}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"organ": "no-organ"}, "organ"),
        ({"item": "事项"}, "item"),
    ],
)
def test_a_wrong_question_about_what_is_open_is_refused(market: Client, fields: dict[str, object], field: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        market.pending(**fields)
    assert refused.value.code() is Code.INVALID_ARGUMENT
    assert violation(refused.value).field == field


# -- counts by rule ---------------------------------------------------------------------------------------------------


def test_counts_by_rule_and_reason_are_those_of_a_person_who_counts(
    market: Client, administrator: Client, book: Book
) -> None:
    """In a month of its own, a year ago."""
    then = datetime.now(UTC) - timedelta(days=300)
    day = legal_day(then).isoformat()
    strict = decision(Outcome.MEASURES, measure("strict-review", rule="rule-of-last-year"))
    made = [book.check(strict, at=then) for _ in range(4)]
    market.report(made[0], applied("strict-review"))
    market.report(made[1], left("strict-review", pb.DEPARTURE_REASON_REPAIRED))
    market.report(made[2], left("strict-review", pb.DEPARTURE_REASON_OTHER_ORGAN))
    found = market.statistics(since=day, until=day)
    assert (found.receipts, found.settled, found.settled_late, found.open, found.overdue) == (4, 3, 3, 1, 1)
    (rule,) = found.rules
    assert (rule.rule, rule.title) == ("rule-of-last-year", "规则 从严审查")
    assert (rule.ordered, rule.mandatory, rule.applied, rule.not_applied, rule.silent) == (4, 4, 1, 2, 1)
    assert rule.overrides == 1
    assert [(one.reason, one.title, one.count) for one in rule.reasons] == [
        (pb.DEPARTURE_REASON_REPAIRED, "期间已修复", 1),
        (pb.DEPARTURE_REASON_OTHER_ORGAN, "由其他部门实施", 1),
    ]
    assert administrator.statistics(since=day, until=day, rule="rule-of-last-year") == found  # of every organ
    assert administrator.statistics(since=day, until=day, organ=ORGAN) == found
    assert not market.statistics(since=day, until=day, rule="another").rules


def test_a_rule_that_joins_in_another_s_measure_has_its_title(market: Client, book: Book) -> None:
    """A receipt names the first rule of a measure with its title, the others by id."""
    then = datetime.now(UTC) - timedelta(days=200)
    day = legal_day(then).isoformat()
    twice = measure("strict-review", rule="gone", other_rules=("serious-penalty-on-site",))
    book.check(decision(Outcome.MEASURES, twice), at=then)
    found = {rule.rule: rule.title for rule in market.statistics(since=day, until=day).rules}
    assert found == {
        "gone": "规则 从严审查",
        "serious-penalty-on-site": "直接涉及安全的许可, 有未修复的严重处罚的现场核查",
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"since": "2026-02-01", "until": "2026-01-01"}, "until"),
        ({"since": "2024-01-01", "until": "2026-01-01"}, "since"),
        ({"until": "2999-01-01"}, "until"),
        ({"organ": "no-organ"}, "organ"),
        ({"rule": "规则"}, "rule"),
    ],
)
def test_a_wrong_question_about_counts_is_refused(market: Client, fields: dict[str, object], field: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        market.statistics(**fields)
    assert refused.value.code() is Code.INVALID_ARGUMENT
    assert violation(refused.value).field == field
