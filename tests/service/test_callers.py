"""Who may ask, and for which organs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from creditgate.v1 import (
    exemption_register_pb2,
    exemption_register_pb2_grpc,
    exemptions_pb2,
    exemptions_pb2_grpc,
    leniency_pb2,
    leniency_pb2_grpc,
    receipts_pb2,
    supervision_pb2,
)

from ..commands import command
from ..shared import lay_proof
from .errors import detail, reason
from .running import (
    COMMAND,
    ORGAN,
    TRUSTED,
    Gate,
    Service,
    batch,
    checks,
    fill_registry,
    question,
    serving,
    supervision,
)
from .violations import expired_food, item, today

Keys = dict[str, str]


def new_key(name: str, organ: str) -> tuple[str, str]:
    """A key and its entry for the callers file."""
    done = command("keys", "new", name, "--organ", organ)
    return done.stderr.strip().rpartition(" ")[2], done.stdout


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("callers")
    market, market_entry = new_key("market-system", ORGAN)
    ecology, ecology_entry = new_key("ecology-system", "ecology-environment")
    path = folder / "callers.yaml"
    path.write_text(f"callers:\n{market_entry}{ecology_entry}", "utf-8")
    return {"market": market, "ecology": ecology, "path": str(path)}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("guarded")
    fill_registry(f"sqlite:///{folder}/gate.db")
    with serving(folder, "--callers", keys["path"]) as running:
        yield running


@pytest.fixture(scope="module")
def gate(guarded: Service) -> Iterator[Gate]:
    with guarded.channel() as channel:
        yield checks(channel)


def bearer(key: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {key}"),)


def refusal(call, request, **given) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as refused:
        call(request, **given)
    return refused.value


def test_a_caller_with_its_key_is_answered(gate: Gate, keys: Keys, guarded: Service) -> None:
    answer = gate.Check(question(), metadata=bearer(keys["market"])).answer
    line = guarded.await_event(receipt=answer.receipt.receipt_id)
    assert line["caller"] == "market-system"
    assert keys["market"] not in guarded.log.read_text("utf-8")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic abc", "wrong"])
def test_without_a_right_key_nothing_is_answered(gate: Gate, guarded: Service, header: str) -> None:
    metadata = (("authorization", header),) if header else ()
    with guarded.channel() as channel:
        for call, request in (
            (gate.Check, question()),
            (gate.BatchCheck, batch([question()])),
            (gate.GetReceipt, receipts_pb2.GetReceiptRequest(receipt_id="r-x")),
            (supervision(channel).AssessLevel, supervision_pb2.AssessLevelRequest()),
            *unanswered(channel),
        ):
            error = refusal(call, request, metadata=metadata)
            assert error.code() is grpc.StatusCode.UNAUTHENTICATED
            assert detail(error).reason == "WHO_ARE_YOU"


def unanswered(channel: grpc.Channel) -> Iterator[tuple[object, object]]:
    """Calls of lenient enforcement, each with a request."""
    leniency = leniency_pb2_grpc.LeniencyServiceStub(channel)
    lists = exemptions_pb2_grpc.ExemptionListServiceStub(channel)
    register = exemption_register_pb2_grpc.ExemptionRegisterServiceStub(channel)
    violation = expired_food(TRUSTED, today())
    yield leniency.EvaluateLeniency, violation
    yield leniency.BatchEvaluateLeniency, leniency_pb2.BatchEvaluateLeniencyRequest(questions=[item(violation)])
    yield lists.SearchExemptions, exemptions_pb2.SearchExemptionsRequest(query="过期食品")
    yield lists.GetExemption, exemptions_pb2.GetExemptionRequest(exemption="m17")
    yield lists.ListExemptionVersions, exemptions_pb2.ListExemptionVersionsRequest(exemption="m17")
    yield register.GrantExemption, exemption_register_pb2.GrantExemptionRequest(receipt_id="r-x")
    yield register.ReportCorrection, exemption_register_pb2.ReportCorrectionRequest(grant_id="r-x")
    yield register.WithdrawGrant, exemption_register_pb2.WithdrawGrantRequest(grant_id="r-x", reason="登错")
    yield register.GetGrant, exemption_register_pb2.GetGrantRequest(grant_id="r-x")
    yield register.ListCorrectionReports, exemption_register_pb2.ListCorrectionReportsRequest(grant_id="r-x")
    yield register.ListGrants, exemption_register_pb2.ListGrantsRequest()
    yield register.ListExemptionStatistics, exemption_register_pb2.ListExemptionStatisticsRequest()


def test_another_organs_violation_is_not_yours_and_in_a_batch_fails_alone(guarded: Service, keys: Keys) -> None:
    with guarded.channel() as channel:
        stub = leniency_pb2_grpc.LeniencyServiceStub(channel)
        violation = expired_food(TRUSTED, today())
        error = refusal(stub.EvaluateLeniency, violation, metadata=bearer(keys["ecology"]))
        assert error.code() is grpc.StatusCode.PERMISSION_DENIED
        assert (detail(error).reason, detail(error).metadata["field"]) == ("NOT_YOURS", "organ")
        own = leniency_pb2.EvaluateLeniencyRequest()
        own.CopyFrom(violation)
        own.question.organ, own.question.description = "ecology-environment", "虚构的行为"
        del own.question.facts[:]
        both = leniency_pb2.BatchEvaluateLeniencyRequest(questions=[item(violation), item(own)])
        results = stub.BatchEvaluateLeniency(both, metadata=bearer(keys["ecology"])).results
        assert (reason(results[0].failure), results[0].failure.violations[0].field) == ("NOT_YOURS", "organ")
        assert results[1].answer.receipt.receipt_id


def test_another_organs_leniency_receipt_is_not_yours(gate: Gate, guarded: Service, keys: Keys) -> None:
    with guarded.channel() as channel:
        stub = leniency_pb2_grpc.LeniencyServiceStub(channel)
        answer = stub.EvaluateLeniency(expired_food(TRUSTED, today()), metadata=bearer(keys["market"])).answer
    request = receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)
    assert gate.GetReceipt(request, metadata=bearer(keys["market"])).receipt.leniency == answer
    error = refusal(gate.GetReceipt, request, metadata=bearer(keys["ecology"]))
    assert error.code() is grpc.StatusCode.PERMISSION_DENIED


def test_another_organs_name_is_not_yours(gate: Gate, keys: Keys) -> None:
    error = refusal(gate.Check, question(), metadata=bearer(keys["ecology"]))
    assert error.code() is grpc.StatusCode.PERMISSION_DENIED
    assert detail(error).metadata["field"] == "organ"


def test_another_organs_receipts_are_not_listed(gate: Gate, keys: Keys) -> None:
    request = receipts_pb2.ListReceiptsRequest(organ="market-regulation", page_size=1)
    gate.Check(question(), metadata=bearer(keys["market"]))
    gate.Check(question(), metadata=bearer(keys["market"]))
    page = gate.ListReceipts(request, metadata=bearer(keys["market"]))
    assert len(page.receipts) == 1 and page.next_page_token
    error = refusal(gate.ListReceipts, request, metadata=bearer(keys["ecology"]))
    assert (error.code(), detail(error).metadata["field"]) == (grpc.StatusCode.PERMISSION_DENIED, "organ")


def test_another_organs_receipt_is_not_yours(gate: Gate, keys: Keys) -> None:
    answer = gate.Check(question(), metadata=bearer(keys["market"])).answer
    request = receipts_pb2.GetReceiptRequest(receipt_id=answer.receipt.receipt_id)
    assert gate.GetReceipt(request, metadata=bearer(keys["market"])).receipt.check == answer
    assert refusal(gate.GetReceipt, request, metadata=bearer(keys["ecology"])).code() is (
        grpc.StatusCode.PERMISSION_DENIED
    )


def test_request_ids_of_two_callers_do_not_meet(gate: Gate, keys: Keys) -> None:
    first = gate.Check(question(request_id="one-id"), metadata=bearer(keys["market"])).answer
    other = question(request_id="one-id", organ="ecology-environment", item="pollutant-discharge-permit")
    second = gate.Check(other, metadata=bearer(keys["ecology"])).answer
    assert first.receipt.receipt_id != second.receipt.receipt_id


def test_a_callers_file_with_an_unknown_organ_is_refused_at_start(tmp_path: Path) -> None:
    _, entry = new_key("some-system", "no-such-organ")
    (tmp_path / "callers.yaml").write_text(f"callers:\n{entry}", "utf-8")
    lay_proof(f"sqlite:///{tmp_path}/gate.db")
    done = subprocess.run(
        [str(COMMAND), "serve", "--rules", "rules", "--store", f"sqlite:///{tmp_path}/gate.db", "--listen",
         "127.0.0.1:0", "--callers", str(tmp_path / "callers.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "callers[0].organs" in done.stderr
    assert done.stdout == ""
