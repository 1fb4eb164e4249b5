"""Rows in the official columns alone: words into codes, where the words are those of the catalogue."""

from __future__ import annotations

import re

from ..rulebook.catalogue import Catalogue
from ..rulebook.language import Place
from ..rulebook.source import Faults
from .columns import BASIS_WORDS, MEASURE_WORDS, PENALTY_WORDS
from .source import Element

FITS = "circumstances_fit"
"""Circumstance that stands for conditions which a list only has in words: the inspector says whether they fit."""
FITS_FACT: Element = {
    "name": FITS,
    "label": "符合清单的适用情形",
    "type": "flag",
    "source": "circumstance",
    "supplier": "办案人员",
}

_CITED = re.compile(r"《([^》]+)》\s*(第[^《;；,，、。\s]+)?")
_SEPARATORS = re.compile(r"[、,，;；\s]+")


class OfficialRows:
    """Turns the rows of one list into entries."""

    def __init__(self, catalogue: Catalogue, listed: Element, faults: Faults) -> None:
        self._listed = listed
        self._faults = faults
        since = listed["effective"]["from"]
        in_force = [one for one in catalogue.instruments.values() if one.effective.holds_on(since)]
        self._instruments = {_plain(one.title): one.code for one in in_force}
        self._measures = {one.title: one.code for one in catalogue.soft_measures.values()}
        self._by_basic_code = {one.basic_code: one.code for one in catalogue.exemptions.values() if one.basic_code}
        self._by_title = {one.title: one.code for one in catalogue.exemptions.values()}

    def row(
        self, number: int, entry: Element, version: Element, cited: dict[str, tuple[str, Place]]
    ) -> tuple[Element, Element]:
        """An entry and its version. Conditions are one question to the inspector: whether the circumstances fit."""
        code = self._by_basic_code.get(entry.get("basic_code", "")) or self._by_title.get(entry.get("title", ""))
        whole: Element = {"code": code or f"{self._listed['code']}-{number}", "title": entry.get("title", "")}
        whole["organ"] = self._listed["organ"]
        if entry.get("basic_code"):
            whole["basic_code"] = entry["basic_code"]
        penalty = self._citations(*cited[PENALTY_WORDS])
        if penalty:
            whole["penalty_basis"] = penalty
        own: Element = {"list": self._listed["code"], "kind": self._listed["kind"]}
        if version.get("circumstances"):
            own["circumstances"] = version["circumstances"]
        own["when"] = [{"fact": FITS, "is": True}]
        measures = self._measures_of(*cited[MEASURE_WORDS])
        if measures:
            own["measures"] = measures
        basis = [one for one in self._citations(*cited[BASIS_WORDS]) if one["instrument"] != self._listed["instrument"]]
        if basis:
            own["basis"] = basis
        if version.get("remark"):
            own["remark"] = version["remark"]
        own["verified"] = False
        return whole, own

    def _citations(self, text: str, place: Place) -> list[Element]:
        found: list[Element] = []
        for title, article in _CITED.findall(text):
            code = self._instruments.get(_plain(title))
            if code is None:
                self._faults.add(
                    place, f"依据里没有《{title}》", self._faults.nearest(_plain(title), self._instruments)
                )
            elif article:
                found.append({"instrument": code, "article": article})
            else:
                found.append({"instrument": code})
        if text and not found and not _CITED.search(text):
            self._faults.add(place, "没有写明文件的名称", "写成《文件名》第几条")
        return found

    def _measures_of(self, text: str, place: Place) -> list[str]:
        found = []
        for word in filter(None, _SEPARATORS.split(text)):
            code = self._measures.get(word)
            if code is None:
                self._faults.add(place, f"没有柔性措施“{word}”", self._faults.nearest(word, self._measures))
            else:
                found.append(code)
        return found


def _plain(title: str) -> str:
    """A title without the state's name and the year of its revision."""
    return re.sub(r"\([^)]*\)|（[^）]*）", "", title.removeprefix("中华人民共和国"))
