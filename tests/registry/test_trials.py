"""Seven files that once lost what they said: each is imported whole, or says what it lost."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.importer import HowToImport, import_file
from creditgate_server.registry.lookup import Registry
from creditgate_server.rulebook.load import read_directory
from tests.shared import store_with_tables

FOLDER = Path(__file__).parent / "files" / "trials"
FORMULA = "公式没有存下结果"
SWALLOWED = "一对引号把第 3 至 6 行并成了一行"


@pytest.mark.parametrize(
    ("name", "loaded", "rejected"),
    [
        ("two_sheets.xlsx", 6, {}),
        ("formulas.xlsx", 0, {"2": ("罚款金额(万元)", FORMULA), "3": ("公示截止期", FORMULA), "4": ("状态", FORMULA)}),
        ("merged_organ.xlsx", 2, {}),
        ("gb18030_bom.csv", 4, {}),
        ("stray_quote.csv", 2, {"3": ("统一社会信用代码", SWALLOWED)}),
    ],
)
def test_a_trial_is_imported_whole_or_told(
    name: str, loaded: int, rejected: dict[str, tuple[str, str]], sqlite_url: str, tmp_path: Path
) -> None:
    store = store_with_tables(sqlite_url)
    report = import_file(
        store,
        FOLDER / name,
        catalogue=read_directory(FOLDER.parents[3] / "rules").rule_set.catalogue,
        forms=read_forms(FOLDER.parents[3] / "rules"),
        person_key=PersonKey(b"k" * 32),
        data_day=date(2026, 11, 30),
        known_at=datetime(2026, 11, 30, 4, 0, tzinfo=UTC),
        how=HowToImport(rejects=tmp_path / "rejects.csv"),
    )
    told = {}
    if report.reject_file is not None:
        with report.reject_file.open(encoding="utf-8-sig", newline="") as file:
            told = {row["行号"]: (row["字段"], row["原因"]) for row in csv.DictReader(file)}
    assert report.loaded == loaded, told
    assert set(told) == set(rejected)
    assert all(told[row][0] == field and reason in told[row][1] for row, (field, reason) in rejected.items()), told
    if name == "merged_organ.xlsx":
        known = Registry(store).knowledge(["91441900YL0008008A"], None)["91441900YL0008008A"]
        assert [record.organ for record in known.records] == ["market-regulation"]
    store.close()
