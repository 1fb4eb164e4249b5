"""Reads what is known of subjects out of the store: their own rows, and those of whom they are related to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, Select, Table, select

from ..decision.knowledge import Assertion, Knowledge, PrevailedBy, Prevailing, Rating, Record, Related
from .authority import Precedence, SettledValue
from .combining import AssertedRows, EffectiveRecords, Settlements, combined
from .relations import Heard, Relation, heard_of, overruled, relations_of_firm
from .revisions import NAMED_BY
from .tables import RatingRevision, RecordRevision, RelationRevision, Settlement, SubjectRevision

MOST_RELATIONS = 50
"""Relations of one subject that are looked at, those that go on and the latest first. Of one that has more it is known
how many more there are, and nothing of them."""

_MOST_AT_ONCE = 10_000
"""Subjects in one statement: databases bound how many values one may have."""

_subjects: Table = SubjectRevision.__table__  # type: ignore[attr-defined]
_records: Table = RecordRevision.__table__  # type: ignore[attr-defined]
_ratings: Table = RatingRevision.__table__  # type: ignore[attr-defined]
_relations: Table = RelationRevision.__table__  # type: ignore[attr-defined]
_settlements: Table = Settlement.__table__  # type: ignore[attr-defined]

Query = Callable[[Select[Any]], list[Row[Any]]]


@dataclass(frozen=True, slots=True)
class RevisionReader:
    """Reads under one precedence, as of one instant."""

    query: Query
    precedence: Precedence
    known_at: str | None = None
    """RFC 3339; None: now."""
    bound: str = ""
    """Legal day of that instant, ISO; empty for now."""
    relations: bool = True
    """Whether there are any."""

    def read(self, identifiers: Sequence[str]) -> dict[str, Knowledge]:
        """What is known of each subject, with whom it is related to, two steps deep."""
        steps = self._steps(identifiers) if self.relations else _Steps()
        everyone = list(dict.fromkeys((*identifiers, *steps.everyone())))
        own = self._own(everyone)
        return {identifier: self._with_related(identifier, steps, own) for identifier in identifiers}

    # -- a subject's own rows -----------------------------------------------------------------------------------------

    def _own(self, identifiers: Sequence[str]) -> dict[str, Knowledge]:
        """What is known of each, without relations."""
        rows = {identifier: AssertedRows() for identifier in identifiers}
        several = False
        for row in self.latest(_subjects, identifiers):
            rows[row.identifier].subjects.append(row)
            several = several or bool(row.feed)
        for row in self.latest(_records, identifiers):
            rows[row.identifier].records.append(row)
            several = several or bool(row.feed)
        for row in self.latest(_ratings, identifiers):
            rows[row.identifier].ratings.append(row)
            several = several or bool(row.feed)
        settled = self.settled(identifiers) if several else {}
        return {
            identifier: _knowledge(
                identifier,
                bool(own.subjects),
                combined(own, self.precedence, settled.get(identifier, {}), self.bound),
            )
            for identifier, own in rows.items()
        }

    def settled(self, identifiers: Sequence[str]) -> dict[str, Settlements]:
        """The last settlement of each thing and field, by subject."""
        found: dict[str, dict[tuple[str, str], SettledValue]] = {}
        for row in self.latest(_settlements, identifiers):
            found.setdefault(row.identifier, {})[(row.thing, row.field)] = settled_of(row)
        return dict(found)

    def latest(self, table: Table, identifiers: Collection[str], column: str = "identifier") -> Iterable[Row[Any]]:
        """The last revision, known by then, of everything that a feed says of some subjects."""
        names = NAMED_BY[table.name]
        latest: dict[tuple[str, ...], Row[Any]] = {}
        wanted = sorted(identifiers)
        for start in range(0, len(wanted), _MOST_AT_ONCE):
            some = wanted[start : start + _MOST_AT_ONCE]
            for row in self.query(self._by_now(select(table).where(table.c[column].in_(some)), table)):
                latest[tuple(getattr(row, name) for name in names)] = row
        return latest.values()

    def _by_now(self, statement: Select[Any], table: Table) -> Select[Any]:
        if self.known_at is not None:
            statement = statement.where(table.c.known_at <= self.known_at)
        return statement.order_by(table.c.known_at, table.c.id)

    # -- relations ----------------------------------------------------------------------------------------------------

    def _steps(self, identifiers: Sequence[str]) -> _Steps:
        """Relations of subjects, and those of whom they lead to.

        From a subject to its representatives and to the firms that it represents; from a representative on to its other
        firms. A firm's rows are read whole: when another takes over, the one before has ended.
        """
        wanted = set(identifiers)
        own = list(self.latest(_relations, wanted))
        firms = {row.identifier for row in (*own, *self.latest(_relations, wanted, "other"))}
        firms |= {row.identifier for row in self.latest(_relations, {row.other for row in own}, "other")}
        by_firm: dict[str, list[Row[Any]]] = {}
        for row in self.latest(_relations, firms):
            by_firm.setdefault(row.identifier, []).append(row)
        steps = _Steps()
        for rows in by_firm.values():
            said = heard_of(rows, self.precedence)
            for relation in relations_of_firm(said):
                steps.add(relation)
            for one, against in overruled(said):
                steps.overrule(one, against)
        steps.keep(identifiers)
        return steps

    def _with_related(self, identifier: str, steps: _Steps, own: dict[str, Knowledge]) -> Knowledge:
        near = steps.of(identifier)
        related = []
        for relation in near:
            other = _other(relation, identifier)
            onward = steps.firms_of(other, identifier) if other == relation.other else ()
            nested = _with(own[other], [_related(one, other, own[one.firm]) for one in onward], steps.beyond(other))
            related.append(_related(relation, identifier, nested))
        known = _with(own[identifier], related, steps.beyond(identifier))
        return _with_overruled(known, steps.overruled(identifier), self.bound)


_Overruled = tuple[Heard, Heard]


@dataclass(slots=True)
class _Steps:
    """Relations by whom they touch."""

    _of: dict[str, list[Relation]] = field(default_factory=dict)
    _beyond: dict[str, int] = field(default_factory=dict)
    _everyone: set[str] = field(default_factory=set)
    _overruled: dict[str, list[_Overruled]] = field(default_factory=dict)

    def add(self, relation: Relation) -> None:
        """Note a relation with both that it touches; of somebody with himself there is none."""
        if relation.firm != relation.other:
            self._of.setdefault(relation.firm, []).append(relation)
            self._of.setdefault(relation.other, []).append(relation)

    def overrule(self, one: Heard, against: Heard) -> None:
        """Note what does not count, with what speaks against it, for the firm and whom each names."""
        for identifier in {one.relation.firm, one.relation.other, against.relation.other}:
            self._overruled.setdefault(identifier, []).append((one, against))

    def overruled(self, identifier: str) -> Sequence[_Overruled]:
        """What is said of a subject's relations and does not count, each with what speaks against it."""
        return self._overruled.get(identifier, ())

    def keep(self, identifiers: Iterable[str]) -> None:
        """Keep as many of each as are looked at, and note who is reached."""
        for identifier, relations in self._of.items():
            if len(relations) > MOST_RELATIONS:
                relations.sort(key=_latest_first, reverse=True)
                self._beyond[identifier] = len(relations) - MOST_RELATIONS
                del relations[MOST_RELATIONS:]
        for identifier in identifiers:
            for relation in self.of(identifier):
                other = _other(relation, identifier)
                self._everyone.add(other)
                if other == relation.other:
                    self._everyone.update(one.firm for one in self.firms_of(other, identifier))

    def of(self, identifier: str) -> list[Relation]:
        """Relations of a subject, in either direction."""
        return self._of.get(identifier, [])

    def firms_of(self, other: str, but: str) -> list[Relation]:
        """Relations of somebody to other firms."""
        return [one for one in self.of(other) if one.other == other and one.firm != but]

    def beyond(self, identifier: str) -> int:
        """How many relations there are that are not looked at."""
        return self._beyond.get(identifier, 0)

    def everyone(self) -> set[str]:
        """Whom the relations lead to."""
        return self._everyone


def settled_of(row: Row[Any]) -> SettledValue:
    """A settlement as it is asked of."""
    considered = msgspec.json.decode(row.considered, type=dict[str, list[Any]])
    word = msgspec.json.decode(row.value, type=list[Any])
    return SettledValue(tuple(word), {feed: tuple(said) for feed, said in considered.items()})


def _knowledge(identifier: str, delivered: bool, known: EffectiveRecords) -> Knowledge:
    return Knowledge(
        identifier=identifier,
        present=delivered or identifier.startswith("p:"),
        attributes=known.attributes,
        records=tuple(sorted(known.records, key=_record_order)),
        ratings=tuple(sorted(known.ratings, key=_rating_order)),
        disputed=known.disputed or msgspec.UNSET,
        overruled=known.overruled or msgspec.UNSET,
        prevailing=known.prevailing or msgspec.UNSET,
    )


def _with(knowledge: Knowledge, related: list[Related], beyond: int) -> Knowledge:
    if not related and not beyond:
        return knowledge
    return msgspec.structs.replace(
        knowledge, related=tuple(sorted(related, key=_related_order)), relations_beyond=beyond or msgspec.UNSET
    )


def _with_overruled(knowledge: Knowledge, pairs: Sequence[_Overruled], bound: str) -> Knowledge:
    """With the words on relations that do not count. What is from before days were kept is left out."""
    said: dict[str, set[tuple[str, str, str]]] = {}
    prevailing: dict[str, Prevailing] = {}
    for one, against in pairs:
        if not one.day:
            continue
        name = f"relation:{one.relation.kind.value}:{one.relation.firm}:{against.relation.other}"
        day = min(one.day, bound) if bound else one.day
        said.setdefault(name, set()).add((one.relation.feed, day, one.relation.other))
        prevailing[name] = Prevailing(
            source=against.relation.feed,
            value=against.relation.other,
            by=PrevailedBy.AUTHORITY,
            authority=against.entry or one.entry,
        )
    if not said:
        return knowledge
    words = {
        name: tuple(
            Assertion(source=feed, source_day=date.fromisoformat(day), value=other) for feed, day, other in sorted(each)
        )
        for name, each in said.items()
    }
    return msgspec.structs.replace(
        knowledge,
        overruled=words if knowledge.overruled is msgspec.UNSET else {**knowledge.overruled, **words},
        prevailing=prevailing if knowledge.prevailing is msgspec.UNSET else {**knowledge.prevailing, **prevailing},
    )


def _related(relation: Relation, of: str, knowledge: Knowledge) -> Related:
    return Related(
        kind=relation.kind,
        of=relation.other == of,
        since=relation.since,
        until=relation.until,
        seen=msgspec.UNSET if relation.seen is None else relation.seen,
        source=relation.feed,
        knowledge=knowledge,
    )


def _other(relation: Relation, identifier: str) -> str:
    return relation.firm if relation.other == identifier else relation.other


def _latest_first(relation: Relation) -> tuple[date, date]:
    return (relation.until or date.max, relation.since or date.min)


def _record_order(record: Record) -> tuple[str, str, str, str]:
    return (record.source, record.document_number, record.kind, record.list)


def _rating_order(rating: Rating) -> tuple[str, date, str]:
    return (rating.ladder, rating.decided_on, rating.rating)


def _related_order(related: Related) -> tuple[str, bool, str, date, date]:
    return (
        related.kind,
        related.of,
        related.knowledge.identifier,
        related.since or date.min,
        related.until or date.max,
    )
