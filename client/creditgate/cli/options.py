"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, Any

import typer

DAY = "日期"


def a_day(flag: str, told: str) -> Any:  # noqa: ANN401 - as typer has it
    """An option that takes a day."""
    return typer.Option(flag, metavar=DAY, help=told)


AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Organ = Annotated[str, typer.Option("--organ", metavar="代码", help="部门代码")]
RuleSet = Annotated[str, typer.Option("--rule-set", metavar="摘要", help="须是这个规则集在用, 否则报错")]
AtLeast = Annotated[
    int, typer.Option("--at-least-activation", metavar="步", min=0, help="规则集须是第几步或以后启用的")
]
AsOf = Annotated[str | None, a_day("--as-of", "判断日 YYYY-MM-DD, 默认今天")]
RequestId = Annotated[
    str | None, typer.Option("--request-id", metavar="编号", help="请求编号: 用同一编号再问, 得到同一回执")
]
Fine = Annotated[str, typer.Option("--fine", metavar="元", help="罚款, 例如 5000 或 66.50")]
Note = Annotated[str, typer.Option("--note", metavar="文字", help="备注, 不写个人信息")]
Receipt = Annotated[str, typer.Argument(metavar="回执编号", help="核查结果中的回执编号")]
