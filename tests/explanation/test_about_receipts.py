"""Receipts about receipts: what was reported about which, and what was erased on which ground."""

from __future__ import annotations

from datetime import date

from creditgate_server.decision.outcome.values import (
    Done,
    Findings,
    FollowUp,
    MeasureDone,
    OrderedDuty,
    OrderingRule,
    Reason,
    Report,
    Result,
    Retraction,
)
from creditgate_server.decision.parts import canonical
from creditgate_server.ledger.erasing import ErasureAct, ErasureProof, Part
from creditgate_server.ledger.receipt import Draft
from creditgate_server.rulebook.language import Duty
from creditgate_server.studies.explanation.explanation import explain

from .receipts import material, reported, written


def test_a_report_is_explained_with_what_follows_from_it() -> None:
    said = Report(
        about="r-check",
        result=Result.GRANTED,
        decided_on=date(2026, 8, 4),
        post="审批岗",
        measures=(MeasureDone(code="strict-review", applied=False, reason=Reason.LEGAL, words="上级另有规定"),),
    )
    ordered = OrderedDuty(code="strict-review", title="从严审查", duty=Duty.MANDATORY, rules=(OrderingRule(id="x"),))
    found = Findings(answer="measures", followed=(FollowUp(ordered=ordered, done=Done.NOT_APPLIED, override=True),))
    told = explain(material(reported(said, "granted", found)))
    assert told.kind_title == "办理反馈"
    assert told.headline == "部门对回执 r-check 报告了办理情况: 办理结果, 准予, 2026-08-04 决定, 岗位: 审批岗。"
    assert [(line.label, line.text) for line in told.question] == [
        ("关于回执", "r-check"),
        ("办理结果", "准予, 2026-08-04 决定, 岗位: 审批岗"),
        ("措施 strict-review", "未适用(另有法律规定, 上级另有规定)"),
    ]
    assert [(line.label, line.text) for line in told.steps] == [
        ("当时的结论", "适用惩戒措施"),
        ("从严审查", "没有适用, 与结论不一致"),
    ]


def test_a_withdrawal_says_why() -> None:
    said = Retraction(about="r-check", post="审批岗", note="报错了")
    told = explain(material(reported(said, "retracted", Findings(answer="measures"))))
    assert ("撤回以前的反馈", "报错了") in {(line.label, line.text) for line in told.question}


def test_an_erasure_names_the_receipt_the_parts_and_the_ground() -> None:
    act = ErasureAct(
        receipt="r-check",
        hash="a" * 64,
        parts=(Part.QUESTION, Part.DECISION),
        ground="个人信息保护法第四十七条第一款第一项",
        by="officer",
        at="2031-01-05T02:00:00.000000Z",
        day=date(2031, 1, 5),
    )
    draft = Draft(
        caller="officer",
        request_id=None,
        body_digest="",
        kind="erasure",
        organ="market-regulation",
        item="",
        case_number="1",
        answer="erased",
        about="r-check",
        rule_set="sha256:0",
        question=canonical(act),
        decision=canonical(ErasureProof(signature="x", public_key="y")),
    )
    told = explain(material(written(draft), with_rules=False))
    assert told.headline == "回执 r-check 的申请内容、结论内容已于 2031-01-05 依法删除。"
    assert ("依据", "个人信息保护法第四十七条第一款第一项") in {(line.label, line.text) for line in told.question}
    assert (told.objections, told.findings) == ((), ())
