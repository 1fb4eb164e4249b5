"""What every command that asks the service shares: where it is, who asks, and JSON or words as the answer."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar, get_type_hints

import typer
from rich.console import Console

from .._sync.client import Client
from ..errors import invalid
from .asked import bytes_of, seconds_asked
from .options import AsJson
from .output import make_console, write_json

TARGET_VARIABLE = "CREDITGATE_TARGET"
KEY_VARIABLE = "CREDITGATE_KEY"
DEFAULT_TARGET = "127.0.0.1:50051"


class Showable(Protocol):
    """An answer."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        ...


Answer = TypeVar("Answer", bound=Showable)


@dataclass(frozen=True, slots=True)
class Call:
    """One run of a command: the client, and how the answer is wanted."""

    client: Client
    as_json: bool
    seconds: float

    def tell(self, answer: Answer, show: Callable[[Console, Answer], None]) -> None:
        """The answer on standard output, as one JSON object or in words."""
        if self.as_json:
            write_json(answer.to_dict())
        else:
            show(make_console(), answer)


def _as_json(as_json: AsJson = False) -> bool:
    return as_json


def _client(
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="HOST:PORT", help="服务地址, 默认取 CREDITGATE_TARGET, 否则 127.0.0.1:50051"),
    ] = None,
    timeout: Annotated[str, typer.Option("--timeout", metavar="秒", help="时限(秒), 包括重试")] = "5",
    key_file: Annotated[
        Path | None,
        typer.Option("--key-file", metavar="文件", help="调用方密钥文件; 不给时取环境变量 CREDITGATE_KEY"),
    ] = None,
    ca: Annotated[Path | None, typer.Option("--ca", metavar="文件", help="TLS 根证书(PEM); 给出即用 TLS")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="用 TLS, 根证书取系统的")] = False,
) -> Client:
    """A client by the options. Raises InvalidQuestion and InvalidTarget, and WhoAreYou for a key in the clear."""
    key = os.environ.get(KEY_VARIABLE) or None
    if key_file is not None:
        key = bytes_of(key_file, "key-file").decode("ascii", "replace").strip()
        if not key:
            raise invalid(f"密钥文件 {key_file} 是空的", "文件中只有密钥一行", "key-file")
    return Client(
        os.environ.get(TARGET_VARIABLE) or DEFAULT_TARGET if target is None else target,
        key=key,
        timeout=seconds_asked(timeout),
        tls=tls,
        root_certificates=None if ca is None else bytes_of(ca, "ca"),
    )


def asks(
    group: typer.Typer, name: str, *, timeout: str = "5", json: bool = True
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers a command that asks the service. Its first parameter is the `Call`; the others are its own options.

    `timeout`: seconds where none are given. `json`: whether the answer may be had as JSON.
    """

    def register(command: Callable[..., None]) -> Callable[..., None]:
        own = _parameters(command)[1:]
        shared = [one.replace(default=timeout) if one.name == "timeout" else one for one in _parameters(_client)]
        output = _parameters(_as_json) if json else []

        def run(**words: Any) -> None:  # noqa: ANN401 - as the signature below says
            as_json = bool(words.pop("as_json", False))
            connection = {one.name: words.pop(one.name) for one in shared}
            with _client(**connection) as client:
                command(Call(client, as_json, seconds_asked(connection["timeout"])), **words)

        run.__doc__ = command.__doc__
        parameters = [*own, *output, *shared]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        group.command(name)(run)
        return command

    return register


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """With their hints read, and by name alone, so that those without a default may stand anywhere."""
    hints = get_type_hints(function, include_extras=True)
    given = inspect.signature(function).parameters.values()
    return [one.replace(annotation=hints[one.name], kind=inspect.Parameter.KEYWORD_ONLY) for one in given]
