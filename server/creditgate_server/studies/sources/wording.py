"""Findings on sources in Chinese: one line each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...codes import shown_identifier
from ...decision.feeds import feed_title
from ...decision.knowledge import Assertion
from ...registry.authority import How, Word
from ...registry.comparing import FeedPair, Side
from ...registry.conflicts import Conflict, ConflictKind
from ...registry.lineage import Origin
from ...registry.quality import FeedQuality
from ...rulebook.catalogue import Catalogue, FactType, RecordField
from ...rulebook.language import LIST_ENTRY
from ...rulebook.titles import PENALTY_KINDS, RECORD_FIELDS, RECORD_STATES, RELATIONS, SEVERITIES
from ...rulebook.words import grouped_yuan

KINDS = {
    ConflictKind.FACT: "事实不一致",
    ConflictKind.RATING: "评价不一致",
    ConflictKind.RECORD: "记录不一致",
    ConflictKind.REPRESENTATIVE: "法定代表人不一致",
    ConflictKind.REVOKED_LICENCE: "许可已被吊销, 却仍显示有效",
    ConflictKind.ENTRY_ALONE: "列入名单, 却没有所依据的处罚记录",
    ConflictKind.TWO_DAYS: "同一文书有两个决定日期",
    ConflictKind.TWO_SUBJECTS: "同一文书记在两个主体名下",
    ConflictKind.CHANGED_CODE: "同一组织有两个代码",
    ConflictKind.TOTALS: "与来源报的总数不符",
}
HOWS = {
    How.AGREED: "一致",
    How.SETTLED: "已裁定",
    How.AUTHORITY: "按权威来源",
    How.NEWEST: "以日期新的为准",
    How.LATER_STATE: "以后来的状态为准",
    How.OPEN: "未定",
}
SIDES = {Side.ONLY_A: "只有甲有", Side.ONLY_B: "只有乙有", Side.SAME: "一致", Side.DIFFERENT: "不一致"}
_FIELDS = {each.value: title for each, title in RECORD_FIELDS.items()}
_FIELDS |= {"subject": "主体", "identifier": "代码", "totals": "总数", "other": "谁", "until": "截止日", "value": ""}


def owner(catalogue: Catalogue, code: str) -> str:
    """Who answers for a feed."""
    feed = catalogue.feeds.get(code)
    organ = None if feed is None else catalogue.organs.get(feed.organ)
    return "" if organ is None else organ.title


def thing_in_words(catalogue: Catalogue, thing: str) -> str:
    """What a conflict is about."""
    kind, _, rest = thing.partition(":")
    if kind == "attribute":
        return catalogue.facts[rest].label if rest in catalogue.facts else rest
    if kind == "rating":
        ladder, _, day = rest.rpartition(":")
        return f"{catalogue.ladders[ladder].title if ladder in catalogue.ladders else ladder} {day}"
    if kind == "relation":
        name = rest.partition(":")[0]
        return next((title for each, title in RELATIONS.items() if each.value == name), name)
    if kind == "record":
        record_kind, list_code, number = rest.split(":", 2)
        entry = catalogue.lists.get(list_code) if record_kind == LIST_ENTRY else catalogue.record_kinds.get(record_kind)
        return f"{record_kind if entry is None else entry.title} {number}"
    return rest or thing


def field_in_words(field: str) -> str:
    """Of a record; empty where the thing has but one."""
    return _FIELDS.get(field, field)


def value_in_words(catalogue: Catalogue, thing: str, field: str, value: object) -> str:
    """What a source says."""
    if value is None or value == "":
        return "(没有说)"
    name = thing.removeprefix("attribute:")
    fact = catalogue.facts.get(name) if thing.startswith("attribute:") else None
    if fact is not None and fact.type is FactType.FLAG:
        return "是" if value else "否"
    if fact is not None and fact.type is FactType.CHOICE and fact.titles and value in fact.choices:
        return fact.titles[fact.choices.index(str(value))]
    if fact is not None and fact.type is FactType.MONEY:
        return _money(value)
    if field == RecordField.AMOUNTS.value:
        return _money(value)
    words = [RECORD_STATES.get(part) or SEVERITIES.get(part) or part for part in str(value).split(" ")]
    text = " ".join(words)
    for kind, title in PENALTY_KINDS.items():
        text = text.replace(f'"{kind.value}"', title)
    return shown_identifier(text)


def _money(value: object) -> str:
    return grouped_yuan(value) if isinstance(value, int) else str(value)


def conflict_line(catalogue: Catalogue, conflict: Conflict) -> str:
    """All of a conflict."""
    what = " ".join(
        part for part in (thing_in_words(catalogue, conflict.thing), field_in_words(conflict.field)) if part
    )
    said = "; ".join(said_line(catalogue, conflict, one) for one in conflict.said)
    counts = (
        "" if conflict.open else f", 用 {value_in_words(catalogue, conflict.thing, conflict.field, conflict.counts)}"
    )
    parts = (shown_identifier(conflict.subject), f"{what}: {said or conflict.note}")
    note = f" ({conflict.note})" if conflict.note and said else ""
    return f"{KINDS[conflict.kind]}  {'  '.join(part for part in parts if part)}{note}  [{HOWS[conflict.how]}{counts}]"


def said_line(catalogue: Catalogue, conflict: Conflict, one: Assertion) -> str:
    """What one source says in it."""
    value = value_in_words(catalogue, conflict.thing, conflict.field, one.value)
    if not one.source:
        return value
    day = "" if one.source_day == date.min else f"({one.source_day})"
    organ = owner(catalogue, one.source)
    return f"{feed_title(catalogue, one.source)}{day}{f', {organ},' if organ else ''}称 {value}"


def compared_line(catalogue: Catalogue, found: FeedPair) -> str:
    """One thing that two feeds do not have alike."""
    line = f"{SIDES[found.side]}  {shown_identifier(found.subject)}  {thing_in_words(catalogue, found.thing)}"
    for field in found.different:
        mine, theirs = (
            word_in_words(catalogue, found.thing, field, (said or {}).get(field, ())) for said in (found.a, found.b)
        )
        line += f"  {field_in_words(field)} {mine} / {theirs}".rstrip()
    return line


def word_in_words(catalogue: Catalogue, thing: str, field: str, word: Word) -> str:
    """What one source says of a field."""
    said = [value_in_words(catalogue, thing, field, part) for part in word if part is not None]
    return " ".join(said) or "(没有说)"


def quality_line(one: FeedQuality) -> str:
    """A feed in one line."""
    if one.waiting:
        complete = f"不视为完整, 没有处理完的文件: {'、'.join(one.waiting)}"
    elif one.data_day is None:
        complete = "没有送达过"
    else:
        late = f"(超过 {one.max_age_days} 天)" if one.stale else ""
        complete = f"完整到 {one.data_day}, {one.age_days} 天前{late}"
    lag = "" if one.lag_days is None else f", 通常晚 {one.lag_days} 天导入"
    files = (
        f"{one.files} 个文件 {one.rows} 行, 退回 {one.rejected}, 较早未用 {one.outdated}, 不完整 {one.incomplete} 个"
    )
    return f"{one.title}({one.feed}): {complete}{lag}; {files}"


def origin_lines(catalogue: Catalogue, origin: Origin) -> Iterator[str]:
    """Where one value came from."""
    what = " ".join(part for part in (thing_in_words(catalogue, origin.thing), field_in_words(origin.field)) if part)
    value = word_in_words(catalogue, origin.thing, origin.field, origin.value)
    mark = "采用" if origin.counts else "未采用"
    yield f"{what} = {value}  {feed_title(catalogue, origin.feed)}  [{mark}, {HOWS[origin.how]}]"
    if origin.file:
        last = "" if origin.day == origin.file_day else f", 到 {origin.day} 的文件仍这样说"
        where = f"{origin.file}(共 {origin.rows} 行)第 {origin.row} 行, 数据日期 {origin.file_day}{last}"
    else:
        where = "导入时还不记录来源文件"
    yield f"    {where}; {origin.known_at} 起已知"
