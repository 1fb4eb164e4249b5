"""By the law of which day a rule stands (从旧兼从轻), also where the day of the act is not known.

Source: 行政处罚法 第三十七条.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ...rulebook.language import ACT_ENDED_ON, AllOf, Compare, FactTest, Rule, conjuncts
from ..findings import Verdicts
from ..violation import Violation
from .decision import LawDay


def law_day(rule: Rule, violation: Violation) -> LawDay:
    """By the law of which day a rule stands; one of the day of the decision by both, while the act's is not known."""
    ended = violation.day_of(ACT_ENDED_ON)
    now = rule.effective.holds_on(violation.day)
    then = now if ended is None else rule.effective.holds_on(ended)
    return LawDay.BOTH if then and now else LawDay.DECISION if now else LawDay.ACT


def by_their_law(
    rules: Mapping[str, Rule], verdicts: Verdicts, violation: Violation
) -> tuple[dict[str, Rule], Verdicts]:
    """The rules and verdicts, those of an earlier law open while it is not known whether the act ended under it.

    Such a rule gets the days on which it was in force as one more condition on the end of the act.
    """
    if violation.day_of(ACT_ENDED_ON) is not None:
        return dict(rules), verdicts
    earlier = {key for key, rule in rules.items() if not rule.effective.holds_on(violation.day)}
    asked = {key: _in_force_then(rule) if key in earlier else rule for key, rule in rules.items()}
    return asked, Verdicts(holds=verdicts.holds - earlier, open=verdicts.open | (verdicts.holds & earlier))


def _in_force_then(rule: Rule) -> Rule:
    first, last = rule.effective.start, rule.effective.until
    tests = [FactTest(fact=ACT_ENDED_ON, compare=Compare.AT_LEAST, values=(first.isoformat(),))]
    if last is not None:
        tests.append(FactTest(fact=ACT_ENDED_ON, compare=Compare.AT_MOST, values=(last.isoformat(),)))
    return msgspec.structs.replace(rule, when=AllOf(parts=(*tests, *conjuncts(rule.when))))
