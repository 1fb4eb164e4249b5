"""What a program and a person see of an answer."""

import io
import json
from datetime import date

import pytest
from rich.console import Console

from creditgate._contract import ErasedPart, ReceiptPart
from creditgate.cli.show import answers_table, failed_row, one_row, print_answer
from creditgate.cli.show_receipt import print_receipt
from creditgate.v1 import common_pb2, credit_check_pb2, receipts_pb2
from creditgate.values.check import CheckResult
from creditgate.values.receipts import ReceiptResult
from creditgate.wire import unpack

from .services import a_summary, an_answer


def shown(print_it, *args, width=200):
    out = io.StringIO()
    print_it(Console(file=out, width=width, markup=False, highlight=False), *args)
    return out.getvalue()


def test_the_plain_form_has_the_promised_keys_and_is_json():
    plain = json.loads(json.dumps(unpack(CheckResult, an_answer()).to_dict()))
    assert {"outcome", "grade", "level", "measures", "undetermined", "rule_set", "receipt"} <= plain.keys()
    assert {"measure", "kind", "duty", "basis", "rule", "evidence"} <= plain["measures"][0].keys()
    assert (plain["outcome"], plain["grade"], plain["level"], plain["receipt"]["receipt_id"]) == (
        "MEASURES",
        "C",
        "key",
        "r-1",
    )
    assert (plain["measures"][0]["kind"], plain["measures"][0]["duty"]) == ("restraint", "mandatory")
    assert plain["measures"][0]["evidence"][0]["until_on"] is None
    assert plain["as_of"] == "2026-04-01"


def test_the_first_subject_gives_grade_and_level_and_an_unsettled_one_is_empty():
    unsettled = common_pb2.Standing(identifier="x")
    result = unpack(CheckResult, an_answer(standings=[unsettled, an_answer().standings[0]]))
    assert (result.grade, result.level) == ("", "")


@pytest.mark.parametrize("outcome", ["CLEAR", "INCENTIVES", "MEASURES", "PROHIBITED", "UNDETERMINED"])
def test_every_outcome_can_be_shown(outcome):
    result = unpack(CheckResult, an_answer(outcome=credit_check_pb2.Outcome.Value(f"OUTCOME_{outcome}")))
    assert outcome in shown(print_answer, result)


def test_a_person_sees_all_that_the_answer_holds():
    text = shown(print_answer, unpack(CheckResult, an_answer()))
    for part in (
        "从严审查",
        "应当",
        "《某办法》(某令〔2020〕1号)第三条",
        "欠薪名单",
        "东样〔2026〕1号",
        "2027-01-02",
        "付清",
        "2026-07-02 起",
        "金额",
        "由 局 提供",
        "绿色通道",
        "规则四",
        "两次",
        "税务从未报送",
        "欠薪(1 天前)",
        "每月一次",
        "sha256:",
        "r-1",
    ):
        assert part in text, part


def test_a_record_can_not_steer_the_terminal_or_the_markup():
    title = "[red]x[/red]\x1b[2J\n\x9b31m"
    answer = an_answer()
    answer.measures[0].measure.title = title
    answer.measures[0].evidence[0].document_number = title
    answer.summary = title
    text = shown(print_answer, unpack(CheckResult, answer))
    assert "\x1b" not in text and "\x9b" not in text
    assert "[red]x[/red]" in text


def test_a_narrow_terminal_loses_nothing_of_the_receipt():
    assert "r-1" in shown(print_answer, unpack(CheckResult, an_answer()), width=40)


def test_many_answers_make_a_table():
    table = answers_table()
    table.add_row(*one_row("1", unpack(CheckResult, an_answer())))
    table.add_row(*failed_row("2", "不对\x1b"))
    text = shown(lambda console: console.print(table))
    assert "应当 从严审查" in text and "待定 金额" in text and "某令〔2020〕1号第三条" in text
    assert "未答复" in text and "\x1b" not in text


def test_the_receipt_of_a_level_question_is_shown_as_it_was_stored():
    stored = receipts_pb2.Receipt(summary=a_summary("r-2"), chain="w1", number=7, canonical_json=b'{"k":1}')
    result = unpack(ReceiptResult, stored)
    assert result.check is None
    assert result.erased == ()
    text = shown(print_receipt, result)
    assert '{"k":1}' in text and "第 7 号" in text


def test_what_was_erased_of_a_receipt_is_shown_with_day_and_ground():
    stored = receipts_pb2.Receipt(
        summary=a_summary("r-3"),
        canonical_json=b"{}",
        erased=[
            receipts_pb2.ErasedPart(
                part=receipts_pb2.RECEIPT_PART_DECISION,
                erased_on="2031-01-05",
                ground="个人信息保护法第四十七条",
                receipt_id="r-4",
            )
        ],
    )
    result = unpack(ReceiptResult, stored)
    assert result.erased == (ErasedPart(ReceiptPart.DECISION, date(2031, 1, 5), "个人信息保护法第四十七条", "r-4"),)
    text = shown(print_receipt, result)
    assert "核查结论: 已依法删除(2031-01-05, 依据: 个人信息保护法第四十七条, 删除回执 r-4)" in text.replace("\n", "")
