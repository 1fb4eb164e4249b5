"""Drafts as a file of tests that the reader takes: one case below the other, marked `draft: true`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import UNSET

from ...decision.knowledge import FOR_LIFE, Record
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import FactEntry, FactSource, FactType
from ...rulebook.language import LIST_ENTRY, Role, Value
from ...rulebook.words import test_in_words
from .compare import EngineAnswer
from .coverage import tests_of
from .language import SubjectCode
from .parts import CaseParts
from .reader_records import LIFE
from .reader_subjects import SubjectPart
from .skeleton import CaseDraft, Skeleton, Target

_HEAD = """\
# 草稿: 由程序按现行规则生成。expect 写的是规则现在给出的结果, 不是法律规定的结果。
# 请逐条对照依据核对、改正, 改写名称, 再删去 draft: true; 删去以前不运行, 也不计入覆盖。
"""


def skeleton_text(skeleton: Skeleton, rule_set: RuleSet, day: date) -> str:
    """The file's text. Names are unique within it."""
    writer = _Writer(rule_set, day)
    lines = [_HEAD.rstrip("\n"), f"day: {day}", "tests:"]
    for draft in skeleton.drafts:
        lines += writer.case(draft)
    lines += [f"# 未能生成: {writer.title(target)}" for target in skeleton.unreached]
    return "\n".join(lines) + "\n"


class _Writer:
    def __init__(self, rule_set: RuleSet, day: date) -> None:
        self._catalogue = rule_set.catalogue
        self._day = day
        facts = rule_set.catalogue.facts.values()
        self._rating_names = {fact.ladder: fact.name for fact in facts if fact.source is FactSource.RATING}

    def title(self, target: Target) -> str:
        """What a draft is for, in Chinese."""
        if target.side is None:
            return f"{target.rule.key} 成立"
        test = test_in_words(self._catalogue, tests_of(target.rule)[target.side.number])
        word = "成立" if target.side.holds else "不成立"
        return f"{target.rule.key} 的条件 {target.side.number + 1}({test}){word}"

    def case(self, draft: CaseDraft) -> Iterator[str]:
        """The lines of one case."""
        parts = draft.parts
        yield f"  - name: {_quoted(self.title(draft.target))}"
        yield "    draft: true"
        if parts.day != self._day:
            yield f"    day: {parts.day}"
        yield f"    item: {parts.item}" if parts.item else f"    organ: {parts.organ}"
        if parts.stage is not None:
            yield f"    stage: {parts.stage.value}"
        if parts.role not in (None, Role.APPLICANT):
            yield f"    role: {parts.role}"
        if parts.facts:
            yield f"    facts: {self._values(parts.facts)}"
        yield from self._subject(parts)
        if parts.feeds:
            yield f"    feeds: {_flow(parts.feeds)}"
        yield "    expect:"
        yield from (f"      {line}" for line in _expected(draft.found))

    def _subject(self, parts: CaseParts) -> Iterator[str]:
        subject = parts.subject or SubjectPart()
        yield "    subject:"
        yield f"      kind: {subject.kind or 'enterprise'}"
        if subject.present is False:
            yield "      present: false"
        if subject.attributes:
            yield f"      attributes: {self._values(subject.attributes)}"
        ratings = {self._rating_names[ladder]: parts[-1].rating for ladder, parts in subject.ratings.items() if parts}
        if ratings:
            yield f"      ratings: {_flow(ratings)}"
        if subject.records:
            yield "      records:"
            yield from (f"        - {self._record(record)}" for record in subject.records)

    def _values(self, values: Mapping[str, Value | None]) -> str:
        return _flow({name: _value(self._catalogue.facts[name], value) for name, value in values.items()})

    @staticmethod
    def _record(record: Record) -> str:
        said: dict[str, object] = {"list": record.list} if record.kind == LIST_ENTRY else {"kind": record.kind}
        said |= {"severity": record.severity} if record.severity else {}
        said |= {"organ": record.organ} if record.organ else {}
        said["decided_on"] = record.decided_on
        if record.effective_from != record.decided_on:
            said["effective_from"] = record.effective_from
        said |= {} if record.until is None else {"until": record.until}
        if record.state != "effective":
            said["state"] = record.state
            said |= {} if record.state_on is None else {"state_on": record.state_on}
        said |= {"amount": _yuan(record.amount_fen)} if record.amount_fen else {}
        return _flow(said | dict(_details(record)))


def _details(record: Record) -> Iterator[tuple[str, object]]:
    """What it says in detail, as it is written."""
    if record.penalty_kinds is not UNSET and record.penalty_kinds:
        yield "penalty_kinds", _list(record.penalty_kinds)
    if record.fine_fen is not UNSET:
        yield "fine", _yuan(record.fine_fen)
    if record.confiscated_fen is not UNSET:
        yield "confiscated", _yuan(record.confiscated_fen)
    if record.licence_item is not UNSET:
        yield "licence_item", record.licence_item
    if record.ban_until is not UNSET:
        yield "ban_until", LIFE if record.ban_until == FOR_LIFE else record.ban_until
    if record.ground is not UNSET:
        yield "ground", record.ground


def _expected(found: EngineAnswer) -> Iterator[str]:
    if found.outcome is not None:
        yield f"outcome: {found.outcome.value}"
    yield f"grade: {found.grades[0]}"
    yield f"level: {found.levels[0]}"
    if found.outcome is not None:
        yield f"measures: {_list(f'{said.measure.code} {said.duty}' for said in found.measures)}"
    yield f"rules: {_list(key.partition('@')[0] for key in found.rules)}"
    if found.outcome is not None:
        yield f"set_aside: {_list(_codes(found.set_aside))}"
    yield f"undetermined: {_list(_codes(found.undetermined))}"


def _codes(marks: Iterable[SubjectCode]) -> Iterator[str]:
    return (mark.code for mark in marks)


def _value(fact: FactEntry, value: Value | None) -> str:
    if value is None:
        return "~"
    if fact.type is FactType.FLAG:
        return "true" if value else "false"
    return _yuan(int(value)) if fact.type is FactType.MONEY else str(value)


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _flow(values: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}"


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(values) + "]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
