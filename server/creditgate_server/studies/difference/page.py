"""The report as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...decision.titles import OUTCOMES
from . import wording
from .names import CHANGES, VERDICTS
from .page_parts import bars, bullets, document, folded, heat_map, table, tag
from .report import Aspect, Cell, DiffReport, Line, Migration, Move, SubjectEffects

MOST_BARS = 15
"""Items and organs shown in a chart."""


def page(report: DiffReport) -> str:
    """The whole page."""
    return document("规则库比对报告", _body(report))


def _body(report: DiffReport) -> Iterator[str]:
    yield tag("h1", "规则库比对报告")
    yield tag("p", wording.headline(report), "headline")
    yield table(
        ("", "名称", "规则数", "摘要"),
        (
            ("原规则库", report.a.name, str(report.a.rules), report.a.digest),
            ("新规则库", report.b.name, str(report.b.rules), report.b.digest),
        ),
    )
    known = f"; 信用信息截至 {report.known_at}" if report.known_at else ""
    yield tag("p", f"比对日期 {report.day.isoformat()}{known}", "note")
    if report.symbolic is not None:
        yield tag("h2", "逻辑比较(对所有可能的主体)")
        yield tag("p", VERDICTS[report.symbolic.verdict], "headline")
        yield tag("p", report.symbolic.explanation) if report.symbolic.explanation else ""
        yield bullets(report.symbolic.witnesses) if report.symbolic.witnesses else ""
    yield from _words(report)
    yield tag("h2", "影响范围")
    yield bullets(wording.scope_lines(report))
    if report.subjects is not None:
        yield from _subjects(report, report.subjects)
    if report.questions is not None:
        yield from _questions(report)
    if report.notes:
        yield tag("h2", "说明")
        yield bullets(report.notes)


# -- in words ---------------------------------------------------------------------------------------------------------


def _words(report: DiffReport) -> Iterator[str]:
    yield tag("h2", f"规则的变化({len(report.rules)} 处)")
    for change in report.rules:
        yield tag("h3", wording.rule_title(change))
        if not change.effective_change:
            yield tag("p", "只改文字, 不影响结果", "note")
        yield _lines(change.lines)
    yield tag("h2", f"清单的变化({len(report.catalogue)} 处)")
    for entry in report.catalogue:
        yield tag("h3", f"{CHANGES[entry.kind]} {entry.section_title} {entry.title}({entry.code})")
        yield _lines(entry.lines)


def _lines(lines: Iterable[Line]) -> str:
    rows = "".join(
        f"<tr>{tag('td', line.field)}{tag('td', line.before, 'before')}{tag('td', line.after, 'after')}</tr>\n"
        for line in lines
    )
    return f"<table><thead><tr><th>内容</th><th>原来</th><th>改后</th></tr></thead>\n<tbody>{rows}</tbody></table>"


# -- effects ----------------------------------------------------------------------------------------------------------


def _subjects(report: DiffReport, effects: SubjectEffects) -> Iterator[str]:
    names = report.names
    yield tag("h2", f"对主体的影响(比对 {effects.subjects} 个主体)")
    drawn = wording.sampling(report)
    yield tag("p", drawn, "note") if drawn else ""
    yield tag("p", f"受影响的主体 {wording.share(effects.affected)}")
    yield tag("h3", "信用等级")
    yield from _migration(report, Aspect.GRADE, effects.grade)
    for migration in effects.levels:
        yield tag("h3", f"监管等级: {wording.level_title(names, migration)}")
        yield from _migration(report, Aspect.LEVEL, migration)
    if effects.items:
        yield tag("h3", "受影响最大的事项(主体数)")
        shown = effects.items[:MOST_BARS]
        titles = (f"{names.items.get(e.item, e.item)} {wording.stages_title(e.stages)}" for e in shown)
        yield bars([(title, entry.rate.moved) for title, entry in zip(titles, shown, strict=True)])
    if effects.organs:
        yield tag("h3", "受影响最大的部门(主体数)")
        organs = effects.organs[:MOST_BARS]
        yield bars([(wording.organ_title(names, entry.organ), entry.rate.moved) for entry in organs])
    for item in effects.items:
        title = f"{names.items.get(item.item, item.item)} · {wording.stages_title(item.stages)}"
        yield tag("h3", f"{title}: {wording.share(item.rate)}")
        yield bullets(wording.shift(names, entry) for entry in item.shifts)
        yield from _examples(report, Aspect.CHECK, item.cells)


def _migration(report: DiffReport, aspect: Aspect, migration: Migration) -> Iterator[str]:
    titles = report.names.grades if aspect is Aspect.GRADE else report.names.levels
    order = (*titles, "")
    yield tag("p", f"变动 {wording.share(migration.rate)}")
    yield heat_map(migration.cells, order, {code: wording.code_title(report.names, aspect, code) for code in order})
    yield from _examples(report, aspect, migration.cells)


def _examples(report: DiffReport, aspect: Aspect, cells: Iterable[Cell]) -> Iterator[str]:
    for cell in cells:
        if cell.examples:
            before, after = (wording.code_title(report.names, aspect, code) for code in (cell.before, cell.after))
            yield folded(f"{before} → {after}: {cell.count}", _moves(report, cell.examples))


def _moves(report: DiffReport, moves: Iterable[Move]) -> str:
    names = report.names
    return table(
        ("主体", "名称", "原来", "改后", "涉及规则", "回执"),
        (
            (
                move.subject,
                move.name,
                wording.side(names, move.aspect, move.before),
                wording.side(names, move.aspect, move.after),
                "、".join(move.rules),
                move.receipt,
            )
            for move in moves
        ),
    )


def _questions(report: DiffReport) -> Iterator[str]:
    effects = report.questions
    if effects is None:
        return
    yield tag("h2", "对历史核查的影响")
    yield tag(
        "p",
        f"回执 {effects.stored} 份, 不同的问题 {effects.distinct} 个, 无从比较 {effects.not_comparable} 份; "
        f"结果改变 {wording.share(effects.rate)}",
    )
    names = report.names
    for aspect, title, cells, order in (
        (Aspect.CHECK, "核查结果", effects.checks, [outcome.value for outcome in OUTCOMES]),
        (Aspect.GRADE, "信用等级", effects.grades, [*names.grades, ""]),
        (Aspect.LEVEL, "监管等级", effects.levels, [*names.levels, ""]),
    ):
        if cells:
            yield tag("h3", f"{title}(只列有变动的)")
            yield heat_map(cells, order, {code: wording.code_title(names, aspect, code) for code in order})
            yield from _examples(report, aspect, cells)
