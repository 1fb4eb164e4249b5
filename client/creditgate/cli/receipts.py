"""`receipt`: fetch a receipt and explain it, check an exported one offline. `receipt ID` is `receipt show ID`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperGroup

from .._sync.client import Client
from ..errors import ServiceError, invalid
from ..proofs import ProofResult, verify_proof
from ..values.receipts import Explanation
from . import options
from .asked import bytes_of
from .command import Call, asks
from .output import SERVICE_FAULT, make_console, write_json
from .show_receipt import print_receipt
from .words import printable


class _ShowsByDefault(TyperGroup):
    """What is no command is the id of a receipt to show."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - the parser's own class
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["show", *args])


receipts = typer.Typer(
    name="receipt", cls=_ShowsByDefault, help="回执: 取回并说明, 写成网页, 导出, 离线核验。", no_args_is_help=False
)


@receipts.callback()
def root() -> None:
    """回执: 取回并说明, 写成网页, 导出, 离线核验。receipt 编号 即 receipt show 编号。"""


@asks(receipts, "show")
def show(
    call: Call,
    receipt_id: options.Receipt,
    html: Annotated[Path | None, typer.Option("--html", metavar="文件", help="另写成网页, 不覆盖已有文件")] = None,
) -> None:
    """取回一份回执并说明: 当时知道什么, 哪些规则起了作用, 怎样修复, 不服怎么办。"""
    result = call.client.receipt(receipt_id)
    told = _explained(call.client, receipt_id, html=html is not None)
    if html is not None and told is not None:
        _write(html, told.html.encode(), "html")
    if call.as_json:
        write_json(result.to_dict() | {"explanation": told.to_dict() if told else None})
    else:
        print_receipt(make_console(), result, told)


@asks(receipts, "page", json=False)
def page(
    call: Call,
    receipt_id: options.Receipt,
    out: Annotated[Path, typer.Option("--out", metavar="文件", help="写到哪个网页文件(不覆盖已有文件)")],
) -> None:
    """写一张可打印的网页, 用当事人看得懂的话说明这份回执。"""
    _write(out, call.client.explanation(receipt_id, html=True).html.encode(), "out")


def _explained(client: Client, receipt_id: str, *, html: bool) -> Explanation | None:
    """None from a service that is too old to explain."""
    try:
        return client.explanation(receipt_id, html=html)
    except ServiceError as fault:
        if fault.reason != "UNIMPLEMENTED" or html:
            raise
        return None


@receipts.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(metavar="文件", help="导出的回执和证明")],
    key: Annotated[Path, typer.Option("--key", metavar="文件", help="账本公钥(PEM)")],
    as_json: options.AsJson = False,
) -> None:
    """离线核验导出的回执: 只需账本公钥, 不连服务。退出状态: 通过为 0, 不通过为 1, 没有核验为 2。"""
    result = verify_proof(bytes_of(file, "file"), bytes_of(key, "key"))
    if as_json:
        steps = [{"title": step.title, "passed": step.passed, "why": step.why} for step in result.steps]
        write_json({"passed": result.passed, "receipt": result.receipt, "sealed_at": result.sealed_at, "steps": steps})
    else:
        _print(result)
    if not result.passed:
        raise typer.Exit(SERVICE_FAULT)


@asks(receipts, "export", json=False)
def export(
    call: Call,
    receipt_id: options.Receipt,
    out: Annotated[Path, typer.Option("--out", metavar="文件", help="写到哪个文件(不覆盖已有文件)")],
) -> None:
    """导出一份回执及其证明, 交给要核验的人。检查点签过之后才能导出。"""
    _write(out, call.client.proof(receipt_id), "out")


def _write(out: Path, content: bytes, field: str) -> None:
    """To a new file: what is there is never overwritten."""
    try:
        with out.open("xb") as file:
            file.write(content)
    except OSError as fault:
        raise invalid(f"不能写文件 {out}: {fault.strerror}", "换一个文件名", field) from fault
    make_console(stderr=True).print(Text(f"已写入 {out}"), soft_wrap=True)


def _print(result: ProofResult) -> None:
    console = make_console()
    for step in result.steps:
        mark = Text("通过  ", style="bold green") if step.passed else Text("不通过", style="bold red")
        console.print(Text.assemble(mark, f" {step.title}: {printable(step.why)}"), soft_wrap=True)
    receipt = f"回执 {printable(result.receipt)} " if result.receipt else ""
    words = f"{receipt}核验通过" if result.passed else f"{receipt}核验不通过"
    console.print(Text(words, style="bold green" if result.passed else "bold red"), soft_wrap=True)
