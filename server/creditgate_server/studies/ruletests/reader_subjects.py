"""Reads the subjects of tests: kind, attributes, ratings and records, typed by the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import msgspec

from ...codes import USCC_ALPHABET, uscc_check_character
from ...decision.knowledge import Assertion, Knowledge, Rating, Record, Related
from ...rulebook.catalogue import Catalogue, FactEntry, FactSource
from ...rulebook.language import RelationKind, Value
from ...rulebook.reader_conditions import read_value
from ...rulebook.reader_facts import NO_RATING, SUBJECT_KINDS
from ...rulebook.reader_values import (
    Reader,
    Schema,
    Trail,
    code,
    day,
    fields,
    fields_schema,
    flag,
    many,
    mapping,
    one_of,
    takes,
    text,
)
from ...rulebook.source import Node, Scalar, Sequence
from .reader_records import RecordReader, is_blank, known

T = TypeVar("T")


SUBJECT: Schema = {"$ref": "#/$defs/subject"}
"""Schema of a subject, where `SubjectReader.schemas` stand among the definitions."""


@dataclass(frozen=True, slots=True)
class RatingPart:
    """A rating as written; without a day it is of the day of the test."""

    rating: str
    decided_on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """A subject as written, or one that another is made like."""

    kind: str = ""
    present: bool | None = None
    attributes: Mapping[str, Value | None] = field(default_factory=dict)
    """None: not known."""
    ratings: Mapping[str, tuple[RatingPart, ...]] = field(default_factory=dict)
    """By ladder, as written; empty: there is none."""
    records: tuple[Record, ...] = ()
    related: tuple[RelatedPart, ...] = ()
    disputed: Mapping[str, tuple[Value | None, ...]] = field(default_factory=dict)
    """By fact: what each source says."""

    def over(self, base: SubjectPart) -> SubjectPart:
        """The subject made like another: what is said here replaces, records come on top."""
        return SubjectPart(
            kind=self.kind or base.kind,
            present=base.present if self.present is None else self.present,
            attributes={**base.attributes, **self.attributes},
            ratings={**base.ratings, **self.ratings},
            records=(*base.records, *self.records),
            related=(*base.related, *self.related),
            disputed={**base.disputed, **self.disputed},
        )

    def knowledge(self, number: int, day: date) -> Knowledge:
        """What the registry would hand out of the subject at this position on this day."""
        records = sorted(
            (_numbered(record, f"文{n}") for n, record in enumerate(self.records, 1)),
            key=lambda record: (record.source, record.document_number, record.kind),
        )
        ratings = tuple(
            Rating(ladder=ladder, rating=part.rating, decided_on=part.decided_on or day, until=part.until)
            for ladder, parts in self.ratings.items()
            for part in parts
        )
        return Knowledge(
            identifier=identifier_of(self.kind or "enterprise", number),
            present=self.present is not False,
            attributes={name: value for name, value in self.attributes.items() if value is not None},
            records=tuple(records),
            ratings=ratings,
            related=tuple(
                one.related(place, day)
                for place, one in enumerate(self.related, _MOST_RELATED * number + _FIRST_RELATED)
            )
            or msgspec.UNSET,
            disputed={
                name: tuple(
                    Assertion(source=f"source-{place}", source_day=day, value=value)
                    for place, value in enumerate(values, 1)
                )
                for name, values in self.disputed.items()
            }
            or msgspec.UNSET,
        )


@dataclass(frozen=True, slots=True)
class RelatedPart:
    """A relation as written: who the other is, and from when to when."""

    kind: RelationKind
    subject: SubjectPart
    of: bool = False
    since: date | None = None
    until: date | None = None
    seen: date | None = None

    def related(self, number: int, day: date) -> Related:
        """What the registry would hand out of it. `number`: of the other, apart from those of the case."""
        return Related(
            kind=self.kind,
            of=self.of,
            since=self.since,
            until=self.until,
            seen=msgspec.UNSET if self.seen is None else self.seen,
            source=RELATION_SOURCE,
            knowledge=self.subject.knowledge(number, day),
        )


_FIRST_RELATED, _MOST_RELATED = 10, 8
"""Positions of those whom a subject is related to, so that they differ from each other and from those of the case."""
RELATION_SOURCE = "registration"
"""The feed that a relation in a test is of."""


def _numbered(record: Record, number: str) -> Record:
    versions = record.versions or ()
    return msgspec.structs.replace(
        record,
        document_number=number,
        versions=tuple(_numbered(version, number) for version in versions) or msgspec.UNSET,
    )


class SubjectReader:
    """Reads subjects under one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.attributes = {n: fact for n, fact in catalogue.facts.items() if fact.source is FactSource.ATTRIBUTE}
        self.ratings = {n: fact for n, fact in catalogue.facts.items() if fact.source is FactSource.RATING}
        self._records = RecordReader(catalogue)
        self.records = self._records.records
        self.subject = Reader(self._subject, SUBJECT)
        """A subject: the name of one, or fields, perhaps `like` a named one."""
        self._rating_group = self._group(self.ratings, self.rating, "{evaluation: A}")
        self.named: dict[str, SubjectPart] = {}
        """Named subjects of the file, filled as they are read."""

    def _subject(self, node: Node, trail: Trail) -> SubjectPart:
        if isinstance(node, Scalar):
            return self.named[known(self.named, "名为此的主体")(node, trail)]
        values = fields(mapping(node, trail, "{like: ordinary, records: […]}"), self.readers, (), trail)
        base = values.pop("like", None)
        part = SubjectPart(**values)  # type: ignore[arg-type]
        return part.over(self.named[str(base)]) if base else part

    def schemas(self) -> dict[str, Schema]:
        """Schemas of subjects and records, by the names under which other schemas refer to them."""
        own = {name: reader.schema for name, reader in self.readers.items()}
        subject = {"type": "object", "properties": own, "additionalProperties": False}
        return {"subject": {"anyOf": [code.schema, subject]}, "records": self._records.schema()}

    @property
    def readers(self) -> dict[str, Reader[object]]:
        """Readers of a subject's fields."""
        return {
            "like": known(self.named, "名为此的主体"),
            "kind": _kind,
            "present": flag,
            "attributes": self._group(self.attributes, self.attribute, "{registered_on: 2015-01-01}"),
            "ratings": Reader(self._ratings, self._rating_group.schema),
            "records": self.records,
            "related": many(self._related),
            "disputed": self._group(self.attributes, self._said, "{registration_state: [normal, cancelled]}"),
        }

    def _said(self, fact: FactEntry) -> Reader[tuple[Value | None, ...]]:
        """What the sources say of a fact."""
        return many(self.attribute(fact))

    @property
    def _related(self) -> Reader[RelatedPart]:
        own: dict[str, Reader[object]] = {
            "as": one_of(RelationKind),
            "of": flag,
            "since": day,
            "until": day,
            "seen": day,
            "subject": self.subject,
        }

        def read(node: Node, trail: Trail) -> RelatedPart:
            example = "{as: legal_representative, since: 2020-01-01, subject: {kind: person}}"
            values = fields(mapping(node, trail, example), own, ("as", "subject"), trail)
            return RelatedPart(kind=values.pop("as"), **values)  # type: ignore[arg-type]

        return Reader(read, fields_schema(own, ("as", "subject")))

    def attribute(self, fact: FactEntry) -> Reader[Value | None]:
        """Reader of an attribute's value; `~`: not known."""
        return or_blank(read_value(fact))

    def rating(self, fact: FactEntry) -> Reader[tuple[RatingPart, ...]]:
        """Reader of ratings: a word, fields with days, or a list of such fields; `none` or `~`: there is none."""

        def read(node: Node, trail: Trail) -> tuple[RatingPart, ...]:
            if is_blank(node):
                return ()
            if isinstance(node, Scalar):
                word = str(read_value(fact)(node, trail))
                return () if word == NO_RATING else (RatingPart(word),)
            return many(one)(node, trail) if isinstance(node, Sequence) else (one(node, trail),)

        def read_dated(node: Node, trail: Trail) -> RatingPart:
            readers: dict[str, Reader[object]] = {"rating": read_value(fact), "decided_on": day, "until": day}
            values = fields(mapping(node, trail, "{rating: A, decided_on: 2026-01-01}"), readers, ("rating",), trail)
            return RatingPart(**values)  # type: ignore[arg-type]

        dated = fields_schema({"rating": read_value(fact), "decided_on": day, "until": day}, ("rating",))
        one = Reader(read_dated, dated)
        return Reader(read, {"anyOf": [{"type": "null"}, read_value(fact).schema, dated, many(one).schema]})

    def _ratings(self, node: Node, trail: Trail) -> Mapping[str, tuple[RatingPart, ...]]:
        found = self._rating_group(node, trail)
        return {self.ratings[name].ladder: part for name, part in found.items()}

    @staticmethod
    def _group(
        facts: Mapping[str, FactEntry], reader: Callable[[FactEntry], Reader[T]], example: str
    ) -> Reader[dict[str, T]]:
        readers = {name: reader(fact) for name, fact in facts.items()}

        def read(node: Node, trail: Trail) -> dict[str, T]:
            return fields(mapping(node, trail, example), readers, (), trail)  # type: ignore[return-value]

        return Reader(read, fields_schema(readers, ()))


def or_blank(reader: Reader[Value]) -> Reader[Value | None]:
    """The same reader, where `~` means not known."""
    return Reader(
        lambda node, trail: None if is_blank(node) else reader(node, trail),
        {"anyOf": [{"type": "null"}, reader.schema]},
    )


@takes({"enum": list(SUBJECT_KINDS)})
def _kind(node: Node, trail: Trail) -> str:
    name = text(node, trail)
    if name not in SUBJECT_KINDS:
        trail.faults.refuse(node.place, f"没有主体类型 {name[:40]}", f"可用的有: {'、'.join(SUBJECT_KINDS)}")
    return name


PERSON = "person"
_PREFIXES = {
    "enterprise": "91",
    "sole_trader": "92",
    "cooperative": "93",
    "institution": "11",
    "social_organisation": "51",
    "other": "N2",
}
_DONGGUAN = "441900"


def identifier_of(kind: str, number: int) -> str:
    """The identifier of the subject at a position, from 0, of a kind. Different positions differ."""
    if kind == PERSON:
        return f"p:{number:064x}"
    digits = ""
    for _ in range(3):
        number, low = divmod(number, len(USCC_ALPHABET))
        digits = USCC_ALPHABET[low] + digits
    first17 = f"{_PREFIXES[kind]}{_DONGGUAN}MA0000{digits}"
    return first17 + uscc_check_character(first17)
