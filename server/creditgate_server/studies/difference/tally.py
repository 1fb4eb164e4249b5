"""Counts over many subjects and questions. Tallies of parts, merged in order, equal the tally of the whole.

Of a random sample: how far a share in it may lie from the share in everyone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, sqrt
from random import Random

from ...rulebook.language import Duty, Stage
from .comparing import SubjectComparison
from .report import MOST_EXAMPLES, Aspect, Rate, Sampling, SubjectMove, TransitionCell

Step = tuple[str, str]
"""From which code to which."""


@dataclass(slots=True)
class Cells:
    """A migration matrix in the making."""

    counts: Counter[Step] = field(default_factory=Counter)
    examples: dict[Step, list[SubjectMove]] = field(default_factory=dict)

    def count(self, step: Step, times: int = 1) -> None:
        """One more in a cell."""
        self.counts[step] += times

    def show(self, move: SubjectMove) -> None:
        """Keep a move as an example while there are few."""
        shown = self.examples.setdefault((move.before.code, move.after.code), [])
        if len(shown) < MOST_EXAMPLES:
            shown.append(move)

    def merge(self, later: Cells) -> None:
        """Add what came later."""
        self.counts.update(later.counts)
        for moves in later.examples.values():
            for move in moves:
                self.show(move)

    def made(self) -> tuple[TransitionCell, ...]:
        """The cells, by codes."""
        return tuple(
            TransitionCell(before=step[0], after=step[1], count=count, examples=tuple(self.examples.get(step, ())))
            for step, count in sorted(self.counts.items())
        )


@dataclass(slots=True)
class ItemCells:
    """An item's moves at some stages."""

    cells: Cells = field(default_factory=Cells)
    moved: int = 0
    shifts: Counter[tuple[str, Duty | None, Duty | None]] = field(default_factory=Counter)

    def add(self, move: SubjectMove) -> None:
        """One more move."""
        self.moved += 1
        self.cells.count((move.before.code, move.after.code))
        self.cells.show(move)
        before = {entry.code: entry.duty for entry in move.before.measures}
        after = {entry.code: entry.duty for entry in move.after.measures}
        for code in before.keys() | after.keys():
            if before.get(code) != after.get(code):
                self.shifts[code, before.get(code), after.get(code)] += 1

    def merge(self, later: ItemCells) -> None:
        """Add what came later."""
        self.moved += later.moved
        self.cells.merge(later.cells)
        self.shifts.update(later.shifts)


@dataclass(slots=True)
class SubjectTally:
    """What became of the subjects."""

    same_for: Mapping[str, tuple[str, ...]]
    """For the first of some organs with the same level rules: all of them, the general level not counted."""
    subjects: int = 0
    affected: int = 0
    engine_faults: int = 0
    grade: Cells = field(default_factory=Cells)
    levels: dict[str, Cells] = field(default_factory=dict)
    items: dict[tuple[str, str, tuple[Stage, ...]], ItemCells] = field(default_factory=dict)
    organs: Counter[str] = field(default_factory=Counter)

    def add(self, compared: SubjectComparison) -> None:
        """One more subject."""
        self.subjects += 1
        self.grade.count((compared.grade.before, compared.grade.after))
        for organ, change in compared.levels.items():
            self.levels.setdefault(organ, Cells()).count((change.before, change.after))
        if not compared.moves:
            return
        self.affected += 1
        for move in compared.moves:
            if move.aspect is Aspect.GRADE:
                self.grade.show(move)
            elif move.aspect is Aspect.LEVEL:
                self.levels[move.organ].show(move)
            else:
                self.items.setdefault((move.item, move.organ, move.stages), ItemCells()).add(move)
        self.organs.update(self._organs(compared.moves))

    def _organs(self, moves: Iterable[SubjectMove]) -> set[str]:
        organs: set[str] = set()
        for move in moves:
            if move.aspect is Aspect.LEVEL:
                organs.update(self.same_for.get(move.organ, ()))
            elif move.aspect is Aspect.CHECK:
                organs.add(move.organ)
        return organs

    def merge(self, later: SubjectTally) -> None:
        """Add what came later."""
        self.subjects += later.subjects
        self.affected += later.affected
        self.engine_faults += later.engine_faults
        self.grade.merge(later.grade)
        for organ, cells in later.levels.items():
            self.levels.setdefault(organ, Cells()).merge(cells)
        for key, item in later.items.items():
            self.items.setdefault(key, ItemCells()).merge(item)
        self.organs.update(later.organs)


@dataclass(slots=True)
class QuestionTally:
    """What became of the stored questions."""

    stored: int = 0
    distinct: int = 0
    not_comparable: int = 0
    moved: int = 0
    checks: Cells = field(default_factory=Cells)
    levels: Cells = field(default_factory=Cells)
    grades: Cells = field(default_factory=Cells)

    def skip(self, times: int) -> None:
        """A question that can't be compared."""
        self.stored += times
        self.distinct += 1
        self.not_comparable += times

    def add(self, moves: Iterable[SubjectMove], times: int) -> None:
        """One more question, asked so many times."""
        self.stored += times
        self.distinct += 1
        moves = tuple(moves)
        self.moved += times if moves else 0
        for move in moves:
            cells = {Aspect.CHECK: self.checks, Aspect.LEVEL: self.levels, Aspect.GRADE: self.grades}[move.aspect]
            cells.count((move.before.code, move.after.code), times)
            cells.show(move)

    def merge(self, later: QuestionTally) -> None:
        """Add what came later."""
        self.stored += later.stored
        self.distinct += later.distinct
        self.not_comparable += later.not_comparable
        self.moved += later.moved
        for mine, theirs in (
            (self.checks, later.checks),
            (self.levels, later.levels),
            (self.grades, later.grades),
        ):
            mine.merge(theirs)


Z = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""

_MILLION = 1_000_000


def sample(identifiers: Sequence[str], size: int, seed: int) -> tuple[str, ...]:
    """So many different identifiers, each as likely as any other, sorted; all where there are no more."""
    if size >= len(identifiers):
        return tuple(identifiers)
    return tuple(sorted(Random(seed).sample(sorted(identifiers), size)))  # noqa: S311 - no secret


def rate(moved: int, of: int, sampling: Sampling | None) -> Rate:
    """A share with its bounds: exact for everyone, Wilson's 95 % interval for a sample, rounded outwards."""
    if of == 0:
        return Rate(moved=0, of=0, low_ppm=0, high_ppm=0 if sampling is None else _MILLION)
    if sampling is None or sampling.size >= sampling.population:
        share = round(moved * _MILLION / of)
        return Rate(moved=moved, of=of, low_ppm=share, high_ppm=share)
    low, high = wilson(moved, of)
    return Rate(moved=moved, of=of, low_ppm=floor(low * _MILLION), high_ppm=ceil(high * _MILLION))


def wilson(moved: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share; `of` at least 1."""
    share, z2 = moved / of, Z * Z
    middle = share + z2 / (2 * of)
    spread = Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    scale = 1 + z2 / of
    low = 0.0 if moved == 0 else max((middle - spread) / scale, 0.0)
    return low, 1.0 if moved == of else min((middle + spread) / scale, 1.0)
