"""Which of two rows that do not fit each other was changed: told by what stands around them."""

from __future__ import annotations

from typing import Any

from .findings import Finding, What
from .payloads import named, sealed
from .rows import Rows
from .state import ChainEnd, Progress


def hash_finding(row: Any, rows: Rows, *, there: str, leaf: bytes, known_leaf: bytes | None) -> Finding:  # noqa: ANN401
    """Of payload, hash and leaf one does not fit. `there`, `leaf`: hashes of the payload; `known_leaf`: as exported."""
    stored_leaf = bytes(row.leaf_hash)
    if leaf == stored_leaf:
        return named(row, What.HASH, place="hash", expected=there, found=row.hash)
    if row.hash != there:
        return named(row, What.PAYLOAD, place="payload", expected=row.hash, found=there)
    if known_leaf is not None:
        rewritten = known_leaf != leaf
    else:
        after = rows.at(row.chain, row.number + 1)
        rewritten = after is not None and _previous(after) != there
    if rewritten:
        return named(row, What.PAYLOAD, place="payload", expected=stored_leaf.hex(), found=leaf.hex())
    return named(row, What.LEAF, place="leaf_hash", expected=leaf.hex(), found=stored_leaf.hex())


def link_finding(row: Any, previous_hash: str, before: ChainEnd, rows: Rows, progress: Progress) -> Finding:  # noqa: ANN401
    """A row does not name the hash of the one before it: which of the two was changed?"""
    own = named(row, What.LINK, place="previous_hash", expected=before.hash, found=previous_hash)
    if before.number == 0 or 0 <= before.leaf_index < progress.sealed_size:
        return own  # there is none before, or it is under a checkpoint that was found good
    suspect = progress.leaf_suspect
    if suspect is None or suspect.start != before.leaf_index:
        after = rows.at(row.chain, row.number + 1)
        if after is not None and _previous(after) != row.hash:
            return own  # what comes after does not know it as it is now
    return Finding(
        what=What.PAYLOAD,
        place="payload",
        receipt=before.receipt,
        chain=row.chain,
        number=before.number,
        leaf_index=before.leaf_index if before.leaf_index >= 0 else None,
        expected=previous_hash,
        found=before.hash,
    )


def place_finding(row: Any, expected: ChainEnd, rows: Rows) -> Finding:  # noqa: ANN401
    """A chain does not go on with the number that comes next: is that receipt gone, or does it stand elsewhere?"""
    wanted = expected.number + 1
    if row.number > wanted and rows.at(row.chain, wanted) is None:
        return Finding(what=What.DELETED, chain=row.chain, number=wanted)
    return named(row, What.ORDER, expected=f"第 {wanted} 号", found=f"第 {row.number} 号")


def missing_leaf(leaf_index: int, rows: Rows, progress: Progress) -> Finding:
    """There is no leaf in a place that should have one: whose was it?"""
    chains = {*rows.chains(), *progress.chains}
    for chain in sorted(chains, key=str):
        reached = progress.chains.get(chain, ChainEnd())
        wanted = reached.number + 1
        receipt = rows.at(chain, wanted)
        if receipt is None and rows.counted(chain, wanted).last > wanted:
            return Finding(what=What.DELETED, chain=chain, number=wanted, leaf_index=leaf_index)
        if receipt is not None and receipt.leaf_index is None and _goes_on(rows, chain, wanted):
            return Finding(
                what=What.LEAF_MISSING, receipt=receipt.id, chain=chain, number=wanted, leaf_index=leaf_index
            )
    return Finding(what=What.LEAF_MISSING, leaf_index=leaf_index)


def _goes_on(rows: Rows, chain: str, number: int) -> bool:
    """Whether a later receipt of the chain has a leaf."""
    return any(row.leaf_index is not None for row in rows.behind(chain, number))


def _previous(row: Any) -> str:  # noqa: ANN401
    """The hash that a row's payload names as the one before."""
    payload = sealed(bytes(row.payload))
    return "" if payload is None else payload.previous_hash
