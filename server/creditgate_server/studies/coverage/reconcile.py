"""The way from files and ledger to the report: read the files, read the checks, put each licence in its class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from ...clock import rfc3339
from ...decision.check.decision import Outcome
from ...files.progress import QUIET, Bars
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Item
from ...storage.database import Store
from . import judging
from .items import Items, Organs
from .judging import ClassedLicence
from .licences import Key, Licence, UnmatchedRow
from .mapping import FileMapping
from .matching import NO_CHECK, Check, Checks, CheckWindow, Match
from .measures import NOTHING, ReportRevision, followup, latest
from .notes import notes
from .reading import HowToRead, IssuePeriod, LicenceBook, read_files
from .receipts import (
    CandidateChecks,
    CheckSearch,
    answers,
    checks_since,
    count_checks,
    find_checks,
    reports_of,
    reports_on,
)
from .report import CoverageNames, CoverageReport
from .tally import CoverageTally, require_sums

BATCH = 2_000
"""Licences that are put in their classes at once."""

CaseHeard = Callable[[ClassedLicence, bool], None]
"""Is told a case, and whether its measures are counted with it: of a check that counts for several licences once."""
RowHeard = Callable[[UnmatchedRow], None]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What is to be reconciled, and how."""

    files: tuple[Path, ...]
    mapping: FileMapping
    period: IssuePeriod
    window: CheckWindow
    now: datetime
    sheet: str | None = None
    """The sheet that is read; None: all with the same headers."""
    item: str = ""
    """Code or title of the item of every row; empty: the rows say it."""


def reconcile(
    store: Store,
    asked: Reconciliation,
    rule_set: RuleSet,
    person_hash: Callable[[str], str],
    *,
    former: Callable[[], Iterable[Item]] = tuple,
    case_heard: CaseHeard | None = None,
    row_heard: RowHeard | None = None,
    progress: Bars = QUIET,
) -> CoverageReport:
    """Match every licence of the files with the ledger's checks.

    `former`: items of earlier catalogues, for titles that are not known any more. `case_heard`, `row_heard`: are told
    every licence and every row that is not matched, each in the order of the files' rows. Raises SetupFault, StoreDown,
    StoreFault.
    """
    how = _how_to_read(asked, rule_set, person_hash, former)
    book = read_files(asked.files, how, progress.step("读取许可"))
    found, since = _checks(store, asked, book, progress)
    tally = CoverageTally()
    matched = _matched(book, found.checks, asked.window)
    tell = progress.step("逐件比对", len(matched))
    for batch in (matched[start : start + BATCH] for start in range(0, len(matched), BATCH)):
        for case in _judged(store, batch):
            first = tally.add(case)
            if case_heard is not None:
                case_heard(case, first)
        tell(len(batch))
    tally.add_unmatched(book.unmatched)
    if row_heard is not None:
        for row in book.unmatched:
            row_heard(row)
    made = _report(asked, rule_set, book, found, since, tally)
    require_sums(made)
    return made


# -- before -----------------------------------------------------------------------------------------------------------


def _how_to_read(
    asked: Reconciliation, rule_set: RuleSet, person_hash: Callable[[str], str], former: Callable[[], Iterable[Item]]
) -> HowToRead:
    catalogue = rule_set.catalogue
    mapping = asked.mapping
    items = Items(catalogue, mapping.items, lambda: _translated(former(), mapping.formerly))
    for code in mapping.formerly.values():
        items.require(code, "formerly")
    return HowToRead(
        mapping=mapping,
        items=items,
        organs=Organs(catalogue, mapping.organs),
        period=asked.period,
        person_hash=person_hash,
        sheet=asked.sheet,
        item=items.require(asked.item, "item") if asked.item else "",
    )


def _translated(items: Iterable[Item], now_called: Mapping[str, str]) -> Iterator[Item]:
    for item in items:
        yield Item(code=now_called.get(item.code, item.code), title=item.title, organ=item.organ)


def _checks(store: Store, asked: Reconciliation, book: LicenceBook, progress: Bars) -> tuple[CandidateChecks, str]:
    since = checks_since(store)
    if not book.licences:
        return CandidateChecks(), since
    all_days = [one.issued_on for licences in book.licences.values() for one in licences]
    wanted = CheckSearch(
        days=book.days,
        formerly=asked.mapping.formerly,
        window=asked.window,
        first=asked.window.first(min(all_days)),
        last=asked.window.last(max(all_days)),
    )
    total = count_checks(store, wanted) if progress.seen else None
    return find_checks(store, wanted, progress.step("读取核查回执", total)), since


# -- licence by licence -----------------------------------------------------------------------------------------------


class LicenceMatch(msgspec.Struct, frozen=True, gc=False):
    """A licence with the check that counts for it."""

    licence: Licence
    match: Match


def _matched(book: LicenceBook, checks: dict[Key, list[Check]], window: CheckWindow) -> list[LicenceMatch]:
    """All licences in the order of the files' rows. Takes the checks as it goes."""
    matched: list[LicenceMatch] = []
    for key, licences in book.licences.items():
        found = checks.pop(key, None)
        if found is None:
            matched += [LicenceMatch(licence, NO_CHECK) for licence in licences]
        else:
            ordered = Checks(found, book.days[key])
            matched += [LicenceMatch(licence, ordered.match(licence.issued_on, window)) for licence in licences]
    matched.sort(key=lambda one: one.licence.place)
    return matched


def _judged(store: Store, batch: Sequence[LicenceMatch]) -> Iterator[ClassedLicence]:
    """Their cases. What the checks decided is read for these licences alone, and let go."""
    checks = {one.match.check.id: one.match for one in batch if one.match.check is not None}
    unread = {id_ for id_, match in checks.items() if _to_be_read(match)}
    decided = answers(store, unread)
    with_measures = {id_ for id_, answer in decided.items() if answer and answer.measures and checks[id_].in_time}
    own = latest(reports_on(store, with_measures))
    of_cases = _reports_of_cases(store, checks, with_measures, own)
    for one in batch:
        licence, match = one.licence, one.match
        check = match.check
        if check is None:
            yield judging.not_checked(licence)
            continue
        answer = decided.get(check.id)
        said = check.answer if answer is None else answer.outcome.value
        if not match.in_time:
            yield judging.late(licence, check, said)
            continue
        told = NOTHING
        if answer is not None and answer.measures:
            told = followup(check.id, answer.measures, own.get(check.id), of_cases.get(check.case, ()))
        erased = answer is None and check.id in decided
        yield judging.in_time(licence, check, said, told.measures, told.reported, erased=erased)


def _to_be_read(match: Match) -> bool:
    """A check without any measure is known by its answer; of a late one the answer is enough."""
    answer = match.check.answer if match.check is not None else ""
    return not answer or (match.in_time and answer != Outcome.CLEAR)


def _reports_of_cases(
    store: Store, checks: Mapping[str, Match], with_measures: Iterable[str], own: Mapping[str, ReportRevision]
) -> dict[str, list[ReportRevision]]:
    """Reports that may stand for those that are missing."""
    cases = {match.check.case for id_ in with_measures if id_ not in own and (match := checks[id_]).check is not None}
    found = reports_of(store, cases - {""})
    return {case: list(latest(reports).values()) for case, reports in found.items()}


# -- after ------------------------------------------------------------------------------------------------------------


def _report(
    asked: Reconciliation,
    rule_set: RuleSet,
    book: LicenceBook,
    found: CandidateChecks,
    since: str,
    tally: CoverageTally,
) -> CoverageReport:
    catalogue = rule_set.catalogue
    groups = tally.by_group()
    measures = tally.by_measure()
    organs = {group.organ for group in groups} | {one.organ for one in measures}
    return CoverageReport(
        made_at=rfc3339(asked.now),
        files=tuple(book.files),
        since=asked.period.since,
        until=asked.period.until,
        window_days=asked.window.before,
        late_days=asked.window.after,
        rule_set=rule_set.digest,
        checks_since=since,
        checks_read=found.read,
        checks_erased=found.erased,
        rows=book.rows,
        figures=tally.total(),
        unmatched=len(book.unmatched),
        organs=tally.by_organ(),
        items=tally.by_item(),
        months=tally.by_month(),
        groups=groups,
        measures=measures,
        reasons=tally.by_reason(),
        names=CoverageNames(
            organs={code: catalogue.organs[code].title for code in sorted(organs) if code in catalogue.organs},
            items={code: catalogue.items[code].title for code in sorted({group.item for group in groups})},
        ),
        notes=notes(book, found, since, asked.period),
    )
