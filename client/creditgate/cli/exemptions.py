"""`exemptions`: find an entry of the exemption lists and read it; the register of exemptions granted (首违台账)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, TypeVar

import typer

from .. import limits
from .._contract import ExemptionKind, ExemptionStatisticsKey
from ..errors import invalid
from ..titles import EXEMPTION_KINDS
from ..values.common import Subject
from ..values.exemptions import ExemptionSearch, GrantFilters, NewGrant
from . import options
from .asked import fen_asked
from .command import Call, asks
from .show_exemptions import print_entry, print_found, print_versions
from .show_register import print_grant, print_grants, print_reports, print_statistics

exemptions = typer.Typer(name="exemptions", help="免罚清单和首违台账。")

Chosen = TypeVar("Chosen")

Region = Annotated[str, typer.Option("--region", metavar="代码", help="行政区划代码(六位), 默认本市")]
SomeOrgan = Annotated[str, typer.Option("--organ", metavar="代码", help="部门代码, 默认不限")]
SomeList = Annotated[str, typer.Option("--list", metavar="代码", help="免罚清单代码, 默认不限")]
PageToken = Annotated[str, typer.Option("--page-token", metavar="标记", help="上一页给出的标记")]
GrantId = Annotated[str, typer.Argument(metavar="回执编号", help="登记时的回执编号")]
From = Annotated[str | None, options.a_day("--from", "决定日期不早于")]
Until = Annotated[str | None, options.a_day("--until", "决定日期不晚于")]
CheckOnly = Annotated[bool, typer.Option("--check-only", help="只检查, 不登记")]
_BY_CODES = {
    "organ": ExemptionStatisticsKey.ORGAN,
    "entry": ExemptionStatisticsKey.EXEMPTION,
    "month": ExemptionStatisticsKey.MONTH,
}
_KIND_CODES = {name: kind for kind in ExemptionKind for name in (kind.value, EXEMPTION_KINDS[kind])}


@asks(exemptions, "search")
def search(
    call: Call,
    text: Annotated[
        list[str],
        typer.Argument(metavar="要查的内容", help="常用说法、拼音(全拼或首字母)、法条如 食品安全法34条, 或编码"),
    ],
    region: Region = "",
    organ: SomeOrgan = "",
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="类别", help="minor、first、fine_waived 或 lighter; 可多次")
    ] = None,
    listed: SomeList = "",
    as_of: Annotated[str | None, options.a_day("--as-of", "在这一天施行的, 默认今天")] = None,
    include_not_in_force: Annotated[
        bool, typer.Option("--include-not-in-force", help="也列出没有施行的, 排在最后")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", help="每页条数, 1 至 100")] = 20,
    page_token: PageToken = "",
) -> None:
    """按几个词查找免罚事项: 施行的在前, 再是别处的作参考; 清单没有列明的, 告知法律本身的规定。"""
    asked = ExemptionSearch(
        " ".join(text),
        organ=organ,
        region=region,
        kinds=tuple(chosen(word, _KIND_CODES, "kind", "类别") for word in kind or ()),
        exemption_list=listed,
        as_of=as_of,
        include_not_in_force=include_not_in_force,
        page_size=page_size(limit, limits.MOST_HITS),
        page_token=page_token,
    )
    call.tell(call.client.search_exemptions(asked), print_found)


@asks(exemptions, "show")
def show(
    call: Call,
    code: Annotated[str, typer.Argument(metavar="代码", help="免罚事项代码, 或 12 位基本编码")],
    region: Region = "",
    as_of: Annotated[str | None, options.a_day("--as-of", "这一天是否施行, 默认今天")] = None,
) -> None:
    """一个免罚事项的全部内容: 各清单的条件、依据和配套措施。"""
    call.tell(call.client.exemption(code, region=region, as_of=as_of), print_entry)


@asks(exemptions, "versions")
def versions(
    call: Call,
    code: Annotated[str, typer.Argument(metavar="代码", help="免罚事项代码, 或 12 位基本编码")],
    region: Region = "",
    as_of: Annotated[str | None, options.a_day("--as-of", "这一天是否施行, 默认今天")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", help="每页条数, 1 至 100")] = 20,
    page_token: PageToken = "",
) -> None:
    """一个免罚事项在各清单中的内容, 逐页列出。"""
    size = page_size(limit, limits.MOST_VERSIONS)
    page = call.client.exemption_versions(code, region=region, as_of=as_of, page_size=size, page_token=page_token)
    call.tell(page, print_versions)


@asks(exemptions, "grant")
def grant(
    call: Call,
    receipt: Annotated[str, typer.Argument(metavar="回执编号", help="免罚判断(leniency evaluate)的回执")],
    document: Annotated[str, typer.Option("--document", metavar="文号", help="不予处罚决定的文号")] = "",
    decided_on: Annotated[str | None, options.a_day("--decided-on", "决定日期, 默认免罚判断的判断日")] = None,
    due_on: Annotated[str | None, options.a_day("--due-on", "改正期限的最后一天; 已经改正的不给")] = None,
    promise: Annotated[
        bool | None,
        typer.Option("--promise/--no-promise", help="当事人交了、没有交改正承诺书; 有改正期限的要写明"),
    ] = None,
    fine: Annotated[
        str, typer.Option("--fine", metavar="元", help="免去的罚款, 例如 5000 或 66.50; 没有罚款的写 0")
    ] = "",
    note: options.Note = "",
    check_only: CheckOnly = False,
) -> None:
    """登记一次免罚: 主体、事项和清单都按回执。"""
    asked = NewGrant(
        receipt_id=receipt,
        document_number=document,
        decided_on=decided_on,
        due_on=due_on,
        promise_made=promise,
        fine_forgone_fen=fen_asked(fine, "fine") if fine else None,
        note=note,
    )
    call.tell(call.client.grant_exemption(asked, validate_only=check_only), print_grant)


@asks(exemptions, "corrected")
def corrected(
    call: Call,
    grant_id: GrantId,
    on: Annotated[str | None, options.a_day("--on", "改正日期")] = None,
    not_corrected: Annotated[bool, typer.Option("--not-corrected", help="复查时还没有改正")] = False,
    kept_promise: Annotated[
        bool | None, typer.Option("--kept-promise/--broke-promise", help="遵守或违背了改正承诺; 不给: 不作说明")
    ] = None,
    request_id: Annotated[
        str, typer.Option("--request-id", metavar="编号", help="本次登记的编号, 重试时不变; 不给: 只与上一次登记比较")
    ] = "",
    check_only: CheckOnly = False,
) -> None:
    """登记改正情况, 以最后一次登记的为准。"""
    if bool(on) is not_corrected:
        raise invalid("应给出改正日期, 或说明没有改正, 二者之一", "用 --on 日期 或 --not-corrected", "on")
    grant = call.client.report_correction(
        grant_id, corrected_on=on, kept_promise=kept_promise, request_id=request_id, validate_only=check_only
    )
    call.tell(grant, print_grant)


@asks(exemptions, "withdraw")
def withdraw(
    call: Call,
    grant_id: GrantId,
    reason: Annotated[str, typer.Option("--reason", metavar="文字", help="登错在哪里, 不写个人信息")],
    check_only: CheckOnly = False,
) -> None:
    """撤回登错的免罚, 不能恢复。"""
    call.tell(call.client.withdraw_grant(grant_id, reason=reason, validate_only=check_only), print_grant)


@asks(exemptions, "granted")
def granted(call: Call, grant_id: GrantId) -> None:
    """一次登记现在的情况。"""
    call.tell(call.client.grant(grant_id), print_grant)


@asks(exemptions, "reports")
def reports(
    call: Call,
    grant_id: GrantId,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", help="每页条数, 1 至 500")] = 50,
    page_token: PageToken = "",
) -> None:
    """一次登记的全部改正情况, 最早的在前。"""
    size = page_size(limit, limits.MOST_REPORTS)
    call.tell(call.client.correction_reports(grant_id, page_size=size, page_token=page_token), print_reports)


@asks(exemptions, "list")
def list_grants(
    call: Call,
    organ: SomeOrgan = "",
    entry: Annotated[str, typer.Option("--entry", metavar="代码", help="免罚事项代码")] = "",
    listed: SomeList = "",
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="主体", help="统一社会信用代码, person:身份证号 或 p:标识")
    ] = None,
    from_on: From = None,
    until: Until = None,
    only_open: Annotated[bool, typer.Option("--open", help="有改正期限而还没有登记改正的")] = False,
    overdue_on: Annotated[str | None, options.a_day("--overdue-on", "到这一天逾期没有改正的")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", help="每页条数, 1 至 200")] = 50,
    page_token: PageToken = "",
) -> None:
    """查阅首违台账, 最近登记的在前。"""
    filters = GrantFilters(
        organ=organ,
        exemption=entry,
        exemption_list=listed,
        subject=None if subject is None else Subject.parse(subject),
        from_on=from_on,
        until_on=until,
        only_open=only_open,
        overdue_on=overdue_on,
        page_size=page_size(limit, limits.MOST_GRANTS),
        page_token=page_token,
    )
    call.tell(call.client.exemptions_granted(filters), print_grants)


@asks(exemptions, "statistics")
def statistics(
    call: Call,
    organ: SomeOrgan = "",
    from_on: From = None,
    until: Until = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="口径", help="organ、entry 或 month; 可多次, 不给: 一个合计")
    ] = None,
    as_of: Annotated[str | None, options.a_day("--as-of", "到这一天是否逾期, 默认今天")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="行数", help="每页行数, 1 至 500")] = 100,
    page_token: PageToken = "",
) -> None:
    """首违台账的统计: 次数、改正情况、免去的罚款。默认本年。"""
    keys = tuple(chosen(word, _BY_CODES, "by", "统计口径") for word in by or ())
    figures = call.client.exemption_statistics(
        organ=organ,
        from_on=from_on,
        until_on=until,
        by=keys,
        as_of=as_of,
        page_size=page_size(limit, limits.MOST_FIGURES),
        page_token=page_token,
    )
    call.tell(figures, print_statistics)


def chosen(word: str, known: dict[str, Chosen], field: str, what: str) -> Chosen:
    """What a word on the command line means. Raises InvalidQuestion that names the nearest one."""
    if word not in known:
        raise invalid(f"不认识的{what} {word!r}", _nearest(word, known), field)
    return known[word]


def page_size(limit: int, most: int) -> int:
    """How many entries to show. Raises InvalidQuestion."""
    if not 1 <= limit <= most:
        raise invalid(f"条数不合规则: {limit}", f"1 至 {most}", "limit")
    return limit


def _nearest(word: str, known: Iterable[str]) -> str:
    codes = list(known)
    near = difflib.get_close_matches(word, codes, n=1, cutoff=0.5)
    return f"是否指 {near[0]}?" if near else "可用 " + "、".join(code for code in codes if code.isascii())
