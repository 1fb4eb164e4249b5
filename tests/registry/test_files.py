"""Files with one fault each: every row is taken with its values, or named, or the file is refused and says why."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from creditgate_server.errors import SetupFault
from creditgate_server.files.reading import Doubtful, open_rows
from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.importer import HowToImport, import_file
from creditgate_server.rulebook.catalogue import Catalogue
from creditgate_server.rulebook.load import read_directory
from creditgate_server.studies.coverage.classes import UnmatchedReason
from creditgate_server.studies.coverage.items import Items, Organs
from creditgate_server.studies.coverage.mapping import FileMapping
from creditgate_server.studies.coverage.reading import HowToRead, IssuePeriod, read_files
from tests.shared import store_with_tables

from .made.files import FOLDER, HEADERS, files

EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "expected.yaml").read_text("utf-8"))
DAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
FORMS = read_forms(FOLDER.parents[2] / "rules")
PERSONS = PersonKey(b"k" * 32)
USUAL = ["2", "3", "4"]
NOT_IMPORTED = ("备注",)
ALL = "*"
COVERAGE = {
    "subject": "统一社会信用代码",
    "issued_on": "处罚决定日期",
    "organ": "处罚机关",
    "document": "行政处罚决定书文号",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_directory(FOLDER.parents[2] / "rules").rule_set.catalogue


def has_headers(cells: list[str]) -> bool:
    return "统一社会信用代码" in cells


def test_the_files_are_what_the_builder_makes_and_each_has_its_expectation() -> None:
    made = files()
    assert {name for name, content in made.items() if (FOLDER / name).read_bytes() != content} == set()
    assert set(made) == set(EXPECTED) == {path.name for path in FOLDER.iterdir()} - {"expected.yaml", "trials"}


@pytest.mark.parametrize("name", EXPECTED)
def test_rows(name: str) -> None:
    expected = EXPECTED[name]
    if "refused" in expected:
        with pytest.raises(SetupFault) as refused:
            read(FOLDER / name)
        assert expected["refused"] in refused.value.message
        return
    found, notes = read(FOLDER / name)
    assert list(found) == expected.get("rows", USUAL)
    for row, cells in expected.get("values", {}).items():
        assert {header: found[row].get(header, "") for header in cells} == cells
        assert all(type(found[row].get(header, "")) is str for header in cells)
    doubts = {
        row: {header: cell.reason for header, cell in cells.items() if isinstance(cell, Doubtful)}
        for row, cells in found.items()
    }
    wanted = expected.get("doubtful", {})
    assert {row for row, cells in doubts.items() if cells} == set(wanted)
    for row, cells in wanted.items():
        if ALL in cells:
            assert all(cells[ALL] in reason for reason in doubts[row].values())
            assert len(doubts[row]) == len(found[row])
        else:
            assert set(doubts[row]) == set(cells)
            assert all(part in doubts[row][header] for header, part in cells.items())
    said = expected.get("notes", [])
    assert len(notes) == len(said)
    assert all(part in note for part, note in zip(said, notes, strict=True))


def read(path: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Cells by place of the row and header, and the notes."""
    with open_rows(path, is_header=has_headers) as opened:
        assert next(opened)[1] == list(HEADERS)
        found = {str(number): dict(zip(HEADERS, cells, strict=False)) for number, cells in opened}
    return found, opened.notes


@pytest.mark.parametrize("name", EXPECTED)
def test_import(name: str, catalogue: Catalogue, sqlite_url: str, tmp_path: Path) -> None:
    expected = EXPECTED[name]
    store = store_with_tables(sqlite_url)
    load = partial(
        import_file,
        store,
        FOLDER / name,
        catalogue=catalogue,
        forms=FORMS,
        person_key=PERSONS,
        data_day=DAY,
        known_at=NOW,
        how=HowToImport(rejects=tmp_path / "rejects.csv"),
    )
    if "refused" in expected:
        with pytest.raises(SetupFault) as refused:
            load()
        assert expected["refused"] in refused.value.message
        return
    report = load()
    rejected = {}
    if report.reject_file is not None:
        with report.reject_file.open(encoding="utf-8-sig", newline="") as file:
            rejected = {row["行号"]: row for row in csv.DictReader(file)}
    blank = {"3"} if name.startswith("blank") else set()
    named = named_rows(expected, HEADERS[:-1]) | set(expected.get("too_long", {})) | set(expected.get("control", {}))
    assert set(rejected) == named
    for row, cells in expected.get("doubtful", {}).items():
        if row in named:
            field, reason = rejected[row]["字段"], rejected[row]["原因"]
            assert any(header in (ALL, field) and part in reason for header, part in cells.items())
    assert report.loaded == len(set(expected.get("rows", USUAL)) - named - blank)
    assert report.delivered is not bool(named)
    store.close()


def named_rows(expected: dict[str, Any], used: tuple[str, ...]) -> set[str]:
    doubtful = {row for row, cells in expected.get("doubtful", {}).items() if any(one in (ALL, *used) for one in cells)}
    return doubtful | set(expected.get("beyond", ()))


@pytest.mark.parametrize("name", EXPECTED)
def test_coverage(name: str, catalogue: Catalogue) -> None:
    """The same files as if they were of licences: a penalty's columns are mapped."""
    expected = EXPECTED[name]
    how = HowToRead(
        mapping=FileMapping(columns=COVERAGE),
        items=Items(catalogue, {}, tuple),
        organs=Organs(catalogue, {}),
        period=IssuePeriod(None, DAY),
        person_hash=partial(PERSONS.hash, today=DAY),
        item="food-business-licence",
    )
    if "refused" in expected:
        with pytest.raises(SetupFault) as refused:
            read_files([FOLDER / name], how)
        assert expected["refused"] in refused.value.message
        return
    book = read_files([FOLDER / name], how)
    sheets = {place: file.name.rpartition("!")[2] for place, file in enumerate(book.files)}
    several = len(sheets) > 1

    def place(file: int, row: int) -> str:
        assert type(row) is int
        return f"{sheets[file]}!{row}" if several else str(row)

    named = named_rows(expected, tuple(COVERAGE.values()))
    blank = {"3"} if name.startswith("blank") else set()
    assert {place(one.file, one.row) for one in book.unmatched} == named
    assert {one.reason for one in book.unmatched} <= {UnmatchedReason.DOUBTFUL_CELL}
    taken = {place(one.file, one.row) for found in book.licences.values() for one in found}
    assert taken == set(expected.get("rows", USUAL)) - named - blank
