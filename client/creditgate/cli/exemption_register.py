"""`exemptions grant`, `corrected`, `withdraw`, `list` and `statistics`: the register of exemptions (首违台账)."""

from __future__ import annotations

from typing import Annotated

import typer

from ..exemption_register import ExemptionGrant, GrantFilters, NewGrant, StatisticsKey
from ..questions import Subject
from . import options
from .asked import fen_asked, invalid
from .connection import Connection
from .exemptions import PageToken, SomeList, SomeOrgan, chosen, page_size
from .output import write_json
from .show import make_console
from .show_register import print_grant, print_grants, print_statistics

register = typer.Typer()
"""Commands that stand beside `exemptions search`."""

_DAY = "日期"
_BY_CODES = {"organ": StatisticsKey.ORGAN, "entry": StatisticsKey.EXEMPTION, "month": StatisticsKey.MONTH}

GrantId = Annotated[str, typer.Argument(metavar="回执编号", help="登记时的回执编号")]
Since = Annotated[str | None, typer.Option("--since", metavar=_DAY, help="决定日期不早于")]
Until = Annotated[str | None, typer.Option("--until", metavar=_DAY, help="决定日期不晚于")]


@register.command("grant")
def grant(
    receipt: Annotated[str, typer.Argument(metavar="回执编号", help="免罚判断(leniency evaluate)的回执")],
    document: Annotated[str, typer.Option("--document", metavar="文号", help="不予处罚决定的文号")] = "",
    decided_on: Annotated[
        str | None, typer.Option("--decided-on", metavar=_DAY, help="决定日期, 默认免罚判断的判断日")
    ] = None,
    due_on: Annotated[
        str | None, typer.Option("--due-on", metavar=_DAY, help="改正期限的最后一天; 已经改正的不给")
    ] = None,
    promise: Annotated[bool, typer.Option("--promise", help="当事人交了改正承诺书")] = False,
    fine: Annotated[str, typer.Option("--fine", metavar="元", help="免去的罚款, 例如 5000 或 66.50")] = "0",
    note: Annotated[str, typer.Option("--note", metavar="文字", help="备注, 不写个人信息")] = "",
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """登记一次免罚: 主体、事项和清单都按回执。"""
    asked = NewGrant(
        receipt_id=receipt,
        document_number=document,
        decided_on=decided_on,
        due_on=due_on,
        promise_made=promise,
        fine_forgone_fen=fen_asked(fine, "fine"),
        note=note,
    )
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        result = client.grant_exemption(asked)
    _show(result, as_json)


@register.command("corrected")
def corrected(
    grant_id: GrantId,
    on: Annotated[str | None, typer.Option("--on", metavar=_DAY, help="改正日期")] = None,
    not_corrected: Annotated[bool, typer.Option("--not-corrected", help="复查时还没有改正")] = False,
    kept_promise: Annotated[
        bool | None, typer.Option("--kept-promise/--broke-promise", help="遵守或违背了改正承诺; 不给: 不作说明")
    ] = None,
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """登记改正情况, 以最后一次登记的为准。"""
    if bool(on) is not_corrected:
        raise invalid("应给出改正日期, 或说明没有改正, 二者之一", "用 --on 日期 或 --not-corrected", "on")
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        result = client.report_correction(grant_id, corrected_on=on, kept_promise=kept_promise)
    _show(result, as_json)


@register.command("withdraw")
def withdraw(
    grant_id: GrantId,
    reason: Annotated[str, typer.Option("--reason", metavar="文字", help="登错在哪里, 不写个人信息")],
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """撤回登错的免罚, 不能恢复。"""
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        result = client.withdraw_exemption(grant_id, reason=reason)
    _show(result, as_json)


@register.command("list")
def list_grants(
    organ: SomeOrgan = "",
    entry: Annotated[str, typer.Option("--entry", metavar="代码", help="免罚事项代码")] = "",
    listed: SomeList = "",
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="主体", help="统一社会信用代码, person:身份证号 或 p:标识")
    ] = None,
    since: Since = None,
    until: Until = None,
    only_open: Annotated[bool, typer.Option("--open", help="有改正期限而还没有登记改正的")] = False,
    overdue_on: Annotated[str | None, typer.Option("--overdue-on", metavar=_DAY, help="到这一天逾期没有改正的")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", help="每页条数, 1 至 500")] = 50,
    page_token: PageToken = "",
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """查阅首违台账, 最近登记的在前。"""
    filters = GrantFilters(
        organ=organ,
        exemption=entry,
        list=listed,
        subject=None if subject is None else Subject.parse(subject),
        since=since,
        until=until,
        open=only_open,
        overdue_on=overdue_on,
        page_size=page_size(limit, 500),
        page_token=page_token,
    )
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        page = client.exemptions_granted(filters)
    if as_json:
        write_json(page.to_dict())
    else:
        print_grants(make_console(), page)


@register.command("statistics")
def statistics(
    organ: SomeOrgan = "",
    since: Since = None,
    until: Until = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="口径", help="organ、entry 或 month; 可多次, 不给: 一个合计")
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar=_DAY, help="到这一天是否逾期, 默认今天")] = None,
    as_json: options.AsJson = False,
    target: options.Target = None,
    timeout: options.Timeout = "5",
    key_file: options.KeyFile = None,
    ca: options.Ca = None,
    tls: options.Tls = False,
) -> None:
    """首违台账的统计: 次数、改正情况、免去的罚款。默认本年。"""
    keys = tuple(chosen(word, _BY_CODES, "by", "统计口径") for word in by or ())
    with Connection(target, timeout, key_file, ca, tls).client() as client:
        result = client.exemption_statistics(organ=organ, since=since, until=until, by=keys, as_of=as_of)
    if as_json:
        write_json(result.to_dict())
    else:
        print_statistics(make_console(), result)


def _show(result: ExemptionGrant, as_json: bool) -> None:
    if as_json:
        write_json(result.to_dict())
    else:
        print_grant(make_console(), result)
