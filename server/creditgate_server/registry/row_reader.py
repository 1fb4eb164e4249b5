"""One row of a file, read: what it says with types, or the fault with its field and reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from ..codes import may_be_citizen_id
from ..decision.knowledge import FOR_LIFE, Rating, Record
from ..files.reading import LONGEST_CELL, Doubtful
from ..rulebook.catalogue import Catalogue, FactEntry, FactType, PenaltyKind, RelationKind
from ..rulebook.language import LIST_ENTRY, Value
from ..rulebook.titles import RELATIONS
from .cells import CITIZEN_ID, RowFault, day_of, fen_of, firm_of, last_day, number_of, past_day, person_of, sound_day
from .cells import subject_of as subject_of
from .fields import FIELDS, FileKind
from .headers import one_spelling
from .penalties import Licences, NamedKinds, fine_told, is_food_licence, named_kinds, tells_revocation, which_of_both
from .rows import RatingRow, ReadRow, RecordRow, RelationRow, SubjectRow
from .understanding import Understanding
from .violations import Violations

K = TypeVar("K")
T = TypeVar("T")

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
_MOST_KEPT = 50_000
"""Texts whose meaning is kept, of each sort: files repeat days, organs and kinds of penalty."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_PERSONS = (
    ("representative_id_type", "representative_id", RelationKind.LEGAL_REPRESENTATIVE),
    ("principal_id_type", "principal_id", RelationKind.PRINCIPAL),
    ("responsible_id_type", "responsible_id", RelationKind.DIRECTLY_RESPONSIBLE),
)
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
_NAMING = {
    FileKind.RATINGS: ("ladder",),
    FileKind.SUBJECTS: (),
    FileKind.RELATIONS: ("other_uscc", "other_id"),
}
_OF_RECORDS = ("document_number", "list", "kind")
_Kinds = tuple[PenaltyKind, ...] | UnsetType


class RowReader:
    """Reads the rows of one file."""

    def __init__(
        self, found: Understanding, catalogue: Catalogue, person_hash: Callable[[str], str], data_day: date
    ) -> None:
        """`person_hash`: keyed hash of a citizen's number. `data_day`: up to which the file is complete."""
        self._form = found.form
        self._kind = found.form.kind
        self._found = found
        self._places = found.places
        self._headers = found.headers
        self._width = len(found.headers)
        self._constants = list(found.constants.values())
        self._at = dict.fromkeys(FIELDS, self._width) | {
            name: self._width + 1 + at for at, name in enumerate(found.constants)
        }
        self._at |= found.places
        taken = {place for name, place in found.places.items() if name not in ("name", "representative")}
        self._used = sorted(taken | set(found.facts))
        self._nameless = [place for place, header in enumerate(found.headers) if not header]
        self._catalogue = catalogue
        self._person_hash = person_hash
        self._data_day = data_day
        self._organs = {organ.title: organ.code for organ in catalogue.organs.values()}
        self._lists = _by_code_and_title(catalogue.lists)
        self._ladders = _by_code_and_title(catalogue.ladders)
        self._kinds = _by_code_and_title(catalogue.record_kinds)
        self._feeds = _by_code_and_title(catalogue.feeds)
        self._choices = {fact.name: _choices(fact) for fact in found.facts.values()}
        self._violations = Violations(catalogue.exemptions)
        self._licences = Licences(catalogue.items.values())
        self._read_row = {
            FileKind.SUBJECTS: self._subject,
            FileKind.RATINGS: self._rating,
            FileKind.RELATIONS: self._relation,
            FileKind.PENALTIES: self._penalty,
        }.get(self._kind, self._other_record)
        naming = ("uscc", "subject", "id_number", *_NAMING.get(self._kind, _OF_RECORDS))
        self._naming = [self._places[name] for name in naming if name in self._places]
        self._tells = frozenset(told for name in (*self._places, *found.constants) for told in _TELLS.get(name, ())) | (
            {"until"} if self._kind is FileKind.LICENCES and "valid_until" in self._places else set()
        )
        self._persons = [(kind_of, number, kind) for kind_of, number, kind in _PERSONS if number in self._places]
        self._bare_id = "representative" in self._places and "representative_id" not in self._places
        self._firms: dict[str, str] = {}
        self._past: dict[str, date] = {}
        self._last: dict[str, date] = {}
        self._named: dict[str, NamedKinds] = {}
        self._amounts: dict[tuple[str, str], int] = {}
        self._plain: dict[str, tuple[_Kinds, bool | None]] = {}
        self._severities: dict[tuple[str, str], str] = {}
        self._states: dict[str, str] = {}
        self.untold = 0
        """Persons named without a number that can be hashed: their relations are not told."""

    # -- the row as a whole -------------------------------------------------------------------------------------------

    def read(self, cells: list[str]) -> tuple[ReadRow, ...]:
        """What the row says; one decision with a revocation and other penalties is two records. Raises RowFault."""
        return self._read_row(self._checked(cells))

    def key(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The cells that name what the row is about. Rows of one thing have the same; so may rows of others."""
        width = len(cells)
        return tuple([cells[place].upper() if place < width else "" for place in self._naming])

    def _checked(self, cells: list[str]) -> list[str]:
        """The row's cells, as many as headers, then an empty one and the constants. Raises RowFault."""
        width = self._width
        if len(cells) > width:
            for place in range(width, len(cells)):
                if cells[place]:
                    doubt = next((cell.reason for cell in cells if isinstance(cell, Doubtful)), "")
                    raise RowFault(
                        f"第 {place + 1} 列", doubt or "这一列没有表头, 却有内容: 可能有没加引号的逗号, 各列已错开"
                    )
            cells = cells[:width]
        cells = [*cells, *[""] * (width + 1 - len(cells)), *self._constants]
        for place in self._nameless:
            if cells[place]:
                raise RowFault(f"第 {place + 1} 列", "这一列没有表头, 却有内容")
        together = "".join(cells)
        if len(together) > LONGEST_CELL or not together.isprintable():
            self._require_clean(cells)
        if Doubtful in set(map(type, cells)):
            for place in self._used:
                cell = cells[place]
                if type(cell) is Doubtful:
                    raise RowFault(self._headers[place], cell.reason)
        return cells

    def _require_clean(self, cells: Sequence[str]) -> None:
        for place, cell in enumerate(cells[: self._width]):
            if len(cell) > LONGEST_CELL:
                raise RowFault(self._headers[place], f"超过 {LONGEST_CELL} 个字符")
            if _CONTROL.search(cell):
                raise RowFault(self._headers[place], "含有控制字符")

    # -- cells --------------------------------------------------------------------------------------------------------

    def _text(self, field: str, cells: Sequence[str], *, required: bool = False) -> str:
        text = cells[self._at[field]]
        if required and not text:
            raise RowFault(self._name(field), "不能为空")
        return text

    def _name(self, field: str) -> str:
        place = self._places.get(field)
        return self._headers[place] if place is not None else FIELDS[field].title if field in FIELDS else field

    def _translated(self, field: str, text: str) -> str:
        words = self._found.values.get(field)
        return text if words is None else words.get(one_spelling(text), text)

    def _past_day(self, field: str, cells: Sequence[str], *, required: bool = False) -> date | None:
        text = cells[self._at[field]]
        if not text:
            if required:
                raise RowFault(self._name(field), "不能为空")
            return None
        day = self._past.get(text)
        if day is None:
            day = _kept(self._past, text, past_day(self._name(field), text, self._data_day))
        return day

    def _last_day(self, field: str, cells: Sequence[str]) -> date | None:
        text = cells[self._at[field]]
        if not text:
            return None
        day = self._last.get(text)
        if day is None:
            day = _kept(self._last, text, last_day(self._name(field), text))
        return day

    def _fen(self, field: str, cells: Sequence[str]) -> int | None:
        """None: the file has no such column, or leaves it empty."""
        text = cells[self._at[field]]
        if not text:
            return None
        known = self._amounts.get((field, text))
        if known is None:
            certain = field in self._found.certain_units
            fen = fen_of(self._name(field), text, self._found.units[field], certain=certain)
            known = _kept(self._amounts, (field, text), fen)
        return known

    # -- who ----------------------------------------------------------------------------------------------------------

    def _identifier(self, cells: Sequence[str]) -> str:
        code = self._text("uscc", cells)
        known = self._firms.get(code)
        if known is not None:
            return known
        code = code.upper()
        try:
            if not code and "subject" in self._places:
                return self._code_or_number(cells)
            if not code:
                id_type, number = self._text("id_type", cells), self._text("id_number", cells)
                return subject_of("", self._translated("id_type", id_type), number, self._person_hash)
            return _kept(self._firms, code, firm_of(code))
        except RowFault as fault:
            raise RowFault(self._name(fault.field), fault.reason) from None

    def _code_or_number(self, cells: Sequence[str]) -> str:
        """One column for firms and persons. A citizen's number of 31 would pass for a code; none begins with 9."""
        text = self._text("subject", cells, required=True).upper()
        try:
            if text[:1] != "9" and may_be_citizen_id(text):
                return person_of(text, self._person_hash)
            return firm_of(text)
        except RowFault as fault:
            raise RowFault(self._name("subject"), fault.reason) from None

    def _related(
        self, cells: Sequence[str], identifier: str, feed: str, document: str = "", day: date | None = None
    ) -> tuple[RelationRow, ...]:
        """Whom the row names as a firm's representative and so on. `day`: it says no more than of that day."""
        if identifier.startswith("p:"):
            return ()
        found = []
        if self._bare_id and self._text("representative", cells):
            found.append(("id_type", "id_number", RelationKind.LEGAL_REPRESENTATIVE))
        rows = []
        for id_type, number, kind in (*found, *self._persons):
            other = self._other(cells, id_type, number)
            if other:
                rows.append(RelationRow(identifier, other, kind, None, None, feed, document, day))
        return tuple(rows)

    def _related_to(self, cells: Sequence[str], identifier: str, record: Record) -> tuple[RelationRow, ...]:
        return self._related(cells, identifier, record.source, record.document_number, record.decided_on)

    def _other(self, cells: Sequence[str], id_type: str, number: str) -> str:
        text = self._text(number, cells)
        if not text:
            return ""
        sort = self._translated("id_type", self._text(id_type, cells))
        if sort not in CITIZEN_ID or "*" in text:
            self.untold += 1  # a passport, or masked: who it is can't be told, and that something is said is counted
            return ""
        try:
            return person_of(text, self._person_hash)
        except RowFault as fault:
            raise RowFault(self._name(number), fault.reason) from None

    # -- subjects, ratings, relations ---------------------------------------------------------------------------------

    def _subject(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._identifier(cells)
        if identifier.startswith("p:"):
            raise RowFault(self._name("uscc"), "自然人不作为登记主体导入")
        attributes: dict[str, Value] = {}
        feed = ""
        for place, fact in self._found.facts.items():
            feed = feed or fact.feed
            if cells[place]:
                attributes[fact.name] = self._fact_value(self._headers[place], fact, cells[place])
        row = SubjectRow(identifier, self._text("name", cells), attributes)
        return (row, *self._related(cells, identifier, feed))

    def _fact_value(self, header: str, fact: FactEntry, text: str) -> Value:
        if fact.type is FactType.DAY:
            return past_day(header, text, self._data_day).isoformat()
        if fact.type is FactType.FLAG:
            text = self._translated(fact.name, text)
            if text not in ("是", "否"):
                raise RowFault(header, "应为是或否")
            return int(text == "是")
        if fact.type is FactType.CHOICE:
            choice = self._choices[fact.name].get(self._translated(fact.name, text))
            if choice is None:
                raise RowFault(header, "应为 " + "、".join(fact.titles or fact.choices))
            return choice
        return number_of(header, text, 100 if fact.type is FactType.MONEY else 1)

    def _rating(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._identifier(cells)
        ladder = self._chosen("ladder", cells, self._ladders, "目录中没有这项评价")
        ratings = self._catalogue.ladders[ladder].ratings
        text = self._text("rating", cells, required=True)
        rating = text if text in ratings else self._translated("rating", text)
        if rating not in ratings:
            raise RowFault(self._name("rating"), "等级应为 " + "、".join(ratings))
        decided = self._past_day("decided_on", cells, required=True) or date.min
        until = self._last_day("valid_until", cells)
        until = None if until == FOR_LIFE else until
        if until is not None and until < decided:
            raise RowFault(self._name("valid_until"), "截止日期早于开始日期")
        return (RatingRow(identifier, Rating(ladder=ladder, rating=rating, decided_on=decided, until=until)),)

    def _relation(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._identifier(cells)
        if identifier.startswith("p:"):
            raise RowFault(self._name("uscc"), "关系的主体应为法人或者其他组织")
        try:
            other = subject_of(
                self._text("other_uscc", cells),
                self._translated("id_type", self._text("other_id_type", cells)),
                self._text("other_id", cells),
                self._person_hash,
            )
        except RowFault as fault:
            raise RowFault(self._name(_OF_OTHER[fault.field]), fault.reason) from None
        kind = self._chosen("relation", cells, _RELATIONS, "应为 " + "、".join(RELATIONS.values()))
        text = self._text("source", cells)
        feed = self._feeds.get(text or "registration")
        if feed is None:
            raise RowFault(self._name("source"), "目录中没有这个数据源")
        since, until = self._past_day("since", cells), self._last_day("until", cells)
        until = None if until == FOR_LIFE else until
        if since is not None and until is not None and until < since:
            raise RowFault(self._name("until"), "终止日期早于起始日期")
        return (RelationRow(identifier, other, RelationKind(kind), since, until, feed),)

    def _chosen(self, field: str, cells: Sequence[str], known: Mapping[str, str], reason: str) -> str:
        text = self._text(field, cells, required=True)
        found = known.get(text) or known.get(self._translated(field, text))
        if found is None:
            raise RowFault(self._name(field), reason)
        return found

    # -- records ------------------------------------------------------------------------------------------------------

    def _other_record(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._identifier(cells)
        if self._kind is FileKind.LIST_ENTRIES:
            kind, listed = LIST_ENTRY, self._chosen("list", cells, self._lists, "目录中没有这个名单")
        elif self._kind is FileKind.LICENCES:
            kind, listed = self._known_kind("licence", "kind"), ""
        else:
            text = self._text("kind", cells, required=True)
            kind, listed = self._known_kind(self._translated("kind", text), "kind"), ""
        fine, confiscated = self._fen("fine", cells), self._fen("confiscated", cells)
        record = replace(
            self._record(cells, kind, listed),
            amount_fen=self._amount(cells, fine, confiscated),
            fine_fen=UNSET if fine is None else fine,
            confiscated_fen=UNSET if confiscated is None else confiscated,
            ground=self._ground(cells),
        )
        return (RecordRow(identifier, record, self._tells), *self._related_to(cells, identifier, record))

    def _penalty(self, cells: list[str]) -> tuple[ReadRow, ...]:
        identifier = self._identifier(cells)
        kinds, revokes = self._penalty_kinds(cells)
        fine, confiscated = self._penalty_amounts(cells, kinds)
        amount = self._amount(cells, None if fine is UNSET else fine, None if confiscated is UNSET else confiscated)
        detail = {"penalty_kinds": kinds, "fine_fen": fine, "confiscated_fen": confiscated, "amount_fen": amount}
        alone = not revokes or kinds is UNSET or kinds == (PenaltyKind.REVOCATION,)
        kind = self._known_kind("penalty", "category") if revokes is False else self._revocation(cells, revokes)
        record = self._record(cells, kind, "", **(detail if alone else {"penalty_kinds": kinds}))
        rows: tuple[ReadRow, ...] = (RecordRow(identifier, record, self._tells),)
        if not alone:
            other = self._record(cells, self._known_kind("penalty", "category"), "", **detail)
            rows = (RecordRow(identifier, other, self._tells), *rows)
        if self._persons or self._bare_id:
            rows += self._related_to(cells, identifier, record)
        return rows

    def _penalty_kinds(self, cells: Sequence[str]) -> tuple[_Kinds, bool | None]:
        """The kinds of penalty, and whether the licence is revoked; None: it is not said."""
        text, content = cells[self._at["category"]], cells[self._at["content"]]
        told = (
            cells[self._at["more_categories"]] or cells[self._at["licence"]] or "吊销" in content or "暂扣" in content
        )
        if told:
            return self._kinds_in_full(cells)
        known = self._plain.get(text)
        return _kept(self._plain, text, self._kinds_in_full(cells)) if known is None else known

    def _kinds_in_full(self, cells: Sequence[str]) -> tuple[_Kinds, bool | None]:
        parts = [self._named_in("category", cells)]
        if "more_categories" in self._places and self._text("more_categories", cells):
            parts.append(self._named_in("more_categories", cells))
        kinds = frozenset[PenaltyKind]().union(*(part.kinds for part in parts))
        content = self._text("content", cells)
        either = any(part.either for part in parts)
        if either:
            which = which_of_both((self._text("licence", cells), content))
            if which is None:
                return UNSET, None
            kinds |= {which}
        revokes = PenaltyKind.REVOCATION in kinds
        if not revokes and not either and tells_revocation(content):
            return UNSET, None
        doubtful = any(part.unknown for part in parts)
        return (UNSET if doubtful else tuple(sorted(kinds))), revokes

    def _named_in(self, field: str, cells: Sequence[str]) -> NamedKinds:
        text = self._text(field, cells, required=True)
        named = self._named.get(text)
        if named is None:
            named = named_kinds(self._translated(field, text))
            if named.codes:
                named = named_kinds(";".join(map(self._penalty_word, re.split(r"[,;、/|]", named.codes))))
            if named.codes:
                reason = f"是代码 {named.codes}, 各地的字典不同; 请在对照文件的 values 中写明各代码的意思"
                raise RowFault(self._name(field), reason)
            _kept(self._named, text, named)
        return named

    def _penalty_word(self, code: str) -> str:
        return self._translated("category", code)

    def _penalty_amounts(self, cells: Sequence[str], kinds: _Kinds) -> tuple[int | UnsetType, int | UnsetType]:
        """Fine and confiscation. An empty cell is nothing where the kinds of penalty say so; else it is not known."""
        fine, confiscated = self._fen("fine", cells), self._fen("confiscated", cells)
        if kinds is UNSET:
            return UNSET if fine is None else fine, UNSET if confiscated is None else confiscated
        if fine is None and PenaltyKind.FINE in kinds and not self._text("amount", cells):
            fine = self._fine_told(cells)
        return (
            fine if fine is not None else UNSET if PenaltyKind.FINE in kinds else 0,
            confiscated if confiscated is not None else UNSET if PenaltyKind.CONFISCATION in kinds else 0,
        )

    def _fine_told(self, cells: Sequence[str]) -> int:
        """The fine that a form without a column for it tells in its text. A fine of no amount is a fault."""
        if "fine" in self._places:
            raise RowFault(self._name("fine"), "处罚类别有罚款, 金额不能为空")
        told = fine_told(self._text("content", cells))
        if told is None:
            raise RowFault(self._name("content"), "处罚类别有罚款, 看不出罚款金额")
        return told

    def _amount(self, cells: Sequence[str], fine: int | None, confiscated: int | None) -> int:
        total = self._fen("amount", cells)
        parts = (fine or 0) + (confiscated or 0)
        if total is None:
            return parts
        if total < parts or (fine is not None and confiscated is not None and total != parts):
            raise RowFault(self._name("amount"), "合计与罚款、没收金额不符")
        return total

    def _revocation(self, cells: Sequence[str], revokes: bool | None) -> str:
        """Which licence decides what may not be asked for again. `revokes`: None where it is not said."""
        licence, content = self._text("licence", cells), self._text("content", cells)
        if revokes is None and not licence and tells_revocation(content):
            kind = "food-revocation-unsaid" if is_food_licence(content) else "any-revocation-unsaid"
            return self._known_kind(kind, "category")
        food = is_food_licence(self._text("licence", cells, required=True))
        if revokes is None:
            return self._known_kind("food-revocation-unsaid" if food else "revocation-unsaid", "category")
        return self._known_kind("food-licence-revocation" if food else "licence-revocation", "category")

    def _record(self, cells: Sequence[str], kind: str, listed: str, **detail: object) -> Record:
        decided = self._past_day("decided_on", cells, required=True) or date.min
        text = self._text("effective_from", cells)
        effective = sound_day(self._name("effective_from"), text) if text else decided
        until = self._until(cells)
        if until is not None and until < effective:
            raise RowFault(self._name("shown_until"), "截止日期早于开始日期")
        self._last_day("penalty_until", cells)  # nothing rests on it; what is no day is a fault of the row all the same
        ban = self._last_day("ban_until", cells)
        if ban is not None and ban < decided:
            raise RowFault(self._name("ban_until"), "禁止期限届满日早于决定日期")
        state, state_on = self._state(cells)
        title = self._text("organ", cells)
        organ = self._organs.get(title, "")
        violation = self._text("violation", cells)
        licence = self._text("licence", cells)
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
        if "document_number" in self._places:
            return self._text("document_number", cells, required=True)
        return f"{listed or kind}@{decided.isoformat()}"

    def _until(self, cells: Sequence[str]) -> date | None:
        if self._kind is FileKind.LICENCES:
            valid = self._last_day("valid_until", cells)
            return None if valid == FOR_LIFE else valid
        return self._last_day("shown_until", cells)

    def _ground(self, cells: Sequence[str]) -> str | UnsetType:
        text = self._text("ground", cells)
        return (text and self._found.values.get("ground", {}).get(one_spelling(text))) or UNSET

    def _known_kind(self, name: str, field: str) -> str:
        kind = self._kinds.get(name)
        if kind is None:
            raise RowFault(self._name(field), f"目录中没有记录类别 {name}")
        if self._catalogue.feeds[self._catalogue.record_kinds[kind].feed].own:
            raise RowFault(self._name(field), "这类记录由本系统自己登记, 不能导入")
        return kind

    def _severity(self, kind: str, cells: Sequence[str]) -> str:
        text = cells[self._at["severity"]]
        known = self._severities.get((kind, text))
        return _kept(self._severities, (kind, text), self._severity_of(kind, text)) if known is None else known

    def _severity_of(self, kind: str, text: str) -> str:
        allowed = () if kind == LIST_ENTRY else self._catalogue.record_kinds[kind].severities
        if not text:
            return ""  # what is unsaid is not known, and rules that look at it say so
        word = self._translated("severity", text)
        code = word if word in SEVERITIES.values() else SEVERITIES.get(word)
        if code is None:
            raise RowFault(self._name("severity"), "应为轻微、一般或严重")
        if allowed and code not in allowed:
            raise RowFault(self._name("severity"), "该类记录没有这一程度")
        return code if allowed else ""

    def _state(self, cells: Sequence[str]) -> tuple[str, date | None]:
        text = cells[self._at["state"]]
        state = self._states.get(text)
        if state is None:
            word = self._translated("state", text)
            known = word if word in STATES.values() else STATES.get(word)
            if known is None:
                raise RowFault(self._name("state"), "应为有效、已修复、已移出或已撤销")
            state = _kept(self._states, text, known)
        state_on = self._past_day("state_on", cells)
        removed = self._past_day("removed_on", cells)
        if removed is not None and state != "revoked":
            state, state_on = "repaired", removed
        if state == "repaired" and state_on is None:
            raise RowFault(self._name("state_on"), "已修复、已移出的须有状态日期")
        return state, state_on if state != "effective" else None


_RELATIONS = {name: kind.value for kind, title in RELATIONS.items() for name in (kind.value, title)} | {
    "法人代表": RelationKind.LEGAL_REPRESENTATIVE.value,
    "负责人": RelationKind.PRINCIPAL.value,
    "直接负责的主管人员": RelationKind.DIRECTLY_RESPONSIBLE.value,
    "其他直接责任人员": RelationKind.DIRECTLY_RESPONSIBLE.value,
    "直接负责的主管人员和其他直接责任人员": RelationKind.DIRECTLY_RESPONSIBLE.value,
}
_OF_OTHER = {"uscc": "other_uscc", "id_type": "other_id_type", "id_number": "other_id"}


def _by_code_and_title(entries: Mapping[str, object]) -> dict[str, str]:
    return {name: code for code, entry in entries.items() for name in (code, getattr(entry, "title", code))}


def _choices(fact: FactEntry) -> dict[str, str]:
    """A choice by its code and by the title that the catalogue shows."""
    return dict(zip(fact.titles, fact.choices, strict=False)) | {choice: choice for choice in fact.choices}


def _kept(table: dict[K, T], text: K, value: T) -> T:
    if len(table) >= _MOST_KEPT:
        table.clear()
    table[text] = value
    return value


__all__ = ["RowFault", "RowReader", "day_of", "subject_of"]
