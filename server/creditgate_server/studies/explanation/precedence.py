"""Which finding prevailed over which, and why, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...decision.check.decide import JudgedSubject
from ...decision.check.decision import Decision, MeasureApplied
from ...decision.judged import BookFindings
from ...decision.leniency.decision import Ground, LawDay, LeniencyDecision, State
from ...decision.level.gravest import Gravest
from ...decision.reasons import Reasons
from ...rulebook.bundle import RuleSet
from ...rulebook.language import Hit, Leniency, Rule, Value
from ...rulebook.titles import DUTIES, LENIENCIES
from ...rulebook.words import effect_in_words

_LAW_DAYS = {
    LawDay.ACT: "只依违法行为发生时的规定成立, 该规定现已变动",
    LawDay.DECISION: "只依作出决定时的规定成立, 行为发生时还没有这项规定",
}


def of_check(
    rule_set: RuleSet | None, decision: Decision, subjects: Sequence[JudgedSubject], given: Mapping[str, Value]
) -> tuple[str, ...]:
    """Of a credit check. `subjects`: judged again; none where that can't be done."""
    found = [
        *(line for subject in subjects for line in _of_standing(rule_set, subject)),
        *(line for subject in subjects for line in _of_rows(subject.measures, subject.reasons(given))),
        *_of_outcome(decision),
        *(line for measure in decision.measures for line in _of_measure(measure)),
        *_of_set_aside(rule_set, decision),
    ]
    return tuple(dict.fromkeys(found))


def of_level(rule_set: RuleSet | None, subjects: Sequence[JudgedSubject]) -> tuple[str, ...]:
    """Of a level question."""
    return tuple(dict.fromkeys(line for subject in subjects for line in _of_standing(rule_set, subject)))


def of_leniency(decision: LeniencyDecision) -> tuple[str, ...]:
    """Of a leniency question: the lightest of what holds, and the law of which day (行政处罚法 第三十七条)."""
    return tuple(_of_leniency(decision))


# -- grade and level --------------------------------------------------------------------------------------------------


def _of_standing(rule_set: RuleSet | None, subject: JudgedSubject) -> Iterator[str]:
    profile = subject.profile
    for name, how, book, result, reasons in (
        ("公共信用等级", "最差", profile.grade_book, profile.grade, profile.grade_reasons()),
        ("监管等级", "最严", profile.level_book, profile.level, profile.level_reasons()),
    ):
        yield from _of_gravest(rule_set, name, how, book, result)
        yield from _of_rows(book, reasons)


def _of_gravest(rule_set: RuleSet | None, name: str, how: str, book: BookFindings, result: Gravest) -> Iterator[str]:
    beaten = [rule for key, rule in book.rules.items() if key in book.verdicts.holds and key not in result.rules]
    if not beaten or not result.code or rule_set is None:
        return
    won = "、".join(f"“{book.rules[key].title}”" for key in result.rules)
    lost = "、".join(f"“{rule.title}”({_effect(rule_set, rule)})" for rule in beaten)
    title = _effect(rule_set, book.rules[result.rules[0]]) if result.rules else result.code
    yield f"{name}: 几条规则同时成立时取{how}的一级, 所以按{won}定为{title}; 同时成立但没有采用的: {lost}"


def _effect(rule_set: RuleSet, rule: Rule) -> str:
    return effect_in_words(rule_set.catalogue, rule.then)


def _of_rows(book: BookFindings, reasons: Reasons) -> Iterator[str]:
    """Rows of priority tables whose condition holds and that an upper row keeps from counting."""
    for key, rule in book.rules.items():
        row = rule.row
        if row is None or row.hit is not Hit.PRIORITY or rule.when is None or key in book.verdicts.holds:
            continue
        if reasons.truth(rule.when) is not True:
            continue
        upper = [
            (other.row.number, other.title)
            for held, other in book.rules.items()
            if other.row and other.row.table == row.table and held in book.verdicts.holds
        ]
        if upper:
            number, title = min(upper)
            won, lost = f"第 {number} 行“{title}”成立", f"第 {row.number} 行“{rule.title}”也符合但不算"
            yield f"决策表“{row.table}”从上到下只算第一个成立的: {won}, {lost}"


# -- measures ---------------------------------------------------------------------------------------------------------


def _of_outcome(decision: Decision) -> Iterator[str]:
    banned = [measure for measure in decision.measures if measure.prohibits]
    if not banned:
        return
    others = [measure for measure in decision.measures if not measure.prohibits]
    names = "、".join(f"“{measure.title}”" for measure in banned)
    if others:
        yield f"法律规定的禁止({names})优先于其他一切措施: 其他措施仍然列出, 但不改变结论"
    if decision.undetermined:
        yield f"还有没查清的情况, 但{names}已经确定, 结论不必等待"


def _of_measure(measure: MeasureApplied) -> Iterator[str]:
    if measure.other_rules:
        count = len(measure.other_rules) + 1
        yield f"“{measure.title}”有 {count} 条规则同时要求, 只算一项, 按其中最严的“{DUTIES[measure.duty]}”"


def _of_set_aside(rule_set: RuleSet | None, decision: Decision) -> Iterator[str]:
    applied = {measure.code: measure.title for measure in decision.measures}
    measures = rule_set.catalogue.measures if rule_set is not None else {}
    for one in decision.set_aside:
        sure = [applied[code] for code in one.yields_to if code in applied]
        still = [measures[code].title if code in measures else code for code in one.yields_to if code not in applied]
        causes = [f"“{title}”" for title in sure] + [f"“{title}”(还没有查清)" for title in still]
        yield f"激励“{one.title}”本来符合, 但同一申请有惩戒{'、'.join(causes)}, 惩戒优先, 所以不适用"


# -- leniency ---------------------------------------------------------------------------------------------------------


def _of_leniency(decision: LeniencyDecision) -> Iterator[str]:
    met = [ground for ground in decision.grounds if ground.state is State.MET]
    decided = [ground for ground in met if ground.rule in decision.decided_by]
    for ground in decided:
        if ground.law_day in _LAW_DAYS:
            yield f"“{ground.title}”{_LAW_DAYS[ground.law_day]}; 新旧规定中选对当事人较轻的(行政处罚法第三十七条)"
    beaten = [ground for ground in met if ground.rule not in decision.decided_by]
    if decided and beaten:
        lost = "、".join(dict.fromkeys(f"“{ground.title}”({LENIENCIES[ground.leniency]})" for ground in beaten))
        yield f"几条规则都成立时, 取优先的一条: “{_named(decided)}”; 同时成立但没有采用的: {lost}"
    if decision.leniency is Leniency.UNDETERMINED and met:
        titles = "、".join(dict.fromkeys(f"“{ground.title}”" for ground in met))
        yield f"{titles}已经成立, 但还有可能更优先的规则没有查清, 所以不能先下结论"


def _named(grounds: Iterable[Ground]) -> str:
    return "”、“".join(dict.fromkeys(ground.title for ground in grounds))
