"""What a row of dual publicity says of a penalty: its kinds, its amounts, whether a licence was revoked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from ..decision.knowledge import Record
from ..rulebook.catalogue import PenaltyKind
from .cells import RowFault
from .penalties import NamedKinds, fine_told, is_food_licence, named_kinds, tells_revocation, which_of_both
from .row_fields import FeedRowFields, kept
from .row_records import RowRecords

_Kinds = tuple[PenaltyKind, ...] | UnsetType


class RowPenalties:
    """Reads penalties of the rows of one file."""

    def __init__(self, row: FeedRowFields, records: RowRecords) -> None:
        self._row = row
        self._records = records
        self._named: dict[str, NamedKinds] = {}
        self._plain: dict[str, tuple[_Kinds, bool | None]] = {}

    def records(self, cells: Sequence[str]) -> tuple[Record, ...]:
        """The decision; where it revokes a licence and gives other penalties, two records, the revocation last.

        Raises RowFault.
        """
        kinds, revokes = self._kinds(cells)
        fine, confiscated = self._amounts(cells, kinds)
        amount = self._records.amount(
            cells, None if fine is UNSET else fine, None if confiscated is UNSET else confiscated
        )
        detail = {"penalty_kinds": kinds, "fine_fen": fine, "confiscated_fen": confiscated, "amount_fen": amount}
        alone = not revokes or kinds is UNSET or kinds == (PenaltyKind.REVOCATION,)
        kind = self._records.known_kind("penalty", "category") if revokes is False else self._revocation(cells, revokes)
        record = self._records.record(cells, kind, "", **(detail if alone else {"penalty_kinds": kinds}))
        if alone:
            return (record,)
        return (self._records.record(cells, self._records.known_kind("penalty", "category"), "", **detail), record)

    def _kinds(self, cells: Sequence[str]) -> tuple[_Kinds, bool | None]:
        """The kinds of penalty, and whether the licence is revoked; None: it is not said."""
        text, content = cells[self._row.at["category"]], cells[self._row.at["content"]]
        more = cells[self._row.at["more_categories"]] or cells[self._row.at["licence"]]
        if more or "吊销" in content or "暂扣" in content:
            return self._kinds_in_full(cells)
        known = self._plain.get(text)
        return kept(self._plain, text, self._kinds_in_full(cells)) if known is None else known

    def _kinds_in_full(self, cells: Sequence[str]) -> tuple[_Kinds, bool | None]:
        parts = [self._named_in("category", cells)]
        if "more_categories" in self._row.places and self._row.text("more_categories", cells):
            parts.append(self._named_in("more_categories", cells))
        kinds = frozenset[PenaltyKind]().union(*(part.kinds for part in parts))
        content = self._row.text("content", cells)
        either = any(part.either for part in parts)
        if either:
            which = which_of_both((self._row.text("licence", cells), content))
            if which is None:
                return UNSET, None
            kinds |= {which}
        revokes = PenaltyKind.REVOCATION in kinds
        if not revokes and not either and tells_revocation(content):
            return UNSET, None
        doubtful = any(part.unknown for part in parts)
        return (UNSET if doubtful else tuple(sorted(kinds))), revokes

    def _named_in(self, field: str, cells: Sequence[str]) -> NamedKinds:
        text = self._row.text(field, cells, required=True)
        named = self._named.get(text)
        if named is None:
            named = named_kinds(self._row.translated(field, text))
            if named.codes:
                named = named_kinds(";".join(map(self._penalty_word, re.split(r"[,;、/|]", named.codes))))
            if named.codes:
                reason = f"是代码 {named.codes}, 各地的字典不同; 请在对照文件的 values 中写明各代码的意思"
                raise RowFault(self._row.name(field), reason)
            kept(self._named, text, named)
        return named

    def _penalty_word(self, code: str) -> str:
        return self._row.translated("category", code)

    def _amounts(self, cells: Sequence[str], kinds: _Kinds) -> tuple[int | UnsetType, int | UnsetType]:
        """Fine and confiscation. An empty cell is nothing where the kinds of penalty say so; else it is not known."""
        fine, confiscated = self._row.fen("fine", cells), self._row.fen("confiscated", cells)
        if kinds is UNSET:
            return UNSET if fine is None else fine, UNSET if confiscated is None else confiscated
        if fine == 0 and PenaltyKind.FINE in kinds:  # an empty cell that a program filled, or lost digits
            raise RowFault(self._row.name("fine"), "处罚类别有罚款, 金额不能为零")
        if fine is None and PenaltyKind.FINE in kinds and not self._row.text("amount", cells):
            fine = self._fine_told(cells)
        return (
            fine if fine is not None else UNSET if PenaltyKind.FINE in kinds else 0,
            confiscated if confiscated is not None else UNSET if PenaltyKind.CONFISCATION in kinds else 0,
        )

    def _fine_told(self, cells: Sequence[str]) -> int:
        """The fine that a form without a column for it tells in its text. A fine of no amount is a fault."""
        if "fine" in self._row.places:
            raise RowFault(self._row.name("fine"), "处罚类别有罚款, 金额不能为空")
        told = fine_told(self._row.text("content", cells))
        if told is None:
            raise RowFault(self._row.name("content"), "处罚类别有罚款, 看不出罚款金额")
        return told

    def _revocation(self, cells: Sequence[str], revokes: bool | None) -> str:
        """Which licence decides what may not be asked for again. `revokes`: None where it is not said."""
        licence, content = self._row.text("licence", cells), self._row.text("content", cells)
        if revokes is None and not licence and tells_revocation(content):
            kind = "food-revocation-unsaid" if is_food_licence(content) else "any-revocation-unsaid"
            return self._records.known_kind(kind, "category")
        food = is_food_licence(self._row.text("licence", cells, required=True))
        if revokes is None:
            return self._records.known_kind("food-revocation-unsaid" if food else "revocation-unsaid", "category")
        return self._records.known_kind("food-licence-revocation" if food else "licence-revocation", "category")
