"""`ledger rejudge`: a stored question under other rules, with other knowledge or on another day."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from ...clock import LEGAL_ZONE, legal_day, rfc3339
from ...errors import Erased, InvalidQuestion, StoreFault, UnknownThing, WrongState
from ...files.whole import write
from ...judging.kinds import KINDS
from ...ledger.lookup import require_receipt
from ...ledger.receipt import Receipt, contents, unkept_promises
from ...present import utc_now
from ...publication.history import look
from ...publication.rule_sets import full_digest, load_rule_set
from ...publication.timeline import timeline
from ...registry.lookup import Registry
from ...registry.settling import act, said_otherwise
from ...rulebook.bundle import RuleSet
from ...rulebook.load import read_directory
from ...storage.database import Store
from ...studies.replay.rejudge import Under, rejudge
from ...studies.replay.stored import OpenedReceipt, Opener
from ...studies.replay.touched import TouchedReceipt, told, touched
from ...studies.replay.wording import page, text
from ..asked import refuse
from ..faults import told_plainly
from .options import StoreAddress, opened

THEN, TODAY = "then", "today"


def rejudge_command(
    receipt: Annotated[str, typer.Option(help="回执编号")] = "",
    settlement: Annotated[int | None, typer.Option(help="裁定的编号: 列出受它影响的回执, 按现在所知重新判断")] = None,
    rules: Annotated[str, typer.Option(help="today 现行规则集, then 当时的, 或规则库目录, 或规则集摘要")] = TODAY,
    knowledge: Annotated[str, typer.Option(help="then 当时所知, today 现在所知, 或某一时刻所知(RFC 3339)")] = THEN,
    day: Annotated[str, typer.Option(help="判断日: then 当时的, today 今天, 或 YYYY-MM-DD")] = THEN,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    html: Annotated[Path | None, typer.Option(help="写成一个可打印的网页文件")] = None,
    store: StoreAddress = None,
) -> None:
    """把一份回执里的问题按现行规则或现在所知的情况重新判断, 与当时的结论对照。什么也不改动。

    退出状态: 0 已完成; 1 不能进行。
    """
    if (settlement is None) == (receipt == ""):
        raise refuse("--receipt 和 --settlement 写一个, 并且只写一个")
    if settlement is not None:
        _touched_by(settlement, rules, store, as_json=as_json)
        return
    with told_plainly(), opened(store) as (ledger, _):
        found = _receipt(ledger, receipt)
        stored = _stored(found)
        own = load_rule_set(ledger, stored.rule_set)
        under = _under(ledger, stored, own, rules, knowledge, day)
        result = rejudge(found.id, found.issued_at, stored, own, under)
        if html is not None:
            write(html, page(result).encode())
    if as_json:
        typer.echo(msgspec.json.encode(result, order="sorted").decode())
    else:
        typer.echo(text(result))


class _Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt that a settlement touches, and what its question comes to now."""

    receipt: TouchedReceipt
    then: str
    now: str


def _touched_by(number: int, rules: str, address: str | None, *, as_json: bool) -> None:
    """List the receipts that rest on what was settled otherwise, with what each comes to with today's knowledge."""
    count = moved = 0
    with told_plainly(), opened(address) as (ledger, _):
        made = act(ledger, number)
        for receipt, stored in touched(ledger, made.subject, partial(said_otherwise, made)):
            own = load_rule_set(ledger, stored.rule_set)
            result = rejudge(
                receipt.id, receipt.issued_at, stored, own, _under(ledger, stored, own, rules, TODAY, THEN)
            )
            headline = KINDS[result.kind].headline
            then, now = headline(result.then.decision), headline(result.now.decision)
            count, moved = count + 1, moved + (then != now)
            if as_json:
                one = _Moved(receipt=told(receipt), then=then, now=now)
                typer.echo(msgspec.json.encode(one, order="sorted").decode())
            else:
                case = f"  办件 {receipt.case_number}" if receipt.case_number else ""
                typer.echo(f"{receipt.id}  {receipt.issued_at}{case}  当时 {then}, 现在 {now}")
    if not as_json:
        typer.echo(f"第 {number} 号裁定涉及回执 {count} 份, 结论变化 {moved} 份")


def _receipt(store: Store, receipt_id: str) -> Receipt:
    found = require_receipt(store, receipt_id)
    if found.kind not in KINDS:
        titles = "、".join(kind.title for kind in KINDS.values())
        raise WrongState(f"回执 {receipt_id} 不是对问题的答复", f"{titles}的回执可以重新判断", "receipt")
    return found


def _stored(receipt: Receipt) -> OpenedReceipt:
    """Raises Erased, and StoreFault for contents that are not those of the receipt."""
    try:
        altered = unkept_promises(receipt)
        stored = Opener().open(receipt.kind, contents(receipt))
    except msgspec.MsgspecError as fault:
        raise StoreFault("回执的内容读不出来", f"回执 {receipt.id}, 用 ledger verify 核查") from fault
    if altered:
        raise StoreFault(f"回执的内容与存证不符: {altered[0]}", f"回执 {receipt.id}, 用 ledger verify 核查")
    if stored is None:
        raise Erased(f"回执 {receipt.id} 的内容已依法删除, 不能重新判断", "", "receipt")
    return stored


def _under(store: Store, stored: OpenedReceipt, own: RuleSet | None, rules: str, knowledge: str, day: str) -> Under:
    now = utc_now()
    question_day = stored.question.day
    known, feeds, words = stored.known, stored.feeds, "作出结论时"
    rule_set = _rules(store, stored, own, rules, rfc3339(now))
    if knowledge != THEN:
        instant = None if knowledge == TODAY else _moment(knowledge)
        identifiers = stored.kind.identifiers(stored.question)
        known, feeds = Registry(store).known(identifiers, instant, rule_set.catalogue)
        words = f"{rfc3339(now if instant is None else instant)} "
    return Under(
        rule_set=rule_set,
        known=known,
        feeds=feeds,
        day=question_day if day == THEN else legal_day(now) if day == TODAY else _day(day),
        knowledge=words,
    )


def _rules(store: Store, stored: OpenedReceipt, own: RuleSet | None, wanted: str, now: str) -> RuleSet:
    if wanted == THEN:
        digest = stored.rule_set
    elif wanted == TODAY:
        active = timeline(look(store).acts).active(now)
        if active is None:
            raise UnknownThing("还没有启用任何规则集", "用 --rules 指定规则库目录或规则集摘要", "rules")
        digest = active.digest
    elif Path(wanted).is_dir():
        return read_directory(Path(wanted)).rule_set
    else:
        digest = full_digest(store, wanted)
    found = own if digest == stored.rule_set else load_rule_set(store, digest)
    if found is None:
        raise StoreFault(f"数据库里没有规则集 {digest}", "用 --rules 指定规则库目录", "rules")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise InvalidQuestion(f"日期 {text!r} 写法不对", "then、today 或 YYYY-MM-DD", "day") from fault


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise InvalidQuestion(
            f"时刻 {text!r} 写法不对", "then、today 或 2026-11-20T08:00:00+08:00", "knowledge"
        ) from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=LEGAL_ZONE)
