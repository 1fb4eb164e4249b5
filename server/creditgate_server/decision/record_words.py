"""What a record says of the penalty behind it, in Chinese words; what is not known is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import UNSET

from ..rulebook.catalogue import Catalogue
from ..rulebook.language import LIST_ENTRY
from ..rulebook.titles import PENALTY_KINDS, RECORD_PARTS, RECORD_STATES, SEVERITIES
from ..rulebook.words import yuan
from .knowledge import FOR_LIFE, Record, Related
from .records import PossibleTerms


def penalty_details(record: Record, catalogue: Catalogue) -> Iterator[str]:
    """Kinds of penalty, fine and confiscation apart, the licence, the ban's own last day, the ground."""
    if record.penalty_kinds is not UNSET:
        yield "处罚种类 " + "、".join(PENALTY_KINDS[kind] for kind in record.penalty_kinds)
    if record.fine_fen is not UNSET:
        yield f"罚款 {yuan(record.fine_fen)}"
    if record.confiscated_fen is not UNSET:
        yield f"没收 {yuan(record.confiscated_fen)}"
    if record.licence_item is not UNSET:
        item = catalogue.items.get(record.licence_item)
        yield f"许可 {record.licence_item if item is None else item.title}"
    if record.ban_until is not UNSET:
        yield "终身禁止" if record.ban_until == FOR_LIFE else f"禁止至 {record.ban_until.isoformat()}"
    if record.ground is not UNSET:
        yield f"列入事由 {record.ground}"


def field_in_words(record: Record, field: str, catalogue: Catalogue) -> str:
    """The value of one of a record's fields."""
    value = getattr(record, field)
    if value is UNSET or value is None or value == "":
        return "没有写明"
    if field.endswith("_fen"):
        return yuan(value)
    if field == "penalty_kinds":
        return "、".join(PENALTY_KINDS[kind] for kind in value) or "无"
    titled: dict[str, Mapping[str, Any]] = {
        "kind": catalogue.record_kinds,
        "list": catalogue.lists,
        "organ": catalogue.organs,
    }
    titled["licence_item"] = catalogue.items
    if field in titled and value in titled[field]:
        return str(titled[field][value].title)
    named = {"severity": SEVERITIES, "state": RECORD_STATES}.get(field, {})
    return "终身" if value == FOR_LIFE else named.get(str(value), str(value))


def in_case(possible: PossibleTerms, catalogue: Catalogue) -> str:
    """In which case terms are the law, to stand before what they say; empty where they are for certain."""
    if possible.certain:
        return ""
    records = [one.record for one in possible.records]
    named = [f"{SEVERITIES.get(record.severity, '')}{record_title(record, catalogue)}" for record in records]
    return f"如果是{'、'.join(named)}: "


def differing_fields(versions: Sequence[Record]) -> tuple[str, ...]:
    """Fields that rules look at and in which versions of one record differ."""
    return tuple(field for field in RECORD_PARTS if len({getattr(one, field) for one in versions}) > 1)


def relation_days(related: Related) -> str:
    """From when to when a relation holds."""
    seen = "" if related.seen is UNSET else f"({related.seen.isoformat()} 的数据仍在任)"
    since = f"何时开始不明{seen}" if related.since is None else f"自 {related.since.isoformat()}"
    return since if related.until is None else f"{since} 至 {related.until.isoformat()}"


def record_title(record: Record, catalogue: Catalogue) -> str:
    """What a record is: its list's or its kind's title."""
    entry = catalogue.lists.get(record.list) if record.kind == LIST_ENTRY else catalogue.record_kinds.get(record.kind)
    return entry.title if entry is not None else record.list or record.kind
