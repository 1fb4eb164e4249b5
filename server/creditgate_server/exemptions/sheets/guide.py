"""How to fill in a workbook of lists: what each column means, and the codes that its cells may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...rulebook.catalogue import Catalogue, FactSource
from ...rulebook.titles import ELEMENTS, EXEMPTION_KINDS, FACT_TYPES
from .columns import DEFINITIONS, LIST_COLUMNS, Form, SheetColumn, entry_columns
from .typed import TypedList, has_range

_FORMS = {
    Form.TEXT: "文字",
    Form.CODE: "代码",
    Form.CODES: "代码, 用分号隔开",
    Form.WORDS: "词语, 用分号隔开",
    Form.KIND: "、".join(EXEMPTION_KINDS.values()),
    Form.ELEMENTS: "、".join(ELEMENTS.values()),
    Form.CITATIONS: "依据代码 空格 条款, 用分号隔开",
    Form.DAY: "年-月-日",
    Form.FLAG: "是或否",
    Form.YAML: "{字段: 值}",
    Form.YAML_LIST: "[{…}, {…}]",
    Form.DERIVED: "",
}
_READING = (
    "每份清单一张工作表, 工作表的名称是清单代码; 表头右边有颜色的各栏是规则文件的内容, 不打印。",
    "增删、排序都按整行进行; 表中间不能有空行、合并单元格、公式, 不能隐藏行和列。",
    "用文字写的各栏(设定依据、免处罚依据、配套监管措施)和代码栏不一致时, 以代码栏为准; 可以清空, 不能不一致。",
    "导入: creditgate-server exemptions import 文件.xlsx --rules 规则库目录。有一格不对就什么都不写, 并逐格指出。",
)


@dataclass(frozen=True, slots=True)
class GuideLine:
    """One line of the guide."""

    cells: tuple[str, ...]
    head: bool = False


def guide(catalogue: Catalogue, lists: Iterable[TypedList]) -> list[GuideLine]:
    """The lines of the guide for some lists."""
    lists = tuple(lists)
    ranged = any(has_range(one) for one in lists)
    return [
        *(GuideLine((text,)) for text in _READING),
        *_columns("清单的工作表", entry_columns(ranged=ranged)),
        *_columns(f"工作表“{DEFINITIONS}”", LIST_COLUMNS),
        *_section("措施代码", ((code, one.title) for code, one in catalogue.soft_measures.items())),
        *_section("部门代码", ((code, one.title) for code, one in catalogue.organs.items())),
        *_section("条件可以用的事实", _facts(catalogue)),
    ]


def _columns(title: str, columns: tuple[SheetColumn, ...]) -> Iterator[GuideLine]:
    yield from _section(title, ((one.header, _needed(one), one.meaning) for one in columns))


def _needed(column: SheetColumn) -> str:
    return f"{_FORMS[column.form]}{', 必填' if column.needed else ''}"


def _section(title: str, rows: Iterable[tuple[str, ...]]) -> Iterator[GuideLine]:
    yield GuideLine(("",))
    yield GuideLine((title,), head=True)
    yield from (GuideLine(row) for row in rows)


def _facts(catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    for fact in catalogue.facts.values():
        if fact.source in (FactSource.CIRCUMSTANCE, FactSource.CASE):
            titles = fact.titles or fact.choices
            choices = "、".join(f"{code} {title}" for code, title in zip(fact.choices, titles, strict=True))
            unit = f"({fact.unit})" if fact.unit else ""
            yield fact.name, fact.label, f"{FACT_TYPES[fact.type]}{unit}{': ' if choices else ''}{choices}"
