"""Reads a folder of instrument files: one Markdown file an instrument, named after its code.

A title (`# …`), lines of head (`- 名称: …`), and a section (`## 第五条`) for each article. docs/law.md has the form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from ...rulebook.language import Place
from ...rulebook.source import MAX_BYTES, Faults
from .articles import Article, ArticleReference, digest_of, heading_of

_CODE, _WHOLE, _START, _END, _ABOUT = "文件代号", "完整", "施行", "失效", "说明"
_HEAD_LINE = re.compile(r"- (?P<name>[^:：]{1,12})[:：]\s*(?P<value>.*)")
_DAY = r"(?P<year>\d{4})\s*[-年]\s*(?P<month>\d{1,2})\s*[-月]\s*(?P<day>\d{1,2})\s*日?"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_BEGINS = re.compile(rf"(?:^|[,，;；。/:：]|版本)\s*自?\s*{_DAY}\s*起?\s*施行(?!新)")
_SUPERSEDED = re.compile(rf"自?\s*{_DAY}\s*起\s*施行新法")
_ENDS = re.compile(rf"自\s*{_DAY}\s*起?\s*(?:废止|失效|停止施行)")
_HISTORY = re.compile(r"版本[:：]")
_OUTSIDE = frozenset({"README.md"})


@dataclass(frozen=True)
class InstrumentText:
    """What one file has of an instrument."""

    code: str
    title: str
    file: str
    whole: bool
    """False: an excerpt; an article that is not in it is not at hand."""
    start: date | None
    """First day on which the text is in force, where the file says it."""
    until: date | None
    """The last day, inclusive, where the file says it."""
    head: str
    """Title and lines of head, as written."""
    articles: Mapping[str, Article]
    """By heading."""

    @cached_property
    def digest(self) -> str:
        """Of the head: what an instrument itself is compared with."""
        return digest_of(self.head)

    @cached_property
    def body(self) -> Article:
        """All that is at hand, for a citation of the whole."""
        return Article("全文", "\n".join(one.text for one in self.articles.values()), 1)

    def find(self, cited: ArticleReference) -> Article | None:
        """The section that is cited; of a document's 三（七） the section 三 where it has that part."""
        if not cited.heading:
            return self.body if self.articles else None
        found = self.articles.get(cited.heading)
        upper, bracket, part = cited.heading.partition("（")
        if found is None and bracket and upper in self.articles and f"（{part}" in self.articles[upper].text:
            found = self.articles[upper]
        return found


def read_folder(path: Path, faults: Faults) -> dict[str, InstrumentText]:
    """All instruments by code. What can't be read is noted at its file, line and column."""
    found: dict[str, InstrumentText] = {}
    for file in sorted(path.glob("*.md")):
        if file.name in _OUTSIDE:
            continue
        place = Place(file=str(file), line=1, column=1)
        try:
            content = file.read_bytes()
        except OSError as error:
            faults.add(place, f"文件读不出来({error.strerror})", "检查文件权限")
            continue
        if len(content) > MAX_BYTES:
            faults.add(place, f"文件太大: 最多 {MAX_BYTES} 字节", "请拆成几个文件")
            continue
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            faults.add(place, "文件不是 UTF-8 编码", "请在编辑器中另存为 UTF-8")
            continue
        read = read_text(text, str(file), faults)
        if read is not None:
            found[read.code] = read
    return found


def read_text(text: str, file: str, faults: Faults) -> InstrumentText | None:
    """One file. None where it has no title; other faults are noted, and the rest is read."""
    lines = text.splitlines()
    top = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines or not lines[top].startswith("# "):
        faults.add(Place(file=file, line=top + 1, column=1), "第一行不是名称", "写成 # 中华人民共和国…法")
        return None
    sections = [number for number, line in enumerate(lines) if line.startswith("## ")]
    first = sections[0] if sections else len(lines)
    head = _head(lines[:first], file, faults)
    code = Path(file).stem
    if head.get(_CODE, (code, 1))[0] != code:
        line = head[_CODE][1]
        message = f"文件代号 {head[_CODE][0]} 和文件名 {code} 不一致"
        faults.add(Place(file=file, line=line, column=1), message, "改成一样的")
    start, until = _life(head, file, faults)
    return InstrumentText(
        code=code,
        title=lines[top].removeprefix("# ").strip(),
        file=file,
        whole=_is_whole(head, file, faults),
        start=start,
        until=until,
        head="\n".join(line for line in lines[:first] if line.strip()),
        articles=_articles(lines, sections, file, faults),
    )


def _head(lines: list[str], file: str, faults: Faults) -> dict[str, tuple[str, int]]:
    """Values of the lines of head by name, with their line."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(lines, start=1):
        matched = _HEAD_LINE.fullmatch(line.rstrip())
        if matched is None:
            continue
        if matched["name"] in found:
            faults.add(Place(file=file, line=number, column=3), f"{matched['name']}写了两次", "删去其中一个")
        found.setdefault(matched["name"], (matched["value"].strip(), number))
    return found


def _is_whole(head: Mapping[str, tuple[str, int]], file: str, faults: Faults) -> bool:
    value, line = head.get(_WHOLE, ("否", 1))
    said = value.partition("(")[0].partition("（")[0].strip()
    if said not in ("是", "否"):
        faults.add(Place(file=file, line=line, column=1), f"完整: 应写“是”或“否(节录)”, 却是“{value[:20]}”")
    return said == "是"


def _life(head: Mapping[str, tuple[str, int]], file: str, faults: Faults) -> tuple[date | None, date | None]:
    """First and last day: as its own lines of head say, or else in words."""
    about = _HISTORY.split(head.get(_ABOUT, ("", 1))[0], maxsplit=1)[0]
    start, until = _own_day(_START, head, file, faults), _own_day(_END, head, file, faults)
    if until is not None:
        until -= timedelta(days=1)
    if start is None:
        start = _day_in(_BEGINS, about)
    if until is None:
        ends = _day_in(_ENDS, about) or _day_in(_SUPERSEDED, about)
        until = ends - timedelta(days=1) if ends is not None else None
    return start, until


def _own_day(name: str, head: Mapping[str, tuple[str, int]], file: str, faults: Faults) -> date | None:
    value, line = head.get(name, ("", 1))
    if not value:
        return None
    if _ISO.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    place = Place(file=file, line=line, column=1)
    faults.add(place, f"{name}: “{value[:20]}”不是日期", "写成 2026-08-15 这样")
    return None


def _day_in(form: re.Pattern[str], text: str) -> date | None:
    found = form.search(text)
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _articles(lines: list[str], sections: list[int], file: str, faults: Faults) -> dict[str, Article]:
    found: dict[str, Article] = {}
    for begin, end in zip(sections, (*sections, len(lines))[1:], strict=True):
        heading = heading_of(lines[begin].removeprefix("## "))
        text = "\n".join(lines[begin + 1 : end]).strip()
        place = Place(file=file, line=begin + 1, column=1)
        if heading in found:
            faults.add(place, f"{heading}写了两次, 第 {found[heading].line} 行已经写过", "合并, 或改正条号")
        elif not text:
            faults.add(place, f"{heading}下面没有内容", "写上条文, 或删去这一节")
        else:
            found[heading] = Article(heading, text, begin + 1)
    return found
