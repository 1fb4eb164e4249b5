"""The column 已核实: it shows the register of verification; a workbook withdraws verification and never gives it."""

from __future__ import annotations

import io

import openpyxl

from creditgate_server.rulebook.load import LoadedRuleSet, read_texts

from ..verifying import REGISTER, with_lines
from .kit import CITY, FIRST, Change, changed, column, exported, put, refused, small, taken_in

LIST = f"exemption_list/{CITY}"
ENTRY = f"exemption/m1-{CITY}-first@2022-01-01"


def with_verified(*names: str) -> LoadedRuleSet:
    return read_texts(with_lines(small().files, *names))


def shown(content: bytes) -> list[object]:
    sheet = openpyxl.load_workbook(io.BytesIO(content))[CITY]
    return [sheet.cell(FIRST + line, column(sheet, "已核实")).value for line in range(3)]


def verified(loaded: LoadedRuleSet) -> list[str]:
    return [rule.id for rule in loaded.rule_set.rules if rule.verified]


def test_the_register_is_shown_and_comes_back_unchanged():
    loaded = with_verified(LIST, ENTRY)
    assert verified(loaded) == [f"m1-{CITY}-first", f"m1-{CITY}-first-unless-hurt", f"{CITY}-unless-malice"]
    content = exported(loaded)
    assert shown(content) == ["是", "否", "否"]
    found = taken_in(content, loaded)
    assert found.changed == {}
    assert found.library.rule_set.digest == loaded.rule_set.digest


def test_a_verified_entry_that_changes_is_refused_at_its_row_until_it_is_withdrawn():
    loaded = with_verified(LIST, ENTRY)
    other: Change = put(CITY, "适用情形", "首次违法, 货值不超过五百元的")
    (fault,) = refused(changed(exported(loaded), other), loaded)
    assert fault.startswith(f"x.xlsx!{CITY}!A{FIRST}:{FIRST}:1: {ENTRY} 核实以后内容改动了"), fault
    found = taken_in(changed(exported(loaded), other, put(CITY, "已核实", "否")), loaded)
    assert [line.of for line in found.library.rule_set.verifications] == [LIST]
    assert REGISTER in found.changed
    assert ENTRY.encode() not in found.changed[REGISTER]


def test_the_last_line_leaves_an_empty_register():
    loaded = with_verified(ENTRY)
    found = taken_in(changed(exported(loaded), put(CITY, "已核实", "否")), loaded)
    assert found.changed.keys() == {REGISTER}
    assert found.library.rule_set.verifications == ()


def test_no_cell_gives_verification():
    loaded = with_verified(LIST)
    (fault,) = refused(changed(exported(loaded), put(CITY, "已核实", "是")), loaded)
    assert f"核实登记里没有 {ENTRY}, 不能在表里写“是”" in fault
    assert fault.startswith(f"x.xlsx!{CITY}!X{FIRST}:"), fault
