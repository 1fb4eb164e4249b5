"""What goes with an answer: soft measures, and the steps of the procedure with their days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ...rulebook.catalogue import Catalogue, ExemptionList, Span, as_told
from ...rulebook.language import (
    CORRECTION_TERM,
    DISCOVERED_ON,
    PARTY_HEARD,
    RECHECK_TERM,
    GiveLeniency,
    Leniency,
    Rule,
    WithinTest,
    leaves,
)
from ..dossier import Dossier
from ..violation import Violation
from .decision import ProcedureStep, SoftMeasureDue

EXEMPTED = (Leniency.NO_PENALTY_MINOR, Leniency.MAY_BE_EXEMPT, Leniency.FINE_MAY_BE_WAIVED)
"""Answers after which the act goes into the register of first violations (首违台账)."""
NOT_PENALISED = (*EXEMPTED, Leniency.NO_PENALTY_CAPACITY, Leniency.NO_PENALTY_NO_FAULT)
"""Answers after which the organ educates the party. Source: 行政处罚法 第三十三条第三款."""
_CORRECTED_ON = "corrected_on"
_SAY_CORRECTED = ("corrected", "corrected_timely", "corrected_on_the_spot", "corrected_before_order")
"""Facts of which each says that the act has been corrected."""
_ORDER_CORRECTION, _EDUCATION, _PROMISE = "order-correction", "education", "promise"


def soft_measures(
    dossier: Dossier, violation: Violation, leniency: Leniency, rules: Iterable[Rule], waiting: Iterable[Rule] = ()
) -> tuple[SoftMeasureDue, ...]:
    """Measures that the deciding rules order, and those that the law orders anyway: correction and education.

    `waiting`: the rules that an undetermined answer waits for: the party must still be able to meet their terms.
    """
    rules = tuple(rules)
    codes: list[str] = []
    if not _corrected(violation):
        codes.append(_ORDER_CORRECTION)  # 行政处罚法 第二十八条第一款: what is corrected already needs no order
    if leniency in NOT_PENALISED:
        codes.append(_EDUCATION)
    for rule in rules:
        if isinstance(rule.then, GiveLeniency):
            codes.extend(code for code in rule.then.measures if code != _ORDER_CORRECTION)
    entries = dossier.catalogue.soft_measures
    due = correction_due(dossier.catalogue, violation, (*rules, *waiting))
    return tuple(
        SoftMeasureDue(
            code=code,
            title=entries[code].title,
            due_on=due if code == _ORDER_CORRECTION else None,
            basis=as_told(entries[code].basis),
        )
        for code in dict.fromkeys(codes)
        if code in entries
    )


def _corrected(violation: Violation) -> bool:
    """Whether it is known that the act has been corrected, on whatever day."""
    return any(violation.given.get(name) == 1 for name in _SAY_CORRECTED)


def correction_due(catalogue: Catalogue, violation: Violation, rules: Iterable[Rule]) -> date | None:
    """The last day for the correction, inclusive: as ordered, else as the rules ask, else by the general term.

    Where rules ask for several, the earliest that has not passed; None where that year is not arranged yet.
    """
    ordered = violation.day_of("deadline_on")
    found = violation.day_of(DISCOVERED_ON)
    if ordered is not None or found is None:
        return ordered
    asked = [violation.working_days.end_of(found, span) for rule in rules for span in _terms(rule)]
    to_come = [end for end in asked if end is None or end >= violation.day]
    if to_come:
        return min((end for end in to_come if end is not None), default=None)
    days = _parameter(catalogue, CORRECTION_TERM, violation.day)
    return None if days is None else violation.working_days.end_of(found, Span(days=days))


def _terms(rule: Rule) -> Iterator[Span]:
    """Periods from the discovery within which a rule asks for the correction."""
    for leaf in leaves(rule.when):
        from_discovery = isinstance(leaf, WithinTest) and (leaf.fact, leaf.since) == (_CORRECTED_ON, DISCOVERED_ON)
        if isinstance(leaf, WithinTest) and from_discovery and leaf.span != Span():
            yield leaf.span


def steps(
    dossier: Dossier, violation: Violation, leniency: Leniency, rules: Iterable[Rule], measures: Iterable[str]
) -> tuple[ProcedureStep, ...]:
    """The procedure that follows."""
    rules = tuple(rules)
    if leniency is Leniency.UNDETERMINED:
        return (_step("investigate", "补充查明尚不能确定的事实", note="见“还需查明”"),)
    if leniency is Leniency.PAST_LIMITATION:
        return (_step("close", "不再给予行政处罚, 已立案的依法结案"),)
    if leniency not in NOT_PENALISED:
        hear = () if violation.given.get(PARTY_HEARD) == 1 else (_hear(),)
        note = "自立案之日起九十日内作出行政处罚决定(行政处罚法第六十条)"
        return (_step("file", "立案, 按一般程序或者简易程序调查处理", note=note), *hear)
    return tuple(_lenient_steps(dossier, violation, leniency, rules, frozenset(measures)))


def _lenient_steps(
    dossier: Dossier, violation: Violation, leniency: Leniency, rules: tuple[Rule, ...], measures: frozenset[str]
) -> Iterator[ProcedureStep]:
    yield _step("verify", "核查违法事实, 指出违法之处, 保存证据")
    if violation.given.get(PARTY_HEARD) != 1:
        yield _hear()
    corrected = _corrected(violation)
    due = correction_due(dossier.catalogue, violation, rules)
    if _PROMISE in measures or (leniency is Leniency.MAY_BE_EXEMPT and not corrected):
        yield _step("promise", "当事人自愿签订改正承诺书, 写明改正事项和期限", due_on=None if corrected else due)
    if leniency is Leniency.NO_PENALTY_CAPACITY:
        yield _step("guardian", "责令监护人加以管教, 或者严加看管和治疗")
    yield _step("decide", "制作不予行政处罚决定书, 同时教育当事人", note="载明事实、依据和救济途径")
    if leniency in EXEMPTED:
        yield _step("register", "登记首违台账", note="creditgate exemptions grant")
    yield _recheck(dossier.catalogue, violation, rules, violation.day if corrected else due)


def _recheck(catalogue: Catalogue, violation: Violation, rules: tuple[Rule, ...], start: date | None) -> ProcedureStep:
    """When the organ looks again: after the correction was due, or after the decision where all is corrected."""
    term = next((listed.recheck for listed in _lists(catalogue, rules) if listed.recheck is not None), None)
    if term is None:
        days = _parameter(catalogue, RECHECK_TERM, violation.day)
        term = None if days is None else Span(working_days=days)
    day = None if term is None or start is None else violation.working_days.end_of(start, term)
    unknown = day is None and term is not None and start is not None
    note = "该年的工作日安排尚未录入, 日期待定" if unknown else "未按期改正的, 依法处理"
    return _step("recheck", "复查改正情况", due_on=day, note=note)


def _lists(catalogue: Catalogue, rules: Iterable[Rule]) -> list[ExemptionList]:
    codes = [rule.then.list for rule in rules if isinstance(rule.then, GiveLeniency)]
    return [catalogue.exemption_lists[code] for code in dict.fromkeys(codes) if code in catalogue.exemption_lists]


def _parameter(catalogue: Catalogue, code: str, day: date) -> int | None:
    entry = catalogue.parameters.get(code)
    values = entry.values if entry else ()
    return next((value.value for value in values if value.effective.holds_on(day)), None)


def _hear() -> ProcedureStep:
    return _step("hear", "告知事实、理由和依据, 听取陈述申辩", note="行政处罚法第四十四条、第四十五条")


def _step(code: str, title: str, *, due_on: date | None = None, note: str = "") -> ProcedureStep:
    return ProcedureStep(code=code, title=title, due_on=due_on, note=note)
