"""Headers of columns: one spelling for what people write in many, and what a header looks like that nobody knows."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Unit(StrEnum):
    """Unit of a column of amounts."""

    YUAN = "yuan"
    WAN_YUAN = "wan_yuan"

    @property
    def words(self) -> str:
        """In Chinese."""
        return "元" if self is Unit.YUAN else "万元"

    @property
    def fen(self) -> int:
        """Fen of one."""
        return 100 if self is Unit.YUAN else 1_000_000


_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_BRACKETS = str.maketrans("[]【】〔〕{}《》", "()()()()()")
_MARKS = re.compile(r"[*:]+$|^\*+|\((?:必填项?|选填项?|yyyy[^()]*|格式[^()]*)\)")
_UNIT = re.compile(r"\((?:单位|币种)?:?(?:人民币)?(万元|元)(?:人民币)?\)$")


def one_spelling(header: str) -> str:
    """A header without blanks and line breaks, brackets and letters half width and small, marks of duty left out."""
    spelt = _BLANK.sub("", unicodedata.normalize("NFKC", header)).translate(_BRACKETS).lower()
    return _MARKS.sub("", spelt)


def apart_from_unit(spelt: str) -> tuple[str, Unit | None]:
    """A header in one spelling without the unit at its end, and the unit; None: it names none."""
    match = _UNIT.search(spelt)
    if match is None:
        return spelt, None
    return spelt[: match.start()], Unit.WAN_YUAN if match[1] == "万元" else Unit.YUAN


_LOOKS = (
    ("金额", re.compile(r"金额|数额|款额|罚款|罚金|罚没|没收|价款|欠税|税款|[(（]万?元[)）]$")),
    ("日期", re.compile(r"日期|日$|时间|期限|有效期|截止|起止|期至|期自|年月|届满")),
    ("代码", re.compile(r"代码|编码|号码|证号|文号|编号|案号|注册号|登记号|标识码|code|_dm$")),
    ("状态", re.compile(r"状态|状况|是否|标志|标识$|有无|程度$|_zt$")),
)


def looks_like(spelt: str) -> str:
    """What an unknown header looks like: 金额, 日期, 代码 or 状态; empty: none of them."""
    return next((what for what, pattern in _LOOKS if pattern.search(spelt)), "")
