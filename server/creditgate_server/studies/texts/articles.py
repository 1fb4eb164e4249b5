"""An article (条) of an instrument as read: its paragraphs (款) and items (项), its digest; and citations of them.

A paragraph is a line of its own that is no item; items belong to the paragraph before them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property

from ...rulebook.numbers import TIME, Quantity, in_chinese, plain_width, quantities, read_number

_NUMERAL = r"[零〇一二两三四五六七八九十百千\d]+"
_REFERENCE = re.compile(
    rf"第(?P<article>{_NUMERAL})条(?:之(?P<added>{_NUMERAL}))?"
    rf"(?:第(?P<paragraph>{_NUMERAL})款)?(?:第(?P<item>{_NUMERAL})项)?(?:第(?P<point>{_NUMERAL})目)?"
    r"(?:前段|中段|后段|但书|第[一二三四五]句)?"
)
_HEAD = re.compile(rf"第{_NUMERAL}条(?:之{_NUMERAL})?\s*(?P<note>[（(][^（）()]{{0,20}}[)）])?\s*")
_ITEM = re.compile(r"(?:^|(?<=[:：;；。，,]))\s*[（(](?P<number>[一二三四五六七八九十]+)[)）]")
_CUT = re.compile(r"节录|节选|摘录|……|\.{3,}|（略）|\(略\)")
_LONGER = re.compile(r"延长[^。；;，,]{0,6}$")
_SPACE = re.compile(r"\s+")


def _sum(one: Quantity, more: Quantity) -> Quantity:
    return replace(one, value=one.value + more.value)


def digest_of(text: str) -> str:
    """What a text was compared by: `sha256:` of it in NFC, every run of white space (全角空格 too) as one space."""
    plain = _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    return f"sha256:{hashlib.sha256(plain.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class ArticleReference:
    """What of an instrument is cited. Numbers count from 1; 0 where none is named."""

    heading: str
    """The section of the text: 第六十条, or a document's own 三（七）; empty for the whole instrument."""
    paragraph: int = 0
    item: int = 0


def reference(article: str) -> ArticleReference | None:
    """Read what a citation names; None where it is neither an article nor a part of a document."""
    plain = heading_of(article)
    if not plain:
        return ArticleReference("")
    if not plain.startswith("第"):
        return ArticleReference(plain)
    found = _REFERENCE.fullmatch(plain)
    if found is None or not (number := _whole(found["article"])):
        return None
    added = f"之{in_chinese(_whole(found['added']))}" if found["added"] else ""
    heading = f"第{in_chinese(number)}条{added}"
    return ArticleReference(heading, _whole(found["paragraph"]), _whole(found["item"]))


def _whole(numeral: str | None) -> int:
    value = read_number(numeral) if numeral else None
    return int(value) if value is not None else 0


def heading_of(text: str) -> str:
    """A heading in one form: no white space, brackets of the document's own kind."""
    return _SPACE.sub("", plain_width(text)).replace("(", "（").replace(")", "）")


@dataclass(frozen=True)
class Article:
    """One section of an instrument's file."""

    heading: str
    text: str
    """As written below the heading."""
    line: int
    """Of the heading in its file, from 1."""

    @cached_property
    def digest(self) -> str:
        """Of the text."""
        return digest_of(self.text)

    @cached_property
    def partial(self) -> bool:
        """Whether it says that something is left out: what it does not have is not at hand."""
        return _CUT.search(self.text) is not None

    @cached_property
    def paragraphs(self) -> tuple[int, ...]:
        """For each paragraph the number of its items."""
        counts: list[int] = []
        for line in _HEAD.sub("", self.text.strip(), count=1).splitlines():
            written = line.strip()
            if not written:
                continue
            items = len(_ITEM.findall(written))
            if _ITEM.match(written) and counts:
                counts[-1] += items
            else:
                counts.append(items)
        return tuple(counts)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its numbers, and terms with what makes them longer: 二年, 可以延长一至三年 has five years, too."""
        told = quantities(self.text)
        longer = [one for one in told if one.unit in TIME and _LONGER.search(plain_width(self.text)[: one.start])]
        return (*told, *(_sum(one, more) for more in longer for one in told if one.unit is more.unit and one != more))

    def lacks(self, cited: ArticleReference) -> str:
        """What of a citation it does not have, in Chinese; empty where it has all."""
        counts = self.paragraphs
        if cited.paragraph > len(counts):
            return f"{self.heading}只有 {len(counts)} 款, 没有第{in_chinese(cited.paragraph)}款"
        if not cited.item:
            return ""
        where = f"第{in_chinese(cited.paragraph)}款" if cited.paragraph else ""
        items = counts[cited.paragraph - 1] if cited.paragraph else max(counts, default=0)
        if cited.item <= items:
            return ""
        has = f"只有 {items} 项" if items else "没有分项"
        return f"{self.heading}{where}{has}, 没有第{in_chinese(cited.item)}项"

    def could_name(self, cited: ArticleReference) -> str:
        """Which part a citation of it leaves open, in Chinese; empty where there is but one."""
        if not cited.paragraph and not cited.item and len(self.paragraphs) > 1:
            return f"{self.heading}有 {len(self.paragraphs)} 款, 没有写是哪一款"
        return ""
