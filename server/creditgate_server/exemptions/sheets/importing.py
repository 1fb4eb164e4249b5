"""Takes the lists of a workbook into a rule library: the changed files, whole and sound, or all faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import openpyxl

from ...errors import Fault, RuleSetFault
from ...rulebook.load import LoadedRuleSet, read_texts
from ...rulebook.source import Faults, Unreadable
from ...rulebook.source import Mapping as MappingNode
from ...rulebook.tables_files import open_workbook, top_of
from .digest import list_digest
from .merging import MergedFile, merge
from .official import FITS, OfficialList, OfficialReader, fits_fact
from .reading import CodedReader
from .typed import ListSource, read_sources
from .verifying import VerifiedCell, check_given, without_withdrawn


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import comes to. Nothing is written yet."""

    lists: tuple[str, ...]
    """Codes, in the order of the workbook."""
    changed: dict[str, bytes]
    """Files that are to be written, by path relative to the library."""
    library: LoadedRuleSet
    """The library with them."""
    since_export: dict[str, bool]
    """For lists that came with a digest: whether they say something else than when they were exported."""
    notes: tuple[str, ...] = ()
    """What was passed over, in Chinese."""


def import_workbook(file: str, content: bytes, texts: Mapping[str, bytes], library: LoadedRuleSet) -> ImportPlan:
    """A workbook with coded columns, into the library of which `texts` are the files.

    Raises RuleSetFault with every wrong cell, or with what is wrong with the library as it would be.
    """
    faults = Faults()
    book = _opened(file, content, faults)
    read = CodedReader(library.rule_set.catalogue, faults).workbook(file, book) if book else None
    lists = read.lists if read else ()
    verified = read.verified if read else ()
    withdrawn = without_withdrawn(texts, verified, library.rule_set)
    after, changed = _taken_in(file, {**texts, **withdrawn}, lists, (), faults, verified)
    assert read is not None
    moved = {
        one.code: list_digest(after.rule_set, one.code) != read.digests[one.code]
        for one in lists
        if read.digests[one.code]
    }
    return ImportPlan(tuple(one.code for one in lists), withdrawn | changed, after, moved)


def import_official(
    file: str,
    content: bytes,
    texts: Mapping[str, bytes],
    library: LoadedRuleSet,
    listed: OfficialList,
    *,
    draft: bool = False,
) -> ImportPlan:
    """A workbook in the official columns alone, as a list that the library does not have yet. Raises RuleSetFault."""
    faults = Faults()
    catalogue = library.rule_set.catalogue
    if listed.code in catalogue.exemption_lists:
        faults.add(top_of(file), f"规则库里已有清单 {listed.code}", "换一个代码; 要改它, 用导出的工作簿")
    book = _opened(file, content, faults)
    read = OfficialReader(catalogue, listed, faults, draft=draft).workbook(file, book) if book else None
    facts = () if FITS in catalogue.facts else (fits_fact(top_of(file)),)
    after, changed = _taken_in(file, texts, (read.listed,) if read else (), facts, faults)
    return ImportPlan((listed.code,), changed, after, {}, read.notes if read else ())


def _opened(file: str, content: bytes, faults: Faults) -> openpyxl.Workbook | None:
    """The workbook; None after a fault was noted."""
    try:
        return open_workbook(file, content, faults)
    except Unreadable:
        return None


def _taken_in(
    file: str,
    texts: Mapping[str, bytes],
    lists: tuple[ListSource, ...],
    facts: tuple[MappingNode, ...],
    faults: Faults,
    verified: tuple[VerifiedCell, ...] = (),
) -> tuple[LoadedRuleSet, dict[str, bytes]]:
    """The library with lists, and its changed files. Raises RuleSetFault: the workbook's own faults come first."""
    merged = merge(read_sources(texts), lists, facts, faults)
    try:
        checked = read_texts(texts, instead={one.name: one.root for one in merged})
    except RuleSetFault as refused:
        found = tuple(fault for fault in refused.faults if fault.file.startswith(f"{file}!"))
        raise RuleSetFault(_once((*faults.sorted(), *found)) or refused.faults) from refused
    check_given(verified, checked.rule_set, faults)
    if faults.found:
        raise RuleSetFault(faults.sorted())
    changed = {one.name: one.text.encode() for one in merged}
    after = read_texts({**texts, **changed})
    _must_say_the_same(checked, after, merged)
    return after, changed


def _once(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(sorted(set(faults)))


def _must_say_the_same(checked: LoadedRuleSet, written: LoadedRuleSet, merged: tuple[MergedFile, ...]) -> None:
    """What was checked is what is written. A difference is a fault of this program: nothing may be written then."""
    if checked.rule_set.digest != written.rule_set.digest:
        raise AssertionError(f"written files say something else than what was checked: {[one.name for one in merged]}")
