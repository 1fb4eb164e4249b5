"""Reads the numbers of Chinese legal text: numerals, Chinese or Arabic, with their units and ends.

二十四个月, 两年, 2年 and 24 个月 are one quantity. Days of the calendar (2026年8月15日, 二〇二五年), ordinals (第三条)
and numbers without a unit are none.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from .language import Compare

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_NUMERALS = "".join((*_DIGITS, *_TENS, *_MYRIADS))
_WRITTEN = "零一二三四五六七八九"
MOST_WRITTEN = 10_000 * 10_000 - 1
"""Largest whole number that `in_chinese` writes."""


class Scale(StrEnum):
    """What is counted. Years are months, weeks are days, 万元 are fen; other counts go by their measure word."""

    MONTHS = "个月"
    DAYS = "日"
    WORKING_DAYS = "个工作日"
    HOURS = "小时"
    AGE = "周岁"
    MONEY = "元"
    """In fen."""
    SHARE = "%"
    """Parts of a whole, or times (倍): 百分之二十 is a fifth."""
    GRAMS = "克"
    GRAMS_PER_HOUR = "克/小时"
    SQUARE_METRES = "平方米"
    PERSONS = "人"
    TIMES = "次"
    PLACES = "处"
    PIECES = "个"
    COPIES = "份"
    THINGS = "件"
    VEHICLES = "辆"
    HOUSEHOLDS = "户"
    METRES = "米"
    MU = "亩"


TIME = frozenset({Scale.MONTHS, Scale.DAYS, Scale.WORKING_DAYS, Scale.HOURS})
"""Units that one length of time can be told in."""

_UNITS: dict[str, tuple[Scale, int]] = {
    "个工作日": (Scale.WORKING_DAYS, 1),
    "工作日": (Scale.WORKING_DAYS, 1),
    "个月": (Scale.MONTHS, 1),
    "个小时": (Scale.HOURS, 1),
    "小时": (Scale.HOURS, 1),
    "周岁": (Scale.AGE, 1),
    "岁": (Scale.AGE, 1),
    "年": (Scale.MONTHS, 12),
    "日": (Scale.DAYS, 1),
    "天": (Scale.DAYS, 1),
    "元": (Scale.MONEY, 100),
    "吨/小时": (Scale.GRAMS_PER_HOUR, 1_000_000),
    "千克/小时": (Scale.GRAMS_PER_HOUR, 1000),
    "吨": (Scale.GRAMS, 1_000_000),
    "千克": (Scale.GRAMS, 1000),
    "公斤": (Scale.GRAMS, 1000),
    "克": (Scale.GRAMS, 1),
    "平方米": (Scale.SQUARE_METRES, 1),
    "倍": (Scale.SHARE, 1),
    "名": (Scale.PERSONS, 1),
    "人次": (Scale.TIMES, 1),
    "人": (Scale.PERSONS, 1),
    "次": (Scale.TIMES, 1),
    "处": (Scale.PLACES, 1),
    "份": (Scale.COPIES, 1),
    "件": (Scale.THINGS, 1),
    "辆": (Scale.VEHICLES, 1),
    "户": (Scale.HOUSEHOLDS, 1),
    "米": (Scale.METRES, 1),
    "亩": (Scale.MU, 1),
    "个": (Scale.PIECES, 1),
}
_FACT_UNITS: dict[str, tuple[Scale, Fraction]] = {
    **{name: (unit, Fraction(factor)) for name, (unit, factor) in _UNITS.items() if name != "元"},
    "元": (Scale.MONEY, Fraction(1)),
    "百分之一": (Scale.SHARE, Fraction(1, 100)),
    "千分之一": (Scale.SHARE, Fraction(1, 1000)),
}
"""Units of facts as the table of facts writes them; money is in fen there."""

_BEFORE = {
    Compare.AT_MOST: "不超过 未超过 没有超过 不得超过 不多于 不高于 不大于 不长于 不逾 未逾 最多 至多 最高 最长 ≤",
    Compare.LESS: "不足 不满 未满 不到 未到 未达到 未达 不达 没有达到 少于 低于 小于 短于 <",
    Compare.MORE: "超过 超出 多于 高于 大于 长于 逾 >",
    Compare.AT_LEAST: "至少 不少于 不低于 不小于 不短于 最少 最低 最短 已满 达到 达 满 ≥",
}
_PREFIXES = sorted(
    ((word, compare) for compare, words in _BEFORE.items() for word in words.split()),
    key=lambda pair: -len(pair[0]),
)
_BETWEEN = re.compile(r"(?:人民币|[\u4e00-\u9fff]{1,8}的|\s)$")
"""What may stand between a bound and its number: 不超过总宽度的百分之二十."""
_AFTER = re.compile(r"\s*(?:及|\(含\))?(以上|以下|以内|之内|内)(\(不含(?:本数)?[^)]*\))?")

_ARABIC = rf"\d[\d,]*(?:\.\d+)?(?:\s*[{''.join((*_TENS, *_MYRIADS))}]+)?"
_CHINESE = rf"[{_NUMERALS}]+(?:点[{''.join(_DIGITS)}]+)?"
_NUMBER = rf"(?:{_ARABIC}|(?![百千万亿]){_CHINESE})"
_PART = rf"(?:{_ARABIC}|{_CHINESE})"
_UNIT = (
    r"个?工作日|个月|个?小时|周岁|岁|年(?![度代级报月检])|日(?![常期程])|天(?!然)|元|吨/小时|千克/小时|吨|千克|公斤|克"
    r"|平方米|倍|人次|人(?!民|员|工|均|大代|有限)|名(?![称义单额下次])|次(?!数|日|月|年|级|要|序)|处(?!罚|理|分|置|以(?![上下内])|于|在|长)"
    r"|份(?!额)|件|辆|户(?!外|口|籍|型)|米|亩|个(?!月|半|工作|小时|人|体|别|年|自然|季)"
)
_QUANTITY = re.compile(
    rf"(?<!(?<!以)[上下])(?<![第同某本这那该数几余多{_NUMERALS}\d.〔])(?:(?P<whole>{_PART})\s*分之\s*(?P<part>{_PART})"
    rf"|(?P<first>{_NUMBER})\s*(?P<link>至|到|[-—–~～]+|或者?)\s*(?P<last>{_NUMBER})\s*(?P<shared>{_UNIT})"
    rf"|(?P<number>{_NUMBER}|半)\s*(?P<unit>{_UNIT}|[%‰])(?P<half>半)?)"
)
_OF_A_MONTH = re.compile(r"(?<!个)月\s*$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit."""

    value: Fraction
    unit: Scale
    bound: Compare | None = None
    """What the words around it say of the number itself: 以上, 不满; None where they say nothing."""
    text: str = ""
    """As written, with what bounds it."""
    start: int = 0
    """Where the number begins in the text, from 0."""

    def same_number(self, other: Quantity) -> bool:
        """Whether number and unit are the same."""
        return self.unit is other.unit and self.value == other.value

    def __str__(self) -> str:
        """In Arabic numerals, with its unit."""
        return in_words(self.value, self.unit)


def of_fact(value: int, unit: str, bound: Compare | None = None) -> Quantity | None:
    """A fact's value in the unit that the table of facts gives it (money in fen); None for a unit not known here."""
    known = _FACT_UNITS.get(unit)
    return None if known is None else Quantity(value * known[1], known[0], bound)


def in_words(value: Fraction, unit: Scale) -> str:
    """A value in Chinese with Arabic numerals: 24 个月, 5 万元, 20%."""
    if unit is Scale.SHARE:
        return f"{_plain(value * 100)}%"
    if unit is Scale.MONEY:
        yuan = value / 100
        return f"{_plain(yuan / 10_000)} 万元" if yuan and yuan % 10_000 == 0 else f"{_plain(yuan)} 元"
    if unit in (Scale.GRAMS, Scale.GRAMS_PER_HOUR) and value % 1000 == 0:
        return f"{_plain(value / 1000)} 千{unit.value}"
    return f"{_plain(value)} {unit.value}"


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def in_chinese(number: int) -> str:
    """A whole number from 0 to `MOST_WRITTEN` in Chinese numerals, as articles are numbered: 100 → 一百, 12 → 十二."""
    if not 0 <= number <= MOST_WRITTEN:
        raise ValueError(number)
    if number >= 10_000:
        upper, rest = divmod(number, 10_000)
        lower = "" if rest == 0 else ("零" if rest < 1000 else "") + _below_myriad(rest)
        return f"{in_chinese(upper)}万{lower}"
    written = _below_myriad(number) or "零"
    return written.removeprefix("一") if 10 <= number < 20 else written


def _below_myriad(number: int) -> str:
    """From 1 to 9999, with 一十 for 10."""
    written, gap = "", False
    for name, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, size)
        if digit:
            written += ("零" if gap and written else "") + _WRITTEN[digit] + name
            gap = False
        else:
            gap = True
    return written


def read_number(text: str) -> Fraction | None:
    """A numeral, Chinese or Arabic: 二百万, 1,000.5, 零点一, 20万; None where it is none."""
    text = plain_width(text).replace(" ", "")
    if re.fullmatch(_ARABIC, text):
        digits = text.rstrip(_NUMERALS)
        value = Fraction(digits.replace(",", ""))
        for name in text[len(digits) :]:
            value *= _TENS.get(name) or _MYRIADS[name]
        return value
    if not re.fullmatch(_CHINESE, text):
        return None
    whole, _, decimals = text.partition("点")
    value = Fraction(_whole(whole))
    for place, one in enumerate(decimals, start=1):
        value += Fraction(_DIGITS[one], 10**place)
    return value


def _whole(text: str) -> int:
    if len(text) > 1 and all(one in _DIGITS for one in text):
        return int("".join(str(_DIGITS[one]) for one in text))  # 二〇二五
    total = section = digit = 0
    for one in text:
        if one in _DIGITS:
            digit = _DIGITS[one]
        elif one in _TENS:
            section, digit = section + (digit or 1) * _TENS[one], 0
        elif one == "万":
            total, section, digit = total + (section + digit or 1) * _MYRIADS[one], 0, 0
        else:
            total, section, digit = (total + section + digit or 1) * _MYRIADS[one], 0, 0
    return total + section + digit


def plain_width(text: str) -> str:
    """Full-width letters, digits and brackets as plain ones; every character keeps its place."""
    return "".join(wide if len(wide := unicodedata.normalize("NFKC", one)) == 1 else one for one in text)


def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a text, in writing order."""
    plain = plain_width(text)
    found: list[tuple[Quantity, int]] = []
    for match in _QUANTITY.finditer(plain):
        for quantity in _of_match(match, plain):
            before = found[-1] if found else None
            if before is not None and _continues(before, quantity, match.start(), plain):
                whole = replace(before[0], value=before[0].value + quantity.value)
                found[-1] = (_bounded(whole, plain, match.end()), match.end())
            else:
                found.append((quantity, match.end()))
    return tuple(quantity for quantity, _ in found)


def _continues(before: tuple[Quantity, int], quantity: Quantity, start: int, text: str) -> bool:
    """Whether it is the rest of a length of time: 一年六个月."""
    earlier, end = before
    return (
        earlier.unit is Scale.MONTHS is quantity.unit
        and earlier.bound in (None, _before(text, earlier.start)[0])
        and text[end:start] in ("", "零", "又")
        and earlier.value % 12 == 0
        and quantity.value < 12
    )


def _of_match(match: re.Match[str], text: str) -> list[Quantity]:
    if match["whole"]:
        whole, part = read_number(match["whole"]), read_number(match["part"])
        if not whole or part is None:
            return []
        return [_bounded(Quantity(part / whole, Scale.SHARE, start=match.start()), text, match.end())]
    if match["first"]:
        return _range(match, text)
    if match["unit"] == "日" and _OF_A_MONTH.search(text[: match.start()]):
        return []
    if match["unit"] == "年" and _is_year(match["number"]):
        return []
    made = _made(match["number"], match["unit"], match.start())
    if made is None:
        return []
    if match["half"]:
        made = replace(made, value=made.value * Fraction(3, 2)) if made.value == 12 else made
    return [_bounded(made, text, match.end())]


def _range(match: re.Match[str], text: str) -> list[Quantity]:
    """Both ends of 一至三年, 5-10万元."""
    if match["shared"] == "年" and (_is_year(match["first"]) or _is_year(match["last"])):
        return []
    last = _made(match["last"], match["shared"], match.start("last"))
    first_written = match["first"]
    myriads = "".join(one for one in match["last"] if one in _MYRIADS)
    if myriads and match["last"].endswith(myriads) and not any(one in _MYRIADS for one in first_written):
        small, large = read_number(first_written), read_number(match["last"].removesuffix(myriads))
        if small is not None and large is not None and small < large:
            first_written += myriads
    first = _made(first_written, match["shared"], match.start())
    if first is None or last is None:
        return []
    return [_bounded(first, text, match.end("first")), _bounded(last, text, match.end())]


def _is_year(number: str) -> bool:
    """Whether it names a year: 2026, 二〇二六."""
    digits = number.isdigit() or all(one in _DIGITS for one in number)
    return digits and len(number) == 4


def _made(number: str, unit: str, start: int) -> Quantity | None:
    if unit in ("%", "‰"):
        value = read_number(number)
        return None if value is None else Quantity(value / (100 if unit == "%" else 1000), Scale.SHARE, start=start)
    kind, factor = _UNITS[unit]
    if number == "半":
        return Quantity(Fraction(factor, 2), kind, start=start) if unit == "年" else None
    value = read_number(number)
    return None if value is None else Quantity(value * factor, kind, start=start)


def _bounded(quantity: Quantity, text: str, end: int) -> Quantity:
    """With what the words before and behind it say of its end."""
    bound, begin = _before(text, quantity.start)
    after = _AFTER.match(text, end)
    if bound is None and after is not None:
        outside = after[2] is not None
        if after[1] == "以上":
            bound = Compare.MORE if outside else Compare.AT_LEAST
        else:
            bound = Compare.LESS if outside else Compare.AT_MOST
    return replace(quantity, bound=bound, text=text[begin : after.end() if after else end])


def _before(text: str, start: int) -> tuple[Compare | None, int]:
    """The bound that stands before a number, and where it begins; the number's own start where there is none."""
    before = text[:start]
    for _ in range(2):
        for word, compare in _PREFIXES:
            if before.endswith(word):
                return compare, len(before) - len(word)
        shorter = _nearer(before)
        if shorter is None:
            break
        before = shorter
    return None, start


def _nearer(before: str) -> str | None:
    """The text up to a bound that stands before 人民币 or 总宽度的; None where none does."""
    found = _BETWEEN.search(before)
    if found is None:
        return None
    for cut in range(found.start(), len(before)):
        if any(before[:cut].endswith(word) for word, _ in _PREFIXES):
            return before[:cut]
    return None
