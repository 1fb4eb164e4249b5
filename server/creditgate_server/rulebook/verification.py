"""Verification as data (核实): who compared which thing with which text, and when. Nothing is verified by itself.

A line of the register names a thing of the library by section and code, the digest of its content as it was compared,
and for each citation of it the text that was read. Lines are part of the rule set: what an answer tells as verified is
proved by the receipt's rule set, and replays.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import UNSET, UnsetType

from .catalogue import Citation, Entry
from .source import Mapping as MappingNode
from .source import Node, Scalar

SECTION = "verifications"
"""Of the files that hold the register."""
FOLDER = "verification"
"""Where they stand in a rule library."""


class ReadText(Entry, frozen=True, kw_only=True):
    """A cited text that a person read beside the thing that cites it."""

    instrument: str
    article: str = ""
    """As cited; empty where the whole instrument is."""
    day: date
    """Day of the reading, Asia/Shanghai."""
    post: str
    """Post of the reader (岗位), no name."""
    text: str
    """`sha256:` and the digest of the article's text."""

    @property
    def cited(self) -> tuple[str, str]:
        """Instrument and article."""
        return self.instrument, self.article


class VerifiedLine(Entry, frozen=True, kw_only=True):
    """A line of the register: the thing says what the texts say."""

    of: str
    """`section/code`, with `@` and the first day where versions share the code: `rule/some-rule@2026-04-01`."""
    content: str
    """`sha256:` and the digest of the thing's content."""
    read: tuple[ReadText, ...]
    partial: bool | UnsetType = UNSET
    """True: some of its citations have still to be read, so that the thing is unverified. Found out as the library is
    read, not written; left out where all were read."""

    @property
    def day(self) -> date:
        """Day on which the last of its texts was read."""
        return max(one.day for one in self.read)

    def text_of(self, citation: Citation) -> ReadText | None:
        """What was read for a citation."""
        cited = (citation.instrument, citation.article)
        return next((one for one in self.read if one.cited == cited), None)


# -- names ------------------------------------------------------------------------------------------------------------


def named(kind: str, code: str, start: date | None = None) -> str:
    """The name of a thing: its kind, its code, and its first day where versions share the code."""
    return f"{kind}/{code}" + (f"@{start.isoformat()}" if start is not None else "")


def terms_named(kind: str, code: str, severity: str, start: date | None) -> str:
    """The name of terms of a record kind or list; several of one severity and day are numbered after it: `#2`."""
    return named(kind, f"{code}/{severity or 'any'}", start)


def part_of(of: str) -> tuple[str, str]:
    """Kind and code of a thing by its name; of terms, the code of what has them."""
    kind, _, rest = of.partition("/")
    return kind, rest.partition("@")[0].partition("#")[0].partition("/")[0]


# -- content ----------------------------------------------------------------------------------------------------------


def content_of(fields: Mapping[str, Node | str]) -> str:
    """The digest of what is written: `sha256:` of canonical JSON, whatever the order of fields, quotes and blanks.

    Numbers and days are compared as written. A parameter stands by its name: its values are things of their own.
    """
    written = {name: _plain(part) for name, part in fields.items()}
    text = json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _plain(node: Node | str) -> object:
    if isinstance(node, str):
        return unicodedata.normalize("NFC", node.strip())
    if isinstance(node, Scalar):
        return unicodedata.normalize("NFC", node.text.strip())
    if isinstance(node, MappingNode):
        return {name: _plain(pair.value) for name, pair in node.pairs.items()}
    return [_plain(part) for part in node.parts]


# -- the register as text ---------------------------------------------------------------------------------------------

HEAD = """\
# 核实登记: 哪一条由哪个岗位、在哪一天、与哪份原文核对过。由 creditgate-server rules texts 写; 删去一条即撤回。
# yaml-language-server: $schema=../schema/verification.json
verifications:
"""
"""How a file of the register begins."""


def register_text(lines: Iterable[VerifiedLine]) -> bytes:
    """Lines as a file of the register, by name. What it reads as is the same lines."""
    written = "".join(_line(one) for one in sorted(lines, key=lambda one: one.of))
    return (HEAD + written if written else HEAD.rstrip("\n") + " []\n").encode()


def _line(one: VerifiedLine) -> str:
    reads = "".join(f"      - {_read(read)}\n" for read in one.read)
    return f"  - of: {one.of}\n    content: {one.content}\n    read:\n{reads}"


def _read(one: ReadText) -> str:
    article = f", article: {_quoted(one.article)}" if one.article else ""
    return f"{{instrument: {one.instrument}{article}, day: {one.day}, post: {_quoted(one.post)}, text: {one.text}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
