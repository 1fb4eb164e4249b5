"""Tells rules that were read from tables their rows, and checks that a table's id is not used twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import combinations

import msgspec

from .language import Place, Rule
from .library import Library, Placed
from .source import Faults
from .tables import Table


def attach_rows(library: Library, tables: Iterable[Table], faults: Faults) -> None:
    """Tell each rule that was read from a table its row. Notes tables that are written twice for the same days."""
    rows = {place: row for table in tables for place, row in table.rows.items()}
    for table in tables:
        library.broken["rules"] |= table.broken
    for position, placed in enumerate(library.rules):
        row = rows.get(placed.at())
        if row is not None:
            rule = msgspec.structs.replace(placed.value, row=row)
            library.rules[position] = Placed(rule, placed.places)
    _check_versions(library, faults)


def _check_versions(library: Library, faults: Faults) -> None:
    """Two sheets may bear one table's id only as versions of it: no day may lie in both."""
    tables: dict[str, dict[str, list[Placed[Rule]]]] = defaultdict(lambda: defaultdict(list))
    for placed in library.rules:
        if placed.value.row is not None:
            tables[placed.value.row.table][_sheet_of(placed.at())].append(placed)
    for table, versions in tables.items():
        for (first, earlier), (_, later) in combinations(versions.items(), 2):
            if _days(earlier)[0] <= _days(later)[1] and _days(later)[0] <= _days(earlier)[1]:
                message = f"表 {table} 在 {first} 里已经有了, 有效期重叠"
                faults.add(later[0].at(), message, "换一个表的编号; 若是新版本, 给前一版每行写上 until")


def _sheet_of(place: Place) -> str:
    """The file, and in a workbook the sheet, without the cell."""
    file, ending, cell = place.file.rpartition(".xlsx!")
    return f"{file}{ending}{cell.rpartition('!')[0]}" if ending else place.file


def _days(rows: list[Placed[Rule]]) -> tuple[date, date]:
    """First and last day on which any of the rows is in force, inclusive."""
    periods = [row.value.effective for row in rows]
    return min(period.start for period in periods), max(period.until or date.max for period in periods)
