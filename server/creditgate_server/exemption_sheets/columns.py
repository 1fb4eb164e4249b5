"""The columns of a list's sheet: the official ones, and beside them what the rule file holds besides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..rulebook.catalogue import Catalogue
from .source import Element

NUMBER, PENALTY_WORDS, BASIS_WORDS, MEASURE_WORDS = "序号", "设定依据", "免处罚依据", "配套监管措施"
DEFINITIONS = "清单"
"""Name of the sheet with the lists' own definitions."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet."""

    header: str
    field: str = ""
    """Field of the rule file; empty where the column says in words what coded columns say."""
    of: str = "version"
    """What has the field: entry or version."""
    text: bool = False
    """Plain text; otherwise YAML."""
    width: int = 18


ENTRY_COLUMNS = (
    Column(NUMBER, width=6),
    Column("事项名称", "title", "entry", True, 34),
    Column("基本编码", "basic_code", "entry", True, 15),
    Column(PENALTY_WORDS, width=34),
    Column("适用情形", "circumstances", "version", True, 40),
    Column(BASIS_WORDS, width=34),
    Column(MEASURE_WORDS, width=22),
    Column("备注", "remark", "version", True, 22),
    Column("事项代码", "code", "entry", True),
    Column("部门代码", "organ", "entry", True),
    Column("常用说法", "keywords", "entry"),
    Column("设定依据代码", "penalty_basis", "entry"),
    Column("类别代码", "kind", "version", True),
    Column("要件", "requires"),
    Column("初次违法", "first"),
    Column("及时改正", "corrected"),
    Column("条件", "when", width=40),
    Column("不适用情形", "unless", width=40),
    Column("措施代码", "measures"),
    Column("免处罚依据代码", "basis"),
    Column("有效期", "effective"),
    Column("已核实", "verified"),
)
OFFICIAL = tuple(column.header for column in ENTRY_COLUMNS[:8])
"""Source: 广东省行政执法减免责清单 (粤府办〔2022〕7号), the columns of the exemption list."""
CODED = tuple(column.header for column in ENTRY_COLUMNS[8:])

LIST_COLUMNS = (
    Column("清单代码", "code", "list", True),
    Column("清单名称", "title", "list", True, 40),
    Column("版本", "version", "list", True),
    Column("行政区划", "region", "list", True),
    Column("部门代码", "organ", "list", True),
    Column("文件代码", "instrument", "list", True),
    Column("有效期", "effective", "list"),
    Column("要件", "requires", "list"),
    Column("初次违法", "first", "list"),
    Column("及时改正", "corrected", "list"),
    Column("措施代码", "measures", "list"),
    Column("复查", "recheck", "list"),
    Column("不适用情形", "unless", "list", width=40),
    Column("备注", "remark", "list", True, 40),
    Column("已核实", "verified", "list"),
)


def citation_words(catalogue: Catalogue, basis: Iterable[dict[str, Any]]) -> str:
    """Citations as officials write them: 《…》第…条."""
    said = []
    for cited in basis:
        entry = catalogue.instruments[cited["instrument"]]
        said.append(f"《{entry.title}》{cited.get('article', '')}")
    return "; ".join(said)


def derived_words(catalogue: Catalogue, listed: Element, entry: Element, version: Element) -> dict[str, str]:
    """What the columns in words say, by header."""
    basis = [*version.get("basis", ()), {"instrument": listed["instrument"]}]
    measures: list[str] = version.get("measures", listed.get("measures")) or []
    return {
        PENALTY_WORDS: citation_words(catalogue, entry.get("penalty_basis", ())),
        BASIS_WORDS: citation_words(catalogue, basis),
        MEASURE_WORDS: "、".join(catalogue.soft_measures[code].title for code in measures),
    }
