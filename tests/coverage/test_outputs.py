"""What is written: each number opens to its cases, persons are masked, nothing is run and nothing is loaded."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import msgspec
import openpyxl
import pytest

from creditgate_server.files.workbook import Share, Workbook
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.studies.coverage import shown as shown_module
from creditgate_server.studies.coverage.cases import CoverageDocument, DocumentWriter, licence_case, unmatched_case
from creditgate_server.studies.coverage.classes import Class, MeasureFate, Remark, UnmatchedReason
from creditgate_server.studies.coverage.page import page
from creditgate_server.studies.coverage.report import (
    CoverageNames,
    CoverageReport,
    FileRead,
    LicenceCase,
    LicenceFigures,
    MeasureFigures,
    MeasureOf,
    UnmatchedCase,
    UnmatchedFigures,
)
from creditgate_server.studies.coverage.shown import CutList
from creditgate_server.studies.coverage.workbook import CoverageWorkbook
from tests.outcomes.ledgers import Book

from .test_planted import plant
from .world import CITIZEN, Heard, Run, firm, person_hash, row, write_csv

SCRIPT = "<script>alert('许')</script>"
FORMULA = "=1+1"


class Written:
    """All three files of one reconciliation."""

    def __init__(self, report: CoverageReport, heard: Heard, rule_set: RuleSet) -> None:
        self.report, self.heard = report, heard
        shown, json, xlsx = CutList(), io.BytesIO(), io.BytesIO()
        catalogue = rule_set.catalogue
        names = CoverageNames(
            organs={code: one.title for code, one in catalogue.organs.items()},
            items={code: one.title for code, one in catalogue.items.items()},
        )
        document = DocumentWriter(json)
        with CoverageWorkbook(xlsx, names) as workbook:
            for case, first in zip(heard.cases, heard.first, strict=True):
                made = licence_case(case)
                document.licence(made)
                workbook.licence(made)
                shown.licence(made, case.check.organ if case.check else "", measures=first)
            for one in heard.rows:
                row_made = unmatched_case(one)
                document.row(row_made)
                workbook.row(row_made)
                shown.row(row_made)
            document.finish(report)
            workbook.finish(report)
        self.html, self.json, self.xlsx = page(report, shown), json.getvalue(), xlsx.getvalue()
        self.tree = Tree.fromstring(self.html.removeprefix("<!DOCTYPE html>"))

    def texts(self) -> str:
        """Everything that can be read in any of them."""
        book = openpyxl.load_workbook(io.BytesIO(self.xlsx), read_only=True)
        cells = [
            str(cell) for sheet in book.worksheets for cells in sheet.iter_rows(values_only=True) for cell in cells
        ]
        return self.html + self.json.decode() + " ".join(cells)


@pytest.fixture
def written(book: Book, run: Run, rule_set: RuleSet, tmp_path: Path) -> Written:
    rows = [one for _, one, _ in plant(book)]
    rows += [row(firm(700), document=SCRIPT, organ=SCRIPT), row(firm(701), document=FORMULA), row("1", item=SCRIPT)]
    report, heard = run(write_csv(tmp_path / "a.csv", rows))
    return Written(report, heard, rule_set)


# -- the page ---------------------------------------------------------------------------------------------------------


def numbers(written: Written) -> Iterator[tuple[str, int]]:
    """Links in tables of figures: where they lead, and what they say."""
    for link in written.tree.iter("a"):
        text = (link.text or "").replace(",", "")
        if text.isdigit():
            yield link.attrib["href"].removeprefix("#"), int(text)


def opened(written: Written, target: str) -> int:
    """Rows that the page shows for a target, by the rules of its style sheet; those it does not list are counted in."""
    parents = {child: parent for parent in written.tree.iter() for child in parent}
    (mark,) = [one for one in written.tree.iter("div") if one.attrib.get("id") == target]
    kinds = mark.attrib["class"].split()
    assert kinds[0] == "t"
    months = {kind for kind in kinds if kind.startswith("m-")}
    count = 0
    for leaf in parents[mark].iter("section"):
        of_leaf = leaf.attrib["class"].split()
        if "leaf" not in of_leaf or (months and not months & set(of_leaf)):
            continue
        for one in leaf.iter("tr"):
            of_row = one.attrib.get("class", "").split()
            if "c" in of_row and (kinds[1] == "all" or kinds[1] in of_row):
                note = one.find("td[@class='note']")
                count += 1 if note is None else int((note.text or "").split()[1].replace(",", ""))
    return count


def test_each_number_opens_to_exactly_its_cases(written: Written) -> None:
    links = dict(numbers(written))
    assert len(links) > 60
    links.pop("rows")
    assert {target: opened(written, target) for target in links} == links


def test_the_page_names_each_case(written: Written) -> None:
    listed = {
        tuple("".join(cell.itertext()) for cell in one)[0:3:2]
        for one in written.tree.iter("tr")
        if "c" in one.attrib.get("class", "").split()
    }
    for case in written.heard.cases:
        assert (case.licence.document, licence_case(case).subject) in listed
    receipts = {case.check.id for case in written.heard.cases if case.check is not None}
    assert all(receipt in written.html for receipt in receipts)


def test_the_page_is_whole_and_needs_nothing(written: Written) -> None:
    assert not list(written.tree.iter("script"))
    assert not list(written.tree.iter("link"))
    assert not re.search("https?:", written.html.replace("http://www.w3.org/2000/svg", ""))
    ids = [one.attrib["id"] for one in written.tree.iter() if "id" in one.attrib]
    assert len(ids) == len(set(ids))
    targets = {one.attrib["href"].removeprefix("#") for one in written.tree.iter("a")}
    assert targets <= set(ids)


def test_pictures_can_be_heard(written: Written) -> None:
    pictures = [one for one in written.tree.iter() if one.tag.endswith("svg")]
    assert len(pictures) >= 2 + len(written.report.organs) + len(written.report.items)
    for picture in pictures:
        assert picture.attrib["role"] == "img"
        named = picture.attrib.get("aria-labelledby", "").split()
        inside = {one.attrib.get("id"): "".join(one.itertext()) for one in picture}
        title = picture.find("{http://www.w3.org/2000/svg}title")
        assert title is not None and title.text
        assert all(inside[name] for name in named)
    told = next(one.text or "" for one in written.tree.iter("{http://www.w3.org/2000/svg}desc"))
    assert "2026-10: 按时核查" in told


def test_what_is_not_listed_is_told(
    book: Book, run: Run, rule_set: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_module, "MOST_MISSES", 2)
    rows = [row(firm(number)) for number in range(1, 6)] + [row("1"), row("2"), row("3")]
    written = Written(*run(write_csv(tmp_path / "a.csv", rows)), rule_set)
    assert "另有 3 件未在本页列出" in written.html
    assert "另有 1 件未在本页列出" in written.html
    assert opened(written, "not_checked") == 5
    assert opened(written, "all.row.bad_code") == 3


def test_files_without_a_single_licence_have_a_page(book: Book, run: Run, rule_set: RuleSet, tmp_path: Path) -> None:
    written = Written(*run(write_csv(tmp_path / "a.csv", [row("1")])), rule_set)
    assert "没有一行可以比对" in written.html
    assert written.report.misses == 1


# -- persons, formulas ------------------------------------------------------------------------------------------------


def test_persons_are_masked_everywhere(written: Written) -> None:
    texts = written.texts()
    identifier = person_hash(CITIZEN)
    assert identifier[:10] + "…" in texts
    assert identifier[:14] not in texts
    assert CITIZEN not in texts
    assert CITIZEN[:17] not in texts


def test_what_a_file_says_is_text_and_nothing_else(written: Written) -> None:
    assert SCRIPT not in written.html
    assert "&lt;script&gt;" in written.html
    book = openpyxl.load_workbook(io.BytesIO(written.xlsx))
    cells = [cell for sheet in book.worksheets for cells in sheet.iter_rows() for cell in cells]
    assert {cell.data_type for cell in cells if cell.value == FORMULA} == {"s"} or {
        cell.data_type for cell in cells if cell.value == FORMULA
    } == {"inlineStr"}
    assert not [cell for cell in cells if cell.data_type == "f"]


# -- JSON -------------------------------------------------------------------------------------------------------------


def test_json_holds_every_row_and_reads_back(written: Written) -> None:
    document = msgspec.json.decode(written.json, type=CoverageDocument)
    assert [(one.row, one.verdict) for one in document.cases] == [
        (case.licence.row, case.class_) for case in written.heard.cases
    ]
    assert [(one.row, one.reason) for one in document.unmatched_cases] == [
        (one.row, one.reason) for one in written.heard.rows
    ]
    rows = sorted([one.row for one in document.cases] + [one.row for one in document.unmatched_cases])
    assert rows == list(range(2, written.report.rows + 2))
    for name in CoverageReport.__struct_fields__:
        assert getattr(document, name) == getattr(written.report, name)


@pytest.mark.parametrize("rows", [[row("1")], [row(firm(1))]], ids=["no licence", "nothing unmatched"])
def test_json_is_sound_where_a_list_is_empty(
    book: Book, run: Run, rule_set: RuleSet, tmp_path: Path, rows: list[Any]
) -> None:
    written = Written(*run(write_csv(tmp_path / "a.csv", rows)), rule_set)
    document = msgspec.json.decode(written.json, type=CoverageDocument)
    assert len(document.cases) + len(document.unmatched_cases) == 1


def test_every_field_of_the_document_is_in_the_paper() -> None:
    paper = (Path(__file__).parents[2] / "docs" / "coverage.md").read_text("utf-8")
    cases = (LicenceCase, UnmatchedCase, MeasureOf)
    values = (CoverageDocument, *cases, MeasureFigures, LicenceFigures, UnmatchedFigures, FileRead)
    fields = {field for value in values for field in value.__struct_fields__}
    codes = {one.value for kinds in (Class, Remark, UnmatchedReason, MeasureFate) for one in kinds if one}
    assert {name for name in fields | codes if f"`{name}`" not in paper} == set()


# -- the workbook -----------------------------------------------------------------------------------------------------


def test_the_workbook_has_all_cases_and_figures(written: Written) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written.xlsx))
    assert book.sheetnames == ["办件", "无法比对", "汇总", "部门事项月份", "措施", "说明"]
    cases = book["办件"]
    assert cases.max_row == 1 + len(written.heard.cases)
    assert cases.freeze_panes == "A2"
    assert cases.auto_filter.ref == f"A1:N{cases.max_row}"
    assert book["无法比对"].max_row == 1 + len(written.heard.rows)
    totals = [cell.value for cell in book["汇总"][2]]
    figures = written.report.figures
    assert totals[:5] == ["全部", None, None, figures.licences, figures.checked_in_time]
    assert totals[-1] == pytest.approx(figures.covered_ppm / 1_000_000)
    assert book["汇总"].cell(2, len(totals)).number_format == "0.00%"


def test_cells_of_every_kind_come_back(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    texts = ["甲&乙", "<b>", '"', " 前后 ", "\x01\ufffe", "多\n行", "=SUM(A1)", ""]
    with path.open("wb") as file, Workbook(file) as book:
        first = book.sheet("一", ["甲", "乙"], [10, 20])
        for text in texts:
            first.add((text, 7))
        book.sheet("二&", ["丙"], [5]).add((Share(333_333),))
    read = openpyxl.load_workbook(path)
    assert read.sheetnames == ["一", "二&"]
    assert [cell.value for cell in read["一"]["A"]][1:] == [
        "甲&乙",
        "<b>",
        '"',
        " 前后 ",
        "",
        "多\n行",
        "=SUM(A1)",
        None,
    ]
    assert {cell.value for cell in read["一"]["B"][1:]} == {7}
    assert read["二&"]["A2"].value == 0.333333
    assert read["一"].column_dimensions["B"].width == 20


def test_a_full_sheet_goes_on_in_the_next(
    book: Book, run: Run, rule_set: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creditgate_server.files.workbook.MOST_ROWS", 3)
    rows = [row(firm(number)) for number in range(1, 6)] + [row("1"), row("2"), row("3")]
    written = Written(*run(write_csv(tmp_path / "a.csv", rows)), rule_set)
    read = openpyxl.load_workbook(io.BytesIO(written.xlsx))
    assert [(name, read[name].max_row) for name in read.sheetnames[:5]] == [
        ("办件", 3),
        ("办件2", 3),
        ("办件3", 2),
        ("无法比对", 3),
        ("无法比对2", 2),
    ]
