"""`serve`: start the service."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..app.build import StartPlan
from ..app.run import run
from ..settings import Settings
from .faults import told_plainly


def serve(
    rules: Annotated[Path | None, typer.Option(help="规则库目录")] = None,
    store: Annotated[str | None, typer.Option(help="存储, 例如 sqlite:///creditgate.db")] = None,
    listen: Annotated[str | None, typer.Option(help="监听地址 HOST:PORT; 端口 0 由系统选定")] = None,
    workers: Annotated[int | None, typer.Option(help="工作进程数")] = None,
    watch: Annotated[bool | None, typer.Option("--watch", help="开发用: 跟随规则库目录, 改动即生效或被拒绝")] = None,
    signers: Annotated[Path | None, typer.Option(help="签名人名册; 有它时只用经签名、审核、启用的规则集")] = None,
    callers: Annotated[Path | None, typer.Option(help="调用方文件; 没有时只能监听本机地址")] = None,
    person_key: Annotated[Path | None, typer.Option(help="自然人散列密钥文件")] = None,
    tls_certificate: Annotated[Path | None, typer.Option(help="TLS 证书链(PEM)")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="TLS 私钥(PEM)")] = None,
    second_opinion_share: Annotated[float | None, typer.Option(help="复核比例, 0 至 1")] = None,
    metrics: Annotated[str | None, typer.Option(help="Prometheus 指标地址 HOST:PORT")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug、info、warning 或 error")] = None,
    log_format: Annotated[str | None, typer.Option(help="json 或 text")] = None,
    drain_seconds: Annotated[float | None, typer.Option(help="停止时等待在办请求的秒数")] = None,
) -> None:
    """启动服务。就绪后在标准输出打印一行; 日志在标准错误。其余设置用 CREDITGATE_ 环境变量。"""
    given = {name: value for name, value in locals().items() if value is not None}
    with told_plainly():
        run(Settings(**given), _announce)


def _announce(prepared: StartPlan) -> None:
    """The one line on standard output."""
    count = len(prepared.commissions)
    workers = "1 worker" if count == 1 else f"{count} workers"
    sys.stdout.write(f"creditgate-server ready on {prepared.address}, {workers}, rule set {prepared.rule_set.digest}\n")
    sys.stdout.flush()
