"""`check`, `level` and `leniency evaluate`: one question, one answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ..errors import NoService
from ..values.common import Subject, new_request_id
from ..values.leniency import DEFAULT_PURPOSE, Violation
from ..values.level import DEFAULT_PURPOSE as LEVEL_PURPOSE
from . import asked, options
from .command import Call, asks
from .show import print_answer, print_level
from .show_leniency import print_leniency

single = typer.Typer()
"""Commands of the root."""
leniency = typer.Typer(name="leniency", help="不予处罚: 这一违法行为能不能不罚。")

Case = Annotated[str | None, typer.Option("--case", metavar="编号", help="办件号; 不给时由请求编号得出")]
KnownAt = Annotated[str | None, typer.Option("--known-at", metavar="时刻", help="按该时刻已知的记录判断, RFC 3339")]
Purpose = Annotated[str | None, typer.Option("--purpose", metavar="文字", help="查询信用记录的事由")]


@asks(single, "check")
def check(
    call: Call,
    organ: options.Organ,
    item: Annotated[str, typer.Option("--item", metavar="代码", help="事项代码")],
    subject: Annotated[
        list[str],
        typer.Option(
            "--subject",
            metavar="[角色:]主体",
            help="统一社会信用代码, person:身份证号 或 p:标识; 可多次, 如 legal_representative:person:…",
        ),
    ],
    fact: Annotated[
        list[str] | None, typer.Option("--fact", metavar="名称=值", help="办件的事实, 如 commitment_requested=true")
    ] = None,
    case: Case = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="环节", help="acceptance、examination、decision 或 after")
    ] = None,
    purpose: Purpose = None,
    as_of: options.AsOf = None,
    known_at: KnownAt = None,
    request_id: options.RequestId = None,
    explain: Annotated[bool, typer.Option("--explain", help="列出差一个条件的规则")] = False,
    rule_set: options.RuleSet = "",
    at_least_activation: options.AtLeast = 0,
) -> None:
    """办理许可前核查信用: 适用哪些激励和惩戒措施。"""
    question = asked.question(
        subjects=subject,
        facts=asked.facts_asked(fact or ()),
        case_number=case,
        stage=stage,
        purpose=purpose,
        request_id=request_id,
        organ=organ,
        item=item,
        as_of=as_of,
        known_at=known_at,
        explain=explain,
        rule_set=rule_set,
        at_least_activation=at_least_activation,
    )
    with _asking(question.request_id):
        call.tell(call.client.ask(question), print_answer)


@asks(single, "level")
def level(
    call: Call,
    organ: options.Organ,
    subject: Annotated[
        str, typer.Option("--subject", metavar="主体", help="统一社会信用代码, person:身份证号 或 p:标识")
    ],
    purpose: Annotated[str, typer.Option("--purpose", metavar="文字", help="查询信用记录的事由")] = LEVEL_PURPOSE,
    as_of: options.AsOf = None,
    request_id: options.RequestId = None,
) -> None:
    """查询主体的公共信用等级和监管等级。"""
    named = Subject.parse(subject)
    result = call.client.level(organ=organ, subject=named, as_of=as_of, purpose=purpose, request_id=request_id)
    call.tell(result, print_level)


@asks(leniency, "evaluate")
def evaluate(
    call: Call,
    organ: options.Organ,
    subject: Annotated[
        str, typer.Option("--subject", metavar="主体", help="当事人: 统一社会信用代码, person:身份证号 或 p:标识")
    ],
    entry: Annotated[str, typer.Option("--entry", metavar="代码", help="免罚事项代码, 用 exemptions search 查找")] = "",
    describe: Annotated[str, typer.Option("--describe", metavar="文字", help="不在清单上的行为: 描述")] = "",
    fact: Annotated[
        list[str] | None, typer.Option("--fact", metavar="名称=值", help="已知的违法情节, 如 goods_value=66; 可多次")
    ] = None,
    acted_on: Annotated[str | None, options.a_day("--acted-on", "行为发生之日")] = None,
    act_ended_on: Annotated[str | None, options.a_day("--act-ended-on", "连续、继续行为的终了之日")] = None,
    discovered_on: Annotated[str | None, options.a_day("--discovered-on", "发现之日")] = None,
    corrected_on: Annotated[str | None, options.a_day("--corrected-on", "改正之日")] = None,
    deadline_on: Annotated[str | None, options.a_day("--deadline-on", "责令改正期限届满之日")] = None,
    region: Annotated[str, typer.Option("--region", metavar="代码", help="行为地的行政区划代码, 默认本市")] = "",
    case: Annotated[str | None, typer.Option("--case", metavar="编号", help="案件编号; 不给时由请求编号得出")] = None,
    purpose: Purpose = None,
    as_of: options.AsOf = None,
    known_at: KnownAt = None,
    request_id: options.RequestId = None,
    rule_set: options.RuleSet = "",
    at_least_activation: options.AtLeast = 0,
) -> None:
    """判断违法行为能不能不予处罚: 逐项条件, 还缺什么, 依据和后续程序。"""
    request_id = request_id or new_request_id()
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
        case_number=asked.case_of(request_id) if case is None else case,
        purpose=DEFAULT_PURPOSE if purpose is None else purpose,
        as_of=as_of,
        known_at=known_at,
        request_id=request_id,
        rule_set=rule_set,
        at_least_activation=at_least_activation,
    )
    with _asking(request_id):
        call.tell(call.client.evaluate(violation), print_leniency)


@contextmanager
def _asking(request_id: str | None) -> Iterator[None]:
    """Where no answer comes, the hint says how to ask the same again."""
    try:
        yield
    except NoService as fault:
        fault.hint = f"再问时加 --request-id {request_id}, 不会有两份回执; 请核对服务地址和服务状态"
        raise
