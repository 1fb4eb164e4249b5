"""What a record says of the penalty behind it, in Chinese words; what is not known is left out."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from ..rulebook.catalogue import Catalogue
from ..rulebook.titles import PENALTY_KINDS
from ..rulebook.words import yuan
from .knowledge import FOR_LIFE, Knowledge, Record, Related


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


def all_versions(known: Knowledge) -> Iterator[Record]:
    """A subject's records, and after each how other sources have it."""
    for record in known.records:
        yield record
        if record.versions is not UNSET:
            yield from record.versions


def relation_days(related: Related) -> str:
    """From when to when a relation holds."""
    since = "何时开始不明" if related.since is None else f"自 {related.since.isoformat()}"
    return since if related.until is None else f"{since} 至 {related.until.isoformat()}"
