"""Reads one file of tests: its day, its named subjects, single tests and tables.

Strict: what is unknown or can't be asked is a fault with file, line and column.
"""

from __future__ import annotations

from datetime import date

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import FactSource
from ...rulebook.language import Place, Role, Stage
from ...rulebook.reader_conditions import read_value
from ...rulebook.reader_values import (
    Reader,
    Schema,
    Trail,
    code,
    day,
    fields,
    fields_schema,
    flag,
    mapping,
    one_of,
    refuse_kind,
    text,
)
from ...rulebook.source import Faults, Mapping, Node, Scalar, Sequence, Unreadable, nearest, parse
from .language import RuleTest
from .parts import SILENT, STALE, Builder, CaseParts
from .reader_expected import ExpectedReader
from .reader_records import known
from .reader_subjects import SubjectPart, SubjectReader, or_blank
from .reader_tables import CaseReaders, columns_known, read_table

MOST_SUBJECTS = 20
"""Subjects of one case, inclusive; as many as a question may have."""

_SECTIONS = ("day", "subjects", "tests")
_EXAMPLE = "{name: 名称, item: food-business-licence, expect: {outcome: clear}}"


class FileReader:
    """Reads the files of a rule set's tests. Faults go to one collector."""

    def __init__(self, rule_set: RuleSet, faults: Faults) -> None:
        self._catalogue = rule_set.catalogue
        self._expected = ExpectedReader(rule_set)
        self._builder = Builder(rule_set.catalogue, faults)
        self._faults = faults

    def read(self, file: str, content: bytes) -> tuple[RuleTest, ...]:
        """The tests of one file that could be read, in writing order."""
        root = parse(file, content, self._faults)
        if root is None:
            return ()
        for name, pair in root.pairs.items():
            if name not in _SECTIONS:
                self._faults.add(pair.key.place, f"没有 {name[:40]} 这一节", nearest(name, _SECTIONS))
        subjects = SubjectReader(self._catalogue)
        common = self._common(root)
        self._named(root, subjects)
        readers = self._readers(subjects)
        if "tests" not in root.pairs:
            self._faults.add(root.place, "文件里没有 tests 这一节", "写上 tests:")
            return ()
        node = root.pairs["tests"].value
        if not isinstance(node, Sequence) or not node.parts:
            self._faults.add(node.place, "tests 应为列表, 每项以“- ”开头", f"例如 - {_EXAMPLE}")
            return ()
        tests: list[RuleTest] = []
        for part in node.parts:
            tests += self._entry(part, readers, common)
        self._check_names(tests)
        return tuple(tests)

    def schema(self) -> Schema:
        """JSON Schema of a file of tests, without its dialect; rows of tables are not looked into."""
        subjects = SubjectReader(self._catalogue)
        readers = self._readers(subjects)
        table = {name: reader for name, reader in readers.case.items() if name != "name"}
        columns = {"type": "array", "items": {"enum": columns_known(readers)}, "contains": {"const": "name"}}
        rows = {"type": "array", "items": {"type": "array"}, "minItems": 1}
        table |= {"table": text, "columns": Reader(text.read, columns), "rows": Reader(text.read, rows)}
        one = fields_schema(readers.case, ("name", "expect"))
        several = fields_schema(table, ("table", "columns", "rows"))
        named = {"type": "object", "additionalProperties": {"$ref": "#/$defs/subject"}}
        tests = {"type": "array", "items": {"anyOf": [one, several]}, "minItems": 1}
        return {
            "type": "object",
            "properties": {"day": day.schema, "subjects": named, "tests": tests},
            "required": ["tests"],
            "additionalProperties": False,
            "$defs": {**subjects.schemas(), "expect": self._expected.schema()},
        }

    def _common(self, root: Mapping) -> CaseParts:
        pair = root.pairs.get("day")
        try:
            return CaseParts(day=day(pair.value, Trail(self._faults, {})) if pair else None)
        except Unreadable:
            return CaseParts(day=date.max)  # not also "no day" for every test

    def _named(self, root: Mapping, subjects: SubjectReader) -> None:
        pair = root.pairs.get("subjects")
        if pair is None:
            return
        trail = Trail(self._faults, {})
        try:
            written = mapping(pair.value, trail, "{ordinary: {kind: enterprise}}")
        except Unreadable:
            return
        for name, entry in written.pairs.items():
            try:
                subjects.named[code(entry.key, trail)] = subjects.subject(entry.value, trail)
            except Unreadable:
                subjects.named.setdefault(name, SubjectPart())  # not also unknown where it is used

    def _readers(self, subjects: SubjectReader) -> CaseReaders:
        catalogue = self._catalogue
        facts = {
            name: or_blank(read_value(fact))
            for name, fact in catalogue.facts.items()
            if fact.source is FactSource.CALLER
        }
        case: dict[str, Reader[object]] = {
            "name": text,
            "why": text,
            "day": day,
            "organ": known(catalogue.organs, "部门"),
            "item": known(catalogue.items, "事项"),
            "stage": one_of(Stage),
            "role": one_of(Role),
            "facts": Reader(
                lambda node, trail: fields(mapping(node, trail, "{documents_missing: 1}"), facts, (), trail),
                fields_schema(facts, ()),
            ),
            "subject": subjects.subject,
            "subjects": self._subjects(subjects),
            "feeds": self._feeds(),
            "expect": self._expected.expected,
            "skip": text,
            "draft": flag,
        }
        return CaseReaders(case, facts, subjects, self._expected.readers)

    @staticmethod
    def _subjects(subjects: SubjectReader) -> Reader[tuple[tuple[Role, SubjectPart], ...]]:
        def read(node: Node, trail: Trail) -> tuple[tuple[Role, SubjectPart], ...]:
            if not isinstance(node, Sequence) or not node.parts:
                raise refuse_kind(node, trail, "列表", "[{role: applicant, like: ordinary}]")
            if len(node.parts) > MOST_SUBJECTS:
                trail.faults.refuse(node.place, f"主体过多: {len(node.parts)} 个", f"最多 {MOST_SUBJECTS} 个")
            found: list[tuple[Role, SubjectPart]] = []
            for position, part in enumerate(node.parts):
                below = trail.step(position, part.place)
                readers = {"role": one_of(Role), **subjects.readers}
                values = fields(mapping(part, below, "{role: applicant}"), readers, ("role",), below)
                role, like = Role(str(values.pop("role"))), values.pop("like", None)
                subject = SubjectPart(**values)  # type: ignore[arg-type]
                found.append((role, subject.over(subjects.named[str(like)]) if like else subject))
            return tuple(found)

        one = fields_schema({"role": one_of(Role), **subjects.readers}, ("role",))
        return Reader(read, {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_SUBJECTS})

    def _feeds(self) -> Reader[dict[str, object]]:
        def state(part: Node, below: Trail) -> date | str:
            if isinstance(part, Scalar) and part.text in (SILENT, STALE):
                return part.text
            if isinstance(part, Scalar) and part.text[:1].isdecimal():
                return day(part, below)
            raise refuse_kind(part, below, f" {SILENT}(从未送达)、{STALE}(过期一天)或日期", f"court: {STALE}")

        one: Reader[object] = Reader(state, {"anyOf": [{"enum": [SILENT, STALE]}, day.schema]})
        readers = {feed.code: one for feed in self._catalogue.feeds.values() if not feed.own}
        return Reader(
            lambda node, trail: fields(mapping(node, trail, f"{{court: {STALE}}}"), readers, (), trail),
            fields_schema(readers, ()),
        )

    # -- tests --------------------------------------------------------------------------------------------------------

    def _entry(self, node: Node, readers: CaseReaders, common: CaseParts) -> list[RuleTest]:
        trail = Trail(self._faults, {})
        try:
            written = mapping(node, trail, _EXAMPLE)
            self._faults.rule = _name(written)
            cases = (
                read_table(written, readers, common, trail)
                if "table" in written.pairs
                else [(_single(written, readers, common, trail), node.place)]
            )
        except Unreadable:
            return []
        finally:
            self._faults.rule = ""
        return [test for parts, place in cases if (test := self._built(parts, place)) is not None]

    def _built(self, parts: CaseParts, place: Place) -> RuleTest | None:
        self._faults.rule = parts.name[:64]
        try:
            return self._builder.built(parts, place)
        except Unreadable:
            return None
        finally:
            self._faults.rule = ""

    def _check_names(self, tests: list[RuleTest]) -> None:
        first: dict[str, int] = {}
        for test in tests:
            line = first.setdefault(test.name, test.place.line)
            if line != test.place.line:
                message = f"用例名称重复, 第 {line} 行已经用过"
                self._faults.add(test.place, message, "每个用例的名称不同", test.name[:64])


def _single(written: Mapping, readers: CaseReaders, common: CaseParts, trail: Trail) -> CaseParts:
    values: dict[str, object] = fields(written, readers.case, ("name", "expect"), trail)
    return CaseParts(**{"day": common.day, **values})  # type: ignore[arg-type]


def _name(written: Mapping) -> str:
    for key in ("name", "table"):
        pair = written.pairs.get(key)
        if pair is not None and isinstance(pair.value, Scalar):
            return pair.value.text[:64]
    return ""
