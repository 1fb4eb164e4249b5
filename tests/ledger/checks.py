"""Proofs and chains checked apart from the server: by the definitions alone, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from creditgate_server.ledger.chain import NO_HASH
from creditgate_server.ledger.lookup import RECEIPT_COLUMNS, to_receipt
from creditgate_server.ledger.loop import RECEIPTS
from creditgate_server.ledger.merkle import Frontier, TreeHash
from creditgate_server.ledger.receipt import Receipt, hash_of_payload, open_payload, unkept_promises
from creditgate_server.storage.database import Store, read


def first_fault(receipts: Iterable[Receipt]) -> str:
    """What is wrong with a chain's receipts, given in order from the first; empty where nothing is."""
    previous = NO_HASH
    for number, receipt in enumerate(receipts, start=1):
        payload = open_payload(receipt.payload)
        if hash_of_payload(receipt.payload) != receipt.hash:
            return f"{receipt.id}: the payload does not have the hash"
        if (receipt.number, payload.number) != (number, number):
            return f"{receipt.id}: stands at {receipt.number}, expected {number}"
        if (receipt.previous_hash, payload.previous_hash) != (previous, previous):
            return f"{receipt.id}: does not follow the receipt before it"
        if (payload.id, payload.chain) != (receipt.id, receipt.chain):
            return f"{receipt.id}: the payload names another receipt"
        if unkept := unkept_promises(receipt):
            return f"{receipt.id}: {unkept[0]} is not what the payload commits to"
        previous = receipt.hash
    return ""


def receipts_of_chain(store: Store, chain: str) -> list[Receipt]:
    """A chain's receipts in order. Raises StoreDown."""
    statement = select(*RECEIPT_COLUMNS).where(RECEIPTS.c.chain == chain).order_by(RECEIPTS.c.number)
    return [to_receipt(row) for row in read(store, statement)]


def chains(store: Store) -> list[str]:
    """Every chain's id. Raises StoreDown."""
    return [row[0] for row in read(store, select(RECEIPTS.c.chain).distinct().order_by(RECEIPTS.c.chain))]


def root_of(hashes: TreeHash, leaf_hashes: Iterable[bytes]) -> bytes:
    """Root over these leaf hashes."""
    tree = Frontier(hashes)
    for leaf_hash in leaf_hashes:
        tree.append(leaf_hash)
    return tree.root()


def root_by_inclusion(hashes: TreeHash, index: int, size: int, leaf_hash: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root that an audit path leads to; None where it is no path of that leaf in a tree of that size."""
    if not 0 <= index < size:
        return None
    node, place, last = leaf_hash, index, size - 1
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = hashes.parent(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hashes.parent(node, step)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


def is_consistent(
    hashes: TreeHash, first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether a consistency proof shows that the first tree is the beginning of the second."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    if first == 0:
        return not path and first_root == hashes.empty()
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)  # the first tree is one complete subtree: its root is left out of the proof
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older, newer = hashes.parent(step, older), hashes.parent(step, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = hashes.parent(newer, step)
        place, last = place >> 1, last >> 1
    return last == 0 and (older, newer) == (first_root, second_root)
