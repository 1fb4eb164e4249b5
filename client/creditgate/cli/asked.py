"""From words on a command line or in a file to questions. Faults are InvalidQuestion and name the field."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from .._contract import Stage
from ..errors import invalid
from ..values.check import DEFAULT_PURPOSE, Question
from ..values.common import Subject, new_request_id, subjects_of

_PREFIX = 12
_YUAN = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,2})?")


def question(
    *,
    subjects: Iterable[str],
    case_number: str | None,
    stage: str | None,
    purpose: str | None,
    request_id: str | None,
    **words: Any,  # noqa: ANN401 - the other fields of a question
) -> Question:
    """A question with its request id, and a case number made from that where none is given. Raises InvalidQuestion."""
    request_id = request_id or new_request_id()
    return Question(
        subjects=subjects_of([Subject.parse(text) for text in subjects]),
        case_number=case_of(request_id) if case_number is None else case_number,
        stage=stage_asked(stage),
        purpose=DEFAULT_PURPOSE if purpose is None else purpose,
        request_id=request_id,
        **words,
    )


def case_of(request_id: str) -> str:
    """The case number of a question that names none; the same request id gives the same one."""
    kept = "".join(letter for letter in request_id if letter.isascii() and letter.isalnum())
    return f"CLI-{kept[:_PREFIX] or '0'}"


def stage_asked(text: str | None) -> Stage:
    """A stage by its code; acceptance where none is given."""
    if not text:
        return Stage.ACCEPTANCE
    if text not in set(Stage):
        raise invalid(f"不认识的环节 {text!r}", "环节为 " + "、".join(Stage) + " 之一", "stage")
    return Stage(text)


def facts_asked(texts: Iterable[str]) -> dict[str, str]:
    """Facts from NAME=VALUE, in their written form."""
    facts: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise invalid(f"事实写法不符: {text!r}", "写成 名称=值, 例如 commitment_requested=true", "fact")
        if name.strip() in facts:
            raise invalid(f"事实 {name.strip()} 给了两次", "每个事实只给一次", "fact")
        facts[name.strip()] = value.strip()
    return facts


def fen_asked(yuan: str, field: str) -> int:
    """An amount in yuan, with at most two decimals, as fen."""
    if not _YUAN.fullmatch(yuan):
        raise invalid(f"金额写法不符: {yuan!r}", "以元计, 最多两位小数, 例如 5000 或 66.50", field)
    return int(Decimal(yuan) * 100)


def bytes_of(path: Path, field: str) -> bytes:
    """A file's content. Raises InvalidQuestion."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise invalid(f"读不到文件 {path}: {fault.strerror}", "请核对路径和权限", field) from fault


def seconds_asked(text: str) -> float:
    """A time in seconds, more than 0 and at most an hour."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 3600:
        raise invalid(f"时限不合规则: {text!r}", "以秒为单位, 大于 0, 最多 3600", "timeout")
    return seconds
