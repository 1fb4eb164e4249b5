"""Options that the commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ...errors import SetupFault
from ...rulebook.catalogue import Catalogue
from ...rulebook.load import read_directory
from ...settings import Settings
from ...storage.database import Store, open_existing
from ..difference.source import active_rule_set

StoreAddress = Annotated[
    str | None, typer.Option("--store", help="数据库, 例如 sqlite:///var/creditgate.db", envvar="CREDITGATE_STORE")
]
Rules = Annotated[Path | None, typer.Option("--rules", help="规则库目录; 不写时用数据库里现行的规则集")]
AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象")]


@contextmanager
def opened(address: str | None, rules: Path | None) -> Iterator[tuple[Store, Catalogue]]:
    """The store that is meant, and the catalogue whose table of authority counts. Raises SetupFault, StoreDown."""
    settings = Settings(store=address) if address else Settings()
    with closing(open_existing(settings.store)) as store:
        yield store, _catalogue(store, rules)


def _catalogue(store: Store, rules: Path | None) -> Catalogue:
    if rules is not None:
        return read_directory(rules).rule_set.catalogue
    found = active_rule_set(store)
    if found is None:
        raise SetupFault("数据库里没有启用的规则集, 不知道以谁为准", "用 --rules 指明规则库目录", "rules")
    return found.catalogue
