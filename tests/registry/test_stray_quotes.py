"""Stray quotes in sound files of every form: each row is taken with its values, or named, or the file is refused."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tools.make_sample import uscc

from creditgate_server.errors import SetupFault
from creditgate_server.files.reading import open_rows
from creditgate_server.registry.cells import RowFault, with_lines
from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.row_reader import RowReader
from creditgate_server.registry.understanding import Understander
from tests import lanes
from tests.shared import RULES, library

FOLDER = Path(__file__).parent / "forms"
FORMS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "samples.yaml").read_text("utf-8"))
DAY = date(2026, 11, 30)
FIRM = "91441900708017879M"
_DOCUMENT = re.compile(r"[罚许列录]\d+")
_TEXTS = ("", "", "一", "两行\n备注", "逗号, 在此", "1,2\n3", "某,")
_OVER_LINES = re.compile(r"第 (\d+) 至 (\d+) 行")


@dataclass(frozen=True)
class Taken:
    """What a file gives, by the line that each row begins on."""

    rows: dict[int, str]
    """What a row says, without quotes: a pair within a cell that stands in quotes is part of what it says."""
    named: frozenset[int]
    """Lines of rows that are named."""


@cache
def _understander() -> Understander:
    return Understander(read_forms(RULES), library().rule_set.catalogue)


@cache
def _hashed(number: str) -> str:
    return PersonKey(b"k" * 32).hash(number, today=DAY)


def taken(path: Path) -> Taken:
    """Raises SetupFault."""
    understander = _understander()
    rows: dict[int, str] = {}
    named: set[int] = set()
    with open_rows(path, is_header=understander.is_header) as found:
        number, headers = next(found)
        understood = understander.understand(headers, path)
        reader = RowReader(understood, library().rule_set.catalogue, partial(_hash, today=DAY), DAY)
        for number, cells in found:
            if not any(cells):
                continue
            try:
                rows[int(number)] = repr(reader.read(cells)).replace('"', "").replace("'", "")
            except RowFault as fault:
                over = _OVER_LINES.search(with_lines(number, fault).reason)
                first, last = (int(over[1]), int(over[2])) if over else (int(number), int(number))
                named.update(range(first, last + 1))
    return Taken(rows, frozenset(named))


def _hash(number: str, today: date) -> str:
    assert today == DAY
    return _hashed(number)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A sound file of a form: as spreadsheet programs and exporters write it."""
    sample = draw(st.sampled_from(FORMS))["row"]
    remark = draw(st.booleans())
    headers = [*sample, *(["备注"] if remark and "备注" not in sample else [])]
    count = draw(st.integers(2, 6))
    rows = []
    for number in range(count):
        cells = [_varied(str(sample.get(header, "")), number) for header in headers]
        if headers[-1] == "备注":
            cells[-1] = draw(st.sampled_from(_TEXTS))
        rows.append(cells)
    form = draw(st.sampled_from(("full", "full", "short", "comma", "crlf")))
    if form == "short":  # the last commas of all rows left out, which are blank in all of them
        while not any(row[-1] for row in rows):
            rows = [row[:-1] for row in rows]
    if form == "comma":
        rows = [[*row, ""] for row in rows]
    above = draw(st.sampled_from(("", "", "信息表\n")))
    quoted = draw(st.booleans())
    text = above + "".join(_line(cells, quoted=quoted) for cells in (headers, *rows))
    return text.replace("\n", "\r\n") if form == "crlf" else text


def _varied(cell: str, number: int) -> str:
    if cell == FIRM:
        return uscc(700 + number)
    if _DOCUMENT.fullmatch(cell):
        return f"{cell}-{number}"
    return f"{cell}{number}" if cell in ("样例", "某") else cell


def _line(cells: list[str], *, quoted: bool) -> str:
    """`quoted`: every text of several characters stands in quotes, as some exporters write it."""
    return ",".join(f'"{cell}"' if (quoted and cell) or set(cell) & set(",\n\r") else cell for cell in cells) + "\n"


@st.composite
def damages(draw: st.DrawFn) -> tuple[str, str]:
    """A sound file, and the same with up to four stray quotes: mostly where a cell begins or ends."""
    sound = draw(files())
    edges = [place for place in range(len(sound) + 1) if _edge(sound, place)]
    places = draw(
        st.lists(
            st.one_of(st.sampled_from(edges), st.sampled_from(edges), st.integers(0, len(sound))),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    damaged = sound
    for place in sorted(places, reverse=True):
        damaged = damaged[:place] + '"' + damaged[place:]
    assume('"""' not in damaged)  # that is a quote within a cell, as CSV writes it
    return sound, damaged


def _edge(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] in ",\n" or text[place : place + 1] in (",", "\r", "\n", "")


def check(sound: str, damaged: str, folder: Path) -> str:
    """What became of the damaged file."""
    path = folder / "file.csv"
    path.write_bytes(sound.encode())
    wanted = taken(path)
    path.write_bytes(damaged.encode())
    try:
        found = taken(path)
    except SetupFault as fault:
        assert fault.message
        return "refused"
    told = f"of\n{sound}\nmade\n{damaged}\ntaken of it {found}"
    more = damaged.count('\r"\n')  # each makes two lines of one
    given = Counter(found.rows.values())
    for line, said in wanted.rows.items():
        given[said] -= 1
        there = given[said] >= 0 or found.named.intersection(range(line, line + more + 1))
        assert there, f"line {line} is lost or another {told}"
    made_up = Counter(found.rows.values()) - Counter(wanted.rows.values())
    assert not made_up, f"{made_up} {told}"
    return "named" if found.named - wanted.named else "taken"


_HEADERS = "统一社会信用代码,行政处罚决定书文号,处罚类别,罚款金额（元）,处罚决定日期,处罚机关"
_ROWS = [f"{uscc(number)},罚{number},罚款,1000,2026-01-05,东莞市生态环境局" for number in range(1, 6)]
_SHORT = f"{_HEADERS},备注,备注一,备注二,备注三\n"
"""Ten columns; the rows below have the first six alone."""


@pytest.mark.parametrize(
    ("sound", "damaged"),
    [
        pytest.param(
            "\n".join([f"{_HEADERS},备注", *(f"{row}," for row in _ROWS)]),
            "\n".join([f"{_HEADERS},备注", f'{_ROWS[0][:-8]}"{_ROWS[0][-8:]},"', *(f"{row}," for row in _ROWS[1:])]),
            id="two cells are made one where the last column is blank in all rows",
        ),
        pytest.param(
            "\n".join([f"{_HEADERS},备注", *(f"{row},一" for row in _ROWS)]),
            "\n".join([f'{_HEADERS},"备注', f'{_ROWS[0]},一"', *(f"{row},一" for row in _ROWS[1:])]),
            id="the headers take the first row into their last cell",
        ),
        pytest.param(
            "\n".join([_HEADERS, *_ROWS]),
            "\n".join(
                [_HEADERS, _ROWS[0].replace("罚1,", '罚1","', 1), _ROWS[1].replace("罚2,", '罚2",', 1), *_ROWS[2:]]
            ),
            id="a row that is wrong for another quote takes in the next",
        ),
        pytest.param(
            "\n".join([_HEADERS, *_ROWS]),
            "\n".join([_HEADERS, f'"{_ROWS[0]}', f'{_ROWS[1]}"', *_ROWS[2:]]),
            id="two rows are one cell, which is no code of a firm",
        ),
        pytest.param(
            "\n".join([f"{_HEADERS},失信严重程度,备注", *(f"{row},严重," for row in _ROWS)]),
            "\n".join([f'{_HEADERS},"失信严重程度,备注"', *(f"{row},严重," for row in _ROWS)]),
            id="two headers are one, and the last column is blank",
        ),
        pytest.param(
            "\n".join([_HEADERS, *_ROWS]).replace("东莞市生态环境局", '"东莞市生态环境局"') + "\n",
            "\n".join([_HEADERS, *_ROWS]).replace("东莞市生态环境局", '"东莞市生态环境局"') + '"\n"',
            id="a quote too many at the end is part of the last cell",
        ),
        pytest.param(
            "\r\n".join([_HEADERS, *(f"{row}" for row in _ROWS), ""]),
            "\r\n".join([_HEADERS, *(f"{row}" for row in _ROWS[:3]), ""])[:-1]
            + '"\n'
            + "\r\n".join([_ROWS[3], f'{_ROWS[4]}"', ""]),
            id="a quote between the two signs of a line's end takes in what follows",
        ),
        pytest.param(
            _SHORT + "\n".join(_ROWS),
            _SHORT + "\n".join([_ROWS[0][:-8] + '"' + _ROWS[0][-8:], _ROWS[1].replace(",罚款", '",罚款'), *_ROWS[2:]]),
            id="the second of two rows that leave out their last cells is taken into the first",
        ),
        pytest.param(
            "\n".join([_HEADERS, *(f"{row}," for row in _ROWS)]),
            "\n".join([_HEADERS, f'{_ROWS[0][:-8]}"{_ROWS[0][-8:]},"', *(f"{row}," for row in _ROWS[1:])]),
            id="two cells are made one where all rows end in a comma more",
        ),
    ],
)
def test_a_pair_of_stray_quotes_is_seen(sound: str, damaged: str, folder: Path) -> None:
    assert check(sound, damaged, folder) in ("named", "refused")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quotes")


@pytest.mark.timeout(1_800)
@pytest.mark.soak
@settings(
    max_examples=lanes.size(400, 40_000),
    deadline=None,
    derandomize=lanes.size(1, 0) == 1,
    suppress_health_check=list(HealthCheck),
)
@given(damages())
def test_no_row_is_swallowed_unseen(folder: Path, case: tuple[str, str]) -> None:
    check(*case, folder)


@settings(max_examples=lanes.size(100, 2_000), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(files())
def test_rows_of_several_lines_and_cells_with_commas_are_taken(folder: Path, sound: str) -> None:
    """What stands in quotes from its beginning to its end is no fault, where the columns are all there."""
    path = folder / "sound.csv"
    path.write_bytes(sound.encode())
    found = taken(path)
    assert not found.named, f"{sound}\n{found}"
