"""`ledger erase`: erase contents of receipts where the law asks for it."""

from __future__ import annotations

import re
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ...errors import InvalidQuestion, WrongState
from ...judging.kinds import TITLES
from ...ledger.clock_watch import ClockWatch
from ...ledger.erasing import PARTS, Part, sweep
from ...ledger.lookup import require_receipt
from ...ledger.persons import receipts_of_person
from ...ledger.receipt import Receipt
from ...ledger.writer import ReceiptWriter
from ...present import utc_now
from ...publication.signers import Signers, SigningKey
from ...service.erasure import Eraser
from ...storage.database import Store
from ..faults import told_plainly
from .options import StoreAddress, opened

_PERSON = re.compile(r"p:[0-9a-f]{64}")


class ErasureOrder(StrEnum):
    """What to erase."""

    QUESTION = "question"
    DECISION = "decision"
    BOTH = "both"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a receipt."""
        return tuple(Part) if self is ErasureOrder.BOTH else (Part(self.value),)


def erase(
    receipt: Annotated[str, typer.Option(help="回执编号")] = "",
    person: Annotated[str, typer.Option(help="自然人标识 p:…: 与该人有关的全部回执")] = "",
    part: Annotated[ErasureOrder, typer.Option(help="删除哪一部分")] = ErasureOrder.BOTH,
    ground: Annotated[str, typer.Option(help="删除的依据, 例如 个人信息保护法第四十七条第一款第一项")] = "",
    only_list: Annotated[bool, typer.Option("--list", help="只列出有关的回执, 不删除")] = False,
    store: StoreAddress = None,
    signers: Annotated[Path | None, typer.Option(help="签名人名册", envvar="CREDITGATE_SIGNERS")] = None,
    key: Annotated[Path | None, typer.Option(help="本人的签名私钥", envvar="CREDITGATE_SIGNING_KEY")] = None,
) -> None:
    """依法删除回执的内容, 不能恢复。存证、链和账本树不变; 每次删除都有一份经签名的回执。

    签名人在名册里须有 erase 权。退出状态: 0 已删除; 1 有不能删除的, 逐份说明。
    """
    with told_plainly(), opened(store) as (ledger, settings):
        found = _meant(ledger, receipt, person)
        if only_list:
            _print(found)
            return
        if signers is None or key is None:
            raise InvalidQuestion("删除须由有权的人签名", "请给出 --signers 和 --key", "key")
        register, own = Signers.read(signers), SigningKey.load(key)
        watch = ClockWatch(ledger, utc_now, excused=settings.clock_excused)
        with closing(ReceiptWriter(ledger, now=utc_now, algorithm=settings.ledger_hash, watch=watch)) as writer:
            refused = _erase(Eraser(writer, register, own, ground, utc_now), found, part.parts)
        if not sweep(ledger):
            typer.echo("数据库正忙: 旧内容的副本还在预写日志里, 服务空闲或停止后自行清除", err=True)
        if refused:
            raise typer.Exit(1)


def _meant(store: Store, receipt: str, person: str) -> list[Receipt]:
    if bool(receipt) == bool(person):
        raise InvalidQuestion("请给出 --receipt 或 --person, 二者之一", "", "receipt")
    if receipt:
        return [require_receipt(store, receipt)]
    if not _PERSON.fullmatch(person):
        raise InvalidQuestion("自然人标识写法不对", "p: 后为 64 位十六进制数, 见核查结论中的 identifier", "person")
    return list(receipts_of_person(store, person))


def _erase(eraser: Eraser, found: list[Receipt], parts: tuple[Part, ...]) -> int:
    """Erase one after another; how many could not be."""
    refused = 0
    for receipt in found:
        try:
            act, written = eraser.erase(receipt, parts)
        except WrongState as fault:
            refused += 1
            typer.echo(str(fault), err=True)
            continue
        typer.echo(f"{receipt.id}: 已删除{'、'.join(PARTS[part] for part in act.parts)}, 删除回执 {written.id}")
    typer.echo(f"共 {len(found)} 份, 已删除 {len(found) - refused} 份, 未删除 {refused} 份")
    return refused


def _print(found: list[Receipt]) -> None:
    for receipt in found:
        left = {Part.QUESTION: receipt.question_salt, Part.DECISION: receipt.decision_salt}
        there = "、".join(PARTS[part] for part in Part if left[part] is not None) or "无"
        kind = TITLES.get(receipt.kind, receipt.kind)
        typer.echo(
            f"{receipt.id}  {receipt.issued_at}  {kind}  {receipt.organ}  {receipt.item or '-'}  可删除: {there}"
        )
    typer.echo(f"共 {len(found)} 份")
