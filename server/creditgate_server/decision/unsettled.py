"""What a decision could not settle, in words, with who can supply it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..rulebook.catalogue import Catalogue, FactEntry, FactSource
from ..rulebook.language import FirstTest, Leaf, RecordTest, WithinTest, fold_test
from .columns import feeds_behind
from .dossier import Dossier, data_day, feed_age
from .parts import Unsettled

ENGINE = "engine"
SUBJECT = "subject"
NO_SUCH_SUBJECT = "登记库中没有该主体, 不能判断其是否有信用记录"
_NEVER = "从未送达数据"


def unsettled(dossier: Dossier, subject: int, leaves: Iterable[Leaf], rules: tuple[str, ...]) -> tuple[Unsettled, ...]:
    """What some unknown tests wait for. Tests on a finding are named by that rule's own tests, not here."""
    found: dict[str, Unsettled] = {}
    for leaf in leaves:
        for entry in _of_leaf(dossier, subject, leaf, rules):
            found.setdefault(entry.what, entry)
    return tuple(found.values())


def engine_failed(subject: int, rules: tuple[str, ...]) -> Unsettled:
    """The rules could not be judged at all."""
    return Unsettled(
        subject=subject,
        what=ENGINE,
        label="规则引擎",
        supplier="信用门运行维护人员",
        reason="规则引擎未能得出结论, 请人工核查",
        rules=rules,
    )


def _of_leaf(dossier: Dossier, subject: int, leaf: Leaf, rules: tuple[str, ...]) -> Iterable[Unsettled]:
    def of_violation(test: WithinTest | FirstTest) -> Iterable[Unsettled]:
        raise TypeError(f"{test} is of the book of acts, which names what it lacks itself")

    return fold_test(
        leaf,
        fact=lambda test: _of_fact(dossier, subject, test.fact, rules),
        age=lambda test: _of_fact(dossier, subject, test.fact, rules),
        records=lambda test: _of_records(dossier, subject, test, rules),
        finding=lambda _: (),
        within=of_violation,
        first=of_violation,
    )


def _of_records(dossier: Dossier, subject: int, test: RecordTest, rules: tuple[str, ...]) -> Iterable[Unsettled]:
    if not dossier.knowledge.present:
        yield _absent(dossier.catalogue, subject, rules)
    for feed in feeds_behind(dossier.catalogue, test.select):
        if not dossier.fresh(feed):
            yield _stale(dossier, subject, feed, rules)


def _of_fact(dossier: Dossier, subject: int, name: str, rules: tuple[str, ...]) -> Iterable[Unsettled]:
    catalogue = dossier.catalogue
    fact = catalogue.facts[name]
    if fact.source is FactSource.CALLER:
        yield _not_given(subject, fact, rules)
    elif fact.source in (FactSource.RATING, FactSource.ATTRIBUTE):
        feed = catalogue.ladders[fact.ladder].feed if fact.source is FactSource.RATING else fact.feed
        if not dossier.knowledge.present:
            yield _absent(catalogue, subject, rules)
        elif not dossier.fresh(feed):
            yield _stale(dossier, subject, feed, rules)
        else:
            yield _not_given(subject, fact, rules)
    elif fact.source in (FactSource.GRADE, FactSource.LEVEL):
        yield _no_rule(subject, fact, rules)


def _no_rule(subject: int, fact: FactEntry, rules: tuple[str, ...]) -> Unsettled:
    """Everything is known, and no rule of that day gives the subject a grade or level."""
    return _fact_lacks(subject, fact, "规则库管理人员", "当日没有规则给出", rules)


def _not_given(subject: int, fact: FactEntry, rules: tuple[str, ...]) -> Unsettled:
    supplier = fact.supplier or ("提出核查的部门" if fact.source is FactSource.CALLER else "登记机关")
    return _fact_lacks(subject, fact, supplier, "未提供", rules)


def _fact_lacks(subject: int, fact: FactEntry, supplier: str, reason: str, rules: tuple[str, ...]) -> Unsettled:
    return Unsettled(subject=subject, what=fact.name, label=fact.label, supplier=supplier, reason=reason, rules=rules)


def _stale(dossier: Dossier, subject: int, code: str, rules: tuple[str, ...]) -> Unsettled:
    feed = dossier.catalogue.feeds[code]
    complete_to = data_day(dossier.catalogue, dossier.feeds, code, dossier.day)
    age = feed_age(dossier.catalogue, dossier.feeds, code, dossier.day)
    reason = f"数据只到 {complete_to}, 已有 {age} 天未更新, 超过 {feed.max_age_days} 天" if complete_to else _NEVER
    return Unsettled(
        subject=subject,
        what=f"feed:{code}",
        label=feed.title,
        supplier=supplier_of(dossier, code),
        reason=reason,
        rules=rules,
    )


def supplier_of(dossier: Dossier, code: str) -> str:
    """Who brings the data of a feed, in Chinese."""
    feed = dossier.catalogue.feeds[code]
    organ = dossier.catalogue.organs.get(feed.organ)
    return organ.title if organ else feed.organ


def why_records_may_lack(dossier: Dossier, feeds: Iterable[str]) -> str:
    """Why the registry can't say that there are no other records: stale feeds, a subject it does not have. Or empty."""
    said = []
    for code in feeds:
        if not dossier.fresh(code):
            complete_to = data_day(dossier.catalogue, dossier.feeds, code, dossier.day)
            state = f"数据只到 {complete_to}" if complete_to else _NEVER
            title = dossier.catalogue.feeds[code].title.removesuffix("数据")
            said.append(f"{title}{state}, 由{supplier_of(dossier, code)}补送")
    if not dossier.knowledge.present:
        said.append(NO_SUCH_SUBJECT)
    return "; ".join(said)


def _absent(catalogue: Catalogue, subject: int, rules: tuple[str, ...]) -> Unsettled:
    return Unsettled(
        subject=subject,
        what=SUBJECT,
        label="信用主体登记信息",
        supplier="登记机关",
        reason=NO_SUCH_SUBJECT,
        rules=rules,
    )


def merged(entries: Iterable[Unsettled]) -> tuple[Unsettled, ...]:
    """One entry for each subject and thing, with all rules that wait for it; sorted."""
    result: dict[tuple[int, str], Unsettled] = {}
    for entry in entries:
        key = (entry.subject, entry.what)
        rules = {*entry.rules, *(result[key].rules if key in result else ())}
        result[key] = msgspec.structs.replace(entry, rules=tuple(sorted(rules)))
    return tuple(result[key] for key in sorted(result))
