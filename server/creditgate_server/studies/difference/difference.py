"""From two rule sets, and the subjects and questions to try them on, to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from ...decision.knowledge import Feeds
from ...rulebook.bundle import RuleSet
from ...rulebook.language import Stage
from .catalogue_changes import catalogue_changes
from .comparing import Comparison, NamedSubject
from .questions import Replay, StoredQuestion
from .report import (
    DiffReport,
    DiffTitles,
    ItemEffect,
    Migration,
    OrganEffect,
    QuestionEffects,
    Sampling,
    SetSummary,
    Shift,
    SubjectEffects,
    SubjectMove,
    Symbolic,
)
from .rule_changes import rule_changes
from .scope import DiffScope, later_days
from .tally import Cells, QuestionTally, SubjectTally, rate
from .verification_changes import verification_changes

Heard = Callable[[SubjectMove], None]
"""Hears every move, in order."""


def difference(
    a: RuleSet,
    b: RuleSet,
    day: date,
    *,
    subjects: Iterable[NamedSubject] | None = None,
    questions: Iterable[StoredQuestion] | None = None,
    feeds: Feeds | None = None,
    symbolic: Symbolic | None = None,
) -> DiffReport:
    """Compare two rule sets, in words and on all of some subjects and stored questions. In this process alone.

    None for subjects or questions: none were tried, which is not the same as that none moved.
    """
    comparison = Comparison(a, b, day)
    tried = None if subjects is None else tally_subjects(comparison, subjects, feeds or {})
    asked = None if questions is None else tally_questions(comparison, questions, feeds or {})
    return report(comparison.scope, tried, asked, symbolic=symbolic)


def tally_subjects(
    comparison: Comparison, subjects: Iterable[NamedSubject], feeds: Feeds, heard: Heard | None = None
) -> SubjectTally:
    """Try subjects and count."""
    tally = new_tally(comparison.scope)
    faults = comparison.engine_faults
    for subject in subjects:
        compared = comparison.subject(subject, feeds)
        tally.add(compared)
        if heard is not None:
            for move in compared.moves:
                heard(move)
    tally.engine_faults = comparison.engine_faults - faults
    return tally


def new_tally(scope: DiffScope) -> SubjectTally:
    """An empty tally."""
    organs = (entry.organs for entry in scope.organs if entry.organs)
    return SubjectTally({codes[0]: tuple(code for code in codes if code) for codes in organs})


def tally_questions(
    comparison: Comparison, questions: Iterable[StoredQuestion], feeds: Feeds, heard: Heard | None = None
) -> QuestionTally:
    """Ask stored questions again and count."""
    tally, replay = QuestionTally(), Replay(comparison)
    for stored in questions:
        if not replay.comparable(stored):
            tally.skip(stored.times)
            continue
        moves = replay.moves(stored, feeds)
        tally.add(moves, stored.times)
        if heard is not None:
            for move in moves:
                heard(move)
    return tally


def report(
    scope: DiffScope,
    subjects: SubjectTally | None = None,
    questions: QuestionTally | None = None,
    *,
    sampling: Sampling | None = None,
    symbolic: Symbolic | None = None,
    known_at: str = "",
    names: tuple[str, str] = ("", ""),
    notes: tuple[str, ...] = (),
) -> DiffReport:
    """The report on what was counted. `names` are those of A and B as the asker calls them."""
    a, b = scope.a, scope.b
    return DiffReport(
        a=SetSummary(digest=a.digest, rules=len(a.rules), name=names[0]),
        b=SetSummary(digest=b.digest, rules=len(b.rules), name=names[1]),
        day=scope.day,
        known_at=known_at,
        rules=rule_changes(a, b),
        catalogue=(*catalogue_changes(a.catalogue, b.catalogue), *verification_changes(a, b)),
        scope=scope.report(later_days(a, b, scope), acts_differ=scope.acts_differ()),
        names=titles(a, b),
        subjects=None if subjects is None else _subject_effects(subjects, scope, sampling),
        questions=None if questions is None else _question_effects(questions),
        symbolic=symbolic,
        notes=notes,
    )


def _subject_effects(tally: SubjectTally, scope: DiffScope, sampling: Sampling | None) -> SubjectEffects:
    of = tally.subjects
    items = [
        ItemEffect(
            item=item,
            organ=organ,
            stages=stages,
            cells=cells.cells.made(),
            shifts=tuple(
                Shift(measure=code, before=before, after=after, count=count)
                for (code, before, after), count in sorted(
                    cells.shifts.items(), key=lambda entry: (-entry[1], entry[0][0], str(entry[0][1]))
                )
            ),
            rate=rate(cells.moved, of, sampling),
        )
        for (item, organ, stages), cells in tally.items.items()
    ]
    organs = [OrganEffect(organ=organ, rate=rate(moved, of, sampling)) for organ, moved in tally.organs.items()]
    return SubjectEffects(
        subjects=of,
        sampling=sampling,
        affected=rate(tally.affected, of, sampling),
        grade=_migration(tally.grade, "", (), of, sampling),
        levels=tuple(
            _migration(tally.levels[entry.organs[0]], entry.organs[0], entry.organs[1:], of, sampling)
            for entry in scope.organs
            if entry.organs and entry.organs[0] in tally.levels
        ),
        items=tuple(sorted(_stages_together(items), key=lambda entry: (-entry.rate.moved, entry.item, entry.stages))),
        organs=tuple(sorted(organs, key=lambda entry: (-entry.rate.moved, entry.organ))),
    )


def _stages_together(items: Iterable[ItemEffect]) -> list[ItemEffect]:
    """Stages of an item that show the very same numbers are shown once."""
    together: dict[object, ItemEffect] = {}
    for effect in items:
        counts = tuple((cell.before, cell.after, cell.count) for cell in effect.cells)
        key = (effect.item, effect.organ, counts, effect.shifts)
        if key in together:
            stages = {*together[key].stages, *effect.stages}
            ordered = tuple(stage for stage in Stage if stage in stages)
            together[key] = msgspec.structs.replace(together[key], stages=ordered)
        else:
            together[key] = effect
    return list(together.values())


def _migration(cells: Cells, organ: str, same_for: tuple[str, ...], of: int, sampling: Sampling | None) -> Migration:
    moved = sum(count for (before, after), count in cells.counts.items() if before != after)
    return Migration(organ=organ, same_for=same_for, cells=cells.made(), rate=rate(moved, of, sampling))


def _question_effects(tally: QuestionTally) -> QuestionEffects:
    return QuestionEffects(
        stored=tally.stored,
        distinct=tally.distinct,
        not_comparable=tally.not_comparable,
        rate=rate(tally.moved, tally.stored - tally.not_comparable, None),
        checks=tally.checks.made(),
        levels=tally.levels.made(),
        grades=tally.grades.made(),
    )


def titles(a: RuleSet, b: RuleSet) -> DiffTitles:
    """Titles by code of both catalogues, B's order and titles first."""
    by_section = {
        section: {
            code: entry.title
            for catalogue in (b.catalogue, a.catalogue, b.catalogue)  # B's order and, at last, B's titles
            for code, entry in getattr(catalogue, section).items()
        }
        for section in ("grades", "levels", "organs", "items", "measures")
    }
    return DiffTitles(**by_section)
