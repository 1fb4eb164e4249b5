"""From a receipt and what was kept with it to its explanation, by the rule set that the receipt itself names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TypeVar

import msgspec

from ...clock import legal_day
from ...decision.check.decide import JudgedSubject
from ...decision.check.decision import Decision
from ...decision.check.question import Question
from ...decision.knowledge import Feeds, Knowledge
from ...decision.leniency.decision import LeniencyDecision
from ...decision.leniency.question import LeniencyQuestion
from ...decision.level.decision import LevelDecision
from ...decision.level.question import LevelQuestion
from ...decision.outcome.titles import ANSWERS
from ...decision.outcome.values import OUTCOME, Done, Findings
from ...decision.parts import FeedUsed, canonical
from ...errors import StoreFault
from ...judging.second_opinion import SecondOpinion
from ...ledger.erased import ERASURE, ErasureAct, Part
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Asked
from ...rulebook.explain import titles_of
from ..replay.difference import only_reworded
from ..replay.stored import CHECK, LENIENCY, LEVEL
from . import check, leniency, level, precedence, remedies
from .known import known_of, sources_of
from .material import Material
from .near import near_misses
from .next_steps import next_steps
from .objections import NO_WAYS, objections
from .reported import decision_day, read_said, report_lines, said_lines
from .values import Explanation, Line, Objection
from .words import masked

KINDS = {CHECK: "信用核查", LEVEL: "监管等级查询", LENIENCY: "免罚判断", OUTCOME: "办理反馈", ERASURE: "依法删除记录"}
PARTS = {Part.QUESTION: "申请内容", Part.DECISION: "结论内容"}
NO_RULES = "数据库里没有当时的规则集, 规则的文字和名称不能显示"
DIFFERENT = "重新推算与当时的结论不完全相同, 以当时的结论为准; 差一点的规则没有列出"

T = TypeVar("T")


def explain(material: Material) -> Explanation:
    """The explanation. The same material gives the same one. Raises StoreFault for contents that can't be read."""
    try:
        return _EXPLAINERS.get(material.receipt.kind, _bare)(material)
    except msgspec.MsgspecError as fault:
        raise StoreFault("回执的内容读不出来", f"回执 {material.receipt.id}, 用 ledger verify 核查") from fault


# -- answers ----------------------------------------------------------------------------------------------------------


def _check(material: Material) -> Explanation:
    question = _read(material.contents.question, Question)
    decision = _read(material.contents.decision, Decision)
    base, rules = _bare(material), material.rule_set
    if question is not None:
        base = msgspec.structs.replace(
            base, question=check.question_lines(rules, question), subjects=check.subject_lines(question)
        )
    if decision is None:
        return _finished(base, material, Asked.CHECK, (), base.day)
    subjects, notes = _judged_again(rules, question, decision)
    given = question.facts if question is not None else {}
    return _finished(
        msgspec.structs.replace(
            base,
            day=decision.day.isoformat(),
            headline=check.headline(decision),
            known=known_of(rules, decision.known, _feeds(decision.feeds), decision.day),
            sources=sources_of(decision.feeds),
            findings=check.findings(rules, decision, subjects),
            near_misses=near_misses(subjects, given, titles_of(rules)) if rules is not None else (),
            precedence=precedence.of_check(rules, decision, subjects, given),
            missing=check.missing(decision.undetermined),
            remedies=remedies.of_check(rules, decision),
            notes=(*base.notes, *notes),
        ),
        material,
        Asked.CHECK,
        decision.known,
        decision.day.isoformat(),
    )


def _level(material: Material) -> Explanation:
    question = _read(material.contents.question, LevelQuestion)
    decision = _read(material.contents.decision, LevelDecision)
    base, rules = _bare(material), material.rule_set
    if question is not None:
        base = msgspec.structs.replace(
            base, question=level.question_lines(rules, question), subjects=(level.subject_line(question),)
        )
    if decision is None:
        return _finished(base, material, Asked.LEVEL, (), base.day)
    subjects, notes = _level_judged_again(rules, question, decision)
    return _finished(
        msgspec.structs.replace(
            base,
            day=decision.day.isoformat(),
            headline=level.headline(decision),
            known=known_of(rules, (decision.known,), _feeds(decision.feeds), decision.day),
            sources=sources_of(decision.feeds),
            findings=tuple(check.standing_findings(rules, decision.day, decision.standing, subjects)),
            near_misses=level.near_misses(subjects, titles_of(rules)) if rules is not None else (),
            precedence=precedence.of_level(rules, subjects),
            missing=check.missing(decision.undetermined),
            remedies=remedies.of_level(rules, decision.standing, decision.known, decision.day),
            notes=(*base.notes, *notes),
        ),
        material,
        Asked.LEVEL,
        (decision.known,),
        decision.day.isoformat(),
    )


def _leniency(material: Material) -> Explanation:
    question = _read(material.contents.question, LeniencyQuestion)
    decision = _read(material.contents.decision, LeniencyDecision)
    base, rules = _bare(material), material.rule_set
    if question is not None:
        base = msgspec.structs.replace(
            base, question=leniency.question_lines(rules, question), subjects=(leniency.subject_line(question),)
        )
    if decision is None:
        return _finished(base, material, Asked.LENIENCY, (), base.day)
    return _finished(
        msgspec.structs.replace(
            base,
            day=decision.day.isoformat(),
            headline=leniency.headline(decision),
            known=known_of(rules, (decision.known,), _feeds(decision.feeds), decision.day),
            sources=sources_of(decision.feeds),
            findings=leniency.findings(rules, decision),
            near_misses=leniency.near_misses(decision),
            precedence=precedence.of_leniency(decision),
            missing=check.missing(decision.missing),
            steps=leniency.step_lines(decision),
        ),
        material,
        Asked.LENIENCY,
        (decision.known,),
        decision.day.isoformat(),
    )


def _finished(base: Explanation, material: Material, asked: Asked, known: Iterable[Knowledge], day: str) -> Explanation:
    """With what was reported since, where to object, and what the subject can do now."""
    ways: tuple[Objection, ...] = ()
    notes = list(base.notes)
    if material.rule_set is not None:
        lists = {record.list for one in known for record in one.records if record.list}
        decided_on = decision_day(material.told)
        ways = objections(material.rule_set, asked, material.receipt.organ, lists, date.fromisoformat(day), decided_on)
    if not ways:
        notes.append(NO_WAYS)
    whole = msgspec.structs.replace(base, objections=ways, reports=report_lines(material.told), notes=tuple(notes))
    return msgspec.structs.replace(whole, next_steps=next_steps(whole))


# -- judged again, for what the decision does not hold ----------------------------------------------------------------


def _judged_again(
    rules: RuleSet | None, question: Question | None, decision: Decision
) -> tuple[tuple[JudgedSubject, ...], tuple[str, ...]]:
    """Each subject with all that held and failed; nothing where it can't be had or would not be what was decided."""
    if rules is None or question is None:
        return (), ()
    known, feeds = {one.identifier: one for one in decision.known}, _feeds(decision.feeds)
    opinion = SecondOpinion(rules)
    subjects = opinion.judged(question, known, feeds)
    return _if_same(subjects, opinion.decided(question, subjects), decision)


def _level_judged_again(
    rules: RuleSet | None, question: LevelQuestion | None, decision: LevelDecision
) -> tuple[tuple[JudgedSubject, ...], tuple[str, ...]]:
    """The same of a level question."""
    if rules is None or question is None:
        return (), ()
    opinion = SecondOpinion(rules)
    subject = opinion.judged_level(question, decision.known, _feeds(decision.feeds))
    return _if_same((subject,), opinion.level_decided(subject.profile), decision)


def _if_same(
    subjects: tuple[JudgedSubject, ...], again: Decision | LevelDecision, then: Decision | LevelDecision
) -> tuple[tuple[JudgedSubject, ...], tuple[str, ...]]:
    """Other words of another release make no other decision."""
    said, says = canonical(then), canonical(again)
    return (subjects, ()) if said == says or only_reworded(said, says) else ((), (DIFFERENT,))


def _feeds(used: Iterable[FeedUsed]) -> Feeds:
    return {feed.feed: feed.data_day for feed in used if feed.data_day is not None}


# -- receipts about receipts ------------------------------------------------------------------------------------------


def _outcome(material: Material) -> Explanation:
    """What was reported about which receipt, and what follows from it."""
    receipt, base = material.receipt, _bare(material)
    about = Line(label="关于回执", text=receipt.about)
    if material.contents.question is None:
        return msgspec.structs.replace(base, question=(about,))
    said = read_said(receipt.answer, material.contents.question)
    lines = (about, *said_lines(said))
    found = _read(material.contents.decision, Findings)
    follows = tuple(_follows(found)) if found is not None else ()
    headline = f"部门对回执 {receipt.about} 报告了办理情况: {lines[1].label}, {lines[1].text}。"
    return msgspec.structs.replace(base, question=lines, headline=headline, steps=follows)


_DONE = {Done.APPLIED: "已适用", Done.NOT_APPLIED: "没有适用", Done.SILENT: "没有说明"}


def _follows(found: Findings) -> Iterator[Line]:
    yield Line(label="当时的结论", text=ANSWERS.get(found.answer, found.answer))
    for one in found.followed:
        mark = ", 与结论不一致" if one.override or one.against_prohibition else ""
        yield Line(label=one.ordered.title, text=f"{_DONE[one.done]}{mark}")


def _erasure(material: Material) -> Explanation:
    """What was erased of which receipt, on which ground, by whom."""
    receipt, base = material.receipt, _bare(material)
    act = _read(material.contents.question, ErasureAct)
    if act is None:
        return base
    parts = "、".join(PARTS[part] for part in act.parts)
    return msgspec.structs.replace(
        base,
        day=act.day.isoformat(),
        headline=f"回执 {receipt.about} 的{parts}已于 {act.day} 依法删除。",
        question=(
            Line(label="删除哪份回执", text=act.receipt),
            Line(label="该回执的摘要", text=act.hash),
            Line(label="删除的内容", text=parts),
            Line(label="依据", text=masked(act.ground)),
            Line(label="经办", text=act.by),
            Line(label="日期", text=act.day.isoformat()),
        ),
    )


# -- what all have ----------------------------------------------------------------------------------------------------


def _bare(material: Material) -> Explanation:
    """What a receipt's columns say, and what was erased."""
    receipt = material.receipt
    issued = legal_day(datetime.fromisoformat(receipt.issued_at))
    gone = material.contents.question is None or material.contents.decision is None
    answer = ANSWERS.get(receipt.answer, "") if material.contents.decision is None else ""
    kind = KINDS.get(receipt.kind, receipt.kind)
    return Explanation(
        receipt=receipt.id,
        kind=receipt.kind,
        kind_title=kind,
        hash=receipt.hash,
        chain=receipt.chain,
        number=receipt.number,
        issued_at=receipt.issued_at,
        rule_set=receipt.rule_set,
        day=issued.isoformat(),
        headline=_erased_headline(kind, answer) if gone else kind,
        next_steps=(),
        question=(
            Line(label="部门", text=check.organ_title(material.rule_set, receipt.organ)),
            Line(label="事项", text=check.item_title(material.rule_set, receipt.item)),
            Line(label="办件编号", text=masked(receipt.case_number)),
        ),
        subjects=(),
        erased=tuple(_erasures(material)),
        notes=tuple(_notes(material)),
    )


def _erased_headline(kind: str, answer: str) -> str:
    told = f"留下的记录只说明当时的结论是: {answer}。" if answer else ""
    return f"这份{kind}回执的内容已依法删除, 不能再说明当时的具体情况。{told}"


def _erasures(material: Material) -> Iterator[str]:
    for one in material.erasures:
        parts = "、".join(PARTS[part] for part in one.parts)
        yield f"{parts}已于 {one.day} 依法删除, 依据: {masked(one.ground)}, 删除回执 {one.receipt}"


def _notes(material: Material) -> Iterator[str]:
    if material.altered:
        yield f"警告: 回执的内容与存证不符({'、'.join(material.altered)}), 下面的内容不可信, 请联系管理员核查账本"
    if material.rule_set is None:
        yield NO_RULES


def _read(content: bytes | None, kind: type[T]) -> T | None:
    return None if content is None else msgspec.json.decode(content, type=kind)


_EXPLAINERS = {CHECK: _check, LEVEL: _level, LENIENCY: _leniency, OUTCOME: _outcome, ERASURE: _erasure}
