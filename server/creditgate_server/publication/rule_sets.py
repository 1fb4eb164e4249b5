"""Rule sets in the store: whole, by digest, with their source files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from ..clock import rfc3339
from ..errors import StoreFault, UnknownThing
from ..rulebook.bundle import RuleSet, decode
from ..storage.database import Store, read, writing
from .tables import RuleSetRow

_rule_sets = RuleSetRow.__table__  # type: ignore[attr-defined]

_SHORTEST = 8
"""Digits of a digest that are needed to name a rule set."""


def save_rule_set(store: Store, rule_set: RuleSet, files: Mapping[str, bytes], now: datetime) -> None:
    """Keep a rule set in a transaction of its own. Raises StoreDown."""
    with writing(store) as connection:
        keep_rule_set(connection, rule_set, files, now)


def keep_rule_set(connection: Connection, rule_set: RuleSet, files: Mapping[str, bytes], now: datetime) -> None:
    """Keep a rule set with its source files; one that is there already stays as it is."""
    if connection.execute(select(_rule_sets.c.digest).where(_rule_sets.c.digest == rule_set.digest)).first():
        return
    row = {
        "digest": rule_set.digest,
        "canonical": rule_set.canonical,
        "files": msgspec.json.encode(dict(files), order="sorted"),
        "first_seen_at": rfc3339(now),
    }
    connection.execute(_rule_sets.insert(), row)


def load_rule_set(store: Store, wanted: str) -> RuleSet | None:
    """A kept rule set by digest. Raises StoreDown, and StoreFault where its content does not have the digest."""
    rows = read(store, select(_rule_sets.c.canonical).where(_rule_sets.c.digest == wanted))
    if not rows:
        return None
    try:
        rule_set = decode(rows[0][0])
    except msgspec.MsgspecError as fault:
        raise StoreFault("数据库中的规则集不能读取", f"规则集 {wanted}") from fault
    if rule_set.digest != wanted:
        raise StoreFault("数据库中的规则集内容与其摘要不符", f"规则集 {wanted}")
    return rule_set


def require_rule_set(store: Store, wanted: str) -> RuleSet:
    """The same of one that has to be there. Raises StoreFault where it is not, too."""
    rule_set = load_rule_set(store, wanted)
    if rule_set is None:
        raise StoreFault("存储中没有回执所依据的规则集", f"请查找 {wanted}")
    return rule_set


def load_files(store: Store, digest: str) -> dict[str, bytes]:
    """The source files of a kept rule set, by path. Raises UnknownThing, StoreDown."""
    rows = read(store, select(_rule_sets.c.files).where(_rule_sets.c.digest == digest))
    if not rows:
        raise UnknownThing(f"没有规则集 {digest}", "用 rules history 查看")
    files: dict[str, bytes] = msgspec.json.decode(rows[0][0], type=dict[str, bytes])
    return files


def digests(store: Store) -> list[str]:
    """Digests of all kept rule sets, the first seen first. Raises StoreDown."""
    statement = select(_rule_sets.c.digest).order_by(_rule_sets.c.first_seen_at, _rule_sets.c.digest)
    return [row[0] for row in read(store, statement)]


def full_digest(store: Store, given: str) -> str:
    """The digest that begins like this; `sha256:` may be left out. Raises UnknownThing where none or several do."""
    wanted = given if given.startswith("sha256:") else f"sha256:{given}"
    found = [digest for digest in digests(store) if digest.startswith(wanted)]
    if len(wanted) < len("sha256:") + _SHORTEST or not found:
        raise UnknownThing(f"没有规则集 {given}", f"至少写出摘要的前 {_SHORTEST} 位; 用 rules history 查看")
    if len(found) > 1:
        raise UnknownThing(f"摘要以 {given} 开头的规则集不止一个", "请多写几位")
    return found[0]
