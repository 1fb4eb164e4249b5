"""`catalogue`: what can be asked for: sections, facts, items and exemption entries with what their forms ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from .._contract import (
    CatalogueEntries,
    CatalogueEntry,
    CatalogueFact,
    CatalogueFacts,
    CatalogueItems,
    CatalogueSection,
    ExemptionForm,
    FactSource,
    FactType,
    ShownItem,
)
from . import options
from .command import Call, asks
from .show import print_lines, table_of
from .words import printable

catalogue = typer.Typer(
    name="catalogue", help="目录: 有哪些部门、事项、事实、措施, 表单要问什么。", no_args_is_help=True
)

_TYPES = {
    FactType.FLAG: "是或否",
    FactType.WHOLE: "整数",
    FactType.MONEY: "金额",
    FactType.DAY: "日期",
    FactType.CHOICE: "选项",
}
PageToken = Annotated[str, typer.Option("--page-token", metavar="标记", help="上一页给出的翻页标记")]


@asks(catalogue, "list")
def entries(
    call: Call,
    section: Annotated[str, typer.Argument(metavar="部分", help="、".join(CatalogueSection))],
    page_token: PageToken = "",
) -> None:
    """列出目录的一部分: 代码和名称。"""
    call.tell(call.client.catalogue_entries(section, page_token=page_token), _print_entries)


@asks(catalogue, "facts")
def facts(
    call: Call,
    source: Annotated[str | None, typer.Option("--source", metavar="来源", help="、".join(FactSource))] = None,
    page_token: PageToken = "",
) -> None:
    """列出问题里可以写的事实: 名称、类型、单位、选项、由谁提供。"""
    call.tell(call.client.catalogue_facts(source, page_token=page_token), _print_facts)


@asks(catalogue, "items")
def items(
    call: Call,
    organ: Annotated[str, typer.Option("--organ", metavar="代码", help="部门代码; 不给时为全部部门")] = "",
    page_token: PageToken = "",
) -> None:
    """列出审批事项。"""
    call.tell(call.client.catalogue_items(organ, page_token=page_token), _print_items)


@asks(catalogue, "item")
def item(
    call: Call,
    code: Annotated[str, typer.Argument(metavar="代码", help="事项代码")],
    as_of: options.AsOf = None,
) -> None:
    """一个事项: 核查时要问什么, 可能有哪些措施。"""
    call.tell(call.client.catalogue_item(code, as_of=as_of), _print_item)


@asks(catalogue, "form")
def form(
    call: Call,
    code: Annotated[str, typer.Argument(metavar="代码", help="免罚事项代码")],
    region: Annotated[str, typer.Option("--region", metavar="代码", help="行为地的行政区划代码, 默认本市")] = "",
    as_of: options.AsOf = None,
) -> None:
    """一个免罚事项要问的情节, 最能决定结论的在前。"""
    call.tell(call.client.exemption_form(code, region=region, as_of=as_of), _print_form)


def _print_entries(console: Console, page: CatalogueEntries) -> None:
    _table_of_entries(console, page.entries)
    _print_end(console, page.rule_set, page.next_page_token)


def _table_of_entries(console: Console, entries: Iterable[CatalogueEntry]) -> None:
    table = table_of("代码", "名称", "说明", whole=("代码",))
    for one in entries:
        told = one.instruction or "、".join(one.ratings) or (one.organ.title or one.organ.code if one.organ else "")
        table.add_row(printable(one.entry.code), printable(one.entry.title), printable(told))
    console.print(table)


def _print_facts(console: Console, page: CatalogueFacts) -> None:
    _table_of_facts(console, page.facts)
    _print_end(console, page.rule_set, page.next_page_token)


def _table_of_facts(console: Console, facts: Iterable[CatalogueFact]) -> None:
    table = table_of("名称", "含义", "类型", "选项", "提供者", whole=("名称",))
    for fact in facts:
        one = fact.definition
        kind = _TYPES[one.type] + (f"({one.unit})" if one.unit else "") + ("" if fact.has_default else ", 不给即未知")
        choices = "、".join(f"{choice.code} {choice.title}".strip() for choice in one.choices)
        cells = (one.fact.code, one.fact.title, kind, choices, one.supplier)
        table.add_row(*(printable(cell) for cell in cells))
    console.print(table)


def _print_items(console: Console, page: CatalogueItems) -> None:
    table = table_of("代码", "名称", "部门", whole=("代码",))
    for one in page.items:
        table.add_row(printable(one.item.code), printable(one.item.title), printable(one.organ.title))
    console.print(table)
    _print_end(console, page.rule_set, page.next_page_token)


def _print_item(console: Console, shown: ShownItem) -> None:
    one = shown.item
    console.print(Text(printable(f"{one.item.code} {one.item.title}  {one.organ.title}  判断日 {shown.as_of}")))
    print_lines(console, "办理方式", [trait.title for trait in one.traits])
    if one.required_roles:
        print_lines(console, "必须写明的角色", list(one.required_roles))
    console.print(Text("要问的事实", style="bold"))
    _table_of_facts(console, one.facts)
    console.print(Text("可能的措施", style="bold"))
    _table_of_entries(console, one.measures)
    _print_end(console, shown.rule_set, "")


def _print_form(console: Console, shown: ExemptionForm) -> None:
    entry = shown.exemption
    console.print(Text(printable(f"{entry.code} {entry.title}  {shown.organ.title}  判断日 {shown.as_of}")))
    _table_of_facts(console, shown.facts)
    _print_end(console, shown.rule_set, "")


def _print_end(console: Console, rule_set: str, token: str) -> None:
    console.print(Text(f"规则集 {printable(rule_set)}", style="dim"))
    if token:
        console.print(Text(f"还有: --page-token {token}"), soft_wrap=True)
