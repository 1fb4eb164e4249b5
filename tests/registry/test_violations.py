"""Kinds of violation on records: the exemption entry that a text names, or not known; nothing stored before changes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from creditgate_server.decision.knowledge import Knowledge
from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.importer import import_file
from creditgate_server.registry.lookup import Registry
from creditgate_server.registry.reports import ImportReport
from creditgate_server.rulebook.catalogue import Catalogue, Exemption, Feed, Organ, RecordKind
from creditgate_server.storage.database import Store, migrate, open_store, writing

FIRM = "91441900708017879M"
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MARKET, ECOLOGY = "东莞市市场监督管理局", "东莞市生态环境局"

FORMS = read_forms(Path(__file__).resolve().parents[2] / "rules")
CATALOGUE = Catalogue(
    feeds={
        "penalty": Feed(code="penalty", title="双公示", organ="market", max_age_days=15),
        "register": Feed(code="register", title="首违台账", organ="market", max_age_days=0, own=True),
    },
    organs={
        "market": Organ(code="market", title=MARKET),
        "ecology": Organ(code="ecology", title=ECOLOGY),
    },
    record_kinds={
        "penalty": RecordKind(code="penalty", title="行政处罚", feed="penalty", severities=("general",)),
        "breach": RecordKind(code="breach", title="违背承诺", feed="penalty"),
        "exemption": RecordKind(code="exemption", title="不予处罚决定", feed="register"),
    },
    exemptions={
        entry.code: entry
        for entry in (
            Exemption(
                code="m17",
                title="经营超过保质期的食品",
                organ="market",
                basic_code="440216139000",
                keywords=("过期食品", "台账不全"),
            ),
            Exemption(code="m18", title="未按规定建立进货台账", organ="market", keywords=("没有台账", "台账不全")),
            Exemption(code="e03", title="工地扬尘", organ="ecology", keywords=("扬尘", "没有台账")),
        )
    },
)

PENALTY = {
    "统一社会信用代码": FIRM,
    "行政处罚决定书文号": "罚1",
    "处罚类别": "罚款",
    "违法行为类型": "m17",
    "罚款金额(万元)": "1.234567",
    "处罚决定日期": "2026-01-05",
    "公示截止期": "2027-01-05",
    "处罚机关": ECOLOGY,
    "失信严重程度": "一般",
}

Import = Callable[..., ImportReport]


def imported(store: Store, folder: Path, row: dict[str, str], *, known_at: datetime = NOW) -> ImportReport:
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)
    key = PersonKey(b"k" * 32)
    day = date(2026, 11, 20)
    return import_file(store, path, catalogue=CATALOGUE, forms=FORMS, person_key=key, data_day=day, known_at=known_at)


@pytest.fixture
def load(store: Store, tmp_path: Path) -> Import:
    return lambda row, **options: imported(store, tmp_path, row, **options)


def violation(store: Store) -> str:
    (record,) = Registry(store).knowledge([FIRM], None)[FIRM].records
    return record.violation


@pytest.mark.parametrize(
    ("written", "organ", "expected"),
    [
        ("m17", ECOLOGY, "m17"),
        ("440216139000", ECOLOGY, "m17"),
        ("经营超过保质期的食品", MARKET, "m17"),
        ("　过期食品 ", MARKET, "m17"),
        ("工地扬尘", ECOLOGY, "e03"),
        ("没有台账", MARKET, "m18"),  # two entries have the word: the organ's own
        ("没有台账", ECOLOGY, "e03"),
        ("没有台账", "某委员会", ""),
        ("台账不全", MARKET, ""),  # two of the same organ
        ("经营超过保质期的食品案", MARKET, ""),  # no part of a text is matched
        ("食品", MARKET, ""),
        ("", MARKET, ""),
    ],
)
def test_a_text_names_an_entry_or_the_kind_is_not_known(
    load: Import, store: Store, written: str, organ: str, expected: str
) -> None:
    report = load({**PENALTY, "违法行为类型": written, "处罚机关": organ})
    assert (report.loaded, report.rejected) == (1, 0)
    assert violation(store) == expected


def test_a_general_record_may_bring_it_under_the_other_header(load: Import, store: Store) -> None:
    row = {"统一社会信用代码": FIRM, "记录类别": "违背承诺", "文书号": "1", "认定日期": "2026-03-01"}
    load({**row, "违法行为种类": "扬尘"})
    assert violation(store) == "e03"


def test_what_the_service_keeps_itself_can_not_be_imported(load: Import, tmp_path: Path) -> None:
    row = {"统一社会信用代码": FIRM, "记录类别": "不予处罚决定", "文书号": "1", "认定日期": "2026-03-01"}
    assert load(row).rejected == 1
    assert "由本系统自己登记" in (tmp_path / "rows.csv.rejects.csv").read_text("utf-8-sig")


def test_a_kind_that_becomes_known_is_a_revision_and_the_past_stays(load: Import, store: Store) -> None:
    load({**PENALTY, "违法行为类型": "某种行为"})
    assert load(PENALTY, known_at=LATER).revised == 1
    assert violation(store) == "m17"
    (before,) = Registry(store).knowledge([FIRM], NOW)[FIRM].records
    assert before.violation == ""


def test_a_file_without_the_column_says_nothing_of_the_kind(load: Import, store: Store) -> None:
    """A repair delivered in the old columns must not make an earlier violation one of another kind."""
    load(PENALTY)
    silent = {name: value for name, value in PENALTY.items() if name != "违法行为类型"}
    assert load(silent, known_at=LATER).unchanged == 1
    assert load({**silent, "状态": "已修复", "状态日期": "2026-11-20"}, known_at=LATER).revised == 1
    assert violation(store) == "m17"


def test_an_empty_cell_takes_a_wrong_kind_back_for_good(load: Import, store: Store) -> None:
    load(PENALTY)
    assert load({**PENALTY, "违法行为类型": ""}, known_at=LATER).revised == 1
    silent = {name: value for name, value in PENALTY.items() if name != "违法行为类型"}
    assert load(silent, known_at=LATER + timedelta(days=1)).unchanged == 1
    assert violation(store) == ""


# -- what was stored before ---------------------------------------------------------------------------------------


OLD_ROW: dict[str, Any] = {
    "identifier": FIRM,
    "source": "penalty",
    "document_number": "罚1",
    "kind": "penalty",
    "list": "",
    "severity": "general",
    "organ": "ecology",
    "organ_title": ECOLOGY,
    "decided_on": "2026-01-05",
    "effective_from": "2026-01-05",
    "until": "2027-01-05",
    "state": "effective",
    "state_on": None,
    "amount_fen": 1234567,
    "content_hash": "af42c3488144ab76c6825f2d64b65d92a752643c3db277de8f749bb6aada27f8",
    "known_at": "2026-11-01T00:00:00.000000Z",
}
"""The penalty above as release 0002 of the schema kept it; the hash is the one that its importer made."""


def test_a_store_of_the_schema_before_is_migrated_and_its_records_gain_their_details_once(
    store_url: str, tmp_path: Path
) -> None:
    store = open_store(store_url)
    migrate(store, "0002")
    with writing(store) as connection:
        names = ", ".join(OLD_ROW)
        marks = ", ".join(f":{name}" for name in OLD_ROW)
        connection.execute(text(f"INSERT INTO record_revision ({names}) VALUES ({marks})"), OLD_ROW)
    migrate(store)
    assert violation(store) == ""
    silent = {name: value for name, value in PENALTY.items() if name != "违法行为类型"}
    assert imported(store, tmp_path, silent).revised == 1  # its kinds of penalty, fine and confiscation are known now
    assert imported(store, tmp_path, silent).unchanged == 1
    assert imported(store, tmp_path, {**PENALTY, "违法行为类型": "某种行为"}).unchanged == 1
    assert imported(store, tmp_path, PENALTY).revised == 1
    assert violation(store) == "m17"
    store.close()


def test_the_knowledge_of_an_old_receipt_can_still_be_read() -> None:
    record = {name: value for name, value in OLD_ROW.items() if name not in {"identifier", "content_hash", "known_at"}}
    old = {"identifier": FIRM, "present": True, "attributes": {}, "records": [record], "ratings": []}
    known = msgspec.json.decode(msgspec.json.encode(old), type=Knowledge)
    assert known.records[0].violation == ""
    assert known.records[0].amount_fen == 1234567
    again = msgspec.json.decode(msgspec.json.encode(known, order="sorted"), type=Knowledge)
    assert again == known
