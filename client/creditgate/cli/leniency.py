"""`leniency evaluate`: may this violation go without a penalty."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import NoService
from ..leniency import DEFAULT_PURPOSE, Violation
from ..questions import Subject, new_request_id
from . import asked, options
from .connection import Connection
from .output import write_json
from .show import make_console
from .show_leniency import print_leniency

leniency = typer.Typer(name="leniency", help="不予处罚: 这一违法行为能不能不罚。")

_DAY = "日期"


@leniency.command("evaluate")
def evaluate(
    organ: options.Organ,
    subject: Annotated[
        str, typer.Option("--subject", metavar="主体", help="当事人: 统一社会信用代码, person:身份证号 或 p:标识")
    ],
    entry: Annotated[str, typer.Option("--entry", metavar="代码", help="免罚事项代码, 用 exemptions search 查找")] = "",
    describe: Annotated[str, typer.Option("--describe", metavar="文字", help="不在清单上的行为: 描述")] = "",
    fact: Annotated[
        list[str] | None, typer.Option("--fact", metavar="名称=值", help="已知的违法情节, 如 goods_value=66; 可多次")
    ] = None,
    acted_on: Annotated[str | None, typer.Option("--acted-on", metavar=_DAY, help="行为发生之日")] = None,
    act_ended_on: Annotated[
        str | None, typer.Option("--act-ended-on", metavar=_DAY, help="连续、继续行为的终了之日")
    ] = None,
    discovered_on: Annotated[str | None, typer.Option("--discovered-on", metavar=_DAY, help="发现之日")] = None,
    corrected_on: Annotated[str | None, typer.Option("--corrected-on", metavar=_DAY, help="改正之日")] = None,
    deadline_on: Annotated[str | None, typer.Option("--deadline-on", metavar=_DAY, help="责令改正期限届满之日")] = None,
    region: Annotated[str, typer.Option("--region", metavar="代码", help="行为地的行政区划代码, 默认本市")] = "",
    case: Annotated[str | None, typer.Option("--case", metavar="编号", help="案件编号; 不给时由请求编号得出")] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", metavar="文字", help="查询信用记录的事由")] = None,
    as_of: options.AsOf = None,
    known_at: Annotated[str | None, typer.Option("--known-at", metavar="时刻", help="按该时刻已知的记录判断")] = None,
    request_id: options.RequestId = None,
    rule_set: options.RuleSet = "",
    at_least_activation: options.AtLeast = 0,
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """判断违法行为能不能不予处罚: 逐项条件, 还缺什么, 依据和后续程序。"""
    identity = request_id or new_request_id()
    violation = Violation(
        organ=organ,
        subject=Subject.parse(subject),
        exemption=entry,
        description=describe,
        acted_on=acted_on,
        act_ended_on=act_ended_on,
        discovered_on=discovered_on,
        corrected_on=corrected_on,
        deadline_on=deadline_on,
        facts=asked.facts_asked(fact or ()),
        region=region,
        case_number=asked.case_of(identity) if case is None else case,
        purpose=DEFAULT_PURPOSE if purpose is None else purpose,
        as_of=as_of,
        known_at=known_at,
        request_id=identity,
        rule_set=rule_set,
        at_least_activation=at_least_activation,
    )
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        try:
            result = client.evaluate(violation)
        except NoService as fault:
            fault.hint = f"再问时加 --request-id {identity}, 不会有两份回执; 请核对服务地址和服务状态"
            raise
    if as_json:
        write_json(result.to_dict())
    else:
        print_leniency(make_console(), result)
