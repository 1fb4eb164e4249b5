"""The rule set: one immutable whole, named by the digest of its canonical content."""

from __future__ import annotations

import hashlib
from functools import cached_property

import msgspec

from .catalogue import Catalogue, Entry
from .language import Book, Rule


class RuleSet(Entry, dict=True, frozen=True, kw_only=True):
    """A catalogue and the rules of all books, in book order and then file order."""

    catalogue: Catalogue
    rules: tuple[Rule, ...]

    @cached_property
    def canonical(self) -> bytes:
        """Canonical JSON: sorted keys, no blanks, whole numbers and text only, so that it equals RFC 8785."""
        return msgspec.json.encode(self, order="sorted")

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hash of the canonical JSON."""
        return "sha256:" + hashlib.sha256(self.canonical).hexdigest()

    def of_book(self, book: Book) -> tuple[Rule, ...]:
        """The rules of one book."""
        return tuple(rule for rule in self.rules if rule.book == book)


def decode(canonical: bytes) -> RuleSet:
    """A rule set from its canonical JSON."""
    return msgspec.json.decode(canonical, type=RuleSet)
