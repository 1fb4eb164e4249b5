"""Answers for people: printed in Chinese, in colour where the console has it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from .._contract import FeedAge, Ref, Standing, Undetermined
from ..values.check import CheckResult
from ..values.level import LevelResult
from .words import (
    basis_words,
    day_words,
    duty_words,
    evidence_words,
    feed_words,
    graded_words,
    measure_words,
    outcome_words,
    printable,
    remedy_words,
    short_basis,
    unknown_words,
)


def print_answer(console: Console, result: CheckResult) -> None:
    """The whole answer: outcome, standings, measures, what is open, feeds, rule set and receipt."""
    several = len(result.standings) > 1
    console.print(Text.assemble("结论  ", outcome_words(result.outcome), f"  判断日 {result.as_of}"))
    if result.summary:
        console.print(Text(printable(result.summary)))
    for standing in result.standings:
        _print_standing(console, standing, several)
    _print_measures(console, result, several)
    _print_undetermined(console, result.undetermined, several)
    print_lines(
        console,
        "因惩戒而不适用的激励",
        [
            f"{entry.measure.title}({entry.measure.code}) 让位于 {'、'.join(entry.yields_to)}"
            for entry in result.set_aside
        ],
    )
    print_lines(
        console,
        "差一个条件的规则",
        [
            f"{miss.rule.title}({miss.rule.code}): 需要 {miss.condition}, 实际 {miss.found} → 否则为 {miss.would_give}"
            for miss in result.near_misses
        ],
    )
    print_feeds(console, result.feeds)
    print_stamp(console, result.rule_set, result.receipt.receipt_id, result.receipt.digest)


def print_level(console: Console, result: LevelResult) -> None:
    """Grade and level with their basis, records and receipt."""
    _print_standing(console, result.standing, several=False)
    for name, graded in (("等级依据", result.standing.grade), ("监管依据", result.standing.level)):
        if graded is not None and graded.basis:
            print_lines(console, name, basis_words(graded.basis).split("\n"))
    if result.evidence:
        print_lines(console, "所依据的记录", evidence_words(result.evidence).split("\n"))
    _print_undetermined(console, result.undetermined, several=False)
    print_feeds(console, result.feeds)
    print_stamp(console, result.rule_set, result.receipt.receipt_id, result.receipt.digest)


def table_of(*names: str, whole: Container[str] = (), right: Container[str] = ()) -> Table:
    """An empty table. `whole`: columns that are not wrapped, as an id is copied whole; `right`: columns of numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        side: JustifyMethod = "right" if name in right else "left"
        table.add_column(name, overflow="fold", no_wrap=name in whole, justify=side)
    return table


def answers_table(first_column: str = "序号") -> Table:
    """An empty table of many answers; fill it with `one_row`."""
    return table_of(first_column, "结论", "等级", "监管", "措施", "依据", "回执", whole=(first_column, "回执"))


def one_row(first: str, result: CheckResult) -> tuple[Text, ...]:
    """One answer as a row of `answers_table`: outcome, grade, level, measures, basis and receipt."""
    standing = result.standings[0] if result.standings else None
    measures = [f"{duty_words(measure.duty)} {printable(measure.measure.title)}" for measure in result.measures]
    open_points = [f"待定 {printable(label)}" for label in dict.fromkeys(entry.label for entry in result.undetermined)]
    bases = dict.fromkeys(line for measure in result.measures for line in short_basis(measure.basis))
    return (
        Text(printable(first)),
        outcome_words(result.outcome),
        Text(graded_words(_grade(standing)) if standing else ""),
        Text(graded_words(_level(standing)) if standing else ""),
        Text("\n".join(measures + open_points)),
        Text("\n".join(bases)),
        Text(printable(result.receipt.receipt_id), style="dim"),
    )


def failed_row(first: str, message: str) -> tuple[Text, ...]:
    """A question without an answer as a row of `answers_table`."""
    return (
        Text(printable(first)),
        Text("未答复", style="bold red"),
        Text(),
        Text(),
        Text(printable(message)),
        Text(),
        Text(),
    )


def _grade(standing: Standing) -> Ref | None:
    return standing.grade.grade if standing.grade is not None else None


def _level(standing: Standing) -> Ref | None:
    return standing.level.level if standing.level is not None else None


def subject_words(index: int | None) -> str:
    """A subject by its place in the question."""
    return "" if index is None else f"主体{index + 1}"


def _print_standing(console: Console, standing: Standing, several: bool) -> None:
    name = subject_words(standing.subject_index) if several else "主体 "
    grade, level = graded_words(_grade(standing)), graded_words(_level(standing))
    line = f"{name} {standing.identifier}  公共信用等级 {grade}  监管等级 {level}"
    ratings = ", ".join(
        f"{rating.ladder.title} {rating.rating}" + (f"({rating.decided_on})" if rating.decided_on else "")
        for rating in standing.ratings
    )
    console.print(Text(printable(line)))
    if standing.level is not None and standing.level.frequency:
        console.print(Text(f"      检查频次 {printable(standing.level.frequency)}", style="dim"))
    if ratings:
        console.print(Text(f"      行业评价 {printable(ratings)}", style="dim"))


def _print_measures(console: Console, result: CheckResult, several: bool) -> None:
    if not result.measures:
        return
    names = ("主体",) if several else ()
    table = table_of(*names, "措施", "义务", "依据", "证据", "有效至", "修复", whole=("义务",))
    table.show_lines = len(result.measures) > 1
    for measure in result.measures:
        table.add_row(
            *((subject_words(measure.subject_index),) if several else ()),
            measure_words(measure),
            duty_words(measure.duty),
            Text(basis_words(measure.basis)),
            Text(evidence_words(measure.evidence) or f"规则 {printable(measure.rule.code)}"),
            day_words(measure.until_on, "未定"),
            Text(remedy_words(measure.remedies)),
        )
    console.print(table)


def _print_undetermined(console: Console, entries: Sequence[Undetermined], several: bool) -> None:
    lines = [
        (f"{subject_words(entry.subject_index)} " if several else "")
        + f"{entry.label}({unknown_words(entry)}): {entry.reason}; 由 {entry.supplier or '调用方'} 提供; "
        + f"等待的规则 {'、'.join(entry.rules)}"
        for entry in entries
    ]
    print_lines(console, "不能确定", lines, "magenta")


def print_feeds(console: Console, feeds: Sequence[FeedAge]) -> None:
    """The data feeds that were used, with the ages of their data; the worst first."""
    if feeds:
        worst_first = sorted(feeds, key=lambda feed: (not feed.stale, -(feed.age_days or 0), feed.feed.code))
        line = Text("、").join(feed_words(feed) for feed in worst_first)
        console.print(Text.assemble(("所用数据 ", "bold"), line))


def print_stamp(console: Console, rule_set: str, receipt: str, digest: str) -> None:
    """The rule set and the receipt."""
    console.print(Text(f"规则集 {printable(rule_set)}", style="dim"))
    console.print(Text.assemble("回执 ", (printable(receipt), "bold"), (f"  {printable(digest)}", "dim")))


def print_lines(console: Console, title: str, lines: Iterable[str], style: str = "") -> None:
    """A heading and its lines; nothing where there are none."""
    lines = list(lines)
    if lines:
        console.print(Text(title, style=f"bold {style}".strip()))
        for line in lines:
            console.print(Text(f"  {printable(line)}"))
