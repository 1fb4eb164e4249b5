"""One row of a file, read: fields with their types, or the fault with its field and reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation, Overflow

from msgspec import UNSET

from ..codes import uscc_fault
from ..decision.knowledge import Rating, Record
from ..errors import InvalidQuestion
from ..files.reading import LONGEST_CELL, Doubtful
from ..rulebook.catalogue import Catalogue, FactEntry, FactSource, FactType
from ..rulebook.language import LIST_ENTRY, RelationKind, Value
from .columns import CITIZEN_ID, SEVERITIES, STATES, FileKind
from .violations import Violations

_DAY = re.compile(r"(\d{4})(?:[-/年.](\d{1,2})[-/月.](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]00:00:00)?")
_LARGEST_FEN = 10**15


class RowFault(Exception):
    """What is wrong with a row."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """Attributes of a firm."""

    identifier: str
    name: str
    attributes: dict[str, Value]
    """By fact name; what the row leaves empty is not among them."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record of a subject."""

    identifier: str
    record: Record
    tells: frozenset[str]
    """Fields of `Record` of which the file says something: it has a column for them, or its form settles them. Of the
    others it says nothing: what is known of them stays. One object for all rows of a file."""

    @property
    def tells_violation(self) -> bool:
        """Whether the file has a column for the kind of violation."""
        return "violation_code" in self.tells


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rating of a subject."""

    identifier: str
    rating: Rating


@dataclass(frozen=True, slots=True)
class RelationRow:
    """What somebody is to a firm, as one row says."""

    identifier: str
    """The firm (or other organisation)."""
    other: str
    """Its legal representative and so on: a firm's code, a person's keyed hash."""
    kind: RelationKind
    since: date | None
    """First day, inclusive; None: not known."""
    until: date | None
    """Last day, inclusive; None: it goes on, as far as the source knows."""
    feed: str
    """Code of the feed that says so."""
    document_number: str = ""
    """Of the document that says so; empty where the file names none."""
    on: date | None = None
    """The row says no more than that it held on this day: the day of a decision that names the person."""


ReadRow = SubjectRow | RecordRow | RatingRow | RelationRow


class RowReader:
    """Reads the rows of one file."""

    def __init__(
        self,
        kind: FileKind,
        places: dict[str, int],
        headers: list[str],
        catalogue: Catalogue,
        person_hash: Callable[[str], str],
    ) -> None:
        """`person_hash`: keyed hash of a citizen's number."""
        self._kind = kind
        self._places = places
        self._headers = headers
        self._catalogue = catalogue
        self._person_hash = person_hash
        self._organs = {organ.title: organ.code for organ in catalogue.organs.values()}
        self._lists = _by_code_and_title(catalogue.lists)
        self._ladders = _by_code_and_title(catalogue.ladders)
        self._kinds = _by_code_and_title(catalogue.record_kinds)
        self._attributes = attribute_columns(headers, catalogue)
        self._violations = Violations(catalogue.exemptions)
        self._tells = frozenset({"violation_code"} if "violation" in places else ())

    def read(self, cells: list[str]) -> tuple[ReadRow, ...]:
        """What the row says. Raises RowFault."""
        for place, cell in enumerate(cells):
            if len(cell) > LONGEST_CELL:
                raise RowFault(self._header(place), f"超过 {LONGEST_CELL} 个字符")
            if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in cell):
                raise RowFault(self._header(place), "含有控制字符")
        if len(cells) > len(self._headers) and any(cells[len(self._headers) :]):
            doubt = next((cell.reason for cell in cells if isinstance(cell, Doubtful)), "")
            fault = doubt or "格数比表头多: 可能有没加引号的逗号, 各列已错开"
            raise RowFault(self._header(len(cells) - 1), fault)
        identifier = self._identifier(cells)
        if self._kind is FileKind.SUBJECTS:
            return (self._subject(identifier, cells),)
        if self._kind is FileKind.RATINGS:
            return (RatingRow(identifier, self._rating(cells)),)
        return (RecordRow(identifier, self._record(cells), self._tells),)

    def _header(self, place: int) -> str:
        return self._headers[place] if place < len(self._headers) else f"第 {place + 1} 列"

    def _text(self, field: str, cells: list[str], *, required: bool = False) -> str:
        place = self._places.get(field)
        text = cells[place] if place is not None and place < len(cells) else ""
        if type(text) is Doubtful:
            raise RowFault(self._name(field), text.reason)
        if required and not text:
            raise RowFault(self._name(field), "不能为空")
        return text

    def _name(self, field: str) -> str:
        place = self._places.get(field)
        return field if place is None else self._headers[place]

    def _identifier(self, cells: list[str]) -> str:
        code, id_type, id_number = (self._text(field, cells) for field in ("uscc", "id_type", "id_number"))
        try:
            return subject_of(code, id_type, id_number, self._person_hash)
        except RowFault as fault:
            raise RowFault(self._name(fault.field), fault.reason) from None

    def _day(self, field: str, cells: list[str], *, required: bool = False) -> date | None:
        text = self._text(field, cells, required=required)
        return day_of(self._name(field), text) if text else None

    # -- subjects and ratings -----------------------------------------------------------------------------------------

    def _subject(self, identifier: str, cells: list[str]) -> SubjectRow:
        if identifier.startswith("p:"):
            raise RowFault(self._name("uscc"), "自然人不作为登记主体导入")
        attributes: dict[str, Value] = {}
        for place, fact in self._attributes.items():
            text = cells[place] if place < len(cells) else ""
            if type(text) is Doubtful:
                raise RowFault(self._headers[place], text.reason)
            if text:
                attributes[fact.name] = _fact_value(self._headers[place], fact, text)
        return SubjectRow(identifier, self._text("name", cells), attributes)

    def _rating(self, cells: list[str]) -> Rating:
        ladder = self._ladders.get(self._text("ladder", cells, required=True))
        if ladder is None:
            raise RowFault(self._name("ladder"), "目录中没有这项评价")
        rating = self._text("rating", cells, required=True)
        if rating not in self._catalogue.ladders[ladder].ratings:
            raise RowFault(self._name("rating"), "等级应为 " + "、".join(self._catalogue.ladders[ladder].ratings))
        decided = self._day("decided_on", cells, required=True) or date.min
        return Rating(ladder=ladder, rating=rating, decided_on=decided, until=self._day("valid_until", cells))

    # -- records ------------------------------------------------------------------------------------------------------

    def _record(self, cells: list[str]) -> Record:
        kind, list_code = self._what(cells)
        decided = self._day("decided_on", cells, required=True) or date.min
        until = self._day("shown_until", cells) or self._day("valid_until", cells)
        effective = self._day("effective_from", cells) or decided
        if until is not None and until < effective:
            raise RowFault(self._name("shown_until"), "截止日期早于开始日期")
        state, state_on = self._state(cells)
        organ_title = self._text("organ", cells)
        organ = self._organs.get(organ_title, "")
        entry = self._catalogue.lists[list_code] if kind == LIST_ENTRY else self._catalogue.record_kinds[kind]
        return Record(
            source=entry.feed,
            document_number=self._text("document_number", cells, required=True),
            kind=kind,
            list=list_code,
            severity=self._severity(kind, cells),
            organ=organ,
            organ_title=organ_title,
            decided_on=decided,
            effective_from=effective,
            until=until,
            state=state,
            state_on=state_on,
            amount_fen=self._fen("fine", cells) + self._fen("confiscated", cells),
            violation_code=self._violations.code(self._text("violation", cells), organ) or UNSET,
        )

    def _what(self, cells: list[str]) -> tuple[str, str]:
        """Record kind, and the list for entries of lists."""
        if self._kind is FileKind.LIST_ENTRIES:
            found = self._lists.get(self._text("list", cells, required=True))
            if found is None:
                raise RowFault(self._name("list"), "目录中没有这个名单")
            return LIST_ENTRY, found
        if self._kind is FileKind.LICENCES:
            return self._known_kind("licence", "kind"), ""
        if self._kind is FileKind.RECORDS:
            return self._known_kind(self._text("kind", cells, required=True), "kind"), ""
        if "吊销" not in self._text("category", cells, required=True):
            return self._known_kind("penalty", "category"), ""
        food = "食品" in self._text(
            "revoked", cells, required=True
        )  # which licence decides what may not be asked for again
        return self._known_kind("food-licence-revocation" if food else "licence-revocation", "category"), ""

    def _known_kind(self, name: str, field: str) -> str:
        kind = self._kinds.get(name)
        if kind is None:
            raise RowFault(self._name(field), f"目录中没有记录类别 {name}")
        if self._catalogue.feeds[self._catalogue.record_kinds[kind].feed].own:
            raise RowFault(self._name(field), "这类记录由本系统自己登记, 不能导入")
        return kind

    def _severity(self, kind: str, cells: list[str]) -> str:
        text = self._text("severity", cells)
        allowed = () if kind == LIST_ENTRY else self._catalogue.record_kinds[kind].severities
        if not text:
            if allowed:
                raise RowFault(self._name("severity"), "失信严重程度不能为空(轻微、一般、严重)")
            return ""
        code = SEVERITIES.get(text)
        if code is None:
            raise RowFault(self._name("severity"), "应为轻微、一般或严重")
        if allowed and code not in allowed:
            raise RowFault(self._name("severity"), "该类记录没有这一程度")
        return code if allowed else ""

    def _state(self, cells: list[str]) -> tuple[str, date | None]:
        state = STATES.get(self._text("state", cells))
        if state is None:
            raise RowFault(self._name("state"), "应为有效、已修复、已移出或已撤销")
        state_on = self._day("state_on", cells)
        if state == "repaired" and state_on is None:
            raise RowFault(self._name("state_on"), "已修复、已移出的须有状态日期")
        return state, state_on if state != "effective" else None

    def _fen(self, field: str, cells: list[str]) -> int:
        """Amounts come in 万元 with up to six decimals."""
        text = self._text(field, cells).replace(",", "")
        if not text:
            return 0
        try:
            fen = Decimal(text) * 1_000_000
        except (InvalidOperation, Overflow):
            raise RowFault(self._name(field), "不是数字(单位万元)") from None
        if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= _LARGEST_FEN:
            raise RowFault(self._name(field), "金额应不小于零, 最多六位小数(单位万元)")
        return int(fen)


def subject_of(code: str, id_type: str, id_number: str, person_hash: Callable[[str], str]) -> str:
    """Identifier of a row's subject: its code, or for a natural person the keyed hash.

    `person_hash`: that of the person key. Raises RowFault with `uscc`, `id_type` or `id_number` as its field; no reason
    repeats a citizen's number.
    """
    code = code.upper()
    if code:
        fault = uscc_fault(code)
        if fault:
            raise RowFault("uscc", fault)
        return code
    if not id_number:
        raise RowFault("uscc", "统一社会信用代码和证件号码都为空")
    if id_type not in CITIZEN_ID:
        raise RowFault("id_type", "自然人只接受居民身份证")
    try:
        return person_hash(id_number.upper())
    except InvalidQuestion as fault_of_number:
        raise RowFault("id_number", fault_of_number.message) from None


def attribute_columns(headers: Sequence[str], catalogue: Catalogue) -> dict[int, FactEntry]:
    """Columns whose header is the label or the name of an attribute fact."""
    facts = [fact for fact in catalogue.facts.values() if fact.source is FactSource.ATTRIBUTE]
    return {place: fact for place, header in enumerate(headers) for fact in facts if header in (fact.label, fact.name)}


def _by_code_and_title(entries: Mapping[str, object]) -> dict[str, str]:
    return {name: code for code, entry in entries.items() for name in (code, getattr(entry, "title", code))}


def day_of(name: str, text: str) -> date:
    """A day as files write it. Raises RowFault with the field's name."""
    match = _DAY.fullmatch(text)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5]))
    except ValueError:
        pass  # not a day of the calendar: said below
    raise RowFault(name, "不是日期(如 2026-04-01)")


def _fact_value(header: str, fact: FactEntry, text: str) -> Value:
    if fact.type is FactType.DAY:
        return day_of(header, text).isoformat()
    if fact.type is FactType.FLAG:
        if text not in ("是", "否"):
            raise RowFault(header, "应为是或否")
        return int(text == "是")
    if fact.type is FactType.CHOICE:
        if text not in fact.choices:
            raise RowFault(header, "应为 " + "、".join(fact.choices))
        return text
    try:
        number = Decimal(text) * (100 if fact.type is FactType.MONEY else 1)
    except (InvalidOperation, Overflow):
        raise RowFault(header, "不是数字") from None
    if not number.is_finite() or number != number.to_integral_value() or abs(number) > _LARGEST_FEN:
        raise RowFault(header, "数字过大或小数位过多")
    return int(number)
