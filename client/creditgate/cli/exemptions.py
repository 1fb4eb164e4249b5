"""`exemptions search` and `show`: find an entry of the exemption lists, and read it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, TypeVar

import typer

from ..exemptions import ExemptionKind, ExemptionSearch
from . import options
from .asked import invalid
from .connection import Connection
from .output import write_json
from .show import make_console
from .show_exemptions import KIND_WORDS, print_entry, print_found

exemptions = typer.Typer(name="exemptions", help="免罚清单和首违台账。")

Chosen = TypeVar("Chosen")

Region = Annotated[str, typer.Option("--region", metavar="代码", help="行政区划代码(六位), 默认本市")]
SomeOrgan = Annotated[str, typer.Option("--organ", metavar="代码", help="部门代码, 默认不限")]
SomeList = Annotated[str, typer.Option("--list", metavar="代码", help="免罚清单代码, 默认不限")]
PageToken = Annotated[str, typer.Option("--page-token", metavar="标记", help="上一页给出的标记")]
_KIND_CODES = {kind.value: kind for kind in ExemptionKind} | {words: kind for kind, words in KIND_WORDS.items()}


@exemptions.command("search")
def search(
    text: Annotated[
        list[str], typer.Argument(metavar="要查的内容", help="常用说法、拼音首字母、法条如 食品安全法34条, 或编码")
    ],
    region: Region = "",
    organ: SomeOrgan = "",
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="类别", help="minor、first、fine_waived 或 lighter; 可多次")
    ] = None,
    listed: SomeList = "",
    on: Annotated[str | None, typer.Option("--on", metavar="日期", help="在这一天施行的, 默认今天")] = None,
    include_not_in_force: Annotated[
        bool, typer.Option("--include-not-in-force", help="也列出没有施行的, 排在最后")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", help="每页条数, 1 至 100")] = 20,
    page_token: PageToken = "",
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """按几个词查找免罚事项, 最合适的在前。"""
    asked = ExemptionSearch(
        " ".join(text),
        organ=organ,
        region=region,
        kinds=tuple(chosen(word, _KIND_CODES, "kind", "类别") for word in kind or ()),
        list=listed,
        on=on,
        include_not_in_force=include_not_in_force,
        page_size=page_size(limit, 100),
        page_token=page_token,
    )
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        found = client.search_exemptions(asked)
    if as_json:
        write_json(found.to_dict())
    else:
        print_found(make_console(), found)


@exemptions.command("show")
def show(
    code: Annotated[str, typer.Argument(metavar="代码", help="免罚事项代码, 或 12 位基本编码")],
    region: Region = "",
    on: Annotated[str | None, typer.Option("--on", metavar="日期", help="这一天是否施行, 默认今天")] = None,
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """一个免罚事项的全部内容: 各清单的条件、依据和配套措施。"""
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        entry = client.exemption(code, region=region, day=on)
    if as_json:
        write_json(entry.to_dict())
    else:
        print_entry(make_console(), entry)


def chosen(word: str, known: dict[str, Chosen], field: str, what: str) -> Chosen:
    """What a word on the command line means. Raises InvalidQuestion that names the nearest one."""
    if word not in known:
        raise invalid(f"不认识的{what} {word!r}", _nearest(word, known), field)
    return known[word]


def page_size(limit: int, most: int) -> int:
    """How many entries to show. Raises InvalidQuestion."""
    if not 1 <= limit <= most:
        raise invalid(f"条数不合规则: {limit}", f"1 至 {most}", "limit")
    return limit


def _nearest(word: str, known: Iterable[str]) -> str:
    codes = list(known)
    near = difflib.get_close_matches(word, codes, n=1, cutoff=0.5)
    return f"是否指 {near[0]}?" if near else "可用 " + "、".join(code for code in codes if code.isascii())
