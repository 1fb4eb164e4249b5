"""The register of exemptions on a running service: from the answer to the grant, to what the next answer sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import grpc
import pytest

from creditgate.v1 import (
    common_pb2,
    exemption_register_pb2,
    exemption_register_pb2_grpc,
    leniency_pb2,
    leniency_pb2_grpc,
)

from .errors import detail, violation
from .running import ORGAN, Service, checks, fictional, fill_registry, question, serving
from .test_callers import bearer, new_key
from .violations import expired_food, today

pb = exemption_register_pb2
ECOLOGY = "ecology-environment"
FIRMS = [fictional(number) for number in range(10, 40)]
PERSON = "44010619900307001X"
"""Number of nobody: region and day are real, the check digit is right."""
A_MONTH_AGO = today() - timedelta(days=30)


class Desk(NamedTuple):
    """What an organ's system asks with its key."""

    leniency: leniency_pb2_grpc.LeniencyServiceStub
    register: exemption_register_pb2_grpc.ExemptionRegisterServiceStub
    key: tuple[tuple[str, str], ...]

    def evaluate(self, request: leniency_pb2.EvaluateLeniencyRequest) -> leniency_pb2.LeniencyAnswer:
        return self.leniency.EvaluateLeniency(request, metadata=self.key).answer

    def exempted(self, subject: str, day: date) -> str:
        """The receipt of an answer that allows an exemption."""
        answer = self.evaluate(expired_food(subject, day))
        assert answer.leniency == leniency_pb2.LENIENCY_MAY_BE_EXEMPT, answer.summary
        return answer.receipt.receipt_id

    def grant(self, receipt: str, **fields: object) -> exemption_register_pb2.ExemptionGrant:
        return self.register.Grant(pb.GrantRequest(receipt_id=receipt, **fields), metadata=self.key).grant

    def corrected(self, grant: str, **fields: object) -> exemption_register_pb2.ExemptionGrant:
        request = pb.ReportCorrectionRequest(grant_id=grant, **fields)
        return self.register.ReportCorrection(request, metadata=self.key).grant

    def withdraw(self, grant: str, reason: str) -> exemption_register_pb2.ExemptionGrant:
        return self.register.Withdraw(pb.WithdrawRequest(grant_id=grant, reason=reason), metadata=self.key).grant

    def listed(self, **fields: object) -> exemption_register_pb2.ListGrantsResponse:
        return self.register.ListGrants(pb.ListGrantsRequest(**fields), metadata=self.key)

    def count(self, **fields: object) -> exemption_register_pb2.GetStatisticsResponse:
        return self.register.GetStatistics(pb.GetStatisticsRequest(**fields), metadata=self.key)


class Office(NamedTuple):
    """A service, the market regulators and the ecologists with their own organ each, and a bureau with both."""

    service: Service
    market: Desk
    ecology: Desk
    bureau: Desk


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("register")
    fill_registry(f"sqlite:///{folder}/gate.db", FIRMS)
    market, market_entry = new_key("market-system", ORGAN)
    ecology, ecology_entry = new_key("ecology-system", ECOLOGY)
    bureau, bureau_entry = new_key("bureau-system", ORGAN)
    bureau_entry = bureau_entry.replace(f"[{ORGAN}]", f"[{ORGAN}, {ECOLOGY}]")
    (folder / "callers.yaml").write_text(f"callers:\n{market_entry}{ecology_entry}{bureau_entry}", "utf-8")
    with serving(folder, "--callers", str(folder / "callers.yaml")) as service, service.channel() as channel:
        stubs = (
            leniency_pb2_grpc.LeniencyServiceStub(channel),
            exemption_register_pb2_grpc.ExemptionRegisterServiceStub(channel),
        )
        yield Office(service, *(Desk(*stubs, bearer(key)) for key in (market, ecology, bureau)))


def test_an_exemption_granted_is_seen_by_the_next_question(office: Office) -> None:
    market, firm = office.market, FIRMS[0]
    receipt = market.exempted(firm, A_MONTH_AGO)
    grant = market.grant(
        receipt,
        document_number="虚构不罚〔2026〕1号",
        due_on=(A_MONTH_AGO + timedelta(days=7)).isoformat(),
        promise_made=True,
        fine_forgone_fen=500_000,
        note="当场封存",
    )
    assert (grant.id, grant.subject, grant.organ) == (receipt, firm, ORGAN)
    assert (grant.exemption, grant.list) == ("m17", "samr-2025-1")
    assert grant.exemption_title == "经营超过保质期的食品、食品添加剂"
    assert grant.list_title == "市场监管行政违法行为首违不罚、轻微免罚清单(一)"
    assert (grant.decided_on, grant.fine_forgone_fen) == (A_MONTH_AGO.isoformat(), 500_000)
    assert (grant.organ_title, grant.registered_by) == ("东莞市市场监督管理局", "market-system")
    assert grant.standing == pb.GRANT_STANDING_OVERDUE

    again = market.evaluate(expired_food(firm, today()))
    assert again.leniency == leniency_pb2.LENIENCY_ORDINARY
    first = [
        condition
        for ground in again.grounds
        if ground.rule.code == "m17-samr-2025-1-first"
        for condition in ground.conditions
        if condition.title.startswith("初次违法")
    ]
    assert [condition.state for condition in first] == [leniency_pb2.CONDITION_STATE_NOT_MET]
    assert [one.document_number for one in first[0].evidence] == ["虚构不罚〔2026〕1号"]
    assert "warn-broken-promise" in [warning.rule for warning in again.warnings]

    withdrawn = market.withdraw(receipt, "主体录错")
    assert (withdrawn.standing, withdrawn.withdrawal_reason) == (pb.GRANT_STANDING_WITHDRAWN, "主体录错")
    assert withdrawn.withdrawn_by == "market-system"
    after = market.evaluate(expired_food(firm, today()))
    assert after.leniency == leniency_pb2.LENIENCY_MAY_BE_EXEMPT
    assert "warn-broken-promise" not in [warning.rule for warning in after.warnings]


def test_corrected_in_time_warns_of_nothing_and_a_broken_promise_does(office: Office) -> None:
    market, due = office.market, (A_MONTH_AGO + timedelta(days=7)).isoformat()

    def warnings(firm: str) -> list[str]:
        return [warning.rule for warning in market.evaluate(expired_food(firm, today())).warnings]

    kept, broken = (market.exempted(firm, A_MONTH_AGO) for firm in FIRMS[1:3])
    for receipt in (kept, broken):
        market.grant(receipt, due_on=due, promise_made=True)
    report = market.corrected(kept, corrected_on=due, kept_promise=True)
    assert (report.standing, report.promise_broken) == (pb.GRANT_STANDING_CORRECTED, False)
    assert [(one.corrected_on, one.HasField("kept_promise"), one.kept_promise) for one in report.reports] == [
        (due, True, True)
    ]
    assert "warn-broken-promise" not in warnings(FIRMS[1])
    report = market.corrected(broken, corrected_on=due, kept_promise=False)
    assert (report.standing, report.promise_broken) == (pb.GRANT_STANDING_CORRECTED, True)
    assert "warn-broken-promise" in warnings(FIRMS[2])
    silent = market.corrected(broken)
    assert (silent.standing, silent.reports[-1].HasField("kept_promise")) == (pb.GRANT_STANDING_OVERDUE, False)


def test_a_grant_may_be_sent_again_but_not_another_on_the_same_receipt(office: Office) -> None:
    market = office.market
    receipt = market.exempted(FIRMS[3], A_MONTH_AGO)
    assert market.grant(receipt, fine_forgone_fen=1) == market.grant(receipt, fine_forgone_fen=1)
    error = refusal(lambda: market.grant(receipt, fine_forgone_fen=2))
    assert error.code() is grpc.StatusCode.ALREADY_EXISTS
    assert (detail(error).reason, detail(error).metadata["field"]) == ("REQUEST_ID_REUSED", "receipt_id")
    withdrawn = market.withdraw(receipt, "登错")
    assert market.withdraw(receipt, "登错") == withdrawn
    for act in (lambda: market.withdraw(receipt, "别的"), lambda: market.corrected(receipt)):
        error = refusal(act)
        assert (error.code(), detail(error).reason) == (grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE")


def test_an_exemption_needs_an_answer_that_allows_one(office: Office) -> None:
    """501 yuan and harm that is not slight: neither the list nor article 33 lets it off."""
    market = office.market
    refused = market.evaluate(expired_food(FIRMS[4], A_MONTH_AGO, goods_value="501", consequences="more"))
    assert refused.leniency == leniency_pb2.LENIENCY_ORDINARY
    error = refusal(lambda: market.grant(refused.receipt.receipt_id))
    assert (error.code(), detail(error).reason) == (grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE")
    assert detail(error).metadata["field"] == "receipt_id"

    with office.service.channel() as channel:
        other = checks(channel).Check(question(), metadata=market.key).answer.receipt.receipt_id
    error = refusal(lambda: market.grant(other))
    assert (error.code(), violation(error).field) == (grpc.StatusCode.INVALID_ARGUMENT, "receipt_id")
    error = refusal(lambda: market.grant("r-nothing"))
    assert (error.code(), detail(error).metadata["field"]) == (grpc.StatusCode.NOT_FOUND, "receipt_id")


def test_of_an_act_that_only_the_law_lets_off_there_is_no_list(office: Office) -> None:
    """501 yuan is too much for the list; article 33 itself still lets a first act with slight harm off."""
    answer = office.market.evaluate(expired_food(FIRMS[5], A_MONTH_AGO, goods_value="501"))
    grant = office.market.grant(answer.receipt.receipt_id)
    assert (grant.exemption, grant.list) == ("m17", "")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"decided_on": (today() + timedelta(days=2)).isoformat()}, "decided_on"),
        ({"decided_on": "20261120"}, "decided_on"),
        ({"decided_on": (A_MONTH_AGO - timedelta(days=1)).isoformat()}, "decided_on"),
        ({"decided_on": "0001-01-01"}, "decided_on"),
        ({"due_on": (A_MONTH_AGO - timedelta(days=1)).isoformat()}, "due_on"),
        ({"due_on": "soon"}, "due_on"),
        ({"fine_forgone_fen": -1}, "fine_forgone_fen"),
        ({"fine_forgone_fen": 10**15 + 1}, "fine_forgone_fen"),
        ({"document_number": "东" * 201}, "document_number"),
        ({"note": "a\x00b"}, "note"),
        ({"note": "东" * 2_001}, "note"),
        ({"receipt_id": ""}, "receipt_id"),
        ({"receipt_id": "回执"}, "receipt_id"),
        ({"receipt_id": "r" * 65}, "receipt_id"),
    ],
)
def test_a_wrong_grant_names_its_field(office: Office, fields: dict[str, object], field: str) -> None:
    receipt = office.market.exempted(FIRMS[6], A_MONTH_AGO)
    error = refusal(lambda: office.market.grant(**{"receipt": receipt} | _renamed(fields)))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violation(error).field == field


def test_a_wrong_report_or_withdrawal_names_its_field(office: Office) -> None:
    market = office.market
    receipt = market.exempted(FIRMS[7], A_MONTH_AGO)
    market.grant(receipt)
    tomorrow = (today() + timedelta(days=1)).isoformat()
    for act, field in (
        (lambda: market.corrected(receipt, corrected_on=tomorrow), "corrected_on"),
        (lambda: market.corrected(receipt, corrected_on="昨天"), "corrected_on"),
        (lambda: market.corrected(receipt, kept_promise=False), "kept_promise"),
        (lambda: market.corrected(""), "grant_id"),
        (lambda: market.withdraw(receipt, " "), "reason"),
        (lambda: market.withdraw(receipt, "东" * 2_001), "reason"),
    ):
        error = refusal(act)
        assert (error.code(), violation(error).field) == (grpc.StatusCode.INVALID_ARGUMENT, field)
    error = refusal(lambda: market.corrected("r-nothing"))
    assert (error.code(), detail(error).metadata["field"]) == (grpc.StatusCode.NOT_FOUND, "grant_id")


def test_another_organ_sees_and_changes_nothing(office: Office) -> None:
    market, ecology = office.market, office.ecology
    receipt = market.exempted(FIRMS[8], A_MONTH_AGO)
    error = refusal(lambda: ecology.grant(receipt))
    assert (error.code(), detail(error).metadata["field"]) == (grpc.StatusCode.PERMISSION_DENIED, "receipt_id")
    market.grant(receipt)
    for act, field in (
        (lambda: ecology.corrected(receipt), "grant_id"),
        (lambda: ecology.withdraw(receipt, "登错"), "grant_id"),
        (lambda: ecology.listed(organ=ORGAN), "organ"),
        (lambda: ecology.count(organ=ORGAN), "organ"),
    ):
        error = refusal(act)
        assert (error.code(), detail(error).metadata["field"]) == (grpc.StatusCode.PERMISSION_DENIED, field)
    assert list(ecology.listed(subject=common_pb2.Subject(uscc=FIRMS[8])).grants) == []
    assert [one.id for one in office.bureau.listed(subject=common_pb2.Subject(uscc=FIRMS[8])).grants] == [receipt]


def test_a_person_is_found_by_the_number_and_shown_by_a_keyed_hash(office: Office) -> None:
    market = office.market
    answer = market.evaluate(expired_food(PERSON, A_MONTH_AGO))
    grant = market.grant(answer.receipt.receipt_id)
    assert grant.subject.startswith("p:")
    found = market.listed(subject=common_pb2.Subject(citizen_id=PERSON)).grants
    assert [one.id for one in found] == [answer.receipt.receipt_id]
    assert PERSON not in office.service.log.read_text("utf-8")


def test_pages_are_the_newest_first(office: Office) -> None:
    market, firm = office.market, common_pb2.Subject(uscc=FIRMS[9])
    receipts = [market.exempted(FIRMS[9], A_MONTH_AGO) for _ in range(2)]
    for receipt in receipts:
        market.grant(receipt)
    first = market.listed(subject=firm, page_size=1)
    second = market.listed(subject=firm, page_size=1, page_token=first.next_page_token)
    assert [one.id for one in (*first.grants, *second.grants)] == receipts[::-1]
    assert second.next_page_token == ""


def test_open_and_overdue_grants_are_found(office: Office) -> None:
    market, firm = office.market, common_pb2.Subject(uscc=FIRMS[10])
    due = A_MONTH_AGO + timedelta(days=7)
    open_one, done = (market.exempted(FIRMS[10], A_MONTH_AGO) for _ in range(2))
    for receipt in (open_one, done):
        market.grant(receipt, due_on=due.isoformat())
    market.corrected(done, corrected_on=due.isoformat())
    assert [one.id for one in market.listed(subject=firm, open=True).grants] == [open_one]
    after = (due + timedelta(days=1)).isoformat()
    assert [one.id for one in market.listed(subject=firm, overdue_on=after).grants] == [open_one]
    assert [one.id for one in market.listed(subject=firm, overdue_on=due.isoformat()).grants] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"organ": "market-regulatio"}, "organ"),
        ({"exemption": "m1777"}, "exemption"),
        ({"list": "samr-2025"}, "list"),
        ({"subject": common_pb2.Subject(uscc="91441900708017879X")}, "subject.uscc"),
        ({"subject": common_pb2.Subject()}, "subject"),
        ({"since": "2026"}, "since"),
        ({"until": "2026-13-01"}, "until"),
        ({"since": "2026-02-01", "until": "2026-01-31"}, "until"),
        ({"overdue_on": "now"}, "overdue_on"),
        ({"page_size": 501}, "page_size"),
        ({"page_token": "-1"}, "page_token"),
        ({"page_token": "9" * 19}, "page_token"),
    ],
)
def test_a_wrong_filter_names_its_field(office: Office, fields: dict[str, object], field: str) -> None:
    error = refusal(lambda: office.bureau.listed(**fields))
    assert (error.code(), violation(error).field) == (grpc.StatusCode.INVALID_ARGUMENT, field)


def test_statistics_by_month_of_what_became_of_two_grants(office: Office) -> None:
    """March 2025: corrected on the last day of the term, 5,000 yuan. April: never corrected, 66.50 yuan."""
    market = office.market
    march = market.exempted(FIRMS[11], date(2025, 3, 3))
    market.grant(march, due_on="2025-03-10", promise_made=True, fine_forgone_fen=500_000)
    market.corrected(march, corrected_on="2025-03-10")
    april = market.exempted(FIRMS[12], date(2025, 4, 1))
    market.grant(april, due_on="2025-04-08", fine_forgone_fen=6_650)
    mistake = market.exempted(FIRMS[13], date(2025, 4, 2))
    market.grant(mistake, fine_forgone_fen=9_999)
    market.withdraw(mistake, "登错")

    counted = office.bureau.count(since="2025-03-01", until="2025-04-30", by=[pb.STATISTICS_KEY_MONTH])
    assert (counted.since, counted.until, counted.as_of) == ("2025-03-01", "2025-04-30", today().isoformat())
    first, second = counted.figures
    assert first == pb.ExemptionFigures(month="2025-03", granted=1, corrected_in_time=1, fines_forgone_fen=500_000)
    assert second == pb.ExemptionFigures(month="2025-04", granted=1, overdue=1, fines_forgone_fen=6_650, withdrawn=1)
    (pending,) = office.bureau.count(since="2025-04-01", until="2025-04-30", as_of="2025-04-08").figures
    assert (pending.pending, pending.overdue) == (1, 0)
    keys = [pb.STATISTICS_KEY_ORGAN, pb.STATISTICS_KEY_EXEMPTION]
    (both,) = market.count(since="2025-03-01", until="2025-04-30", by=keys, organ=ORGAN).figures
    assert (both.organ_title, both.exemption_title) == ("东莞市市场监督管理局", "经营超过保质期的食品、食品添加剂")
    assert (both.granted, both.fines_forgone_fen) == (2, 506_650)
    (nothing,) = office.ecology.count(since="2025-03-01", until="2025-04-30").figures
    assert nothing == pb.ExemptionFigures()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"organ": "x"}, "organ"),
        ({"since": "x"}, "since"),
        ({"since": "2026-02-01", "until": "2026-01-31"}, "until"),
        ({"by": [pb.STATISTICS_KEY_MONTH, 9]}, "by[1]"),
        ({"by": [0]}, "by[0]"),
        ({"as_of": (today() + timedelta(days=2)).isoformat()}, "as_of"),
    ],
)
def test_wrong_statistics_name_their_field(office: Office, fields: dict[str, object], field: str) -> None:
    error = refusal(lambda: office.bureau.count(**fields))
    assert (error.code(), violation(error).field) == (grpc.StatusCode.INVALID_ARGUMENT, field)


def test_without_a_key_nothing_is_told(office: Office) -> None:
    stranger = office.market._replace(key=())
    for act in (
        lambda: stranger.grant("r-1"),
        lambda: stranger.corrected("r-1"),
        lambda: stranger.withdraw("r-1", "x"),
    ):
        assert refusal(act).code() is grpc.StatusCode.UNAUTHENTICATED
    for act in (stranger.listed, stranger.count):
        assert refusal(act).code() is grpc.StatusCode.UNAUTHENTICATED


def refusal(act) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as refused:
        act()
    return refused.value


def _renamed(fields: dict[str, object]) -> dict[str, object]:
    return {{"receipt_id": "receipt"}.get(name, name): value for name, value in fields.items()}
