"""What was found, set against what a test expects; a difference is said in Chinese, with the expectation's place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ...decision.check.decision import Outcome
from ...rulebook.catalogue import Catalogue
from ...rulebook.language import Duty, Place
from .language import OPEN, Expectation, ExpectedOutcome, MeasureSaid, RuleTest, SubjectCode

E = TypeVar("E")
F = TypeVar("F")

OUTCOMES = {
    Outcome.CLEAR: "无措施",
    Outcome.INCENTIVES: "激励",
    Outcome.MEASURES: "惩戒",
    Outcome.PROHIBITED: "禁止",
    Outcome.UNDETERMINED: "不能确定",
}
_DUTIES = {Duty.MANDATORY: "应当", Duty.OPTIONAL: "可以"}
_NOTHING = "(无)"


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """What the engine answered, in the terms in which tests expect."""

    outcome: Outcome | None
    """None where only grade and level were asked."""
    grades: tuple[str, ...]
    """One a subject; `open` where it could not be settled."""
    levels: tuple[str, ...]
    measures: tuple[MeasureSaid, ...]
    rules: tuple[str, ...]
    """Keys of the rules that fired for any subject: of the measures book, or of grade and level. Sorted."""
    set_aside: tuple[SubjectCode, ...]
    undetermined: tuple[SubjectCode, ...]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that was not met."""

    place: Place
    message: str


def mismatches(test: RuleTest, found: EngineAnswer, catalogue: Catalogue) -> tuple[Mismatch, ...]:
    """Every expectation of a test that is not met."""
    return tuple(_Comparison(catalogue, len(test.subjects)).all(test.expect, found))


class _Comparison:
    """Words for one catalogue; subjects are named only where there are several."""

    def __init__(self, catalogue: Catalogue, subjects: int) -> None:
        self._catalogue = catalogue
        self._several = subjects > 1

    def all(self, expect: ExpectedOutcome, found: EngineAnswer) -> Iterator[Mismatch]:
        catalogue = self._catalogue
        if expect.outcome is not None and expect.outcome.value is not found.outcome:
            wanted, got = expect.outcome.value, found.outcome
            yield _differs(expect.outcome, "结论", _outcome(wanted), _outcome(got) if got else _NOTHING)
        for said, got_codes, label, entries in (
            (expect.grade, found.grades, "公共信用等级", catalogue.grades),
            (expect.level, found.levels, "监管等级", catalogue.levels),
        ):
            if said is not None and said.value != got_codes:
                titles = {code: entry.title for code, entry in entries.items()} | {OPEN: "不能确定"}
                yield _differs(said, label, _titled(said.value, titles), _titled(got_codes, titles))
        yield from _lists(expect.measures, found.measures, "措施", _measure_fits, self._measure)
        yield from _lists(expect.rules, found.rules, "成立的规则", _rule_fits, str)
        yield from _lists(expect.set_aside, found.set_aside, "不适用的激励", _fits, self._titled_mark)
        yield from _lists(expect.undetermined, found.undetermined, "未知事项", _fits, self._mark)

    def _measure(self, said: MeasureSaid) -> str:
        duty = f" {_DUTIES[said.duty]}" if said.duty else ""
        return self._titled_mark(said.measure) + duty

    def _titled_mark(self, mark: SubjectCode) -> str:
        return f"{self._catalogue.measures[mark.code].title}({self._mark(mark)})"

    def _mark(self, mark: SubjectCode) -> str:
        return mark.code + (f" @{mark.subject + 1}" if self._several and mark.subject is not None else "")


def _outcome(outcome: Outcome) -> str:
    return f"{OUTCOMES[outcome]}({outcome.value})"


def _titled(codes: Iterable[str], titles: dict[str, str]) -> str:
    return "、".join(f"{titles.get(code, '')}({code})" for code in codes)


def _differs(said: Expectation[E], label: str, wanted: str, got: str) -> Mismatch:
    return Mismatch(said.place, f"{label}: 应为 {wanted}, 实为 {got}")


def _lists(
    said: Expectation[tuple[E, ...]] | None,
    found: Sequence[F],
    label: str,
    fits: Callable[[E, F], bool],
    word: Callable[[E | F], str],
) -> Iterator[Mismatch]:
    """Nothing that is listed may be missing, and nothing more may be there."""
    if said is None:
        return
    missing = [one for one in said.value if not any(fits(one, got) for got in found)]
    extra = [got for got in found if not any(fits(one, got) for one in said.value)]
    if not missing and not extra:
        return
    parts = [f"缺少 {'、'.join(map(word, missing))}"] if missing else []
    parts += [f"多出 {'、'.join(map(word, extra))}"] if extra else []
    wanted = "、".join(map(word, said.value)) or _NOTHING
    got_words = "、".join(map(word, found)) or _NOTHING
    yield Mismatch(said.place, f"{label}: 应为 {wanted}, 实为 {got_words}; {'; '.join(parts)}")


def _fits(said: SubjectCode, found: SubjectCode) -> bool:
    return said.code == found.code and said.subject in (None, found.subject)


def _measure_fits(said: MeasureSaid, found: MeasureSaid) -> bool:
    return _fits(said.measure, found.measure) and said.duty in (None, found.duty)


def _rule_fits(said: str, found: str) -> bool:
    return said in (found, found.partition("@")[0])
