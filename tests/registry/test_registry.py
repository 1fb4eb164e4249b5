"""Import and lookup on both databases: nothing lost, nothing overwritten, bad rows set aside."""

from __future__ import annotations

import csv
import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from creditgate_server.errors import InvalidQuestion, SetupFault, StoreDown
from creditgate_server.exemptions.register import tables as exemption_tables
from creditgate_server.ledger import tables as ledger_tables
from creditgate_server.ledger.sealing import tables as sealing_tables
from creditgate_server.publication import tables as publication_tables
from creditgate_server.registry import tables as registry_tables
from creditgate_server.registry.fields import FileKind
from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey, key_path
from creditgate_server.registry.importer import HowToImport, import_file
from creditgate_server.registry.lookup import LOOK_AGAIN_SECONDS, Registry
from creditgate_server.registry.reports import ImportReport
from creditgate_server.rulebook.catalogue import Catalogue
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store, migrate, open_store
from tests.shared import store_with_tables

ROOT = Path(__file__).resolve().parents[2]
FIRM = "91441900708017879M"
OTHER = "914419006177625157"
PERSON = "110101180001010031"
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)

FORMS = read_forms(ROOT / "rules")

PENALTY = {
    "行政相对人名称": "(样例)",
    "统一社会信用代码": FIRM,
    "行政处罚决定书文号": "罚1",
    "处罚类别": "罚款",
    "罚款金额(万元)": "1.234567",
    "没收金额(万元)": "",
    "处罚决定日期": "2026-01-05",
    "公示截止期": "2027-01-05",
    "处罚机关": "东莞市生态环境局",
    "失信严重程度": "一般",
    "状态": "有效",
    "状态日期": "",
}

assert registry_tables and ledger_tables and sealing_tables and publication_tables and exemption_tables
"""All rooms' tables are in the metadata that is compared below."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_directory(ROOT / "rules").rule_set.catalogue


Import = Callable[..., ImportReport]


@pytest.fixture
def load(store: Store, catalogue: Catalogue, tmp_path: Path) -> Import:
    key = PersonKey(b"k" * 32)

    def run(rows: Sequence[dict[str, str]] | Path, *, known_at: datetime = NOW, data_day: date = DAY) -> ImportReport:
        path = rows if isinstance(rows, Path) else written(tmp_path / "rows.csv", rows)
        return import_file(
            store, path, catalogue=catalogue, forms=FORMS, person_key=key, data_day=data_day, known_at=known_at
        )

    return run


def written(path: Path, rows: Sequence[dict[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def changed(**changes: str) -> dict[str, str]:
    return {**PENALTY, **changes}


def test_a_penalty_comes_back_as_it_was_delivered(load: Import, store: Store) -> None:
    report = load([PENALTY])
    assert (report.kind, report.rows, report.loaded, report.rejected) == (FileKind.PENALTIES, 1, 1, 0)
    known, feeds = Registry(store).known([FIRM], None)
    (record,) = known[FIRM].records
    assert (record.kind, record.severity, record.organ) == ("penalty", "general", "ecology-environment")
    assert (record.decided_on, record.until) == (date(2026, 1, 5), date(2027, 1, 5))
    assert record.amount_fen == 1_234_567
    assert feeds == {"penalty": DAY}
    assert not known[FIRM].present  # records alone do not make a firm known to the register


def test_the_same_file_again_changes_nothing(load: Import, store: Store) -> None:
    load([PENALTY])
    report = load([PENALTY], known_at=NOW + timedelta(days=1))
    assert (report.loaded, report.revised, report.unchanged) == (0, 0, 1)
    assert len(Registry(store).known([FIRM], None)[0][FIRM].records) == 1


def test_a_change_is_a_new_revision_and_the_past_stays_as_it_was_known(load: Import, store: Store) -> None:
    load([PENALTY])
    later = NOW + timedelta(days=3)
    report = load([changed(状态="已修复", 状态日期="2026-11-22")], known_at=later, data_day=date(2026, 11, 23))
    assert (report.loaded, report.revised) == (0, 1)
    registry = Registry(store)
    assert registry.knowledge([FIRM], None)[FIRM].records[0].state == "repaired"
    assert registry.knowledge([FIRM], NOW + timedelta(days=1))[FIRM].records[0].state == "effective"
    assert registry.knowledge([FIRM], NOW - timedelta(seconds=1))[FIRM].records == ()
    assert registry.feeds(NOW - timedelta(seconds=1)) == {}


def test_bad_rows_are_set_aside_with_number_field_and_reason_and_the_rest_is_loaded(load: Import) -> None:
    bad = [
        (changed(统一社会信用代码="91441900708017879A"), "统一社会信用代码", "校验位不符"),
        (changed(统一社会信用代码=""), "统一社会信用代码", "为空"),
        (changed(处罚决定日期="2026-02-30"), "处罚决定日期", "不是日期"),
        (changed(处罚决定日期=""), "处罚决定日期", "不能为空"),
        ({**PENALTY, "罚款金额(万元)": "1.2345678"}, "罚款金额(万元)", "六位小数"),
        ({**PENALTY, "罚款金额(万元)": "-1"}, "罚款金额(万元)", "不小于零"),
        ({**PENALTY, "罚款金额(万元)": "NaN"}, "罚款金额(万元)", "不小于零"),
        ({**PENALTY, "罚款金额(万元)": "1E+999999"}, "罚款金额(万元)", "不是数字"),
        (changed(失信严重程度="很重"), "失信严重程度", "应为"),
        (changed(失信严重程度=""), "失信严重程度", "不能为空"),
        (changed(状态="作废"), "状态", "应为"),
        (changed(状态="已修复"), "状态日期", "须有"),
        (changed(公示截止期="2025-01-01"), "公示截止期", "早于"),
        (changed(行政处罚决定书文号=""), "行政处罚决定书文号", "不能为空"),
        (changed(处罚类别="罚\x01款"), "处罚类别", "控制字符"),
        (changed(处罚类别="罚" * 4001), "处罚类别", "个字符"),
    ]
    report = load([PENALTY, *(row for row, _, _ in bad), changed(行政处罚决定书文号="罚2")])
    assert (report.loaded, report.rejected) == (2, len(bad))
    assert report.reject_file is not None
    with report.reject_file.open(encoding="utf-8-sig", newline="") as file:
        rejected = list(csv.DictReader(file))
    assert [int(row["行号"]) for row in rejected] == list(range(3, 3 + len(bad)))
    for row, (_, field, reason) in zip(rejected, bad, strict=True):
        assert row["字段"] == field
        assert reason in row["原因"]


@pytest.mark.parametrize("written_day", ["2026-01-05", "2026/1/5", "20260105", "2026年1月5日", "2026.01.05"])
def test_days_may_be_written_in_several_ways(load: Import, store: Store, written_day: str) -> None:
    load([changed(处罚决定日期=written_day)])
    assert Registry(store).knowledge([FIRM], None)[FIRM].records[0].decided_on == date(2026, 1, 5)


def test_a_file_that_breaks_off_leaves_the_reject_file_that_stood_there(
    load: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creditgate_server.registry.importer.CHUNK", 1)
    path = written(tmp_path / "rows.csv", [changed(统一社会信用代码="不是代码"), PENALTY])
    path.write_text(path.read_text("utf-8") + '"没有完', "utf-8")
    rejects = tmp_path / "rows.csv.rejects.csv"
    rejects.write_text("上一次的", "utf-8")
    with pytest.raises(SetupFault, match="不完整"):
        load(path)
    assert rejects.read_text("utf-8") == "上一次的"


def test_rejected_rows_leave_the_feed_incomplete_until_someone_says_otherwise(
    load: Import, store: Store, catalogue: Catalogue, tmp_path: Path
) -> None:
    """What a rejected row would have said is not known: the feed must not look complete."""
    rows = [PENALTY, changed(处罚决定日期="")]
    assert not load(rows).delivered
    assert Registry(store).feeds(None) == {}
    path, key = written(tmp_path / "again.csv", rows), PersonKey(b"k" * 32)
    how = HowToImport(complete=True)
    report = import_file(
        store, path, catalogue=catalogue, forms=FORMS, person_key=key, data_day=DAY, known_at=NOW, how=how
    )
    assert report.delivered
    assert Registry(store).feeds(None) == {"penalty": DAY}


def test_a_file_of_some_attributes_leaves_the_others(load: Import, store: Store) -> None:
    load([{"统一社会信用代码": FIRM, "成立日期": "2019-01-01", "登记状态": "normal"}])
    load([{"统一社会信用代码": FIRM, "登记状态": "cancelled"}], known_at=NOW + timedelta(days=1))
    attributes = Registry(store).knowledge([FIRM], None)[FIRM].attributes
    assert attributes == {"registered_on": "2019-01-01", "operating_state": "cancelled"}


def test_a_penalty_file_with_a_misspelt_header_is_not_taken_for_one_of_subjects(load: Import) -> None:
    row = {("决定书编号" if name == "行政处罚决定书文号" else name): value for name, value in PENALTY.items()}
    with pytest.raises(SetupFault, match="不认识的表头"):
        load([row])


def test_a_gb18030_file_and_a_workbook_say_the_same(load: Import, store: Store, tmp_path: Path) -> None:
    load(written(tmp_path / "gb.csv", [PENALTY], encoding="gb18030"))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(PENALTY))
    cells = {**PENALTY, "处罚决定日期": datetime(2026, 1, 5), "罚款金额(万元)": 1.234567}  # noqa: DTZ001 - a cell
    sheet.append(list(cells.values()))
    book.save(tmp_path / "rows.xlsx")
    assert load(tmp_path / "rows.xlsx").unchanged == 1
    assert len(Registry(store).knowledge([FIRM], None)[FIRM].records) == 1


def test_revoked_licences_lists_ratings_and_subjects(load: Import, store: Store) -> None:
    revoked = {"处罚类别": "吊销许可证件", "失信严重程度": "严重"}
    load([{**PENALTY, **revoked, "暂扣或吊销证照名称及编号": "药品经营许可证 粤1"}])
    load([{**PENALTY, **revoked, "暂扣或吊销证照名称及编号": "食品经营许可证 粤2", "行政处罚决定书文号": "罚7"}])
    assert load([{**PENALTY, **revoked, "行政处罚决定书文号": "罚8"}]).rejected == 1
    entry = {
        "统一社会信用代码": FIRM,
        "名单名称": "失信被执行人名单",
        "列入决定书文号": "列1",
        "列入日期": "2026-10-01",
        "状态": "有效",
    }
    load([entry])
    load([{"统一社会信用代码": FIRM, "评价名称": "纳税缴费信用级别", "评价等级": "A", "评价日期": "2026-05-01"}])
    subject = {
        "主体名称": "某",
        "统一社会信用代码": FIRM,
        "成立日期": "2019-01-01",
        "登记状态": "normal",
        "小型微型企业": "是",
    }
    load([subject])
    known, feeds = Registry(store).known([FIRM], None)
    assert {record.kind for record in known[FIRM].records} == {
        "licence-revocation",
        "food-licence-revocation",
        "list_entry",
    }
    assert [(rating.ladder, rating.rating) for rating in known[FIRM].ratings] == [("tax", "A")]
    assert known[FIRM].present
    assert known[FIRM].attributes == {"registered_on": "2019-01-01", "operating_state": "normal", "small_micro": 1}
    assert set(feeds) == {"court", "tax", "registration"}, "a row of the penalties was refused, and nobody settled it"


def test_a_person_is_known_by_a_keyed_hash_alone(sqlite_url: str, catalogue: Catalogue, tmp_path: Path) -> None:
    store = store_with_tables(sqlite_url)
    key = PersonKey.load(key_path(store, None), create=True)
    entry = {
        "统一社会信用代码": "",
        "证件类型": "居民身份证",
        "证件号码": PERSON,
        "名单名称": "失信被执行人名单",
        "列入决定书文号": "列9",
        "列入日期": "2026-10-01",
    }
    path = written(tmp_path / "list.csv", [entry, {**entry, "证件号码": PERSON[:-1] + "9"}])
    report = import_file(store, path, catalogue=catalogue, forms=FORMS, person_key=key, data_day=DAY, known_at=NOW)
    assert (report.loaded, report.rejected) == (1, 1)
    known = Registry(store).knowledge([key.hash(PERSON, DAY)], None)
    assert len(known[key.hash(PERSON, DAY)].records) == 1
    assert known[key.hash(PERSON, DAY)].present
    store.close()
    written_bytes = b"".join(file.read_bytes() for file in tmp_path.glob("gate.db*"))
    assert PERSON.encode() not in written_bytes
    assert report.reject_file is not None
    assert PERSON[:-1] not in report.reject_file.read_text("utf-8-sig")
    assert key_path(store, None).stat().st_mode & 0o777 == 0o600


def test_a_wrong_person_number_is_refused_without_being_repeated() -> None:
    with pytest.raises(InvalidQuestion) as caught:
        PersonKey(b"k" * 32).hash("110101180001010039", DAY)
    assert "110101180001010039" not in str(caught.value)


@pytest.mark.parametrize(("number", "said"), [("110101199002300030", "不存在"), ("110101202611210035", "还没有到")])
def test_nobody_is_born_on_a_day_that_is_none_or_is_yet_to_come(load: Import, number: str, said: str) -> None:
    entry = {"统一社会信用代码": "", "证件类型": "居民身份证", "证件号码": number}
    listed = {"名单名称": "失信被执行人名单", "列入决定书文号": "列9", "列入日期": "2026-10-01"}
    report = load([entry | listed])
    assert (report.loaded, report.rejected) == (0, 1)
    assert report.reject_file is not None
    assert said in report.reject_file.read_text("utf-8-sig")


def test_the_key_file_must_be_a_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(SetupFault):
        PersonKey.load(tmp_path / "key")
    with pytest.raises(SetupFault):
        PersonKey.load(tmp_path / "none")


def test_five_thousand_rows_in_several_transactions(load: Import, store: Store) -> None:
    rows = [changed(行政处罚决定书文号=f"罚{number}") for number in range(5_000)]
    assert load(rows).loaded == 5_000
    assert load(rows).unchanged == 5_000
    assert len(Registry(store).knowledge([FIRM], None)[FIRM].records) == 5_000


def test_an_import_is_seen_by_a_registry_that_has_read_before(
    load: Import, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(store)
    assert registry.knowledge([FIRM], None)[FIRM].records == ()
    before = registry.known([FIRM], None)
    assert registry.known([FIRM], None)[0][FIRM] is before[0][FIRM]  # the same object while nothing changes
    load([PENALTY])
    assert LOOK_AGAIN_SECONDS < 1
    monkeypatch.setattr("creditgate_server.registry.lookup.LOOK_AGAIN_SECONDS", 0)
    assert len(registry.knowledge([FIRM], None)[FIRM].records) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b"a,b\n1,2\n"),
        ("x.csv", b""),
        ("x.txt", b"a"),
        ("x.xlsx", b"no workbook"),
        ("x.csv", b"\xff\xfe\x00\x00\x81"),
        ("x.csv", ",".join(PENALTY).encode() + b'\n"open'),
    ],
)
def test_files_that_are_none_of_ours_are_refused(load: Import, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SetupFault):
        load(tmp_path / name)


def test_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def _migrate(url: str) -> None:
    with closing(open_store(url)) as store:
        migrate(store)


@pytest.mark.process
def test_several_processes_may_migrate_at_once(store_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_migrate, args=(store_url,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    with closing(open_store(store_url)) as store:
        assert Registry(store).version() == 1


def test_a_schema_of_a_later_release_is_refused(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SetupFault, match="9999"):
        migrate(store)


@pytest.mark.parametrize("address", ["nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_can_not_be_a_store_is_refused(address: str) -> None:
    with pytest.raises(SetupFault):
        open_store(address)


def test_a_server_that_is_not_there_is_told() -> None:
    with closing(open_store("postgresql://gate@127.0.0.1:1/none")) as store, pytest.raises(StoreDown):
        migrate(store)
