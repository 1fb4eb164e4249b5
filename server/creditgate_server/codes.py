"""Identifiers with check digits: unified social credit codes and citizen identity numbers."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from operator import mul

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE = {letter: value for value, letter in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC_SHAPE = re.compile(r"[0-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")

_CITIZEN_SHAPE = re.compile(
    r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECK = "10X98765432"

PERSON_KEY = re.compile(r"p:[0-9a-f]{64}")


@lru_cache(8_192)  # the same subjects come again
def uscc_check_character(first17: str) -> str:
    """The 18th character of a unified social credit code (统一社会信用代码). Source: GB 32100-2015."""
    total = sum(map(mul, map(_USCC_VALUE.__getitem__, first17), _USCC_WEIGHTS))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def uscc_fault(code: str) -> str:
    """What is wrong with a unified social credit code, in Chinese; empty where nothing is."""
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位, 收到 {len(code)} 位"
    if not _USCC_SHAPE.fullmatch(code):
        return "统一社会信用代码含有不允许的字符(不用 I、O、S、V、Z, 第 3 至 8 位为数字)"
    if uscc_check_character(code[:17]) != code[17]:
        return "统一社会信用代码校验位不符"
    return ""


def citizen_id_fault(number: str, today: date) -> str:
    """What is wrong with a citizen identity number (公民身份号码) on a legal day, in Chinese. Source: GB 11643-1999."""
    fault = _number_fault(number)
    if fault:
        return fault
    born = birth_day(number)
    if born is None:
        return "公民身份号码中的出生日期不存在"
    return "公民身份号码中的出生日期还没有到" if born > today else ""


def may_be_citizen_id(text: str) -> bool:
    """Whether a text has to be protected as an identity number: whatever day of birth it names."""
    return not _number_fault(text)


def _number_fault(number: str) -> str:
    if not _CITIZEN_SHAPE.fullmatch(number):
        return "公民身份号码格式不符(18 位, 末位可为大写 X)"
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _CITIZEN_WEIGHTS, strict=True))
    return "" if _CITIZEN_CHECK[total % 11] == number[17] else "公民身份号码校验位不符"


def birth_day(number: str) -> date | None:
    """The day of birth in a citizen identity number; None where there is no such day. Source: GB 11643-1999."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def age_on(born: date, day: date) -> int:
    """Whole years of age (周岁): a year is completed on the day after the birthday.

    Source: 最高人民法院关于审理未成年人刑事案件具体应用法律若干问题的解释 第二条, applied to 行政处罚法 第三十条 alike.
    """
    years = day.year - born.year
    return years if (day.month, day.day) > (born.month, born.day) else years - 1


PERSON = "person"
"""Kind of a natural person."""


def subject_kind(identifier: str) -> str:
    """Kind of subject by its identifier: a value of the fact `subject_kind`."""
    if identifier.startswith("p:"):
        return PERSON
    kinds = {"91": "enterprise", "92": "sole_trader", "93": "cooperative"}
    if identifier[:2] in kinds:
        return kinds[identifier[:2]]
    return {"1": "institution", "5": "social_organisation"}.get(identifier[:1], "other")


def shown_identifier(identifier: str) -> str:
    """A firm's code as it is; of a person's keyed hash the beginning alone."""
    return identifier[:10] + "…" if identifier.startswith("p:") and len(identifier) > 10 else identifier
