"""What an import has to say: how a file's columns were understood, and what became of its rows."""

from __future__ import annotations

from ..registry.rejects import NOT_KEPT, personal_places
from ..registry.reports import ImportReport
from ..registry.survey import FileSurvey
from ..registry.understanding import Understood

_LONGEST_SAMPLE = 30


def understood(survey: FileSurvey) -> str:
    """The form, and for each column its header, what it brings, its unit and three of its values."""
    found = survey.understanding
    personal = personal_places(found)
    lines = [f"表样: {found.form.shown}, {survey.rows} 行"]
    for column in found.columns:
        if not column.header:
            continue
        samples = survey.samples[column.place]
        shown = [NOT_KEPT] if samples and column.place in personal else [_short(one) for one in samples]
        lines.append(f"  {column.place + 1}. {column.header} → {_meaning(column)}: {' | '.join(shown) or '(空)'}")
    lines += [f"  各行相同: {name} = {value}" for name, value in sorted(found.constants.items())]
    lines += [
        f"  第 {'、'.join(same.rows)} 行说的是同一件事, {same.differ}不同"
        for same in survey.same.values()
        if same.differ
    ]
    return "\n".join(lines)


def summary(report: ImportReport, *, rehearsed: bool = False) -> str:
    """What became of a file."""
    line = (
        f"{report.path.name}({report.kind.words}): 共 {report.rows} 行, 新增 {report.loaded}, "
        f"更正 {report.revised}, 未变 {report.unchanged}, 退回 {report.rejected}"
    )
    if report.outdated:
        line += f", 数据日期较早而没有采用 {report.outdated}"
    if rehearsed:
        line = "试运行, 没有写入: " + line
    if report.reject_file:
        line += f", 退回行见 {report.reject_file}"
    if report.rejected and not report.delivered:
        line += "; 有退回行, 数据源不视为完整: 改正后重新导入, 或确认无碍后加 --complete"
    lines = [line, *(f"  与公布的总数不符, 数据源不视为完整: {one}" for one in report.differs)]
    return "\n".join([*lines, *(f"  说明: {note}" for note in report.notes)])


def _meaning(column: Understood) -> str:
    return f"{column.meaning}({column.unit.words})" if column.unit is not None else column.meaning


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LONGEST_SAMPLE else one_line[: _LONGEST_SAMPLE - 1] + "…"
