"""What may be registered: every refusal is typed and says what to do."""

from __future__ import annotations

from datetime import date

from creditgate import limits

from ...codes import PERSON_KEY, uscc_fault
from ...errors import InvalidQuestion, NotYours, UnknownThing
from .values import AnswerReceipt, CorrectionReport, Grant, RegisterGrant

LENIENCY = "leniency"
"""Kind of the receipts that a grant may rest on."""
LAST_DAY = date(2199, 12, 31)


def check_receipt(grant: Grant, receipt: AnswerReceipt | None) -> None:
    """Whether a grant may rest on a receipt. Raises UnknownThing, InvalidQuestion, NotYours."""
    if receipt is None or receipt.id != grant.receipt_id:
        raise UnknownThing(f"没有回执 {grant.receipt_id[:40]}", "核对回执编号", "receipt_id")
    if receipt.organ != grant.organ:
        raise NotYours("这份回执属于其他部门", "由提出询问的部门登记", "organ")
    if receipt.kind != LENIENCY:
        raise InvalidQuestion("这份回执不是免罚判断的回执", "先作免罚判断, 用它的回执登记", "receipt_id")
    if receipt.subject != grant.subject:
        raise InvalidQuestion("主体与回执里的不是同一个", "按回执填写主体", "subject")
    if receipt.exemption and receipt.exemption != grant.exemption:
        raise InvalidQuestion(f"回执里的免罚事项是 {receipt.exemption}", "按回执填写事项, 或重新判断", "exemption")


def check_grant(grant: Grant, today: date) -> None:
    """Whether a grant is sound in itself. `today`: the legal day on which it is registered. Raises InvalidQuestion."""
    if not PERSON_KEY.fullmatch(grant.subject):
        fault = uscc_fault(grant.subject)
        if fault:  # it may be a person's number: the message never repeats it
            raise InvalidQuestion(fault, "自然人用个人标识, 不用证件号码", "subject")
    if grant.list and not grant.exemption:
        raise InvalidQuestion("写了清单却没有写事项", "写上清单里的事项, 或两项都不写", "exemption")
    if grant.decided_on > today:
        raise InvalidQuestion("决定日期还没有到", f"不晚于 {today}", "decided_on")
    if grant.due_on is not None and not grant.decided_on <= grant.due_on < LAST_DAY:
        raise InvalidQuestion("改正期限的最后一天早于决定日期, 或者过远", "决定前已经改正的, 不写改正期限", "due_on")
    if not 0 <= grant.fine_forgone_fen <= limits.LARGEST_FORGONE_FEN:
        raise InvalidQuestion("免去的罚款应不小于零", "单位是分", "fine_forgone_fen")
    check_text(grant.document_number, "document_number", limits.LONGEST_DOCUMENT_NUMBER)
    check_text(grant.note, "note", limits.LONGEST_GRANT_NOTE)


def check_report(granted: RegisterGrant, report: CorrectionReport, today: date) -> None:
    """Whether a report may be taken down. Raises InvalidQuestion."""
    if report.corrected_on is not None and report.corrected_on > today:
        raise InvalidQuestion("改正日期还没有到", f"不晚于 {today}", "corrected_on")
    if report.kept_promise is False and not granted.grant.promise_made:
        raise InvalidQuestion("这次免罚没有改正承诺, 不能登记违背承诺", "不写是否守诺", "kept_promise")


def check_text(text: str, field: str, longest: int) -> None:
    """Whether a text can be kept and read. Raises InvalidQuestion."""
    if len(text) > longest:
        raise InvalidQuestion(f"超过 {longest} 个字符", "写短一些", field)
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
        raise InvalidQuestion("含有控制字符", "删去不可见的字符", field)
