"""For which item of the catalogue a licence is: by code, title, certificate's name, mapping, and by earlier titles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...errors import SetupFault
from ...rulebook.catalogue import Catalogue, Item
from .classes import UnmatchedReason
from .licences import spelt_one_way

NONE = "-"
"""What a mapping says of a kind of licence for which no check is required."""

_CERTIFICATE = "证"
"""A certificate is mostly named by the licence with this behind it: 食品经营许可证. Others stand in the catalogue."""

Former = Callable[[], Iterable[Item]]
"""Items of earlier catalogues. Asked once, where a name is not known otherwise."""


@dataclass(frozen=True, slots=True)
class ItemMeaning:
    """What a name means: an item, or why it is none."""

    item: str = ""
    reason: UnmatchedReason | None = None


EXEMPT = ItemMeaning(reason=UnmatchedReason.EXEMPT_ITEM)
AMBIGUOUS = ItemMeaning(reason=UnmatchedReason.AMBIGUOUS_ITEM)


class Items:
    """Finds the item that a text of the file names."""

    def __init__(self, catalogue: Catalogue, mapped: Mapping[str, str], former: Former = tuple) -> None:
        """`mapped`: from texts of the file to codes or titles of items, or `-`. Raises SetupFault for unknown items."""
        self._items = catalogue.items
        self._tables = (_by_code(catalogue.items.values()), _by_title(catalogue.items.values()))
        self._mapped = {spelt_one_way(text): self._meant(text, to) for text, to in mapped.items()}
        self._former = former
        self._former_titles: Mapping[str, Sequence[str]] | None = None
        self._found: dict[tuple[str, str], ItemMeaning | None] = {}

    def find(self, text: str, organ: str) -> ItemMeaning | None:
        """What a text of an organ's licence names; None where it is nothing."""
        key = (text, organ)
        if key not in self._found:
            self._found[key] = self._look(spelt_one_way(text), organ)
        return self._found[key]

    def organ_of(self, item: str) -> str:
        """The organ whose item it is."""
        return self._items[item].organ

    def require(self, name: str, field: str) -> str:
        """The code of an item by code or title. Raises SetupFault where the catalogue has none, or several."""
        wanted = spelt_one_way(name)
        for table in self._tables:
            if len(table.get(wanted, ())) == 1:
                return table[wanted][0]
        raise SetupFault(f"目录中没有事项“{name}”", "写事项代码或名称", field)

    def _meant(self, text: str, to: str) -> ItemMeaning:
        if to == NONE:
            return EXEMPT
        try:
            return ItemMeaning(self.require(to, "items"))
        except SetupFault as fault:
            hint = f"写事项代码或名称, 不需核查的写 {NONE}"
            raise SetupFault(f"对照表把“{text}”对应到“{to}”, 目录中没有这个事项", hint, "items") from fault

    def _look(self, text: str, organ: str) -> ItemMeaning | None:
        if text in self._mapped:
            return self._mapped[text]
        for table in self._tables:
            if text in table:
                return self._only(table[text], organ)
        if self._former_titles is None:
            self._former_titles = _by_title(self._former())
        known = [code for code in self._former_titles.get(text, ()) if code in self._items]
        return self._only(known, organ) if known else None

    def _only(self, codes: Sequence[str], organ: str) -> ItemMeaning:
        own = codes if len(codes) == 1 else [code for code in codes if self._items[code].organ == organ]
        return ItemMeaning(own[0]) if len(own) == 1 else AMBIGUOUS


def _by_code(items: Iterable[Item]) -> dict[str, Sequence[str]]:
    return {spelt_one_way(item.code): (item.code,) for item in items}


def _by_title(items: Iterable[Item]) -> dict[str, Sequence[str]]:
    """A title goes before a certificate's name."""
    titles: dict[str, dict[str, None]] = {}
    certificates: dict[str, dict[str, None]] = {}
    for item in items:
        title = spelt_one_way(item.title)
        titles.setdefault(title, {})[item.code] = None
        for name in (title + _CERTIFICATE, *map(spelt_one_way, item.certificates or ())):
            certificates.setdefault(name, {})[item.code] = None
    return {name: tuple(codes) for name, codes in (certificates | titles).items()}


class Organs:
    """Finds the organ that a text of the file names."""

    def __init__(self, catalogue: Catalogue, mapped: Mapping[str, str]) -> None:
        """`mapped`: from texts of the file to codes or titles of organs. Raises SetupFault for an unknown organ."""
        self._known = {
            spelt_one_way(name): one.code for one in catalogue.organs.values() for name in (one.code, one.title)
        }
        for text, to in mapped.items():
            code = self._known.get(spelt_one_way(to))
            if code is None:
                raise SetupFault(f"对照表把“{text}”对应到“{to}”, 目录中没有这个部门", "写部门代码或名称", "organs")
            self._known[spelt_one_way(text)] = code
        self._found: dict[str, str] = {}

    def find(self, text: str) -> str:
        """The organ's code; empty where the text names none."""
        code = self._found.get(text)
        if code is None:
            code = self._found[text] = self._known.get(spelt_one_way(text), "")
        return code
