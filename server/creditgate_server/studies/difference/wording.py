"""Sentences of the report in Chinese, the same on the terminal, in tables and on the page."""

from __future__ import annotations

from collections.abc import Iterable

from ...rulebook.language import Duty, Stage
from ...rulebook.titles import DUTIES, STAGES
from .names import CHANGES, outcome_title, standing_title
from .report import (
    Aspect,
    ChangeLine,
    DiffReport,
    DiffTitles,
    Migration,
    MoveSide,
    Rate,
    RuleChange,
    Shift,
    SubjectMove,
)

GENERAL = "一般(各部门)"
NOTHING = "无"
ACTS = "不予处罚的规则或清单有差别, 只列文字, 没有逐案比对"


def share(rate: Rate) -> str:
    """Number and share, with the bounds where they are not the share itself: `12 / 400 (3.00%, 1.72%~5.17%)`."""
    if rate.of == 0:
        return "0 / 0"
    text = f"{rate.moved} / {rate.of} ({rate.moved / rate.of:.2%}"
    if rate.low_ppm != rate.high_ppm:
        text += f", 95% 区间 {rate.low_ppm / 1e6:.2%}~{rate.high_ppm / 1e6:.2%}"
    return text + ")"


def headline(report: DiffReport) -> str:
    """What it comes to, in one sentence."""
    said = _credit_headline(report)
    return f"{said}; {ACTS}" if report.scope.acts_differ else said


def _credit_headline(report: DiffReport) -> str:
    if report.subjects is None and report.questions is None:
        if report.scope.empty:
            return f"{report.day.isoformat()} 当天两套规则对任何主体的信用核查结果都相同"
        return "两套规则可能有不同结果; 没有指定数据库, 未逐个主体比对"
    parts = []
    if report.subjects is not None:
        parts.append(f"受影响的主体 {share(report.subjects.affected)}")
    if report.questions is not None:
        parts.append(f"结果改变的历史核查 {share(report.questions.rate)}")
    return "; ".join(parts)


def sampling(report: DiffReport) -> str:
    """How the sample was drawn; empty where everyone was judged."""
    drawn = report.subjects.sampling if report.subjects is not None else None
    if drawn is None:
        return ""
    return f"随机抽样: 从 {drawn.population} 个主体中抽取 {drawn.size} 个(种子 {drawn.seed}); 各比例附 95% 威尔逊区间"


def organ_title(names: DiffTitles, code: str) -> str:
    """An organ; an empty code is the general level."""
    return names.organs.get(code, code) if code else GENERAL


def level_title(names: DiffTitles, migration: Migration) -> str:
    """Whose levels a matrix shows."""
    others = [code for code in migration.same_for if code]
    title = organ_title(names, migration.organ)
    if not migration.organ or not others:
        return title
    return "、".join((title, *(organ_title(names, code) for code in others)))


def stages_title(stages: Iterable[Stage]) -> str:
    """Stages; all of them need no naming."""
    stages = tuple(stages)
    return "各环节" if len(stages) == len(Stage) else "、".join(STAGES[stage] for stage in stages)


def code_title(names: DiffTitles, aspect: Aspect, code: str) -> str:
    """A grade, level or outcome."""
    if aspect is Aspect.CHECK:
        return outcome_title(code)
    return standing_title(aspect, names.grades if aspect is Aspect.GRADE else names.levels, code)


def side(names: DiffTitles, aspect: Aspect, value: MoveSide) -> str:
    """One side of a move, with its measures."""
    title = code_title(names, aspect, value.code)
    if aspect is not Aspect.CHECK or not value.measures:
        return title
    several = any(given.subject for given in value.measures)
    told = [
        f"{DUTIES[given.duty]} {names.measures.get(given.code, given.code)}"
        + (f"(第 {given.subject + 1} 主体)" if several else "")
        for given in value.measures
    ]
    return f"{title}: " + "、".join(told)


def place(names: DiffTitles, move: SubjectMove) -> str:
    """Where a move is: grade, level before an organ, or an item at some stages."""
    if move.aspect is Aspect.GRADE:
        return "信用等级"
    if move.aspect is Aspect.LEVEL:
        return f"监管等级 · {organ_title(names, move.organ)}"
    return f"{names.items.get(move.item, move.item)} · {stages_title(move.stages)}"


def shift(names: DiffTitles, value: Shift) -> str:
    """A measure that came, went or changed its duty."""
    title = names.measures.get(value.measure, value.measure)
    if value.before is None and value.after is not None:
        return f"新增 {_duty(value.after)}{title} {value.count} 个主体"
    if value.after is None and value.before is not None:
        return f"取消 {_duty(value.before)}{title} {value.count} 个主体"
    if value.before is None or value.after is None:
        return title
    return f"{title} 由“{DUTIES[value.before]}”改为“{DUTIES[value.after]}” {value.count} 个主体"


def _duty(duty: Duty) -> str:
    return f"[{DUTIES[duty]}]"


def line(value: ChangeLine) -> str:
    """One changed field."""
    if not value.before:
        return f"{value.field}: 新增 {value.after}"
    if not value.after:
        return f"{value.field}: 去掉 {value.before}"
    return f"{value.field}: {value.before} → {value.after}"


def rule_title(change: RuleChange) -> str:
    """Which version of which rule, and what became of it."""
    return f"{CHANGES[change.kind]} {change.title}({change.id}@{change.start.isoformat()})"


def scope_lines(report: DiffReport) -> tuple[str, ...]:
    """Where the rule sets can differ on the day, and what was not judged for it."""
    scope, names = report.scope, report.names
    lines = [
        f"信用等级规则{'有' if scope.grade else '没有'}差别; "
        f"监管等级规则有差别的部门: {'、'.join(organ_title(names, code) for code in scope.level_organs) or NOTHING}",
        f"措施可能不同的事项 {len({entry.item for entry in scope.items})} 个; "
        f"其余 {scope.same_items} 个事项适用的规则没有差别, 不逐个主体比对",
    ]
    if scope.acts_differ:
        lines.append("不予处罚的规则或清单有差别: 逐个主体的比对和逻辑比较都不包括这一册, 改了什么见规则变化和清单变化")
    for codes, text in ((scope.only_a, "只有原规则库有"), (scope.only_b, "只有新规则库有")):
        if codes:
            titles = "、".join(names.items.get(code, code) for code in codes)
            lines.append(f"{text}的事项, 无从比较: {titles}")
    if scope.later:
        days = "、".join(day.isoformat() for day in scope.later)
        lines.append(f"以后差别还会变化的日期: {days}; 可用 --on 另比")
    return tuple(lines)
