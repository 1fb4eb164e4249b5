"""Settling a conflict: an act of a post, with its reason. Nothing is overwritten; it counts from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Table, insert, select

from ..clock import rfc3339
from ..decision.knowledge import Knowledge
from ..errors import InvalidQuestion, UnknownThing
from ..rulebook.catalogue import Catalogue, RecordField
from ..storage.database import Store, writing
from .authority import Claim, Word, precedence_of
from .combining import COLUMNS, attribute_claims, claims_of_record, documents, rating_claims
from .reading import RevisionReader
from .revisions import announce, document_key, one_writer, read_rows
from .tables import RatingRevision, RecordRevision, Settlement, SubjectRevision

_settlements: Table = Settlement.__table__  # type: ignore[attr-defined]
_subjects: Table = SubjectRevision.__table__  # type: ignore[attr-defined]
_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_ratings: Table = RatingRevision.__table__  # type: ignore[attr-defined]

LONGEST = 500
"""Characters of a post's name and of a reason."""


@dataclass(frozen=True, slots=True)
class SettlementAct:
    """A settlement as it is kept."""

    number: int
    subject: str
    thing: str
    field: str
    value: Word
    post: str
    reason: str
    known_at: str


def settle(
    store: Store,
    catalogue: Catalogue,
    *,
    subject: str,
    thing: str,
    field: str,
    feed: str,
    post: str,
    reason: str,
    known_at: datetime,
) -> SettlementAct:
    """Let one feed's word count, until a feed says something that it does not say now.

    `thing`: as conflicts name it; `field`: `value` of facts and ratings, a field of records. Raises UnknownThing for
    what nobody says anything of, InvalidQuestion where the feed says nothing, all say the same, or post or reason lack.
    """
    for name, text, title in (("post", post, "岗位"), ("reason", reason, "理由")):
        if not text.strip():
            raise InvalidQuestion(f"没有写{title}", "裁定须写明由哪个岗位作出、为什么", name)
        if len(text) > LONGEST:
            raise InvalidQuestion(f"{title}超过 {LONGEST} 个字", "写短一些", name)
    with writing(store) as connection:
        one_writer(connection, store)
        claims = claims_on(
            RevisionReader(lambda query: list(connection.execute(query)), precedence_of(catalogue)),
            subject,
            thing,
            field,
        )
        chosen = next((claim for claim in claims if claim.feed == feed), None)
        if chosen is None or all(part is None for part in chosen.word):
            said = "、".join(sorted(claim.feed for claim in claims))
            raise InvalidQuestion(f"数据源 {feed} 没有说到它", f"说到它的有 {said}", "feed")
        values = {
            "identifier": subject,
            "thing": thing,
            "field": field,
            "value": _text(list(chosen.word)),
            "considered": _text({claim.feed: list(claim.word) for claim in claims}),
            "post": post.strip(),
            "reason": reason.strip(),
            "known_at": rfc3339(known_at),
        }
        key = connection.execute(insert(_settlements).values(values)).inserted_primary_key
        announce(connection)
    assert key is not None
    return SettlementAct(
        int(key[0]), subject, thing, field, chosen.word, post.strip(), reason.strip(), values["known_at"]
    )


def claims_on(reader: RevisionReader, subject: str, thing: str, field: str) -> list[Claim]:
    """What feeds say of a field of a thing. Raises UnknownThing where nobody says anything, or the field is none."""
    kind, _, rest = thing.partition(":")
    found: Sequence[Claim] = ()
    if kind == "attribute" and field == "value":
        found = attribute_claims(list(reader.latest(_subjects, [subject])), reader.precedence).get(rest, ())
    elif kind == "rating" and field == "value":
        ladder, _, day = rest.rpartition(":")
        found = rating_claims(reader.latest(_ratings, [subject]), reader.precedence).get((ladder, day), ())
    elif kind == "record" and field in {each.value for each in COLUMNS}:
        for document in documents(reader.latest(_records, [subject])):
            if document.thing == thing:
                found = claims_of_record(document, RecordField(field))
    if not found:
        raise UnknownThing(f"{subject} 没有 {thing} 的 {field}", "用 creditgate-server data conflicts 查看", "thing")
    return list(found)


def acts(store: Store, number: int | None = None) -> tuple[SettlementAct, ...]:
    """Settlements in the order in which they were made; or the one of a number. Raises StoreDown."""
    statement = select(_settlements).order_by(_settlements.c.id)
    if number is not None:
        statement = statement.where(_settlements.c.id == number)
    return tuple(_act(row) for row in read_rows(store, statement))


def act(store: Store, number: int) -> SettlementAct:
    """The settlement of a number. Raises UnknownThing, StoreDown."""
    found = acts(store, number)
    if not found:
        raise UnknownThing(f"没有编号为 {number} 的裁定", "", "settlement")
    return found[0]


def said_otherwise(made: SettlementAct, known: Knowledge) -> bool:
    """Whether knowledge of before has the thing, and not as it was settled: what rests on it may change."""
    kind, _, rest = made.thing.partition(":")
    if kind == "attribute":
        disputed = {} if known.disputed is msgspec.UNSET else known.disputed
        return rest in disputed or (rest in known.attributes and (known.attributes[rest],) != made.value)
    if kind == "rating":
        ladder, _, day = rest.rpartition(":")
        told = [one for one in known.ratings if one.ladder == ladder and one.decided_on.isoformat() == day]
        return any(one.rating != made.value[0] for one in told) or (bool(told) and known.disputed is not msgspec.UNSET)
    _, record_kind, list_code, number = made.thing.split(":", 3)
    key = document_key(number.partition("@")[0])
    for record in known.records:
        if (record.kind, record.list, document_key(record.document_number)) == (record_kind, list_code, key):
            versions = () if record.versions is msgspec.UNSET else record.versions
            columns = COLUMNS[RecordField(made.field)]
            return any(_differs(msgspec.to_builtins(one), columns, made.value) for one in (record, *versions))
    return False


def _differs(columns_of: dict[str, Any], columns: tuple[str, ...], word: Word) -> bool:
    for column, settled in zip(columns, word, strict=True):
        value = columns_of.get(column)
        if column == "penalty_kinds" and value is not None:
            value = msgspec.json.encode(value).decode()
        if settled is not None and value != settled:
            return True
    return False


def _act(row: Row[Any]) -> SettlementAct:
    return SettlementAct(
        number=row.id,
        subject=row.identifier,
        thing=row.thing,
        field=row.field,
        value=tuple(msgspec.json.decode(row.value)),
        post=row.post,
        reason=row.reason,
        known_at=row.known_at,
    )


def _text(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()
