"""Rows of a sheet as fields of rule files, cell by cell, each by the very reader of its field: all faults are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...rulebook.catalogue import Catalogue
from ...rulebook.language import Place
from ...rulebook.reader_values import Trail
from ...rulebook.source import Faults, Node, Scalar, Unreadable
from ...rulebook.source import Mapping as MappingNode
from ...rulebook.tables_cells import fields
from .columns import RANGE, REMARK, SheetColumn, read
from .nodes import ordered, plain
from .sheets import SheetCell, SheetRow
from .typed import EntryReaders, joined_remark

_KNOWN = {"organ": "organs", "region": "regions", "instrument": "instruments", "measures": "soft_measures"}
_CITED = ("penalty_basis", "basis")
_SECTIONS = {"organs": "部门", "regions": "行政区划", "instruments": "依据", "soft_measures": "柔性措施"}
_DAYS = ("from", "until")
VERIFIED = "verified"
"""The field of which a cell is no field of the rule files: the register of verification says it."""


@dataclass(slots=True)
class RowFields:
    """A row's fields by what has them: as nodes that stand at their cells, and as values."""

    nodes: dict[str, dict[str, Node]] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    sound: bool = False
    """No fault of this row was noted."""

    def put(self, of: str, name: str, node: Node, value: object) -> None:
        """Add a field."""
        self.nodes.setdefault(of, {})[name] = node
        self.values.setdefault(of, {})[name] = value


class EntryRowReader:
    """Reads rows into fields."""

    def __init__(self, catalogue: Catalogue, faults: Faults) -> None:
        self._catalogue = catalogue
        self._faults = faults
        self.readers = EntryReaders(catalogue)

    def fields(self, row: SheetRow) -> RowFields:
        """The fields of a row; those with a fault are left out."""
        before = len(self._faults.found)
        found = RowFields()
        for column, cell in row.cells.items():
            if column.needed and not cell.text and not cell.bad:
                self._faults.add(cell.place, f"{column.header}不能为空", "写上内容")
            elif cell.text and not cell.bad and column.field not in ("", "remark", VERIFIED, *_DAYS):
                self._cell(found, column, cell)
        self._remark(found, row)
        self._effective(found, row)
        found.sound = len(self._faults.found) == before
        return found

    def node(self, of: str, found: RowFields, place: Place, **more: Node) -> MappingNode:
        """What a row says of a list, an entry or a version, in the order of rule files."""
        return ordered(fields(place, {**found.nodes.get(of, {}), **more}), self.readers.order(of))

    def _cell(self, found: RowFields, column: SheetColumn, cell: SheetCell) -> None:
        try:
            node = read(column.form, cell.text, cell.place, self._faults)
        except Unreadable:
            return
        self._field(found, column.of, column.field, node)
        self._known(column.field, node, cell.place)

    def _field(self, found: RowFields, of: str, name: str, node: Node) -> None:
        before = len(self._faults.found)
        try:
            value = self.readers.of[of][name](node, Trail(self._faults, {(): node.place}))
        except Unreadable:
            return
        if len(self._faults.found) == before:  # a list notes its faults and goes on
            found.put(of, name, node, value)

    def _remark(self, found: RowFields, row: SheetRow) -> None:
        """The remark, of one column or two."""
        cells = {column: cell for column, cell in row.cells.items() if column.header in (RANGE, REMARK)}
        said = {column.header: cell.text for column, cell in cells.items()}
        remark = joined_remark(said.get(RANGE, ""), said.get(REMARK, ""))
        of = next((column.of for column in cells if column.of), "")
        if remark and of and not any(cell.bad for cell in cells.values()):
            place = next(cell.place for cell in cells.values() if cell.text)
            self._field(found, of, "remark", Scalar(remark, True, place))

    def _effective(self, found: RowFields, row: SheetRow) -> None:
        """The days of two columns, as one field."""
        cells = {column: cell for column, cell in row.cells.items() if column.field in _DAYS}
        days = {column.field: cell for column, cell in cells.items() if cell.text}
        if not days or any(cell.bad for cell in cells.values()):
            return
        if "from" not in days:
            start = next((column, cell) for column, cell in cells.items() if column.field == "from")
            if not start[0].needed:
                self._faults.add(start[1].place, "写了止日, 起日却空着", "起日和止日都写上")
            return
        pairs: dict[str, Node] = {name: Scalar(cell.text, False, cell.place) for name, cell in days.items()}
        of = next(column.of for column in cells)
        self._field(found, of, "effective", fields(days["from"].place, pairs))

    def _known(self, name: str, node: Node, place: Place) -> None:
        """Note codes that the catalogue does not know."""
        said = plain(node)
        codes: list[tuple[str, object]] = []
        if name in _KNOWN:
            codes = [(_KNOWN[name], part) for part in (said if isinstance(said, tuple) else (said,))]
        elif name in _CITED and isinstance(said, tuple):
            codes = [("instruments", part.get("instrument")) for part in said if isinstance(part, dict)]
        for section, code in codes:
            known = getattr(self._catalogue, section)
            if isinstance(code, str) and code not in known:
                self._faults.add(place, f"{_SECTIONS[section]}里没有 {code}", self._faults.nearest(code, list(known)))
