"""From a receipt and what was kept with it to its explanation, by the rule set that the receipt itself names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from ...clock import legal_day
from ...decision.knowledge import Knowledge
from ...decision.outcome.values import OUTCOME, Done, Findings
from ...errors import StoreFault
from ...judging.kinds import ANSWERS, CHECK, ERASURE, KINDS, LENIENCY, LEVEL, TITLES, Kind
from ...ledger.erasing import PARTS, Erasure, ErasureAct, erasures_of
from ...ledger.lookup import require_receipt
from ...ledger.pending import told_about
from ...ledger.receipt import Contents, Receipt, contents, digest_of, unkept_promises
from ...publication.rule_sets import load_rule_set
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue
from ...rulebook.titles import ROLES
from ...storage.database import Store
from ..sources.overruled import overruled_lines
from . import check, leniency, level
from .explainer import Explainer, feeds_then
from .known import known_of, sources_of
from .next_steps import next_steps
from .objections import NO_WAYS, objections
from .reported import decision_day, read_said, report_lines, said_lines
from .values import Explanation, LabelledLine, ObjectionSaid
from .words import item_title, masked, organ_title, shown_subject


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt with all that speaks of it."""

    receipt: Receipt
    contents: Contents
    rule_set: RuleSet | None
    """The receipt's own, never today's; None: the store has it not."""
    erasures: tuple[Erasure, ...] = ()
    told: tuple[Receipt, ...] = ()
    """Reports on it, the one that counts last."""
    altered: tuple[str, ...] = ()
    """Parts that are not what the receipt commits to."""


def material_of(store: Store, receipt_id: str) -> Material:
    """All that the store has on a receipt. Raises UnknownThing, StoreDown, StoreFault."""
    receipt = require_receipt(store, receipt_id)
    return gathered(store, receipt)


def gathered(store: Store, receipt: Receipt) -> Material:
    """The same of a receipt that was found. Raises StoreDown, StoreFault."""
    try:
        inside, altered = contents(receipt), unkept_promises(receipt)
    except msgspec.MsgspecError as fault:
        raise StoreFault("回执的内容读不出来", f"回执 {receipt.id}, 用 ledger verify 核查") from fault
    answers = receipt.kind not in (OUTCOME, ERASURE)
    return Material(
        receipt=receipt,
        contents=inside,
        rule_set=load_rule_set(store, receipt.rule_set),
        erasures=erasures_of(store, receipt.id),
        told=tuple(told_about(store, receipt.id)) if answers else (),
        altered=altered,
    )


NO_RULES = "数据库里没有当时的规则集, 规则的文字和名称不能显示"

T = TypeVar("T")
_read_findings = msgspec.json.Decoder(Findings).decode
_read_act = msgspec.json.Decoder(ErasureAct).decode


def explain(material: Material) -> Explanation:
    """The explanation. The same material gives the same one. Raises StoreFault for contents that can't be read."""
    try:
        kind = KINDS.get(material.receipt.kind)
        return _answer(kind, material) if kind is not None else _ABOUT.get(material.receipt.kind, _bare)(material)
    except msgspec.MsgspecError as fault:
        raise StoreFault("回执的内容读不出来", f"回执 {material.receipt.id}, 用 ledger verify 核查") from fault


# -- answers ----------------------------------------------------------------------------------------------------------


def _answer(kind: Kind[Any, Any], material: Material) -> Explanation:
    explainer, rules, base = EXPLAINERS[kind.code], material.rule_set, _bare(material)
    question = _read(material.contents.question, kind.read_question)
    catalogue = None if rules is None else rules.catalogue
    decision = _read(material.contents.decision, lambda stored: kind.read_decision(stored, catalogue))
    if question is not None:
        base = msgspec.structs.replace(
            base,
            question=explainer.question(rules, question),
            subjects=tuple(
                f"{shown_subject(one.identifier)}({explainer.party or ROLES[one.role]})"
                for one in kind.subjects(question)
            ),
        )
    if decision is None:
        return _finished(base, material, (), base.day)
    if question is not None:
        added = (
            f"{shown_subject(one.identifier)}({ROLES[one.role]}, 依登记数据)" for one in kind.added(question, decision)
        )
        base = msgspec.structs.replace(base, subjects=(*base.subjects, *added))
    known = decision.known if isinstance(decision.known, tuple) else (decision.known,)
    parts = explainer.parts(rules, question, decision)
    headline = explainer.headline(decision) if explainer.headline is not None else f"{kind.headline(decision)}。"
    whole = msgspec.structs.replace(
        base,
        day=decision.day.isoformat(),
        headline=headline,
        known=known_of(rules, known, feeds_then(decision.feeds), decision.day),
        sources=sources_of(decision.feeds),
        findings=parts.findings,
        near_misses=parts.near_misses,
        precedence=parts.precedence,
        missing=check.missing(kind.open(decision)),
        remedies=parts.remedies,
        steps=parts.steps,
        notes=(*base.notes, *_overruled(rules, known), *parts.notes),
    )
    return _finished(whole, material, known, decision.day.isoformat())


def _overruled(rules: RuleSet | None, known: Iterable[Knowledge]) -> Iterator[str]:
    """What sources said that does not count."""
    catalogue = Catalogue() if rules is None else rules.catalogue
    for one in known:
        yield from (f"来源之间不一致, {line}" for line in overruled_lines(one, catalogue))


def _finished(base: Explanation, material: Material, known: Iterable[Knowledge], day: str) -> Explanation:
    """With what was reported since, where to object, and what the subject can do now."""
    ways: tuple[ObjectionSaid, ...] = ()
    notes = list(base.notes)
    if material.rule_set is not None:
        lists = {record.list for one in known for record in one.records if record.list}
        decided_on = decision_day(material.told)
        ways = objections(
            material.rule_set, base.kind, material.receipt.organ, lists, date.fromisoformat(day), decided_on
        )
    if not ways:
        notes.append(NO_WAYS)
    whole = msgspec.structs.replace(base, objections=ways, reports=report_lines(material.told), notes=tuple(notes))
    return msgspec.structs.replace(whole, next_steps=next_steps(whole))


# -- receipts about receipts ------------------------------------------------------------------------------------------


def _outcome(material: Material) -> Explanation:
    """What was reported about which receipt, and what follows from it."""
    receipt, base = material.receipt, _bare(material)
    about = LabelledLine(label="关于回执", text=receipt.about)
    if material.contents.question is None:
        return msgspec.structs.replace(base, question=(about,))
    said = read_said(receipt.answer, material.contents.question)
    lines = (about, *said_lines(said))
    found = _read(material.contents.decision, _read_findings)
    follows = tuple(_follows(found)) if found is not None else ()
    headline = f"部门对回执 {receipt.about} 报告了办理情况: {lines[1].label}, {lines[1].text}。"
    return msgspec.structs.replace(base, question=lines, headline=headline, steps=follows)


_DONE = {Done.APPLIED: "已适用", Done.NOT_APPLIED: "没有适用", Done.SILENT: "没有说明"}


def _follows(found: Findings) -> Iterator[LabelledLine]:
    yield LabelledLine(label="当时的结论", text=ANSWERS.get(found.answer, found.answer))
    for one in found.followed:
        mark = ", 与结论不一致" if one.override or one.against_prohibition else ""
        yield LabelledLine(label=one.ordered.title, text=f"{_DONE[one.done]}{mark}")


def _erasure(material: Material) -> Explanation:
    """What was erased of which receipt, on which ground, by whom."""
    receipt, base = material.receipt, _bare(material)
    act = _read(material.contents.question, _read_act)
    if act is None:
        return base
    parts = "、".join(PARTS[part] for part in act.parts)
    return msgspec.structs.replace(
        base,
        day=act.day.isoformat(),
        headline=f"回执 {receipt.about} 的{parts}已于 {act.day} 依法删除。",
        question=(
            LabelledLine(label="删除哪份回执", text=act.receipt),
            LabelledLine(label="该回执的摘要", text=act.hash),
            LabelledLine(label="删除的内容", text=parts),
            LabelledLine(label="依据", text=masked(act.ground)),
            LabelledLine(label="经办", text=act.by),
            LabelledLine(label="日期", text=act.day.isoformat()),
        ),
    )


# -- what all have ----------------------------------------------------------------------------------------------------


def _bare(material: Material) -> Explanation:
    """What a receipt's columns say, and what was erased."""
    receipt = material.receipt
    issued = legal_day(datetime.fromisoformat(receipt.issued_at))
    gone = material.contents.question is None or material.contents.decision is None
    answer = ANSWERS.get(receipt.answer, "") if material.contents.decision is None else ""
    kind = TITLES.get(receipt.kind, receipt.kind)
    return Explanation(
        receipt=receipt.id,
        kind=receipt.kind,
        kind_title=kind,
        digest=digest_of(receipt),
        chain=receipt.chain,
        number=receipt.number,
        issued_at=receipt.issued_at,
        rule_set=receipt.rule_set,
        day=issued.isoformat(),
        headline=_erased_headline(kind, answer) if gone else kind,
        next_steps=(),
        question=(
            LabelledLine(label="部门", text=organ_title(material.rule_set, receipt.organ)),
            LabelledLine(label="事项", text=item_title(material.rule_set, receipt.item)),
            LabelledLine(label="办件编号", text=masked(receipt.case_number)),
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


def _read(content: bytes | None, read: Callable[[bytes], T]) -> T | None:
    return None if content is None else read(content)


EXPLAINERS: dict[str, Explainer[Any, Any]] = {
    CHECK.code: check.EXPLAINER,
    LEVEL.code: level.EXPLAINER,
    LENIENCY.code: leniency.EXPLAINER,
}
"""By kind: a row for each of `judging/kinds.py`."""
_ABOUT = {OUTCOME: _outcome, ERASURE: _erasure}
"""Receipts about receipts."""
