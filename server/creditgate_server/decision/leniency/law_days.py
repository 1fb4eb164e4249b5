"""The laws of which days a violation is judged by (从旧兼从轻), also where the day of the act is not known.

Source: 行政处罚法 第三十七条.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from ...rulebook.language import ACT_ENDED_ON, DISCOVERED_ON, AllOf, Compare, FactTest, Rule, conjuncts
from ..findings import Verdicts
from .decision import LawDay
from .question import LeniencyQuestion


def law_days(question: LeniencyQuestion, turning: Iterable[date]) -> tuple[date, ...]:
    """Days whose law is asked: of the end of the act and of the decision.

    While the end of the act is not known, it may be any day up to the discovery: a day of each law that was in force
    by then is asked. `turning`: days on which the rules that speak of such an act change.
    """
    if _day(question, ACT_ENDED_ON) is not None:
        return acted_or_decided(question)
    latest = _day(question, DISCOVERED_ON) or question.day
    return tuple(dict.fromkeys((*(day for day in turning if day <= latest), question.day)))


def acted_or_decided(question: LeniencyQuestion) -> tuple[date, ...]:
    """The day of the end of the act, where it is known, and the day of the decision; once where they are the same."""
    ended = _day(question, ACT_ENDED_ON)
    return tuple(dict.fromkeys((question.day,) if ended is None else (ended, question.day)))


def law_day(rule: Rule, question: LeniencyQuestion) -> LawDay:
    """By the law of which day a rule stands; one of the day of the decision by both, while the act's is not known."""
    ended = _day(question, ACT_ENDED_ON)
    now = rule.effective.holds_on(question.day)
    then = now if ended is None else rule.effective.holds_on(ended)
    return LawDay.BOTH if then and now else LawDay.DECISION if now else LawDay.ACT


def by_their_law(
    rules: Mapping[str, Rule], verdicts: Verdicts, question: LeniencyQuestion
) -> tuple[dict[str, Rule], Verdicts]:
    """The rules and verdicts, those of an earlier law open while it is not known whether the act ended under it.

    Such a rule gets the days on which it was in force as one more condition on the end of the act.
    """
    if _day(question, ACT_ENDED_ON) is not None:
        return dict(rules), verdicts
    earlier = {key for key, rule in rules.items() if not rule.effective.holds_on(question.day)}
    asked = {key: _in_force_then(rule) if key in earlier else rule for key, rule in rules.items()}
    return asked, Verdicts(holds=verdicts.holds - earlier, open=verdicts.open | (verdicts.holds & earlier))


def _in_force_then(rule: Rule) -> Rule:
    first, last = rule.effective.start, rule.effective.until
    tests = [FactTest(fact=ACT_ENDED_ON, compare=Compare.AT_LEAST, values=(first.isoformat(),))]
    if last is not None:
        tests.append(FactTest(fact=ACT_ENDED_ON, compare=Compare.AT_MOST, values=(last.isoformat(),)))
    return msgspec.structs.replace(rule, when=AllOf(parts=(*tests, *conjuncts(rule.when))))


def _day(question: LeniencyQuestion, name: str) -> date | None:
    value = question.facts.get(name)
    return None if value is None else date.fromisoformat(str(value))
