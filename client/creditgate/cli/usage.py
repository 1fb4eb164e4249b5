"""What the command line parser complains of, in Chinese."""

from __future__ import annotations

from typer.exceptions import TyperException

from ..errors import InvalidQuestion
from .asked import invalid

_HINT = "用 creditgate --help 或 creditgate 命令 --help 查看用法"

_SENTENCES = {
    "Missing command": "没有给出命令",
    "No such command": "没有这个命令",
    "Got unexpected extra argument(s)": "多余的参数",
    "Got unexpected extra argument": "多余的参数",
}


def usage_fault(fault: TyperException) -> InvalidQuestion:
    """The parser's fault as an error that officials can read; the parser's classes are told apart by name."""
    parameter = getattr(fault, "param", None)
    names = [*getattr(parameter, "opts", ())] or [getattr(fault, "option_name", "")]
    name = str(names[-1] or "")
    match type(fault).__name__:
        case "MissingParameter":
            shown = getattr(parameter, "metavar", None) if not name.startswith("-") else name
            return invalid("缺少必需的选项或参数", _HINT, str(shown or name))
        case "NoSuchOption":
            near = "、".join(getattr(fault, "possibilities", None) or ())
            return invalid("没有这个选项", f"是否为 {near}? {_HINT}" if near else _HINT, name)
        case "BadOptionUsage":
            return invalid("选项的用法有误: 缺少值或多给了值", _HINT, name)
        case _ if name:
            return invalid(f"值不合规则: {fault.message}", _HINT, name)
    for english, chinese in _SENTENCES.items():
        if fault.message.startswith(english):
            return invalid(chinese + fault.message.removeprefix(english).rstrip("."), _HINT)
    return invalid(f"用法有误: {fault.message}", _HINT)
