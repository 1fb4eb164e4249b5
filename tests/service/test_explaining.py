"""Receipts explained by a running service: over the wire, by both clients, by the commands, to whom it concerns."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import grpc
import pytest

from creditgate import AsyncClient, Client, NotYours, UnknownThing
from creditgate.v1 import receipts_pb2, receipts_pb2_grpc

from ..commands import client_command, command, refusal
from .errors import detail
from .running import BREACHER, ITEM, LISTED, ORGAN, TRUSTED, Service
from .test_callers import guarded, keys
from .test_sealed_receipts import GROUND, Office, office

__all__ = ["guarded", "keys", "office"]  # fixtures
MEASURE = "no-commitment-route"


@pytest.fixture
def gate(service: Service) -> Iterator[Client]:
    with Client(service.target, timeout=30) as opened:
        yield opened


def checked(gate: Client, subject: str, case: str) -> str:
    answer = gate.check(
        organ=ORGAN, item=ITEM, subjects=subject, case_number=case, facts={"commitment_requested": True}
    )
    return answer.receipt.receipt_id


def test_a_receipt_is_explained_with_record_rule_article_and_way_out(gate: Client) -> None:
    told = gate.explanation(checked(gate, BREACHER, "虚构-说明-1"))
    assert told.headline == "可以继续办理, 但部门要按下面的要求办: 不适用告知承诺制(应当)。"
    (measure,) = [one for one in told.findings if one.kind == "restraint"]
    assert [rule.rule.code for rule in measure.rules] == ["commitment-after-breach"]
    assert [one.number for one in measure.basis] == ["国办发〔2020〕42号"]
    (record,) = [one for one in told.known if one.what == "违背告知承诺"]
    assert (record.data_on, record.age_days) == (date(2026, 2, 3), (told.as_of - date(2026, 2, 3)).days)
    assert [(one.repairable, one.where) for one in told.remedies] == [(True, "作出告知承诺决定的部门")]
    assert {one.objection.code for one in told.objections} >= {"reconsideration", "lawsuit", "credit-information"}
    assert told.html == ""
    assert json.loads(json.dumps(told.to_dict()))["known"][0]["data_on"] == "2026-02-03"


def test_both_clients_tell_the_same(service: Service, gate: Client) -> None:
    receipt = checked(gate, LISTED, "虚构-说明-2")

    async def told() -> object:
        async with AsyncClient(service.target, timeout=30) as opened:
            return await opened.explanation(receipt, html=True)

    own = gate.explanation(receipt, html=True)
    assert asyncio.run(told()) == own
    assert own.html.startswith("<!DOCTYPE html>") and receipt in own.html


def test_what_the_organ_reported_gives_the_last_day(gate: Client) -> None:
    """Refused on 2026-08-04: 60 days end in the National Day holiday, so on the first working day, 2026-10-08."""
    receipt = checked(gate, BREACHER, "虚构-说明-3")
    before = {one.objection.code: one.last_on for one in gate.explanation(receipt).objections}
    assert before["reconsideration"] is None
    gate.report_outcome(receipt, result="refused", post="审批岗", measures=[MEASURE], decided_on="2026-08-04")
    told = gate.explanation(receipt)
    assert {one.objection.code: one.last_on for one in told.objections}["reconsideration"] == date(2026, 10, 8)
    assert ("办理结果", "不予许可, 2026-08-04 决定, 岗位: 审批岗") in {(one.label, one.text) for one in told.reports}


def test_the_receipt_of_a_report_is_explained_too(gate: Client) -> None:
    receipt = checked(gate, BREACHER, "虚构-说明-4")
    report = gate.report_outcome(receipt, result="granted", post="审批岗", measures=[MEASURE]).receipt.receipt_id
    told = gate.explanation(report)
    assert (told.kind, told.question[0].text) == ("outcome", receipt)
    assert told.headline.startswith(f"部门对回执 {receipt} 报告了办理情况")


def test_a_receipt_is_explained_to_its_own_organ_alone(guarded: Service, keys: dict[str, str]) -> None:
    with Client(guarded.target, timeout=30, key=keys["market"]) as market:
        receipt = checked(market, TRUSTED, "虚构-说明-5")
        assert market.explanation(receipt).receipt_id == receipt
    with Client(guarded.target, timeout=30, key=keys["ecology"]) as ecology, pytest.raises(NotYours):
        ecology.explanation(receipt)


def test_an_unknown_receipt_has_no_explanation(gate: Client, channel: grpc.Channel) -> None:
    with pytest.raises(UnknownThing, match="r-nothing"):
        gate.explanation("r-nothing")
    with pytest.raises(grpc.RpcError) as failed:
        receipts_pb2_grpc.ReceiptServiceStub(channel).ExplainReceipt(receipts_pb2.ExplainReceiptRequest())
    assert detail(failed.value).metadata["field"] == "receipt_id"


def test_once_erased_the_explanation_says_so(office: Office) -> None:
    answer = office.ask("explained-erased")
    done = office.erase("--receipt", answer.receipt.receipt_id, "--ground", GROUND)
    assert done.returncode == 0, done.stderr
    with Client(office.service.target, timeout=30) as gate:
        told = gate.explanation(answer.receipt.receipt_id)
        erasure = gate.explanation(told.erased[0].rpartition(" ")[2])
    assert told.headline.startswith("这份信用核查回执的内容已依法删除")
    assert GROUND in told.erased[0]
    assert told.known == told.findings == told.subjects == ()
    assert erasure.kind == "erasure"
    assert answer.receipt.receipt_id in erasure.headline


# -- the commands -----------------------------------------------------------------------------------------------------


def test_people_read_the_explanation_behind_the_receipts_place(service: Service, gate: Client) -> None:
    receipt = checked(gate, BREACHER, "虚构-说明-6")
    done = client_command("receipt", receipt, "--target", service.target, "--timeout", "30")
    assert (done.returncode, done.stderr) == (0, "")
    place, head, rule, way = (
        done.stdout.index(part)
        for part in (f"回执 {receipt}", "信用核查结果说明", "规则: 曾违背承诺且尚未修复的", "不服怎么办\n")
    )
    assert place < head < rule < way
    stored = json.loads(
        client_command("receipt", receipt, "--json", "--target", service.target, "--timeout", "30").stdout
    )
    assert stored["summary"]["receipt_id"] == stored["explanation"]["receipt_id"] == receipt
    assert "html" not in stored["explanation"]


def test_a_page_is_written_and_nothing_is_overwritten(service: Service, gate: Client, tmp_path: Path) -> None:
    receipt = checked(gate, BREACHER, "虚构-说明-7")
    out = tmp_path / "page.html"
    target = ("--target", service.target, "--timeout", "30")
    done = client_command("receipt", "page", receipt, "--out", str(out), *target)
    assert done.returncode == 0, done.stderr
    written = out.read_text("utf-8")
    assert "不适用告知承诺制" in written and "<script" not in written
    assert "out" in refusal(client_command("receipt", "page", receipt, "--out", str(out), *target), 2)
    assert "html" in refusal(client_command("receipt", "show", receipt, "--html", str(out), *target), 2)
    assert out.read_text("utf-8") == written
    also = tmp_path / "also.html"
    assert client_command("receipt", "show", receipt, "--html", str(also), *target).returncode == 0
    assert also.read_text("utf-8") == written


def test_an_auditor_writes_the_same_page_from_the_store(service: Service, gate: Client, tmp_path: Path) -> None:
    receipt = checked(gate, LISTED, "虚构-说明-8")
    out = tmp_path / "page.html"
    asked = ["ledger", "explain", "--store", service.store, "--receipt", receipt, "--out", str(out)]
    done = command(*asked)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert out.read_text("utf-8") == gate.explanation(receipt, html=True).html
    again = command(*asked)
    assert again.returncode == 1 and "没有覆盖" in again.stderr
    missing = command(*asked[:-3], "r-nothing", "--out", str(tmp_path / "none.html"))
    assert missing.returncode == 1 and "r-nothing" in missing.stderr
    assert not (tmp_path / "none.html").exists()
