"""Cells of a file read to values: days, amounts, codes. What is none is a fault with its reason, in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from ..codes import uscc_fault
from ..decision.knowledge import FOR_LIFE
from ..errors import InvalidQuestion
from ..files.reading import RowOverLines
from .headers import Unit

FIRST_DAY = date(1949, 10, 1)
"""No day of a file is earlier."""
LARGEST_FEN = 10**15
CITIZEN_ID = frozenset({"", "居民身份证", "身份证", "身份证号", "公民身份号码", "中华人民共和国居民身份证"})
"""Values of the identity document's type that mean a citizen identity number."""
FOREVER = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "终身"})
"""What stands in the place of a last day where there is none."""

_NO_NUMBER = frozenset(
    {
        "无",
        "暂无",
        "没有",
        "空",
        "不详",
        "未知",
        "未编号",
        "无编号",
        "无文号",
        "无文书号",
        "无号",
        "缺",
        "缺失",
        "待补",
        "待定",
        "待查",
        "同上",
        "略",
        "见附件",
        "详见附件",
        "见决定书",
        "详见决定书",
        "见原件",
        "null",
        "none",
        "nil",
        "nan",
        "na",
        "n/a",
        "#n/a",
    }
)
"""What stands in the place of a document's number where there is none."""
_LONGEST_NO_NUMBER = 12
_NOT_TOLD = re.compile(r"[\W_0]*")
_GROUPS = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)")
_GAP = re.compile(r"[\d.,] +[\d.,]")
_DAY = re.compile(
    r"(\d{4})(?:[-/年.](\d{1,2})[-/月.](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_AMOUNT = re.compile(r"[¥￥]?(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?(万元|元)?")
_NEGATIVE = re.compile(r"[-−－(（].*\d.*")
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?E\+?\d+")
_ORGANISATION = re.compile(r"[0-9A-Z]{8}-?[0-9X]")


class RowFault(Exception):
    """What is wrong with a row."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def with_lines(row: int, fault: RowFault) -> RowFault:
    """The fault of a row; of one over several lines it says which: a stray quote may have made one row of them."""
    if not isinstance(row, RowOverLines) or f"至 {row.last} 行" in fault.reason:
        return fault
    return RowFault(fault.field, f"{fault.reason}; 第 {row:d} 至 {row.last} 行连成了一行")


def day_of(name: str, text: str) -> date:
    """A day as files write it. Raises RowFault with the field's name."""
    match = _DAY.fullmatch(text) or _DAY.fullmatch(unicodedata.normalize("NFKC", text))
    try:
        if match is not None:
            return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5]))
    except ValueError:
        pass  # not a day of the calendar: said below
    raise RowFault(name, "不是日期(如 2026-04-01)")


def sound_day(name: str, text: str) -> date:
    """A day, none before the founding of the republic. Raises RowFault."""
    day = day_of(name, text)
    if day < FIRST_DAY:
        raise RowFault(name, f"日期早于 {FIRST_DAY.isoformat()}")
    return day


def past_day(name: str, text: str, data_day: date) -> date:
    """A day on which something happened: not after the day up to which the file is complete. Raises RowFault."""
    day = sound_day(name, text)
    if day > data_day:
        raise RowFault(name, f"日期晚于数据日期 {data_day.isoformat()}")
    return day


def last_day(name: str, text: str) -> date:
    """A last day, inclusive; `FOR_LIFE` for 长期. Raises RowFault."""
    return FOR_LIFE if text in FOREVER else sound_day(name, text)


def no_number(text: str) -> bool:
    """Whether a cell of a document's number says no more than that there is none: `/`, `000`, 无."""
    if len(text) > _LONGEST_NO_NUMBER:
        return _NOT_TOLD.fullmatch(text) is not None
    plain = unicodedata.normalize("NFKC", text)
    return bool(_NOT_TOLD.fullmatch(plain)) or "".join(plain.split()).strip("()[]-.").lower() in _NO_NUMBER


def fen_of(name: str, text: str, unit: Unit, *, certain: bool) -> int:
    """An amount in fen. `certain`: its header or a mapping names the unit. Raises RowFault."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        plain = _GROUPS.sub(lambda found: found[0].replace(" ", ""), unicodedata.normalize("NFKC", text))
        if _GAP.search(plain):
            raise RowFault(name, "数字中间有空格, 看不出是多少")
        plain = plain.replace(" ", "")
        match = _AMOUNT.fullmatch(plain)
        if match is None:
            raise RowFault(name, _no_amount(plain, unit))
    own = None if match[3] is None else Unit.WAN_YUAN if match[3] == "万元" else Unit.YUAN
    if own is not None and own is not unit:
        if certain:
            raise RowFault(name, f"单元格写的是{own.words}, 这一列的单位是{unit.words}")
        unit = own
    decimals = (match[2] or "").rstrip("0")
    if len(decimals) > _decimals(unit):
        raise RowFault(name, _rule(unit))
    fen = int(match[1].replace(",", "")) * unit.fen + int(decimals.ljust(_decimals(unit), "0") or "0")
    if fen > LARGEST_FEN:
        raise RowFault(name, f"金额过大(单位{unit.words})")
    return fen


def _decimals(unit: Unit) -> int:
    return 2 if unit is Unit.YUAN else 6


def _rule(unit: Unit) -> str:
    places = "两" if unit is Unit.YUAN else "六"
    return f"金额应不小于零, 最多{places}位小数(单位{unit.words})"


def _no_amount(text: str, unit: Unit) -> str:
    if _NEGATIVE.fullmatch(text):
        return _rule(unit)
    if "," in text and _AMOUNT.fullmatch(text.replace(",", "")):
        return "千位逗号的位置不对, 看不出是多少"
    return f"不是数字: {_rule(unit)}"


# -- who --------------------------------------------------------------------------------------------------------------


def subject_of(code: str, id_type: str, id_number: str, person_hash: Callable[[str], str]) -> str:
    """Identifier of a row's subject: its code, or for a natural person the keyed hash.

    `person_hash`: that of the person key. Raises RowFault with `uscc`, `id_type` or `id_number` as its field; no reason
    repeats a citizen's number.
    """
    code = code.upper()
    if code:
        return firm_of(code)
    if not id_number:
        raise RowFault("uscc", "统一社会信用代码和证件号码都为空")
    if id_type not in CITIZEN_ID:
        raise RowFault("id_type", "自然人只接受居民身份证")
    return person_of(id_number, person_hash)


def firm_of(code: str) -> str:
    """A firm's code, of capital letters. Raises RowFault with field `uscc`."""
    fault = uscc_fault(code)
    if not fault:
        return code
    if _SCIENTIFIC.fullmatch(code):
        fault = "表格软件把代码存成了数字, 后面的位已丢失"
    elif _ORGANISATION.fullmatch(code):
        fault += ", 看来是组织机构代码"
    elif code.isdigit() and code.endswith("000"):
        fault += ", 看来被表格软件存成了数字"
    raise RowFault("uscc", fault)


def person_of(number: str, person_hash: Callable[[str], str]) -> str:
    """The keyed hash of a citizen's number. Raises RowFault with field `id_number`."""
    try:
        return person_hash(number.upper())
    except InvalidQuestion as fault:
        raise RowFault("id_number", fault.message) from None


def number_of(name: str, text: str, scale: int) -> int:
    """A whole number after scaling. Raises RowFault."""
    plain = unicodedata.normalize("NFKC", text)
    if not re.fullmatch(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", plain):
        raise RowFault(name, "不是数字")
    number = Decimal(plain.replace(",", "")) * scale
    if number != number.to_integral_value() or abs(number) > LARGEST_FEN:
        raise RowFault(name, "数字过大或小数位过多")
    return int(number)
