"""The Merkle tree of RFC 6962: roots, inclusion and consistency proofs. Pure: hashes come in, hashes go out.

Nodes are named by level and position: (0, i) is leaf i, (k, p) the root of the complete subtree over the leaves
p * 2**k to (p + 1) * 2**k, the last exclusive. Source: RFC 6962 section 2.1, verification as in RFC 9162 section 2.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from .hashing import digest_of

_LEAF = b"\x00"
_NODE = b"\x01"


class Node(NamedTuple):
    """Root of a complete subtree."""

    level: int
    position: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class TreeHash:
    """The hashes of one tree."""

    algorithm: str
    digest: Callable[[bytes], bytes]

    def leaf(self, data: bytes) -> bytes:
        """Hash of a leaf's data."""
        return self.digest(_LEAF + data)

    def parent(self, left: bytes, right: bytes) -> bytes:
        """Hash of the node over two others."""
        return self.digest(_NODE + left + right)

    def empty(self) -> bytes:
        """Root of the tree without leaves."""
        return self.digest(b"")


def tree_hash(algorithm: str) -> TreeHash:
    """The hashes of an algorithm. Raises SetupFault for one that there is not, or not on this machine."""
    return TreeHash(algorithm, digest_of(algorithm))


@dataclass(slots=True)
class Frontier:
    """A tree that grows leaf by leaf and remembers the roots of its complete subtrees alone: O(log n) hashes."""

    hash: TreeHash
    size: int = 0
    peaks: list[bytes] = field(default_factory=list)
    """Roots of the complete subtrees from left to right: one for each 1 in the binary digits of `size`."""

    def append(self, leaf_hash: bytes) -> list[Node]:
        """Add a leaf. Returns the subtrees above the leaf that it completes, the lowest first."""
        completed: list[Node] = []
        node, level, position = leaf_hash, 0, self.size
        while position & 1:
            node, level, position = self.hash.parent(self.peaks.pop(), node), level + 1, position >> 1
            completed.append(Node(level, position, node))
        self.peaks.append(node)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Root over all leaves so far."""
        if not self.peaks:
            return self.hash.empty()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = self.hash.parent(peak, root)
        return root


Subtrees = Callable[[int, int], bytes]
"""From level and position to the root of that complete subtree."""


def peaks_of(size: int) -> list[tuple[int, int]]:
    """Level and position of the complete subtrees that a tree of this size consists of, from left to right."""
    return _complete(0, size)


def root_at(hashes: TreeHash, subtrees: Subtrees, size: int) -> bytes:
    """Root over the first `size` leaves."""
    return _range_root(hashes, subtrees, 0, size) if size else hashes.empty()


def inclusion_proof(hashes: TreeHash, subtrees: Subtrees, index: int, size: int) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves, the lowest first. Raises ValueError outside."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(hashes, subtrees, middle, end))
            end = middle
        else:
            path.append(_range_root(hashes, subtrees, start, middle))
            start = middle
    path.reverse()
    return path


def consistency_proof(hashes: TreeHash, subtrees: Subtrees, first: int, second: int) -> list[bytes]:
    """Proof that the tree of `first` leaves is the beginning of that of `second`. Raises ValueError where it can't be.

    Empty where the sizes are equal, or the first tree is: nothing has to be shown then.
    """
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {first} is no beginning of one of {second}")
    if first in (0, second):
        return []
    path: list[bytes] = []
    start, end = 0, second
    whole = True  # the part still looked at begins with the whole first tree
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_range_root(hashes, subtrees, middle, end))
            end = middle
        else:
            path.append(_range_root(hashes, subtrees, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(hashes, subtrees, start, end))
    path.reverse()
    return path


def _split(count: int) -> int:
    """The largest power of two below a count above one."""
    return 1 << ((count - 1).bit_length() - 1)


def _complete(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees over leaves `start` to `end`, exclusive; one as long as all of them could begin there."""
    found: list[tuple[int, int]] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def _range_root(hashes: TreeHash, subtrees: Subtrees, start: int, end: int) -> bytes:
    """Root over leaves `start` to `end`, exclusive."""
    parts = [subtrees(level, position) for level, position in _complete(start, end)]
    root = parts[-1]
    for part in reversed(parts[:-1]):
        root = hashes.parent(part, root)
    return root
