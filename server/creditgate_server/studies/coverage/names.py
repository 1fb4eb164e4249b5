"""Chinese titles of the closed sets: the one place where they stand."""

from __future__ import annotations

from ...decision.outcome.values import REASONS, RESULTS, WORDS_ALONE
from ...decision.outcome.values import Reason as Departure
from ...judging.kinds import ANSWERS
from ...pages.figures import percent
from ...rulebook.catalogue import MeasureKind
from ...rulebook.language import Duty
from ...rulebook.titles import DUTIES
from .classes import MISSES, Class, MeasureFate, Remark, UnmatchedReason
from .report import CoverageReport

CLASSES: dict[Class, str] = {
    Class.IN_TIME: "按时核查",
    Class.LATE: "事后核查",
    Class.PROHIBITED: "依法不予办理仍颁发",
    Class.MEASURE_MISSING: "应当措施未落实",
    Class.NOT_CHECKED: "未核查",
    Class.UNMATCHED: "无法比对",
}
MEANINGS: dict[Class, str] = {
    Class.IN_TIME: "颁发前的期限内(含当日)核查过, 应当实施的措施都有反馈",
    Class.LATE: "颁发之后才核查",
    Class.PROHIBITED: "颁发前核查过, 结论是法律不准许, 仍然颁发",
    Class.MEASURE_MISSING: "颁发前核查过, 有应当实施的措施没有实施, 或者没有反馈",
    Class.NOT_CHECKED: "颁发前后的期限内都没有核查",
    Class.UNMATCHED: "行里的内容不足以比对, 原因见后",
}
REMARKS: dict[Remark, str] = {
    Remark.UNDETERMINED: "结论不能确定, 应由人工处理",
    Remark.ERASED: "核查内容已依法删除",
    Remark.LATE_PROHIBITED: "事后核查结论为依法不予办理",
    Remark.PROHIBITED_REASON_GIVEN: "反馈说明了颁发的理由",
    Remark.PROHIBITED_REFUSED: "反馈为不予许可或撤回申请",
    Remark.PROHIBITED_SILENT: "没有反馈颁发的理由",
    Remark.MEASURE_REASON_GIVEN: "未实施, 反馈说明了理由",
    Remark.MEASURE_SILENT: "没有反馈是否实施",
}
UNMATCHED: dict[UnmatchedReason, str] = {
    UnmatchedReason.BAD_CELL: "单元格过长或含控制字符",
    UnmatchedReason.DOUBTFUL_CELL: "单元格的值不可信",
    UnmatchedReason.NO_SUBJECT: "没有主体代码",
    UnmatchedReason.BAD_CODE: "统一社会信用代码有误",
    UnmatchedReason.BAD_PERSON: "自然人证件有误",
    UnmatchedReason.NO_DATE: "没有许可日期",
    UnmatchedReason.BAD_DATE: "许可日期有误",
    UnmatchedReason.OUTSIDE_PERIOD: "不在比对期间",
    UnmatchedReason.NO_ITEM: "没有写明事项",
    UnmatchedReason.UNKNOWN_ITEM: "目录中没有的事项",
    UnmatchedReason.AMBIGUOUS_ITEM: "名称对应几个事项",
    UnmatchedReason.EXEMPT_ITEM: "对照表写明不需核查",
    UnmatchedReason.DOUBLED: "重复的行",
}
DONE: dict[MeasureFate, str] = {
    MeasureFate.APPLIED: "已实施",
    MeasureFate.REFUSED: "未实施, 说明了理由",
    MeasureFate.SILENT: "没有反馈",
    MeasureFate.DROPPED: "后一次核查不再要求",
    MeasureFate.ERASED: "反馈已依法删除",
}
KINDS: dict[MeasureKind, str] = {MeasureKind.INCENTIVE: "激励", MeasureKind.RESTRAINT: "惩戒"}


def answer_title(code: str) -> str:
    """What a check came to."""
    return ANSWERS.get(code, code)


def result_title(code: str) -> str:
    """What became of a case, as reported."""
    return {result.value: title for result, title in RESULTS.items()}.get(code, code)


def departure_title(code: str) -> str:
    """Why a measure was not applied; an empty code: in words alone."""
    return REASONS[Departure(code)] if code else WORDS_ALONE


def duty_title(duty: Duty) -> str:
    """Must or may."""
    return DUTIES[duty]


def headline(report: CoverageReport) -> str:
    """What it comes to, in one sentence."""
    figures = report.figures
    if not figures.licences:
        return f"文件 {report.rows:,} 行, 没有一行可以比对"
    rates = f"按时核查率 {percent(figures.checked_ppm)}, 完全落实率 {percent(figures.covered_ppm)}"
    missed = "、".join(f"{CLASSES[one]} {figures.of(one):,}" for one in MISSES if figures.of(one))
    unmatched = f"; 另有 {report.unmatched:,} 行无法比对" if report.unmatched else ""
    return f"比对许可 {figures.licences:,} 件: {rates}; {missed or '没有遗漏'}{unmatched}"


def verdict(report: CoverageReport) -> str:
    """Whether "every required check made, every measure applied" holds of the files."""
    if not report.misses:
        return "应查必查、奖惩到位: 文件中的许可全部落实"
    return f"未落实或无法证明的共 {report.misses:,} 件(行)"
