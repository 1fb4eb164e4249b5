"""`creditgate outcomes` against a real service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from creditgate import Client
from creditgate._contract import DepartureReason, PenaltyKind
from creditgate_server.decision.outcome import values as titles
from creditgate_server.decision.outcome.values import Penalty, Reason, Result

from ..commands import client_command, refusal
from .running import BREACHER, ITEM, ORGAN, Service

MEASURE = "no-commitment-route"


def checked(service: Service, case: str) -> str:
    with Client(service.target, timeout=20) as gate:
        return gate.check(organ=ORGAN, item=ITEM, subjects=BREACHER, case_number=case).receipt.receipt_id


def outcomes(service: Service, *arguments: str) -> dict[str, Any]:
    done = client_command("outcomes", *arguments, "--json", "--target", service.target, "--timeout", "30")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def words(service: Service, *arguments: str) -> str:
    done = client_command("outcomes", *arguments, "--target", service.target, "--timeout", "30")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_report_goes_its_way_from_refusal_to_withdrawal(service: Service) -> None:
    receipt = checked(service, "虚构-命令-1")
    target = ("--target", service.target, "--timeout", "30")
    grant = ("report", receipt, "--result", "granted", "--post", "审批岗")
    assert MEASURE in refusal(client_command("outcomes", *grant, *target), 2)
    told = outcomes(
        service, *grant, "--not-applied", f"{MEASURE}=other:上级已裁定", "--request-id", "命令-1".encode().hex()
    )
    assert (told["revision"], told["state"]) == (1, "settled")
    assert [(one["reason"], one["reason_title"]) for one in told["overrides"]] == [("other", "其他")]
    again = words(service, *grant, "--applied", MEASURE, "--on", "2026-01-05", "--note", "更正")
    assert "第 2 次修订" in again
    shown = words(service, "show", receipt)
    for part in ("已反馈", "上级已裁定", f"已适用 {MEASURE}", "更正", "2026-01-05", "与结论不一致", "现行"):
        assert part in shown, shown
    assert "待反馈" in words(service, "withdraw", receipt, "--reason", "报错了", "--post", "审批岗")
    found = outcomes(service, "show", receipt)
    assert [one["withdrawal"] for one in found["revisions"]] == [False, False, True]
    assert found["receipt"]["state"] == "open"
    page = outcomes(service, "pending", "--organ", ORGAN, "--limit", "500")
    assert receipt in [one["id"] for one in page["receipts"]]
    listed = words(service, "pending", "--organ", ORGAN, "--limit", "500")
    assert receipt in listed
    assert "其中逾期" in listed


def test_a_stream_is_heard_once_each_across_runs(service: Service, tmp_path: Path) -> None:
    cursor = ("--cursor-file", str(tmp_path / "cursor"))
    first = checked(service, "虚构-命令-2")
    heard = client_command(
        "outcomes", "watch", "--organ", ORGAN, "--once", "--json", *cursor, "--target", service.target
    )
    assert heard.returncode == 0, heard.stderr
    assert first in [json.loads(line)["receipt"]["id"] for line in heard.stdout.splitlines()]
    second = checked(service, "虚构-命令-3")
    heard = client_command(
        "outcomes", "watch", "--organ", ORGAN, "--once", "--json", *cursor, "--target", service.target
    )
    events = [json.loads(line) for line in heard.stdout.splitlines()]
    assert [(one["event"], one["receipt"]["id"]) for one in events] == [("needed", second)]
    silent = client_command("outcomes", "watch", "--organ", ORGAN, "--once", *cursor, "--target", service.target)
    assert (silent.returncode, silent.stdout) == (0, "")


def test_statistics_are_shown_and_printed_as_json(service: Service) -> None:
    receipt = checked(service, "虚构-命令-4")
    outcomes(
        service, "report", receipt, "--result", "granted", "--post", "岗", "--not-applied", f"{MEASURE}=data_wrong"
    )
    found = outcomes(service, "statistics", "--organ", ORGAN, "--rule", "commitment-after-breach")
    (rule,) = found["rules"]
    assert rule["overrides"] >= 1
    assert "信用信息有误或异议成立" in words(service, "statistics", "--organ", ORGAN)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["--post", "岗"], "result"),
        (["--post", "岗", "--result", "granted", "--penalty", "other"], "result"),
        (["--post", "岗", "--result", "maybe"], "result"),
        (["--post", "岗", "--penalty", "maybe"], "penalty"),
        (["--post", "岗", "--penalty", "penalised", "--kind", "prison"], "kind"),
        (["--post", "岗", "--penalty", "penalised", "--kind", "fine", "--fine", "一万"], "fine"),
        (["--post", "岗", "--penalty", "penalised", "--reason", "because"], "reason"),
        (["--post", "岗", "--result", "granted", "--not-applied", "x"], "not-applied"),
        (["--post", "岗", "--result", "granted", "--not-applied", "x=because"], "not-applied"),
        (["--post", "岗", "--result", "granted", "--applied", "x@y"], "applied"),
        (["--post", "岗", "--result", "granted", "--applied", "x@0"], "applied"),
        (["--result", "granted"], "post"),
    ],
)
def test_wrong_words_are_refused_before_anything_is_sent(arguments: list[str], field: str) -> None:
    assert field in refusal(client_command("outcomes", "report", "r-1", *arguments, "--target", "127.0.0.1:1"), 2)


def test_a_file_that_holds_no_cursor_is_refused(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "cursor"
    path.write_text("不是标记", "utf-8")
    arguments = ("watch", "--organ", ORGAN, "--once", "--cursor-file", str(path), "--target", service.target)
    assert "cursor-file" in refusal(client_command("outcomes", *arguments), 2)
    path.write_text("nonsense", "utf-8")
    assert "cursor" in refusal(client_command("outcomes", *arguments), 2)


def test_the_command_and_the_service_have_the_same_codes() -> None:
    assert [one.value for one in DepartureReason] == [one.value for one in Reason]
    assert [one.value for one in PenaltyKind] == [one.value for one in Penalty]
    assert set(titles.RESULTS) == set(Result)
