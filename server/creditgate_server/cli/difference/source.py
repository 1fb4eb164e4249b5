"""Where a rule set to be compared comes from."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ...clock import rfc3339
from ...errors import UnknownThing
from ...present import utc_now
from ...publication.history import look
from ...publication.rule_sets import full_digest, load_rule_set
from ...publication.timeline import timeline
from ...rulebook.bundle import RuleSet
from ...rulebook.load import read_directory
from ...storage.database import Store, open_existing

Source = Path | RuleSet
"""A rule directory, or a rule set that was read already."""

ACTIVE = "active"
"""Names the rule set in force."""


def rule_set_of(source: Source) -> RuleSet:
    """The rule set of a source. Raises RuleSetFault where the directory's is not sound."""
    return source if isinstance(source, RuleSet) else read_directory(source).rule_set


def source_of(text: str, store: str | None) -> Source:
    """A directory, or with a store a digest or `active`. Raises SetupFault, UnknownThing, StoreDown, StoreFault."""
    if store is None or Path(text).is_dir():
        return Path(text)
    with closing(open_existing(store)) as opened:
        if text == ACTIVE:
            found = active_rule_set(opened)
            if found is None:
                raise UnknownThing("还没有启用任何规则集", "请写规则库目录")
            return found
        return stored(opened, full_digest(opened, text))


def active_rule_set(store: Store) -> RuleSet | None:
    """The rule set in force; None where there is none. Raises StoreDown, StoreFault."""
    active = timeline(look(store).acts).active(rfc3339(utc_now()))
    return None if active is None else stored(store, active.digest)


def stored(store: Store, digest: str) -> RuleSet:
    """A rule set of the store. Raises UnknownThing, StoreDown, StoreFault."""
    rule_set = load_rule_set(store, digest)
    if rule_set is None:
        raise UnknownThing(f"没有规则集 {digest}", "用 rules history 查看")
    return rule_set
