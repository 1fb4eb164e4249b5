"""Conditions in Chinese, and what changed between two of them, test by test."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ...rulebook.catalogue import Catalogue
from ...rulebook.language import (
    Condition,
    Leaf,
    RecordTest,
    fold,
    fold_test,
)
from ...rulebook.words import test_in_words
from .report import ChangeLine

ALWAYS = "不附条件"
FIELD = "条件"

_ALL, _ANY, _NONE = "全部成立", "任一成立", "均不成立"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A test with the groups that it stands in, outermost first."""

    path: tuple[str, ...]
    leaf: Leaf
    words: str

    @property
    def text(self) -> str:
        """The test in words; the usual group, that all hold, is not named."""
        groups = " › ".join(group for group in self.path if group != _ALL)
        return f"{groups}: {self.words}" if groups else self.words


def condition_in_words(catalogue: Catalogue, condition: Condition | None) -> str:
    """A whole condition in Chinese, groups in brackets."""
    if condition is None:
        return ALWAYS

    def group(title: str, parts: tuple[Condition, ...]) -> str:
        return f"{title}({'; '.join(condition_in_words(catalogue, part) for part in parts)})"

    return fold(
        condition,
        all_of=lambda parts: group(_ALL, parts),
        any_of=lambda parts: group(_ANY, parts),
        none_of=lambda parts: group(_NONE, parts),
        test=lambda test: test_in_words(catalogue, test),
    )


def condition_lines(
    before: tuple[Catalogue, Condition | None], after: tuple[Catalogue, Condition | None]
) -> tuple[ChangeLine, ...]:
    """What changed, a line a test. Where the same tests are only grouped otherwise, the whole conditions."""
    if before[1] == after[1]:
        return ()
    if before[1] is None or after[1] is None:
        return (ChangeLine(field=FIELD, before=condition_in_words(*before), after=condition_in_words(*after)),)
    gone, come = _placed(before[0], before[1], ()), _placed(after[0], after[1], ())
    for placed in tuple(gone):
        same = next((other for other in come if (other.path, other.leaf) == (placed.path, placed.leaf)), None)
        if same is not None:
            gone.remove(placed)
            come.remove(same)
    lines = _paired((before[0], after[0]), gone, come)
    lines += [ChangeLine(field=FIELD, before=placed.text, after="") for placed in gone]
    lines += [ChangeLine(field=FIELD, before="", after=placed.text) for placed in come]
    if lines:
        return tuple(lines)
    return (ChangeLine(field=FIELD, before=condition_in_words(*before), after=condition_in_words(*after)),)


def _placed(catalogue: Catalogue, condition: Condition, path: tuple[str, ...]) -> list[_Placed]:
    def group(title: str, parts: tuple[Condition, ...]) -> list[_Placed]:
        return [placed for part in parts for placed in _placed(catalogue, part, (*path, title))]

    return fold(
        condition,
        all_of=lambda parts: group(_ALL, parts),
        any_of=lambda parts: group(_ANY, parts),
        none_of=lambda parts: group(_NONE, parts),
        test=lambda test: [_Placed(path, test, test_in_words(catalogue, test))],
    )


def _paired(catalogues: tuple[Catalogue, Catalogue], gone: list[_Placed], come: list[_Placed]) -> list[ChangeLine]:
    """Tests of the same thing, taken out of both lists: first those in the same group, then any."""
    lines: list[ChangeLine] = []
    for same_group in (True, False):
        for placed in tuple(gone):
            partner = next(
                (
                    other
                    for other in come
                    if _subject(other.leaf) == _subject(placed.leaf) and (other.path == placed.path or not same_group)
                ),
                None,
            )
            if partner is not None:
                gone.remove(placed)
                come.remove(partner)
                lines += _changed(catalogues, placed, partner)
    return lines


def _changed(catalogues: tuple[Catalogue, Catalogue], before: _Placed, after: _Placed) -> list[ChangeLine]:
    """A test that compares otherwise; of long choices of lists, what came and went alone."""
    old, new = before.leaf, after.leaf
    if isinstance(old, RecordTest) and isinstance(new, RecordTest) and old.select.lists != new.select.lists:
        gone = _lists(catalogues[0], [code for code in old.select.lists if code not in new.select.lists])
        come = _lists(catalogues[1], [code for code in new.select.lists if code not in old.select.lists])
        same_lists = msgspec.structs.replace(old.select, lists=new.select.lists)
        if before.path == after.path and msgspec.structs.replace(old, select=same_lists) == new and (gone or come):
            return [ChangeLine(field=f"{FIELD}中的名单", before=gone, after=come)]
    if before.text != after.text:
        return [ChangeLine(field=FIELD, before=before.text, after=after.text)]
    if before.path != after.path:
        words = [" › ".join((*placed.path, placed.words)) for placed in (before, after)]
        return [ChangeLine(field=FIELD, before=words[0], after=words[1])]
    return [ChangeLine(field=FIELD, before=_exactly(before), after=_exactly(after))]


def _lists(catalogue: Catalogue, codes: list[str]) -> str:
    return "、".join(catalogue.lists[code].title for code in codes)


def _exactly(placed: _Placed) -> str:
    """For two tests that the words do not tell apart: the test itself beside them."""
    return f"{placed.text} {msgspec.json.encode(placed.leaf, order='sorted').decode()}"


def _subject(leaf: Leaf) -> tuple[object, ...]:
    """What a test looks at, whatever it compares it with."""
    return fold_test(
        leaf,
        fact=lambda test: ("fact", test.fact),
        age=lambda test: ("fact", test.fact),
        records=lambda test: ("records", test.select.kinds, bool(test.select.lists), test.aggregate),
        related=lambda test: ("related", test.kinds, test.of, test.select.kinds, bool(test.select.lists)),
        finding=lambda test: ("finding", test.rule),
        within=lambda test: ("within", test.fact, test.since),
        first=lambda _: ("first",),
    )
