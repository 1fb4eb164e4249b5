"""Reads what a test expects, with the place of each expectation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from ...decision.check.decision import Outcome
from ...decision.unsettled import ENGINE, RELATIONS_BEYOND, SUBJECT
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import MeasureKind
from ...rulebook.language import Duty, Role
from ...rulebook.reader_values import Reader, Schema, Trail, fields, fields_schema, mapping, one_of, refuse_kind
from ...rulebook.source import Node, Scalar, Sequence, Unreadable
from ...rulebook.titles import RECORD_PARTS
from .language import OPEN, Expectation, ExpectedOutcome, MeasureSaid, SubjectCode

T = TypeVar("T")
_MARKED = re.compile(r"(?P<code>[^ @]+)(?: (?P<duty>[^ @]+))?(?: @(?P<subject>[1-9][0-9]{0,2}))?")
_RECORD = re.compile(rf"record:文[0-9]{{1,4}}(?::(?:{'|'.join(RECORD_PARTS)}))?")
"""A record that leaves something unsaid, or has several versions: by its number in the test, and the field."""
EXPECTED: Schema = {"$ref": "#/$defs/expect"}
"""Schema of expectations, where `ExpectedReader.schema` stands among the definitions."""
_EXAMPLE = "{outcome: measures, measures: [no-green-channel mandatory]}"


class ExpectedReader:
    """Reads expectations about one rule set."""

    def __init__(self, rule_set: RuleSet) -> None:
        catalogue = rule_set.catalogue
        measures = catalogue.measures
        incentives = [code for code, entry in measures.items() if entry.kind is MeasureKind.INCENTIVE]
        waited = [*catalogue.facts, *(f"feed:{code}" for code in catalogue.feeds), SUBJECT, RELATIONS_BEYOND, ENGINE]
        waited += [f"role:{role}" for role in Role]
        rules = [name for rule in rule_set.rules for name in (rule.id, rule.key)]
        self.readers: dict[str, Reader[object]] = {
            "outcome": said(one_of(Outcome)),
            "grade": said(_one_a_subject([*catalogue.grades, OPEN], "公共信用等级")),
            "level": said(_one_a_subject([*catalogue.levels, OPEN], "监管等级")),
            "measures": said(_listed(_measure(measures))),
            "rules": said(_listed(_plain(rules, "规则"))),
            "set_aside": said(_listed(_marked(incentives, "激励措施"))),
            "undetermined": said(_listed(_marked(waited, "事实或数据源", _RECORD))),
        }
        """By the name of an expectation."""

        self.expected = Reader(self._expected, EXPECTED)
        """All expectations of one test; at least one."""

    def schema(self) -> Schema:
        """Schema of expectations."""
        return {**fields_schema(self.readers, ()), "minProperties": 1}

    def _expected(self, node: Node, trail: Trail) -> ExpectedOutcome:
        return ExpectedOutcome(**fields(mapping(node, trail, _EXAMPLE), self.readers, (), trail))  # type: ignore[arg-type]


def said(reader: Reader[T]) -> Reader[Expectation[T]]:
    """The same reader, which keeps the place."""
    return Reader(lambda node, trail: Expectation(reader(node, trail), node.place), reader.schema)


def _one_a_subject(known: list[str], what: str) -> Reader[tuple[str, ...]]:
    one = _plain(known, what)

    def read(node: Node, trail: Trail) -> tuple[str, ...]:
        return _each(node, one, trail) if isinstance(node, Sequence) else (one(node, trail),)

    return Reader(read, {"anyOf": [one.schema, {"type": "array", "items": one.schema, "minItems": 1}]})


def _listed(one: Reader[T]) -> Reader[tuple[T, ...]]:
    """A list that may be empty: nothing may happen. What stands in it stands there once."""

    def read(node: Node, trail: Trail) -> tuple[T, ...]:
        if not isinstance(node, Sequence):
            raise refuse_kind(node, trail, "列表", "[] 或 [甲, 乙]")
        values = _each(node, one, trail)
        for position, value in enumerate(values):
            if value in values[:position]:
                trail.faults.refuse(node.parts[position].place, "列表里写了两次同样的内容", "删去其中一个")
        return values

    return Reader(read, {"type": "array", "items": one.schema, "uniqueItems": True})


def _each(node: Sequence, one: Reader[T], trail: Trail) -> tuple[T, ...]:
    values: list[T] = []
    for position, part in enumerate(node.parts):
        try:
            values.append(one(part, trail.step(position, part.place)))
        except Unreadable:
            continue
    if len(values) < len(node.parts):
        raise Unreadable
    return tuple(values)


def _plain(known: Iterable[str], what: str, pattern: re.Pattern[str] | None = None) -> Reader[str]:
    """One of these words, or what a pattern fits."""
    words = tuple(dict.fromkeys(known))

    def read(node: Node, trail: Trail) -> str:
        if not isinstance(node, Scalar) or not node.text:
            raise refuse_kind(node, trail, "一个代码", words[0] if words else "")
        if pattern is not None and pattern.fullmatch(node.text):
            return node.text
        if node.text not in words:
            trail.faults.refuse(node.place, f"没有{what} {node.text[:60]}", trail.faults.nearest(node.text, words))
        return node.text

    return Reader(read, {"anyOf": [{"enum": list(words)}, {"type": "string", "minLength": 1}]})


def _marked(known: Iterable[str], what: str, pattern: re.Pattern[str] | None = None) -> Reader[SubjectCode]:
    plain = _plain(known, what, pattern)

    def read(node: Node, trail: Trail) -> SubjectCode:
        code, duty, subject = _split(node, trail, "tax-convenience @2")
        if duty:
            trail.faults.refuse(node.place, f"{what}后面不能写 {duty}", "只能再写 @2 这样的主体序号")
        return SubjectCode(plain(Scalar(code, quoted=False, place=node.place), trail), subject)

    return Reader(read, plain.schema)


def _measure(known: Iterable[str]) -> Reader[MeasureSaid]:
    words = tuple(known)
    plain = _plain(words, "措施")

    def read(node: Node, trail: Trail) -> MeasureSaid:
        code, duty, subject = _split(node, trail, "no-green-channel mandatory")
        measure = SubjectCode(plain(Scalar(code, quoted=False, place=node.place), trail), subject)
        if not duty:
            return MeasureSaid(measure)
        return MeasureSaid(measure, one_of(Duty)(Scalar(duty, quoted=False, place=node.place), trail))

    with_duty = [f"{word} {duty.value}" for word in words for duty in Duty]
    return Reader(read, {"anyOf": [{"enum": with_duty}, {"type": "string", "minLength": 1}]})


def _split(node: Node, trail: Trail, example: str) -> tuple[str, str, int | None]:
    """A code, the word behind it, and the position of a subject, from 0."""
    found = _MARKED.fullmatch(node.text) if isinstance(node, Scalar) else None
    if found is None:
        raise refuse_kind(node, trail, "代码, 后面可写 mandatory 或 optional 和 @主体序号", example)
    subject = found["subject"]
    return found["code"], found["duty"] or "", int(subject) - 1 if subject else None
