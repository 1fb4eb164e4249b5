"""The register of exemptions on a running service: from the answer to the grant, to what the next answer sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
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
        """No fine forgone and, where there is a term, no promise, unless they are said."""
        said = {"fine_forgone_fen": 0} | ({"promise_made": False} if "due_on" in fields else {}) | fields
        return self.grant_as_said(receipt, **said)

    def grant_as_said(self, receipt: str, **fields: object) -> exemption_register_pb2.ExemptionGrant:
        request = pb.GrantExemptionRequest(receipt_id=receipt, **fields)
        return self.register.GrantExemption(request, metadata=self.key).grant

    def corrected(self, grant: str, **fields: object) -> exemption_register_pb2.ExemptionGrant:
        request = pb.ReportCorrectionRequest(grant_id=grant, **fields)
        return self.register.ReportCorrection(request, metadata=self.key).grant

    def withdraw(self, grant: str, reason: str, **fields: object) -> exemption_register_pb2.ExemptionGrant:
        request = pb.WithdrawGrantRequest(grant_id=grant, reason=reason, **fields)
        return self.register.WithdrawGrant(request, metadata=self.key).grant

    def granted(self, grant: str) -> exemption_register_pb2.ExemptionGrant:
        return self.register.GetGrant(pb.GetGrantRequest(grant_id=grant), metadata=self.key).grant

    def reports(self, grant: str, **fields: object) -> exemption_register_pb2.ListCorrectionReportsResponse:
        request = pb.ListCorrectionReportsRequest(grant_id=grant, **fields)
        return self.register.ListCorrectionReports(request, metadata=self.key)

    def listed(self, **fields: object) -> exemption_register_pb2.ListGrantsResponse:
        return self.register.ListGrants(pb.ListGrantsRequest(**fields), metadata=self.key)

    def count(self, **fields: object) -> exemption_register_pb2.ListExemptionStatisticsResponse:
        request = pb.ListExemptionStatisticsRequest(**fields)
        return self.register.ListExemptionStatistics(request, metadata=self.key)


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
    assert (grant.grant_id, grant.identifier, grant.organ.code) == (receipt, firm, ORGAN)
    assert (grant.exemption.code, grant.exemption_list.code) == ("m17", "samr-2025-1")
    assert grant.exemption.title == "经营超过保质期的食品、食品添加剂"
    assert grant.exemption_list.title == "市场监管行政违法行为首违不罚、轻微免罚清单(一)"
    assert (grant.decided_on, grant.fine_forgone_fen) == (A_MONTH_AGO.isoformat(), 500_000)
    assert (grant.organ.title, grant.registered_by) == ("东莞市市场监督管理局", "market-system")
    assert grant.standing == pb.GRANT_STANDING_OVERDUE
    assert (grant.HasField("last_report"), grant.report_count, grant.HasField("withdrawal")) == (False, 0, False)
    assert abs(grant.registered_at.ToDatetime(UTC) - datetime.now(UTC)) < timedelta(minutes=5)
    assert market.granted(receipt) == grant

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
    assert (withdrawn.standing, withdrawn.withdrawal.reason) == (pb.GRANT_STANDING_WITHDRAWN, "主体录错")
    assert withdrawn.withdrawal.withdrawn_by == "market-system"
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
    told = report.last_report
    assert (told.corrected_on, told.HasField("kept_promise"), told.kept_promise) == (due, True, True)
    assert "warn-broken-promise" not in warnings(FIRMS[1])
    report = market.corrected(broken, corrected_on=due, kept_promise=False)
    assert (report.standing, report.promise_broken) == (pb.GRANT_STANDING_CORRECTED, True)
    assert "warn-broken-promise" in warnings(FIRMS[2])
    silent = market.corrected(broken)
    assert (silent.standing, silent.last_report.HasField("kept_promise")) == (pb.GRANT_STANDING_OVERDUE, False)
    assert not silent.last_report.HasField("corrected_on")
    reports = market.reports(broken, page_size=1)
    assert ([one.corrected_on for one in reports.reports], reports.total_size) == ([due], 2)
    after = market.reports(broken, page_size=1, page_token=reports.next_page_token)
    assert (list(after.reports), after.next_page_token) == ([silent.last_report], "")


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
    assert (grant.exemption.code, grant.HasField("exemption_list")) == ("m17", False)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"decided_on": (today() + timedelta(days=2)).isoformat()}, "decided_on"),
        ({"decided_on": "20261120"}, "decided_on"),
        ({"decided_on": (A_MONTH_AGO - timedelta(days=1)).isoformat()}, "decided_on"),
        ({"decided_on": "0001-01-01"}, "decided_on"),
        ({"due_on": (A_MONTH_AGO - timedelta(days=1)).isoformat()}, "due_on"),
        ({"due_on": "soon"}, "due_on"),
        ({"due_on": ""}, "due_on"),
        ({"decided_on": ""}, "decided_on"),
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
        (lambda: market.corrected(receipt, corrected_on=""), "corrected_on"),
        (lambda: market.corrected(receipt, request_id="编号"), "request_id"),
        (lambda: market.corrected(receipt, request_id="x" * 65), "request_id"),
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
        (lambda: ecology.granted(receipt), "grant_id"),
        (lambda: ecology.reports(receipt), "grant_id"),
        (lambda: ecology.listed(organ=ORGAN), "organ"),
        (lambda: ecology.count(organ=ORGAN), "organ"),
    ):
        error = refusal(act)
        assert (error.code(), detail(error).metadata["field"]) == (grpc.StatusCode.PERMISSION_DENIED, field)
    assert list(ecology.listed(subject=common_pb2.SubjectIdentity(uscc=FIRMS[8])).grants) == []
    assert [one.grant_id for one in office.bureau.listed(subject=common_pb2.SubjectIdentity(uscc=FIRMS[8])).grants] == [
        receipt
    ]


def test_a_person_is_found_by_the_number_and_shown_by_a_keyed_hash(office: Office) -> None:
    market = office.market
    answer = market.evaluate(expired_food(PERSON, A_MONTH_AGO))
    grant = market.grant(answer.receipt.receipt_id)
    assert grant.identifier.startswith("p:")
    found = market.listed(subject=common_pb2.SubjectIdentity(citizen_id=PERSON)).grants
    assert [one.grant_id for one in found] == [answer.receipt.receipt_id]
    assert PERSON not in office.service.log.read_text("utf-8")


def test_pages_are_the_newest_first(office: Office) -> None:
    market, firm = office.market, common_pb2.SubjectIdentity(uscc=FIRMS[9])
    receipts = [market.exempted(FIRMS[9], A_MONTH_AGO) for _ in range(2)]
    for receipt in receipts:
        market.grant(receipt)
    first = market.listed(subject=firm, page_size=1)
    second = market.listed(subject=firm, page_size=1, page_token=first.next_page_token)
    assert [one.grant_id for one in (*first.grants, *second.grants)] == receipts[::-1]
    assert second.next_page_token == ""


def test_a_page_token_is_good_for_its_caller_and_its_filters_alone(office: Office) -> None:
    market, firm = office.market, common_pb2.SubjectIdentity(uscc=FIRMS[14])
    for receipt in [market.exempted(FIRMS[14], A_MONTH_AGO) for _ in range(2)]:
        market.grant(receipt)
    token = market.listed(subject=firm, page_size=1).next_page_token
    assert market.listed(subject=firm, page_size=500, page_token=token).grants, "a size too large is lowered"
    for act in (
        lambda: office.bureau.listed(subject=firm, page_token=token),
        lambda: market.listed(page_token=token),
        lambda: market.listed(subject=firm, only_open=True, page_token=token),
        lambda: market.listed(subject=firm, page_token=token[:-1] + ("A" if token[-1] != "A" else "B")),
        lambda: market.count(page_token=token),
    ):
        error = refusal(act)
        assert (error.code(), violation(error).field) == (grpc.StatusCode.INVALID_ARGUMENT, "page_token")
        assert detail(error).reason == "PAGE_TOKEN_INVALID"


def test_validate_only_checks_all_and_keeps_nothing(office: Office) -> None:
    market, firm = office.market, FIRMS[15]
    receipt = market.exempted(firm, A_MONTH_AGO)
    due = (A_MONTH_AGO + timedelta(days=7)).isoformat()
    would_be = market.grant(receipt, due_on=due, validate_only=True)
    assert (would_be.grant_id, would_be.standing) == (receipt, pb.GRANT_STANDING_OVERDUE)
    assert refusal(lambda: market.granted(receipt)).code() is grpc.StatusCode.NOT_FOUND
    error = refusal(lambda: market.grant(receipt, due_on="soon", validate_only=True))
    assert violation(error).field == "due_on"

    grant = market.grant(receipt, due_on=due, fine_forgone_fen=7)
    error = refusal(lambda: market.grant(receipt, due_on=due, fine_forgone_fen=8, validate_only=True))
    assert error.code() is grpc.StatusCode.ALREADY_EXISTS
    would_be = market.corrected(receipt, corrected_on=due, request_id="v-1", validate_only=True)
    assert (would_be.standing, would_be.report_count) == (pb.GRANT_STANDING_CORRECTED, 1)
    assert market.withdraw(receipt, "登错", validate_only=True).standing == pb.GRANT_STANDING_WITHDRAWN
    assert market.granted(receipt) == grant
    assert market.corrected(receipt, request_id="v-1").report_count == 1, "the request_id was not used up"


def test_a_report_repeated_late_with_its_request_id_does_not_undo_what_came_since(office: Office) -> None:
    """Not corrected, then corrected; the first report arrives once more. Without a request_id it would count again."""
    market = office.market
    receipt = market.exempted(FIRMS[16], A_MONTH_AGO)
    due = (A_MONTH_AGO + timedelta(days=7)).isoformat()
    market.grant(receipt, due_on=due)
    market.corrected(receipt, request_id="c-1")
    corrected = market.corrected(receipt, corrected_on=due, request_id="c-2")
    assert market.corrected(receipt, request_id="c-1") == corrected
    assert (corrected.standing, corrected.report_count) == (pb.GRANT_STANDING_CORRECTED, 2)
    error = refusal(lambda: market.corrected(receipt, corrected_on=due, request_id="c-1"))
    assert (error.code(), detail(error).metadata["field"]) == (grpc.StatusCode.ALREADY_EXISTS, "request_id")
    assert market.corrected(receipt).standing == pb.GRANT_STANDING_OVERDUE


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"due_on": today().isoformat(), "fine_forgone_fen": 0}, "promise_made"),
        ({"promise_made": False}, "fine_forgone_fen"),
    ],
)
def test_what_a_grant_leaves_out_is_not_taken_for_no(office: Office, fields: dict[str, object], field: str) -> None:
    receipt = office.market.exempted(FIRMS[17], A_MONTH_AGO)
    error = refusal(lambda: office.market.grant_as_said(receipt, **fields))
    assert (error.code(), violation(error).field) == (grpc.StatusCode.INVALID_ARGUMENT, field)


def test_open_and_overdue_grants_are_found(office: Office) -> None:
    market, firm = office.market, common_pb2.SubjectIdentity(uscc=FIRMS[10])
    due = A_MONTH_AGO + timedelta(days=7)
    open_one, done = (market.exempted(FIRMS[10], A_MONTH_AGO) for _ in range(2))
    for receipt in (open_one, done):
        market.grant(receipt, due_on=due.isoformat())
    market.corrected(done, corrected_on=due.isoformat())
    assert [one.grant_id for one in market.listed(subject=firm, only_open=True).grants] == [open_one]
    after = (due + timedelta(days=1)).isoformat()
    assert [one.grant_id for one in market.listed(subject=firm, overdue_on=after).grants] == [open_one]
    assert [one.grant_id for one in market.listed(subject=firm, overdue_on=due.isoformat()).grants] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"organ": "market-regulatio"}, "organ"),
        ({"exemption": "m1777"}, "exemption"),
        ({"exemption_list": "samr-2025"}, "exemption_list"),
        ({"subject": common_pb2.SubjectIdentity(uscc="91441900708017879X")}, "subject.uscc"),
        ({"subject": common_pb2.SubjectIdentity()}, "subject"),
        ({"from_on": "2026"}, "from_on"),
        ({"from_on": ""}, "from_on"),
        ({"until_on": "2026-13-01"}, "until_on"),
        ({"from_on": "2026-02-01", "until_on": "2026-01-31"}, "until_on"),
        ({"overdue_on": "now"}, "overdue_on"),
        ({"page_size": -1}, "page_size"),
        ({"page_token": "-1"}, "page_token"),
        ({"page_token": "9" * 2_000}, "page_token"),
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

    counted = office.bureau.count(from_on="2025-03-01", until_on="2025-04-30", by=[pb.EXEMPTION_STATISTICS_KEY_MONTH])
    assert (counted.from_on, counted.until_on, counted.as_of) == ("2025-03-01", "2025-04-30", today().isoformat())
    first, second = counted.figures
    assert first == pb.ExemptionFigures(month="2025-03", granted=1, corrected_in_time=1, fines_forgone_fen=500_000)
    assert second == pb.ExemptionFigures(month="2025-04", granted=1, overdue=1, fines_forgone_fen=6_650, withdrawn=1)
    asked = {"from_on": "2025-03-01", "until_on": "2025-04-30", "by": [pb.EXEMPTION_STATISTICS_KEY_MONTH]}
    page = office.bureau.count(**asked, page_size=1)
    after = office.bureau.count(**asked, page_size=1, page_token=page.next_page_token)
    assert ([*page.figures, *after.figures], after.next_page_token) == ([first, second], "")
    (pending,) = office.bureau.count(from_on="2025-04-01", until_on="2025-04-30", as_of="2025-04-08").figures
    assert (pending.pending, pending.overdue) == (1, 0)
    keys = [pb.EXEMPTION_STATISTICS_KEY_ORGAN, pb.EXEMPTION_STATISTICS_KEY_EXEMPTION]
    (both,) = market.count(from_on="2025-03-01", until_on="2025-04-30", by=keys, organ=ORGAN).figures
    assert (both.organ.title, both.exemption.title) == ("东莞市市场监督管理局", "经营超过保质期的食品、食品添加剂")
    assert (both.granted, both.fines_forgone_fen) == (2, 506_650)
    (nothing,) = office.ecology.count(from_on="2025-03-01", until_on="2025-04-30").figures
    assert nothing == pb.ExemptionFigures()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"organ": "x"}, "organ"),
        ({"from_on": "x"}, "from_on"),
        ({"as_of": ""}, "as_of"),
        ({"from_on": "2026-02-01", "until_on": "2026-01-31"}, "until_on"),
        ({"by": [pb.EXEMPTION_STATISTICS_KEY_MONTH, 9]}, "by[1]"),
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
        lambda: stranger.granted("r-1"),
        lambda: stranger.reports("r-1"),
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
