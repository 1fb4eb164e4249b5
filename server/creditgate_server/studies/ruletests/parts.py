"""From what a test says to a case that can be asked: defaults filled in, and what can't be asked refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ...decision.knowledge import Feeds
from ...rulebook.catalogue import Catalogue
from ...rulebook.language import Place, Role, Stage, Value
from ...rulebook.source import Faults
from .language import CaseSubject, Expectation, ExpectedOutcome, RuleTest, SubjectCode
from .reader_subjects import SubjectPart

SILENT, STALE = "silent", "stale"
"""Written for a feed that never delivered, and for one that is a day too old."""


@dataclass(frozen=True, slots=True)
class CaseParts:
    """What a test or a table says, as far as it says it."""

    name: str = ""
    why: str = ""
    day: date | None = None
    organ: str = ""
    item: str = ""
    stage: Stage | None = None
    role: Role | None = None
    facts: Mapping[str, Value | None] = field(default_factory=dict)
    """None: not given."""
    subject: SubjectPart | None = None
    subjects: tuple[tuple[Role, SubjectPart], ...] = ()
    feeds: Mapping[str, date | str] = field(default_factory=dict)
    expect: ExpectedOutcome = field(default_factory=ExpectedOutcome)
    skip: str = ""
    draft: bool = False


class Builder:
    """Makes cases of one rule set. Raises `Unreadable`, with a fault noted, where a case can't be asked."""

    def __init__(self, catalogue: Catalogue, faults: Faults) -> None:
        self._catalogue = catalogue
        self._faults = faults

    def built(self, parts: CaseParts, place: Place) -> RuleTest:
        """The case that stands at a place."""
        if parts.day is None:
            self._faults.refuse(place, "用例没有日期", "在文件开头写 day: 2026-11-01, 或在用例里写")
        subjects = self._subjects(parts, place)
        self._check(parts, len(subjects), place)
        return RuleTest(
            name=parts.name,
            place=place,
            day=parts.day,
            organ=self._organ(parts, place),
            item=parts.item,
            stage=parts.stage or Stage.ACCEPTANCE,
            facts={name: value for name, value in parts.facts.items() if value is not None},
            subjects=tuple(
                CaseSubject(part.knowledge(number, parts.day), role) for number, (role, part) in enumerate(subjects)
            ),
            feeds=self._feeds(parts.feeds, parts.day),
            expect=parts.expect,
            skip=parts.skip,
            draft=parts.draft,
        )

    def _subjects(self, parts: CaseParts, place: Place) -> tuple[tuple[Role, SubjectPart], ...]:
        if not parts.subjects:
            return ((parts.role or Role.APPLICANT, parts.subject or SubjectPart()),)
        if parts.subject is not None or parts.role is not None:
            self._faults.refuse(place, "写了 subjects 就不能再写 subject 和 role", "都写进 subjects")
        return parts.subjects

    def _organ(self, parts: CaseParts, place: Place) -> str:
        if not parts.item:
            if not parts.organ:
                self._faults.refuse(place, "用例既没有 item 也没有 organ", "写事项; 只问等级的写部门")
            return parts.organ
        organ = self._catalogue.items[parts.item].organ
        if parts.organ and parts.organ != organ:
            self._faults.refuse(place, f"事项 {parts.item} 属于 {organ}, 不是 {parts.organ}", "删去 organ")
        return organ

    def _feeds(self, said: Mapping[str, date | str], day: date) -> Feeds:
        feeds: Feeds = {}
        for code, feed in self._catalogue.feeds.items():
            state = said.get(code, day)
            if state == STALE:
                feeds[code] = day - timedelta(days=feed.max_age_days + 1)
            elif isinstance(state, date):
                feeds[code] = state
        return feeds

    # -- what can't be asked ------------------------------------------------------------------------------------------

    def _check(self, parts: CaseParts, count: int, place: Place) -> None:
        expect = parts.expect
        if expect == ExpectedOutcome():
            self._faults.refuse(place, "用例没有写应有的结果", "写上 expect, 例如 expect: {outcome: clear}")
        if not parts.item:
            self._check_profile(parts, count, place)
        for said in (expect.grade, expect.level):
            if said is not None and len(said.value) != count:
                self._faults.refuse(said.place, f"主体有 {count} 个, 等级写了 {len(said.value)} 个", "每个主体写一个")
        related = [one for _, part in self._subjects(parts, place) for one in part.related]
        for marks, at in _marks(expect):  # those whom the registry adds come after those whom the case names
            most = count + len(related)
            beyond = [mark for mark in marks if mark.subject is not None and mark.subject >= most]
            if beyond:
                number = (beyond[0].subject or 0) + 1
                self._faults.refuse(at, f"没有第 {number} 个主体, 只有 {count} 个", "改正 @ 后的序号")

    def _check_profile(self, parts: CaseParts, count: int, place: Place) -> None:
        expect = parts.expect
        for said in (expect.outcome, expect.measures, expect.set_aside):
            if said is not None:
                self._faults.refuse(said.place, "没有写 item, 只问等级, 不会有措施和结论", "写上 item, 或只写等级")
        if count > 1 or parts.facts:
            self._faults.refuse(place, "没有写 item, 只问等级: 只能有一个主体, 没有申请事实", "写上 item")


def _marks(expect: ExpectedOutcome) -> list[tuple[tuple[SubjectCode, ...], Place]]:
    found: list[tuple[tuple[SubjectCode, ...], Place]] = []
    if expect.measures is not None:
        found.append((tuple(said.measure for said in expect.measures.value), expect.measures.place))
    lists: tuple[Expectation[tuple[SubjectCode, ...]] | None, ...] = (expect.set_aside, expect.undetermined)
    found += [(said.value, said.place) for said in lists if said is not None]
    return found
