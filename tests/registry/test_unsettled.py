"""A file that was not whole holds its feed back until someone settles it, whatever came before and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from creditgate_server.registry.control import Control, ControlTotals
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.importer import HowToImport, import_file
from creditgate_server.registry.lookup import Registry
from creditgate_server.registry.reports import ImportReport
from creditgate_server.storage.database import Store

from ..shared import library
from .test_registry import FORMS, PENALTY, changed, written

FIRST = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
Come = Callable[..., ImportReport]
GOOD = [PENALTY]
BAD = [changed(行政处罚决定书文号="罚2", 处罚决定日期="")]
NOTHING = Control()
MENDED = [changed(行政处罚决定书文号="罚2")]


@pytest.fixture
def come(store: Store, tmp_path: Path) -> Come:
    """Import a file under a name, on so many days after the first."""

    def run(
        name: str, rows: list[dict[str, str]], day: int, *, complete: bool = False, control: Control = NOTHING
    ) -> ImportReport:
        return import_file(
            store,
            written(tmp_path / name, rows),
            catalogue=library().rule_set.catalogue,
            forms=FORMS,
            person_key=PersonKey(b"k" * 32),
            data_day=(FIRST + timedelta(days=day)).date(),
            known_at=FIRST + timedelta(days=day),
            how=HowToImport(complete=complete, control=control),
        )

    return run


def complete_to(store: Store, day: int | None = None) -> date | None:
    instant = None if day is None else FIRST + timedelta(days=day)
    return Registry(store).feeds(instant).get("penalty")


def test_a_refused_row_counts_though_the_day_before_was_whole(come: Come, store: Store) -> None:
    come("一日.csv", GOOD, 0)
    assert complete_to(store) == date(2026, 11, 20)
    come("二日.csv", BAD, 1)
    assert complete_to(store) is None
    assert complete_to(store, 0) == date(2026, 11, 20), "as it was known then"


@pytest.mark.parametrize("day", [0, 1], ids=["the same day", "an older day"])
def test_of_whatever_day_the_file_is(come: Come, store: Store, day: int) -> None:
    come("一日.csv", GOOD, 1)
    come("二日.csv", BAD, day)
    assert complete_to(store) is None


def test_a_whole_file_of_another_name_does_not_settle_it(come: Come, store: Store) -> None:
    come("二日.csv", BAD, 1)
    report = come("三日.csv", GOOD, 2)
    assert report.delivered
    assert complete_to(store) is None
    (note,) = [one for one in report.notes if "没有处理完的文件" in one]
    assert "二日.csv" in note and "--complete" in note


@pytest.mark.parametrize("name", ["二日.csv", "二日.csv.rejects.csv"])
def test_corrected_under_its_name_it_is_settled(come: Come, store: Store, name: str) -> None:
    come("一日.csv", GOOD, 0)
    come("二日.csv", BAD, 1)
    assert come(name, MENDED, 2).delivered
    assert complete_to(store) == date(2026, 11, 22)


def test_a_name_that_only_begins_alike_does_not_settle_it(come: Come, store: Store) -> None:
    come("二.csv", BAD, 1)
    come("二.csv2.csv", GOOD, 2)
    assert complete_to(store) is None


def test_the_operators_word_settles_all_of_the_feed(come: Come, store: Store) -> None:
    come("一日.csv", BAD, 0)
    come("二日.csv", BAD, 1)
    come("三日.csv", GOOD, 2, complete=True)
    assert complete_to(store) == date(2026, 11, 22)


def test_another_feed_is_not_held_back(come: Come, store: Store) -> None:
    entry = {
        "统一社会信用代码": PENALTY["统一社会信用代码"],
        "名单名称": "失信被执行人名单",
        "列入决定书文号": "列1",
        "列入日期": "2026-10-01",
        "状态": "有效",
    }
    come("名单.csv", [entry], 0)
    come("一日.csv", BAD, 1)
    assert set(Registry(store).feeds(None)) == {"court"}


def test_where_no_row_can_be_read_every_feed_of_its_kind_is_held_back(come: Come, store: Store) -> None:
    entry = {
        "统一社会信用代码": PENALTY["统一社会信用代码"],
        "名单名称": "失信被执行人名单",
        "列入决定书文号": "列1",
        "列入日期": "2026-10-01",
        "状态": "有效",
    }
    come("名单.csv", [entry], 0)
    assert set(Registry(store).feeds(None)) == {"court"}
    assert come("名单二.csv", [{**entry, "列入日期": ""}], 1).rejected == 1
    assert Registry(store).feeds(None) == {}


# -- files of several feeds -------------------------------------------------------------------------------------------

COURT, LABOUR = "失信被执行人名单", "拖欠农民工工资失信联合惩戒对象名单"


def entry(listed: str, number: str, day: str = "2026-10-01") -> dict[str, str]:
    return {
        "统一社会信用代码": PENALTY["统一社会信用代码"],
        "名单名称": listed,
        "列入决定书文号": number,
        "列入日期": day,
        "状态": "有效",
    }


@pytest.fixture
def both(come: Come, store: Store) -> Store:
    """Courts and labour have delivered their lists."""
    come("名单.csv", [entry(COURT, "列1"), entry(LABOUR, "列2")], 0)
    return store


def delivered(store: Store) -> set[str]:
    return set(Registry(store).feeds(None))


def test_a_refused_row_holds_back_the_feed_that_it_names(come: Come, both: Store) -> None:
    """Not only those of the rows that were taken."""
    come("名单二.csv", [entry(COURT, "列3"), entry(LABOUR, "列4", "")], 1)
    assert "labour" not in delivered(both)


def test_a_refused_row_that_names_no_list_may_be_of_any(come: Come, both: Store) -> None:
    come("名单二.csv", [entry(COURT, "列3"), entry("某某名单", "列4")], 1)
    assert delivered(both) == set()


def test_a_refused_row_that_names_its_list_leaves_the_others(come: Come, both: Store) -> None:
    come("名单二.csv", [entry(LABOUR, "列4", "")], 1)
    assert delivered(both) == {"court"}


@pytest.mark.parametrize("name", ["名单二.csv", "名单二.csv.rejects.csv"])
def test_corrected_it_is_settled_for_every_feed_that_it_held_back(come: Come, both: Store, name: str) -> None:
    come("名单二.csv", [entry("某某名单", "列4")], 1)
    assert delivered(both) == set()
    come(name, [entry(LABOUR, "列4")], 2)
    assert delivered(both) == {"court", "labour"}


def test_the_operators_word_on_a_file_settles_it_for_every_feed_that_it_held_back(come: Come, both: Store) -> None:
    come("名单二.csv", [entry("某某名单", "列4")], 1)
    come("名单二.csv", [entry("某某名单", "列4")], 2, complete=True)
    assert delivered(both) == {"court", "labour"}


def test_the_operators_word_on_rows_that_name_no_list_delivers_no_list(come: Come, store: Store) -> None:
    come("名单.csv", [entry("某某名单", "列4")], 0, complete=True)
    assert delivered(store) == set()


def test_a_file_of_another_kind_by_the_same_name_settles_nothing(come: Come, both: Store) -> None:
    come("11月.csv", [entry(LABOUR, "列4", "")], 1)
    come("11月.csv", GOOD, 2)
    assert "labour" not in delivered(both)


@pytest.mark.parametrize(
    "control",
    [Control(rows=2), Control(feeds={"court": ControlTotals(rows=1), "labour": ControlTotals(rows=1)})],
    ids=["rows", "rows of each feed"],
)
def test_a_file_short_of_a_row_holds_back_the_feeds_that_the_row_may_be_of(
    come: Come, both: Store, control: Control
) -> None:
    come("名单二.csv", [entry(COURT, "列3")], 1, control=control)
    assert delivered(both) == set()
    come("名单二.csv", [entry(COURT, "列3"), entry(LABOUR, "列4")], 2, control=control)
    assert delivered(both) == {"court", "labour"}
