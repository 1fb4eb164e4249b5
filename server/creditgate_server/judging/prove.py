"""The proof that engine and reference agree on a rule set, before it may serve.

It runs first in a child process with a time limit: a crash or a hang of the engine is then a refused rule set, not a
dead service.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from typing import Any, NoReturn

import msgspec

from ..decision.check.question import Question
from ..decision.dossier import Dossier
from ..decision.findings import Verdicts
from ..decision.judged import BookFindings
from ..decision.question import SubjectInRole
from ..decision.violation import Violation, covered
from ..engine.boundaries import Boundaries
from ..engine.compile import TooLarge, compile_rule
from ..engine.durable import EngineFault
from ..engine.reference import Case, Opinion, Reference
from ..engine.world import World
from ..errors import Fault, RuleSetFault
from ..rulebook.bundle import RuleSet, decode
from ..rulebook.language import ACT_BOOK, Book, Role, Rule, Stage, WithinTest, leaves
from .judge import Judge
from .plans import RuleKeys

PROVE_SECONDS = 120.0
"""Longest time that a proof may take where no setting says otherwise."""
RULES_A_PLAN = 6
"""Rules of a plan, evenly spread, whose holding subject is judged under that plan too."""


class ProofReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was proven."""

    plans: int
    rules: int
    subjects: int
    """Boundary subjects that were made."""
    compared: int
    """Verdicts that were compared."""


class _Outcome(msgspec.Struct, frozen=True, kw_only=True):
    report: ProofReport | None = None
    faults: list[tuple[str, str]] = []


def prove(rule_set: RuleSet, proved: RuleSet | None = None) -> ProofReport:
    """Compare engine and reference on generated boundary subjects. Raises RuleSetFault that names the rule.

    `proved`: a rule set that was proved before. Rules and plans that it has too are not proved again, unless the words
    that rules are made of have changed.
    """
    _compile_all(rule_set)
    with closing(Judge(rule_set)) as judge:
        return _Proof(rule_set, _same_rules(rule_set, proved), judge).run()


_WORDS_OF_RULES = (
    "record_kinds",
    "lists",
    "ladders",
    "feeds",
    "organs",
    "items",
    "grades",
    "levels",
    "facts",
    "regions",
    "calendars",
    "exemptions",
)
"""Sections of the catalogue on which verdicts depend."""
_TEXTS = frozenset(
    {
        *("title", "titles", "label", "supplier", "unit", "condition", "channel", "frequency", "basis"),
        *("verified", "circumstances", "remark", "keywords"),
    }
)
"""Fields on which they do not."""


def _same_rules(rule_set: RuleSet, proved: RuleSet | None) -> frozenset[str]:
    """Keys of the rules that need no new proof."""
    if proved is None:
        return frozenset()
    if _words(rule_set) != _words(proved):
        return frozenset()
    before = {rule.key: _meaning(rule) for rule in proved.rules}
    return frozenset(rule.key for rule in rule_set.rules if before.get(rule.key) == _meaning(rule))


def _words(rule_set: RuleSet) -> object:
    return [_without_texts(msgspec.to_builtins(getattr(rule_set.catalogue, name))) for name in _WORDS_OF_RULES]


def _without_texts(value: Any) -> object:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return [(key, _without_texts(one)) for key, one in value.items() if key not in _TEXTS]
    return [_without_texts(one) for one in value] if isinstance(value, list | tuple) else value


def _meaning(rule: Rule) -> tuple[object, ...]:
    """What verdicts depend on: not the words."""
    return (rule.book, rule.effective, rule.applies, rule.when, rule.then, rule.row)


def prove_in_child(rule_set: RuleSet, *, proved: RuleSet | None = None, seconds: float = PROVE_SECONDS) -> ProofReport:
    """`prove` in a process of its own. Raises RuleSetFault for a difference, a crash, or no result in time."""
    given = [rule_set.canonical, proved.canonical if proved is not None else b""]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "creditgate_server.judging.prove"],
            input=b"\n".join(given),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _refuse("", f"规则引擎在 {seconds:g} 秒内没有完成装载和验证, 规则库不能启用")
    if done.returncode != 0:
        tail = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        _refuse("", f"规则引擎在验证时异常退出(状态 {done.returncode}){': ' + tail[0] if tail else ''}")
    outcome = msgspec.json.decode(done.stdout, type=_Outcome)
    if outcome.report is None:
        raise RuleSetFault(tuple(Fault("", 0, 0, message, rule=rule) for rule, message in outcome.faults))
    return outcome.report


def _refuse(rule: str, message: str) -> NoReturn:
    raise RuleSetFault((Fault("", 0, 0, message, rule=rule),))


def _compile_all(rule_set: RuleSet) -> None:
    judge = Judge(rule_set)
    faults = []
    for rule in rule_set.rules:
        try:
            compile_rule(rule, judge.plans.columns)
        except TooLarge as fault:
            faults.append(Fault("", 0, 0, str(fault), hint="把条件拆成几条规则", rule=rule.id))
    if faults:
        raise RuleSetFault(tuple(faults))


class _Proof:
    def __init__(self, rule_set: RuleSet, same: frozenset[str], judge: Judge) -> None:
        self._rule_set = rule_set
        self._same_as_before = same
        self._judge = judge
        self._reference = Reference(rule_set)
        self._boundaries = Boundaries(rule_set)
        self._subjects = 0
        self._compared = 0

    def run(self) -> ProofReport:
        for rule in self._rule_set.rules:
            if rule.key not in self._same_as_before:
                self._prove_rule(rule)
        plans = self._prove_plans()
        return ProofReport(
            plans=plans, rules=len(self._rule_set.rules), subjects=self._subjects, compared=self._compared
        )

    def _prove_rule(self, rule: Rule) -> None:
        """Its boundaries in its last days, and its holding subject on the days around its ends."""
        keys = self._keys(rule)
        rule = self._judge.plans.asked(rule, keys)
        end = rule.effective.until
        day = end or max(rule.effective.start, self._judge.plans.days()[-1])
        for each in (day, *self._arranged(rule)):
            for world in self._boundaries.worlds(rule, each):
                self._compare(world, keys, rule)
        one = timedelta(days=1)
        days = {rule.effective.start - one, rule.effective.start} | ({end, end + one} if end else set())
        for edge in sorted(days):
            self._compare(self._boundaries.holding(rule, edge), keys, rule)

    def _arranged(self, rule: Rule) -> tuple[date, ...]:
        """For a rule that counts working days: a day on which the rule is in force and the days before are arranged."""
        if not any(isinstance(leaf, WithinTest) and leaf.span.working_days for leaf in leaves(rule.when)):
            return ()
        years = sorted({calendar.year for calendar in self._rule_set.catalogue.calendars.values()}, reverse=True)
        days = (date(year, 10, 20) for year in years if year - 1 in years)
        return tuple(day for day in days if rule.effective.holds_on(day))[:1]

    def _prove_plans(self) -> int:
        seen: set[tuple[str, ...]] = set()
        for day, keys, rules in self._judge.plans.all_picked():
            picked = tuple(rule.asked_key for rule in rules)
            if picked in seen:
                continue
            seen.add(picked)
            if self._same_as_before.issuperset(rule.key for rule in rules):
                continue
            changed = [rule for rule in rules if rule.key not in self._same_as_before]
            for rule in changed[:: max(1, len(changed) // RULES_A_PLAN)]:
                self._compare(self._boundaries.holding(rule, day), keys, rule)
        return len(seen)

    def _keys(self, rule: Rule) -> RuleKeys:
        """Keys that pick the rule."""
        applies, items = rule.applies, self._rule_set.catalogue.items
        organ = applies.organs[0] if applies.organs else next(iter(self._rule_set.catalogue.organs), "")
        if rule.book is ACT_BOOK:
            exemption = applies.exemptions[0] if applies.exemptions else ""
            if exemption and not applies.organs:
                organ = self._rule_set.catalogue.exemptions[exemption].organ
            region = applies.regions[0] if applies.regions else ""
            return RuleKeys(rule.book, organ=organ, exemption=exemption, region=region)
        if rule.book is not Book.MEASURES:
            return RuleKeys(rule.book, organ=organ)
        for item in items.values():
            named = not (applies.items or applies.traits) or item.code in applies.items
            if (named or set(item.traits) & set(applies.traits)) and (
                not applies.organs or item.organ in applies.organs
            ):
                stage = applies.stages[0] if applies.stages else Stage.ACCEPTANCE
                role = applies.roles[0] if applies.roles else Role.APPLICANT
                return RuleKeys(Book.MEASURES, role, item.organ, item.code, stage)
        _refuse(rule.id, "没有事项会用到这条规则: 检查 applies")

    def _compare(self, world: World, keys: RuleKeys, rule: Rule) -> None:
        if keys.book is ACT_BOOK:
            self._compare_violation(world, keys, rule)
            return
        knowledge = world.knowledge()
        item = keys.item or next(iter(self._rule_set.catalogue.items), "")
        question = Question(
            organ=keys.organ,
            item=item,
            case_number="proof",
            stage=keys.stage,
            subjects=(SubjectInRole(identifier=knowledge.identifier, role=keys.role),),
            facts=world.given,
            purpose="proof",
            day=world.day,
        )
        case = Case(knowledge, world.feeds, world.day, world.given, keys.role, keys.organ, item, keys.stage)
        self._subjects += 1
        try:
            subject = self._judge.judged(question, question.subjects[0], knowledge, world.feeds)
        except EngineFault as fault:
            _refuse(rule.id, f"规则引擎不能求解: {fault}")
        self._same(
            self._reference.judge(case),
            subject.profile.grade_book,
            subject.profile.level_book,
            subject.measures,
            rule,
            world.day,
        )

    def _compare_violation(self, world: World, keys: RuleKeys, rule: Rule) -> None:
        catalogue, knowledge = self._rule_set.catalogue, world.knowledge()
        region = keys.region or world.region
        violation = Violation(
            given=world.given,
            exemption=keys.exemption or keys.beside or world.exemption,
            organ=keys.organ,
            region=region,
            day=world.day,
            working_days=self._judge.working_days,
            covered=covered(catalogue, region),
        )
        self._subjects += 1
        said = self._judge.of_violation(Dossier(catalogue, knowledge, world.feeds, world.day, violation))
        if any(book.failed for book in said):
            _refuse(rule.id, "规则引擎求解时出错")
        case = Case(
            knowledge,
            world.feeds,
            world.day,
            world.given,
            Role.APPLICANT,
            keys.organ,
            "",
            Stage.ACCEPTANCE,
            violation.exemption,
            region,
        )
        expected = self._reference.of_violation(case, self._judge.law_days(violation))
        self._compared += sum(len(book.rules) for book in said)
        ours, theirs = _together([book.verdicts for book in said]), _together(expected)
        if ours != theirs:
            wrong = _differing(ours, theirs)
            _refuse(wrong, f"引擎与对照求解不一致({world.day.isoformat()}, 检验规则 {rule.id} 时): {wrong}")

    def _same(
        self, opinion: Opinion, grade: BookFindings, level: BookFindings, measures: BookFindings, rule: Rule, day: date
    ) -> None:
        pairs = ((grade, opinion.grade_book), (level, opinion.level_book), (measures, opinion.measures_book))
        for said, expected in pairs:
            if said.failed:
                _refuse(rule.id, "规则引擎求解时出错")
            self._compared += len(said.rules)
            if said.verdicts != expected:
                wrong = _differing(said.verdicts, expected)
                _refuse(wrong, f"引擎与对照求解不一致({day.isoformat()}, 检验规则 {rule.id} 时): {wrong}")


def _together(verdicts: Sequence[Verdicts]) -> Verdicts:
    return Verdicts(
        holds=frozenset[str]().union(*(one.holds for one in verdicts)),
        open=frozenset[str]().union(*(one.open for one in verdicts)),
    )


def _differing(said: Verdicts, expected: Verdicts) -> str:
    return min((said.holds ^ expected.holds) | (said.open ^ expected.open)).split("@", 1)[0]


def main() -> None:
    """Prove the rule set on standard input; the outcome is JSON on standard output."""
    try:
        wanted, proved = sys.stdin.buffer.read().split(b"\n")
        outcome = _Outcome(report=prove(decode(wanted), decode(proved) if proved else None))
    except RuleSetFault as fault:
        outcome = _Outcome(faults=[(entry.rule, entry.message) for entry in fault.faults])
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
