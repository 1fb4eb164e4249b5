"""Which kinds of penalty a text names, and which licence.

Source: 行政处罚法 第九条; the words of dual publicity for 处罚类别.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ..rulebook.catalogue import Item, PenaltyKind

_NOT_GIVEN = re.compile(
    r"(?:不予|免予|免于|不再|未予|不)(?:行政)?(?:处罚|处以|并处|给予)?(?:暂扣|吊销|罚款|没收|警告)[^,;、。，；]*"
)
_EITHER = re.compile(
    r"暂扣(?:许可证件?|执照)?(?:或者?|及|和|、|/|,)*吊销[^;,；，。]*?(?:[、,，](?:暂扣(?:或者?|/)?吊销)[^;,；，。、]*)?(?=[;,；，。、]|$)"
)
_KINDS: tuple[tuple[PenaltyKind, re.Pattern[str]], ...] = (
    (PenaltyKind.CRITICISM, re.compile(r"通报批评")),
    (PenaltyKind.WARNING, re.compile(r"警告")),
    (PenaltyKind.FINE, re.compile(r"(?:并处)?罚款")),
    (
        PenaltyKind.CONFISCATION,
        re.compile(
            r"(?:并处)?没收(?:(?:违法所得|非法所得|非法财物|违法财物|工具|产品|物品)(?:[、,，和及或者]*没收)?[、,，和及]?)*"
        ),
    ),
    (PenaltyKind.SUSPENSION, re.compile(r"暂扣(?:许可证件?|执照|[^;,、；，。]*证[件书照]?)?")),
    (PenaltyKind.REVOCATION, re.compile(r"吊销(?:许可证件?|执照|[^;,、；，。]*[证照][件书]?)?")),
    (PenaltyKind.DOWNGRADE, re.compile(r"降低[^;,、；，。]*资质(?:等级)?|降低资格等级")),
    (PenaltyKind.RESTRICTION, re.compile(r"限制开展生产经营活动|限制生产经营|限制开展生产、?经营活动")),
    (PenaltyKind.BUSINESS_STOP, re.compile(r"责令停产停业(?:整顿)?|责令停业整顿|责令停产整治|责令停[产业]|停产停业")),
    (PenaltyKind.CLOSURE, re.compile(r"责令关闭")),
    (PenaltyKind.JOB_BAN, re.compile(r"限制从业|禁止从业")),
    (PenaltyKind.DETENTION, re.compile(r"行政拘留|拘留")),
    (PenaltyKind.OTHER, re.compile(r"其他(?:行政处罚)?(?:[-(:].*)?|法律、?行政法规规定的其他行政处罚")),
)
_BETWEEN = re.compile(r"[\s,;、/|+。并处和及]+")
_BARE_CODE = re.compile(r"[0-9]+(?:[,;、/|][0-9]+)*")
_FINE_TOLD = re.compile(r"罚款(?:金额)?(?:人民币|计|为|:|¥)*((?:\d{1,3}(?:,\d{3})+)|\d+)(?:\.(\d+))?(万)?元")
_FOOD = re.compile(r"食品(?!相关产品)[^,;、；，。]*(?:许可|登记|备案)")


@dataclass(frozen=True, slots=True)
class NamedKinds:
    """What a text says of kinds of penalty."""

    kinds: frozenset[PenaltyKind] = frozenset()
    """Named for certain."""
    either: bool = False
    """It says 暂扣或者吊销 and not which."""
    unknown: str = ""
    """What of it is not understood."""
    codes: str = ""
    """It is made of bare codes, whose meaning differs from place to place."""


def named_kinds(text: str) -> NamedKinds:
    """The kinds of penalty that a text of 处罚类别 names: one or several. What is said not to be given is none."""
    rest = unicodedata.normalize("NFKC", text).strip()
    if _BARE_CODE.fullmatch(rest):
        return NamedKinds(codes=rest)
    rest = _NOT_GIVEN.sub(" ", rest)
    rest, found = _EITHER.subn(" ", rest)
    kinds = set()
    for kind, pattern in _KINDS:
        rest, times = pattern.subn(" ", rest)
        if times:
            kinds.add(kind)
    return NamedKinds(frozenset(kinds), bool(found), _BETWEEN.sub(" ", rest).strip())


def which_of_both(texts: Iterable[str]) -> PenaltyKind | None:
    """Whether texts speak of a suspension or of a revocation; None: of neither, or of both."""
    found = set()
    for text in texts:
        plain = _NOT_GIVEN.sub(" ", unicodedata.normalize("NFKC", text))
        plain, either = _EITHER.subn(" ", plain)
        if either or ("暂扣" in plain and "吊销" in plain):
            return None
        if "吊销" in plain:
            found.add(PenaltyKind.REVOCATION)
        if "暂扣" in plain:
            found.add(PenaltyKind.SUSPENSION)
    return found.pop() if len(found) == 1 else None


def fine_told(text: str) -> int | None:
    """The one fine, in fen, that a free text names; None: none, or several that differ."""
    found = set()
    for digits, fraction, ten_thousand in _FINE_TOLD.findall(unicodedata.normalize("NFKC", text)):
        places = 6 if ten_thousand else 2
        if len(fraction) > places:
            return None
        found.add(int(digits.replace(",", "")) * 10**places + int(fraction.ljust(places, "0") or "0"))
    return found.pop() if len(found) == 1 else None


def tells_revocation(text: str) -> bool:
    """Whether a free text speaks of a revocation that is not said to be left out."""
    return "吊销" in text and "吊销" in _NOT_GIVEN.sub(" ", unicodedata.normalize("NFKC", text))


def is_food_licence(text: str) -> bool:
    """Whether a licence is certainly one for food (食品安全法 第一百三十五条); those of related products are none."""
    return _FOOD.search(text) is not None


class Licences:
    """Finds the item whose licence a text names."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._names: dict[str, set[str]] = {}
        for item in items:
            title = _spelt(item.title)
            certificates = () if not isinstance(item.certificates, tuple) else map(_spelt, item.certificates)
            for name in (title, title + "证", title + "书", *certificates):
                self._names.setdefault(name, set()).add(item.code)
        self._longest_first = sorted(self._names, key=len, reverse=True)
        self._seen: dict[str, str] = {}

    def code(self, text: str) -> str:
        """Code of the item; empty where the text names none, or more than one."""
        known = self._seen.get(text)
        if known is None:
            if len(self._seen) > 10_000:
                self._seen.clear()
            known = self._seen[text] = self._found(_spelt(text))
        return known

    def _found(self, text: str) -> str:
        codes: set[str] = set()
        for name in self._longest_first:
            if name in text:
                codes |= self._names[name]
                text = text.replace(name, " ")
        return codes.pop() if len(codes) == 1 else ""


def _spelt(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
