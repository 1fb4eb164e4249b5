"""One subject of a question, judged: its dossier and what each book said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..rulebook.catalogue import Citation, FactSource
from ..rulebook.language import Book, Condition, Leaf, Role, Rule, Value, facts_of_test, rule_of_test
from .columns import Columns
from .dossier import Dossier
from .findings import Verdicts
from .gravest import Gravest
from .parts import EvidenceRef, Graded, LadderRating, Standing, Unsettled, evidence_order
from .priority import upper_rows
from .reasons import NOTHING_EARLIER, EarlierBooks, Reasons
from .unsettled import engine_failed, unsettled


@dataclass(frozen=True, slots=True)
class BookFindings:
    """What one book said: its rules that were asked, by key, and the verdicts."""

    rules: Mapping[str, Rule]
    verdicts: Verdicts
    feeds: frozenset[str]
    """Feeds that the rules look at, by code."""
    failed: bool = False
    """The engine failed: every rule is open."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Grade and level of one subject on one day, for one organ."""

    columns: Columns
    dossier: Dossier
    grade_book: BookFindings
    level_book: BookFindings
    grade: Gravest
    level: Gravest

    def earlier_than_level(self) -> EarlierBooks:
        """What the level book may use."""
        return EarlierBooks(_by_id(self.grade_book), self.grade_book.verdicts.holds, self.grade)

    def earlier_than_measures(self) -> EarlierBooks:
        """What the measures book may use."""
        rules = {**_by_id(self.grade_book), **_by_id(self.level_book)}
        return EarlierBooks(
            rules, self.grade_book.verdicts.holds | self.level_book.verdicts.holds, self.grade, self.level
        )

    def grade_reasons(self) -> Reasons:
        """Reasons of grade rules. No caller's fact reaches the grade or the level."""
        return Reasons(self.columns, self.dossier, {}, NOTHING_EARLIER)

    def level_reasons(self) -> Reasons:
        """Reasons of level rules."""
        return Reasons(self.columns, self.dossier, {}, self.earlier_than_level())

    def waiting(self, subject: int) -> tuple[Unsettled, ...]:
        """What the grade and the level wait for. Worked out once."""
        memo = self.dossier.memo
        if ("waiting", subject) not in memo:
            memo["waiting", subject] = self._waiting(subject)
        result: tuple[Unsettled, ...] = memo["waiting", subject]
        return result

    def _waiting(self, subject: int) -> tuple[Unsettled, ...]:
        return (
            *open_rules(self, self.grade_reasons(), self.grade_book, subject, frozenset(self.grade.open_rules)),
            *open_rules(self, self.level_reasons(), self.level_book, subject, frozenset(self.level.open_rules)),
        )


@dataclass(frozen=True, slots=True)
class JudgedSubject:
    """One subject of the question with its profile and what the measures book said."""

    profile: Profile
    measures: BookFindings

    def reasons(self, given: Mapping[str, Value]) -> Reasons:
        """Reasons of the measures book's rules."""
        return Reasons(self.profile.columns, self.profile.dossier, given, self.profile.earlier_than_measures())


def settle(columns: Columns, dossier: Dossier, book: Book, result: Gravest, said: BookFindings) -> None:
    """Hand a book's result on to later books: the grade or level, and whether each of its rules fired."""
    source = FactSource.GRADE if book is Book.GRADE else FactSource.LEVEL
    for name in columns.names_of(source):
        dossier.settle(name, result.code or None)
    holds = {said.rules[key].id for key in said.verdicts.holds}
    undecided = {said.rules[key].id for key in said.verdicts.open}
    for column in columns.findings_of(book):
        dossier.settle(column.name, None if column.rule in undecided else int(column.rule in holds))


def _by_id(book: BookFindings) -> dict[str, Rule]:
    return {rule.id: rule for rule in book.rules.values()}


def open_rules(
    profile: Profile, reasons: Reasons, book: BookFindings, subject: int, keys: frozenset[str]
) -> tuple[Unsettled, ...]:
    """What some open rules wait for, through the grade, the level and findings down to facts and feeds."""
    result: list[Unsettled] = []
    for key in sorted(keys):
        rule = book.rules[key]
        if book.failed:
            result.append(engine_failed(subject, (rule.id,)))
            continue
        leaves = _row_grounds(rule, book.rules.values(), reasons, profile)
        entries = unsettled(profile.dossier, subject, leaves, (rule.id,))
        result.extend(entries or (engine_failed(subject, (rule.id,)),))
    return tuple(result)


def _row_grounds(rule: Rule, asked: Iterable[Rule], reasons: Reasons, profile: Profile) -> list[Leaf]:
    """What an open rule waits for. A row of a priority table waits for the rows above it too."""
    grounds: list[Leaf] = []
    for each in (*upper_rows(rule, asked), rule):
        if each.when is not None:
            grounds.extend(_grounds(each.when, reasons, profile))
    return grounds


def _grounds(condition: Condition, reasons: Reasons, profile: Profile) -> list[Leaf]:
    grounds: list[Leaf] = []
    for leaf in reasons.unknown(condition):
        earlier = _earlier_rules(leaf, profile)
        if not earlier:
            grounds.append(leaf)
        for rule, asked, rule_reasons in earlier:
            grounds.extend(_row_grounds(rule, asked, rule_reasons, profile))
    return grounds


def _earlier_rules(leaf: Leaf, profile: Profile) -> list[tuple[Rule, Iterable[Rule], Reasons]]:
    """Open rules of earlier books that an unknown test on the grade, the level or a finding waits for.

    With each, the rules of its book that were asked, and the reasons to read it with.
    """
    wanted = {rule.key for rule in _all_earlier(profile) if rule.id == rule_of_test(leaf)}
    for name in facts_of_test(leaf):
        source = profile.dossier.catalogue.facts[name].source
        if source is FactSource.GRADE:
            wanted |= set(profile.grade.open_rules)
        elif source is FactSource.LEVEL:
            wanted |= set(profile.level.open_rules)
    grade_rules, level_rules = profile.grade_book.rules, profile.level_book.rules
    return [
        (rules[key], rules.values(), reasons)
        for rules, reasons in ((grade_rules, profile.grade_reasons()), (level_rules, profile.level_reasons()))
        for key in sorted(wanted & rules.keys())
    ]


def _all_earlier(profile: Profile) -> list[Rule]:
    return [*profile.grade_book.rules.values(), *profile.level_book.rules.values()]


def standing(profile: Profile, subject: int, role: Role) -> Standing:
    """What the subject is, seen by its credit. Worked out once."""
    memo = profile.dossier.memo
    if ("standing", subject, role) not in memo:
        memo["standing", subject, role] = _standing(profile, subject, role)
    result: Standing = memo["standing", subject, role]
    return result


def _standing(profile: Profile, subject: int, role: Role) -> Standing:
    catalogue = profile.dossier.catalogue
    grade_entry, level_entry = (
        catalogue.grades.get(profile.grade.code),
        catalogue.levels.get(profile.level.code),
    )
    evidence: dict[EvidenceRef, None] = {}
    for reasons, book, result in (
        (profile.grade_reasons(), profile.grade_book, profile.grade),
        (profile.level_reasons(), profile.level_book, profile.level),
    ):
        for key in result.rules:
            evidence.update(dict.fromkeys(reasons.evidence(book.rules[key])))
    return Standing(
        subject=subject,
        identifier=profile.dossier.knowledge.identifier,
        role=role,
        grade=_graded(profile.grade, profile.grade_book, grade_entry.title if grade_entry else ""),
        level=_graded(
            profile.level,
            profile.level_book,
            level_entry.title if level_entry else "",
            level_entry.frequency if level_entry else "",
        ),
        ratings=_ratings(profile.dossier),
        evidence=tuple(sorted(evidence, key=evidence_order)),
    )


def _graded(result: Gravest, book: BookFindings, title: str, frequency: str = "") -> Graded:
    rules = [book.rules[key] for key in result.rules]
    basis: dict[Citation, None] = dict.fromkeys(citation for rule in rules for citation in rule.cited)
    return Graded(
        code=result.code,
        title=title,
        rule=rules[0].id if rules else "",
        basis=tuple(basis),
        frequency=frequency,
    )


def _ratings(dossier: Dossier) -> tuple[LadderRating, ...]:
    ratings = []
    for ladder in dossier.catalogue.ladders.values():
        rating = dossier.rating(ladder.code)
        if rating is not None:
            ratings.append(
                LadderRating(ladder=ladder.code, title=ladder.title, rating=rating.rating, decided_on=rating.decided_on)
            )
    return tuple(ratings)
