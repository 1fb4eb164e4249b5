"""What the command line parser complains of, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable

from typer.exceptions import TyperException

from ..errors import InvalidQuestion, invalid

_SENTENCES = (
    (r"(Missing command.*)?", "没有给出命令"),
    (r"No such command (.*)\.", r"没有这个命令 \1"),
    (r"Got unexpected extra argument\S* \((.*)\)", r"多余的参数 \1"),
)
_VALUES = (
    (r"Input should be greater than or equal to (.*)", r"不能小于 \1"),
    (r"Input should be less than or equal to (.*)", r"不能大于 \1"),
    (r"Input should be a valid integer.*", "应为整数"),
    (r"Input should be a valid number.*", "应为数"),
    (r".* '(.*)' does not exist\.", r"没有文件 \1"),
    (r".* '(.*)' is a directory\.", r"\1 是目录, 不是文件"),
    (r".* '(.*)' is not readable\.", r"文件 \1 不能读取"),
)


def usage_fault(fault: TyperException) -> InvalidQuestion:
    """The parser's fault as an error that officials can read; the parser's classes are told apart by name."""
    hint = f"用 {_command(fault)}--help 查看用法"
    parameter = getattr(fault, "param", None)
    names = [*getattr(parameter, "opts", ())] or [getattr(fault, "option_name", "")]
    name = str(names[-1] or "")
    match type(fault).__name__:
        case "MissingParameter":
            shown = getattr(parameter, "metavar", None) if not name.startswith("-") else name
            return invalid("缺少必需的选项或参数", hint, str(shown or name))
        case "NoSuchOption":
            near = "、".join(getattr(fault, "possibilities", None) or ())
            return invalid("没有这个选项", f"是否为 {near}? {hint}" if near else hint, name)
        case "BadOptionUsage":
            return invalid("选项的用法有误: 缺少值或多给了值", hint, name)
        case _ if name:
            return invalid(f"值不合规则: {_in_chinese(fault.message, _VALUES)}", hint, name)
    return invalid(_in_chinese(fault.message, _SENTENCES), hint)


def _in_chinese(message: str, sentences: Iterable[tuple[str, str]]) -> str:
    """The parser's sentence; one that is not known stays as it is."""
    for english, chinese in sentences:
        if found := re.fullmatch(english, message, re.DOTALL):
            return found.expand(chinese)
    return message


def _command(fault: TyperException) -> str:
    """The command that was called, as far as it was understood, and a blank; empty where it is not known."""
    context = getattr(fault, "ctx", None)
    return f"{context.command_path} " if context is not None else ""
