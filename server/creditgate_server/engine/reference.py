"""The second opinion: a plain, slow evaluator of the same rules, written from the language's description alone.

It shares no code with the compiler, the columns or the dossier. A test is True, False or None (not known).
"""

from __future__ import annotations

import dataclasses
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import product

from msgspec.structs import replace

from ..decision.findings import Verdicts
from ..decision.knowledge import Feeds, Knowledge, Record, Related
from ..rulebook.bundle import RuleSet
from ..rulebook.catalogue import FactSource, Period, RecordKind, Terms, Transition
from ..rulebook.language import (
    ACT_BOOK,
    AgeTest,
    Aggregate,
    AllOf,
    AnyOf,
    Book,
    Condition,
    FactTest,
    FindingTest,
    FirstTest,
    NoneOf,
    RecordTest,
    RelatedTest,
    Role,
    Rule,
    Select,
    Stage,
    Value,
    WithinTest,
)
from .reference_violation import EARLIER, ReferenceViolation, applies_to_act

MOST_REMEMBERED = 5_000
_NOT_MADE = ("never", "not yet")
"""States in which a record is no earlier violation: revoked, or made later."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One subject in one role before one item, and all that is known."""

    knowledge: Knowledge
    feeds: Feeds
    day: date
    given: dict[str, Value]
    role: Role
    organ: str
    item: str
    stage: Stage
    exemption: str = ""
    """Of a violation: the entry; empty for an act on no list."""
    region: str = ""
    law_day: date | None = None
    """The day whose law is asked; None: the day itself."""


@dataclasses.dataclass(frozen=True)
class Opinion:
    """Verdicts of every book, with the grade and the level that follow; None where open."""

    grade_book: Verdicts
    level_book: Verdicts
    measures_book: Verdicts
    grade: str | None
    level: str | None


class Reference:
    """Judges one case at a time, book after book."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set
        self.catalogue = rule_set.catalogue
        self._given = {
            field: {rule.key: str(getattr(rule.then, field)) for rule in rule_set.rules if hasattr(rule.then, field)}
            for field in ("grade", "level")
        }
        self._asked: dict[object, list[Rule]] = {}
        """Rules that were asked before, by all that decides on it: cases around one rule ask the same ones."""
        self._feeds_of: dict[Select, set[str]] = {}

    def judge(self, case: Case) -> Opinion:
        """The verdicts of all books on a case."""
        truths: dict[str, bool | None] = {}
        settled: dict[str, Value | None] = {}
        grade_book = self._book(case, Book.GRADE, truths, settled)
        settled["grade"] = self._gravest(grade_book, list(self.catalogue.grades), "grade")
        level_book = self._book(case, Book.LEVEL, truths, settled)
        settled["level"] = self._gravest(level_book, list(self.catalogue.levels), "level")
        measures_book = self._book(case, Book.MEASURES, truths, settled)
        grade, level = settled["grade"], settled["level"]
        return Opinion(
            grade_book,
            level_book,
            measures_book,
            None if grade is None else str(grade),
            None if level is None else str(level),
        )

    def of_violation(self, case: Case, law_days: Iterable[date]) -> list[Verdicts]:
        """The verdicts on the case's violation by the law of each day, in turn.

        The law day says which rules are asked. What their conditions say of the case is the same by every law: worked
        out once.
        """
        alone: dict[str, bool | None] = {}
        return [self._book(dataclasses.replace(case, law_day=day), ACT_BOOK, {}, {}, alone) for day in law_days]

    def _book(
        self,
        case: Case,
        book: Book,
        truths: dict[str, bool | None],
        settled: dict[str, Value | None],
        known: dict[str, bool | None] | None = None,
    ) -> Verdicts:
        """`known`: what conditions of rules said before of the same case, by key; added to."""
        holds, unknown, here = set(), set(), {}
        asked = self._rules_asked(case, book)
        known = {} if known is None else known
        for rule in asked:
            if rule.key not in known:
                known[rule.key] = True if rule.when is None else self.truth(rule.when, case, truths, settled)
        alone = [known[rule.key] for rule in asked]
        for rule, own in zip(asked, alone, strict=True):
            truth = here[rule.id] = self._counts(rule, own, asked, alone)
            if truth is True:
                holds.add(rule.key)
            elif truth is None:
                unknown.add(rule.key)
        truths.update(here)
        return Verdicts(holds=frozenset(holds), open=frozenset(unknown))

    def _rules_asked(self, case: Case, book: Book) -> list[Rule]:
        where = (case.role, case.organ, case.item, case.stage, case.exemption, case.region)
        key = (book, case.law_day or case.day, where)
        if key not in self._asked:
            if len(self._asked) > MOST_REMEMBERED:
                self._asked.clear()
            self._asked[key] = [rule for rule in self.rule_set.of_book(book) if self.applies(rule, case)]
        return self._asked[key]

    @staticmethod
    def _counts(rule: Rule, own: bool | None, asked: list[Rule], alone: list[bool | None]) -> bool | None:
        """Whether a rule counts: a row of a priority table does where it holds and no row above it does."""
        if own is False or rule.row is None or rule.row.hit != "priority":
            return own
        above = [
            truth
            for other, truth in zip(asked, alone, strict=True)
            if other.row is not None and other.row.table == rule.row.table and other.row.number < rule.row.number
        ]
        return False if True in above else None if None in above else own

    def applies(self, rule: Rule, case: Case) -> bool:
        """Whether a rule is asked at all: in force, for this role, organ, stage and item."""
        law = case.law_day or case.day
        if law < rule.effective.start:
            return False
        if rule.effective.until is not None and law > rule.effective.until:
            return False
        where = rule.applies
        if rule.book == ACT_BOOK:
            return applies_to_act(rule, case.organ, case.exemption, case.region, self.catalogue)
        if rule.book != Book.MEASURES:  # grade and level belong to the subject, whatever its role and item
            return not where.organs or case.organ in where.organs
        if case.role not in where.roles:
            return False
        if where.organs and case.organ not in where.organs:
            return False
        if where.stages and case.stage not in where.stages:
            return False
        if not where.items and not where.traits:
            return True
        traits = self.catalogue.items[case.item].traits if case.item in self.catalogue.items else ()
        return case.item in where.items or any(trait in where.traits for trait in traits)

    def _gravest(self, verdicts: Verdicts, order: list[str], field: str) -> str | None:
        given = self._given[field]
        certain = [order.index(given[key]) for key in verdicts.holds]
        possible = [order.index(given[key]) for key in verdicts.open]
        if not certain or (possible and max(possible) > max(certain)):
            return None
        return order[max(certain)]

    def truth(
        self,
        condition: Condition,
        case: Case,
        truths: dict[str, bool | None],
        settled: dict[str, Value | None],
    ) -> bool | None:
        """Kleene's three-valued truth of a condition."""
        if isinstance(condition, AllOf | AnyOf | NoneOf):
            parts = [self.truth(part, case, truths, settled) for part in condition.parts]
            if isinstance(condition, AllOf):
                return False if False in parts else None if None in parts else True
            some = True if True in parts else None if None in parts else False
            if isinstance(condition, AnyOf):
                return some
            return None if some is None else not some
        if isinstance(condition, FactTest):
            return self._fact_test(condition, self.fact(condition.fact, case, settled))
        if isinstance(condition, AgeTest):
            value = self.fact(condition.fact, case, settled)
            return None if value is None else _period_end(str(value), condition.months, condition.days) <= case.day
        if isinstance(condition, RecordTest):
            return self._record_test(condition, case)
        if isinstance(condition, RelatedTest):
            return self._related_test(condition, case)
        if isinstance(condition, WithinTest):
            return self._violation(case).within(condition)
        if isinstance(condition, FirstTest):
            return self._first(condition, case)
        if isinstance(condition, FindingTest):
            return truths.get(condition.rule, False)  # a rule that was not asked has not fired
        raise TypeError(condition)

    def _violation(self, case: Case) -> ReferenceViolation:
        return ReferenceViolation(self.catalogue, case.given, case.exemption, case.organ, case.region, case.day)

    def _first(self, test: FirstTest, case: Case) -> bool | None:
        standing = [record for record in case.knowledge.records if self._state(record, case.day) not in _NOT_MADE]
        feeds = {self.catalogue.record_kinds[kind].feed for kind in EARLIER if kind in self.catalogue.record_kinds}
        complete = case.knowledge.present and not any(self._stale(feed, case) for feed in feeds)
        return self._violation(case).first(test.definition, standing, complete=complete)

    @staticmethod
    def _fact_test(test: FactTest, value: Value | None) -> bool | None:
        if value is None:
            return None
        if test.compare == "in":
            return value in test.values
        bound = test.values[0]
        if isinstance(value, str):
            value, bound = date.fromisoformat(value).toordinal(), date.fromisoformat(str(bound)).toordinal()
        low, high = int(value), int(bound)
        return {
            "less_than": low < high,
            "at_most": low <= high,
            "more_than": low > high,
            "at_least": low >= high,
        }[test.compare.value]

    def fact(self, name: str, case: Case, settled: dict[str, Value | None]) -> Value | None:
        """A fact's value; None where it is not known."""
        entry = self.catalogue.facts[name]
        if entry.source == FactSource.CALLER:
            return case.given.get(name, entry.default)
        if entry.source == FactSource.GRADE:
            return settled.get("grade")
        if entry.source == FactSource.LEVEL:
            return settled.get("level")
        if entry.source == FactSource.IDENTIFIER:
            return _kind_of(case.knowledge.identifier)
        if entry.source in (FactSource.CIRCUMSTANCE, FactSource.CASE):
            return self._violation(case).fact(entry)
        if not case.knowledge.present:
            return None
        if isinstance(case.knowledge.disputed, dict) and case.knowledge.disputed.get(name):
            return None  # sources disagree, and nobody has said which is right
        if entry.source == FactSource.RATING:
            return self._rating(entry.ladder, case)
        if self._stale(entry.feed, case):
            return None
        found = case.knowledge.attributes.get(name)
        return entry.default if found is None else found

    def _rating(self, ladder: str, case: Case) -> str | None:
        if self._stale(self.catalogue.ladders[ladder].feed, case):
            return None
        latest = "none"
        latest_key = (date.min, "")
        for rating in case.knowledge.ratings:
            over = rating.until is not None and rating.until < case.day
            if rating.ladder == ladder and rating.decided_on <= case.day and not over:
                key = (rating.decided_on, rating.rating)
                if key > latest_key:
                    latest, latest_key = rating.rating, key
        return latest

    def _stale(self, feed: str, case: Case) -> bool:
        if self.catalogue.feeds[feed].own:
            return False
        if feed not in case.feeds:
            return True
        return case.day - case.feeds[feed] > timedelta(days=self.catalogue.feeds[feed].max_age_days)

    def _record_test(self, test: RecordTest, case: Case) -> bool | None:
        lowest = highest = 0
        for record in case.knowledge.records:
            low, high = self._share(record, test, case)
            lowest, highest = lowest + low, highest + high
        everything_known = case.knowledge.present and not any(
            self._stale(feed, case) for feed in self._feeds(test.select)
        )
        if test.at_least is not None:  # more records can only help
            if lowest >= test.at_least:
                return True
            return False if everything_known and highest < test.at_least else None
        if test.at_most is None:
            raise ValueError("a record test needs a bound")
        if lowest > test.at_most:
            return False
        return True if everything_known and highest <= test.at_most else None

    def _share(self, record: Record, test: RecordTest, case: Case) -> tuple[int, int]:
        """What a record adds to a total, at least and at most, whichever of all that it may be it is."""
        shares = []
        for version in self._all_it_may_be(record):
            meant = self._is_meant(version, test.select, case)
            low, high = _worth(version, test.aggregate)
            shares.append((low, high) if meant else (0, 0) if meant is False else (0, high))
        return min(low for low, _ in shares), max(high for _, high in shares)

    def _related_test(self, test: RelatedTest, case: Case) -> bool | None:
        """Records of others count once each, by the relation that speaks for them the most."""
        counted: dict[tuple[str, ...], tuple[int, int]] = {}
        everything_known = case.knowledge.present and not case.knowledge.relations_beyond
        for relation in case.knowledge.relations:
            if relation.kind not in test.kinds or relation.of != test.of:
                continue
            if test.moment == "now" and _in_force(relation, case.day) is False:
                continue
            other = relation.knowledge
            everything_known = everything_known and other.present
            for record in other.records:
                shares = []
                for version in self._all_it_may_be(record):
                    moment = version.decided_on if test.moment == "decided" else case.day
                    answers = (_in_force(relation, moment), self._is_meant(version, test.select, case))
                    shares.append((0, 0) if False in answers else (0, 1) if None in answers else (1, 1))
                low, high = min(low for low, _ in shares), max(high for _, high in shares)
                name = (other.identifier, record.source, record.document_number, record.kind, record.list)
                before = counted.get(name, (0, 0))
                counted[name] = (max(before[0], low), max(before[1], high))
        feeds = self._feeds(test.select) | {
            code for code, feed in self.catalogue.feeds.items() if feed.relations is True
        }
        if sum(low for low, _ in counted.values()) >= test.at_least:
            return True
        if not everything_known or any(self._stale(feed, case) for feed in feeds):
            return None
        return False if sum(high for _, high in counted.values()) < test.at_least else None

    def _all_it_may_be(self, record: Record) -> list[Record]:
        """Each version, and of one that does not say how serious it is, or which of several kinds, each possibility."""
        found = []
        for version in (record, *(record.versions or ())):
            kind = self.catalogue.record_kinds.get(version.kind)
            if kind is None or version.kind == "list_entry":
                found.append(version)
            elif not kind.may_be:
                found += [replace(version, severity=one) for one in _severities(kind, version.severity)]
            else:
                for code in kind.may_be:
                    other = self.catalogue.record_kinds[code]
                    said = version.severity if version.severity in other.severities else ""
                    found += [replace(version, kind=code, severity=one) for one in _severities(other, said)]
        return found

    def _feeds(self, select: Select) -> set[str]:
        """Feeds that may bring what a selection means; not to be changed."""
        if select not in self._feeds_of:
            if len(self._feeds_of) > MOST_REMEMBERED:
                self._feeds_of.clear()
            self._feeds_of[select] = self._feeds_meant(select)
        return self._feeds_of[select]

    def _feeds_meant(self, select: Select) -> set[str]:
        feeds = set()
        entries_meant = bool(select.lists) or not select.kinds or "list_entry" in select.kinds
        if entries_meant:
            for code, entry in self.catalogue.lists.items():
                if not select.lists or code in select.lists:
                    feeds.add(entry.feed)
        others_meant = select.kinds or not select.lists
        if others_meant:
            for code, kind in self.catalogue.record_kinds.items():
                if code != "list_entry" and (not select.kinds or code in select.kinds):
                    feeds.add(kind.feed)
        return feeds

    def _is_meant(self, record: Record, select: Select, case: Case) -> bool | None:
        """Whether a selection means a record; None where the record does not say what it takes."""
        if select.kinds and record.kind not in select.kinds:
            return False
        if select.lists and record.list not in select.lists:
            return False
        if select.severities and record.severity not in select.severities:
            return False
        if record.amount_fen < select.each_at_least:
            return False
        if self._state(record, case.day) not in [state.value for state in select.states]:
            return False
        answers = [
            self._by_organ(record, select, case),
            self._in_time(record, select, case.day),
            *self._in_detail(record, select, case),
        ]
        return False if False in answers else None if None in answers else True

    def _by_organ(self, record: Record, select: Select, case: Case) -> bool | None:
        organs = list(select.organs)
        if select.items_organ:
            if case.item not in self.catalogue.items:  # no application: nothing is its organ's
                return False
            organs = [self.catalogue.items[case.item].organ]
            if (record.organ, record.organ_title) == ("", ""):
                return None
        return not organs or record.organ in organs

    def _in_time(self, record: Record, select: Select, day: date) -> bool | None:
        """Within the window; a ban that names its last day runs to that day, whatever the window says."""
        if select.ban_running and isinstance(record.ban_until, date):
            return record.ban_until >= day
        window = select.window
        if window is None:
            return None if select.ban_running and not select.open_ended else True
        return _period_end(record.decided_on.isoformat(), window.months, window.days) >= day

    @staticmethod
    def _in_detail(record: Record, select: Select, case: Case) -> list[bool | None]:
        answers: list[bool | None] = []
        if select.penalty_kinds:
            kinds = record.penalty_kinds
            answers.append(bool(set(select.penalty_kinds) & set(kinds)) if isinstance(kinds, tuple) else None)
        if select.fine_each_at_least:
            low, high = _worth(record, Aggregate.FINE)
            least = select.fine_each_at_least
            answers.append(None if low < least <= high else low >= least)
        if select.that_licence or select.items:
            items = (case.item,) if select.that_licence else select.items or ()
            answers.append(record.licence_item in items if isinstance(record.licence_item, str) else None)
        if select.grounds:
            answers.append(record.ground in select.grounds if isinstance(record.ground, str) else None)
        return answers

    def _state(self, record: Record, day: date) -> str:
        if record.state == "revoked":
            return "never"
        if record.decided_on > day or record.effective_from > day:
            return "not yet"
        if record.state == "repaired" and not (record.state_on is not None and record.state_on > day):
            return "repaired"
        until = record.until
        if until is None:
            terms = self._terms(record, day)
            if terms is not None and terms.lasts_months is not None:
                published = terms.counted_from == "publication"
                start = record.effective_from if published else record.decided_on
                until = _period_end(start.isoformat(), terms.lasts_months, 0)
        return "expired" if until is not None and day > until else "effective"

    def _terms(self, record: Record, day: date) -> Terms | None:
        """The version of the terms that is the law for the record on the day: the more particular first."""
        if record.kind == "list_entry":
            terms = self.catalogue.lists[record.list].terms if record.list in self.catalogue.lists else ()
        else:
            kinds = self.catalogue.record_kinds
            terms = kinds[record.kind].terms if record.kind in kinds else ()
        law = [term for term in terms if _is_law(term, record, day)]
        for by_severity, by_organ, by_ground in product((True, False), repeat=3):
            for term in law:
                told = bool(term.severity), isinstance(term.organs, tuple), isinstance(term.grounds, tuple)
                if told == (by_severity, by_organ, by_ground):
                    return term
        return None


def _severities(kind: RecordKind, said: str) -> tuple[str, ...]:
    return kind.severities if said == "" and kind.severities else (said,)


def _is_law(term: Terms, record: Record, day: date) -> bool:
    if term.severity and term.severity != record.severity:
        return False
    if isinstance(term.organs, tuple) and record.organ not in term.organs:
        return False
    if isinstance(term.grounds, tuple) and (not isinstance(record.ground, str) or record.ground not in term.grounds):
        return False
    if isinstance(term.effective, Period):
        last = term.effective.until
        if day < term.effective.start or (last is not None and day > last):
            return False
    if isinstance(term.applies_to, Transition):
        first, final = term.applies_to.decided_from, term.applies_to.decided_until
        if (first is not None and record.decided_on < first) or (final is not None and record.decided_on > final):
            return False
    return True


def _in_force(relation: Related, day: date) -> bool | None:
    """Whether a relation is in force on a day; None where that is before the first day of which it is known."""
    if relation.until is not None and day > relation.until:
        return False
    if relation.since is None:
        return True if isinstance(relation.seen, date) and day >= relation.seen else None
    return day >= relation.since


def _worth(record: Record, aggregate: Aggregate) -> tuple[int, int]:
    """What a record counts for, at least and at most."""
    if aggregate is Aggregate.COUNT:
        return 1, 1
    everything = record.amount_fen
    if aggregate is Aggregate.AMOUNT:
        return everything, everything
    if isinstance(record.fine_fen, int):
        return record.fine_fen, record.fine_fen
    if isinstance(record.confiscated_fen, int):
        return max(0, everything - record.confiscated_fen), max(0, everything - record.confiscated_fen)
    if not isinstance(record.penalty_kinds, tuple):
        return 0, everything
    names = {kind.value for kind in record.penalty_kinds}
    if "fine" not in names:
        return 0, 0
    return (0, everything) if "confiscation" in names else (everything, everything)


def _period_end(day_text: str, months: int, days: int) -> date:
    day = date.fromisoformat(day_text)
    year = day.year + (day.month + months - 1) // 12
    month = (day.month + months - 1) % 12 + 1
    try:
        return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=days)
    except (ValueError, OverflowError):
        return date.max  # beyond the calendar


def _kind_of(identifier: str) -> str:
    if identifier[0:2] == "p:":
        return "person"
    first = {"1": "institution", "5": "social_organisation"}
    by_two = {"91": "enterprise", "92": "sole_trader", "93": "cooperative"}
    return by_two.get(identifier[0:2]) or first.get(identifier[0:1]) or "other"
