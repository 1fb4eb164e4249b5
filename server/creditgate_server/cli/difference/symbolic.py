"""The comparison over all conceivable subjects, as the report shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from ...rulebook.bundle import RuleSet
from ...rulebook.language import Book
from ...studies.analysis.compare import RuleComparison, Strictness, compare, overall
from ...studies.difference.report import Symbolic, SymbolicVerdict

MOST_WITNESSES = 6

_WORDS = {
    Strictness.EQUIVALENT: "相同",
    Strictness.STRICTER: "更严",
    Strictness.LOOSER: "更宽",
    Strictness.NEITHER: "有严有宽",
}
_BOOKS = {Book.GRADE: "信用等级", Book.LEVEL: "监管等级", Book.MEASURES: "措施"}


def symbolic(first: RuleSet, second: RuleSet, day: date) -> Symbolic | None:
    """The verdict with witnesses; None where it could not be reached in time."""
    compared = compare(first, second, day)
    verdict = overall(compared)
    if verdict is Strictness.UNDECIDED:
        return None
    counts = Counter((one.book, one.strictness) for one in compared for _ in one.asked)
    parts = [f"{_BOOKS[book]}{_WORDS[how]} {number} 处" for (book, how), number in sorted(counts.items())]
    return Symbolic(
        verdict=SymbolicVerdict(verdict.value), explanation=", ".join(parts), witnesses=tuple(_witnesses(compared))
    )


def _witnesses(compared: Sequence[RuleComparison]) -> list[str]:
    found: list[str] = []
    for one in compared:
        for word, witness in (("更严", one.worse), ("更宽", one.better)):
            if witness is not None:
                found.append(f"{_BOOKS[one.book]}{word}: {'; '.join(witness.words)}")
    return found[:MOST_WITNESSES]
