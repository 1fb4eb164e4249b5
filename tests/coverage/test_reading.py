"""Files as they come: encodings, tables, mappings, names of items, and what can't be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from creditgate_server.decision.check.decision import Outcome
from creditgate_server.errors import SetupFault
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.catalogue import Item
from creditgate_server.studies.coverage.mapping import FileMapping, read_mapping
from creditgate_server.studies.coverage.reading import read_items
from tests.outcomes.answers import decision
from tests.outcomes.ledgers import Book

from .world import (
    CAFE,
    CITIZEN,
    FOOD,
    HEADERS,
    ISSUED,
    Row,
    Run,
    asks,
    at,
    firm,
    person_hash,
    row,
    write_csv,
    write_xlsx,
)

CLEAR = decision(Outcome.CLEAR)


def write_gb18030(path: Path, rows: list[Row]) -> Path:
    return write_csv(path.with_suffix(".csv"), rows, encoding="gb18030")


def write_with_mark(path: Path, rows: list[Row]) -> Path:
    return write_csv(path.with_suffix(".csv"), rows, encoding="utf-8-sig")


def write_book(path: Path, rows: list[Row]) -> Path:
    return write_xlsx(path.with_suffix(".xlsx"), rows)


@pytest.mark.parametrize("write", [write_gb18030, write_with_mark, write_book])
def test_every_form_of_file_reads_the_same(
    book: Book, run: Run, tmp_path: Path, write: Callable[[Path, list[Row]], Path]
) -> None:
    book.check(CLEAR, at=at("10-15"), **asks(firm(1)))
    book.check(CLEAR, at=at("10-15"), **asks(person_hash(CITIZEN)))
    rows = [row(firm(1)), row("", citizen=CITIZEN), row(firm(2)), row(firm(3), item="㐂许可")]  # in GB 18030 four bytes
    found, heard = run(write(tmp_path / "licences", rows))
    assert [heard.of_row(number) for number in (2, 3, 4, 5)] == [
        "in_time",
        "in_time",
        "not_checked",
        "unmatched/unknown_item",
    ]
    assert found.rows == 4
    assert heard.rows[0].item == "㐂许可"


def test_days_are_read_as_files_write_them(book: Book, run: Run, tmp_path: Path) -> None:
    book.check(CLEAR, at=at("10-15"), **asks(firm(1)))
    texts = ("2026-10-20", "2026/10/20", "2026年10月20日", "20261020", "2026.10.20", "2026-10-20 00:00:00")
    path = write_csv(
        tmp_path / "a.csv", [row(firm(1), text, document=f"第{number}号") for number, text in enumerate(texts)]
    )
    assert [heard_row.licence.issued_on for heard_row in run(path)[1].cases] == [ISSUED] * len(texts)


def test_several_files_are_one_report_and_a_licence_in_both_counts_once(book: Book, run: Run, tmp_path: Path) -> None:
    one, two = row(firm(1), document="第1号"), row(firm(2), document="第2号")
    found, heard = run(write_csv(tmp_path / "a.csv", [one]), write_xlsx(tmp_path / "b.xlsx", [two, one]))
    assert [(file.name, file.rows) for file in found.files] == [("a.csv", 1), ("b.xlsx", 2)]
    assert (heard.of_row(2, 0), heard.of_row(2, 1), heard.of_row(3, 1)) == (
        "not_checked",
        "not_checked",
        "unmatched/doubled_row",
    )
    assert heard.rows[0].said == "与第 1 个文件第 2 行是同一许可"


def test_blank_rows_are_told_and_short_ones_read(book: Book, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    whole, short = row(firm(1)), row(firm(2))[:-1]
    path.write_text("\n".join([",".join(HEADERS), ",".join(whole), "", ",,,,,,,", ",".join(short)]), "utf-8")
    found, heard = run(path)
    assert (found.rows, found.files[0].blank) == (2, 2)
    assert [case.licence.organ for case in heard.cases] == ["market-regulation"] * 2
    assert any("空行 2 行" in note for note in found.notes)


# -- items ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["food-business-licence", "食品经营许可", "食品经营许可证", " 食品 经营许可证 "])
def test_an_item_is_known_by_code_title_and_certificate(book: Book, run: Run, tmp_path: Path, name: str) -> None:
    assert run(write_csv(tmp_path / "a.csv", [row(firm(1), item=name)]))[1].of_row(2) == "not_checked"


def test_an_item_is_known_by_the_certificates_that_the_catalogue_names(book: Book, run: Run, tmp_path: Path) -> None:
    """药品管理法 51: the licence to trade in drugs is the 药品经营许可证, which the city issues to retailers alone."""
    drugs, transport = row(firm(1), item="药品经营许可证"), row(firm(2), item="道路运输经营许可证")
    _, heard = run(write_csv(tmp_path / "a.csv", [drugs, transport]))
    assert [case.licence.item for case in heard.cases] == ["drug-retail-licence"]
    assert heard.of_row(3) == "unmatched/ambiguous_item"  # of goods or of dangerous goods: the name does not tell


def test_full_and_half_width_are_the_same(book: Book, run: Run, tmp_path: Path) -> None:
    found, _ = run(write_csv(tmp_path / "a.csv", [row(firm(1), item="药品经营许可（零售）")]))
    assert [one.item for one in found.items] == ["drug-retail-licence"]


def test_the_first_column_that_names_an_item_counts(book: Book, run: Run, tmp_path: Path) -> None:
    headers = ("代码_1", "许可决定日期", "许可事项名称", "许可证书名称")
    rows = [
        (firm(1), "2026-10-20", "", "食品经营许可证"),
        (firm(2), "2026-10-20", "城市管理类", "食品经营许可证"),
        (firm(3), "2026-10-20", "娱乐经营许可", "食品经营许可证"),
    ]
    _, heard = run(write_csv(tmp_path / "a.csv", rows, headers))
    assert [case.licence.item for case in heard.cases] == [FOOD, FOOD, CAFE]


def test_a_renamed_item_is_known_by_its_earlier_title(book: Book, run: Run, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(firm(1), item="食品流通许可证")])
    book.check(CLEAR, at=at("10-15"), **asks(firm(1)))
    assert run(path)[1].of_row(2) == "unmatched/unknown_item"
    earlier = (Item(code=FOOD, title="食品流通许可", organ="market-regulation"),)
    assert run(path, former=lambda: earlier)[1].of_row(2) == "in_time"
    mapping = FileMapping(items={"食品流通许可证": "食品经营许可"})
    assert run(path, mapping=mapping)[1].of_row(2) == "in_time"


def test_checks_under_an_items_former_code_count(book: Book, run: Run, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(firm(1))])
    book.check(CLEAR, at=at("10-15"), item="food-circulation-licence", **asks(firm(1)))
    assert run(path)[1].of_row(2) == "not_checked"
    assert run(path, mapping=FileMapping(formerly={"food-circulation-licence": FOOD}))[1].of_row(2) == "in_time"


def test_an_earlier_title_of_a_former_code_is_the_item_that_it_became(book: Book, run: Run, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(firm(1), item="食品流通许可证")])
    earlier = (Item(code="food-circulation-licence", title="食品流通许可", organ="market-regulation"),)
    assert run(path, former=lambda: earlier)[1].of_row(2) == "unmatched/unknown_item"
    mapping = FileMapping(formerly={"food-circulation-licence": FOOD})
    assert run(path, former=lambda: earlier, mapping=mapping)[1].of_row(2) == "not_checked"


def test_a_title_of_two_organs_items_is_the_one_of_the_rows_organ(
    book: Book, rule_set: RuleSet, tmp_path: Path
) -> None:
    from .world import run_on

    twin = Item(code="food-twin", title="食品经营许可", organ="health")
    catalogue = msgspec.structs.replace(rule_set.catalogue, items=rule_set.catalogue.items | {"food-twin": twin})
    both = msgspec.structs.replace(rule_set, catalogue=catalogue)
    rows = [row(firm(1)), row(firm(2), organ="东莞市卫生健康局"), row(firm(3), organ="别的机关")]
    _, heard = run_on(book.store, both, write_csv(tmp_path / "a.csv", rows))
    assert [case.licence.item for case in heard.cases] == [FOOD, "food-twin"]
    assert heard.of_row(4) == "unmatched/ambiguous_item"


def test_what_the_mapping_exempts_leaves_nothing_unproven(book: Book, run: Run, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(firm(1), item="营业执照")])
    assert run(path)[0].misses == 1
    found, heard = run(path, mapping=FileMapping(items={"营业执照": "-"}))
    assert heard.of_row(2) == "unmatched/exempt_item"
    assert found.misses == 0


def test_one_item_for_all_rows_may_be_said(book: Book, run: Run, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(firm(1), "2026-10-20")], ("统一社会信用代码", "许可决定日期"))
    with pytest.raises(SetupFault, match="没有事项的列"):
        run(path)
    assert run(path, item="食品经营许可")[1].cases[0].licence.item == FOOD
    with pytest.raises(SetupFault, match="目录中没有事项“烟草专卖”"):
        run(path, item="烟草专卖")


def test_a_table_of_titles_is_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("序号,许可名称,事项代码\n1,食品证(新),food-business-licence\n\n2,营业执照,-\n", "utf-8")
    assert read_items(path) == {"食品证(新)": FOOD, "营业执照": "-"}
    for content, told in (
        ("许可名称,代码\n", "须有列"),
        ("许可名称,事项代码\n甲\n", "第 2 行不完整"),
        ("许可名称,事项代码\n甲,a\n甲,b\n", "第 3 行: “甲”已对应另一事项"),
    ):
        path.write_text(content, "utf-8")
        with pytest.raises(SetupFault, match=told):
            read_items(path)


# -- organs -----------------------------------------------------------------------------------------------------------


def test_an_unknown_organ_counts_with_the_items_own_and_is_told(book: Book, run: Run, tmp_path: Path) -> None:
    rows = [row(firm(1), organ="南城分局"), row(firm(2), organ="南城分局"), row(firm(3), organ="东莞市卫生健康局")]
    path = write_csv(tmp_path / "a.csv", rows)
    found, _ = run(path)
    assert [(one.organ, one.figures.licences) for one in found.organs] == [("market-regulation", 2), ("health", 1)]
    assert any("南城分局(2 行)" in note for note in found.notes)
    found, _ = run(path, mapping=FileMapping(organs={"南城分局": "东莞市卫生健康局"}))
    assert [(one.organ, one.figures.licences) for one in found.organs] == [("health", 3)]


# -- mappings ---------------------------------------------------------------------------------------------------------


def test_any_table_is_read_with_a_mapping(book: Book, run: Run, tmp_path: Path) -> None:
    book.check(CLEAR, at=at("10-15"), **asks(firm(1)))
    headers = ("序号", "信用代码", "发证日", "办理事项", "发证单位", "证号")
    rows = [
        ("1", firm(1), "2026/10/20", "食品经营许可", "东莞市市场监督管理局", "粤食1"),
        ("2", firm(2), "", "", "", ""),
    ]
    path = write_csv(tmp_path / "a.csv", rows, headers)
    text = "subject=信用代码,issued_on=发证日,item=办理事项,organ=发证单位,document=证号"
    _, heard = run(path, mapping=read_mapping([text]))
    assert (heard.of_row(2), heard.of_row(3)) == ("in_time", "unmatched/no_date")
    assert heard.cases[0].licence.document == "粤食1"
    yaml = tmp_path / "对照.yaml"
    yaml.write_text(
        "columns: {subject: 信用代码, issued_on: 发证日, item: 办理事项}\n"
        "items: {食品经营许可: entertainment-licence}\n",
        "utf-8",
    )
    _, heard = run(path, mapping=read_mapping([str(yaml)]))
    assert heard.cases[0].licence.item == CAFE
    assert heard.cases[0].licence.document == ""


def test_later_mappings_add_to_earlier_ones(tmp_path: Path) -> None:
    one = tmp_path / "one.yaml"
    one.write_text("columns: {subject: 甲}\nitems: {a: b}\nformerly: {now: [then, before]}\n", "utf-8")
    mapping = read_mapping([str(one), "subject=乙,item=丙"])
    assert mapping.columns == {"subject": "乙", "item": "丙"}
    assert mapping.items == {"a": "b"}
    assert mapping.formerly == {"then": "now", "before": "now"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("subject", "对照写法不对: subject"),
        ("subject=", "对照写法不对: subject="),
        ("=甲", "对照写法不对: =甲"),
        ("who=甲", "没有字段 who"),
        ("subject=甲,subject=乙", "字段 subject 对照了两次"),
        ("none.yaml", "对照文件不能读取"),
    ],
)
def test_a_mapping_that_is_none_is_told(text: str, told: str) -> None:
    with pytest.raises(SetupFault, match=told):
        read_mapping([text])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("columns: [a]", "Expected `object`"),
        ("items: {a: [b]}", "Expected `str`"),
        ("rows: {}", "rows"),
        ("columns: {who: 甲}", "没有字段 who"),
        ("items: {a: b\n", "有误: 第 2 行"),
        ("items:\n  a: b\n  a: c\n", "有误: 第 3 行"),
        ("items: {? [a] : b}", "有误"),
    ],
)
def test_a_mapping_file_that_is_none_is_told(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(SetupFault, match=told):
        read_mapping([str(path)])


def test_codes_that_look_like_numbers_stay_texts(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("items: {00012: food-business-licence, 是: yes, 2026-01-01: no}", "utf-8")
    assert read_mapping([str(path)]).items == {"00012": "food-business-licence", "是": "yes", "2026-01-01": "no"}


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        (FileMapping(columns={"item": "办理事项"}), "没有对照所写的列“办理事项”"),
        (FileMapping(items={"甲": "烟草专卖"}), "把“甲”对应到“烟草专卖”"),
        (FileMapping(organs={"甲": "烟草局"}), "把“甲”对应到“烟草局”"),
        (FileMapping(formerly={"then": "烟草专卖"}), "目录中没有事项“烟草专卖”"),
    ],
)
def test_a_mapping_that_does_not_fit_is_told(
    book: Book, run: Run, tmp_path: Path, mapping: FileMapping, told: str
) -> None:
    with pytest.raises(SetupFault, match=told):
        run(write_csv(tmp_path / "a.csv", [row(firm(1))]), mapping=mapping)


# -- what can't be read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "没有统一社会信用代码、许可决定日期、事项的列"),
        (",".join(HEADERS).encode(), "没有数据行"),
        ((",".join(HEADERS) + "\n,,,,,,,\n\n").encode(), "没有数据行"),
        ("统一社会信用代码,许可证书名称\n".encode(), "没有许可决定日期的列"),
        ("许可决定日期,许可证书名称\n".encode(), "没有统一社会信用代码的列"),
        (b"\xff\xfe\x00", "看来是 UTF-16 编码"),
        (b"\x81\x20\xff", "不是 UTF-8 或 GB 18030"),
        ((",".join(HEADERS) + '\n"a').encode(), "第 2 行不完整"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(book: Book, run: Run, tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(SetupFault, match=told):
        run(path)


def test_a_citizens_number_in_the_wrong_column_is_a_person_and_is_not_repeated(
    book: Book, run: Run, tmp_path: Path
) -> None:
    book.check(CLEAR, at=at("10-15"), **asks(person_hash(CITIZEN)))
    wrong = CITIZEN[:-1] + "8"
    keyed = row(person_hash(CITIZEN), document="甲")
    _, heard = run(write_csv(tmp_path / "a.csv", [row(CITIZEN), row(wrong), row("", citizen=wrong), keyed]))
    assert heard.of_row(2) == heard.of_row(5) == "in_time"
    assert heard.of_row(3) == "unmatched/bad_code"
    assert heard.of_row(4) == "unmatched/bad_person"
    assert all(CITIZEN[:6] not in repr(one) and CITIZEN[6:14] not in repr(one) for one in heard.rows)


def test_the_first_reason_counts(book: Book, run: Run, tmp_path: Path) -> None:
    rows = [
        row("1", "", item=""),
        row(firm(1), "", item=""),
        row(firm(1), "2020-01-01", item=""),
        row(firm(1), date(2026, 10, 20), item=""),
    ]
    _, heard = run(write_csv(tmp_path / "a.csv", rows))
    assert [heard.of_row(number) for number in range(2, 6)] == [
        "unmatched/bad_code",
        "unmatched/no_date",
        "unmatched/outside_period",
        "unmatched/no_item",
    ]
