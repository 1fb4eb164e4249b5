"""`rules diff`: what changed between two rule libraries, and what it does to subjects and stored questions."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from ...clock import legal_day, rfc3339
from ...files.progress import bars
from ...files.whole import write, writing_whole
from ...ledger.asked import asked_before
from ...present import utc_now
from ...registry.everyone import identifiers
from ...storage.database import Store, open_existing
from ...studies.difference.difference import report as make_report
from ...studies.difference.difference import titles
from ...studies.difference.page import MoveRows, page
from ...studies.difference.questions import COMPARED
from ...studies.difference.report import DiffReport, Sampling, SubjectMove
from ...studies.difference.scope import DiffScope
from ...studies.difference.tally import sample as drawn
from ..asked import UNUSABLE, day_asked
from ..difference.source import Source, rule_set_of, source_of
from ..difference.survey import Job, survey
from ..difference.symbolic import symbolic
from ..difference.terminal import show
from ..faults import told_plainly

DIFFERENT = 1
"""Exit status where something comes out otherwise."""

WIDTH = 140
"""Characters in a line where the output is no terminal."""


@dataclass(frozen=True, slots=True)
class DiffOrder:
    """What is to be compared, and how."""

    day: date
    now: datetime
    store: str | None = None
    sample: int | None = None
    seed: int = 0
    processes: int = 1
    csv: Path | None = None


def diff(
    a: Annotated[str, typer.Argument(help="原规则库目录, 或数据库里规则集的摘要; active 为现行规则集")],
    b: Annotated[str, typer.Argument(help="新规则库目录, 或数据库里规则集的摘要")],
    store: Annotated[
        str | None, typer.Option(help="数据库; 不写时只比较规则, 不比对主体", envvar="CREDITGATE_STORE")
    ] = None,
    on: Annotated[str | None, typer.Option(help="比对哪一天(YYYY-MM-DD), 不写为今天")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="只比对随机抽取的这么多个主体, 并给出误差范围")] = None,
    seed: Annotated[int, typer.Option(help="抽样种子; 同一种子抽到同一批主体")] = 0,
    processes: Annotated[int, typer.Option(min=0, help="比对进程数; 0 为处理器核数")] = 0,
    as_json: Annotated[Path | None, typer.Option("--json", help="把完整报告写入 JSON 文件")] = None,
    as_csv: Annotated[Path | None, typer.Option("--csv", help="把每一处变动写入 CSV 文件, 一行一处")] = None,
    as_html: Annotated[Path | None, typer.Option("--html", help="把报告写成一个 HTML 页面")] = None,
) -> None:
    """比较两个规则库: 改了什么, 影响哪些主体和历史核查。结果没有差别时退出状态为 0, 有差别为 1, 不能比较为 2。"""
    now = utc_now()
    day = day_asked(on, "--on") if on is not None else legal_day(now)
    wanted = DiffOrder(day, now, store, sample, seed, processes or os.cpu_count() or 1, as_csv)
    with told_plainly(UNUSABLE):
        found = compare(source_of(a, store), source_of(b, store), wanted, (a, b))
        for path, content in ((as_json, msgspec.json.encode), (as_html, _page_bytes)):
            if path is not None:
                write(path, content(found))
    console = Console()
    show(found, console if console.is_terminal else Console(width=WIDTH))
    raise typer.Exit(DIFFERENT if found.changes_something else 0)


def compare(a: Source, b: Source, wanted: DiffOrder, names: tuple[str, str] = ("", "")) -> DiffReport:
    """Compare two sources; with a store, on its subjects and stored questions.

    Raises RuleSetFault, SetupFault, StoreDown, StoreFault; OSError where the CSV file can't be written.
    """
    scope = DiffScope(rule_set_of(a), rule_set_of(b), wanted.day)
    with ExitStack() as stack:
        heard: Callable[[SubjectMove], None] | None = None
        if wanted.csv is not None:
            file = TextIOWrapper(
                stack.enter_context(writing_whole(wanted.csv)), "utf-8-sig", newline="", write_through=True
            )
            heard = MoveRows(file, titles(scope.a, scope.b)).write
        if wanted.store is None:
            return make_report(scope, names=names, symbolic=symbolic(scope.a, scope.b, wanted.day))
        store = open_existing(wanted.store)
        stack.callback(store.close)
        return _surveyed(scope, store, wanted, names, heard)


def _surveyed(
    scope: DiffScope,
    store: Store,
    wanted: DiffOrder,
    names: tuple[str, str],
    heard: Callable[[SubjectMove], None] | None,
) -> DiffReport:
    everyone = identifiers(store, wanted.now)
    chosen = everyone if wanted.sample is None else drawn(everyone, wanted.sample, wanted.seed)
    asked = asked_before(store, COMPARED)
    ahead = max((wanted.day - legal_day(wanted.now)).days, 0)
    job = Job(
        a=scope.a.canonical,
        b=scope.b.canonical,
        store=str(wanted.store),
        day=wanted.day,
        known_at=wanted.now,
        ahead_days=ahead,
        all_moves=heard is not None,
    )
    with bars() as shown:
        progress = shown.step("比对", len(chosen) + len(asked))
        found = survey(job, scope, chosen, asked, processes=wanted.processes, heard=heard, progress=progress)
    sampled = Sampling(size=len(chosen), population=len(everyone), seed=wanted.seed)
    return make_report(
        scope,
        found.subjects,
        found.questions,
        sampling=None if wanted.sample is None or len(chosen) == len(everyone) else sampled,
        known_at=rfc3339(wanted.now),
        names=names,
        notes=_notes(ahead, found.subjects.engine_faults),
        symbolic=symbolic(scope.a, scope.b, wanted.day),
    )


def _notes(ahead: int, engine_faults: int) -> tuple[str, ...]:
    notes = [
        "主体按申请人身份逐个事项比对; 由申请方提供的事实取默认值, 没有默认值的视为未知",
        "历史核查按比对日期和目前所知的信用信息重新判断, 申请方提供的事实照原样使用; 两套规则都按此计算",
        "登记库中的主体不含自然人; 自然人只在历史核查中出现, 其标识只显示开头几位",
    ]
    if ahead:
        notes.append("比对日期在今天之后: 数据源按今天的新旧程度看待, 不因日期推后而视为过期")
    if engine_faults:
        notes.append(f"规则引擎有 {engine_faults} 次未能判断, 相应规则按“不能确定”处理")
    return tuple(notes)


def _page_bytes(found: DiffReport) -> bytes:
    return page(found).encode()
