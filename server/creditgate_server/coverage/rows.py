"""From a row's cells to a licence, or to the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from ..codes import PERSON_KEY, citizen_id_fault, uscc_fault
from ..rulebook.catalogue import Catalogue
from .items import ItemFinder
from .titles import NO_ORGAN
from .values import Licence, Place, Row, Unmatched, Why

ITEM_FIELDS = ("item", "certificate", "content")
"""Fields that may name the item, the most telling first."""
_DAY = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))(?:[ T].*)?")
_PERSON = "person"
_REMEMBERED = 200_000
"""Identifiers and days whose reading is kept; then it begins anew."""


class RowReader:
    """Reads rows of one file. `places`: for each field the column that brings it."""

    def __init__(
        self,
        places: Mapping[str, int],
        catalogue: Catalogue,
        items: ItemFinder,
        person: Callable[[str], tuple[str, str]],
    ) -> None:
        """`person`: from a citizen identity number to (identifier, fault in Chinese), one of them empty."""
        self._subject, self._day = places["subject"], places["issued_on"]
        self._person_place = places.get("id_number", -1)
        self._organ, self._document = places.get("organ", -1), places.get("document", -1)
        self._titles = tuple(places[field] for field in ITEM_FIELDS if field in places)
        self._items, self._person = items, person
        self._organs = {code: organ.title for code, organ in catalogue.organs.items()}
        self._faults: dict[str, str] = {}
        self._days: dict[str, date | None] = {}

    def read(self, place: Place, cells: Sequence[str]) -> Row:
        """A licence, or a row that can't be put to a check: its first fault of date, code, item."""
        width = len(cells)
        organ = cells[self._organ] if 0 <= self._organ < width else ""
        organ = self._organs.get(organ, organ) or NO_ORGAN
        document = cells[self._document] if 0 <= self._document < width else ""
        issued_on = self._read_day(cells[self._day] if self._day < width else "")
        found = self._items.find([cells[title] for title in self._titles if title < width], organ)
        if issued_on is None:
            given = cells[self._day] if self._day < width else ""
            words = f"“{given[:20]}”不是日期" if given else "许可决定日期为空"
            return Unmatched(place, Why.NO_DATE, words, organ, document, found.code)
        subject, fault = self._read_subject(cells)
        if fault:
            return Unmatched(place, Why.BAD_CODE, fault, organ, document, found.code, issued_on)
        if found.why is not None:
            return Unmatched(place, found.why, found.words, organ, document, "", issued_on)
        return Licence(place, subject, found.code, organ, document, issued_on)

    def _read_subject(self, cells: Sequence[str]) -> tuple[str, str]:
        """The identifier and what is wrong with it: one of them is empty."""
        code = cells[self._subject].upper() if self._subject < len(cells) else ""
        if not code:
            number = cells[self._person_place] if 0 <= self._person_place < len(cells) else ""
            return self._person(number.upper()) if number else ("", "没有主体代码")
        if code.startswith("P:") and PERSON_KEY.fullmatch(code.lower()):
            return code.lower(), ""
        fault = self._faults.get(code)
        if fault is None:
            if len(self._faults) >= _REMEMBERED:
                self._faults.clear()
            fault = self._faults[code] = _PERSON if _is_person(code) else uscc_fault(code)
        if fault == _PERSON:
            return self._person(code)
        return ("", fault) if fault else (code, "")

    def _read_day(self, text: str) -> date | None:
        if text in self._days:
            return self._days[text]
        if len(self._days) >= _REMEMBERED:
            self._days.clear()
        day = self._days[text] = _day(text)
        return day


def _is_person(code: str) -> bool:
    """A citizen identity number in the wrong column: one of 31 would pass for a credit code. None begins with 9."""
    return code[:1] != "9" and not citizen_id_fault(code)


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5]))
    except ValueError:
        return None
