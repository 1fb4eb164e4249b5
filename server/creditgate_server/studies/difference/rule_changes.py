"""What changed in the rules, version by version, in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue, Citation, Period
from ...rulebook.language import ACT_BOOK, Applies, GiveMeasure, Rule
from ...rulebook.titles import BOOKS, DUTIES, ROLES, STAGES
from ...rulebook.words import effect_in_words, source_in_words
from .conditions import FIELD, condition_in_words, condition_lines
from .meaning import Meanings
from .report import ChangeKind, ChangeLine, RuleChange

EVERYWHERE = "不限"
EXEMPTIONS = "适用违法行为"
_ANY_DAY = date.min


def rule_changes(a: RuleSet, b: RuleSet) -> tuple[RuleChange, ...]:
    """Every version that came, went or changed, in B's order; what went stands at the end of its book."""
    changes = tuple(_Changes(a, b).all())
    books = list(BOOKS)
    return tuple(sorted(changes, key=lambda change: books.index(change.book)))


class _Changes:
    def __init__(self, a: RuleSet, b: RuleSet) -> None:
        self.a, self.b = a, b
        self.a_meanings, self.b_meanings = Meanings(a), Meanings(b)

    def all(self) -> Iterator[RuleChange]:
        """Changes of all ids."""
        in_a, in_b = _by_id(self.a.rules), _by_id(self.b.rules)
        for rule_id, after in in_b.items():
            yield from self._of_id(in_a.get(rule_id, []), after)
        for rule_id, before in in_a.items():
            if rule_id not in in_b:
                for rule in before:
                    yield self._change(rule, None, ChangeKind.REMOVED)

    def _of_id(self, before: list[Rule], after: list[Rule]) -> Iterator[RuleChange]:
        if not before:
            for rule in after:
                yield self._change(None, rule, ChangeKind.ADDED)
            return
        pairs = matched(before, after)
        for rule in after:
            old = pairs.get(rule.key)
            if old is None:
                yield self._new_version(before, after, rule)
            elif old != rule:
                yield self._change(old, rule, ChangeKind.CHANGED)
        kept = {rule.key for rule in pairs.values()}
        for rule in before:
            if rule.key not in kept:
                yield self._change(rule, None, ChangeKind.VERSION_REMOVED)

    def _new_version(self, before: list[Rule], after: list[Rule], rule: Rule) -> RuleChange:
        """A new version beside the one that it follows, so that the reader sees what it changes."""
        earlier = [other for other in after if other.effective.start < rule.effective.start]
        base = (self.b, earlier[-1]) if earlier else (self.a, before[0])
        lines = self._lines(base[0].catalogue, base[1], rule)
        return self._made(rule, ChangeKind.NEW_VERSION, lines, effective=True)

    def _change(self, before: Rule | None, after: Rule | None, kind: ChangeKind) -> RuleChange:
        if before is not None and after is not None:
            lines = self._lines(self.a.catalogue, before, after)
            same = self.a_meanings.of(before) == self.b_meanings.of(after) and _where_when(before) == _where_when(after)
            return self._made(after, kind, lines, effective=not same)
        if after is not None:
            told = _told(self.b.catalogue, after)
            lines = tuple(ChangeLine(field=field, before="", after=text) for field, text in told.items())
            return self._made(after, kind, lines, effective=True)
        if before is None:
            raise ValueError("a change needs a version")
        told = _told(self.a.catalogue, before)
        lines = tuple(ChangeLine(field=field, before=text, after="") for field, text in told.items())
        return self._made(before, kind, lines, effective=True)

    def _lines(self, catalogue: Catalogue, before: Rule, after: Rule) -> tuple[ChangeLine, ...]:
        old, new = _told(catalogue, before), _told(self.b.catalogue, after)
        lines: list[ChangeLine] = []
        for field in dict.fromkeys((*new, *old)):
            if field == FIELD:
                lines += condition_lines((catalogue, before.when), (self.b.catalogue, after.when))
            elif field == EXEMPTIONS and before.applies.exemptions and after.applies.exemptions:
                lines += self._exemptions(catalogue, before.applies.exemptions, after.applies.exemptions)
            elif old.get(field) != new.get(field):
                lines.append(ChangeLine(field=field, before=old.get(field, ""), after=new.get(field, "")))
        return tuple(lines)

    def _exemptions(
        self, catalogue: Catalogue, before: tuple[str, ...], after: tuple[str, ...]
    ) -> Iterator[ChangeLine]:
        """Of many entries, what came and went alone."""
        gone = tuple(code for code in before if code not in after)
        come = tuple(code for code in after if code not in before)
        if gone or come:
            told = _titles(catalogue.exemptions, gone, ""), _titles(self.b.catalogue.exemptions, come, "")
            yield ChangeLine(field=EXEMPTIONS, before=told[0], after=told[1])

    @staticmethod
    def _made(rule: Rule, kind: ChangeKind, lines: tuple[ChangeLine, ...], *, effective: bool) -> RuleChange:
        return RuleChange(
            id=rule.id,
            start=rule.effective.start,
            book=rule.book,
            title=rule.title,
            kind=kind,
            lines=lines,
            effective_change=effective,
        )


def matched(before: list[Rule], after: list[Rule]) -> dict[str, Rule]:
    """For versions of one id in B, by key, the version of A that each goes on from.

    The same first day makes them one. Then a version that only began on another day, and at last, where one is left on
    either side and their periods touch, those two.
    """
    pairs = {rule.key: old for rule in after for old in before if old.effective.start == rule.effective.start}
    free_a = [rule for rule in before if rule not in pairs.values()]
    free_b = [rule for rule in after if rule.key not in pairs]
    for rule in tuple(free_b):
        same = next((old for old in free_a if _but_period(old) == _but_period(rule)), None)
        if same is not None:
            pairs[rule.key] = same
            free_a.remove(same)
            free_b.remove(rule)
    if len(free_a) == len(free_b) == 1 and _overlap(free_a[0].effective, free_b[0].effective):
        pairs[free_b[0].key] = free_a[0]
    return pairs


def _but_period(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, effective=Period(start=_ANY_DAY))


def _overlap(one: Period, other: Period) -> bool:
    return one.holds_on(other.start) or other.holds_on(one.start)


def _where_when(rule: Rule) -> tuple[Applies, Period]:
    return rule.applies, rule.effective


def _by_id(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    by_id: dict[str, list[Rule]] = {}
    for rule in rules:
        by_id.setdefault(rule.id, []).append(rule)
    for versions in by_id.values():
        versions.sort(key=lambda rule: rule.effective.start)
    return by_id


# -- a rule in words --------------------------------------------------------------------------------------------------


def _told(catalogue: Catalogue, rule: Rule) -> dict[str, str]:
    """Everything that a rule says, by field, in Chinese."""
    cited = [citation_in_words(catalogue, citation) for citation in rule.basis]
    told = {
        "名称": rule.title,
        "有效期": period_in_words(rule.effective),
        **_where(catalogue, rule),
        FIELD: condition_in_words(catalogue, rule.when),
        "结果": _effect(catalogue, rule),
        "依据": "; ".join(filter(None, (source_in_words(rule.source), *cited))),
        "已核实": "是" if rule.verified else "否",
    }
    if isinstance(rule.then, GiveMeasure) and rule.then.remedy:
        told["解除办法"] = rule.then.remedy
    if (given := rule.exempting) is not None:
        measures = _titles(catalogue.soft_measures, given.measures, "")
        said = (("适用情形", given.circumstances), ("配套监管措施", measures), ("备注", given.remark))
        told |= {field: text for field, text in said if text}
    if rule.row is not None:
        told["决策表"] = f"{rule.row.table} 第 {rule.row.number} 行({rule.row.hit.value})"
    return told


def _where(catalogue: Catalogue, rule: Rule) -> dict[str, str]:
    """Where a rule is asked, as its book knows it."""
    applies = rule.applies
    if rule.book is ACT_BOOK:
        return {
            EXEMPTIONS: _titles(catalogue.exemptions, applies.exemptions),
            "适用地域": _titles(catalogue.regions, applies.regions),
            "适用部门": _titles(catalogue.organs, applies.organs),
        } | ({"处罚依据": _titles(catalogue.instruments, applies.statutes)} if applies.statutes else {})
    return {
        "适用事项": _titles(catalogue.items, applies.items),
        "适用办理方式": _titles(catalogue.traits, applies.traits),
        "适用部门": _titles(catalogue.organs, applies.organs),
        "适用环节": "、".join(STAGES[stage] for stage in applies.stages) or EVERYWHERE,
        "适用角色": "、".join(ROLES[role] for role in applies.roles),
    }


def _effect(catalogue: Catalogue, rule: Rule) -> str:
    words = effect_in_words(catalogue, rule.then)
    return f"{DUTIES[rule.then.duty]}: {words}" if isinstance(rule.then, GiveMeasure) else words


def _titles(section: Mapping[str, object], codes: tuple[str, ...], none: str = EVERYWHERE) -> str:
    return "、".join(str(getattr(section.get(code), "title", code)) for code in codes) or none


def citation_in_words(catalogue: Catalogue, citation: Citation) -> str:
    """An instrument's title and the article."""
    entry = catalogue.instruments.get(citation.instrument)
    missing = f"({citation.missing})" if citation.missing else ""
    return f"《{entry.title if entry else citation.instrument}》{citation.article}{missing}"


def period_in_words(period: Period) -> str:
    """Both days inclusive."""
    if period.until is None:
        return f"自 {period.start.isoformat()} 起"
    return f"{period.start.isoformat()} 至 {period.until.isoformat()}"
