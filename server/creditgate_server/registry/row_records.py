"""What a row says of a record: its days, state, severity, organ, licence, amounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import UNSET, UnsetType

from ..decision.knowledge import FOR_LIFE, Record
from ..rulebook.catalogue import Catalogue
from ..rulebook.language import LIST_ENTRY
from .cells import RowFault, no_number, sound_day
from .fields import FileKind
from .headers import one_spelling
from .penalties import Licences
from .row_fields import FeedRowFields, kept
from .violations import Violations

SEVERITIES = {"轻微": "minor", "一般": "general", "严重": "serious"}
STATES = {
    "": "effective",
    "有效": "effective",
    "正常": "effective",
    "已修复": "repaired",
    "已移出": "repaired",
    "已撤销": "revoked",
    "撤销": "revoked",
}
_TELLS = {
    "violation": ("violation_code",),
    "category": ("penalty_kinds", "kind"),
    "fine": ("fine_fen", "amount_fen"),
    "confiscated": ("confiscated_fen", "amount_fen"),
    "amount": ("amount_fen",),
    "licence": ("licence_item",),
    "ban_until": ("ban_until",),
    "ground": ("ground",),
    "shown_until": ("until",),
    "severity": ("severity",),
    "organ": ("organ", "organ_title"),
    "effective_from": ("effective_from",),
    "state": ("state", "state_on"),
    "removed_on": ("state", "state_on"),
    "decided_on": ("decided_on",),
}
"""Fields of a file to the fields of `Record` that they bring."""
"""Fields of a file to the fields of `Record` that they bring."""


class RowRecords:
    """Reads records of the rows of one file."""

    def __init__(self, row: FeedRowFields, catalogue: Catalogue) -> None:
        self._row = row
        self._catalogue = catalogue
        self._kind = row.found.form.kind
        self._organs = {organ.title: organ.code for organ in catalogue.organs.values()}
        self._kinds = {name: code for code, kind in catalogue.record_kinds.items() for name in (code, kind.title)}
        self._violations = Violations(catalogue.exemptions)
        self._licences = Licences(catalogue.items.values())
        self._severities: dict[tuple[str, str], str] = {}
        self._states: dict[str, str] = {}
        self.tells = frozenset(
            told for name in (*row.places, *row.found.constants) for told in _TELLS.get(name, ())
        ) | ({"until"} if self._kind is FileKind.LICENCES and "valid_until" in row.places else set())
        """Fields of `Record` of which the file says something."""

    def record(self, cells: Sequence[str], kind: str, listed: str, **detail: object) -> Record:
        """The record of a kind, or entry of a list, that the row says. `detail`: fields told apart. Raises RowFault."""
        decided = self._row.past_day("decided_on", cells, required=True) or date.min
        text = self._row.text("effective_from", cells)
        effective = sound_day(self._row.name("effective_from"), text) if text else decided
        until = self._until(cells)
        if until is not None and until < effective:
            raise RowFault(self._row.name("shown_until"), "截止日期早于开始日期")
        self._row.last_day(
            "penalty_until", cells
        )  # nothing rests on it; what is no day is a fault of the row all the same
        ban = self._row.last_day("ban_until", cells)
        if ban is not None and ban < decided:
            raise RowFault(self._row.name("ban_until"), "禁止期限届满日早于决定日期")
        state, state_on = self._state(cells)
        title = self._row.text("organ", cells)
        organ = self._organs.get(title, "")
        violation = self._row.text("violation", cells)
        licence = self._row.text("licence", cells)
        entry = self._catalogue.lists[listed] if kind == LIST_ENTRY else self._catalogue.record_kinds[kind]
        return Record(
            source=entry.feed,
            document_number=self._document(cells, kind, listed, decided),
            kind=kind,
            list=listed,
            severity=self._severity(kind, cells),
            organ=organ,
            organ_title=title,
            decided_on=decided,
            effective_from=effective,
            until=until,
            state=state,
            state_on=state_on,
            violation_code=(violation and self._violations.code(violation, organ)) or UNSET,
            licence_item=(licence and self._licences.code(licence)) or UNSET,
            ban_until=UNSET if ban is None else ban,
            **detail,  # type: ignore[arg-type]
        )

    def _document(self, cells: Sequence[str], kind: str, listed: str, decided: date) -> str:
        """Its number; where a form has none, what is listed and the day name it."""
        if "document_number" in self._row.places:
            number = self._row.text("document_number", cells, required=True)
            if no_number(number):  # two decisions "without number" would be one, and the later would efface the earlier
                raise RowFault(self._row.name("document_number"), f"“{number}”不是文号, 看不出是哪一份文书")
            return number
        return f"{listed or kind}@{decided.isoformat()}"

    def _until(self, cells: Sequence[str]) -> date | None:
        if self._kind is FileKind.LICENCES:
            valid = self._row.last_day("valid_until", cells)
            return None if valid == FOR_LIFE else valid
        return self._row.last_day("shown_until", cells)

    def ground(self, cells: Sequence[str]) -> str | UnsetType:
        """Code of the ground of a list entry."""
        text = self._row.text("ground", cells)
        return (text and self._row.found.values.get("ground", {}).get(one_spelling(text))) or UNSET

    def known_kind(self, name: str, field: str) -> str:
        """Code of a kind of record that a file may bring. Raises RowFault."""
        kind = self._kinds.get(name)
        if kind is None:
            raise RowFault(self._row.name(field), f"目录中没有记录类别 {name}")
        if self._catalogue.feeds[self._catalogue.record_kinds[kind].feed].own:
            raise RowFault(self._row.name(field), "这类记录由本系统自己登记, 不能导入")
        return kind

    def amount(self, cells: Sequence[str], fine: int | None, confiscated: int | None) -> int:
        """Fine and confiscation together, in fen. Raises RowFault."""
        total = self._row.fen("amount", cells)
        parts = (fine or 0) + (confiscated or 0)
        if total is None:
            return parts
        if total < parts or (fine is not None and confiscated is not None and total != parts):
            raise RowFault(self._row.name("amount"), "合计与罚款、没收金额不符")
        return total

    def _severity(self, kind: str, cells: Sequence[str]) -> str:
        text = cells[self._row.at["severity"]]
        known = self._severities.get((kind, text))
        return kept(self._severities, (kind, text), self._severity_of(kind, text)) if known is None else known

    def _severity_of(self, kind: str, text: str) -> str:
        allowed = () if kind == LIST_ENTRY else self._catalogue.record_kinds[kind].severities
        if not text:
            if allowed and "severity" in self._row.places:  # blank in a column that there is: the row may be broken
                raise RowFault(self._row.name("severity"), "失信严重程度不能为空(轻微、一般、严重)")
            return ""  # a file without the column leaves it unsaid, and rules that look at it say so
        word = self._row.translated("severity", text)
        code = word if word in SEVERITIES.values() else SEVERITIES.get(word)
        if code is None:
            raise RowFault(self._row.name("severity"), "应为轻微、一般或严重")
        if allowed and code not in allowed:
            raise RowFault(self._row.name("severity"), "该类记录没有这一程度")
        return code if allowed else ""

    def _state(self, cells: Sequence[str]) -> tuple[str, date | None]:
        text = cells[self._row.at["state"]]
        state = self._states.get(text)
        if state is None:
            word = self._row.translated("state", text)
            known = word if word in STATES.values() else STATES.get(word)
            if known is None:
                raise RowFault(self._row.name("state"), "应为有效、已修复、已移出或已撤销")
            state = kept(self._states, text, known)
        state_on = self._row.past_day("state_on", cells)
        removed = self._row.past_day("removed_on", cells)
        if removed is not None and state != "revoked":
            state, state_on = "repaired", removed
        if state == "repaired" and state_on is None:
            raise RowFault(self._row.name("state_on"), "已修复、已移出的须有状态日期")
        return state, state_on if state != "effective" else None
