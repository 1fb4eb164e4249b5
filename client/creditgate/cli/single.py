"""`check` and `level`: one question, one answer."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import NoService
from ..questions import Subject
from . import asked, options
from .connection import Connection
from .output import write_json
from .show import make_console, print_answer, print_level


def check(
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
    case: Annotated[str | None, typer.Option("--case", metavar="编号", help="办件号; 不给时由请求编号得出")] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="环节", help="acceptance、examination、decision 或 after")
    ] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", metavar="文字", help="查询信用记录的事由")] = None,
    as_of: options.AsOf = None,
    known_at: Annotated[
        str | None, typer.Option("--known-at", metavar="时刻", help="按该时刻已知的记录判断, RFC 3339")
    ] = None,
    request_id: options.RequestId = None,
    explain: Annotated[bool, typer.Option("--explain", help="列出差一个条件的规则")] = False,
    rule_set: options.RuleSet = "",
    at_least_activation: options.AtLeast = 0,
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """办理许可前核查信用: 适用哪些激励和惩戒措施。"""
    question = asked.question(
        organ=organ,
        item=item,
        subjects=subject,
        facts=asked.facts_asked(fact or ()),
        case_number=case,
        stage=stage,
        purpose=purpose,
        as_of=as_of,
        known_at=known_at,
        request_id=request_id,
        explain=explain,
        rule_set=rule_set,
        at_least_activation=at_least_activation,
    )
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        try:
            result = client.ask(question)
        except NoService as fault:
            fault.hint = f"再问时加 --request-id {question.request_id}, 不会有两份回执; 请核对服务地址和服务状态"
            raise
    if as_json:
        write_json(result.to_dict())
    else:
        print_answer(make_console(), result)


def level(
    organ: options.Organ,
    subject: Annotated[
        str, typer.Option("--subject", metavar="主体", help="统一社会信用代码, person:身份证号 或 p:标识")
    ],
    purpose: Annotated[str, typer.Option("--purpose", metavar="文字", help="查询信用记录的事由")] = "分级分类监管",
    as_of: options.AsOf = None,
    request_id: options.RequestId = None,
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """查询主体的公共信用等级和监管等级。"""
    named = Subject.parse(subject)
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        result = client.level(organ=organ, subject=named, as_of=as_of, purpose=purpose, request_id=request_id)
    if as_json:
        write_json(result.to_dict())
    else:
        print_level(make_console(), result)
