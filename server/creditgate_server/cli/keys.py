"""`keys`: keys of the systems that may ask."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from ..service.callers import Caller, hash_key, require_name
from .faults import told_plainly

app = typer.Typer(no_args_is_help=True, help="调用方密钥")


@app.callback()
def keys() -> None:
    """调用方密钥。"""


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="调用方名称: 小写字母、数字、点、下划线、连字符")],
    organ: Annotated[list[str], typer.Option(help="可以代表的部门代码; 可重复")],
) -> None:
    """生成一个密钥, 并打印写入调用方文件的条目。密钥只显示这一次。"""
    with told_plainly():
        require_name(name, "NAME")
    key = secrets.token_urlsafe(32)
    caller = Caller(name=name, key_sha256=hash_key(key), organs=tuple(organ))
    typer.echo(f"密钥(交给调用方, 只显示一次): {key}", err=True)
    typer.echo(f"  - name: {caller.name}\n    key_sha256: {caller.key_sha256}\n    organs: [{', '.join(organ)}]")
