"""Importing files: streaming, idempotent, nothing overwritten, bad rows set aside with their reason."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from ..clock import legal_day, rfc3339
from ..errors import SetupFault
from ..files.harmless import harmless_row
from ..files.reading import Row, open_rows
from ..files.whole import writing_whole
from ..rulebook.catalogue import Catalogue
from ..storage.database import Store
from .columns import FileKind, places, recognised
from .identity import PersonKey
from .loading import Delivery, begin, finish, load_rows
from .reports import ImportReport
from .rows import ReadRow, RowFault, RowReader, attribute_columns

CHUNK = 1_000
"""Rows in one transaction."""


def import_file(
    store: Store,
    path: Path,
    *,
    catalogue: Catalogue,
    person_key: PersonKey,
    data_day: date,
    known_at: datetime,
    feed: str | None = None,
    rejects: Path | None = None,
    progress: Callable[[int], None] | None = None,
    complete: bool = False,
    sheet: str | None = None,
) -> ImportReport:
    """Load a file. `data_day` is the legal day up to which its data is complete; `known_at` the present instant.

    A file with rejected rows does not make its feeds complete: what they would have said is not known. `complete`
    is the operator's word that it is nothing that matters. `sheet`: the one that is read; without it all that have the
    same headers are.

    Interrupted, it can be run again: what is there already is found unchanged. Raises SetupFault for a file that is
    none of the known kinds, StoreDown where the store fails.
    """
    if feed is not None and feed not in catalogue.feeds:
        raise SetupFault(f"目录中没有数据源 {feed}", "可用的有 " + "、".join(catalogue.feeds), "feed")
    with (
        open_rows(path, is_header=_is_header(catalogue), sheet=sheet) as rows,
        _Rejects(rejects or path.with_name(path.name + ".rejects.csv")) as aside,
    ):
        headers = next(rows, (1, []))[1]
        kind = recognised(headers)
        if kind is FileKind.SUBJECTS and not attribute_columns(headers, catalogue):
            kind = None  # any file has codes: what makes it one of subjects are their attributes
        if kind is None:
            raise SetupFault(f"不认识的表头: {path.name}", "表头对照见 registry/columns.py 和文档", "file")
        person_hash = partial(person_key.hash, today=legal_day(known_at))
        reader = RowReader(kind, places(kind, headers), headers, catalogue, person_hash)
        delivery = Delivery(catalogue, data_day, rfc3339(known_at), feed)
        delivery = replace(delivery, batch=begin(store, path.name, kind.value, delivery))
        report = ImportReport(path, kind, feeds={feed} if feed else set())
        aside.headers = headers
        for chunk in _chunks(iter(rows)):
            cells = dict(chunk)
            for row in load_rows(store, _read(chunk, reader, report, aside), delivery, report):
                aside.add(row.row, RowFault("数据日期", f"已有 {row.later} 的数据, 较早的不覆盖"), cells[row.row])
            if progress is not None:
                progress(len(chunk))
        report.notes += rows.notes
    report.reject_file = aside.path if report.rejected or report.outdated else None
    report.delivered = complete or not report.rejected
    finish(store, report, delivery)
    return report


def _is_header(catalogue: Catalogue) -> Callable[[list[str]], bool]:
    def fits(cells: list[str]) -> bool:
        kind = recognised(cells)
        return kind is not None and (kind is not FileKind.SUBJECTS or bool(attribute_columns(cells, catalogue)))

    return fits


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        if any(row[1]):
            chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _read(chunk: list[Row], reader: RowReader, report: ImportReport, aside: _Rejects) -> list[tuple[int, ReadRow]]:
    good: list[tuple[int, ReadRow]] = []
    for number, cells in chunk:
        report.rows += 1
        try:
            good += [(number, row) for row in reader.read(cells)]
        except RowFault as fault:
            report.rejected += 1
            aside.add(number, fault, cells)
    return good


class _Rejects(ExitStack):
    """The file of rows that were not loaded; made when the first one comes, whole or not there."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.headers: list[str] = []
        self._writer: Any = None

    def add(self, number: int, fault: RowFault, cells: list[str]) -> None:
        """Set a row aside: row number, field, reason, and the cells as they came, citizen numbers masked."""
        if self._writer is None:
            file = self.enter_context(writing_whole(self.path))
            self._writer = csv.writer(TextIOWrapper(file, "utf-8-sig", newline="", write_through=True))
            self._writer.writerow(harmless_row(["行号", "字段", "原因", *self.headers]))
        shown = (self._shown(place, cell) for place, cell in enumerate(cells))
        self._writer.writerow(harmless_row([number, fault.field, fault.reason, *shown]))

    def _shown(self, place: int, cell: str) -> str:
        header = self.headers[place] if place < len(self.headers) else ""
        return "(不保留)" if "证件号码" in header and cell else cell
