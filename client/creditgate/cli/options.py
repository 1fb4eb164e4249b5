"""The options that the commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Target = Annotated[
    str | None,
    typer.Option("--target", metavar="HOST:PORT", help="服务地址, 默认取 CREDITGATE_TARGET, 否则 127.0.0.1:50051"),
]
Timeout = Annotated[str, typer.Option("--timeout", metavar="秒", help="时限(秒), 包括重试")]
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", metavar="文件", help="调用方密钥文件; 不给时取环境变量 CREDITGATE_KEY")
]
Ca = Annotated[Path | None, typer.Option("--ca", metavar="文件", help="TLS 根证书(PEM); 给出即用 TLS")]
Tls = Annotated[bool, typer.Option("--tls", help="用 TLS, 根证书取系统的")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Organ = Annotated[str, typer.Option("--organ", metavar="代码", help="部门代码")]
RuleSet = Annotated[str, typer.Option("--rule-set", metavar="摘要", help="须是这个规则集在用, 否则报错")]
AtLeast = Annotated[
    int, typer.Option("--at-least-activation", metavar="步", min=0, help="规则集须是第几步或以后启用的")
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="日期", help="判断日 YYYY-MM-DD, 默认今天")]
RequestId = Annotated[
    str | None, typer.Option("--request-id", metavar="编号", help="请求编号: 用同一编号再问, 得到同一回执")
]
