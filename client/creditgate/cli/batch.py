"""`batch`: a file of questions; a line that is wrong fails alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from .._sync.client import Client
from ..errors import CreditGateError, InvalidQuestion, invalid
from ..values.check import CheckResult, Question
from ..values.common import QuestionFailed
from .command import Call, asks
from .output import (
    NO_SERVICE,
    SERVICE_FAULT,
    WRONG_QUESTION,
    error_json,
    exit_status,
    make_console,
    print_error,
    write_json,
)
from .question_file import Line, read_questions
from .show import answers_table, failed_row, one_row

many = typer.Typer()
"""The command of the root."""

_QUESTIONS_A_CALL = 200
"""Small enough for the progress bar to move, large enough for the calls not to matter."""


@asks(many, "batch", timeout="60")
def batch(
    call: Call,
    file: Annotated[Path, typer.Argument(metavar="文件", help="每行一个 JSON 对象, 或有表头的 .csv; UTF-8 编码")],
) -> None:
    """批量核查。有错的行单独失败, 并给出行号; 全部答复时退出状态为 0。"""
    lines = _lines_of(file)
    table = answers_table("行")
    failed: list[tuple[int, CreditGateError]] = []
    for line, result in _answers(call.client, lines):
        if isinstance(result, QuestionFailed):
            failed.append((line.number, result.error))
            table.add_row(*failed_row(str(line.number), str(result.error)))
        else:
            table.add_row(*one_row(str(line.number), result))
        if call.as_json:
            write_json(_as_dict(line.number, result))
    if not call.as_json and len(failed) < len(lines):
        make_console().print(table)
    _end(failed, len(lines))


def _lines_of(file: Path) -> list[Line]:
    try:
        lines = list(read_questions(file))
    except OSError as fault:
        raise invalid(f"读不到文件 {file}: {fault.strerror}", "请核对路径和权限", "file") from fault
    if not lines:
        raise invalid(f"文件 {file} 中没有问题", "每行一个 JSON 对象, 或有表头的 .csv", "file")
    return lines


def _answers(client: Client, lines: Sequence[Line]) -> Iterator[tuple[Line, CheckResult | QuestionFailed]]:
    """Each line with its result. Raises CreditGateError where not one call was answered; later, the rest fails."""
    lost: CreditGateError | None = None
    answered = False
    with _progress() as progress:
        task = progress.add_task("核查", total=len(lines))
        for start in range(0, len(lines), _QUESTIONS_A_CALL):
            part = lines[start : start + _QUESTIONS_A_CALL]
            if lost is None:
                try:
                    results = _ask(client, part)
                    answered = answered or any(_fault_of(line) is None for line in part)
                except CreditGateError as fault:
                    if not answered:
                        raise
                    lost = fault
            if lost is not None:
                results = [QuestionFailed(_fault_of(line) or lost) for line in part]
            progress.advance(task, len(part))
            yield from zip(part, results, strict=True)


def _ask(client: Client, lines: Sequence[Line]) -> list[CheckResult | QuestionFailed]:
    asked = iter(client.batch([line.question for line in lines if isinstance(line.question, Question)]))
    faults = [_fault_of(line) for line in lines]
    return [next(asked) if fault is None else QuestionFailed(fault) for fault in faults]


def _fault_of(line: Line) -> InvalidQuestion | None:
    return line.question if isinstance(line.question, InvalidQuestion) else None


def _progress() -> Progress:
    console = make_console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _as_dict(number: int, result: CheckResult | QuestionFailed) -> dict[str, Any]:
    if isinstance(result, QuestionFailed):
        return {"line": number, "error": error_json(result.error)}
    return {"line": number, **result.to_dict()}


def _end(failed: Sequence[tuple[int, CreditGateError]], count: int) -> None:
    """Name the lines that failed on standard error, and exit with the gravest of their statuses."""
    if not failed:
        return
    console = make_console(stderr=True)
    for number, fault in failed:
        print_error(console, fault, f"第 {number} 行 ")
    console.print(Text(f"{count} 行中 {len(failed)} 行没有答复"), soft_wrap=True)
    statuses = {exit_status(fault) for _, fault in failed}
    raise typer.Exit(next(status for status in (NO_SERVICE, SERVICE_FAULT, WRONG_QUESTION) if status in statuses))
