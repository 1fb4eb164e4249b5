"""One row of a file, read: what it says with types, or the fault with its field and reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from msgspec import UNSET
from msgspec.structs import replace

from ..decision.knowledge import FOR_LIFE, Rating
from ..rulebook.catalogue import Catalogue, FactEntry, FactType, RelationKind
from ..rulebook.language import LIST_ENTRY, Value
from ..rulebook.titles import RELATIONS
from .cells import RowFault, day_of, number_of, past_day, subject_of
from .fields import FileKind
from .revisions import document_key
from .row_fields import FeedRowFields
from .row_penalties import RowPenalties
from .row_records import RowRecords
from .row_subjects import RowSubjects
from .rows import RatingRow, ReadRow, RecordRow, RelationRow, SubjectRow
from .understanding import Understanding

_NAMING = {
    FileKind.RATINGS: ("ladder",),
    FileKind.SUBJECTS: (),
    FileKind.RELATIONS: ("other_uscc", "other_id"),
}
_OF_RECORDS = ("document_number", "list", "kind")
_RELATIONS = {name: kind.value for kind, title in RELATIONS.items() for name in (kind.value, title)} | {
    "法人代表": RelationKind.LEGAL_REPRESENTATIVE.value,
    "负责人": RelationKind.PRINCIPAL.value,
    "直接负责的主管人员": RelationKind.DIRECTLY_RESPONSIBLE.value,
    "其他直接责任人员": RelationKind.DIRECTLY_RESPONSIBLE.value,
    "直接负责的主管人员和其他直接责任人员": RelationKind.DIRECTLY_RESPONSIBLE.value,
}


class RowReader:
    """Reads the rows of one file."""

    def __init__(
        self, found: Understanding, catalogue: Catalogue, person_hash: Callable[[str], str], data_day: date
    ) -> None:
        """`person_hash`: keyed hash of a citizen's number. `data_day`: up to which the file is complete."""
        self._kind = found.form.kind
        self._catalogue = catalogue
        self._row = FeedRowFields(found, data_day)
        self._subjects = RowSubjects(self._row, person_hash)
        self._records = RowRecords(self._row, catalogue)
        self._penalties = RowPenalties(self._row, self._records)
        self._lists = _by_code_and_title(catalogue.lists)
        self._ladders = _by_code_and_title(catalogue.ladders)
        self._feeds = _by_code_and_title(catalogue.feeds)
        self._choices = {fact.name: _choices(fact) for fact in found.facts.values()}
        self._read_row = {
            FileKind.SUBJECTS: self._subject,
            FileKind.RATINGS: self._rating,
            FileKind.RELATIONS: self._relation,
            FileKind.PENALTIES: self._penalty,
        }.get(self._kind, self._other_record)
        naming = ("uscc", "subject", "id_number", *_NAMING.get(self._kind, _OF_RECORDS))
        self._naming = [found.places[name] for name in naming if name in found.places and name != "document_number"]
        self._numbered = found.places.get("document_number") if "document_number" in naming else None

    @property
    def untold(self) -> int:
        """Persons named without a number that can be hashed: their relations are not told."""
        return self._subjects.untold

    def read(self, cells: list[str]) -> tuple[ReadRow, ...]:
        """What the row says; one decision with a revocation and other penalties is two records. Raises RowFault."""
        return self._read_row(self._row.checked(cells))

    def named_feed(self, cells: list[str]) -> str:
        """The feed that a row names which can't be read otherwise; empty where it names none, or is itself in doubt."""
        try:
            cells = self._row.checked(cells)
            match self._kind:
                case FileKind.LIST_ENTRIES:
                    return self._catalogue.lists[self._listed(cells)].feed
                case FileKind.RATINGS:
                    return self._catalogue.ladders[self._ladder(cells)].feed
                case FileKind.RECORDS:
                    return self._catalogue.record_kinds[self._kind_named(cells)].feed
                case FileKind.RELATIONS:
                    return self._feed_named(cells)
                case FileKind.PENALTIES | FileKind.LICENCES | FileKind.SUBJECTS:
                    return ""
        except RowFault:
            return ""

    def key(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The cells that name what the row is about. Rows of one thing have the same; so may rows of others."""
        width, at = len(cells), self._numbered
        number = "" if at is None or at >= width else document_key(cells[at])
        return (number, *[cells[place].upper() if place < width else "" for place in self._naming])

    def _subject(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._subjects.identifier(cells)
        if identifier.startswith("p:"):
            raise RowFault(self._row.name("uscc"), "自然人不作为登记主体导入")
        attributes: dict[str, Value] = {}
        feed = ""
        for place, fact in self._row.found.facts.items():
            feed = feed or fact.feed
            if cells[place]:
                attributes[fact.name] = self._fact_value(self._row.headers[place], fact, cells[place])
        row = SubjectRow(identifier, self._row.text("name", cells), attributes)
        return (row, *self._subjects.related(cells, identifier, feed))

    def _fact_value(self, header: str, fact: FactEntry, text: str) -> Value:
        if fact.type is FactType.DAY:
            return past_day(header, text, self._row.data_day).isoformat()
        if fact.type is FactType.FLAG:
            text = self._row.translated(fact.name, text)
            if text not in ("是", "否"):
                raise RowFault(header, "应为是或否")
            return int(text == "是")
        if fact.type is FactType.CHOICE:
            choice = self._choices[fact.name].get(self._row.translated(fact.name, text))
            if choice is None:
                raise RowFault(header, "应为 " + "、".join(fact.titles or fact.choices))
            return choice
        return number_of(header, text, 100 if fact.type is FactType.MONEY else 1)

    def _rating(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._subjects.identifier(cells)
        ladder = self._ladder(cells)
        ratings = self._catalogue.ladders[ladder].ratings
        text = self._row.text("rating", cells, required=True)
        rating = text if text in ratings else self._row.translated("rating", text)
        if rating not in ratings:
            raise RowFault(self._row.name("rating"), "等级应为 " + "、".join(ratings))
        decided = self._row.past_day("decided_on", cells, required=True) or date.min
        until = self._row.last_day("valid_until", cells)
        until = None if until == FOR_LIFE else until
        if until is not None and until < decided:
            raise RowFault(self._row.name("valid_until"), "截止日期早于开始日期")
        return (RatingRow(identifier, Rating(ladder=ladder, rating=rating, decided_on=decided, until=until)),)

    def _relation(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._subjects.identifier(cells)
        if identifier.startswith("p:"):
            raise RowFault(self._row.name("uscc"), "关系的主体应为法人或者其他组织")
        other = self._subjects.other_party(cells)
        if other == identifier:
            raise RowFault(self._row.name("other_uscc"), "关系人就是主体自己")
        kind = self._row.chosen("relation", cells, _RELATIONS, "应为 " + "、".join(RELATIONS.values()))
        feed = self._feed_named(cells)
        since, until = self._row.past_day("since", cells), self._row.last_day("until", cells)
        until = None if until == FOR_LIFE else until
        if since is not None and until is not None and until < since:
            raise RowFault(self._row.name("until"), "终止日期早于起始日期")
        return (RelationRow(identifier, other, RelationKind(kind), since, until, feed),)

    def _other_record(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._subjects.identifier(cells)
        if self._kind is FileKind.LIST_ENTRIES:
            kind, listed = LIST_ENTRY, self._listed(cells)
        elif self._kind is FileKind.LICENCES:
            kind, listed = self._records.known_kind("licence", "kind"), ""
        else:
            kind, listed = self._kind_named(cells), ""
        fine, confiscated = self._row.fen("fine", cells), self._row.fen("confiscated", cells)
        record = replace(
            self._records.record(cells, kind, listed),
            amount_fen=self._records.amount(cells, fine, confiscated),
            fine_fen=UNSET if fine is None else fine,
            confiscated_fen=UNSET if confiscated is None else confiscated,
            ground=self._records.ground(cells),
        )
        return (
            RecordRow(identifier, record, self._records.tells),
            *self._subjects.related_to(cells, identifier, record),
        )

    def _listed(self, cells: list[str]) -> str:
        return self._row.chosen("list", cells, self._lists, "目录中没有这个名单")

    def _ladder(self, cells: list[str]) -> str:
        return self._row.chosen("ladder", cells, self._ladders, "目录中没有这项评价")

    def _kind_named(self, cells: list[str]) -> str:
        text = self._row.text("kind", cells, required=True)
        return self._records.known_kind(self._row.translated("kind", text), "kind")

    def _feed_named(self, cells: list[str]) -> str:
        feed = self._feeds.get(self._row.text("source", cells) or "registration")
        if feed is None:
            raise RowFault(self._row.name("source"), "目录中没有这个数据源")
        return feed

    def _penalty(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._subjects.identifier(cells)
        records = self._penalties.records(cells)
        rows: tuple[ReadRow, ...] = tuple([RecordRow(identifier, record, self._records.tells) for record in records])
        if self._subjects.names_others:
            rows += self._subjects.related_to(cells, identifier, records[-1])
        return rows


def _by_code_and_title(entries: Mapping[str, object]) -> dict[str, str]:
    return {name: code for code, entry in entries.items() for name in (code, getattr(entry, "title", code))}


def _choices(fact: FactEntry) -> dict[str, str]:
    """A choice by its code and by the title that the catalogue shows."""
    return dict(zip(fact.titles, fact.choices, strict=False)) | {choice: choice for choice in fact.choices}


__all__ = ["RowFault", "RowReader", "day_of", "subject_of"]
