"""Sound files at random, and random damages to them: to cells, headers, order, types and encodings.

Left out is what no reader can see in the file itself: rows cut off at a line end, a digit changed in place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from tools.make_sample import uscc

from .files import HEADERS
from .xls import XlsDay, XlsError, XlsFormula, XlsSheet, xls
from .xlsx import Raw, Sheet, formula, number, shared, styled, xlsx

ORGANS = ("东莞市市场监督管理局", "东莞市生态环境局", "东莞市文化广电旅游体育局")
_REMARKS = ("", "", "一", "两行\n备注", "逗号, 在此", '引"号', "1,2\n3")
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class Penalty:
    """A row of a sound file."""

    code: str
    document: str
    fine: int
    """In 万元."""
    decided_on: date
    until: date
    organ: str
    state: str
    remark: str

    def cells(self) -> list[str]:
        """As text, in the order of the headers."""
        days = (self.decided_on.isoformat(), self.until.isoformat())
        start = [f"样例{self.code[-4:]}", self.code, self.document, "罚款", str(self.fine)]
        return [*start, *days, self.organ, "严重", self.state, self.remark]


@dataclass(frozen=True)
class Damaged:
    """A file and what was done to it."""

    name: str
    content: bytes
    penalties: tuple[Penalty, ...]
    told: str


def damaged(random: Random, first: int) -> Damaged:
    """A file of penalties with numbers from `first` on."""
    penalties = tuple(_penalty(random, first + place) for place in range(random.randint(2, 7)))
    make = random.choice((_csv, _csv, _xlsx, _xlsx, _xls))
    return make(random, penalties)


def _penalty(random: Random, place: int) -> Penalty:
    decided = date(2026, 1, 1) + timedelta(days=random.randrange(300))
    return Penalty(
        code=uscc(place),
        document=f"样罚〔2026〕{place:06d}号",
        fine=random.randint(1, 900),
        decided_on=decided,
        until=decided + timedelta(days=random.choice((365, 1095))),
        organ=random.choice(ORGANS),
        state=random.choice(("有效", "有效", "已撤销")),
        remark=random.choice(_REMARKS),
    )


# -- CSV --------------------------------------------------------------------------------------------------------------


def _csv(random: Random, penalties: tuple[Penalty, ...]) -> Damaged:
    end = random.choice(("\r\n", "\n"))
    order = list(range(len(HEADERS)))
    if random.random() < 0.3:
        random.shuffle(order)
    lines = [list(HEADERS), *(one.cells() for one in penalties)]
    text = "".join(",".join(_quoted(cells[place]) for place in order) + end for cells in lines)
    damage: Callable[[Random, str], str] = random.choice(_DAMAGES)
    told = damage.__name__
    body = text.index(end) + len(end)
    text = text[:body] + damage(random, text[body:])
    encoding = random.choice(("utf-8", "utf-8-sig", "gb18030", "mark", "utf-16", "two"))
    if encoding == "mark":
        content = ("\ufeff" + text).encode("gb18030")
    elif encoding == "two":
        cut = random.randrange(len(text))
        content = text[:cut].encode("gb18030") + text[cut:].encode()
    else:
        content = text.encode(encoding)
    return Damaged("a.csv", content, penalties, f"{told}, {encoding}")


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(one in cell for one in ',"\n') else cell


def nothing(_: Random, text: str) -> str:
    return text


def stray_quote(random: Random, text: str) -> str:
    at = random.randrange(len(text))
    return text[:at] + '"' + text[at:]


def two_stray_quotes(random: Random, text: str) -> str:
    return stray_quote(random, stray_quote(random, text))


def quotes_around_commas(random: Random, text: str) -> str:
    """Where they do the most harm: at the beginning of one cell and at the end of a later one."""
    commas = [place for place, letter in enumerate(text) if letter == ","]
    first, last = sorted(random.sample(commas, 2))
    return text[: first + 1] + '"' + text[first + 1 : last] + '"' + text[last:]


def more_comma(random: Random, text: str) -> str:
    at = random.randrange(len(text))
    return text[:at] + "," + text[at:]


def less_comma(random: Random, text: str) -> str:
    at = random.choice([place for place, letter in enumerate(text) if letter == ","])
    return text[:at] + text[at + 1 :]


def more_line_end(random: Random, text: str) -> str:
    at = random.randrange(len(text))
    return text[:at] + random.choice(("\n", "\r\n", "\r")) + text[at:]


def less_line_end(random: Random, text: str) -> str:
    ends = [place for place, letter in enumerate(text) if letter == "\n"]
    at = random.choice(ends)
    return text[:at].removesuffix("\r") + text[at + 1 :]


def control_character(random: Random, text: str) -> str:
    at = random.randrange(len(text))
    return text[:at] + random.choice("\0\x01\x1f") + text[at:]


def blank_lines(random: Random, text: str) -> str:
    return "\n" + text + "\n" * random.randint(1, 3)


_DAMAGES = (
    nothing,
    stray_quote,
    two_stray_quotes,
    quotes_around_commas,
    more_comma,
    less_comma,
    more_line_end,
    less_line_end,
    control_character,
    blank_lines,
)


# -- workbooks --------------------------------------------------------------------------------------------------------


_OF_WORKBOOKS = (
    *("nothing", "dimension", "hidden", "second", "other", "across", "down"),
    *("cell", "shared", "titles", "doubled", "flip", "cut"),
)


def _xlsx(random: Random, penalties: tuple[Penalty, ...]) -> Damaged:
    rows: list[list[Any]] = [list(HEADERS), *(_typed(random, one, _xlsx_day) for one in penalties)]
    sheet = Sheet(rows)
    strings: list[str] = []
    sheets = [sheet]
    told = random.choice(
        (
            "nothing",
            "dimension",
            "hidden",
            "second",
            "other",
            "across",
            "down",
            "cell",
            "shared",
            "titles",
            "doubled",
            "flip",
            "cut",
        )
    )
    line, column = random.randint(2, len(rows)), random.randrange(len(HEADERS) - 1)
    if told == "dimension":
        sheets = [replace(sheet, before=f'<dimension ref="A1:C{line}"/>')]
    elif told == "hidden":
        sheets = [replace(sheet, row_attributes={line: ' hidden="1"'})]
    elif told == "second":
        hidden = random.choice(("visible", "hidden"))
        sheets = [Sheet(rows[:line], "一"), Sheet([rows[0], *rows[line:]], "二", hidden)]
    elif told == "other":
        sheets = [Sheet(rows[:line], "一"), Sheet([["别的", *rows[0][1:]], *rows[line:]], "二")]
    elif told in ("across", "down"):
        right, bottom = (column + 2, line) if told == "across" else (column + 1, min(line + 1, len(rows)))
        place = f"{chr(65 + column)}{line}:{chr(64 + right)}{bottom}"
        sheets = [replace(sheet, after=f'<mergeCells count="1"><mergeCell ref="{place}"/></mergeCells>')]
    elif told == "cell":
        rows[line - 1][column] = random.choice(_CELLS)
    elif told == "shared":
        strings = [f"<si><t>{rows[line - 1][2]}</t></si>"]
        rows[line - 1][2] = shared(random.choice((0, 0, 1, -1)))
    elif told == "titles":
        sheets = [Sheet([["行政处罚信息表"], [], *rows])]
    elif told == "doubled":
        rows[0][10] = rows[0][column]
    content = xlsx(*sheets, strings=strings, styles=(0, 14), formats={})
    if told == "flip":
        at = random.randrange(len(content))
        content = content[:at] + bytes([content[at] ^ (1 << random.randrange(8))]) + content[at + 1 :]
    elif told == "cut":
        content = content[: random.randrange(len(content))]
    return Damaged("a.xlsx", content, penalties, told)


_CELLS = (
    formula("1+1"),
    formula('"有效"', ""),
    Raw('<c r="%s" t="e"><v>#REF!</v></c>'),
    number("9.1441900708017805E+17"),
    number("1_0"),
    Raw('<c r="%s" t="s"><v>99</v></c>'),
    "1.2E+17",
    "####",
    "罚" * 5_000,
)


def _typed(random: Random, one: Penalty, day: Callable[[date], Any]) -> list[Any]:
    cells: list[Any] = one.cells()
    if random.random() < 0.5:
        cells[4] = one.fine
    if random.random() < 0.5:
        cells[5] = day(one.decided_on)
    if random.random() < 0.5:
        cells[6] = day(one.until)
    return cells


def _xlsx_day(day: date) -> Raw:
    return styled(str((day - _EPOCH).days), 1)


def _xls_day(day: date) -> XlsDay:
    return XlsDay((day - _EPOCH).days)


def _xls(random: Random, penalties: tuple[Penalty, ...]) -> Damaged:
    rows: list[list[Any]] = [
        list(HEADERS),
        *(_typed(random, one, lambda day: XlsDay((day - _EPOCH).days)) for one in penalties),
    ]
    told = random.choice(("nothing", "second", "cell", "down", "across", "cut"))
    line, column = random.randint(2, len(rows)), random.randrange(len(HEADERS) - 1)
    sheets = [XlsSheet(rows)]
    if told == "second":
        sheets = [XlsSheet(rows[:line], "一"), XlsSheet([rows[0], *rows[line:]], "二")]
    elif told == "cell":
        rows[line - 1][column] = random.choice(
            (XlsFormula(None), XlsFormula(1.0, 1), XlsError(), 9.1441900708017805e17)
        )
    elif told == "down":
        sheets = [replace(sheets[0], merges=[(line - 1, min(line, len(rows) - 1), column, column)])]
    elif told == "across":
        sheets = [replace(sheets[0], merges=[(line - 1, line - 1, column, column + 1)])]
    content = xls(*sheets)
    if told == "cut":
        content = content[: random.randrange(len(content))]
    return Damaged("a.xls", content, penalties, f"{told} {line} {column}")
