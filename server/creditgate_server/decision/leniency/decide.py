"""The leniency decision (不予处罚): from the verdicts of the leniency book to one explained answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from ...rulebook.catalogue import Catalogue, Citation
from ...rulebook.language import (
    ACT_ENDED_ON,
    AllOf,
    Compare,
    FactTest,
    GiveLeniency,
    GiveWarning,
    Leaf,
    Leniency,
    Rule,
    conjuncts,
    leaves,
)
from ...rulebook.titles import LENIENCIES
from ..books import Books
from ..columns import Columns
from ..dossier import Dossier
from ..findings import Verdicts
from ..judged import BookFindings
from ..knowledge import Feeds, Knowledge
from ..parts import FeedUsed, Unsettled
from ..reasons import NOTHING_EARLIER, Reasons
from ..unsettled import engine_failed
from ..violation import Violation, covered
from .decision import LawDay, LeniencyDecision, WarningFound
from .grounds import Grounds
from .ladder import PrecedenceLadder, Rung
from .missing import shortest
from .question import LeniencyQuestion
from .steps import EXEMPTED, soft_measures, steps
from .unknown import waits_for


def judge_leniency(
    books: Books, question: LeniencyQuestion, knowledge: Mapping[str, Knowledge], feeds: Feeds
) -> LeniencyDecision:
    """Whether a violation may go without a penalty, by the law of the act and the law of the day."""
    catalogue = books.rule_set.catalogue
    violation = Violation(
        given=question.facts,
        exemption=question.exemption,
        organ=question.organ,
        region=question.region,
        day=question.day,
        working_days=books.working_days,
        covered=covered(catalogue, question.region),
    )
    dossier = Dossier(catalogue, knowledge[question.subject.identifier], feeds, question.day, violation)
    said = books.of_violation(dossier)
    return _decided(violation, dossier, books.columns, said, books.feeds_used(dossier, said), books.rule_set.digest)


def _decided(
    violation: Violation,
    dossier: Dossier,
    columns: Columns,
    books: Sequence[BookFindings],
    feeds: tuple[FeedUsed, ...],
    rule_set: str,
) -> LeniencyDecision:
    """The answer by the verdicts on all rules that were asked."""
    rules = {key: rule for book in books for key, rule in book.rules.items()}
    said = Verdicts(
        holds=frozenset().union(*(book.verdicts.holds for book in books)),
        open=frozenset().union(*(book.verdicts.open for book in books)),
    )
    rules, verdicts = _by_their_law(dict(sorted(rules.items())), said, violation)
    rung = PrecedenceLadder(rules.values()).stop(lambda rule: _truth(rule, verdicts))
    reasons = Reasons(columns, dossier, {}, NOTHING_EARLIER)
    grounds = Grounds(columns, dossier, reasons, {key: _law_day(rule, violation) for key, rule in rules.items()})
    stopped_at = [rules[key] for key in rung.rules]
    decided, waiting = (stopped_at, []) if rung.leniency is not Leniency.UNDETERMINED else ([], stopped_at)
    missing: tuple[Unsettled, ...] = ()
    if rung.leniency is Leniency.UNDETERMINED:
        failed = any(book.failed for book in books)
        missing = (engine_failed(0, ()),) if failed else _missing(rung, rules, verdicts, columns, dossier, reasons)
    soft = soft_measures(dossier, violation, rung.leniency, decided, waiting)
    exemption = dossier.catalogue.exemptions.get(violation.exemption)
    basis: dict[Citation, None] = dict.fromkeys(citation for rule in decided for citation in rule.cited)
    return LeniencyDecision(
        leniency=rung.leniency,
        summary=_summary(rung.leniency, decided, dossier.catalogue, missing),
        exemption=violation.exemption,
        exemption_title=exemption.title if exemption else "",
        grounds=grounds.all(rules, verdicts),
        decided_by=tuple(dict.fromkeys(rule.id for rule in decided)),
        missing=missing,
        soft_measures=soft,
        steps=steps(dossier, violation, rung.leniency, decided, (measure.code for measure in soft)),
        warnings=(*_warnings(rules, verdicts, grounds), *_beyond_lists(rung, rules, verdicts)),
        basis=tuple(basis),
        verified=all(rule.verified for rule in decided),
        feeds=feeds,
        known=dossier.knowledge,
        rule_set=rule_set,
        day=violation.day,
    )


def _truth(rule: Rule, verdicts: Verdicts) -> bool | None:
    return True if rule.key in verdicts.holds else None if rule.key in verdicts.open else False


def _missing(
    rung: Rung, rules: Mapping[str, Rule], verdicts: Verdicts, columns: Columns, dossier: Dossier, reasons: Reasons
) -> tuple[Unsettled, ...]:
    """The shortest list, with the rules that wait for each thing."""
    tests: dict[Leaf, bool | None] = {
        leaf: reasons.truth(leaf) for rule in rules.values() for leaf in leaves(rule.when)
    }
    waits: dict[Leaf, tuple[Unsettled, ...]] = {
        leaf: waits_for(columns, dossier, leaf) for leaf, truth in tests.items() if truth is None
    }
    still_open = {leaf for rule in rules.values() if rule.key in verdicts.open for leaf in leaves(rule.when)}
    names = {leaf: frozenset(one.what for one in entries) for leaf, entries in waits.items() if leaf in still_open}
    wanted = shortest(tuple(rules.values()), tests, names, dossier)
    found: dict[str, Unsettled] = {}
    waiting: dict[str, set[str]] = {}
    for key in rung.rules:
        for leaf in dict.fromkeys(leaves(rules[key].when)):
            for entry in waits.get(leaf, ()):
                found.setdefault(entry.what, entry)
                waiting.setdefault(entry.what, set()).add(rules[key].id)
    return tuple(
        msgspec.structs.replace(found[what], rules=tuple(sorted(waiting[what]))) for what in wanted if what in found
    )


def _warnings(rules: Mapping[str, Rule], verdicts: Verdicts, grounds: Grounds) -> tuple[WarningFound, ...]:
    """Each warning once: of versions that say the same, the latest."""
    found: dict[tuple[str, str], WarningFound] = {}
    for key, rule in rules.items():
        if isinstance(rule.then, GiveWarning) and key in verdicts.holds:
            found[rule.id, rule.then.warning] = WarningFound(
                rule=rule.id,
                message=rule.then.warning,
                basis=rule.cited,
                evidence=grounds.evidence(rule.when) if rule.when is not None else (),
            )
    return tuple(found.values())


def _beyond_lists(rung: Rung, rules: Mapping[str, Rule], verdicts: Verdicts) -> Iterator[WarningFound]:
    """A list in force asks more than the law itself: that never narrows the law, but the organ must give reasons."""
    decided = [rules[key].then for key in rung.rules]
    if rung.leniency not in EXEMPTED or any(isinstance(then, GiveLeniency) and then.list for then in decided):
        return
    possible = verdicts.holds | verdicts.open
    message = "该行为列入清单但不符合清单条件, 本结论直接依据法律: 请写明理由, 并经法制审核"
    for key, rule in rules.items():
        then = rule.then
        asks_more = isinstance(then, GiveLeniency) and then.list and then.leniency in EXEMPTED
        if asks_more and key not in possible:
            yield WarningFound(rule=rule.id, message=message, basis=rule.cited, evidence=())


def _summary(leniency: Leniency, decided: Iterable[Rule], catalogue: Catalogue, missing: Sequence[Unsettled]) -> str:
    if leniency is Leniency.UNDETERMINED:
        return f"{LENIENCIES[leniency]}, 还需查明: {'、'.join(entry.label.split('(', 1)[0] for entry in missing)}"
    reasons = "、".join(dict.fromkeys(rule.title for rule in decided))
    named = [rule.then.list for rule in decided if isinstance(rule.then, GiveLeniency) and rule.then.list]
    lists = [catalogue.exemption_lists[code].title for code in named]
    listed = f"(《{'》《'.join(dict.fromkeys(lists))}》)" if lists else ""
    return f"{LENIENCIES[leniency]}: {reasons}{listed}" if reasons else LENIENCIES[leniency]


# -- by the law of which day a rule stands (从旧兼从轻, 行政处罚法 第三十七条) --------------------


def _law_day(rule: Rule, violation: Violation) -> LawDay:
    """By the law of which day a rule stands; one of the day of the decision by both, while the act's is not known."""
    ended = violation.day_of(ACT_ENDED_ON)
    now = rule.effective.holds_on(violation.day)
    then = now if ended is None else rule.effective.holds_on(ended)
    return LawDay.BOTH if then and now else LawDay.DECISION if now else LawDay.ACT


def _by_their_law(
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
