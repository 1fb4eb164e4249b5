"""What a report must say, and what follows from it. Every fault is an InvalidQuestion that names field and measure.

The promise behind it: nothing that an answer made mandatory is left out in silence (奖惩到位).
"""

from __future__ import annotations

from ...errors import InvalidQuestion
from ...rulebook.language import Duty
from .values import (
    APPROVALS,
    GRANTING,
    PENALTIES,
    REASONS,
    RESULTS,
    AnswerDuties,
    Done,
    Findings,
    FollowUp,
    MeasureDone,
    OrderedDuty,
    Penalty,
    Reason,
    Report,
    Result,
)

_CODES = "、".join(reason.value for reason in Reason)


def findings(report: Report, answered: AnswerDuties) -> tuple[Report, Findings]:
    """The report with each measure put to its subjects, in the answer's order, and what follows from it.

    Raises InvalidQuestion where the report is of the other kind, leaves out or contradicts what was called for, or
    speaks of what was not.
    """
    _require_its_kind(report, answered)
    said = _said(report, answered)
    followed: list[FollowUp] = []
    if answered.verdict is not None:
        followed.append(_verdict(report, answered, answered.verdict))
    for ordered in answered.measures:
        followed.append(_measure(report, ordered, *said.get(ordered.key, (-1, None))))
    measures = tuple(said[ordered.key][1] for ordered in answered.measures if ordered.key in said)
    complete = Report(**{name: getattr(report, name) for name in report.__struct_fields__} | {"measures": measures})
    return complete, Findings(answer=answered.answer, followed=tuple(followed))


def _require_its_kind(report: Report, answered: AnswerDuties) -> None:
    of_approval = answered.verdict is None
    wanted, field = (APPROVALS, "approval") if of_approval else (PENALTIES, "penalty")
    if report.result not in wanted:
        what = "核查回执须反馈审批结果" if of_approval else "免罚回执须反馈处罚决定"
        raise InvalidQuestion(what, f"请填写 {field}", field)


# -- which measure is meant -----------------------------------------------------------------------------------------


def _said(report: Report, answered: AnswerDuties) -> dict[tuple[str, int], tuple[int, MeasureDone]]:
    """What the report says of each measure and subject, with the place at which it says so."""
    said: dict[tuple[str, int], tuple[int, MeasureDone]] = {}
    for place, done in enumerate(report.measures):
        for ordered in _meant(done, place, answered):
            if ordered.key in said:
                hint = f"measures[{said[ordered.key][0]}] 已说明同一主体的这项措施"
                raise InvalidQuestion(f"措施 {_named(ordered)} 说了两次", hint, f"measures[{place}].measure")
            one = MeasureDone(
                code=done.code, subject=ordered.subject, applied=done.applied, reason=done.reason, words=done.words
            )
            said[ordered.key] = (place, one)
    return said


def _meant(done: MeasureDone, place: int, answered: AnswerDuties) -> list[OrderedDuty]:
    of_code = [ordered for ordered in answered.measures if ordered.code == done.code]
    if not of_code:
        known = "、".join(dict.fromkeys(ordered.code for ordered in answered.measures)) or "无"
        hint = f"回执的措施: {known}"
        raise InvalidQuestion(f"回执没有措施 {done.code}", hint, f"measures[{place}].measure")
    if done.subject is None:
        return of_code
    meant = [ordered for ordered in of_code if ordered.subject == done.subject]
    if not meant:
        subjects = "、".join(str(ordered.subject) for ordered in of_code)
        message = f"回执对主体 {done.subject} 没有措施 {done.code}"
        raise InvalidQuestion(message, f"这项措施适用的主体: {subjects}", f"measures[{place}].subject")
    return meant


# -- what follows for a measure -------------------------------------------------------------------------------------


def _measure(report: Report, ordered: OrderedDuty, place: int, done: MeasureDone | None) -> FollowUp:
    """What became of a measure. `place`: of what is said on it in the report."""
    granted_all_the_same = ordered.prohibits and report.result in GRANTING
    required = ordered.duty is Duty.MANDATORY or granted_all_the_same
    if done is None:
        if required and report.result is not Result.PENDING:  # while it is pending, all of it may still be done
            raise _silent(ordered)
        return FollowUp(ordered=ordered, done=Done.SILENT)
    field = f"measures[{place}]"
    if done.applied:
        _require_sound(ordered, done, field, granted_all_the_same)
        return FollowUp(ordered=ordered, done=Done.APPLIED)
    if required and done.reason is None:
        raise InvalidQuestion(f"应当适用的措施 {_named(ordered)} 未适用而没有理由", _a_reason(), f"{field}.reason")
    if not required and done.reason is None and not done.words.strip():
        hint = f"请写明原因, 或给出理由代码: {_CODES}"
        raise InvalidQuestion(f"措施 {_named(ordered)} 未适用而没有说明", hint, f"{field}.words")
    _require_words(done.reason, done.words, f"措施 {_named(ordered)} ", f"{field}.words")
    override = required and done.reason is not Reason.OTHER_ORGAN and report.result is not Result.WITHDRAWN
    return FollowUp(
        ordered=ordered,
        done=Done.NOT_APPLIED,
        reason=done.reason,
        override=override or granted_all_the_same,
        against_prohibition=granted_all_the_same,
    )


def _silent(ordered: OrderedDuty) -> InvalidQuestion:
    subject = f", 主体 {ordered.subject}" if ordered.subject else ""
    message = f"没有反馈应当适用的措施 {_named(ordered)}{subject}"
    return InvalidQuestion(message, f"请反馈已适用, 或未适用及其理由: {_CODES}", f"measures[{ordered.code}]")


def _require_sound(ordered: OrderedDuty, done: MeasureDone, field: str, granted_all_the_same: bool) -> None:
    if granted_all_the_same:
        message = f"法律禁止准予({_named(ordered)}), 不能既适用又准予"
        raise InvalidQuestion(message, f"准予的须写明未适用的理由: {_CODES}", f"{field}.applied")
    if done.reason is not None:
        message = f"措施 {_named(ordered)} 已适用, 不应有未适用的理由"
        raise InvalidQuestion(message, "去掉 reason, 或改为未适用", f"{field}.reason")


# -- what follows for a violation -----------------------------------------------------------------------------------


def _verdict(report: Report, answered: AnswerDuties, verdict: OrderedDuty) -> FollowUp:
    """What became of an answer that speaks of a penalty."""
    _require_whole_penalty(report)
    contrary = answered.contrary
    departs = report.result in contrary.results or not set(contrary.penalties).isdisjoint(report.penalties)
    if not departs:
        if report.reason is not None:
            raise InvalidQuestion("决定与结论一致, 不应有偏离的理由", "去掉 reason", "penalty.reason")
        return FollowUp(ordered=verdict, done=Done.APPLIED)
    binding = verdict.duty is Duty.MANDATORY
    if binding and report.reason is None:
        message = f"结论为“{answered.title}”, 决定为{RESULTS[report.result]}而没有理由"
        raise InvalidQuestion(message, _a_reason(), "penalty.reason")
    return FollowUp(ordered=verdict, done=Done.NOT_APPLIED, reason=report.reason, override=binding)


def _require_whole_penalty(report: Report) -> None:
    penalised = report.result is Result.PENALISED
    if penalised and not report.penalties:
        raise InvalidQuestion("予以处罚而没有处罚种类", "请列出处罚种类", "penalty.kinds")
    if not penalised and report.penalties:
        raise InvalidQuestion(f"{RESULTS[report.result]}不应有处罚种类", "去掉处罚种类", "penalty.kinds")
    if len(set(report.penalties)) < len(report.penalties):
        raise InvalidQuestion("处罚种类重复", "每种只写一次", "penalty.kinds")
    if (Penalty.FINE in report.penalties) != (report.fine_fen > 0):
        raise InvalidQuestion("罚款与金额不一致", "有罚款的须写金额(分), 没有罚款的不写金额", "penalty.fine_fen")
    _require_words(report.reason, report.words, "", "penalty.words")
    if report.result is Result.OTHER and not report.words.strip():
        raise InvalidQuestion("其他处理须有说明", "请写明如何处理, 例如移送", "penalty.words")


# -- words ----------------------------------------------------------------------------------------------------------


def _require_words(reason: Reason | None, words: str, what: str, field: str) -> None:
    if reason is Reason.OTHER and not words.strip():
        raise InvalidQuestion(f"{what}理由为“{REASONS[reason]}”而没有说明", "请写明理由", field)


def _named(ordered: OrderedDuty) -> str:
    return f"{ordered.title}({ordered.code})"


def _a_reason() -> str:
    return f"请给出理由代码: {_CODES}"
