"""Why a rule holds, until when, and what an open rule waits for: read off the rule's condition and the dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ..rulebook.catalogue import FactSource
from ..rulebook.language import (
    Compare,
    Condition,
    CountTest,
    FactTest,
    Leaf,
    Rule,
    Value,
    fold,
)
from .columns import AgeColumn, Columns, FactColumn, FindingColumn, Flagged, TotalColumn
from .dossier import Dossier, Total, caller_value, from_caller
from .evidence import rating_ref, record_ref
from .gravest import Gravest
from .parts import EvidenceRef, Remedy, evidence_order
from .record_words import in_case
from .records import DatedRecord, PossibleTerms, counts_until, possible_terms, repair_from


@dataclass(frozen=True, slots=True)
class EarlierBooks:
    """What earlier books said of the subject: rules by id that hold or are open, and what grade and level rest on."""

    rules: Mapping[str, Rule]
    """Rules of earlier books in force and asked, by id."""
    holds: frozenset[str]
    """Keys."""
    grade: Gravest
    level: Gravest | None = None


NOTHING_EARLIER = EarlierBooks({}, frozenset(), Gravest("", (), ()))


class Reasons:
    """Reads reasons for one subject."""

    def __init__(self, columns: Columns, dossier: Dossier, given: Mapping[str, Value], earlier: EarlierBooks) -> None:
        self._columns = columns
        self._dossier = dossier
        self._given = dict(given)
        self._earlier = earlier

    # -- what holds -------------------------------------------------------------------------------------------------

    def holds(self, condition: Condition) -> bool:
        """Whether a condition certainly holds."""
        return self.truth(condition) is True

    def truth(self, condition: Condition) -> bool | None:
        """True, False, or None where something unknown decides."""
        return fold(condition, all_of=self._all, any_of=self._any, none_of=self._none, test=self._leaf_truth)

    def _all(self, parts: tuple[Condition, ...]) -> bool | None:
        return _every(self.truth(part) for part in parts)

    def _any(self, parts: tuple[Condition, ...]) -> bool | None:
        return _not(self._none(parts))

    def _none(self, parts: tuple[Condition, ...]) -> bool | None:
        return _every(_not(self.truth(part)) for part in parts)

    def _leaf_truth(self, leaf: Leaf) -> bool | None:
        column = self._columns.of(leaf)
        if isinstance(leaf, CountTest) and isinstance(column, TotalColumn):
            return _total_truth(leaf, self._dossier.total(column))
        value = self._value(column)
        if value is None:
            return None
        if isinstance(column, FactColumn):
            return compares(leaf, value)
        return value == 1

    def _value(self, column: object) -> Value | None:
        if isinstance(column, FactColumn | AgeColumn) and from_caller(column):
            return caller_value(column, self._given, self._dossier.day)
        if isinstance(column, Flagged):
            return self._dossier.value(column)
        return None

    # -- evidence ---------------------------------------------------------------------------------------------------

    def evidence(self, rule: Rule) -> tuple[EvidenceRef, ...]:
        """Records and ratings that a rule rests on, sorted, each once."""
        found = dict.fromkeys(self._evidence(rule.when)) if rule.when is not None else {}
        return tuple(sorted(found, key=evidence_order))

    def _evidence(self, condition: Condition) -> Iterator[EvidenceRef]:
        for leaf in self._supporting(condition):
            column = self._columns.of(leaf)
            if isinstance(column, TotalColumn):
                for dated in self._dossier.total(column).records:
                    yield self.record_ref(dated)
            elif isinstance(column, FactColumn):
                yield from self._fact_evidence(column)
            elif isinstance(column, FindingColumn) and column.rule in self._earlier.rules:
                yield from self._rule_evidence(self._earlier.rules[column.rule])

    def _rule_evidence(self, rule: Rule) -> Iterator[EvidenceRef]:
        if rule.when is not None:
            yield from self._evidence(rule.when)

    def _fact_evidence(self, column: FactColumn) -> Iterator[EvidenceRef]:
        source = column.fact.source
        if source is FactSource.RATING:
            rating = self._dossier.rating(column.fact.ladder)
            if rating is not None:
                yield rating_ref(rating, rating.until, self._dossier.catalogue)
        elif source is FactSource.GRADE:
            yield from self._gravest_evidence(self._earlier.grade)
        elif source is FactSource.LEVEL and self._earlier.level is not None:
            yield from self._gravest_evidence(self._earlier.level)

    def _gravest_evidence(self, result: Gravest) -> Iterator[EvidenceRef]:
        for rule in self._earlier.rules.values():
            if rule.key in result.rules:
                yield from self._rule_evidence(rule)

    def _supporting(self, condition: Condition) -> Iterator[Leaf]:
        """Tests that make the condition hold. Those under `none` speak by absence and give no evidence."""
        return fold(
            condition,
            all_of=self._supporting_parts,
            any_of=self._supporting_parts,
            none_of=lambda _: iter(()),
            test=lambda test: iter((test,)),
        )

    def _supporting_parts(self, parts: tuple[Condition, ...]) -> Iterator[Leaf]:
        for part in parts:
            if self.holds(part):
                yield from self._supporting(part)

    def record_ref(self, dated: DatedRecord) -> EvidenceRef:
        """A record as evidence."""
        return record_ref(dated.record, dated.until, self._dossier.catalogue)

    # -- until when -------------------------------------------------------------------------------------------------

    def until(self, rule: Rule) -> date | None:
        """Last day, inclusive, on which a rule that holds would still hold if nothing changed; None: open.

        In a priority table a row below may then come to count: with its own effect, title and basis, so this one's end
        stays as it is. That a row above begins to hold is no end either, as under `none`: it says what is not there.
        """
        ends = [rule.effective.until]
        if rule.when is not None:
            ends.append(self._until(rule.when))
        return _first(ends)

    def _until(self, condition: Condition) -> date | None:
        return fold(
            condition,
            all_of=lambda parts: _first(self._until(part) for part in parts),
            any_of=lambda parts: _last(self._until(part) for part in parts if self.holds(part)),
            none_of=lambda _: None,
            test=self._test_until,
        )

    def _test_until(self, leaf: Leaf) -> date | None:
        column = self._columns.of(leaf)
        if isinstance(leaf, CountTest) and isinstance(column, TotalColumn):
            return _total_until(leaf, self._dossier.total(column))
        if isinstance(column, FindingColumn) and column.rule in self._earlier.rules:
            return self.until(self._earlier.rules[column.rule])
        if isinstance(column, FactColumn):
            return self._fact_until(column)
        return None

    def _fact_until(self, column: FactColumn) -> date | None:
        if column.fact.source is FactSource.RATING:
            rating = self._dossier.rating(column.fact.ladder)
            return rating.until if rating is not None else None
        result = {FactSource.GRADE: self._earlier.grade, FactSource.LEVEL: self._earlier.level}.get(column.fact.source)
        if result is None:
            return None
        return _last(self.until(rule) for rule in self._earlier.rules.values() if rule.key in result.rules)

    # -- remedies ---------------------------------------------------------------------------------------------------

    def remedies(self, rule: Rule) -> tuple[Remedy, ...]:
        """How the records behind a rule can be repaired: one remedy for each kind or list. Source: 信用修复管理办法."""
        result: dict[tuple[str, str, str], Remedy] = {}
        for leaf in self._supporting(rule.when) if rule.when is not None else ():
            column = self._columns.of(leaf)
            if not isinstance(column, TotalColumn):
                continue
            for dated in self._dossier.total(column).records:
                self._add_remedy(result, dated)
        return tuple(result[key] for key in sorted(result))

    def _add_remedy(self, result: dict[tuple[str, str, str], Remedy], dated: DatedRecord) -> None:
        for possible in possible_terms(self._dossier.catalogue, dated, self._dossier.day):
            self._add_by_terms(result, possible)

    def _add_by_terms(self, result: dict[tuple[str, str, str], Remedy], possible: PossibleTerms) -> None:
        terms, record = possible.terms, possible.records[0].record
        provided = in_case(possible, self._dossier.catalogue)
        earliest = repair_from(terms, record)
        key = (record.kind, record.list, f"{terms.severity}{provided}")
        before = result.get(key)
        if (
            before is not None
            and before.earliest_on is not None
            and (earliest is None or earliest < before.earliest_on)
        ):
            earliest = before.earliest_on  # all of them must be repaired: the last one's day
        result[key] = Remedy(
            repairable=terms.repairable,
            condition=provided + terms.condition,
            earliest_on=earliest,
            channel=terms.channel,
        )

    # -- what is unknown --------------------------------------------------------------------------------------------

    def unknown(self, condition: Condition) -> Iterator[Leaf]:
        """Tests that are not known and on which an open condition still depends."""
        if self.truth(condition) is not None:
            return
        yield from fold(
            condition,
            all_of=self._unknown,
            any_of=self._unknown,
            none_of=self._unknown,
            test=lambda test: iter((test,)),
        )

    def _unknown(self, parts: tuple[Condition, ...]) -> Iterator[Leaf]:
        return (leaf for part in parts for leaf in self.unknown(part))


def compares(leaf: Leaf, value: Value) -> bool:
    """Whether a known value passes a fact test."""
    if not isinstance(leaf, FactTest):
        raise TypeError(leaf)
    if leaf.compare is Compare.IN:
        return value in leaf.values
    bound = leaf.values[0]
    if isinstance(value, str) or isinstance(bound, str):
        left, right = str(value), str(bound)  # ISO days order as text
        order = (left > right) - (left < right)
    else:
        order = (value > bound) - (value < bound)
    return {
        Compare.LESS: order < 0,
        Compare.AT_MOST: order <= 0,
        Compare.MORE: order > 0,
        Compare.AT_LEAST: order >= 0,
    }[leaf.compare]


def _total_truth(test: CountTest, total: Total) -> bool | None:
    bound = test.at_least if test.at_least is not None else (test.at_most or 0) + 1
    reached = True if total.amount >= bound else False if total.exact and total.most < bound else None
    return reached if test.at_least is not None else _not(reached)


def _total_until(test: CountTest, total: Total) -> date | None:
    """The day before which enough of the records have ended that fewer than needed are left."""
    if test.at_least is None:
        return None
    column_ends = sorted(
        (counts_until(dated, test.select) or date.max, least)
        for dated, least in zip(total.records, total.least, strict=True)
    )
    left = total.amount
    for end, least in column_ends:
        left -= least
        if left < test.at_least:
            return None if end == date.max else end
    return None


def _every(truths: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _last(days: Iterable[date | None]) -> date | None:
    listed = list(days)
    return None if None in listed else max((day for day in listed if day is not None), default=None)
