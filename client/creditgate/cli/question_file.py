"""Files of questions for `batch`: JSON lines or CSV, in UTF-8. A line that is wrong fails alone."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from ..errors import InvalidQuestion, invalid
from ..values.check import Question
from .asked import facts_asked, question

_TEXTS = ("organ", "item", "case_number", "stage", "purpose", "as_of", "known_at", "request_id")
_KEYS = (*_TEXTS, "subjects", "facts")
_FACT_COLUMN = "fact."


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, numbered from 1, and its question or what is wrong with it."""

    number: int
    question: Question | InvalidQuestion


def read_questions(path: Path) -> Iterator[Line]:
    """The questions of a file: CSV by its name's ending, JSON lines otherwise. Raises InvalidQuestion, OSError."""
    # Bytes that are no UTF-8 come through as lone surrogates; they make that line's question one that can't be sent.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from _csv_lines(file) if path.suffix.lower() == ".csv" else _json_lines(file)


def _json_lines(file: TextIO) -> Iterator[Line]:
    for number, text in enumerate(file, 1):
        if text.strip():
            yield Line(number, _checked(lambda text=text: _from_json(text)))  # type: ignore[misc]


def _csv_lines(file: TextIO) -> Iterator[Line]:
    rows = csv.DictReader(file, strict=True)
    header = [name.strip() for name in rows.fieldnames or ()]
    unknown = [name for name in header if name not in _KEYS and not name.startswith(_FACT_COLUMN)]
    if not header or unknown or len(set(header)) < len(header):
        raise invalid(
            "表头不符" + (f": {'、'.join(unknown)!r}" if unknown else ""),
            f"列名为 {'、'.join(_KEYS)} 和 fact.事实名, 不得重复; 文件用 UTF-8 编码",
            "1",
        )
    rows.fieldnames = header
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as fault:
            yield Line(rows.line_num, invalid(f"不是完好的 CSV: {fault}", "请核对引号; 其后的行没有读"))
            return
        yield Line(rows.line_num, _checked(lambda row=row: _from_row(row)))  # type: ignore[misc]


def _checked(read: Callable[[], Question]) -> Question | InvalidQuestion:
    try:
        asked = read()
        asked.to_item()  # what can't be sent is this line's fault, and is found before anything is asked
    except InvalidQuestion as fault:
        return fault
    return asked


def _from_json(text: str) -> Question:
    try:
        entry = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as fault:
        raise invalid(f"不是完好的 JSON: {fault!s:.200}", "每行一个 JSON 对象") from fault
    if not isinstance(entry, dict):
        raise invalid("不是 JSON 对象", "每行一个 JSON 对象")
    for key, value in entry.items():
        if key not in _KEYS:
            raise invalid("没有这个字段", f"字段为 {'、'.join(_KEYS)}", key)
        if key in _TEXTS and not isinstance(value, str):
            raise invalid("应为文字", "请加引号", key)
    subjects = entry.get("subjects", [])
    subjects = [subjects] if isinstance(subjects, str) else subjects
    if not isinstance(subjects, list) or not all(isinstance(one, str) for one in subjects):
        raise invalid("应为文字的列表", '写成 ["角色:代码", …]', "subjects")
    return _question(entry, subjects, _json_facts(entry.get("facts", {})))


def _json_facts(facts: object) -> dict[str, str]:
    if not isinstance(facts, dict):
        raise invalid("应为 JSON 对象", '写成 {"名称": 值}', "facts")
    return {name: _written(name, value) for name, value in facts.items()}


def _written(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if value.adjusted() < 30 else str(value)
    if isinstance(value, int | str):
        return str(value)
    raise invalid("应为文字、数字、true 或 false", "", f"facts.{name}"[:80])


def _from_row(row: Mapping[str | None, str | list[str] | None]) -> Question:
    if None in row or any(value is None for value in row.values()):
        raise invalid("列数与表头不符", "每行与表头一样多的列")
    cells = {str(name): str(value) for name, value in row.items()}
    facts = facts_asked(part for part in cells.get("facts", "").split(";") if part.strip())
    for name, value in cells.items():
        if name.startswith(_FACT_COLUMN) and value.strip():
            facts |= {name.removeprefix(_FACT_COLUMN): value.strip()}
    texts = {name: cells[name] for name in _TEXTS if cells.get(name)}
    return _question(texts, [one.strip() for one in cells.get("subjects", "").split(";")], facts)


def _question(texts: Mapping[str, str], subjects: list[str], facts: dict[str, str]) -> Question:
    words = {name: texts.get(name) for name in _TEXTS} | {name: texts.get(name, "") for name in ("organ", "item")}
    return question(subjects=subjects, facts=facts, **words)


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} 不是数")


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    entry = dict(pairs)
    if len(entry) < len(pairs):
        raise ValueError("有重复的字段")
    return entry
