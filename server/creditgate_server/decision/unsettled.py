"""What a decision could not settle, in words, with who can supply it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ..codes import shown_identifier
from ..rulebook.catalogue import Catalogue, FactEntry, FactSource
from ..rulebook.language import (
    Aggregate,
    CountTest,
    FirstTest,
    Leaf,
    RecordTest,
    RelatedTest,
    RelationMoment,
    Role,
    WithinTest,
    fold_test,
)
from ..rulebook.titles import RECORD_PARTS, RELATIONS, ROLES
from ..rulebook.words import value_in_words
from .columns import feeds_behind
from .dossier import Dossier, data_day, feed_age
from .feeds import feed_title
from .knowledge import Assertion, Record, Related
from .parts import Unsettled
from .record_words import differing_fields, field_in_words, record_title
from .records import DatedRecord, fine_between, meant, unsaid_of
from .relations import looked_at, related_records, relation_feeds

ENGINE = "engine"
SUBJECT = "subject"
RELATIONS_BEYOND = "relations"
CALENDAR = "calendar"
"""What is not known where the working days of a year are not arranged yet."""
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
        related=lambda test: _of_related(dossier, subject, test, rules),
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
    for one in meant(dossier.records, test.select, test.aggregate, dossier.day):
        if one.least != one.most:
            yield from _of_record(dossier, subject, one.dated, test, rules)


def _of_related(dossier: Dossier, subject: int, test: RelatedTest, rules: tuple[str, ...]) -> Iterator[Unsettled]:
    if not dossier.knowledge.present:
        yield _absent(dossier.catalogue, subject, rules)
    for feed in sorted({*feeds_behind(dossier.catalogue, test.select), *relation_feeds(dossier.catalogue)}):
        if not dossier.fresh(feed):
            yield _stale(dossier, subject, feed, rules)
    if not dossier.knowledge.all_relations_held:
        yield _too_many(dossier, subject, rules)
    relations = dossier.knowledge.relations
    for related in looked_at(relations, test, dossier.day):
        if not related.knowledge.present:
            yield _of_relation(dossier, subject, related, "登记库中没有该关联主体, 不能判断其是否有信用记录", rules)
    for one in related_records(dossier.catalogue, relations, test, dossier.day):
        if one.meant.least != one.meant.most:
            record = one.meant.dated.record
            if (
                one.related.holds_on(record.decided_on if test.moment is RelationMoment.DECIDED else dossier.day)
                is None
            ):
                yield _of_relation(dossier, subject, one.related, "没有写明该关系何时开始", rules)
            yield from _of_record(dossier, subject, one.meant.dated, test, rules)


def _too_many(dossier: Dossier, subject: int, rules: tuple[str, ...]) -> Unsettled:
    """More relations than are looked at."""
    held, beyond = len(dossier.knowledge.relations), dossier.knowledge.relations_beyond
    behind = relation_feeds(dossier.catalogue)
    return Unsettled(
        subject=subject,
        what=RELATIONS_BEYOND,
        label="关联主体",
        supplier="、".join(dict.fromkeys(supplier_of(dossier, feed) for feed in behind)),
        reason=f"登记的关系太多, 只查看了最近的 {held} 项, 另有 {beyond} 项没有查看",
        rules=rules,
    )


def _of_relation(dossier: Dossier, subject: int, related: Related, reason: str, rules: tuple[str, ...]) -> Unsettled:
    other, title = shown_identifier(related.knowledge.identifier), RELATIONS[related.kind]
    return Unsettled(
        subject=subject,
        what=f"relation:{related.kind}:{other}",
        label=f"{title}关系({other})",
        supplier=supplier_of(dossier, related.source),
        reason=reason,
        rules=rules,
    )


def role_missing(subject: int, role: Role, reason: str) -> Unsettled:
    """A role without which the item can't be judged, and which neither the question nor the registry names."""
    return Unsettled(
        subject=subject,
        what=f"role:{role}",
        label=ROLES[role],
        supplier="提出核查的部门",
        reason=f"该事项要求核查{ROLES[role]}, 询问中没有写明, {reason}",
        rules=(),
    )


def _of_record(
    dossier: Dossier, subject: int, dated: DatedRecord, test: CountTest, rules: tuple[str, ...]
) -> Iterator[Unsettled]:
    """What a record leaves unsaid, and what its sources do not agree on."""
    if dated.versions:
        yield _versions(dossier, subject, dated, rules)
    unsaid: dict[str, DatedRecord] = {}
    for one in (dated, *dated.versions):
        fields = list(unsaid_of(one, test.select, dossier.day))
        low, high = fine_between(one.record)
        if test.aggregate is Aggregate.FINE and low != high:
            fields.append("fine_fen")
        for field in fields:
            unsaid.setdefault(field, one)
    for field, one in unsaid.items():
        yield _unsaid(dossier, subject, one.record, field, rules)


def _unsaid(dossier: Dossier, subject: int, record: Record, field: str, rules: tuple[str, ...]) -> Unsettled:
    return Unsettled(
        subject=subject,
        what=f"record:{record.document_number}:{field}",
        label=f"{record_title(record, dossier.catalogue)} {record.document_number}的{RECORD_PARTS[field]}",
        supplier=record.organ_title or supplier_of(dossier, record.source),
        reason=f"{feed_title(dossier.catalogue, record.source)}没有写明{RECORD_PARTS[field]}",
        rules=rules,
    )


def _versions(dossier: Dossier, subject: int, dated: DatedRecord, rules: tuple[str, ...]) -> Unsettled:
    versions = [dated.record, *(version.record for version in dated.versions)]
    catalogue = dossier.catalogue
    differing = differing_fields(versions)
    said = [
        f"{feed_title(catalogue, one.source)}: "
        + ", ".join(f"{RECORD_PARTS[field]} {field_in_words(one, field, catalogue)}" for field in differing)
        for one in versions
    ]
    return Unsettled(
        subject=subject,
        what=f"record:{dated.record.document_number}",
        label=f"{record_title(dated.record, catalogue)} {dated.record.document_number}",
        supplier="、".join(dict.fromkeys(supplier_of(dossier, one.source) for one in versions)),
        reason="来源之间不一致, 尚未确认: " + "; ".join(said),
        rules=rules,
    )


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
        elif said := dossier.knowledge.sources_disagree(name):
            yield _disputed(dossier, subject, fact, said, rules)
        else:
            yield _not_given(subject, fact, rules)
    elif fact.source in (FactSource.GRADE, FactSource.LEVEL):
        yield _no_rule(subject, fact, rules)


def _disputed(
    dossier: Dossier, subject: int, fact: FactEntry, said: tuple[Assertion, ...], rules: tuple[str, ...]
) -> Unsettled:
    """Sources disagree on a fact, and no authority settles it."""
    values = [
        f"{feed_title(dossier.catalogue, one.source)}(数据至 {one.source_day})为"
        f"“{value_in_words(fact, one.value) if one.value is not None else '没有记载'}”"
        for one in said
    ]
    return Unsettled(
        subject=subject,
        what=fact.name,
        label=fact.label,
        supplier="、".join(dict.fromkeys(supplier_of(dossier, one.source) for one in said)),
        reason="来源之间不一致, 尚未确认: " + ", ".join(values),
        rules=rules,
    )


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
    feed = dossier.catalogue.feeds.get(code)
    if feed is None:
        return code
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
