"""The ledger's hashes: SHA-256, or SM3 (GB/T 32905) where it is set and OpenSSL has it; commitments that hide.

A commitment is the hash of 16 random bytes followed by what is committed to. Who has both can prove what was meant; who
has neither can't guess it, however few the possible contents are: so both can be erased and the commitment stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum
from functools import cache

from ..errors import SetupFault

SALT_BYTES = 16


class Algorithm(StrEnum):
    """Both give 32 bytes."""

    SHA256 = "sha256"
    SM3 = "sm3"


Digest = Callable[[bytes], bytes]
Hash = Callable[[bytes], str]
"""64 lower-case hexadecimal digits."""


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _sm3(content: bytes) -> bytes:
    return hashlib.new(Algorithm.SM3, content).digest()


def _sha256_hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sm3_hex(content: bytes) -> str:
    return hashlib.new(Algorithm.SM3, content).hexdigest()


@cache
def digest_of(algorithm: str) -> Digest:
    """The hash as bytes. Raises SetupFault for an algorithm that there is not, or not on this machine."""
    return _sm3 if _usable(algorithm) is Algorithm.SM3 else _sha256


@cache
def hash_of(algorithm: str) -> Hash:
    """The hash as text. Raises SetupFault for an algorithm that there is not, or not on this machine."""
    return _sm3_hex if _usable(algorithm) is Algorithm.SM3 else _sha256_hex


def _usable(algorithm: str) -> Algorithm:
    try:
        wanted = Algorithm(algorithm)
    except ValueError as fault:
        raise SetupFault(f"不认识的摘要算法 {algorithm}", f"可用的有: {'、'.join(Algorithm)}", "ledger_hash") from fault
    try:
        hashlib.new(wanted)
    except ValueError as fault:
        hint = "换用带 SM3 的 OpenSSL, 或把 ledger_hash 设为 sha256"
        raise SetupFault(f"本机的 OpenSSL 没有 {wanted} 算法", hint, "ledger_hash") from fault
    return wanted
