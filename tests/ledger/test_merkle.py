"""RFC 6962: published vectors, the definition of the RFC word for word, and what no forged proof may do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditgate_server.errors import SetupFault
from creditgate_server.ledger.hashing import Algorithm
from creditgate_server.ledger.merkle import (
    Frontier,
    Subtrees,
    TreeHash,
    consistency_proof,
    inclusion_proof,
    peaks_of,
    root_at,
    tree_hash,
)
from tests.ledger.checks import is_consistent, root_by_inclusion, root_of

HASH = tree_hash(Algorithm.SHA256)

# The vectors that Certificate Transparency's implementations share: eight leaves, the roots over the first n of them.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
L0_1 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
L1_2 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
L2_4 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
L4_5 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
L4_6 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
L4_8 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
L6_7 = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
L6_8 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
L0_2 = ROOTS[2]
L0_4 = ROOTS[4]
INCLUSION = [
    (0, 1, []),
    (0, 8, [L1_2, L2_4, L4_8]),
    (5, 8, [L4_5, L6_8, L0_4]),
    (2, 3, [L0_2]),
    (1, 5, [L0_1, L2_4, L4_5]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [L1_2, L2_4, L4_8]),
    (6, 8, [L4_6, L6_8, L0_4]),
    (2, 5, [L2_4, L4_5]),
    (6, 7, [L4_6, L6_7, L0_4]),
]


def hashes_of(leaves: Sequence[bytes], hashes: TreeHash = HASH) -> list[bytes]:
    return [hashes.leaf(leaf) for leaf in leaves]


def subtrees_of(leaf_hashes: Sequence[bytes], hashes: TreeHash = HASH) -> Subtrees:
    return lambda level, position: root_of(hashes, leaf_hashes[position << level : (position + 1) << level])


def unhex(path: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(step) for step in path]


# -- the published vectors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size: int) -> None:
    leaf_hashes = hashes_of(LEAVES[:size])
    assert root_of(HASH, leaf_hashes).hex() == ROOTS[size]
    assert root_at(HASH, subtrees_of(hashes_of(LEAVES)), size).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_the_published_inclusion_proofs(index: int, size: int, path: list[str]) -> None:
    leaf_hashes = hashes_of(LEAVES)
    assert inclusion_proof(HASH, subtrees_of(leaf_hashes), index, size) == unhex(path)
    assert root_by_inclusion(HASH, index, size, leaf_hashes[index], unhex(path)) == bytes.fromhex(ROOTS[size])


@pytest.mark.parametrize(("first", "second", "path"), CONSISTENCY)
def test_the_published_consistency_proofs(first: int, second: int, path: list[str]) -> None:
    assert consistency_proof(HASH, subtrees_of(hashes_of(LEAVES)), first, second) == unhex(path)
    roots = bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second])
    assert is_consistent(HASH, first, second, *roots, unhex(path))


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_the_published_ways_to_spoil_an_inclusion_proof(index: int, size: int, path: list[str]) -> None:
    leaf, root, steps = hashes_of(LEAVES)[index], bytes.fromhex(ROOTS[size]), unhex(path)
    spoilt = [
        *((index + shift, size, leaf, steps) for shift in (-1, 1)),
        (index ^ 2, size, leaf, steps),
        (index, size * 2, leaf, steps),
        (index, size // 2, leaf, steps),
        (index, size, b"WrongLeaf", steps),
        *((index, size, leaf, [*steps, more]) for more in (b"", root)),
        *((index, size, leaf, [more, *steps]) for more in (b"", root)),
        *((index, size, leaf, flipped(steps, place)) for place in range(len(steps))),
        *([(index, size, leaf, steps[:-1])] if steps else []),
    ]
    for one in spoilt:
        assert root_by_inclusion(HASH, *one) != root, one


@pytest.mark.parametrize(("first", "second", "path"), CONSISTENCY[1:])
def test_the_published_ways_to_spoil_a_consistency_proof(first: int, second: int, path: list[str]) -> None:
    older, newer, steps = bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second]), unhex(path)
    spoilt = [
        *((first + shift, second, older, newer, steps) for shift in (-1, 1)),
        (first ^ 2, second, older, newer, steps),
        (first, second * 2, older, newer, steps),
        (first, second // 2, older, newer, steps),
        (first, second, b"WrongRoot", newer, steps),
        (first, second, older, b"WrongRoot", steps),
        (first, second, newer, older, steps),
        (first, second, older, newer, []),
        *((first, second, older, newer, [*steps, more]) for more in (b"", older, newer)),
        *((first, second, older, newer, [more, *steps]) for more in (b"", older, newer, steps[0])),
        (first, second, older, newer, steps[:-1]),
        *((first, second, older, newer, flipped(steps, place)) for place in range(len(steps))),
    ]
    for one in spoilt:
        assert not is_consistent(HASH, *one), one


@pytest.mark.parametrize(
    ("sizes", "roots", "path", "good"),
    [
        ((0, 0), ("a", "b"), [], False),
        ((1, 1), ("a", "b"), [], False),
        ((0, 0), ("a", "a"), [], True),
        ((1, 1), ("b", "b"), [], True),
        ((1, 0), ("a", "b"), [], False),
        ((2, 1), ("a", "b"), [], False),
        ((1, 2), ("a", "b"), [], False),
        ((0, 0), ("a", "a"), ["a"], False),
        ((0, 1), ("a", "a"), ["a"], False),
        ((1, 1), ("a", "a"), ["a"], False),
    ],
)
def test_the_published_corner_cases(
    sizes: tuple[int, int], roots: tuple[str, str], path: list[str], good: bool
) -> None:
    older, newer = (root.encode() for root in roots)
    assert is_consistent(HASH, *sizes, older, newer, [step.encode() for step in path]) is good


def test_the_empty_tree_is_the_beginning_of_every_tree() -> None:
    assert is_consistent(HASH, 0, 8, bytes.fromhex(ROOTS[0]), bytes.fromhex(ROOTS[8]), [])
    assert not is_consistent(HASH, 0, 8, bytes.fromhex(ROOTS[1]), bytes.fromhex(ROOTS[8]), [])


# -- the definition of RFC 6962 section 2.1, word for word ------------------------------------------------------------


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(data: Sequence[bytes], algorithm: str) -> bytes:
    def digest(text: bytes) -> bytes:
        return hashlib.new(algorithm, text).digest()

    if not data:
        return digest(b"")
    if len(data) == 1:
        return digest(b"\0" + data[0])
    k = largest_power_below(len(data))
    return digest(b"\1" + mth(data[:k], algorithm) + mth(data[k:], algorithm))


def path_of(m: int, data: Sequence[bytes], algorithm: str) -> list[bytes]:
    if len(data) == 1:
        return []
    k = largest_power_below(len(data))
    if m < k:
        return [*path_of(m, data[:k], algorithm), mth(data[k:], algorithm)]
    return [*path_of(m - k, data[k:], algorithm), mth(data[:k], algorithm)]


def subproof(m: int, data: Sequence[bytes], whole: bool, algorithm: str) -> list[bytes]:
    if m == len(data):
        return [] if whole else [mth(data, algorithm)]
    k = largest_power_below(len(data))
    if m <= k:
        return [*subproof(m, data[:k], whole, algorithm), mth(data[k:], algorithm)]
    return [*subproof(m - k, data[k:], False, algorithm), mth(data[:k], algorithm)]


def alike(one: int, other: int, data: list[bytes]) -> bool:
    """The same leaf, or one in a tree that looks the same from there."""
    return one == other or (0 <= one < len(data) and data[one] == data[other])


data_of_leaves = st.lists(st.binary(max_size=4), max_size=70)
algorithms = st.sampled_from(list(Algorithm))


def flipped(path: Sequence[bytes], place: int, bit: int = 4) -> list[bytes]:
    spoilt = [bytearray(step) for step in path]
    spoilt[place][bit // 8] ^= 1 << bit % 8
    return [bytes(step) for step in spoilt]


@given(data_of_leaves, algorithms)
def test_the_frontier_grows_as_the_rfc_defines(data: list[bytes], algorithm: str) -> None:
    hashes = tree_hash(algorithm)
    tree = Frontier(hashes)
    for count, leaf in enumerate(data):
        assert tree.root() == mth(data[:count], algorithm)
        for level, position, node in tree.append(hashes.leaf(leaf)):
            assert node == mth(data[position << level : (position + 1) << level], algorithm)
            assert (position + 1) << level == count + 1
    assert tree.root() == mth(data, algorithm)
    assert tree.peaks == [
        mth(data[position << level : (position + 1) << level], algorithm) for level, position in peaks_of(len(data))
    ]


@given(data_of_leaves.filter(bool), st.data(), algorithms)
def test_inclusion_proofs_are_those_of_the_rfc(data: list[bytes], draw: st.DataObject, algorithm: str) -> None:
    hashes = tree_hash(algorithm)
    index = draw.draw(st.integers(0, len(data) - 1))
    leaf_hashes = hashes_of(data, hashes)
    path = inclusion_proof(hashes, subtrees_of(leaf_hashes, hashes), index, len(data))
    root = mth(data, algorithm)
    assert path == path_of(index, data, algorithm)
    assert root_by_inclusion(hashes, index, len(data), leaf_hashes[index], path) == root
    other = draw.draw(st.integers(-2, 2 * len(data)).filter(lambda place: not alike(place, index, data)))
    assert root_by_inclusion(hashes, other, len(data), leaf_hashes[index], path) != root
    if path:
        place, bit = draw.draw(st.integers(0, len(path) - 1)), draw.draw(st.integers(0, 255))
        assert root_by_inclusion(hashes, index, len(data), leaf_hashes[index], flipped(path, place, bit)) != root


@given(data_of_leaves.filter(bool), st.data(), algorithms)
def test_consistency_proofs_are_those_of_the_rfc(data: list[bytes], draw: st.DataObject, algorithm: str) -> None:
    hashes = tree_hash(algorithm)
    first = draw.draw(st.integers(1, len(data)))
    path = consistency_proof(hashes, subtrees_of(hashes_of(data, hashes), hashes), first, len(data))
    older, newer = mth(data[:first], algorithm), mth(data, algorithm)
    assert path == subproof(first, data, True, algorithm)
    assert is_consistent(hashes, first, len(data), older, newer, path)
    changed = list(data)
    changed[draw.draw(st.integers(0, first - 1))] += b"x"
    assert not is_consistent(hashes, first, len(data), mth(changed[:first], algorithm), newer, path)
    assert not is_consistent(hashes, first, len(data), older, mth(changed, algorithm), path)
    if path:
        place, bit = draw.draw(st.integers(0, len(path) - 1)), draw.draw(st.integers(0, 255))
        assert not is_consistent(hashes, first, len(data), older, newer, flipped(path, place, bit))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 4), (4, 4)])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(HASH, subtrees_of(hashes_of(LEAVES)), index, size)


def test_a_larger_tree_is_no_beginning_of_a_smaller_one() -> None:
    with pytest.raises(ValueError, match="no beginning"):
        consistency_proof(HASH, subtrees_of(hashes_of(LEAVES)), 5, 4)


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(SetupFault, match="md5"):
        tree_hash("md5")
