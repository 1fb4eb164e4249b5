"""What feeds say of one subject put together: one record for each document, one value for each fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import Row

from ..decision.knowledge import Assertion, PrevailedBy, Prevailing, Rating, Record
from ..rulebook.catalogue import RecordField
from ..rulebook.language import PENALTY, PenaltyKind, Value
from .authority import Claim, How, Precedence, SettledValue, Verdict, Word, newest_day, verdict
from .revisions import DETAILS, document_key
from .tables import RecordRevision

COLUMNS: dict[RecordField, tuple[str, ...]] = {
    RecordField.STATE: ("state", "state_on"),
    RecordField.DECIDED_ON: ("decided_on", "effective_from"),
    RecordField.UNTIL: ("until",),
    RecordField.SEVERITY: ("severity",),
    RecordField.AMOUNTS: ("amount_fen", "fine_fen", "confiscated_fen"),
    RecordField.PENALTY_KINDS: ("penalty_kinds",),
    RecordField.LICENCE_ITEM: ("licence_item",),
    RecordField.BAN_UNTIL: ("ban_until",),
    RecordField.GROUND: ("ground",),
    RecordField.VIOLATION: ("violation",),
}
"""What of a record sources can disagree on, with the columns that say it."""

_RECORD_FIELDS = {
    name: column
    for name, column in zip(Record.__struct_fields__, Record.__struct_encode_fields__, strict=True)
    if column in RecordRevision.__table__.c  # type: ignore[attr-defined]
}
"""To their columns."""

Settlements = Mapping[tuple[str, str], SettledValue]
"""What was settled of one subject, by thing and field."""


@dataclass(slots=True)
class AssertedRows:
    """The latest rows that feeds have of one subject."""

    subjects: list[Row[Any]] = field(default_factory=list)
    records: list[Row[Any]] = field(default_factory=list)
    ratings: list[Row[Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """One document as feeds have it: the same kind, list, number and organ."""

    thing: str
    """By which a settlement names it."""
    kind: str
    list: str
    own: str
    """The feed that its kind belongs to."""
    rows: tuple[Row[Any], ...]
    """Of each feed one, the newest first."""


@dataclass(slots=True)
class EffectiveRecords:
    """What counts of one subject."""

    attributes: dict[str, Value] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    disputed: dict[str, tuple[Assertion, ...]] = field(default_factory=dict)
    overruled: dict[str, tuple[Assertion, ...]] = field(default_factory=dict)
    prevailing: dict[str, Prevailing] = field(default_factory=dict)


def combined(rows: AssertedRows, precedence: Precedence, settled: Settlements, bound: str) -> EffectiveRecords:
    """What counts. `bound`: no file is of a later day than the instant asked about; ISO, empty for now."""
    result = EffectiveRecords()
    _attributes(rows.subjects, precedence, settled, bound, result)
    found = documents(rows.records, bound)
    for document in _without_decided(found, precedence.undecided, bound) if precedence.undecided else found:
        _record(document, precedence, settled, bound, result)
    _ratings(rows.ratings, precedence, settled, bound, result)
    return result


# -- records --------------------------------------------------------------------------------------------------------


def documents(rows: Iterable[Row[Any]], bound: str = "") -> list[Document]:
    """The documents that rows are of.

    One number is written in several ways, by one feed too, and an organ by its code or not: rows are of one document
    where kind, list and number are the same and they do not name different organs of the catalogue.
    """
    found: dict[tuple[str, str, str], list[Row[Any]]] = {}
    for row in rows:
        key = row.document_key or document_key(row.document_number)
        found.setdefault((row.kind, row.list, key), []).append(row)
    result: list[Document] = []
    for (kind, list_code, key), group in found.items():
        if len(group) == 1:
            result.append(_document(kind, list_code, key, group, bound))
            continue
        organs = {row.organ for row in group} - {""}
        if len(organs) < 2:
            result.append(_document(kind, list_code, key, group, bound))
        else:
            result += [_document(kind, list_code, f"{key}@{organ}", same, bound) for organ, same in _by(group, "organ")]
    return result


def _without_decided(
    found: Sequence[Document], undecided: Mapping[str, tuple[str, ...]], bound: str
) -> Iterable[Document]:
    """What is left where one document is on record as of a kind that leaves unsaid which of several it is, and as one
    of these: the one that says whether a licence was suspended or revoked; of one feed, where neither does, its newest.
    """
    open_ones = [one for one in found if one.kind in undecided]
    if not open_ones:
        return found
    over: set[str] = set()
    for one in open_ones:
        for other in found:
            if other.kind not in undecided[one.kind] or _number(other) != _number(one):
                continue
            mine, theirs = one.rows[0], other.rows[0]
            if _feed(mine) == _feed(theirs) and not _says_which(theirs):
                over.add(other.thing if _age(mine, bound) > _age(theirs, bound) else one.thing)
            elif _says_which(theirs) or other.kind != PENALTY:
                over.add(one.thing)
    return [one for one in found if one.thing not in over]


def _says_which(row: Row[Any]) -> bool:
    kinds = msgspec.json.decode(row.penalty_kinds, type=tuple[PenaltyKind, ...]) if row.penalty_kinds else ()
    return PenaltyKind.SUSPENSION in kinds or PenaltyKind.REVOCATION in kinds


def _number(document: Document) -> str:
    row = document.rows[0]
    return row.document_key or document_key(row.document_number)


def _document(kind: str, list_code: str, number: str, rows: list[Row[Any]], bound: str) -> Document:
    newest: dict[str, Row[Any]] = {}
    for row in sorted(rows, key=lambda row: _age(row, bound), reverse=True):
        newest.setdefault(_feed(row), row)
    return Document(f"record:{kind}:{list_code}:{number}", kind, list_code, rows[0].source, tuple(newest.values()))


_CONTENT = attrgetter(*(column for columns in COLUMNS.values() for column in columns))


def alike(document: Document) -> bool:
    """Whether all feeds have the same in every field: the usual case, told without looking at each."""
    first = _CONTENT(document.rows[0])
    return all(_CONTENT(row) == first for row in document.rows[1:])


def claims_of_record(document: Document, each: RecordField, bound: str = "") -> list[Claim]:
    """What each feed says of a field of a document."""
    return [_claim(row, _feed(row), word_of(row, COLUMNS[each]), bound) for row in document.rows]


def record_verdicts(
    document: Document, precedence: Precedence, settled: Settlements, bound: str = ""
) -> dict[RecordField, Verdict]:
    """What counts of each field of a document that several feeds have."""
    verdicts: dict[RecordField, Verdict] = {}
    for each in COLUMNS:
        claims = claims_of_record(document, each, bound)
        authority = precedence.of_record(each, document.kind, document.list, newest_day(claims))
        choice = settled.get((document.thing, each.value))
        verdicts[each] = verdict(claims, authority, document.own, choice, of_state=each is RecordField.STATE)
    return verdicts


def _record(
    document: Document, precedence: Precedence, settled: Settlements, bound: str, result: EffectiveRecords
) -> None:
    if len(document.rows) == 1:
        result.records.append(record_of(document.rows[0]))
        return
    verdicts = record_verdicts(document, precedence, settled, bound)
    state = verdicts[RecordField.STATE].by
    base = next((row for row in document.rows if state is not None and row.id == state.number), document.rows[0])
    values = dict(base._mapping)
    values["organ"] = next((row.organ for row in (base, *document.rows) if row.organ), "")
    for each, given in verdicts.items():
        own = word_of(base, COLUMNS[each])
        _put(values, each, own if given.how is How.OPEN and _says(own) else given.word)
        _note_overruled(f"record:{base.document_number}:{each.value}", given, result)
    record = record_of(values)
    versions = _versions(document, base, values, [each for each, given in verdicts.items() if given.how is How.OPEN])
    result.records.append(msgspec.structs.replace(record, versions=versions) if versions else record)


def _versions(
    document: Document, base: Row[Any], values: Mapping[str, Any], open_fields: Sequence[RecordField]
) -> tuple[Record, ...]:
    """The record as other feeds have it, in what is open alone."""
    if not open_fields:
        return ()
    seen = [dict(values)]
    versions: list[Record] = []
    for row in document.rows:
        if row is base:
            continue
        own = dict(values)
        for each in open_fields:
            word = word_of(row, COLUMNS[each])
            if _says(word):
                _put(own, each, word)
        if own not in seen:
            seen.append(dict(own))
            versions.append(record_of(own | {"feed": row.feed, "source": row.source, "organ_title": row.organ_title}))
    return tuple(sorted(versions, key=lambda version: version.source))


def _put(values: dict[str, Any], each: RecordField, word: Word) -> None:
    for column, part in zip(COLUMNS[each], word, strict=True):
        values[column] = _EMPTY.get(column) if part is None else part


_EMPTY: dict[str, object] = {"severity": "", "violation": "", "amount_fen": 0}


def word_of(row: Row[Any], columns: tuple[str, ...]) -> Word:
    """What a row says in some columns. No amount at all says nothing of amounts."""
    word = tuple(getattr(row, column) for column in columns)
    if columns[0] == "amount_fen" and word == (0, None, None):
        return (None, None, None)
    return tuple(None if part == "" else part for part in word)


def _says(word: Word) -> bool:
    return any(part is not None for part in word)


def record_of(row: Row[Any] | Mapping[str, Any]) -> Record:
    """A row as a record."""
    columns = row if isinstance(row, Mapping) else row._mapping
    values: dict[str, Any] = {name: columns[column] for name, column in _RECORD_FIELDS.items()}
    for name in ("decided_on", "effective_from", "until", "state_on"):
        values[name] = _day(values[name])
    values["violation_code"] = values["violation_code"] or msgspec.UNSET
    for name in DETAILS:
        values[name] = _detail(name, values[name])
    values["source"] = columns["feed"] or values["source"]
    return Record(**values)


def _detail(name: str, value: Any) -> Any:  # noqa: ANN401 - of a column
    """A detail as records have it; not known where the column is null."""
    if value is None:
        return msgspec.UNSET
    if name == "penalty_kinds":
        return msgspec.json.decode(value, type=tuple[PenaltyKind, ...])
    return date.fromisoformat(value) if name == "ban_until" else value


# -- attributes and ratings -----------------------------------------------------------------------------------------


def attribute_claims(rows: Sequence[Row[Any]], precedence: Precedence, bound: str = "") -> dict[str, list[Claim]]:
    """What each feed says of each attribute."""
    found: dict[str, dict[str, Claim]] = {}
    for row in rows:
        days = msgspec.json.decode(row.days) if row.days else {}
        for name, value in msgspec.json.decode(row.attributes).items():
            feed = row.feed or precedence.fact_feeds.get(name, "")
            day = (days[name] or "") if name in days else _last_day(row, bound)
            claim = Claim(feed, day, row.known_at, row.id, (value,))
            own = found.setdefault(name, {})
            if feed not in own or own[feed].age < claim.age:
                own[feed] = claim
    return {name: list(claims.values()) for name, claims in found.items()}


def _attributes(
    rows: list[Row[Any]], precedence: Precedence, settled: Settlements, bound: str, result: EffectiveRecords
) -> None:
    if len(rows) == 1:
        result.attributes = msgspec.json.decode(rows[0].attributes)
        return
    for name, claims in attribute_claims(rows, precedence, bound).items():
        given = attribute_verdict(name, claims, precedence, settled)
        if given.how is How.OPEN:
            result.disputed[name] = assertions(claims)
            continue
        (value,) = given.word
        result.attributes[name] = value  # type: ignore[assignment]
        _note_overruled(name, given, result)


def attribute_verdict(name: str, claims: list[Claim], precedence: Precedence, settled: Settlements) -> Verdict:
    """What counts of an attribute."""
    authority = precedence.of_fact(name, newest_day(claims))
    return verdict(claims, authority, precedence.fact_feeds.get(name, ""), settled.get((f"attribute:{name}", "value")))


def rating_claims(
    rows: Iterable[Row[Any]], precedence: Precedence, bound: str = ""
) -> dict[tuple[str, str], list[Claim]]:
    """What each feed says of each rating: of a ladder and a day."""
    found: dict[tuple[str, str], dict[str, Claim]] = {}
    for row in rows:
        claim = _claim(row, row.feed or precedence.ladder_feeds.get(row.ladder, ""), (row.rating, row.until), bound)
        own = found.setdefault((row.ladder, row.decided_on), {})
        if claim.feed not in own or own[claim.feed].age < claim.age:
            own[claim.feed] = claim
    return {name: list(claims.values()) for name, claims in found.items()}


def rating_verdict(ladder: str, day: str, claims: list[Claim], precedence: Precedence, settled: Settlements) -> Verdict:
    """What counts of a rating: the entry on any of the facts that are the ladder's."""
    newest = newest_day(claims)
    facts = precedence.ladder_facts.get(ladder, ())
    authority = next((entry for name in facts if (entry := precedence.of_fact(name, newest)) is not None), None)
    choice = settled.get((f"rating:{ladder}:{day}", "value"))
    return verdict(claims, authority, precedence.ladder_feeds.get(ladder, ""), choice)


def _ratings(
    rows: list[Row[Any]], precedence: Precedence, settled: Settlements, bound: str, result: EffectiveRecords
) -> None:
    last = {}
    for (ladder, day), claims in sorted(rating_claims(rows, precedence, bound).items()):
        given = rating_verdict(ladder, day, claims, precedence, settled)
        rating, until = given.word
        result.ratings.append(
            Rating(ladder=ladder, rating=str(rating), decided_on=date.fromisoformat(day), until=_day(until))
        )
        last[ladder] = (given, claims)
    for ladder, (given, claims) in last.items():
        for name in precedence.ladder_facts.get(ladder, ()):
            if given.how is How.OPEN:
                result.disputed[name] = assertions(claims)
            else:
                _note_overruled(name, given, result)


_PREVAILED = {
    How.SETTLED: PrevailedBy.SETTLED,
    How.AUTHORITY: PrevailedBy.AUTHORITY,
    How.NEWEST: PrevailedBy.NEWEST,
}


def _note_overruled(name: str, given: Verdict, result: EffectiveRecords) -> None:
    by, said = _PREVAILED.get(given.how), assertions(given.otherwise)
    if by is None or not said:
        return
    result.overruled[name] = said
    result.prevailing[name] = Prevailing(
        source="" if given.by is None else given.by.feed,
        value=given.word[0],  # type: ignore[arg-type]
        by=by,
        authority=given.entry,
    )


# -- what a row says ------------------------------------------------------------------------------------------------


def assertions(claims: Iterable[Claim]) -> tuple[Assertion, ...]:
    """What claims say, by feed. What is from before days were kept is left out: of whom it is, is not known."""
    return tuple(
        Assertion(source=claim.feed, source_day=date.fromisoformat(claim.day), value=claim.word[0])  # type: ignore[arg-type]
        for claim in sorted(claims, key=lambda claim: claim.feed)
        if claim.day
    )


def _feed(row: Row[Any]) -> str:
    return str(row.feed or row.source)


def _claim(row: Row[Any], feed: str, word: Word, bound: str) -> Claim:
    return Claim(feed, _last_day(row, bound), row.known_at, row.id, word)


def _last_day(row: Row[Any], bound: str) -> str:
    """Data day of the last file that said it; where that file may have come after the instant asked about, its day."""
    day = row.data_day or ""
    last = row.last_day or day
    return str(max(day, min(last, bound)) if bound else last)


def _age(row: Row[Any], bound: str) -> tuple[str, str, int]:
    return (_last_day(row, bound), row.known_at, row.id)


def _by(rows: Iterable[Row[Any]], column: str) -> list[tuple[str, list[Row[Any]]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return list(found.items())


def _day(text: object) -> date | None:
    return None if text is None else date.fromisoformat(str(text))
