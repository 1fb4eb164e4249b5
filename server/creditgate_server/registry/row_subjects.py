"""Whom a row is about, and whom it names beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from ..codes import may_be_citizen_id
from ..decision.knowledge import Record
from ..rulebook.catalogue import RelationKind
from .cells import CITIZEN_ID, RowFault, firm_of, person_of, subject_of
from .row_fields import FeedRowFields, kept
from .rows import RelationRow

_PERSONS = (
    ("representative_id_type", "representative_id", RelationKind.LEGAL_REPRESENTATIVE),
    ("principal_id_type", "principal_id", RelationKind.PRINCIPAL),
    ("responsible_id_type", "responsible_id", RelationKind.DIRECTLY_RESPONSIBLE),
)
_OF_OTHER = {"uscc": "other_uscc", "id_type": "other_id_type", "id_number": "other_id"}


class RowSubjects:
    """Reads who is meant in the rows of one file."""

    def __init__(self, row: FeedRowFields, person_hash: Callable[[str], str]) -> None:
        """`person_hash`: keyed hash of a citizen's number."""
        self._row = row
        self._person_hash = person_hash
        self._firms: dict[str, str] = {}
        self._persons = [(kind_of, number, kind) for kind_of, number, kind in _PERSONS if number in row.places]
        self._bare_id = "representative" in row.places and "representative_id" not in row.places
        self.names_others = bool(self._persons or self._bare_id)
        """Whether the file has columns for representatives and so on."""
        self.untold = 0
        """Persons named without a number that can be hashed: their relations are not told."""

    def identifier(self, cells: Sequence[str]) -> str:
        """Of the subject that the row is about. Raises RowFault."""
        code = self._row.text("uscc", cells)
        known = self._firms.get(code)
        if known is not None:
            return known
        code = code.upper()
        try:
            if not code and "subject" in self._row.places:
                return self._code_or_number(cells)
            if not code:
                id_type, number = self._row.text("id_type", cells), self._row.text("id_number", cells)
                return subject_of("", self._row.translated("id_type", id_type), number, self._person_hash)
            return kept(self._firms, code, firm_of(code))
        except RowFault as fault:
            raise RowFault(self._row.name(fault.field), fault.reason) from None

    def _code_or_number(self, cells: Sequence[str]) -> str:
        """One column for firms and persons. A citizen's number of 31 would pass for a code; none begins with 9."""
        text = self._row.text("subject", cells, required=True).upper()
        try:
            if text[:1] != "9" and may_be_citizen_id(text):
                return person_of(text, self._person_hash)
            return firm_of(text)
        except RowFault as fault:
            raise RowFault(self._row.name("subject"), fault.reason) from None

    def related(
        self, cells: Sequence[str], identifier: str, feed: str, document: str = "", day: date | None = None
    ) -> tuple[RelationRow, ...]:
        """Whom the row names as a firm's representative and so on. `day`: it says no more than of that day."""
        if not self.names_others or identifier.startswith("p:"):
            return ()
        found = []
        if self._bare_id and self._row.text("representative", cells):
            found.append(("id_type", "id_number", RelationKind.LEGAL_REPRESENTATIVE))
        rows = []
        for id_type, number, kind in (*found, *self._persons):
            other = self._other(cells, id_type, number)
            if other:
                rows.append(RelationRow(identifier, other, kind, None, None, feed, document, day))
        return tuple(rows)

    def related_to(self, cells: Sequence[str], identifier: str, record: Record) -> tuple[RelationRow, ...]:
        """Whom a decision names: it says no more than of its day."""
        return self.related(cells, identifier, record.source, record.document_number, record.decided_on)

    def _other(self, cells: Sequence[str], id_type: str, number: str) -> str:
        text = self._row.text(number, cells)
        if not text:
            return ""
        sort = self._row.translated("id_type", self._row.text(id_type, cells))
        if sort not in CITIZEN_ID or "*" in text:
            self.untold += 1  # a passport, or masked: who it is can't be told, and that something is said is counted
            return ""
        try:
            return person_of(text, self._person_hash)
        except RowFault as fault:
            raise RowFault(self._row.name(number), fault.reason) from None

    def other_party(self, cells: Sequence[str]) -> str:
        """The other side of a relation. Raises RowFault."""
        code, number = self._row.text("other_uscc", cells), self._row.text("other_id", cells)
        if code and number:
            raise RowFault(self._row.name("other_id"), "关系人既写了统一社会信用代码, 又写了证件号码")
        try:
            return subject_of(
                code,
                self._row.translated("id_type", self._row.text("other_id_type", cells)),
                number,
                self._person_hash,
            )
        except RowFault as fault:
            raise RowFault(self._row.name(_OF_OTHER[fault.field]), fault.reason) from None
