"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ...publication.publisher import Publisher
from ...publication.signers import Signers, SigningKey
from ...storage.database import Store, migrate, open_store

StoreOption = Annotated[
    str, typer.Option("--store", help="数据库, 例如 sqlite:///var/creditgate.db", envvar="CREDITGATE_STORE")
]
SignersOption = Annotated[Path, typer.Option("--signers", help="签名人名册", envvar="CREDITGATE_SIGNERS")]
KeyOption = Annotated[Path, typer.Option("--key", help="本人的签名私钥", envvar="CREDITGATE_SIGNING_KEY")]
NoteOption = Annotated[str, typer.Option("--note", help="说明, 记入履历")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")]
DigestArgument = Annotated[str, typer.Argument(help="规则集摘要, 可只写前 8 位以上")]


@contextmanager
def opened(address: str) -> Iterator[Store]:
    """The store, its schema up to date. Raises SetupFault, StoreDown."""
    store = open_store(address)
    try:
        migrate(store)
        yield store
    finally:
        store.close()


@contextmanager
def publishing(address: str, signers: Path, key: Path) -> Iterator[tuple[Publisher, Store, SigningKey]]:
    """What is needed to act on rule sets. Raises SetupFault, StoreDown."""
    register, own = Signers.read(signers), SigningKey.load(key)
    with opened(address) as store:
        yield Publisher(store, register), store, own
