"""Numbers of legal text: what is written is read back, in Chinese and Arabic numerals, with units and ends."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditgate_server.rulebook.language import Compare
from creditgate_server.rulebook.numbers import MOST_WRITTEN, Scale, in_chinese, quantities, read_number

_UNITS = {
    "年": (Scale.MONTHS, 12),
    "个月": (Scale.MONTHS, 1),
    "日": (Scale.DAYS, 1),
    "天": (Scale.DAYS, 1),
    "个工作日": (Scale.WORKING_DAYS, 1),
    "小时": (Scale.HOURS, 1),
    "周岁": (Scale.AGE, 1),
    "元": (Scale.MONEY, 100),
    "万元": (Scale.MONEY, 1_000_000),
    "倍": (Scale.SHARE, 1),
    "人": (Scale.PERSONS, 1),
    "次": (Scale.TIMES, 1),
    "吨": (Scale.GRAMS, 1_000_000),
    "处": (Scale.PLACES, 1),
}
_ENDS = {
    ("不超过", ""): Compare.AT_MOST,
    ("不满", ""): Compare.LESS,
    ("不足", ""): Compare.LESS,
    ("超过", ""): Compare.MORE,
    ("满", ""): Compare.AT_LEAST,
    ("", "以上"): Compare.AT_LEAST,
    ("", "以下"): Compare.AT_MOST,
    ("", "以内"): Compare.AT_MOST,
    ("", "以下(不含本数)"): Compare.LESS,
    ("", "以上（不含本数）"): Compare.MORE,
    ("", ""): None,
}
_NUMBERS = st.integers(1, 999)
_UNIT = st.sampled_from(sorted(_UNITS))


def _forms(number: int) -> tuple[str, ...]:
    return in_chinese(number), str(number), "".join(chr(ord(one) + 0xFEE0) for one in str(number))


@given(st.integers(0, MOST_WRITTEN))
def test_a_whole_number_is_read_back_from_both_kinds_of_numerals(number: int):
    assert read_number(in_chinese(number)) == number
    assert read_number(f"{number:,}") == number


@given(_NUMBERS, _UNIT, st.sampled_from(sorted(_ENDS)), st.sampled_from(["", "依照规定, ", "自决定之日起", "吊销的,"]))
def test_a_quantity_is_read_back_with_its_unit_and_end(number: int, unit: str, ends: tuple[str, str], lead: str):
    kind, factor = _UNITS[unit]
    for written in _forms(number):
        found = quantities(f"{lead}{ends[0]}{written}{unit}{ends[1]}。")
        assert [(one.value, one.unit, one.bound) for one in found] == [(number * factor, kind, _ENDS[ends])], written


@given(_NUMBERS, _NUMBERS, _UNIT, st.sampled_from(["至", "到", "-", "—", "或者"]))
def test_both_ends_of_a_range_have_its_unit(first: int, last: int, unit: str, link: str):
    if unit == "万元":  # 五至十万元 are both 万, 五千至二万元 are not: by example below
        return
    kind, factor = _UNITS[unit]
    for a, b in zip(_forms(first)[:2], _forms(last)[:2], strict=True):
        found = quantities(f"为{a}{link}{b}{unit}。")
        assert [(one.value, one.unit) for one in found] == [(first * factor, kind), (last * factor, kind)]


@given(_NUMBERS, _UNIT)
def test_an_ordinal_is_no_quantity(number: int, unit: str):
    assert quantities(f"第{in_chinese(number)}{unit}") == ()


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "零"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1056, "一千零五十六"),
        (1242, "一千二百四十二"),
        (10_010, "一万零一十"),
        (2_000_000, "二百万"),
    ],
)
def test_numerals_are_written_as_articles_are_numbered(number: int, written: str):
    assert in_chinese(number) == written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二十四个月 两年 2年 24 个月 二 年", [24, 24, 24, 24, 24]),
        ("半年", [6]),
        ("一年半", [18]),
        ("一年六个月", [18]),
        ("一年以上三年以下", [12, 36]),
        ("一年或者三年", [12, 36]),
        ("第三年 上一年 同一年 2026年 二〇二五年 二零二四年", []),
        ("自2026年8月15日起施行", []),
        ("二〇二六年八月十五日", []),
        ("每月十五日前", []),
        ("写这一天, 该三年", []),
    ],
)
def test_lengths_of_time(text: str, expected: list[int]):
    assert [one.value for one in quantities(text)] == expected
    assert {one.unit for one in quantities(text)} <= {Scale.MONTHS}


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("二百万元以上罚款", [2_000_000]),
        ("200万元 200 万元 2,000,000元", [2_000_000] * 3),
        ("一亿二千万元", [120_000_000]),
        ("1.5万元", [15_000]),
        ("10-50万元", [100_000, 500_000]),
        ("五千至二万元", [5000, 20_000]),
        ("五千元以上二万元以下", [5000, 20_000]),
        ("货值不超过人民币五百元", [500]),
        ("数百万元 几万元 十余万元 较大数额", []),
    ],
)
def test_sums_of_money(text: str, yuan: list[int]):
    assert [one.value for one in quantities(text)] == [one * 100 for one in yuan]
    assert {one.unit for one in quantities(text)} <= {Scale.MONEY}


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("百分之二十", "1/5"),
        ("20% 20％", "1/5 1/5"),
        ("千分之五", "1/200"),
        ("零点一倍", "1/10"),
        ("三分之二", "2/3"),
        ("三倍以上五倍以下", "3 5"),
    ],
)
def test_shares(text: str, share: str):
    assert [one.value for one in quantities(text)] == [Fraction(one) for one in share.split()]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("不超过总宽度的百分之二十", Compare.AT_MOST),
        ("未满十四周岁", Compare.LESS),
        ("不足五百元", Compare.LESS),
        ("大于一吨/小时", Compare.MORE),
        ("达到三次", Compare.AT_LEAST),
        ("三次及以上", Compare.AT_LEAST),
        ("未逾三年", Compare.AT_MOST),
        ("受到三次处罚", None),
    ],
)
def test_ends(text: str, bound: Compare | None):
    assert [one.bound for one in quantities(text)] == [bound]


def test_a_quantity_knows_where_it_stands_as_written():
    text = "受到３次以上处罚的，二年内不得申请"
    first, last = quantities(text)
    assert text[first.start :].startswith("３次以上")
    assert text[last.start :].startswith("二年内")
    assert (first.text, last.text) == ("3次以上", "二年内")
