"""`keys`: keys of callers, of persons who sign, and of the ledger."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from ..ledger.sealing.keys import LedgerKey
from ..publication.signers import SigningKey, require_signer_name
from ..service.callers import Caller, hash_key, require_name
from .faults import told_plainly

app = typer.Typer(no_args_is_help=True, help="密钥: 调用方、签名人、账本")


@app.callback()
def keys() -> None:
    """密钥: 调用方、签名人、账本。"""


@app.command()
def signer(
    name: Annotated[str, typer.Argument(help="签名人名称: 小写字母、数字、点、下划线、连字符")],
    out: Annotated[Path, typer.Option(help="私钥写到哪个文件(不覆盖已有文件)")],
    title: Annotated[str, typer.Option(help="签名人的岗位, 例如 信用科")] = "",
) -> None:
    """生成一把签名密钥, 并打印写入签名人名册的条目。私钥由本人保管。"""
    with told_plainly():
        require_signer_name(name)
        key = SigningKey.new()
        key.save(out)
    typer.echo(f"私钥已写入 {out}, 由本人保管, 不要交给别人", err=True)
    entry = json.dumps({"name": name, "title": title, "public_key": key.public}, ensure_ascii=False)
    typer.echo(f"  - {entry}")


@app.command()
def ledger(
    out: Annotated[Path, typer.Option(help="私钥写到哪个文件(不覆盖已有文件); 公钥写在旁边, 名为 ….pub.pem")],
) -> None:
    """生成一把账本密钥, 并打印写入信任文件的条目。私钥交给服务, 公钥交给核查的人。"""
    with told_plainly():
        key = LedgerKey.new()
        public = key.save(out)
    typer.echo(f"私钥已写入 {out}, 公钥已写入 {public}", err=True)
    typer.echo(f"keys:\n  - public_key: {key.public}")


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
