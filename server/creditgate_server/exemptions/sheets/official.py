"""A list in the official columns alone, as another city sends it: words into codes, where the words are known ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import openpyxl

from ...rulebook.catalogue import Catalogue, ExemptionKind, Instrument
from ...rulebook.language import Place
from ...rulebook.source import Faults, Node, Scalar, Sequence
from ...rulebook.source import Mapping as MappingNode
from ...rulebook.tables_cells import fields
from ...rulebook.tables_files import top_of
from .citing import Titles, cited_in, in_force
from .columns import (
    BASIC_CODE,
    BASIS,
    CIRCUMSTANCES,
    MEASURES,
    OFFICIAL,
    PENALTY_BASIS,
    TITLE,
    official_columns,
)
from .nodes import ordered, text_of
from .rows import EntryRowReader, RowFields
from .sheets import SheetRow, header_line, is_empty, read_grid
from .typed import EntrySource, ListSource

FITS = "circumstances_fit"
"""Circumstance that stands for conditions which a list only has in words: the inspector says whether they fit."""
_FITS_FACT = {
    "name": FITS,
    "label": "适用情形符合",
    "type": "flag",
    "source": "circumstance",
    "supplier": "办案人员",
}
_SEPARATORS = re.compile(r"[、,，;；。\s]+")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")


@dataclass(frozen=True, slots=True)
class OfficialList:
    """What the operator says of a list whose workbook has the official columns alone."""

    code: str
    title: str
    region: str
    organ: str
    instrument: str
    kind: ExemptionKind
    start: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ReadOfficial:
    """The list of such a workbook, and what was passed over."""

    listed: ListSource
    notes: tuple[str, ...]


def fits_fact(place: Place) -> MappingNode:
    """The fact, for a library that does not have it."""
    return fields(place, {name: Scalar(text, False, place) for name, text in _FITS_FACT.items()})


class OfficialReader:
    """Turns the rows of one list into entries.

    Where a draft is wanted, what can't be matched goes into the remark instead of being a fault.
    """

    def __init__(self, catalogue: Catalogue, listed: OfficialList, faults: Faults, *, draft: bool) -> None:
        self._catalogue, self._listed, self._faults, self._draft = catalogue, listed, faults, draft
        self._rows = EntryRowReader(catalogue, faults)
        self._titles = Titles(catalogue.instruments.values())
        self._measures = {_bare(one.title): one.code for one in catalogue.soft_measures.values()}
        self._by_basic_code = {one.basic_code: one for one in catalogue.exemptions.values() if one.basic_code}
        self._by_title = {_bare(one.title): one for one in catalogue.exemptions.values()}
        self._taken = set(catalogue.exemptions)

    def workbook(self, file: str, book: openpyxl.Workbook) -> ReadOfficial:
        """The list of all sheets that have the official columns."""
        columns, notes = official_columns(ranged=True), []
        entries: list[EntrySource] = []
        seen: dict[str, SheetRow] = {}
        for worksheet in book.worksheets:
            line = header_line(worksheet, OFFICIAL)
            if not line:
                if not is_empty(worksheet):
                    notes.append(f"工作表“{worksheet.title}”没有官方栏目的表头, 没有读它")
                continue
            grid = read_grid(file, worksheet, line, columns, OFFICIAL, self._faults)
            for row in grid.rows if grid else ():
                entries += self._row(row, seen)
        if not entries and not self._faults.found:
            self._faults.add(top_of(file), "没有清单的工作表", f"表头应有 {'、'.join(OFFICIAL)}")
        return ReadOfficial(ListSource(self._definition(top_of(file)), tuple(entries)), tuple(notes))

    def _definition(self, place: Place) -> MappingNode:
        listed = self._listed
        days: dict[str, Node] = {"from": Scalar(listed.start.isoformat(), False, place)}
        if listed.until is not None:
            days["until"] = Scalar(listed.until.isoformat(), False, place)
        names = ("code", "title", "region", "organ", "instrument")
        pairs: dict[str, Node] = {name: Scalar(getattr(listed, name), True, place) for name in names}
        return fields(place, {**pairs, "effective": fields(place, days), "verified": Scalar("false", False, place)})

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _row(self, row: SheetRow, seen: dict[str, SheetRow]) -> Iterator[EntrySource]:
        before = len(self._faults.found)
        found = self._rows.fields(row)
        self._once(row, seen)
        circumstances = row.cell(CIRCUMSTANCES)
        if circumstances is not None and not circumstances.text and not circumstances.bad:
            self._faults.add(circumstances.place, f"{CIRCUMSTANCES}不能为空", "没有适用情形就无从判断; 写上内容")
        notes: list[str] = []
        penalty = self._citations(row, PENALTY_BASIS, notes)
        basis = self._citations(row, BASIS, notes)
        measures = self._codes(row, notes)
        entry = self._entry(row, found, penalty, notes)
        version = self._version(row, found, basis, measures, notes)
        if len(self._faults.found) == before:
            yield EntrySource(entry, version)

    def _once(self, row: SheetRow, seen: dict[str, SheetRow]) -> None:
        """Note a title or a code that stood in a row before."""
        for header in (TITLE, BASIC_CODE):
            cell = row.cell(header)
            if cell is None or not cell.text:
                continue
            first = seen.setdefault(f"{header} {cell.text}", row)
            if first is not row:
                message = f"{header}与第 {first.number} 行相同"
                self._faults.add(cell.place, message, "同一事项写一行; 类别不同的分开导入")

    def _entry(self, row: SheetRow, found: RowFields, penalty: list[Node], notes: list[str]) -> MappingNode:
        """The entry: a known one by its code alone, or a new one."""
        own = self._rows.node("entry", found, row.place)
        title, basic_code = text_of(own, "title"), text_of(own, "basic_code")
        by_code, by_title = self._by_basic_code.get(basic_code), self._by_title.get(_bare(title))
        known = by_code or by_title
        if by_code and by_title and by_code is not by_title:
            place = next(cell.place for column, cell in row.cells.items() if column.header == BASIC_CODE)
            message = f"基本编码是 {by_code.code}({by_code.title})的, 事项名称却是 {by_title.code} 的"
            self._faults.add(place, message, "核对编码和名称")
        if known is not None:
            if known.title != title:
                notes.append(f"本清单的事项名称: {title}")
            said = {(text_of(one, "instrument"), text_of(one, "article")) for one in penalty}
            if said - {(one.instrument, one.article) for one in known.penalty_basis}:
                notes.append(f"本清单的设定依据: {self._text(row, PENALTY_BASIS)}")
            return fields(row.place, {"code": Scalar(known.code, True, row.place)})
        pairs: dict[str, Node] = {
            "code": Scalar(self._new_code(), True, row.place),
            "organ": Scalar(self._listed.organ, True, row.place),
        }
        if penalty:
            pairs["penalty_basis"] = Sequence(tuple(penalty), row.place)
        return ordered(fields(row.place, {**found.nodes.get("entry", {}), **pairs}), self._rows.readers.order("entry"))

    def _new_code(self) -> str:
        number = 1
        while f"{self._listed.code}-{number}" in self._taken:
            number += 1
        code = f"{self._listed.code}-{number}"
        self._taken.add(code)
        return code

    def _version(
        self, row: SheetRow, found: RowFields, basis: list[Node], measures: list[Node], notes: list[str]
    ) -> MappingNode:
        """The version: its condition is one question to the inspector, whether the circumstances fit."""
        place = row.place
        test = fields(place, {"fact": Scalar(FITS, False, place), "is": Scalar("true", False, place)})
        pairs: dict[str, Node] = {
            "list": Scalar(self._listed.code, True, place),
            "kind": Scalar(self._listed.kind.value, False, place),
            "when": Sequence((test,), place),
            "verified": Scalar("false", False, place),
        }
        if measures:
            pairs["measures"] = Sequence(tuple(measures), place)
        if basis:
            pairs["basis"] = Sequence(tuple(basis), place)
        own = found.nodes.get("version", {})
        remark = own.get("remark")
        said = [remark.text] if isinstance(remark, Scalar) else []
        if said or notes:
            pairs["remark"] = Scalar("; ".join([*said, *notes]), True, remark.place if remark else place)
        return ordered(fields(place, {**own, **pairs}), self._rows.readers.order("version"))

    # -- words into codes ---------------------------------------------------------------------------------------------

    def _citations(self, row: SheetRow, header: str, notes: list[str]) -> list[Node]:
        """The citations of a cell. What is none is a fault, or a note in a draft."""
        cell = row.cell(header)
        if cell is None or not cell.text:
            return []
        said = cited_in(cell.text)
        wrong: list[tuple[str, str]] = []
        nodes: list[Node] = []
        for one in said.cited:
            instrument = self._instrument(one.title, wrong)
            if instrument is None:
                continue
            for article in one.articles or ("",):
                if header == BASIS and not article and instrument.code == self._listed.instrument:
                    continue  # the list itself is always cited
                pairs: dict[str, Node] = {"instrument": Scalar(instrument.code, False, cell.place)}
                if article:
                    pairs["article"] = Scalar(article, True, cell.place)
                nodes.append(fields(cell.place, pairs))
        if said.rest:
            wrong.append((f"看不懂“{said.rest[:40]}”", "只写《文件名》第几条第几款第几项"))
        self._unmatched(header, cell.text, cell.place, wrong, notes)
        return list({(text_of(one, "instrument"), text_of(one, "article")): one for one in nodes}.values())

    def _instrument(self, title: str, wrong: list[tuple[str, str]]) -> Instrument | None:
        named = self._titles.named(title)
        if not named:
            wrong.append(
                (f"规则库的依据里没有《{title}》", self._faults.nearest(self._titles.short(title), self._titles.known))
            )
            return None
        found = next(in_force(named, self._listed.start, self._listed.until), None)
        if found is None:
            wrong.append((f"《{title}》在 {self._listed.start} 没有施行的版本", "核对清单的施行日期, 或补上当时的版本"))
        return found

    def _codes(self, row: SheetRow, notes: list[str]) -> list[Node]:
        """The soft measures of a cell."""
        cell = row.cell(MEASURES)
        if cell is None or not cell.text:
            return []
        wrong: list[tuple[str, str]] = []
        codes: list[str] = []
        for word in filter(None, _SEPARATORS.split(cell.text)):
            code = self._measures.get(_bare(word))
            if code is None:
                wrong.append((f"没有柔性措施“{word[:40]}”", self._faults.nearest(_bare(word), self._measures)))
            else:
                codes.append(code)
        self._unmatched(MEASURES, cell.text, cell.place, wrong, notes)
        return [Scalar(code, False, cell.place) for code in dict.fromkeys(codes)]

    def _unmatched(self, header: str, text: str, place: Place, wrong: list[tuple[str, str]], notes: list[str]) -> None:
        if wrong and self._draft:
            notes.append(f"{header}原文: {' '.join(text.split())}")
            return
        for message, hint in wrong:
            self._faults.add(place, message, hint)

    @staticmethod
    def _text(row: SheetRow, header: str) -> str:
        cell = row.cell(header)
        return " ".join(cell.text.split()) if cell else ""


def _bare(text: str) -> str:
    """A title without blanks and what stands in brackets: 责令(限期)改正 is 责令改正."""
    return "".join(_BRACKETS.sub("", text).split())
