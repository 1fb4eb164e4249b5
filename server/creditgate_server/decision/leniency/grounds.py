"""Each rule that was asked, with the state of each of its conditions: what an inspector and a court can follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ...rulebook.catalogue import FactEntry, FactSource
from ...rulebook.language import (
    ACT_ENDED_ON,
    PRIOR_SAME_KIND,
    Aggregate,
    Condition,
    CountTest,
    FactTest,
    FirstTest,
    GiveLeniency,
    Leaf,
    Rule,
    Value,
    WithinTest,
    conjuncts,
    fold_test,
    leaves,
)
from ...rulebook.words import ConditionLine, choice_in_words, condition_in_lines, value_in_words, yuan
from ..columns import Columns, FirstColumn, TotalColumn
from ..dossier import Dossier
from ..findings import Verdicts
from ..parts import EvidenceRef, evidence_order
from ..reasons import Reasons
from ..records import DatedRecord
from .decision import ConditionFound, ConditionState, Ground, LawDay
from .ladder import RANKS
from .unknown import waits_for

_ORDER = {ConditionState.MET: 0, ConditionState.UNKNOWN: 1, ConditionState.NOT_MET: 2}
_STATES = {True: ConditionState.MET, False: ConditionState.NOT_MET, None: ConditionState.UNKNOWN}


class Grounds:
    """Makes the grounds of one violation."""

    def __init__(self, columns: Columns, dossier: Dossier, reasons: Reasons, law: Mapping[str, LawDay]) -> None:
        self._columns = columns
        self._dossier = dossier
        self._reasons = reasons
        self._law = law

    def all(self, rules: Mapping[str, Rule], verdicts: Verdicts) -> tuple[Ground, ...]:
        """By precedence; of one rank those that are met first, then by id."""
        found = [
            self._ground(rule, rule.then, _verdict(key, verdicts))
            for key, rule in rules.items()
            if isinstance(rule.then, GiveLeniency) and self._concerns(rule)
        ]
        return tuple(sorted(found, key=lambda one: (RANKS.index(one.leniency), _ORDER[one.state], one.rule)))

    def _concerns(self, rule: Rule) -> bool:
        """Whether the rule concerns subjects of this kind at all: firms have no age."""
        facts = self._dossier.catalogue.facts
        return not any(
            isinstance(part, FactTest)
            and facts[part.fact].source is FactSource.IDENTIFIER
            and self._reasons.truth(part) is False
            for part in conjuncts(rule.when)
        )

    def _ground(self, rule: Rule, then: GiveLeniency, state: ConditionState) -> Ground:
        listed = self._dossier.catalogue.exemption_lists.get(then.list)
        return Ground(
            rule=rule.id,
            title=rule.title,
            leniency=then.leniency,
            list=then.list,
            list_title=listed.title if listed else "",
            state=state,
            law_day=self._law[rule.key],
            conditions=tuple(self._condition(part) for part in conjuncts(rule.when)),
            basis=rule.cited,
            circumstances=then.circumstances,
            remark=then.remark,
            verified=rule.verified,
        )

    def _condition(self, condition: Condition) -> ConditionFound:
        state = _STATES[self._reasons.truth(condition)]
        tests = tuple(dict.fromkeys(leaves(condition)))
        unknown = [
            entry
            for leaf in (self._reasons.unknown(condition) if state is ConditionState.UNKNOWN else ())
            for entry in waits_for(self._columns, self._dossier, leaf)
        ]
        return ConditionFound(
            title=_sentence(condition_in_lines(self._dossier.catalogue, condition, {})),
            state=state,
            found="; ".join(dict.fromkeys(words for leaf in tests for words in self._found(leaf))),
            facts=tuple(sorted({name for leaf in tests for name in _names(leaf)})),
            supplier="、".join(dict.fromkeys(entry.supplier for entry in unknown if entry.supplier)),
            evidence=self.evidence(condition),
        )

    def evidence(self, condition: Condition) -> tuple[EvidenceRef, ...]:
        """Records that a condition looks at. Sorted."""
        refs = {self._reasons.record_ref(dated) for leaf in leaves(condition) for dated in self._records(leaf)}
        return tuple(sorted(refs, key=evidence_order))

    def _records(self, leaf: Leaf) -> tuple[DatedRecord, ...]:
        column = self._columns.of(leaf)
        if isinstance(column, FirstColumn):
            earlier = self._dossier.earlier(column)
            return (*earlier.certain, *earlier.unclassified)
        return self._dossier.total(column).records if isinstance(column, TotalColumn) else ()

    def _found(self, leaf: Leaf) -> Iterator[str]:
        """What is known of a test, in words."""
        return fold_test(
            leaf,
            fact=lambda test: self._of_fact(test.fact),
            age=lambda test: self._of_fact(test.fact),
            records=self._total,
            related=self._total,
            finding=lambda _: iter(()),
            within=self._days,
            first=self._first,
        )

    def _of_fact(self, name: str) -> Iterator[str]:
        fact = self._dossier.catalogue.facts[name]
        value = self._dossier.fact(fact)
        if value is not None:
            yield f"{_short(fact.label)}: {self._value(fact, value)}"

    def _total(self, leaf: CountTest) -> Iterator[str]:
        column = self._columns.of(leaf)
        assert isinstance(column, TotalColumn)
        amount = self._dossier.total(column).amount
        yield f"{amount} 条" if leaf.aggregate is Aggregate.COUNT else yuan(amount)

    def _value(self, fact: FactEntry, value: Value) -> str:
        if fact.source is FactSource.IDENTIFIER:
            return choice_in_words(self._dossier.catalogue, fact, value)
        return value_in_words(fact, value)

    def _days(self, leaf: WithinTest) -> Iterator[str]:
        violation, facts = self._dossier.violation, self._dossier.catalogue.facts
        for name in (leaf.since, leaf.fact):
            day = violation.day_of(name) if violation else None
            if day is not None:
                yield f"{_short(facts[name].label)}: {day.isoformat()}"
        start = violation.day_of(leaf.since) if violation else None
        end = violation.working_days.end_of(start, leaf.span) if violation and start else None
        if end is not None and end != start:
            yield f"期限至 {end.isoformat()}"

    def _first(self, leaf: FirstTest) -> Iterator[str]:
        column = self._columns.of(leaf)
        assert isinstance(column, FirstColumn)
        earlier = self._dossier.earlier(column)
        if earlier.certain:
            yield f"此前有 {len(earlier.certain)} 条: {'、'.join(_document(dated) for dated in earlier.certain)}"
        if earlier.unclassified:
            listed = "、".join(_document(dated) for dated in earlier.unclassified)
            yield f"分不清是否同类的有 {len(earlier.unclassified)} 条: {listed}"
        violation = self._dossier.violation
        looked = violation.given.get(PRIOR_SAME_KIND) if violation else None
        if looked is not None:
            yield f"办案人员在其他系统{'查到有' if looked else '没有查到'}"
        elif earlier.exact:
            yield "本市信用信息没有此前的同类违法"


def _short(label: str) -> str:
    """A label without its explanation in brackets."""
    return label.split("(", 1)[0]


def _document(dated: DatedRecord) -> str:
    record = dated.record
    return f"{record.document_number}({_day(record.decided_on)})"


def _day(day: date) -> str:
    return day.isoformat()


def _names(leaf: Leaf) -> tuple[str, ...]:
    return fold_test(
        leaf,
        fact=lambda test: (test.fact,),
        age=lambda test: (test.fact,),
        records=lambda _: (),
        related=lambda _: (),
        finding=lambda _: (),
        within=lambda test: (test.fact, test.since),
        first=lambda _: (ACT_ENDED_ON, PRIOR_SAME_KIND),
    )


def _verdict(key: str, verdicts: Verdicts) -> ConditionState:
    return (
        ConditionState.MET
        if key in verdicts.holds
        else ConditionState.UNKNOWN
        if key in verdicts.open
        else ConditionState.NOT_MET
    )


def _sentence(line: ConditionLine) -> str:
    """A condition as one sentence; groups within it in brackets."""
    if not line.parts:
        return line.text
    return f"{line.text} {'; '.join(_part(part) for part in line.parts)}"


def _part(line: ConditionLine) -> str:
    return f"({_sentence(line)})" if line.parts else line.text
