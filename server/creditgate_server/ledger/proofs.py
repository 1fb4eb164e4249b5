"""A receipt with everything that is needed to check it elsewhere, as one file: `creditgate receipt verify` reads it.

Canonical JSON (RFC 8785): the receipt with its contents and salts, its place in the tree, the hashes on the way to the
root, and the signed checkpoint with that root.
"""

from __future__ import annotations

import json

from sqlalchemy import select

from ..canonical import canonical_json
from ..errors import StoreFault, WrongState
from ..storage.database import Store, store_down
from .exported import exported
from .lookup import require_receipt
from .sealing.checkpoints import last_note
from .sealing.notes import by_one_key
from .sealing.tables import LeafRow
from .sealing.tree import StoredTree, find_tree

FORMAT = "creditgate-proof/1"

_leaves = LeafRow.__table__  # type: ignore[attr-defined]


def newest_checkpoint(store: Store) -> str:
    """The newest signed note; empty where there is none. Raises StoreDown, StoreFault."""
    with store_down("数据库不能读取", "稍后重试"), store.engine.connect() as connection:
        last = last_note(connection)
    return "" if last is None else last.note.encoded.decode()


def proof_of(store: Store, receipt_id: str) -> bytes:
    """The file. Raises UnknownThing, WrongState where no checkpoint covers the receipt yet, StoreFault, StoreDown."""
    receipt = require_receipt(store, receipt_id, "id")
    text = exported(receipt)
    plain = json.loads(text)
    if canonical_json(plain) != text:
        raise StoreFault("回执正文不是规范的 JSON", f"回执 {receipt_id}; 用 ledger verify 核查")
    with store_down("数据库不能读取", "稍后重试"), store.engine.connect() as connection:
        index = connection.execute(
            select(_leaves.c.leaf_index).where(_leaves.c.receipt_id == receipt_id)
        ).scalar_one_or_none()
        tree, last = find_tree(connection), last_note(connection)
        if index is None or tree is None or last is None or last.note.checkpoint.size <= index:
            raise WrongState("还没有检查点覆盖这份回执", "稍后再试, 或先用 ledger checkpoint 签一个", "id")
        path = StoredTree(connection, tree.hash, last.note.checkpoint.size).inclusion(index)
    return canonical_json(
        {
            "checkpoint": by_one_key(last.note, last.public_key).decode(),
            "format": FORMAT,
            "inclusion": [step.hex() for step in path],
            "leaf_index": index,
            "receipt": plain,
        }
    )
