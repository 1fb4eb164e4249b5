"""`ledger replay`: judge stored questions again, each as it was."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated, Any

import msgspec
import typer

from ...clock import LEGAL_ZONE, rfc3339
from ...errors import InvalidQuestion, UnknownThing
from ...files.progress import bars
from ...judging.kinds import KINDS, TITLES
from ...studies.replay.one import Fate, ReceiptReplay
from ...studies.replay.run import MOST_NAMED, ReplayReport, replay
from ...studies.replay.selection import Selection
from ..asked import refuse
from ..faults import told_plainly
from .options import StoreAddress, opened

FATES = {
    Fate.SAME: "逐字节相同",
    Fate.REWORDED: "结论相同, 措辞不同",
    Fate.DIFFERENT: "结论不同",
    Fate.ERASED: "内容已依法删除",
    Fate.ENGINE_FAILED: "当时引擎故障",
    Fate.ALTERED: "内容与存证不符",
    Fate.UNREADABLE: "内容读不出来",
    Fate.NO_RULE_SET: "没有当时的规则集",
}
_DIFFERENT, _UNUSABLE, _INTERRUPTED = 1, 2, 130


def replay_command(
    since: Annotated[str, typer.Option(help="从哪天(YYYY-MM-DD)或哪一时刻(RFC 3339)起")] = "",
    until: Annotated[str, typer.Option(help="到哪天为止(含当天), 或到哪一时刻为止(不含)")] = "",
    receipt: Annotated[str, typer.Option(help="只重放这一份回执")] = "",
    kind: Annotated[list[str] | None, typer.Option(help="只重放这一种; 可重复", metavar=f"[{'|'.join(KINDS)}]")] = None,
    sample: Annotated[int, typer.Option(min=0, help="随机抽取多少份, 0 为全部")] = 0,
    seed: Annotated[int | None, typer.Option(help="抽取的随机种子: 同样的种子抽出同样的回执")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="用几个进程")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    store: StoreAddress = None,
) -> None:
    """把存下的问题按当时的规则集、当时所知的情况和当时的日期重新判断一次, 结论必须逐字节相同。服务运行时也可以用。

    退出状态: 0 全部相同; 1 有不同或不能重放的, 逐份指明; 2 不能进行。
    """
    unknown = set(kind or ()) - set(KINDS)
    if unknown:
        raise refuse(f"--kind: 没有 {min(unknown)}, 可用 {'、'.join(KINDS)}")
    with told_plainly(_UNUSABLE):
        meant = Selection(
            since=_instant(since, "since"),
            until=_instant(until, "until", whole_day=True),
            kinds=tuple(kind) if kind else tuple(KINDS),
            receipt=receipt,
            sample=sample,
            seed=seed,
        )
        try:
            with opened(store) as (ledger, _), bars() as shown:
                found = _nothing if as_json else _say
                report = replay(ledger, meant, workers=workers, found=found, progress=partial(shown.reach, "重放"))
        except KeyboardInterrupt:
            typer.echo("creditgate-server: 重放中断", err=True)
            raise typer.Exit(_INTERRUPTED) from None
        if receipt and not report.done:
            raise UnknownThing(f"没有编号为 {receipt} 的{_any_kind()}回执", "请查对回执编号", "receipt")
    typer.echo(json.dumps(as_plain(report), ensure_ascii=False, sort_keys=True) if as_json else _summary(report))
    if report.found:
        raise typer.Exit(_DIFFERENT)


def as_plain(report: ReplayReport) -> dict[str, Any]:
    """The report for JSON."""
    counts: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for (kind, fate), number in sorted(report.counts.items()):
        counts[kind][fate] = number
    return {
        "replayed": report.done,
        "counts": counts,
        "rule_sets": dict(report.rule_sets),
        "found": report.found,
        "findings": [msgspec.to_builtins(finding) for finding in report.findings],
        "seconds": round(report.seconds, 3),
    }


def _any_kind() -> str:
    """Titles of the kinds in a row: "one, two or three"."""
    *others, last = (kind.title for kind in KINDS.values())
    return f"{'、'.join(others)}或{last}"


def line(replayed: ReceiptReplay) -> str:
    """A finding in one line."""
    words = f"{replayed.receipt}({TITLES[replayed.kind]}, {replayed.issued_at}): {FATES[replayed.fate]}"
    difference = replayed.difference
    if difference is None:
        return f"{words}: {replayed.note}" if replayed.note else words
    finding = f"({difference.finding})" if difference.finding else ""
    note = f"; {replayed.note}" if replayed.note else ""
    return f"{words}: {difference.place}{finding}: 当时 {difference.then}, 重放 {difference.now}{note}"


def _say(replayed: ReceiptReplay) -> None:
    typer.echo(line(replayed))


def _nothing(_: ReceiptReplay) -> None:
    return


def _summary(report: ReplayReport) -> str:
    rate = f", 每秒 {report.done / report.seconds:,.0f} 份" if report.seconds > 0 and report.done else ""
    lines = [
        f"重放 {report.done} 份, 规则集 {len(report.rule_sets)} 个, 用时 {report.seconds:.1f} 秒{rate}",
        "; ".join(f"{FATES[fate]} {report.of(fate)} 份" for fate in Fate if fate is Fate.SAME or report.of(fate)),
    ]
    if report.found > MOST_NAMED:
        lines.append(f"有问题的共 {report.found} 份")
    return "\n".join(lines)


def _instant(text: str, field: str, *, whole_day: bool = False) -> str:
    """An instant as receipts have it. `whole_day`: a day counts up to its end."""
    if not text:
        return ""
    try:
        if len(text) == len("YYYY-MM-DD"):
            day = date.fromisoformat(text) + timedelta(days=int(whole_day))
            return rfc3339(datetime(day.year, day.month, day.day, tzinfo=LEGAL_ZONE))
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        hint = "例如 2026-11-20 或 2026-11-20T08:00:00+08:00"
        raise InvalidQuestion(f"时间 {text!r} 写法不对", hint, field) from fault
    return rfc3339(moment if moment.tzinfo else moment.replace(tzinfo=LEGAL_ZONE).astimezone(UTC))
