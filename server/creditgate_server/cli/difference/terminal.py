"""The report on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ...decision.check.decision import OUTCOMES
from ...studies.difference import wording
from ...studies.difference.names import CHANGES, VERDICTS
from ...studies.difference.report import Aspect, ChangeLine, DiffReport, QuestionEffects, SubjectEffects, TransitionCell

MOST_CHANGES = 40
"""Changes in words shown; files have all."""

MOST_ITEMS = 20
"""Items shown."""


def show(report: DiffReport, console: Console) -> None:
    """Print the whole report."""
    _say(console, f"原规则库 {report.a.name} {report.a.digest}")
    _say(console, f"新规则库 {report.b.name} {report.b.digest}")
    console.print(f"[bold]{escape(wording.headline(report))}[/]", soft_wrap=True)
    if report.symbolic is not None:
        _say(console, f"逻辑比较: {VERDICTS[report.symbolic.verdict]}")
        for sentence in (report.symbolic.explanation, *report.symbolic.witnesses):
            _say(console, f"  {sentence}")
    _words(report, console)
    for sentence in wording.scope_lines(report):
        _say(console, sentence)
    if report.subjects is not None:
        _subjects(report, report.subjects, console)
    if report.questions is not None:
        _questions(report, report.questions, console)
    for note in report.notes:
        _say(console, f"说明: {note}")


def _say(console: Console, sentence: str) -> None:
    if sentence.strip():
        console.print(escape(sentence), soft_wrap=True, highlight=False)


def _words(report: DiffReport, console: Console) -> None:
    shown: list[tuple[str, tuple[ChangeLine, ...], str]] = [
        (wording.rule_title(change), change.lines, "" if change.effective_change else "(只改文字, 不影响结果)")
        for change in report.rules
    ]
    shown += [
        (f"{CHANGES[entry.kind]} {entry.section_title} {entry.title}({entry.code})", entry.lines, "")
        for entry in report.catalogue
    ]
    _say(console, f"规则变化 {len(report.rules)} 处, 清单变化 {len(report.catalogue)} 处")
    for title, lines, remark in shown[:MOST_CHANGES]:
        _say(console, f"  {title}{remark}")
        for line in lines:
            _say(console, f"    {wording.line(line)}")
    if len(shown) > MOST_CHANGES:
        _say(console, f"  其余 {len(shown) - MOST_CHANGES} 处见 --html 或 --json")


def _subjects(report: DiffReport, effects: SubjectEffects, console: Console) -> None:
    names = report.names
    _say(console, wording.sampling(report))
    _say(console, f"比对主体 {effects.subjects} 个, 受影响 {wording.share(effects.affected)}")
    title = f"信用等级: 变动 {wording.share(effects.grade.rate)}"
    _matrix(report, console, title, Aspect.GRADE, effects.grade.cells, (*names.grades, ""))
    for migration in effects.levels:
        title = f"监管等级({wording.level_title(names, migration)}): 变动 {wording.share(migration.rate)}"
        _matrix(report, console, title, Aspect.LEVEL, migration.cells, (*names.levels, ""))
    if effects.items:
        rows = (
            (
                names.items.get(entry.item, entry.item),
                wording.stages_title(entry.stages),
                wording.share(entry.rate),
                "\n".join(wording.shift(names, shift) for shift in entry.shifts),
            )
            for entry in effects.items[:MOST_ITEMS]
        )
        _table(console, f"受影响的事项 {len(effects.items)} 个", ("事项", "环节", "变动", "措施"), rows)
    if effects.organs:
        organs = ((wording.organ_title(names, e.organ), wording.share(e.rate)) for e in effects.organs[:MOST_ITEMS])
        _table(console, "受影响的部门", ("部门", "变动"), organs)


def _questions(report: DiffReport, effects: QuestionEffects, console: Console) -> None:
    _say(
        console,
        f"历史核查: 回执 {effects.stored} 份, 不同的问题 {effects.distinct} 个, 无从比较 {effects.not_comparable} 份, "
        f"结果改变 {wording.share(effects.rate)}",
    )
    names = report.names
    outcomes = tuple(outcome.value for outcome in OUTCOMES)
    _matrix(report, console, "结果改变的核查", Aspect.CHECK, effects.checks, outcomes)
    _matrix(report, console, "信用等级改变的等级查询", Aspect.GRADE, effects.grades, (*names.grades, ""))
    _matrix(report, console, "监管等级改变的等级查询", Aspect.LEVEL, effects.levels, (*names.levels, ""))


def _matrix(
    report: DiffReport,
    console: Console,
    title: str,
    aspect: Aspect,
    cells: Sequence[TransitionCell],
    order: Iterable[str],
) -> None:
    counts = {(cell.before, cell.after): cell.count for cell in cells}
    used = [code for code in order if any(code in step for step in counts)]
    if not used:
        return
    table = Table(title=escape(title), title_justify="left")
    table.add_column("原来 ＼ 改后")
    for code in used:
        table.add_column(escape(wording.code_title(report.names, aspect, code)), justify="right")
    for before in used:
        row = [_count(counts.get((before, after), 0), moved=before != after) for after in used]
        table.add_row(escape(wording.code_title(report.names, aspect, before)), *row)
    console.print(table)


def _count(count: int, *, moved: bool) -> str:
    if not count:
        return ""
    return f"[bold red]{count}[/]" if moved else str(count)


def _table(console: Console, title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(title=escape(title), title_justify="left")
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)
