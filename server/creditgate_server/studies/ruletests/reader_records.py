"""Reads the records of a test's subject: as fields, or in short as words.

The short form names the kind or the list first: `penalty general 2026-03-05 x3 by=market-regulation amount=500.00`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from msgspec import UNSET

from ...decision.knowledge import FOR_LIFE, Record
from ...rulebook.catalogue import Catalogue, PenaltyKind
from ...rulebook.language import LIST_ENTRY, Place
from ...rulebook.reader_values import (
    Reader,
    Schema,
    Trail,
    code,
    day,
    fields,
    fields_schema,
    many,
    mapping,
    money,
    one_of,
    refuse_kind,
    takes,
    whole_between,
)
from ...rulebook.reader_values import word as plain_word
from ...rulebook.source import Node, Scalar, Sequence, Unreadable

MAX_RECORDS = 100
"""Most records that one short form may stand for, inclusive."""

_STATES = ("effective", "repaired", "revoked")
_EXAMPLE = "{kind: penalty, severity: general, decided_on: 2026-03-05}"
_SHORT = "penalty general 2026-03-05"


RECORDS: Schema = {"$ref": "#/$defs/records"}
"""Schema of records, where `RecordReader.schema` stands among the definitions."""


def known(entries: Mapping[str, object], what: str) -> Reader[str]:
    """Reader of a code that must be one of these; the schema offers those known now."""

    def read(node: Node, trail: Trail) -> str:
        name = code(node, trail)
        if name not in entries:
            trail.faults.refuse(node.place, f"没有{what} {name}", trail.faults.nearest(name, list(entries)))
        return name

    schema = {"anyOf": [{"enum": list(entries)}, code.schema]} if entries else code.schema
    return Reader(read, schema)


def is_blank(node: Node) -> bool:
    """Whether nothing is said: `~`."""
    return isinstance(node, Scalar) and not node.quoted and node.text == "~"


LIFE = "life"
"""Written for a ban without end."""

UNSAID = "unsaid"
"""Written where a record does not say its severity."""


@takes({"anyOf": [{"const": LIFE}, day.schema]})
def _ban_until(node: Node, trail: Trail) -> date:
    life = isinstance(node, Scalar) and node.text == LIFE
    return FOR_LIFE if life else day(node, trail)


@takes({"type": "string"})
def _kinds_in_short(node: Node, trail: Trail) -> tuple[PenaltyKind, ...]:
    assert isinstance(node, Scalar)
    parts = node.text.split(",") if node.text else []
    return tuple(one_of(PenaltyKind)(Scalar(part, quoted=False, place=node.place), trail) for part in parts)


class RecordReader:
    """Reads records under one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.records = Reader(self._read, RECORDS)

    def _read(self, node: Node, trail: Trail) -> tuple[Record, ...]:
        """Records: a list of fields or short forms, or one short form; an empty list or `~`: none."""
        if is_blank(node):
            return ()
        if isinstance(node, Scalar):
            return self._short(node, trail)
        if not isinstance(node, Sequence):
            raise refuse_kind(node, trail, "列表", f"[{_SHORT}]")
        found: list[Record] = []
        complete = True
        for position, part in enumerate(node.parts):
            try:
                below = trail.step(position, part.place)
                found += self._short(part, below) if isinstance(part, Scalar) else (self._record(part, below),)
            except Unreadable:
                complete = False
        if not complete:
            raise Unreadable
        return tuple(found)

    def schema(self) -> Schema:
        """Schema of records; the words of a short form are not looked into."""
        short = {"type": ["string", "null"]}
        fields_of_one = fields_schema(self._readers(), ("decided_on",))
        return {"anyOf": [short, {"type": "array", "items": {"anyOf": [short, fields_of_one]}}]}

    def _readers(self) -> dict[str, Reader[object]]:
        catalogue = self._catalogue
        return {
            "kind": known({LIST_ENTRY: None, **catalogue.record_kinds}, "记录类别"),
            "list": known(catalogue.lists, "名单"),
            "severity": code,
            "organ": known(catalogue.organs, "部门"),
            "decided_on": day,
            "effective_from": day,
            "until": day,
            "state": known(dict.fromkeys(_STATES), "状态"),
            "state_on": day,
            "amount": money,
            "penalty_kinds": many(one_of(PenaltyKind)),
            "fine": money,
            "confiscated": money,
            "licence_item": known(catalogue.items, "事项"),
            "ban_until": _ban_until,
            "ground": code,
            "organ_title": plain_word,
            "source": known(catalogue.feeds, "数据源"),
            "versions": Reader(self._versions, {"type": "array", "items": {"type": "object"}, "minItems": 1}),
        }

    def _versions(self, node: Node, trail: Trail) -> tuple[Mapping[str, object], ...]:
        """How other sources have the record: a list of what they say otherwise."""
        readers = {name: reader for name, reader in self._readers().items() if name != "versions"}

        def version(part: Node, below: Trail) -> Mapping[str, object]:
            return fields(mapping(part, below, "{source: other, amount: 100.00}"), readers, (), below)

        return many(Reader(version, {}))(node, trail)

    def _record(self, node: Node, trail: Trail) -> Record:
        written = mapping(node, trail, _EXAMPLE)
        values = fields(written, self._readers(), ("decided_on",), trail)
        return self._made(values, written.place, trail)

    def _made(self, values: dict[str, object], place: Place, trail: Trail) -> Record:
        catalogue, faults = self._catalogue, trail.faults
        listed = str(values.get("list", ""))
        kind = str(values.get("kind", LIST_ENTRY if listed else ""))
        if not kind:
            faults.refuse(place, "记录没有写 kind 或 list", f"例如 {_EXAMPLE}")
        if (kind == LIST_ENTRY) != bool(listed):
            faults.refuse(place, f"kind 为 {LIST_ENTRY} 的记录才写 list, 也必须写 list", "例如 {list: wage-arrears}")
        severities = () if listed else catalogue.record_kinds[kind].severities
        severity = str(values.get("severity", ""))
        if severity and severity not in severities and not (severities and severity == UNSAID):
            faults.refuse(place, f"{kind} 没有程度 {severity}", faults.nearest(severity, severities))
        if severities and not severity:
            hint = f"可用的有: {'、'.join(severities)}; 来源没有写明的, 写 {UNSAID}"
            faults.refuse(place, f"{kind} 的记录要写程度", hint)
        decided = values["decided_on"]
        assert isinstance(decided, date)
        feed = catalogue.lists[listed].feed if listed else catalogue.record_kinds[kind].feed
        said = values.pop("versions", ())
        assert isinstance(said, tuple)
        versions = tuple(self._made({**values, **one}, place, trail) for one in said)
        fine, confiscated = values.pop("fine", UNSET), values.pop("confiscated", UNSET)
        both = [one for one in (fine, confiscated) if isinstance(one, int)]
        amount = values.pop("amount", sum(both))
        made = {"source": feed, "effective_from": decided, **values, "kind": kind, "amount_fen": amount}
        made["severity"] = "" if severity == UNSAID else severity
        if isinstance(kinds := values.get("penalty_kinds"), tuple):
            made["penalty_kinds"] = tuple(sorted(kinds))
        made |= {"fine_fen": fine, "confiscated_fen": confiscated, "versions": versions or UNSET}
        return Record(document_number="", **made)  # type: ignore[arg-type]

    def _short(self, node: Scalar, trail: Trail) -> tuple[Record, ...]:
        """`penalty general 2026-03-05 x3 by=finance amount=500.00 repaired=2026-05-01 from=… until=…`.

        In detail: `kinds=fine,revocation fine=300.00 confiscated=200.00 licence=ITEM ban=DAY|life ground=CODE`.
        """
        values: dict[str, object] = {}
        times = 1
        column = node.place.column + int(node.quoted)
        for position, word in enumerate(node.text.split(" ")):
            place = msgspec.structs.replace(node.place, column=column)
            column += len(word) + 1
            name, said = self._word(word, position)
            if not name:
                trail.faults.refuse(place, f"看不懂记录里的“{word[:40]}”", f"例如 {_SHORT}")
            if name in values:
                trail.faults.refuse(place, f"记录里 {name} 写了两次", "删去其中一个")
            part = Scalar(said, quoted=False, place=place)
            if name == "times":
                times = whole_between(1, MAX_RECORDS)(part, trail)
            elif name in {"repaired", "revoked"}:
                values |= {"state": name, "state_on": day(part, trail)}
            else:
                values[name] = self._short_readers()[name](part, trail)
        if "decided_on" not in values:
            trail.faults.refuse(node.place, "记录没有写作出的日期", f"例如 {_SHORT}")
        return (self._made(values, node.place, trail),) * times

    def _short_readers(self) -> dict[str, Reader[object]]:
        days: dict[str, Reader[object]] = dict.fromkeys(("decided_on", "effective_from", "until"), day)
        catalogue = self._catalogue
        return days | {
            "kind": known(catalogue.record_kinds, "记录类别"),
            "list": known(catalogue.lists, "名单或记录类别"),
            "severity": code,
            "organ": known(catalogue.organs, "部门"),
            "amount": money,
            "fine": money,
            "confiscated": money,
            "licence_item": known(catalogue.items, "事项"),
            "ban_until": _ban_until,
            "ground": code,
            "penalty_kinds": _kinds_in_short,
        }

    def _word(self, word: str, position: int) -> tuple[str, str]:
        """Which field a word of the short form is, and its value; an empty name where it is none."""
        if position == 0:
            return ("kind" if word in self._catalogue.record_kinds else "list"), word
        name, equals, value = word.partition("=")
        if equals:
            names = {
                "by": "organ",
                "from": "effective_from",
                "amount": "amount",
                "until": "until",
                "kinds": "penalty_kinds",
                "fine": "fine",
                "confiscated": "confiscated",
                "licence": "licence_item",
                "ban": "ban_until",
                "ground": "ground",
            }
            return names.get(name, name if name in {"repaired", "revoked"} else ""), value
        if word[:1] == "x" and word[1:].isdecimal():
            return "times", word[1:]
        if word[:1].isdecimal():
            return "decided_on", word
        return ("severity" if word.isidentifier() else ""), word
