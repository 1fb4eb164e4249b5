"""`coverage reconcile`: were the licences of a file checked before they were issued, and were the measures applied?"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ..clock import legal_day
from ..errors import InvalidQuestion, SetupFault
from ..files.progress import bars
from ..present import utc_now
from ..publication.rule_sets import digests, load_rule_set
from ..registry.identity import PersonKey, key_path
from ..rulebook.bundle import RuleSet
from ..rulebook.catalogue import Item
from ..rulebook.load import read_directory
from ..storage.database import Store, open_existing
from ..studies.coverage.mapping import FileMapping, read_mapping
from ..studies.coverage.matching import CheckWindow
from ..studies.coverage.names import verdict
from ..studies.coverage.reading import IssuePeriod, read_items
from ..studies.coverage.reconcile import Reconciliation, reconcile
from ..studies.coverage.report import CoverageReport
from .asked import UNUSABLE, day_asked
from .coverage_written import CoverageFiles, Writers, show
from .difference.source import active_rule_set
from .faults import told_plainly

MISSES = 1
"""Exit status where a licence is not covered, or a row leaves one unproven."""

_ALLOCATIONS_BETWEEN_LOOKS = 100_000
"""Containers more, instead of 700."""

WIDTH = 140
"""Characters in a line where the output is no terminal."""

app = typer.Typer(no_args_is_help=True, help="应查必查、奖惩到位: 许可是否核查过, 措施是否落实。")


@app.callback()
def coverage() -> None:
    """应查必查、奖惩到位: 许可是否核查过, 措施是否落实。"""


@app.command("reconcile")
def reconcile_command(
    files: Annotated[list[Path], typer.Argument(help="许可文件, CSV、XLSX 或 XLS", exists=True, dir_okay=False)],
    store: Annotated[str, typer.Option(help="数据库, 例如 sqlite:///var/creditgate.db", envvar="CREDITGATE_STORE")],
    rules: Annotated[Path | None, typer.Option(help="规则库目录; 不写时用数据库里现行的规则集")] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="列的对照, 如 'subject=代码,issued_on=决定日期'; 或 YAML 对照文件; 可写几次"),
    ] = None,
    items: Annotated[
        Path | None,
        typer.Option(help="许可名称与事项代码的对照文件(列 许可名称、事项代码)", exists=True, dir_okay=False),
    ] = None,
    item: Annotated[str, typer.Option(help="文件没有事项列时, 所有行的事项(代码或名称)")] = "",
    sheet: Annotated[str | None, typer.Option(help="只读这一张工作表; 不写时读表头相同的各张")] = None,
    window_days: Annotated[int, typer.Option(min=0, max=3650, help="颁发前多少天内的核查算数, 含首尾和当日")] = 30,
    late_days: Annotated[int, typer.Option(min=0, max=3650, help="颁发后多少天内的核查算事后核查, 含末日")] = 90,
    since: Annotated[str | None, typer.Option(help="只看这一天起颁发的许可(YYYY-MM-DD)")] = None,
    until: Annotated[str | None, typer.Option(help="只看到这一天颁发的许可(YYYY-MM-DD), 不写为今天")] = None,
    as_html: Annotated[Path | None, typer.Option("--html", help="把报告写成一个 HTML 页面")] = None,
    as_xlsx: Annotated[Path | None, typer.Option("--xlsx", help="把报告和全部办件写入 XLSX 文件")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="把报告和全部办件写入 JSON 文件")] = None,
    person_key: Annotated[Path | None, typer.Option(help="个人标识密钥文件", envvar="CREDITGATE_PERSON_KEY")] = None,
) -> None:
    """比对许可文件与核查回执。全部落实时退出状态为 0, 有遗漏或无法证明的为 1, 不能比对为 2。"""
    now = utc_now()
    today = legal_day(now)
    with told_plainly(UNUSABLE):
        asked = Reconciliation(
            files=tuple(files),
            mapping=_mapping(mapping or (), items),
            period=IssuePeriod(
                since=None if since is None else day_asked(since, "--since"),
                until=today if until is None else day_asked(until, "--until"),
            ),
            window=CheckWindow(before=window_days, after=late_days),
            now=now,
            sheet=sheet,
            item=item,
        )
        _require_sound(asked.period, today)
        with closing(open_existing(store)) as opened:
            report = reconciled(opened, asked, rules, person_key, CoverageFiles(as_html, as_xlsx, as_json))
    console = Console()
    show(report, console if console.is_terminal else Console(width=WIDTH))
    typer.echo(verdict(report))
    raise typer.Exit(MISSES if report.misses else 0)


def reconciled(
    store: Store, asked: Reconciliation, rules: Path | None, person_key: Path | None, wanted: CoverageFiles
) -> CoverageReport:
    """Reconcile, and write what is wanted: each file whole or not at all.

    Raises RuleSetFault, SetupFault, StoreDown, StoreFault; OSError where a file can't be written.
    """
    rule_set = read_directory(rules).rule_set if rules is not None else _in_force(store)
    with ExitStack() as stack, _seldom_collected():
        writers = Writers(stack, wanted, rule_set)
        report = reconcile(
            store,
            asked,
            rule_set,
            _Persons(store, person_key, legal_day(asked.now)).hash,
            former=lambda: _former_items(store),
            case_heard=writers.licence if writers.any else None,
            row_heard=writers.row if writers.any else None,
            progress=stack.enter_context(bars()),
        )
        writers.finish(report)
    return report


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for unused cycles seldom: hardly any are made, and every look goes over all licences and checks again."""
    usual = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS_BETWEEN_LOOKS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _in_force(store: Store) -> RuleSet:
    found = active_rule_set(store)
    if found is None:
        raise SetupFault("数据库里没有启用的规则集, 不知道有哪些事项", "用 --rules 指明规则库目录", "rules")
    return found


def _former_items(store: Store) -> Iterator[Item]:
    """Items of every rule set that the store ever held."""
    for digest in digests(store):
        kept = load_rule_set(store, digest)
        if kept is not None:
            yield from kept.catalogue.items.values()


@dataclass
class _Persons:
    """The person key, read when the first natural person comes. Without one, persons' rows are not matched."""

    store: Store
    path: Path | None
    today: date

    @cached_property
    def _key(self) -> PersonKey | None:
        if self.path is not None:
            return PersonKey.load(self.path)
        beside = key_path(self.store, None) if self.store.file is not None else None
        return PersonKey.load(beside) if beside is not None and beside.exists() else None

    def hash(self, citizen_id: str) -> str:
        """Raises SetupFault for a key that can't be read, InvalidQuestion for a number that is none and without key."""
        if self._key is None:
            raise InvalidQuestion("自然人的许可, 没有个人标识密钥(--person-key)")
        return self._key.hash(citizen_id, self.today)


# -- options ----------------------------------------------------------------------------------------------------------


def _mapping(given: Sequence[str], items: Path | None) -> FileMapping:
    mapping = read_mapping(given)
    if items is not None:
        mapping.items |= read_items(items)
    return mapping


def _require_sound(period: IssuePeriod, today: date) -> None:
    if period.until > today:
        raise SetupFault("比对期间不能晚于今天", "", "--until")
    if period.since is not None and period.since > period.until:
        raise SetupFault("开始的日期晚于截止的日期", "", "--since")
