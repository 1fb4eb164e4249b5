"""Importing files: streaming, idempotent, nothing overwritten, bad rows set aside with their reason."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from ..clock import legal_day, rfc3339
from ..errors import SetupFault
from ..files.reading import Row, open_rows
from ..rulebook.catalogue import Catalogue
from ..storage.database import Store
from .cells import RowFault, with_lines
from .control import Control
from .forms import NO_MAPPING, FormMapping, Forms
from .identity import PersonKey
from .loading import Delivery, OlderRow, begin, feeds_of, feeds_of_kind, finish, load_rows, rehearsed
from .rejects import Rejects, reject_file
from .reports import ImportReport
from .revisions import read_rows
from .row_reader import RowReader
from .rows import ReadRow, RecordRow
from .survey import FileSurvey, surveyed, thing_of
from .understanding import Understander, Understanding
from .unsettled import unsettled

CHUNK = 1_000
"""Rows in one transaction."""
_NOTHING_ANNOUNCED = Control()


@dataclass(frozen=True, slots=True)
class HowToImport:
    """What an operator says of a file, besides where it is."""

    mapping: FormMapping = NO_MAPPING
    feed: str | None = None
    """Code of the feed; None: the rows tell it."""
    sheet: str | None = None
    """The one that is read; None: all that have the same headers."""
    rejects: Path | None = None
    """None: beside the file."""
    complete: bool = False
    """The operator's word that rejected rows are nothing that matters."""
    older: bool = False
    """It counts even against what a file of a later day said."""
    control: Control = _NOTHING_ANNOUNCED
    rehearsal: bool = False
    """Nothing is written: neither to the registry nor a file of rejected rows."""


def import_file(
    store: Store,
    path: Path,
    *,
    catalogue: Catalogue,
    forms: Forms,
    person_key: PersonKey,
    data_day: date,
    known_at: datetime,
    how: HowToImport | None = None,
    progress: Callable[[int], None] | None = None,
    began: Callable[[FileSurvey], None] | None = None,
) -> ImportReport:
    """Load a file. `data_day` is the legal day up to which its data is complete; `known_at` the present instant.

    It is looked through once before anything is written: a file that can't be read to its end changes nothing. A file
    with rejected rows, or with other totals than were announced, does not make its feeds complete: what they would have
    said is not known. `began` is told what the first look found.

    Interrupted, it can be run again: what is there already is found unchanged. Raises SetupFault for a file that is
    not understood, StoreDown where the store fails.
    """
    how = how or HowToImport()
    if how.feed is not None and how.feed not in catalogue.feeds:
        raise SetupFault(f"目录中没有数据源 {how.feed}", "可用的有 " + "、".join(catalogue.feeds), "feed")
    understander = Understander(forms, catalogue, how.mapping)

    def reader_of(found: Understanding) -> RowReader:
        return RowReader(found, catalogue, partial(person_key.hash, today=legal_day(known_at)), data_day)

    survey = surveyed(path, understander, reader_of, how.sheet)
    if began is not None:
        began(survey)
    form = survey.understanding.form
    report = ImportReport(path, form.kind, feeds={how.feed} if how.feed else set(), notes=survey.notes)
    delivery = Delivery(catalogue, data_day, rfc3339(known_at), how.feed, older=how.older)
    if not how.rehearsal:
        delivery = replace(delivery, batch=begin(store, path.name, form.kind.words, delivery))
    load = partial(rehearsed if how.rehearsal else load_rows, store)
    reader = reader_of(survey.understanding)
    with (
        _lasting_put_aside(),
        open_rows(path, is_header=understander.is_header, sheet=how.sheet) as rows,
        Rejects(how.rejects or reject_file(path)) as aside,
    ):
        next(rows, None)
        aside.of(survey.understanding)
        set_aside = _not_kept if how.rehearsal else aside.add
        page = _Page(reader, survey, report, set_aside, how.feed, catalogue)
        for chunk in _chunks(iter(rows)):
            for late in load(page.read(chunk), delivery, report):
                page.reject(late)
            if progress is not None:
                progress(len(chunk))
    report.untold = reader.untold
    report.notes += _notes(survey, report)
    report.reject_file = aside.path if (report.rejected or report.outdated) and not how.rehearsal else None
    report.differs = how.control.differences(report, catalogue)
    report.delivered = (how.complete or not report.rejected) and not report.differs
    report.by_word = how.complete
    lacking = _lacking(report, page.refused, how, feeds_of_kind(form.kind, catalogue))
    if not report.delivered:
        report.feeds |= lacking
    elif not report.feeds and len(lacking) == 1:
        report.feeds = lacking
    if not how.rehearsal:
        finish(store, report, delivery, how.control)
        report.notes += _waiting(store, report, catalogue)
    return report


def _lacking(report: ImportReport, refused: set[str], how: HowToImport, of_kind: set[str]) -> set[str]:
    """Feeds of which the file may have said more than was taken. `of_kind`: those that such a file may be of."""
    if how.feed is not None:
        return {how.feed} if report.rejected or report.differs else set()
    announced = set(how.control.feeds or ()) if report.differs else set()
    any_of_kind = "" in refused or (how.control.rows is not None and how.control.rows != report.rows)
    return (refused - {""}) | announced | (of_kind if any_of_kind else set())


def _waiting(store: Store, report: ImportReport, catalogue: Catalogue) -> Iterator[str]:
    """Of the file's feeds: earlier files that nobody settled."""
    for feed, names in unsettled(partial(read_rows, store)).items():
        earlier = [name for name in names if name != report.path.name]
        if feed in report.feeds and earlier:
            said = f"{catalogue.feeds[feed].title}还有没有处理完的文件, 不视为完整: {'、'.join(earlier)}"
            yield f"{said}; 改正后以原来的文件名(或者后面加字)导入, 或确认无碍后加 --complete"


@contextmanager
def _lasting_put_aside() -> Iterator[None]:
    """The search for unused cycles leaves out what stays all the time: catalogue and rules are many objects."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _not_kept(_number: int, _fault: RowFault, _cells: list[str]) -> None:
    pass


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


@dataclass(slots=True)
class _Page:
    """Reads the rows of one page after the other; what is refused is set aside."""

    reader: RowReader
    survey: FileSurvey
    report: ImportReport
    set_aside: Callable[[int, RowFault, list[str]], None]
    feed: str | None
    catalogue: Catalogue
    refused: set[str] = field(default_factory=set)
    """Feeds of the rows that were refused; empty: of one of which it is not known."""
    _cells: dict[str, list[str]] | None = None

    def read(self, chunk: list[Row]) -> list[tuple[int, ReadRow]]:
        """What the rows of a page say, with their numbers."""
        good: list[tuple[int, ReadRow]] = []
        report, reader, shared = self.report, self.reader, bool(self.survey.same)
        self._cells = {str(number): cells for number, cells in chunk}
        report.rows += len(chunk)
        for number, cells in chunk:
            try:
                said = reader.read(cells)
                if shared and self.survey.shares(reader, cells):
                    said = self._alone(said)
            except RowFault as fault:
                report.rejected += 1
                self.refused.add(self.feed or reader.named_feed(cells))
                self.set_aside(number, with_lines(number, fault), cells)
                continue
            if said:
                self._count(said[0])
                good += [(number, row) for row in said]
        return good

    def reject(self, late: OlderRow) -> None:
        """A row that a file of a later day speaks against."""
        cells = (self._cells or {}).get(str(late.row), [])
        self.set_aside(late.row, RowFault("数据日期", f"已有 {late.later} 的数据, 较早的不覆盖"), cells)

    def _alone(self, said: tuple[ReadRow, ...]) -> tuple[ReadRow, ...]:
        """What a row says that may not be the only one of its thing: of parts, the first says it all."""
        same = self.survey.same.get(thing_of(said))
        if same is None:
            return said
        if same.differ:
            raise RowFault(same.differ, f"第 {'、'.join(same.rows)} 行说的是同一件事, {same.differ}却不同, 都没有采用")
        if not self.survey.understanding.adds:
            return said
        if same.begun:
            self.report.joined += 1
            return ()
        same.begun = True
        return same.first

    def _count(self, row: ReadRow) -> None:
        if isinstance(row, RecordRow):
            feed = self.feed or row.record.source
            self.report.counted[feed] += 1
            self.report.amounts[feed] += row.record.amount_fen
            return
        for feed in {self.feed} if self.feed else feeds_of(row, self.catalogue):
            self.report.counted[feed] += 1


def _notes(survey: FileSurvey, report: ImportReport) -> list[str]:
    found = []
    unknown = survey.understanding.unknown
    if unknown:
        found.append("没有取用的列: " + "、".join(unknown))
    if report.untold:
        found.append(f"{report.untold} 处相关人员没有可用的居民身份号码, 他们的关系没有登记")
    if report.joined:
        found.append(f"{report.joined} 行是同一文书的其他部分, 金额已合并到首行")
    return found
