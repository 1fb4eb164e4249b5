"""Which finding prevailed over which, and why, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...decision.check.decision import Decision, MeasureApplied
from ...decision.gravest import Gravest
from ...decision.judged import BookFindings, JudgedSubject
from ...decision.reasons import Reasons
from ...rulebook.bundle import RuleSet
from ...rulebook.language import Hit, Rule, Value
from ...rulebook.titles import DUTIES
from ...rulebook.words import effect_in_words


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
