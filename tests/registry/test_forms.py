"""Forms: what columns bring, which faults are named, what the law's words for penalties mean."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from creditgate_server.decision.knowledge import Record
from creditgate_server.errors import RuleSetFault, SetupFault
from creditgate_server.registry.control import Control, read_control
from creditgate_server.registry.forms import NO_MAPPING, FormMapping, read_form_texts, read_forms, read_mapping
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.importer import HowToImport, import_file
from creditgate_server.registry.lookup import Registry
from creditgate_server.registry.reports import ImportReport
from creditgate_server.registry.row_reader import RowReader
from creditgate_server.registry.rows import ReadRow, RecordRow, RelationRow, SubjectRow
from creditgate_server.registry.understanding import Understander
from creditgate_server.rulebook.catalogue import RelationKind
from creditgate_server.storage.database import Store
from creditgate_server.studies.coverage.columns import HEADERS
from tests.shared import RULES, library

FOLDER = Path(__file__).parent / "forms"
FAULTS: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "faults.yaml").read_text("utf-8"))
PENALTY_KINDS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "penalty_kinds.yaml").read_text("utf-8"))
SAMPLES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "samples.yaml").read_text("utf-8"))
FORMS = read_forms(RULES)
FIRM, OTHER, PERSON = "91441900708017879M", "914419006177625157", "110101180001010031"
DAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
KEY = PersonKey(b"k" * 32)
SOUND = {
    "行政相对人名称": "(样例)",
    "统一社会信用代码": FIRM,
    "行政处罚决定书文号": "罚1",
    "处罚类别": "罚款",
    "罚款金额(万元)": "12.3456",
    "处罚决定日期": "2026-01-05",
    "公示截止期": "2027-01-05",
    "处罚机关": "东莞市生态环境局",
    "失信严重程度": "一般",
    "状态": "有效",
    "状态日期": "",
}


def written(path: Path, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headers, *rows])
    return path


def load(store: Store, path: Path, *, known_at: datetime = NOW, data_day: date = DAY, **how: Any) -> ImportReport:
    return import_file(
        store,
        path,
        catalogue=library().rule_set.catalogue,
        forms=FORMS,
        person_key=KEY,
        data_day=data_day,
        known_at=known_at,
        how=HowToImport(**how),
    )


def mapping_of(given: object, folder: Path) -> FormMapping:
    if given is None:
        return NO_MAPPING
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(given, allow_unicode=True), "utf-8")
    return read_mapping(path)


def rejected(report: ImportReport) -> dict[str, tuple[str, str]]:
    if report.reject_file is None:
        return {}
    with report.reject_file.open(encoding="utf-8-sig", newline="") as file:
        return {row["行号"]: (row["字段"], row["原因"]) for row in csv.DictReader(file)}


def as_json(value: object) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(value))


def records(store: Store, identifier: str = FIRM) -> tuple[Record, ...]:
    return Registry(store).knowledge([identifier], None)[identifier].records


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_or_the_value_is_right(name: str, store: Store, tmp_path: Path) -> None:
    case = FAULTS[name]
    changes = case.get("change", {})
    sound = {header: cell for header, cell in SOUND.items() if header not in case.get("drop", ())}
    headers = [*sound, *(header for header in changes if header not in sound)]
    first = [str(changes.get(header, sound.get(header, ""))) for header in headers]
    rows = [
        [str(more.get(header, cell)) for header, cell in zip(headers, first, strict=True)]
        for more in case.get("rows", ())
    ]
    rows = [first + ([case["extra"]] if "extra" in case else []), *rows]
    path = written(tmp_path / "rows.csv", [case.get("rename", {}).get(one, one) for one in headers], rows)
    mapping = mapping_of(case.get("mapping"), tmp_path)
    if "refused" in case:
        with pytest.raises(SetupFault) as refused:
            load(store, path, mapping=mapping)
        assert case["refused"] in refused.value.message
        assert records(store) == ()
        return
    report = load(store, path, mapping=mapping)
    told = rejected(report)
    assert set(told) == set(case.get("faults", {}))
    for row, (field, reason) in case.get("faults", {}).items():
        assert told[row][0] == field
        assert reason in told[row][1]
    assert report.delivered is not bool(told)
    assert len(records(store)) == len(rows) - len(told) - (len(rows) - 1 if "values" in case else 0)
    if "values" in case:
        kept = as_json(records(store)[0])
        assert {field: kept.get(field) for field in case["values"]} == case["values"]
    again = load(store, path, mapping=mapping, known_at=NOW + timedelta(days=1))
    assert (again.loaded, again.revised) == (0, 0)


@pytest.mark.parametrize(
    "case", PENALTY_KINDS, ids=lambda case: case["text"] + case.get("content", "") + case.get("licence", "")
)
def test_the_kinds_of_penalty_are_those_of_the_law(case: dict[str, Any]) -> None:
    row = SOUND | {
        "处罚类别": case["text"],
        "处罚内容": case.get("content", ""),
        "暂扣或吊销证照名称及编号": case.get("licence", "药品经营许可证"),
    }
    said = read(row)
    kinds = [record.penalty_kinds for record in said]
    wanted = msgspec.UNSET if case["kinds"] is None else tuple(case["kinds"])
    assert kinds == [wanted] * len(kinds), case["why"]
    assert said[-1].kind == case.get("kind", "penalty"), case["why"]


def reader(headers: Sequence[str], mapping: FormMapping = NO_MAPPING) -> RowReader:
    catalogue = library().rule_set.catalogue
    found = Understander(FORMS, catalogue, mapping).understand(headers, Path("rows.csv"))
    return RowReader(found, catalogue, lambda number: KEY.hash(number, DAY), DAY)


def rows_of(row: dict[str, str]) -> tuple[ReadRow, ...]:
    return reader(list(row)).read(list(row.values()))


def read(row: dict[str, str]) -> list[Record]:
    return [one.record for one in rows_of(row) if isinstance(one, RecordRow)]


def test_a_decision_with_a_fine_and_a_revocation_is_two_records_and_its_fine_counts_once() -> None:
    said = read(SOUND | {"处罚类别": "罚款;吊销许可证件", "暂扣或吊销证照名称及编号": "食品经营许可证 粤2"})
    assert [(one.kind, one.amount_fen, one.licence_item) for one in said] == [
        ("penalty", 12345600, "food-business-licence"),
        ("food-licence-revocation", 0, "food-business-licence"),
    ]


@pytest.mark.parametrize(
    ("licence", "kind", "item"),
    [
        ("食品经营许可证 粤2", "food-licence-revocation", "food-business-licence"),
        ("《食品生产许可证》(SC1)", "food-licence-revocation", "food-production-licence"),
        ("药品经营许可证 粤1", "licence-revocation", "drug-retail-licence"),
        ("食品相关产品生产许可证", "licence-revocation", msgspec.UNSET),
        ("道路运输经营许可证", "licence-revocation", msgspec.UNSET),  # of two items: which is not known
        ("某食品公司的营业执照", "licence-revocation", msgspec.UNSET),
    ],
)
def test_which_licence_was_revoked(licence: str, kind: str, item: object) -> None:
    (said,) = read(SOUND | {"处罚类别": "吊销许可证件", "罚款金额(万元)": "", "暂扣或吊销证照名称及编号": licence})
    assert (said.kind, said.licence_item) == (kind, item)


def test_persons_named_beside_a_firm_become_relations_of_that_day_and_no_number_is_kept() -> None:
    row = SOUND | {"法定代表人": "某甲", "证件类型": "身份证", "证件号码": PERSON, "直接责任人员证件号码": PERSON}
    relations = [one for one in rows_of(row) if isinstance(one, RelationRow)]
    assert [(one.kind, one.on, one.document_number) for one in relations] == [
        (RelationKind.LEGAL_REPRESENTATIVE, date(2026, 1, 5), "罚1"),
        (RelationKind.DIRECTLY_RESPONSIBLE, date(2026, 1, 5), "罚1"),
    ]
    assert {one.other for one in relations} == {KEY.hash(PERSON, DAY)}
    assert PERSON not in repr(relations)


def test_a_masked_number_tells_no_relation_and_is_counted(store: Store, tmp_path: Path) -> None:
    row = SOUND | {"法定代表人证件号码": "1101**********0031"}
    report = load(store, written(tmp_path / "rows.csv", list(row), [list(row.values())]))
    assert (report.loaded, report.untold) == (1, 1)
    assert any("关系没有登记" in note for note in report.notes)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["form"])
def test_a_sound_file_of_each_form_loads_without_editing(sample: dict[str, Any], store: Store, tmp_path: Path) -> None:
    catalogue = library().rule_set.catalogue
    headers, row = list(sample["row"]), [str(cell) for cell in sample["row"].values()]
    assert Understander(FORMS, catalogue).understand(headers, tmp_path).form.code == sample["form"]
    report = load(store, written(tmp_path / "rows.csv", headers, [row]))
    assert rejected(report) == {}
    assert (report.rows, report.loaded, report.delivered) == (1, 1, True)
    said = rows_of(dict(zip(headers, row, strict=True)))
    first = said[0]
    found = {
        RecordRow: lambda: as_json(first.record),
        SubjectRow: lambda: first.attributes,
    }.get(type(first), lambda: {name: str(getattr(first, name)) for name in first.__slots__})()
    found = as_json(first.rating) if hasattr(first, "rating") else found
    assert {name: found.get(name) for name in sample["gives"]} == sample["gives"]


def test_every_form_has_a_sample() -> None:
    assert {sample["form"] for sample in SAMPLES} == set(FORMS)


def test_coverage_knows_the_headers_of_the_licence_form() -> None:
    fields = {"subject": "uscc", "issued_on": "decided_on", "document": "document_number"}
    form = {column.field: column.headers for column in FORMS["licences-2018"].columns}
    assert {name: form[fields.get(name, name)] for name in HEADERS} == HEADERS


# -- totals, rehearsals, older days ------------------------------------------------------------------------------------


def test_fewer_rows_than_announced_leave_the_feed_incomplete(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.csv", list(SOUND), [list(SOUND.values())])
    report = load(store, path, control=Control(rows=2))
    assert report.differs == ["应有 2 行, 收到 1 行"]
    assert not report.delivered
    assert Registry(store).feeds(None) == {}
    assert load(store, path, control=Control(rows=1)).delivered


def test_a_control_file_tells_rows_and_amounts_by_feed(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.csv", list(SOUND), [list(SOUND.values())])
    headers = ["文件名", "数据源", "接收条数", "金额合计(元)"]
    catalogue = library().rule_set.catalogue
    told = written(
        tmp_path / "control.csv", headers, [["rows.csv", "penalty", "1", "123456"], ["other.csv", "tax", "3", ""]]
    )
    assert load(store, path, control=Control(feeds=read_control(told, path.name, catalogue))).delivered
    told = written(tmp_path / "control.csv", headers, [["rows.csv", "penalty", "743", "123456.01"]])
    report = load(store, path, control=Control(feeds=read_control(told, path.name, catalogue)))
    assert not report.delivered
    assert "应有 743 条, 收下 1 条" in report.differs[0]
    assert "123,456.01 元" in report.differs[1]
    with pytest.raises(SetupFault, match="没有 none"):
        read_control(told, "none.csv", catalogue)


def test_a_rehearsal_says_what_would_change_and_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.csv", list(SOUND), [list(SOUND.values())])
    report = load(store, path, rehearsal=True)
    assert (report.loaded, report.reject_file) == (1, None)
    assert records(store) == ()
    assert Registry(store).feeds(None) == {}
    load(store, path)
    changed = written(
        tmp_path / "rows.csv", list(SOUND), [list((SOUND | {"状态": "已撤销", "公示截止期": ""}).values())]
    )
    assert load(store, changed, rehearsal=True).revised == 1
    assert records(store)[0].state == "effective"


def test_an_older_data_day_does_not_override_unless_told(store: Store, tmp_path: Path) -> None:
    load(store, written(tmp_path / "rows.csv", list(SOUND), [list(SOUND.values())]))
    old = written(tmp_path / "old.csv", list(SOUND), [list((SOUND | {"失信严重程度": "严重"}).values())])
    report = load(store, old, data_day=DAY - timedelta(days=5), known_at=NOW + timedelta(hours=1))
    assert (report.revised, report.outdated) == (0, 1)
    assert "较早的不覆盖" in rejected(report)["2"][1]
    assert records(store)[0].severity == "general"
    assert (
        load(store, old, data_day=DAY - timedelta(days=5), known_at=NOW + timedelta(hours=2), older=True).revised == 1
    )
    assert records(store)[0].severity == "serious"


@pytest.mark.parametrize("size", [1, 2, 3, 1_000])
def test_the_same_file_again_changes_nothing_wherever_its_pages_fall(
    size: int, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def row(number: int, **changes: str) -> list[str]:
        return list((SOUND | {"行政处罚决定书文号": f"罚{number}"} | changes).values())

    rows = [row(1), row(2), row(1), row(3), row(2, **{"罚款金额(万元)": "7"}), row(4), row(1)]
    path = written(tmp_path / "rows.csv", list(SOUND), rows)
    monkeypatch.setattr("creditgate_server.registry.importer.CHUNK", size)
    report = load(store, path)
    assert set(rejected(report)) == {"3", "6"}
    assert (report.loaded, report.revised, report.unchanged) == (3, 0, 2)
    monkeypatch.setattr("creditgate_server.registry.importer.CHUNK", 5)
    again = load(store, path, known_at=NOW + timedelta(days=1))
    assert (again.loaded, again.revised, again.unchanged) == (0, 0, 5)


# -- the files of forms and mappings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("forms: []", "列表是空的"),
        ("form: {}", "没有 form 这一节"),
        (
            "forms: [{code: a, title: 甲, kind: penalties, version: '1', columns: [{field: nothing, headers: [甲]}]}]",
            "没有字段",
        ),
        (
            "forms: [{code: a, title: b, kind: ratings, version: a, columns: [{field: fine, headers: [a]}]}]",
            "没有字段 fine",
        ),
        (
            "forms: [{code: a, title: 甲, kind: penalties, version: '1', columns: [{field: fine, headers: [甲]}]}]",
            "单位不对",
        ),
        (
            "forms: [{code: a, title: 甲, kind: penalties, version: a, columns: [{field: name, headers: [甲, 甲*]}]}]",
            "写了两次",
        ),
    ],
)
def test_a_broken_form_is_refused_with_its_place(content: str, said: str) -> None:
    with pytest.raises(RuleSetFault) as refused:
        read_form_texts({"forms.yaml": content.encode()})
    assert said in str([str(fault) for fault in refused.value.faults])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("columns: {fines: 甲}", "没有字段 fines"),
        ("units: {fine: 角}", "不认识"),
        ("colums: {fine: 甲}", "没有字段 colums"),
        ("- 甲", "一节"),
    ],
)
def test_a_broken_mapping_is_refused_with_its_place(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(content, "utf-8")
    with pytest.raises(RuleSetFault) as refused:
        read_mapping(tmp_path / "mapping.yaml")
    assert said in str([str(fault) for fault in refused.value.faults])


def test_a_library_without_forms_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match="没有表样"):
        read_forms(Path(shutil.copytree(RULES / "schema", tmp_path / "schema")).parent)
