"""Which item of the catalogue a licence's title means."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..rulebook.catalogue import Catalogue
from .values import Why


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item's code, or why there is none."""

    code: str = ""
    why: Why | None = None
    words: str = ""


def plain(title: str) -> str:
    """A title without differences of width, case and blanks: 食品经营许可（首次） is 食品经营许可(首次)."""
    return "".join(unicodedata.normalize("NFKC", title).casefold().split())


class ItemFinder:
    """Finds items by code or title; `mapped` (title to code) goes first. Same titles are answered from memory."""

    def __init__(self, catalogue: Catalogue, mapped: Mapping[str, str]) -> None:
        """`mapped`: titles of licences as a file writes them, each with the code of an item of the catalogue."""
        self._mapped = {plain(title): code for title, code in mapped.items()}
        self._by_title: dict[str, list[str]] = {}
        for code, item in catalogue.items.items():
            for name in {plain(item.title), plain(code)}:
                self._by_title.setdefault(name, []).append(code)
        self._organ_of = {code: item.organ for code, item in catalogue.items.items()}
        self._organ_names = {code: {plain(organ.title), plain(code)} for code, organ in catalogue.organs.items()}
        self._seen: dict[tuple[str, ...], FoundItem] = {}

    def find(self, titles: Sequence[str], organ: str) -> FoundItem:
        """The item that the first title that is known means. `organ`: tells items of one title apart."""
        key = (organ, *titles)
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = self._look_up(titles, organ)
        return found

    def _look_up(self, titles: Sequence[str], organ: str) -> FoundItem:
        names = [plain(title) for title in titles]
        for name in names:
            if name in self._mapped:
                return FoundItem(self._mapped[name])
        for name, title in zip(names, titles, strict=True):
            codes = self._by_title.get(name, [])
            if len(codes) > 1:
                codes = [code for code in codes if plain(organ) in self._organ_names.get(self._organ_of[code], ())]
                if len(codes) != 1:
                    return FoundItem(why=Why.AMBIGUOUS_ITEM, words=f"“{title}”对应多个事项, 许可机关“{organ}”不能区分")
            if codes:
                return FoundItem(codes[0])
        shown = next((title for title in titles if title), "")
        words = f"目录中没有“{shown[:60]}”, 请在 --items 文件里写明" if shown else "没有许可名称"
        return FoundItem(why=Why.UNKNOWN_ITEM, words=words)
